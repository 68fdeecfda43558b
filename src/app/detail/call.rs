//! What a service says, in the order of a telephone call: can it be had, which number, is it open, who can have it, how
//! one gets to it, is there a place, where, what it does; then the rest. One table holds the order; the open detail, the
//! preview, a copy and the shell read it.

use super::{DetailRow, ago, field_row, words_of};
use crate::model::column::Emphasis;
use crate::model::date::{Date, Time, format_date};
use crate::model::opening;
use crate::model::service::{Service, Standing, Verified};
use crate::model::text::one_line;
use crate::model::{AnyRecord, FieldInfo, Kind, Workspace};

/// Whoever asks: what they look at, and when.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The other records.
    pub workspace: &'a Workspace,
    /// The day it is.
    pub today: Date,
    /// The time of day, where it is known.
    pub time: Option<Time>,
}

/// A service about which somebody asks.
struct Call<'a> {
    record: &'a AnyRecord,
    /// As colleagues may see it.
    service: &'a Service,
    asked: Asked<'a>,
    /// Whether it is said on a small screen.
    is_small: bool,
}

/// What answers a part of a question.
enum Part {
    /// A field; before it stands, where there is no label, what it is about.
    Field(&'static str, &'static str),
    /// What follows from some fields; it takes their place.
    Said(&'static [&'static str], fn(&Call<'_>) -> Vec<Said>),
}

/// What a part says.
struct Said {
    row: DetailRow,
    /// The same where there is no label before it.
    brief: String,
}

/// A question of the call. In the preview, and on small screens, its answers stand together.
struct Question {
    /// What its answers stand under on small screens; empty: each under its own label.
    label: &'static str,
    parts: &'static [Part],
    /// What the preview says when nothing is stated.
    unstated: &'static str,
    /// How many lines it has in the preview at most.
    lines: usize,
}

const fn question(lines: usize, parts: &'static [Part]) -> Question {
    Question { label: "", parts, unstated: "", lines }
}

/// The order of a call.
const CALL: &[Question] = &[
    question(1, &[Part::Said(&["status"], state)]),
    question(1, &[Part::Said(&["funding_ends"], ended_funding)]),
    question(2, &[Part::Said(&["alert"], notice)]),
    question(2, &[Part::Said(&["phone"], phones), Part::Said(&["verified"], verified)]),
    question(1, &[Part::Said(&["opening"], open)]),
    Question {
        label: "For",
        parts: &[
            Part::Field("ages", ""),
            Part::Said(&["sex"], sex),
            Part::Field("clients", ""),
            Part::Field("eligibility", ""),
        ],
        unstated: "for whom: not stated",
        lines: 2,
    },
    question(1, &[Part::Said(&["opening"], hours)]),
    question(1, &[Part::Field("routes", ""), Part::Field("how_to_refer", "")]),
    question(1, &[Part::Field("capacity", "places free: "), Part::Field("waiting", "waiting time: ")]),
    question(1, &[Part::Field("locations", ""), Part::Field("serves", "serves ")]),
    question(1, &[Part::Said(&["funding_ends"], ending_funding)]),
    question(2, &[Part::Field("needs", ""), Part::Said(&["summary"], summary)]),
];

/// Fields that stand above the table, or in what it says.
const TOLD: &[&str] = &["name", "hide_address"];

/// Fields of which it is said that nobody has stated them: a missing row would be read as "no".
const MISSED: &[&str] = &["needs", "ages", "sex", "clients", "serves", "routes", "cost"];

impl Call<'_> {
    fn said(&self, part: &Part) -> Vec<Said> {
        match part {
            Part::Said(_, say) => say(self),
            Part::Field(name, before) => {
                let Some(field) = Kind::Service.field(name) else { return Vec::new() };
                let mut row = field_row(self.record, field, self.asked.workspace, self.asked.today);
                row.text.extend(said_beside(self.service, name));
                let brief = format!("{before}{}", row.text.replace('\n', "; "));
                if row.text.is_empty() { Vec::new() } else { vec![Said { row, brief }] }
            }
        }
    }
}

/// That a value was read from the text and nobody has stated it.
fn said_beside(service: &Service, field: &str) -> Option<String> {
    service.said_of_derived(field).map(|said| format!(" ({said})"))
}

