//! Fields that are lists of rows, typed as a table in the form: from key presses to the files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::Event;
use folkmoot::app::command;
use folkmoot::app::form::Form;
use folkmoot::app::input::RowsInput;
use folkmoot::app::{App, Layer};
use folkmoot::model::service::{Ages, Contact, Inferred};
use folkmoot::model::{Id, Kind, Person, Row, Service};
use harness::{FINE, Harness, id_of, set};
use proptest::prelude::*;

/// Katy at the contacts of Shingle House, which has one: the duty worker.
fn at_contacts() -> Harness {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e");
    harness.field("contacts");
    harness
}

fn shingle_house(harness: &Harness) -> Id {
    id_of(&harness.saved(), "Shingle House")
}

fn form(app: &App) -> &Form {
    match app.layers.last() {
        Some(Layer::Form(form)) => form,
        _ => panic!("no form is open"),
    }
}

fn field(app: &App) -> &'static str {
    let form = form(app);
    form.fields.get(form.at).map_or("save", |field| field.info.name)
}

/// Names of the saved contacts of Shingle House.
fn contacts(harness: &Harness) -> Vec<String> {
    let service: Service = harness.service("Shingle House");
    service.contacts.iter().map(|contact| contact.name.as_deref().unwrap_or_default().to_owned()).collect()
}

fn person(harness: &Harness, name: &str) -> Person {
    let saved = harness.saved();
    let record = saved.get(id_of(&saved, name)).unwrap();
    <&Person>::try_from(&record).unwrap().clone()
}

/// The line of the screen that holds `text`.
fn line_with(harness: &Harness, text: &str) -> String {
    let screen = harness.screen();
    screen.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text} in:\n{screen}")).to_owned()
}

/// What stands left of the cursor on the screen, to the beginning of its line.
fn before_cursor(harness: &Harness) -> String {
    let (buffer, cursor) = harness.buffer(FINE);
    let cursor = cursor.unwrap();
    (0..cursor.x).map(|x| buffer[(x, cursor.y)].symbol()).collect()
}

