//! The values that filters test, copied out of the records into compact rows: a filter over the whole collection scans
//! these and never reads a record.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::fit::Fit;
use super::lexicon::{self, FIELD_BITS, Posting};
use super::understand::national;
use super::words::{normalized, truncated};
use super::{Hit, Index};
use crate::model::change::initials_of;
use crate::model::choice::Set;
use crate::model::date::months_before;
use crate::model::gaps::DistrictCounts;
use crate::model::organisation::Sector;
use crate::model::place::{Atlas, Districts, MAX_DISTRICTS, Point, bounds};
use crate::model::service::{Ages, Client, Location, Need, STALE_MONTHS, Service, Sex, Status};
use crate::model::{AnyRecord, Audience, Date, Organisation, Ref, SearchField, Text, Workspace};

/// The filterable values of one record.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilterRow {
    pub needs: Set<Need>,
    pub clients: Set<Client>,
    pub sectors: Set<Sector>,
    pub ages: Option<Ages>,
    pub sex: Option<Sex>,
    pub status: Status,
    pub is_hidden: bool,
    pub is_undecided: bool,
    pub verified: Option<Date>,
    pub funding_ends: Option<Date>,
    pub serves: Districts,
    pub located: Districts,
    /// Who changed it last and who verified it, as ids of [`FilterColumns::signatures`].
    pub signatures: [Option<NonZeroU32>; 2],
    /// Its range in [`FilterColumns::sites`].
    sites: (u32, u32),
    /// Its range in [`FilterColumns::areas`].
    areas: (u32, u32),
}

/// A location of a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    lat: f32,
    lon: f32,
    pub town: u32,
}

impl Site {
    pub fn point(self) -> Option<Point> {
        (!self.lat.is_nan()).then(|| Point(self.lat.into(), self.lon.into()))
    }
}

/// The town of a site that states none.
pub(super) const NO_TOWN: u32 = u32::MAX;

/// The rows of all records, and the names of towns and areas they use.
#[derive(Clone, Debug, Default)]
pub(super) struct FilterColumns {
    pub rows: Vec<FilterRow>,
    /// What puts each record in order.
    pub fits: Vec<Fit>,
    /// The services that meet each need, as postings.
    pub of_needs: Vec<Vec<Posting>>,
    /// Those that serve each district or are located in it.
    pub of_districts: Vec<Vec<Posting>>,
    /// Those that say neither whom they serve nor where they are.
    pub of_nowhere: Vec<Posting>,
    /// The telephone numbers of records: their digits as one dials them from home.
    pub numbers: Vec<(u64, u32)>,
    sites: Vec<Site>,
    areas: Vec<u32>,
    /// Each name in its normalized form, and as the first record spells it.
    pub names: Vec<(Box<str>, Text)>,
    name_ids: HashMap<Box<str>, u32>,
    /// The signatures of those who changed or verified records, in their normalized form.
    signatures: HashMap<Box<str>, NonZeroU32>,
}

/// Names of towns and areas are compared by so many bytes.
const MAX_NAME_BYTES: usize = 80;

impl FilterColumns {
    /// With room for so many records.
    pub fn with_capacity(records: usize) -> Self {
        Self { rows: Vec::with_capacity(records), ..Self::default() }
    }

    /// Gives back what was reserved for more.
    pub fn shrink(&mut self) {
        self.sites.shrink_to_fit();
        self.areas.shrink_to_fit();
        self.names.shrink_to_fit();
        self.numbers.shrink_to_fit();
        self.of_needs.iter_mut().chain(&mut self.of_districts).for_each(Vec::shrink_to_fit);
    }

    /// The id of a signature in its normalized form, if somebody signed so.
    pub fn signature(&self, normalized: &str) -> Option<NonZeroU32> {
        self.signatures.get(normalized).copied()
    }

