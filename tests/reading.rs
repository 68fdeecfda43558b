//! What an import makes of words and of the directories of 211 services: sentences with and without a negation, what is a
//! refuge and who decides it, the AIRS interchange, the tables of iCarol. All of it is invented.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail as tests do

use std::io::Write as _;
use std::path::{Path, PathBuf};

use folkmoot::exchange::{self, ExportContext, Format, ImportContext, ImportPlan, Package, RepairKind};
use folkmoot::model::choice::Choice;
use folkmoot::model::place::Atlas;
use folkmoot::model::service::{Inferred, Need, Route, Sex, Status};
use folkmoot::model::{
    Audience, Author, Organisation, ParseContext, Ref, Service, SplitMix64, Timestamp, Wording, Workspace, change,
};
use folkmoot::store;
use serde_json::json;

fn author() -> Author {
    let at = Timestamp::from_seconds(1_795_000_000);
    Author { by: "KP".into(), at, today: at.date() }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The lines of a table of cases: what is looked at, what is right, and the cells.
fn cases(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(fixture(name)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[derive(Default)]
struct Here {
    workspace: Workspace,
}

impl Here {
    fn plan(&self, package: Package) -> ImportPlan {
        let (thesaurus, author) = (store::default_thesaurus(), author());
        let here = ImportContext {
            workspace: &self.workspace,
            originals: &self.workspace.originals,
            thesaurus: &thesaurus,
            author: &author,
        };
        exchange::plan_import(package, &here, &mut SplitMix64::new(1), &mut |_| true).unwrap()
    }

    fn import(&mut self, path: &Path) -> ImportPlan {
        let plan = self.plan(exchange::read(path, "feed", &mut |_| true).unwrap());
        self.workspace.apply(&plan.change);
        plan
    }

    /// Imports items as a page of JSON.
    fn import_page(&mut self, services: &[serde_json::Value]) -> ImportPlan {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.json");
        std::fs::write(&path, json!({ "contents": services }).to_string()).unwrap();
        self.import(&path)
    }

    fn service(&self, name: &str) -> &Service {
        self.workspace.services.iter().find(|service| &*service.name == name).unwrap()
    }

    fn organisation(&self, name: &str) -> &Organisation {
        self.workspace.organisations.iter().find(|organisation| &*organisation.name == name).unwrap()
    }

    /// What a person sets in the shell or in a form.
    fn set(&mut self, name: &str, field: &str, value: &str) {
        let mut record = self.workspace.get(self.service(name).id).unwrap();
        let context = ParseContext { workspace: &self.workspace, today: author().today };
        record.set_field(field, value, context).unwrap();
        let change = change::put(&self.workspace, record, &author()).unwrap();
        self.workspace.apply(&change);
    }

    fn exported(&self, format: Format) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format.name());
        let thesaurus = store::default_thesaurus();
        let what = ExportContext {
            workspace: &self.workspace,
            originals: &self.workspace.originals,
            thesaurus: &thesaurus,
            atlas: &Atlas::default(),
            contacts: true,
        };
        exchange::export(format, &path, &what, &mut |_| true).unwrap();
        let files = if path.is_dir() { path } else { folder.path().to_owned() };
        let files = std::fs::read_dir(files).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}

/// What a service says of one of the things that sentences speak of, in the words of the table.
fn read(service: &Service, what: &str) -> Vec<String> {
    let debug = |value: &dyn std::fmt::Debug| format!("{value:?}");
    match what {
        "ages" => {
            let end = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
            let said = |ages: folkmoot::model::service::Ages| match (ages.from, ages.to) {
                (Some(from), None) => format!("{from}+"),
                (from, to) => format!("{}-{}", end(from), end(to)),
            };
            service.ages.map(said).into_iter().collect()
        }
        "sex" => service.sex.iter().map(|sex| debug(sex)).collect(),
        "for" => service.clients.iter().map(|client| debug(&client)).collect(),
        "ways" => service.routes.iter().map(|route| debug(&route)).collect(),
        other => panic!("{other} is nothing that sentences are read for"),
    }
}

/// The sentences of tests/fixtures/sentences.tsv, each in a service of its own. What a sentence does not say, or denies,
/// must never be read from it; what it says may be missed twice.
#[test]
fn words_are_read_with_their_negation() {
    let cases = cases("sentences.tsv");
    assert!(cases.len() >= 200, "{} sentences", cases.len());
    let service = |(at, case): (usize, &Vec<String>)| {
        let field = if case[0] == "ways" { "application_process" } else { "eligibility_description" };
        json!({ "id": at.to_string(), "name": format!("Service {at}"), "status": "active", field: case[2] })
    };
    let mut here = Here::default();
    here.import_page(&cases.iter().enumerate().map(service).collect::<Vec<_>>());
    let (mut wrong, mut opposite) = (Vec::new(), Vec::new());
    for (at, case) in cases.iter().enumerate() {
        let found = read(here.service(&format!("Service {at}")), &case[0]);
        let right: Vec<&str> = case[1].split(' ').filter(|word| *word != "-").collect();
        let line = format!("{} {:?} read as {found:?}, right is {right:?}", case[0], case[2]);
        if found.iter().any(|one| !right.contains(&one.as_str())) {
            opposite.push(line.clone());
        }
        if found != right {
            wrong.push(line);
        }
    }
    let figures =
        format!("{} sentences: {} wrong, {} of them say what is not so", cases.len(), wrong.len(), opposite.len());
    let _ = writeln!(std::io::stderr(), "{figures}");
    assert!(opposite.is_empty() && wrong.len() <= 2, "{figures}\n{}", wrong.join("\n"));
}

#[test]
fn a_refuge_is_known_by_what_it_is() {
    let cases = cases("refuges.tsv");
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let cell = |case: &Vec<String>, at: usize| case.get(at).cloned().unwrap_or_default();
    let service = |(at, case): (usize, &Vec<String>)| {
        let (terms, codes) = (cell(case, 5), cell(case, 6));
        let attributes = json!([{ "taxonomy_term": { "id": format!("t{at}"), "name": terms, "code": codes } }]);
        let mut item = json!({
            "id": uuid(at), "name": case[2], "description": cell(case, 4), "status": "active",
            "organization": { "id": format!("o{at}"), "name": cell(case, 3), "description": "-" },
        });
        if !terms.is_empty() || !codes.is_empty() {
            item["attributes"] = attributes;
        }
        item
    };
    let mut here = Here::default();
    let plan = here.import_page(&cases.iter().enumerate().map(service).collect::<Vec<_>>());
    let hidden = |at: usize| {
        let source = |service: &&std::sync::Arc<Service>| service.source.as_ref().unwrap().id.to_string();
        let wanted = uuid(at);
        here.workspace.services.iter().find(|service| source(service) == wanted).unwrap().hide_address
    };
    let wrong: Vec<&String> = cases
        .iter()
        .enumerate()
        .filter(|(at, case)| hidden(*at).to_string() != case[1])
        .map(|(_, case)| &case[2])
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let refuges = cases.iter().filter(|case| case[1] == "true").count();
    let reported = plan.report.repairs.iter().filter(|repair| repair.kind == RepairKind::Refuge);
    assert_eq!(reported.count(), refuges, "each is put before a person");
}

/// An id that stays as it is.
fn uuid(at: usize) -> String {
    format!("00000000-0000-4000-8000-{at:012}")
}

#[test]
fn a_person_decides_and_a_later_import_abides_by_it() {
    let refuge = |name: &str, text: &str| {
        json!({ "id": name, "name": name, "description": text, "status": "active",
            "service_at_locations": [{ "location": { "id": name, "location_type": "physical", "name": "House",
                "addresses": [{ "address_1": "7 Hidden Lane", "city": "Poole", "address_type": "physical" }] } }] })
    };
    let mut here = Here::default();
    let plan = here.import_page(&[refuge("Town Refuge", "Beds."), refuge("Bay Refuge", "Beds.")]);
    for name in ["Town Refuge", "Bay Refuge"] {
        assert!(here.service(name).is_hidden_on_suspicion(), "{name}");
    }
    let id = here.service("Town Refuge").id;
    let decide = format!("moot set {id} hide_address=no");
    assert!(plan.report.decisions().any(|line| line.ends_with(&decide)), "{decide}");

    here.set("Town Refuge", "hide_address", "no");
    here.set("Bay Refuge", "hide_address", "yes");
    let again = here.import_page(&[refuge("Town Refuge", "Beds and food."), refuge("Bay Refuge", "Beds and food.")]);
    assert_eq!(here.service("Town Refuge").summary.as_deref(), Some("Beds and food."), "the rest is taken over");
    assert!(!here.service("Town Refuge").hide_address);
    assert!(here.service("Bay Refuge").hide_address && !here.service("Bay Refuge").is_hidden_on_suspicion());
    assert_eq!(again.report.services.changed, 2);
}

#[test]
fn what_was_read_is_marked_until_somebody_states_it() {
    let service = |who: &str| {
        json!({ "id": "1", "name": "Beds", "status": "active", "minimum_age": 16,
            "eligibility_description": who, "application_process": "Self-referral." })
    };
    let mut here = Here::default();
    let plan = here.import_page(&[service("Women only.")]);
    let beds = here.service("Beds");
    assert!(!beds.is_derived(Inferred::Ages), "the source states them");
    assert!(beds.is_derived(Inferred::Sex) && beds.is_derived(Inferred::Routes));
    let derived = plan.report.repairs.iter().filter(|repair| repair.kind == RepairKind::Derived);
    let fields: Vec<&str> = derived.map(|repair| &*repair.field).collect();
    assert_eq!(fields, ["sex", "routes"]);

    here.set("Beds", "sex", "any");
    here.import_page(&[service("Men only.")]);
    let beds = here.service("Beds");
    assert_eq!(beds.sex, Some(Sex::Any), "what a person states is not overridden");
    assert!(!beds.is_derived(Inferred::Sex) && beds.is_derived(Inferred::Routes));
}

/// What the shell prints, whatever comes of it.
fn moot(workspace: &Path, words: &[&str]) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_moot"));
    let out = command.arg("-w").arg(workspace).args(["--as", "KP"]).args(words).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

#[test]
fn the_shell_says_what_was_read_and_takes_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, page) = (folder.path().join("here"), folder.path().join("page.json"));
    moot(&workspace, &["init", workspace.to_str().unwrap(), "--name", "Here"]);
    let item = json!({ "id": "1", "name": "Town Refuge", "status": "active", "application_process": "No walk-ins. Self-referral.",
        "service_at_locations": [{ "location": { "id": "2", "name": "House", "location_type": "physical",
            "addresses": [{ "address_1": "7 Hidden Lane", "city": "Poole", "address_type": "physical" }] } }] });
    std::fs::write(&page, json!({ "contents": [item] }).to_string()).unwrap();
    let (page, report) = (page.to_str().unwrap(), folder.path().join("report.txt"));
    let rehearsal = folder.path().join("rehearsal.txt");
    let rehearsed = moot(&workspace, &["import", page, "--dry-run", "--report", rehearsal.to_str().unwrap()]);
    for text in [rehearsed, std::fs::read_to_string(&rehearsal).unwrap()] {
        assert!(text.contains("Town Refuge: seems to be a refuge") && !text.contains("moot set"), "{text}");
    }
    let said = moot(&workspace, &["import", page, "--report", report.to_str().unwrap()]);
    let reported = std::fs::read_to_string(&report).unwrap();
    let decide = reported.split("moot ").nth(1).unwrap().lines().next().unwrap();
    assert!(said.contains(decide), "what is to be decided is printed too: {said}");
    let shown = moot(&workspace, &["show", "Town Refuge"]);
    assert!(shown.contains("self (read from the text)") && shown.contains("seems to be a refuge"), "{shown}");
    assert!(!shown.contains("Hidden Lane") && !shown.contains("drop-in"), "{shown}");
    moot(&workspace, &decide.split(' ').collect::<Vec<_>>());
    assert!(moot(&workspace, &["show", "Town Refuge"]).contains("7 Hidden Lane"), "{decide}");
    moot(&workspace, &["import", page]);
    assert!(moot(&workspace, &["show", "Town Refuge"]).contains("7 Hidden Lane"), "it is not hidden again");
}

