use super::*;
use crate::model::service::{Client, Need, Sex};

fn table() -> Thesaurus {
    ron::from_str(
        r#"#![enable(implicit_some)]
        (
            codes: [("HOU", [Accommodation])],
            said: [
                (Accommodation, ["tenan*", "hostel", "night shelter", "accommodat*"]),
                (DrugsAndAlcohol, ["drug*", "drug and alcohol"]),
                (Finance, ["credit union"]),
                (PhysicalHealth, ["nurs*", "health centre"]),
                (Family, ["nursery"]),
                (Legal, ["court*"]),
            ],
            asked: [(Accommodation, ["somewhere to live", "flat"]), (MentalHealth, ["counselling"]), (Finance, ["debt"])],
            perhaps: [(Employment, ["nursery"]), (Finance, ["flat"])],
            clients: [(OnProbation, ["on tag"])],
            sexes: [(Female, ["mum"])],
            ages: [((from: 13, to: 19), ["teenager"])],
            nothing: ["looking for somewhere", "for a"],
            none: ["tennis court"],
            same: [["and", "&"], ["counselling", "counseling"], ["ctr", "centre", "center"]],
        )"#,
    )
    .unwrap()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

type Needs = Vec<(Need, f32)>;

/// The needs of a query, and which words they were read from.
fn needs(text: &str, is_open: bool) -> Vec<(Range<usize>, Needs)> {
    table().read(&words(text), is_open).into_iter().map(|meaning| (meaning.words, meaning.needs)).collect()
}

fn set(needs: &[Need]) -> Set<Need> {
    needs.iter().copied().collect()
}

#[test]
fn a_description_speaks_of_needs_in_whole_words_plurals_and_beginnings() {
    let of = |text: &str| table().of_text(text);
    assert_eq!(of("Support for TENANTS, drug-free"), set(&[Need::Accommodation, Need::DrugsAndAlcohol]));
    assert_eq!(of("two hostels"), set(&[Need::Accommodation]));
    assert!(of("lieutenant hostelry a flat").is_empty(), "what is only asked is not read in a description");
    assert_eq!(of("Health Center"), set(&[Need::PhysicalHealth]));
    assert_eq!(of("a Night-Shelter"), set(&[Need::Accommodation]));
    assert_eq!(table().of_code("HOU"), set(&[Need::Accommodation]));
    assert!(table().of_code("hou").is_empty());
}

#[test]
fn the_longest_and_most_particular_entry_decides() {
    let of = |text: &str| table().of_text(text);
    assert_eq!(of("nursery"), set(&[Need::Family]));
    assert_eq!(of("nurses"), set(&[Need::PhysicalHealth]));
    assert!(of("tennis courts").is_empty(), "known to mean none of it");
    assert_eq!(needs("nursery", false), [(0..1, vec![(Need::Family, 1.0), (Need::Employment, 0.5)])]);
    assert_eq!(
        needs("drug alcohol court", false),
        [(0..2, vec![(Need::DrugsAndAlcohol, 1.0)]), (2..3, vec![(Need::Legal, 1.0)])],
        "and may be written &, which is no word"
    );
}

#[test]
fn what_carries_nothing_leaves_the_words_of_what_follows_alone() {
    let read = table().read(&words("looking for somewhere to live"), false);
    assert_eq!(
        read.iter().map(|meaning| (meaning.words.clone(), meaning.is_nothing)).collect::<Vec<_>>(),
        [(0..2, true), (2..5, false)]
    );
    assert!(table().read(&words("for a"), false)[0].is_nothing);
}

#[test]
fn circumstances_are_read_beside_needs() {
    let read = table().read(&words("mum on tag teenagers weymouth"), false);
    assert_eq!(read.iter().map(|meaning| meaning.words.clone()).collect::<Vec<_>>(), [0..1, 1..3, 3..4]);
    assert_eq!(read[0].sex, Some(Sex::Female));
    assert!(read[1].clients.has(Client::OnProbation));
    assert_eq!(read[2].ages.map(|ages| (ages.from, ages.to)), Some((Some(13), Some(19))));
}

#[test]
fn a_typing_mistake_and_an_open_word_are_understood() {
    for typed in ["accomodation", "acommodation", "councelling", "hostle", "tenent"] {
        assert_eq!(needs(typed, false).len(), 1, "{typed}");
    }
    for typed in ["hosel", "flta", "weymouth", "acomodation"] {
        assert_eq!(needs(typed, false).len(), usize::from(typed == "hosel"), "{typed}");
    }
    assert_eq!(needs("couns", true), [(0..1, vec![(Need::MentalHealth, 1.0)])]);
    assert_eq!(needs("couns", false), [], "a finished word is no beginning");
    assert_eq!(needs("cou", true), [], "three letters say too little");
    assert_eq!(needs("credit u", true), [(0..2, vec![(Need::Finance, 1.0)])]);
    assert_eq!(needs("credit u", false), []);
}

#[test]
fn spellings_of_one_word_know_each_other() {
    assert_eq!(table().same("centre"), ["ctr", "center"]);
    assert_eq!(table().same("and"), ["&"]);
    assert!(table().same("hostel").is_empty());
    assert_eq!(needs("counseling", false), [(0..1, vec![(Need::MentalHealth, 1.0)])]);
}

#[test]
fn a_mistake_in_the_table_is_named() {
    for (text, expected) in [
        (r#"(said: [(Family, ["-"])])"#, "has no words"),
        (r#"(said: [(Family, ["a*b"])])"#, "must stand at its end"),
        (r#"(said: [(Family, ["ab*"])])"#, "too short"),
        ("(sayd: [])", "sayd"),
    ] {
        let error = ron::from_str::<Thesaurus>(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

/// A place at the end of a query stands among the words as an empty one.
#[test]
fn a_longer_entry_does_not_begin_with_a_word_that_was_read_otherwise() {
    let words = ["health", "centre", ""].map(str::to_owned);
    let thesaurus: Thesaurus = ron::from_str(
        r#"(codes: [], said: [(PhysicalHealth, ["health centre", "health centre nurse"])], asked: [], perhaps: [],
            clients: [], sexes: [], ages: [], nothing: [], none: [], same: [])"#,
    )
    .unwrap();
    let read: Vec<Range<usize>> = thesaurus.read(&words, true).into_iter().map(|meaning| meaning.words).collect();
    assert_eq!(read, std::slice::from_ref(&(0..2)));
}
