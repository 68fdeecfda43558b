//! The matrix of gaps: which need is met in which district, and where no service is.

use std::sync::Arc;

use super::choice::Choice;
use super::date::Date;
use super::place::{Atlas, Districts};
use super::service::{Freshness, Need, Service};
use super::{AnyRecord, Audience, Id, Workspace};

/// How many services meet one need in one district.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GapCell {
    /// Services that say they serve the district.
    pub serves: u32,
    /// Services located in it.
    pub located: u32,
    /// Services of either sort verified within twelve months.
    pub verified: u32,
    /// Services of either sort: those that a list of the cell holds.
    pub all: u32,
}

impl GapCell {
    /// No service serves the district or is located in it.
    pub fn is_gap(self) -> bool {
        self.serves == 0 && self.located == 0
    }
}

/// Where a service serves and where it is.
pub fn districts_of(service: &Service, atlas: &Atlas) -> (Districts, Districts) {
    let located = service
        .locations
        .iter()
        .filter_map(|location| location.point)
        .filter_map(|point| atlas.district_at(point))
        .collect();
    (atlas.cover(&service.serves), located)
}

/// The matrix: a row for each need, a cell for each district of the atlas, as colleagues may see it: a hidden address
/// counts for no district. Services that are closed or only planned fill no gap.
pub fn matrix(workspace: &Workspace, atlas: &Atlas, today: Date) -> Vec<Vec<GapCell>> {
    let mut rows = vec![vec![GapCell::default(); atlas.districts.len()]; Need::ALL.len()];
    for (service, serves, located) in counted(workspace, atlas) {
        let fresh = service.freshness(today) == Freshness::Fresh;
        for need in service.needs.iter() {
            for (at, cell) in rows[need.index()].iter_mut().enumerate() {
                let (is_serving, is_located) = (serves.has(at), located.has(at));
                cell.serves += u32::from(is_serving);
                cell.located += u32::from(is_located);
                cell.verified += u32::from(fresh && (is_serving || is_located));
                cell.all += u32::from(is_serving || is_located);
            }
        }
    }
    rows
}

/// The services that a cell of the matrix counts.
pub fn in_cell(workspace: &Workspace, atlas: &Atlas, need: Need, district: usize) -> Vec<Id> {
    let is_meant = |(service, serves, located): &(Arc<Service>, Districts, Districts)| {
        service.needs.iter().any(|one| one == need) && (serves.has(district) || located.has(district))
    };
    counted(workspace, atlas).filter(is_meant).map(|(service, ..)| service.id).collect()
}

/// Every service that fills gaps, where it serves and where it is.
fn counted<'a>(
    workspace: &'a Workspace,
    atlas: &'a Atlas,
) -> impl Iterator<Item = (Arc<Service>, Districts, Districts)> + 'a {
    let all = workspace.services.iter().map(|service| service.id);
    visible(all, workspace).filter(|service| service.is_open()).map(|service| {
        let (serves, located) = districts_of(&service, atlas);
        (service, serves, located)
    })
}

/// How many services there are in each district.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DistrictCounts {
    /// For each district how many serve it, and how many are located in it.
    pub districts: Vec<(usize, usize)>,
    /// How many neither serve nor are in any district, as far as colleagues may see.
    pub elsewhere: usize,
}

/// Services as colleagues may see them.
fn visible<'a>(
    services: impl Iterator<Item = Id> + 'a,
    workspace: &'a Workspace,
) -> impl Iterator<Item = Arc<Service>> + 'a {
    services.filter_map(|id| match workspace.get(id)?.visible_to(Audience::Colleagues, workspace) {
        AnyRecord::Service(service) => Some(service),
        _ => None,
    })
}
