//! The screens: what each must answer, and the one list of them.
//!
//! A screen is its state file here, one line in the list below, and, where a list with a detail beneath it is not
//! enough, a drawing file in `ui`. Tabs, number keys, the `screen.*` commands, dispatch, the joined command table, the indexes
//! and the drawing all come from the list; nothing else names a screen.

use super::command::{Command, Scope};
use super::input::LineInput;
use super::key::Key;
use super::list::{self, RecordList};
use super::moving::Step;
use super::{App, Effects, Layer, Severity};
use crate::model::service::Need;
use crate::model::{Action, AnyRecord, Id, Kind};

/// What a screen is. Most of it follows from the list it shows.
pub trait Screen: Default + 'static {
    /// The kinds it shows; they are searched together.
    const KINDS: &'static [Kind];
    /// Its own commands, in slices of one scope each; those of its list are shared.
    const COMMANDS: &'static [&'static [Command]];

    /// Its list.
    fn list(&self) -> &RecordList;
    /// Its list.
    fn list_mut(&mut self) -> &mut RecordList;

    /// Where its keys are looked up, the innermost first, while no text is being typed.
    fn scopes(&self) -> &'static [Scope];

    /// Whether its list is to be seen just now, so that commands on records can be run.
    fn shows_list(&self) -> bool {
        true
    }

    /// The record that commands act on: the selected one of its list, as long as that is to be seen.
    fn selected(&self) -> Option<Id> {
        self.list().selected().filter(|_| self.shows_list())
    }

    /// The record the cursor stands on, also where the commands of a list do not work.
    fn subject(&self) -> Option<Id> {
        self.selected()
    }

    /// Puts what it shows besides its list on a record; the cursor of the list stands there already.
    fn select(_app: &mut App, _id: Id) {}

    /// Shows everything about a record on which the cursor stands already.
    fn open_record(app: &mut App, _id: Id) -> Effects {
        let list = app.list_mut();
        (list.is_detail_open, list.detail_top) = (true, 0);
        Vec::new()
    }

    /// Whether it takes the whole terminal, as for a projector: no tabs, no status, no cursor.
    fn fills_terminal(&self) -> bool {
        false
    }

    /// What it says when a command needs a record and none is selected.
    fn nothing_selected(&self) -> &'static str {
        "nothing is selected: clear the search with esc, or press n for a new one"
    }

    /// Puts what was found into the order in which it is shown, and leaves out what is not; the cursor then goes back to its
    /// record.
    fn arrange(_app: &mut App) {}

    /// What a new action is to begin with where it is not the selected record it comes out of: a gap, a row of a record.
    fn new_action(_app: &App) -> Option<Action> {
        None
    }

    /// A new record as it begins here: with what is known of it from where the person is.
    fn new_record(_app: &App, record: AnyRecord) -> AnyRecord {
        record
    }

    /// Lists the services that meet a need in a district, where it shows services.
    fn show_gap(_app: &mut App, _need: Need, _district: usize) {}

    /// What its list is narrowed down to besides the search, in words.
    fn narrowed(&self) -> Option<&str> {
        None
    }

    /// Its list holds everything again, but for the search.
    fn widen(&mut self) {}

    /// What is said where the list is empty and nothing was searched for, besides that there are no records at all.
    fn nothing_here(&self) -> Option<String> {
        None
    }

    /// Follows what changed beneath it; the list has been searched anew already.
    fn refresh(_app: &mut App) {}

    /// Moves in what is to be seen besides the list.
    fn step(app: &mut App, step: Step) {
        list::step(app, step);
    }

    /// Whether something besides the list is to be seen, from which one can go back.
    fn can_go_back(&self) -> bool {
        false
    }

    /// Goes back from it.
    fn back(&mut self) {}

    /// A search begins: the screen shows its list.
    fn search(&mut self) {}

    /// A record of its list is to be seen in full: whatever else it shows gives way.
    fn show_record(&mut self) {
        self.search();
    }

    /// Whether letters are answers here, however fast they come: into which theme something goes.
    fn sorts_by_letters(&self) -> bool {
        false
    }

    /// Which of its views is shown, to come back to it.
    fn view(&self) -> u8 {
        0
    }

    /// Shows the view that [`Screen::view`] named.
    fn set_view(&mut self, _view: u8) {}

    /// A key that no command has: text, where the screen has a line of its own that is being typed in.
    fn type_key(_app: &mut App, _key: Key) -> Effects {
        Vec::new()
    }

    /// Pasted text, likewise.
    fn paste(_app: &mut App, _text: &str) -> Effects {
        Vec::new()
    }

    /// Something besides the counts that stands beside the search line.
    fn note(&self) -> Option<String> {
        None
    }
}