#[test]
fn a_contact_is_added_edited_moved_and_removed() {
    let mut harness = at_contacts();
    harness.press("<down>Ann Webb<tab>Keyworker<tab>01632 960777<ctrl-s>");
    assert_eq!(harness.said(), "Shingle House changed: contacts");
    let added = harness.service("Shingle House").contacts.pop().unwrap();
    assert_eq!((added.title.as_deref(), added.phone.as_deref()), (Some("Keyworker"), Some("01632 960777")));
    assert!(harness.file("services.ron").contains(r#"name: "Ann Webb""#), "it is in the file");

    harness.press("e").field("contacts").press("<tab><tab><ctrl-u>01632 960888<down><alt-up><ctrl-s>");
    let service = harness.service("Shingle House");
    assert_eq!(contacts(&harness), ["Ann Webb", "Duty worker"]);
    assert_eq!(service.contacts[1].phone.as_deref(), Some("01632 960888"), "the other cells are as they were");
    assert_eq!(service.contacts[1].title.as_deref(), Some("Admissions"));

    harness.press("e").field("contacts").press("<alt-down><ctrl-s>");
    assert_eq!(contacts(&harness), ["Duty worker", "Ann Webb"]);

    harness.press("e").field("contacts").press("<ctrl-d><ctrl-s>");
    assert_eq!(contacts(&harness), ["Ann Webb"]);
}

#[test]
fn removing_a_row_says_how_to_bring_it_back() {
    let mut harness = at_contacts();
    harness.press("<ctrl-d>");
    assert_eq!(harness.said(), "ctrl-r brings back the row that was removed: Duty worker | Admissions | 01632 960140");
    assert_eq!(harness.typed("contacts"), "");
    harness.press("<ctrl-d>");
    assert_eq!(harness.said(), "this row is empty already");
    harness.press("<ctrl-r>");
    assert_eq!(harness.typed("contacts"), "Duty worker | Admissions | 01632 960140");
    assert!(!form(&harness.app).fields[form(&harness.app).at].is_changed(), "it is as it was");
    harness.press("<ctrl-r>");
    assert_eq!(harness.said(), "no row was removed");
}

/// Cells are gone through with tab and enter alike, rows with the arrows; at the ends one is in the next field.
#[test]
fn the_ends_of_the_table_lead_to_the_other_fields() {
    let end: [(&str, &str); 9] = [
        ("<tab><tab><tab>", "contacts"),
        ("<tab><tab><tab><tab>", "contacts"),
        ("<tab><tab><tab><tab><tab>", "commissioner"),
        ("<enter><enter><enter><enter>", "contacts"),
        ("<enter><enter><enter><enter><enter>", "commissioner"),
        ("<down><down>", "commissioner"),
        ("<shift-tab>", "url"),
        ("<up>", "url"),
        ("<down><up><up>", "url"),
    ];
    for (keys, name) in end {
        let mut harness = at_contacts();
        assert_eq!(field(harness.press(keys).app()), name, "{keys}");
    }
    let mut harness = at_contacts();
    harness.press("<alt-a><tab><shift-tab>");
    assert!(line_with(&harness, "Contacts").contains("a new row behind 1"), "{}", harness.screen());
}

#[test]
fn a_bar_and_the_arrows_at_the_ends_of_a_cell_go_from_cell_to_cell() {
    let mut harness = at_contacts();
    harness.press("<down>Ann | Clerk | 01632<left><left><left><left><left><left>x<right><right>y");
    assert_eq!(harness.typed("contacts").lines().nth(1), Some("Ann | Clerkx | 0y1632"));
}

#[test]
fn the_organisation_of_a_role_is_completed() {
    let mut harness = Harness::sample();
    harness.press("6/katy<enter>e").field("roles").press("<up>").field("roles");
    let before = person(&harness, "Katy Pascoe").roles.len();
    harness.press(&"<down>".repeat(before)).press("Visitor<tab>harb");
    assert!(harness.screen().contains("harbour Lamp"), "the rest is offered:\n{}", harness.screen());
    assert!(harness.screen().contains("tab take"), "{}", harness.screen());
    harness.press("<right><ctrl-s>");
    assert_eq!(harness.said(), "Katy Pascoe changed: roles");
    let role = person(&harness, "Katy Pascoe").roles.pop().unwrap();
    assert_eq!(role.title.as_deref(), Some("Visitor"));
    assert_eq!(role.organisation.id(), Some(id_of(&harness.saved(), "Harbour Lamp")));
}

/// Names people go by lead to the record as its title does, in a field and in a cell.
#[test]
fn other_names_complete_to_the_title() {
    let mut harness = Harness::sample();
    let lamp = id_of(&harness.saved(), "Harbour Lamp");
    harness.colleague(|workspace, author| set(workspace, author, lamp, "aliases", "Zebra Shelter, HLN"));
    harness.press("nThe Long Table").field("organisation").press("zeb");
    assert!(harness.screen().contains("zeb = Harbour Lamp"), "{}", harness.screen());
    harness.press("<right>");
    assert_eq!(harness.typed("organisation"), "Harbour Lamp");
    harness.field("funders").press("Clinks, hln<right>");
    assert_eq!(harness.typed("funders"), "Clinks, Harbour Lamp");
    harness.press("<ctrl-s>");
    let service = harness.service("The Long Table");
    assert_eq!(service.organisation.unwrap().id(), Some(lamp));
    assert_eq!(service.funders[1].id(), Some(lamp));
}

#[test]
fn a_flag_is_completed_and_says_what_it_takes() {
    let mut harness = Harness::sample();
    harness.press("n").field("hide_address").press("Y<right>");
    assert_eq!(harness.typed("hide_address"), "yes");
    harness.press("<ctrl-u>maybe<tab>");
    assert!(line_with(&harness, "maybe").contains("write yes or no"), "{}", harness.screen());
}

/// Katy at the form of Shingle House, which an import has hidden on suspicion, with its ages read from the text.
fn at_a_suspicion() -> Harness {
    let mut harness = Harness::sample();
    harness.colleague(|workspace, author| {
        let mut house = Service::clone(workspace.services.get(id_of(workspace, "Shingle House")).unwrap());
        house.ages = Some(Ages { from: Some(18), to: None });
        house.hide_address = true;
        house.mark_derived(Inferred::Ages);
        house.mark_derived(Inferred::HideAddress);
        folkmoot::model::change::put(workspace, house.into(), author)
    });
    harness.press("/shingle house<enter>");
    assert!(harness.service("Shingle House").is_hidden_on_suspicion());
    harness
}

#[test]
fn a_suspicion_is_confirmed_by_choosing_what_stands_there() {
    // Typed again, completed, pasted, or gone round the choices: each says it.
    for keys in ["yes", "y<tab>", "<right><right>", "no<ctrl-u>yes"] {
        let mut harness = at_a_suspicion();
        harness.press("e").field("hide_address");
        assert!(harness.screen().contains("seems to be a refuge: say yes or no"), "{}", harness.screen());
        harness.press(keys);
        assert_eq!(harness.typed("hide_address"), "yes");
        harness.press("<ctrl-s>");
        assert_eq!(harness.said(), "Shingle House confirmed: hide address", "{keys}");
        let house = harness.service("Shingle House");
        assert!(house.hide_address && !house.is_hidden_on_suspicion(), "{keys}");
        assert!(house.is_derived(Inferred::Ages), "nobody said anything of the others");
        harness.press("u");
        assert!(harness.service("Shingle House").is_hidden_on_suspicion(), "and it is taken back");
    }
    let mut harness = at_a_suspicion();
    harness.press("e").field("hide_address").paste("yes").press("<ctrl-s>");
    assert!(!harness.service("Shingle House").is_hidden_on_suspicion());
}

#[test]
fn who_passes_a_suspicion_by_has_not_decided() {
    let mut harness = at_a_suspicion();
    harness.press("e").field("hide_address").press("<tab><shift-tab><enter>").field("locations").press("x<backspace>");
    harness.field("cost").press("free<ctrl-s>");
    assert_eq!(harness.said(), "Shingle House changed: cost");
    let house = harness.service("Shingle House");
    assert!(house.is_hidden_on_suspicion() && house.is_derived(Inferred::Ages) && !house.locations.is_empty());
    harness.press("e").field("ages").press("16+<ctrl-s>");
    assert_eq!(harness.said(), "Shingle House changed: ages");
    harness.press("e").field("hide_address").press("no<ctrl-s>");
    assert!(!harness.service("Shingle House").hide_address);
}

#[test]
fn a_decision_that_was_not_saved_comes_back_with_the_draft() {
    let mut harness = at_a_suspicion();
    harness.press("e").field("hide_address").press("yes<esc>");
    assert!(harness.said().contains("is kept"), "{}", harness.said());
    let mut harness = harness.restarted();
    harness.press("D<ctrl-s>");
    assert!(!harness.service("Shingle House").is_hidden_on_suspicion());
}

#[test]
fn the_page_of_a_suspicion_says_that_it_is_one_and_how_it_is_decided() {
    let mut harness = at_a_suspicion();
    harness.press("<enter>").size(120, 40);
    let screen = harness.screen();
    assert!(screen.contains("Undecided") && screen.contains("say yes or no at Hide address"), "{screen}");
    let mut command = assert_cmd::Command::cargo_bin("moot").unwrap();
    let shown = command.arg("-w").arg(harness.path()).args(["show", "Shingle House"]).output().unwrap();
    let (shown, id) = (String::from_utf8(shown.stdout).unwrap(), shingle_house(&harness));
    assert!(shown.contains("yes (seems to be a refuge: say yes or no)"), "{shown}");
    assert!(shown.contains(&format!("moot set {id} hide_address=yes")), "{shown}");
}

#[test]
fn a_required_field_is_marked_until_something_stands_there() {
    let mut harness = Harness::sample();
    harness.press("n");
    assert!(harness.screen().contains("\n*Name"), "{}", harness.screen());
    assert!(harness.screen().contains("what people call it; it cannot stay empty"), "{}", harness.screen());
    harness.press("Door");
    assert!(!harness.screen().contains("*Name") && !harness.screen().contains("cannot stay empty"));
}

#[test]
fn a_mistake_is_said_beside_its_row_and_cell() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e").field("locations");
    harness.press("<down>The Annexe<tab><tab>Poole<tab><tab>north<enter>");
    assert!(line_with(&harness, "The Annexe").trim_start().starts_with('!'), "{}", harness.screen());
    harness.press("<up>");
    let line = line_with(&harness, "Lat, lon: ");
    assert!(line.contains("50.61, -2.46"), "the row is open, in another cell: {line}");
    harness.press("<ctrl-s>");
    assert_eq!(harness.said(), "one field needs another look");
    assert!(before_cursor(&harness).ends_with("north"), "the cursor is in the wrong cell:\n{}", harness.screen());
    assert!(!harness.screen().contains("Lat, lon: "), "so its column is not named");
    harness.press("<ctrl-u>50.72, -1.98<ctrl-s>");
    assert_eq!(harness.said(), "Shingle House changed: located at");
    assert_eq!(harness.service("Shingle House").locations[1].town.as_deref(), Some("Poole"));
}

#[test]
fn a_row_without_a_required_cell_is_refused_and_named_where_the_field_is_closed() {
    let mut harness = Harness::sample();
    harness.press("6/katy<enter>e").field("roles");
    let count = person(&harness, "Katy Pascoe").roles.len();
    harness.press(&"<down>".repeat(count)).press("Visitor<down><down>");
    let sentence = format!("row {}, organisation: it cannot stay empty", count + 1);
    assert!(harness.screen().contains(&sentence), "{}", harness.screen());
    harness.press("<ctrl-s>");
    assert_eq!((harness.said(), field(&harness.app)), ("one field needs another look", "roles"));
    assert_eq!(person(&harness, "Katy Pascoe").roles.len(), count);
}

#[test]
fn pasted_lines_with_bars_or_tabs_become_rows() {
    let mut harness = at_contacts();
    harness.paste("Ann Webb\tClerk | IT\t01632 960111\r\nBob Ray\t\t\tbob@example.org\n");
    assert_eq!(
        harness.typed("contacts"),
        "Duty worker | Admissions | 01632 960140\nAnn Webb | Clerk \\| IT | 01632 960111\nBob Ray | | | bob@example.org"
            .replace("| | |", "|  |  |")
    );
    harness.press("<down>").paste("Cy | Porter\nDi\u{202e}");
    assert!(harness.typed("contacts").ends_with("\nCy | Porter\nDi<U+202E>"), "{}", harness.typed("contacts"));
    harness.press("<down>").paste("one line\nand another");
    assert!(harness.typed("contacts").ends_with("\none line and another"), "without bars it is one cell");
    harness.press("<ctrl-s>");
    assert_eq!(contacts(&harness).len(), 6);
    let ann = &harness.service("Shingle House").contacts[1];
    assert_eq!(ann.title.as_deref(), Some("Clerk | IT"), "a bar that was copied is a bar");
}

/// More rows than a field takes are refused with what is typed still there, and nothing waits for them.
#[test]
fn too_many_rows_are_refused_and_kept() {
    let mut harness = at_contacts();
    harness.paste(&"Ann | Clerk\n".repeat(2_000)).press("<ctrl-s>");
    assert_eq!(harness.said(), "one field needs another look");
    assert!(harness.screen().contains("at most 1000 rows fit here"), "{}", harness.screen());
    assert_eq!(harness.typed("contacts").lines().count(), 2_001);
    assert_eq!(contacts(&harness).len(), 1);
}

#[test]
fn the_editor_has_the_whole_table_as_text() {
    let mut harness = at_contacts();
    harness.editor = |text| {
        assert_eq!(text, "Duty worker | Admissions | 01632 960140");
        format!("Ann Webb | Clerk\n{text}\n")
    };
    harness.press("<ctrl-o><ctrl-s>");
    assert_eq!(contacts(&harness), ["Ann Webb", "Duty worker"]);
}

#[test]
fn a_draft_of_rows_comes_back_after_a_lost_connection() {
    let mut harness = at_contacts();
    harness.press("<down>Ann Webb<tab>Clerk");
    harness.event(Event::Hangup);
    let typed = "Duty worker | Admissions | 01632 960140\nAnn Webb | Clerk";
    assert_eq!(harness.drafts.values().next().unwrap().fields, [("contacts".to_owned(), typed.to_owned())]);
    let mut harness = harness.restarted();
    harness.press("D");
    assert_eq!(harness.typed("contacts"), typed);
    harness.press("<ctrl-s>");
    assert_eq!(contacts(&harness), ["Duty worker", "Ann Webb"]);
    assert!(harness.drafts.is_empty());
}

/// What a colleague does between the lost connection and the return is neither lost nor unsaid.
#[test]
fn a_draft_keeps_what_a_colleague_did_meanwhile() {
    let mut harness = at_contacts();
    harness.press("<down>Ann Webb");
    harness.field("cost").press("<ctrl-u>free");
    harness.event(Event::Hangup);
    let id = shingle_house(&harness);
    let theirs = "Duty worker | Admissions | 01632 960140\nBob Ray";
    harness.colleague_unseen(|workspace, author| set(workspace, author, id, "contacts", theirs));
    harness.colleague_unseen(|workspace, author| set(workspace, author, id, "cost", "a pound a night"));
    let mut harness = harness.restarted();
    harness.press("D").field("cost");
    assert!(harness.screen().contains("a colleague wrote meanwhile: a pound a night"), "{}", harness.screen());
    harness.press("<ctrl-s>");
    let mut names = contacts(&harness);
    names.sort();
    assert_eq!(names, ["Ann Webb", "Bob Ray", "Duty worker"]);
    assert_eq!(harness.service("Shingle House").cost.as_deref(), Some("free"), "what was seen and kept stands");
}

#[test]
fn two_people_at_one_list_keep_what_both_did() {
    let mut harness = at_contacts();
    harness.press("<down>Ann Webb");
    let id = shingle_house(&harness);
    let theirs = "Duty worker | Admissions | 01632 960999\nBob Ray | Porter";
    harness.colleague(|workspace, author| set(workspace, author, id, "contacts", theirs));
    assert_eq!(harness.typed("contacts").lines().nth(1), Some("Ann Webb"), "what was typed stays");
    let screen = harness.screen();
    assert!(screen.contains("a colleague changed this meanwhile, saving keeps both: Duty"), "{screen}");
    harness.press("<ctrl-s>");
    let mut names = contacts(&harness);
    names.sort();
    assert_eq!(names, ["Ann Webb", "Bob Ray", "Duty worker"]);
    let service = harness.service("Shingle House");
    let duty = service.contacts.iter().find(|contact| contact.name.as_deref() == Some("Duty worker")).unwrap();
    assert_eq!(duty.phone.as_deref(), Some("01632 960999"), "a cell that only the colleague changed");
}

/// A set that a colleague changes while it is typed keeps what both did, as it would if both had saved at once.
#[test]
fn two_people_at_one_set_keep_what_both_did() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e").field("needs").press(", finance");
    let id = shingle_house(&harness);
    harness.colleague(|workspace, author| set(workspace, author, id, "needs", "accommodation, women"));
    harness.press("<ctrl-s>");
    let needs = harness.service("Shingle House").needs.labels();
    assert!(needs.contains("women") && needs.contains("finance"), "{needs}");
}

