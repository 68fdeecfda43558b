//! What callers say, and whether the first five hits answer it: the examination of search and thesaurus.
//!
//! The phrases in `fixtures/callers` were written before the thesaurus, by somebody who had not seen it; those in
//! `heldout.ron` were not looked at while it was made better. Each says which needs answer the caller, and words of which
//! one must stand in an entry that does: proof that does not hang on what the thesaurus made of the entry. The sample is
//! always asked; the published directories are asked where they are there. `FOLKMOOT_MISSES=1` prints what was missed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail as tests do

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use folkmoot::model::place::{Atlas, Districts};
use folkmoot::model::service::Need;
use folkmoot::model::thesaurus::Thesaurus;
use folkmoot::model::{Date, Kind, Service, SplitMix64, Timestamp, Workspace};
use folkmoot::search::{Context, Index, Query};
use serde::Deserialize;

/// A caller.
#[derive(Debug, Deserialize)]
struct Caller {
    says: String,
    needs: Vec<Need>,
    evidence: Vec<String>,
    place: Option<String>,
    #[serde(rename = "who")]
    _who: String,
}

fn callers(file: &str) -> Vec<Caller> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/callers").join(file);
    ron::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

/// A directory that can be asked.
struct Directory {
    workspace: Workspace,
    atlas: Atlas,
    index: Index,
    /// What each entry says of itself, with a blank before each word.
    texts: Vec<(Service, String, Districts)>,
}

impl Directory {
    fn new(workspace: Workspace) -> Self {
        let atlas = folkmoot::store::atlas(Path::new(""), &Workspace::default()).unwrap();
        let index = Index::build(&[Kind::Service], &workspace, &atlas).with_thesaurus(thesaurus());
        let text = |service: &Arc<Service>| {
            let organisation = service.organisation.as_ref().map(|one| one.name(&workspace).into_owned());
            let said =
                [Some(service.name.to_string()), organisation, service.summary.as_ref().map(ToString::to_string)];
            let aliases = service.aliases.iter().map(ToString::to_string);
            let text = said.into_iter().flatten().chain(aliases).collect::<Vec<_>>().join(" ");
            let districts = atlas.cover(&service.serves);
            let at = service.locations.iter().filter_map(|location| location.point);
            let districts = at.filter_map(|point| atlas.district_at(point)).fold(districts, |mut all, one| {
                all.insert(one);
                all
            });
            (Service::clone(service), plain(&text), districts)
        };
        let texts = workspace.services.iter().map(text).collect();
        Self { workspace, atlas, index, texts }
    }

    /// Whether an entry answers a caller: it meets a need, runs, and is not elsewhere.
    fn answers(&self, (service, _, districts): &(Service, String, Districts), caller: &Caller) -> bool {
        let wanted = caller.place.as_ref().and_then(|place| self.area(place));
        let is_there = wanted.is_none_or(|wanted| districts.is_empty() || districts.intersects(wanted));
        is_there && service.is_open() && caller.needs.iter().any(|need| service.needs.has(*need))
    }

    /// Whether an entry answers a caller and says so in words that do not hang on the thesaurus.
    fn proves(&self, entry: &(Service, String, Districts), caller: &Caller) -> bool {
        let holds = |proof: &String| entry.1.contains(plain(proof).trim_end());
        self.answers(entry, caller) && caller.evidence.iter().any(holds)
    }

    fn area(&self, place: &str) -> Option<Districts> {
        let town = self.atlas.places.iter().find(|known| known.name.eq_ignore_ascii_case(place));
        town.and_then(|town| self.atlas.area(&town.district)).or_else(|| self.atlas.area(place))
    }

    /// What was understood and the first five hits.
    fn ask(&self, caller: &Caller) -> (String, Vec<&(Service, String, Districts)>) {
        let query = Query::parse(&caller.says, &self.index, &self.atlas);
        let context = Context { workspace: &self.workspace, atlas: &self.atlas, today: today() };
        let found = self.index.search(&query, context);
        let hits = found.hits.iter().take(5).filter_map(|hit| self.texts.iter().find(|(one, ..)| one.id == hit.id));
        let labels = query.understood().into_iter().map(|one| one.label).collect::<Vec<_>>().join(" · ");
        (labels, hits.collect())
    }

