//! The page of an agreement: how it stands, what proves the four principles, who sees what how, what is expected, offered
//! and promised in each direction, the plan, the reviews. It is made anew when something changes, not when it is drawn.

use super::rows::{Row, Rows, Target};
use super::{View, agreement, conversations, leave, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::moving::Step;
use crate::app::{App, Effects, screen};
use crate::model::agreement::item::{Item, ItemSort, ItemState, answers_to};
use crate::model::agreement::review::{self, Principle};
use crate::model::agreement::{Agreement, AgreementKind, principles, version};
use crate::model::choice::Choice;
use crate::model::date::format_date;
use crate::model::order::Order as _;
use crate::model::text::one_line;
use crate::model::{Action, Date, Emphasis, Id, Organisation, Ref, Workspace, forum};

/// The scope of the page.
pub(super) const PAGE: Scope = Scope::new("An agreement");

/// Keys of the page that go somewhere; what is done to an agreement stands in `acts`.
pub(super) const COMMANDS: &[Command] = commands! { PAGE;
    "agreement.back" ["esc"] "back" "back to where you came from" always, back;
    "agreement.section" ["}"] "" "the next section of the page" always, |app| section(app, true);
    "agreement.section-back" ["{"] "" "the section before" always, |app| section(app, false);
    "agreement.open" ["enter"] "" "the action of the plan or the first conversation that the cursor stands on" has_target, open_target;
    "agreement.review" ["r"] "review" "review it together: twelve questions, 0 to 3" super::review::may_begin, super::review::open;
    "agreement.versions" ["c"] "" "what differs between two versions, line by line" super::versions::has_versions, super::versions::open;
    "agreement.previous" ["["] "" "the agreement before" always, |app| other(app, -1);
    "agreement.next" ["]"] "" "the next agreement" always, |app| other(app, 1);
};

/// The state of the page.
#[derive(Default)]
pub struct PageView {
    /// Its lines.
    pub rows: Rows,
    /// The item that a question was asked about.
    pub(super) asked: Option<u16>,
}

/// How many lines are seen.
pub(super) fn height((_, rows): (u16, u16)) -> usize {
    usize::from(rows).saturating_sub(3).max(1)
}

/// Opens the page of an agreement, on one of its items.
pub(super) fn open(app: &mut App, id: Id, item: Option<u16>) -> Effects {
    let state = &mut app.screens.partners;
    if state.view != View::Page {
        state.came_from = state.view;
    }
    state.agreement = Some(id);
    state.page = PageView::default();
    let effects = show(app, View::Page);
    if let Some(number) = item {
        let height = height(app.size);
        app.screens.partners.page.rows.stand_on(Target::Item(number), height);
    }
    effects
}

fn back(app: &mut App) -> Effects {
    if leave(app, app.screens.partners.agreement) {
        return Vec::new();
    }
    let view = app.screens.partners.came_from;
    show(app, view)
}

/// The agreement so many further in the list, round the ends.
fn other(app: &mut App, by: isize) -> Effects {
    let of_kind = |id: &Id| app.workspace.agreements.get(*id).is_some();
    let listed: Vec<Id> = app.screens.partners.list.rows.iter().map(|row| row.id).filter(of_kind).collect();
    let now = listed.iter().position(|id| Some(*id) == app.screens.partners.agreement).unwrap_or(0);
    match listed.get((now + listed.len()).saturating_add_signed(by) % listed.len().max(1)) {
        Some(next) => open(app, *next, None),
        None => Vec::new(),
    }
}

/// The item that the cursor stands on.
pub(super) fn item(app: &App) -> Option<&Item> {
    let Some(Target::Item(number)) = app.screens.partners.page.rows.target() else { return None };
    agreement(app)?.items.iter().find(|item| item.number == Some(number))
}

fn action(app: &App) -> Option<Id> {
    match app.screens.partners.page.rows.target() {
        Some(Target::Action(id)) => Some(id),
        _ => None,
    }
}

fn has_target(app: &App) -> Result<(), &'static str> {
    action(app).or(conversations::on(app)).map(|_| ()).ok_or("move to an action of the plan: enter opens it")
}

fn open_target(app: &mut App) -> Effects {
    match (action(app), conversations::on(app)) {
        (Some(id), _) => screen::go_to(app, id),
        (_, Some(id)) => conversations::open(app, id),
        _ => Vec::new(),
    }
}

