//! `y`: what of the chosen records goes to the clipboard of the person's own terminal.

use super::command::{Command, Scope, commands};
use super::{App, Effect, Effects, Severity, detail};
use crate::model::AnyRecord;
use crate::model::change::listed;

/// Commands that copy. The help of each begins with what it copies, which is what the line of choices says.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::RECORD;
    "record.copy-phone" ["y p"] "" "phone: copy the number to ring" has_phone, |app| copy(app, "phone", phone);
    "record.copy-name" ["y n"] "" "name and phone: copy the two in a line" has_phone, |app| copy(app, "name and phone", name_and_phone);
    "record.copy-web" ["y w"] "" "web address: copy the address of its page" has_web, |app| copy(app, "web address", web);
    "record.copy" ["y y"] "" "everything: copy all that is known of the record" has_any, |app| copy(app, "facts", everything);
};

/// What is copied of one record; `None` where it has no such thing.
type Copied = fn(&App, &AnyRecord) -> Option<String>;

fn chosen(app: &App) -> Vec<AnyRecord> {
    app.chosen().into_iter().filter_map(|id| app.workspace.get(id)).collect()
}

fn has_some(app: &App, copied: Copied, why: &'static str) -> Result<(), &'static str> {
    has_any(app)?;
    if chosen(app).iter().any(|record| copied(app, record).is_some()) { Ok(()) } else { Err(why) }
}

fn has_any(app: &App) -> Result<(), &'static str> {
    super::list::has_record(app)
}

fn has_phone(app: &App) -> Result<(), &'static str> {
    has_some(app, phone, "no phone is stated here: y y copies what is known, e adds a number")
}

fn has_web(app: &App) -> Result<(), &'static str> {
    has_some(app, web, "no web address is stated here: y y copies what is known, e adds one")
}

/// The number one would dial; of a person or an organisation the one that is stated.
fn phone(app: &App, record: &AnyRecord) -> Option<String> {
    let visible = record.visible_to(crate::model::Audience::Colleagues, &app.workspace);
    match &visible {
        AnyRecord::Service(service) => service.any_phone().map(str::to_owned),
        _ => stated(app, record, "phone"),
    }
}

fn name_and_phone(app: &App, record: &AnyRecord) -> Option<String> {
    Some(format!("{}, {}", record.title(&app.workspace), phone(app, record)?))
}

fn web(app: &App, record: &AnyRecord) -> Option<String> {
    stated(app, record, "url")
}

fn stated(app: &App, record: &AnyRecord, field: &str) -> Option<String> {
    Some(detail::words_of(record, field, &app.workspace, app.today)).filter(|words| !words.is_empty())
}

#[allow(clippy::unnecessary_wraps)] // one of several that may have nothing to copy
fn everything(app: &App, record: &AnyRecord) -> Option<String> {
    Some(detail::plain(record, app.asked()))
}

/// Copies from the chosen records that have it, and says of which it was sent.
fn copy(app: &mut App, what: &str, copied: Copied) -> Effects {
    let found = chosen(app).into_iter().filter_map(|record| {
        let text = copied(app, &record)?;
        Some((record.title(&app.workspace).into_owned(), text))
    });
    let (names, texts): (Vec<String>, Vec<String>) = found.unzip();
    app.set_status(Severity::Info, format!("{what} of {} sent to your terminal's clipboard", listed(&names)));
    let between = if what == "facts" { "\n\n" } else { "\n" };
    vec![Effect::Copy(texts.join(between))]
}
