//! The lossless splitter: where each record of a file, and each field of a record, begins and ends, so that a save
//! changes nothing else; and the parsing of one record, with every error at its line and column.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::ops::Range;

use serde::de::{self, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use xxhash_rust::xxh3::xxh3_64;

use super::problem::FileProblem;
use super::scan::{Scanner, SyntaxError, not_closed};
use crate::model::{AnyRecord, Id, Kind};

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

/// How `ron` reads and writes here: an optional field is left out or stands without `Some`.
pub(super) fn options() -> ron::Options {
    use ron::extensions::Extensions;
    let extensions = Extensions::IMPLICIT_SOME | Extensions::UNWRAP_NEWTYPES;
    ron::Options::default().with_default_extension(extensions).with_recursion_limit(32)
}

/// Reads one record of a file that a newer version wrote, as far as it can be read: unknown fields are ignored.
pub(super) fn read_newer(file: &str, text: &str, kind: Kind, id: Id, body: &Range<usize>) -> Option<AnyRecord> {
    decode(file, text, kind, id, body).ok().filter(|record| record.check().is_ok())
}

/// Parses one record of a text.
pub(super) fn read(file: &str, text: &str, kind: Kind, id: Id, body: &Range<usize>) -> Result<AnyRecord, FileProblem> {
    let spans = fields(text, body).map_err(|error| FileProblem::at(file, text, error))?;
    let known = field_names(kind);
    for span in &spans {
        let name = &text[span.name.clone()];
        if !known.contains(&name) {
            return Err(FileProblem::at(
                file,
                text,
                SyntaxError { at: span.name.start, message: unknown_field(kind, name, known) },
            ));
        }
    }
    let record = decode(file, text, kind, id, body)?;
    record.check().map_err(|message| {
        let about = spans.iter().find(|span| message.starts_with(&format!("{}:", &text[span.name.clone()])));
        FileProblem::at(file, text, SyntaxError { at: about.map_or(body.start, |span| span.value.start), message })
    })?;
    Ok(record)
}

fn decode(file: &str, text: &str, kind: Kind, id: Id, body: &Range<usize>) -> Result<AnyRecord, FileProblem> {
    let source = &text[body.clone()];
    let wrong = |error: ron::error::SpannedError| {
        let message = crate::model::text::clean(&error.code.to_string()).replace('\n', " ");
        // `ron` may point at the white space before the value it means.
        let mut scan = Scanner::new(text, body.start + byte_at(source, error.span.start));
        let at = if scan.skip_blank().is_ok() { scan.at } else { body.start };
        FileProblem::at(file, text, SyntaxError { at, message })
    };
    let mut from = ron::Deserializer::from_str_with_options(source, &options()).map_err(wrong)?;
    let record = kind.deserialize(id, &mut from).map_err(|error| wrong(from.span_error(error)))?;
    from.end().map_err(|error| wrong(from.span_error(error)))?;
    Ok(record)
}

/// The byte of a line and a column, both counted from 1, columns in characters.
fn byte_at(text: &str, place: ron::error::Position) -> usize {
    let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|newline| newline + 1));
    let start = lines.skip(place.line.saturating_sub(1)).map(|start| start.min(text.len())).next().unwrap_or_default();
    let in_line = text[start..].char_indices().nth(place.col.saturating_sub(1));
    in_line.map_or(text.len(), |(ahead, _)| start + ahead)
}

fn unknown_field(kind: Kind, name: &str, known: &[&str]) -> String {
    let nearest = known.iter().min_by_key(|field| strsim::osa_distance(field, name));
    let meant = nearest.filter(|field| strsim::osa_distance(field, name) <= 1 + field.chars().count() / 3);
    match meant {
        Some(field) => format!("{} has no field `{}`; did you mean `{field}`?", kind.with_article(), shorten(name)),
        None => format!("{} has no field `{}`; it has: {}", kind.with_article(), shorten(name), known.join(", ")),
    }
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
fn shorten(word: &str) -> String {
    crate::model::text::clean(&word.chars().take(40).collect::<String>())
}

/// The names of all fields of a kind, in the order in which files have them.
///
/// A derived `Deserialize` passes the names of its fields to `deserialize_struct`; the probe returns them as its error.
pub(super) fn field_names(kind: Kind) -> &'static [&'static str] {
    match kind.deserialize(Id::default(), FieldNamesProbe) {
        Err(FieldNames(names)) => names,
        Ok(_) => &[],
    }
}

struct FieldNamesProbe;

#[derive(Debug)]
struct FieldNames(&'static [&'static str]);

impl std::fmt::Display for FieldNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the names of the fields")
    }
}
impl std::error::Error for FieldNames {}
impl de::Error for FieldNames {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self(&[])
    }
}

