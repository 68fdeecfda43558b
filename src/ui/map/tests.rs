use std::rc::Rc;

use super::*;
use crate::model::{Kind, Service, Workspace};
use crate::search::{Context, Index, Query};

fn dorset() -> Arc<Atlas> {
    Arc::new(ron::from_str(include_str!("../../../data/maps/dorset.ron")).unwrap())
}

/// Points as a partnership has them: many in the conurbation, some in every town.
fn dots(atlas: &Atlas) -> Arc<[Point]> {
    let towns = atlas.places.iter().enumerate();
    towns.flat_map(|(at, place)| std::iter::repeat_n(place.point, 1 + 20 / (at + 1))).collect()
}

fn show(view: &MapView<'_>, width: u16, height: u16) -> (String, Drawn) {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    let drawn = draw_map(view, area, &mut buf);
    (text(&buf), drawn)
}

fn text(buf: &Buffer) -> String {
    let width = usize::from(buf.area.width).max(1);
    let row = |cells: &[ratatui::buffer::Cell]| cells.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
    buf.content.chunks(width).map(|cells| row(cells).trim_end().to_owned() + "\n").collect()
}

fn view<'a>(atlas: &'a Arc<Atlas>, dots: &'a Arc<[Point]>, chosen: &'a [Point]) -> MapView<'a> {
    MapView { atlas, dots, chosen, centre: None, zoom: 1.0, theme: MapTheme::default() }
}

#[test]
fn the_county_at_every_size() {
    let atlas = dorset();
    let dots = dots(&atlas);
    let chosen = [atlas.find("Bridport").unwrap()];
    for (width, height) in [(30, 12), (40, 16), (78, 22), (78, 30), (118, 38)] {
        let (text, drawn) = show(&view(&atlas, &dots, &chosen), width, height);
        assert_eq!((drawn.elsewhere, drawn.beyond), (0, 0));
        assert!(drawn.cursor.is_some());
        insta::assert_snapshot!(format!("map_{width}x{height}"), text);
    }
}

#[test]
fn a_map_without_services_is_still_a_map() {
    let atlas = dorset();
    insta::assert_snapshot!(show(&view(&atlas, &Arc::default(), &[]), 60, 20).0);
}

#[test]
fn the_map_can_be_looked_at_closely() {
    let atlas = dorset();
    let dots = dots(&atlas);
    let close = MapView { centre: atlas.find("Poole"), zoom: 4.0, ..view(&atlas, &dots, &[]) };
    let (text, drawn) = show(&close, 78, 22);
    assert!(drawn.beyond > 0);
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_not_here_is_counted_and_not_drawn() {
    let atlas = dorset();
    let miami = Arc::from([Point(25.77, -80.19), Point(f64::NAN, 0.0), Point(0.0, 0.0)]);
    let (text, drawn) = show(&view(&atlas, &miami, &[]), 78, 22);
    assert_eq!(drawn, Drawn { elsewhere: 3, beyond: 0, cursor: None });
    assert!(text.contains("3 elsewhere") && !text.contains('•'));
}

#[test]
fn every_service_on_the_map_is_in_one_number() {
    let atlas = dorset();
    let dots = dots(&atlas);
    for (width, height) in [(24, 8), (30, 12), (40, 16), (78, 22), (118, 38), (200, 60)] {
        let bare = Arc::new(Atlas { outline: Vec::new(), places: Vec::new(), ..Atlas::clone(&atlas) });
        let (text, _) = show(&view(&bare, &dots, &[dots[0]]), width, height);
        let sum = |word: &str| match word.trim_matches(|c: char| !c.is_ascii_digit()) {
            "" => word.matches(['•', '◆']).count(),
            digits => digits.parse().unwrap(),
        };
        let shown: usize = text.split(|c: char| c == ' ' || c == '\n' || is_braille(c)).map(sum).sum();
        assert_eq!(shown, dots.len(), "{width}x{height}\n{text}");
    }
}

fn is_braille(c: char) -> bool {
    ('\u{2800}'..='\u{28ff}').contains(&c)
}

#[test]
fn names_are_whole_and_lie_on_nothing() {
    let atlas = dorset();
    let dots = dots(&atlas);
    for (width, height) in [(24, 8), (30, 12), (40, 16), (60, 20), (78, 30), (118, 38)] {
        let (text, _) = show(&view(&atlas, &dots, &[]), width, height);
        let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        for word in words.filter(|word| !word.chars().any(is_braille)) {
            let is_name =
                atlas.places.iter().any(|place| place.name.split(' ').any(|part| part.trim_matches(',') == word));
            assert!(is_name, "{word:?} at {width}x{height}\n{text}");
        }
    }
}

#[test]
fn no_room_and_no_land_are_no_trouble() {
    let atlas = dorset();
    let dots = dots(&atlas);
    let places: Vec<(u16, u16)> = (0..60).flat_map(|width| (0..14).map(move |height| (width, height))).collect();
    for (width, height) in places {
        let (text, drawn) = show(&view(&atlas, &dots, &dots), width, height);
        assert_eq!(drawn.cursor.is_some(), width >= 24 && height >= 8, "{width}x{height}\n{text}");
    }
    let empty = Arc::default();
    assert_eq!(show(&view(&empty, &dots, &dots), 40, 16).1.elsewhere, dots.len());
    for zoom in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        let odd = MapView { zoom, centre: Some(Point(f64::NAN, 400.0)), ..view(&atlas, &dots, &[]) };
        let drawn = show(&odd, 40, 16).1;
        assert!(drawn.beyond + drawn.elsewhere <= dots.len());
    }
}

