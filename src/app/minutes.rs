//! Minutes being typed: a text of which each line is a minute, and beside it what becomes of it.
//!
//! What is typed is kept as a draft like that of a form, beside the records and apart from the draft of the meeting's form.
//! Saving merges it with what others wrote meanwhile.

use std::time::Duration;

use super::command::{Command, Scope, always, commands};
use super::draft::{self, Draft};
use super::input::{BlockInput, Move, block_key};
use super::key::{Code, Key};
use super::{App, Effect, Effects, Layer, Severity, page, prompt};
use crate::model::date::format_date;
use crate::model::meeting::lines::{self, Around, Line};
use crate::model::meeting::{Minute, minutes};
use crate::model::{Date, Id, Kind, Meeting, Text, Timestamp, forum};

/// The scope of its own keys; those of every long text hold as well.
const MINUTES: Scope = Scope::new("Typing minutes");

/// A pause in typing after which the draft is kept.
const PAUSE: Duration = Duration::from_secs(2);

/// So many key presses after which the draft is kept even without a pause.
const MANY_KEYS: usize = 200;

/// From so many columns the preview stands beside the text, else below it.
const WIDE: u16 = 100;

/// Minutes that are being typed.
pub struct Minutes {
    /// The meeting.
    pub meeting: Id,
    /// What it is called.
    pub title: String,
    /// The text.
    pub block: BlockInput,
    /// What becomes of each line that says something.
    pub preview: Vec<Line>,
    /// Whether the text has the whole screen.
    pub is_whole: bool,
    /// The minutes as they stood when the typing began.
    base: Vec<Minute>,
    /// The text as it stood then.
    base_text: String,
    keys: usize,
    /// The text that was dropped, as long as it can be brought back.
    dropped: Option<String>,
}

/// Keys of minutes being typed.
pub(crate) const COMMANDS: &[Command] = commands! { MINUTES;
    "minutes.save" ["ctrl-s"] "save" "write down the minutes, and the actions in them" always, save;
    "minutes.close" ["esc"] "back, draft kept" "leave the minutes; what you typed is kept" always, close;
    "minutes.deeper" ["tab"] "deeper" "put the line under the one above: 1.1" always, |app| indent(app, true);
    "minutes.higher" ["shift-tab"] "" "put the line one step higher: 2" always, |app| indent(app, false);
    "minutes.cite" ["ctrl-r"] "cite" "say which minute of an earlier meeting the line goes on from" has_earlier, ask_cited;
    "minutes.whole" ["ctrl-g"] "" "give the text the whole screen, or the preview its part again" always, whole;
    "minutes.editor" ["ctrl-o"] "" "the text in your editor" App::may_leave, in_editor;
    "minutes.drop" ["ctrl-x"] "" "drop what you typed and begin again; once more brings it back" always, drop_typed;
};

impl Minutes {
    /// The scopes in which keys are looked up here, the innermost first.
    pub fn scopes() -> &'static [Scope] {
        &[MINUTES, Scope::TEXT]
    }

    /// The name of its draft.
    fn key(&self) -> String {
        self.to_draft(Timestamp::default()).key()
    }

    fn is_changed(&self) -> bool {
        self.block.text().trim_end() != self.base_text.trim_end()
    }

    /// The line of the preview that the cursor stands on, or the last above it.
    pub fn current(&self) -> Option<usize> {
        let before = &self.block.text()[..self.block.cursor()];
        let here = self.block.text()[self.block.cursor()..].lines().next().unwrap_or_default();
        let typed = format!("{before}{here}");
        typed.lines().filter(|line| !line.trim().is_empty()).count().checked_sub(1)
    }

    /// What is typed, if anything is.
    fn draft(&self, at: Timestamp) -> Option<Draft> {
        self.is_changed().then(|| self.to_draft(at))
    }

    fn to_draft(&self, at: Timestamp) -> Draft {
        let field = |text: &str| vec![(draft::MINUTES.to_owned(), text.to_owned())];
        Draft {
            id: self.meeting,
            kind: Kind::Meeting,
            name: format!("the minutes of {}", self.title),
            at,
            fields: field(self.block.text()),
            base: field(&self.base_text),
        }
    }
}

