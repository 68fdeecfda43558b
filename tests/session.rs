//! The whole app, without a terminal: keys go in, the screen is read, and the files on the disk are looked at.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::command;
use folkmoot::app::screen::ScreenId;
use folkmoot::app::{App, Event, Layer, Options};
use folkmoot::model::choice::Choice;
use folkmoot::model::service::{Need, Status};
use folkmoot::model::{AnyRecord, Author, Id, Kind, Timestamp, Workspace, ballot, change};
use folkmoot::ui::theme::Theme;
use harness::{ASCII, FINE, Harness, MONO, PLAIN, id_of, sample_dir, set, today, unstamped};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

#[test]
fn a_call_is_answered_before_the_sentence_is_over() {
    let mut harness = Harness::sample();
    harness.press("/leavers hous portland");
    let screen = harness.screen();
    let first = screen.lines().nth(2).unwrap();
    assert!(first.contains("Prison Leavers' Housing Desk"), "{screen}");
    assert!(screen.contains("01632 960160"), "the number to ring is there without another key:\n{screen}");
    harness.press("<esc>/mentr yuong");
    assert!(harness.screen().lines().nth(2).unwrap().contains("Mentors for Young Adults"), "{}", harness.screen());
}

#[test]
fn a_fact_is_verified_undone_and_verified_again_across_screens() {
    let mut harness = Harness::sample();
    harness.press("/community chaplains<enter>v");
    assert_eq!(harness.said(), "Community Chaplains verified");
    let verified = harness.service("Community Chaplains").verified.unwrap();
    assert_eq!((verified.on, verified.by.as_deref()), (today(), Some("KP")));
    harness.press("6u");
    assert_eq!(harness.said(), "undone: Community Chaplains verified, on Services");
    assert_eq!(harness.app.screen, ScreenId::People);
    assert_eq!(harness.service("Community Chaplains").verified, None);
    harness.press("U");
    assert_eq!(harness.said(), "done again: Community Chaplains verified, on Services");
    assert!(harness.service("Community Chaplains").verified.is_some());
    harness.press("uu");
    assert_eq!(harness.said(), "nothing to undo");
}

#[test]
fn a_new_service_by_form_with_completion_and_mistakes_beside_the_field() {
    let mut harness = Harness::sample();
    harness.press("nDoor on the Latch");
    harness.field("organisation").press("harb");
    assert!(harness.screen().contains("harbour Lamp"), "the rest of the name is offered:\n{}", harness.screen());
    harness.press("<right><tab>");
    assert_eq!(harness.typed("organisation"), "Harbour Lamp");
    harness.field("needs").press("accom<right>, menta<right><tab>");
    assert_eq!(harness.typed("needs"), "accommodation, mental health");
    harness.field("ages").press("young<tab>");
    assert!(harness.screen().contains("write ages as 16-25, 18+ or -17"), "{}", harness.screen());
    harness.press("<ctrl-s>");
    assert_eq!(harness.said(), "one field needs another look");
    assert!(harness.screen().contains("New service"), "the form stays:\n{}", harness.screen());
    harness.press("<ctrl-u>16-25<ctrl-s>");
    assert_eq!(harness.said(), "Door on the Latch added");
    let service = harness.service("Door on the Latch");
    let saved = harness.saved();
    assert_eq!(service.organisation.unwrap().name(&saved), "Harbour Lamp");
    assert_eq!(service.needs.labels(), "accommodation, mental health");
    assert_eq!(service.updated.1.as_str(), "KP");
    assert!(harness.file("services.ron").contains("ages: (from: 16, to: 25)"));
    let selected = harness.app.selected().unwrap();
    assert_eq!(selected.title_alone(), "Door on the Latch", "the cursor goes to what was added");
    harness.press("u");
    assert!(!harness.file("services.ron").contains("Door on the Latch"));
}

#[test]
fn a_form_without_a_name_says_so_and_stays() {
    let mut harness = Harness::sample();
    harness.press("n<ctrl-s>");
    assert_eq!(harness.said(), "the name is missing: give it one");
    assert!(matches!(harness.app.layers.last(), Some(Layer::Form(_))));
}

#[test]
fn what_was_typed_is_kept_on_esc_and_offered_back_another_day() {
    let mut harness = Harness::sample();
    harness.press("nThe Long Table");
    harness.field("organisation").press("welc<right><esc>");
    assert!(harness.said().contains("The Long Table is kept: D takes it up again"), "{}", harness.said());
    assert!(harness.app.layers.is_empty());
    let mut harness = harness.restarted();
    assert!(harness.said().contains("The Long Table is kept: D takes it up again"), "{}", harness.said());
    harness.press("D");
    assert_eq!(
        (harness.typed("name"), harness.typed("organisation")),
        ("The Long Table".into(), "Welcome Table Churches".into())
    );
    harness.press("<ctrl-s>");
    assert_eq!(harness.said(), "The Long Table added");
    assert!(harness.drafts.is_empty(), "a saved draft goes");
    assert_eq!(harness.restarted().said(), "");
}

