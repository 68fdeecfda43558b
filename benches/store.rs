//! What opening, saving and looking again cost, with workspaces of a thousand and of 12,700 services of 0.9 KB.

#![allow(clippy::unwrap_used, missing_docs)] // a bench fails by panicking

use std::path::Path;

use divan::Bencher;
use folkmoot::model::{AnyRecord, Change, Edit, Id, Service, Text, Timestamp, Updated};
use folkmoot::store::{self, Mode, Store};

fn main() {
    divan::main();
}

const SIZES: [u32; 2] = [1_000, 12_700];

fn service(number: u32) -> Service {
    let line = |text: &str| Some(Text::from(text));
    Service {
        id: Id::from_number('S', number.wrapping_mul(797) & 0xf_ffff, 4),
        name: format!("Service number {number} of the county").as_str().into(),
        summary: line(&"Somebody listens, and is still there in the spring. ".repeat(9)),
        eligibility: line("Adults who live in the county, whatever they did; no referral is needed for a first talk."),
        opening: line("Mon–Fri 9.30–16.30, Wed until 19.00"),
        phone: line("01305 555 0100"),
        email: line("desk@service.example.org"),
        url: line("https://service.example.org/some/longer/path"),
        serves: vec!["Purbeck".into(), "Weymouth and Portland".into()],
        updated: Updated(Timestamp::from_seconds(1_700_000_000), "KP".into()),
        ..Service::default()
    }
}

fn workspace(size: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Bench", false).unwrap();
    let edits = (0..size).filter_map(|number| Edit::new(None, Some(service(number).into()))).collect();
    open(dir.path()).0.commit(&Change { edits, sentence: String::new() }).unwrap();
    dir
}

fn open(dir: &Path) -> (Store, Vec<AnyRecord>) {
    let opened = Store::open(dir, Mode::Write).unwrap();
    (opened.store, opened.workspace.all(folkmoot::model::Kind::Service))
}

#[divan::bench(args = SIZES)]
fn read(bencher: Bencher<'_, '_>, size: u32) {
    let dir = workspace(size);
    bencher.bench(|| open(dir.path()).1.len());
}

/// One field of one record, until the disk has it.
#[divan::bench(args = SIZES)]
fn edit(bencher: Bencher<'_, '_>, size: u32) {
    let dir = workspace(size);
    let (mut store, records) = open(dir.path());
    let mut record = records[records.len() / 2].clone();
    bencher.bench_local(|| {
        let before = record.clone();
        let Updated(at, by) = before.updated().clone();
        record.set_updated(Updated(Timestamp::from_seconds(at.seconds() + 1), by));
        let edits = Edit::new(Some(before), Some(record.clone())).into_iter().collect();
        store.commit(&Change { edits, sentence: String::new() }).unwrap()
    });
}

/// A colleague has changed one record.
#[divan::bench(args = SIZES)]
fn reload(bencher: Bencher<'_, '_>, size: u32) {
    let dir = workspace(size);
    let (mut theirs, records) = open(dir.path());
    let (mut ours, _) = open(dir.path());
    let mut record = records[records.len() / 2].clone();
    bencher
        .with_inputs(|| {
            let before = record.clone();
            let Updated(at, by) = before.updated().clone();
            record.set_updated(Updated(Timestamp::from_seconds(at.seconds() + 1), by));
            let edits = Edit::new(Some(before), Some(record.clone())).into_iter().collect();
            theirs.commit(&Change { edits, sentence: String::new() }).unwrap();
        })
        .bench_local_values(|()| {
            let reloaded = ours.reload();
            assert_eq!(reloaded.change.edits.len(), 1);
        });
}
