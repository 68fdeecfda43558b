//! First conversations on the page of an agreement, as their author sees them: whose they are, and not what was said, as
//! somebody may be looking over a shoulder. What was said stands in their forms.

use super::rows::{Row, Target};
use super::{agreement, page::PAGE};
use crate::app::command::{Command, commands};
use crate::app::{App, Effects, form, prompt};
use crate::model::conversation::{self, Conversation};
use crate::model::date::format_date;
use crate::model::{Agreement, Change, Date, Edit, Emphasis, Id, Kind, Ref, Workspace};

/// Keys of conversations.
pub(super) const COMMANDS: &[Command] = commands! { PAGE;
    "conversation.new" ["C"] "" "a first conversation: notes that nobody but you can read" may_write, new;
    "conversation.delete" ["D"] "" "delete the conversation that the cursor stands on (u brings it back)" on_one, delete;
};

/// What the page says of the conversations that this login has noted.
pub(super) fn section(agreement: &Agreement, workspace: &Workspace, today: Date) -> Vec<Row> {
    let found = conversation::of_agreement(workspace, agreement.id);
    if found.is_empty() {
        return Vec::new();
    }
    let one = |one: &&Conversation| {
        let on = one.on.map(|on| format!(", {}", format_date(on, today))).unwrap_or_default();
        Row {
            target: Some(Target::Conversation(one.id)),
            ..Row::text(format!("{}{on}", conversation::speaker(one, workspace)))
        }
    };
    let hint = Row { emphasis: Emphasis::Quiet, ..Row::text("only you can read them: enter opens one") };
    [Row::heading("First conversations"), hint].into_iter().chain(found.iter().map(one)).collect()
}

/// The conversation that the cursor stands on.
pub(super) fn on(app: &App) -> Option<Id> {
    match app.screens.partners.page.rows.target() {
        Some(Target::Conversation(id)) => Some(id),
        _ => None,
    }
}

/// Opens the notes of a conversation.
pub(super) fn open(app: &mut App, id: Id) -> Effects {
    app.workspace.get(id).map(|record| form::open(app, record)).unwrap_or_default()
}

fn may_write(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    agreement(app).map(|_| ()).ok_or("open an agreement first")
}

fn on_one(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    on(app).map(|_| ()).ok_or("move to a first conversation")
}

fn new(app: &mut App) -> Effects {
    let Some(prepares) = agreement(app).map(|agreement| agreement.id) else { return Vec::new() };
    let id = app.new_id(Kind::Conversation);
    let blank = Conversation { id, agreement: Ref::record(prepares), on: Some(app.today), ..Conversation::default() };
    form::open(app, blank.into())
}

fn delete(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let before = on(app).and_then(|id| app.workspace.get(id));
    let edits = Edit::new(before, None).into_iter().collect();
    app.submit(Change { edits, sentence: "First conversation deleted; u brings it back".to_owned() })
}