impl<'de> Deserializer<'de> for FieldNamesProbe {
    type Error = FieldNames;
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, FieldNames> {
        Err(FieldNames(&[]))
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, FieldNames> {
        Err(FieldNames(fields))
    }
    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::model::Service;

    /// A file as `ron` alone would read it.
    #[derive(Deserialize)]
    struct Folkmoot {
        kind: String,
        version: u32,
        records: BTreeMap<String, Service>,
    }

    const DOCUMENTS: [&str; 4] = [
        "// head\nFolkmoot(\n  kind: \"services\", version: 1,\n  records: {\n    \"S-0001\": (\n      name: \"a \\\"b\\\" // c\",\n      \
         locations: [(town: \"Poole\", point: (50.7, -1.9)), (name: \"x\")], // d\n      updated: (\"2026-01-01T00:00:00Z\", \"KP\"),\n    ),\n  },\n)\n",
        "#![enable(implicit_some)]\n(records: {r\"S-0002\": Service(name: r##\"raw \"# text\"##, phone: Some(\"1\"), ages: (from: 16)), }, \
         version: 0x1, kind: r#\"services\"#)",
        "Folkmoot(kind:\"services\",version:1,records:{\"S-0003\":(r#name:\"é\\u{301}\\x41\",needs:[Women,/*x/*y*/*/Family],hide_address:true)})",
        "Folkmoot ( kind : \"services\" , version : 1 , records : { } , ) /* end */ // end",
    ];

    const FRAGMENTS: [&str; 26] = [
        "\"", "\\", "'", "/", "*", "/*", "*/", "//", "\n", "(", ")", "[", "]", "{", "}", ",", ":", "r#\"", "\"#", "b",
        "r", " ", "é", "1", "\u{2028}", "'x'",
    ];

    /// A document with some fragments inserted and some characters deleted.
    fn any_document() -> impl Strategy<Value = String> {
        let damage = proptest::collection::vec((any::<usize>(), 0..FRAGMENTS.len(), 0..4usize), 0..4);
        (0..DOCUMENTS.len(), damage).prop_map(|(document, damage)| {
            let mut document: Vec<char> = DOCUMENTS[document].chars().collect();
            for (place, fragment, length) in damage {
                let at = place % document.len().max(1);
                let end = (at + length).min(document.len());
                let fragment: Vec<char> = if length == 1 { Vec::new() } else { FRAGMENTS[fragment].chars().collect() };
                document.splice(at.min(end)..end, fragment);
            }
            document.into_iter().collect()
        })
    }

    fn read_all(text: &str) -> Result<BTreeMap<String, AnyRecord>, String> {
        let (split, error) = split(text, Kind::Service);
        if let Some(error) = error {
            return Err(FileProblem::at("services.ron", text, error).to_string());
        }
        let one = |span: &Span| {
            let record = read("services.ron", text, Kind::Service, span.id, &span.body()).map_err(|p| p.to_string())?;
            Ok((span.id.to_string(), record))
        };
        split.records.iter().map(one).collect()
    }

    /// Parts of the messages with which this program refuses what `ron` accepts.
    const STRICTER: [&str; 8] = [
        "has no field",
        "a file has kind",
        "second time",
        "twice",
        "name is missing",
        "youngest",
        "this file must hold",
        "a point is",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_ron_reads_is_read_alike(text in any_document()) {
            let ours = read_all(&text);
            match options().from_str::<Folkmoot>(&text) {
                Ok(document) if document.kind == "services" && document.version == 1 => match ours {
                    Ok(ours) => {
                        prop_assert_eq!(ours.len(), document.records.len());
                        for (id, record) in ours {
                            let theirs = Service { id: record.id(), ..document.records[&id].clone() };
                            prop_assert_eq!(record, AnyRecord::from(theirs));
                        }
                    }
                    Err(why) => {
                        let is_id = document.records.keys().any(|id| !id.parse::<Id>().is_ok_and(|it| it.as_str() == id && it.letter() == 'S'));
                        prop_assert!(is_id || STRICTER.iter().any(|known| why.contains(known)), "{}\n{}", why, text);
                    }
                },
                Ok(document) => prop_assert!(ours.is_err() || document.version > VERSION, "{}", text),
                // Attributes change nothing here, so their letters are not looked at.
                Err(error) => {
                    let has_attribute = text.split("records").next().is_some_and(|head| head.contains('#'));
                    prop_assert!(ours.is_err() || has_attribute, "ron says {}: {}", error, text);
                }
            }
        }
    }

    #[test]
    fn documents_read_as_they_are() {
        for document in DOCUMENTS {
            let count = read_all(document).unwrap().len();
            assert_eq!(count, usize::from(document.contains("S-000")), "{document}");
        }
    }

    #[test]
    fn every_kind_tells_its_fields() {
        for kind in Kind::ALL {
            let names = field_names(*kind);
            assert_eq!(names.last(), Some(&"updated"), "{names:?}");
            assert!(kind.fields().all(|field| names.contains(&field.name)));
        }
    }
}
