//! Long texts: typed, read, corrected and taken back in a form, as somebody does who types up the flip charts of a day.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::form::Form;
use folkmoot::app::input::BlockInput;
use folkmoot::app::{App, Effect, Event, Layer};
use harness::{FINE, Harness, id_of, set};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

/// Katy at the notes of Shingle House, which are empty.
fn at_notes() -> Harness {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e").field("notes").press("<ctrl-u>");
    assert_eq!(harness.typed("notes"), "");
    harness
}

fn form(app: &App) -> &Form {
    match app.layers.last() {
        Some(Layer::Form(form)) => form,
        _ => panic!("no form is open"),
    }
}

fn block(harness: &Harness) -> &BlockInput {
    let form = form(&harness.app);
    form.fields.get(form.at).and_then(|field| field.block()).expect("the field is a long text")
}

/// The text with a bar where the cursor is.
fn with_cursor(harness: &Harness) -> String {
    let (text, at) = (block(harness).text(), block(harness).cursor());
    format!("{}|{}", &text[..at], &text[at..])
}

/// Forty lines, each with its number.
fn forty() -> String {
    (1..=40).map(|line| format!("line {line}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn keys_move_and_erase_as_their_names_say() {
    let text = "Map the services.\nAsk twice, then ring.";
    for (keys, expected) in [
        ("<up>", "Map the services.|\nAsk twice, then ring."),
        ("<home>", "Map the services.\n|Ask twice, then ring."),
        ("<home><left><ctrl-a>", "|Map the services.\nAsk twice, then ring."),
        ("<ctrl-home><end>", "Map the services.|\nAsk twice, then ring."),
        ("<ctrl-home><ctrl-end>", "Map the services.\nAsk twice, then ring.|"),
        ("<ctrl-left><ctrl-left>", "Map the services.\nAsk twice, |then ring."),
        ("<ctrl-home><ctrl-right><alt-f>", "Map the |services.\nAsk twice, then ring."),
        ("<ctrl-home><ctrl-right><ctrl-right><ctrl-right>", "Map the services.\n|Ask twice, then ring."),
        ("<ctrl-w><ctrl-w>", "Map the services.\nAsk twice, |"),
        ("<ctrl-home><alt-d>", "|the services.\nAsk twice, then ring."),
        ("<ctrl-u>", "Map the services.\n|"),
        ("<ctrl-u><backspace>", "Map the services.|"),
        ("<ctrl-home><ctrl-k>", "|\nAsk twice, then ring."),
        ("<ctrl-home><ctrl-k><ctrl-k>", "|Ask twice, then ring."),
        ("<ctrl-home><del><del>", "|p the services.\nAsk twice, then ring."),
        ("<backspace>!<enter>Then wait.", "Map the services.\nAsk twice, then ring!\nThen wait.|"),
    ] {
        let mut harness = at_notes();
        harness.paste(text).press(keys);
        assert_eq!(with_cursor(&harness), expected, "{keys}");
    }
}

/// Lines that are seen are what up, down, home and end know, not those that end with a newline.
#[test]
fn up_and_down_go_by_the_lines_that_are_seen() {
    let mut harness = at_notes();
    harness.paste(&"word ".repeat(30)).press("x");
    let lines = block(&harness).lines().len();
    assert!(lines > 2, "it is broken into {lines} lines");
    let (row, cell) = block(&harness).place();
    harness.press("<up><up>");
    assert_eq!(block(&harness).place(), (row - 2, cell));
    harness.press("<home>");
    assert_eq!(block(&harness).place(), (row - 2, 0));
    harness.press("<down><end>");
    assert_eq!(block(&harness).place().0, row - 1, "the end of a line is in it");
    assert!(with_cursor(&harness).contains("word| word"), "before the blank at which it was broken");
    harness.press("<end>");
    assert_eq!(block(&harness).cursor(), block(&harness).text().len(), "once more: the end of the paragraph");
}

#[test]
fn up_and_down_keep_to_their_cell_across_short_lines() {
    let mut harness = at_notes();
    harness.paste("a long line here\nshort\n\nanother long line").press("<left><left>");
    let (_, cell) = block(&harness).place();
    harness.press("<up>").press("<up>").press("<up>");
    assert_eq!(block(&harness).place(), (0, cell));
}

#[test]
fn the_first_and_the_last_line_lead_to_the_fields_beside_unless_the_text_has_the_screen() {
    let mut harness = at_notes();
    harness.paste("one\ntwo").press("<up><up>");
    assert_ne!(form(&harness.app).fields[form(&harness.app).at].info.name, "notes");
    let mut harness = at_notes();
    harness.paste("one\ntwo").press("<ctrl-g><up><up><up>");
    assert_eq!(with_cursor(&harness), "one|\ntwo");
    assert!(form(&harness.app).is_whole);
}

#[test]
fn a_long_text_is_typed_on_the_whole_screen_and_esc_leads_back_to_the_form() {
    let mut harness = at_notes();
    harness.paste(&forty());
    assert!(harness.screen().contains("line 40 of 40"), "one sees where one is:\n{}", harness.screen());
    let seen = |harness: &Harness| (1..=40).filter(|n| harness.screen().contains(&format!(" line {n}\n"))).count();
    let in_form = seen(&harness);
    harness.press("<ctrl-g>");
    assert!(seen(&harness) >= 15 && in_form >= 10, "{in_form} lines in the form, then {}", seen(&harness));
    assert!(harness.screen().contains("Notes · line 40 of 40 · Shingle House"), "{}", harness.screen());
    harness.press("<esc>");
    assert!(!form(&harness.app).is_whole && harness.typed("notes") == forty());
    harness.press("<ctrl-g><tab>");
    assert!(!form(&harness.app).is_whole, "the next field is in the form");
    harness.press("<ctrl-s>");
    assert_eq!(harness.service("Shingle House").notes.as_deref(), Some(forty().as_str()));
}

#[test]
fn a_mistake_elsewhere_shows_its_field_and_not_the_whole_text() {
    let mut harness = Harness::sample();
    harness.press("nDoor").field("funding_ends").press("nonsense").field("notes").press("Something<ctrl-g><ctrl-s>");
    assert_eq!(harness.said(), "one field needs another look");
    assert!(!form(&harness.app).is_whole);
    assert!(harness.screen().contains("nonsense"), "{}", harness.screen());
}

/// What one sees stands still while the cursor moves in it, and moves by some lines when it leaves: a slow link sends less.
#[test]
fn the_window_moves_only_when_the_cursor_leaves_it() {
    let mut harness = at_notes();
    harness.paste(&forty()).press("<ctrl-g>");
    let top = block(&harness).top();
    harness.press("<up><up><up><down>");
    assert_eq!(block(&harness).top(), top);
    let mut moves = 0;
    for _ in 0..38 {
        let before = block(&harness).top();
        harness.press("<up>");
        moves += usize::from(block(&harness).top() != before);
    }
    assert_eq!(block(&harness).place().0, 0);
    assert!(moves < 10, "the window moved {moves} times in 38 lines");
    harness.press("<pgdn>");
    assert_eq!(block(&harness).place().0, block(&harness).rows() - 1, "a line of the page before stays in sight");
}

#[test]
fn pasted_lines_are_text_and_never_save() {
    let mut harness = at_notes();
    harness.paste("one\r\ntwo\rthree\n");
    assert_eq!(harness.typed("notes"), "one\ntwo\nthree\n");
    assert!(matches!(harness.app.layers.last(), Some(Layer::Form(_))));
    let saved = harness.service("Shingle House").notes;
    assert!(!saved.as_deref().unwrap_or_default().contains("two"), "{saved:?}");
    harness.press("<alt-u>");
    assert_eq!(harness.typed("notes"), "", "a paste is one step");
}

#[test]
fn typing_is_taken_back_word_by_word_and_done_again() {
    let mut harness = at_notes();
    harness.press("Ask them twice");
    harness.press("<alt-u>");
    assert_eq!(with_cursor(&harness), "Ask them |");
    harness.press("<alt-u><alt-u>");
    assert_eq!(with_cursor(&harness), "|");
    harness.press("<alt-U><ctrl-y>");
    assert_eq!(with_cursor(&harness), "Ask them |");
    harness.press("<ctrl-_><ctrl-y>");
    assert_eq!(with_cursor(&harness), "Ask them |", "keys for those whose terminal has no alt");
    harness.press("<ctrl-u><alt-u>");
    assert_eq!(with_cursor(&harness), "Ask them |", "what was erased is back");
    harness.press("<backspace><backspace><backspace><alt-u>");
    assert_eq!(with_cursor(&harness), "Ask them |", "letters erased in one go come back in one");
    harness.press("x<alt-U>");
    assert_eq!(harness.said(), "nothing was taken back here");
}

#[test]
fn what_the_editor_left_can_be_taken_back() {
    let mut harness = at_notes();
    harness.paste("rough");
    harness.editor = |text| format!("{text}, then in order\nand long\n");
    harness.press("<ctrl-o>");
    assert_eq!(with_cursor(&harness), "rough, then in order\nand long|");
    harness.press("<alt-u>");
    assert_eq!(with_cursor(&harness), "rough|");
}

#[test]
fn what_was_typed_is_safe_before_the_editor_has_the_terminal() {
    let mut harness = at_notes();
    harness.paste("rough");
    let effects = harness.app.update(Event::Key("ctrl-o".parse().unwrap()));
    assert!(
        matches!(&effects[..], [Effect::KeepDraft(draft), Effect::EditText(text)]
            if text == "rough" && draft.fields.iter().any(|(_, typed)| typed == "rough")),
        "{effects:?}"
    );
}

/// A habit of other programs must not cost an hour of typing.
#[test]
fn what_was_dropped_by_mistake_is_brought_back() {
    let mut harness = at_notes();
    harness.paste(&forty()).press("<ctrl-x>");
    assert!(harness.said().contains("ctrl-x brings back"), "{}", harness.said());
    assert_ne!(harness.typed("notes"), forty());
    assert!(harness.drafts.is_empty());
    harness.press("<ctrl-x>");
    assert_eq!(harness.typed("notes"), forty());
    assert_eq!(harness.drafts.len(), 1, "and it is kept again");
}

#[test]
fn a_long_text_survives_esc_a_lost_connection_and_a_crash() {
    let mut harness = at_notes();
    harness.paste(&forty()).press("<esc>");
    assert!(harness.app.layers.is_empty());
    harness.press("D");
    assert_eq!(harness.typed("notes"), forty());
    harness.press(" and more").event(Event::Hangup);
    let mut harness = harness.restarted();
    harness.press("D");
    assert_eq!(harness.typed("notes"), format!("{} and more", forty()));
    harness.press("<esc>D").field("notes").press(&"z".repeat(250));
    let mut crashed = harness.restarted();
    crashed.press("D");
    let kept = crashed.typed("notes");
    assert!(kept.matches('z').count() >= 200, "at most the last letters are lost: {} kept", kept.matches('z').count());
}

/// A pause is asked for once typing stops; until then nothing wakes the program.
#[test]
fn a_pause_keeps_what_was_typed() {
    let mut harness = at_notes();
    let effects = harness.app.update(Event::Key("x".parse().unwrap()));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Wake(_))));
    assert!(effects.iter().all(|effect| !matches!(effect, Effect::KeepDraft(_))));
    harness.event(Event::Woke);
    assert_eq!(harness.drafts.len(), 1);
}

