//! What a coordinator asks, over a small invented directory.

use super::*;
use crate::model::Ref;
use crate::model::organisation::Sector;
use crate::model::place::{Area, District, Place, Point, Postcode};
use crate::model::service::{Ages, Client, Location, Need, Sex, Status, Verified};
use crate::model::{Date, Organisation, Person, Service, SplitMix64, Text, Timestamp, Updated};

mod filters;
mod laws;
mod openspace;

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

fn atlas() -> Atlas {
    let square = |south: f64, west: f64| {
        vec![vec![
            Point(south, west),
            Point(south + 0.3, west),
            Point(south + 0.3, west + 0.4),
            Point(south, west + 0.4),
        ]]
    };
    let district = |name: &str, south, west| District {
        name: name.into(),
        rings: square(south, west),
        label: Point(south + 0.15, west + 0.2),
        ..District::default()
    };
    let town = |name: &str, district: &str, lat, lon| Place {
        name: name.into(),
        kind: "town".into(),
        district: district.into(),
        point: Point(lat, lon),
        until: None,
    };
    let postcode = |code: &str, lat, lon| Postcode { code: code.into(), name: code.into(), point: Point(lat, lon) };
    Atlas {
        name: "Dorset".into(),
        districts: vec![
            district("Weymouth and Portland", 50.5, -2.6),
            district("Bournemouth", 50.7, -1.95),
            district("Purbeck", 50.55, -2.15),
        ],
        areas: vec![Area { name: "West council".into(), districts: vec!["Purbeck".into()], ..Area::default() }],
        places: vec![
            town("Weymouth", "Weymouth and Portland", 50.61, -2.46),
            town("Bournemouth", "Bournemouth", 50.72, -1.88),
            town("Swanage", "Purbeck", 50.61, -1.96),
        ],
        postcodes: vec![postcode("BH1", 50.7249, -1.8602), postcode("DT4", 50.61, -2.46)],
        ..Atlas::default()
    }
}

struct Harness {
    workspace: Workspace,
    random: SplitMix64,
}

impl Harness {
    fn new() -> Self {
        Self { workspace: Workspace::default(), random: SplitMix64::new(1) }
    }

    fn put<R: Into<AnyRecord>>(&mut self, letter: char, make: impl FnOnce(Id) -> R) -> Id {
        let id = self.random.new_id(letter, 0, |id| self.workspace.get(id).is_some());
        self.workspace.place(id, Some(make(id).into()));
        id
    }

    fn organisation(&mut self, name: &str, sector: Option<Sector>) -> Id {
        self.put('O', |id| Organisation { id, name: name.into(), sector, ..Organisation::default() })
    }

    fn service(&mut self, name: &str, change: impl FnOnce(&mut Service)) -> Id {
        self.put('S', |id| {
            let mut service = Service { id, name: name.into(), ..Service::default() };
            change(&mut service);
            service
        })
    }

    fn firm(&mut self, law: &str, firm: &str, town: &str, postcode: &str, at: Option<(f64, f64)>) -> Id {
        let organisation = self.organisation(firm, Some(Sector::Private));
        self.service(&format!("{law} legal aid - {firm}"), |service| {
            service.organisation = Some(Ref::record(organisation));
            service.needs.insert(Need::Legal);
            service.locations = vec![location(town, postcode, at)];
        })
    }

    fn index(&self) -> Index {
        self.index_of(&[Kind::Service])
    }

    fn index_of(&self, kinds: &[Kind]) -> Index {
        Index::build(kinds, &self.workspace, &atlas())
    }

    fn find(&self, text: &str) -> Vec<String> {
        self.titles(&self.found(text).0)
    }

    fn titles(&self, found: &Found) -> Vec<String> {
        let title = |hit: &Hit| self.workspace.get(hit.id).unwrap().title(&self.workspace).into_owned();
        found.hits.iter().map(title).collect()
    }

    fn found(&self, text: &str) -> (Found, Query) {
        self.found_among(text, &self.index())
    }

    fn found_among(&self, text: &str, index: &Index) -> (Found, Query) {
        let atlas = atlas();
        let query = Query::parse(text, index, &atlas);
        (index.search(&query, Context { workspace: &self.workspace, atlas: &atlas, today: today() }), query)
    }
}

