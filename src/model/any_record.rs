//! What can be asked of a record of any kind, whatever its fields: what of it is for whom, and how it takes over what
//! somebody typed.

use super::field::{Audience, FieldInfo, SearchField, Shown, Wording};
use super::{AnyRecord, Workspace};

impl AnyRecord {
    /// What people call it, as far as it can be told without the other records: for where there are none at hand.
    pub fn title_alone(&self) -> String {
        self.title(&Workspace::default()).into_owned()
    }

    /// Whether a field is not for this audience, whatever it holds.
    pub fn is_hidden(&self, field: &FieldInfo, audience: Audience, workspace: &Workspace) -> bool {
        !field.visibility.admits(audience)
            || field.hidden_if.is_some_and(|hidden| (hidden.test)(self, audience, workspace))
    }

    /// Whether a field is hidden from some of those who may see it in other records: colleagues, or everybody.
    pub fn is_hidden_from_some(&self, field: &FieldInfo, workspace: &Workspace) -> bool {
        let audiences = [Audience::Colleagues, Audience::Everyone { with_contacts: false }];
        field.hidden_if.is_some_and(|hidden| audiences.iter().any(|one| (hidden.test)(self, *one, workspace)))
    }

    /// A field as an audience may see it: the one way from a record to whatever is shown, printed, copied, compared or
    /// exported.
    pub fn show(&self, field: &FieldInfo, wording: Wording, audience: Audience, workspace: &Workspace) -> Shown {
        if !self.is_hidden(field, audience, workspace) {
            return Shown::Value(match wording {
                Wording::Typed => self.format_field(field.name, workspace),
                Wording::Read(today) => self.display_field(field.name, workspace, today),
            });
        }
        match field.hidden_if {
            Some(hidden) if !self.is_blank(field.name) => Shown::Hidden(hidden.placeholder),
            _ => Shown::Value(String::new()),
        }
    }

    /// The record as an audience may see it: fields that are not for it are empty. It shares the record where nothing
    /// is hidden.
    #[must_use]
    pub fn visible_to(&self, audience: Audience, workspace: &Workspace) -> Self {
        let hidden: Vec<&'static str> = self
            .kind()
            .fields()
            .filter(|field| self.is_hidden(field, audience, workspace))
            .map(|field| field.name)
            .collect();
        let mut visible = self.clone();
        if !hidden.is_empty() {
            visible.clear(&hidden);
        }
        visible
    }
}

impl AnyRecord {
    /// The record with the fields that `audience` did not see in `before`, and could therefore not keep, as they were;
    /// one that was given a value all the same has it.
    #[must_use]
    pub fn with_unseen_fields_of(mut self, before: &Self, audience: Audience, workspace: &Workspace) -> Self {
        let unseen = self.kind().fields().filter(|field| before.is_hidden(field, audience, workspace));
        for field in unseen.filter(|field| self.is_blank(field.name)).collect::<Vec<_>>() {
            self.copy_field(before, field.name);
        }
        self
    }
}

impl AnyRecord {
    /// Hands out what else the record is called besides its title: other names, initials.
    pub fn each_alias(&self, workspace: &Workspace, each: &mut dyn FnMut(&str)) {
        for field in self.kind().fields().filter(|field| field.search == Some(SearchField::Alias)) {
            self.each_text_of(field, workspace, &mut |_, text| each(text));
        }
    }

    /// Takes over what somebody stated of a field of `base`, merged with what others have made of it in this record since.
    /// Where both changed one value, `typed` has the last word: its author saw the other.
    pub fn merge_field(&mut self, base: &Self, typed: &Self, field: &str) {
        if let Some((merged, _)) = Self::merge_fields(base, typed, self, true) {
            self.copy_field(&merged, field);
            self.state(field);
        }
    }
}
