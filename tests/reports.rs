//! Reports: what they say of the sample, what they never say, and that no text of a record becomes notation in any of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod generate;
mod harness;

use std::collections::BTreeSet;
use std::sync::Arc;

use folkmoot::model::place::Atlas;
use folkmoot::model::{AnyRecord, Audience, Date, Kind, Round, Service, Workspace, round};
use folkmoot::report::{
    self, Block, Document, Group, Inputs, Level, Notation, Report, Span, Table, TableColumn, Words,
};
use folkmoot::store::{self, Mode, Store};
use generate::{Dice, Texts, from_file, hostile, marked, marks_in, typed};
use pulldown_cmark::{Event, Options, Parser};

const NOTATIONS: [Notation; 3] = [Notation::Markdown, Notation::Plain, Notation::Html];

/// A Saturday in November 2026.
fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

/// The sample and its map.
fn sample() -> (Workspace, Atlas) {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Criminal justice partnership across Dorset", true).unwrap();
    let workspace = Store::open(dir.path(), Mode::Read).unwrap().workspace;
    let atlas = store::atlas(dir.path(), &workspace).unwrap();
    (workspace, atlas)
}

/// Every report that can be asked of a workspace.
fn all_reports(workspace: &Workspace) -> Vec<Report> {
    let mut all = vec![Report::Summary(None), Report::Full(None), Report::Directory, Report::Forum(None)];
    all.extend(workspace.organisations.iter().map(|one| Report::Bulletin(one.id)));
    all.extend(workspace.forums.iter().map(|one| Report::Forum(Some(one.id))));
    all.extend(workspace.meetings.iter().map(|one| Report::Minutes(one.id)));
    all
}

/// The narrowest circle of those who read a report.
fn readers(report: Report, with_contacts: bool) -> Audience {
    match report {
        Report::Summary(_) | Report::Full(_) | Report::Directory => Audience::Everyone { with_contacts },
        Report::Bulletin(_) | Report::Forum(_) | Report::Minutes(_) => Audience::Partners,
    }
}

/// A report; `None` where there is nothing to report.
fn tried(workspace: &Workspace, atlas: &Atlas, report: Report, with_contacts: bool) -> Option<Document> {
    report::make(report, &Inputs { workspace, atlas, today: today(), with_contacts }).ok()
}

fn made(workspace: &Workspace, atlas: &Atlas, report: Report, with_contacts: bool) -> Document {
    tried(workspace, atlas, report, with_contacts).unwrap()
}

/// The page without its style, which is the same for all.
fn without_style(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").unwrap();
    format!("{head}{}", rest.split_once("</style>").unwrap().1)
}

#[test]
fn reports_of_the_sample() {
    let (workspace, atlas) = sample();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        let summary = made(&workspace, &atlas, Report::Summary(None), false);
        insta::assert_snapshot!("report_summary_markdown", summary.write(Notation::Markdown));
        insta::assert_snapshot!("report_summary_plain", summary.write(Notation::Plain));
        insta::assert_snapshot!("report_full", made(&workspace, &atlas, Report::Full(None), false).write(Notation::Markdown));
        insta::assert_snapshot!("report_directory", made(&workspace, &atlas, Report::Directory, false).write(Notation::Plain));
        insta::assert_snapshot!("report_summary_html", without_style(&summary.write(Notation::Html)));
    });
}

#[test]
fn the_summary_names_those_who_steer_and_nobody_else() {
    let (workspace, atlas) = sample();
    let text = made(&workspace, &atlas, Report::Summary(None), false).write(Notation::Plain);
    let event = workspace.events.iter().next().unwrap();
    for person in workspace.people.iter() {
        let is_named = event.steering_group.iter().any(|one| one.id() == Some(person.id));
        assert_eq!(text.contains(&*person.name), is_named, "{}", person.name);
    }
    let chosen = workspace.themes.iter().filter(|theme| theme.priority_since.is_some());
    let mut places: Vec<(String, usize)> =
        chosen.map(|t| (t.name.to_lowercase(), text.find(&*t.name).unwrap())).collect();
    places.sort();
    assert_eq!(places.len(), 4);
    assert!(places.is_sorted_by_key(|(_, at)| *at), "priorities stand by name, never by votes: {places:?}");
}

