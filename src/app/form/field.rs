//! One field of a form: what is typed, what was there before, what is wrong with it, and what others did to it.

use std::borrow::Cow;

use crate::app::input::{BlockInput, RowsInput, TextInput};
use crate::model::doubt::{self, Doubt, Known};
use crate::model::record::Section;
use crate::model::{AnyRecord, Audience, FieldInfo, FieldType, Kind, ParseContext, Workspace};

/// One field of a form.
pub struct FormField {
    /// The part of the form it stands in, where the form has parts.
    pub section: Option<&'static Section>,
    /// What the field is.
    pub info: &'static FieldInfo,
    /// The text as it is being typed.
    pub typing: TextInput,
    /// The text before anything was typed.
    pub before: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// What is to be doubted of it; it forbids nothing.
    pub doubt: Option<Doubt>,
    /// What a colleague has written there meanwhile.
    pub moved: Option<String>,
    /// Whether something was typed or chosen, though it may be what stood there.
    pub is_touched: bool,
    /// Whether the value is hidden and only shows when it is replaced.
    pub is_hidden: bool,
    /// The record as it was when typing began here: the base on which this field is merged.
    pub base: AnyRecord,
}

impl FormField {
    pub(super) fn new(
        section: Option<&'static Section>,
        info: &'static FieldInfo,
        record: &AnyRecord,
        workspace: &Workspace,
    ) -> Self {
        let is_hidden = record.is_hidden(info, Audience::Author, workspace) && !record.is_blank(info.name);
        let text = if is_hidden { String::new() } else { record.format_field(info.name, workspace) };
        let typing = TextInput::new(info.field_type, &text);
        let before = typing.text();
        Self {
            section,
            info,
            typing,
            before,
            error: None,
            doubt: None,
            moved: None,
            is_touched: false,
            is_hidden,
            base: record.clone(),
        }
    }

    /// Whether something was typed that differs.
    pub fn is_changed(&self) -> bool {
        self.typing.text() != self.before
    }

    /// What is said of the value where it was read from a text and nobody has stated it.
    pub fn unstated(&self) -> Option<&'static str> {
        self.base.unstated(self.info.name).filter(|_| !self.is_stated())
    }

    /// Whether saving states the field: something was typed that differs, or the same where nobody had stated it.
    pub fn is_stated(&self) -> bool {
        self.is_changed() || self.is_touched && !self.is_hidden && self.base.unstated(self.info.name).is_some()
    }

    /// The table, where the field is one.
    pub fn rows(&self) -> Option<&RowsInput> {
        match &self.typing {
            TextInput::Rows(rows) => Some(rows),
            _ => None,
        }
    }

    /// The text of several lines, where the field is one.
    pub fn block(&self) -> Option<&BlockInput> {
        match &self.typing {
            TextInput::Multi(block) => Some(block),
            _ => None,
        }
    }

    /// Whether it holds several things, so that what two people do to it can both be kept.
    pub fn is_list(&self) -> bool {
        let field_type = self.info.field_type;
        matches!(field_type, FieldType::Rows(_) | FieldType::References(_) | FieldType::Some(_) | FieldType::Words)
            || field_type == FieldType::Areas
    }

    /// What is declared about what is being typed: the field, or the column of its table.
    pub fn open_info(&self) -> &'static FieldInfo {
        self.rows().map_or(self.info, RowsInput::column)
    }

    /// Whether a record is refused because nothing stands here.
    pub fn is_missing(&self) -> bool {
        self.info.is_required && !self.is_hidden && self.typing.text().trim().is_empty()
    }

    /// Checks what was typed, says beside the field what is wrong, and returns the record with it.
    pub(super) fn check(&mut self, context: ParseContext<'_>) -> Option<AnyRecord> {
        let mut record = self.base.clone();
        self.error = record.set_field(self.info.name, &self.typing.text(), context).err();
        if let TextInput::Rows(rows) = &mut self.typing {
            if self.error.is_none() {
                rows.check(|_| Ok(()));
                return Some(record);
            }
            rows.check(parse_row(self.info, &self.base, context));
            self.error = rows.error_sentence().or_else(|| self.error.take());
        }
        self.error.is_none().then_some(record)
    }

    /// Says beside the field, or beside the cells of its table, what cannot be dialled, written to or found.
    pub(super) fn doubt(&mut self, known: Known<'_>) {
        let info = self.info;
        match (&mut self.typing, info.field_type) {
            (TextInput::Rows(rows), FieldType::Rows(_)) => rows.doubt(known),
            (typing, _) => self.doubt = doubt::doubt(info, &typing.text(), known),
        }
    }

    /// What is named here and nowhere recorded; in a table by the row with the cursor first.
    pub fn unknown(&self) -> Option<(Kind, String)> {
        match self.rows() {
            Some(rows) => rows.unknown(),
            None => self.doubt.as_ref()?.unknown.clone(),
        }
    }

    /// Reads again what refers to other records and was not touched: words can name a record that was added since.
    pub(super) fn link(&self, record: &mut AnyRecord, context: ParseContext<'_>) {
        let refers = match self.info.field_type {
            FieldType::Reference(_) | FieldType::References(_) => true,
            FieldType::Rows(columns) => columns.iter().any(|it| matches!(it.field_type, FieldType::Reference(_))),
            _ => false,
        };
        if !refers || record.is_blank(self.info.name) {
            return;
        }
        let (mut linked, said) = (record.clone(), record.format_field(self.info.name, context.workspace));
        let is_read = linked.set_field(self.info.name, &said, context).is_ok();
        if is_read && linked.format_field(self.info.name, context.workspace) == said {
            *record = linked;
        }
    }

    /// Checks one row of a table.
    pub(super) fn check_row(&mut self, row: usize, context: ParseContext<'_>) {
        if let TextInput::Rows(rows) = &mut self.typing {
            rows.check_row(row, parse_row(self.info, &self.base, context));
            self.error = rows.error_sentence();
        }
    }

    /// Something was typed: what was wrong may be right now.
    pub(super) fn forget_error(&mut self) {
        self.error = self.rows().and_then(RowsInput::error_sentence);
        self.doubt = None;
    }

    /// A colleague changed the record: a field that nobody touched here follows, another keeps what was typed and says
    /// what was written.
    pub(super) fn follow(&mut self, after: &AnyRecord, workspace: &Workspace) {
        let is_changed = self.is_changed();
        if !is_changed {
            self.base = after.clone();
        }
        if self.is_hidden {
            return;
        }
        let said = TextInput::new(self.info.field_type, &after.format_field(self.info.name, workspace)).text();
        if said == self.before {
            return;
        }
        if !is_changed {
            self.typing.set(&said);
        }
        self.moved = Some(said.clone());
        self.before = said;
    }

    /// The text of the field when typing began, with its name, for a draft.
    pub(super) fn base_text(&self, workspace: &Workspace) -> Option<(String, String)> {
        let text = || self.base.format_field(self.info.name, workspace);
        (!self.is_hidden).then(|| (self.info.name.to_owned(), text()))
    }

    /// Goes on with a draft that was typed over `base`; what was changed since then is said and merged.
    pub(super) fn take_up(&mut self, text: &str, base: Option<&str>, context: ParseContext<'_>) {
        self.typing.set(text);
        self.is_touched = true;
        let now = self.base.format_field(self.info.name, context.workspace);
        let Some(base) = base.filter(|base| !self.is_hidden && *base != now) else { return };
        let mut record = self.base.clone();
        if record.set_field(self.info.name, base, context).is_ok() {
            self.base = record;
            self.moved = Some(self.before.clone());
        }
    }

    /// What is hidden from now on does not stay on the screen because a form was open.
    pub(super) fn hide(&mut self) {
        self.is_hidden = true;
        self.typing.set("");
        self.before = String::new();
    }

    /// What is to be typed here, and that it must be where nothing stands yet.
    pub fn hint(&self) -> Cow<'static, str> {
        let info = self.open_info();
        let is_empty = self.typing.line().is_some_and(|line| line.text().trim().is_empty());
        let is_new_row = self.rows().is_some_and(RowsInput::is_at_new_row);
        let takes = match self.unstated() {
            Some(unstated) => format!("{unstated}; {}", takes(info)).into(),
            None => takes(info),
        };
        if info.is_required && is_empty && !is_new_row && !self.is_hidden {
            format!("{takes}; it cannot stay empty").into()
        } else {
            takes
        }
    }
}