fn location(town: &str, postcode: &str, at: Option<(f64, f64)>) -> Location {
    Location {
        town: Text::some(town),
        postcode: Text::some(postcode),
        point: at.map(|(lat, lon)| Point(lat, lon)),
        ..Location::default()
    }
}

/// Shaped like a real directory of legal aid: a firm, a category of law, an office.
fn firms() -> Harness {
    let mut harness = Harness::new();
    harness.firm("Family", "Harbour Law", "Weymouth", "DT4 8ZZ", Some((50.608, -2.455)));
    harness.firm("Crime", "Harbour Law", "Weymouth", "DT4 8ZZ", Some((50.608, -2.455)));
    harness.firm("Family", "Cliff & Chine LLP", "Bournemouth", "BH1 2ZZ", Some((50.719, -1.874)));
    harness.firm("Crime", "Cliff & Chine LLP", "Bournemouth", "BH1 2ZZ", Some((50.719, -1.874)));
    harness.firm("Family", "Weymouth Street Solicitors", "Swanage", "BH19 1ZZ", Some((50.61, -1.96)));
    harness.firm("Crime", "Quarry Legal", "Swanage", "BH19 1ZZ", Some((50.61, -1.96)));
    harness.firm("Family mediation", "Even Keel", "Bournemouth", "BH1 1ZZ", None);
    harness
}

#[test]
fn words_mistakes_and_distance_in_a_directory_of_law() {
    let harness = firms();
    assert_eq!(harness.find("crime legal weymouth"), ["Crime legal aid - Harbour Law"]);
    assert_eq!(harness.find("crim leagl wemouth"), ["Crime legal aid - Harbour Law"]);
    let near = harness.find("family legal near:BH1");
    assert_eq!(near[0], "Family legal aid - Cliff & Chine LLP");
    assert_eq!(near[near.len() - 1], "Family mediation legal aid - Even Keel", "no distance stands last");
    assert_eq!(near.len(), 4);
}

#[test]
fn every_key_of_a_word_finds_it() {
    let harness = firms();
    for end in 1.."weymouth".len() {
        let found = harness.find(&"weymouth"[..end]);
        assert!(found.contains(&"Crime legal aid - Harbour Law".to_owned()), "{}", &"weymouth"[..end]);
    }
}

#[test]
fn abbreviations_mistakes_and_initials() {
    let mut harness = firms();
    harness.service("Housing first", |_| {});
    let council = harness.organisation("Bournemouth Council for Voluntary Service", Some(Sector::Voluntary));
    harness.service("Mentors", |service| service.organisation = Some(Ref::record(council)));
    assert_eq!(harness.find("hsng"), ["Housing first"]);
    assert_eq!(harness.find("housnig"), ["Housing first"]);
    assert_eq!(harness.find("bcvs"), ["Mentors"]);
    assert_eq!(harness.find("hsng frst"), ["Housing first"]);
}

#[test]
fn what_was_said_stands_before_what_was_guessed() {
    let mut harness = Harness::new();
    harness.service("House", |_| {});
    harness.service("Horse riding", |_| {});
    harness.service("Unrelated", |service| service.summary = Text::some("we visit each house"));
    assert_eq!(harness.find("house"), ["House", "Unrelated", "Horse riding"]);
}

#[test]
fn a_word_in_the_name_weighs_more_than_one_in_the_description() {
    let mut harness = Harness::new();
    harness.service("A place to talk", |service| service.summary = Text::some("debt, mostly"));
    harness.service("Debt clinic", |_| {});
    assert_eq!(harness.find("debt"), ["Debt clinic", "A place to talk"]);
}

#[test]
fn the_best_of_very_many_stand_first_and_none_is_lost() {
    let mut harness = Harness::new();
    for at in 0..2_500 {
        harness.service(&format!("s{at:04}"), |s| s.summary = Text::some("debt"));
    }
    harness.service("Z debt", |_| {});
    let found = harness.find("debt");
    assert_eq!((found.len(), found[0].as_str(), found[1].as_str()), (2_501, "Z debt", "s0000"));
    assert_eq!(found.iter().collect::<HashSet<_>>().len(), 2_501);
    assert!(found[1..].is_sorted());
}

#[test]
fn excluded_and_exact_words() {
    let harness = firms();
    assert_eq!(harness.find("crime !weymouth !swanage"), ["Crime legal aid - Cliff & Chine LLP"]);
    assert_eq!(harness.find("'crim"), Vec::<String>::new());
    assert_eq!(harness.find("!legal"), Vec::<String>::new());
    assert_eq!(harness.find("!crime !family"), Vec::<String>::new());
}

