//! Every screen and layer as it is seen, in three sizes, without colours and in ASCII. The snapshots hold text only; what
//! reversed, bold and underlined mean is asserted apart.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::ui::theme::Theme;
use harness::{ASCII, FINE, Harness, MONO, id_of, kept_fresh, root, text_of};
use ratatui::style::{Color, Modifier};

/// Small, as in a telephone's terminal; the one to design first; wide.
const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (120, 40)];

/// Draws in all sizes and looks, and compares with what was seen and found good.
fn snapshot(name: &str, harness: &mut Harness) {
    for (columns, rows) in SIZES {
        harness.size(columns, rows);
        for (theme, word) in [(MONO, "mono"), (ASCII, "ascii")] {
            let screen = harness.screen_in(theme);
            if theme.ascii {
                assert!(screen.is_ascii(), "{name}: beyond ASCII: {screen}");
            }
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}_{columns}x{rows}_{word}"), screen);
            });
        }
    }
    harness.size(80, 24);
}

/// At the contacts of a service that has three.
fn with_contacts() -> Harness {
    let mut harness = Harness::sample();
    let id = id_of(&harness.saved(), "Shingle House");
    let contacts =
        "Duty worker | Admissions | 01632 960140\nAnn Webb | Keyworker | 01632 960111 | ann@example.org\nBob";
    harness.colleague(|workspace, author| harness::set(workspace, author, id, "contacts", contacts));
    harness.press("/shingle house<enter>e");
    harness.field("contacts");
    harness
}

/// At the notes of a service, of which there are many: flip charts, typed up.
fn with_flip_charts() -> Harness {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e");
    let chart = |number: usize| {
        format!(
            "Flip chart {number}\n- Nobody in the group knew more than half of the services that were named, and two of \
             those have closed since.\n- One list, one owner – and a date beside each entry.\n"
        )
    };
    harness.field("notes").paste(&(1..=12).map(chart).collect::<Vec<_>>().join("\n"));
    harness
}

/// At the meeting of the sample that is to come, on a day that has been.
fn met() -> Harness {
    let mut harness = Harness::sample();
    let id = "M-B1XD".parse().unwrap();
    harness.colleague(|workspace, author| harness::set(workspace, author, id, "on", "2026-11-20"));
    harness.press("5jjjjjj<enter>");
    harness
}

macro_rules! screens {
    ($($name:ident: $harness:expr, $keys:expr;)+) => {
        $(#[test]
        fn $name() {
            let mut harness: Harness = $harness;
            harness.press($keys);
            snapshot(stringify!($name), &mut harness);
        })+
    };
}