fn said(label: &'static str, text: impl Into<String>, emphasis: Emphasis, brief: impl Into<String>) -> Vec<Said> {
    vec![Said { row: DetailRow::new(label, text, emphasis), brief: brief.into() }]
}

fn state(call: &Call<'_>) -> Vec<Said> {
    let standing = call.service.standing(call.asked.today);
    let Some(mark) = standing.mark() else { return Vec::new() };
    let since = call.service.capacity.filter(|_| standing == Standing::Full);
    let since = since.map(|capacity| format!(" on {}", format_date(capacity.on, call.asked.today))).unwrap_or_default();
    let text = format!("{mark}{since}");
    said("State", text.clone(), Emphasis::Warn, text.to_uppercase())
}

fn notice(call: &Call<'_>) -> Vec<Said> {
    let alert = call.service.alert.as_ref();
    alert.map(|alert| said("", alert.as_str(), Emphasis::Warn, one_line(alert))).unwrap_or_default()
}

/// Every number one could ring, its own first, then those of its contacts with who answers.
fn phones(call: &Call<'_>) -> Vec<Said> {
    let mut numbers = numbers(call.service);
    if numbers.is_empty() {
        let email = call.service.email.as_ref().map(|email| format!(" · {email}")).unwrap_or_default();
        return said("Phone", "not stated", Emphasis::Plain, format!("phone not stated{email}"));
    }
    let text = numbers.join("\n");
    numbers.truncate(2);
    said("Phone", text, Emphasis::Strong, numbers.join(", "))
}

fn numbers(service: &Service) -> Vec<String> {
    let of_contacts = service.contacts.iter().filter_map(|contact| {
        let who = contact.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        contact.phone.as_ref().map(|phone| (phone.as_str(), who))
    });
    let own = service.phone.iter().map(|phone| (phone.as_str(), String::new()));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut known: Vec<String> = Vec::new();
    let mut numbers = Vec::new();
    for (phone, who) in own.chain(of_contacts) {
        if !known.contains(&digits(phone)) {
            known.push(digits(phone));
            numbers.push(format!("{phone}{who}"));
        }
    }
    numbers
}

fn verified(call: &Call<'_>) -> Vec<Said> {
    let today = call.asked.today;
    let mut row = super::verified(call.service, today);
    let checked = call.service.verified.as_ref().filter(|_| !row.text.starts_with("changed"));
    let brief = checked.map(|verified| {
        let by = verified.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        format!("verified {}{by}", format_date(verified.on, today))
    });
    let brief =
        brief.unwrap_or_else(|| if row.text == "never" { "never verified".to_owned() } else { row.text.clone() });
    if let Some(verified) = checked.filter(|_| call.is_small) {
        let by = verified.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
        row.text = format!("{}{by}", ago(verified.on, today));
    }
    vec![Said { row, brief }]
}

/// Whether it is open now, where that can be known: its hours can be read, and it runs.
fn open_now(call: &Call<'_>) -> Option<opening::Now> {
    let is_running = matches!(call.service.standing(call.asked.today), Standing::Usable | Standing::Full);
    let week = call.service.week().filter(|_| is_running)?;
    Some(opening::now(&week, call.asked.today, call.asked.time?))
}

/// Whether it is open now, and its hours as they are written.
fn open(call: &Call<'_>) -> Vec<Said> {
    let Some(hours) = &call.service.opening else {
        return said("Open", "not stated", Emphasis::Plain, "opening hours not stated");
    };
    let Some(now) = open_now(call) else {
        return said(
            "Open",
            hours.as_str(),
            Emphasis::Plain,
            format!("open: {}", one_line(&hours.replace('\n', "; "))),
        );
    };
    let emphasis = if now.is_open == Some(true) { Emphasis::Good } else { Emphasis::Plain };
    let between = if hours.contains('\n') { "\n" } else { " · " };
    let text = if call.is_small { now.said.clone() } else { format!("{}{between}{hours}", now.said) };
    said("Open", text, emphasis, format!("{} · {}", now.said, one_line(&hours.replace('\n', "; "))))
}