/// The list of screens: state, file, number key, tab, whether it is drawn by a file of its own or as a list.
macro_rules! for_each_screen {
    ($each:ident) => {
        $each! {
            /// What is due.
            Today today "0" "Today" drawn;
            /// The services map.
            Services services "1" "Services" drawn;
            /// The topics of an event and its wall.
            Topics topics "2" "Topics" drawn;
            /// Voting rounds, their ballots, tallies and themes.
            Votes votes "3" "Votes" drawn;
            /// What is to be done.
            Actions actions "4" "Actions" drawn;
            /// Agreements between partners, and their forums.
            Partners partners "5" "Partners" drawn;
            /// People and organisations.
            People people "6" "People" listed;
        }
    };
}
pub(crate) use for_each_screen;

macro_rules! declare_screens {
    ($( $(#[$doc:meta])* $name:ident $module:ident $key:literal $title:literal $drawing:ident; )+) => {
        /// A screen.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ScreenId {
            $( $(#[$doc])* $name, )+
        }

        /// The state of all screens.
        #[derive(Default)]
        pub struct Screens {
            $( $(#[$doc])* pub $module: super::$module::$name, )+
        }

        impl ScreenId {
            /// Every screen, in the order of the tabs.
            pub const ALL: &'static [ScreenId] = &[$(ScreenId::$name),+];

            /// Its name on the tab.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// Its number key.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key),+ }
            }

            /// The kinds it shows.
            pub fn kinds(self) -> &'static [Kind] {
                match self { $(Self::$name => <super::$module::$name as Screen>::KINDS),+ }
            }

            /// Lets a screen follow what changed beneath it.
            pub(super) fn refresh(self, app: &mut App) {
                match self { $(Self::$name => super::$module::$name::refresh(app)),+ }
            }

            /// Lets a screen put in order what was found.
            pub(super) fn arrange(self, app: &mut App) {
                match self { $(Self::$name => super::$module::$name::arrange(app)),+ }
            }

            /// What a new action is to begin with on a screen.
            pub(super) fn new_action(self, app: &App) -> Option<Action> {
                match self { $(Self::$name => super::$module::$name::new_action(app)),+ }
            }

            /// A new record as it begins on a screen.
            pub(super) fn new_record(self, app: &App, record: AnyRecord) -> AnyRecord {
                match self { $(Self::$name => super::$module::$name::new_record(app, record)),+ }
            }

            /// Lists the services that meet a need in a district.
            fn show_gap(self, app: &mut App, need: Need, district: usize) {
                match self { $(Self::$name => super::$module::$name::show_gap(app, need, district)),+ }
            }

            /// Puts what a screen shows besides its list on a record.
            pub(super) fn select(self, app: &mut App, id: Id) {
                match self { $(Self::$name => super::$module::$name::select(app, id)),+ }
            }

            /// Shows everything about a record in a screen.
            fn open_record(self, app: &mut App, id: Id) -> Effects {
                match self { $(Self::$name => super::$module::$name::open_record(app, id)),+ }
            }

            /// Types a key in a screen.
            pub(super) fn type_key(self, app: &mut App, key: Key) -> Effects {
                match self { $(Self::$name => super::$module::$name::type_key(app, key)),+ }
            }

            /// Pastes text into a screen.
            pub(super) fn paste(self, app: &mut App, text: &str) -> Effects {
                match self { $(Self::$name => super::$module::$name::paste(app, text)),+ }
            }

            /// Moves in a screen.
            pub(super) fn step(self, app: &mut App, step: Step) {
                match self { $(Self::$name => super::$module::$name::step(app, step)),+ }
            }
        }

        $(impl super::$module::$name {
            /// Where this screen is in the list.
            #[allow(dead_code)] // not every screen asks
            pub(crate) const ID: ScreenId = ScreenId::$name;
        })+

        impl Screens {
            /// The list of a screen.
            pub fn list(&self, screen: ScreenId) -> &RecordList {
                match screen { $(ScreenId::$name => self.$module.list()),+ }
            }

            /// The list of a screen.
            pub fn list_mut(&mut self, screen: ScreenId) -> &mut RecordList {
                match screen { $(ScreenId::$name => self.$module.list_mut()),+ }
            }

            /// Where the keys of a screen are looked up.
            pub fn scopes(&self, screen: ScreenId) -> &'static [Scope] {
                match screen { $(ScreenId::$name => self.$module.scopes()),+ }
            }

            /// Whether the list of a screen is to be seen.
            pub fn shows_list(&self, screen: ScreenId) -> bool {
                match screen { $(ScreenId::$name => self.$module.shows_list()),+ }
            }

            /// The record that commands act on in a screen.
            pub fn selected(&self, screen: ScreenId) -> Option<Id> {
                match screen { $(ScreenId::$name => self.$module.selected()),+ }
            }

            /// The record the cursor of a screen stands on, also where the commands of a list do not work.
            pub fn subject(&self, screen: ScreenId) -> Option<Id> {
                match screen { $(ScreenId::$name => self.$module.subject()),+ }
            }

            /// Whether a screen takes the whole terminal.
            pub fn fills_terminal(&self, screen: ScreenId) -> bool {
                match screen { $(ScreenId::$name => self.$module.fills_terminal()),+ }
            }

            /// What a screen says when no record is selected.
            pub fn nothing_selected(&self, screen: ScreenId) -> &'static str {
                match screen { $(ScreenId::$name => self.$module.nothing_selected()),+ }
            }

            /// What the list of a screen is narrowed down to besides the search.
            pub fn narrowed(&self, screen: ScreenId) -> Option<&str> {
                match screen { $(ScreenId::$name => self.$module.narrowed()),+ }
            }

            /// What is said where the list of a screen is empty though nothing was searched for.
            pub fn nothing_here(&self, screen: ScreenId) -> Option<String> {
                match screen { $(ScreenId::$name => self.$module.nothing_here()),+ }
            }

            /// Lets the list of a screen hold everything again, but for the search.
            pub(super) fn widen(&mut self, screen: ScreenId) {
                match screen { $(ScreenId::$name => self.$module.widen()),+ }
            }

            /// What stands beside the search line of a screen besides the counts.
            pub fn note(&self, screen: ScreenId) -> Option<String> {
                match screen { $(ScreenId::$name => self.$module.note()),+ }
            }

            /// Whether a screen shows something besides its list, from which one can go back.
            pub(super) fn can_go_back(&self, screen: ScreenId) -> bool {
                match screen { $(ScreenId::$name => self.$module.can_go_back()),+ }
            }

            /// Goes back from it.
            pub(super) fn back(&mut self, screen: ScreenId) {
                match screen { $(ScreenId::$name => self.$module.back()),+ }
            }

            /// Makes a screen show a record of its list in full.
            pub(super) fn show_record(&mut self, screen: ScreenId) {
                match screen { $(ScreenId::$name => self.$module.show_record()),+ }
            }

            /// Whether letters are answers in a screen.
            pub(super) fn sorts_by_letters(&self, screen: ScreenId) -> bool {
                match screen { $(ScreenId::$name => self.$module.sorts_by_letters()),+ }
            }

            /// Which view a screen shows.
            pub(super) fn view(&self, screen: ScreenId) -> u8 {
                match screen { $(ScreenId::$name => self.$module.view()),+ }
            }

            /// Makes a screen show a view again.
            pub(super) fn set_view(&mut self, screen: ScreenId, view: u8) {
                match screen { $(ScreenId::$name => self.$module.set_view(view)),+ }
            }

            /// Makes a screen show its list, as a search begins.
            pub(super) fn search(&mut self, screen: ScreenId) {
                match screen { $(ScreenId::$name => self.$module.search()),+ }
            }
        }

        /// The sets of kinds that are searched together, one for each screen.
        pub const SEARCHED: &[&[Kind]] = &[$(<super::$module::$name as Screen>::KINDS),+];

        /// The commands of all screens.
        pub(super) const COMMANDS: &[&[&[Command]]] = &[$(<super::$module::$name as Screen>::COMMANDS),+];

        /// Commands that open screens.
        pub(super) const OPEN: &[Command] = super::command::commands! { Scope::GLOBAL;
            $( concat!("screen.", stringify!($module)), [$key] "" concat!("the screen ", $title),
                super::command::always, |app| open(app, ScreenId::$name); )+
        };
    };
}
for_each_screen!(declare_screens);

/// The screen that opens first: most who come have somebody on the telephone.
impl Default for ScreenId {
    fn default() -> Self {
        Self::Services
    }
}

/// Closes what lies over the screen. A page may lie over a form: what is typed there is kept.
pub(super) fn close_layers(app: &mut App) -> Effects {
    let mut effects = super::form::keep_draft(app);
    effects.extend(super::minutes::keep_draft(app));
    app.layers.clear();
    effects
}

/// Opens a screen.
pub(super) fn open(app: &mut App, screen: ScreenId) -> Effects {
    let effects = close_layers(app);
    app.screen = screen;
    app.origins.clear();
    if app.stale.contains(&screen) {
        app.refresh_screen(screen);
    }
    effects
}

/// Where one was before a record was gone to.
pub(crate) struct Origin {
    screen: ScreenId,
    view: u8,
    /// The record the cursor stood on.
    subject: Option<Id>,
    /// What was searched for.
    searched: LineInput,
    /// What lay over the screen.
    layer: Option<Layer>,
}

impl Origin {
    /// Where one is just now, with what lies on top.
    fn take(app: &mut App) -> Self {
        let (screen, screens) = (app.screen, &app.screens);
        let (view, subject, searched) = (screens.view(screen), screens.subject(screen), app.list().input.clone());
        Self { screen, view, subject, searched, layer: app.layers.pop() }
    }
}

/// The screen on which records of a kind are shown: the one that shows this kind before others, else one that shows it too.
pub(super) fn home_of(kind: Kind) -> Option<ScreenId> {
    let shows_it = |screen: &&ScreenId| screen.kinds().contains(&kind);
    let first = ScreenId::ALL.iter().find(|screen| screen.kinds().first() == Some(&kind));
    first.or_else(|| ScreenId::ALL.iter().find(shows_it)).copied()
}

/// Goes to a record on the screen of its kind and shows everything about it; a search that would not show it is cleared.
/// Going back from it leads to where one was.
pub(crate) fn go_to(app: &mut App, id: Id) -> Effects {
    let Some(record) = app.workspace.get(id) else {
        app.set_status(Severity::Warning, format!("{id} is not here any more"));
        return Vec::new();
    };
    let Some(screen) = home_of(record.kind()) else {
        let text = super::detail::plain(&record, app.asked());
        let title = record.title(&app.workspace).into_owned();
        return super::page::open(app, &title, &text);
    };
    let origin = Origin::take(app);
    let mut origins = std::mem::take(&mut app.origins);
    origins.push((id, origin));
    let mut effects = open(app, screen);
    app.origins = origins;
    app.screens.show_record(screen);
    let list = app.list_mut();
    (list.is_searching, list.is_waiting) = (false, false);
    list::select(app, id);
    effects.extend(screen.open_record(app, id));
    effects
}

/// Goes to the services that meet a need in a district.
pub(super) fn open_gap(app: &mut App, need: Need, district: usize) -> Effects {
    let Some(screen) = home_of(Kind::Service) else { return Vec::new() };
    let effects = open(app, screen);
    let list = app.list_mut();
    (list.is_searching, list.is_waiting) = (false, false);
    screen.show_gap(app, need, district);
    effects
}

/// Goes to what a search finds among the records of a kind.
pub(super) fn open_search(app: &mut App, kind: Kind, words: &str) -> Effects {
    let Some(screen) = home_of(kind) else { return Vec::new() };
    let effects = open(app, screen);
    app.screens.search(screen);
    app.screens.widen(screen);
    (app.list_mut().is_searching, app.list_mut().is_waiting) = (false, false);
    app.list_mut().input.set(words, words.len());
    list::search(app);
    effects
}

/// Opens the search line of what the screen shows; where that is not searched, of the first screen.
pub(super) fn search(app: &mut App) -> Effects {
    let mut effects = close_layers(app);
    if app.list().kinds.is_empty() {
        effects.extend(open(app, ScreenId::default()));
    }
    effects.extend(super::search_line::open(app));
    effects
}

/// Likewise, with these words in the place of what it holds.
pub(super) fn search_for(app: &mut App, words: &str) -> Effects {
    let effects = search(app);
    app.screens.widen(app.screen);
    app.list_mut().input.set(words, words.len());
    list::search(app);
    effects
}

/// Whether the open record was gone to from elsewhere.
pub(super) fn has_origin(app: &App) -> bool {
    app.list().is_detail_open && app.list().selected().is_some_and(|id| came_to(app, id))
}

/// Whether a record was gone to from elsewhere.
pub(super) fn came_to(app: &App, record: Id) -> bool {
    app.origins.last().is_some_and(|(id, _)| *id == record)
}

/// Goes back to where one was before the open record was gone to.
pub(super) fn go_back(app: &mut App) {
    app.list_mut().is_detail_open = false;
    let Some((_, origin)) = app.origins.pop() else { return };
    app.screen = origin.screen;
    app.screens.set_view(origin.screen, origin.view);
    app.list_mut().input = origin.searched;
    app.refresh_screen(origin.screen);
    if let Some(subject) = origin.subject {
        list::select(app, subject);
    }
    app.layers.extend(origin.layer);
    app.refresh_layers();
}

/// Opens the screen so many tabs further on.
pub(super) fn open_next(app: &mut App, by: isize) -> Effects {
    let count = ScreenId::ALL.len();
    let at = ScreenId::ALL.iter().position(|screen| *screen == app.screen).unwrap_or(0);
    open(app, ScreenId::ALL[neighbour(at, by, count)])
}

/// The tab so many further on, round the ends.
fn neighbour(at: usize, by: isize, count: usize) -> usize {
    (at + count).saturating_add_signed(by) % count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_walked_both_ways() {
        assert_eq!([neighbour(0, 1, 4), neighbour(3, 1, 4), neighbour(0, -1, 4), neighbour(2, -1, 4)], [1, 0, 3, 1]);
    }
}