#[test]
fn an_open_vote_is_not_reported() {
    let (mut workspace, atlas) = sample();
    let dots = "322";
    let closed = made(&workspace, &atlas, Report::Summary(None), false).write(Notation::Plain);
    assert!(closed.contains(dots), "{closed}");
    let mut open = Round::clone(workspace.rounds.iter().next().unwrap());
    open.state = round::RoundState::Open;
    workspace.place(open.id, Some(AnyRecord::Round(Arc::new(open))));
    for report in all_reports(&workspace) {
        let text = tried(&workspace, &atlas, report, false).map(|one| one.write(Notation::Plain)).unwrap_or_default();
        assert!(!text.contains(dots), "{report:?}: {text}");
    }
}

#[test]
fn the_directory_hides_where_a_refuge_is_and_names_nobody_who_works_there() {
    let (mut workspace, atlas) = sample();
    let refuge = workspace.services.iter().find(|service| service.hide_address).unwrap();
    let mut refuge = Service::clone(refuge);
    let context = folkmoot::model::row::empty_context(&workspace);
    let mut record = AnyRecord::from(refuge.clone());
    record.set_field("locations", "Quiet House | 4 Hidden Lane | Wool | BH20 6XX", context).unwrap();
    let AnyRecord::Service(placed) = record else { panic!("it is a service") };
    refuge.locations.clone_from(&placed.locations);
    workspace.place(refuge.id, Some(refuge.into()));
    let text = made(&workspace, &atlas, Report::Directory, false).write(Notation::Plain);
    let with_contacts = made(&workspace, &atlas, Report::Directory, true).write(Notation::Plain);
    let (mut refuges, mut contacts) = (0, 0);
    for service in workspace.services.iter() {
        for place in service.locations.iter().filter(|_| service.hide_address) {
            for part in [&place.name, &place.address, &place.postcode].into_iter().flatten() {
                if service.name.contains(&**part) {
                    continue; // what the service itself is called is no secret
                }
                refuges += 1;
                assert!(!text.contains(&**part) && !with_contacts.contains(&**part), "{part}");
            }
        }
        for name in service.contacts.iter().filter_map(|contact| contact.name.as_deref()).filter(|_| service.is_open())
        {
            contacts += 1;
            assert!(!text.contains(name) && with_contacts.contains(name), "{name}");
        }
    }
    assert!(refuges > 0 && contacts > 0, "{refuges} parts of hidden addresses, {contacts} contacts");
}

#[test]
fn the_full_report_holds_every_topic_and_recommendation_and_says_whose_notes_are_missing() {
    let (workspace, atlas) = sample();
    let text = made(&workspace, &atlas, Report::Full(None), false).write(Notation::Plain);
    let titles = workspace.topics.iter().map(|topic| &topic.title);
    for said in titles.chain(workspace.recommendations.iter().map(|one| &one.text)) {
        assert!(text.contains(&*folkmoot::model::text::one_line(said)), "{said}");
    }
    let missing = workspace.topics.iter().filter(|topic| topic.is_missing_notes(&workspace)).count();
    assert!(missing > 0);
    assert_eq!(text.matches("no notes have come in").count(), missing);
    assert!(text.contains("2= [1]"), "ties are ties");
}

/// Of a count of the wall nobody knows who stands behind the dots: there is no column for it.
#[test]
fn what_nobody_knows_of_a_vote_has_no_column() {
    let (mut workspace, atlas) = sample();
    let text = |workspace: &Workspace| made(workspace, &atlas, Report::Full(None), false).write(Notation::Markdown);
    assert!(text(&workspace).contains("| Dots | People | Organisations |"));
    let mut counted = Round::clone(workspace.rounds.iter().next().unwrap());
    counted.method = round::Method::WallCount;
    workspace.place(counted.id, Some(AnyRecord::Round(Arc::new(counted))));
    assert!(text(&workspace).contains("| Rank | Dots |\n"), "{}", text(&workspace));
}