/// Opens the minutes of a meeting, with the draft of them if there is one.
pub(crate) fn open(app: &mut App, id: Id) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let Some(meeting) = app.workspace.meetings.get(id) else { return Vec::new() };
    let draft = app.drafts.iter().find(|draft| draft.id == id && draft.is_of_minutes()).cloned();
    if meeting.is_finished() {
        if let Some(draft) = draft {
            let text = draft.fields.into_iter().map(|(_, text)| text).collect::<String>();
            return page::open(app, "Typed before the minutes were finished", &text);
        }
        let sentence = "these minutes are finished: c writes a correction beside them".to_owned();
        app.set_status(Severity::Warning, sentence);
        return Vec::new();
    }
    let base = meeting.minutes.clone();
    let base_text = lines::write(&base, &app.workspace);
    let title = meeting.day();
    let mut typing = Minutes {
        meeting: id,
        title,
        block: BlockInput::new(&base_text),
        preview: Vec::new(),
        is_whole: false,
        base,
        base_text,
        keys: 0,
        dropped: None,
    };
    app.set_status(Severity::Info, how_to_type(meeting, app.today));
    if let Some(draft) = draft {
        take_up(app, &mut typing, &draft);
    }
    app.layers.push(Layer::Minutes(Box::new(typing)));
    Vec::new()
}

/// What somebody who types minutes for the first time has to know.
fn how_to_type(meeting: &Meeting, today: Date) -> String {
    let lines = "each line is a minute; \"Action KP by fri: what\" becomes an action";
    match meeting.on.filter(|on| *on > today) {
        Some(on) => format!("{lines}; they can be finished from {}", format_date(on, today)),
        None => lines.to_owned(),
    }
}

/// Puts what a draft holds into the text. What it began from is the base of the merge, also where others went on since.
fn take_up(app: &mut App, typing: &mut Minutes, draft: &Draft) {
    let text = |fields: &[(String, String)]| {
        fields.iter().find(|(name, _)| name == draft::MINUTES).map(|(_, text)| text.clone())
    };
    if let Some(base) = text(&draft.base)
        && let Some(meeting) = app.workspace.meetings.get(typing.meeting)
    {
        let around = Around { workspace: &app.workspace, meeting, today: app.today };
        typing.base = based(&base, &typing.base, around);
        typing.base_text = base;
    }
    typing.block.replace_all(&text(&draft.fields).unwrap_or_default());
    app.set_status(Severity::Warning, "what you typed before is back; ctrl-x drops it".to_owned());
}

/// The rows that a text was written of: those that still stand there so, else as they are read.
fn based(text: &str, known: &[Minute], around: Around<'_>) -> Vec<Minute> {
    let read = lines::read(text, around).into_iter().map(|line| line.minute);
    let as_known = |minute: Minute| known.iter().find(|one| one.text == minute.text).cloned().unwrap_or(minute);
    read.map(as_known).collect()
}

fn top(app: &mut App) -> Option<&mut Minutes> {
    match app.layers.last_mut() {
        Some(Layer::Minutes(minutes)) => Some(minutes),
        _ => None,
    }
}

fn find(app: &mut App) -> Option<&mut Minutes> {
    app.layers.iter_mut().rev().find_map(|layer| match layer {
        Layer::Minutes(minutes) => Some(minutes.as_mut()),
        _ => None,
    })
}

/// The text being typed, if minutes are on top.
pub(super) fn block_mut(app: &mut App) -> Option<&mut BlockInput> {
    top(app).map(|minutes| &mut minutes.block)
}

/// The text being typed, whatever lies over it.
pub(super) fn block(app: &App) -> Option<&BlockInput> {
    app.layers.iter().rev().find_map(|layer| match layer {
        Layer::Minutes(minutes) => Some(&minutes.block),
        _ => None,
    })
}

/// Something was typed: the draft is due.
pub(super) fn typed(app: &mut App) -> Effects {
    let Some(minutes) = top(app) else { return Vec::new() };
    minutes.keys += 1;
    if minutes.keys >= MANY_KEYS { keep_draft(app) } else { vec![Effect::Wake(PAUSE)] }
}