/// The text of one row, tried on a record that has nothing else.
fn parse_row<'a>(
    info: &'static FieldInfo,
    base: &AnyRecord,
    context: ParseContext<'a>,
) -> impl Fn(&str) -> Result<(), String> + use<'a> {
    let blank = base.kind().blank(base.id());
    move |line| blank.clone().set_field(info.name, line, context)
}

/// What a field takes: its hint, or where its declaration has none, what every field of its type takes.
fn takes(info: &FieldInfo) -> Cow<'static, str> {
    if !info.hint.is_empty() {
        return info.hint.into();
    }
    match info.field_type {
        FieldType::Line | FieldType::Notation => "in words".into(),
        FieldType::Paragraph => "in words, several lines if need be".into(),
        FieldType::Words => "words, commas between".into(),
        FieldType::Flag => "yes or no".into(),
        FieldType::Number => "a whole number".into(),
        FieldType::Date => "a date: fri, 3 dec or 2026-12-03".into(),
        FieldType::Time => "a time of day: 14:30".into(),
        FieldType::DateTime => "a date and a time of day: 2026-12-03 14:30".into(),
        FieldType::One(labels) => format!("one of: {}", labels.join(", ")).into(),
        FieldType::Some(labels) => format!("some of these, commas between: {}", labels.join(", ")).into(),
        FieldType::Reference(kind) => format!("a {} by name", kind.singular()).into(),
        FieldType::References(kind) => format!("{} by name, commas between", kind.plural()).into(),
        FieldType::Areas => "districts, a council or the whole county, commas between".into(),
        FieldType::Rows(_) => "one a line".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Date, FieldValue, Kind, Time};

    #[test]
    fn a_field_of_every_type_says_what_it_takes() {
        let types = [
            (FieldType::Number, "a whole number"),
            (<Option<Date>>::TYPE, "a date: fri, 3 dec or 2026-12-03"),
            (<Option<Time>>::TYPE, "a time of day: 14:30"),
            (FieldType::Flag, "yes or no"),
            (FieldType::One(&["open", "closed"]), "one of: open, closed"),
            (FieldType::Reference(Kind::Person), "a person by name"),
        ];
        for (field_type, said) in types {
            assert_eq!(takes(&FieldInfo::new("x", "X", "", field_type)), said);
        }
        assert_eq!(takes(&FieldInfo::new("x", "X", "how many came", FieldType::Number)), "how many came");
    }

    /// The examples that the hints give are understood.
    #[test]
    fn the_examples_are_taken() {
        let today: Date = "2026-11-21".parse().unwrap();
        for typed in ["fri", "3 dec", "2026-12-03"] {
            assert!(crate::model::date::parse_date(typed, today).is_ok(), "{typed}");
        }
        assert!(crate::model::date::parse_time("14:30").is_ok());
        assert!(crate::model::date::parse_date_time("2026-12-03 14:30", today).is_ok());
    }
}