screens! {
    list: Harness::sample(), "jj";
    search_with_hits: Harness::sample(), "/mentr prison";
    search_nearest: Harness::sample(), "/mentor zzyzx";
    nothing_found: Harness::sample(), "/zzyzx qqwqq";
    detail: Harness::sample(), "/shingle house<enter><enter>";
    detail_scrolled: Harness::sample(), "/harbour lamp night<enter><enter><pgdn>";
    marked: Harness::sample(), "/ripple<enter><space><space>";
    map: Harness::sample(), "/harbour lamp night<enter>m";
    gaps: Harness::sample(), "mmjj";
    form: Harness::sample(), "/shingle house<enter>e<tab><tab><tab>";
    form_error: Harness::sample(), "nDoor on the Latch<ctrl-f>ages<enter>young<tab><ctrl-s>";
    form_text: Harness::sample(), "/shingle house<enter>e<ctrl-f>notes<enter>";
    form_long_text: with_flip_charts(), "";
    form_long_text_above: with_flip_charts(), "<up><up><up><home>";
    form_whole_text: with_flip_charts(), "<ctrl-g>";
    form_whole_text_above: with_flip_charts(), "<ctrl-g><pgup><pgup>";
    help_in_text: with_flip_charts(), "<F1>";
    form_required: Harness::sample(), "n";
    form_choices: Harness::sample(), "n<tab>";
    form_picks: Harness::sample(), "n<ctrl-f>needs<enter>women, me";
    form_picks_taken: Harness::sample(), "n<ctrl-f>needs<enter>women, me<tab><tab>";
    form_doubts: Harness::sample(), "nDoor<ctrl-f>phone<enter>01632 96<tab><ctrl-f>delivered by<enter>Friends of the Door<tab>";
    form_rows: with_contacts(), "<down><tab>";
    form_rows_empty: Harness::sample(), "6nAnn<tab><tab>";
    form_rows_long: with_contacts(), "<down><down><down>Cy<tab>a title that is too long for the room it has here";
    form_rows_completion: Harness::sample(), "6nAnn<tab><tab>Visitor<tab>harb";
    form_rows_removed: with_contacts(), "<ctrl-d>";
    form_rows_wrong: Harness::sample(), "6nAnn<tab><tab>Visitor<down>Clerk<tab>Clinks<up>";
    help_in_rows: Harness::sample(), "6n<tab><tab><F1>";
    palette: Harness::sample(), ":ver";
    help: Harness::sample(), "?";
    help_in_form: Harness::sample(), "n<F1>";
    prompt: Harness::sample(), ":new<enter>";
    page: Harness::sample(), ":about<enter>";
    compare: Harness::sample(), "/ripple group<enter><space><space>c";
    people: Harness::sample(), "6jj";
    person: Harness::sample(), "6/katy<enter><enter>";
    people_none: Harness::sample(), "6/zzyzxqq";
    wall: Harness::sample(), "2";
    wall_moving: Harness::sample(), "2<right><down><space><right>";
    wall_show: Harness::sample(), "2P";
    topics_list: Harness::sample(), "2m";
    topics_found: Harness::sample(), "2/mentring<enter>";
    topic_detail: Harness::sample(), "2<down><enter>";
    groups: Harness::sample(), "2mmjj";
    chase: Harness::sample(), "2mmm";
    recommending: Harness::sample(), "2a";
    event_form: Harness::sample(), "2Q";
    no_event: Harness::empty(), "2";
    empty: Harness::empty(), "";
    empty_map: Harness::empty(), "m";
    empty_gaps: Harness::empty(), "mm";
    forum: Harness::sample(), "5jjj<enter>";
    meeting_to_come: Harness::sample(), "5jjjjjj<enter>";
    meeting_finished: Harness::sample(), "5jjjj<enter>jjjj";
    typing_minutes: Harness::sample(), "5jjjjjj<enter>mRooms<enter><tab>four are free<enter>Action LP by 12 dec: send the list<enter>Action XX by noon: ring";
    attendance: Harness::sample(), "5jjjjjj<enter>p";
    finishing: met(), "pEV LP, BL<enter>mRooms<ctrl-s>f";
    prefix: Harness::sample(), "g";
    actions: Harness::sample(), "4j";
    actions_by_priority: Harness::sample(), "4vjjj";
    actions_by_state: Harness::sample(), "4vv<right><down>";
    actions_marked: Harness::sample(), "4vv<space><space>";
    actions_nobodys: Harness::sample(), "4on";
    actions_written: Harness::sample(), "4vow";
    actions_only: Harness::sample(), "4o";
    action_detail: Harness::sample(), "4j<enter>";
    action_note: Harness::sample(), "4a";
    actions_none: Harness::empty(), "4vv";
    told: Harness::sample(), "4T";
    told_marked: Harness::sample(), "4T<space><space>";
    told_page: Harness::sample(), "4Tjjj<enter>";
    told_how: Harness::sample(), "4Ti";
    told_nobody: Harness::empty(), "4T";
    today: Harness::sample(), "0";
    today_loose: Harness::sample(), "0<end><enter>";
    today_empty: Harness::empty(), "0";
    thread: Harness::sample(), "2m/17.2<enter>t";
    thread_of_theme: Harness::sample(), "3/mapping<enter>t";
}

#[test]
fn colleague_in_form() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e");
    harness.field("cost").press("<ctrl-u>a pound a night");
    let id = id_of(&harness.saved(), "Shingle House");
    harness.colleague(|workspace, author| harness::set(workspace, author, id, "cost", "rent, paid weekly"));
    snapshot("colleague_in_form", &mut harness);
}