/// Moves on the page.
pub(super) fn step(app: &mut App, step: Step) {
    let height = height(app.size);
    app.screens.partners.page.rows.step(step, height);
}

fn section(app: &mut App, is_next: bool) -> Effects {
    let height = height(app.size);
    app.screens.partners.page.rows.step_section(is_next, height);
    Vec::new()
}

/// Makes the page anew.
pub(super) fn refresh(app: &mut App) {
    let Some(agreement) = agreement(app) else { return };
    let rows = rows(agreement, &app.workspace, app.today);
    let (cells, height) = (usize::from(app.size.0), height(app.size));
    app.screens.partners.page.rows.set(rows, cells, height);
}

/// A section of the page: what it says of an agreement.
type Section = fn(&Agreement, &Workspace, Date) -> Vec<Row>;

/// The sections in their order.
const SECTIONS: [Section; 10] =
    [head, bid, vision, parties, perspectives, conversations::section, items, plan, reviews, acceptances];

/// Everything that the page says.
pub fn rows(agreement: &Agreement, workspace: &Workspace, today: Date) -> Vec<Row> {
    SECTIONS.iter().flat_map(|section| section(agreement, workspace, today)).collect()
}

fn dot(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

fn head(agreement: &Agreement, workspace: &Workspace, today: Date) -> Vec<Row> {
    let kind = dot(&[agreement.kind.label(), agreement.level.map_or("", Choice::label)]);
    let emphasis = if version::is_in_force(agreement) { Emphasis::Good } else { Emphasis::Warn };
    let stands = version::in_a_sentence(agreement, workspace);
    let mut rows =
        vec![Row::heading(agreement.name.as_str()), Row { emphasis: Emphasis::Quiet, indent: 0, ..Row::text(kind) }];
    rows.push(Row { emphasis, indent: 0, ..Row::text(stands) });
    for proof in principles::proofs(agreement, workspace, today) {
        let emphasis = if proof.holds { Emphasis::Plain } else { Emphasis::Quiet };
        let text = format!("{}: {}", proof.principle.label(), proof.said);
        let target = proof.record.map(|(id, _)| id).filter(|id| *id != agreement.id).map(Target::Action);
        rows.push(Row { holds: Some(proof.holds), emphasis, target, ..Row::text(text) });
    }
    rows
}

fn bid(agreement: &Agreement, workspace: &Workspace, today: Date) -> Vec<Row> {
    if agreement.kind != AgreementKind::ConsortiumBid {
        return Vec::new();
    }
    let lead = agreement
        .lead
        .as_ref()
        .map_or_else(|| "no lead body yet".to_owned(), |lead| format!("led by {}", lead.name(workspace)));
    let emphasis = if agreement.is_bid_due(today, 30) { Emphasis::Warn } else { Emphasis::Plain };
    let deadline = match agreement.deadline {
        Some(on) if on < today => format!("the deadline was {}", format_date(on, today)),
        Some(on) => format!("to be in by {}, in {} days", format_date(on, today), (on - today).num_days()),
        None => "no deadline is set".to_owned(),
    };
    let mut rows = vec![Row::heading("The bid"), Row::text(lead), Row { emphasis, ..Row::text(deadline) }];
    match &agreement.missing[..] {
        [] => rows.push(Row::text("nothing is said to be missing")),
        missing => rows
            .extend(missing.iter().map(|one| Row { emphasis: Emphasis::Warn, ..Row::text(format!("missing: {one}")) })),
    }
    rows
}

fn paragraphs(text: &str) -> impl Iterator<Item = Row> {
    text.lines().filter(|line| !line.trim().is_empty()).map(Row::text)
}

fn vision(agreement: &Agreement, _: &Workspace, today: Date) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(context) = &agreement.context {
        rows.push(Row::heading("Context"));
        rows.extend(paragraphs(context));
    }
    let on = agreement.vision_on.map(|on| format!(" of {}", format_date(on, today))).unwrap_or_default();
    rows.push(Row::heading(format!("Vision{on}")));
    match &agreement.vision {
        Some(vision) => rows.extend(paragraphs(vision)),
        None => rows.push(Row::empty("what the parties want to reach together: e writes it down, with its day")),
    }
    rows
}

