//! Laws that hold whatever is done to an agreement, in whatever order, and by two people at once. What the parties agree on
//! is written down here a second time, without fingerprints.

use std::collections::{BTreeMap, BTreeSet};

use folkmoot::model::agreement::acts::{self, Answer};
use folkmoot::model::agreement::{Agreement, ItemSort, ItemState, Perspective, version};
use folkmoot::model::merge::merge;
use folkmoot::model::{AnyRecord, Author, Organisation, Workspace};
use proptest::prelude::*;

use super::{agreement, author, item, organisation, pact, put, workspace};

/// Something that people do.
#[derive(Clone, Debug)]
enum Act {
    Voice(u32, u32, usize, u8),
    Accept(u16),
    Decline(u16),
    Commit(u16, u8),
    Keep(u16, bool),
    Withdraw(u16),
    AcceptVersion(u32),
    Vision(u8),
    Brings(usize, u8),
    Heard(u32, u8),
    Review(u8),
    TurnItems,
    Rename(u32, u8),
    Cycle(u8),
}

fn any_act() -> impl Strategy<Value = Act> {
    let party = || 1..=3_u32;
    prop_oneof![
        4 => (party(), party(), 0..4_usize, 0..6_u8).prop_map(|(from, to, sort, what)| Act::Voice(from, to, sort, what)),
        2 => (1..6_u16).prop_map(Act::Accept),
        2 => (1..6_u16).prop_map(Act::Decline),
        2 => (1..6_u16, 6..9_u8).prop_map(|(number, what)| Act::Commit(number, what)),
        2 => (1..6_u16, any::<bool>()).prop_map(|(number, kept)| Act::Keep(number, kept)),
        1 => (1..6_u16).prop_map(Act::Withdraw),
        6 => party().prop_map(Act::AcceptVersion),
        2 => (0..3_u8).prop_map(Act::Vision),
        1 => (0..3_usize, 0..3_u8).prop_map(|(party, what)| Act::Brings(party, what)),
        1 => (party(), 0..3_u8).prop_map(|(party, what)| Act::Heard(party, what)),
        1 => (1..28_u8).prop_map(Act::Review),
        1 => Just(Act::TurnItems),
        1 => (party(), 0..3_u8).prop_map(|(party, name)| Act::Rename(party, name)),
        1 => (1..9_u8).prop_map(Act::Cycle),
    ]
}

fn words(which: u8) -> Option<folkmoot::model::Text> {
    (which > 0).then(|| format!("words {which}").as_str().into())
}

/// Does something where the rules allow it.
fn perform(workspace: &mut Workspace, act: &Act, author: &Author) {
    let sort = |at: usize| [ItemSort::Expectation, ItemSort::Offer, ItemSort::Commitment, ItemSort::Help][at];
    let answer = |number, answer| acts::answer(workspace, pact(), number, answer, author);
    let change = match act {
        Act::Voice(from, to, at, what) => {
            acts::voice(workspace, pact(), item(*from, *to, sort(*at), &format!("thing {what}")), author)
        }
        Act::Accept(number) => answer(*number, Answer::Accept),
        Act::Decline(number) => answer(*number, Answer::Decline("no money".into())),
        Act::Commit(number, what) => answer(*number, Answer::Commit(format!("thing {what}").as_str().into(), None)),
        Act::Keep(number, kept) => acts::keep(workspace, pact(), *number, (*kept, None), author),
        Act::Withdraw(number) => acts::withdraw(workspace, pact(), *number, None, author),
        Act::AcceptVersion(party) => acts::accept(workspace, pact(), (&organisation(*party), None), None, author),
        Act::Review(day) => {
            let on = format!("2026-10-{day:02}").parse().unwrap();
            acts::review(workspace, pact(), (on, [Some(1); 12], None), author)
        }
        Act::Rename(party, name) => {
            let id = organisation(*party).id().unwrap();
            let mut renamed = Organisation::clone(workspace.organisations.get(id).unwrap());
            renamed.name = format!("Party {party} named {name}").as_str().into();
            workspace.place(id, Some(renamed.into()));
            return;
        }
        _ => return retype(workspace, act),
    };
    if let Ok(change) = change {
        workspace.apply(&change);
    }
}

/// What is typed into fields of the form.
fn retype(workspace: &mut Workspace, act: &Act) {
    let mut record = agreement(workspace);
    match act {
        Act::Vision(which) => record.vision = words(*which),
        Act::Brings(party, what) => record.parties[*party].brings = words(*what),
        Act::Heard(party, what) => {
            let organisation = organisation(*party);
            let heard = Perspective { organisation, text: words(what + 1), ..Perspective::default() };
            if !record.perspectives.contains(&heard) {
                record.perspectives.push(heard);
            }
        }
        Act::Cycle(months) => record.cycle = Some(format!("every {months} months").as_str().into()),
        _ => record.items.reverse(),
    }
    put(workspace, record);
}

