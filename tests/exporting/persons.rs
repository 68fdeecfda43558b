//! Persons in every place of a directory where one may stand. None leaves unless persons were asked for.

use folkmoot::exchange::{self, Format};
use folkmoot::model::service::{Contact, Verified};
use folkmoot::model::{AnyRecord, Change, Edit, Service};
use folkmoot::report::{self, Inputs, Notation, Report};
use serde_json::{Value, json};

use super::Table;

/// A surname that stands nowhere else.
fn surname(place: usize) -> String {
    let letter = |number: usize| char::from(b'a' + u8::try_from(number).unwrap());
    format!("Quill{}{}", letter(place / 26), letter(place % 26))
}

fn name(place: usize) -> String {
    format!("Ada {}", surname(place))
}

/// How many places there are in JSON; the others are in tables, or were typed here.
const IN_JSON: usize = 36;

/// A directory with a person in each of so many places.
fn directory() -> Value {
    let contact = |place: usize| json!({"id": format!("c{place}"), "name": name(place), "title": "Manager"});
    json!({"contents": [{
        "id": "s1", "name": "Beds", "status": "active",
        "contacts": [
            contact(0),
            {"id": "c1", "name": "Duty desk", "email": format!("{}@example.org", surname(1))},
            {"id": "c2", "department": name(2)},
            {"id": "c3", "name": "Desk", "phones": [{"id": "p3", "number": "01632 960003", "description": name(3)}]},
        ],
        // who is known as a contact is known wherever the name stands
        "description": format!("Beds for a night. Ask for {} first.", name(0)),
        "application_process": format!("Ring {} on any day", name(0).to_uppercase()),
        "alert": format!("Write to {}@example.org", surname(1)),
        "assurer_email": format!("{}@example.org", surname(4)),
        "keyworker": name(5),
        "keyworker_login": surname(6),
        "manager": {"name": name(7), "since": 2019},
        "trustees": [name(8)],
        "profile": format!("https://example.org/people/{}", surname(9)),
        "minimum_age": format!("ask {}", name(10)),
        "reviews": [{"id": "r1", "reviewer": name(11)}],
        "metadata": [{
            "id": "m1", "resource_type": "service", "last_action_date": "2026-01-01", "last_action_type": "update",
            "field_name": "contact", "previous_value": name(12), "replacement_value": name(13), "updated_by": name(14),
        }],
        "phones": [{"id": "p1", "number": "01632 960001", "answered_by": name(15)}],
        "schedules": [{"id": "h1", "description": "Mondays", "caretaker": name(16)}],
        "funding": [{"id": "f1", "source": "The Fund", "officer": name(17)}],
        "attributes": [{"id": "a1", "note": name(18), "taxonomy_term":
            {"id": "t1", "name": "Housing", "description": "Housing", "curator": name(19)}}],
        "required_documents": [{"id": "d1", "document": "A letter", "signed_by": name(20)}],
        "cost_options": [{"id": "o1", "option": "free", "approved_by": name(21)}],
        "languages": [{"id": "l1", "name": "Welsh", "interpreter": name(22)}],
        "service_areas": [{"id": "ar1", "name": "Town", "warden": name(23)}],
        "program": {"id": "pr1", "name": "Nights", "description": "Nights", "leader": name(24)},
        "organization": {
            "id": "g1", "name": "Harbour Trust", "description": "A trust", "email": "info@example.org",
            "contacts": [contact(25)], "director": name(26),
            "organization_identifiers": [{"id": "i1", "identifier_type": "x", "identifier": "7", "registrar": name(27)}],
        },
        "service_at_locations": [{
            "id": "sl1", "contacts": [contact(28)], "host": name(29),
            "location": {
                "id": "lo1", "location_type": "physical", "latitude": 50.7, "longitude": -2.4, "name": format!("Annexe, c/o {}", name(30)),
                "contacts": [contact(31)], "caretaker": name(32),
                "accessibility": [{"id": "ac1", "description": "Ramp", "assessor": name(33)}],
                "addresses": [{
                    "id": "ad1", "attention": name(34), "address_1": format!("c/o {}, 1 Open Street", name(35)),
                    "address_2": "FAO the desk", "city": "Town", "state_province": "County", "postal_code": "DT1 1AA",
                    "country": "GB", "address_type": "physical", "notes": name(34),
                }],
            },
        }],
    }, {"id": "s2", "name": "Board", "status": "active"}]})
}

