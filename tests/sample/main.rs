//! The data that comes with the program is read as a workspace would be, and says nothing that it must not say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]
mod event;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use folkmoot::model::action::ActionState;
use folkmoot::model::choice::Choice;
use folkmoot::model::gaps;
use folkmoot::model::place::{Atlas, Point};
use folkmoot::model::row::empty_context;
use folkmoot::model::service::{Freshness, Need, Service, Status};
use folkmoot::model::told::still_to_tell;
use folkmoot::model::{Action, Audience, Date, FieldInfo, FieldType, Id, Kind, Organisation, Ref, Workspace};
use folkmoot::store::{self, Mode, Store};

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(data(path)).unwrap()
}

fn atlas() -> Atlas {
    ron::from_str(&read("maps/dorset.ron")).unwrap()
}

/// The district a point lies in, by name.
fn district(atlas: &Atlas, point: Point) -> &str {
    atlas.district_at(point).map_or("nowhere", |at| &atlas.districts[at].name)
}

#[test]
fn the_map_knows_its_places() {
    let atlas = atlas();
    assert_eq!(atlas.districts.len(), 8);
    for place in &atlas.places {
        assert_eq!(district(&atlas, place.point), &*place.district, "{}", place.name);
    }
    for part in &atlas.districts {
        assert_eq!(district(&atlas, part.label), &*part.name, "the label lies in its district");
        assert!(part.rings.iter().flatten().all(|point| point.is_valid()), "{}", part.name);
    }
    assert_eq!(district(&atlas, Point(50.61, -1.30)), "nowhere", "the Isle of Wight is not Dorset");
}

#[test]
fn the_map_knows_areas_on_both_sides_of_2019() {
    let atlas = atlas();
    let named = |name: &str| atlas.area(name).unwrap_or_else(|| panic!("no area {name}"));
    assert_eq!(named("whole county"), atlas.whole());
    assert_eq!(named("Dorset, Bournemouth and Poole"), atlas.whole());
    assert_eq!(named("BCP Council").union(named("Dorset Council")), atlas.whole());
    assert!(!named("BCP").intersects(named("Dorset Council")));
    assert!(!named("Dorset County Council").intersects(named("bournemouth")));
    assert!(named("Dorset County Council").intersects(named("Christchurch")));
    assert_eq!(named("Christchurch"), named("Xchurch"));
    assert_eq!(named("Weymouth & Portland"), named("Weymouth and Portland"));
    for area in &atlas.areas {
        assert_eq!(named(&area.name).len(), area.districts.len(), "{}", area.name);
    }
    for (name, count) in atlas.area_names().iter().map(|name| (name, named(name).len())) {
        assert!(count > 0 && !name.contains(','), "{name}: a form takes areas with commas between");
    }
}

#[test]
fn the_map_finds_what_people_type() {
    let atlas = atlas();
    for (words, near) in [
        ("BH1", Point(50.72, -1.86)),
        ("DT4 8", Point(50.61, -2.47)),
        ("weymouth", Point(50.61, -2.46)),
        ("Portland", Point(50.55, -2.45)),
        ("Wimborne", Point(50.80, -1.99)),
        ("HMP Dorchester", Point(50.72, -2.44)),
    ] {
        let found = atlas.find(words).unwrap_or_else(|| panic!("{words} is not on the map"));
        assert!(found.km_to(near) < 2.0, "{words} is at {found}");
    }
}

/// A file of a workspace, its records not yet read.
#[derive(serde::Deserialize)]
#[serde(rename = "Folkmoot", deny_unknown_fields)]
struct File {
    kind: String,
    version: u32,
    records: BTreeMap<Id, Box<ron::value::RawValue>>,
}

