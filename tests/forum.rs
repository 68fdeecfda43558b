//! Forums: when they meet, what is on the agenda, who was there, minutes that become actions and are finished.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::cell::Cell;
use std::sync::Arc;

use folkmoot::model::change::put;
use folkmoot::model::cycle::Cycle;
use folkmoot::model::meeting::lines::{self, Around};
use folkmoot::model::meeting::{
    AgendaLine, AgendaSort, Attendance, Minute, MinuteSort, Presence, agenda, attendance, minutes,
};
use folkmoot::model::{
    Action, AnyRecord, Author, Change, Date, Forum, Id, Meeting, Organisation, Person, Ref, Text, Timestamp, Workspace,
    conduct, forum, merge,
};
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

fn author(today: &str) -> Author {
    let seconds = (day(today) - Date::default()).num_days() * 86_400 + 36_000;
    Author { by: "KP".into(), at: Timestamp::from_seconds(seconds), today: day(today) }
}

fn person(letter: u32, name: &str, initials: &str) -> AnyRecord {
    let id = Id::from_number('P', letter, 4);
    Person { id, name: name.into(), initials: Some(initials.into()), ..Person::default() }.into()
}

/// A forum of two organisations that met in September and meets again in December.
fn table() -> Workspace {
    let mut workspace = Workspace::default();
    let organisation =
        |id: &str, name: &str| Organisation { id: self::id(id), name: name.into(), ..Organisation::default() };
    let forum = Forum {
        id: id("F-0001"),
        name: "Resettlement forum".into(),
        cycle: Some(Cycle::Months(3)),
        members: ["O-0001", "O-0002"].map(|one| Ref::record(id(one))).to_vec(),
        ..Forum::default()
    };
    let meeting = |id: &str, on: &str| Meeting {
        id: self::id(id),
        forum: Ref::record(self::id("F-0001")),
        on: Some(day(on)),
        ..Meeting::default()
    };
    let records: Vec<AnyRecord> = vec![
        organisation("O-0001", "Bridge Housing").into(),
        organisation("O-0002", "Shelter").into(),
        person(1, "Katy Pascoe", "KP"),
        person(2, "John Smith", "JS"),
        person(3, "Alan Bell", "AB"),
        person(4, "Ann Brown", "AB"),
        forum.into(),
        meeting("M-0001", "2026-09-11").into(),
        meeting("M-0002", "2026-12-11").into(),
    ];
    for record in records {
        workspace.place(record.id(), Some(record));
    }
    workspace
}

/// Types minutes of a meeting from what they were, as somebody at a date.
fn typed(workspace: &Workspace, meeting: &str, text: &str, today: &str) -> Change {
    let base = workspace.meetings.get(id(meeting)).unwrap().minutes.clone();
    typed_from(workspace, meeting, &base, text, today, 0)
}

fn typed_from(workspace: &Workspace, meeting: &str, base: &[Minute], text: &str, today: &str, first: u32) -> Change {
    let next = Cell::new(first + u32::try_from(workspace.actions.len()).unwrap());
    let mut new_id = || {
        next.set(next.get() + 1);
        Id::from_number('A', next.get(), 4)
    };
    minutes::write(workspace, id(meeting), base, text, &author(today), &mut new_id).unwrap()
}

fn said(workspace: &Workspace, meeting: &str) -> Vec<String> {
    let meeting = workspace.meetings.get(id(meeting)).unwrap();
    let line = |minute: &Minute| format!("{} {}", minute.number.as_str(), lines::in_words(minute, workspace));
    meeting.minutes.iter().map(line).collect()
}

fn actions(workspace: &Workspace) -> Vec<Arc<Action>> {
    workspace.actions.iter().cloned().collect()
}

const TYPED: &str = "Housing
  Bridge has two rooms
  Action KP by fri: send the list
Decision: one list for all
Action JS, KP by next forum: ask the prison: who leaves?";

