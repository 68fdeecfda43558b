//! What may be done to an agreement, and what is said of it.

use folkmoot::model::agreement::acts::{self, Answer};
use folkmoot::model::agreement::review::{self, Principle};
use folkmoot::model::agreement::{ItemSort, ItemState, Perspective, between, principles, read, version};
use folkmoot::model::{Action, Id, Ref};

use super::{agreement, author, item, make, organisation, pact, put, workspace};

fn number_of(state: ItemState, workspace: &folkmoot::model::Workspace) -> Vec<u16> {
    let agreement = agreement(workspace);
    agreement.items.iter().filter(|item| item.state == state).filter_map(|item| item.number).collect()
}

#[test]
fn an_expectation_is_voiced_answered_and_kept() {
    let (mut workspace, author) = (workspace(), author());
    let asked = item(1, 2, ItemSort::Expectation, "A nurse at every unlock");
    let voiced = acts::voice(&workspace, pact(), asked.clone(), &author);
    let said = make(&mut workspace, voiced);
    assert_eq!(said, "item 1: HMP Ashwell expects of Ashwell Care Trust: A nurse at every unlock");
    assert_eq!(acts::voice(&workspace, pact(), asked, &author).unwrap_err().0, "that is item 1 already");
    assert_eq!(agreement(&workspace).unanswered().count(), 1);
    let early = acts::keep(&workspace, pact(), 1, (true, None), &author).unwrap_err();
    assert_eq!(early.0, "item 1 has not been answered yet: nobody has promised it");
    let commit = Answer::Commit("Two nurses by Christmas".into(), Some("2026-12-24".parse().unwrap()));
    let committed = acts::answer(&workspace, pact(), 1, commit, &author);
    let said = make(&mut workspace, committed);
    assert_eq!(said, "item 2: Ashwell Care Trust commits to HMP Ashwell: Two nurses by Christmas");
    assert_eq!(number_of(ItemState::Accepted, &workspace), [1], "what is committed to is accepted by that");
    assert_eq!(agreement(&workspace).items[1].answers, Some(1));
    let missed = acts::keep(&workspace, pact(), 2, (false, Some("nobody applied".into())), &author);
    assert_eq!(make(&mut workspace, missed), "item 2 not kept: nobody applied");
    assert_eq!(agreement(&workspace).not_kept().count(), 1);
    assert_eq!(
        acts::keep(&workspace, pact(), 9, (true, None), &author).unwrap_err().0,
        "Care at Ashwell has no item 9"
    );
}

#[test]
fn a_decline_is_kept_with_its_reason_and_takes_the_item_out_of_the_text() {
    let (mut workspace, author) = (workspace(), author());
    let voiced = acts::voice(&workspace, pact(), item(1, 2, ItemSort::Expectation, "A dentist"), &author);
    make(&mut workspace, voiced);
    let silent = acts::answer(&workspace, pact(), 1, Answer::Decline(" ".into()), &author).unwrap_err();
    assert_eq!(silent.0, "say why item 1 is declined: the others need to know");
    let accepted = acts::accept(&workspace, pact(), (&organisation(1), None), None, &author);
    make(&mut workspace, accepted);
    let declined = acts::answer(&workspace, pact(), 1, Answer::Decline("no room for a chair".into()), &author);
    let said = make(&mut workspace, declined);
    assert!(
        said.starts_with("item 1 declined by Ashwell Care Trust: no room for a chair; it is to be accepted again by")
    );
    let agreement = agreement(&workspace);
    assert_eq!(agreement.items[0].reason.as_deref(), Some("no room for a chair"));
    assert!(!version::text(&agreement, &workspace).contains("dentist"));
    assert!(version::has_lapsed(&agreement) && agreement.unanswered().next().is_none());
}

#[test]
fn items_go_between_parties_and_answers_the_other_way() {
    let (mut workspace, author) = (workspace(), author());
    let refused = |workspace: &_, item| acts::voice(workspace, pact(), item, &author).unwrap_err().0;
    let outside = item(1, 4, ItemSort::Offer, "x");
    assert!(refused(&workspace, outside).contains("is no party of Care at Ashwell: add it to the parties first"));
    assert_eq!(
        refused(&workspace, item(1, 1, ItemSort::Offer, "x")),
        "an item goes from one party to another: name two"
    );
    let voiced = acts::voice(&workspace, pact(), item(1, 2, ItemSort::Expectation, "A nurse"), &author);
    make(&mut workspace, voiced);
    let mut wrong = item(3, 1, ItemSort::Commitment, "A nurse");
    wrong.answers = Some(1);
    assert_eq!(refused(&workspace, wrong), "item 1 is for Ashwell Care Trust to answer");
}

