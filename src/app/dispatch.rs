//! From an event to what it does: keys and pastes go to what lies on top, everything else to what waits for it.

use super::command::{Command, Meaning, Scope};
use super::key::Key;
use super::moving::Step;
use super::{
    App, Effects, Event, Layer, Severity, form, minutes, palette, prompt, search_line, sorting, thread, typing,
    watching,
};
use crate::model::Text;
use crate::model::text::one_line;

impl App {
    /// Takes an event in and says what is to be done outside.
    pub fn update(&mut self, event: Event) -> Effects {
        if self.take_time(&event) {
            return self.after_update(Vec::new());
        }
        let is_key = matches!(event, Event::Key(_));
        let effects = self.handle(event);
        form::complete(self);
        minutes::refresh(self);
        let effects = self.after_update(effects);
        if is_key { typing::hold(self, effects) } else { effects }
    }

    /// Notes the time, where the event tells it.
    fn take_time(&mut self, event: &Event) -> bool {
        match event {
            Event::Clock(now, today) => (self.now, self.today) = (*now, *today),
            Event::TimeOfDay(time) => self.time = Some(*time),
            Event::Elapsed(moment) => self.typing.moment = Some(*moment),
            _ => return false,
        }
        true
    }

    fn handle(&mut self, event: Event) -> Effects {
        match event {
            Event::Clock(..) | Event::TimeOfDay(_) | Event::Elapsed(_) => Vec::new(),
            Event::LastVisit(at) => {
                self.last_visit = at;
                Vec::new()
            }
            Event::Key(key) => {
                let mut effects = self.key(key);
                effects.extend(watching::reload_after_pause(self));
                effects
            }
            Event::Paste(text) => self.paste(&text),
            Event::Size(columns, rows) => {
                self.size = (columns, rows);
                self.refresh(); // pages are wrapped for the screen
                Vec::new()
            }
            Event::Loaded(loaded) => self.take_loaded(*loaded),
            Event::Indexed(indexes) => {
                self.indexes = indexes.with_thesaurus(&self.thesaurus);
                let ids = std::mem::take(&mut self.unindexed);
                self.indexes.update(&self.workspace, &self.atlas, &ids);
                self.refresh();
                Vec::new()
            }
            Event::NotLoaded(why) => self.not_loaded(why),
            Event::Reloaded(change, problems, overwritten) => self.reloaded(&change, problems, &overwritten),
            Event::Watching(unwatched) => watching::go_on(self, unwatched),
            Event::Saved(number, saved) => self.saved(number, &saved),
            Event::NotSaved(number, why) => self.not_saved(number, why),
            Event::TakenBack(change, conflict) => self.taken_back(change, conflict),
            Event::DraftDone(outcome) => self.draft_done(outcome),
            Event::Failed(sentence) => self.failed(sentence),
            Event::Edited(id, outcome) => self.edited(id, outcome),
            Event::EditedText(text) if minutes::replace_text(self, &text) => minutes::typed(self),
            Event::EditedText(text) => form::replace_text(self, &text),
            Event::Progress(sentence) => {
                self.progress = Some(sentence);
                Vec::new()
            }
            Event::Finished(finished) => self.finished(finished),
            Event::Planned(planned) => self.planned(*planned),
            Event::SheetRead(read) => self.sheet_read(*read),
            Event::Begun(sentence) => self.begun(sentence),
            Event::Listed(files) => super::global::listed(self, files),
            Event::Woke => {
                let mut effects = typing::release(self);
                effects.extend(form::keep_draft(self));
                effects.extend(minutes::keep_draft(self));
                effects
            }
            Event::Hangup => {
                let mut effects = self.keep_all();
                effects.extend(self.visit());
                effects
            }
        }
    }

    /// The scopes in which a key is looked up just now, the innermost first.
    pub fn chain(&self) -> Vec<Scope> {
        if let Some(Layer::Form(form)) = self.layers.last() {
            return form.scopes().into_iter().chain([Scope::ALWAYS]).collect();
        }
        let inner: &[Scope] = match self.layers.last() {
            Some(Layer::Form(_)) => &[],
            Some(Layer::Minutes(_)) => minutes::Minutes::scopes(),
            Some(Layer::Palette(_)) => &[Scope::COMMANDS],
            Some(Layer::Prompt(_)) => &[Scope::PROMPT],
            Some(Layer::Keep(_)) => &[super::keeping::KEEP],
            Some(Layer::Columns(columns)) => columns.scopes(),
            Some(Layer::Arrival(_)) => &[super::importing::ARRIVAL, Scope::MOVE],
            Some(Layer::Page(_)) => &[Scope::PAGE, Scope::MOVE, Scope::GLOBAL],
            Some(Layer::Compare(_)) => &[Scope::COMPARE, Scope::MOVE, Scope::GLOBAL],
            Some(Layer::Thread(_)) => &[thread::THREAD, Scope::MOVE, Scope::GLOBAL],
            None if self.list().is_waiting => {
                let beneath = self.screens.scopes(self.screen).iter();
                return [Scope::START].iter().chain(beneath).copied().chain([Scope::ALWAYS]).collect();
            }
            None if self.list().is_searching => &[Scope::SEARCH],
            None => self.screens.scopes(self.screen),
        };
        inner.iter().copied().chain([Scope::ALWAYS]).collect()
    }

