//! Nothing false leaves: what nobody said is marked, what was derived is marked, nothing is copied or said twice.

use std::collections::{HashMap, HashSet};

use folkmoot::exchange::Format;
use folkmoot::model::service::Location;
use folkmoot::model::{AnyRecord, Change, Edit, Id, Kind, Service};
use serde_json::{Value, json};

use super::{Table, real};

fn services(page: &Value) -> &Vec<Value> {
    page["contents"].as_array().unwrap()
}

#[test]
fn what_was_derived_stands_where_the_standard_wants_it_and_says_so() {
    let table = Table::of_json(&json!({"contents": [{
        "id": "7a1b1f1e-1111-4a11-8a11-000000000001", "name": "Housing advice", "status": "active", "audience": "Women only, aged 16-25",
        "application_process": "Drop in on any morning",
    }]}));
    let page = table.page(Format::Hsds3Json, false);
    let service = &services(&page)[0];
    assert_eq!((&service["minimum_age"], &service["maximum_age"]), (&json!(16), &json!(25)));
    assert_eq!(service["eligibility_description"], "Women only, aged 16-25");
    assert_eq!(service["moot_derived"], json!(["minimum_age", "maximum_age", "eligibility_description"]));
    let terms: HashSet<&str> = service["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            assert_eq!(one["moot_derived"], "*");
            one["taxonomy_term"]["name"].as_str().unwrap()
        })
        .collect();
    for term in ["accommodation", "drop-in", "women"] {
        assert!(terms.contains(term), "{term} in {terms:?}");
    }
    // a later import takes none of it for news
    for (format, name) in
        [(Format::Hsds3Json, "again.json"), (Format::Hsds3Csv, "again"), (Format::Oruk3Json, "o.json")]
    {
        let folder = tempfile::tempdir().unwrap();
        table.export(format, &folder.path().join(name), true);
        let mut other = Table::default();
        other.import(&folder.path().join(name), "again").unwrap();
        let original = other.workspace.originals.iter().next().unwrap();
        for word in ["moot_derived", "eligibility_description", "Folkmoot", "minimum_age"] {
            assert!(!original.json.as_str().contains(word), "{name}: {word} in {}", original.json);
        }
        assert_eq!(other.workspace.originals.iter().count(), 1, "{name}");
        let (ours, theirs) =
            (table.workspace.services.iter().next().unwrap(), other.workspace.services.iter().next().unwrap());
        assert_eq!((ours.ages, ours.sex, ours.needs), (theirs.ages, theirs.sex, theirs.needs), "{name}");
    }
}

#[test]
fn no_country_and_no_county_is_made_up() {
    let address = |postcode: &str, state: &str| {
        json!({"location": {"location_type": "physical", "addresses": [{"address_1": "1 Street", "city": "Town",
            "postal_code": postcode, "state_province": state, "address_type": "physical"}]}})
    };
    for (postcode, state, country, county) in [
        ("DT1 1AA", "", "GB", "not stated"),
        ("33157", "FL", "US", "FL"),
        ("33157", "", "not stated", "not stated"),
        ("", "", "not stated", "not stated"),
        ("1010", "Wien", "not stated", "Wien"),
    ] {
        let table = Table::of_json(&json!({"contents": [
            {"id": "1", "name": "Beds", "status": "active", "service_at_locations": [address(postcode, state)]}]}));
        let page = table.page(Format::Hsds3Json, true);
        let said = &services(&page)[0]["service_at_locations"][0]["location"]["addresses"][0];
        assert_eq!(
            (&said["country"], &said["state_province"]),
            (&json!(country), &json!(county)),
            "{postcode} {state}"
        );
        assert!(said["moot_filled"].as_array().unwrap().contains(&json!("country")));
    }
}