/// The same for what only tables hold: loose rows, a table of no known name, cells without a column.
fn tables(folder: &std::path::Path) {
    let write = |file: &str, text: String| std::fs::write(folder.join(file), text).unwrap();
    write("services.csv", format!("id,name,status\ns1,Beds,active,{}\n", name(36)));
    write("contacts.csv", format!("id,service_id,name\nc1,s1,{}\nc2,gone,{}\n", name(37), name(38)));
    write("phones.csv", format!("id,contact_id,number,description\np1,gone,01632 960001,{}\n", name(39)));
    write("staff.csv", format!("id,who,grade\n1,{},7\n", name(40)));
    write("addresses.csv", format!("id,location_id,address_1,attention\n1,gone,1 Street,{}\n", name(41)));
}

/// A workspace with everything, and what was typed here as well.
fn table() -> Table {
    let mut table = Table::of_json(&directory());
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    table.import(folder.path(), "tables").unwrap();
    let before = table.workspace.services.iter().find(|service| &*service.name == "Board").unwrap().clone();
    let mut after = Service::clone(&before);
    after.contacts.push(Contact { name: Some(name(42).as_str().into()), ..Contact::default() });
    after.verified = Some(Verified {
        on: "2026-01-01".parse().unwrap(),
        by: Some(name(43).as_str().into()),
        how: Some(format!("rang {}", name(44)).as_str().into()),
    });
    after.waiting = Some(format!("ask {}", name(42)).as_str().into());
    let edit = Edit::new(Some(AnyRecord::Service(before)), Some(after.into()));
    table.workspace.apply(&Change { edits: edit.into_iter().collect(), sentence: String::new() });
    table
}

/// The number of places.
const PLACES: usize = 45;

fn named_in(text: &str) -> Vec<usize> {
    let text = text.to_lowercase();
    (0..PLACES).filter(|place| text.contains(&surname(*place).to_lowercase())).collect()
}

fn directory_for_reading(table: &Table, notation: Notation, contacts: bool) -> String {
    table.with_context(contacts, |context| {
        let workspace = exchange::for_others(context);
        let today = "2026-02-01".parse().unwrap();
        let inputs = Inputs { workspace: &workspace, atlas: context.atlas, today, with_contacts: contacts };
        report::make(Report::Directory, &inputs).unwrap().write(notation)
    })
}

#[test]
fn nobody_leaves_who_was_not_asked_for() {
    let table = table();
    for format in Format::ALL {
        let text = table.everything(*format, false);
        assert_eq!(named_in(&text), Vec::<usize>::new(), "{}", format.name());
        assert!(text.contains("Beds") || *format == Format::VCard, "{}: the rest does leave", format.name());
    }
    for notation in [Notation::Markdown, Notation::Html, Notation::Plain] {
        assert_eq!(named_in(&directory_for_reading(&table, notation, false)), Vec::<usize>::new(), "{notation:?}");
    }
    // and with them all of it comes, by which the measure is known to find them
    let missing = |text: &str| -> Vec<usize> {
        let named = named_in(text);
        (0..PLACES).filter(|place| !named.contains(place)).collect()
    };
    assert_eq!(missing(&table.everything(Format::Hsds3Json, true)), Vec::<usize>::new());
    assert_eq!(missing(&table.everything(Format::Hsds3Csv, true)), Vec::<usize>::new());
    assert!(named_in(&directory_for_reading(&table, Notation::Markdown, true)).contains(&42));
    assert!(named_in(&table.text(Format::VCard, true)).contains(&42));
    const { assert!(IN_JSON > 30) };
}

#[test]
fn what_stayed_here_is_said() {
    let written = table().export(Format::Hsds3Json, &tempfile::tempdir().unwrap().path().join("a.json"), false);
    assert!(written.withheld["contacts"] > 4, "{:?}", written.withheld);
    assert_eq!(written.withheld.get("addresses.attention"), Some(&2));
    assert_eq!(written.withheld.get("services.keyworker"), Some(&1));
}

#[test]
fn what_says_something_of_a_service_does_leave() {
    let table = Table::of_json(&json!({"contents": [{
        "id": "s1", "name": "Beds", "status": "active", "audience": "Men", "beds": 12, "step_free": true, "opened": "2019-05-01",
        "organization": {"id": "g1", "name": "Ada Example Trust", "description": "Founded by Ada Example"},
        "contacts": [{"id": "c1", "name": "Ada Example"}],
    }]}));
    let service = &table.page(Format::Hsds3Json, false)["contents"][0];
    assert_eq!(
        (&service["beds"], &service["step_free"], &service["audience"]),
        (&json!(12), &json!(true), &json!("Men"))
    );
    assert_eq!(service["opened"], "2019-05-01");
    assert_eq!(
        service["organization"]["name"], "Ada Example Trust",
        "who bears the name of an organisation is no secret"
    );
    assert!(service.get("contacts").is_none());
}