/// A key that no command has. A new line begins as deep as the one before.
pub(crate) fn type_key(app: &mut App, key: Key) -> Effects {
    let Some(minutes) = top(app) else { return Vec::new() };
    if key == Key::plain(Code::Enter) {
        let before = &minutes.block.text()[..minutes.block.cursor()];
        let line = before.rsplit('\n').next().unwrap_or_default();
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        minutes.block.insert(&format!("\n{indent}"));
    } else if !block_key(&mut minutes.block, key) {
        return Vec::new();
    }
    typed(app)
}

/// Pasted text comes as it is; tabs indent.
pub(crate) fn paste(app: &mut App, raw: &str) -> Effects {
    if let Some(minutes) = top(app) {
        minutes.block.insert(&Text::new(&raw.replace('\t', "  ")));
    }
    typed(app)
}

/// The text as the editor left it.
pub(crate) fn replace_text(app: &mut App, text: &str) -> bool {
    let Some(minutes) = top(app) else { return false };
    minutes.block.replace_all(&Text::new(&text.trim_end().replace('\t', "  ")));
    true
}

/// Reads what is typed anew, and keeps the cursor in sight; done once after each event.
pub(crate) fn refresh(app: &mut App) {
    let App { layers, workspace, today, size, .. } = app;
    let Some(Layer::Minutes(minutes)) = layers.last_mut() else { return };
    let (cells, rows) = room(minutes, *size);
    minutes.block.fit(cells.into(), rows.into());
    if let Some(meeting) = workspace.meetings.get(minutes.meeting) {
        let around = Around { workspace, meeting, today: *today };
        minutes.preview = lines::read(minutes.block.text(), around);
    }
}

/// The cells and lines of the text on a screen of this size; what is left has the preview.
pub fn room(minutes: &Minutes, (columns, rows): (u16, u16)) -> (u16, u16) {
    let rows = rows.saturating_sub(4).max(1);
    match (minutes.is_whole, columns) {
        (true, _) => (columns.saturating_sub(1), rows),
        (false, WIDE..) => (columns / 2 - 1, rows),
        (false, _) => (columns.saturating_sub(1), (rows * 3 / 5).max(1)),
    }
}

/// Keeps what is typed, if anything is.
pub(crate) fn keep_draft(app: &mut App) -> Effects {
    let now = app.now;
    let Some(minutes) = find(app) else { return Vec::new() };
    minutes.keys = 0;
    let Some(draft) = minutes.draft(now) else { return Vec::new() };
    app.drafts.retain(|other| other.key() != draft.key());
    app.drafts.push(draft.clone());
    vec![Effect::KeepDraft(draft)]
}

