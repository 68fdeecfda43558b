//! A question with one line for the answer: who are you, where is the file, what shall it be called.

use super::command::{Command, Scope, always, commands};
use super::input::LineInput;
use super::key::Key;
use super::{App, Effect, Effects, Layer, Severity, keeping, leaving};
use crate::model::{Author, Kind, Person, Text, change, person};

/// A question.
pub struct Prompt {
    /// What is asked.
    pub question: &'static str,
    /// What the answer looks like.
    pub hint: String,
    /// The answer as it is being typed.
    pub input: LineInput,
    /// What to do with it; an error stays beside the question.
    pub answer: fn(&mut App, &str) -> Result<Effects, String>,
    /// What the answer would do, as it is being typed; it takes the place of the hint.
    pub preview: Option<fn(&App, &str) -> String>,
    /// What was wrong with the last answer.
    pub error: Option<String>,
    /// What the person meant to do before the question came up.
    then: Option<&'static Command>,
    /// What they had answered already to what that will ask.
    answered: String,
}

/// Keys of a question.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::PROMPT;
    "prompt.answer" ["enter"] "go on" "give the answer" always, answer;
    "prompt.close" ["esc"] "leave it" "leave the question" always, |app| { app.layers.pop(); Vec::new() };
};

impl Prompt {
    /// A key that edits the answer.
    pub fn type_key(&mut self, key: Key) {
        self.input.key(key);
        self.error = None;
    }
}

/// Asks something.
pub(crate) fn ask(
    app: &mut App,
    question: &'static str,
    hint: impl Into<String>,
    text: &str,
    answer: fn(&mut App, &str) -> Result<Effects, String>,
) -> Effects {
    // What ends with a blank is a beginning, behind which one goes on; anything else is replaced by the first letter typed.
    let input = if text.ends_with(' ') { LineInput::new(text) } else { LineInput::proposing(text) };
    let prompt = Prompt {
        question,
        hint: hint.into(),
        input,
        answer,
        preview: None,
        error: None,
        then: None,
        answered: String::new(),
    };
    app.layers.push(Layer::Prompt(prompt));
    Vec::new()
}

/// Says what the answer would do, as the hint of the open question.
pub(crate) fn refresh(app: &mut App) {
    let Some(Layer::Prompt(prompt)) = app.layers.last() else { return };
    let Some(hint) = prompt.preview.map(|preview| preview(app, prompt.input.text())) else { return };
    if let Some(Layer::Prompt(prompt)) = app.layers.last_mut() {
        prompt.hint = hint;
    }
}

impl Prompt {
    /// Asks once more and says why; what was typed is gone on with.
    pub(super) fn ask_again(&mut self, why: String) {
        self.input = LineInput::new(self.input.text());
        self.error = Some(why);
    }
}

/// Gives the answer to the question that a command has just asked. Where that asks first who acts, it waits.
pub(super) fn give(app: &mut App, text: &str) -> Effects {
    match app.layers.last_mut() {
        Some(Layer::Prompt(prompt)) if prompt.then.is_some() => text.clone_into(&mut prompt.answered),
        Some(Layer::Prompt(prompt)) => {
            prompt.input = LineInput::new(text);
            return answer(app);
        }
        _ => {}
    }
    Vec::new()
}

fn answer(app: &mut App) -> Effects {
    let Some(Layer::Prompt(mut prompt)) = app.layers.pop() else { return Vec::new() };
    let typed = prompt.input.text().trim().to_owned();
    match (prompt.answer)(app, &typed) {
        Ok(mut effects) => {
            effects.extend(prompt.then.map(|command| app.run(command)).unwrap_or_default());
            if !prompt.answered.is_empty() {
                effects.extend(give(app, &prompt.answered));
            }
            app.wait_for(prompt, &effects);
            effects
        }
        Err(why) => {
            prompt.ask_again(why);
            app.layers.push(Layer::Prompt(prompt));
            Vec::new()
        }
    }
}