    /// The records that have a number which ends in these digits, or begins with them.
    pub fn with_number(&self, number: u64) -> Vec<Posting> {
        let tens = 10_u64.pow(number.max(1).ilog10() + 1);
        let begins = |mut known: u64| {
            while known > number {
                known /= 10;
            }
            known == number
        };
        let is_found = |known: u64| known >= number && (known % tens == number || begins(known));
        let found = self.numbers.iter().filter(|(known, _)| is_found(*known));
        let mut documents: Vec<u32> = found.map(|(_, document)| *document).collect();
        documents.dedup();
        documents.into_iter().map(|document| document << FIELD_BITS | u32::from(SearchField::Text.bit())).collect()
    }

    /// The locations of a record.
    pub fn sites(&self, document: usize) -> &[Site] {
        let (from, to) = self.rows[document].sites;
        &self.sites[from as usize..to as usize]
    }

    /// The areas a record serves, as ids of names.
    pub fn areas(&self, document: usize) -> &[u32] {
        let (from, to) = self.rows[document].areas;
        &self.areas[from as usize..to as usize]
    }

    /// Appends the row of the next record.
    pub fn push(&mut self, record: &AnyRecord, workspace: &Workspace, resolver: &mut AreaResolver<'_>) {
        let visible = record.visible_to(Audience::Colleagues, workspace);
        let row = match &visible {
            AnyRecord::Service(service) => self.service_row(service, workspace, resolver),
            AnyRecord::Organisation(organisation) => {
                FilterRow { sectors: sector_set(organisation.sector), ..self.empty_row() }
            }
            other => FilterRow { sectors: sectors_referred_to(other, workspace), ..self.empty_row() },
        };
        let signatures = self.sign(record);
        self.note_meanings(&row, &visible, workspace);
        self.rows.push(FilterRow { signatures, ..row });
    }

    /// Forgets what some records mean; their rows stay.
    pub fn remove(&mut self, is_removed: impl Fn(usize) -> bool) {
        let lists = self.of_needs.iter_mut().chain(&mut self.of_districts).chain([&mut self.of_nowhere]);
        lists.for_each(|list| list.retain(|posting| !is_removed(lexicon::document(*posting))));
        self.numbers.retain(|(_, document)| !is_removed(*document as usize));
    }

    /// Notes what the next record means: what needs it meets, what it serves, its numbers.
    fn note_meanings(&mut self, row: &FilterRow, record: &AnyRecord, workspace: &Workspace) {
        let document = self.rows.len() as u32;
        let service = <&Service>::try_from(record).ok();
        self.fits.push(Fit::new(row, service));
        for number in numbers(record, workspace).into_iter().filter_map(dialled) {
            self.numbers.push((number, document));
        }
        if service.is_none() {
            return;
        }
        let posting = |field: SearchField| document << FIELD_BITS | u32::from(field.bit());
        row.needs.iter().for_each(|need| at(&mut self.of_needs, need as usize).push(posting(SearchField::Need)));
        let districts = row.serves.union(row.located);
        districts
            .positions()
            .for_each(|district| at(&mut self.of_districts, district).push(posting(SearchField::Place)));
        if districts.is_empty() && row.areas.0 == row.areas.1 && row.sites.0 == row.sites.1 {
            self.of_nowhere.push(posting(SearchField::Place));
        }
    }

    /// The signatures of a record.
    fn sign(&mut self, record: &AnyRecord) -> [Option<NonZeroU32>; 2] {
        let verified = match record {
            AnyRecord::Service(service) => service.verified.as_ref().and_then(|verified| verified.by.as_ref()),
            _ => None,
        };
        [Some(&record.updated().1), verified].map(|by| {
            let key = normalized(initials_of(by?));
            if let Some(known) = self.signatures.get(key.as_str()) {
                return Some(*known);
            }
            let next = NonZeroU32::new(self.signatures.len() as u32 + 1)?;
            self.signatures.insert(key.into(), next);
            Some(next)
        })
    }

    fn empty_row(&self) -> FilterRow {
        let (sites, areas) = (self.sites.len() as u32, self.areas.len() as u32);
        FilterRow {
            needs: Set::default(),
            clients: Set::default(),
            sectors: Set::default(),
            ages: None,
            sex: None,
            status: Status::Active,
            is_hidden: false,
            is_undecided: false,
            verified: None,
            funding_ends: None,
            serves: Districts::default(),
            located: Districts::default(),
            signatures: [None; 2],
            sites: (sites, sites),
            areas: (areas, areas),
        }
    }

