//! Every screen and layer as it is seen, in three sizes, without colours and in ASCII. The snapshots hold text only; what
//! reversed, bold and underlined mean is asserted apart.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod desk;

use desk::{ASCII, Desk, FINE, MONO, id_of, kept_fresh, root, text_of};
use folkmoot::ui::look::Look;
use ratatui::style::{Color, Modifier};

/// Small, as in a telephone's terminal; the one to design first; wide.
const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (120, 40)];

/// Draws in all sizes and looks, and compares with what was seen and found good.
fn snapshot(name: &str, desk: &mut Desk) {
    for (columns, rows) in SIZES {
        desk.size(columns, rows);
        for (look, word) in [(MONO, "mono"), (ASCII, "ascii")] {
            let screen = desk.screen_in(look);
            if look.ascii {
                assert!(screen.is_ascii(), "{name}: beyond ASCII: {screen}");
            }
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}_{columns}x{rows}_{word}"), screen);
            });
        }
    }
    desk.size(80, 24);
}

macro_rules! screens {
    ($($name:ident: $desk:expr, $keys:expr;)+) => {
        $(#[test]
        fn $name() {
            let mut desk: Desk = $desk;
            desk.press($keys);
            snapshot(stringify!($name), &mut desk);
        })+
    };
}

screens! {
    list: Desk::sample(), "jj";
    search_with_hits: Desk::sample(), "/mentr prison";
    search_nearest: Desk::sample(), "/mentor zzyzx";
    nothing_found: Desk::sample(), "/zzyzx qqwqq";
    detail: Desk::sample(), "/shingle house<enter><enter>";
    detail_scrolled: Desk::sample(), "/harbour lamp night<enter><enter><pgdn>";
    marked: Desk::sample(), "/ripple<enter><space><space>";
    map: Desk::sample(), "/harbour lamp night<enter>m";
    gaps: Desk::sample(), "mmjj";
    form: Desk::sample(), "/shingle house<enter>e<tab><tab><tab>";
    form_error: Desk::sample(), "nDoor on the Latch<tab><tab>harb<tab><tab><tab><tab><tab><tab><tab><tab>young<tab><ctrl-s>";
    form_text: Desk::sample(), "/shingle house<enter>e<up><up>";
    palette: Desk::sample(), ":ver";
    help: Desk::sample(), "?";
    help_in_form: Desk::sample(), "n<F1>";
    prompt: Desk::sample(), ":new<enter>";
    page: Desk::sample(), ":about<enter>";
    compare: Desk::sample(), "/ripple group<enter><space><space>c";
    people: Desk::sample(), "6jj";
    person: Desk::sample(), "6/katy<enter><enter>";
    people_none: Desk::sample(), "6/zzyzxqq";
    empty: Desk::empty(), "";
    empty_map: Desk::empty(), "m";
    empty_gaps: Desk::empty(), "mm";
    prefix: Desk::sample(), "g";
}

#[test]
fn colleague_in_form() {
    let mut desk = Desk::sample();
    desk.press("/shingle house<enter>e");
    desk.field("cost").press("<ctrl-u>a pound a night");
    let id = id_of(&desk.saved(), "Shingle House");
    desk.colleague(|workspace, author| desk::set(workspace, author, id, "cost", "rent, paid weekly"));
    snapshot("colleague_in_form", &mut desk);
}

#[test]
fn too_small() {
    let mut desk = Desk::sample();
    for (columns, rows) in [(29, 24), (80, 7), (5, 5), (1, 1)] {
        desk.size(columns, rows);
        let screen = desk.screen();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("too_small_{columns}x{rows}"), screen);
        });
    }
    desk.size(80, 24);
    assert!(desk.screen().contains("Bank Account Before Release"), "it recovers");
}

/// The modifiers and colours of the cells that show `text`.
fn styles(desk: &Desk, look: Look, text: &str) -> Vec<(Modifier, Color)> {
    let (buffer, _) = desk.buffer(look);
    let shown = text_of(&buffer);
    let (y, line) = shown.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap_or_else(|| {
        panic!("{text} is not on the screen:\n{shown}");
    });
    let x = line[..line.find(text).unwrap()].chars().count();
    (x..x + text.chars().count())
        .map(|x| buffer.cell((x as u16, y as u16)).map(|cell| (cell.modifier, cell.fg)).unwrap())
        .collect()
}

#[test]
fn the_selected_row_is_reversed_in_every_look() {
    let mut desk = Desk::sample();
    desk.press("j");
    let (name, other) = ("Bedtime Voices", "Behind the Wheel Again");
    for look in [FINE, MONO, ASCII] {
        assert!(styles(&desk, look, name).iter().all(|(modifier, _)| modifier.contains(Modifier::REVERSED)));
        assert!(styles(&desk, look, other).iter().all(|(modifier, _)| !modifier.contains(Modifier::REVERSED)));
    }
    let (_, cursor) = desk.buffer(FINE);
    assert_eq!(cursor.unwrap().y, 3, "the real cursor stands on the selected row");
}

#[test]
fn what_was_searched_for_is_underlined() {
    let mut desk = Desk::sample();
    desk.press("/lamp");
    for look in [FINE, MONO] {
        let name = styles(&desk, look, "Harbour Lamp Night Shelter");
        let underlined: Vec<bool> = name.iter().map(|(modifier, _)| modifier.contains(Modifier::UNDERLINED)).collect();
        assert!(underlined[8..12].iter().all(|is| *is) && !underlined[0], "{underlined:?}");
    }
}

#[test]
fn nothing_is_coloured_without_colours() {
    for keys in ["", "/lamp", "<enter>", "mm", "m", "n", "?", "6"] {
        let mut desk = Desk::sample();
        desk.press(keys);
        let (buffer, _) = desk.buffer(MONO);
        let coloured = buffer.content.iter().find(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset);
        assert!(coloured.is_none(), "{keys}: {coloured:?}");
        let (buffer, _) = desk.buffer(FINE);
        assert!(buffer.content.iter().any(|cell| cell.fg != Color::Reset), "{keys}: the other look has colours");
    }
}

#[test]
fn the_cursor_stands_where_the_next_letter_goes() {
    let mut desk = Desk::sample();
    desk.press("nDoor");
    let (buffer, cursor) = desk.buffer(FINE);
    let cursor = cursor.unwrap();
    let before = buffer.cell((cursor.x - 1, cursor.y)).unwrap().symbol().to_owned();
    assert_eq!(before, "r");
    desk.press("<esc>/ham");
    let (buffer, cursor) = desk.buffer(FINE);
    let cursor = cursor.unwrap();
    assert_eq!((buffer.cell((cursor.x - 1, cursor.y)).unwrap().symbol(), cursor.y), ("m", 1));
}

#[test]
fn the_pictures_in_the_readme_are_the_real_screens() {
    let mut readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let mut desk = Desk::sample();
    desk.press("/mentor");
    for (mark, size) in [("80x24", (80, 24)), ("40x12", (40, 12))] {
        desk.size(size.0, size.1);
        let begin = format!("<!-- screen {mark} -->\n```text\n");
        let (before, rest) = readme.split_once(&begin).expect("the README has a place for the picture");
        let (_, after) = rest.split_once("\n```\n").unwrap();
        readme = format!("{before}{begin}{}\n```\n{after}", desk.screen());
    }
    kept_fresh("README.md", &readme, "UPDATE_DOCS=1 cargo test --test screens");
}