/// The sample, read by the shortest way there is, so that this test doubts the data and not the store.
fn sample() -> Workspace {
    let options = ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
    let mut workspace = Workspace::default();
    for kind in Kind::ALL.iter().copied().filter(|kind| data(&format!("sample/{}.ron", kind.plural())).exists()) {
        let file: File = options.from_str(&read(&format!("sample/{}.ron", kind.plural()))).unwrap();
        assert_eq!((file.kind.as_str(), file.version), (kind.plural(), 1));
        for (id, text) in file.records {
            let mut from = ron::Deserializer::from_str_with_options(text.get_ron(), &options).unwrap();
            let record = kind.deserialize(id, &mut from).unwrap_or_else(|error| panic!("{id}: {error}"));
            assert_eq!(Kind::of(id), Some(kind), "{id}");
            assert_eq!(record.check(), Ok(()), "{id}");
            workspace.place(id, Some(record));
        }
    }
    workspace
}

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

fn organisations_of(service: &Service) -> Vec<&Ref<Organisation>> {
    let one = service.organisation.iter().chain(&service.commissioner);
    one.chain(&service.funders).chain(&service.referrers).collect()
}

#[test]
fn every_reference_of_the_sample_resolves() {
    let workspace = sample();
    let known = |to: &Ref<Organisation>| to.id().is_some_and(|id| workspace.organisations.get(id).is_some());
    for service in workspace.services.iter() {
        let loose: Vec<_> = organisations_of(service).into_iter().filter(|to| !known(to)).collect();
        assert!(service.organisation.is_some() && loose.is_empty(), "{}: {loose:?}", service.name);
    }
    assert!(workspace.people.iter().all(|person| person.roles.iter().all(|role| known(&role.organisation))));
    assert!(workspace.organisations.iter().all(|o: &Arc<Organisation>| o.parent.iter().all(known)));
    for record in Kind::ALL.iter().flat_map(|kind| workspace.all(*kind)) {
        record.each_reference(&mut |field, to| {
            assert!(workspace.get(to).is_some(), "{}: {} leads to {to}, which is not there", record.id(), field.name);
        });
    }
}

#[test]
fn every_service_of_the_sample_says_that_it_is_invented() {
    let workspace = sample();
    assert!(workspace.services.len() >= 60);
    for service in workspace.services.iter() {
        let alert = service.alert.as_deref();
        assert_eq!(alert, Some("Illustrative: invented for the sample, not a real service."), "{}", service.name);
    }
}

#[test]
fn the_sample_rings_and_writes_to_nobody() {
    for file in fs::read_dir(data("sample")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for address in text.split(['"', ' ']).filter(|word| word.contains('@') || word.contains("://")) {
            let host = address.split(['@', '/']).find(|part| part.contains('.')).unwrap_or(address);
            assert!(host == "example.org" || host.ends_with(".example.org"), "{address}");
        }
        let is_number = |text: &&str| (text.starts_with('0') || text.starts_with('+')) && !text.contains(':');
        for digits in text.split('"').filter(is_number) {
            assert!(digits.starts_with("01632 960") && digits.len() == 12, "{digits}");
        }
    }
}

#[test]
fn the_sample_lies_in_the_county() {
    let (atlas, workspace) = (atlas(), sample());
    let mut outside = Vec::new();
    for service in workspace.services.iter() {
        let areas = service.serves.iter().filter(|area| atlas.area(area).is_none());
        outside.extend(areas.map(|area| format!("{} serves {area}", service.name)));
        let points = service.locations.iter().filter_map(|location| location.point);
        let away = points.filter(|point| atlas.district_at(*point).is_none());
        outside.extend(away.map(|point| format!("{} is at {point}", service.name)));
    }
    assert!(outside.is_empty(), "{outside:#?}");
}

#[test]
fn the_sample_has_gaps_to_show() {
    let (atlas, workspace) = (atlas(), sample());
    let rows = gaps::matrix(&workspace, &atlas, today());
    let gaps_of = |need: Need| {
        let row = &rows[need.index()];
        (0..row.len()).filter(|at| row[*at].is_gap()).map(|at| &*atlas.districts[at].name).collect::<Vec<_>>()
    };
    let all = rows.iter().flatten();
    assert!(all.clone().filter(|cell| cell.is_gap()).count() >= rows.len() * 8 / 5);
    assert!(all.clone().any(|cell| !cell.is_gap() && cell.verified == 0), "something is served that nobody checked");
    assert_eq!(gaps_of(Need::Veterans).len(), 7, "veterans find something in Bournemouth alone");
    assert!(
        gaps_of(Need::Accommodation).contains(&"North Dorset") && gaps_of(Need::Accommodation).contains(&"Purbeck")
    );
    assert!(Need::ALL.iter().all(|need| gaps_of(*need).len() < 8), "every need is met somewhere");
}

