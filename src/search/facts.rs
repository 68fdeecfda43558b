//! What filters ask of a record, in a few bytes each, so that a filter over everything costs no look at the records.

use std::collections::HashMap;

use super::words::{beginning, plain};
use crate::model::choice::Set;
use crate::model::organisation::Sector;
use crate::model::place::{Atlas, Districts, Point, bounds};
use crate::model::service::{Ages, Client, Location, Need, Service, Sex, Status};
use crate::model::{AnyRecord, Date, Ref, Text, Workspace};

/// The facts of one record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub needs: Set<Need>,
    pub clients: Set<Client>,
    pub sectors: Set<Sector>,
    pub ages: Option<Ages>,
    pub sex: Option<Sex>,
    pub status: Status,
    pub is_hidden: bool,
    pub verified: Option<Date>,
    pub funding_ends: Option<Date>,
    pub serves: Districts,
    pub located: Districts,
    spots: (u32, u32),
    areas: (u32, u32),
}

/// One place at which a service is, as far as anybody may see.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    lat: f32,
    lon: f32,
    pub town: u32,
}

impl Spot {
    pub fn point(self) -> Option<Point> {
        (!self.lat.is_nan()).then(|| Point(self.lat.into(), self.lon.into()))
    }
}

/// No town is stated.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The facts of all records, and the names of towns and areas they use.
#[derive(Clone, Debug, Default)]
pub(super) struct FactBook {
    pub facts: Vec<Facts>,
    spots: Vec<Spot>,
    areas: Vec<u32>,
    /// Names as they were written first, with the plain form they are compared in.
    pub names: Vec<(Box<str>, Text)>,
    known: HashMap<Box<str>, u32>,
}

/// The longest name of a town that is told apart from others.
const LONGEST_NAME: usize = 80;

impl FactBook {
    /// Where a record is.
    pub fn spots(&self, document: usize) -> &[Spot] {
        let (from, to) = self.facts[document].spots;
        &self.spots[from as usize..to as usize]
    }

    /// The areas it says it serves, by number.
    pub fn areas(&self, document: usize) -> &[u32] {
        let (from, to) = self.facts[document].areas;
        &self.areas[from as usize..to as usize]
    }

    /// Notes the facts of the next record.
    pub fn add(&mut self, record: &AnyRecord, workspace: &Workspace, surveyor: &mut Surveyor<'_>) {
        let facts = match record {
            AnyRecord::Service(service) => self.of_service(service, workspace, surveyor),
            AnyRecord::Organisation(organisation) => Facts { sectors: sectors(organisation.sector), ..self.blank() },
            AnyRecord::Person(person) => {
                let roles = person.roles.iter().map(|role| sector_of(&role.organisation, workspace));
                Facts { sectors: roles.fold(Set::default(), Set::union), ..self.blank() }
            }
            _ => self.blank(),
        };
        self.facts.push(facts);
    }

    fn blank(&self) -> Facts {
        let (spots, areas) = (self.spots.len() as u32, self.areas.len() as u32);
        Facts {
            needs: Set::default(),
            clients: Set::default(),
            sectors: Set::default(),
            ages: None,
            sex: None,
            status: Status::Active,
            is_hidden: false,
            verified: None,
            funding_ends: None,
            serves: Districts::default(),
            located: Districts::default(),
            spots: (spots, spots),
            areas: (areas, areas),
        }
    }

    fn of_service(&mut self, service: &Service, workspace: &Workspace, surveyor: &mut Surveyor<'_>) -> Facts {
        let (from_spot, from_area) = (self.spots.len() as u32, self.areas.len() as u32);
        let mut located = Districts::default();
        for location in service.shown_locations() {
            let town = location.town.as_ref().map_or(NOWHERE, |town| self.number(town));
            located = located.union(surveyor.districts(location));
            let (lat, lon) = location.point.map_or((f32::NAN, f32::NAN), |at| (at.0 as f32, at.1 as f32));
            self.spots.push(Spot { lat, lon, town });
        }
        for area in &service.serves {
            let number = self.number(area);
            self.areas.push(number);
        }
        Facts {
            needs: service.needs,
            clients: service.clients,
            sectors: service.organisation.as_ref().map(|o| sector_of(o, workspace)).unwrap_or_default(),
            ages: service.ages,
            sex: service.sex,
            status: service.status,
            is_hidden: service.hide_address,
            verified: service.verified.as_ref().map(|verified| verified.on),
            funding_ends: service.funding_ends,
            serves: service.serves.iter().map(|area| surveyor.area(area)).collect(),
            located,
            spots: (from_spot, self.spots.len() as u32),
            areas: (from_area, self.areas.len() as u32),
        }
    }

    /// The number of a name of a town or area.
    fn number(&mut self, name: &Text) -> u32 {
        let mut key = plain(beginning(name, LONGEST_NAME));
        key.shrink_to_fit();
        if let Some(number) = self.known.get(key.as_str()) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.known.insert(key.clone().into(), number);
        self.names.push((key.into(), name.clone()));
        number
    }
}

fn sectors(sector: Option<Sector>) -> Set<Sector> {
    sector.into_iter().collect()
}

fn sector_of(organisation: &Ref, workspace: &Workspace) -> Set<Sector> {
    sectors(organisation.id().and_then(|id| workspace.organisations.get(id)).and_then(|o| o.sector))
}

/// Says in which districts places lie, quickly: most are far from most districts.
pub(super) struct Surveyor<'a> {
    atlas: &'a Atlas,
    boxes: Vec<(Point, Point)>,
    towns: HashMap<String, Districts>,
    areas: HashMap<Text, Districts>,
}

impl<'a> Surveyor<'a> {
    pub fn new(atlas: &'a Atlas) -> Self {
        let boxes = atlas.districts.iter().map(|district| bounds(&district.rings)).collect();
        let district = |name: &str| atlas.districts.iter().position(|d| &*d.name == name).into_iter().collect();
        let towns = atlas.places.iter().map(|place| (plain(&place.name), district(&place.district))).collect();
        Self { atlas, boxes, towns, areas: HashMap::new() }
    }

    /// The districts in which a location lies: by its point, else by its town.
    fn districts(&self, location: &Location) -> Districts {
        match (location.point, &location.town) {
            (Some(point), _) => self.district_at(point),
            (None, Some(town)) => self.towns.get(&plain(town)).copied().unwrap_or_default(),
            (None, None) => Districts::default(),
        }
    }

    fn district_at(&self, point: Point) -> Districts {
        let near =
            |(low, high): &(Point, Point)| (low.0..=high.0).contains(&point.0) && (low.1..=high.1).contains(&point.1);
        let is_near = self.boxes.iter().any(near);
        is_near.then(|| self.atlas.district_at(point)).flatten().into_iter().collect()
    }

    fn area(&mut self, name: &Text) -> Districts {
        if let Some(known) = self.areas.get(name) {
            return *known;
        }
        let districts = self.atlas.area(name).unwrap_or_default();
        self.areas.insert(name.clone(), districts);
        districts
    }
}