fn field(here: &Here, name: &str, field: &str) -> String {
    let record = here.workspace.get(here.service(name).id).unwrap();
    let info = record.kind().field(field).unwrap();
    record.show(info, Wording::Read(author().today), Audience::Colleagues, &here.workspace).into_words()
}

#[test]
fn the_airs_interchange_comes_in_whole() {
    let mut here = Here::default();
    let plan = here.import(&fixture("airs.xml"));
    let report = &plan.report;
    assert_eq!(report.dialect, "AIRS");
    assert_eq!((report.organisations.new, report.services.new, report.locations), (2, 4, 5));
    assert_eq!(report.dangling().count(), 0);

    let organisation = here.organisation("Harbour Advice & Company");
    assert_eq!(organisation.phone.as_deref(), Some("01632 960100"));
    assert_eq!(organisation.url.as_deref(), Some("https://www.harbour.example.org"));
    assert_eq!(organisation.summary.as_deref(), Some("Advice for everybody on the coast."));
    assert_eq!(organisation.aliases.len(), 1, "a name that is kept private is no alias");

    let debt = here.service("Debt advice");
    let towns: Vec<&str> = debt.locations.iter().filter_map(|location| location.town.as_deref()).collect();
    assert_eq!(towns, ["Poole", "Weymouth"], "one service at two sites");
    assert_eq!(debt.phone.as_deref(), Some("01632 960102 ext 7"));
    assert_eq!(
        debt.opening.as_deref(),
        Some("Mon, Wed 09:00–17:00\nClosed on bank holidays\n2026-06-01–2026-08-31 Summer")
    );
    assert_eq!(debt.serves.iter().map(|area| &**area).collect::<Vec<_>>(), ["Poole", "Dorset"]);
    assert_eq!(debt.languages.len(), 2);
    assert_eq!((debt.cost.as_deref(), field(&here, "Debt advice", "ages")), (Some("Free"), "16+".to_owned()));
    assert_eq!(debt.routes.iter().collect::<Vec<_>>(), [Route::SelfReferral]);
    assert_eq!(debt.eligibility.as_deref(), Some("Living in Dorset"));
    assert_eq!(debt.verified.as_ref().map(|verified| verified.on.to_string()).as_deref(), Some("2026-09-14"));
    assert!(debt.needs.has(Need::Finance));
    assert!(debt.accessibility.as_deref().is_some_and(|text| text.contains("Lift")));
    assert_eq!(here.service("Benefits check").contacts.len(), 1);
    let of = |service: &Service| service.organisation.clone();
    assert_eq!(of(debt), of(here.service("Benefits check")));
    assert_ne!(of(debt), of(here.service("Outreach")));
    assert!(here.service("Rosemary House").hide_address && !here.service("Rosemary House").is_hidden_on_suspicion());
    assert!(!here.service("Outreach").hide_address);

    let again = here.import(&fixture("airs.xml"));
    assert!(again.change.edits.is_empty(), "{:?}", again.change.edits.first());
}

