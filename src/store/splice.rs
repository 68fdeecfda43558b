//! Changes fields and records of a text without touching a byte of anything else.

use std::ops::Range;

use super::records::{FieldSpan, Span, field_names, fields};
use super::scan::{Scanner, SyntaxError};
use super::text::{self, FieldText, with_newlines};
use crate::model::{AnyRecord, Id};

/// A range of a text, and what replaces it.
#[derive(Debug)]
pub(super) struct Patch {
    at: Range<usize>,
    text: String,
}

/// The text with all patches applied; of two at one position, the first given comes first.
pub(super) fn apply_patches(text: &str, mut patches: Vec<Patch>) -> String {
    patches.sort_by_key(|patch| (patch.at.start, patch.at.end));
    let grown: usize = patches.iter().map(|patch| patch.text.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut done = 0;
    for patch in patches {
        out.push_str(&text[done..patch.at.start.max(done)]);
        out.push_str(&patch.text);
        done = done.max(patch.at.end);
    }
    out.push_str(&text[done..]);
    out
}

/// A text and its line end.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    /// The text.
    pub text: &'a str,
    newline: &'static str,
}

impl<'a> Document<'a> {
    /// Detects the line end of a text.
    pub fn new(text: &'a str) -> Self {
        let first = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(0);
        let newline = if first > 0 && text.as_bytes()[first - 1] == b'\r' { "\r\n" } else { "\n" };
        Self { text, newline }
    }

    /// The blanks at the beginning of the line of `at`, and whether nothing else stands before `at`.
    fn indent(self, at: usize) -> (&'a str, bool) {
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let before = &self.text[start..at];
        let blanks = before.len() - before.trim_start_matches([' ', '\t']).len();
        (&before[..blanks], blanks == before.len())
    }

    /// The end of the line of `at`, before its line end, where only blanks or a comment follow on it.
    fn rest_of_line(self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let line = line.strip_suffix('\r').unwrap_or(line);
        let said = line.trim_start_matches([' ', '\t']);
        (said.is_empty() || said.starts_with("//")).then_some(at + line.len())
    }

    /// Whether only blanks follow on the line.
    fn is_last_on_line(self, at: usize) -> bool {
        self.rest_of_line(at).is_some_and(|end| self.text[at..end].trim().is_empty())
    }

    /// `range` with the whole lines it stands on, if nothing else stands on them.
    fn lines_of(self, range: Range<usize>) -> Range<usize> {
        let (indent, is_first) = self.indent(range.start);
        if !is_first || !self.is_last_on_line(range.end) {
            return range;
        }
        let end = self.text[range.end..].find('\n').map_or(self.text.len(), |newline| range.end + newline + 1);
        range.start - indent.len()..end
    }

    fn insert(at: usize, text: impl Into<String>) -> Patch {
        Patch { at: at..at, text: text.into() }
    }

    /// Sets the named fields of a record to their values in `record`.
    pub fn change(self, span: &Span, record: &AnyRecord, changed: &[&str]) -> Result<Vec<Patch>, SyntaxError> {
        let found = fields(self.text, &span.body())?;
        let is_tall = self.text[span.body()].contains('\n');
        let first = found.iter().map(|field| self.indent(field.name.start)).find(|(_, is_first)| *is_first);
        let outer = self.indent(span.whole().start).0;
        let indent = first.map_or_else(|| format!("{outer}  "), |(indent, _)| indent.to_owned());
        let lines =
            text::lines(record, indent.len()).map_err(|message| SyntaxError { at: span.body().start, message })?;
        let mut patches = Vec::new();
        let mut kept: Vec<&FieldSpan> = Vec::new();
        for field in &found {
            let name = &self.text[field.name.clone()];
            let line = lines.iter().find(|(written, _)| written == name);
            if !changed.contains(&name) {
                kept.push(field);
            } else if let Some((_, value)) = line {
                kept.push(field);
                patches.extend(self.replace(field, value)?);
            } else {
                patches.push(self.remove_field(field)?);
            }
        }
        let is_new = |line: &&FieldText| {
            changed.contains(&line.0.as_str()) && !found.iter().any(|f| self.text[f.name.clone()] == line.0)
        };
        let new: Vec<&FieldText> = lines.iter().filter(is_new).collect();
        let order = field_names(record.kind());
        let style = if is_tall { Some(indent.as_str()) } else { None };
        patches.extend(self.insert_fields(span, &kept, &new, order, style));
        Ok(patches)
    }

    /// A new value. Comments inside the old one are moved before the field.
    fn replace(self, field: &FieldSpan, value: &str) -> Result<Vec<Patch>, SyntaxError> {
        let mut patches = Vec::new();
        let said = self.comments(field)?;
        if !said.is_empty() {
            patches.push(Self::insert(field.name.start, said));
        }
        patches.push(Patch { at: field.value.clone(), text: with_newlines(value, self.newline) });
        Ok(patches)
    }

    fn remove_field(self, field: &FieldSpan) -> Result<Patch, SyntaxError> {
        let range = field.name.start..field.comma.unwrap_or(field.value.end);
        let said = self.comments(field)?;
        let at = if said.is_empty() { self.lines_of(range) } else { range };
        Ok(Patch { at, text: said.trim_end().to_owned() })
    }

