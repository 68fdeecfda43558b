//! Places and areas: what "in Purbeck" and "near BH1" mean.
//!
//! An [`Atlas`] is the map of one county: its outline, its districts, the councils made of them, towns and postcode
//! districts. Areas carry the years in which they existed, so that a service which served "Christchurch" in 2010 keeps
//! its meaning after the councils changed in 2019.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::date::Date;
use super::text::Text;

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

/// Districts as a set of their places in [`Atlas::districts`]: 32 are enough for a county.
pub type Districts = u32;

impl Atlas {
    /// All districts.
    pub fn whole(&self) -> Districts {
        (0..self.districts.len().min(32)).fold(0, |set, at| set | 1 << at)
    }

    /// The districts of an area, whatever its sort: a district, a council, the whole county. `None`: no such area here.
    pub fn area(&self, name: &str) -> Option<Districts> {
        let wanted = plain(name);
        let is = |text: &Text| plain(text) == wanted;
        if is(&self.name) || self.aliases.iter().any(is) {
            return Some(self.whole());
        }
        if let Some(at) = self.districts.iter().position(|d| is(&d.name) || is(&d.short)) {
            return Some(1 << at);
        }
        let area = self.areas.iter().find(|area| is(&area.name) || area.aliases.iter().any(is))?;
        let parts = area.districts.iter().filter_map(|name| self.districts.iter().position(|d| d.name == *name));
        Some(parts.fold(0, |set, at| set | 1 << at))
    }

    /// The districts that a list of areas covers; names this map does not know are left out.
    pub fn cover(&self, areas: &[Text]) -> Districts {
        areas.iter().filter_map(|area| self.area(area)).fold(0, |set, part| set | part)
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
        let rings = self.outline.iter().chain(self.districts.iter().flat_map(|d| &d.rings));
        rings.flatten().fold((Point(90.0, 180.0), Point(-90.0, -180.0)), |(low, high), p| {
            (Point(low.0.min(p.0), low.1.min(p.1)), Point(high.0.max(p.0), high.1.max(p.1)))
        })
    }
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
        assert_eq!(atlas.area("shire"), Some(3));
        assert_eq!(atlas.area("Both"), Some(3));
        assert_eq!(atlas.area("south"), Some(2));
        assert_eq!(atlas.area("elsewhere"), None);
        assert_eq!(atlas.district_at(Point(50.5, 0.5)), Some(1));
        assert_eq!(atlas.district_at(Point(49.5, 0.5)), None);
    }

    #[test]
    fn a_postcode_is_not_the_beginning_of_another() {
        let atlas = atlas();
        assert_eq!(atlas.find("bh1"), Some(Point(1.0, 0.0)));
        assert_eq!(atlas.find("BH11"), Some(Point(11.0, 0.0)));
        assert_eq!(atlas.find("BH1 1LA"), Some(Point(1.0, 0.0)));
        assert_eq!(atlas.find("BH11 1LA"), Some(Point(11.0, 0.0)));
        assert_eq!(atlas.find("BH1 1"), Some(Point(1.0, 0.0)));
        assert_eq!(atlas.find("BH1 DORSET"), None);
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
