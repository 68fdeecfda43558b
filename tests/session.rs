//! The whole app, without a terminal: keys go in, the screen is read, and the files on the disk are looked at.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod desk;

use desk::{ASCII, Desk, FINE, MONO, PLAIN, id_of, sample_dir, set, today, unstamped};
use folkmoot::app::command;
use folkmoot::app::{App, Event, Layer, Options, Screen};
use folkmoot::model::choice::Choice;
use folkmoot::model::service::{Need, Status};
use folkmoot::model::{Kind, Workspace, change};
use proptest::prelude::*;

#[test]
fn a_call_is_answered_before_the_sentence_is_over() {
    let mut desk = Desk::sample();
    desk.press("/leavers hous portland");
    let screen = desk.screen();
    let first = screen.lines().nth(2).unwrap();
    assert!(first.contains("Prison Leavers' Housing Desk"), "{screen}");
    assert!(screen.contains("01632 960160"), "the number to ring is there without another key:\n{screen}");
    desk.press("<esc>/mentr yuong");
    assert!(desk.screen().lines().nth(2).unwrap().contains("Mentors for Young Adults"), "{}", desk.screen());
}

#[test]
fn a_fact_is_verified_undone_and_verified_again_across_screens() {
    let mut desk = Desk::sample();
    desk.press("/community chaplains<enter>v");
    assert_eq!(desk.said(), "Community Chaplains verified");
    let verified = desk.service("Community Chaplains").verified.unwrap();
    assert_eq!((verified.on, verified.by.as_deref()), (today(), Some("KP")));
    desk.press("6u");
    assert_eq!(desk.said(), "undone: Community Chaplains verified");
    assert_eq!(desk.app.screen, Screen::People);
    assert_eq!(desk.service("Community Chaplains").verified, None);
    desk.press("U");
    assert_eq!(desk.said(), "done again: Community Chaplains verified");
    assert!(desk.service("Community Chaplains").verified.is_some());
    desk.press("uu");
    assert_eq!(desk.said(), "nothing to undo");
}

#[test]
fn a_new_service_by_form_with_completion_and_mistakes_beside_the_field() {
    let mut desk = Desk::sample();
    desk.press("nDoor on the Latch");
    desk.field("organisation").press("harb");
    assert!(desk.screen().contains("harbour Lamp"), "the rest of the name is offered:\n{}", desk.screen());
    desk.press("<right><tab>");
    assert_eq!(desk.typed("organisation"), "harbour Lamp");
    desk.field("needs").press("accom<right>, men<right><tab>");
    assert_eq!(desk.typed("needs"), "accommodation, mental health");
    desk.field("ages").press("young<tab>");
    assert!(desk.screen().contains("write ages as 16-25, 18+ or -17"), "{}", desk.screen());
    desk.press("<ctrl-s>");
    assert_eq!(desk.said(), "one field needs another look");
    assert!(desk.screen().contains("New service"), "the form stays:\n{}", desk.screen());
    desk.press("<ctrl-u>16-25<ctrl-s>");
    assert_eq!(desk.said(), "Door on the Latch added");
    let service = desk.service("Door on the Latch");
    let saved = desk.saved();
    assert_eq!(service.organisation.unwrap().name(&saved), "Harbour Lamp");
    assert_eq!(service.needs.labels(), "accommodation, mental health");
    assert_eq!(service.updated.1.as_str(), "KP");
    assert!(desk.file("services.ron").contains("ages: (from: 16, to: 25)"));
    let selected = desk.app.selected().unwrap();
    assert_eq!(selected.name(), "Door on the Latch", "the cursor goes to what was added");
    desk.press("u");
    assert!(!desk.file("services.ron").contains("Door on the Latch"));
}

#[test]
fn a_form_without_a_name_says_so_and_stays() {
    let mut desk = Desk::sample();
    desk.press("n<ctrl-s>");
    assert_eq!(desk.said(), "the name is missing: give it one");
    assert!(matches!(desk.app.layers.last(), Some(Layer::Form(_))));
}