#[test]
fn a_colleague_who_writes_meanwhile_takes_nothing_away() {
    let mut harness = at_notes();
    harness.paste("mine\nof two lines");
    let id = id_of(&harness.saved(), "Shingle House");
    harness.colleague(|workspace, author| set(workspace, author, id, "notes", "theirs"));
    assert_eq!(with_cursor(&harness), "mine\nof two lines|");
    harness.press("<ctrl-g>");
    assert!(harness.screen().contains("a colleague wrote meanwhile: theirs"), "{}", harness.screen());
}

#[test]
fn signs_of_several_parts_are_one_letter() {
    let mut harness = at_notes();
    harness.paste("x\u{306}x").press("<left><left>");
    assert_eq!(block(&harness).cursor(), 0);
    harness.press("<right>");
    assert_eq!(with_cursor(&harness), "x\u{306}|x");
    harness.press("<backspace>");
    assert_eq!(with_cursor(&harness), "|x");
}

/// One key or paste of somebody who types, and how the simplest text there is would take it.
#[derive(Clone, Debug)]
enum Act {
    Type(char),
    Paste(String),
    Key(&'static str),
    Size(u16, u16),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let letters = proptest::sample::select(vec!['a', 'b', ' ', ',', 'é', '日', '-', 'x']);
    let keys = proptest::sample::select(vec![
        "enter",
        "enter",
        "backspace",
        "backspace",
        "backspace",
        "backspace",
        "del",
        "left",
        "right",
        "up",
        "down",
        "home",
        "end",
        "pgup",
        "pgdn",
        "ctrl-left",
        "ctrl-right",
        "ctrl-home",
        "ctrl-end",
        "ctrl-u",
        "ctrl-k",
        "ctrl-w",
        "alt-d",
        "alt-u",
        "alt-U",
        "ctrl-g",
    ]);
    let sizes = [(80, 24), (40, 12), (30, 8), (120, 40), (61, 9)];
    let act = prop_oneof![
        8 => letters.prop_map(Act::Type),
        1 => "[a-z ]{0,90}(\n[a-z ]{0,30}){0,5}".prop_map(Act::Paste),
        9 => keys.prop_map(Act::Key),
        1 => proptest::sample::select(sizes.to_vec()).prop_map(|(columns, rows)| Act::Size(columns, rows)),
    ];
    proptest::collection::vec(act, 1..120)
}

/// The simplest text: visible characters, and a cursor among them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    text: Vec<String>,
    at: usize,
}