#[test]
fn lines_become_numbered_minutes_and_actions() {
    let mut workspace = table();
    let change = typed(&workspace, "M-0001", TYPED, "2026-09-14");
    assert_eq!(change.sentence, "minutes of 11 Sep 2026: 5 lines, 2 new actions");
    workspace.apply(&change);
    assert_eq!(
        said(&workspace, "M-0001"),
        [
            "1 Housing",
            "1.1 Bridge has two rooms",
            "1.2 Action KP by 11 Sep 2026: send the list", // "fri" as it was said on that Friday
            "2 Decision: one list for all",
            "3 Action JS, KP by next forum: ask the prison: who leaves?",
        ]
    );
    let [list, prison] = &actions(&workspace)[..] else { panic!("two actions") };
    assert_eq!(
        (&*list.what, list.minute.as_deref(), list.due),
        ("send the list", Some("1.2"), Some(day("2026-09-11")))
    );
    assert_eq!(list.lead, Some(Ref::record(id("P-0001"))));
    assert_eq!(list.meeting, Some(Ref::record(id("M-0001"))));
    assert_eq!((prison.by_next_forum, forum::due(&workspace, prison)), (true, Some(day("2026-12-11"))));
    assert_eq!(prison.helpers, [Ref::record(id("P-0001"))]);
    assert!(!prison.is_overdue(&workspace, day("2026-12-11")) && prison.is_overdue(&workspace, day("2026-12-12")));
}

/// A bar stands for "by", before the colon or at the end.
#[test]
fn the_day_of_an_action_may_stand_behind_a_bar() {
    let workspace = table();
    let meeting = workspace.meetings.get(id("M-0002")).unwrap();
    let around = Around { workspace: &workspace, meeting, today: day("2026-12-11") };
    let said = |typed: &str| {
        let read = lines::read(typed, around);
        assert_eq!(read[0].problem, None, "{typed}");
        lines::in_words(&read[0].minute, &workspace)
    };
    let meant = said("Action KP by 18 dec: send the list");
    assert!(meant.starts_with("Action KP by 18 Dec 2026"), "{meant}");
    for typed in [
        "Action KP | 18 dec: send the list",
        "Action KP | by 18 dec: send the list",
        "Action KP: send the list | 18 dec",
        "Action KP: send the list | by 18 dec",
    ] {
        assert_eq!(said(typed), meant, "{typed}");
    }
    assert_eq!(
        said("Action KP by 18 dec: send a | b"),
        "Action KP by 18 Dec 2026: send a | b",
        "any other bar is text"
    );
}

#[test]
fn what_is_not_understood_stays_a_note_as_it_was_typed() {
    let workspace = table();
    let meeting = workspace.meetings.get(id("M-0002")).unwrap();
    let around = Around { workspace: &workspace, meeting, today: day("2026-12-11") };
    for (typed, problem) in [
        ("Action plans were shown", false),
        ("action KP send the list", false),
        ("Action plan was shown, and members said: good", true),
        ("Action KP by nowhere: send the list", true),
        ("Action KP by fri:", true),
        ("Action by by by: x", true),
        ("Action by : x", true),
        ("Action ::::", true),
        ("Decision:", true),
        ("Decisions were taken: none", false),
        ("see [9.9]", true),
        ("see [1 jan 1999, 1]", true),
        ("see [the list] and [x.y]", false),
        ("[", false),
        ("] 1 [", false),
        ("Actionär: é", false),
        ("áction KP: x", false),
        ("\u{202e}Action", false),
    ] {
        let [line] = &lines::read(typed, around)[..] else { panic!("{typed}") };
        assert_eq!(line.minute.sort, MinuteSort::Note, "{typed}");
        assert_eq!(line.problem.is_some(), problem, "{typed}: {:?}", line.problem);
        assert_eq!(line.minute.text, Text::some(typed), "{typed}");
    }
    for (typed, kept) in [
        ("ACTION kp BY 12 DEC: ring", "Action kp by 12 Dec 2026: ring"),
        ("Action: nobody yet", "Action: nobody yet"),
        ("Action by tomorrow: ring", "Action by 12 Dec 2026: ring"),
        ("Action ZZ by the next forum: ring: twice", "Action ZZ by next forum: ring: twice"),
        ("Action AB: two are called so", "Action AB: two are called so"),
        ("Action Shelter and KP: ring", "Action Shelter, KP: ring"),
        ("decision: yes", "Decision: yes"),
    ] {
        let [line] = &lines::read(typed, around)[..] else { panic!("{typed}") };
        assert_eq!((lines::in_words(&line.minute, &workspace).as_str(), &line.problem), (kept, &None), "{typed}");
    }
}