#[test]
fn what_was_typed_is_kept_on_esc_and_offered_back_another_day() {
    let mut desk = Desk::sample();
    desk.press("nThe Long Table<tab><tab>welc<right><esc>");
    assert!(desk.said().contains("The Long Table is kept: D takes it up again"), "{}", desk.said());
    assert!(desk.app.layers.is_empty());
    let mut desk = desk.restarted();
    assert!(desk.said().contains("The Long Table is kept: D takes it up again"), "{}", desk.said());
    desk.press("D");
    assert_eq!(
        (desk.typed("name"), desk.typed("organisation")),
        ("The Long Table".into(), "welcome Table Churches".into())
    );
    desk.press("<ctrl-s>");
    assert_eq!(desk.said(), "The Long Table added");
    assert!(desk.drafts.is_empty(), "a saved draft goes");
    assert_eq!(desk.restarted().said(), "");
}

#[test]
fn a_hang_up_keeps_what_is_typed() {
    let mut desk = Desk::sample();
    desk.press("nThe Long Table");
    desk.event(Event::Hangup);
    let mut desk = desk.restarted();
    desk.press("D");
    assert_eq!(desk.typed("name"), "The Long Table");
    desk.press("<ctrl-x>");
    assert!(desk.drafts.is_empty() && desk.typed("name").is_empty());
}

#[test]
fn a_colleague_changes_the_record_that_is_being_typed() {
    let mut desk = Desk::sample();
    desk.press("/shingle house<enter>e");
    desk.field("cost").press("<ctrl-u>a pound a night");
    let id = id_of(&desk.saved(), "Shingle House");
    desk.colleague(|workspace, author| {
        let mut record = workspace.get(id).unwrap();
        let on = folkmoot::model::Desk { workspace, today: today() };
        record.set("phone", "01632 960999", on).unwrap();
        record.set("cost", "rent, paid weekly", on).unwrap();
        change::put(workspace, record, author)
    });
    assert_eq!(desk.typed("phone"), "01632 960999", "a field nobody touched here follows");
    assert_eq!(desk.typed("cost"), "a pound a night", "what was typed stays");
    assert!(desk.screen().contains("a colleague wrote meanwhile: rent, paid weekly"), "{}", desk.screen());
    desk.press("<ctrl-s>");
    let service = desk.service("Shingle House");
    assert_eq!((service.phone.as_deref(), service.cost.as_deref()), (Some("01632 960999"), Some("a pound a night")));
}

#[test]
fn a_change_that_nobody_told_of_is_kept_when_saving() {
    let mut desk = Desk::sample();
    desk.press("/shingle house<enter>e");
    desk.field("cost").press("<ctrl-u>a pound a night");
    let id = id_of(&desk.saved(), "Shingle House");
    desk.colleague_unseen(|workspace, author| set(workspace, author, id, "phone", "01632 960999"));
    desk.press("<ctrl-s>");
    let service = desk.service("Shingle House");
    assert_eq!((service.phone.as_deref(), service.cost.as_deref()), (Some("01632 960999"), Some("a pound a night")));
    assert!(desk.screen().contains("01632 960999"), "the screen follows the disk:\n{}", desk.screen());
}

#[test]
fn somebody_unknown_is_asked_once_and_the_command_goes_on() {
    let options = Options { who: "wendy".to_owned(), seed: 9, ..Options::default() };
    let mut desk = Desk::with(sample_dir(), options);
    desk.press("/community chaplains<enter>v");
    assert!(desk.screen().contains("Who are you?"), "{}", desk.screen());
    desk.press("Wendy<enter>");
    assert!(desk.screen().contains("write your first name and surname"), "{}", desk.screen());
    desk.press(" Darling<enter>");
    assert_eq!(desk.said(), "Community Chaplains verified");
    let saved = desk.saved();
    let wendy = saved.people.get(id_of(&saved, "Wendy Darling")).unwrap();
    assert_eq!((wendy.initials.as_deref(), wendy.login.as_deref()), (Some("WD"), Some("wendy")));
    assert_eq!(desk.service("Community Chaplains").verified.unwrap().by.as_deref(), Some("WD"));
    let mut desk = desk.restarted();
    desk.press("/street nurse<enter>v");
    assert_eq!(desk.said(), "Street Nurse verified", "nobody is asked twice");
}

