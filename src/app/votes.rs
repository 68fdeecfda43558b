//! The votes screen: rounds and themes, and the views into which a round leads: whose ballot, a ballot, the count of a
//! wall, the tally, who has voted, themes. Each view keeps its state in a file of its own.
//!
//! While a round is open no view holds anything of its outcome: what is computed for drawing is computed from what may be
//! seen, and the tally refuses by itself.

pub mod counting;
pub mod entry;
pub mod initials;
pub mod sheet;
mod sorting;
pub mod tally;
pub mod theming;
pub mod turnout;

use super::command::{Command, Scope, always, commands};
use super::key::Key;
use super::list::{self, RecordList};
use super::moving::Step;
use super::screen::Screen;
use super::{App, Effects, Severity, form, prompt};
use crate::model::change::{Change, Refusal};
use crate::model::round::{self, Method, RoundState};
use crate::model::{Author, Id, Kind, Round, Workspace, conduct};

/// What the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The list of rounds and themes.
    #[default]
    Rounds,
    /// Whose ballot comes next.
    Voter,
    /// A ballot that is being filled in.
    Ballot,
    /// The count of the wall.
    Count,
    /// The tally of a closed round.
    Tally,
    /// Who has voted.
    Turnout,
    /// Recommendations and their themes.
    Themes,
}

impl View {
    /// Every view.
    const ALL: [Self; 7] =
        [Self::Rounds, Self::Voter, Self::Ballot, Self::Count, Self::Tally, Self::Turnout, Self::Themes];
}

/// The scope of the list.
const VOTES: Scope = Scope::new("Voting rounds and themes");

/// The state of the screen.
pub struct Votes {
    list: RecordList,
    /// What is shown.
    pub view: View,
    /// The round the view is about.
    pub round: Option<Id>,
    /// The line that is typed in and the list of items below it, of ballots and counts alike.
    pub sheet: sheet::Sheet,
    /// The ballots.
    pub entry: entry::Entry,
    /// The count of the wall.
    pub counting: counting::Counting,
    /// The tally.
    pub tally: tally::TallyView,
    /// Who has voted.
    pub turnout: turnout::TurnoutView,
    /// Themes.
    pub theming: theming::Theming,
}

impl Default for Votes {
    fn default() -> Self {
        let empty = "No voting round yet. Press n to make the first one.";
        Self {
            list: RecordList::new(Self::KINDS, "press / and type a name", empty),
            view: View::default(),
            round: None,
            sheet: sheet::Sheet::default(),
            entry: entry::Entry::default(),
            counting: counting::Counting::default(),
            tally: tally::TallyView::default(),
            turnout: turnout::TurnoutView::default(),
            theming: theming::Theming::default(),
        }
    }
}

impl Screen for Votes {
    const KINDS: &'static [Kind] = &[Kind::Round, Kind::Theme];
    const COMMANDS: &'static [&'static [Command]] = &[
        COMMANDS,
        entry::VOTER_COMMANDS,
        entry::DOTS_COMMANDS,
        entry::BALLOT_COMMANDS,
        counting::EMPTY_COMMANDS,
        counting::COMMANDS,
        sheet::COMMANDS,
        tally::COMMANDS,
        turnout::COMMANDS,
        sorting::COMMANDS,
    ];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        match self.view {
            View::Rounds => &[VOTES, Scope::LIST, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            View::Voter => &[entry::VOTER, sheet::SHEET],
            View::Ballot => self.sheet.scopes(
                &[entry::DOTS, entry::BALLOT, Scope::MOVE],
                &[entry::DOTS, entry::BALLOT, sheet::SHEET],
                &[entry::BALLOT, sheet::SHEET],
            ),
            View::Count => self.sheet.scopes(
                &[counting::EMPTY, counting::COUNT, Scope::MOVE],
                &[counting::EMPTY, counting::COUNT, sheet::SHEET],
                &[counting::COUNT, sheet::SHEET],
            ),
            View::Tally => &[tally::TALLY, Scope::MOVE, Scope::GLOBAL],
            View::Turnout => &[turnout::TURNOUT, Scope::MOVE, Scope::GLOBAL],
            View::Themes => &[theming::THEMING, Scope::MOVE, Scope::GLOBAL],
        }
    }

    fn shows_list(&self) -> bool {
        self.view == View::Rounds
    }

    fn subject(&self) -> Option<Id> {
        match self.view {
            View::Rounds => self.list.selected(),
            View::Tally => self.tally.selected().or(self.round),
            View::Themes => self.theming.selected().or_else(|| self.theming.selected_theme()),
            _ => self.round,
        }
    }

    fn search(&mut self) {
        self.view = View::Rounds;
    }

    fn sorts_by_letters(&self) -> bool {
        self.view == View::Themes
    }

    fn view(&self) -> u8 {
        self.view as u8
    }

    fn set_view(&mut self, view: u8) {
        self.view = View::ALL[usize::from(view).min(View::ALL.len() - 1)];
    }

    fn nothing_selected(&self) -> &'static str {
        "nothing is selected: clear the search with esc, or press n for a new round"
    }

    fn refresh(app: &mut App) {
        refresh(app);
    }

    fn step(app: &mut App, step: Step) {
        match app.screens.votes.view {
            View::Rounds => list::step(app, step),
            View::Voter => entry::step(app, step),
            View::Ballot | View::Count => sheet::step(app, step),
            View::Tally => tally::step(app, step),
            View::Turnout => turnout::step(app, step),
            View::Themes => theming::step(app, step),
        }
    }

    fn type_key(app: &mut App, key: Key) -> Effects {
        match app.screens.votes.view {
            View::Voter => entry::type_name(app, key),
            View::Ballot => entry::type_key(app, key),
            View::Count => counting::type_key(app, key),
            View::Themes => sorting::type_key(app, key),
            View::Rounds | View::Tally | View::Turnout => Vec::new(),
        }
    }

    fn paste(app: &mut App, text: &str) -> Effects {
        match app.screens.votes.view {
            View::Voter => entry::paste_name(app, text),
            View::Ballot | View::Count => sheet::paste(app, text),
            _ => Vec::new(),
        }
    }
}