/// A workspace with a forum that met in September and meets again in December.
fn with_forum() -> Workspace {
    let mut workspace = Workspace::default();
    let mut add = |id: &str, fields: &[(&str, &str)]| {
        let id: folkmoot::model::Id = id.parse().unwrap();
        let mut record = Kind::of(id).unwrap().blank(id);
        for (field, typed) in fields {
            let context = folkmoot::model::ParseContext { workspace: &workspace, today: today() };
            record.set_field(field, typed, context).unwrap();
        }
        workspace.place(id, Some(record));
    };
    add("O-0001", &[("name", "Poole CVS")]);
    add("O-0002", &[("name", "HMP Dorchester")]);
    add("P-0001", &[("name", "Ann North"), ("initials", "AN"), ("roles", "Officer | Poole CVS")]);
    add("F-0001", &[("name", "Dorset forum"), ("cycle", "every 3 months"), ("members", "Poole CVS, HMP Dorchester")]);
    add(
        "M-0001",
        &[
            ("forum", "Dorset forum"),
            ("on", "2026-09-11"),
            ("attendance", "AN | Poole CVS | present\n| HMP Dorchester | apologies"),
            ("minutes", "1 | Who does what\n1.1 | The map goes on a page | decision"),
        ],
    );
    add(
        "M-0002",
        &[
            ("forum", "Dorset forum"),
            ("on", "2026-12-11"),
            ("venue", "The Hub"),
            ("agenda", "Beds for Christmas | somebody asked"),
        ],
    );
    add("A-0001", &[("what", "Ring the landlords"), ("lead", "AN"), ("due", "2026-11-30")]);
    workspace
}

#[test]
fn the_papers_of_a_forum_and_its_minutes() {
    let workspace = with_forum();
    let text = |report| made(&workspace, &Atlas::default(), report, false).write(Notation::Plain);
    let pack = text(Report::Forum(None));
    for said in [
        "Papers for the meeting of Friday 11 December 2026",
        "The Hub",
        "- 1; Beds for Christmas; somebody asked",
        "- Ring the landlords; Ann North; 30 November 2026; open",
        "- Poole CVS; at 1 of 1 meeting",
        "The map goes on a page; decision",
    ] {
        assert!(pack.contains(said), "{said}: {pack}");
    }
    let minutes = text(Report::Minutes("M-0001".parse().unwrap()));
    for said in [
        "Draft: these minutes are not finished",
        "Present: Ann North, Poole CVS",
        "Apologies: HMP Dorchester",
        "1 of the 2 member",
    ] {
        assert!(minutes.contains(said), "{said}: {minutes}");
    }
}

/// A bulletin tells an organisation what it has not been told, and nothing that concerns others alone.
#[test]
fn a_bulletin_holds_what_concerns_one_organisation() {
    let (workspace, atlas) = sample();
    let owed = folkmoot::model::told::still_to_tell(&workspace, today());
    let mut bulletins = 0;
    for account in &owed {
        let Some(id) = account.partner.id().filter(|id| workspace.organisations.get(*id).is_some()) else { continue };
        let text = made(&workspace, &atlas, Report::Bulletin(id), false).write(Notation::Plain);
        for one in &account.owed {
            assert!(text.contains(&folkmoot::model::text::one_line(&one.said)), "{}: {text}", one.said);
        }
        for other in
            owed.iter().flat_map(|other| &other.owed).filter(|one| account.owed.iter().all(|own| own.id != one.id))
        {
            assert!(!text.contains(&*other.said), "{}: {text}", other.said);
        }
        bulletins += 1;
    }
    assert!(bulletins > 2, "{bulletins}");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        let probation = workspace.organisations.iter().find(|one| &*one.name == "Dorset Probation Trust").unwrap();
        let text = made(&workspace, &atlas, Report::Bulletin(probation.id), false).write(Notation::Plain);
        insta::assert_snapshot!("report_bulletin", text);
    });
}

#[test]
fn reports_are_read_in_the_program() {
    let mut harness = harness::Harness::sample();
    let command = |name| folkmoot::app::command::named(name).unwrap();
    harness.run(command("report.summary"));
    assert!(harness.screen().contains("Background"), "{}", harness.screen());
    harness.press("<esc>");
    harness.run(command("report.forum"));
    assert!((command("report.bulletin").ready)(&harness.app).is_err(), "a service has no bulletin");
}