#[test]
fn a_line_that_is_worded_anew_keeps_its_action_and_the_action_follows() {
    let mut workspace = table();
    workspace.apply(&typed(&workspace, "M-0001", TYPED, "2026-09-14"));
    let before = actions(&workspace);
    let again = lines::write(&workspace.meetings.get(id("M-0001")).unwrap().minutes, &workspace);
    assert_eq!(typed(&workspace, "M-0001", &again, "2026-09-15").edits, [], "the same typed again changes nothing");
    let worded = again.replace("Housing\n", "Welcome\nHousing\n").replace("send the list", "send the long list");
    workspace.apply(&typed(&workspace, "M-0001", &worded.replace("by next forum", "by 2 oct"), "2026-09-15"));
    let after = actions(&workspace);
    assert_eq!(after.iter().map(|one| one.id).collect::<Vec<_>>(), before.iter().map(|one| one.id).collect::<Vec<_>>());
    assert_eq!((&*after[0].what, after[0].minute.as_deref()), ("send the long list", Some("2.2")));
    assert_eq!((after[1].due, after[1].by_next_forum), (Some(day("2026-10-02")), false));
    assert_eq!(after[0].due, before[0].due);
    let without: Vec<&str> = worded.lines().filter(|line| !line.contains("long list")).collect();
    workspace.apply(&typed(&workspace, "M-0001", &without.join("\n"), "2026-09-15"));
    assert_eq!(actions(&workspace)[0].minute, None, "the action stays, and stands in no minute");
}

#[test]
fn minutes_cite_minutes_of_earlier_meetings() {
    let mut workspace = table();
    workspace.apply(&typed(&workspace, "M-0001", TYPED, "2026-09-14"));
    workspace.apply(&typed(&workspace, "M-0002", "The list was sent [1.2]\nagain [11 sep, 2]\nno [7]", "2026-12-11"));
    assert_eq!(
        said(&workspace, "M-0002"),
        ["1 The list was sent [11 Sep 2026, 1.2]", "2 again [11 Sep 2026, 2]", "3 no [7]"]
    );
    let again = lines::write(&workspace.meetings.get(id("M-0002")).unwrap().minutes, &workspace);
    assert_eq!(typed(&workspace, "M-0002", &again, "2026-12-11").edits, []);
}

fn attended(workspace: &mut Workspace, meeting: &str, typed: &str, today: &str) {
    let rows = attendance::read(typed, workspace.meetings.get(id(meeting)).unwrap(), workspace).unwrap();
    let change = attendance::mark(workspace, id(meeting), &rows, &author(today)).unwrap();
    workspace.apply(&change);
}

#[test]
fn finished_minutes_stay_as_they_are() {
    let mut workspace = table();
    let refused =
        |workspace: &Workspace, today: &str| minutes::finish(workspace, id("M-0001"), &author(today)).unwrap_err().0;
    assert!(refused(&workspace, "2026-09-10").contains("has not met yet"));
    assert!(refused(&workspace, "2026-09-14").contains("no minutes are typed"));
    let writing = typed(&workspace, "M-0001", TYPED, "2026-09-14");
    let undo = workspace.apply(&writing);
    assert!(refused(&workspace, "2026-09-14").contains("nobody is written down"));
    attended(&mut workspace, "M-0001", "KP JS, Bridge Housing", "2026-09-14");
    let finish = minutes::finish(&workspace, id("M-0001"), &author("2026-09-14")).unwrap();
    workspace.apply(&finish);
    let finished = workspace.get(id("M-0001")).unwrap();
    assert_eq!(finished.warnings(&workspace), Vec::<String>::new());
    let AnyRecord::Meeting(meeting) = &finished else { panic!() };
    assert_eq!(
        attendance::presence(meeting, &Ref::record(id("O-0002"))),
        Some(Presence::Absent),
        "nothing was said of it"
    );
    // Nothing that is typed changes them: not a form, not the shell, not the editor, not undo.
    let mut changed = Meeting::clone(meeting);
    changed.minutes[0].text = Text::some("Something else");
    assert!(put(&workspace, changed.clone().into(), &author("2026-09-15")).unwrap_err().0.contains("correction"));
    let mut renamed = Meeting::clone(meeting);
    renamed.venue = Text::some("Elsewhere");
    assert!(put(&workspace, renamed.into(), &author("2026-09-15")).is_err());
    let base = meeting.minutes.clone();
    let written = minutes::write(&workspace, id("M-0001"), &base, "x", &author("2026-09-15"), &mut || id("A-0009"));
    assert!(written.is_err());
    assert!(agenda::generate(&workspace, id("M-0001"), &author("2026-09-15")).is_err());
    assert!(conduct::refuse_undo(&workspace, &undo).is_err(), "what was typed before is not taken back");
    assert!(folkmoot::model::change::remove(&workspace, &[id("M-0001")]).is_err());
    // Whoever changes the file is found out.
    let mut forged = workspace.clone();
    forged.place(changed.id, Some(changed.into()));
    assert!(forged.get(id("M-0001")).unwrap().warnings(&forged)[0].contains("not those that were finished"));
    // A correction stands beside the minute, and stays.
    let correct = |workspace: &Workspace, number: &str| {
        minutes::correct(
            workspace,
            id("M-0001"),
            Some(number),
            &"Bridge has three rooms.".into(),
            &author("2026-09-20"),
        )
    };
    assert!(correct(&workspace, "9").unwrap_err().0.contains("no minute 9"));
    let back = workspace.apply(&correct(&workspace, "1.1").unwrap());
    let meeting = workspace.meetings.get(id("M-0001")).unwrap();
    let correction = &meeting.corrections[0];
    assert_eq!((correction.on, correction.by.as_deref()), (Some(day("2026-09-20")), Some("KP")));
    assert_eq!(meeting.minute("1.1").unwrap().text.as_deref(), Some("Bridge has two rooms"));
    assert!(conduct::refuse_undo(&workspace, &back).is_err());
}

