//! What a key press costs from the app to the bytes for the terminal, at 80x24 with 12,700 services: the time of a
//! search typed key by key, and, printed before it, how many bytes each key sends.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

use std::sync::Arc;

use divan::Bencher;
use folkmoot::app::key::{Code, Key};
use folkmoot::app::{App, Event, Loaded, Options};
use folkmoot::model::service::Location;
use folkmoot::model::{Date, Id, Kind, Organisation, Ref, Service, Timestamp, Workspace};
use folkmoot::run::FrameEncoder;
use folkmoot::search::Index;
use folkmoot::store;
use folkmoot::ui::{self, theme::Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const LAWS: [&str; 6] = ["Crime", "Family", "Housing", "Debt", "Mental health", "Community care"];
const TOWNS: [&str; 8] =
    ["Weymouth", "Poole", "Bournemouth", "Dorchester", "Bridport", "Swanage", "Wareham", "Sherborne"];
const NAMES: [&str; 10] = ["Ash", "Birch", "Cedar", "Elder", "Fern", "Gorse", "Hazel", "Ivy", "Juniper", "Larch"];
const TYPED: &str = "crime legal weymouth";

fn main() {
    let (mut app, mut screen) = open();
    let mut sizes: Vec<usize> = keys().map(|key| press(&mut app, &mut screen, key)).collect();
    sizes.sort_unstable();
    println!(
        "bytes per key of {TYPED:?} at 80x24: median {}, most {}; budget: median 400",
        sizes[sizes.len() / 2],
        sizes.last().unwrap()
    );
    divan::main();
}

fn keys() -> impl Iterator<Item = Key> {
    "/".chars().chain(TYPED.chars()).map(|c| Key::plain(Code::Char(c)))
}

fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    for number in 0..3_500_u32 {
        let (one, other) = (NAMES[number as usize % 10], NAMES[number as usize / 10 % 10]);
        let id = Id::from_number('O', number, 4);
        let name = format!("{one} & {other} {number} Solicitors").as_str().into();
        workspace.place(id, Some(Organisation { id, name, ..Organisation::default() }.into()));
    }
    for number in 0..12_700_u32 {
        let id = Id::from_number('S', number, 4);
        let organisation = Id::from_number('O', number % 3_500, 4);
        let firm = workspace.organisations.get(organisation).unwrap().name.clone();
        let town = TOWNS[number as usize / 7 % 8];
        let service = Service {
            id,
            name: format!("{} legal aid - {firm}", LAWS[number as usize % 6]).as_str().into(),
            organisation: Some(Ref::Record(organisation)),
            locations: vec![Location { town: Some(town.into()), ..Location::default() }],
            phone: Some(format!("01632 {number:06}").as_str().into()),
            ..Service::default()
        };
        workspace.place(id, Some(service.into()));
    }
    workspace
}

fn open() -> (App, FrameEncoder) {
    let atlas = store::atlas().unwrap();
    let workspace = workspace();
    let mut app = App::new(Options::default(), &[]);
    app.update(Event::Clock(Timestamp::from_seconds(1_795_000_000), Date::from_ymd_opt(2026, 11, 21).unwrap()));
    app.update(Event::Size(80, 24));
    let loaded = Loaded {
        index: Index::build(&[Kind::Service], &workspace, &atlas),
        people: Index::default(),
        workspace,
        atlas: Arc::new(atlas),
        directory: String::new(),
        problems: Vec::new(),
        read_only: None,
        kept: Vec::new(),
        unwatched: None,
        drafts: Vec::new(),
        conflicts: Vec::new(),
        scratch: false,
    };
    app.update(Event::Loaded(Box::new(loaded)));
    let mut screen = FrameEncoder::default();
    draw(&app, &mut screen);
    (app, screen)
}

fn draw(app: &App, screen: &mut FrameEncoder) -> usize {
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    let cursor = ui::draw(app, Theme::default(), area, &mut buffer);
    screen.encode(buffer, cursor).len()
}

fn press(app: &mut App, screen: &mut FrameEncoder, key: Key) -> usize {
    app.update(Event::Key(key));
    draw(app, screen)
}

/// The whole of `TYPED`, from slash to the last letter; divide by 21 for one key.
#[divan::bench(sample_count = 20)]
fn twenty_one_keys(bencher: Bencher<'_, '_>) {
    bencher
        .with_inputs(open)
        .bench_local_values(|(mut app, mut screen)| keys().map(|key| press(&mut app, &mut screen, key)).sum::<usize>());
}

/// One cursor step, from key to bytes.
#[divan::bench(sample_count = 50)]
fn one_row_down(bencher: Bencher<'_, '_>) {
    let (mut app, mut screen) = open();
    bencher.bench_local(|| press(&mut app, &mut screen, Key::plain(Code::Down)));
}