#[test]
fn the_tables_of_icarol_come_in_whole() {
    let mut here = Here::default();
    let plan = here.import(&fixture("icarol.csv"));
    let report = &plan.report;
    assert_eq!(report.dialect, "iCarol");
    assert_eq!((report.organisations.new, report.services.new, report.locations), (2, 4, 4));
    let loose: Vec<&str> = report.dangling().map(|repair| &*repair.old).collect();
    assert_eq!(loose, ["9999"], "what is given at a site without a program stands by itself");

    let organisation = here.organisation("Coast Support (invented)");
    assert_eq!(organisation.phone.as_deref(), Some("01632 960300"));
    let tenancy = here.service("Tenancy support");
    assert_eq!(tenancy.organisation.as_ref().and_then(Ref::id), Some(organisation.id));
    assert_eq!(
        field(&here, "Tenancy support", "locations"),
        "Pier House, 5 Pier Road, Rear entrance, Swanage, BH19 2AA"
    );
    assert_eq!(tenancy.phone.as_deref(), Some("01632 960312"), "that of the program at the site");
    assert_eq!(tenancy.opening.as_deref(), Some("Mon-Fri 9am-5pm"));
    assert_eq!(tenancy.serves.iter().map(|area| &**area).collect::<Vec<_>>(), ["Purbeck", "Swanage"]);
    assert_eq!(tenancy.routes.iter().collect::<Vec<_>>(), [Route::SelfReferral]);
    assert_eq!(field(&here, "Tenancy support", "ages"), "18+");
    assert_eq!((tenancy.languages.len(), tenancy.contacts.len(), tenancy.status), (2, 1, Status::Active));
    assert_eq!(tenancy.verified.as_ref().map(|verified| verified.on.to_string()).as_deref(), Some("2026-09-14"));
    assert!(tenancy.needs.has(Need::Accommodation));
    assert!(here.service("Safe rooms").hide_address, "the address of its site is private");
    assert_eq!(here.service("Lunch club").locations.len(), 1);
    let walks = here.service("Moor walks");
    assert_eq!(walks.organisation.as_ref().and_then(Ref::id), Some(here.organisation("Moor Trust (invented)").id));
    assert_eq!(field(&here, "Moor walks", "locations"), "Moor Hall, Wool");

    let again = here.import(&fixture("icarol.csv"));
    assert!(again.change.edits.is_empty(), "{:?}", again.change.edits.first());
}