#[test]
fn a_version_is_accepted_as_it_was_read() {
    let (mut workspace, author) = (workspace(), author());
    let accept =
        |workspace: &_, party, read| acts::accept(workspace, pact(), (&organisation(party), None), read, &author);
    let first = accept(&workspace, 1, Some(1));
    assert_eq!(
        make(&mut workspace, first),
        "version 1 of Care at Ashwell accepted by HMP Ashwell; not yet by Ashwell Care Trust and Ashwell Probation"
    );
    assert_eq!(accept(&workspace, 1, None).unwrap_err().0, "HMP Ashwell has accepted version 1 already");
    let mut changed = agreement(&workspace);
    changed.vision = Some("Nobody leaves without an appointment.".into());
    put(&mut workspace, changed);
    let stale = accept(&workspace, 2, Some(1)).unwrap_err();
    assert_eq!(stale.0, "Care at Ashwell is version 2 now, not 1: read it again, then accept that");
    for party in [1, 2, 3] {
        let accepted = accept(&workspace, party, Some(2));
        make(&mut workspace, accepted);
    }
    assert!(version::is_in_force(&agreement(&workspace)));
    assert!(accept(&workspace, 4, None).unwrap_err().0.contains("is no party of"));
}

#[test]
fn parties_and_items_are_read_as_people_type_them() {
    let workspace = workspace();
    let agreement = agreement(&workspace);
    let today = author().today;
    for (typed, means) in [("hmp ashwell", 1), ("act", 2), ("trust", 2), ("O-0003", 3), ("prob", 3)] {
        assert_eq!(read::party(&workspace, &agreement, typed), Ok(organisation(means)), "{typed}");
    }
    assert!(read::party(&workspace, &agreement, "ashwell").unwrap_err().0.contains("is both"));
    assert!(read::party(&workspace, &agreement, "nhs").unwrap_err().0.contains("its parties: HMP Ashwell"));
    let typed = "hmp expects of care trust: A nurse: day and night | 2026-12-24";
    let read_item = read::item(typed, &workspace, &agreement, today).unwrap();
    let mut meant = item(1, 2, ItemSort::Expectation, "A nurse: day and night");
    meant.due = Some("2026-12-24".parse().unwrap());
    assert_eq!(read_item, meant);
    for (typed, sort) in [("offers", ItemSort::Offer), ("commits to", ItemSort::Commitment), ("helps", ItemSort::Help)]
    {
        let typed = format!("trust {typed} hmp: a room");
        assert_eq!(read::item(&typed, &workspace, &agreement, today).unwrap().sort, sort);
    }
    for wrong in ["", "hmp", "hmp expects", ": ", "hmp: a nurse", "hmp expects of nobody: a nurse"] {
        assert!(read::item(wrong, &workspace, &agreement, today).is_err(), "{wrong}");
    }
}

#[test]
fn each_principle_names_what_proves_it() {
    let (mut workspace, author) = (workspace(), author());
    let holds = |workspace: &folkmoot::model::Workspace| {
        principles::proofs(&agreement(workspace), workspace, author.today).map(|proof| proof.holds)
    };
    assert_eq!(holds(&workspace), [false; 4]);
    let mut changed = agreement(&workspace);
    changed.vision = Some("One service.".into());
    put(&mut workspace, changed.clone());
    assert_eq!(holds(&workspace), [false; 4], "a vision without a day proves nothing");
    changed.vision_on = Some(author.today);
    changed.perspectives = [1, 2, 3]
        .map(|number| Perspective {
            organisation: organisation(number),
            text: Some("We are not asked.".into()),
            ..Perspective::default()
        })
        .to_vec();
    put(&mut workspace, changed);
    assert_eq!(holds(&workspace), [true, false, false, true]);
    for party in [1, 2, 3] {
        let accepted = acts::accept(&workspace, pact(), (&organisation(party), None), None, &author);
        make(&mut workspace, accepted);
    }
    let id = Id::from_number('A', 1, 4);
    let action =
        Action { id, what: "Hold the forum".into(), agreement: Some(Ref::record(pact())), ..Action::default() };
    workspace.place(id, Some(action.into()));
    let proofs = principles::proofs(&agreement(&workspace), &workspace, author.today);
    let said: Vec<&str> = proofs.iter().map(|proof| proof.said.as_str()).collect();
    assert_eq!(
        said,
        [
            "a vision of Sat 21 Nov",
            "every party accepted version 1",
            "1 action, 0 done",
            "perspectives of all 3 parties"
        ]
    );
    let records: Vec<Option<Id>> = proofs.iter().map(|proof| proof.record.map(|(id, _)| id)).collect();
    assert_eq!(records, [Some(pact()), Some(pact()), Some(id), Some(pact())]);
}

