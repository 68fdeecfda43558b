//! `moot fields`: the fields of a kind, by the names that `moot add`, `moot set`, tables and JSON know them by.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use super::exit::CommandResult;
use super::list::{kind_parser, print_columns, print_json};
use crate::model::field::Visibility;
use crate::model::{FieldInfo, FieldType, Kind};

/// `moot fields`
#[derive(Debug, Args)]
pub struct FieldsArgs {
    /// The kind of record
    #[arg(value_parser = kind_parser(|kind| !kind.is_private()))]
    kind: Kind,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl FieldsArgs {
    pub(super) fn run(self, out: &mut dyn Write) -> CommandResult {
        if self.json {
            let fields: Vec<Value> = self.kind.fields().map(in_json).collect();
            print_json(&json!({"kind": self.kind.plural(), "fields": fields}), out)?;
            return Ok(0);
        }
        let heading = ["name", "label", "who sees it", "what it takes"].map(str::to_owned).to_vec();
        let rows = self.kind.fields().map(row);
        print_columns(&std::iter::once(heading).chain(rows).collect::<Vec<_>>(), out)?;
        Ok(0)
    }
}

fn row(field: &FieldInfo) -> Vec<String> {
    vec![field.name.to_owned(), field.label.to_owned(), seen_by(field).to_owned(), takes(field)]
}

/// Who may see a field, in words.
fn seen_by(field: &FieldInfo) -> &'static str {
    match (field.visibility, field.hidden_if) {
        (Visibility::Public, None) => "everybody",
        (Visibility::Public, Some(_)) => "everybody, unless hidden",
        (Visibility::Personal, _) => "colleagues, and others who ask for contacts",
        (Visibility::Private, _) => "its author",
        (Visibility::Internal, None) => "colleagues",
        (Visibility::Internal, Some(_)) => "colleagues, unless hidden",
    }
}

/// What a field takes, in words.
fn takes(field: &FieldInfo) -> String {
    if !field.is_editable {
        return "kept by the program".to_owned();
    }
    let takes = match field.field_type {
        FieldType::One(choices) => format!("one of: {}", choices.join(", ")),
        FieldType::Some(choices) => format!("some of: {}", choices.join(", ")),
        FieldType::Rows(columns) => {
            let labels: Vec<String> = columns.iter().map(|column| column.label.to_lowercase()).collect();
            format!("a row a line: {}", labels.join(" | "))
        }
        FieldType::Flag => "yes or no".to_owned(),
        FieldType::Number => format!("a whole number; {}", field.hint),
        FieldType::Reference(kind) => format!("{}, by name or id; {}", kind.with_article(), field.hint),
        FieldType::References(kind) => format!("{}, by name or id, commas between; {}", kind.plural(), field.hint),
        FieldType::Line
        | FieldType::Paragraph
        | FieldType::Words
        | FieldType::Date
        | FieldType::Time
        | FieldType::DateTime
        | FieldType::Notation
        | FieldType::Areas => field.hint.to_owned(),
    };
    let takes = takes.trim_end_matches([';', ' ']);
    if field.is_required { format!("{takes} (required)") } else { takes.to_owned() }
}

fn in_json(field: &FieldInfo) -> Value {
    let (choices, columns) = match field.field_type {
        FieldType::One(choices) | FieldType::Some(choices) => (Some(choices), None),
        FieldType::Rows(columns) => (None, Some(columns.iter().map(in_json).collect::<Vec<_>>())),
        _ => (None, None),
    };
    let mut value = json!({
        "name": field.name, "label": field.label, "takes": takes(field), "seen_by": seen_by(field),
        "required": field.is_required, "editable": field.is_editable, "choices": choices, "columns": columns,
    });
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    value
}
