//! The matrix: organisations by organisations, and what stands between the two of a cell.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::{Row, Rows, Target};
use super::{View, page, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects};
use crate::model::agreement::between::{Matrix, Relation, matrix};
use crate::model::agreement::version;
use crate::model::choice::Choice;
use crate::model::date::format_date;
use crate::model::order::Order as _;
use crate::model::text::one_line;
use crate::model::{Agreement, Date, Emphasis, Organisation, Ref, Workspace};

/// The scope of the matrix.
pub(super) const MATRIX: Scope = Scope::new("The matrix of partners");
/// The scope of what stands between two organisations.
pub(super) const BETWEEN: Scope = Scope::new("Between two partners");

/// Keys of the matrix.
pub(super) const COMMANDS: &[Command] = commands! { MATRIX;
    "matrix.open" ["enter"] "open" "what stands between the two organisations" has_relation, open_cell;
    "matrix.turn" ["T"] "turn" "the other way: what the second has to do with the first" always, turn_cell;
    "matrix.back" ["esc", "m"] "list" "back to the list" always, |app| show(app, View::List);
};

/// Keys of what stands between two organisations.
pub(super) const BETWEEN_COMMANDS: &[Command] = commands! { BETWEEN;
    "between.open" ["enter"] "open" "the agreement, at this item" has_row, open_row;
    "between.back" ["esc"] "matrix" "back to the matrix" always, |app| show(app, View::Matrix);
};

/// The state of both.
#[derive(Default)]
pub struct MatrixView {
    /// The matrix.
    pub matrix: Matrix,
    /// The letters that head its organisations.
    pub codes: Vec<String>,
    /// Row and column of the cell the cursor stands on.
    pub at: (usize, usize),
    /// What stands between the two organisations of the cell.
    pub between: Rows,
}

impl MatrixView {
    /// The relation of the cell the cursor stands on.
    pub fn relation(&self) -> Option<&Relation> {
        self.matrix.rows.get(self.at.0)?.get(self.at.1)
    }

    /// The two organisations of the cell, with their names.
    pub fn pair(&self) -> Option<[&(Ref<Organisation>, String); 2]> {
        let organisations = &self.matrix.organisations;
        Some([organisations.get(self.at.0)?, organisations.get(self.at.1)?])
    }
}

/// Opens the matrix.
pub(super) fn open(app: &mut App) -> Effects {
    show(app, View::Matrix)
}

/// Makes it anew; the cursor stays on the two organisations it stood on.
pub(super) fn refresh(app: &mut App) {
    let made = matrix(&app.workspace);
    let state = &mut app.screens.partners.matrix;
    let held = state.pair().map(|pair| pair.map(|(organisation, _)| organisation.clone()));
    let place = |wanted: &Ref<Organisation>| made.organisations.iter().position(|(known, _)| known == wanted);
    let at = held.and_then(|[from, to]| Some((place(&from)?, place(&to)?)));
    let last = made.organisations.len().saturating_sub(1);
    state.at = at.unwrap_or((state.at.0.min(last), state.at.1.min(last)));
    state.codes = codes(&made.organisations);
    state.matrix = made;
    if app.screens.partners.view == View::Between {
        arrange(app);
    }
}

fn arrange(app: &mut App) {
    let state = &app.screens.partners.matrix;
    let rows = match (state.pair(), state.relation()) {
        (Some(pair), Some(relation)) => rows(pair, relation, &app.workspace, app.today),
        _ => Vec::new(),
    };
    let (cells, height) = (usize::from(app.size.0), page::height(app.size));
    app.screens.partners.matrix.between.set(rows, cells, height);
}

/// Moves in the matrix.
pub(super) fn step(app: &mut App, step: Step) {
    let state = &mut app.screens.partners.matrix;
    let len = state.matrix.organisations.len();
    match step {
        Step::Columns(by) => state.at.1 = state.at.1.saturating_add_signed(by).min(len.saturating_sub(1)),
        step => {
            let mut cursor = Cursor { at: state.at.0, top: 0 };
            cursor.step(step, len, usize::from(app.size.1).saturating_sub(8));
            state.at.0 = cursor.at;
        }
    }
}

/// Moves in what stands between two organisations.
pub(super) fn step_between(app: &mut App, step: Step) {
    let height = page::height(app.size);
    app.screens.partners.matrix.between.step(step, height);
}

fn has_relation(app: &App) -> Result<(), &'static str> {
    let relation = app.screens.partners.matrix.relation();
    match relation.filter(|relation| !relation.is_empty()) {
        Some(_) => Ok(()),
        None => Err("there is no agreement between these two; n in the list makes one"),
    }
}

fn open_cell(app: &mut App) -> Effects {
    app.screens.partners.matrix.between = Rows::default();
    show(app, View::Between)
}

fn turn_cell(app: &mut App) -> Effects {
    let (from, to) = app.screens.partners.matrix.at;
    app.screens.partners.matrix.at = (to, from);
    Vec::new()
}

fn has_row(app: &App) -> Result<(), &'static str> {
    let target = app.screens.partners.matrix.between.target();
    target.map(|_| ()).ok_or("move to an agreement or an item first")
}

fn open_row(app: &mut App) -> Effects {
    match app.screens.partners.matrix.between.target() {
        Some(Target::In(agreement, item)) => page::open(app, agreement, item),
        _ => Vec::new(),
    }
}