    /// The keys that go on from those that were pressed, each with what it does in a few words. What cannot be done just
    /// now is left out.
    pub fn choices(&self) -> Vec<(String, String)> {
        let goes_on = self.keymap.continuations(&self.chain(), &self.pressed);
        let mut choices: Vec<(String, String)> = Vec::new();
        for (key, command) in goes_on.into_iter().filter(|(_, command)| (command.ready)(self).is_ok()) {
            let what = || command.help.split_once(": ").map_or(command.help, |(what, _)| what).to_owned();
            if choices.iter().all(|(known, _)| *known != key) {
                choices.push((key, sorting::label(self, command).unwrap_or_else(what)));
            }
        }
        choices
    }

    fn key(&mut self, key: Key) -> Effects {
        if let Some(effects) = typing::read(self, key) {
            return effects;
        }
        let mut effects = typing::release(self);
        effects.extend(self.look_up(key));
        effects
    }

    fn look_up(&mut self, key: Key) -> Effects {
        if self.pressed.is_empty() && self.is_for_waiting_search(key) {
            return self.type_key(key);
        }
        self.pressed.push(key);
        let chain = self.chain();
        match self.keymap.meaning(&chain, &self.pressed) {
            Meaning::Prefix => Vec::new(),
            Meaning::Command(command) => {
                self.pressed.clear();
                self.run(command)
            }
            Meaning::Nothing => {
                let was_sequence = self.pressed.len() > 1;
                self.pressed.clear();
                self.saving.cancel_leaving();
                if was_sequence { Vec::new() } else { self.type_key(key) }
            }
        }
    }

    /// Runs a command, or says why it cannot be run just now.
    pub fn run(&mut self, command: &'static Command) -> Effects {
        self.running = Some(command);
        if !command.name.starts_with("quit") {
            self.saving.cancel_leaving();
        }
        // What is said at the start is there to be read, and often to be followed.
        if !self.status.text.is_empty() && command.scope != Scope::START {
            self.last_message = std::mem::take(&mut self.status);
        }
        match (command.ready)(self) {
            Ok(()) => (command.run)(self),
            Err(why) => {
                self.set_status(Severity::Warning, why.to_owned());
                self.status.more = self.read_only.clone().filter(|_| self.may_change() == Err(why));
                Vec::new()
            }
        }
    }

    /// A key that no command has: text, where text is being typed.
    fn type_key(&mut self, key: Key) -> Effects {
        match self.layers.last_mut() {
            Some(Layer::Form(_)) => form::type_key(self, key),
            Some(Layer::Minutes(_)) => minutes::type_key(self, key),
            Some(Layer::Palette(palette)) => {
                palette.type_key(key);
                palette::refresh(self);
                Vec::new()
            }
            Some(Layer::Prompt(prompt)) => {
                prompt.type_key(key);
                prompt::refresh(self);
                Vec::new()
            }
            Some(_) => Vec::new(),
            None => self.type_into_screen(key),
        }
    }

    fn paste(&mut self, raw: &str) -> Effects {
        let text = Text::new(raw);
        match self.layers.last_mut() {
            Some(Layer::Form(_)) => form::paste(self, raw),
            Some(Layer::Minutes(_)) => minutes::paste(self, raw),
            Some(Layer::Palette(palette)) => {
                palette.input.paste(&one_line(&text));
                palette::refresh(self);
                Vec::new()
            }
            Some(Layer::Prompt(prompt)) => {
                prompt.input.paste(&one_line(&text));
                prompt::refresh(self);
                Vec::new()
            }
            Some(_) => Vec::new(),
            None => self.paste_into_screen(&one_line(&text)),
        }
    }

    /// The search line of a screen, or a line of its own.
    fn type_into_screen(&mut self, key: Key) -> Effects {
        if self.list().is_searching { search_line::type_key(self, key) } else { self.screen.type_key(self, key) }
    }

    fn paste_into_screen(&mut self, text: &str) -> Effects {
        if self.list().is_searching { search_line::paste(self, text) } else { self.screen.paste(self, text) }
    }

    /// Moves in whatever is on top.
    pub fn step(&mut self, step: Step) {
        match self.layers.last_mut() {
            Some(Layer::Page(page)) => page.step(step, self.size),
            Some(Layer::Arrival(arrival)) => arrival.page.step(step, self.size),
            Some(Layer::Compare(compare)) => compare.step(step),
            Some(Layer::Columns(columns)) => columns.step(step, self.size),
            Some(Layer::Thread(view)) => view.step(step, self.size),
            Some(_) => {}
            None => self.screen.step(self, step),
        }
    }
}