/// On small screens whether it is open stands first, and its hours behind whom it is for.
fn hours(call: &Call<'_>) -> Vec<Said> {
    let hours = call.service.opening.as_ref().filter(|_| call.is_small && open_now(call).is_some());
    hours.map(|hours| said("Hours", hours.as_str(), Emphasis::Plain, "")).unwrap_or_default()
}

/// "Any" alone would not say of what.
fn sex(call: &Call<'_>) -> Vec<Said> {
    let text = words_of(call.record, "sex", call.asked.workspace, call.asked.today);
    let beside: String = said_beside(call.service, "sex").into_iter().collect();
    let brief = if text == "any" { format!("any sex{beside}") } else { format!("{text}{beside}") };
    let text = if text.is_empty() { text } else { text + &beside };
    if text.is_empty() { Vec::new() } else { said("Sex", text, Emphasis::Plain, brief) }
}

fn summary(call: &Call<'_>) -> Vec<Said> {
    let summary = call.service.summary.as_ref();
    summary.map(|summary| said("", summary.as_str(), Emphasis::Plain, one_line(summary))).unwrap_or_default()
}

/// Money that has ended may mean that nobody answers: it stands with the state.
fn ended_funding(call: &Call<'_>) -> Vec<Said> {
    funding(call, true)
}

fn ending_funding(call: &Call<'_>) -> Vec<Said> {
    funding(call, false)
}

fn funding(call: &Call<'_>, has_ended: bool) -> Vec<Said> {
    let today = call.asked.today;
    let Some(words) = call.service.funding_in_words(today).filter(|_| call.service.funding_ended(today) == has_ended)
    else {
        return Vec::new();
    };
    let emphasis = if call.service.funding_warns(today) { Emphasis::Warn } else { Emphasis::Plain };
    said("Funding", words.clone(), emphasis, format!("funding {words}"))
}

/// The rows of a service: the call, then the rest.
pub(super) fn rows(record: &AnyRecord, service: &Service, asked: Asked<'_>, is_small: bool) -> Vec<DetailRow> {
    let call = Call { record, service, asked, is_small };
    let mut rows: Vec<DetailRow> = CALL.iter().flat_map(|question| answers(&call, question)).collect();
    rows.extend(rest(&call));
    rows
}

/// What nobody asks first.
fn rest(call: &Call<'_>) -> Vec<DetailRow> {
    let Call { record, service, asked, .. } = *call;
    let mut rows = undecided(service);
    rows.extend(super::fields(record, asked.workspace, asked.today, &told()));
    rows.extend(super::unstated(record, MISSED));
    rows.extend(super::of_source(&service.clone().into(), asked.today));
    rows.push(super::stamp(record, asked.today));
    rows
}

/// That an import hides its address and nobody has said whether that is right.
fn undecided(service: &Service) -> Vec<DetailRow> {
    let text = "it seems to be a refuge, so its address is hidden: edit it and say yes or no at Hide address";
    let is_open = service.is_hidden_on_suspicion();
    if is_open { vec![DetailRow::new("Undecided", text, Emphasis::Warn)] } else { Vec::new() }
}

fn answers(call: &Call<'_>, question: &Question) -> Vec<DetailRow> {
    let said: Vec<Said> = question.parts.iter().flat_map(|part| call.said(part)).collect();
    if !call.is_small || question.label.is_empty() {
        return said.into_iter().map(|said| said.row).collect();
    }
    let texts: Vec<String> = said.into_iter().map(|said| said.brief).collect();
    let text = if texts.is_empty() { "not stated".to_owned() } else { texts.join(" · ") };
    vec![DetailRow::new(question.label, text, Emphasis::Plain)]
}

/// The names of all fields that the call has said.
fn told() -> Vec<&'static str> {
    let parts = CALL.iter().flat_map(|question| question.parts);
    let fields = parts.flat_map(|part| match part {
        Part::Field(name, _) => vec![*name],
        Part::Said(names, _) => names.to_vec(),
    });
    TOLD.iter().copied().chain(fields).collect()
}

/// The fields of a kind in the order in which one asks for them: of a service those of a call, then the others.
pub fn fields_in_order(kind: Kind) -> Vec<&'static FieldInfo> {
    let mut fields: Vec<&FieldInfo> = kind.fields().collect();
    if kind == Kind::Service {
        let told = told();
        fields.sort_by_key(|field| told.iter().position(|name| *name == field.name).unwrap_or(told.len()));
    }
    fields
}