#[test]
fn the_sample_shows_every_state_an_action_can_be_in() {
    let workspace = sample();
    let any = |what: &str, is: &dyn Fn(&Action) -> bool| {
        assert!(workspace.actions.iter().any(|action| is(action)), "no action {what}");
    };
    for state in ActionState::ALL {
        any(state.label(), &|action| action.state == *state);
    }
    any("is overdue", &|action| action.is_overdue(&workspace, today()));
    any("is nobody's", &Action::is_nobodys);
    any("was moved twice", &|action| action.former_due.len() == 2);
    any("fills a gap", &|action| action.need.is_some() && action.area.is_some());
    let priorities = workspace.themes.iter().filter(|theme| theme.priority_since.is_some());
    for theme in priorities {
        any(&theme.name, &|action| action.theme.as_ref().and_then(Ref::id) == Some(theme.id));
    }
}

/// What is told is told in the sentences of today: where those are made otherwise, the file is to be written anew.
#[test]
fn four_partners_of_the_sample_are_still_to_be_told_something() {
    let workspace = sample();
    let accounts = still_to_tell(&workspace, today());
    let told: Vec<_> = accounts
        .iter()
        .map(|one| (one.partner.name(&workspace).into_owned(), one.owed.len(), one.silence(today())))
        .collect();
    let expected = [
        ("Dorset Police", 1, Some(50)),
        ("Purbeck Lantern", 3, None),
        ("SW", 3, None), // initials that could mean two people
        ("Voice After Harm", 2, Some(71)),
    ];
    assert_eq!(told, expected.map(|(name, owed, silence)| (name.to_owned(), owed, silence)));
    assert_eq!(workspace.stories.iter().filter(|story| story.is_for(Audience::Partners)).count(), 2);
}

#[test]
fn the_sample_shows_every_state_a_service_can_be_in() {
    let workspace = sample();
    let any = |what: &str, is: &dyn Fn(&Service) -> bool| {
        assert!(workspace.services.iter().any(|service| is(service)), "no service {what}");
    };
    for status in Status::ALL {
        any(status.label(), &|service| service.status == *status);
    }
    for freshness in [Freshness::Fresh, Freshness::Stale, Freshness::Never] {
        any("of each freshness", &|service| service.freshness(today()) == freshness);
    }
    any("whose funding ends soon", &|s| s.funding_warns(today()) && s.funding_ends >= Some(today()));
    any("whose funding has ended", &|s| s.funding_ends < Some(today()) && s.funding_ends.is_some());
    any("that hides its address", &|s| s.hide_address && !s.locations.is_empty());
    any("without a place", &|s| s.locations.is_empty());
    any("with several places", &|s| s.locations.len() > 2);
    any("for one sex", &|s| s.sex.is_some());
    any("that serves the whole county", &|s| s.serves == ["Dorset".into()]);
}

#[test]
fn the_sample_is_written_as_the_program_writes() {
    let workspace = sample();
    let mut otherwise = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| workspace.count(**kind) > 0) {
        let text = read(&format!("sample/{}.ron", kind.plural()));
        for record in workspace.all(*kind) {
            let written = store::to_ron(&record).unwrap();
            let mut lines = written.lines().skip(1).map(|line| format!("    {line}"));
            if let Some(line) = lines.find(|line| !text.contains(line)) {
                otherwise.push(format!("{}: {line}", record.id()));
            }
        }
    }
    assert!(otherwise.is_empty(), "the program writes otherwise:\n{}", otherwise.join("\n"));
}

/// The examples of docs/files.md, each with the heading it stands under.
fn examples() -> Vec<(String, String)> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/files.md")).unwrap();
    let sections = page.split("\n## ").skip(1);
    let example = |section: &str| {
        let heading = section.lines().next().unwrap_or_default().to_owned();
        let (_, rest) = section.split_once("```ron\n")?;
        Some((heading, rest.split_once("```")?.0.to_owned()))
    };
    sections.filter_map(example).collect()
}