impl Model {
    fn of(block: &BlockInput) -> Self {
        let split = |text: &str| text.graphemes(true).map(str::to_owned).collect::<Vec<_>>();
        let at = split(&block.text()[..block.cursor()]).len();
        Self { text: split(block.text()), at }
    }

    fn insert(&mut self, text: &str) {
        let before = self.text[..self.at].concat() + text;
        let after = self.text[self.at..].concat();
        self.at = before.graphemes(true).count();
        self.text = (before + &after).graphemes(true).map(str::to_owned).collect();
    }

    fn erase(&mut self, to: usize) {
        let (from, to) = (self.at.min(to), self.at.max(to));
        self.text.drain(from..to);
        self.at = from;
    }

    fn is_word(&self, at: usize) -> bool {
        self.text.get(at).is_some_and(|letter| letter.chars().all(char::is_alphanumeric))
    }

    /// Whether a word begins here; every sign of a script without blanks is a word.
    fn begins_word(&self, at: usize) -> bool {
        let is_alone = |at: usize| self.text.get(at).is_some_and(|letter| letter == "日");
        self.is_word(at) && (at == 0 || !self.is_word(at - 1) || is_alone(at) || is_alone(at - 1))
    }

    fn word_left(&self) -> usize {
        (0..self.at).rev().find(|at| self.begins_word(*at)).unwrap_or(0)
    }

