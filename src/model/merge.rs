//! What becomes of a record that two people changed: three-way, per field, the same in memory, in files and between
//! hosts.
//!
//! One side changed a field: it has it. Both changed it alike: so it is. Both changed it differently: the side whose
//! stamp is later wins the field, and the other's value is reported, never dropped unreported. Sets are united element
//! by element. A record deleted on one side and edited on the other stays, with the edit.

use super::{AnyRecord, Workspace};

/// The outcome of merging one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The record as it now is; `None`: deleted.
    pub record: Option<AnyRecord>,
    /// What was lost, if anything was.
    pub lost: Option<Lost>,
}

/// One side's work that could not be kept, whole, so that it can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    /// The losing version; `None`: a deletion that an edit overruled.
    pub version: Option<AnyRecord>,
    /// The fields in which it lost; empty for a deletion.
    pub fields: Vec<&'static str>,
}

/// Merges what `ours` made of `base` with what is there now.
pub fn merge(base: Option<&AnyRecord>, ours: Option<&AnyRecord>, theirs: Option<&AnyRecord>) -> Merged {
    let kept = |record: Option<&AnyRecord>| Merged { record: record.cloned(), lost: None };
    if base == theirs || ours == theirs {
        return kept(ours);
    }
    if ours == base {
        return kept(theirs);
    }
    match (ours, theirs) {
        (Some(edit), None) | (None, Some(edit)) => {
            Merged { record: Some(edit.clone()), lost: Some(Lost { version: None, fields: Vec::new() }) }
        }
        (Some(ours), Some(theirs)) => merge_versions(base, ours, theirs),
        (None, None) => kept(None),
    }
}

fn merge_versions(base: Option<&AnyRecord>, ours: &AnyRecord, theirs: &AnyRecord) -> Merged {
    // Two records made under one id have no common beginning: an empty one serves.
    let blank = ours.kind().blank(ours.id());
    let base = base.unwrap_or(&blank);
    let ours_wins = wins(base, ours, theirs);
    let Some((record, fields)) = AnyRecord::merge_fields(base, ours, theirs, ours_wins) else {
        return Merged { record: Some(theirs.clone()), lost: None };
    };
    let version = if ours_wins { theirs } else { ours };
    let lost = (!fields.is_empty()).then(|| Lost { version: Some(version.clone()), fields });
    Merged { record: Some(record), lost }
}

/// The later stamp wins. Of equal stamps the larger text does, so that both directions agree: first that of the fields
/// which both changed, so that merging the outcome with one side again (a save that is repeated) does not turn it over.
fn wins(base: &AnyRecord, ours: &AnyRecord, theirs: &AnyRecord) -> bool {
    if ours.updated() != theirs.updated() {
        return ours.updated() > theirs.updated();
    }
    let contested = AnyRecord::merge_fields(base, ours, theirs, true).map_or_else(Vec::new, |(_, fields)| fields);
    let alone = Workspace::default();
    let rank = |record: &AnyRecord| {
        let texts: Vec<String> = contested.iter().map(|field| record.format_field(field, &alone)).collect();
        (texts, format!("{record:?}"))
    };
    rank(ours) > rank(theirs)
}
