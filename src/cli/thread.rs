//! `moot thread`: where a record came from, and what came of it.

use std::collections::BTreeSet;
use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::list::{print_columns, print_json};
use super::session::Session;
use crate::model::thread::{Line, Step, What, thread};
use crate::store::Mode;

/// `moot thread`
#[derive(Debug, Args)]
pub struct ThreadArgs {
    /// The record: its id, such as T-4F7Q, or what it alone is called: 17.2, KP, a name
    id: String,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl ThreadArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let workspace = session.workspace();
        let record = session.record_meant(&self.id)?;
        let Some(thread) = thread(workspace, &session.atlas(), record.id()) else {
            let kind = record.kind().with_article();
            return Err(CommandError::refused(format!("{} is {kind}: it belongs to no thread", record.id())));
        };
        let lines = thread.lines(workspace, crate::run::clock().1, &BTreeSet::from(Step::ALL));
        if self.json {
            let lines: Vec<Value> = lines.iter().map(to_json).collect();
            print_json(&json!({"record": record.id().to_string(), "thread": lines}), out)?;
        } else {
            print_columns(&lines.iter().map(cells).collect::<Vec<_>>(), out)?;
        }
        Ok(0)
    }
}

fn id_of(line: &Line) -> Option<String> {
    match line.what {
        What::Record(id) => Some(id.to_string()),
        _ => None,
    }
}

fn cells(line: &Line) -> Vec<String> {
    let mark = if line.is_present { "*" } else { "" };
    let id = id_of(line).unwrap_or_default();
    vec![mark.to_owned(), line.step.label().to_owned(), id, line.text.clone(), line.state.clone()]
}

/// A line; a gap has no record, and says what is missing.
fn to_json(line: &Line) -> Value {
    json!({
        "step": line.step.label().to_lowercase(), "id": id_of(line), "text": line.text, "state": line.state,
        "present": line.is_present, "gap": line.what == What::Gap,
    })
}