#[test]
fn from_the_end_of_a_detail_one_key_leads_back() {
    let mut harness = Harness::sample();
    harness.press("/harbour lamp night<enter><enter>G");
    let end = harness.screen();
    harness.press("k");
    assert_ne!(harness.screen(), end, "the end of the text stays at the lower edge, so that one key up is seen");
    harness.press("j");
    assert_eq!(harness.screen(), end);
}

#[test]
fn each_screen_completes_from_what_it_lists() {
    let mut harness = Harness::sample();
    harness.press("6/sector:vol<tab>");
    assert!(harness.screen().contains("sector:voluntary"), "{}", harness.screen());
    harness.press("<esc>/need:acc<tab>");
    assert!(!harness.screen().contains("need:accommodation"), "people have no needs:\n{}", harness.screen());
    harness.press("<esc>1/need:acc<tab>");
    assert!(harness.screen().contains("need:accommodation"), "{}", harness.screen());
}

/// Somebody types a ballot in the moment in which a colleague types another of the same person: one ballot a person.
#[test]
fn a_ballot_that_a_colleague_was_first_to_enter_gives_way() {
    let mut harness = Harness::empty();
    let put = |harness: &mut Harness, kind: Kind, fields: &[(&str, &str)]| {
        harness.colleague(|workspace, author| {
            let mut record = kind.blank(Id::from_number(kind.letter(), 1, 4));
            for (field, typed) in fields {
                let on = folkmoot::model::ParseContext { workspace, today: today() };
                record.set_field(field, typed, on).unwrap();
            }
            change::put(workspace, record, author)
        });
    };
    put(&mut harness, Kind::Person, &[("name", "Katy Pascoe"), ("initials", "KP"), ("login", "katy")]);
    put(&mut harness, Kind::Event, &[("name", "Verwood"), ("delegates", "KP")]);
    put(&mut harness, Kind::Topic, &[("title", "Mapping")]);
    put(&mut harness, Kind::Recommendation, &[("text", "Share"), ("topic", "1")]);
    put(&mut harness, Kind::Round, &[("name", "First vote"), ("dots", "5")]);
    let round = Id::from_number('V', 1, 4);
    harness.colleague(|workspace, author| folkmoot::model::round::open(workspace, round, author));
    let ballot = |workspace: &Workspace, author: &Author, dots: u16| {
        let item = folkmoot::model::Ref::record(Id::from_number('R', 1, 4));
        let votes = vec![ballot::Vote { item, dots: Some(dots) }];
        let voter = ballot::Voter::Person(Id::from_number('P', 1, 4));
        let mut random = folkmoot::model::SplitMix64::new(1);
        ballot::vote(workspace, round, &voter, votes, ballot::Origin::Typed, author, &mut random)
    };
    let author = Author { by: "KP".into(), at: Timestamp::from_seconds(harness.seconds), today: today() };
    let ours = ballot(&harness.app.workspace, &author, 2).unwrap();
    harness.colleague_unseen(|workspace, author| ballot(workspace, author, 5));
    harness.submit(ours);
    assert!(harness.said().contains("somebody else has entered it in this moment"), "{}", harness.said());
    for workspace in [&harness.saved(), &harness.app.workspace] {
        let dots: Vec<_> = workspace.ballots.iter().map(|ballot| ballot.votes.0[0].dots).collect();
        assert_eq!(dots, [Some(5)], "theirs, and no second one");
    }
}

#[test]
fn a_hang_up_keeps_what_is_typed() {
    let mut harness = Harness::sample();
    harness.press("nThe Long Table");
    harness.event(Event::Hangup);
    let mut harness = harness.restarted();
    harness.press("D");
    assert_eq!(harness.typed("name"), "The Long Table");
    harness.press("<ctrl-x>");
    assert!(harness.drafts.is_empty() && harness.typed("name").is_empty());
}

#[test]
fn a_colleague_changes_the_record_that_is_being_typed() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e");
    harness.field("cost").press("<ctrl-u>a pound a night");
    let id = id_of(&harness.saved(), "Shingle House");
    harness.colleague(|workspace, author| {
        let mut record = workspace.get(id).unwrap();
        let on = folkmoot::model::ParseContext { workspace, today: today() };
        record.set_field("phone", "01632 960999", on).unwrap();
        record.set_field("cost", "rent, paid weekly", on).unwrap();
        change::put(workspace, record, author)
    });
    assert_eq!(harness.typed("phone"), "01632 960999", "a field nobody touched here follows");
    assert_eq!(harness.typed("cost"), "a pound a night", "what was typed stays");
    assert!(harness.screen().contains("a colleague wrote meanwhile: rent, paid weekly"), "{}", harness.screen());
    harness.press("<ctrl-s>");
    let service = harness.service("Shingle House");
    assert_eq!((service.phone.as_deref(), service.cost.as_deref()), (Some("01632 960999"), Some("a pound a night")));
}