#[test]
fn nothing_found_says_what_one_word_less_would_find() {
    let harness = firms();
    let (found, _) = harness.found("crime legal weymouth xylophone");
    assert!(found.partial);
    assert_eq!(found.suggestion, Some(("crime legal weymouth".to_owned(), 1)));
    assert_eq!(harness.find("crime legal weymouth xylophone")[0], "Crime legal aid - Harbour Law");
    let (found, _) = harness.found("harbour in:purbeck");
    assert_eq!(found.suggestion, Some(("harbour".to_owned(), 2)));
    assert!(harness.found("xylophone").0.hits.is_empty());
}

#[test]
fn nothing_typed_is_everything_by_name() {
    let harness = firms();
    let found = harness.find("");
    assert_eq!(found.len(), 7);
    assert!(found.is_sorted());
}

#[test]
fn people_and_organisations_are_found_too() {
    let mut harness = firms();
    let prison = harness.organisation("HMP Dorchester", Some(Sector::Statutory));
    let role = crate::model::person::Role {
        organisation: Ref::record(prison),
        title: Text::some("Governor"),
        ..Default::default()
    };
    harness.put('P', |id| Person { id, name: "Pat Example".into(), roles: vec![role], ..Person::default() });
    let index = Index::build(&[Kind::Person, Kind::Organisation], &harness.workspace, &atlas());
    let query = Query::parse("dorchester", &index, &atlas());
    let found = index.search(&query, Context { workspace: &harness.workspace, atlas: &atlas(), today: today() });
    assert_eq!(found.hits.iter().map(|hit| hit.id.letter()).collect::<String>(), "OP");
}

#[test]
fn marks_show_why() {
    let marked = |query: &str, text: &str| {
        let query = Query::parse(query, &Index::default(), &Atlas::default());
        query.highlight(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(marked("hous wey", "Housing in Weymouth"), ["Hous", "Wey"]);
    assert_eq!(marked("hsng", "Housing first"), ["H", "s", "ng"]);
    assert_eq!(marked("wemouth", "Weymouth"), ["Weymouth"]);
    assert_eq!(marked("cafe", "Le Café noir"), ["Café"]);
    assert_eq!(marked("bcvs", "Bournemouth Council for Voluntary Service"), ["B", "C", "V", "S"]);
    assert_eq!(marked("womens", "Women’s group"), ["Women’s"]);
    assert_eq!(marked("dropin", "A drop-in"), ["drop-in"]);
    assert_eq!(marked("!group", "group"), Vec::<String>::new());
}

#[test]
fn hostile_text_costs_little() {
    let mut harness = firms();
    let tower = format!("e{}", "\u{301}".repeat(2_000));
    harness.service(&tower, |s| s.summary = Text::some(&"x".repeat(60_000)));
    harness.service("many words", |s| {
        s.summary = Text::some(&(0..60_000).map(|n| n.to_string()).collect::<Vec<_>>().join(" "));
        s.aliases = vec!["alias".into(); 10_000];
    });
    let long = "y".repeat(100_000);
    for text in [tower.as_str(), &long, &"a ".repeat(50_000), &"\"".repeat(3_000), "need:\u{301}", "x"] {
        let (_, query) = harness.found(text);
        query.highlight(&tower);
        query.highlight(&long);
    }
    assert!(harness.index().lexicon.len() < 2_000);
}

#[test]
fn tab_goes_on() {
    let harness = firms();
    let next = |text: &str| -> Vec<String> {
        let found = complete(text, text.len(), &harness.index(), &harness.workspace, &atlas());
        let whole = |c: Completion| format!("{}{}{}", &text[..c.range.start], c.text, &text[c.range.end..]);
        found.into_iter().map(whole).collect()
    };
    assert_eq!(next("crime ne"), ["crime need:", "crime near:"]);
    assert_eq!(next("in:wey"), ["in:\"Weymouth and Portland\" ", "in:Weymouth "]);
    assert_eq!(next("!in:purb"), ["!in:Purbeck "]);
    assert_eq!(next("org:harb"), ["org:\"Harbour Law\" "]);
    assert_eq!(next("is:st"), ["is:stale "]);
}