#[test]
fn the_first_person_of_a_new_workspace_can_begin_at_once() {
    let mut desk = Desk::empty();
    assert!(desk.screen().contains("No services yet. Press n to add the first one"), "{}", desk.screen());
    desk.press("n");
    assert!(desk.screen().contains("Who are you?"), "{}", desk.screen());
    desk.press("Katy Pascoe<enter>Nightstop<ctrl-s>");
    assert_eq!(desk.said(), "Nightstop added");
    assert_eq!(desk.service("Nightstop").updated.1.as_str(), "KP");
}

#[test]
fn an_organisation_that_is_named_is_not_deleted() {
    let mut desk = Desk::sample();
    desk.press("6/harbour lamp<enter>d");
    assert!(
        desk.said().starts_with("Harbour Lamp is still named by Harbour Lamp Night Shelter, Harbour Lamp Day Room"),
        "{}",
        desk.said()
    );
    assert!(desk.file("organisations.ron").contains("\"Harbour Lamp\""));
}

#[test]
fn marked_services_are_paused_together_and_compared() {
    let mut desk = Desk::sample();
    desk.press("/ripple group<enter><space><space>p");
    assert_eq!(desk.said(), "Ripple Group Poole and Ripple Group Weymouth paused");
    assert_eq!(desk.service("Ripple Group Poole").status, Status::Paused);
    desk.press("gg<space><space>v");
    assert_eq!(desk.said(), "Ripple Group Poole and Ripple Group Weymouth verified");
    desk.press("u");
    assert_eq!(desk.service("Ripple Group Poole").verified.unwrap().by.as_deref(), Some("RS"), "one undo for both");
    desk.press("ggc");
    assert!(desk.said().contains("mark two or three services with space"), "{}", desk.said());
    desk.press("<space><space>c");
    let screen = desk.screen();
    assert!(screen.contains("01632 960805") && screen.contains("01632 960191"), "{screen}");
    desk.press("<esc>");
    assert!(desk.app.layers.is_empty() && desk.app.services.marks.len() == 2);
}

#[test]
fn from_a_gap_to_a_service_that_fills_it() {
    let mut desk = Desk::sample();
    desk.press("mm");
    assert!(desk.screen().contains("gap"), "{}", desk.screen());
    let gap = |app: &App| app.services.gaps[app.services.gap.0][app.services.gap.1];
    let found = (0..desk.app.services.gaps.len())
        .flat_map(|need| (0..desk.app.atlas.districts.len()).map(move |district| (need, district)))
        .find(|(need, district)| desk.app.services.gaps[*need][*district].is_gap());
    let (need, district) = found.expect("the sample has gaps");
    desk.press(&"j".repeat(need)).press(&"l".repeat(district));
    assert!(gap(&desk.app).is_gap());
    desk.press("<enter>");
    assert!(desk.said().starts_with("nobody meets "), "{}", desk.said());
    desk.press("mmn");
    let (needs, serves) = (desk.typed("needs"), desk.typed("serves"));
    assert_eq!((needs.as_str(), serves.as_str()), (Need::ALL[need].label(), &*desk.app.atlas.districts[district].name));
    desk.press("A New Beginning<esc>D");
    assert_eq!((desk.typed("needs"), desk.typed("serves")), (needs, serves), "the draft keeps what came with the cell");
    desk.press("<ctrl-s>");
    assert_eq!(desk.said(), "A New Beginning added");
    assert!(!gap(&desk.app).is_gap(), "the matrix follows");
}

/// What nobody may read of the refuge, wherever it is.
const SECRETS: [&str; 6] = ["Secret Lane", "Wareham Gate", "BH20 9ZZ", "50.68", "-2.11", "Wareham G"];

/// A workspace with a refuge whose address is hidden, and a source that speaks of it.
fn refuge() -> Desk {
    let mut desk = Desk::sample();
    desk.press("nThe Quiet Door");
    desk.field("summary").press("A safe place.");
    desk.field("serves").press("Purbeck");
    desk.field("locations").press("Quiet Door | 7 Secret Lane | Wareham Gate | BH20 9ZZ | 50.6866, -2.1101");
    desk.field("hide_address").press("yes<ctrl-s>");
    assert_eq!(desk.said(), "The Quiet Door added");
    assert_eq!(desk.service("The Quiet Door").locations.len(), 1);
    desk
}