    fn service_row(&mut self, service: &Service, workspace: &Workspace, resolver: &mut AreaResolver<'_>) -> FilterRow {
        let (first_site, first_area) = (self.sites.len() as u32, self.areas.len() as u32);
        let mut located = Districts::default();
        for location in &service.locations {
            let town = location.town.as_ref().map_or(NO_TOWN, |town| self.intern(town));
            located = located.union(resolver.location_districts(location));
            let (lat, lon) = location.point.map_or((f32::NAN, f32::NAN), |at| (at.0 as f32, at.1 as f32));
            self.sites.push(Site { lat, lon, town });
        }
        for area in &service.serves {
            let name = self.intern(area);
            self.areas.push(name);
        }
        FilterRow {
            needs: service.needs,
            clients: service.clients,
            sectors: service.organisation.as_ref().map(|o| sector_of(o, workspace)).unwrap_or_default(),
            ages: service.ages,
            sex: service.sex,
            status: service.status,
            is_hidden: service.hide_address,
            is_undecided: service.is_hidden_on_suspicion(),
            verified: service.verified_on(),
            funding_ends: service.funding_ends,
            serves: service.serves.iter().map(|area| resolver.area_districts(area)).collect(),
            located,
            signatures: [None; 2],
            sites: (first_site, self.sites.len() as u32),
            areas: (first_area, self.areas.len() as u32),
        }
    }

    /// The id of a name of a town or area.
    fn intern(&mut self, name: &Text) -> u32 {
        let mut key = normalized(truncated(name, MAX_NAME_BYTES));
        key.shrink_to_fit();
        if let Some(id) = self.name_ids.get(key.as_str()) {
            return *id;
        }
        let id = self.names.len() as u32;
        self.name_ids.insert(key.clone().into(), id);
        self.names.push((key.into(), name.clone()));
        id
    }
}

/// The list at a place, made if it is not there.
fn at(lists: &mut Vec<Vec<Posting>>, place: usize) -> &mut Vec<Posting> {
    if lists.len() <= place {
        lists.resize_with(place + 1, Vec::new);
    }
    &mut lists[place]
}

/// The numbers by which a record is asked for: telephones, and the register number of the organisation.
fn numbers<'a>(record: &'a AnyRecord, workspace: &'a Workspace) -> Vec<&'a str> {
    let (organisation, service) = match record {
        AnyRecord::Service(service) => {
            (service.organisation.as_ref().and_then(|one| one.get(workspace)), Some(service))
        }
        AnyRecord::Organisation(one) => (Some(one.as_ref()), None),
        _ => (None, None),
    };
    let theirs = organisation.map(|one| [&one.phone, &one.identifier]).into_iter().flatten();
    let contacts = service.map(|service| service.contacts.as_slice()).unwrap_or_default();
    let own = service.map(|service| &service.phone).into_iter().chain(contacts.iter().map(|contact| &contact.phone));
    own.chain(theirs).flatten().map(Text::as_str).collect()
}

/// The digits of a telephone number as one dials it from home.
fn dialled(phone: &str) -> Option<u64> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).take(18).collect();
    national(&digits, phone.trim_start().starts_with('+'))
}

fn sector_set(sector: Option<Sector>) -> Set<Sector> {
    sector.into_iter().collect()
}

fn sector_of(organisation: &Ref<Organisation>, workspace: &Workspace) -> Set<Sector> {
    sector_set(organisation.get(workspace).and_then(|organisation| organisation.sector))
}

/// The sectors of all organisations that a record refers to.
fn sectors_referred_to(record: &AnyRecord, workspace: &Workspace) -> Set<Sector> {
    let mut sectors = Set::default();
    record.each_reference(&mut |_, id| {
        let organisation = workspace.organisations.get(id);
        sectors = sectors.union(sector_set(organisation.and_then(|organisation| organisation.sector)));
    });
    sectors
}