#[test]
fn where_there_is_nothing_to_report_it_is_said() {
    let workspace = Workspace::default();
    let atlas = Atlas::default();
    let inputs = Inputs { workspace: &workspace, atlas: &atlas, today: today(), with_contacts: false };
    for (report, expected) in [
        (Report::Summary(None), "make one first"),
        (Report::Full(None), "make one first"),
        (Report::Directory, "add one first"),
        (Report::Forum(None), "nobody knows when the forum meets next"),
        (Report::Bulletin("O-0001".parse().unwrap()), "is not an organisation here"),
        (Report::Minutes("M-0001".parse().unwrap()), "is not a meeting here"),
    ] {
        let refusal = report::make(report, &inputs).unwrap_err();
        assert!(refusal.0.contains(expected), "{refusal}");
    }
}

/// A workspace with a dozen records of every kind that refer to each other.
fn generated(texts: Texts, seed: u64) -> (Workspace, Vec<AnyRecord>) {
    let mut workspace = generate::known().clone();
    let mut records = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| kind.is_resident() && **kind != Kind::Partnership) {
        for number in 0..12 {
            let make = if number % 2 == 0 { typed } else { from_file };
            let record =
                make(*kind, generate::id(*kind, 100 + number), &[(seed + u64::from(number) + 1) * 1_000_003], texts);
            workspace.place(record.id(), Some(record.clone()));
            records.push(record);
        }
    }
    (workspace, records)
}

/// The marks in the fields of all records that are hidden from an audience, and in no field that is not.
fn secrets(records: &[AnyRecord], audience: Audience, workspace: &Workspace) -> BTreeSet<String> {
    let marks = |are_hidden: bool| -> BTreeSet<String> {
        let of = |record: &AnyRecord| {
            let fields =
                record.kind().fields().filter(|field| record.is_hidden(field, audience, workspace) == are_hidden);
            fields.flat_map(|field| marks_in(&generate::json(record)[field.name].to_string())).collect::<Vec<_>>()
        };
        records.iter().flat_map(of).collect()
    };
    marks(true).difference(&marks(false)).cloned().collect()
}

#[test]
fn no_report_tells_what_is_hidden() {
    let (mut told, mut hidden) = (0, 0);
    for seed in 0..2 {
        let (workspace, records) = generated(marked, seed * 100);
        for with_contacts in [false, true] {
            let of = |audience| secrets(&records, audience, &workspace);
            let (everyone, partners) = (of(Audience::Everyone { with_contacts }), of(Audience::Partners));
            hidden += everyone.len().min(partners.len());
            for report in all_reports(&workspace) {
                let is_for_partners = readers(report, with_contacts) == Audience::Partners;
                let secrets = if is_for_partners { &partners } else { &everyone };
                let Some(document) = tried(&workspace, &Atlas::default(), report, with_contacts) else { continue };
                for notation in NOTATIONS {
                    let text = document.write(notation);
                    let leaks: Vec<String> =
                        marks_in(&text).into_iter().filter(|mark| secrets.contains(mark)).collect();
                    assert_eq!(leaks, Vec::<String>::new(), "{report:?}, contacts {with_contacts}:\n{text}");
                    told += marks_in(&text).len();
                }
            }
        }
    }
    assert!(told > 100 && hidden > 100, "the law is not blind: {told} words told, {hidden} hidden");
}

/// A document in which every text says one word.
fn with_texts(document: &Document, word: &str) -> Document {
    let words = |words: &Words| {
        Words(
            words
                .0
                .iter()
                .map(|span| match span {
                    Span::Plain(_) => Span::Plain(word.to_owned()),
                    Span::Strong(_) => Span::Strong(word.to_owned()),
                })
                .collect(),
        )
    };
    let table = |table: &Table| Table {
        caption: word.to_owned(),
        columns: table
            .columns
            .iter()
            .map(|column| TableColumn { heading: word.to_owned(), sort: column.sort })
            .collect(),
        groups: table
            .groups
            .iter()
            .map(|group| Group {
                name: if group.name.is_empty() { String::new() } else { word.to_owned() },
                rows: group.rows.iter().map(|row| row.iter().map(words).collect()).collect(),
            })
            .collect(),
    };
    let block = |block: &Block| match block {
        Block::Heading(level, said) => Block::Heading(*level, words(said)),
        Block::Paragraph(said) => Block::Paragraph(words(said)),
        Block::Quote(said) => Block::Quote(words(said)),
        Block::List(items) => Block::List(items.iter().map(words).collect()),
        Block::Facts(facts) => Block::Facts(facts.iter().map(|(_, said)| (word.to_owned(), words(said))).collect()),
        Block::Table(one) => Block::Table(table(one)),
    };
    Document {
        title: word.to_owned(),
        subtitle: document.subtitle.iter().map(|_| word.to_owned()).collect(),
        blocks: document.blocks.iter().map(block).collect(),
        footer: word.to_owned(),
    }
}