    /// Of the callers it can answer at all, how many are answered among the first five hits: by the needs, and proved in
    /// words. Each as (all, answered).
    fn examine(&self, name: &str, callers: &[Caller]) -> [(usize, usize); 2] {
        let is_dorset = name.starts_with("sample") || name.starts_with("dorset");
        let asked = callers.iter().filter(|caller| is_dorset || caller.place.is_none());
        let (mut by_need, mut proved) = ((0, 0), (0, 0));
        for caller in asked.filter(|caller| self.texts.iter().any(|entry| self.proves(entry, caller))) {
            let (understood, hits) = self.ask(caller);
            let is_answered = hits.iter().any(|entry| self.answers(entry, caller));
            let is_proved = hits.iter().any(|entry| self.proves(entry, caller));
            by_need = (by_need.0 + 1, by_need.1 + usize::from(is_answered));
            proved = (proved.0 + 1, proved.1 + usize::from(is_proved));
            if !is_proved && std::env::var_os("FOLKMOOT_MISSES").is_some() {
                let names: Vec<&str> = hits.iter().map(|(one, ..)| one.name.as_str()).collect();
                let how = if is_answered { "not proved" } else { "MISSED" };
                say(&format!("  {how} {:?} {:?}: {understood} {names:?}", caller.says, caller.needs));
            }
        }
        let percent = |(all, found): (usize, usize)| 100.0 * found as f64 / all.max(1) as f64;
        say(&format!(
            "{name}: of {} callers answered among the first five {:.1} %, proved in words {:.1} %",
            by_need.0,
            percent(by_need),
            percent(proved)
        ));
        [by_need, proved]
    }
}

/// A text in small letters, words apart by one blank, with a blank before the first.
fn plain(text: &str) -> String {
    let words = text.to_lowercase();
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(String::new(), |text, word| text + " " + word) + " "
}

fn thesaurus() -> Arc<Thesaurus> {
    Arc::new(folkmoot::store::default_thesaurus())
}

fn sample() -> Workspace {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Sample", true).unwrap();
    folkmoot::store::Store::open(dir.path(), folkmoot::store::Mode::Read).unwrap().workspace
}

/// A published directory as it is imported into an empty workspace, where it is there.
fn real(name: &str) -> Option<Workspace> {
    use folkmoot::exchange::{self, ImportContext};
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/real");
    let path = std::env::var_os("FOLKMOOT_REAL").map_or_else(beside, PathBuf::from).join(name);
    if !path.exists() {
        say(&format!("skipped: {} is not there; FOLKMOOT_REAL can name its folder", path.display()));
        return None;
    }
    let mut workspace = Workspace::default();
    let package = exchange::read(&path, name, &mut |_| true).unwrap();
    let at = Timestamp::from_seconds(1_795_000_000);
    let author = folkmoot::model::Author { by: "KP".into(), at, today: at.date() };
    let thesaurus = thesaurus();
    let here = ImportContext {
        workspace: &workspace,
        originals: &workspace.originals,
        thesaurus: &thesaurus,
        author: &author,
    };
    let plan = exchange::plan_import(package, &here, &mut SplitMix64::new(1), &mut |_| true).unwrap();
    workspace.apply(&plan.change);
    Some(workspace)
}

/// Nine of ten callers whom a directory can answer are answered among the first five hits.
fn examine(name: &str, workspace: Workspace) {
    let directory = Directory::new(workspace);
    for (file, least) in [("phrases.ron", 0.9), ("heldout.ron", 0.8)] {
        let [(all, answered), _] = directory.examine(&format!("{name}, {file}"), &callers(file));
        assert!(answered as f64 >= least * all as f64, "{name}, {file}: {answered} of {all}");
    }
}

#[test]
fn the_sample_answers_callers() {
    examine("sample", sample());
}

const LARGE: &str = "big-hsds3.zip";

/// The published directories that are asked; the large one takes longest.
fn directories() -> Vec<&'static str> {
    let all = ["dorset-oruk3.json", "miami-hsds-1.1.zip", "dc-hsds-broken.zip", "oruk3-mock.json", "ohana-sample"];
    let is_heavy = std::env::var_os("FOLKMOOT_HEAVY").is_some();
    if !is_heavy {
        say("skipped: the large directory; FOLKMOOT_HEAVY=1 asks it too");
    }
    all.into_iter().chain(is_heavy.then_some(LARGE)).collect()
}

