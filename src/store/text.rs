//! How records are written: one field a line, indented by two blanks, lists of rows and long lists one item a line.

use serde::Serialize;

use super::problem::FileProblem;
use super::records::{self, VERSION, fields, options};
use super::scan::Scanner;
use crate::model::{AnyRecord, Id, Kind};

/// The widest line on which a list of texts stays on one line.
const MAX_LINE_WIDTH: usize = 120;

/// A record as a person edits it: its fields in brackets, one a line.
///
/// # Errors
/// A value that no file could hold.
pub fn to_ron(record: &AnyRecord) -> Result<String, String> {
    Ok(body(&lines(record, 2)?, "", "\n") + "\n")
}

/// Reads what a person edited.
///
/// # Errors
/// What is wrong, and at which line and column of the text.
pub fn from_ron(kind: Kind, id: Id, text: &str) -> Result<AnyRecord, FileProblem> {
    let file = id.as_str();
    let error = |error| FileProblem::at(file, text, error);
    let mut scan = Scanner::new(text, 0);
    scan.skip_blank().map_err(error)?;
    let start = scan.at;
    let value = scan.value().map_err(error)?;
    if scan.at < text.len() {
        return Err(error(scan.error("nothing more after the record")));
    }
    records::read(file, text, kind, id, &(start..value.end))
}

/// A field as it is written: its name and its value.
pub(super) type FieldText = (String, String);

/// The fields of a record as they are written, each beginning `indent` blanks from the left.
pub(super) fn lines(record: &AnyRecord, indent: usize) -> Result<Vec<FieldText>, String> {
    let text = pretty(record)?;
    let spans = fields(&text, &(0..text.len())).map_err(|error| error.message)?;
    let line = |span: &records::FieldSpan| {
        let name = text[span.name.clone()].to_owned();
        let value = break_lists(&text[span.value.clone()], indent, name.len());
        (name, value)
    };
    Ok(spans.iter().map(line).collect())
}

/// A value on one line. `ron` escapes apostrophes, though a string needs no escape for them; here they stay plain.
pub(super) fn pretty<T: Serialize>(value: &T) -> Result<String, String> {
    let config = ron::ser::PrettyConfig::new().depth_limit(0);
    let text = options().to_string_pretty(value, config).map_err(|error| error.to_string())?;
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        plain.push_str(before);
        let kept = usize::from(escape.starts_with("\\'"));
        let end = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
        plain.push_str(&escape[kept..end]);
        rest = &escape[end..];
    }
    plain.push_str(rest);
    Ok(plain)
}

/// A value; a list of rows, or of texts too long for one line, has one item a line.
fn break_lists(value: &str, indent: usize, name: usize) -> String {
    let is_long = || value.starts_with("[\"") && indent + name + 3 + value.chars().count() > MAX_LINE_WIDTH;
    if !value.starts_with("[(") && !is_long() {
        return value.to_owned();
    }
    let mut scan = Scanner::new(value, 1);
    let mut out = String::with_capacity(value.len() + 64);
    out.push('[');
    while let Ok(item) = scan.value() {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent + 2));
        out.push_str(&value[item]);
        out.push(',');
        if scan.comma().is_none() || scan.skip_blank().is_err() {
            break;
        }
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(']');
    out
}

/// Lines in brackets.
pub(super) fn body(lines: &[FieldText], indent: &str, newline: &str) -> String {
    let mut out = String::from("(");
    for (name, value) in lines {
        out.push_str(newline);
        out.push_str(indent);
        out.push_str("  ");
        out.push_str(name);
        out.push_str(": ");
        out.push_str(&with_newlines(value, newline));
        out.push(',');
    }
    out.push_str(newline);
    out.push_str(indent);
    out.push(')');
    out
}

/// A value with the line ends of the file. Strings hold none: `ron` escapes them.
pub(super) fn with_newlines(value: &str, newline: &str) -> String {
    if newline == "\n" { value.to_owned() } else { value.replace('\n', newline) }
}

/// A record as it stands in a file, from its key to its comma.
pub(super) fn entry(record: &AnyRecord, newline: &str) -> Result<String, String> {
    let body = body(&lines(record, 6)?, "    ", newline);
    Ok(format!("    \"{}\": {body},", record.id()))
}

/// A whole file.
pub(super) fn file(kind: Kind, records: &[AnyRecord]) -> Result<String, String> {
    let mut out = format!("Folkmoot(\n  kind: {:?},\n  version: {VERSION},\n  records: {{\n", kind.plural());
    for record in records {
        out.push_str(&entry(record, "\n")?);
        out.push('\n');
    }
    out.push_str("  },\n)\n");
    Ok(out)
}
