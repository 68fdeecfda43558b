//! `moot tell`: who is still to be told of what, and the writing down that they were.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use super::Global;
use super::edit::MAX_ID_ATTEMPTS;
use super::exit::{CommandError, CommandResult};
use super::list::print_json;
use super::session::Session;
use crate::model::choice::Choice;
use crate::model::date;
use crate::model::text::one_line;
use crate::model::told::{self, Account, How, Partner};
use crate::model::{AnyRecord, Author, Date, Id, Kind, Ref, SplitMix64, Workspace};
use crate::store::{Mode, StoreError};

/// `moot tell`
#[derive(Debug, Args)]
pub struct TellArgs {
    /// The partner: an organisation or a person, by name or id; without one, everybody who is still to be told something
    partner: Option<String>,
    /// Write down that they were told everything below, and how: e-mail, telephone, letter, in person, at the forum
    #[arg(long, value_name = "HOW", value_parser = how, requires = "partner")]
    how: Option<How>,
    /// With --how: the day on which they were told, unless it was today: yesterday, mon, 12 mar
    #[arg(long, value_name = "DATE", value_parser = day_told, requires = "how")]
    on: Option<Date>,
    /// Print what they are still to be told, and write nothing
    #[arg(long, requires = "partner")]
    dry_run: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

fn how(typed: &str) -> Result<How, String> {
    How::parse(typed)
}

fn day_told(typed: &str) -> Result<Date, String> {
    let today = crate::run::clock().1;
    let day = date::parse_date(typed, today)?;
    // "fri" is the last one where something has happened.
    let is_weekday =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|name| typed.to_lowercase().starts_with(name));
    let day = day.checked_sub_days(chrono::Days::new(7)).filter(|_| is_weekday && day > today).unwrap_or(day);
    if day > today { Err(format!("{day} is still to come; write a day that has been")) } else { Ok(day) }
}

impl TellArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let (_, today) = crate::run::clock();
        let writes = self.how.is_some() && !self.dry_run;
        let mut session = Session::open(global, if writes { Mode::Write } else { Mode::Read })?;
        let ledger = told::ledger(session.workspace(), today);
        let Some(typed) = &self.partner else {
            return list(session.workspace(), ledger, today, self.json, out);
        };
        let partners = partners(&session, &ledger, typed, today)?;
        let accounts: Vec<&Account> = ledger.iter().filter(|account| partners.contains(&account.partner)).collect();
        print(session.workspace(), &accounts, &partners, today, self.json, out)?;
        let Some(how) = self.how.filter(|_| writes) else {
            let is_known = accounts.iter().all(|account| account.owed.is_empty());
            return Ok(if is_known { crate::run::exit_code::NOTHING_FOUND } else { 0 });
        };
        let sentence = tell(&mut session, &partners, how, self.on.unwrap_or(today))?;
        if !self.json {
            writeln!(out, "{}", one_line(&sentence))?;
        }
        Ok(0)
    }
}

/// Writes it down; an id that a colleague has just taken is drawn anew.
fn tell(session: &mut Session, partners: &[Partner], how: How, on: Date) -> Result<String, CommandError> {
    let author = session.author()?;
    let (today, author) = (author.today, Author { today: on, ..author });
    let mut random = SplitMix64::new(crate::run::seed());
    let mut tried = 0;
    loop {
        let workspace = session.workspace();
        let mut ids: Vec<Id> = Vec::new();
        while ids.len() < partners.len() {
            let is_taken = |id| workspace.get(id).is_some() || ids.contains(&id);
            ids.push(random.new_id(Kind::Told.letter(), workspace.told.len(), is_taken));
        }
        let told: Vec<(Id, Partner)> = ids.into_iter().zip(partners.iter().cloned()).collect();
        let change = told::tell_of(workspace, &told::ledger(workspace, today), &told, Some(how), &author)?;
        match session.commit(&author, &change) {
            Ok(()) => return Ok(change.sentence),
            Err(StoreError::Taken(_)) if tried < MAX_ID_ATTEMPTS => tried += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The partners that somebody means: one that is known by words only, an organisation, those for whom a person acts.
fn partners(session: &Session, ledger: &[Account], typed: &str, today: Date) -> Result<Vec<Partner>, CommandError> {
    let workspace = session.workspace();
    let wanted = one_line(typed).to_lowercase();
    let is_called = |account: &&Account| account.partner.name(workspace).to_lowercase() == wanted;
    let mut called = ledger.iter().filter(is_called);
    if let (Some(one), None) = (called.next(), called.next()) {
        return Ok(vec![one.partner.clone()]);
    }
    match session.record(typed)? {
        AnyRecord::Organisation(one) => Ok(vec![Partner::Organisation(Ref::record(one.id))]),
        AnyRecord::Person(one) => Ok(told::partners_of(&Ref::record(one.id), workspace, today)),
        other => Err(CommandError::usage(format!(
            "{} is {}: name an organisation or a person",
            other.title(workspace),
            other.kind().with_article()
        ))),
    }
}

/// Everybody who is still to be told something, in a line each.
fn list(
    workspace: &Workspace,
    mut ledger: Vec<Account>,
    today: Date,
    is_json: bool,
    out: &mut dyn Write,
) -> CommandResult {
    ledger.retain(|account| !account.owed.is_empty());
    if is_json {
        print_json(&ledger.iter().map(|account| in_json(workspace, account, today)).collect(), out)?;
        return Ok(0);
    }
    for account in &ledger {
        let many = match account.owed.len() {
            1 => "1 thing".to_owned(),
            many => format!("{many} things"),
        };
        let name = one_line(&account.partner.name(workspace));
        writeln!(out, "{name}: {many} to be told, {}", account.last_told(today))?;
    }
    if ledger.is_empty() {
        writeln!(out, "every partner knows everything that concerns them")?;
    }
    Ok(0)
}

/// What some partners are still to be told, a sentence a line.
fn print(
    workspace: &Workspace,
    accounts: &[&Account],
    partners: &[Partner],
    today: Date,
    is_json: bool,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    if is_json {
        return print_json(&accounts.iter().map(|account| in_json(workspace, account, today)).collect(), out);
    }
    for partner in partners {
        let name = one_line(&partner.name(workspace)).clone();
        let Some(account) = accounts.iter().find(|account| account.partner == *partner) else {
            writeln!(out, "nothing that is written down here concerns {name}")?;
            continue;
        };
        let state = if account.owed.is_empty() { "knows everything already" } else { "is still to be told" };
        writeln!(out, "{name} {state}; {}", account.last_told(today))?;
        for owed in &account.owed {
            writeln!(out, "- {}", one_line(&owed.said))?;
        }
    }
    Ok(())
}

fn in_json(workspace: &Workspace, account: &Account, today: Date) -> Value {
    let owed = account.owed.iter().map(|owed| {
        json!({ "id": owed.id.to_string(), "title": owed.title(workspace), "said": &*owed.said, "is_change": owed.is_change })
    });
    json!({
        "partner": account.partner.name(workspace),
        "id": account.partner.id().map(|id| id.to_string()),
        "told_on": account.told_on.map(|on| on.to_string()),
        "told_how": account.told_how.map(How::label),
        "days_of_silence": account.silence(today),
        "to_tell": owed.collect::<Vec<_>>(),
    })
}
