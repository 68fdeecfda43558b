//! What is left to type of the only or first thing that a field, or the cell of a table, could mean.

use crate::app::App;
use crate::model::{AnyRecord, FieldType, Kind};

/// What the rest of a word could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is offered behind the cursor.
    pub offered: String,
    /// The whole line once it is taken.
    pub line: String,
}

/// The completion of the open field, if there is one.
pub(super) fn find(app: &App, form: &super::Form) -> Option<Completion> {
    let field = form.fields.get(form.at)?;
    let line = field.typing.line().filter(|line| line.is_at_end())?.text();
    let field_type = field.open_info().field_type;
    let is_list =
        matches!(field_type, FieldType::References(_) | FieldType::Areas | FieldType::Some(_) | FieldType::Words);
    let begun = if is_list { line.rsplit(',').next()?.trim_start() } else { line };
    if begun.is_empty() {
        return None;
    }
    let offer = Offer { line, begun, begun_small: begun.to_lowercase() };
    match field_type {
        FieldType::Flag => offer.first_of(["yes", "no"]),
        FieldType::One(labels) | FieldType::Some(labels) => offer.first_of(labels.iter().copied()),
        FieldType::Reference(kind) | FieldType::References(kind) => offer.record(app, kind),
        FieldType::Areas => offer.first_of(app.atlas.area_names()),
        _ => None,
    }
}

/// What was begun, and the line it ends.
struct Offer<'a> {
    line: &'a str,
    begun: &'a str,
    begun_small: String,
}

impl Offer<'_> {
    fn begins(&self, name: &str) -> bool {
        name.to_lowercase().starts_with(&self.begun_small)
    }

    /// The rest of a name that goes on from what was begun.
    fn rest_of(&self, name: &str) -> Option<Completion> {
        let rest = name.get(self.begun.len()..).filter(|rest| !rest.is_empty() && self.begins(name))?;
        Some(Completion { offered: rest.to_owned(), line: format!("{}{rest}", self.line) })
    }

    fn first_of<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Option<Completion> {
        names.into_iter().find_map(|name| self.rest_of(name))
    }

    /// The record whose title goes on from what was begun; else the first that has another name which does, and whose
    /// title then takes the place of what was begun. One pass looks for both.
    fn record(&self, app: &App, kind: Kind) -> Option<Completion> {
        let mut by_alias = None;
        for record in app.workspace.iter(kind) {
            let title = record.title(&app.workspace);
            let found = self.rest_of(&title);
            if let Some(mut found) = found {
                let suffix = record.suffix(app.today).map(|suffix| format!(" ({suffix})"));
                found.offered.extend(suffix);
                return Some(found);
            }
            if by_alias.is_none() && self.is_alias_of(app, &record) && !self.begins(&title) {
                by_alias = Some(self.in_place(&title));
            }
        }
        by_alias
    }

    fn is_alias_of(&self, app: &App, record: &AnyRecord) -> bool {
        let mut is_alias = false;
        record.each_alias(&app.workspace, &mut |alias| is_alias |= self.begins(alias));
        is_alias
    }

    fn in_place(&self, title: &str) -> Completion {
        let before = self.line.strip_suffix(self.begun).unwrap_or_default();
        Completion { offered: format!(" = {title}"), line: format!("{before}{title}") }
    }
}