#[test]
fn a_change_that_nobody_told_of_is_kept_when_saving() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e");
    harness.field("cost").press("<ctrl-u>a pound a night");
    let id = id_of(&harness.saved(), "Shingle House");
    harness.colleague_unseen(|workspace, author| set(workspace, author, id, "phone", "01632 960999"));
    harness.press("<ctrl-s>");
    let service = harness.service("Shingle House");
    assert_eq!((service.phone.as_deref(), service.cost.as_deref()), (Some("01632 960999"), Some("a pound a night")));
    assert!(harness.screen().contains("01632 960999"), "the screen follows the disk:\n{}", harness.screen());
}

#[test]
fn somebody_unknown_is_asked_once_and_the_command_goes_on() {
    let options = Options { who: "wendy".to_owned(), seed: 9, ..Options::default() };
    let mut harness = Harness::with(sample_dir(), options);
    harness.press("/community chaplains<enter>v");
    assert!(harness.screen().contains("Who are you?"), "{}", harness.screen());
    harness.press("Wendy<enter>");
    assert!(harness.screen().contains("write your first name and surname"), "{}", harness.screen());
    harness.press(" Darling<enter>");
    assert_eq!(harness.said(), "Community Chaplains verified");
    let saved = harness.saved();
    let wendy = saved.people.get(id_of(&saved, "Wendy Darling")).unwrap();
    assert_eq!((wendy.initials.as_deref(), wendy.login.as_deref()), (Some("WD"), Some("wendy")));
    assert_eq!(harness.service("Community Chaplains").verified.unwrap().by.as_deref(), Some("WD"));
    let mut harness = harness.restarted();
    harness.press("/street nurse<enter>v");
    assert_eq!(harness.said(), "Street Nurse verified", "nobody is asked twice");
}

#[test]
fn the_first_person_of_a_new_workspace_can_begin_at_once() {
    let mut harness = Harness::empty();
    assert!(harness.screen().contains("No services yet. Press n to add the first one"), "{}", harness.screen());
    harness.press("n");
    assert!(harness.screen().contains("Who are you?"), "{}", harness.screen());
    harness.press("Katy Pascoe<enter>Nightstop<ctrl-s>");
    assert_eq!(harness.said(), "Nightstop added");
    assert_eq!(harness.service("Nightstop").updated.1.as_str(), "KP");
}

#[test]
fn an_organisation_that_is_named_is_not_deleted() {
    let mut harness = Harness::sample();
    harness.press("6/harbour lamp<enter>d");
    let said = harness.said();
    let (named, help) = ("Harbour Lamp is still named by Harbour Lamp told", "give those another organisation");
    assert!(said.starts_with(named) && said.contains(help), "{said}");
    assert!(harness.file("organisations.ron").contains("\"Harbour Lamp\""));
}

#[test]
fn marked_services_are_paused_together_and_compared() {
    let mut harness = Harness::sample();
    harness.press("/ripple group<enter><space><space>p");
    assert_eq!(harness.said(), "Ripple Group Poole and Ripple Group Weymouth paused");
    assert_eq!(harness.service("Ripple Group Poole").status, Status::Paused);
    harness.press("gg<space><space>v");
    assert_eq!(harness.said(), "Ripple Group Poole and Ripple Group Weymouth verified");
    harness.press("u");
    assert_eq!(harness.service("Ripple Group Poole").verified.unwrap().by.as_deref(), Some("RS"), "one undo for both");
    harness.press("ggc");
    assert!(harness.said().contains("mark two or three with space"), "{}", harness.said());
    harness.press("<space><space>c");
    let screen = harness.screen();
    assert!(screen.contains("01632 960805") && screen.contains("01632 960191"), "{screen}");
    harness.press("<esc>");
    assert!(harness.app.layers.is_empty() && harness.app.list().marks.len() == 2);
}

#[test]
fn from_a_gap_to_a_service_that_fills_it() {
    let mut harness = Harness::sample();
    harness.press("mm");
    assert!(harness.screen().contains("gap"), "{}", harness.screen());
    let gap = |app: &App| app.screens.services.gaps[app.screens.services.gap.0][app.screens.services.gap.1];
    let found = (0..harness.app.screens.services.gaps.len())
        .flat_map(|need| (0..harness.app.atlas.districts.len()).map(move |district| (need, district)))
        .find(|(need, district)| harness.app.screens.services.gaps[*need][*district].is_gap());
    let (need, district) = found.expect("the sample has gaps");
    harness.press(&"j".repeat(need)).press(&"l".repeat(district));
    assert!(gap(&harness.app).is_gap());
    harness.press("<enter>");
    assert!(harness.screen().contains("No service yet: "), "{}", harness.screen());
    harness.press("<esc>n");
    let (needs, serves) = (harness.typed("needs"), harness.typed("serves"));
    assert_eq!(
        (needs.as_str(), serves.as_str()),
        (Need::ALL[need].label(), &*harness.app.atlas.districts[district].name)
    );
    harness.press("A New Beginning<esc>D");
    assert_eq!(
        (harness.typed("needs"), harness.typed("serves")),
        (needs, serves),
        "the draft keeps what came with the cell"
    );
    harness.press("<ctrl-s>");
    assert_eq!(harness.said(), "A New Beginning added");
    assert!(!gap(&harness.app).is_gap(), "the matrix follows");
}