fn save(app: &mut App) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let mut random = app.random.clone();
    let taken: std::cell::RefCell<Vec<Id>> = std::cell::RefCell::default();
    let workspace = &app.workspace;
    let mut new_id = || {
        let is_taken = |id| workspace.get(id).is_some() || taken.borrow().contains(&id);
        let id = random.new_id(Kind::Action.letter(), workspace.count(Kind::Action), is_taken);
        taken.borrow_mut().push(id);
        id
    };
    let Some(Layer::Minutes(typing)) = app.layers.last() else { return Vec::new() };
    let (id, key) = (typing.meeting, typing.key());
    let written = minutes::write(workspace, id, &typing.base, typing.block.text(), &author, &mut new_id);
    app.random = random;
    match written {
        Ok(change) => {
            app.layers.pop();
            app.submit_typed(change, &key)
        }
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

fn close(app: &mut App) -> Effects {
    let effects = keep_draft(app);
    if let Some(Effect::KeepDraft(draft)) = effects.first() {
        let sentence = format!("what you typed into {} is kept: D takes it up again", draft.name);
        app.set_status(Severity::Warning, sentence);
    }
    app.layers.pop();
    effects
}

/// Drops what is typed; where nothing is, what was dropped before comes back.
fn drop_typed(app: &mut App) -> Effects {
    let Some(minutes) = top(app) else { return Vec::new() };
    let typed = minutes.is_changed().then(|| minutes.block.text().to_owned());
    let back = minutes.dropped.take().filter(|_| typed.is_none());
    let text = back.clone().unwrap_or_else(|| minutes.base_text.clone());
    minutes.block.replace_all(&text);
    if back.is_some() {
        return keep_draft(app);
    }
    let more = if typed.is_some() { "; ctrl-x brings back what you typed" } else { "" };
    minutes.dropped = typed;
    let key = minutes.key();
    app.drafts.retain(|draft| draft.key() != key);
    app.set_status(Severity::Info, format!("the minutes are as they were before you typed{more}"));
    vec![Effect::DropDraft(key)]
}

/// Puts the paragraph with the cursor a step deeper, or higher.
fn indent(app: &mut App, is_deeper: bool) -> Effects {
    let Some(minutes) = top(app) else { return Vec::new() };
    let cursor = minutes.block.cursor();
    let start = minutes.block.text()[..cursor].rfind('\n').map_or(0, |at| at + 1);
    let steps = cursor - start;
    let blanks = minutes.block.text()[start..].bytes().take_while(|byte| *byte == b' ').count().min(2);
    minutes.block.go(Move::ParagraphStart);
    if is_deeper {
        minutes.block.insert("  ");
    } else {
        for _ in 0..blanks {
            minutes.block.delete(Move::Right);
        }
    }
    let target = if is_deeper { start + steps + 2 } else { (start + steps).saturating_sub(blanks).max(start) };
    while minutes.block.cursor() < target && minutes.block.go(Move::Right) {}
    typed(app)
}

fn whole(app: &mut App) -> Effects {
    if let Some(minutes) = top(app) {
        minutes.is_whole = !minutes.is_whole;
    }
    Vec::new()
}

fn in_editor(app: &mut App) -> Effects {
    let mut effects = keep_draft(app);
    effects.extend(top(app).map(|minutes| Effect::EditText(minutes.block.text().to_owned())));
    effects
}

fn meeting(app: &App) -> Option<&Meeting> {
    let id = app.layers.iter().rev().find_map(|layer| match layer {
        Layer::Minutes(minutes) => Some(minutes.meeting),
        _ => None,
    })?;
    app.workspace.meetings.get(id).map(AsRef::as_ref)
}

fn has_earlier(app: &App) -> Result<(), &'static str> {
    let has = meeting(app).is_some_and(|meeting| meeting.previous(&app.workspace).is_some());
    if has { Ok(()) } else { Err("there are no minutes of a meeting before this one") }
}

fn ask_cited(app: &mut App) -> Effects {
    let previous = meeting(app).and_then(|meeting| meeting.previous(&app.workspace)).map(Meeting::day);
    let hint = format!("a number of {}, or words of a minute of any meeting before", previous.unwrap_or_default());
    prompt::ask(app, "Which minute does this line go on from?", hint, "", |app, typed| {
        let said = cited(app, typed)?;
        if let Some(minutes) = top(app) {
            minutes.block.go(Move::ParagraphEnd);
            minutes.block.insert(&format!(" [{said}]"));
        }
        Ok(self::typed(app))
    })
}

/// The minute that is meant by its number in the last minutes or by words, as it is cited.
fn cited(app: &App, wanted: &str) -> Result<String, String> {
    let meeting = meeting(app).ok_or("the meeting is gone")?;
    let forum = meeting.forum.id().map(|forum| forum::meetings_of(&app.workspace, forum)).unwrap_or_default();
    let earlier = forum.into_iter().rev().filter(|other| other.id != meeting.id && other.on < meeting.on);
    let wanted = wanted.trim().to_lowercase();
    if wanted.is_empty() {
        return Err("write a number such as 2.1, or words of the minute".to_owned());
    }
    let says = |minute: &&Minute| minute.text.as_ref().is_some_and(|text| text.to_lowercase().contains(&wanted));
    let found = earlier.filter(|other| !other.minutes.is_empty()).find_map(|other| {
        let minute = other.minute(&wanted).or_else(|| other.minutes.iter().find(says))?;
        Some(format!("{}, {}", other.day(), minute.number.as_str()))
    });
    found.ok_or_else(|| format!("no earlier minute has the number or the words {wanted:?}"))
}