#[test]
fn attendance_is_typed_by_initials_and_counted_by_organisation() {
    let mut workspace = table();
    let role = |organisation: &str| folkmoot::model::person::Role {
        organisation: Ref::record(id(organisation)),
        ..Default::default()
    };
    for (who, organisation) in [("P-0001", "O-0001"), ("P-0002", "O-0002")] {
        let mut person = Person::clone(workspace.people.get(id(who)).unwrap());
        person.roles = vec![role(organisation)];
        workspace.place(person.id, Some(person.into()));
    }
    let meeting = Meeting::clone(workspace.meetings.get(id("M-0001")).unwrap());
    let read = |typed: &str| attendance::read(typed, &meeting, &workspace);
    let row = |who: Option<&str>, organisation: Option<&str>, presence| Attendance {
        who: who.map(|who| Ref::record(id(who))),
        organisation: organisation.map(|one| Ref::record(id(one))),
        presence,
    };
    assert_eq!(
        read("kp apologies JS, absent Bridge Housing"),
        Ok(vec![
            row(Some("P-0001"), Some("O-0001"), Presence::Present),
            row(Some("P-0002"), Some("O-0002"), Presence::Apologies),
            row(None, Some("O-0001"), Presence::Absent),
        ])
    );
    assert!(read("AB").unwrap_err().contains("Alan Bell or Ann Brown"), "never guessed");
    assert!(read("KP nobody").unwrap_err().contains("\"nobody\""));
    assert!(read(" , ,").unwrap_err().contains("write initials"));
    attended(&mut workspace, "M-0001", "KP apologies JS", "2026-09-14");
    attended(&mut workspace, "M-0002", "KP absent JS", "2026-12-11");
    attended(&mut workspace, "M-0002", "JS KP absent JS", "2026-12-11");
    let forum = Forum::clone(workspace.forums.get(id("F-0001")).unwrap());
    let members = attendance::members(&workspace, &forum);
    assert_eq!((members[0].present, members[0].held, members[0].streak()), (2, 2, None));
    let away = "absent 2 times running, 1 time with apologies".to_owned();
    assert_eq!((members[1].present, members[1].streak()), (0, Some(away)));
}

