//! The matrix of gaps: moving in it, the services of a cell, and what fills one.

use super::{GAPS, Part, PartOf, View};
use crate::app::command::{Command, always, commands};
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, list};
use crate::model::choice::Choice;
use crate::model::service::Need;
use crate::model::{AnyRecord, Kind};

/// Commands of the matrix of gaps.
pub(super) const COMMANDS: &[Command] = commands! { GAPS;
    "gap.open" ["enter"] "services" "the services of this cell" always, open_cell;
    "gap.new" ["n"] "new" "a new service for this need and district" App::may_change, |app| list::new_of(app, Kind::Service);
    "gap.back" ["esc"] "back" "back to the list" always, |app| { app.screens.services.view = View::List; Vec::new() };
};

pub(super) fn step((need, district): &mut (usize, usize), step: Step, districts: usize) {
    if let Step::Columns(by) = step {
        *district = district.saturating_add_signed(by).min(districts.saturating_sub(1));
        return;
    }
    let mut cursor = Cursor { at: *need, top: 0 };
    cursor.step(step, Need::ALL.len(), Need::ALL.len());
    *need = cursor.at;
}

/// The need and the number of the district on which the cursor stands, or whose services are listed.
fn cell(app: &App) -> Option<(Need, usize)> {
    let state = &app.screens.services;
    match &state.part {
        Some(Part { of: PartOf::Cell(need, district), .. }) => Some((*need, *district)),
        None if state.view == View::Gaps => Some((*Need::ALL.get(state.gap.0)?, state.gap.1)),
        Some(_) | None => None,
    }
}

/// Likewise, with the name of the district.
pub(super) fn cell_names(app: &App) -> Option<(Need, String)> {
    let (need, district) = cell(app)?;
    Some((need, app.atlas.districts.get(district)?.name.to_string()))
}

/// A new service with the need and the place of the cell.
pub(super) fn fill(app: &App, record: AnyRecord) -> AnyRecord {
    let (AnyRecord::Service(service), Some((need, district))) = (&record, cell_names(app)) else { return record };
    let mut service = (**service).clone();
    service.needs.insert(need);
    service.serves = vec![district.as_str().into()];
    service.into()
}

fn open_cell(app: &mut App) -> Effects {
    if let Some((need, district)) = cell(app) {
        list_cell(app, need, district);
    }
    Vec::new()
}

/// Lists what a cell counts; going back leads to the cell.
pub(super) fn list_cell(app: &mut App, need: Need, district: usize) {
    let Some(name) = app.atlas.districts.get(district).map(|district| district.name.to_string()) else { return };
    let state = &mut app.screens.services;
    state.gap = (need.index(), district);
    let said = format!("{} in {name}", need.label());
    let input = std::mem::take(&mut state.list.input);
    state.part = Some(Part { said, of: PartOf::Cell(need, district), from: View::Gaps, input });
    state.view = View::List;
    list::search(app);
}
