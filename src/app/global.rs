//! What can be done everywhere: screens, palette, help, undo, leaving.

use super::command::{Command, Scope, always, commands};
use super::form;
use super::{
    App, Effect, Effects, Severity, history, keeping, leaving, new_action, page, palette, prompt, saving, screen,
};
use crate::model::text::clean;
use crate::model::{AnyRecord, Audience};

/// Commands that work wherever no text is being typed.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::GLOBAL;
    "screen.next" ["tab"] "" "the next screen" always, |app| screen::open_next(app, 1);
    "screen.previous" ["shift-tab"] "" "the screen before" always, |app| screen::open_next(app, -1);
    "search" ["/"] "" "search as you type: what the screen shows, or the services" always, screen::search;
    "help" ["?"] "help" "what can be done here; enter runs it" always, palette::help;
    "palette" [":", "ctrl-p"] "" "every command by name" always, palette::open;
    "undo" ["u"] "" "take the last change back" can_undo, history::undo;
    "redo" ["U", "ctrl-r"] "" "do again what was undone" can_redo, history::redo;
    "record.editor" ["E", "ctrl-o"] "" "the record as text in your editor" may_edit, in_editor;
    "action.new" ["ctrl-n"] "" "a new action, out of what is selected where that can be its source" App::may_change, new_action::open;
    "draft" ["D"] "" "take up again what was being typed" has_draft, form::take_up_draft;
    "message" ["!"] "" "the whole of the last message" has_message, message;
    "problems" [] "" "what is wrong with the files" always, problems;
    "save" ["ctrl-s"] "" "try again to save" saving::has_unsaved, saving::save_again;
    "restore" [] "" "bring back what could not be saved last time" saving::has_kept, saving::restore;
    "conflict.take-back" [] "" "take back the newest edit that gave way to another" App::may_change, take_back;
    "exchange" [] "" "the files that lie in the workspace to be imported" always, |_| vec![Effect::ListFiles];
    "import" [] "" "import a directory of services, an election, or what was typed of an event" App::may_change, prompt::ask_import;
    "export" [] "" "export the services" always, prompt::ask_export;
    "cancel" [] "" "stop the import or export under way" has_progress, cancel;
    "new" [] "" "begin a workspace of your own" App::may_leave, prompt::ask_new_workspace;
    "keep" [] "" "keep the sample, with what you changed in it, as a workspace of your own" may_keep, keeping::keep;
    "partnership" [] "" "the partnership's own record" App::may_change, partnership;
    "who" [] "" "say who you are" may_say_who, prompt::ask_who;
    "about" [] "" "what this is, where the data lies, whose maps these are" always, about;
    "mouse" [] "" "let the mouse through, or not" always, mouse;
    "quit" ["q"] "quit" "leave" always, leaving::quit;
};

/// Commands that work while text is being typed, too.
pub(crate) const ALWAYS: &[Command] = commands! { Scope::ALWAYS;
    "help.here" ["F1"] "help" "what can be done here" always, palette::help;
    "redraw" ["ctrl-l"] "" "draw everything anew" always, |_| vec![Effect::Redraw];
    "suspend" ["ctrl-z"] "" "go back to the shell for a while; fg returns" App::may_leave, |_| vec![Effect::Suspend];
    "quit.now" ["ctrl-c"] "" "leave" always, leaving::quit;
};

fn can_undo(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if app.history.can_undo() { Ok(()) } else { Err("nothing to undo") }
}

fn can_redo(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if app.history.can_redo() { Ok(()) } else { Err("nothing to do again") }
}

fn may_keep(app: &App) -> Result<(), &'static str> {
    app.may_leave()?;
    keeping::is_scratch(app)
}

/// Where the host says who somebody is, they cannot say that they are somebody else.
fn may_say_who(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if app.options.restricted && app.options.who_is_given { Err("the host says who you are") } else { Ok(()) }
}

fn may_edit(app: &App) -> Result<(), &'static str> {
    app.may_leave()?;
    app.may_change()?;
    if app.chosen().len() > 1 {
        return Err("the editor takes one record: esc drops the marks, e edits one field of all that are marked");
    }
    app.selected().map(|_| ()).ok_or("nothing is selected")
}

fn has_draft(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if app.drafts.is_empty() { Err("nothing was left unfinished") } else { Ok(()) }
}

fn has_message(app: &App) -> Result<(), &'static str> {
    if app.last_message.text.is_empty() && app.status.text.is_empty() { Err("there is no message") } else { Ok(()) }
}

/// What is stopped on request is not asked for again.
fn cancel(app: &mut App) -> Effects {
    app.answered();
    vec![Effect::Cancel]
}

fn has_progress(app: &App) -> Result<(), &'static str> {
    if app.saving.has_jobs() { Ok(()) } else { Err("nothing is under way") }
}

fn in_editor(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    // Hidden fields are not written to the editor's file, which others could see; they stay in the record.
    let record = app.selected().map(|record| record.visible_to(Audience::Colleagues, &app.workspace));
    record.map(Effect::EditRecord).into_iter().collect()
}

/// The files that can be imported, on a page.
pub(super) fn listed(app: &mut App, files: Result<Vec<String>, String>) -> Effects {
    match files {
        Ok(files) if files.is_empty() => page::open(app, "Files to import", "the folder exchange is empty"),
        Ok(files) => page::open(app, "Files to import, in the folder exchange", &clean(&files.join("\n"))),
        Err(why) => {
            app.set_status(Severity::Error, why);
            Vec::new()
        }
    }
}

fn message(app: &mut App) -> Effects {
    let last = &app.last_message;
    let text = last.more.clone().unwrap_or_else(|| last.text.clone());
    page::open(app, "The whole message", &text)
}

fn problems(app: &mut App) -> Effects {
    let text = if app.problems.is_empty() { "every file is in order".to_owned() } else { app.problems.join("\n") };
    page::open(app, "Problems", &text)
}

fn take_back(app: &mut App) -> Effects {
    if app.author().is_none() { prompt::ask_who(app) } else { vec![Effect::TakeBack] }
}

fn partnership(app: &mut App) -> Effects {
    if let Some(record) = app.workspace.itself().cloned() {
        return form::open(app, AnyRecord::Partnership(record));
    }
    app.set_status(Severity::Error, "this workspace has no partnership record; see `moot check`".to_owned());
    Vec::new()
}

fn mouse(app: &mut App) -> Effects {
    app.mouse = !app.mouse;
    let sentence = if app.mouse {
        "the mouse works here; :mouse again lets you select text"
    } else {
        "the mouse selects text again"
    };
    app.set_status(Severity::Info, sentence.to_owned());
    vec![Effect::Mouse(app.mouse)]
}

fn about(app: &mut App) -> Effects {
    let mut text = format!(
        "Folkmoot {}\n\nThe table of a multi-agency partnership: who does what, what was said, promised and done.\n\nThis \
         workspace: {}\nLicence: MIT or Apache-2.0, as you like.\n\nThe map:\n",
        env!("CARGO_PKG_VERSION"),
        app.directory,
    );
    for line in &app.atlas.attribution {
        text.push_str(line);
        text.push('\n');
    }
    page::open(app, "About", &text)
}