/// Resolves points, towns and area names to districts. Bounding boxes reject most points before the exact test, and
/// each area name is looked up once.
pub(super) struct AreaResolver<'a> {
    atlas: &'a Atlas,
    bounds: Vec<(Point, Point)>,
    towns: HashMap<String, Districts>,
    areas: HashMap<Text, Districts>,
}

impl<'a> AreaResolver<'a> {
    pub fn new(atlas: &'a Atlas) -> Self {
        let bounds = atlas.districts.iter().map(|district| bounds(&district.rings)).collect();
        let district = |name: &str| atlas.districts.iter().position(|d| &*d.name == name).into_iter().collect();
        let towns = atlas.places.iter().map(|place| (normalized(&place.name), district(&place.district))).collect();
        Self { atlas, bounds, towns, areas: HashMap::new() }
    }

    /// The districts a location lies in: by its point, else by its town.
    fn location_districts(&self, location: &Location) -> Districts {
        match (location.point, &location.town) {
            (Some(point), _) => self.district_at(point),
            (None, Some(town)) => self.towns.get(&normalized(town)).copied().unwrap_or_default(),
            (None, None) => Districts::default(),
        }
    }

    fn district_at(&self, point: Point) -> Districts {
        let contains =
            |(low, high): &(Point, Point)| (low.0..=high.0).contains(&point.0) && (low.1..=high.1).contains(&point.1);
        let is_near = self.bounds.iter().any(contains);
        is_near.then(|| self.atlas.district_at(point)).flatten().into_iter().collect()
    }

    fn area_districts(&mut self, name: &Text) -> Districts {
        if let Some(districts) = self.areas.get(name) {
            return *districts;
        }
        let districts = self.atlas.area(name).unwrap_or_default();
        self.areas.insert(name.clone(), districts);
        districts
    }
}

/// What the columns say of services that were found, without reading the records again.
impl Index {
    /// The rows of hits; hits of another index or of none have none.
    fn rows_of<'a>(&'a self, hits: &'a [Hit]) -> impl Iterator<Item = (usize, &'a FilterRow)> {
        hits.iter().filter_map(|hit| {
            let document = hit.document()?;
            (self.ids.get(document) == Some(&Some(hit.id))).then(|| (document, &self.columns.rows[document]))
        })
    }

    /// How many of the hits were not verified within the time after which facts are to be checked again.
    pub fn count_stale(&self, hits: &[Hit], today: Date) -> usize {
        let since = months_before(today, STALE_MONTHS);
        self.rows_of(hits).filter(|(_, row)| row.verified.is_none_or(|on| on < since)).count()
    }

    /// Where the hits are, as far as colleagues may see.
    pub fn points_of(&self, hits: &[Hit]) -> Vec<Point> {
        let sites = self.rows_of(hits).flat_map(|(document, _)| self.columns.sites(document));
        sites.filter_map(|site| site.point()).collect()
    }

    /// The hits that serve a district or are located in it; beyond the last district those that do neither.
    pub fn in_district(&self, hits: &[Hit], district: usize, districts: usize) -> Vec<super::Id> {
        let is_meant = |row: &FilterRow| {
            let both = row.serves.union(row.located);
            if district < districts { both.has(district) } else { both.is_empty() }
        };
        let found = self.rows_of(hits).filter(|(_, row)| is_meant(row));
        found.filter_map(|(document, _)| self.ids.get(document).copied().flatten()).collect()
    }

    /// How many of the hits serve each district, and how many are located in it.
    pub fn count_by_district(&self, hits: &[Hit], atlas: &Atlas) -> DistrictCounts {
        let mut counts = DistrictCounts { districts: vec![(0, 0); MAX_DISTRICTS], elsewhere: 0 };
        for (_, row) in self.rows_of(hits) {
            counts.elsewhere += usize::from(row.serves.union(row.located).is_empty());
            row.serves.positions().for_each(|at| counts.districts[at].0 += 1);
            row.located.positions().for_each(|at| counts.districts[at].1 += 1);
        }
        counts.districts.truncate(atlas.districts.len());
        counts
    }
}
