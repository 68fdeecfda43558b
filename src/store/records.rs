//! The lossless splitter: where each record of a file, and each field of a record, begins and ends, so that a save
//! changes nothing else. What a record says is read in `decode`.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::scan::{Scanner, SyntaxError, not_closed};
use crate::model::{Id, Kind};

pub(super) use super::decode::{field_names, options, read, read_newer};

/// The version of the files this program writes.
pub const VERSION: u32 = 1;

/// Where the parts of a file are.
#[derive(Clone, Debug, Default)]
pub(super) struct Split {
    /// The version it says it has.
    pub version: u32,
    /// The kind it says it holds, and where.
    pub kind: (String, usize),
    /// Its records, in the order of the file.
    pub records: Vec<Span>,
    /// The range between the brackets of the map of records.
    pub records_range: Range<usize>,
}

/// Where a record is. The store keeps one for each record, so its places are half as wide as those of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Its id.
    pub id: Id,
    start: u32,
    body: u32,
    end: u32,
    comma: Option<NonZeroU32>,
}

impl Span {
    fn new(id: Id, start: usize, body: &Range<usize>, comma: Option<usize>) -> Self {
        let comma = comma.and_then(|end| NonZeroU32::new(end as u32));
        Self { id, start: start as u32, body: body.start as u32, end: body.end as u32, comma }
    }

    /// From the quote before its key to the bracket after its fields, inclusive.
    pub fn whole(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the bracket before its fields to the one after, inclusive.
    pub fn body(&self) -> Range<usize> {
        self.body as usize..self.end as usize
    }

    /// The end of the comma after it, if there is one.
    pub fn comma(&self) -> Option<usize> {
        self.comma.map(|end| end.get() as usize)
    }

    /// A hash of the record's text, to see whether it has changed.
    pub fn fingerprint(&self, text: &str) -> u64 {
        xxh3_64(&text.as_bytes()[self.whole()])
    }
}

/// Where a field of a record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldSpan {
    /// Its name.
    pub name: Range<usize>,
    /// Its value.
    pub value: Range<usize>,
    /// The end of the comma after it, if there is one.
    pub comma: Option<usize>,
}

/// Splits a file. The records before a syntax error are there nevertheless.
pub(super) fn split(text: &str, kind: Kind) -> (Split, Option<SyntaxError>) {
    let mut split = Split::default();
    let error = split_into(&mut split, text, kind).err();
    (split, error)
}

fn split_into(split: &mut Split, text: &str, kind: Kind) -> Result<(), SyntaxError> {
    if u32::try_from(text.len()).is_err() {
        return Err(SyntaxError { at: 0, message: "a file may have 4 GB at most".to_owned() });
    }
    let mut scan = Scanner::new(text, 0);
    let mut seen = [false; 3];
    attributes(&mut scan, text)?;
    let at = scan.at;
    let name = Scanner::new(text, at).identifier();
    if !["", "Folkmoot"].contains(&&text[name]) {
        return Err(scan.error("`Folkmoot(`"));
    }
    let start = open_bracket(&mut scan, "`Folkmoot(`")?;
    while has_more(&mut scan, text, start)? {
        let name = field_name(&mut scan)?;
        let place = match &text[name.clone()] {
            "kind" => 0,
            "version" => 1,
            "records" => 2,
            other => {
                let message = format!("a file has kind, version and records, not `{}`", shorten(other));
                return Err(SyntaxError { at: name.start, message });
            }
        };
        if std::mem::replace(&mut seen[place], true) {
            return Err(SyntaxError { at: name.start, message: format!("`{}` stands here twice", &text[name]) });
        }
        match place {
            0 => split.kind = (string(&mut scan, text)?.1, name.end),
            1 => split.version = version(&mut scan, text)?,
            _ => record_map(&mut scan, text, kind, split)?,
        }
        separator(&mut scan, b')')?;
    }
    check_header(&mut scan, text, split, seen, kind, start)
}

fn check_header(
    scan: &mut Scanner<'_>,
    text: &str,
    split: &Split,
    seen: [bool; 3],
    kind: Kind,
    start: usize,
) -> Result<(), SyntaxError> {
    scan.skip_blank()?;
    if scan.at < text.len() {
        return Err(scan.error("nothing more after the last bracket"));
    }
    for (is_there, name) in seen.iter().zip(["kind", "version", "records"]) {
        if !is_there {
            return Err(SyntaxError { at: start, message: format!("the header has no `{name}`") });
        }
    }
    if split.kind.0 != kind.plural() {
        let message = format!("this file must hold kind: {:?}", kind.plural());
        return Err(SyntaxError { at: split.kind.1, message });
    }
    Ok(())
}

/// Skips `#![enable(…)]` at the beginning: `ron` accepts it, and the extensions it names are always enabled here.
fn attributes(scan: &mut Scanner<'_>, text: &str) -> Result<(), SyntaxError> {
    scan.skip_blank()?;
    while scan.peek() == Some(b'#') {
        loop {
            scan.at += text[scan.at..].chars().next().map_or(0, char::len_utf8);
            scan.skip_blank()?;
            match scan.peek() {
                None => return Err(scan.error("#![enable(…)] or `Folkmoot(`")),
                Some(b']') => break,
                Some(_) => {}
            }
        }
        scan.at += 1;
        scan.skip_blank()?;
    }
    Ok(())
}

/// Skips an optional name and the bracket after it; returns where the bracket is.
fn open_bracket(scan: &mut Scanner<'_>, what: &str) -> Result<usize, SyntaxError> {
    scan.identifier();
    scan.skip_blank()?;
    scan.expect(b'(', what)?;
    Ok(scan.at - 1)
}