#[test]
fn a_hidden_address_is_shown_on_no_screen_at_any_size() {
    let mut desk = refuge();
    let mut seen = 0;
    let stories = [
        "/quiet door<enter>",
        "<enter>",
        "<esc>e",
        "<esc>m",
        "mmyg",
        "g/quiet door|wren house refuge<esc>/purbeck<enter><ctrl-a><space>",
        "<esc><esc>/quiet<enter><space>/ wren refuge<enter><space>",
        "6/quiet<enter>",
    ];
    for story in stories {
        for key in desk::keys(story) {
            desk.event(Event::Key(key));
            for (columns, rows) in [(80, 24), (40, 12), (200, 60)] {
                desk.size(columns, rows);
                for look in [FINE, ASCII, PLAIN] {
                    let screen = desk.screen_in(look);
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
    let ids: Vec<_> = ["The Quiet Door", "Wren House Refuge"].map(|name| id_of(&desk.saved(), name)).into();
    desk.press("1");
    desk.app.services.marks.extend(ids);
    desk.press("yc");
    assert!(matches!(desk.app.layers.last(), Some(Layer::Compare(_))), "{}", desk.screen());
    let (screen, copied) = (desk.size(200, 60).screen(), desk.copied.join("\n"));
    assert!(screen.contains("address hidden") && copied.contains("The Quiet Door"), "{screen}\n{copied}");
    for secret in SECRETS {
        assert!(!screen.contains(secret) && !copied.contains(secret), "{secret}:\n{screen}\n{copied}");
    }
}

#[test]
fn a_hidden_address_survives_an_edit_in_the_form_and_in_the_editor() {
    let mut desk = refuge();
    desk.press("/quiet door<enter>e");
    desk.field("summary").press(" Day and night.<ctrl-s>");
    assert_eq!(desk.said(), "The Quiet Door changed: summary");
    desk.editor = |text| {
        assert!(!text.contains("Secret Lane"), "{text}");
        text.replace("Day and night", "Night and day")
    };
    desk.press("E");
    assert_eq!(desk.said(), "The Quiet Door changed: summary");
    let service = desk.service("The Quiet Door");
    assert_eq!(service.locations.len(), 1);
    assert_eq!(service.summary.as_deref(), Some("A safe place. Night and day."));
}

#[test]
fn a_record_that_becomes_hidden_hides_in_an_open_form() {
    let mut desk = Desk::sample();
    desk.press("/shingle house<enter>e");
    desk.field("locations");
    assert!(desk.screen().contains("Weymouth"), "{}", desk.screen());
    let id = id_of(&desk.saved(), "Shingle House");
    desk.colleague(|workspace, author| set(workspace, author, id, "hide_address", "yes"));
    assert!(!desk.screen().contains("Shingle House |"), "{}", desk.screen());
    desk.press("<ctrl-s>");
    assert!(!desk.service("Shingle House").locations.is_empty(), "hiding is not deleting");
}

#[test]
fn a_full_disk_is_said_tried_again_and_asked_about() {
    let mut desk = Desk::sample();
    desk.is_full = true;
    desk.press("/street nurse<enter>v");
    assert!(desk.said().contains("no space left"), "{}", desk.said());
    assert!(desk.screen().contains("NOT SAVED: ctrl-s tries again"), "{}", desk.screen());
    desk.press("q");
    assert!(!desk.has_quit && desk.screen().contains("Leave without saving?"), "{}", desk.screen());
    desk.press("<enter>");
    assert!(!desk.has_quit, "enter alone never throws anything away");
    desk.press("<esc><ctrl-s>");
    assert!(desk.screen().contains("NOT SAVED"), "{}", desk.screen());
    desk.is_full = false;
    desk.press("<ctrl-s>");
    assert!(!desk.screen().contains("NOT SAVED"), "{}", desk.screen());
    assert_eq!(desk.service("Street Nurse").verified.unwrap().on, today());
    desk.press("q");
    assert!(desk.has_quit);
}

#[test]
fn leaving_all_the_same_takes_a_word() {
    let mut desk = Desk::sample();
    desk.is_full = true;
    desk.press("/street nurse<enter>v<ctrl-c><ctrl-c>");
    assert_eq!(desk.app.layers.len(), 1, "asked once, not once a key");
    desk.press("yes<enter>");
    assert!(desk.has_quit);
}

#[test]
fn a_workspace_to_look_at_refuses_with_the_reason() {
    let options = Options { who: "KP".to_owned(), read_only: true, seed: 1, ..Options::default() };
    let mut desk = Desk::with(sample_dir(), options);
    assert!(desk.screen().contains("read-only"), "{}", desk.screen());
    for key in ["v", "n", "e", "d", "x", "p", "u", "E"] {
        desk.press(key);
        assert!(desk.said().starts_with("nothing can be changed here"), "{key}: {}", desk.said());
        assert!(desk.app.layers.is_empty(), "{key}");
    }
    desk.press("!");
    assert!(desk.screen().contains("--read-only"), "! says why:\n{}", desk.screen());
    desk.press("<esc>");
    let ready = folkmoot::app::command::all().filter(|command| (command.ready)(&desk.app).is_ok());
    let hints: Vec<_> = ready.filter(|command| !command.hint.is_empty()).map(|command| command.name).collect();
    assert!(!hints.contains(&"service.verify") && hints.contains(&"service.search"), "{hints:?}");
}

#[test]
fn the_palette_runs_a_command_by_name() {
    let mut desk = Desk::sample();
    desk.press("/street nurse<enter>:verify");
    assert!(desk.screen().contains("service.verify"), "{}", desk.screen());
    desk.press("<enter>");
    assert_eq!(desk.said(), "Street Nurse verified");
    desk.press(":no such thing");
    assert!(desk.screen().contains("no command is called so"), "{}", desk.screen());
    desk.press("<enter>");
    assert!(desk.app.layers.is_empty());
    desk.press(":about<enter>");
    assert!(desk.screen().contains("OS data © Crown copyright"), "whose maps these are:\n{}", desk.screen());
}

#[test]
fn the_palette_says_why_something_cannot_be_done() {
    let mut desk = Desk::sample();
    desk.press(":redo");
    assert!(desk.screen().contains("nothing to do again"), "{}", desk.screen());
    desk.press("<enter>");
    assert_eq!(desk.said(), "nothing to do again");
}

#[test]
fn help_works_inside_a_form_and_leads_back() {
    let mut desk = Desk::sample();
    desk.press("nThe Long Table<F1>");
    let screen = desk.screen();
    assert!(screen.contains("ctrl-s") && screen.contains("save the record"), "{screen}");
    desk.press("<esc>");
    assert_eq!(desk.typed("name"), "The Long Table");
    desk.press("<F1>save the<enter>");
    assert_eq!(desk.said(), "The Long Table added", "enter in help runs it");
}

#[test]
fn a_prefix_shows_how_it_goes_on() {
    let mut desk = Desk::sample();
    desk.press("jjjg");
    let last = desk.screen().lines().last().unwrap().to_owned();
    assert!(last.contains("g to the first"), "{last}");
    desk.press("g");
    assert_eq!(desk.app.services.cursor.at, 0);
    desk.press("gx");
    assert!(desk.said().is_empty() && desk.app.pressed.is_empty(), "a sequence that means nothing does nothing");
}

#[test]
fn pasted_lines_never_submit() {
    let mut desk = Desk::sample();
    desk.press("n").paste("The Long\nTable\n\n");
    assert_eq!(desk.typed("name"), "The Long Table");
    assert!(desk.app.layers.len() == 1, "the form is still open");
    desk.field("summary").paste("one\ntwo\u{1b}[31m\n");
    assert_eq!(desk.typed("summary"), "one\ntwo<U+001B>[31m\n");
    desk.press("<ctrl-s>/").paste("long\ntable\n");
    assert!(desk.app.services.searching && desk.app.services.line.text() == "long table", "{}", desk.screen());
    desk.press("<esc>:").paste("service.delete\n");
    assert!(matches!(desk.app.layers.last(), Some(Layer::Palette(_))));
    desk.press("<esc>").paste("dddd\nqqq\n");
    assert!(!desk.has_quit && desk.app.layers.is_empty(), "where no text is typed, pasted text is no keys");
    assert_eq!(desk.service("The Long Table").summary.as_deref(), Some("one\ntwo<U+001B>[31m"));
}

#[test]
fn a_filter_that_does_not_exist_is_said() {
    let mut desk = Desk::sample();
    desk.press("/town:poole night");
    assert!(desk.screen().contains("there is no filter \"town:\""), "{}", desk.screen());
    desk.press("<esc>/in:atlantis");
    assert!(desk.screen().contains("atlantis"), "{}", desk.screen());
    desk.press("<esc>/in:wey<tab>");
    assert_eq!(desk.app.services.line.text().trim_end(), "in:\"Weymouth and Portland\"");
}

#[test]
fn a_search_that_finds_nothing_says_what_one_word_less_would_find() {
    let mut desk = Desk::sample();
    desk.press("/mentor xyzzyqqq zzyzx");
    let screen = desk.screen();
    assert!(screen.contains("nearest") || screen.contains("One word less"), "{screen}");
}

#[test]
fn undoing_leaves_what_a_colleague_did_meanwhile() {
    let mut desk = Desk::sample();
    desk.press("/shingle house<enter>v");
    let id = id_of(&desk.saved(), "Shingle House");
    desk.colleague(|workspace, author| set(workspace, author, id, "cost", "rent, paid weekly"));
    desk.press("u");
    let service = desk.service("Shingle House");
    assert_eq!(service.verified.unwrap().on.to_string(), "2026-11-12", "the old check is back");
    assert_eq!(service.cost.as_deref(), Some("rent, paid weekly"));
}

#[test]
fn a_record_that_a_colleague_removed_is_not_lost_while_it_is_typed() {
    let mut desk = Desk::sample();
    desk.press("/shingle house<enter>e");
    desk.field("cost").press("<ctrl-u>a pound a night");
    let id = id_of(&desk.saved(), "Shingle House");
    desk.colleague(|workspace, _| change::remove(workspace, &[id]));
    desk.press("<ctrl-s>");
    assert_eq!(desk.service("Shingle House").cost.as_deref(), Some("a pound a night"));
    assert_eq!(desk.service("Shingle House").phone.as_deref(), Some("01632 960107"), "all of it is back");
}

#[test]
fn among_the_gaps_nothing_unseen_is_changed() {
    let mut desk = Desk::sample();
    let before = desk.file("services.ron");
    desk.press("mm");
    for key in ["v", "d", "x", "p", "e", "y", "<space>", "<ctrl-a>"] {
        desk.press(key);
        assert!(desk.said().starts_with("no service is selected here"), "{key}: {}", desk.said());
    }
    desk.press("E");
    assert_eq!(desk.said(), "nothing is selected");
    assert!(desk.file("services.ron") == before && desk.copied.is_empty() && desk.app.layers.is_empty());
}

#[test]
fn a_page_that_comes_over_a_form_loses_nothing() {
    let mut desk = Desk::sample();
    desk.press("nThe Long Table");
    desk.event(Event::Finished(folkmoot::app::Finished {
        sentence: "128 services imported".to_owned(),
        change: None,
        page: Some(("What the import did".to_owned(), vec!["128 services".to_owned()])),
        failed: false,
    }));
    assert!(desk.screen().contains("What the import did"), "{}", desk.screen());
    desk.press("<esc>");
    assert_eq!(desk.typed("name"), "The Long Table");
    desk.event(Event::Finished(folkmoot::app::Finished {
        sentence: String::new(),
        change: None,
        page: Some(("Another".to_owned(), Vec::new())),
        failed: false,
    }));
    desk.press("6D");
    assert_eq!(desk.typed("name"), "The Long Table", "leaving for another screen keeps the draft");
}

#[test]
fn a_command_told_with_a_colon_does_just_that() {
    let mut desk = Desk::sample();
    desk.press(":new<enter>");
    assert!(desk.screen().contains("Begin a workspace"), "{}", desk.screen());
    desk.press("<esc>:about<enter>");
    assert!(desk.screen().contains("This workspace: /home/katy/dorset"), "{}", desk.screen());
}

#[test]
fn a_mistake_in_a_file_is_told_and_gone_when_mended() {
    let mut desk = Desk::sample();
    let good = desk.file("services.ron");
    std::fs::write(desk.path().join("services.ron"), good.replacen("name: ", "nmae: ", 1)).unwrap();
    desk.look();
    assert!(desk.said().starts_with("services.ron:"), "{}", desk.said());
    desk.press("v");
    assert!(desk.screen().contains("NOT SAVED"), "a file with a mistake is never written over:\n{}", desk.screen());
    assert!(desk.file("services.ron").contains("nmae: "));
    std::fs::write(desk.path().join("services.ron"), good).unwrap();
    desk.look();
    desk.press("<ctrl-s>");
    assert!(!desk.screen().contains("NOT SAVED"), "{}", desk.screen());
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
    let name = |id| one.get(id).or(other.get(id)).map_or("", |record| record.name());
    let differ = ids.into_iter().filter(|id| one.get(id) != other.get(id));
    differ.map(|id| format!("{id} {}", name(id))).collect::<Vec<_>>().join(", ")
}

fn start() -> (Desk, Records) {
    let desk = Desk::sample();
    let workspace = unstamped(&desk.app.workspace);
    (desk, workspace)
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
        let (mut desk, before) = start();
        for part in &story {
            desk.press(part);
            desk.app.layers.clear();
        }
        let after = unstamped(&desk.app.workspace);
        desk.press("1<esc><esc><esc>");
        let mut steps = 0;
        while desk.app.history.can_undo() {
            desk.press("u");
            steps += 1;
        }
        prop_assert_eq!(differing(&unstamped(&desk.app.workspace), &before), "");
        prop_assert_eq!(differing(&unstamped(&desk.saved()), &before), "", "on the disk");
        desk.press(&"U".repeat(steps));
        prop_assert_eq!(differing(&unstamped(&desk.app.workspace), &after), "");
        prop_assert_eq!(differing(&unstamped(&desk.saved()), &after), "", "on the disk");
        desk.press(&"u".repeat(steps));
        prop_assert_eq!(differing(&unstamped(&desk.app.workspace), &before), "");
    }

    /// A change and its inverse cancel out, and the inverse of the inverse is the change.
    #[test]
    fn an_inverse_is_one(which in 0usize..67, field in 0usize..26, typed in "[a-z, 0-9|-]{0,12}") {
        let (desk, _) = start();
        let mut workspace: Workspace = desk.app.workspace.clone();
        let record = &workspace.all(Kind::Service)[which % workspace.services.len()];
        let info = Kind::Service.fields()[field % Kind::Service.fields().len()];
        let author = folkmoot::model::Author { by: "KP".into(), at: desk.app.now, today: today() };
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
        let (mut desk, _) = start();
        for (keys, columns, rows, dice) in &story {
            desk.press(keys);
            match dice {
                0..=40 => drop(desk.size(*columns, *rows)),
                41..=44 => drop(desk.paste("two\nlines\u{202e}")),
                45..=47 => desk.event(Event::Woke),
                48..=50 => desk.colleague_touches(),
                51..=52 => desk.is_full = !desk.is_full,
                _ => {}
            }
            for look in [FINE, MONO, ASCII, PLAIN] {
                let (buffer, cursor) = desk.buffer(look);
                if let Some(cursor) = cursor {
                    prop_assert!(buffer.area.contains(cursor), "the cursor {cursor} is off the screen after {keys}");
                }
            }
            for size in [(1, 1), (30, 8), (29, 60)] {
                let old = desk.app.size;
                desk.size(size.0, size.1);
                desk.screen();
                desk.size(old.0, old.1);
            }
        }
        prop_assert!(desk.app.problems.is_empty(), "{:?}", desk.app.problems);
    }
}

impl Desk {
    /// A colleague writes a note into some record.
    fn colleague_touches(&mut self) {
        self.colleague_if(|workspace, author| {
            let service = workspace.services.iter().next()?;
            set(workspace, author, service.id, "notes", &format!("seen at {}", author.at)).ok()
        });
    }
}

/// The sweep above can fail: a screen that is drawn into less room than it is told of does panic.
#[test]
#[should_panic(expected = "outside")]
fn the_sweep_would_notice() {
    use ratatui::buffer::Buffer;
    let desk = Desk::sample();
    let mut small = Buffer::empty(ratatui::layout::Rect::new(0, 0, 10, 2));
    folkmoot::ui::draw(&desk.app, FINE, ratatui::layout::Rect::new(0, 0, 80, 24), &mut small);
    let _ = &small[(50, 20)];
}