#[test]
fn rows_that_nobody_touched_follow_the_colleague() {
    let mut harness = at_contacts();
    let id = shingle_house(&harness);
    harness.colleague(|workspace, author| set(workspace, author, id, "contacts", "Bob Ray | Porter"));
    assert_eq!(harness.typed("contacts"), "Bob Ray | Porter");
    assert!(harness.screen().contains("Bob Ray"), "{}", harness.screen());
    harness.press("<down>Ann Webb<ctrl-s>");
    assert_eq!(contacts(&harness), ["Bob Ray", "Ann Webb"]);
}

#[test]
fn on_a_narrow_screen_the_cell_under_the_cursor_is_readable() {
    let mut harness = at_contacts();
    harness.size(40, 12);
    let all = ["Duty worker", "Admissions", "01632 960140"];
    for said in all {
        assert!(before_cursor(&harness).ends_with(said), "{}", harness.screen());
        harness.press("<tab>");
    }
    harness.press("someone.with.a.very.long.address@example.org");
    assert!(before_cursor(&harness).ends_with("address@example.org"), "long cells scroll:\n{}", harness.screen());
    assert!(harness.screen().contains("their address"), "{}", harness.screen());
}

#[test]
fn a_long_cell_scrolls_under_the_cursor() {
    let mut harness = at_contacts();
    let words = "a very long title that nobody could ever remember, and then some more of it until the end";
    harness.press("<tab><ctrl-u>").press(words);
    assert!(before_cursor(&harness).ends_with("until the end"), "{}", harness.screen());
    harness.press("<home>");
    assert!(line_with(&harness, "Duty worker").contains("a very long title"), "{}", harness.screen());
}

