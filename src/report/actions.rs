//! Actions in reports: what is to be done, who sees to it, until when, how far it is.

use super::document::{Table, Words};
use super::source::Source;
use super::words::long_date;
use crate::model::choice::Choice;
use crate::model::order::Order as _;
use crate::model::told::{Partner, partners_of};
use crate::model::{Action, forum};

/// Whether a partner sees to an action, by itself or by one of its people.
pub fn is_led_by(source: &Source<'_>, action: &Action, partner: &Partner) -> bool {
    let organisation = action.organisation.iter().any(|one| Partner::Organisation(one.clone()) == *partner);
    let leads =
        || action.lead.iter().flat_map(|lead| partners_of(lead, source.all, source.today)).any(|one| one == *partner);
    organisation || leads()
}

/// Actions as a table, what is due first at the top.
pub fn table(source: &Source<'_>, caption: &str, mut actions: Vec<&Action>) -> Table {
    let due = |action: &Action| forum::due(source.all, action);
    actions.order_by_key(|action| (due(action).is_none(), due(action), action.what.to_lowercase()));
    let row = |action: &&Action| -> Vec<Words> {
        let late =
            if action.is_unfinished() && due(action).is_some_and(|due| due < source.today) { ", overdue" } else { "" };
        let reason = action.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        vec![
            action.what.as_str().into(),
            leads(source, action).into(),
            due(action).map_or_else(String::new, |due| format!("{}{late}", long_date(due))).into(),
            format!("{}{reason}", action.state.label()).into(),
        ]
    };
    Table::new(caption, &["Action", "Lead", "Due", "State"]).with("", actions.iter().map(row).collect())
}

fn leads(source: &Source<'_>, action: &Action) -> String {
    let lead = action.lead.as_ref().map(|lead| source.name(lead));
    let organisation = action.organisation.as_ref().map(|one| source.name(one));
    match (lead, organisation) {
        (None, None) => "nobody yet".to_owned(),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(lead), Some(organisation)) => format!("{lead}, {organisation}"),
    }
}
