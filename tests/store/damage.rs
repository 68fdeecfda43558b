//! Files cut short and bytes turned over: named with line and column, never written over.

use std::fs;
use std::path::Path;

use folkmoot::model::SplitMix64;
use folkmoot::store::{Mode, Store};

use super::{adding, heavy, new_workspace, open, save, service};

/// The file, with a comment and texts of every sort in it.
fn original(dir: &Path) -> Vec<u8> {
    let mut opened = open(dir);
    for (at, name) in [("S-0001", "Nightstop"), ("S-0002", "The \"Old\" Mill – “quiet”"), ("S-0003", "Ärzte\n& Co")]
    {
        let mut record = service(at, name, 1_700_000_000);
        record.locations = vec![folkmoot::model::service::Location {
            town: Some("Poole".into()),
            point: Some(folkmoot::model::place::Point(50.7, -1.9)),
            ..Default::default()
        }];
        save(&mut opened, &adding(record));
    }
    let path = dir.join("services.ron");
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("  records", "  // by hand /* not\n  /* a /* nested */ one */ records");
    fs::write(&path, &text).unwrap();
    text.into_bytes()
}

/// Opens a damaged file and tries to save into it. Says whether it was refused.
fn refused(dir: &Path, damaged: &[u8]) -> bool {
    let path = dir.join("services.ron");
    fs::write(&path, damaged).unwrap();
    let mut opened = Store::open(dir, Mode::Write).unwrap();
    let Some(problem) = opened.problems.first().cloned() else {
        return false;
    };
    let lines = String::from_utf8_lossy(damaged).lines().count().max(1);
    assert!(problem.file == "services.ron" && (1..=lines + 1).contains(&problem.line) && problem.col > 0, "{problem}");
    assert!(!problem.message.is_empty() && !problem.message.contains(char::is_control), "{problem:?}");
    assert!(opened.store.commit(&adding(service("S-0009", "New", 1))).is_err(), "{problem}");
    assert_eq!(fs::read(&path).unwrap(), damaged, "{problem}");
    true
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let dir = new_workspace(false);
    let whole = original(dir.path());
    assert!(!refused(dir.path(), &whole));
    let end = whole.len() - 1; // the last line end is no loss
    let step = if heavy(0, 1) == 1 { 1 } else { 2 };
    for cut in (0..end).step_by(step) {
        assert!(refused(dir.path(), &whole[..cut]), "cut at {cut}");
    }
}

#[test]
fn a_byte_turned_over_is_refused_or_harmless() {
    let dir = new_workspace(false);
    let whole = original(dir.path());
    let mut random = SplitMix64::new(8);
    let mut count = 0;
    let places = heavy(1_000, 2_000);
    for _ in 0..places {
        let mut damaged = whole.clone();
        let at = random.next_u64() as usize % whole.len();
        damaged[at] ^= 1 << (random.next_u64() % 8);
        count += usize::from(refused(dir.path(), &damaged));
    }
    println!("{count} of {places} flips refused; the others leave a text that reads");
    assert!(count > places / 4);
}
