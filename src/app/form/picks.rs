//! What there is to choose for what is being typed: the list below a field or a cell, filtered as one types, and the way
//! through it.
//!
//! One rule holds everywhere: while something typed could be gone on with, tab takes what is shown first, tab again the
//! next, and shift-tab the one before; what was typed stands among them, so that nothing is lost. Where nothing is shown
//! tab goes on.

use super::{Form, top, typed};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::input::{TextInput, is_replaced};
use crate::app::{App, Effects};
use crate::model::choice::Choice;
use crate::model::field::SearchField;
use crate::model::order::Order as _;
use crate::model::service::{Client, Need, Sex};
use crate::model::text::fold;
use crate::model::thesaurus::Thesaurus;
use crate::model::{FieldInfo, FieldType, Kind};

/// Keys while a list of choices is gone through.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::TAKE;
    "form.take" ["tab", "down", "right"] "take" "take what is shown; once more the next" always, |app| take(app, true);
    "form.accept" ["enter"] "go on" "go on with what stands there" always, super::going::enter;
};

/// The way back through a list of choices.
pub(crate) const BACK_COMMANDS: &[Command] = commands! { Scope::TAKE_BACK;
    "form.take-back" ["shift-tab", "up"] "" "take the choice before; before the first what was typed" always,
        |app| take(app, false);
};

/// Where a list is shown and nothing is typed yet.
pub(crate) const CHOOSE_COMMANDS: &[Command] = commands! { Scope::CHOOSE;
    "form.choose" ["right"] "choose" "take the next of what can be chosen" always, |app| take(app, true);
};

/// So many choices are gone through; who wants another types on.
const MOST: usize = 30;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// What is chosen.
    pub value: String,
    /// What its name does not say: that it is closed or full, or why it is offered, another name of it, the word that means it.
    pub because: Option<String>,
}

/// What there is to choose where the cursor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picks {
    /// The choices, the likeliest first.
    pub options: Vec<Pick>,
    /// How many more there are.
    pub more: usize,
    /// The one that stands there.
    pub at: Option<usize>,
    /// The line as it was typed.
    typed: String,
    /// What stands before a choice in the line: the other names of a list.
    head: String,
    /// What was typed where it is put.
    begun: String,
    /// Whether tab takes them: something was typed that they go on from.
    is_live: bool,
}

impl Picks {
    /// The rest of what would be taken, to be shown behind the cursor.
    pub fn offered(&self) -> Option<String> {
        let first = self.options.first().filter(|_| self.is_live && self.at.is_none())?;
        let is_begun = first.value.to_lowercase().starts_with(&self.begun.to_lowercase());
        match first.value.get(self.begun.len()..).filter(|_| is_begun) {
            Some("") => None,
            Some(rest) => Some(rest.to_owned()),
            None => Some(format!(" = {}", first.value)),
        }
    }

    /// The scopes in which keys go through them.
    pub(super) fn scopes(&self, is_cell: bool) -> &'static [Scope] {
        match (self.is_live, self.at) {
            // The only one has been taken: tab goes on.
            (true, Some(_)) if self.options.len() == 1 => &[Scope::TAKE_BACK],
            (true, _) => &[Scope::TAKE, Scope::TAKE_BACK],
            (false, _) if !is_cell && !self.options.is_empty() => &[Scope::CHOOSE],
            (false, _) => &[],
        }
    }

    /// The line with one of them, or as it was typed.
    fn line(&self, at: Option<usize>) -> String {
        let pick = at.and_then(|at| self.options.get(at));
        pick.map_or_else(|| self.typed.clone(), |pick| format!("{}{}", self.head, pick.value))
    }

    /// The next place in the ring of what was typed and what can be chosen.
    fn next(&self, forward: bool) -> Option<usize> {
        let places = self.options.len() + 1;
        let now = self.at.map_or(0, |at| at + 1);
        let next = if forward { now + 1 } else { now + places - 1 } % places;
        next.checked_sub(1)
    }

    /// What is put there when somebody leaves with a word that is no value, but means one alone.
    pub(super) fn only_meant(&self) -> Option<String> {
        (self.is_live && self.at.is_none() && self.options.len() == 1).then(|| self.line(Some(0)))
    }
}

