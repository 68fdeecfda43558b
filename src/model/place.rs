//! Places and areas: what "in Purbeck" and "near BH1" mean.
//!
//! An [`Atlas`] is the map of one county: its outline, its districts, the councils made of them, towns and postcode
//! districts. Areas carry the years in which they existed, so that a service which served "Christchurch" in 2010 keeps
//! its meaning after the councils changed in 2019.

mod districts;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::date::Date;
use super::text::Text;

pub use districts::{Districts, MAX_DISTRICTS};

/// A point on the earth, in degrees (WGS 84).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Point(
    /// Latitude, north positive.
    pub f64,
    /// Longitude, east positive.
    pub f64,
);

/// Mean radius of the earth in kilometres.
const EARTH_KM: f64 = 6371.0;

impl Point {
    /// Whether it is on the earth at all.
    pub fn is_valid(self) -> bool {
        (-90.0..=90.0).contains(&self.0) && (-180.0..=180.0).contains(&self.1)
    }

    /// Kilometres along the surface (haversine; the earth a sphere, within half a percent).
    pub fn km_to(self, other: Self) -> f64 {
        let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
        let h = half(self.0, other.0) + self.0.to_radians().cos() * other.0.to_radians().cos() * half(self.1, other.1);
        2.0 * EARTH_KM * h.sqrt().min(1.0).asin()
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.0, self.1)
    }
}

impl FromStr for Point {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write a point as latitude, longitude: 50.61, -2.46".to_owned();
        let (lat, lon) = text.split_once(',').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let point = Self(number(lat).ok_or_else(wrong)?, number(lon).ok_or_else(wrong)?);
        if point.is_valid() { Ok(point) } else { Err(wrong()) }
    }
}

/// A ring of points, closed by meaning: the last is joined to the first.
pub type Ring = Vec<Point>;

/// A county on paper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Atlas {
    /// Its name, which also means "the whole county" as an area served.
    pub name: Text,
    /// Other names for the whole county.
    pub aliases: Vec<Text>,
    /// Whom the map must name: the attributions of its sources.
    pub attribution: Vec<Text>,
    /// The outline.
    pub outline: Vec<Ring>,
    /// The districts, which together make the county.
    pub districts: Vec<District>,
    /// Councils and other areas made of districts.
    pub areas: Vec<Area>,
    /// Towns and institutions.
    pub places: Vec<Place>,
    /// Postcode districts.
    pub postcodes: Vec<Postcode>,
}

/// A district: the unit in which gaps are counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct District {
    /// Its name.
    pub name: Text,
    /// A name for narrow columns.
    pub short: Text,
    /// Its code in official statistics.
    pub code: Text,
    /// The last day on which it was an area of government; `None`: it still is.
    pub until: Option<Date>,
    /// Where its name is put.
    pub label: Point,
    /// Its land, islands included.
    pub rings: Vec<Ring>,
}

/// An area made of whole districts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Area {
    /// Its name.
    pub name: Text,
    /// Other names.
    pub aliases: Vec<Text>,
    /// The first day on which it was an area of government.
    pub from: Option<Date>,
    /// The last such day.
    pub until: Option<Date>,
    /// The names of its districts.
    pub districts: Vec<Text>,
}

/// A town or an institution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// Its name.
    pub name: Text,
    /// Town, prison, court, hospital and so on.
    pub kind: Text,
    /// The district it lies in.
    pub district: Text,
    /// Where it is.
    pub point: Point,
    /// The last day on which it was in use; `None`: it still is.
    pub until: Option<Date>,
}

/// A postcode district such as BH1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Postcode {
    /// The district: BH1.
    pub code: Text,
    /// What lies in it.
    pub name: Text,
    /// The middle of it.
    pub point: Point,
}

impl Atlas {
    /// Checks a map that was read from a file.
    ///
    /// # Errors
    /// When it has more than [`MAX_DISTRICTS`] districts, a district without a name, an area made of a district that it
    /// does not have, or a point that is not on the earth.
    pub fn check(&self) -> Result<(), String> {
        if self.districts.len() > MAX_DISTRICTS {
            let count = self.districts.len();
            return Err(format!(
                "this map has {count} districts; at most {MAX_DISTRICTS} are possible: join small ones"
            ));
        }
        if self.districts.iter().any(|district| district.name.is_empty()) {
            return Err("a district of this map has no name; give it one".to_owned());
        }
        for area in &self.areas {
            if let Some(part) = area.districts.iter().find(|part| !self.districts.iter().any(|d| d.name == **part)) {
                return Err(format!("the area {:?} is made of {part:?}, which is no district of this map", area.name));
            }
        }
        match self.points().find(|point| !point.is_valid()) {
            Some(point) => Err(format!("{point} is not on the earth; write points as (latitude, longitude)")),
            None => Ok(()),
        }
    }

