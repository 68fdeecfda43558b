//! What can be asked of a kind: its words, its fields, its columns and filters.

use std::collections::HashSet;

use super::column::Column;
use super::field::{FieldInfo, FieldType};
use super::record::{FilterInfo, Section};
use super::text::one_line;
use super::{Id, Kind};

impl Kind {
    /// The kind a word means, in singular or plural.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        Self::ALL.iter().copied().find(|kind| word == kind.plural() || word == kind.singular())
    }

    /// Its name for one, with the indefinite article: "a service", "an organisation".
    pub fn with_article(self) -> String {
        let article = if self.singular().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        format!("{article} {}", self.singular())
    }

    /// The kind of an id.
    pub fn of(id: Id) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.letter() == id.letter())
    }

    /// The fields that people edit, in the order of the form.
    pub fn editable_fields(self) -> impl Iterator<Item = &'static FieldInfo> {
        self.fields().filter(|field| field.is_editable)
    }

    /// The fields of its form with the parts they stand in, in the order in which they stand there.
    pub fn form_fields(self) -> Vec<(Option<&'static Section>, &'static FieldInfo)> {
        let of = |section: &'static Section| {
            section.fields.iter().filter_map(move |name| Some((Some(section), self.field(name)?)))
        };
        let mut fields: Vec<_> = self.form().iter().flat_map(of).collect();
        let rest: Vec<_> = self.editable_fields().filter(|one| !fields.iter().any(|(_, known)| known == one)).collect();
        fields.extend(rest.into_iter().map(|field| (None, field)));
        fields
    }

    /// The field with this name.
    pub fn field(self, name: &str) -> Option<&'static FieldInfo> {
        self.fields().find(|field| field.name == name)
    }

    /// The field that somebody means: by its name or its label, in whatever letters, also `convener` for `conveners` and
    /// `note-taker` for `note_taker`.
    pub fn field_meant(self, typed: &str) -> Option<&'static FieldInfo> {
        let typed = one_line(typed).to_lowercase();
        let name = typed.replace(['-', ' '], "_");
        let by_name = self.field(&name).or_else(|| self.field(&format!("{name}s")));
        by_name.or_else(|| self.fields().find(|field| field.label.to_lowercase() == typed))
    }

    /// The columns of its lists besides the title: those of its fields, then those it computes.
    pub fn columns(self) -> Vec<Column> {
        let fields = self.fields().filter_map(|field| Some(Column::of(field, field.column?)));
        fields.chain(self.computed_columns().iter().copied()).collect()
    }

    /// What `moot list` says of each of its records besides id and title.
    pub fn listed_columns(self) -> Vec<Column> {
        let columns = self.columns();
        if self.listed().is_empty() {
            return columns;
        }
        let named = |name: &&'static str| {
            let column = columns.iter().find(|column| column.name == *name).copied();
            column.or_else(|| self.field(name).map(|field| Column::of(field, 0)))
        };
        self.listed().iter().filter_map(named).collect()
    }

    /// The filters of its lists: those it declares, those of its fields, and `is:` where it knows words for that.
    pub fn filters(self) -> Vec<FilterInfo> {
        let mut filters = self.declared_filters().to_vec();
        let fields = self.fields().filter_map(|field| Some(FilterInfo { name: field.filter?, help: field.hint }));
        filters.extend(fields);
        if !self.states().is_empty() && !filters.iter().any(|filter| filter.name == "is:") {
            filters.push(FilterInfo { name: "is:", help: "a state" });
        }
        filters
    }

    /// Whether a record of it can refer to one of a kind with one of these letters.
    pub(super) fn refers_to_any(self, letters: &HashSet<char>) -> bool {
        self.fields().any(|field| refers_to_any(field, letters))
    }
}

fn refers_to_any(field: &FieldInfo, letters: &HashSet<char>) -> bool {
    match field.field_type {
        FieldType::Reference(kind) | FieldType::References(kind) => letters.contains(&kind.letter()),
        FieldType::Rows(columns) => columns.iter().any(|column| refers_to_any(column, letters)),
        _ => false,
    }
}

/// The error for a field that a kind does not have.
pub(super) fn no_such_field(kind: Kind) -> String {
    let names: Vec<_> = kind.editable_fields().map(|field| field.name).collect();
    format!("{} has no such field; it has: {}", kind.with_article(), names.join(", "))
}
