//! Commands of a forum: its next agenda.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::list::print_json;
use super::session::Session;
use crate::model::choice::Choice;
use crate::model::field::FieldValue;
use crate::model::meeting::pack::{self, Matter, Pack};
use crate::model::text::one_line;
use crate::model::{Forum, ParseContext, Ref, Workspace};
use crate::run::exit_code::DONE;
use crate::store::Mode;

/// `moot agenda`
#[derive(Debug, Args)]
pub struct AgendaArgs {
    /// The forum: its id or name; where there is only one it need not be named
    forum: Option<String>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

impl AgendaArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let workspace = session.workspace();
        let forum = find(workspace, self.forum.as_deref())?;
        let today = chrono::Local::now().date_naive();
        let next = pack::next(workspace, forum, today).ok_or_else(|| {
            CommandError::not_found(format!(
                "{} has no cycle and no meeting to come: moot set {} cycle=\"every 3 months\"",
                forum.name, forum.id
            ))
        })?;
        if self.json {
            print_json(&to_json(&next), out)?;
        } else {
            print(&next, out)?;
        }
        Ok(DONE)
    }
}

/// The forum that is meant by an id or a name, or the only one.
fn find<'a>(workspace: &'a Workspace, typed: Option<&str>) -> Result<&'a Forum, CommandError> {
    let none = |why: String| CommandError::not_found(why);
    let Some(typed) = typed else {
        let mut all = workspace.forums.iter();
        return match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(none("there is no forum here: moot add forum name=…".to_owned())),
            _ => Err(none("there are several forums: name one of `moot list forums`".to_owned())),
        };
    };
    let meant = Ref::<Forum>::parse(typed, ParseContext { workspace, today: crate::model::Date::default() });
    let meant = meant.map_err(CommandError::not_found)?;
    meant.get(workspace).ok_or_else(|| none(format!("there is no forum {typed:?} here; see `moot list forums`")))
}

fn to_json(pack: &Pack) -> Value {
    let matter = |matter: &Matter| {
        json!({
            "number": matter.number, "from": matter.sort.map(Choice::label), "text": matter.text, "why": matter.why,
            "cites": matter.cites, "about": matter.about.map(|id| id.to_string()),
        })
    };
    json!({
        "forum": pack.forum, "on": pack.on.map(|on| on.to_string()), "place": pack.place,
        "agenda": pack.agenda.iter().map(matter).collect::<Vec<_>>(),
    })
}

fn print(pack: &Pack, out: &mut dyn Write) -> Result<(), CommandError> {
    writeln!(out, "{}, {}\n", one_line(&pack.forum), one_line(&pack.place))?;
    for matter in &pack.agenda {
        writeln!(out, "{:>3}  {}", matter.number, one_line(&matter.line()))?;
    }
    Ok(())
}