/// What stands between two organisations: each agreement, and its items in both directions.
fn rows(
    [(from, from_name), (to, to_name)]: [&(Ref<Organisation>, String); 2],
    relation: &Relation,
    workspace: &Workspace,
    today: Date,
) -> Vec<Row> {
    let mut rows = vec![Row::heading(format!("{from_name} and {to_name}"))];
    rows.push(Row { emphasis: Emphasis::Quiet, indent: 0, ..Row::text(say(relation, from_name, to_name)) });
    for agreement in relation.agreements.iter().filter_map(|id| workspace.agreements.get(*id)) {
        rows.push(Row {
            indent: 0,
            right: String::new(),
            target: Some(Target::In(agreement.id, None)),
            emphasis: if version::is_in_force(agreement) { Emphasis::Good } else { Emphasis::Warn },
            ..Row::text(format!("{} · {}", agreement.name, version::in_a_word(agreement)))
        });
        rows.extend(items_between(agreement, from, to, workspace, today));
    }
    rows
}

fn items_between(
    agreement: &Agreement,
    from: &Ref<Organisation>,
    to: &Ref<Organisation>,
    workspace: &Workspace,
    today: Date,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for direction in [(from, to), (to, from)] {
        let mut items: Vec<_> = agreement.items.iter().filter(|item| (&item.from, &item.to) == direction).collect();
        items.order_by_key(|item| item.number);
        rows.extend(items.into_iter().map(|item| {
            let due = item.due.map(|due| format!(", by {}", format_date(due, today))).unwrap_or_default();
            Row {
                text: format!("{}{due}", one_line(&item.sentence(workspace))),
                indent: 5,
                mark: item.number.map(|number| format!("{number}.")).unwrap_or_default(),
                right: item.state.label().to_owned(),
                target: Some(Target::In(agreement.id, item.number)),
                ..Row::default()
            }
        }));
    }
    rows
}

/// A cell in a sentence.
pub fn say(relation: &Relation, from: &str, to: &str) -> String {
    if relation.is_empty() {
        return format!("{from} has nothing with {to}");
    }
    let expects = match relation.expectations {
        0 => format!("{from} expects nothing of {to}"),
        1 if relation.answered == 1 => format!("{from} expects 1 thing of {to}, which was answered"),
        1 => format!("{from} expects 1 thing of {to}, not answered yet"),
        many => format!("{from} expects {many} things of {to}, {} answered", relation.answered),
    };
    let gives = match relation.gives {
        0 => String::new(),
        1 => ", and gives 1".to_owned(),
        many => format!(", and gives {many}"),
    };
    let not_kept = if relation.not_kept > 0 { format!("; {} not kept", relation.not_kept) } else { String::new() };
    let one_way = if relation.is_one_way { format!("; nothing was ever said by {to}") } else { String::new() };
    let lapsed = if relation.has_lapsed { "; an acceptance has lapsed" } else { "" };
    format!("{expects}{gives}{not_kept}{one_way}{lapsed}")
}

/// The letters by which an organisation is headed in the matrix: the first of each word, or of its first word, with a
/// digit where another has the same.
fn codes(organisations: &[(Ref<Organisation>, String)]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    organisations.iter().map(|(_, name)| free_code(&letters(name), &mut numbers, &mut taken)).collect()
}

fn letters(name: &str) -> String {
    let is_small = |word: &&str| !["of", "the", "and", "for", "&", "in"].contains(&word.to_lowercase().as_str());
    let words: Vec<&str> = name.split([' ', '-']).filter(|word| !word.is_empty()).filter(is_small).collect();
    match words[..] {
        [one] => one.chars().take(4).collect(),
        _ => words.iter().filter_map(|word| word.chars().find(|c| c.is_alphanumeric())).take(4).collect(),
    }
}

/// The first of a code and its numbered forms that is not taken; those below its number are.
fn free_code(code: &str, numbers: &mut BTreeMap<String, u32>, taken: &mut BTreeSet<String>) -> String {
    let number = numbers.entry(code.to_owned()).or_insert(1);
    loop {
        let wanted = if *number == 1 { code.to_owned() } else { format!("{code}{number}") };
        *number += 1;
        if taken.insert(wanted.clone()) {
            return wanted;
        }
    }
}

/// What stands in a cell: how many expectations were answered of how many, what else the first gives, and in signs that only
/// one of the two has spoken, and that an acceptance has lapsed.
pub fn cell(relation: &Relation, is_ascii: bool) -> String {
    if relation.is_empty() {
        return String::new();
    }
    let expects = match (relation.expectations, relation.gives) {
        (0, 0) => if is_ascii { "." } else { "·" }.to_owned(),
        (0, gives) => format!("+{gives}"),
        (expected, 0) => format!("{}/{expected}", relation.answered),
        (expected, gives) => format!("{}/{expected}+{gives}", relation.answered),
    };
    let one_way = match (relation.is_one_way, is_ascii) {
        (false, _) => "",
        (true, true) => ">",
        (true, false) => "→",
    };
    format!("{expects}{one_way}{}", if relation.has_lapsed { "!" } else { "" })
}

/// The kinds of agreement that a relation rests on, in words: for the foot of the matrix.
pub fn kinds(relation: &Relation, workspace: &Workspace) -> String {
    let mut names: Vec<&str> = Vec::new();
    for agreement in relation.agreements.iter().filter_map(|id| workspace.agreements.get(*id)) {
        if !names.contains(&agreement.kind.label()) {
            names.push(agreement.kind.label());
        }
    }
    names.join(", ")
}
