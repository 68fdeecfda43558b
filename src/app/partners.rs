//! The partners screen: agreements between organisations, and the forums that keep them alive. The views into which the
//! list leads keep their state in files of their own.

mod acts;
mod conversations;
pub mod forum;
pub mod matrix;
pub mod page;
pub mod review;
pub mod rows;
mod versions;

use super::command::{Command, Scope, always, commands};
use super::list::{self, RecordList};
use super::moving::Step;
use super::screen::{self, Screen};
use super::{App, Effects};
use crate::model::{Action, Agreement, Id, Kind};
use rows::Target;

/// What the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The list of agreements, forums and meetings.
    #[default]
    List,
    /// An agreement.
    Page,
    /// The organisations by the organisations.
    Matrix,
    /// What stands between two organisations.
    Between,
    /// A review that is being filled in.
    Review,
    /// A forum: its meetings and members.
    Forum,
    /// A meeting: agenda, minutes, attendance.
    Meeting,
}

impl View {
    /// Every view.
    const ALL: [Self; 7] =
        [Self::List, Self::Page, Self::Matrix, Self::Between, Self::Review, Self::Forum, Self::Meeting];
}

/// The scope of the screen's own keys.
const PARTNERS: Scope = Scope::new("Partners");

/// The state of the screen.
pub struct Partners {
    list: RecordList,
    /// What is shown.
    pub view: View,
    /// The agreement that is shown.
    pub agreement: Option<Id>,
    /// Its page.
    pub page: page::PageView,
    /// The matrix, and what stands between the two of its cell.
    pub matrix: matrix::MatrixView,
    /// The review that is being filled in.
    pub review: review::ReviewView,
    /// What is shown of a forum.
    pub forum: forum::ForumView,
    /// Where one goes back to from the page of an agreement.
    came_from: View,
}

impl Default for Partners {
    fn default() -> Self {
        let empty = "No agreements yet. Press n for an agreement, F for a forum, M for a meeting of it.";
        Self {
            list: RecordList::new(Self::KINDS, "press / and type words of an agreement", empty),
            view: View::default(),
            agreement: None,
            page: page::PageView::default(),
            matrix: matrix::MatrixView::default(),
            review: review::ReviewView::default(),
            forum: forum::ForumView::default(),
            came_from: View::default(),
        }
    }
}

