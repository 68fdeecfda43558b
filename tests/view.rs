//! Commands act on what is in view; the matrix of gaps and the list it opens agree; undo shows what it undid; a colleague's
//! removal loses nothing of what is typed; help says everything.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::collections::BTreeSet;

use folkmoot::app::Layer;
use folkmoot::app::screen::ScreenId;
use folkmoot::app::services::View;
use folkmoot::model::choice::Choice;
use folkmoot::model::service::{Location, Need, Status};
use folkmoot::model::{Id, Service, Workspace, change, gaps};
use harness::{Harness, id_of};
use proptest::prelude::*;

#[test]
fn in_an_open_record_commands_act_on_it_and_not_on_marks_behind_it() {
    let mut harness = Harness::sample();
    harness.press("/ripple group<enter><space><space>");
    harness.press("/<ctrl-u>street nurse<enter><enter>p");
    assert_eq!(harness.said(), "Street Nurse paused; 2 that are marked are out of view and stay as before");
    assert_eq!(harness.service("Ripple Group Poole").status, Status::Active);
    harness.press("<esc>");
    assert!(harness.screen().contains("2 marked, 0 in view"), "{}", harness.screen());
}

#[test]
fn marks_out_of_view_are_said_and_left_alone() {
    let mut harness = Harness::sample();
    harness.press("/ripple group<enter><space><space>/<ctrl-u>ripple group poole<enter>");
    let in_view = harness.app.list().marks_in_view().len();
    if in_view == 2 {
        harness.press("/<ctrl-u>'poole 'ripple<enter>");
    }
    assert!(harness.screen().contains("2 marked, 1 in view"), "{}", harness.screen());
    harness.press("p");
    assert_eq!(harness.said(), "Ripple Group Poole paused; 1 that is marked is out of view and stay as before");
    assert_eq!(harness.service("Ripple Group Weymouth").status, Status::Active);
    assert_eq!(harness.app.list().marks.len(), 1, "that mark stays");
    harness.press("c");
    assert!(harness.said().contains("mark two or three"), "{}", harness.said());
}

#[test]
fn one_field_of_all_that_are_marked_is_edited_and_said_before() {
    let mut harness = Harness::sample();
    harness.press("/ripple group<enter><space><space>e");
    assert!(harness.screen().contains("Fields:"), "{}", harness.screen());
    harness.press("state");
    assert!(harness.screen().contains("State: write a colon and the value"), "{}", harness.screen());
    harness.press(": asleep");
    assert!(!harness.screen().contains("2 services"), "{}", harness.screen());
    harness.press("<ctrl-u>state: paused");
    assert!(harness.screen().contains("2 services: State -> paused"), "{}", harness.screen());
    assert_eq!(harness.service("Ripple Group Poole").status, Status::Active, "said, not done");
    harness.press("<enter>");
    assert_eq!(harness.said(), "2 services: State -> paused");
    for name in ["Ripple Group Poole", "Ripple Group Weymouth"] {
        assert_eq!(harness.service(name).status, Status::Paused);
    }
    harness.press("u");
    assert_eq!(harness.service("Ripple Group Weymouth").status, Status::Active, "one undo for both");
    harness.press("<ctrl-a>E");
    assert!(harness.said().contains("the editor takes one record"), "{}", harness.said());
}

#[test]
fn removing_says_how_it_comes_back() {
    let mut harness = Harness::sample();
    harness.press("/street nurse<enter>d");
    assert_eq!(harness.said(), "Street Nurse removed; u brings it back");
    harness.press("u");
    assert_eq!(harness.said(), "undone: Street Nurse removed");
    assert_eq!(harness.app.selected().unwrap().title_alone(), "Street Nurse");
}

/// The cells of the matrix of the open program, and what the list of each holds.
fn cells(harness: &mut Harness) -> Vec<(gaps::GapCell, BTreeSet<Id>)> {
    harness.press("mm");
    let matrix = harness.app.screens.services.gaps.clone();
    let mut found = Vec::new();
    for (need, row) in matrix.iter().enumerate() {
        for (district, cell) in row.iter().enumerate() {
            harness.app.screens.services.gap = (need, district);
            harness.press("<enter>");
            found.push((*cell, harness.app.list().rows.iter().map(|row| row.id).collect()));
            harness.press("<esc>");
            assert_eq!(harness.app.screens.services.view, View::Gaps, "esc returns");
            assert_eq!(harness.app.screens.services.gap, (need, district), "to the cell");
        }
    }
    found
}