/// What a service says of a field beyond its value: that it is full, that a fact was changed since it was verified.
pub fn beyond(record: &AnyRecord, field: &FieldInfo, today: Date) -> Option<String> {
    let service = <&Service>::try_from(record).ok()?;
    match field.name {
        "status" if service.standing(today) == Standing::Full => Standing::Full.mark().map(str::to_owned),
        "verified" => changed_since(service.verified.as_ref()?, service, today),
        "funding_ends" if service.funding_ended(today) => Some("funding has ended".to_owned()),
        name => service.said_of_derived(name).map(str::to_owned),
    }
}

/// A line of the preview.
pub struct Preview {
    /// What it says.
    pub text: String,
    /// How much it is emphasised.
    pub emphasis: Emphasis,
    /// Over how many lines it may go.
    pub lines: usize,
}

/// A service where there is a line or two for each question: no labels, answers side by side, then the rest under its
/// labels.
pub fn preview(record: &AnyRecord, service: &Service, asked: Asked<'_>) -> Vec<Preview> {
    let call = Call { record, service, asked, is_small: false };
    let line = |question: &Question| {
        let said: Vec<Said> = question.parts.iter().flat_map(|part| call.said(part)).collect();
        let emphasis = said.iter().map(|said| said.row.emphasis).max_by_key(|emphasis| weight(*emphasis));
        let texts: Vec<String> = said.into_iter().map(|said| said.brief).collect();
        let text = if texts.is_empty() { question.unstated.to_owned() } else { texts.join(" · ") };
        Preview { text, emphasis: emphasis.unwrap_or_default(), lines: question.lines }
    };
    let rest = rest(&call).into_iter().map(|row| {
        let text = one_line(&format!("{}: {}", row.label.to_lowercase(), row.text.replace('\n', "; ")));
        Preview { text, emphasis: row.emphasis, lines: 1 }
    });
    CALL.iter().map(line).chain(rest).filter(|line| !line.text.is_empty()).collect()
}

fn weight(emphasis: Emphasis) -> u8 {
    match emphasis {
        Emphasis::Quiet => 0,
        Emphasis::Plain => 1,
        Emphasis::Good => 2,
        Emphasis::Strong => 3,
        Emphasis::Warn => 4,
    }
}

/// What one line can say of a call: the number, how sure one can be where one cannot, whether it can be had and is open,
/// and for whom it is.
pub fn in_a_line(record: &AnyRecord, service: &Service, asked: Asked<'_>) -> String {
    let call = Call { record, service, asked, is_small: true };
    let phone = service.any_phone().unwrap_or("phone not stated");
    let doubt = match super::doubt(service, asked.today) {
        Some(doubt) => format!(" ({doubt})"),
        None => String::new(),
    };
    let standing = service.standing(asked.today).mark().map(str::to_owned);
    let now = || open_now(&call).map(|now| now.said.split(',').next().unwrap_or_default().to_owned());
    let now = standing.or_else(now);
    let ages = call.said(&Part::Field("ages", "")).into_iter().chain(sex(&call)).map(|said| said.brief);
    let parts = std::iter::once(format!("{phone}{doubt}")).chain(now).chain(ages);
    parts.collect::<Vec<_>>().join(" · ")
}

/// The check of a service, named and dated: "changed since verified by KP on Mon 14 Sep: phone".
pub(super) fn changed_since(verified: &Verified, service: &Service, today: Date) -> Option<String> {
    let facts = service.changed_since_verified();
    let facts: Vec<&str> = facts.iter().map(|fact| crate::model::choice::Choice::label(*fact)).collect();
    let by = verified.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    let on = format_date(verified.on, today);
    (!facts.is_empty()).then(|| format!("changed since verified{by} on {on}: {}", facts.join(", ")))
}

/// When it was checked, how long ago, by whom and how.
pub(super) fn checked(verified: &Verified, today: Date) -> String {
    let by = verified.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
    let how = verified.how.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
    format!("{} ({}{by}{how})", format_date(verified.on, today), ago(verified.on, today))
}