#[test]
fn too_small() {
    let mut harness = Harness::sample();
    for (columns, rows) in [(29, 24), (80, 7), (5, 5), (1, 1)] {
        harness.size(columns, rows);
        let screen = harness.screen();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("too_small_{columns}x{rows}"), screen);
        });
    }
    harness.size(80, 24);
    assert!(harness.screen().contains("Bank Account Before Release"), "it recovers");
}

/// The modifiers and colours of the cells that show `text`.
fn styles(harness: &Harness, theme: Theme, text: &str) -> Vec<(Modifier, Color)> {
    let (buffer, _) = harness.buffer(theme);
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
    let mut harness = Harness::sample();
    harness.press("j");
    let (name, other) = ("Bedtime Voices", "Behind the Wheel Again");
    for theme in [FINE, MONO, ASCII] {
        assert!(styles(&harness, theme, name).iter().all(|(modifier, _)| modifier.contains(Modifier::REVERSED)));
        assert!(styles(&harness, theme, other).iter().all(|(modifier, _)| !modifier.contains(Modifier::REVERSED)));
    }
    let (_, cursor) = harness.buffer(FINE);
    assert_eq!(cursor.unwrap().y, 3, "the real cursor stands on the selected row");
}

#[test]
fn what_was_searched_for_is_underlined() {
    let mut harness = Harness::sample();
    harness.press("/lamp");
    for theme in [FINE, MONO] {
        let name = styles(&harness, theme, "Harbour Lamp Night Shelter");
        let underlined: Vec<bool> = name.iter().map(|(modifier, _)| modifier.contains(Modifier::UNDERLINED)).collect();
        assert!(underlined[8..12].iter().all(|is| *is) && !underlined[0], "{underlined:?}");
    }
}

#[test]
fn nothing_is_coloured_without_colours() {
    for keys in ["", "/lamp", "<enter>", "mm", "m", "n", "?", "6"] {
        let mut harness = Harness::sample();
        harness.press(keys);
        let (buffer, _) = harness.buffer(MONO);
        let coloured = buffer.content.iter().find(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset);
        assert!(coloured.is_none(), "{keys}: {coloured:?}");
        let (buffer, _) = harness.buffer(FINE);
        assert!(buffer.content.iter().any(|cell| cell.fg != Color::Reset), "{keys}: the other theme has colours");
    }
}

#[test]
fn the_cursor_stands_where_the_next_letter_goes() {
    let mut harness = Harness::sample();
    harness.press("nDoor");
    let (buffer, cursor) = harness.buffer(FINE);
    let cursor = cursor.unwrap();
    let before = buffer.cell((cursor.x - 1, cursor.y)).unwrap().symbol().to_owned();
    assert_eq!(before, "r");
    harness.press("<esc>/ham");
    let (buffer, cursor) = harness.buffer(FINE);
    let cursor = cursor.unwrap();
    assert_eq!((buffer.cell((cursor.x - 1, cursor.y)).unwrap().symbol(), cursor.y), ("m", 1));
}

/// Each picture in the docs bears its size and the keys that lead there: `<!-- screen 80x24: 2mm -->`.
#[test]
fn the_pictures_in_the_docs_are_the_real_screens() {
    for file in ["README.md", "docs/open-space.md", "docs/after-the-event.md", "docs/agreements.md"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let mut parts = text.split("<!-- screen ");
        let mut fresh = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (mark, rest) = part.split_once(" -->\n```text\n").expect("a picture follows its mark");
            let (size, keys) = mark.split_once(": ").expect("a mark names size and keys");
            let (columns, rows) = size.split_once('x').unwrap();
            let (_, after) = rest.split_once("\n```\n").expect("a picture ends");
            let mut harness = Harness::sample();
            harness.size(columns.parse().unwrap(), rows.parse().unwrap()).press(keys);
            for piece in ["<!-- screen ", mark, " -->\n```text\n", &harness.screen(), "\n```\n", after] {
                fresh.push_str(piece);
            }
        }
        assert!(fresh.contains("<!-- screen "), "{file} has pictures");
        kept_fresh(file, &fresh, "UPDATE_DOCS=1 cargo test --test screens");
    }
}
