//! Reports read on the screen, as those who will read them see them. `moot report` writes the same to files.

use super::command::{Command, Scope, always, commands};
use super::{App, Effects, Severity, page};
use crate::model::{AnyRecord, Id, Refusal};
use crate::report::{self, Document, Inputs, Notation, Report};

/// What can be read.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::GLOBAL;
    "report.summary" [] "" "read the executive summary of the event; moot report writes it to a file" always,
        |app| read(app, Report::Summary(None));
    "report.full" [] "" "read the full report of the event" always, |app| read(app, Report::Full(None));
    "report.directory" [] "" "read the directory of services as others get it" always, |app| read(app, Report::Directory);
    "report.forum" [] "" "read the papers for the next meeting of the forum" always, |app| read(app, Report::Forum(None));
    "report.bulletin" [] "" "read what concerns this organisation and what it has not been told" on_organisation,
        |app| read_selected(app, Report::Bulletin);
    "report.minutes" [] "" "read the minutes of this meeting" on_meeting, |app| read_selected(app, Report::Minutes);
};

fn on_organisation(app: &App) -> Result<(), &'static str> {
    match app.selected() {
        Some(AnyRecord::Organisation(_)) => Ok(()),
        _ => Err("go to an organisation first"),
    }
}

fn on_meeting(app: &App) -> Result<(), &'static str> {
    match app.selected() {
        Some(AnyRecord::Meeting(_)) => Ok(()),
        _ => Err("go to a meeting first"),
    }
}

fn read_selected(app: &mut App, report: fn(Id) -> Report) -> Effects {
    let id = app.selected().map(|record| record.id());
    id.map(|id| read(app, report(id))).unwrap_or_default()
}

fn make(app: &App, report: Report) -> Result<Document, Refusal> {
    let inputs = Inputs { workspace: &app.workspace, atlas: &app.atlas, today: app.today, with_contacts: false };
    report::make(report, &inputs)
}

/// A report as plain text.
///
/// # Errors
/// There is nothing to report of.
pub(super) fn text(app: &App, report: Report) -> Result<String, Refusal> {
    Ok(make(app, report)?.write(Notation::Plain))
}

fn read(app: &mut App, report: Report) -> Effects {
    match make(app, report) {
        Ok(document) => page::open(app, &document.title, &document.write(Notation::Plain)),
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}
