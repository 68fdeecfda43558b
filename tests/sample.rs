//! The data that comes with the program is read as a workspace would be, and says nothing that it must not say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]
use std::fs;
use std::path::{Path, PathBuf};

use folkmoot::model::place::{Atlas, Point};

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(data(path)).unwrap()
}

fn atlas() -> Atlas {
    ron::from_str(&read("maps/dorset.ron")).unwrap()
}

/// The district a point lies in, by name.
fn district(atlas: &Atlas, point: Point) -> &str {
    atlas.district_at(point).map_or("nowhere", |at| &atlas.districts[at].name)
}

#[test]
fn the_map_knows_its_places() {
    let atlas = atlas();
    assert_eq!(atlas.districts.len(), 8);
    for place in &atlas.places {
        assert_eq!(district(&atlas, place.point), &*place.district, "{}", place.name);
    }
    for part in &atlas.districts {
        assert_eq!(district(&atlas, part.label), &*part.name, "the label lies in its district");
        assert!(part.rings.iter().flatten().all(|point| point.is_valid()), "{}", part.name);
    }
    assert_eq!(district(&atlas, Point(50.61, -1.30)), "nowhere", "the Isle of Wight is not Dorset");
}

#[test]
fn the_map_knows_areas_on_both_sides_of_2019() {
    let atlas = atlas();
    let named = |name: &str| atlas.area(name).unwrap_or_else(|| panic!("no area {name}"));
    assert_eq!(named("whole county"), atlas.whole());
    assert_eq!(named("Dorset, Bournemouth and Poole"), atlas.whole());
    assert_eq!(named("BCP Council") | named("Dorset Council"), atlas.whole());
    assert_eq!(named("BCP") & named("Dorset Council"), 0);
    assert_eq!(named("Dorset County Council") & named("bournemouth"), 0);
    assert_eq!(named("Dorset County Council") & named("Christchurch"), named("Xchurch"));
    assert_eq!(named("Weymouth & Portland"), named("Weymouth and Portland"));
    for area in &atlas.areas {
        assert_eq!(named(&area.name).count_ones() as usize, area.districts.len(), "{}", area.name);
    }
    for (name, count) in atlas.area_names().iter().map(|name| (name, named(name).count_ones())) {
        assert!(count > 0 && !name.contains(','), "{name}: a form takes areas with commas between");
    }
}

#[test]
fn the_map_finds_what_people_type() {
    let atlas = atlas();
    for (words, near) in [
        ("BH1", Point(50.72, -1.86)),
        ("DT4 8", Point(50.61, -2.47)),
        ("weymouth", Point(50.61, -2.46)),
        ("Portland", Point(50.55, -2.45)),
        ("Wimborne", Point(50.80, -1.99)),
        ("HMP Dorchester", Point(50.72, -2.44)),
    ] {
        let found = atlas.find(words).unwrap_or_else(|| panic!("{words} is not on the map"));
        assert!(found.km_to(near) < 2.0, "{words} is at {found}");
    }
}
