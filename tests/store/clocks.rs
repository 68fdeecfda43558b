//! Clocks that are wrong: nothing is lost by them, and nothing becomes impossible.

use std::fs;

use folkmoot::model::{Author, Kind, Timestamp};

use super::contention::moot;
use super::{adding, changing, new_workspace, open, save, service, text};

/// The clock was once a year ahead: what is saved now is newer all the same, and is not what is removed first.
#[test]
fn old_versions_are_in_the_order_of_their_numbers() {
    let dir = new_workspace(false);
    let backups = dir.path().join(".moot/backups");
    for ahead in ["services.ron.20991231T235959.000001Z", "services.ron.v000001-20991231T235959Z"] {
        fs::write(backups.join(ahead), "from a wrong clock").unwrap();
    }
    let mut opened = open(dir.path());
    let mut versions = Vec::new();
    for number in 0..25 {
        save(&mut opened, &adding(service(&format!("S-00{number:02}"), "New", 5)));
        versions.push(text(dir.path(), "services.ron"));
    }
    let kept = opened.store.backups(Kind::Service);
    let text_of = |at: usize| fs::read_to_string(&kept[at].path).unwrap();
    assert_eq!(text_of(kept.len() - 1), versions[23], "the newest is the last that was replaced");
    assert_eq!(text_of(kept.len() - 20), versions[4], "the last twenty are there");
    assert!(kept.is_sorted_by_key(|backup| &backup.replaced) || kept[0].replaced.starts_with("2099"), "{kept:?}");
}

#[test]
fn a_stamp_of_the_year_9999_makes_nothing_unsaveable() {
    for wrong in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:58Z", "2199-01-01T00:00:00Z"] {
        let dir = new_workspace(false);
        save(&mut open(dir.path()), &adding(service("S-0001", "Nightstop", 1_795_000_000)));
        let path = dir.path().join("services.ron");
        let stamped = text(dir.path(), "services.ron");
        let at = stamped.find("updated: (\"").unwrap() + "updated: (\"".len();
        fs::write(&path, format!("{}{wrong}{}", &stamped[..at], &stamped[at + wrong.len()..])).unwrap();
        for cost in ["free", "a pound"] {
            let output = moot(dir.path(), &["set", "S-0001", &format!("cost={cost}")]).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{said}");
            assert_eq!(
                said.contains(&format!("Nightstop bore the time {wrong}, which is still to come")),
                cost == "free",
                "{said}"
            );
            assert!(text(dir.path(), "services.ron").contains(cost));
        }
        assert!(!text(dir.path(), "services.ron").contains(wrong), "it has the time of this change");
    }
}

/// Whose clock goes backwards has stamps that go on all the same, so that no change looks older than what it changes.
#[test]
fn a_clock_that_is_put_back_makes_no_change_older() {
    let dir = new_workspace(false);
    let mut opened = open(dir.path());
    save(&mut opened, &adding(service("S-0001", "Nightstop", 1_795_000_000)));
    let before: folkmoot::model::AnyRecord = service("S-0001", "Nightstop", 1_795_000_000).into();
    for seconds in [1_795_000_000 - 3_600, 86_400] {
        let at = Timestamp::from_seconds(seconds); // an hour earlier, and a host whose clock begins in 1970
        let author = Author { by: "KP".into(), at, today: at.date() };
        assert!(author.stamp(Some(&before)).0 > before.updated().0, "{seconds}");
    }
    let change = changing(&opened, "S-0001", "KP", |service| service.cost = Some("free".into()));
    assert!(save(&mut opened, &change).overwritten.is_empty());
}