/// Asks who acts, once; whoever is not known here is added.
pub(crate) fn ask_who(app: &mut App) -> Effects {
    if app.options.restricted && app.options.who_is_given {
        let why = format!("the host says that you are {}, and nobody here is called so", app.options.who);
        app.set_status(Severity::Error, why);
        return Vec::new();
    }
    let hint = "your name, or your initials if you are known here; your changes are signed with them";
    let meant = app.running.filter(|command| command.name != "who");
    // A name that was given and is not known here is proposed as the answer.
    let given = if app.options.who_is_given { app.options.who.clone() } else { String::new() };
    let effects = ask(app, "Who are you?", hint, &given, who);
    if let Some(Layer::Prompt(prompt)) = app.layers.last_mut() {
        prompt.then = meant;
    }
    effects
}

fn who(app: &mut App, typed: &str) -> Result<Effects, String> {
    if typed.is_empty() {
        return Err("write your first name and surname".to_owned());
    }
    if let Ok(known) = person::find(&app.workspace, typed) {
        app.me = Some(known.initials.clone().unwrap_or_else(|| Text::line(known.id.as_str())));
        let (id, has_login) = (known.id, known.login.is_some());
        let effects = if has_login { Vec::new() } else { remember_login(app, id) };
        return Ok(greet(app, effects));
    }
    if typed.split_whitespace().count() < 2 {
        return Err("nobody here is called so; write your first name and surname to be added".to_owned());
    }
    let initials = Text::line(&person::suggest_initials(&app.workspace, typed));
    let added = Person {
        id: app.new_id(Kind::Person),
        name: Text::line(typed),
        initials: Some(initials.clone()),
        login: login(app),
        ..Person::default()
    };
    let author = Author { by: initials.clone(), at: app.now, today: app.today };
    let change = change::put(&app.workspace, added.into(), &author).map_err(|refusal| refusal.0)?;
    app.me = Some(initials);
    let effects = app.submit(change);
    Ok(greet(app, effects))
}

/// The login name, unless it was a name given on the command line.
fn login(app: &App) -> Option<Text> {
    if app.options.who_is_given { None } else { Text::some(&app.options.who) }
}

/// Next time the login name tells who acts.
fn remember_login(app: &mut App, id: crate::model::Id) -> Effects {
    let (Some(known), Some(author)) = (app.workspace.people.get(id), app.author()) else { return Vec::new() };
    let mut known = Person::clone(known);
    known.login = login(app);
    change::put(&app.workspace, known.into(), &author).map(|change| app.submit(change)).unwrap_or_default()
}

fn greet(app: &mut App, effects: Effects) -> Effects {
    if let Some(me) = &app.me {
        let sentence = format!("your changes are signed {me}");
        app.set_status(Severity::Info, sentence);
    }
    app.say_again_if_not_kept();
    effects
}

/// Asks for a file or folder to import.
pub(crate) fn ask_import(app: &mut App) -> Effects {
    if app.author().is_none() {
        return ask_who(app);
    }
    let hint = if app.options.restricted {
        "a file of the folder exchange; :exchange lists them"
    } else {
        "open referral data, a spreadsheet (.xlsx, .ods, .csv), an election (.pb), topics or ballots (.csv), proceedings (.md)"
    };
    ask(app, "Import from which file or folder?", hint, "", |_, path| {
        if path.is_empty() { Err("write a path".to_owned()) } else { Ok(vec![Effect::Import(path.to_owned())]) }
    })
}

/// Asks for a format and a path to export to.
pub(crate) fn ask_export(app: &mut App) -> Effects {
    let hint = "format and path: hsds3-json, hsds3-csv, oruk3-json, csv or geojson";
    ask(app, "Export as what, and where to?", hint, "csv services.csv", |_, typed| {
        let (format, path) = typed.split_once(' ').ok_or("write a format, a blank and a path")?;
        Ok(vec![Effect::Export(format.to_owned(), path.trim().to_owned())])
    })
}

/// Asks for the name of a new workspace, and where it shall lie.
pub(crate) fn ask_new_workspace(app: &mut App) -> Effects {
    if let Some(effects) = keeping::ask_before_beginning(app) {
        return effects;
    }
    let hint = "a directory and a name: ~/partnership Our Criminal Justice Partnership";
    ask(app, "Begin a workspace: where, and what is it called?", hint, "~/folkmoot ", |app, typed| {
        let (directory, name) = typed.split_once(' ').unwrap_or((typed, ""));
        if name.trim().is_empty() {
            return Err("write the directory, a blank, and the name of your partnership".to_owned());
        }
        leaving::begin(app, directory, name.trim())
    })
}
