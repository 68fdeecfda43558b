use std::sync::LazyLock;

use super::*;

static DORSET: LazyLock<Atlas> =
    LazyLock::new(|| ron::from_str(include_str!("../../../data/maps/dorset.ron")).unwrap());

/// A matrix as a small directory makes it.
fn matrix(largest: u32) -> Vec<Vec<GapCell>> {
    let cell = |need: usize, district: usize| {
        let serves = (need * 7 + district * 11) as u32 % (largest + 3);
        if serves < 3 {
            GapCell::default()
        } else {
            GapCell { serves: serves - 2, located: serves / 3, verified: serves / 5, all: serves - 2 }
        }
    };
    (0..15).map(|need| (0..8).map(|district| cell(need, district)).collect()).collect()
}

fn show(
    rows: &[Vec<GapCell>],
    cursor: (usize, usize),
    (width, height): (u16, u16),
    theme: GapsTheme,
) -> (String, Option<Position>) {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    let at = draw_gaps(rows, &DORSET, cursor, area, &mut buf, theme);
    (text(&buf), at)
}

fn text(buf: &Buffer) -> String {
    let width = usize::from(buf.area.width).max(1);
    let row = |cells: &[ratatui::buffer::Cell]| cells.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
    buf.content.chunks(width).map(|cells| row(cells).trim_end().to_owned() + "\n").collect()
}

#[test]
fn the_matrix_at_every_size() {
    for (width, height) in [(80, 20), (40, 12), (120, 34)] {
        let (text, at) = show(&matrix(9), (4, 5), (width, height), GapsTheme::default());
        assert!(at.is_some());
        insta::assert_snapshot!(format!("gaps_{width}x{height}"), text);
    }
    insta::assert_snapshot!("gaps_large_numbers", show(&matrix(240), (0, 0), (80, 20), GapsTheme::default()).0);
    let ascii = GapsTheme { is_ascii: true, ..GapsTheme::mono() };
    let (text, _) = show(&matrix(9), (14, 4), (40, 12), ascii);
    assert!(text.is_ascii());
    insta::assert_snapshot!("gaps_ascii", text);
}

#[test]
fn every_cell_can_be_reached_and_seen() {
    let rows = matrix(9);
    for size in [(24, 3), (24, 8), (40, 12), (80, 20), (80, 24), (120, 40)] {
        for (need, district) in (0..15).flat_map(|need| (0..8).map(move |district| (need, district))) {
            let (text, at) = show(&rows, (need, district), size, GapsTheme::default());
            let at = at.unwrap_or_else(|| panic!("no cursor at {need},{district} in {size:?}\n{text}"));
            let line: String = text.lines().nth(at.y.into()).unwrap().chars().skip(at.x.into()).collect();
            assert!(line.starts_with(&said(rows[need][district])), "{need},{district} in {size:?}\n{text}");
        }
    }
}

#[test]
fn nothing_to_show_and_no_room_are_no_trouble() {
    assert_eq!(show(&[], (0, 0), (80, 20), GapsTheme::default()).1, None);
    assert_eq!(show(&[Vec::new()], (9, 9), (80, 20), GapsTheme::default()).1, None);
    for (width, height) in (0..50).flat_map(|width| (0..12).map(move |height| (width, height))) {
        show(&matrix(20), (99, 99), (width, height), GapsTheme::default());
    }
}

#[test]
fn a_cell_in_words() {
    let cell = GapCell { serves: 5, located: 2, verified: 0, all: 6 };
    let text = say_cell(cell, Need::Women, "Purbeck");
    assert_eq!(text, "Women in Purbeck: 6 services: 5 serve it, 2 are there, none verified");
    let gap = say_cell(GapCell::default(), Need::Veterans, "Poole");
    assert_eq!(gap, "Veterans in Poole: nobody serves it and nobody is there");
}

#[test]
fn a_gap_is_seen_without_colours() {
    let area = Rect::new(0, 0, 80, 20);
    let mut buf = Buffer::empty(area);
    draw_gaps(&matrix(9), &DORSET, (0, 0), area, &mut buf, GapsTheme::mono());
    assert!(buf.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(text(&buf).contains("gap"));
}