    fn points(&self) -> impl Iterator<Item = Point> {
        let rings = self.outline.iter().chain(self.districts.iter().flat_map(|district| &district.rings));
        let places = self.places.iter().map(|place| place.point).chain(self.postcodes.iter().map(|code| code.point));
        rings.flatten().copied().chain(self.districts.iter().map(|district| district.label)).chain(places)
    }

    /// Whether a postcode lies on this map: the middle of its postcode district is in one of the map's districts.
    pub fn holds_postcode(&self, postcode: &str) -> bool {
        let known = self.postcodes.iter().find(|known| is_in_postcode(postcode, &known.code));
        known.is_some_and(|known| self.district_at(known.point).is_some())
    }

    /// All districts.
    pub fn whole(&self) -> Districts {
        (0..self.districts.len()).collect()
    }

    /// The districts of an area, whatever its sort: a district, a council, the whole county. `None`: no such area here.
    pub fn area(&self, name: &str) -> Option<Districts> {
        let wanted = plain(name);
        let is = |text: &Text| plain(text) == wanted;
        if is(&self.name) || self.aliases.iter().any(is) {
            return Some(self.whole());
        }
        if let Some(at) = self.districts.iter().position(|d| is(&d.name) || is(&d.short)) {
            return Some(std::iter::once(at).collect());
        }
        let area = self.areas.iter().find(|area| is(&area.name) || area.aliases.iter().any(is))?;
        let parts = area.districts.iter().filter_map(|name| self.districts.iter().position(|d| d.name == *name));
        Some(parts.collect())
    }

    /// The districts that a list of areas covers; names this map does not know are left out.
    pub fn cover(&self, areas: &[Text]) -> Districts {
        areas.iter().filter_map(|area| self.area(area)).collect()
    }

    /// The names an area can have, for completion.
    pub fn area_names(&self) -> Vec<&str> {
        let districts = self.districts.iter().map(|d| d.name.as_str());
        let areas = self.areas.iter().map(|a| a.name.as_str());
        std::iter::once(self.name.as_str()).chain(districts).chain(areas).filter(|name| !name.is_empty()).collect()
    }

    /// The district a point lies in.
    pub fn district_at(&self, point: Point) -> Option<usize> {
        self.districts.iter().position(|district| district.rings.iter().any(|ring| inside(ring, point)))
    }

    /// Where "near this" is: a postcode or the beginning of one, a town, an institution, a district, a point.
    pub fn find(&self, words: &str) -> Option<Point> {
        let wanted = plain(words);
        if wanted.is_empty() {
            return None;
        }
        if let Some(postcode) = self.postcodes.iter().find(|p| is_in_postcode(words, &p.code)) {
            return Some(postcode.point);
        }
        let named = |place: &&Place| plain(&place.name) == wanted;
        let begun = |place: &&Place| plain(&place.name).starts_with(&wanted);
        let place = self.places.iter().find(named).or_else(|| self.places.iter().find(begun));
        let district = || self.districts.iter().find(|d| plain(&d.name) == wanted || plain(&d.short) == wanted);
        place.map(|place| place.point).or_else(|| district().map(|d| d.label)).or_else(|| words.parse().ok())
    }

    /// The corners of the map: south-west and north-east.
    pub fn bounds(&self) -> (Point, Point) {
        bounds(self.outline.iter().chain(self.districts.iter().flat_map(|d| &d.rings)))
    }
}

/// The corners of the box around rings: south-west and north-east.
pub fn bounds<'a>(rings: impl IntoIterator<Item = &'a Ring>) -> (Point, Point) {
    rings.into_iter().flatten().fold((Point(90.0, 180.0), Point(-90.0, -180.0)), |(low, high), p| {
        (Point(low.0.min(p.0), low.1.min(p.1)), Point(high.0.max(p.0), high.1.max(p.1)))
    })
}

/// Letters and digits only, small: "St. Ann's" and "st anns" are one.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether `words` are this postcode district, or a postcode in it: `DT4`, `DT4 8`, `DT4 8EQ`, `dt48eq`. Without a
/// blank only a whole postcode has a second half, as `BH11` could be either.
fn is_in_postcode(words: &str, code: &str) -> bool {
    let is_inward = |rest: &str| {
        rest.len() <= 3
            && rest.chars().enumerate().all(
                |(at, c)| {
                    if at == 0 { c.is_ascii_digit() } else { c.is_ascii_alphabetic() }
                },
            )
    };
    if let Some((outward, inward)) = words.trim().split_once(char::is_whitespace) {
        return outward.eq_ignore_ascii_case(code) && is_inward(inward.trim());
    }
    let (words, code) = (words.trim().to_uppercase(), code.to_uppercase());
    words.strip_prefix(&code).is_some_and(|rest| rest.is_empty() || rest.len() == 3 && is_inward(rest))
}