/// Whether anything stands before the closing bracket; if not, the bracket is skipped.
fn has_more(scan: &mut Scanner<'_>, text: &str, opened: usize) -> Result<bool, SyntaxError> {
    scan.skip_blank()?;
    let close = if text.as_bytes()[opened] == b'(' { b')' } else { b'}' };
    match scan.peek() {
        None => Err(not_closed(text, opened)),
        Some(byte) if byte == close => {
            scan.at += 1;
            Ok(false)
        }
        Some(_) => Ok(true),
    }
}

/// Skips the comma after an entry, which only the last may lack; returns the end of the comma.
fn separator(scan: &mut Scanner<'_>, close: u8) -> Result<Option<usize>, SyntaxError> {
    scan.skip_blank()?;
    let comma = scan.comma();
    if comma.is_none() && scan.peek().is_some_and(|byte| byte != close) {
        return Err(scan.error(&format!("a comma or `{}`", close as char)));
    }
    Ok(comma)
}

fn field_name(scan: &mut Scanner<'_>) -> Result<Range<usize>, SyntaxError> {
    let name = scan.identifier();
    if name.is_empty() {
        return Err(scan.error("the name of a field"));
    }
    scan.skip_blank()?;
    scan.expect(b':', "a colon after the name of the field")?;
    scan.skip_blank()?;
    Ok(name)
}

/// A string: the range between its quotes, and its unescaped value.
fn string(scan: &mut Scanner<'_>, text: &str) -> Result<(Range<usize>, String), SyntaxError> {
    let start = scan.at;
    let inside = scan.string()?;
    let written = &text[inside.clone()];
    if !written.contains('\\') {
        return Ok((inside, written.to_owned()));
    }
    let said: Result<String, _> = options().from_str(&text[start..scan.at]);
    let said = said.map_err(|error| SyntaxError { at: start, message: error.code.to_string() })?;
    Ok((inside, said))
}

fn version(scan: &mut Scanner<'_>, text: &str) -> Result<u32, SyntaxError> {
    let at = scan.at;
    let value = scan.value()?;
    let number = options().from_str(&text[value]).ok().filter(|version| *version > 0);
    number.ok_or_else(|| SyntaxError { at, message: format!("the version is a number; this program writes {VERSION}") })
}

fn record_map(scan: &mut Scanner<'_>, text: &str, kind: Kind, split: &mut Split) -> Result<(), SyntaxError> {
    let opened = scan.at;
    scan.expect(b'{', "`{` before the records")?;
    let mut ids = HashSet::new();
    while has_more(scan, text, opened)? {
        let start = scan.at;
        let (key, written) = string(scan, text)?;
        let id = read_id(&written, &key, kind)?;
        if !ids.insert(id) {
            let message = format!("{id} stands here a second time: give one of the two another id, or delete it");
            return Err(SyntaxError { at: key.start, message });
        }
        scan.skip_blank()?;
        scan.expect(b':', "a colon after the id")?;
        scan.skip_blank()?;
        let at = scan.at;
        open_bracket(&mut Scanner::new(text, at), "`(` before the fields of the record")?;
        let body = scan.value()?;
        let comma = separator(scan, b'}')?;
        split.records.push(Span::new(id, start, &body, comma));
    }
    split.records_range = opened + 1..scan.at - 1;
    Ok(())
}

fn read_id(written: &str, key: &Range<usize>, kind: Kind) -> Result<Id, SyntaxError> {
    let wrong = |message| SyntaxError { at: key.start, message };
    let id: Id = written.parse().map_err(|error: crate::model::id::NotAnId| wrong(error.to_string()))?;
    if id.letter() != kind.letter() {
        let plural = kind.plural();
        return Err(wrong(format!("{id} cannot stand among {plural}, whose ids begin with {}-", kind.letter())));
    }
    if id.as_str() != written {
        return Err(wrong(format!("write this id as {id}")));
    }
    Ok(id)
}

/// Splits a record, whose text begins with its bracket or a name before it.
pub(super) fn fields(text: &str, body: &Range<usize>) -> Result<Vec<FieldSpan>, SyntaxError> {
    let mut scan = Scanner::new(&text[..body.end], body.start);
    let start = open_bracket(&mut scan, "`(` before the fields of the record")?;
    let mut found = Vec::new();
    while has_more(&mut scan, text, start)? {
        let name = field_name(&mut scan)?;
        let value = scan.value()?;
        let comma = separator(&mut scan, b')')?;
        found.push(FieldSpan { name, value, comma });
    }
    scan.skip_blank()?;
    if scan.at < body.end { Err(scan.error("a comma after the record")) } else { Ok(found) }
}

/// The ids of resident kinds that stand in a record, each with its position.
pub(super) fn ids_in(text: &str, body: &Range<usize>) -> Vec<(usize, Id)> {
    let quotes = memchr::memchr_iter(b'"', &text.as_bytes()[body.clone()]).map(|at| body.start + at + 1);
    let id = |at: usize| {
        let (written, _) = text.get(at..body.end)?.split_once('"')?;
        let id: Id = (written.len() < 8).then(|| written.parse().ok())??;
        let is_kept = Kind::of(id).is_some_and(Kind::is_resident);
        (is_kept && id.as_str() == written).then_some((at, id))
    };
    quotes.filter_map(id).collect()
}

/// The beginning of a word from a file, cleaned for a message.
pub(super) fn shorten(word: &str) -> String {
    crate::model::text::clean(&word.chars().take(40).collect::<String>())
}
