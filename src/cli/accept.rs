//! `moot accept`: accepts an agreement for one of its parties.

use std::io::Write;

use clap::Args;

use super::Global;
use super::edit::commit_change;
use super::exit::CommandResult;
use super::vote::find;
use crate::model::agreement::{acts, read};
use crate::model::{Agreement, Person, Ref};

/// `moot accept`
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// The agreement: its id or name
    agreement: String,
    /// The party that accepts it: its name, id or first letters
    #[arg(long, value_name = "ORGANISATION")]
    party: String,
    /// The number of the version that the party has read; refused where the agreement is another one by now
    #[arg(long, value_name = "NUMBER")]
    version: Option<u16>,
    /// Who spoke for the party, where that is not the person who is named in the agreement
    #[arg(long, value_name = "WHO")]
    person: Option<String>,
}

impl AcceptArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        commit_change(global, out, |session, author| {
            let agreement = find::<Agreement>(session, &self.agreement)?;
            let workspace = session.workspace();
            let record = acts::find(workspace, agreement)?;
            let party = read::party(workspace, record, &self.party)?;
            let person = self.person.as_deref().map(|who| find::<Person>(session, who)).transpose()?.map(Ref::record);
            Ok(acts::accept(workspace, agreement, (&party, person.as_ref()), self.version, author)?)
        })
    }
}