/// What nobody may read of the refuge, wherever it is.
const SECRETS: [&str; 6] = ["Secret Lane", "Wareham Gate", "BH20 9ZZ", "50.68", "-2.11", "Wareham G"];

/// A workspace with a refuge whose address is hidden, and a source that speaks of it.
fn refuge() -> Harness {
    let mut harness = Harness::sample();
    harness.press("nThe Quiet Door");
    harness.field("summary").press("A safe place.");
    harness.field("serves").press("Purbeck");
    harness.field("locations").press("Quiet Door | 7 Secret Lane | Wareham Gate | BH20 9ZZ | 50.6866, -2.1101");
    harness.field("hide_address").press("yes<ctrl-s>");
    assert_eq!(harness.said(), "The Quiet Door added");
    assert_eq!(harness.service("The Quiet Door").locations.len(), 1);
    harness
}

#[test]
fn a_hidden_address_is_shown_on_no_screen_at_any_size() {
    let mut harness = refuge();
    let mut seen = 0;
    let stories = [
        "/quiet door<enter>",
        "<enter>",
        "<esc>e",
        "<esc>m",
        "mmyyg",
        "g/quiet door|wren house refuge<esc>/purbeck<enter><ctrl-a><space>",
        "<esc><esc>/quiet<enter><space>/ wren refuge<enter><space>",
        "6/quiet<enter>",
    ];
    for story in stories {
        for key in harness::keys(story) {
            harness.event(Event::Key(key));
            for (columns, rows) in [(80, 24), (40, 12), (200, 60)] {
                harness.size(columns, rows);
                for look in [FINE, ASCII, PLAIN] {
                    let screen = harness.screen_in(look);
                    seen += 1;
                    for secret in SECRETS {
                        assert!(!screen.contains(secret), "{story}: {secret} is shown:\n{screen}");
                    }
                }
            }
        }
    }
    assert!(seen > 500);
    // Side by side, and copied.
    let ids: Vec<_> = ["The Quiet Door", "Wren House Refuge"].map(|name| id_of(&harness.saved(), name)).into();
    harness.press("1/<esc>");
    harness.app.list_mut().marks.extend(ids);
    harness.press("yyc");
    assert!(matches!(harness.app.layers.last(), Some(Layer::Compare(_))), "{}", harness.screen());
    let (screen, copied) = (harness.size(200, 60).screen(), harness.copied.join("\n"));
    assert!(screen.contains("address hidden") && copied.contains("The Quiet Door"), "{screen}\n{copied}");
    for secret in SECRETS {
        assert!(!screen.contains(secret) && !copied.contains(secret), "{secret}:\n{screen}\n{copied}");
    }
}

#[test]
fn a_hidden_address_survives_an_edit_in_the_form_and_in_the_editor() {
    let mut harness = refuge();
    harness.press("/quiet door<enter>e");
    harness.field("summary").press(" Day and night.<ctrl-s>");
    assert_eq!(harness.said(), "The Quiet Door changed: summary");
    harness.editor = |text| {
        assert!(!text.contains("Secret Lane"), "{text}");
        text.replace("Day and night", "Night and day")
    };
    harness.press("E");
    assert_eq!(harness.said(), "The Quiet Door changed: summary");
    let service = harness.service("The Quiet Door");
    assert_eq!(service.locations.len(), 1);
    assert_eq!(service.summary.as_deref(), Some("A safe place. Night and day."));
}

#[test]
fn an_address_the_editor_did_not_show_stays_when_it_is_no_longer_hidden() {
    let mut harness = refuge();
    harness.press("/quiet door<enter>");
    let id = id_of(&harness.saved(), "The Quiet Door");
    assert_eq!(harness.app.unseen_fields(id), [("locations", "address hidden")], "a line stands for it in the editor");
    harness.editor = |text| text.lines().filter(|line| !line.contains("hide_address")).collect::<Vec<_>>().join("\n");
    harness.press("E");
    let service = harness.service("The Quiet Door");
    assert_eq!((service.hide_address, service.locations.len()), (false, 1), "{}", harness.said());
}

#[test]
fn a_record_that_becomes_hidden_hides_in_an_open_form() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e");
    harness.field("locations");
    assert!(harness.screen().contains("Weymouth"), "{}", harness.screen());
    let id = id_of(&harness.saved(), "Shingle House");
    harness.colleague(|workspace, author| set(workspace, author, id, "hide_address", "yes"));
    assert!(!harness.screen().contains("Shingle House |"), "{}", harness.screen());
    harness.press("<ctrl-s>");
    assert!(!harness.service("Shingle House").locations.is_empty(), "hiding is not deleting");
}

