//! What a record says, in words: the rows of a detail, of a copy, of a comparison. What may be seen of it is decided by
//! [`AnyRecord::show`]; here it is only put in order.

mod call;

use super::wrap::wrap;
use crate::model::agreement::{principles, version};
use crate::model::column::Emphasis;
use crate::model::date::{format_age, format_date};
use crate::model::field::Visibility;
use crate::model::reference::Referrer;
use crate::model::service::{Freshness, Service};
use crate::model::text::one_line;
use crate::model::{AnyRecord, Audience, Date, FieldInfo, Kind, Wording, Workspace, referrers};

pub use call::{Asked, Preview, beyond, fields_in_order, in_a_line, preview};

/// No detail has more lines than this; scrolling stops here at the latest.
pub const MAX_LINES: usize = 2_000;

/// One row of a detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailRow {
    /// What it is about; empty for a row that needs no label.
    pub label: &'static str,
    /// What it says; may hold newlines.
    pub text: String,
    /// How much it is emphasised.
    pub emphasis: Emphasis,
}

impl DetailRow {
    fn new(label: &'static str, text: impl Into<String>, emphasis: Emphasis) -> Self {
        Self { label, text: text.into(), emphasis }
    }
}

fn plain_row(label: &'static str, text: impl Into<String>) -> DetailRow {
    DetailRow::new(label, text, Emphasis::Plain)
}

/// Everything a record says, in the order in which one would ask.
pub fn rows(record: &AnyRecord, asked: Asked<'_>) -> Vec<DetailRow> {
    rows_for(record, asked, false)
}

fn rows_for(record: &AnyRecord, asked: Asked<'_>, is_small: bool) -> Vec<DetailRow> {
    let Asked { workspace, today, .. } = asked;
    let visible = record.visible_to(Audience::Colleagues, workspace);
    if let AnyRecord::Service(service) = &visible {
        return call::rows(record, service, asked, is_small);
    }
    let title = record.kind().fields().filter(|field| is_title(record.kind(), field)).map(|field| field.name);
    let mut rows = leading(record, today);
    rows.extend(standing(&visible, workspace, today));
    rows.extend(fields(record, workspace, today, &title.collect::<Vec<_>>()));
    rows.extend(referring(record, workspace, today));
    rows.extend(of_source(&visible, today));
    rows.push(stamp(record, today));
    rows
}

/// Whether a field is the title of its records, which stands above the rows: the first that is required.
pub fn is_title(kind: Kind, field: &FieldInfo) -> bool {
    kind.fields().find(|field| field.is_required).is_some_and(|title| title.name == field.name)
}

/// What is asked first of a record and is no field of it: the number to ring of a service, and how far its facts can be
/// trusted.
pub fn leading(record: &AnyRecord, today: Date) -> Vec<DetailRow> {
    match record {
        AnyRecord::Service(service) => {
            vec![plain_row("Phone", service.any_phone().unwrap_or("not stated")), verified(service, today)]
        }
        _ => Vec::new(),
    }
}

/// What is asked first of an agreement: who has accepted it, and what proves that it works.
fn standing(record: &AnyRecord, workspace: &Workspace, today: Date) -> Vec<DetailRow> {
    let AnyRecord::Agreement(agreement) = record else { return Vec::new() };
    let emphasis = if version::is_in_force(agreement) { Emphasis::Good } else { Emphasis::Warn };
    let mut rows = vec![DetailRow::new("Stands", version::in_a_sentence(agreement, workspace), emphasis)];
    rows.extend(principles::proofs(agreement, workspace, today).into_iter().map(|proof| {
        let word = if proof.holds { "yes" } else { "no" };
        plain_row(proof.principle.heading(), format!("{word}: {}", proof.said))
    }));
    rows
}

/// The fields that are stated, but for `without`: those that people edit, and of the others those that are no secret.
fn fields(record: &AnyRecord, workspace: &Workspace, today: Date, without: &[&str]) -> Vec<DetailRow> {
    let is_said = |field: &&FieldInfo| field.is_editable || field.visibility == Visibility::Public;
    let shown = record.kind().fields().filter(is_said).filter(|field| !without.contains(&field.name));
    shown.map(|field| field_row(record, field, workspace, today)).filter(|row| !row.text.is_empty()).collect()
}

/// One field under its label.
pub fn field_row(record: &AnyRecord, field: &FieldInfo, workspace: &Workspace, today: Date) -> DetailRow {
    plain_row(field.label, words(record, field, workspace, today))
}

/// A field as colleagues read it; where it is hidden, that it is.
pub fn words(record: &AnyRecord, field: &FieldInfo, workspace: &Workspace, today: Date) -> String {
    record.show(field, Wording::Read(today), Audience::Colleagues, workspace).into_words()
}

/// As [`words`], by the name of the field.
pub fn words_of(record: &AnyRecord, field: &str, workspace: &Workspace, today: Date) -> String {
    record.kind().field(field).map(|field| words(record, field, workspace, today)).unwrap_or_default()
}

/// Says for whom it is not stated: a missing row would be read as "no".
fn unstated(record: &AnyRecord, asked: &[&str]) -> Option<DetailRow> {
    let open = record.kind().fields().filter(|field| asked.contains(&field.name) && record.is_blank(field.name));
    let labels: Vec<String> = open.map(|field| field.label.to_lowercase()).collect();
    (!labels.is_empty()).then(|| DetailRow::new("Not stated", labels.join(", "), Emphasis::Quiet))
}