    /// The comments inside a field, one a line, ready to stand before it.
    fn comments(self, field: &FieldSpan) -> Result<String, SyntaxError> {
        let mut scan = Scanner::new(&self.text[..field.value.end], field.value.start);
        scan.value()?;
        let (indent, _) = self.indent(field.name.start);
        let said = scan.comments.iter().map(|c| format!("{}{}{indent}", self.text[c.clone()].trim_end(), self.newline));
        Ok(said.collect())
    }

    /// New fields, each after the nearest field that comes before it in the order of the kind.
    fn insert_fields(
        self,
        span: &Span,
        kept: &[&FieldSpan],
        new: &[&FieldText],
        order: &[&str],
        indent: Option<&str>,
    ) -> Vec<Patch> {
        let place = |name: &str| order.iter().position(|known| *known == name).unwrap_or(usize::MAX);
        let mut patches = Vec::new();
        let mut has_comma = Vec::new();
        for (name, value) in new {
            let earlier = |field: &&&FieldSpan| place(&self.text[field.name.clone()]) < place(name);
            let written = match indent {
                Some(indent) => format!("{}{indent}{name}: {},", self.newline, with_newlines(value, self.newline)),
                None => format!(" {name}: {value},"),
            };
            let after = match kept.iter().rfind(earlier) {
                Some(field) => {
                    if field.comma.is_none() && !has_comma.contains(&field.value.end) {
                        has_comma.push(field.value.end);
                        patches.push(Self::insert(field.value.end, ","));
                    }
                    field.comma.unwrap_or(field.value.end)
                }
                None => span.body().start + self.text[span.body()].find('(').map_or(0, |at| at + 1),
            };
            let at = if indent.is_some() { self.rest_of_line(after).unwrap_or(after) } else { after };
            patches.push(Self::insert(at, written));
        }
        patches
    }

    /// A record rewritten as a whole, where it cannot be changed field by field.
    pub fn rewrite(self, span: &Span, record: &AnyRecord) -> Result<Patch, String> {
        let indent = self.indent(span.whole().start).0;
        let body = text::body(&text::lines(record, indent.len() + 2)?, indent, self.newline);
        Ok(Patch { at: span.body(), text: body })
    }

    /// New records, in the order of their ids, each before the first whose id comes after it.
    pub fn add_all(
        self,
        spans: &[&Span],
        records_range: &Range<usize>,
        new: &[&AnyRecord],
    ) -> Result<Vec<Patch>, String> {
        let is_sorted = spans.is_sorted_by_key(|span| span.id);
        let mut patches: Vec<Patch> = Vec::new();
        let mut last = None;
        for record in new {
            let next = if is_sorted {
                spans.partition_point(|span| span.id < record.id())
            } else {
                spans.iter().position(|span| span.id > record.id()).unwrap_or(spans.len())
            };
            let entry = text::entry(record, self.newline)?;
            if last.replace(next) == Some(next)
                && let Some(patch) = patches.last_mut()
            {
                let end = patch.text.trim_end_matches(['\r', '\n']).len();
                let tail = patch.text.split_off(end);
                patch.text = format!("{}{}{entry}{tail}", patch.text, self.newline);
                continue;
            }
            patches.extend(self.add(
                next.checked_sub(1).and_then(|previous| spans.get(previous).copied()),
                records_range,
                &entry,
            ));
        }
        Ok(patches)
    }

    fn add(self, previous: Option<&Span>, records_range: &Range<usize>, entry: &str) -> Vec<Patch> {
        let mut patches = Vec::new();
        let after = match previous {
            Some(previous) => previous.comma().unwrap_or_else(|| {
                patches.push(Self::insert(previous.whole().end, ","));
                previous.whole().end
            }),
            None => records_range.start,
        };
        let at = self.rest_of_line(after).unwrap_or(after);
        let end = if self.text[at..].trim_start_matches([' ', '\t']).starts_with('}') { self.newline } else { "" };
        patches.push(Self::insert(at, format!("{}{entry}{end}", self.newline)));
        patches
    }

    /// Removes a record, with the comments that are clearly its own: one behind it on its last line, and lines directly
    /// above it that name it.
    pub fn remove(self, span: &Span, name: &str) -> Patch {
        let end = span.comma().unwrap_or(span.whole().end);
        let end = if self.indent(span.whole().start).1 { self.rest_of_line(end).unwrap_or(end) } else { end };
        let mut range = self.lines_of(span.whole().start..end);
        while let Some(above) =
            self.comment_above(range.start).filter(|line| names(&self.text[line.clone()], span.id, name))
        {
            range.start = above.start;
        }
        Patch { at: range, text: String::new() }
    }

    /// The line above, if it is a comment and `at` begins a line.
    fn comment_above(self, at: usize) -> Option<Range<usize>> {
        let before = self.text[..at].strip_suffix('\n')?;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        before[start..].trim_start().starts_with("//").then_some(start..at)
    }
}

fn names(comment: &str, id: Id, name: &str) -> bool {
    comment.contains(id.as_str()) || !name.is_empty() && comment.contains(name)
}