#[test]
fn a_full_disk_is_said_tried_again_and_asked_about() {
    let mut harness = Harness::sample();
    harness.is_full = true;
    harness.press("/street nurse<enter>v");
    assert!(harness.said().contains("no space left"), "{}", harness.said());
    assert!(harness.screen().contains("NOT SAVED: ctrl-s tries again"), "{}", harness.screen());
    harness.press("q");
    assert!(!harness.has_quit && harness.screen().contains("Leave without saving?"), "{}", harness.screen());
    harness.press("<enter>");
    assert!(!harness.has_quit, "enter alone never throws anything away");
    harness.press("<esc><ctrl-s>");
    assert!(harness.screen().contains("NOT SAVED"), "{}", harness.screen());
    harness.is_full = false;
    harness.press("<ctrl-s>");
    assert!(!harness.screen().contains("NOT SAVED"), "{}", harness.screen());
    assert_eq!(harness.service("Street Nurse").verified.unwrap().on, today());
    harness.press("q");
    assert!(harness.has_quit);
}

#[test]
fn leaving_all_the_same_takes_a_word() {
    let mut harness = Harness::sample();
    harness.is_full = true;
    harness.press("/street nurse<enter>v<ctrl-c><ctrl-c>");
    assert_eq!(harness.app.layers.len(), 1, "asked once, not once a key");
    harness.press("yes<enter>");
    assert!(harness.has_quit);
}

#[test]
fn a_workspace_to_look_at_refuses_with_the_reason() {
    let options = Options { who: "KP".to_owned(), read_only: true, seed: 1, ..Options::default() };
    let mut harness = Harness::with(sample_dir(), options);
    assert!(harness.screen().contains("read-only"), "{}", harness.screen());
    for key in ["v", "n", "e", "d", "x", "p", "u", "E"] {
        harness.press(key);
        assert!(harness.said().starts_with("nothing can be changed here"), "{key}: {}", harness.said());
        assert!(harness.app.layers.is_empty(), "{key}");
    }
    harness.press("!");
    assert!(harness.screen().contains("--read-only"), "! says why:\n{}", harness.screen());
    harness.press("<esc>");
    let ready = folkmoot::app::command::all().filter(|command| (command.ready)(&harness.app).is_ok());
    let hints: Vec<_> = ready.filter(|command| !command.hint.is_empty()).map(|command| command.name).collect();
    assert!(!hints.contains(&"service.verify") && hints.contains(&"list.search"), "{hints:?}");
}

#[test]
fn the_palette_runs_a_command_by_name() {
    let mut harness = Harness::sample();
    harness.press("/street nurse<enter>:verify");
    assert!(harness.screen().contains("service.verify"), "{}", harness.screen());
    harness.press("<enter>");
    assert_eq!(harness.said(), "Street Nurse verified");
    harness.press(":no such thing");
    assert!(harness.screen().contains("no command is called so"), "{}", harness.screen());
    harness.press("<enter>");
    assert!(
        harness.screen().contains("no command is called so"),
        "what was mistyped can be mended: {}",
        harness.screen()
    );
    harness.press("<esc>");
    assert!(harness.app.layers.is_empty());
    harness.press(":about<enter>");
    assert!(harness.screen().contains("OS data © Crown copyright"), "whose maps these are:\n{}", harness.screen());
}

#[test]
fn the_palette_says_why_something_cannot_be_done() {
    let mut harness = Harness::sample();
    harness.press(":redo");
    assert!(harness.screen().contains("nothing to do again"), "{}", harness.screen());
    harness.press("<enter>");
    assert_eq!(harness.said(), "nothing to do again");
}

#[test]
fn help_works_inside_a_form_and_leads_back() {
    let mut harness = Harness::sample();
    harness.press("nThe Long Table<F1>");
    let screen = harness.screen();
    assert!(screen.contains("ctrl-s") && screen.contains("save the record"), "{screen}");
    harness.press("<esc>");
    assert_eq!(harness.typed("name"), "The Long Table");
    harness.press("<F1>save the<enter>");
    assert_eq!(harness.said(), "The Long Table added", "enter in help runs it");
}

#[test]
fn a_prefix_shows_how_it_goes_on() {
    let mut harness = Harness::sample();
    harness.press("jjjg");
    let last = harness.screen().lines().last().unwrap().to_owned();
    assert!(last.contains("g to the first"), "{last}");
    harness.press("g");
    assert_eq!(harness.app.list().cursor.at, 0);
    harness.press("gx");
    assert!(harness.said().is_empty() && harness.app.pressed.is_empty(), "a sequence that means nothing does nothing");
}