/// Keys of the table are said where there is a table, and nowhere else.
#[test]
fn help_and_footer_show_the_keys_of_a_table_only_there() {
    let mut harness = at_contacts();
    assert!(harness.screen().contains("ctrl-d remove"), "{}", harness.screen());
    let help = harness.press("<F1>").screen();
    assert!(help.contains("alt-up"), "{help}");
    let line = help.lines().find(|line| line.contains("remove the row")).unwrap();
    assert!(line.ends_with("remove the row"), "it is asked of the table under the help: {line}");
    assert_eq!(help.lines().filter(|line| line.starts_with(" tab ")).count(), 1, "each key is said once:\n{help}");
    harness.press("<esc>").field("notes");
    assert!(!harness.screen().contains("ctrl-d remove"), "{}", harness.screen());
    assert!(!harness.press("<F1>").screen().contains("alt-up"), "{}", harness.screen());
    assert!(command::named("form.row-remove").is_some());
    assert_eq!(harness.app.workspace.count(Kind::Service), 67);
}

/// Keys of a table, and text that its notation has signs for.
const ANYTHING: [&str; 24] = [
    "a",
    "|",
    "\\",
    " ",
    "n",
    "é日",
    "<left>",
    "<right>",
    "<backspace>",
    "<ctrl-u>",
    "<ctrl-w>",
    "<tab>",
    "<shift-tab>",
    "<enter>",
    "<up>",
    "<down>",
    "<ctrl-d>",
    "<ctrl-r>",
    "<alt-up>",
    "<alt-down>",
    "<home>",
    "<ctrl-o>",
    "<ctrl-x>",
    "paste",
];