#[test]
fn published_directories_answer_callers() {
    for name in directories() {
        if let Some(workspace) = real(name) {
            examine(name, workspace);
        }
    }
}

/// An examination that cannot fail says nothing: without the thesaurus most callers go without an answer.
#[test]
fn without_the_thesaurus_callers_are_not_answered() {
    let mut directory = Directory::new(sample());
    directory.index = Index::build(&[Kind::Service], &directory.workspace, &directory.atlas);
    let [(all, answered), _] = directory.examine("sample without thesaurus", &callers("phrases.ron"));
    assert!(all > 100 && answered * 10 < all * 7, "{answered} of {all}");
}

/// The first two long words of a name.
fn two_words(name: &str) -> Option<(String, String)> {
    let plain = plain(name);
    let mut words = plain.split_whitespace().filter(|word| word.chars().count() >= 5 && word.is_ascii());
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

/// A word with two letters in the middle exchanged.
fn mistyped(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    letters.swap(middle - 1, middle);
    letters.into_iter().collect()
}

/// A word as one writes it in haste: its first letter and its consonants, at most five letters.
fn shortened(word: &str) -> String {
    let is_kept = |(at, letter): &(usize, char)| *at == 0 || !"aeiou".contains(*letter);
    word.chars().enumerate().filter(is_kept).map(|(_, letter)| letter).take(5).collect()
}

/// How many of the names of a directory are among the first five hits when two words of them are asked for: as they are,
/// one of them mistyped, one of them shortened. At most three hundred names are asked, spread over the directory, and only
/// those that can be answered: where more than five names hold both words, they tell none of them.
fn names_found(directory: &Directory) -> [(usize, usize); 3] {
    let step = directory.texts.len() / 300 + 1;
    let mut found = [(0, 0); 3];
    for (service, ..) in directory.texts.iter().step_by(step).filter(|(service, ..)| service.is_open()) {
        let Some((first, second)) = two_words(&service.name) else { continue };
        let holds_both = |other: &&(Service, String, Districts)| {
            let name = plain(&other.0.name);
            other.0.is_open() && [&first, &second].into_iter().all(|word| name.contains(&format!(" {word}")))
        };
        if directory.texts.iter().filter(holds_both).count() > 5 {
            continue; // no order of the first five would be the right one
        }
        let asked = [first.clone(), mistyped(&first), shortened(&first)].map(|first| format!("{first} {second} "));
        for (says, (all, right)) in asked.into_iter().zip(&mut found) {
            let caller = Caller { says, needs: Vec::new(), evidence: Vec::new(), place: None, _who: String::new() };
            let is_meant = |(hit, ..): &&(Service, String, Districts)| {
                two_words(&hit.name).is_some_and(|words| words == (first.clone(), second.clone()))
            };
            let (understood, hits) = directory.ask(&caller);
            let is_found = hits.iter().any(is_meant);
            *all += 1;
            *right += usize::from(is_found);
            if !is_found && std::env::var_os("FOLKMOOT_MISSES").is_some() {
                let names: Vec<&str> = hits.iter().map(|(one, ..)| one.name.as_str()).collect();
                say(&format!("  {:?} for {:?}: {understood} {names:?}", caller.says, service.name.as_str()));
            }
        }
    }
    found
}

fn examine_names(name: &str, workspace: Workspace) {
    let found = names_found(&Directory::new(workspace));
    let percent = |(all, right): (usize, usize)| 100.0 * right as f64 / all.max(1) as f64;
    let [whole, mistyped, shortened] = found.map(percent);
    say(&format!(
        "{name}: {} names found by two words {whole:.1} %, one mistyped {mistyped:.1} %, one shortened {shortened:.1} %",
        found[0].0
    ));
    // What the search did before it knew what words mean.
    let is_asked = found[0].0 > 0; // in a directory made by a machine many names are alike
    // In the large directory one name of fifty is told by neither of its first two long words.
    let least = if name == LARGE { (98.0, 98.0, 93.0) } else { (99.9, 98.0, 94.0) };
    assert!(!is_asked || whole >= least.0 && mistyped >= least.1 && shortened >= least.2, "{name}");
}

#[test]
fn names_are_found_by_two_words_of_them() {
    examine_names("sample", sample());
    for name in directories() {
        if let Some(workspace) = real(name) {
            examine_names(name, workspace);
        }
    }
}
