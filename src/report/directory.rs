//! The directory of services, for printing. It has two halves, as one looks up two things: *whom can I ring for this, there?*
//! is answered by need and district with the number beside each name; *what do they do, and how does one get in?* by the
//! entries from A to Z.

use std::sync::Arc;

use super::document::{Document, Table, Words};
use super::source::Source;
use super::words::{long_date, many};
use crate::model::choice::Choice;
use crate::model::gaps::districts_of;
use crate::model::service::{Capacity, Freshness, Location, Need, STALE_MONTHS, Status};
use crate::model::{AnyRecord, Kind, Refusal, Service, Shown, Text, Wording};

/// Makes the directory.
///
/// # Errors
/// There is no service to list.
pub(super) fn make(source: &Source<'_>) -> Result<Document, Refusal> {
    let mut services: Vec<&Arc<Service>> = source.seen.services.iter().filter(|service| is_listed(service)).collect();
    if services.is_empty() {
        return Err(Refusal("there are no services to list yet: add one first (moot add service name=…)".to_owned()));
    }
    services.sort_by_key(|service| (service.name.to_lowercase(), service.id));
    let mut document = Document::new("Directory of services");
    document.subtitle.extend(source.partnership().map(str::to_owned));
    document.subtitle.push(format!("As of {}", long_date(source.today)));
    introduction(&mut document, source, &services);
    for need in Need::ALL {
        finder(&mut document, source, &services, *need);
    }
    document.part("All services from A to Z");
    for service in services {
        entry(&mut document, source, service);
    }
    Ok(document)
}

/// Who looks for help is not sent to what has ended or has not begun.
fn is_listed(service: &Service) -> bool {
    matches!(service.status, Status::Active | Status::Paused)
}

fn introduction(document: &mut Document, source: &Source<'_>, services: &[&Arc<Service>]) {
    let unsure = services.iter().filter(|service| service.freshness(source.today) > Freshness::Fresh).count();
    document.say(format!(
        "{}, first by what is needed and where, with the number to ring, then each in full from A to Z.",
        many(services.len(), "service", "services")
    ));
    document.say("What a service does not say is not stated here: that is no \"no\". Ring and ask.");
    if unsure > 0 {
        document.say(format!(
            "Facts change. {} not been checked within {STALE_MONTHS} months, and {} marked with *.",
            many(unsure, "service has", "services have"),
            if unsure == 1 { "is" } else { "are" }
        ));
    }
    let ended = source.seen.services.len() - services.len();
    if ended > 0 {
        document.say(format!("{} closed or only planned, and left out.", many(ended, "service is", "services are")));
    }
}

/// Who meets a need, district by district; what serves the whole county stands first, once.
fn finder(document: &mut Document, source: &Source<'_>, services: &[&Arc<Service>], need: Need) {
    let of_need: Vec<&&Arc<Service>> =
        services.iter().filter(|service| service.needs.iter().any(|one| one == need)).collect();
    if of_need.is_empty() {
        return;
    }
    let whole = source.atlas.whole();
    let placed: Vec<_> = of_need.iter().map(|service| (**service, districts_of(service, source.atlas))).collect();
    let row = |service: &Service, is_only_there: bool| finder_row(source, service, is_only_there);
    let mut table = Table::new(
        format!("Services for {}, by district", need.label()),
        &["Service", "!Phone", "For", "Delivered by"],
    );
    let of = |is_in: &dyn Fn(&(&Arc<Service>, _)) -> bool, is_only_there: bool| -> Vec<Vec<Words>> {
        placed.iter().filter(|one| is_in(one)).map(|(service, _)| row(service, is_only_there)).collect()
    };
    let is_everywhere = |(_, (serves, _)): &(&Arc<Service>, (_, _))| !whole.is_empty() && *serves == whole;
    if !source.atlas.name.is_empty() {
        table = table.with(format!("Everywhere in {}", source.atlas.name), of(&is_everywhere, false));
    }
    for (at, district) in source.atlas.districts.iter().enumerate() {
        let mut rows = of(&|one| !is_everywhere(one) && one.1.0.has(at), false);
        rows.extend(of(&|one| !one.1.0.has(at) && one.1.1.has(at), true));
        table = table.with(district.name.as_str(), rows);
    }
    table = table.with("Area not stated", of(&|(_, (serves, located))| serves.is_empty() && located.is_empty(), false));
    document.part(capital(need.label()));
    document.table(table);
}