/// What the parties agree on, said without a fingerprint: everything that counts, and nothing else.
type Substance = (BTreeSet<(String, String)>, Option<String>, BTreeSet<Vec<String>>);

fn substance(agreement: &Agreement) -> Substance {
    let text = |text: &Option<folkmoot::model::Text>| text.as_ref().map(ToString::to_string);
    let parties = agreement.parties.iter();
    let parties = parties.map(|one| (format!("{:?}", one.organisation), text(&one.brings).unwrap_or_default()));
    let is_in = |state: ItemState| state != ItemState::Declined && state != ItemState::Withdrawn;
    let items = agreement.items.iter().filter(|item| is_in(item.state)).map(|item| {
        let Item { number, from, to, sort, what, answers, due, .. } = item;
        vec![format!("{number:?} {from:?} {to:?} {sort:?} {what:?} {answers:?} {due:?}")]
    });
    (parties.collect(), text(&agreement.vision), items.collect())
}

use folkmoot::model::agreement::Item;

/// Whether each party that counts as having accepted has accepted this very substance, and no other does.
fn check_standing(record: &Agreement, accepted: &BTreeMap<u32, Vec<Substance>>) {
    let present = substance(record);
    let standing = version::standing(record);
    for party in 1..=3 {
        let has_accepted = accepted.get(&party).is_some_and(|known| known.contains(&present));
        assert_eq!(standing.accepted.contains(&organisation(party)), has_accepted, "party {party} of {record:?}");
    }
    let all = (1..=3).all(|party| accepted.get(&party).is_some_and(|known| known.contains(&present)));
    assert_eq!(standing.is_in_force(), all, "in force exactly if all three have accepted this version");
    assert_eq!(version::is_in_force(record), all);
}

/// Does all of it, and gives what each party has accepted.
fn run(workspace: &mut Workspace, acts: &[Act], accepted: &mut BTreeMap<u32, Vec<Substance>>) {
    for act in acts {
        perform(workspace, act, &author());
        let record = agreement(workspace);
        if let Act::AcceptVersion(party) = act {
            accepted.entry(*party).or_default().push(substance(&record));
        }
        check_standing(&record, accepted);
    }
}

fn cases(usual: u32) -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: said.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    proptest::collection::vec(any_act(), 0..24)
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn an_acceptance_lapses_exactly_when_what_was_accepted_changes_and_returns_with_it(acts in acts()) {
        run(&mut workspace(), &acts, &mut BTreeMap::new());
    }

    #[test]
    fn what_two_people_do_at_once_is_all_there_afterwards(first in acts(), one in acts(), other in acts()) {
        let (mut start, mut accepted) = (workspace(), BTreeMap::new());
        run(&mut start, &first, &mut accepted);
        let base = agreement(&start);
        let (mut ours, mut theirs) = (start.clone(), start);
        let mut by_others = accepted.clone();
        run(&mut ours, &one, &mut accepted);
        run(&mut theirs, &other, &mut by_others);
        let (ours, theirs) = (agreement(&ours), agreement(&theirs));
        let sides = [&base, &ours, &theirs].map(|side| AnyRecord::from(side.clone()));
        let merged = merge(Some(&sides[0]), Some(&sides[1]), Some(&sides[2]));
        let mirrored = merge(Some(&sides[0]), Some(&sides[2]), Some(&sides[1]));
        prop_assert_eq!(&merged.record, &mirrored.record, "both directions agree");
        let Some(AnyRecord::Agreement(both)) = merged.record else { panic!("an agreement stays") };
        for side in [&ours, &theirs] {
            for item in &side.items {
                let is_it = |known: &&Item| (&known.from, &known.to, &known.what) == (&item.from, &item.to, &item.what);
                let known = both.items.iter().find(is_it);
                prop_assert!(known.is_some(), "{:?} is gone", item);
                let other = if std::ptr::eq(side, &raw const ours) { &theirs } else { &ours };
                let was = |of: &Agreement| of.items.iter().find(is_it).map(|item| item.state);
                if was(other) == was(&base) {
                    prop_assert_eq!(known.unwrap().state, item.state, "what one did to an item is kept");
                }
            }
            prop_assert!(side.perspectives.iter().all(|one| both.perspectives.contains(one)));
            prop_assert!(side.reviews.iter().all(|one| both.reviews.contains(one)));
            let is_kept = |one: &version::Acceptance| {
                both.acceptances.iter().any(|known| (&known.organisation, &known.version) == (&one.organisation, &one.version))
            };
            prop_assert!(side.acceptances.iter().all(is_kept));
            let has_version = |one: &version::Version| both.versions.iter().any(|known| known.fingerprint == one.fingerprint);
            prop_assert!(side.versions.iter().all(has_version));
        }
        for (party, known) in by_others {
            accepted.entry(party).or_default().extend(known);
        }
        check_standing(&both, &accepted);
    }
}