fn parties(agreement: &Agreement, workspace: &Workspace, _: Date) -> Vec<Row> {
    let mut rows = vec![Row::heading("Parties")];
    rows.extend(agreement.parties.iter().map(|party| {
        let person = party.person.as_ref().map(|person| format!(" ({})", person.name(workspace))).unwrap_or_default();
        let brings = party.brings.as_ref().map(|brings| format!(" brings {}", one_line(brings))).unwrap_or_default();
        Row::text(format!("{}{person}{brings}", party.organisation.name(workspace)))
    }));
    if agreement.parties.is_empty() {
        rows.push(Row::empty("nobody yet: e adds the parties, one a line"));
    }
    rows
}

/// As the others have heard them, in the order of the parties.
fn perspectives(agreement: &Agreement, workspace: &Workspace, _: Date) -> Vec<Row> {
    let mut heard: Vec<_> = agreement.perspectives.iter().collect();
    let place = |organisation: &Ref<Organisation>| agreement.organisations().position(|party| party == organisation);
    heard.order_by_key(|one| (place(&one.organisation).unwrap_or(usize::MAX), one.standpoint));
    let mut rows = vec![Row::heading("Perspectives")];
    rows.extend(heard.into_iter().map(|one| {
        let name = one.organisation.name(workspace);
        let who = dot(&[&name, one.standpoint.map_or("", Choice::label), one.role.as_deref().unwrap_or_default()]);
        Row::text(format!("{who}: {}", one_line(one.text.as_deref().unwrap_or_default())))
    }));
    if agreement.perspectives.is_empty() {
        rows.push(Row::empty("how it looks to each of the parties: e writes that down"));
    }
    rows
}

/// The items by direction; what answers an expectation stands below it.
fn items(agreement: &Agreement, workspace: &Workspace, today: Date) -> Vec<Row> {
    let mut rows = Vec::new();
    for (from, to) in directions(agreement) {
        let names = (from.name(workspace), to.name(workspace));
        for sort in ItemSort::ALL {
            let is_here = |item: &&Item| (&item.from, &item.to, item.sort) == (from, to, *sort);
            let mut found: Vec<&Item> = agreement.items.iter().filter(is_here).collect();
            found.retain(|item| !is_below_another(item, &agreement.items));
            found.order_by_key(|item| (item.number, item.what.clone()));
            if !found.is_empty() {
                rows.push(Row::heading(heading(*sort, &names.0, &names.1)));
            }
            for item in found {
                let row = item_row(item, 0, today);
                let is_waiting = item.is_unanswered(&agreement.items);
                rows.push(if is_waiting { unanswered(row) } else { row });
                rows.extend(reason_row(item, 0));
                for answer in answers_to(item, &agreement.items) {
                    rows.push(item_row(answer, 1, today));
                    rows.extend(reason_row(answer, 1));
                }
            }
        }
    }
    if rows.is_empty() {
        rows.push(Row::heading("Expectations, offers and commitments"));
        rows.push(Row::empty("none yet: i writes down who expects, offers or commits what"));
    }
    rows
}

fn heading(sort: ItemSort, from: &str, to: &str) -> String {
    match sort {
        ItemSort::Expectation => format!("{from} expects of {to}"),
        ItemSort::Offer => format!("{from} offers {to}"),
        ItemSort::Commitment => format!("{from} commits to {to}"),
        ItemSort::Help => format!("{from} helps with the own goals of {to}"),
    }
}

/// Who has something to do with whom, in the order of the items.
fn directions(agreement: &Agreement) -> Vec<(&Ref<Organisation>, &Ref<Organisation>)> {
    let mut directions = Vec::new();
    for item in &agreement.items {
        if !directions.contains(&(&item.from, &item.to)) {
            directions.push((&item.from, &item.to));
        }
    }
    directions
}

/// Whether an item answers one that is there, and so stands below that.
fn is_below_another(item: &Item, items: &[Item]) -> bool {
    let is_asked = |asked: &&Item| answers_to(asked, items).any(|answer| std::ptr::eq(answer, item));
    items.iter().any(|asked| is_asked(&asked))
}

