//! What is due: actions that are late or have to be done soon, one's own first.

use super::action::Action;
use super::date::{Date, format_date};
use super::order::Order as _;
use super::{Id, Workspace, forum};

/// So many days before its day an action begins to be due.
pub const SOON: i64 = 14;

/// An action that is late, or due soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The action.
    pub action: Id,
    /// The day by which it is to be done.
    pub on: Date,
    /// Whether that day has passed.
    pub is_overdue: bool,
    /// Whether it is for the person who asks to see to it, or to help.
    pub is_mine: bool,
}

/// Whether an action has to do with a person: they lead it, or help.
pub fn is_theirs(action: &Action, person: Id) -> bool {
    action.lead.iter().chain(&action.helpers).any(|one| one.id() == Some(person))
}

/// What is late and what is due within [`SOON`] days, in one pass: that of `me` first, then by day.
pub fn due(workspace: &Workspace, today: Date, me: Option<Id>) -> Vec<Due> {
    let unfinished = workspace.actions.iter().filter(|action| action.is_unfinished());
    let is_due = |action: &std::sync::Arc<Action>| {
        let on = forum::due(workspace, action).filter(|on| (*on - today).num_days() <= SOON)?;
        let is_mine = me.is_some_and(|me| is_theirs(action, me));
        Some(Due { action: action.id, on, is_overdue: on < today, is_mine })
    };
    let mut found: Vec<Due> = unfinished.filter_map(is_due).collect();
    found.order_by_key(|due| (!due.is_overdue, !due.is_mine, due.on, due.action));
    found
}

/// When it is due and who sees to it: "overdue since Fri 20 Nov, Katy Pascoe".
pub fn says(due: &Due, workspace: &Workspace, today: Date) -> String {
    let when = if due.is_overdue { "overdue since" } else { "due" };
    let action = workspace.actions.get(due.action);
    let lead = action.and_then(|action| action.lead.as_ref()).map(|lead| lead.name(workspace));
    let organisation = || action.and_then(|action| action.organisation.as_ref()).map(|one| one.name(workspace));
    let who = lead.or_else(organisation).unwrap_or_else(|| "nobody yet".into());
    format!("{when} {}, {who}", format_date(due.on, today))
}

/// How many are due and how many of them late, in one line for somebody who logs in; `None`: none is.
pub fn in_a_line(due: &[Due]) -> Option<String> {
    let late = due.iter().filter(|due| due.is_overdue).count();
    let actions = |n: usize| if n == 1 { "1 action is".to_owned() } else { format!("{n} actions are") };
    match (due.len(), late) {
        (0, _) => None,
        (all, 0) => Some(format!("{} due: moot", actions(all))),
        (all, late) if all == late => Some(format!("{} overdue: moot", actions(all))),
        (all, late) => Some(format!("{} due, {late} overdue: moot", actions(all))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ref;
    use crate::model::action::ActionState;

    #[test]
    fn what_is_late_stands_first_and_ones_own_before_that_of_others() {
        let today: Date = "2026-11-21".parse().unwrap();
        let (me, other) = (Id::from_number('P', 1, 4), Id::from_number('P', 2, 4));
        let mut workspace = Workspace::default();
        let all = [
            (0, "2026-11-25", other, ActionState::Open),
            (1, "2026-11-25", me, ActionState::UnderWay),
            (2, "2026-11-19", other, ActionState::Stuck),
            (3, "2026-11-20", me, ActionState::Open),
            (4, "2026-11-18", me, ActionState::Done),
            (5, "2026-12-06", me, ActionState::Open),
            (6, "2026-11-21", other, ActionState::Open),
        ];
        for (number, due, lead, state) in all {
            let id = Id::from_number('A', number, 4);
            let action =
                Action { id, due: due.parse().ok(), lead: Some(Ref::record(lead)), state, ..Action::default() };
            workspace.place(id, Some(action.into()));
        }
        let found = due(&workspace, today, Some(me));
        let order: Vec<(&str, bool, bool)> =
            found.iter().map(|due| (&due.action.as_str()[5..], due.is_overdue, due.is_mine)).collect();
        let meant =
            [("3", true, true), ("2", true, false), ("1", false, true), ("6", false, false), ("0", false, false)];
        assert_eq!(order, meant);
        assert_eq!(in_a_line(&found).as_deref(), Some("5 actions are due, 2 overdue: moot"));
        assert_eq!(in_a_line(&found[..1]).as_deref(), Some("1 action is overdue: moot"));
        assert_eq!(in_a_line(&found[2..]).as_deref(), Some("3 actions are due: moot"));
        assert_eq!(in_a_line(&[]), None);
    }
}