#[test]
fn an_agenda_is_made_from_what_is_open_and_keeps_what_was_worded() {
    let mut workspace = table();
    workspace.apply(&typed(&workspace, "M-0001", TYPED, "2026-09-14"));
    let late = Action {
        id: id("A-0100"),
        what: "Write the leaflet".into(),
        due: Some(day("2026-10-01")),
        ..Action::default()
    };
    let far = Action { id: id("A-0101"), what: "Later".into(), due: Some(day("2027-10-01")), ..Action::default() };
    for action in [late, far] {
        workspace.place(action.id, Some(action.into()));
    }
    workspace.apply(&agenda::generate(&workspace, id("M-0002"), &author("2026-12-01")).unwrap());
    let lines = |workspace: &Workspace| {
        let meeting = workspace.meetings.get(id("M-0002")).unwrap();
        let line = |line: &AgendaLine| {
            let why = line.why.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
            let cited = agenda::citation(line, workspace).map(|cited| format!(" [{cited}]")).unwrap_or_default();
            format!("{}{why}{cited}", line.text.as_deref().unwrap())
        };
        meeting.agenda.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        lines(&workspace),
        [
            "Welcome and apologies",
            "Minutes of 11 Sep 2026",
            "send the list (Katy Pascoe, open, overdue since Fri 11 Sep) [11 Sep 2026, 1.2]",
            "ask the prison: who leaves? (John Smith, open, due Fri 11 Dec) [11 Sep 2026, 3]",
            "Write the leaflet (nobody yet, open, overdue since Thu 1 Oct)",
            "Date of the next meeting",
        ]
    );
    assert_eq!(agenda::generate(&workspace, id("M-0002"), &author("2026-12-01")).unwrap().edits, []);
    let mut meeting = Meeting::clone(workspace.meetings.get(id("M-0002")).unwrap());
    meeting.agenda[4].text = Text::some("The leaflet: who writes it?");
    meeting.agenda.insert(0, AgendaLine { text: Text::some("Biscuits"), ..AgendaLine::default() });
    meeting.agenda.remove(2);
    workspace.place(meeting.id, Some(meeting.into()));
    workspace.apply(&agenda::generate(&workspace, id("M-0002"), &author("2026-12-01")).unwrap());
    let after = lines(&workspace);
    assert_eq!(
        (after.len(), after[0].as_str(), after.iter().filter(|line| line.contains("leaflet")).count()),
        (7, "Biscuits", 1)
    );
    assert!(after.iter().any(|line| line.starts_with("The leaflet: who writes it?")), "{after:?}");
    assert!(after.iter().any(|line| line == "Minutes of 11 Sep 2026"), "what is missing comes back: {after:?}");
}

#[test]
fn the_next_meeting_follows_from_the_cycle() {
    let mut workspace = table();
    let forum = Forum::clone(workspace.forums.get(id("F-0001")).unwrap());
    let next = |workspace: &Workspace, today: &str| {
        forum::next_forum(workspace, day(today)).map(|next| (next.on, next.meeting))
    };
    assert_eq!(next(&workspace, "2026-11-21"), Some((day("2026-12-11"), Some(id("M-0002")))));
    assert_eq!(next(&workspace, "2026-12-12"), Some((day("2027-03-11"), None)));
    assert!(agenda::next(&workspace, &forum, id("M-0003"), day("2026-11-21")).unwrap_err().0.contains("already"));
    let meeting = agenda::next(&workspace, &forum, id("M-0003"), day("2026-12-12")).unwrap();
    assert_eq!(
        (meeting.on, meeting.agenda.last().and_then(|line| line.sort)),
        (Some(day("2027-03-11")), Some(AgendaSort::NextDate))
    );
    let dead = Forum { cycle: None, ..forum };
    assert!(agenda::next(&workspace, &dead, id("M-0003"), day("2026-12-12")).unwrap_err().0.contains("no cycle"));
    // An action that is due by the next forum is due when that meets, whatever meets first.
    let said = Action {
        id: id("A-0001"),
        what: "Ring".into(),
        by_next_forum: true,
        updated: author("2026-10-01").stamp(None),
        ..Action::default()
    };
    workspace.apply(&put(&workspace, said.into(), &author("2026-10-01")).unwrap());
    let due = |workspace: &Workspace| forum::due(workspace, workspace.actions.get(id("A-0001")).unwrap());
    assert_eq!(due(&workspace), Some(day("2026-12-11")));
    let noted =
        folkmoot::model::action::note(&workspace, &[id("A-0001")], &"rang".into(), &author("2026-12-20")).unwrap();
    workspace.apply(&noted);
    assert_eq!(due(&workspace), Some(day("2026-12-11")), "a note does not move it to the forum after");
}

