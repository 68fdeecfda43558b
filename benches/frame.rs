//! What a key press costs from the app to the bytes for the terminal, with 12,700 services on the map: in every view the
//! time of a search typed key by key and of steps through what it found, beside the budget, and how many bytes each key
//! sends.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

mod budget;

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use divan::Bencher;
use folkmoot::app::key::{Code, Key};
use folkmoot::app::services::View as Shown;
use folkmoot::app::{App, Event, Loaded, Options};
use folkmoot::model::place::{Atlas, Point};
use folkmoot::model::service::{Location, Need};
use folkmoot::model::{Date, Id, Organisation, Ref, Service, Text, Timestamp, Workspace};
use folkmoot::run::FrameEncoder;
use folkmoot::search::Indexes;
use folkmoot::store;
use folkmoot::ui::{self, theme::Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const SERVICES: u32 = 12_700;
const ORGANISATIONS: u32 = 3_500;

const LAWS: [&str; 6] = ["Crime", "Family", "Housing", "Debt", "Mental health", "Community care"];
const NAMES: [&str; 10] = ["Ash", "Birch", "Cedar", "Elder", "Fern", "Gorse", "Hazel", "Ivy", "Juniper", "Larch"];
const TYPED: &str = "crime legal weymouth";

/// A key press may take so many milliseconds, up to the last byte of the frame.
const KEY_MS: f64 = 10.0;

/// The median key of a search may send so many bytes at 80x24.
const KEY_BYTES: f64 = 400.0;

const FINE: Theme = Theme { colour: true, ascii: false, plain: false };
const ASCII: Theme = Theme { colour: false, ascii: true, plain: false };
const PLAIN: Theme = Theme { colour: false, ascii: false, plain: true };

/// A view of the services: the screen, its looks, and the keys that lead there.
#[derive(Clone, Copy)]
struct View {
    name: &'static str,
    size: (u16, u16),
    theme: Theme,
    keys: &'static str,
    shows: Shown,
}

const VIEWS: [View; 9] = [
    View { name: "80x24 list", size: (80, 24), theme: FINE, keys: "", shows: Shown::List },
    View { name: "80x24 list in ASCII", size: (80, 24), theme: ASCII, keys: "", shows: Shown::List },
    View { name: "80x24 list, plain", size: (80, 24), theme: PLAIN, keys: "", shows: Shown::List },
    View { name: "40x12 list", size: (40, 12), theme: FINE, keys: "", shows: Shown::List },
    View { name: "160x50 list and map", size: (160, 50), theme: FINE, keys: "", shows: Shown::List },
    View { name: "160x50 map", size: (160, 50), theme: FINE, keys: "m", shows: Shown::Map },
    View { name: "80x24 map in ASCII: table of districts", size: (80, 24), theme: ASCII, keys: "m", shows: Shown::Map },
    View { name: "80x24 map, plain: table of districts", size: (80, 24), theme: PLAIN, keys: "m", shows: Shown::Map },
    View { name: "160x50 gaps", size: (160, 50), theme: FINE, keys: "mm", shows: Shown::Gaps },
];

fn main() {
    println!("{SERVICES} services; each key of {TYPED:?}, then ten steps down");
    for view in VIEWS {
        budget::compare(&format!("{}, one step in everything", view.name), step(view), KEY_MS, "ms");
        if view.shows == Shown::Gaps {
            continue; // a search leaves the gaps
        }
        let (times, bytes) = search(view);
        budget::compare_all(view.name, &times, KEY_MS, "ms");
        if view.size == (80, 24) && view.keys.is_empty() {
            let mut bytes = bytes[..keys_of(TYPED).count()].to_vec();
            bytes.sort_by(f64::total_cmp);
            budget::compare(&format!("{}, median", view.name), bytes[bytes.len() / 2], KEY_BYTES, "bytes");
        }
    }
    divan::main();
}

fn keys_of(typed: &str) -> impl Iterator<Item = Key> {
    typed.chars().map(|c| Key::plain(Code::Char(c)))
}

fn workspace(atlas: &Atlas) -> Workspace {
    let mut workspace = Workspace::default();
    for number in 0..ORGANISATIONS {
        let (one, other) = (NAMES[number as usize % 10], NAMES[number as usize / 10 % 10]);
        let id = Id::from_number('O', number, 4);
        let name = format!("{one} & {other} {number} Solicitors").as_str().into();
        workspace.place(id, Some(Organisation { id, name, ..Organisation::default() }.into()));
    }
    for number in 0..SERVICES {
        let service = service(number, &workspace, atlas);
        workspace.place(service.id, Some(service.into()));
    }
    workspace
}

/// A service near one of the towns of the map, which serves the district around it.
fn service(number: u32, workspace: &Workspace, atlas: &Atlas) -> Service {
    let at = number as usize;
    let organisation = Id::from_number('O', number % ORGANISATIONS, 4);
    let firm = workspace.organisations.get(organisation).unwrap().name.clone();
    let towns: Vec<_> = atlas.places.iter().filter(|place| &*place.kind == "town").collect();
    let town = towns[at / 7 % towns.len()];
    let spread = |of: usize| (at * of % 101) as f64 / 101.0 * 0.2 - 0.1;
    Service {
        id: Id::from_number('S', number, 4),
        name: format!("{} legal aid - {firm}", LAWS[at % 6]).as_str().into(),
        organisation: Some(Ref::record(organisation)),
        needs: [Need::Legal].into_iter().collect(),
        serves: Text::some(&town.district).into_iter().collect(),
        locations: vec![Location {
            town: Some(town.name.clone()),
            point: Some(Point(town.point.0 + spread(31), town.point.1 + spread(57))),
            ..Location::default()
        }],
        phone: Text::some(&format!("01632 {number:06}")),
        ..Service::default()
    }
}

struct Data {
    atlas: Arc<Atlas>,
    workspace: Workspace,
    indexes: Indexes,
}

static DATA: LazyLock<Data> = LazyLock::new(|| {
    let atlas = store::atlas(std::path::Path::new(""), &Workspace::default()).unwrap();
    let workspace = workspace(&atlas);
    Data {
        indexes: Indexes::build(folkmoot::app::screen::SEARCHED, &workspace, &atlas),
        workspace,
        atlas: Arc::new(atlas),
    }
});

/// The program at one view, as far as the bytes it would send.
struct Screen {
    app: App,
    encoder: FrameEncoder,
    view: View,
}

impl Screen {
    fn open(view: View) -> Self {
        let mut app = App::new(Options::default(), &[]);
        app.update(Event::Clock(Timestamp::from_seconds(1_795_000_000), Date::from_ymd_opt(2026, 11, 21).unwrap()));
        app.update(Event::Size(view.size.0, view.size.1));
        let loaded = Loaded {
            indexes: DATA.indexes.clone(),
            workspace: DATA.workspace.clone(),
            atlas: DATA.atlas.clone(),
            thesaurus: std::sync::Arc::new(folkmoot::store::default_thesaurus()),
            directory: String::new(),
            problems: Vec::new(),
            kept: Vec::new(),
            unwatched: None,
            read_only: None,
            drafts: Vec::new(),
            conflicts: Vec::new(),
            scratch: false,
        };
        app.update(Event::Loaded(Box::new(loaded)));
        let mut screen = Self { app, encoder: FrameEncoder::default(), view };
        for key in keys_of(view.keys) {
            screen.press(key);
        }
        screen
    }

    /// Presses a key, draws, and returns how many bytes that sends.
    fn press(&mut self, key: Key) -> usize {
        self.app.update(Event::Key(key));
        let area = Rect::new(0, 0, self.view.size.0, self.view.size.1);
        let mut buffer = Buffer::empty(area);
        let cursor = ui::draw(&self.app, self.view.theme, area, &mut buffer);
        self.encoder.encode(buffer, cursor).len()
    }
}

/// The milliseconds and the bytes of each key of a search and of ten steps through what it found.
fn search(view: View) -> (Vec<f64>, Vec<f64>) {
    let (mut rounds, mut bytes) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let mut screen = Screen::open(view);
        screen.press(Key::plain(Code::Char('/')));
        bytes.clear();
        let steps = std::iter::repeat_n(Key::plain(Code::Down), 10);
        let time = |key| budget::milliseconds(|| bytes.push(screen.press(key) as f64));
        rounds.push(keys_of(TYPED).chain(steps).map(time).collect());
        assert_eq!(screen.app.screens.services.view, view.shows, "{}", view.name);
    }
    (budget::least(&rounds), bytes)
}