#[test]
fn pasted_lines_never_submit() {
    let mut harness = Harness::sample();
    harness.press("n").paste("The Long\nTable\n\n");
    assert_eq!(harness.typed("name"), "The Long Table");
    assert!(harness.app.layers.len() == 1, "the form is still open");
    harness.field("summary").paste("one\ntwo\u{1b}[31m\n");
    assert_eq!(harness.typed("summary"), "one\ntwo<U+001B>[31m\n");
    harness.press("<ctrl-s>/").paste("long\ntable\n");
    assert!(harness.app.list().is_searching && harness.app.list().input.text() == "long table", "{}", harness.screen());
    harness.press("<esc>:").paste("service.delete\n");
    assert!(matches!(harness.app.layers.last(), Some(Layer::Palette(_))));
    harness.press("<esc>").paste("dddd\nqqq\n");
    assert!(!harness.has_quit && harness.app.layers.is_empty(), "where no text is typed, pasted text is no keys");
    assert_eq!(harness.service("The Long Table").summary.as_deref(), Some("one\ntwo<U+001B>[31m"));
}

#[test]
fn a_filter_that_does_not_exist_is_said() {
    let mut harness = Harness::sample();
    harness.press("/town:poole night");
    assert!(harness.screen().contains("there is no filter \"town:\""), "{}", harness.screen());
    harness.press("<esc>/in:atlantis");
    assert!(harness.screen().contains("atlantis"), "{}", harness.screen());
    harness.press("<esc>/in:wey<tab>");
    assert_eq!(harness.app.list().input.text().trim_end(), "in:\"Weymouth and Portland\"");
}

#[test]
fn a_search_that_finds_nothing_says_what_one_word_less_would_find() {
    let mut harness = Harness::sample();
    harness.press("/hearth marram");
    let screen = harness.screen();
    assert!(screen.contains("nothing has every word; nearest:"), "{screen}");
    assert!(screen.contains("one word less finds "), "{screen}");
    harness.press("<esc>/mentor zzyzx");
    let screen = harness.screen();
    assert!(screen.contains("nothing here has zzyzx") && screen.contains("Hearth Mentors"), "{screen}");
}

#[test]
fn undoing_leaves_what_a_colleague_did_meanwhile() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>v");
    let id = id_of(&harness.saved(), "Shingle House");
    harness.colleague(|workspace, author| set(workspace, author, id, "cost", "rent, paid weekly"));
    harness.press("u");
    let service = harness.service("Shingle House");
    assert_eq!(service.verified.unwrap().on.to_string(), "2026-11-12", "the old check is back");
    assert_eq!(service.cost.as_deref(), Some("rent, paid weekly"));
}

#[test]
fn a_record_that_a_colleague_removed_is_not_lost_while_it_is_typed() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e");
    harness.field("cost").press("<ctrl-u>a pound a night");
    let id = id_of(&harness.saved(), "Shingle House");
    harness.colleague(|workspace, _| change::remove(workspace, &[id]));
    harness.press("<ctrl-s>keep<enter>");
    assert_eq!(harness.service("Shingle House").cost.as_deref(), Some("a pound a night"));
    assert_eq!(harness.service("Shingle House").phone.as_deref(), Some("01632 960107"), "all of it is back");
}

#[test]
fn among_the_gaps_nothing_unseen_is_changed() {
    let mut harness = Harness::sample();
    let before = harness.file("services.ron");
    harness.press("mm");
    for key in ["v", "d", "x", "p", "e", "y", "<space>", "<ctrl-a>"] {
        harness.press(key);
        assert!(harness.said().starts_with("no service is selected here"), "{key}: {}", harness.said());
    }
    harness.press("E");
    assert_eq!(harness.said(), "nothing is selected");
    assert!(harness.file("services.ron") == before && harness.copied.is_empty() && harness.app.layers.is_empty());
}

#[test]
fn a_page_that_comes_over_a_form_loses_nothing() {
    let mut harness = Harness::sample();
    harness.press("nThe Long Table");
    harness.event(Event::Finished(folkmoot::app::Finished {
        sentence: "128 services imported".to_owned(),
        change: None,
        page: Some(("What the import did".to_owned(), vec!["128 services".to_owned()])),
        failed: false,
    }));
    assert!(harness.screen().contains("What the import did"), "{}", harness.screen());
    harness.press("<esc>");
    assert_eq!(harness.typed("name"), "The Long Table");
    harness.event(Event::Finished(folkmoot::app::Finished {
        sentence: String::new(),
        change: None,
        page: Some(("Another".to_owned(), Vec::new())),
        failed: false,
    }));
    harness.press("6D");
    assert_eq!(harness.typed("name"), "The Long Table", "leaving for another screen keeps the draft");
}

#[test]
fn a_command_told_with_a_colon_does_just_that() {
    let mut harness = Harness::sample();
    harness.press(":new<enter>");
    assert!(harness.screen().contains("Begin a workspace"), "{}", harness.screen());
    harness.press("<esc>:about<enter>");
    assert!(harness.screen().contains("This workspace: /home/katy/dorset"), "{}", harness.screen());
}