/// When and by whom the facts were checked, or which of them were changed since.
pub fn verified(service: &Service, today: Date) -> DetailRow {
    let said = service.verified.as_ref().map(|verified| {
        call::changed_since(verified, service, today).unwrap_or_else(|| call::checked(verified, today))
    });
    let emphasis = if service.freshness(today) == Freshness::Fresh { Emphasis::Plain } else { Emphasis::Warn };
    DetailRow::new("Verified", said.unwrap_or_else(|| "never".to_owned()), emphasis)
}

/// Why one cannot be sure of the facts, in two or three words; `None` where one can.
pub fn doubt(service: &Service, today: Date) -> Option<String> {
    let old = || service.verified.as_ref().map(|verified| format!("verified {}", ago(verified.on, today)));
    match service.freshness(today) {
        Freshness::Fresh => None,
        Freshness::Changed => Some("changed since verified".to_owned()),
        Freshness::Stale => old(),
        Freshness::Never => Some("never verified".to_owned()),
    }
}

fn ago(day: Date, today: Date) -> String {
    match format_age(day, today) {
        now if now == "today" => now,
        age => format!("{age} ago"),
    }
}

/// Where a record was imported from, and what its source says by now; `visible` is the record as colleagues may see it.
pub fn of_source(visible: &AnyRecord, today: Date) -> Vec<DetailRow> {
    let source = match visible {
        AnyRecord::Service(service) => service.source.as_ref(),
        AnyRecord::Organisation(organisation) => organisation.source.as_ref(),
        _ => None,
    };
    let Some(source) = source else { return Vec::new() };
    let quiet = |label, text| DetailRow::new(label, text, Emphasis::Quiet);
    let mut rows = vec![quiet("Imported from", format!("{}, as {}", source.feed, source.id))];
    if let Some(date) = source.missing_since {
        let text = format!("no longer in the source since {}", format_date(date, today));
        rows.push(DetailRow::new("Source", text, Emphasis::Warn));
    }
    rows.extend(source.suggestions.iter().map(|(field, value)| {
        let label = visible.kind().field(field).map_or("Field", |field| field.label);
        quiet("Source says", format!("{}: {}", label.to_lowercase(), one_line(value)))
    }));
    rows
}

fn stamp(record: &AnyRecord, today: Date) -> DetailRow {
    let updated = record.updated();
    let text = format!("{} by {} · {}", format_date(updated.0.date(), today), updated.1, record.id());
    DetailRow::new("Changed", text, Emphasis::Quiet)
}

/// What refers to a record, field by field, under the words that the field has for it.
fn referring(record: &AnyRecord, workspace: &Workspace, today: Date) -> Vec<DetailRow> {
    let mut found = referrers(workspace, &[record.id()]);
    found.retain(|referrer| !referrer.record.is_hidden(referrer.field, Audience::Colleagues, workspace));
    found.sort_by_cached_key(|referrer| referrer.record.order(workspace).to_lowercase());
    let mut rows: Vec<DetailRow> = Vec::new();
    let mut fields: Vec<&FieldInfo> = Vec::new();
    for kind in Kind::ALL {
        fields.extend(kind.fields().filter(|field| found.iter().any(|one| one.field == *field)));
    }
    for field in fields {
        let of_field = found.iter().filter(|referrer| referrer.field == field);
        let titles: Vec<String> = of_field.map(|one| named(one, workspace, today)).collect();
        rows.push(plain_row(field.back.unwrap_or(field.label), titles.join("\n")));
    }
    rows
}

/// What a record that refers to another is called, and what it has to do with it.
fn named(referrer: &Referrer, workspace: &Workspace, today: Date) -> String {
    let title = referrer.record.title(workspace);
    match referrer.record.relation(referrer.field.name, referrer.to, today) {
        Some(relation) => format!("{title} ({relation})"),
        None => title.into_owned(),
    }
}

/// A line of an open detail.
pub struct DetailLine {
    /// The label before it; empty for the second and later lines of a row.
    pub label: &'static str,
    /// What it says.
    pub text: String,
    /// How much it is emphasised.
    pub emphasis: Emphasis,
}

/// On a screen of fewer columns the answers to one question stand in one row.
const SMALL: u16 = 60;

/// How many cells the labels of a detail take on a screen of this width.
pub fn label_cells(columns: u16) -> u16 {
    if columns < SMALL { 9 } else { 16 }
}

/// The rows of a detail, wrapped for a screen of this width.
pub fn lines(record: &AnyRecord, asked: Asked<'_>, columns: u16) -> Vec<DetailLine> {
    let cells = usize::from(columns.saturating_sub(label_cells(columns) + 1));
    let mut lines = Vec::new();
    for DetailRow { label, text, emphasis } in rows_for(record, asked, columns < SMALL) {
        let wrapped = wrap(&text, cells).into_iter().enumerate();
        lines.extend(wrapped.map(|(at, text)| DetailLine { label: if at == 0 { label } else { "" }, text, emphasis }));
    }
    lines
}

/// A record as plain lines, for copying and for printing.
pub fn plain(record: &AnyRecord, asked: Asked<'_>) -> String {
    let mut lines = vec![record.title(asked.workspace).into_owned()];
    for row in rows(record, asked) {
        let text = row.text.replace('\n', "\n  ");
        lines.push(if row.label.is_empty() { text } else { format!("{}: {text}", row.label) });
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::service::Location;

    #[test]
    fn a_hidden_address_is_said_nowhere() {
        let place =
            Location { address: Some("7 Secret Lane".into()), town: Some("Poole".into()), ..Location::default() };
        let service =
            Service { name: "Refuge".into(), locations: vec![place], hide_address: true, ..Service::default() };
        let said =
            plain(&service.into(), Asked { workspace: &Workspace::default(), today: Date::default(), time: None });
        assert!(!said.contains("Secret") && !said.contains("Poole"), "{said}");
        assert!(said.contains("address hidden"));
    }
}