/// What a view shows somewhere in a large buffer, drawn on its own backdrop or on another one.
fn picture(view: &MapView<'_>, area: Rect, on: Option<&Backdrop>) -> (Buffer, Drawn) {
    let mut buf = Buffer::empty(Rect::new(0, 0, 140, 60));
    let drawn = match on {
        Some(backdrop) => draw_on(backdrop, view, area, &mut buf),
        None => draw_map(view, area, &mut buf),
    };
    (buf, drawn)
}

#[test]
fn a_backdrop_is_kept_until_what_it_depends_on_changes() {
    let (atlas, area) = (dorset(), Rect::new(0, 0, 78, 22));
    let (dots, chosen) = (dots(&atlas), [atlas.find("Poole").unwrap(), atlas.find("Swanage").unwrap()]);
    let fewer: Arc<[Point]> = dots[5..].into();
    let without_coast = Arc::new(Atlas { outline: Vec::new(), ..Atlas::clone(&atlas) });
    let before = view(&atlas, &dots, &chosen[..1]);
    let changes = [
        (MapView { dots: &fewer, ..before }, area),
        (MapView { atlas: &without_coast, ..before }, area),
        (MapView { centre: atlas.find("Weymouth"), ..before }, area),
        (MapView { zoom: 2.0, ..before }, area),
        (MapView { theme: MapTheme::mono(), ..before }, area),
        (before, Rect::new(2, 1, 78, 22)),
        (before, Rect::new(0, 0, 118, 38)),
    ];
    for (at, (after, new_area)) in changes.into_iter().enumerate() {
        let (stale, fresh) = (Backdrop::new(&before, area), Backdrop::new(&after, new_area));
        let expected = picture(&after, new_area, Some(&fresh));
        assert_ne!(picture(&after, new_area, Some(&stale)), expected, "{at}: a stale backdrop would be seen");
        picture(&before, area, None);
        assert_eq!(picture(&after, new_area, None), expected, "{at}");
        assert!(!Rc::ptr_eq(&backdrop(&before, area), &backdrop(&after, new_area)), "{at}");
    }
    let other_chosen = MapView { chosen: &chosen[1..], ..before };
    let fresh = Backdrop::new(&before, area);
    assert!(Rc::ptr_eq(&backdrop(&before, area), &backdrop(&other_chosen, area)), "choosing another service");
    assert_eq!(picture(&other_chosen, area, None), picture(&other_chosen, area, Some(&fresh)));
    assert_ne!(picture(&other_chosen, area, None), picture(&before, area, None));
}

#[test]
fn new_points_are_seen_also_where_the_old_ones_lay() {
    let atlas = dorset();
    let towns: Vec<Point> = atlas.places.iter().map(|place| place.point).collect();
    for town in &towns {
        let dots: Arc<[Point]> = [*town].into(); // the one before is gone, and its memory may be used again
        let seen = picture(&view(&atlas, &dots, &[]), Rect::new(0, 0, 78, 22), None);
        let fresh = Backdrop::new(&view(&atlas, &dots, &[]), Rect::new(0, 0, 78, 22));
        assert_eq!(seen, picture(&view(&atlas, &dots, &[]), Rect::new(0, 0, 78, 22), Some(&fresh)));
    }
}

#[test]
fn without_braille_nothing_is_drawn() {
    let atlas = dorset();
    let theme = MapTheme { is_ascii: true, ..MapTheme::mono() };
    let (text, _) = show(&MapView { theme, ..view(&atlas, &dots(&atlas), &[]) }, 78, 22);
    assert!(text.trim().is_empty());
}

#[test]
fn mono_means_no_colours() {
    let atlas = dorset();
    let (dots, area) = (dots(&atlas), Rect::new(0, 0, 78, 22));
    let coloured = |theme: MapTheme| {
        let mut buf = Buffer::empty(area);
        draw_map(&MapView { theme, ..view(&atlas, &dots, &dots[..1]) }, area, &mut buf);
        buf.content.iter().any(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
    };
    assert!(coloured(MapTheme::default()) && !coloured(MapTheme::mono()));
}

#[test]
fn the_table_takes_the_place_of_the_map() {
    let atlas = dorset();
    let mut service = Service { serves: vec!["BCP Council".into(), "Purbeck".into()], ..Service::default() };
    let point = atlas.find("Poole");
    service.locations.push(crate::model::service::Location { point, ..Default::default() });
    let hidden = Service { hide_address: true, serves: Vec::new(), ..service.clone() };
    let mut workspace = Workspace::default();
    let ids = ["S-0001", "S-0002"].map(|id| id.parse().unwrap());
    for (id, service) in ids.into_iter().zip([service, hidden]) {
        workspace.place(id, Some(Service { id, ..service }.into()));
    }
    let index = Index::build(&[Kind::Service], &workspace, &atlas);
    let context = Context { workspace: &workspace, atlas: &atlas, today: "2026-11-21".parse().unwrap() };
    let counts = index.count_by_district(&index.search(&Query::default(), context).hits, &atlas);
    assert_eq!((counts.districts[1], counts.districts[5], counts.elsewhere), ((1, 1), (1, 0), 1));
    for (width, height) in [(24, 12), (40, 12), (40, 4)] {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        assert_eq!(district_table(&counts, &atlas, None, area, &mut buf), None);
        let text = text(&buf);
        assert!(text.is_ascii());
        insta::assert_snapshot!(format!("table_{width}x{height}"), text);
    }
}