/// A document with a block of every sort and a text of its own in every place.
fn of_every_sort(dice: &mut Dice) -> Document {
    let mut text = || loop {
        let text = folkmoot::model::text::clean(&hostile(dice, ""));
        if !text.trim().is_empty() {
            return text;
        }
    };
    let mut document =
        Document { title: text(), subtitle: vec![text(), text()], footer: text(), ..Document::default() };
    let words = |text: String, strong: String| Words(vec![Span::Strong(strong), Span::Plain(text)]);
    document.blocks = vec![
        Block::Heading(Level::Part, text().into()),
        Block::Paragraph(text().into()),
        Block::Quote(text().into()),
        Block::Heading(Level::Section, text().into()),
        Block::List(vec![text().into(), Words::strong(text()), text().into()]),
        Block::Paragraph(words(text(), text())),
        Block::Heading(Level::Entry, text().into()),
        Block::Facts(vec![(text(), text().into()), (text(), words(text(), text()))]),
        Block::Table(
            Table::new(text(), &["a", "#b"])
                .with("", vec![vec![text().into(), text().into()]])
                .with(text(), vec![vec![text().into(), words(text(), text())]]),
        ),
    ];
    document
}

/// What a reader makes of Markdown: its elements, without the texts; and the texts.
fn read_markdown(markdown: &str) -> (Vec<String>, String) {
    let (mut elements, mut texts) = (Vec::new(), String::new());
    let all_but_quotes = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);
    for event in Parser::new_ext(markdown, all_but_quotes) {
        match event {
            Event::Text(text) => texts.push_str(&text),
            Event::SoftBreak | Event::HardBreak => texts.push('\n'),
            Event::Start(tag) => elements.push(format!("{tag:?}")),
            Event::End(tag) => elements.push(format!("end of {tag:?}")),
            other => elements.push(format!("{other:?}")),
        }
    }
    (elements, texts.split_whitespace().collect())
}

/// The elements of a page, without the texts between them.
fn elements(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|part| part.split('>').next().unwrap_or_default()).collect()
}

#[test]
fn no_text_is_notation() {
    for seed in 0..2_000 {
        let document = of_every_sort(&mut Dice::new(seed));
        let plain = with_texts(&document, "word");
        let (markdown, html) = (document.write(Notation::Markdown), document.write(Notation::Html));
        let (is, texts) = read_markdown(&markdown);
        let (ought, _) = read_markdown(&plain.write(Notation::Markdown));
        assert_eq!(is, ought, "seed {seed}:\n{markdown}");
        let said: String = document.write(Notation::Plain).split_whitespace().collect();
        for part in [&document.title, &document.footer, &document.subtitle[0]] {
            let part: String = part.split_whitespace().collect();
            assert!(texts.contains(&part) && said.contains(&part), "seed {seed}: {part:?} in\n{markdown}");
        }
        assert_eq!(elements(&html), elements(&plain.write(Notation::Html)), "seed {seed}:\n{html}");
    }
}

#[test]
fn reports_of_hostile_records_are_made_of_the_same_elements() {
    for seed in 0..3 {
        let (workspace, _) = generated(hostile, seed * 100);
        for report in all_reports(&workspace) {
            let Some(document) = tried(&workspace, &Atlas::default(), report, true) else { continue };
            let plain = with_texts(&document, "word");
            assert_eq!(elements(&document.write(Notation::Html)), elements(&plain.write(Notation::Html)), "{report:?}");
            let [is, ought] = [&document, &plain].map(|one| read_markdown(&one.write(Notation::Markdown)).0);
            assert_eq!(is, ought, "{report:?} {seed}");
        }
    }
}