/// Commands of the list.
const COMMANDS: &[Command] = commands! { VOTES;
    "round.go" ["enter"] "open" "the votes of an open round, the results of a closed one; else everything about it" has_selected, go;
    "round.vote" ["v"] "vote" "type in ballots, or the count of the wall" takes_votes, vote;
    "round.tally" ["r"] "results" "the tally of a closed round" is_closed, tally::open;
    "round.turnout" ["w"] "who voted" "who has voted and who has not" knows_voters, turnout::open;
    "round.themes" ["m"] "themes" "sort recommendations into themes" always, theming::open;
    "round.open" ["o"] "open the vote" "freeze what is on the ballot and open the vote" is_planned, ask_open;
    "round.close" ["x"] "close the vote" "close the vote, for good" is_open, ask_close;
    "round.certify" ["C"] "certify" "say that you have checked the outcome, for good" may_certify, ask_certify;
    "round.new" ["n"] "new" "a new round" App::may_change, new;
    "theme.new" ["N"] "" "a new theme" App::may_change, |app| list::new_of(app, Kind::Theme);
};

impl Votes {
    /// The selected round of the list, or the one whose view is open.
    pub fn round<'a>(&self, workspace: &'a Workspace) -> Option<&'a Round> {
        let id = if self.view == View::Rounds { self.list.selected() } else { self.round };
        id.and_then(|id| workspace.rounds.get(id)).map(AsRef::as_ref)
    }
}

/// The round that is meant just now.
pub(super) fn round(app: &App) -> Option<&Round> {
    app.screens.votes.round(&app.workspace)
}

fn state(app: &App) -> Result<RoundState, &'static str> {
    round(app).map(|round| round.state).ok_or("no round is selected: move to one, or press n for a new one")
}

fn is_planned(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if state(app)? == RoundState::Planned { Ok(()) } else { Err("it was opened before: a round is opened once") }
}

fn is_open(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if state(app)? == RoundState::Open { Ok(()) } else { Err("only an open round can be closed") }
}

fn takes_votes(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    match state(app)? {
        RoundState::Planned => Err("it is not open yet: o opens the vote"),
        RoundState::Open => Ok(()),
        _ => Err("it is closed and takes no votes; counting again is a new round"),
    }
}

fn is_closed(app: &App) -> Result<(), &'static str> {
    if state(app)? >= RoundState::Closed { Ok(()) } else { Err("the results are hidden until the round closes") }
}

fn knows_voters(app: &App) -> Result<(), &'static str> {
    match (state(app)?, round(app).map(|round| round.method)) {
        (RoundState::Planned, _) => Err("it is not open yet: o opens the vote"),
        (_, Some(Method::Ballots)) => Ok(()),
        _ => Err("the dots on the wall bear no names: nobody knows who has voted"),
    }
}

fn may_certify(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if state(app)? == RoundState::Closed { Ok(()) } else { Err("only a closed round is certified, once") }
}

fn has_selected(app: &App) -> Result<(), &'static str> {
    app.selected().map(|_| ()).ok_or(app.screens.nothing_selected(app.screen))
}

