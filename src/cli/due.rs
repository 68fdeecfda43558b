//! `moot due` and `moot loose`: what is to be done, and what has no follow-up.

use std::io::Write;

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::list::{print_columns, print_json};
use super::session::{Session, acting_name, find_workspace};
use crate::model::due::{self, Due};
use crate::model::loose_ends::{self, Context, Loose, LooseEnd};
use crate::model::text::one_line;
use crate::model::{Date, Id, Workspace, person};
use crate::store::{self, Mode, Store};

/// `moot due`
#[derive(Debug, Args)]
pub struct DueArgs {
    /// Print it as JSON
    #[arg(long, conflicts_with = "login")]
    json: bool,
    /// Print one line about your own, or nothing: for the profile of your shell
    #[arg(long)]
    login: bool,
}

impl DueArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let today = crate::run::clock().1;
        if self.login {
            return print_login(global, today, out);
        }
        let session = Session::open(global, Mode::Read)?;
        let workspace = session.workspace();
        let asked = acting_name(global);
        let who = asked.clone().unwrap_or_else(store::own_login);
        let me = match person::find(workspace, &who) {
            Ok(person) => Some(person.id),
            Err(refusal) if asked.is_some() => return Err(CommandError::not_found(refusal.0)),
            Err(_) => None,
        };
        let mut found = due::due(workspace, today, me);
        found.retain(|due| due.is_mine || asked.is_none());
        if self.json {
            let all: Vec<Value> = found.iter().map(|due| due_json(due, workspace)).collect();
            print_json(&Value::Array(all), out)?;
        } else {
            let row = |due: &Due| {
                vec![due.action.to_string(), title(due.action, workspace), due::says(due, workspace, today)]
            };
            print_columns(&found.iter().map(row).collect::<Vec<_>>(), out)?;
        }
        Ok(0)
    }
}

/// One line about what is due for whoever logs in. Nothing is said where there is no workspace, nobody is known by the
/// login, or nothing is due: nobody is to be kept from logging in.
fn print_login(global: &Global, today: Date, out: &mut dyn Write) -> CommandResult {
    let Some(opened) = find_workspace(global).and_then(|dir| Store::open(&dir, Mode::Read).ok()) else { return Ok(0) };
    let who = acting_name(global).unwrap_or_else(store::own_login);
    if let Ok(person) = person::find(&opened.workspace, &who) {
        let mut mine = due::due(&opened.workspace, today, Some(person.id));
        mine.retain(|due| due.is_mine);
        if let Some(line) = due::in_a_line(&mine) {
            writeln!(out, "{line}")?;
        }
    }
    std::mem::forget(opened); // the process ends next
    Ok(0)
}

fn title(id: Id, workspace: &Workspace) -> String {
    workspace.get(id).map_or_else(|| id.to_string(), |record| one_line(&record.title(workspace)))
}

fn due_json(due: &Due, workspace: &Workspace) -> Value {
    json!({
        "id": due.action.to_string(), "action": title(due.action, workspace), "due": due.on.to_string(),
        "overdue": due.is_overdue, "yours": due.is_mine,
    })
}

/// `moot loose`
#[derive(Debug, Args)]
pub struct LooseArgs {
    /// Which sort; without one all of them, counted
    #[arg(value_parser = PossibleValuesParser::new(loose_ends::ALL.iter().map(|sort| sort.name)))]
    kind: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl LooseArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let atlas = session.atlas();
        let workspace = session.workspace();
        let context = Context { workspace, atlas: &atlas, today: crate::run::clock().1 };
        let found = match self.kind.as_deref().and_then(loose_ends::named) {
            Some(sort) => vec![(sort, (sort.find)(context))],
            None => loose_ends::loose_ends(context),
        };
        if self.json {
            let of = |(sort, loose): &(&LooseEnd, Vec<Loose>)| {
                let all: Vec<Value> = loose.iter().map(|one| loose_json(one, workspace)).collect();
                (sort.name.to_owned(), Value::Array(all))
            };
            print_json(&Value::Object(found.iter().map(of).collect()), out)?;
        } else if self.kind.is_some() {
            let rows = found.iter().flat_map(|(_, loose)| loose).map(|one| cells(one, workspace));
            print_columns(&rows.collect::<Vec<_>>(), out)?;
        } else {
            let counted =
                |(sort, loose): &(&LooseEnd, Vec<Loose>)| vec![sort.name.to_owned(), sort.sentence(loose.len())];
            print_columns(&found.iter().map(counted).collect::<Vec<_>>(), out)?;
        }
        Ok(0)
    }
}

fn cells(loose: &Loose, workspace: &Workspace) -> Vec<String> {
    let id = loose.record.map(|id| id.to_string()).unwrap_or_default();
    let titled = loose.record.filter(|_| loose.says.is_empty()).map(|id| title(id, workspace));
    vec![id, titled.unwrap_or_else(|| one_line(&loose.says))]
}

fn loose_json(loose: &Loose, workspace: &Workspace) -> Value {
    let titled = loose.record.map(|id| title(id, workspace));
    let says = Some(one_line(&loose.says)).filter(|says| !says.is_empty());
    json!({"id": loose.record.map(|id| id.to_string()), "title": titled, "says": says})
}