fn assert_equal(cells: &[(gaps::GapCell, BTreeSet<Id>)], workspace: &Workspace, harness: &Harness) {
    for (at, (cell, listed)) in cells.iter().enumerate() {
        assert_eq!(cell.all as usize, listed.len(), "cell {at}: {cell:?} and {listed:?}");
        let (need, district) = (at / harness.app.atlas.districts.len(), at % harness.app.atlas.districts.len());
        let of = |id: &Id| workspace.services.get(*id).unwrap();
        assert!(listed.iter().all(|id| of(id).needs.iter().any(|one| one == Need::ALL[need])));
        let sides = |id: &Id| gaps::districts_of(of(id), &harness.app.atlas);
        let serving = listed.iter().filter(|id| sides(id).0.has(district)).count();
        assert_eq!(cell.serves as usize, serving);
        assert!(cell.located as usize <= listed.len() && cell.verified as usize <= listed.len());
    }
}

#[test]
fn the_count_of_a_cell_and_its_list_are_the_same_set() {
    let mut harness = Harness::sample();
    let cells = cells(&mut harness);
    assert!(
        cells.len() > 100 && cells.iter().any(|(cell, _)| cell.is_gap()) && cells.iter().any(|(cell, _)| cell.all > 3)
    );
    assert_equal(&cells, &harness.saved(), &harness);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_count_of_a_cell_and_its_list_are_the_same_set_anywhere(
        services in prop::collection::vec(
            (
                prop::collection::btree_set(0_usize..15, 0..4),
                prop::collection::vec(prop::sample::select(vec!["Purbeck", "West Dorset", "Dorset", "Poole", "Weymouth & Portland", "Mars"]), 0..3),
                prop::option::of((50.5_f64..51.1, -3.0_f64..-1.6)),
                0_usize..5,
                any::<bool>(),
                prop::option::of(prop::sample::select(vec!["Weymouth", "Poole", "Swanage"])),
            ),
            1..30,
        ),
    ) {
        let mut harness = Harness::empty();
        harness.press("nKaty Pascoe<enter>"); // says who she is
        harness.press("<esc>");
        let statuses = Status::ALL;
        for (number, (needs, serves, point, status, is_hidden, town)) in (0_u32..).zip(services) {
            let point = point.map(|(lat, lon)| folkmoot::model::place::Point(lat, lon));
            let service = Service {
                id: Id::from_number('S', number, 4),
                name: format!("Service {number}").as_str().into(),
                needs: needs.into_iter().map(|at| Need::ALL[at]).collect(),
                serves: serves.into_iter().map(Into::into).collect(),
                locations: vec![Location { point, town: town.map(Into::into), ..Location::default() }],
                status: statuses[status % statuses.len()],
                hide_address: is_hidden,
                ..Service::default()
            };
            harness.colleague_if(|workspace, author| change::put(workspace, service.into(), author).ok());
        }
        let cells = cells(&mut harness);
        for (cell, listed) in &cells {
            prop_assert_eq!(cell.all as usize, listed.len());
        }
    }
}

#[test]
fn a_new_service_of_an_empty_cell_begins_with_its_need_and_place() {
    for in_list in [false, true] {
        let mut harness = Harness::sample();
        harness.press("mm");
        let matrix = &harness.app.screens.services.gaps;
        let at = (0..matrix.len()).flat_map(|need| (0..matrix[0].len()).map(move |district| (need, district)));
        let (need, district) = at.clone().find(|(need, district)| matrix[*need][*district].is_gap()).unwrap();
        harness.app.screens.services.gap = (need, district);
        let name = harness.app.atlas.districts[district].name.to_string();
        if in_list {
            harness.press("<enter>");
            let said = format!("No service yet: {} in {name}", Need::ALL[need].label());
            assert!(harness.screen().contains(&said), "{said}:\n{}", harness.screen());
        }
        harness.press("n");
        assert_eq!((harness.typed("needs"), harness.typed("serves")), (Need::ALL[need].label().to_owned(), name));
        harness.press("Door on the Latch<ctrl-s>");
        assert_eq!(harness.said(), "Door on the Latch added");
        harness.press("<esc>");
        assert_eq!(harness.app.screens.services.view, if in_list { View::Gaps } else { View::List });
    }
}