    fn word_right(&self) -> usize {
        (self.at + 1..self.text.len()).find(|at| self.begins_word(*at)).unwrap_or(self.text.len())
    }

    fn line_start(&self) -> usize {
        self.text[..self.at].iter().rposition(|letter| letter == "\n").map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.at..].iter().position(|letter| letter == "\n").map_or(self.text.len(), |at| self.at + at)
    }

    /// Takes a key; false for those that depend on how the text is broken into lines.
    fn key(&mut self, key: &str) -> bool {
        let end = self.text.len();
        match key {
            "enter" => self.insert("\n"),
            "backspace" => self.erase(self.at.saturating_sub(1)),
            "left" => self.at = self.at.saturating_sub(1),
            "right" => self.at = (self.at + 1).min(end),
            "ctrl-left" => self.at = self.word_left(),
            "ctrl-right" => self.at = self.word_right(),
            "ctrl-w" => self.erase(self.word_left()),
            "alt-d" => self.erase(self.word_right()),
            "ctrl-u" => self.erase(self.line_start()),
            "ctrl-k" if self.line_end() > self.at => self.erase(self.line_end()),
            "del" | "ctrl-k" => self.erase((self.at + 1).min(end)),
            "ctrl-home" => self.at = 0,
            "ctrl-end" => self.at = end,
            "ctrl-g" => {}
            _ => return false,
        }
        true
    }
}