/// The milliseconds of one step down while nothing is searched for and everything is shown.
fn step(view: View) -> f64 {
    let mut screen = Screen::open(view);
    let times = (0..10).map(|_| budget::milliseconds(|| screen.press(Key::plain(Code::Down))));
    let least = times.fold(f64::INFINITY, f64::min);
    assert_eq!(screen.app.screens.services.view, view.shows, "{}", view.name);
    least
}

/// The whole of `TYPED`; divide by 20 for one key.
#[divan::bench(sample_count = 20)]
fn twenty_keys(bencher: Bencher<'_, '_>) {
    let open = || {
        let mut screen = Screen::open(VIEWS[0]);
        screen.press(Key::plain(Code::Char('/')));
        screen
    };
    bencher
        .with_inputs(open)
        .bench_local_values(|mut screen| keys_of(TYPED).map(|key| screen.press(key)).sum::<usize>());
}

/// One cursor step with everything shown, from key to bytes.
#[divan::bench(args = ["80x24 list", "160x50 list and map", "160x50 map"], sample_count = 50)]
fn one_row_down(bencher: Bencher<'_, '_>, view: &str) {
    let screen = RefCell::new(Screen::open(*VIEWS.iter().find(|known| known.name == view).unwrap()));
    bencher.bench_local(|| screen.borrow_mut().press(Key::plain(Code::Down)));
}
