use std::sync::Arc;

use super::*;
use crate::app::key::{Code, Key};
use crate::app::screen::SEARCHED;
use crate::app::{Event, Loaded, Options};
use crate::model::choice::Choice;
use crate::model::place::{Atlas, Point};
use crate::model::service::{Location, Need};
use crate::model::{Date, Id, Timestamp, Workspace};
use crate::search::Indexes;

/// Three services in and around every town.
fn workspace(atlas: &Atlas) -> Workspace {
    let mut workspace = Workspace::default();
    for (number, place) in (0_u32..).zip(atlas.places.iter().flat_map(|place| [place; 3])) {
        let id = Id::from_number('S', number, 4);
        let off = f64::from(number % 3) / 20.0;
        let point = Some(Point(place.point.0 + off, place.point.1 - off));
        let service = Service {
            id,
            name: format!("{} legal aid {number}", place.name).as_str().into(),
            needs: [Need::ALL[number as usize % Need::ALL.len()]].into_iter().collect(),
            locations: vec![Location { town: Some(place.name.clone()), point, ..Location::default() }],
            ..Service::default()
        };
        workspace.place(id, Some(service.into()));
    }
    workspace
}

fn open() -> App {
    let atlas: Atlas = ron::from_str(include_str!("../../../data/maps/dorset.ron")).unwrap();
    let workspace = workspace(&atlas);
    let loaded = Loaded {
        indexes: Indexes::build(SEARCHED, &workspace, &atlas),
        workspace,
        atlas: Arc::new(atlas),
        thesaurus: Arc::default(),
        directory: String::new(),
        problems: Vec::new(),
        kept: Vec::new(),
        unwatched: None,
        read_only: None,
        drafts: Vec::new(),
        conflicts: Vec::new(),
        scratch: false,
    };
    let mut app = App::new(Options::default(), &[]);
    app.update(Event::Clock(Timestamp::from_seconds(1_795_000_000), Date::from_ymd_opt(2026, 11, 21).unwrap()));
    app.update(Event::Loaded(Box::new(loaded)));
    app
}

fn draw_all(app: &App, theme: Theme) -> (Buffer, Option<Position>) {
    let area = Rect::new(0, 0, app.size.0, app.size.1);
    let mut buf = Buffer::empty(area);
    let cursor = crate::ui::draw(app, theme, area, &mut buf);
    (buf, cursor)
}

/// The same with nothing to go by but the app: the map of an empty county takes the place of whatever was kept.
fn draw_anew(app: &App, theme: Theme) -> (Buffer, Option<Position>) {
    let (atlas, dots, area) = (Arc::default(), Arc::default(), Rect::new(0, 0, 30, 12));
    let empty =
        MapView { atlas: &atlas, dots: &dots, chosen: &[], centre: None, zoom: 1.0, theme: MapTheme::default() };
    draw_map(&empty, area, &mut Buffer::empty(area));
    draw_all(app, theme)
}

#[test]
fn what_was_drawn_before_does_not_show() {
    const COLOURS: Theme = Theme { colour: true, ascii: false, plain: false };
    const MONO: Theme = Theme { colour: false, ..COLOURS };
    // `\n` is enter, `\x1b` esc, `v` is down.
    const WALK: &str = "vv/poole\nvvm vvv/legal weymouth\nv\x1b\x1bmmm/in:purbeck \nsvsvs\x1b/zzz\n\x1b";
    let mut app = open();
    let mut maps = Vec::new();
    for (at, letter) in WALK.chars().enumerate() {
        app.update(Event::Key(Key::plain(match letter {
            '\n' => Code::Enter,
            '\x1b' => Code::Esc,
            'v' if !app.list().is_searching => Code::Down,
            letter => Code::Char(letter),
        })));
        for (columns, rows) in [(160, 50), (120, 30), (80, 24)] {
            app.update(Event::Size(columns, rows));
            for theme in [COLOURS, MONO] {
                let drawn = draw_all(&app, theme);
                assert_eq!(drawn, draw_anew(&app, theme), "key {at} of {WALK:?} at {columns}x{rows}");
                maps.push(drawn.0);
            }
        }
    }
    maps.sort_by_key(|buf| format!("{buf:?}"));
    maps.dedup();
    assert!(maps.len() > 150, "a walk must see much: {}", maps.len());
}