/// Goes on to the next choice, or back to the one before.
fn take(app: &mut App, forward: bool) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    // Who chooses without having typed begins behind what stands there.
    form.picks.is_live = true;
    let next = form.picks.next(forward);
    let line = form.picks.line(next);
    form.picks.at = next;
    let at = form.at;
    if let Some(field) = form.fields.get_mut(at) {
        field.typing.set_line(&line);
        field.is_touched = true;
    }
    typed(app)
}

/// What there is to choose now; while somebody goes through a list it stays as it is.
pub(super) fn find(app: &App, form: &Form) -> Picks {
    let Some(field) = form.fields.get(form.at) else { return Picks::default() };
    let Some(line) = field.typing.line() else { return Picks::default() };
    if form.picks.is_live && form.picks.at.is_some() && line.text() == form.picks.line(form.picks.at) {
        return form.picks.clone();
    }
    if !line.is_at_end() {
        return Picks::default();
    }
    let info = field.open_info();
    let typed = line.text();
    let (head, begun) = match (is_list(info), form.is_typed || typed.trim().is_empty()) {
        (false, _) => (String::new(), typed),
        (true, true) => split_last(typed),
        (true, false) => (format!("{}, ", typed.trim_end_matches([',', ';', ' '])), ""),
    };
    let query = if form.is_typed { begun } else { "" };
    let mut finder = Finder::new(query, &head);
    finder.look(app, info);
    let is_same = |(_, pick): &(Fit, Pick)| pick.value.to_lowercase() == begun.to_lowercase();
    let same = finder.found.iter().position(is_same);
    let is_live = form.is_typed && !begun.is_empty() && same.is_none();
    let (options, more) = finder.into_options(same.is_none());
    let is_live = is_live && !options.is_empty();
    Picks { options, more, at: same, typed: typed.to_owned(), begun: begun.to_owned(), head, is_live }
}

/// The names of a list that are complete, and the one that is being typed.
fn split_last(typed: &str) -> (String, &str) {
    let last = typed.rfind([',', ';']).map_or(0, |at| at + 1);
    let begun = typed[last..].trim_start();
    (typed[..typed.len() - begun.len()].to_owned(), begun)
}

fn is_list(info: &FieldInfo) -> bool {
    matches!(info.field_type, FieldType::References(_) | FieldType::Areas | FieldType::Some(_))
}

/// How well a choice answers to what was begun; the order is that of the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It begins so.
    Begins,
    /// A word in it begins so.
    Word,
    /// It is also called so, or a word for it was typed.
    Means,
}

struct Finder<'a> {
    begun: String,
    /// What stands there already.
    others: Vec<&'a str>,
    found: Vec<(Fit, Pick)>,
    more: usize,
}

impl<'a> Finder<'a> {
    fn new(begun: &str, head: &'a str) -> Self {
        let others = head.split([',', ';']).map(str::trim).filter(|other| !other.is_empty()).collect();
        Self { begun: begun.trim_end().to_lowercase(), others, found: Vec::new(), more: 0 }
    }

    fn look(&mut self, app: &App, info: &FieldInfo) {
        match info.field_type {
            FieldType::Flag => self.names(["yes", "no"]),
            FieldType::One(labels) | FieldType::Some(labels) => {
                self.names(labels.iter().copied());
                self.meant(&app.thesaurus, labels);
            }
            FieldType::Areas => self.names(app.atlas.area_names()),
            FieldType::Reference(kind) | FieldType::References(kind) if !self.begun.is_empty() => {
                self.records(app, kind);
            }
            _ => {}
        }
    }