#[test]
fn a_loose_gap_opens_the_services_of_its_need_in_its_district() {
    let mut harness = Harness::sample();
    harness.press("0");
    let lines = &harness.app.screens.today.lines;
    let at = lines.iter().position(|line| line.text.contains("gaps in the services map"));
    harness.app.screens.today.cursor.at = at.unwrap_or_else(|| panic!("{}", harness.screen()));
    harness.press("<enter>");
    let said = harness.app.screens.today.lines[harness.app.screens.today.cursor.at].text.clone();
    let wanted = said.strip_suffix(": no service").unwrap_or_else(|| panic!("{said}")).to_owned();
    harness.press("<enter>");
    assert_eq!(harness.app.screen, ScreenId::Services);
    assert!(harness.screen().contains(&format!("/ {wanted}")), "need and district:\n{}", harness.screen());
    assert!(harness.app.list().rows.is_empty(), "it is a gap");
    harness.press("<esc>");
    assert_eq!(harness.app.screens.services.view, View::Gaps, "the cell in the matrix");
}

#[test]
fn undo_puts_the_cursor_where_the_change_was() {
    let mut harness = Harness::sample();
    harness.press("/street nurse<enter>v<esc>G");
    let last = harness.app.selected().unwrap().title_alone();
    assert_ne!(last, "Street Nurse");
    harness.press("u");
    assert_eq!(harness.app.selected().unwrap().title_alone(), "Street Nurse");
    harness.press("ggU");
    assert_eq!(harness.app.selected().unwrap().title_alone(), "Street Nurse", "redo as well");
    harness.press("/zzzz<enter>u");
    assert_eq!(harness.app.selected().unwrap().title_alone(), "Street Nurse", "a search that hides it is cleared");
    harness.press("6U");
    assert_eq!(harness.said(), "done again: Street Nurse verified, on Services");
}

#[test]
fn what_a_colleague_removes_while_it_is_edited_is_said_and_saving_asks() {
    let begin = || {
        let mut harness = Harness::sample();
        harness.press("/street nurse<enter>e");
        harness.field("cost").press("<ctrl-u>a pound a night");
        let id = id_of(&harness.saved(), "Street Nurse");
        harness.colleague(|workspace, _| change::remove(workspace, &[id]));
        assert!(harness.said().contains("a colleague has just removed Street Nurse"), "{}", harness.said());
        harness.press("<tab>");
        assert!(
            harness.screen().contains("which a colleague has removed"),
            "it stays to be seen:\n{}",
            harness.screen()
        );
        harness.press("<ctrl-s>");
        assert!(harness.screen().contains("A colleague has removed this record"), "{}", harness.screen());
        assert!(!harness.file("services.ron").contains("Street Nurse"), "nothing is saved without an answer");
        (harness, id)
    };
    let (mut harness, id) = begin();
    harness.press("<esc>");
    assert_eq!(harness.typed("cost"), "a pound a night", "esc goes back to the form");
    harness.press("<ctrl-s>maybe<enter>");
    assert!(harness.screen().contains("write keep or drop"), "{}", harness.screen());
    harness.press("<ctrl-u>keep<enter>");
    assert_eq!(harness.said(), "Street Nurse added");
    let kept = harness.service("Street Nurse");
    assert!(kept.id != id && kept.cost.as_deref() == Some("a pound a night"), "a new record with all of it: {kept:?}");
    assert!(kept.phone.is_some() || kept.organisation.is_some(), "and with what nobody typed");
    assert!(harness.drafts.is_empty());
    let (mut harness, _) = begin();
    harness.press("drop<enter>");
    assert!(harness.app.layers.is_empty() && harness.drafts.is_empty(), "{}", harness.screen());
    assert!(!harness.file("services.ron").contains("Street Nurse"));
}

#[test]
fn help_is_found_by_the_words_of_the_footer() {
    for (way, word) in [("1", "verify"), ("4", "view"), ("4T", "tell"), ("3", "results"), ("2", "turn")] {
        let mut harness = Harness::sample();
        harness.press(way).press("?").press(word);
        let Some(Layer::Palette(palette)) = harness.app.layers.last() else { panic!("{}", harness.screen()) };
        assert!(palette.rows.iter().any(|command| command.hint.contains(word)), "{word}:\n{}", harness.screen());
    }
}

