//! How actions are looked at: whose they are, and in which groups they stand.

use std::collections::HashMap;

use super::{Action, ActionState};
use crate::model::date::{Date, format_date};
use crate::model::organisation::Organisation;
use crate::model::reference::Ref;
use crate::model::text::Text;
use crate::model::{Id, Workspace};
use crate::model::{forum, person};

/// Within so many days a due action is soon due.
const SOON_DAYS: i64 = 14;

/// Which actions are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Only {
    /// All of them.
    #[default]
    Everything,
    /// Those I lead or help with.
    Mine,
    /// Those that my organisation leads, or somebody who acts for it.
    Ours,
    /// Those I wrote down.
    WrittenByMe,
    /// Those that nobody leads yet.
    Nobodys,
    /// Those that should be done by now.
    Overdue,
}

impl Only {
    /// Its name on screens.
    pub fn label(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Mine => "mine",
            Self::Ours => "ours",
            Self::WrittenByMe => "written by me",
            Self::Nobodys => "nobody's",
            Self::Overdue => "overdue",
        }
    }

    /// Whether an action is among them.
    pub fn holds(self, action: &Action, me: &Me, workspace: &Workspace, today: Date) -> bool {
        match self {
            Self::Everything => true,
            Self::Mine => me.has_part_in(action),
            Self::Ours => me.is_of_ours(action, workspace, today),
            Self::WrittenByMe => action.written_by.is_some() && action.written_by == me.initials,
            Self::Nobodys => action.is_nobodys(),
            Self::Overdue => action.is_overdue(workspace, today),
        }
    }
}

/// Who looks: the person, and the organisations for which they act today.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Me {
    initials: Option<Text>,
    person: Option<Id>,
    organisations: Vec<Ref<Organisation>>,
}

impl Me {
    /// The person who signs with these initials.
    pub fn new(workspace: &Workspace, initials: Option<&Text>, today: Date) -> Self {
        let person = initials.and_then(|initials| person::find(workspace, initials).ok());
        let organisations = person.map(|person| person.organisations(today).into_iter().cloned().collect());
        Self {
            initials: initials.cloned(),
            person: person.map(|person| person.id),
            organisations: organisations.unwrap_or_default(),
        }
    }

    fn has_part_in(&self, action: &Action) -> bool {
        self.person.is_some() && action.lead.iter().chain(&action.helpers).any(|one| one.id() == self.person)
    }

    fn is_of_ours(&self, action: &Action, workspace: &Workspace, today: Date) -> bool {
        let lead = action.lead.as_ref().and_then(|lead| lead.get(workspace));
        let of_lead = lead.map(|lead| lead.organisations(today)).unwrap_or_default();
        action.organisation.iter().chain(of_lead).any(|one| self.organisations.contains(one))
    }
}

/// By what actions stand in groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// By the day they are due.
    #[default]
    Due,
    /// By the priority or theme they serve.
    Priority,
    /// By how far they are.
    State,
}

/// The groups in which actions stand, in their order.
pub struct Grouping {
    by: By,
    today: Date,
    /// What each group is called.
    pub headings: Vec<String>,
    themes: HashMap<Id, usize>,
}

impl Grouping {
    /// The groups of a workspace.
    pub fn new(by: By, workspace: &Workspace, today: Date) -> Self {
        let fixed: &[&str] = match by {
            By::Due => {
                &["overdue", "within two weeks", "later", "when the forum meets next", "no day yet", "done or dropped"]
            }
            By::State => &["open", "under way", "stuck", "done or dropped"],
            By::Priority => &["no theme"],
        };
        let mut found: Vec<(bool, String, String, Id)> = Vec::new();
        if by == By::Priority {
            found.extend(workspace.themes.iter().map(|theme| {
                let decided = theme.priority_since.map(|day| format!("priority since {}", format_date(day, today)));
                let said = decided.unwrap_or_else(|| "a theme, no priority".to_owned());
                let heading = format!("{} · {said}", theme.name);
                (theme.priority_since.is_none(), theme.name.to_lowercase(), heading, theme.id)
            }));
            found.sort();
        }
        let themes = found.iter().enumerate().map(|(at, theme)| (theme.3, at)).collect();
        let named = found.into_iter().map(|theme| theme.2);
        Self { by, today, headings: named.chain(fixed.iter().map(ToString::to_string)).collect(), themes }
    }

    /// The group in which an action stands.
    pub fn place(&self, action: &Action, workspace: &Workspace) -> usize {
        match self.by {
            By::Due => due_place(action, workspace, self.today),
            By::State => state_place(action.state),
            By::Priority => {
                let theme = action.theme.as_ref().and_then(Ref::id).and_then(|id| self.themes.get(&id).copied());
                theme.unwrap_or(self.headings.len() - 1)
            }
        }
    }
}

fn due_place(action: &Action, workspace: &Workspace, today: Date) -> usize {
    match forum::due(workspace, action) {
        _ if !action.is_unfinished() => 5,
        Some(due) if due < today => 0,
        Some(due) if (due - today).num_days() <= SOON_DAYS => 1,
        Some(_) => 2,
        None if action.by_next_forum => 3,
        None => 4,
    }
}

/// What is over stands together: what was dropped says so itself.
fn state_place(state: ActionState) -> usize {
    match state {
        ActionState::Open => 0,
        ActionState::UnderWay => 1,
        ActionState::Stuck => 2,
        ActionState::Done | ActionState::Dropped => 3,
    }
}