#[test]
fn a_mistake_in_a_file_is_told_and_gone_when_mended() {
    let mut harness = Harness::sample();
    let good = harness.file("services.ron");
    std::fs::write(harness.path().join("services.ron"), good.replacen("name: ", "nmae: ", 1)).unwrap();
    harness.reload();
    assert!(harness.said().starts_with("services.ron:"), "{}", harness.said());
    harness.press("v");
    assert!(
        harness.screen().contains("NOT SAVED"),
        "a file with a mistake is never written over:\n{}",
        harness.screen()
    );
    assert!(harness.file("services.ron").contains("nmae: "));
    std::fs::write(harness.path().join("services.ron"), good).unwrap();
    harness.reload();
    harness.press("<ctrl-s>");
    assert!(!harness.screen().contains("NOT SAVED"), "{}", harness.screen());
}

// Laws ------------------------------------------------------------------------------------------------------------------

/// Every command by its keys, and some text; between them they reach everything.
fn anything() -> Vec<String> {
    let mut all: Vec<String> = command::all()
        .flat_map(|command| command.keys.iter())
        .map(|keys| format!("<{}>", keys.replace(' ', "><")))
        .collect();
    let words = ["mentor", "in:wey", "16-25", "fri", "yes", "KP", "é", "日", "Katy Pascoe", "~/x y", "women"];
    all.extend(words.iter().map(ToString::to_string));
    all.extend(["<left>", "<backspace>", "<ctrl-w>", "<right>", "<del>", "<alt-b>"].map(ToOwned::to_owned));
    all.sort();
    all.dedup();
    all
}

/// Commands that change records on the services and people screens.
fn changing() -> Vec<String> {
    let all = [
        "v",
        "p",
        "x",
        "d",
        "<space>",
        "j",
        "G",
        "<ctrl-a>",
        "<esc>",
        "nAnother<ctrl-s>",
        "e<tab><tab>Clinks<ctrl-s>",
        "e<ctrl-u>Renamed<ctrl-s>",
        "1/poole<enter>",
        "6/ch<enter>",
        "6oOther<ctrl-s>",
        "1",
        "6",
        "u",
        "U",
    ];
    all.map(ToOwned::to_owned).to_vec()
}

type Records = std::collections::BTreeMap<folkmoot::model::Id, folkmoot::model::AnyRecord>;

/// The records in which the two differ, by name.
fn differing(one: &Records, other: &Records) -> String {
    let ids: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
    let name = |id| one.get(id).or(other.get(id)).map_or_else(String::new, AnyRecord::title_alone);
    let differ = ids.into_iter().filter(|id| one.get(id) != other.get(id));
    differ.map(|id| format!("{id} {}", name(id))).collect::<Vec<_>>().join(", ")
}

/// Without a map nothing is on it, and every screen is drawn all the same.
#[test]
fn a_workspace_without_a_map_works() {
    let mut harness = Harness::sample();
    harness.app.atlas = std::sync::Arc::default();
    for keys in
        ["m", "<down>", "<right>", "m", "<down>", "<right>", "<enter>", "<esc>", "m", "/", "in:weymouth", "<enter>"]
    {
        harness.press(keys);
        for size in [(80, 24), (200, 60), (30, 8)] {
            harness.size(size.0, size.1);
            for look in [FINE, MONO, ASCII, PLAIN] {
                harness.buffer(look);
            }
        }
    }
    harness.size(80, 24);
    assert!(harness.screen().contains(" 9 of 67 "), "a town is found by its name: {}", harness.screen());
}

fn start() -> (Harness, Records) {
    let harness = Harness::sample();
    let workspace = unstamped(&harness.app.workspace);
    (harness, workspace)
}