#[test]
fn the_examples_in_the_documentation_are_read_by_the_program() {
    let dir = tempfile::tempdir().unwrap();
    for (file, text) in examples() {
        let path = dir.path().join(file.replace("LOGIN", &store::own_login()));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut opened = Store::open(dir.path(), Mode::Read).unwrap();
    assert_eq!(opened.problems, []);
    for kind in Kind::ALL {
        let records = opened.store.load_kind(*kind).unwrap();
        assert!(!records.is_empty(), "docs/files.md shows no {}", kind.plural());
        for record in records {
            assert_eq!(record.check(), Ok(()), "{}", record.id());
        }
    }
    let mut named = (**opened.workspace.itself().unwrap()).clone();
    named.map = Some("NAME".into());
    opened.workspace.place(named.id, Some(named.into()));
    let atlas = store::atlas(dir.path(), &opened.workspace).unwrap();
    assert_eq!(atlas.district_at(atlas.find("LE15").unwrap()), Some(0), "the example of a map");
    let table = store::thesaurus(dir.path()).unwrap();
    assert!(!table.of_text("a tenancy").is_empty());
    assert!(table.of_text("a clinic").is_empty(), "the example takes the place of the program's own table");
}

#[test]
fn the_documentation_shows_every_field_and_every_choice() {
    let page = examples().into_iter().map(|(_, text)| text).collect::<String>();
    for kind in Kind::ALL {
        for field in kind.fields() {
            assert!(page.contains(&format!("  {}:", field.name)), "no example of {} in {}", field.name, kind.plural());
        }
    }
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/files.md")).unwrap();
    for kind in Kind::ALL {
        let row = format!("| `{}` |", store::file_name(*kind).replace(&store::own_login(), "LOGIN"));
        assert!(page.contains(&row), "the table of docs/files.md has no {row}");
        for name in kind.editable_fields().flat_map(|field| choices(*kind, field)) {
            assert!(page.contains(&name), "docs/files.md does not name {name}, a choice of {}", kind.plural());
        }
    }
}

/// The choices of a field, as a file names them.
fn choices(kind: Kind, field: &FieldInfo) -> Vec<String> {
    let (FieldType::One(labels) | FieldType::Some(labels)) = field.field_type else { return Vec::new() };
    let (workspace, blank) = (Workspace::default(), kind.blank(Id::default()));
    let written = |label: &&str| {
        let mut record = blank.clone();
        record.set_field(field.name, label, empty_context(&workspace)).unwrap();
        let text = store::to_ron(&record).unwrap();
        let line =
            text.lines().find_map(|line| line.trim().strip_prefix(&format!("{}: ", field.name)).map(str::to_owned));
        line.map(|value| value.trim_matches(['[', ']', ',']).to_owned()) // what is left out is the default
    };
    labels.iter().filter_map(written).collect()
}

#[test]
fn the_minutes_of_the_sample_are_those_that_were_finished() {
    let workspace = sample();
    let (mut finished, mut wrong) = (0, Vec::new());
    for meeting in workspace.meetings.iter().filter(|meeting| meeting.is_finished()) {
        let seal = folkmoot::model::meeting::minutes::seal(meeting);
        if !workspace.get(meeting.id).unwrap().warnings(&workspace).is_empty() {
            wrong.push((meeting.id, seal));
        }
        for minute in &meeting.minutes {
            let cites = minute.cites.as_ref().and_then(|cited| cited.get(&workspace));
            assert!(cites.is_none_or(|cited| cited.minute(minute.cited.as_deref().unwrap()).is_some()), "{minute:?}");
            let action = minute.action.as_ref().map(|action| action.get(&workspace).unwrap());
            assert!(action.is_none_or(|action| action.minute.as_deref() == Some(minute.number.as_str())), "{minute:?}");
        }
        finished += 1;
    }
    assert_eq!((finished, wrong), (2, Vec::new()), "the seals as they should be");
}