#[test]
fn why_a_command_is_disabled_is_said_in_full() {
    for size in [(80, 24), (40, 12)] {
        let mut harness = Harness::sample();
        harness.size(size.0, size.1).press("?side by side");
        let screen = harness.screen();
        let said: String = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("mark two or three with space, then press c)"), "{size:?}:\n{screen}");
    }
}

/// The name of what is selected.
fn selected(harness: &Harness) -> String {
    harness.app.selected().map(|record| record.title_alone()).unwrap_or_default()
}

#[test]
fn arrows_move_between_what_is_on_the_map_and_enter_opens_it_to_be_seen() {
    for size in [(80, 24), (40, 12), (120, 40)] {
        let mut harness = Harness::sample();
        harness.size(size.0, size.1).press("m");
        let mut seen = BTreeSet::new();
        for keys in ["<right>", "<left>", "<down>", "<up>"].into_iter().cycle().take(4).flat_map(|key| [key; 12]) {
            harness.press(keys);
            let at = harness.buffer(harness::FINE).1.unwrap();
            seen.insert((at.x, at.y));
        }
        assert!(seen.len() > 4, "{size:?}: the cursor stands on what it moves to: {seen:?}\n{}", harness.screen());
        let (map, name) = (harness.screen(), selected(&harness));
        harness.press("<enter>");
        assert_ne!(harness.screen(), map, "{size:?}: what is opened is seen");
        let list = harness.app.list();
        assert!(list.is_detail_open || list.rows.len() > 1 && list.rows.len() < 67, "{}", harness.screen());
        harness.press("<esc>");
        assert_eq!(
            (harness.app.screens.services.view, selected(&harness)),
            (View::Map, name),
            "{size:?}: back on the map"
        );
        assert_eq!(harness.screen(), map);
    }
}

#[test]
fn a_cluster_opens_as_a_list_of_what_is_in_it_and_closer_it_falls_apart() {
    let mut harness = Harness::sample();
    harness.press("/is:open<enter>m");
    let found = harness.app.list().rows.len();
    for _ in 0..30 {
        harness.press("<right><enter>");
        if harness.app.screens.services.view == View::List {
            break;
        }
        harness.press("<esc>");
    }
    let inside = harness.app.list().rows.len();
    assert!((2..found).contains(&inside), "{inside} of {found}\n{}", harness.screen());
    assert!(harness.screen().contains("services at and around"), "{}", harness.screen());
    harness.press("j<enter><esc><esc>");
    assert_eq!((harness.app.screens.services.view, harness.app.list().rows.len()), (View::Map, found));
    assert_eq!(harness.app.list().input.text(), "is:open", "what was searched for stays");
    let whole = harness.screen();
    harness.press("+++");
    assert!(harness.said().contains("8 times as large") && harness.screen() != whole, "{}", harness.screen());
    harness.press("<left><left><left>");
    harness.press("<esc>"); // clears the search
    harness.press("<esc>");
    assert!((harness.app.screens.services.look.zoom - 1.0).abs() < f64::EPSILON, "esc shows the whole county again");
    harness.press("<esc>");
    assert_eq!(harness.app.screens.services.view, View::List);
}

#[test]
fn where_there_is_no_picture_the_table_is_moved_in() {
    let options = folkmoot::app::Options { who: "KP".to_owned(), seed: 7, no_pictures: true, ..Default::default() };
    for size in [(80, 24), (40, 12)] {
        let mut harness = Harness::with(harness::sample_dir(), options.clone());
        harness.size(size.0, size.1).press("m");
        let lines: Vec<(usize, usize)> = harness.app.screens.services.by_district.districts.clone();
        for (at, (serving, here)) in lines.into_iter().enumerate() {
            let line = harness
                .screen_in(harness::ASCII)
                .lines()
                .nth(harness.buffer(harness::ASCII).1.unwrap().y.into())
                .unwrap()
                .to_owned();
            assert!(line.contains(&serving.to_string()) && line.contains(&here.to_string()), "{at}: {line}");
            harness.press("<enter>");
            let inside = harness.app.list().rows.len();
            assert!(inside >= serving.max(here) && inside <= serving + here, "{at}: {inside} of {serving} and {here}");
            assert!(harness.screen_in(harness::ASCII).is_ascii());
            harness.press("<esc><down>");
        }
        harness.press("+");
        assert!(harness.said().contains("there is no picture here"), "{}", harness.said());
    }
}