/// A handful each time; `MOOT_CASES=500 cargo test --test session` for a long night.
fn cases() -> u32 {
    std::env::var("MOOT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    /// Undoing everything leads back to the start, doing it again leads forward, and the disk always agrees.
    #[test]
    fn undo_leads_back_and_redo_forward(story in prop::collection::vec(prop::sample::select(changing()), 1..14)) {
        let (mut harness, before) = start();
        for part in &story {
            harness.press(part);
            harness.app.layers.clear();
        }
        let after = unstamped(&harness.app.workspace);
        harness.press("1<esc><esc><esc>");
        let mut steps = 0;
        while harness.app.history.can_undo() {
            harness.press("u");
            steps += 1;
        }
        prop_assert_eq!(differing(&unstamped(&harness.app.workspace), &before), "");
        prop_assert_eq!(differing(&unstamped(&harness.saved()), &before), "", "on the disk");
        harness.press(&"U".repeat(steps));
        prop_assert_eq!(differing(&unstamped(&harness.app.workspace), &after), "");
        prop_assert_eq!(differing(&unstamped(&harness.saved()), &after), "", "on the disk");
        harness.press(&"u".repeat(steps));
        prop_assert_eq!(differing(&unstamped(&harness.app.workspace), &before), "");
    }

    /// A change and its inverse cancel out, and the inverse of the inverse is the change.
    #[test]
    fn an_inverse_is_one(which in 0usize..67, field in 0usize..26, typed in "[a-z, 0-9|-]{0,12}") {
        let (harness, _) = start();
        let mut workspace: Workspace = harness.app.workspace.clone();
        let record = &workspace.all(Kind::Service)[which % workspace.services.len()];
        let fields: Vec<_> = Kind::Service.editable_fields().collect();
        let info = fields[field % fields.len()];
        let author = folkmoot::model::Author { by: "KP".into(), at: harness.app.now, today: today() };
        if let Ok(change) = set(&workspace, &author, record.id(), info.name, &typed) {
            let before = workspace.clone();
            let inverse = workspace.apply(&change);
            let after = workspace.clone();
            let again = workspace.apply(&inverse);
            prop_assert_eq!(&workspace, &before);
            workspace.apply(&again);
            prop_assert_eq!(&workspace, &after);
        }
    }

    /// Whatever is pressed, in whatever state, at whatever size: the screen is drawn and the files read.
    #[test]
    fn nothing_panics(
        story in prop::collection::vec((prop::sample::select(anything()), 1u16..=200, 1u16..=60, any::<u8>()), 1..60),
    ) {
        let outcome = sweep(&story, folkmoot::ui::draw);
        prop_assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }
}

impl Harness {
    /// A colleague writes a note into some record.
    fn colleague_touches(&mut self) {
        self.colleague_if(|workspace, author| {
            let service = workspace.services.iter().next()?;
            set(workspace, author, service.id, "notes", &format!("seen at {}", author.at)).ok()
        });
    }
}

type Story = [(String, u16, u16, u8)];
type Draw = fn(&App, Theme, Rect, &mut Buffer) -> Option<Position>;

/// Presses the keys of a story, with sizes, colleagues and a full disk in between, and draws after each: every look at
/// the size it has, and sizes in which there is hardly any room. Says what is wrong; a drawing that panics, panics.
fn sweep(story: &Story, draw: Draw) -> Result<(), String> {
    let drawn = |harness: &Harness, look, (columns, rows)| {
        let area = Rect::new(0, 0, columns, rows);
        let mut buffer = Buffer::empty(area);
        let cursor = draw(&harness.app, look, area, &mut buffer);
        cursor.filter(|cursor| !area.contains(*cursor))
    };
    let (mut harness, _) = start();
    for (keys, columns, rows, dice) in story {
        harness.press(keys);
        match dice {
            0..=40 => drop(harness.size(*columns, *rows)),
            41..=44 => drop(harness.paste("two\nlines\u{202e}")),
            45..=47 => harness.event(Event::Woke),
            48..=50 => harness.colleague_touches(),
            51..=52 => harness.is_full = !harness.is_full,
            _ => {}
        }
        let size = harness.app.size;
        for (look, at) in
            [FINE, MONO, ASCII, PLAIN].map(|look| (look, size)).into_iter().chain(SMALL.map(|at| (FINE, at)))
        {
            harness.size(at.0, at.1);
            if let Some(cursor) = drawn(&harness, look, at) {
                return Err(format!("the cursor {cursor} is off the screen of {at:?} after {keys}"));
            }
        }
        harness.size(size.0, size.1);
    }
    if harness.app.problems.is_empty() {
        Ok(())
    } else {
        Err(format!("the files do not read: {:?}", harness.app.problems))
    }
}

const SMALL: [(u16, u16); 3] = [(1, 1), (30, 8), (29, 60)];

/// The sweep can fail: it finds a drawing that needs more room than it has, and one that puts the cursor off the screen,
/// each in a state that only some keys lead to.
#[test]
fn the_sweep_finds_a_drawing_that_is_broken() {
    let story = ["j", "n", "x"].map(|keys| (keys.to_owned(), 80, 24, 255));
    assert_eq!(sweep(&story, folkmoot::ui::draw), Ok(()));
    let beside: Draw = |app, look, area, buffer| {
        let cursor = folkmoot::ui::draw(app, look, area, buffer);
        cursor.map(|at| if app.layers.is_empty() { at } else { Position::new(at.x, area.bottom()) })
    };
    let found = sweep(&story, beside).unwrap_err();
    assert!(found.contains("off the screen") && found.ends_with("after n"), "{found}");
    let too_large: Draw = |app, look, area, buffer| {
        let cursor = folkmoot::ui::draw(app, look, area, buffer);
        if !app.layers.is_empty() {
            buffer[(29, 0)].reset(); // the thirtieth column, of which the smallest screens have none
        }
        cursor
    };
    let caught = std::panic::catch_unwind(|| sweep(&story, too_large)).unwrap_err();
    let said = caught.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(said.contains("outside of buffer"), "{said}");
}
