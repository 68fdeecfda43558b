//! A key press in the search box over 100,000 services, against the best matchers of whole texts over the same texts.
//!
//! `cargo bench --bench search` prints the times per key beside the budget, a table with the ratios to the other
//! matchers, then what divan measures. The
//! directory is invented, the same in every run: two thirds offices of firms as in the legal aid directories, one third
//! services with a description, from a vocabulary of some eleven thousand words of which few are frequent, as in real
//! ones. `FOLKMOOT_BENCH=DIR` takes the services of that workspace instead, again and again until there are enough.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // a bench prints, and fails by panicking

mod budget;

use std::sync::LazyLock;

use divan::Bencher;
use folkmoot::model::place::{Atlas, Point};
use folkmoot::model::service::{Location, Need};
use folkmoot::model::{AnyRecord, Id, Kind, Organisation, Ref, Service, SplitMix64, Text, Workspace};
use folkmoot::search::{Context, Index, Query};
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

const RECORDS: usize = 100_000;

/// A key press of a search may take so many milliseconds among [`RECORDS`].
const KEY_MS: f64 = 1.0;

/// What is typed, key by key: words, mistakes, abbreviations, one that is rare and one that is everywhere, callers' words,
/// a telephone number.
const TYPED: [&str; 8] = [
    "crime legal weymouth",
    "crim leagl wemouth",
    "housing young people",
    "hsng wymth",
    "family mediation dorset",
    "homeless weymouth tonight",
    "19 year old lad nowhere to sleep",
    "01305 555014",
];

const TOWNS: [&str; 12] = [
    "Weymouth",
    "Bournemouth",
    "Poole",
    "Dorchester",
    "Swanage",
    "Bridport",
    "Wareham",
    "Sherborne",
    "Blandford Forum",
    "Christchurch",
    "Shaftesbury",
    "Lyme Regis",
];

const FIELDS_OF_LAW: [&str; 8] =
    ["Crime", "Family", "Family mediation", "Housing loss", "Debt", "Mental health", "Prison law", "Community care"];

const THEMES: [&str; 12] = [
    "housing",
    "people",
    "young",
    "support",
    "families",
    "health",
    "debt",
    "advice",
    "mentoring",
    "training",
    "women",
    "dorset",
];

/// An invented directory.
struct Inventor {
    random: SplitMix64,
    words: Vec<String>,
    workspace: Workspace,
}

impl Inventor {
    fn new() -> Self {
        let mut random = SplitMix64::new(2010);
        let parts =
            ["ba", "ren", "to", "mi", "cor", "wes", "lin", "ham", "ste", "pro", "gal", "dun", "er", "ish", "tive"];
        let mut part = || parts[random.next_u64() as usize % parts.len()];
        let words = (0..11_000).map(|at| (0..2 + at % 3).map(|_| part()).collect::<String>());
        let words = THEMES.iter().map(ToString::to_string).chain(words).collect();
        Self { random, words, workspace: Workspace::default() }
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.random.next_u64() as usize % from.len()]
    }

    /// A word; the first of the vocabulary come most often.
    fn word(&mut self) -> &str {
        let share = (self.random.next_u64() % 1_000_000) as f64 / 1_000_000.0;
        let at = (self.words.len() as f64).powf(share) as usize - 1;
        &self.words[at.min(self.words.len() - 1)]
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<String> = (0..count).map(|_| self.word().to_owned()).collect();
        words.join(" ")
    }

    fn organisations(&mut self, count: usize) -> Vec<Id> {
        let ids: Vec<Id> = (0..count as u32).map(|at| Id::from_number('O', at, 5)).collect();
        for id in ids.iter().copied() {
            let name = format!("{} and {} LLP", self.words(1), self.words(1));
            let record = Organisation { id, name: name.as_str().into(), ..Organisation::default() };
            self.workspace.place(id, Some(record.into()));
        }
        ids
    }

    fn service(&mut self, at: u32, organisations: &[Id]) -> Service {
        let organisation = organisations[self.random.next_u64() as usize % organisations.len()];
        let town = self.pick(&TOWNS);
        let postcode = format!("DT{} {}AB", self.random.next_u64() % 11, self.random.next_u64() % 9);
        let mut service = Service { id: Id::from_number('S', at, 5), ..Service::default() };
        if at.is_multiple_of(3) {
            service.name = format!("{} {}", self.words(1), self.words(2)).as_str().into();
            service.summary = Text::some(&self.words(40));
            service.needs.insert(Need::Accommodation);
        } else {
            let law = self.pick(&FIELDS_OF_LAW);
            let firm: Ref<Organisation> = Ref::record(organisation);
            service.name = format!("{law} legal aid - {}", firm.name(&self.workspace)).as_str().into();
            service.needs.insert(Need::Legal);
        }
        service.organisation = Some(Ref::record(organisation));
        service.locations = vec![Location {
            town: Text::some(town),
            postcode: Text::some(&postcode),
            point: Some(Point(50.7, -2.0)),
            ..Location::default()
        }];
        service
    }
}

fn invented() -> Workspace {
    let mut inventor = Inventor::new();
    let organisations = inventor.organisations(RECORDS / 30);
    for at in 0..RECORDS as u32 {
        let service = inventor.service(at, &organisations);
        inventor.workspace.place(service.id, Some(service.into()));
    }
    inventor.workspace
}