/// What must hold whatever was pressed: the cursor is in the text, in its window, and on the screen where it says.
fn check(harness: &Harness) -> Result<(), TestCaseError> {
    let block = block(harness);
    let (row, _) = block.place();
    prop_assert!(block.text().is_char_boundary(block.cursor()));
    prop_assert!((block.top()..block.top() + block.rows()).contains(&row), "the line with the cursor is seen");
    let (buffer, cursor) = harness.buffer(FINE);
    let cursor = cursor.unwrap();
    let line = &block.lines()[row];
    let before = &block.text()[line.start..block.cursor()];
    let last = before.graphemes(true).next_back().unwrap_or(" ");
    let is_wide = last == "日";
    let left = cursor.x.checked_sub(if is_wide { 2 } else { 1 });
    let is_at_edge = cursor.x + 2 >= buffer.area.width;
    if let Some(left) = left.filter(|_| !before.is_empty() && !is_at_edge) {
        prop_assert_eq!(buffer[(left, cursor.y)].symbol(), last, "the letter before the cursor");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_a_string_with_a_cursor(acts in acts()) {
        let mut harness = at_notes();
        harness.press("<ctrl-g>");
        let mut model = Model::default();
        let mut states = vec![model.clone()];
        let mut goal = None;
        for act in acts {
            let before = Model::of(block(&harness));
            let (row, cell) = block(&harness).place();
            let is_vertical = matches!(act, Act::Key("up" | "down" | "pgup" | "pgdn"));
            // What changes the size of the text, and not the text, leaves the column as it is.
            let is_about_room = matches!(act, Act::Size(..) | Act::Key("ctrl-g"));
            goal = goal.filter(|_| is_vertical || is_about_room).or(is_vertical.then_some(cell));
            match &act {
                Act::Type(c) => {
                    model.insert(&c.to_string());
                    harness.event(Event::Key(folkmoot::app::key::Key::plain(folkmoot::app::key::Code::Char(*c))));
                }
                Act::Paste(text) => {
                    model.insert(text);
                    harness.paste(text);
                }
                Act::Size(columns, rows) => {
                    harness.size(*columns, *rows);
                }
                Act::Key(key) => {
                    // In the form up and down leave the text at its ends.
                    if matches!(*key, "up" | "down") && !form(&harness.app).is_whole {
                        continue;
                    }
                    harness.press(&format!("<{key}>"));
                    if !model.key(key) {
                        let now = Model::of(block(&harness));
                        let (new_row, new_cell) = block(&harness).place();
                        prop_assert!(goal.is_none_or(|goal| new_cell <= goal), "{} goes straight", key);
                        match *key {
                            "alt-u" | "alt-U" => {}
                            _ => prop_assert_eq!(&now.text, &before.text, "{} changes nothing", key),
                        }
                        let last = block(&harness).lines().len() - 1;
                        match *key {
                            "up" => prop_assert_eq!(new_row, row.saturating_sub(1)),
                            "down" => prop_assert_eq!(new_row, (row + 1).min(last)),
                            "home" => prop_assert!(now.at <= before.at && new_row <= row),
                            "end" => prop_assert!(now.at >= before.at || new_row == row),
                            "pgup" => prop_assert!(new_row <= row),
                            "pgdn" => prop_assert!(new_row >= row),
                            _ => {}
                        }
                        model = now;
                    }
                }
            }
            prop_assert_eq!(&Model::of(block(&harness)), &model, "after {:?}", act);
            check(&harness)?;
            states.push(model.clone());
        }
        harness.press("x"); // what was taken back before cannot come again now
        let last = block(&harness).text().to_owned();
        states.push(Model::of(block(&harness)));
        while block(&harness).can_undo_and_redo().0 {
            harness.press("<alt-u>");
            let now = Model::of(block(&harness));
            prop_assert!(states.iter().any(|state| state.text == now.text), "a text that never was: {:?}", now.text);
        }
        prop_assert_eq!(block(&harness).text(), "", "everything is taken back");
        while block(&harness).can_undo_and_redo().1 {
            harness.press("<alt-U>");
        }
        prop_assert_eq!(block(&harness).text(), last, "and everything done again");
    }
}

#[test]
fn after_a_key_that_takes_nothing_away_up_goes_straight_too() {
    let mut harness = at_notes();
    harness.press("<ctrl-g>").paste("aaaa aa  a\n\na");
    harness.press("<up><ctrl-u><up>");
    assert_eq!(block(&harness).place(), (0, 0));
}
