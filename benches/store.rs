//! What opening, saving and looking again cost, with workspaces of a thousand and of 12,700 services of 0.9 KB: beside the
//! budget first, then what divan measures.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

mod budget;

use std::path::Path;

use divan::Bencher;
use folkmoot::model::{AnyRecord, Change, Edit, Id, Service, Text, Timestamp, Updated};
use folkmoot::store::{self, Mode, Store};

fn main() {
    for (services, open_ms, edit_ms, reload_ms) in BUDGETS {
        let dir = workspace(services);
        let name = |what: &str| format!("{what}, {services} services");
        budget::compare_all(&name("to be read"), &times(|| budget::milliseconds(|| open(dir.path()))), open_ms, "ms");
        let mut editor = Editor::open(dir.path());
        budget::compare_all(&name("an edit"), &times(|| budget::milliseconds(|| editor.edit())), edit_ms, "ms");
        let mut reader = open(dir.path()).0;
        let mut reload = || {
            editor.edit();
            budget::milliseconds(|| reload(&mut reader))
        };
        budget::compare_all(&name("a colleague's edit"), &times(&mut reload), reload_ms, "ms");
    }
    divan::main();
}

const SIZES: [u32; 2] = [1_000, 12_700];

/// Services, and the milliseconds in which they are on the screen, an edit is on the disk, a colleague's edit is seen.
const BUDGETS: [(u32, f64, f64, f64); 2] = [(SIZES[0], 60.0, 20.0, 100.0), (SIZES[1], 200.0, 60.0, 100.0)];

fn times(mut run: impl FnMut() -> f64) -> Vec<f64> {
    (0..15).map(|_| run()).collect()
}

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

/// Somebody who changes one field of one record again and again.
struct Editor {
    store: Store,
    record: AnyRecord,
}

impl Editor {
    fn open(dir: &Path) -> Self {
        let (store, records) = open(dir);
        Self { store, record: records[records.len() / 2].clone() }
    }

    /// Changes the record and waits until the disk has it.
    fn edit(&mut self) {
        let before = self.record.clone();
        let Updated(at, by) = before.updated().clone();
        self.record.set_updated(Updated(Timestamp::from_seconds(at.seconds() + 1), by));
        let edits = Edit::new(Some(before), Some(self.record.clone())).into_iter().collect();
        self.store.commit(&Change { edits, sentence: String::new() }).unwrap();
    }
}

/// Sees what a colleague changed.
fn reload(store: &mut Store) {
    assert_eq!(store.reload().change.edits.len(), 1);
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
    let mut editor = Editor::open(dir.path());
    bencher.bench_local(|| editor.edit());
}

/// A colleague has changed one record.
#[divan::bench(args = SIZES, name = "reload")]
fn reload_one(bencher: Bencher<'_, '_>, size: u32) {
    let dir = workspace(size);
    let mut theirs = Editor::open(dir.path());
    let mut ours = open(dir.path()).0;
    bencher.with_inputs(|| theirs.edit()).bench_local_values(|()| reload(&mut ours));
}