/// Whether a ring goes around a point (ray casting).
fn inside(ring: &[Point], point: Point) -> bool {
    let mut is_inside = false;
    let Some(mut from) = ring.last().copied() else {
        return false;
    };
    for to in ring.iter().copied() {
        if (to.0 > point.0) != (from.0 > point.0) {
            let crossing = (from.1 - to.1) * (point.0 - to.0) / (from.0 - to.0) + to.1;
            if point.1 < crossing {
                is_inside = !is_inside;
            }
        }
        from = to;
    }
    is_inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atlas() -> Atlas {
        let square = |south: f64, west: f64| {
            vec![vec![
                Point(south, west),
                Point(south + 1.0, west),
                Point(south + 1.0, west + 1.0),
                Point(south, west + 1.0),
            ]]
        };
        let district =
            |name: &str, south, west| District { name: name.into(), rings: square(south, west), ..Default::default() };
        let postcode = |code: &str, lat| Postcode { code: code.into(), name: code.into(), point: Point(lat, 0.0) };
        Atlas {
            name: "Shire".into(),
            districts: vec![district("North", 51.0, 0.0), district("South", 50.0, 0.0)],
            areas: vec![Area {
                name: "Both".into(),
                districts: vec!["North".into(), "South".into()],
                ..Default::default()
            }],
            postcodes: vec![postcode("BH1", 1.0), postcode("BH11", 11.0), postcode("DT4", 4.0)],
            places: vec![Place { name: "St Ann's Hospital".into(), point: Point(7.0, 7.0), ..Default::default() }],
            ..Default::default()
        }
    }

    #[test]
    fn areas_are_districts() {
        let atlas = atlas();
        let set = |positions: &[usize]| Some(positions.iter().copied().collect::<Districts>());
        assert_eq!(atlas.area("shire"), set(&[0, 1]));
        assert_eq!(atlas.area("Both"), set(&[0, 1]));
        assert_eq!(atlas.area("south"), set(&[1]));
        assert_eq!(atlas.area("elsewhere"), None);
        assert_eq!(atlas.district_at(Point(50.5, 0.5)), Some(1));
        assert_eq!(atlas.district_at(Point(49.5, 0.5)), None);
    }

    /// A map of squares side by side, as many as wanted.
    fn row_of_districts(count: usize) -> Atlas {
        let district = |at: usize| {
            let west = at as f64;
            let ring = vec![Point(0.0, west), Point(1.0, west), Point(1.0, west + 1.0), Point(0.0, west + 1.0)];
            District { name: format!("District {at}").as_str().into(), rings: vec![ring], ..District::default() }
        };
        Atlas { name: "Row".into(), districts: (0..count).map(district).collect(), ..Atlas::default() }
    }

    #[test]
    fn districts_count_up_to_the_limit_and_a_larger_map_is_refused() {
        let atlas = row_of_districts(MAX_DISTRICTS);
        assert_eq!(atlas.check(), Ok(()));
        assert_eq!(atlas.whole().len(), MAX_DISTRICTS);
        let last = atlas.area(&format!("district {}", MAX_DISTRICTS - 1)).unwrap();
        assert!(last.has(MAX_DISTRICTS - 1) && last.len() == 1 && atlas.whole().intersects(last));
        assert_eq!(atlas.district_at(Point(0.5, 127.5)), Some(127));
        let why = row_of_districts(MAX_DISTRICTS + 1).check().unwrap_err();
        assert!(why.contains("129 districts") && why.contains("at most 128"), "{why}");
    }

    #[test]
    fn a_faulty_map_is_refused_in_a_sentence() {
        let mut stray = atlas();
        stray.areas[0].districts.push("East".into());
        assert!(stray.check().unwrap_err().contains("\"East\", which is no district"));
        for wrong in [f64::NAN, f64::INFINITY, 91.0] {
            let mut atlas = atlas();
            atlas.districts[1].rings[0][2].0 = wrong;
            assert!(atlas.check().unwrap_err().contains("is not on the earth"), "{wrong}");
        }
        let mut nameless = atlas();
        nameless.districts[0].name = Text::default();
        assert!(nameless.check().unwrap_err().contains("has no name"));
    }

    #[test]
    fn a_postcode_is_not_the_beginning_of_another() {
        let atlas = atlas();
        assert_eq!(atlas.find("bh1"), Some(Point(1.0, 0.0)));
        assert_eq!(atlas.find("BH11"), Some(Point(11.0, 0.0)));
        assert_eq!(atlas.find("BH1 1LA"), Some(Point(1.0, 0.0)));
        assert_eq!(atlas.find("BH11 1LA"), Some(Point(11.0, 0.0)));
        assert_eq!(atlas.find("BH1 1"), Some(Point(1.0, 0.0)));
        assert_eq!(atlas.find("BH1 SHIRE"), None);
        assert_eq!(atlas.find("DT4 8"), Some(Point(4.0, 0.0)));
        assert_eq!(atlas.find("DT4 8EQ"), Some(Point(4.0, 0.0)));
        assert_eq!(atlas.find("st anns"), Some(Point(7.0, 7.0)));
    }

    #[test]
    fn distances() {
        let km = Point(50.7205, -1.8795).km_to(Point(50.6145, -2.4599)); // Bournemouth to Weymouth
        assert!((42.0..43.5).contains(&km), "{km}");
    }
}