/// What the sources keep private, and what nobody here knows a place for, is in the originals and in no export.
#[test]
fn what_211_services_keep_private_stays_here() {
    let private = [
        ("airs.xml", "01632 960199"),
        ("airs.xml", "01632 960299"),
        ("airs.xml", "The old name nobody says"),
        ("airs.xml", "Box 5150"),
        ("airs.xml", "Hidden Lane"),
        ("airs.xml", "BH15 9ZZ"),
        ("airs.xml", "Alex Example"),
        ("airs.xml", "black and white"),
        ("icarol.csv", "01632 960399"),
        ("icarol.csv", "Robin Example"),
        ("icarol.csv", "Ring before noon only"),
        ("icarol.csv", "Box 77"),
        ("icarol.csv", "9 Quiet Close"),
        ("icarol.csv", "DT1 9ZZ"),
        ("icarol.csv", "striped"),
    ];
    for name in ["airs.xml", "icarol.csv"] {
        let mut here = Here::default();
        here.import(&fixture(name));
        let originals: String =
            here.workspace.originals.iter().map(|original| original.json.as_str().to_owned()).collect();
        let exports: Vec<String> = [Format::Hsds3Json, Format::Hsds3Csv, Format::Oruk3Json, Format::Csv]
            .into_iter()
            .map(|it| here.exported(it))
            .collect();
        for (_, text) in private.iter().filter(|(of, _)| *of == name) {
            assert!(originals.contains(text), "{name}: {text} is lost");
            assert!(exports.iter().all(|export| !export.contains(text)), "{name}: {text} leaves");
        }
        assert!(exports.iter().all(|export| export.contains(if name == "airs.xml" {
            "Debt advice"
        } else {
            "Tenancy support"
        })));
    }
}

#[test]
fn a_file_that_ends_within_an_element_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.xml");
    let whole = std::fs::read_to_string(fixture("airs.xml")).unwrap();
    std::fs::write(&path, &whole[..whole.find("<Key>200</Key>").unwrap()]).unwrap();
    let problem = exchange::read(&path, "feed", &mut |_| true).unwrap_err();
    assert!(problem.0.contains("line ") && problem.0.contains("fetch it again"), "{problem}");
}

#[test]
fn labels_of_what_is_inferred_are_fields() {
    for of in Inferred::ALL {
        assert!(folkmoot::model::Kind::Service.field(of.label()).is_some(), "{}", of.label());
    }
}
