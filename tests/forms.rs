//! Forms as somebody fills them who is on the telephone: what is asked first, what can be chosen, what is doubted, what is
//! made in place; and laws that hold for the form of every kind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::form::Form;
use folkmoot::app::input::{BlockInput, LineInput, Move, RowsInput};
use folkmoot::app::key::Key;
use folkmoot::app::{Effect, Event, Finished, Layer};
use folkmoot::model::{Id, Kind};
use harness::{Harness, id_of, keys, set};
use proptest::prelude::*;

fn form(harness: &Harness) -> &Form {
    match harness.app.layers.last() {
        Some(Layer::Form(form)) => form,
        _ => panic!("no form is open:\n{}", harness.screen()),
    }
}

fn field(harness: &Harness) -> &'static str {
    let form = form(harness);
    form.fields.get(form.at).map_or("below", |field| field.info.name)
}

/// The screen, however it is broken into lines.
fn words(harness: &Harness) -> String {
    harness.screen().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The last line of the screen.
fn footer(harness: &Harness) -> String {
    harness.screen().lines().last().unwrap_or_default().to_owned()
}

/// A new service with a name.
fn new_service() -> Harness {
    let mut harness = Harness::sample();
    harness.press("nThe Long Table");
    harness
}

#[test]
fn the_ten_fields_of_a_call_stand_first_and_the_rest_is_folded() {
    let mut harness = new_service();
    let screen = harness.screen();
    for label in ["Phone", "Open", "Who can have it", "Ways in", "How to refer", "Places free", "Serves", "Needs"] {
        assert!(screen.contains(label), "{label} is not on the screen:\n{screen}");
    }
    assert!(screen.contains("more: 21 fields") && !screen.contains("Funded by"), "{screen}");
    harness.press(&"<tab>".repeat(10));
    assert_eq!(form(&harness).at, form(&harness).more_place(), "{}", harness.screen());
    harness.press("<enter>");
    assert_eq!(field(&harness), "summary", "enter opens what is folded");
}

#[test]
fn what_is_folded_opens_where_one_is_led() {
    let mut harness = new_service();
    harness.press("<ctrl-f>fund<enter>");
    assert_eq!(field(&harness), "funders");
    // A mistake there opens it as well.
    let mut harness = new_service();
    harness.press("<ctrl-f>ages<enter>young<ctrl-f>name<enter>");
    harness.press("<ctrl-s>");
    assert_eq!((harness.said(), field(&harness)), ("one field needs another look", "ages"));
    harness.press("<ctrl-f>colour<enter>");
    assert!(harness.screen().contains("no field of this form is called colour"), "{}", harness.screen());
}

#[test]
fn tab_takes_what_is_shown_and_then_the_next() {
    let mut harness = new_service();
    harness.field("needs").press("women, m");
    let screen = harness.screen();
    assert!(screen.contains("mental health") && screen.contains("mentoring and peer support"), "{screen}");
    assert!(footer(&harness).starts_with("tab take"), "{}", footer(&harness));
    harness.press("<tab>");
    assert_eq!(harness.typed("needs"), "women, mental health");
    harness.press("<tab>");
    assert_eq!(harness.typed("needs"), "women, mentoring and peer support");
    harness.press("<shift-tab><shift-tab>");
    assert_eq!(harness.typed("needs"), "women, m", "what was typed stands among them");
    harness.press("<tab><enter>");
    assert_eq!((field(&harness), harness.typed("needs").as_str()), ("below", "women, mental health"));
    assert!(footer(&harness).starts_with("tab next"), "{}", footer(&harness));
    harness.press("<ctrl-s>");
    assert_eq!(harness.service("The Long Table").needs.labels(), "mental health, women");
}

/// What callers say is offered as the need it means.
#[test]
fn words_of_callers_are_choices() {
    let mut harness = new_service();
    harness.field("needs").press("homeless");
    assert!(footer(&harness).starts_with("tab take"), "{}", footer(&harness));
    assert!(words(&harness).contains("accommodation homeless"), "{}", harness.screen());
    harness.press("<tab>, detox");
    assert!(footer(&harness).starts_with("tab take"), "{}", harness.screen());
    harness.press("<tab>");
    assert_eq!(harness.typed("needs"), "accommodation, drugs and alcohol");
    harness.field("clients").press("inside<tab>");
    assert_eq!(harness.typed("clients"), "in custody");
}

/// What begins a value alone is that value, whether or not somebody took it; with one choice tab goes on once it is taken.
#[test]
fn one_choice_is_taken_and_gone_on_with() {
    let mut harness = new_service();
    harness.field("organisation").press("harb<tab>");
    assert_eq!((field(&harness), harness.typed("organisation").as_str()), ("organisation", "Harbour Lamp"));
    harness.press("<tab>");
    assert_eq!(field(&harness), "aliases");
    harness.field("sex").press("wom<enter>");
    assert_eq!(field(&harness), "clients");
    harness.press("<ctrl-s>");
    let service = harness.service("The Long Table");
    assert_eq!(service.sex, Some(folkmoot::model::service::Sex::Female));
    assert_eq!(service.organisation.unwrap().id(), Some(id_of(&harness.saved(), "Harbour Lamp")));
}

/// What can be chosen is seen before a letter is typed; right goes through it, and nothing is filled in by passing.
#[test]
fn choices_are_seen_and_passed() {
    let mut harness = new_service();
    harness.press("<tab>");
    assert_eq!(field(&harness), "status");
    assert!(harness.screen().contains("paused") && footer(&harness).contains("right choose"), "{}", harness.screen());
    harness.press("<right>");
    assert_eq!(harness.typed("status"), "paused", "the next behind the one that stands there");
    let mut harness = new_service();
    harness.press(&"<tab>".repeat(40)).press("<ctrl-f>name<enter><ctrl-s>");
    let service = harness.service("The Long Table");
    assert!(service.sex.is_none() && service.needs.is_empty() && service.is_open(), "passing fills nothing in");
}

#[test]
fn what_stands_as_a_whole_is_replaced_by_typing() {
    let mut harness = new_service();
    harness.field("status").press("clo<enter>").field("status");
    assert_eq!(harness.typed("status"), "clo");
    harness.press("<ctrl-f>status<enter>planned<ctrl-s>");
    assert_eq!(harness.service("The Long Table").status, folkmoot::model::service::Status::Planned);
    // Where the cursor is moved first, letters go where it is; texts are gone on with.
    let mut harness = new_service();
    harness.field("funding_ends").press("31 mar 2027<enter>").field("funding_ends").press("<end><backspace>8");
    assert_eq!(harness.typed("funding_ends"), "31 mar 2028");
    harness.field("name").press(" again");
    assert_eq!(harness.typed("name"), "The Long Table again");
    // A question that proposes an answer takes another; one that begins it is gone on with.
    let mut harness = Harness::sample();
    harness.press(":export<enter>x");
    assert!(harness.screen().contains("\n> x\n"), "{}", harness.screen());
    harness.press("<esc>:new<enter>x");
    assert!(harness.screen().contains("> ~/folkmoot x"), "{}", harness.screen());
}

#[test]
fn what_cannot_be_used_is_said_and_saved() {
    for (name, typed, said) in [
        ("phone", "01632 96010", "cannot be dialled: it has 10 figures"),
        ("email", "ann@example", "nobody can be written to at ann@example"),
        ("url", "the leaflet", "no page is at the leaflet"),
        ("serves", "Atlantis", "no area of the map is called Atlantis"),
        ("organisation", "Friends of the Door", "no organisation is called Friends of the Door; ctrl-n adds it"),
        ("organisation", "Katy Pascoe", "Katy Pascoe is a person, not an organisation"),
    ] {
        let mut harness = new_service();
        harness.field(name).press(typed).press("<enter>");
        assert!(words(&harness).contains(said), "{name}: {said} is not said:\n{}", harness.screen());
        harness.press("<ctrl-s>");
        assert!(harness.said().starts_with("The Long Table added"), "{name} is saved: {}", harness.said());
    }
    let mut harness = new_service();
    harness.field("locations").press("The Mill<tab><tab><tab>DT4 8<enter>");
    assert!(!form(&harness).fields.iter().any(|field| field.error.is_some()));
    assert!(harness.screen().contains("DT4 8 is no whole postcode"), "{}", harness.screen());
}

#[test]
fn where_the_partnership_is_american_its_numbers_and_zip_codes_are_known() {
    let mut harness = new_service();
    let partnership = harness.saved().partnership.iter().next().unwrap().id;
    harness.colleague(|workspace, author| set(workspace, author, partnership, "country", "united states"));
    harness.field("phone").press("617-555-0142<enter>");
    harness.field("locations").press("The Mill<tab><tab><tab>02139<enter>");
    assert!(!harness.screen().contains("postcode:") && !harness.screen().contains("ZIP"), "{}", harness.screen());
    harness.field("phone").press("<ctrl-u>555-0142<enter>");
    assert!(harness.screen().contains("cannot be dialled"), "{}", harness.screen());
}

#[test]
fn who_is_missing_is_made_in_place() {
    let mut harness = new_service();
    harness.field("organisation").press("Friends of the Door<enter>");
    assert!(footer(&harness).contains("ctrl-n make it"), "{}", footer(&harness));
    harness.press("<ctrl-n>");
    assert_eq!(form(&harness).record.kind(), Kind::Organisation);
    assert_eq!(harness.typed("name"), "Friends of the Door");
    harness.press("<ctrl-w>Doors<ctrl-s>");
    assert_eq!(form(&harness).record.kind(), Kind::Service, "one is where one was");
    assert_eq!(harness.typed("organisation"), "Friends of the Doors");
    assert!(!harness.screen().contains("no organisation is"), "{}", harness.screen());
    harness.press("<ctrl-s>");
    let service = harness.service("The Long Table");
    assert_eq!(service.organisation.unwrap().id(), Some(id_of(&harness.saved(), "Friends of the Doors")));
}

#[test]
fn who_is_missing_in_a_cell_or_a_list_is_made_in_place() {
    let mut harness = Harness::sample();
    harness.press("6nAnn Ash").field("roles").press("Visitor<tab>Friends of the Door<tab>");
    assert!(words(&harness).contains("no organisation is called Friends of the Door"), "{}", harness.screen());
    harness.press("<ctrl-n><ctrl-s><ctrl-s>");
    let saved = harness.saved();
    let ann = saved.people.get(id_of(&saved, "Ann Ash")).unwrap().clone();
    assert_eq!(ann.roles[0].organisation.id(), Some(id_of(&saved, "Friends of the Door")));

    let mut harness = new_service();
    harness.field("funders").press("Clinks, Friends of the Door<enter><ctrl-n><esc>");
    assert_eq!(form(&harness).record.kind(), Kind::Service, "esc goes back to where it was missed");
    harness.press("<ctrl-n><ctrl-s><ctrl-s>");
    let funders = harness.service("The Long Table").funders;
    assert!(funders.len() == 2 && funders.iter().all(|funder| funder.id().is_some()), "{funders:?}");
}

/// Both forms are kept when the connection is lost while what was missed is made.
#[test]
fn a_lost_connection_keeps_both_forms() {
    let mut harness = new_service();
    harness.field("organisation").press("Friends of the Door<enter><ctrl-n>").field("phone").press("01632 960111");
    harness.event(Event::Hangup);
    let mut kinds: Vec<Kind> = harness.drafts.values().map(|draft| draft.kind).collect();
    kinds.sort();
    assert_eq!(kinds, [Kind::Organisation, Kind::Service]);
}

#[test]
fn two_names_with_a_semicolon_between_are_two() {
    let mut harness = Harness::sample();
    harness.press("5nCare at Ashwell").field("parties").press("Clinks; Dorset Police<enter>");
    assert_eq!(harness.typed("parties"), "Clinks\nDorset Police");
    harness.press("<ctrl-s>");
    let saved = harness.saved();
    let agreement = saved.agreements.get(id_of(&saved, "Care at Ashwell")).unwrap();
    assert!(agreement.parties.len() == 2 && agreement.parties.iter().all(|party| party.organisation.id().is_some()));

    let mut harness = new_service();
    harness.field("funders").press("Clinks; Dorset Police<ctrl-s>");
    assert_eq!(harness.service("The Long Table").funders.len(), 2);
}

#[test]
fn days_lie_on_the_side_that_is_meant() {
    let mut harness = new_service();
    harness.field("capacity").press("3 of 10 on fri<enter>");
    harness.field("funding_ends").press("12 mar<ctrl-s>");
    let service = harness.service("The Long Table");
    assert_eq!(service.capacity.unwrap().on.to_string(), "2026-11-20", "places were counted");
    assert_eq!(service.funding_ends.unwrap().to_string(), "2027-03-12", "funding is still to end");
    let mut harness = Harness::sample();
    harness
        .press("4nRing the gate")
        .field("due")
        .press("fri")
        .field("progress")
        .press("They are closed<tab>fri<ctrl-s>");
    let saved = harness.saved();
    let action = saved.actions.get(id_of(&saved, "Ring the gate")).unwrap();
    assert_eq!(action.due.unwrap().to_string(), "2026-11-27");
    assert_eq!(action.progress[0].on.unwrap().to_string(), "2026-11-20");
    let mut harness = new_service();
    harness.field("funding_ends").press("31 feb<enter>");
    assert!(harness.screen().contains("31 feb: there is no such day; write 28 feb"), "{}", harness.screen());
}

/// What was asked for cannot be written: the question comes back with the text and the reason.
#[test]
fn a_path_that_cannot_be_written_keeps_what_was_typed() {
    let mut harness = Harness::sample();
    harness.press(":export<enter>csv /nowhere/services.csv");
    let asked = harness.app.update(Event::Key(keys("<enter>")[0]));
    assert!(matches!(&asked[..], [Effect::Export(_, path)] if path == "/nowhere/services.csv"), "{asked:?}");
    let sentence = "there is no directory /nowhere".to_owned();
    harness.event(Event::Finished(Finished { sentence, change: None, page: None, failed: true }));
    let screen = harness.screen();
    assert!(screen.contains("> csv /nowhere/services.csv") && screen.contains("there is no directory"), "{screen}");
    // Where it went well nothing comes back.
    harness.app.update(Event::Key(keys("<enter>")[0]));
    let sentence = "68 services written".to_owned();
    harness.event(Event::Finished(Finished { sentence, change: None, page: None, failed: false }));
    assert!(harness.app.layers.is_empty() && harness.said() == "68 services written");
}

/// Somebody who goes on with a journal writes below what stands there.
#[test]
fn progress_goes_on_in_the_empty_row() {
    let mut harness = Harness::sample();
    let with_notes = harness.app.workspace.actions.iter().find(|action| !action.progress.is_empty()).unwrap();
    let (id, count) = (with_notes.id, with_notes.progress.len());
    open(&mut harness, id);
    harness.field("progress").press("Went well<ctrl-s>");
    let saved = harness.saved();
    assert_eq!(saved.actions.get(id).unwrap().progress.len(), count + 1);
}

/// Opens the form of a record, wherever it stands.
fn open(harness: &mut Harness, id: Id) {
    let screen = match Kind::of(id).unwrap() {
        Kind::Service => "1",
        Kind::Topic => "2mm",
        Kind::Action => "4",
        Kind::Person | Kind::Organisation => "6",
        Kind::Agreement => "5m",
        other => panic!("{other:?} is on no list here"),
    };
    let title = harness.app.workspace.get(id).unwrap().title_alone();
    harness.press(screen).press(&format!("/'{title}<enter>"));
    for _ in 0..80 {
        if harness.app.selected().is_some_and(|record| record.id() == id) {
            break;
        }
        harness.press("<down>");
    }
    assert_eq!(harness.app.selected().map(|record| record.id()), Some(id), "{}", harness.screen());
    harness.press("e");
    assert_eq!(form(harness).record.id(), id);
}

/// One record of each kind that has a form, taken from the sample, opened by the rules and not by keys.
fn one_of_each() -> Vec<(Kind, Harness)> {
    let at = [
        (Kind::Service, "1e"),
        (Kind::Topic, "2mm<down>e"),
        (Kind::Event, "2Q"),
        (Kind::Round, "3e"),
        (Kind::Action, "4e"),
        (Kind::Agreement, "5ml<down>e"),
        (Kind::Person, "6e"),
    ];
    let opened = at.map(|(kind, keys)| {
        let mut harness = Harness::sample();
        harness.press(keys);
        let is_form = matches!(harness.app.layers.last(), Some(Layer::Form(_)));
        (kind, harness, is_form)
    });
    opened.into_iter().filter(|(.., is_form)| *is_form).map(|(kind, harness, _)| (kind, harness)).collect()
}

/// Through every field and cell, and saved: nothing has changed, and nothing is doubted.
#[test]
fn a_form_that_nobody_types_in_changes_nothing() {
    let forms = one_of_each();
    assert!(forms.len() >= 5, "{} forms were opened", forms.len());
    for (kind, mut harness) in forms {
        let before = harness::unstamped(&harness.saved());
        harness.press("<pgdn>").press(&"<tab>".repeat(60)).press(&"<shift-tab>".repeat(25)).press("<ctrl-s>");
        assert!(harness::unstamped(&harness.saved()) == before, "{kind:?}: {}", harness.said());
        assert!(!harness.said().contains("another look"), "{kind:?}: {}", harness.screen());
    }
}

/// Where one is in a form, and what stands there.
fn place(harness: &Harness) -> (usize, Option<(usize, usize)>, String) {
    let form = form(harness);
    let field = form.fields.get(form.at);
    let cell = field.and_then(|field| field.rows()).map(RowsInput::cursor);
    (form.at, cell, field.map(|field| field.typing.text()).unwrap_or_default())
}

#[test]
fn tab_and_shift_tab_undo_each_other() {
    for (kind, mut harness) in one_of_each() {
        // Folded and unfolded.
        for _ in 0..2 {
            let mut way = vec![place(&harness)];
            for _ in 0..45 {
                harness.press("<tab>");
                way.push(place(&harness));
            }
            while let Some(before) = way.pop() {
                assert_eq!(place(&harness), before, "{kind:?}");
                harness.press("<shift-tab>");
            }
            harness.press("<tab>");
            if let Some(last) = form(&harness).first_folded() {
                let label = form(&harness).fields[last].info.label;
                harness.press(&format!("<ctrl-f>{label}<enter>"));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// However far one goes through what can be chosen, shift-tab leads back the same way.
    #[test]
    fn choosing_back_and_forth_is_inverse(typed in "[a-z]{1,3}", steps in 1usize..12) {
        let mut harness = new_service();
        harness.field("needs").press(&typed);
        let mut way = vec![place(&harness)];
        for _ in 0..steps {
            if !footer(&harness).starts_with("tab take") {
                break;
            }
            harness.press("<tab>");
            way.push(place(&harness));
        }
        prop_assert_eq!(field(&harness), "needs");
        while let Some(before) = way.pop() {
            prop_assert_eq!(place(&harness), before);
            harness.press("<shift-tab>");
        }
    }
}

type Edit = fn(&mut BlockInput);

/// Keys that edit and move, and what they do in a text of several lines.
const EDITING: [(&str, Edit); 10] = [
    ("<left>", |block| _ = block.go(Move::Left)),
    ("<right>", |block| _ = block.go(Move::Right)),
    ("<ctrl-left>", |block| _ = block.go(Move::WordLeft)),
    ("<ctrl-right>", |block| _ = block.go(Move::WordRight)),
    ("<home>", |block| _ = block.go(Move::LineStart)),
    ("<ctrl-e>", |block| _ = block.go(Move::LineEnd)),
    ("<ctrl-u>", |block| _ = block.delete(Move::ParagraphStart)),
    ("<ctrl-k>", |block| _ = block.delete_to_end()),
    ("<ctrl-w>", |block| _ = block.delete(Move::WordLeft)),
    ("<backspace>", |block| _ = block.delete(Move::Left)),
];

proptest! {
    /// Every key does the same in a line as in a text of several lines.
    #[test]
    fn keys_do_the_same_in_every_text(
        text in "[a-zé日 .,'\u{301}-]{0,24}",
        story in prop::collection::vec((0..EDITING.len(), "[a-z é]"), 0..20),
    ) {
        let (mut line, mut block) = (LineInput::new(&text), BlockInput::new(&text));
        block.fit(500, 4);
        for (at, letter) in story {
            let (name, act) = EDITING[at];
            let key: Key = keys(name)[0];
            line.key(key);
            act(&mut block);
            prop_assert_eq!((line.text(), line.cursor()), (block.text(), block.cursor()), "after {}", name);
            for c in letter.chars() {
                line.key(keys(&c.to_string())[0]);
                block.type_char(c);
            }
            prop_assert_eq!((line.text(), line.cursor()), (block.text(), block.cursor()), "after a letter");
        }
    }
}

/// In fields, cells, questions and the search line.
#[test]
fn ctrl_u_clears_to_the_beginning_everywhere() {
    let mut harness = new_service();
    harness.press("<left><left><ctrl-u>");
    assert_eq!(harness.typed("name"), "le");
    harness.field("eligibility").press("one two<left><left><ctrl-u>");
    assert_eq!(harness.typed("eligibility"), "wo");
    harness.field("locations").press("one two<left><left><ctrl-u>");
    assert_eq!(harness.typed("locations"), "wo");
    let mut harness = Harness::sample();
    harness.press("/one two<left><left><ctrl-u>");
    assert!(harness.screen().contains("/ wo"), "{}", harness.screen());
    harness.press("<esc>:export<enter><left><left><ctrl-u>");
    assert!(harness.screen().contains("\n> sv\n"), "{}", harness.screen());
}

#[test]
fn a_form_that_goes_on_says_so() {
    let mut harness = Harness::sample();
    harness.size(40, 12).press("n");
    assert!(harness.screen().contains('▼') && !harness.screen().contains('▲'), "{}", harness.screen());
    harness.press("<up>");
    assert!(harness.screen().contains('▲') && !harness.screen().contains('▼'), "{}", harness.screen());
}