impl Screen for Partners {
    const KINDS: &'static [Kind] = &[Kind::Agreement, Kind::Forum, Kind::Meeting];
    const COMMANDS: &'static [&'static [Command]] = &[
        COMMANDS,
        acts::COMMANDS,
        page::COMMANDS,
        conversations::COMMANDS,
        matrix::COMMANDS,
        matrix::BETWEEN_COMMANDS,
        review::COMMANDS,
        forum::COMMANDS,
        forum::MEETING_COMMANDS,
    ];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        match self.view {
            View::List => &[PARTNERS, Scope::LIST, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            View::Page => &[page::PAGE, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            View::Matrix => &[matrix::MATRIX, Scope::MOVE, Scope::GLOBAL],
            View::Between => &[matrix::BETWEEN, Scope::MOVE, Scope::GLOBAL],
            View::Review => &[review::REVIEW, Scope::MOVE],
            View::Forum => &[forum::FORUM, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            View::Meeting => &[forum::MEETING, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
        }
    }

    fn shows_list(&self) -> bool {
        self.view == View::List
    }

    fn selected(&self) -> Option<Id> {
        match self.view {
            View::List => self.list.selected(),
            View::Page => self.agreement,
            View::Forum | View::Meeting => self.forum.selected(),
            _ => None,
        }
    }

    fn subject(&self) -> Option<Id> {
        match self.view {
            View::List => self.list.selected(),
            View::Page => self.page.rows.target().and_then(Target::record).or(self.agreement),
            View::Between => self.matrix.between.target().and_then(Target::record),
            View::Matrix => None,
            View::Review => self.agreement,
            View::Forum | View::Meeting => self.forum.subject(),
        }
    }

    fn search(&mut self) {
        self.view = View::List;
    }

    fn show_record(&mut self) {
        self.view = View::List;
        self.list.is_detail_open = false;
    }

    fn new_action(app: &App) -> Option<Action> {
        if app.screens.partners.view == View::Page { acts::planned(app) } else { None }
    }

    fn open_record(app: &mut App, _: Id) -> Effects {
        open(app)
    }

    fn view(&self) -> u8 {
        self.view as u8
    }

    fn set_view(&mut self, view: u8) {
        self.view = View::ALL[usize::from(view).min(View::ALL.len() - 1)];
    }

    fn nothing_selected(&self) -> &'static str {
        match self.view {
            View::List => "no agreement is selected: clear the search with esc, or press n for a new one",
            _ => "open an agreement first: enter",
        }
    }

    fn refresh(app: &mut App) {
        refresh(app);
    }

    fn step(app: &mut App, step: Step) {
        match app.screens.partners.view {
            View::List => list::step(app, step),
            View::Page => page::step(app, step),
            View::Matrix => matrix::step(app, step),
            View::Between => matrix::step_between(app, step),
            View::Review => review::step(app, step),
            View::Forum | View::Meeting => forum::step(app, step),
        }
    }
}

/// Commands of the list.
const COMMANDS: &[Command] = commands! { PARTNERS;
    "partners.open" ["enter"] "open" "the agreement with its items, plan and reviews; the forum with its meetings; the meeting with its minutes" has_selected, open;
    "partners.matrix" ["m"] "matrix" "who expects what of whom, organisation by organisation" always, matrix::open;
    "forum.new" ["F"] "new forum" "a new forum" App::may_change, |app| list::new_of(app, Kind::Forum);
    "meeting.new" ["M"] "new meeting" "a new meeting of a forum" App::may_change, |app| list::new_of(app, Kind::Meeting);
};

fn has_selected(app: &App) -> Result<(), &'static str> {
    app.selected().map(|_| ()).ok_or(app.screens.nothing_selected(app.screen))
}

/// Opens the selected record: an agreement as its page, any other as its detail.
fn open(app: &mut App) -> Effects {
    match app.screens.partners.list.selected() {
        Some(id) if Kind::of(id) == Some(Kind::Agreement) => page::open(app, id, None),
        Some(id) if matches!(Kind::of(id), Some(Kind::Forum | Kind::Meeting)) => forum::open(app, id),
        _ => {
            let list = app.list_mut();
            (list.is_detail_open, list.detail_top) = (!list.is_detail_open, 0);
            Vec::new()
        }
    }
}

/// The agreement that is shown.
pub(super) fn agreement(app: &App) -> Option<&Agreement> {
    app.screens.partners.agreement.and_then(|id| app.workspace.agreements.get(id)).map(AsRef::as_ref)
}

/// Leaves what is shown of a record for where one was before it was gone to; false where it was opened here.
fn leave(app: &mut App, id: Option<Id>) -> bool {
    let came_to = id.is_some_and(|id| screen::came_to(app, id));
    if came_to {
        app.screens.partners.view = View::List;
        screen::go_back(app);
    }
    came_to
}

/// Shows a view.
fn show(app: &mut App, view: View) -> Effects {
    app.screens.partners.view = view;
    refresh(app);
    Vec::new()
}

/// Lets the open view follow what changed beneath it.
fn refresh(app: &mut App) {
    let is_gone = agreement(app).is_none();
    let state = &mut app.screens.partners;
    if is_gone && matches!(state.view, View::Page | View::Review) {
        state.view = state.came_from;
    }
    match state.view {
        View::List | View::Review => {}
        View::Forum | View::Meeting => forum::refresh(app),
        View::Page => page::refresh(app),
        View::Matrix | View::Between => matrix::refresh(app),
    }
}
