//! Two records that are one: every reference, original and thread of the one leads to the other from then on.

use super::change::{Author, Change, Edit, Refusal};
use super::field::FieldInfo;
use super::reference::referrers;
use super::service::Source;
use super::text::Text;
use super::{AnyRecord, Collection, Id, Kind, Original, Workspace};

/// Fields that say how the record that stays stands here, and do not gain by the other.
const OF_ITS_OWN: &[&str] = &["status", "verified", "verified_as", "source"];

/// Joins one service or organisation with another, which stays. It gains what it did not say itself; what both say in
/// different words stays as it says it, and the other's words are kept beside it, as those of a source are.
///
/// # Errors
/// They are not two services or two organisations.
pub fn join(
    workspace: &Workspace,
    originals: &Collection<Original>,
    (from, into): (Id, Id),
    author: &Author,
) -> Result<Change, Refusal> {
    let (gone, before) = two_alike(workspace, from, into)?;
    let lead = |record: &mut AnyRecord| {
        let before = record.clone();
        *record = before.clone().with_id_replaced(from, into);
        record.set_updated(author.stamp(Some(&before)));
    };
    let mut stays = united(&before, &gone, workspace);
    lead(&mut stays);
    if let AnyRecord::Organisation(one) = &stays
        && one.parent.as_ref().and_then(super::Ref::id) == Some(into)
    {
        stays.copy_field(&AnyRecord::Organisation(std::sync::Arc::default()), "parent");
    }
    let mut edits: Vec<Edit> = Edit::new(Some(before.clone()), Some(stays)).into_iter().collect();
    let mut named: Vec<AnyRecord> = referrers(workspace, &[from]).into_iter().map(|referrer| referrer.record).collect();
    named.retain(|record| ![from, into].contains(&record.id()));
    named.dedup_by_key(|record| record.id());
    for record in named {
        let mut after = record.clone();
        lead(&mut after);
        edits.extend(Edit::new(Some(record), Some(after)));
    }
    for original in originals.iter().filter(|original| original.record == Some(from)) {
        let before = AnyRecord::Original(original.clone());
        let mut after = Original::clone(original);
        (after.record, after.updated) = (Some(into), author.stamp(Some(&before)));
        edits.extend(Edit::new(Some(before), Some(after.into())));
    }
    let sentence = format!("{} ({from}) joined with {} ({into})", gone.title(workspace), before.title(workspace));
    edits.extend(Edit::new(Some(gone), None));
    Ok(Change { edits, sentence })
}

fn two_alike(workspace: &Workspace, from: Id, into: Id) -> Result<(AnyRecord, AnyRecord), Refusal> {
    let get = |id: Id| {
        workspace.get(id).ok_or_else(|| Refusal(format!("there is no {id}; it may have been removed already")))
    };
    let (gone, stays) = (get(from)?, get(into)?);
    let is_joinable = matches!(gone.kind(), Kind::Service | Kind::Organisation);
    if from == into || gone.kind() != stays.kind() || !is_joinable {
        return Err(Refusal(
            "join two services that are one, or two organisations: name two different ones of a kind".to_owned(),
        ));
    }
    Ok((gone, stays))
}

/// What both say; where they differ, as the first says it.
fn united(stays: &AnyRecord, gone: &AnyRecord, workspace: &Workspace) -> AnyRecord {
    let blank: AnyRecord = match stays {
        AnyRecord::Service(_) => AnyRecord::Service(std::sync::Arc::default()),
        _ => AnyRecord::Organisation(std::sync::Arc::default()),
    };
    let Some((mut united, _)) = AnyRecord::merge_fields(&blank, stays, gone, true) else { return stays.clone() };
    for field in OF_ITS_OWN {
        united.copy_field(stays, field);
    }
    let is_said = |field: &&FieldInfo| {
        let (theirs, kept) = (gone.format_field(field.name, workspace), united.format_field(field.name, workspace));
        matches!(field.name, "name" | "aliases" | "hide_address")
            || theirs == kept
            || gone.is_blank(field.name)
            || is_list(&kept, &theirs)
    };
    let unsaid = stays.kind().editable_fields().filter(|field| !is_said(field));
    let unsaid = unsaid.map(|field| (Text::line(field.name), Text::new(&gone.format_field(field.name, workspace))));
    let suggestions: Vec<(Text, Text)> = unsaid.collect();
    let other_name = Text::line(&gone.title(workspace));
    match &mut united {
        AnyRecord::Service(one) => {
            let one = std::sync::Arc::make_mut(one);
            add_alias(&mut one.aliases, &one.name, other_name);
            keep_beside(&mut one.source, source_of(gone), gone.id(), suggestions);
        }
        AnyRecord::Organisation(one) => {
            let one = std::sync::Arc::make_mut(one);
            add_alias(&mut one.aliases, &one.name, other_name);
            keep_beside(&mut one.source, source_of(gone), gone.id(), suggestions);
        }
        _ => {}
    }
    united
}

/// Whether everything in the other list is in this one.
fn is_list(kept: &str, theirs: &str) -> bool {
    let parts =
        |text: &str| -> Vec<String> { text.split([',', '\n']).map(|part| part.trim().to_lowercase()).collect() };
    let kept = parts(kept);
    parts(theirs).iter().all(|part| kept.contains(part))
}

fn source_of(record: &AnyRecord) -> Option<&Source> {
    match record {
        AnyRecord::Service(service) => service.source.as_ref(),
        AnyRecord::Organisation(organisation) => organisation.source.as_ref(),
        _ => None,
    }
}

fn add_alias(aliases: &mut Vec<Text>, name: &Text, other: Text) {
    let is_known = |known: &Text| known.to_lowercase() == other.to_lowercase();
    if !is_known(name) && !aliases.iter().any(is_known) {
        aliases.push(other);
    }
}

fn keep_beside(source: &mut Option<Source>, theirs: Option<&Source>, id: Id, suggestions: Vec<(Text, Text)>) {
    let theirs = theirs.cloned().or_else(|| {
        let here = || Source { feed: Text::line("this workspace"), id: Text::line(id.as_str()), ..Source::default() };
        (!suggestions.is_empty()).then(here)
    });
    if source.is_none() {
        *source = theirs;
    }
    if let Some(source) = source {
        source.suggestions.extend(suggestions);
    }
}