/// What two people make of the same minutes.
fn both(workspace: &Workspace, one: &str, other: &str) -> Vec<String> {
    let base = workspace.meetings.get(id("M-0001")).unwrap().minutes.clone();
    let meeting_of = |text: &str, first: u32, at: &str| {
        let change = typed_from(workspace, "M-0001", &base, text, at, first);
        let mut after = workspace.clone();
        after.apply(&change);
        after.get(id("M-0001")).unwrap()
    };
    let (ours, theirs) = (meeting_of(one, 100, "2026-09-14"), meeting_of(other, 200, "2026-09-15"));
    let before = workspace.get(id("M-0001"));
    let merged = merge::merge(before.as_ref(), Some(&ours), Some(&theirs)).record.unwrap();
    let mirrored = merge::merge(before.as_ref(), Some(&theirs), Some(&ours)).record.unwrap();
    assert_eq!(merged, mirrored, "both directions agree");
    let AnyRecord::Meeting(meeting) = merged else { panic!() };
    meeting.minutes.iter().map(|minute| minute.text.as_deref().unwrap().to_owned()).collect()
}

#[test]
fn two_who_type_minutes_at_once_lose_nothing() {
    let mut workspace = table();
    workspace.apply(&typed(&workspace, "M-0001", "Housing\nMentoring\nMoney", "2026-09-14"));
    assert_eq!(
        both(&workspace, "First\nHousing\nMentoring\nMoney", "Housing\nMentoring\nMoney\nLast"),
        ["First", "Housing", "Mentoring", "Money", "Last"]
    );
    assert_eq!(
        both(&workspace, "Housing\n  two rooms\nMentoring\nMoney", "Housing\nMentoring in prison\nMoney\n  none"),
        ["Housing", "two rooms", "Mentoring in prison", "Money", "none"]
    );
    let mut clash = both(&workspace, "Housing one\nMentoring\nMoney", "Housing two\nMentoring\nMoney");
    clash.sort();
    assert_eq!(clash, ["Housing one", "Housing two", "Mentoring", "Money"], "what both typed stands there");
}

proptest! {
    /// Whatever two people add to minutes: every line of either stands in the outcome, and it is read as it is written.
    #[test]
    fn nothing_typed_at_once_is_lost(
        one in proptest::collection::vec("[a-c]{1,3}( by)?:? ?[a-c]{0,3}", 0..6),
        other in proptest::collection::vec("(Action |Decision: )?[d-f]{1,3}:? ?[d-f]{0,3}", 0..6),
        at in 0_usize..4,
    ) {
        let mut workspace = table();
        workspace.apply(&typed(&workspace, "M-0001", "Housing\nMentoring\nMoney", "2026-09-14"));
        let with = |added: &[String]| {
            let mut lines = vec!["Housing".to_owned(), "Mentoring".to_owned(), "Money".to_owned()];
            lines.splice(at.min(3)..at.min(3), added.iter().cloned());
            lines.join("\n")
        };
        let (one, other) = (with(&one), with(&other));
        let merged = both(&workspace, &one, &other);
        let meeting = workspace.meetings.get(id("M-0001")).unwrap();
        let around = Around { workspace: &workspace, meeting, today: day("2026-09-14") };
        for line in lines::read(&one, around).into_iter().chain(lines::read(&other, around)) {
            prop_assert!(merged.contains(&line.minute.text.as_deref().unwrap().to_owned()), "{line:?} in {merged:?}");
        }
    }

    /// Hostile lines: nothing panics, nothing is lost, and what is written is read as the same again.
    #[test]
    fn whatever_is_typed_is_read_as_it_is_written(typed in "(  |\t)?([Aa]ction|Decision:|[ \\[\\]:.,0-9a-zA-Zé\u{202e}\n]){0,60}") {
        let workspace = table();
        let meeting = workspace.meetings.get(id("M-0002")).unwrap();
        let around = Around { workspace: &workspace, meeting, today: day("2026-12-11") };
        let minutes: Vec<Minute> = lines::read(&typed, around).into_iter().map(|line| line.minute).collect();
        prop_assert_eq!(minutes.len(), typed.lines().filter(|line| !line.trim().is_empty()).count());
        let again: Vec<Minute> =
            lines::read(&lines::write(&minutes, &workspace), around).into_iter().map(|line| line.minute).collect();
        prop_assert_eq!(again, minutes);
    }
}