fn item_row(item: &Item, depth: u16, today: Date) -> Row {
    let due = item.due.map(|due| format!(", by {}", format_date(due, today))).unwrap_or_default();
    let emphasis = match item.state {
        ItemState::NotKept => Emphasis::Warn,
        ItemState::Kept => Emphasis::Good,
        ItemState::Declined | ItemState::Withdrawn => Emphasis::Quiet,
        _ if item.is_overdue(today) => Emphasis::Warn,
        _ => Emphasis::Plain,
    };
    let sort = if depth > 0 { format!("{}: ", item.sort.label()) } else { String::new() };
    Row {
        text: format!("{sort}{}{due}", one_line(item.what.as_deref().unwrap_or_default())),
        indent: 5 + depth * 4,
        mark: item.number.map(|number| format!("{number}.")).unwrap_or_default(),
        right: item.state.label().to_owned(),
        emphasis,
        target: item.number.map(Target::Item),
        ..Row::default()
    }
}

/// An expectation that waits for an answer.
fn unanswered(row: Row) -> Row {
    Row { right: "unanswered".to_owned(), emphasis: Emphasis::Warn, ..row }
}

fn reason_row(item: &Item, depth: u16) -> Option<Row> {
    let reason = item.reason.as_ref()?;
    let text = format!("because {}", one_line(reason));
    let target = item.number.map(Target::Item);
    Some(Row { text, indent: 5 + depth * 4, emphasis: Emphasis::Quiet, target, goes_on: true, ..Row::default() })
}

fn plan(agreement: &Agreement, workspace: &Workspace, today: Date) -> Vec<Row> {
    let mut rows = vec![Row::heading("Joint plan")];
    rows.extend(principles::plan(agreement, workspace).into_iter().map(|action| action_row(action, workspace, today)));
    if rows.len() == 1 {
        rows.push(Row::empty("no action serves it yet: n writes one down"));
    }
    rows
}

fn action_row(action: &Action, workspace: &Workspace, today: Date) -> Row {
    let organisation = || action.organisation.as_ref().map(|organisation| organisation.name(workspace).into_owned());
    let lead = action.lead.as_ref().map(|lead| lead.name(workspace).into_owned()).or_else(organisation);
    let lead = lead.unwrap_or_else(|| "nobody yet".to_owned());
    let due = forum::due(workspace, action).map(|due| format!("due {}", format_date(due, today))).unwrap_or_default();
    let item = action.item.map(|number| format!("for item {number}")).unwrap_or_default();
    let emphasis = match action.is_overdue(workspace, today) {
        true => Emphasis::Warn,
        false if action.is_unfinished() => Emphasis::Plain,
        false => Emphasis::Good,
    };
    Row {
        right: action.state.label().to_owned(),
        emphasis,
        target: Some(Target::Action(action.id)),
        ..Row::text(dot(&[&action.what, &lead, &due, &item]))
    }
}

/// How many of the last reviews are shown.
const SHOWN: usize = 4;

fn reviews(agreement: &Agreement, _: &Workspace, today: Date) -> Vec<Row> {
    let cycle = agreement.cycle.as_deref().unwrap_or_default();
    let next = agreement.review_on.map(|on| format!("next on {}", format_date(on, today))).unwrap_or_default();
    let mut rows = vec![Row::heading(dot(&["Reviews", cycle, &next]))];
    let ordered = review::in_order(&agreement.reviews);
    let shown = &ordered[ordered.len().saturating_sub(SHOWN)..];
    let Some(last) = shown.last() else {
        rows.push(Row::empty("none yet: r reviews it together, twelve questions from 0 to 3"));
        return rows;
    };
    let days: Vec<String> = shown.iter().filter_map(|one| one.on).map(|on| format_date(on, today)).collect();
    rows.push(Row::text(format!("on {}, each principle of 9", days.join(" → "))));
    for principle in Principle::ALL {
        let sums = shown.iter().map(|one| one.on_principle(*principle));
        let sums: Vec<String> = sums.map(|sum| sum.map_or_else(|| "–".to_owned(), |sum| sum.to_string())).collect();
        let bar = last.on_principle(*principle).map(|sum| (sum, 9));
        rows.push(Row { bar, ..Row::text(format!("{}: {}", principle.label(), sums.join(" → "))) });
    }
    rows.extend(last.note.as_ref().map(|note| Row::text(one_line(note))));
    rows
}

fn acceptances(agreement: &Agreement, workspace: &Workspace, today: Date) -> Vec<Row> {
    let history = version::history(agreement, workspace, today);
    if history.is_empty() {
        return vec![Row::heading("Accepted"), Row::empty("by nobody yet: A accepts it for a party")];
    }
    std::iter::once(Row::heading("Accepted")).chain(history.into_iter().map(Row::text)).collect()
}
