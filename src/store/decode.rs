//! One record from its text, with every error at its line and column; and the names that its fields may have.

use std::ops::Range;

use serde::de::{self, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::problem::FileProblem;
use super::records::{fields, shorten};
use super::scan::{Scanner, SyntaxError};
use crate::model::{AnyRecord, Id, Kind};

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
        let at = body.start + byte_at(source, error.span.start);
        if let Some(error) = wrong_day(text, at, &message) {
            return FileProblem::at(file, text, error);
        }
        // `ron` may point at the white space before the value it means.
        let mut scan = Scanner::new(text, at);
        let at = if scan.skip_blank().is_ok() { scan.at } else { body.start };
        FileProblem::at(file, text, SyntaxError { at, message })
    };
    let mut from = ron::Deserializer::from_str_with_options(source, &options()).map_err(wrong)?;
    let record = kind.deserialize(id, &mut from).map_err(|error| wrong(from.span_error(error)))?;
    from.end().map_err(|error| wrong(from.span_error(error)))?;
    Ok(record)
}

/// What `chrono` says of a text that is no day, without the text.
const OF_DAYS: [&str; 6] = [
    "input is out of range",
    "no possible date and time matching input",
    "input is not enough for unique date and time",
    "input contains invalid characters",
    "premature end of input",
    "trailing input",
];

/// The mistake in a day: at the text itself, which the error stands before or behind, with what to write instead.
fn wrong_day(text: &str, noticed: usize, message: &str) -> Option<SyntaxError> {
    if !OF_DAYS.contains(&message) {
        return None;
    }
    let mut scan = Scanner::new(text, noticed);
    let noticed = if scan.skip_blank().is_ok() { scan.at } else { noticed };
    let line = text.get(..noticed)?.rfind('\n').map_or(0, |newline| newline + 1);
    let quotes = text[line..].split('\n').next()?.match_indices('"').map(|(at, _)| line + at);
    let quotes: Vec<usize> = quotes.collect();
    let (pairs, _) = quotes.as_chunks::<2>();
    let [at, end] = *pairs.iter().rfind(|[start, _]| *start <= noticed)?;
    let day = shorten(&text[at + 1..end]);
    Some(SyntaxError {
        at,
        message: format!(
            "\"{day}\" is no day of the calendar: write the year, the month and the day, such as 2026-11-21"
        ),
    })
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

    use super::super::records::{Span, VERSION, split};
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