/// One that is there without saying that it serves the place says so.
fn finder_row(source: &Source<'_>, service: &Service, is_only_there: bool) -> Vec<Words> {
    let star = if service.freshness(source.today) > Freshness::Fresh { "*" } else { "" };
    let paused = if service.status == Status::Paused { " (paused)" } else { "" };
    let there = if is_only_there { " (is here; area served not stated or elsewhere)" } else { "" };
    let organisation = service.organisation.as_ref().map(|one| source.name(one)).unwrap_or_default();
    vec![
        Words::from(format!("{}{star}{paused}{there}", service.name)),
        number_to_ring(service).into(),
        for_whom(service).into(),
        organisation.into(),
    ]
}

/// The number, else where to write; who has neither is not left out.
fn number_to_ring(service: &Service) -> &str {
    service.any_phone().or(service.email.as_deref()).unwrap_or("not stated")
}

/// Whom it is for, as far as that is stated.
fn for_whom(service: &Service) -> String {
    let ages = service.ages.map(|ages| match (ages.from, ages.to) {
        (Some(from), Some(to)) => format!("{from}–{to}"),
        (Some(from), None) => format!("{from} and over"),
        (None, Some(to)) => format!("up to {to}"),
        (None, None) => String::new(),
    });
    let sex = service.sex.map(|sex| if sex.label() == "any" { "any sex" } else { sex.label() }.to_owned());
    let clients = service.clients.labels();
    [ages.unwrap_or_default(), sex.unwrap_or_default(), clients]
        .into_iter()
        .filter(|said| !said.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn entry(document: &mut Document, source: &Source<'_>, service: &Arc<Service>) {
    let name = if service.aliases.is_empty() {
        Words::from(service.name.as_str())
    } else {
        let also: Vec<&str> = service.aliases.iter().map(Text::as_str).collect();
        Words::from(format!("{} (also {})", service.name, also.join(", ")))
    };
    document.entry(name);
    document.say(service.alert.as_ref().map(|alert| Words::strong(alert.as_str())).unwrap_or_default());
    document.say(service.summary.as_deref().unwrap_or_default());
    let record = AnyRecord::Service(Arc::clone(service));
    let said = |field: &str| said(source, &record, field);
    let ended = service.funding_ended(source.today);
    let mut facts: Vec<(&str, Words)> = vec![
        ("Phone", Words::strong(service.any_phone().unwrap_or("not stated"))),
        ("E-mail", said("email")),
        ("Web", said("url")),
        ("For", for_whom(service).into()),
        ("Who can have it", said("eligibility")),
        ("Serves", said("serves")),
        ("Where", places(service)),
        ("Open", said("opening")),
        ("Cost", said("cost")),
        ("Ways in", said("routes")),
        ("How to refer", said("how_to_refer")),
        ("Places free", service.capacity.map(places_free).unwrap_or_default().into()),
        ("Waiting time", said("waiting")),
        ("Languages", said("languages")),
        ("Access", said("accessibility")),
        ("Delivered by", said("organisation")),
        ("Contacts", said("contacts")),
        ("State", if service.status == Status::Paused { "paused".into() } else { Words::default() }),
        (
            if ended { "Funding ended" } else { "Funded until" },
            service.funding_ends.map(long_date).unwrap_or_default().into(),
        ),
        ("Checked", checked(source, service).into()),
    ];
    facts.retain(|(_, words)| !words.is_empty());
    document.facts(facts);
}

/// A field as readers may see it, in one line.
fn said(source: &Source<'_>, record: &AnyRecord, field: &str) -> Words {
    let Some(field) = Kind::Service.field(field) else { return Words::default() };
    match record.show(field, Wording::Read(source.today), source.audience, source.all) {
        Shown::Value(text) => text.replace('\n', "; ").into(),
        Shown::Hidden(placeholder) => placeholder.into(),
    }
}

/// Where it is; of a refuge nobody is told, and everybody is told that.
fn places(service: &Service) -> Words {
    if service.hide_address {
        return "the address is not given out; ring first".into();
    }
    service.locations.iter().map(Location::line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ").into()
}

fn places_free(capacity: Capacity) -> String {
    let of = capacity.maximum.map(|maximum| format!(" of {maximum}")).unwrap_or_default();
    format!("{}{of} on {}", capacity.available, long_date(capacity.on))
}

/// When somebody last checked the facts; by whom is for colleagues.
fn checked(source: &Source<'_>, service: &Service) -> String {
    match (&service.verified, service.freshness(source.today)) {
        (None, _) => "never: ask whether all of this is still so".to_owned(),
        (Some(verified), Freshness::Fresh) => long_date(verified.on),
        (Some(verified), Freshness::Changed) => {
            format!("changed since it was checked on {}: ask whether it is so", long_date(verified.on))
        }
        (Some(verified), _) => {
            format!(
                "{}, more than {STALE_MONTHS} months ago: ask whether all of this is still so",
                long_date(verified.on)
            )
        }
    }
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}