/// What the organisation says is said of the organisation.
#[test]
fn nothing_of_the_organisation_is_copied_into_the_service() {
    let organisation = json!({"id": "g1", "name": "Trust", "description": "A trust", "website": "https://example.org",
        "email": "info@example.org", "phones": [{"id": "p1", "number": "01632 960001"}]});
    let mut table = Table::of_json(&json!({"contents": [
        {"id": "s1", "name": "Beds", "status": "active", "organization": organisation},
        {"id": "s2", "name": "Board", "status": "active", "organization": organisation}]}));
    let edit = |table: &mut Table, kind: Kind, field: &'static str, to: &str| {
        let before = table.workspace.iter(kind).next().unwrap();
        let mut after = before.clone();
        let nobody =
            folkmoot::model::ParseContext { workspace: &table.workspace, today: folkmoot::model::Date::default() };
        after.set_field(field, to, nobody).unwrap();
        let edits = Edit::new(Some(before), Some(after)).into_iter().collect();
        table.workspace.apply(&Change { edits, sentence: String::new() });
    };
    let free = |table: &Table, of: &str| {
        for format in [Format::Hsds3Json, Format::Oruk3Json] {
            let page = table.page(format, true);
            for service in services(&page) {
                for field in ["url", "email", "phones", "moot_url", "moot_phone", "moot_email"] {
                    assert!(service.get(field).is_none(), "{of}: {field} in {service}");
                }
            }
        }
    };
    assert_eq!(table.workspace.services.iter().next().unwrap().phone.as_deref(), Some("01632 960001"));
    free(&table, "as it came");
    edit(&mut table, Kind::Service, "waiting", "a week");
    free(&table, "after an edit");
    edit(&mut table, Kind::Organisation, "phone", "01632 960002");
    free(&table, "after an edit of the organisation");
}

#[test]
fn real_services_state_no_number_or_page_that_they_did_not() {
    let Some(path) = real("dorset-oruk3.json") else { return };
    let source: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let stated: HashMap<&str, &Value> =
        services(&source).iter().map(|one| (one["id"].as_str().unwrap(), one)).collect();
    let table = Table::of(&path);
    for format in [Format::Hsds3Json, Format::Oruk3Json] {
        for service in services(&table.page(format, true)) {
            let before = stated[service["id"].as_str().unwrap()];
            for field in ["url", "email", "phones"] {
                assert!(service.get(field).is_none() || before.get(field).is_some(), "{field} of {}", service["name"]);
            }
        }
    }
}

/// Services in one house share one location, wherever they are from.
#[test]
fn no_location_is_repeated() {
    let mut table = Table::default();
    let location = Location {
        address: Some("1 Open Street".into()),
        town: Some("Town".into()),
        postcode: Some("DT1 1AA".into()),
        ..Location::default()
    };
    let service = |at: &str, name: &str| {
        let id: Id = at.parse().unwrap();
        AnyRecord::from(Service { id, name: name.into(), locations: vec![location.clone()], ..Service::default() })
    };
    let edits = [("S-0001", "Beds"), ("S-0002", "Board"), ("S-0003", "Advice")]
        .into_iter()
        .filter_map(|(id, name)| Edit::new(None, Some(service(id, name))))
        .collect();
    table.workspace.apply(&Change { edits, sentence: String::new() });
    let folder = tempfile::tempdir().unwrap();
    table.export(Format::Hsds3Csv, &folder.path().join("tables"), true);
    let rows =
        |name: &str| std::fs::read_to_string(folder.path().join("tables").join(name)).unwrap().lines().count() - 1;
    assert_eq!((rows("locations.csv"), rows("addresses.csv"), rows("service_at_location.csv")), (1, 1, 3));
    let text = table.text(Format::GeoJson, false);
    assert!(text.contains("\"features\": []"), "no point is made up");
}

#[test]
fn every_point_of_a_map_has_an_id_of_its_own() {
    let place = |at: f64| json!({"location": {"location_type": "physical", "latitude": at, "longitude": -2.0}});
    let table = Table::of_json(&json!({"contents": [
        {"id": "1", "name": "Beds", "status": "active", "service_at_locations": [place(50.1), place(50.2)]},
        {"id": "2", "name": "Board", "status": "active", "service_at_locations": [place(50.1)]}]}));
    let page = table.page(Format::GeoJson, false);
    let ids: HashSet<&str> =
        page["features"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
}
