//! What a key press costs on the partners screen, from the app to the last cell, with 500 agreements between 100
//! organisations: the list, a page, an item written down and accepted, the matrix.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

mod budget;
mod keys;

use folkmoot::model::agreement::{Agreement, Item, ItemSort, Party, acts};
use folkmoot::model::{Action, Author, Date, Id, Organisation, Person, Ref, Timestamp, Workspace};

const AGREEMENTS: u32 = 500;
const ORGANISATIONS: u32 = 100;
const ITEMS: u32 = 12;
const ACTIONS: u32 = 2_000;

fn main() {
    println!("{AGREEMENTS} agreements of {ORGANISATIONS} organisations, {ITEMS} items each, {ACTIONS} actions");
    for (what, keys) in [
        (
            "the list: opened, searched, filtered",
            "5|jj/agr 17<enter>|<esc>/is:lapsed<enter>|<esc>/is:unanswered<enter>|<esc>",
        ),
        (
            "a page: opened, read, an item written, answered, accepted",
            "5|<enter>jj}}}}}|iorganisation 000 offers: A room|<enter>|A|<enter>|x|G|<esc>",
        ),
        ("the matrix: opened, walked, a cell and back", "5|m|jjlll|G|<end>|gg|l|<enter>|j|<enter>|<esc>|<esc>|<esc>"),
        ("a review of twelve keys", "5|<enter>r|012301230123|<enter>|<enter>|<esc>"),
    ] {
        keys::tell(what, keys, || keys::open(workspace(), "KP"));
    }
}

fn today() -> Date {
    Date::from_ymd_opt(2026, 11, 21).unwrap()
}

/// Agreements of two to five parties, half of them accepted and one in ten changed since.
fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    let id = |letter, number| Id::from_number(letter, number, 4);
    let person =
        Person { id: id('P', 1), name: "Katy Pascoe".into(), initials: Some("KP".into()), ..Person::default() };
    workspace.place(person.id, Some(person.into()));
    for number in 0..ORGANISATIONS {
        let name = format!("Organisation {number:03} of the county");
        let one = Organisation { id: id('O', number), name: name.as_str().into(), ..Organisation::default() };
        workspace.place(one.id, Some(one.into()));
    }
    let organisation = |number: u32| Ref::<Organisation>::record(id('O', number % ORGANISATIONS));
    let author = Author { by: "KP".into(), at: Timestamp::from_seconds(1_794_000_000), today: today() };
    for number in 0..AGREEMENTS {
        let members: Vec<Ref<Organisation>> = (0..2 + number % 4).map(|at| organisation(number + at * 7)).collect();
        let parties = members.iter().map(|one| Party { organisation: one.clone(), ..Party::default() }).collect();
        let name = format!("Agreement {number:03}");
        let record = Agreement { id: id('G', number), name: name.as_str().into(), parties, ..Agreement::default() };
        workspace.place(record.id, Some(record.into()));
        for at in 0..ITEMS {
            let (from, to) =
                (members[at as usize % members.len()].clone(), members[(at as usize + 1) % members.len()].clone());
            let sort = if at % 2 == 0 { ItemSort::Expectation } else { ItemSort::Offer };
            let what = Some(format!("Something that is wanted, the {at}th").as_str().into());
            let item = Item { from, to, sort, what, ..Item::default() };
            let change = acts::voice(&workspace, id('G', number), item, &author).unwrap();
            workspace.apply(&change);
            if number % 2 == 0 && at == 9 + u32::from(number % 10 == 0) {
                accept_by_all(&mut workspace, id('G', number), &members, &author);
            }
        }
    }
    for number in 0..ACTIONS {
        let what = format!("Do the {number}th thing");
        let agreement = Some(Ref::record(id('G', number % AGREEMENTS)));
        let action = Action { id: id('A', number), what: what.as_str().into(), agreement, ..Action::default() };
        workspace.place(action.id, Some(action.into()));
    }
    workspace
}

fn accept_by_all(workspace: &mut Workspace, id: Id, members: &[Ref<Organisation>], author: &Author) {
    for member in members {
        let change = acts::accept(workspace, id, (member, None), None, author).unwrap();
        workspace.apply(&change);
    }
}