    fn fit(&self, name: &str) -> Option<Fit> {
        if begins(name, &self.begun) {
            return Some(Fit::Begins);
        }
        let mut words = name.match_indices([' ', '-', '(', '&']).map(|(at, sign)| &name[at + sign.len()..]);
        words.any(|rest| begins(rest, &self.begun)).then_some(Fit::Word)
    }

    fn put(&mut self, fit: Fit, value: &str, because: Option<String>) {
        let is_there = self.others.iter().any(|other| other.eq_ignore_ascii_case(value))
            || self.found.iter().any(|(_, known)| known.value == value);
        if is_there {
            return;
        }
        if self.found.len() < MOST || fit == Fit::Begins && self.found.len() < 2 * MOST {
            self.found.push((fit, Pick { value: value.to_owned(), because }));
        } else {
            self.more += 1;
        }
    }

    fn names<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        for name in names {
            if let Some(fit) = self.fit(name) {
                self.put(fit, name, None);
            }
        }
    }

    /// Records by their titles, or by what else they are called.
    fn records(&mut self, app: &App, kind: Kind) {
        let aliases: Vec<&FieldInfo> = kind.fields().filter(|one| one.search == Some(SearchField::Alias)).collect();
        for record in app.workspace.iter(kind) {
            let title = record.title(&app.workspace);
            if let Some(fit) = self.fit(&title) {
                self.put(fit, &title, record.suffix(app.today).map(std::borrow::Cow::into_owned));
                continue;
            }
            let mut alias = None;
            for field in &aliases {
                record.each_text_of(field, &app.workspace, &mut |_, text| {
                    if alias.is_none() && begins(text, &self.begun) {
                        alias = Some(text.to_owned());
                    }
                });
            }
            if alias.is_some() {
                self.put(Fit::Means, &title, alias);
            }
        }
    }

    /// What is meant by words that callers say: "homeless" is accommodation.
    fn meant(&mut self, thesaurus: &Thesaurus, labels: &[&str]) {
        let words = folded(&self.begun);
        if words.is_empty() || ![Need::LABELS, Client::LABELS, Sex::LABELS].contains(&labels) {
            return;
        }
        for meaning in thesaurus.read(&words, true) {
            let because = words.get(meaning.words.clone()).unwrap_or_default().join(" ");
            let needs = meaning.needs.iter().map(|(need, _)| need.label());
            let all = needs.chain(meaning.clients.iter().map(Client::label)).chain(meaning.sex.map(Sex::label));
            for label in all.filter(|label| labels.contains(label)) {
                self.put(Fit::Means, label, Some(because.clone()));
            }
        }
    }

    /// The choices in the order of the list, and how many more there are. Where one of them stands there already, all are
    /// shown in their own order.
    fn into_options(mut self, are_sorted: bool) -> (Vec<Pick>, usize) {
        if are_sorted {
            self.found.order_by_key(|(fit, _)| *fit);
        }
        let more = self.more + self.found.len().saturating_sub(MOST);
        (self.found.into_iter().take(MOST).map(|(_, pick)| pick).collect(), more)
    }
}

/// Words as the thesaurus knows them: small letters without accents and apostrophes, apart at hyphens.
fn folded(text: &str) -> Vec<String> {
    let mut plain = String::new();
    for c in text.chars().filter(|c| !"'’‘".contains(*c)) {
        fold(c, |c| plain.push(if c.is_alphanumeric() { c } else { ' ' }));
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

/// Whether a name begins so, whatever its letters; nothing is copied, for there are thousands of names.
fn begins(name: &str, begun_small: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    begun_small.chars().all(|wanted| letters.next() == Some(wanted))
}

/// Puts the cursor into a field as somebody does who comes to it: what is replaced as a whole is proposed.
pub(super) fn enter(typing: &mut TextInput, field_type: FieldType) {
    if is_replaced(field_type) {
        typing.propose();
    }
}