fn go(app: &mut App) -> Effects {
    match state(app) {
        Ok(RoundState::Open) if app.may_change().is_ok() => vote(app),
        Ok(RoundState::Open) if knows_voters(app).is_ok() => turnout::open(app),
        Ok(RoundState::Closed | RoundState::Certified) => tally::open(app),
        _ => {
            let list = app.list_mut();
            (list.is_detail_open, list.detail_top) = (!list.is_detail_open, 0);
            Vec::new()
        }
    }
}

fn vote(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    match round(app).map(|round| round.method) {
        Some(Method::Ballots) => entry::open(app),
        Some(_) => counting::open(app),
        None => Vec::new(),
    }
}

/// Shows a view of the selected round.
fn show(app: &mut App, view: View) {
    let id = round(app).map(|round| round.id);
    let state = &mut app.screens.votes;
    (state.round, state.view) = (id, view);
    state.list.is_detail_open = false;
    refresh(app);
}

/// Goes back to the list.
fn back_to_list(app: &mut App) -> Effects {
    app.screens.votes.view = View::Rounds;
    stand_on_round(app);
    Vec::new()
}

/// Puts the cursor of the list on the round that was looked at.
fn stand_on_round(app: &mut App) {
    if let Some(round) = app.screens.votes.round {
        list::select(app, round);
    }
}

/// A form for a new round, with the number of dots that is good practice here.
fn new(app: &mut App) -> Effects {
    let event = crate::model::event::latest(&app.workspace).map(|event| crate::model::Ref::record(event.id));
    let options = round::options_for(&app.workspace, event.as_ref()).len();
    let dots = Some(round::suggested_dots(options));
    let record = Round { id: app.new_id(Kind::Round), event: event.clone(), dots, ..Round::default() };
    let effects = form::open(app, record.into());
    if let Some(said) = conduct::guidance(&app.workspace, event.as_ref()).filter(|_| form::top(app).is_some()) {
        app.set_status(Severity::Info, said);
    }
    effects
}

/// A step of a round: the rule of the model that makes it.
type RoundStep = fn(&Workspace, Id, &Author) -> Result<Change, Refusal>;

fn ask_open(app: &mut App) -> Effects {
    let warnings = round(app).map(|round| conduct::before_opening(&app.workspace, round)).unwrap_or_default();
    let said = if warnings.is_empty() { String::new() } else { format!("{}. ", warnings.join("; ")) };
    let hint = format!("{said}The ballot is frozen then, and opening goes one way; write yes to open the vote");
    ask(app, "Open the vote?", hint, |app, typed| confirmed(app, typed, round::open))
}

fn ask_close(app: &mut App) -> Effects {
    let missing = round(app).map(|round| conduct::before_closing(&app.workspace, round)).unwrap_or_default();
    let said = missing.map(|missing| format!("{missing}. ")).unwrap_or_default();
    let hint = format!("{said}Closing goes one way, and shows the results; write yes to close the vote");
    ask(app, "Close the vote?", hint, |app, typed| confirmed(app, typed, round::close))
}

fn ask_certify(app: &mut App) -> Effects {
    let hint = "you say that you have checked the outcome; this goes one way; write yes to certify it".to_owned();
    ask(app, "Certify the outcome?", hint, |app, typed| confirmed(app, typed, round::certify))
}

fn ask(
    app: &mut App,
    question: &'static str,
    hint: String,
    answer: fn(&mut App, &str) -> Result<Effects, String>,
) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    prompt::ask(app, question, hint, "", answer)
}

/// Takes a step of the selected round once the person has written yes; nothing takes it back.
fn confirmed(app: &mut App, typed: &str, step: RoundStep) -> Result<Effects, String> {
    if !typed.eq_ignore_ascii_case("yes") {
        return Err("write yes, or press esc".to_owned());
    }
    let (Some(id), Some(author)) = (round(app).map(|round| round.id), app.author()) else { return Ok(Vec::new()) };
    let change = step(&app.workspace, id, &author).map_err(|refusal| refusal.0)?;
    Ok(app.submit_for_good(change))
}

/// Lets the open view follow what changed beneath it.
fn refresh(app: &mut App) {
    let state = &mut app.screens.votes;
    let is_gone = state.round.is_some_and(|id| app.workspace.rounds.get(id).is_none());
    if is_gone && !matches!(state.view, View::Rounds | View::Themes) {
        state.view = View::Rounds;
    }
    match state.view {
        View::Rounds => {}
        View::Voter => entry::refresh(app),
        View::Ballot => sheet::refresh(app),
        View::Count => counting::refresh(app),
        View::Tally => tally::refresh(app),
        View::Turnout => turnout::refresh(app),
        View::Themes => theming::refresh(app),
    }
}