/// Presses keys in the table, at a size each, and draws. Says what is wrong: the cursor is off the screen, there is no
/// empty row at the end, or the text does not come back as `read` reads it.
fn sweep(story: &[(&str, u16, u16)], read: fn(&str) -> String) -> Result<(), String> {
    let mut harness = at_contacts();
    for (keys, columns, rows) in story {
        harness.size(*columns, *rows);
        match *keys {
            "paste" => harness.paste("x\ty|z\n\nb | c | d | e | f\\"),
            keys => harness.press(keys),
        };
        harness.field("contacts");
        let area = ratatui::layout::Rect::new(0, 0, *columns, *rows);
        for look in [FINE, harness::ASCII] {
            if harness.buffer(look).1.is_some_and(|cursor| !area.contains(cursor)) {
                return Err(format!("the cursor is off the screen of {columns}x{rows} after {keys}"));
            }
        }
        let form = form(&harness.app);
        let table = form.fields[form.at].rows().unwrap();
        if !table.rows().last().unwrap().is_empty() {
            return Err(format!("there is no empty row at the end after {keys}"));
        }
        let text = table.text();
        if read(&text) != text {
            return Err(format!("{text:?} comes back as {:?} after {keys}", read(&text)));
        }
    }
    Ok(())
}

fn read_again(text: &str) -> String {
    RowsInput::new(text, Contact::COLUMNS).text()
}

#[test]
fn the_sweep_finds_a_text_that_does_not_come_back() {
    let story = ["<down>", "a", "<tab>", "<tab>", "<tab>", "|"].map(|keys| (keys, 80, 24));
    assert_eq!(sweep(&story, read_again), Ok(()));
    let found = sweep(&story, |text| text.replace('\\', "")).unwrap_err();
    assert!(found.contains("comes back as") && found.ends_with("after |"), "{found}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    /// Whatever is pressed in a table, at whatever size, it is drawn and reads as it was typed.
    #[test]
    fn a_table_takes_any_keys(
        story in prop::collection::vec((prop::sample::select(ANYTHING.to_vec()), 30u16..=130, 8u16..=40), 1..40),
    ) {
        prop_assert_eq!(sweep(&story, read_again), Ok(()));
    }
}

/// A handful each time; `MOOT_CASES=500 cargo test --test form` for a long night.
fn cases() -> u32 {
    std::env::var("MOOT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12)
}

trait Open {
    fn app(&self) -> &App;
}

impl Open for Harness {
    fn app(&self) -> &App {
        &self.app
    }
}
