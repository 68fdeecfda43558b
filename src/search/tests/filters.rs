//! What filters let through: what is not stated, serving and being located, hidden addresses, trust and funding.

use super::*;

/// Services of which one fact each is stated, one states nothing, one is hidden.
fn facts() -> Harness {
    let mut harness = Harness::new();
    harness.service("young", |s| s.ages = Some(Ages { from: Some(16), to: Some(25) }));
    harness.service("women", |s| s.sex = Some(Sex::Female));
    harness.service("prison", |s| s.clients.insert(Client::InCustody));
    harness.service("purbeck", |s| s.serves = vec!["Purbeck".into()]);
    harness.service("council", |s| s.serves = vec!["West council".into()]);
    harness.service("swanage", |s| s.locations = vec![location("Swanage", "", Some((50.61, -1.96)))]);
    harness.service("silent", |_| {});
    harness.service("refuge", |s| {
        s.hide_address = true;
        s.locations = vec![location("Swanage", "BH19 1ZZ", Some((50.61, -1.96)))];
    });
    harness.service("suspected", |s| {
        s.hide_address = true;
        s.mark_derived(crate::model::service::Inferred::HideAddress);
    });
    harness.service("paused", |s| s.status = Status::Paused);
    harness.service("fresh", |s| {
        s.verified = Some(Verified { on: "2026-10-01".parse().unwrap(), by: Text::some("KP"), how: None });
    });
    harness.service("old", |s| {
        s.verified = Some(Verified { on: "2020-10-01".parse().unwrap(), by: None, how: None });
    });
    harness.service("ending", |s| s.funding_ends = Some("2026-12-31".parse().unwrap()));
    harness
}

fn assert_filter(harness: &Harness, text: &str, has: &[&str], lacks: &[&str]) {
    let found = harness.find(text);
    for name in has {
        assert!(found.iter().any(|found| found == name), "{text} should find {name}: {found:?}");
    }
    for name in lacks {
        assert!(!found.iter().any(|found| found == name), "{text} should not find {name}: {found:?}");
    }
}

#[test]
fn unknown_is_not_no() {
    let harness = facts();
    assert_filter(&harness, "age:30", &["silent", "women"], &["young"]);
    assert_filter(&harness, "age:17", &["silent", "young"], &[]);
    assert_filter(&harness, "sex:m", &["silent"], &["women"]);
    assert_filter(&harness, "sex:f", &["silent", "women"], &[]);
    assert_filter(&harness, "!sex:f", &["silent"], &["women"]);
    assert_filter(&harness, "status:probation", &["silent"], &["prison"]);
    assert_filter(&harness, "status:custody", &["silent", "prison"], &[]);
    assert_filter(&harness, "status:paused", &["paused"], &["silent"]);
}

#[test]
fn serving_is_not_being_located() {
    let harness = facts();
    assert_filter(&harness, "in:purbeck", &["purbeck", "council", "swanage"], &["silent", "refuge"]);
    assert_filter(&harness, "serves:purbeck", &["purbeck", "council"], &["swanage"]);
    assert_filter(&harness, "in:swanage", &["purbeck", "swanage"], &["refuge"]);
    let (found, _) = harness.found("in:purb");
    let located = found.hits.iter().filter(|hit| hit.is_located()).map(|hit| harness.workspace.get(hit.id).unwrap());
    assert_eq!(located.map(|record| record.title_alone()).collect::<Vec<_>>(), ["swanage"]);
}

#[test]
fn a_hidden_address_is_no_place() {
    let harness = facts();
    assert_filter(&harness, "'swanage", &["swanage"], &["refuge"]);
    assert_filter(&harness, "is:hidden", &["refuge", "suspected"], &["swanage"]);
    assert_filter(&harness, "is:undecided", &["suspected"], &["refuge", "swanage"]);
    assert_filter(&harness, "is:located", &["swanage"], &["refuge"]);
    let (found, _) = harness.found("refuge near:swanage");
    assert_eq!(found.hits.iter().map(Hit::km).collect::<Vec<_>>(), [None]);
}

#[test]
fn trust_and_funding() {
    let harness = facts();
    assert_filter(&harness, "is:verified", &["fresh"], &["old", "silent"]);
    assert_filter(&harness, "is:stale", &["old", "silent"], &["fresh"]);
    assert_filter(&harness, "is:never", &["silent"], &["old"]);
    assert_filter(&harness, "is:open", &["silent"], &["paused"]);
    assert_filter(&harness, "funding:<3m", &["ending"], &["silent"]);
    assert_filter(&harness, "funding:>3m", &[], &["ending", "silent"]);
    assert_filter(&harness, "by:kp", &["fresh"], &["old"]);
}

#[test]
fn filters_are_met_while_they_are_typed() {
    let mut harness = firms();
    let charity = harness.organisation("Open Door", Some(Sector::Voluntary));
    harness.service("Beds", |s| {
        s.needs.insert(Need::Accommodation);
        s.organisation = Some(Ref::record(charity));
    });
    for text in ["need:hou", "need:housing", "need:accom", "need:accomodation", "sector:vcs", "org:door", "org:ope"] {
        assert_eq!(harness.find(text), ["Beds"], "{text}");
    }
    assert_eq!(harness.find("need:").len(), 8, "nothing typed yet: no filter");
    assert_eq!(harness.find("need:legal in:wey").len(), 2);
    assert_eq!(harness.find("near:\"DT4 8\" crime")[0], "Crime legal aid - Harbour Law");
    assert_eq!(harness.find("near:DT4 8ZZ crime")[0], "Crime legal aid - Harbour Law");
}

#[test]
fn what_means_nothing_is_said_and_not_an_empty_screen() {
    let harness = firms();
    for text in ["need:zzzzz", "age:old", "near:zzzz", "is:zzz", "funding:zz", "in:zzzzz", "sex:zz", "status:zzz"] {
        let (found, query) = harness.found(text);
        assert_eq!(query.problems.len(), 1, "{text}");
        assert_eq!(found.hits.len(), 7, "{text}");
    }
    let (_, query) = harness.found("town:poole");
    assert!(query.problems[0].contains("there is no filter"), "{:?}", query.problems);
    assert_eq!(harness.found("10:30 http://example.org").1.problems, Vec::<String>::new());
}