/// The services of a workspace, again and again.
fn real(dir: &str) -> Workspace {
    let opened = folkmoot::store::Store::open(dir.as_ref(), folkmoot::store::Mode::Read).unwrap();
    let mut workspace = opened.workspace;
    let services: Vec<Service> = workspace.services.iter().map(|service| Service::clone(service)).collect();
    for (at, service) in services.iter().cycle().take(RECORDS).enumerate() {
        let id = Id::from_number('S', at as u32, 5);
        workspace.place(id, Some(Service { id, ..service.clone() }.into()));
    }
    workspace
}

struct Bench {
    workspace: Workspace,
    atlas: Atlas,
    index: Index,
    texts: Vec<String>,
}

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let workspace = std::env::var("FOLKMOOT_BENCH").map_or_else(|_| invented(), |dir| real(&dir));
    let atlas = folkmoot::store::atlas(std::path::Path::new(""), &folkmoot::model::Workspace::default()).unwrap();
    let thesaurus = std::sync::Arc::new(folkmoot::store::default_thesaurus());
    let index = Index::build(&[Kind::Service], &workspace, &atlas).with_thesaurus(thesaurus);
    let texts = workspace.services.iter().map(|service| text_of(service, &workspace)).collect();
    Bench { workspace, atlas, index, texts }
});

/// The same words that the index holds of a service, as one text.
fn text_of(service: &Service, workspace: &Workspace) -> String {
    let record = AnyRecord::from(service.clone());
    let fields =
        ["name", "aliases", "organisation", "commissioner", "needs", "clients", "serves", "summary", "eligibility"];
    let mut said: Vec<String> = fields.iter().map(|field| record.format_field(field, workspace)).collect();
    said.extend(service.locations.iter().map(Location::line));
    said.retain(|text| !text.is_empty());
    said.join(" ")
}

impl Bench {
    fn press(&self, typed: &str) -> usize {
        let query = Query::parse(typed, &self.index, &self.atlas);
        let context = Context { workspace: &self.workspace, atlas: &self.atlas, today: "2026-11-21".parse().unwrap() };
        self.index.search(&query, context).hits.len()
    }
}

/// Every state of the search box while the queries are typed.
fn keys() -> Vec<&'static str> {
    TYPED.iter().flat_map(|typed| (1..=typed.len()).map(|end| &typed[..end])).collect()
}

fn skim(typed: &str) -> usize {
    let matcher = SkimMatcherV2::default();
    BENCH.texts.iter().filter(|text| matcher.fuzzy_match(text, typed).is_some()).count()
}

fn nucleo(typed: &str) -> usize {
    use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
    let mut matcher = nucleo_matcher::Matcher::new(nucleo_matcher::Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    pattern.match_list(&BENCH.texts, &mut matcher).len()
}

fn frizbee(typed: &str) -> usize {
    frizbee::Matcher::from_query(typed, &frizbee::Config::default()).match_list(&BENCH.texts).len()
}

/// Milliseconds for each key, the best of some rounds: what the machine does beside it is not what is measured.
fn times(rounds: usize, press: impl Fn(&str) -> usize) -> Vec<f64> {
    let round = |_| keys().into_iter().map(|typed| budget::milliseconds(|| press(typed))).collect();
    budget::least(&(0..rounds).map(round).collect::<Vec<_>>())
}

fn row(name: &str, times: &[f64], ours: &[f64]) {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (median, worst) = (sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
    let total: f64 = times.iter().sum();
    let ratio = total / ours.iter().sum::<f64>();
    let slowest = times.iter().zip(keys()).max_by(|a, b| a.0.total_cmp(b.0)).map_or("", |(_, typed)| typed);
    println!(
        "{name:<14} median {median:>8.3} ms   worst {worst:>8.3} ms at {slowest:?}   all keys {total:>9.1} ms   x {ratio:.1}"
    );
}

fn main() {
    let bench = &*BENCH;
    let bytes: usize = bench.texts.iter().map(String::len).sum();
    println!("{} records, {} bytes of text each, {} keys", bench.texts.len(), bytes / bench.texts.len(), keys().len());
    let build = || budget::milliseconds(|| Index::build(&[Kind::Service], &bench.workspace, &bench.atlas));
    println!("index built in {:.0} ms", (0..3).map(|_| build()).fold(f64::INFINITY, f64::min));
    let ours = times(5, |typed| bench.press(typed));
    budget::compare_all("a key of a search", &ours, KEY_MS, "ms");
    if std::env::var_os("FOLKMOOT_BENCH_KEYS").is_some() {
        for (typed, time) in keys().iter().zip(&ours) {
            println!("{time:>8.3} ms  {:>7} hits  {typed}", bench.press(typed));
        }
    }
    row("moot", &ours, &ours);
    row("frizbee", &times(2, frizbee), &ours);
    row("nucleo", &times(1, nucleo), &ours);
    row("fuzzy-matcher", &times(1, skim), &ours);
    divan::main();
}

#[divan::bench(args = ["w", "crime", "crime legal weymouth", "crim leagl wemouth"])]
fn moot_key(bencher: Bencher<'_, '_>, typed: &str) {
    bencher.bench(|| BENCH.press(typed));
}

#[divan::bench(args = ["crime legal weymouth"], sample_count = 5)]
fn frizbee_key(bencher: Bencher<'_, '_>, typed: &str) {
    bencher.bench(|| frizbee(typed));
}
