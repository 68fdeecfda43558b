//! Laws of the index: updating it is rebuilding it, one for a single search answers alike, and nothing breaks it.

use proptest::prelude::*;

use super::*;

const WORDS: [&str; 12] =
    ["housing", "house", "legal", "crime", "weymouth", "women's", "drop-in", "café", "night", "stop", "BH1", "of"];

fn phrase() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), 1..5).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn updating_is_rebuilding(
        names in prop::collection::vec((phrase(), phrase()), 1..12),
        changes in prop::collection::vec((0_usize..14, prop::option::of((phrase(), phrase()))), 1..8),
        query in phrase(),
    ) {
        let mut harness = Harness::new();
        let organisation = harness.organisation("First name", None);
        for (name, summary) in &names {
            harness.service(name, |s| {
                s.summary = Text::some(summary);
                s.organisation = Some(Ref::record(organisation));
            });
        }
        let mut index = harness.index();
        for (at, change) in changes {
            let ids: Vec<Id> = harness.workspace.services.iter().map(|s| s.id).collect();
            let id = ids.get(at).copied().unwrap_or_else(|| harness.random.new_id('S', 0, |id| ids.contains(&id)));
            let record = change.map(|(name, town)| {
                let locations = vec![location(&town, "", None)];
                let organisation = Some(Ref::record(organisation));
                let updated = Updated(Timestamp::from_seconds(1), town.as_str().into());
                let name = name.as_str().into();
                Service { id, name, organisation, locations, updated, ..Service::default() }.into()
            });
            harness.workspace.place(id, record);
            index.update(&harness.workspace, &atlas(), &[id]);
        }
        let renamed = Organisation { id: organisation, name: "Harbour night".into(), ..Organisation::default() };
        harness.workspace.place(organisation, Some(renamed.into()));
        index.update(&harness.workspace, &atlas(), &[organisation]);
        let built = harness.index();
        let context = Context { workspace: &harness.workspace, atlas: &atlas(), today: today() };
        for text in [query.as_str(), "", "in:weymouth", "org:harbour", "crim leagl", "hsng !night", "by:weymouth"] {
            let one = index.search(&Query::parse(text, &index, &atlas()), context);
            let other = built.search(&Query::parse(text, &built, &atlas()), context);
            prop_assert_eq!(one, other, "{}", text);
        }
    }

    #[test]
    fn an_index_for_one_search_answers_as_the_whole_one(
        names in prop::collection::vec((phrase(), phrase()), 1..12),
        query in phrase(),
    ) {
        let mut harness = Harness::new();
        let organisation = harness.organisation("Bournemouth Council for Voluntary Service", None);
        for (name, summary) in &names {
            harness.service(name, |s| {
                s.summary = Text::some(summary);
                s.organisation = Some(Ref::record(organisation));
            });
        }
        let whole = harness.index();
        let context = Context { workspace: &harness.workspace, atlas: &atlas(), today: today() };
        for text in [query.as_str(), "bcvs", "org:bournemouth", "crim leagl", "hsng !night", "'night", "wemouth"] {
            let small = Index::build_for(text, Arc::default(), &[Kind::Service], &harness.workspace, &atlas());
            let one = small.search(&Query::parse(text, &small, &atlas()), context);
            let other = whole.search(&Query::parse(text, &whole, &atlas()), context);
            prop_assert_eq!(one, other, "{}", text);
        }
    }

    #[test]
    fn no_query_breaks_anything(text in "\\PC{0,40}", filter in "(need|in|near|age|funding|by|is):\\PC{0,12}") {
        let harness = firms();
        for text in [text.as_str(), &filter, &format!("!'{text}\" {filter}")] {
            let (_, query) = harness.found(text);
            for cursor in 0..=text.len() + 1 {
                complete(text, cursor, &Index::default(), &harness.workspace, &atlas());
            }
            for shown in ["Crime legal aid – Café", text] {
                let mut end = 0;
                for range in query.highlight(shown) {
                    prop_assert!(end <= range.start && range.start < range.end);
                    prop_assert!(shown.get(range.clone()).is_some());
                    end = range.end;
                }
            }
        }
    }
}
