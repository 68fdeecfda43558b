//! An organisation that a spreadsheet names and that is here already is that one, and no second.

use crate::shell::ok;

fn table(dir: &std::path::Path, text: &str) {
    std::fs::write(dir.join("list.csv"), text).unwrap();
}

const LIST: &str = "Service,Organisation,Phone,Charity number\n\
    Soup Night (invented),The Harbour Kitchens Ltd.,01632 960121,1234567\n\
    Bread Day (invented),harbour kitchens,01632 960122,\n\
    Night Beds (invented),Fleet Homes,01632 960123,\n";

fn organisations(dir: &std::path::Path) -> Vec<String> {
    let listed = ok(dir, &["list", "organisations"]);
    listed.lines().filter(|line| line.contains("Kitchens") || line.contains("Fleet")).map(str::to_owned).collect()
}

#[test]
fn an_organisation_that_is_here_is_joined() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    folkmoot::store::init(dir, "Table", false).unwrap();
    ok(dir, &["add", "organisation", "name=Harbour Kitchens", "phone=01632 960199"]);
    table(dir, LIST);
    ok(dir, &["import", "list.csv"]);
    let listed = organisations(dir);
    assert_eq!(listed.len(), 2, "{listed:?}");
    for service in ["Soup Night", "Bread Day"] {
        let shown = ok(dir, &["find", service]);
        assert!(shown.contains("Harbour Kitchens") && !shown.contains("Ltd"), "{shown}");
    }
    let again = ok(dir, &["import", "list.csv"]);
    assert!(again.contains("nothing here had to change"), "{again}");
    table(dir, "Service,Organisation,Phone\nNight Beds (invented),Fleet Homes,01632 960123\n");
    let without = ok(dir, &["import", "list.csv"]);
    let kitchens = ok(dir, &["find", "Harbour Kitchens"]);
    assert!(without.contains("Soup Night") && !without.contains("Harbour Kitchens"), "{without} {kitchens}");
}

#[test]
fn where_several_have_the_name_or_another_number_it_is_likely_twice() {
    for others in [
        &[&["add", "organisation", "name=Fleet Homes"] as &[&str], &["add", "organisation", "name=Fleet Homes Ltd"]]
            as &[&[&str]],
        &[&["add", "organisation", "name=Fleet Homes", "identifier=7654321"]],
    ] {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        folkmoot::store::init(dir, "Table", false).unwrap();
        for other in others {
            ok(dir, other);
        }
        table(
            dir,
            "Service,Organisation,Phone,Charity number\nNight Beds (invented),Fleet Homes,01632 960123,1234567\n",
        );
        let said = ok(dir, &["import", "list.csv"]);
        assert!(said.contains("likely twice"), "{said}");
        assert_eq!(organisations(dir).len(), others.len() + 1);
    }
}