#[test]
fn a_review_sets_the_next_one_and_shows_where_things_go() {
    let (mut workspace, author) = (workspace(), author());
    let mut changed = agreement(&workspace);
    changed.cycle = Some("every 6 months".into());
    put(&mut workspace, changed);
    let on = |day: &str| day.parse().unwrap();
    let none = acts::review(&workspace, pact(), (author.today, [None; 12], None), &author);
    assert!(none.unwrap_err().0.contains("answer at least one"));
    let too_much = acts::review(&workspace, pact(), (author.today, [Some(4); 12], None), &author);
    assert_eq!(too_much.unwrap_err().0, "an answer is 0, 1, 2 or 3");
    let first = acts::review(&workspace, pact(), (on("2026-05-20"), [Some(1); 12], None), &author);
    make(&mut workspace, first);
    let mut scores = [Some(2); 12];
    scores[11] = None;
    let second = acts::review(&workspace, pact(), (on("2026-11-20"), scores, None), &author);
    let said = make(&mut workspace, second);
    assert_eq!(said, "Care at Ashwell reviewed: 11 of 12 answered; the next review is on 20 May 2027");
    let agreement = agreement(&workspace);
    assert_eq!(agreement.review_on, Some(on("2027-05-20")));
    assert_eq!(review::trend(&agreement.reviews, Principle::Potential), Some((3, 6)));
    assert_eq!(review::trend(&agreement.reviews, Principle::Awareness), None, "not all three were answered");
    for (cycle, months) in [("every 6 months", 6), ("Quarterly", 3), ("every two years", 24), ("yearly", 12)] {
        assert_eq!(review::months_of(cycle), Some(months), "{cycle}");
    }
    for vague in ["now and then", "every", "every 0 months", "every 3 weeks", ""] {
        assert_eq!(review::months_of(vague), None, "{vague}");
    }
}

#[test]
fn the_matrix_tells_who_has_not_been_answered_and_who_never_spoke() {
    let (mut workspace, author) = (workspace(), author());
    for (from, to, sort, what) in [
        (1, 2, ItemSort::Expectation, "A nurse"),
        (1, 2, ItemSort::Expectation, "A dentist"),
        (2, 1, ItemSort::Offer, "A room"),
        (1, 3, ItemSort::Help, "With the housing panel"),
    ] {
        let voiced = acts::voice(&workspace, pact(), item(from, to, sort, what), &author);
        make(&mut workspace, voiced);
    }
    let answered = acts::answer(&workspace, pact(), 1, Answer::Accept, &author);
    make(&mut workspace, answered);
    let matrix = between::matrix(&workspace);
    let names: Vec<&str> = matrix.organisations.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["Ashwell Care Trust", "Ashwell Probation", "HMP Ashwell"]);
    let (trust, probation, prison) = (0, 1, 2);
    let cell = &matrix.rows[prison][trust];
    assert_eq!((cell.expectations, cell.answered, cell.gives, cell.is_one_way), (2, 1, 0, false));
    assert_eq!(cell.agreements, [pact()]);
    assert!(matrix.rows[prison][probation].is_one_way && !matrix.rows[probation][prison].is_one_way);
    assert_eq!(matrix.rows[trust][prison].gives, 1);
    assert!(matrix.rows[prison][prison].is_empty());
    let accepted = acts::accept(&workspace, pact(), (&organisation(1), None), None, &author);
    make(&mut workspace, accepted);
    let voiced = acts::voice(&workspace, pact(), item(3, 2, ItemSort::Offer, "A van"), &author);
    make(&mut workspace, voiced);
    assert!(between::matrix(&workspace).rows[trust][prison].has_lapsed);
}

#[test]
fn two_items_with_one_number_are_named_and_neither_is_changed_by_guessing() {
    let (mut workspace, author) = (workspace(), author());
    for what in ["A nurse", "A dentist"] {
        let voiced = acts::voice(&workspace, pact(), item(1, 2, ItemSort::Expectation, what), &author);
        make(&mut workspace, voiced);
    }
    // As after two people have added one each in the same instant.
    let mut both = agreement(&workspace);
    both.items[1].number = Some(1);
    let typed = folkmoot::model::change::put(&workspace, both.clone().into(), &author).unwrap_err();
    assert_eq!(typed.0, "items: two have the number 1; give one of them 2");
    workspace.place(pact(), Some(both.clone().into()));
    let refused = acts::answer(&workspace, pact(), 1, Answer::Accept, &author).unwrap_err();
    assert!(refused.0.starts_with("two items have the number 1"));
    both.context = Some("known already, so that other fields can be typed".into());
    put(&mut workspace, both);
}
