//! Sorting recommendations into themes, answering them, and finding those that are alike. A recommendation has one theme
//! in which it counts; others it may be in as well.

use std::collections::{BTreeMap, HashMap};

use super::change::{Author, Change, Edit, Refusal};
use super::choice::Choice;
use super::event::Event;
use super::order::Order as _;
use super::recommendation::{Answer, Recommendation};
use super::reference::Ref;
use super::text::Text;
use super::theme::Theme;
use super::topic::long_words;
use super::{Id, Workspace};

/// Edits recommendations, all alike; those that it leaves as they are are not touched.
fn edit_all(
    workspace: &Workspace,
    items: &[Id],
    author: &Author,
    act: impl Fn(&mut Recommendation),
) -> Result<Vec<Edit>, Refusal> {
    let mut edits = Vec::new();
    for id in items {
        let Some(record) = workspace.recommendations.get(*id) else {
            return Err(Refusal(format!("{id} is not a recommendation here; see `moot list recommendations`")));
        };
        let mut after = Recommendation::clone(record);
        act(&mut after);
        if after != **record {
            let before = workspace.get(*id);
            after.updated = author.stamp(before.as_ref());
            edits.extend(Edit::new(before, Some(after.into())));
        }
    }
    Ok(edits)
}

/// What some recommendations are called in a sentence: the number of one, or how many they are.
fn called(workspace: &Workspace, items: &[Id]) -> String {
    match items {
        [one] => {
            let record = workspace.recommendations.get(*one);
            record.and_then(|record| record.label(workspace)).unwrap_or_else(|| one.to_string())
        }
        many => format!("{} recommendations", many.len()),
    }
}

fn name_of(workspace: &Workspace, theme: Id) -> Result<Text, Refusal> {
    let found = workspace.themes.get(theme).map(|theme| theme.name.clone());
    found.ok_or_else(|| Refusal(format!("{theme} is not a theme here; see `moot list themes`")))
}

/// Puts recommendations into a theme, where they count from now on; `None` takes them out of theirs.
///
/// # Errors
/// There is no such theme or recommendation.
pub fn place(workspace: &Workspace, items: &[Id], theme: Option<Id>, author: &Author) -> Result<Change, Refusal> {
    let name = theme.map(|theme| name_of(workspace, theme)).transpose()?;
    let edits = edit_all(workspace, items, author, |record| put_into(record, theme))?;
    let what = called(workspace, items);
    let sentence = match name {
        Some(name) => format!("{what} into {name}"),
        None => format!("{what} without a theme"),
    };
    Ok(Change { edits, sentence })
}

fn put_into(record: &mut Recommendation, theme: Option<Id>) {
    record.theme = theme.map(Ref::record);
    let theme = record.theme.clone();
    record.also.retain(|also| Some(also) != theme.as_ref());
}

/// Puts recommendations into a theme as well, where they are not counted again; those that are in it already leave it.
///
/// # Errors
/// There is no such theme or recommendation, or it is the one in which one of them counts.
pub fn place_also(workspace: &Workspace, items: &[Id], theme: Id, author: &Author) -> Result<Change, Refusal> {
    let name = name_of(workspace, theme)?;
    let theme = Ref::<Theme>::record(theme);
    let records = || items.iter().filter_map(|id| workspace.recommendations.get(*id));
    if let Some(counted) = records().find(|record| record.theme.as_ref() == Some(&theme)) {
        let label = called(workspace, &[counted.id]);
        return Err(Refusal(format!("{label} counts in {name} already: also is for other themes")));
    }
    let are_in = records().all(|record| record.also.contains(&theme));
    let edits = edit_all(workspace, items, author, |record| {
        record.also.retain(|also| *also != theme);
        record.also.extend((!are_in).then(|| theme.clone()));
    })?;
    let what = called(workspace, items);
    let sentence = if are_in { format!("{what} no longer also in {name}") } else { format!("{what} also in {name}") };
    Ok(Change { edits, sentence })
}

/// Makes a theme, with these recommendations in it.
///
/// # Errors
/// It has no name, or the event has a theme of that name.
pub fn make(
    workspace: &Workspace,
    (id, name): (Id, &str),
    event: Option<&Ref<Event>>,
    items: &[Id],
    author: &Author,
) -> Result<Change, Refusal> {
    let Some(name) = Text::some(name) else {
        return Err(Refusal("write what the recommendations have in common".to_owned()));
    };
    let is_same = |theme: &&Theme| theme.event.as_ref() == event && theme.name.to_lowercase() == name.to_lowercase();
    if let Some(known) = workspace.themes.iter().map(AsRef::as_ref).find(is_same) {
        return Err(Refusal(format!("there is a theme {} already: put them into that one", known.name)));
    }
    let theme =
        Theme { id, name: name.clone(), event: event.cloned(), updated: author.stamp(None), ..Theme::default() };
    let mut edits = vec![Edit::Add(theme.into())];
    edits.extend(edit_all(workspace, items, author, |record| put_into(record, Some(id)))?);
    let sentence = match items {
        [] => format!("theme {name} made"),
        items => format!("theme {name} made of {}", called(workspace, items)),
    };
    Ok(Change { edits, sentence })
}

/// An answer as it is typed: `open to anyone ask the Council | KP`, or `o ask the Council | KP`; the reason and the
/// contact may be missing.
///
/// # Errors
/// It begins with none of the answers.
pub fn read_answer(typed: &str) -> Result<(Answer, Option<Text>, Option<Text>), Refusal> {
    let (said, contact) = typed.split_once('|').unwrap_or((typed, ""));
    let said = said.trim();
    let in_full = Answer::ALL.iter().find_map(|answer| {
        let rest = said.get(answer.label().len()..)?;
        let is_said = said[..answer.label().len()].eq_ignore_ascii_case(answer.label());
        (is_said && (rest.is_empty() || rest.starts_with([' ', ':', ',']))).then_some((*answer, rest))
    });
    let (first, rest) = said.split_once([' ', ':']).unwrap_or((said, ""));
    let (answer, reason) = match in_full {
        Some(found) => found,
        None => (Answer::parse(first).map_err(|why| Refusal(format!("{why}; then the reason")))?, rest),
    };
    Ok((answer, Text::some(reason.trim_start_matches([' ', ':', ','])), Text::some(contact)))
}

/// Answers recommendations. What is not said of reason and contact stays as it was.
///
/// # Errors
/// One of them is no recommendation.
pub fn answer(
    workspace: &Workspace,
    items: &[Id],
    (answer, reason, contact): &(Answer, Option<Text>, Option<Text>),
    author: &Author,
) -> Result<Change, Refusal> {
    let edits = edit_all(workspace, items, author, |record| {
        record.answer = Some(*answer);
        record.reason = reason.clone().or(record.reason.take());
        record.contact = contact.clone().or(record.contact.take());
    })?;
    Ok(Change { edits, sentence: format!("{} answered: {}", called(workspace, items), answer.label()) })
}

/// The longer words of recommendations, kept from one look to the next. A word is a number here, the words of a text stand
/// in order: so two texts are compared in one pass.
#[derive(Default)]
pub struct Words {
    numbers: HashMap<String, u32>,
    of: HashMap<Id, (Text, Vec<u32>)>,
}

/// Two recommendations are alike from this share of common words on.
const ALIKE: f64 = 0.2;

impl Words {
    /// Follows what the recommendations say now. Words that are in more than half of them tell nothing and are left out.
    pub fn follow(&mut self, records: &[&Recommendation]) {
        let is_known = |record: &&Recommendation| self.of.get(&record.id).is_some_and(|(text, _)| *text == record.text);
        if self.of.len() == records.len() && records.iter().all(is_known) {
            return;
        }
        *self = Self::default();
        let mut spread: HashMap<u32, usize> = HashMap::new();
        for record in records {
            let words = long_words(&record.text).into_iter().map(|word| self.number(word)).collect::<Vec<u32>>();
            for word in &words {
                *spread.entry(*word).or_default() += 1;
            }
            self.of.insert(record.id, (record.text.clone(), words));
        }
        let most = (records.len() / 2).max(2);
        for (_, words) in self.of.values_mut() {
            words.retain(|word| spread[word] <= most);
            words.sort_unstable();
        }
    }

    fn number(&mut self, word: String) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(word).or_insert(next)
    }

    fn words(&self, item: Id) -> &[u32] {
        self.of.get(&item).map_or(&[], |(_, words)| words)
    }

    /// The recommendations that are like this one, itself left out, the likest first.
    pub fn alike(&self, item: Id) -> Vec<Id> {
        let words = self.words(item);
        let share = |others: &[u32]| {
            let common = common(words, others);
            common as f64 / (words.len() + others.len() - common).max(1) as f64
        };
        let others = self.of.iter().filter(|(other, _)| **other != item);
        let mut alike: Vec<(f64, Id)> = others.map(|(other, (_, words))| (share(words), *other)).collect();
        alike.retain(|(share, _)| *share >= ALIKE);
        alike.order_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        alike.into_iter().map(|(_, id)| id).collect()
    }

    /// The theme that a recommendation may belong to: that of those which share most words with it, its name counted in;
    /// `None` where nothing speaks for one, or as much for two.
    pub fn suggestion(&self, workspace: &Workspace, item: Id) -> Option<Id> {
        let words = self.words(item);
        let mut shared: BTreeMap<Id, usize> = BTreeMap::new();
        for (id, (_, others)) in self.of.iter().filter(|(id, _)| **id != item) {
            let theme = workspace.recommendations.get(*id).and_then(|record| record.theme.as_ref()).and_then(Ref::id);
            if let Some(theme) = theme {
                *shared.entry(theme).or_default() += common(words, others);
            }
        }
        for theme in workspace.themes.iter() {
            let name = long_words(&theme.name);
            let named =
                name.iter().filter_map(|word| self.numbers.get(word)).filter(|word| words.contains(word)).count();
            *shared.entry(theme.id).or_default() += 2 * named;
        }
        let most = *shared.values().max().filter(|most| **most > 0)?;
        let mut best = shared.into_iter().filter(|(_, count)| *count == most).map(|(theme, _)| theme);
        best.next().filter(|_| best.next().is_none())
    }
}

/// How many numbers are in both of two lists that stand in order.
fn common(mut one: &[u32], mut other: &[u32]) -> usize {
    let mut found = 0;
    while let (Some(first), Some(second)) = (one.first(), other.first()) {
        found += usize::from(first == second);
        if first <= second {
            one = &one[1..];
        }
        if second <= first {
            other = &other[1..];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(letter: char, number: u32) -> Id {
        Id::from_number(letter, number, 4)
    }

    fn author() -> Author {
        Author { by: "KP".into(), at: super::super::Timestamp::from_seconds(9), today: super::super::Date::default() }
    }

    fn workspace() -> Workspace {
        let mut workspace = Workspace::default();
        let texts = ["Train mentors", "Match mentors before release", "One map of services", "Share maps with courts"];
        for (number, text) in (1..).zip(texts) {
            let record = Recommendation { id: id('R', number), text: text.into(), ..Recommendation::default() };
            workspace.place(record.id, Some(record.into()));
        }
        for (number, name) in [(1, "Mapping"), (2, "People")] {
            let theme = Theme { id: id('H', number), name: name.into(), ..Theme::default() };
            workspace.place(theme.id, Some(theme.into()));
        }
        workspace
    }

    #[test]
    fn a_recommendation_counts_in_one_theme_and_may_be_in_others() {
        let mut workspace = workspace();
        let also = place_also(&workspace, &[id('R', 1)], id('H', 1), &author()).unwrap();
        workspace.apply(&also);
        let into = place(&workspace, &[id('R', 1)], Some(id('H', 1)), &author()).unwrap();
        assert_eq!(into.sentence, "R-0001 into Mapping");
        workspace.apply(&into);
        let record = workspace.recommendations.get(id('R', 1)).unwrap();
        assert!(record.also.is_empty() && record.theme == Some(Ref::record(id('H', 1))), "not in one twice");
        assert!(
            place_also(&workspace, &[id('R', 1)], id('H', 1), &author()).unwrap_err().0.contains("counts in Mapping")
        );
        let out = place(&workspace, &[id('R', 1), id('R', 2)], None, &author()).unwrap();
        assert_eq!((out.edits.len(), out.sentence.as_str()), (1, "2 recommendations without a theme"));
        assert!(place(&workspace, &[id('R', 1)], Some(id('H', 9)), &author()).is_err());
    }

    #[test]
    fn a_theme_is_made_of_what_is_marked_and_once() {
        let mut workspace = workspace();
        let made = make(&workspace, (id('H', 3), "Mentors"), None, &[id('R', 1), id('R', 2)], &author()).unwrap();
        assert_eq!(made.sentence, "theme Mentors made of 2 recommendations");
        workspace.apply(&made);
        assert_eq!(workspace.recommendations.get(id('R', 2)).unwrap().theme, Some(Ref::record(id('H', 3))));
        assert!(make(&workspace, (id('H', 4), "mentors"), None, &[], &author()).is_err());
        assert!(make(&workspace, (id('H', 4), " "), None, &[], &author()).is_err());
    }

    #[test]
    fn similar_words_lead_to_each_other_and_to_a_theme() {
        let mut workspace = workspace();
        let mut words = Words::default();
        let records: Vec<Recommendation> =
            workspace.recommendations.iter().map(|one| Recommendation::clone(one)).collect();
        words.follow(&records.iter().collect::<Vec<_>>());
        assert_eq!(words.alike(id('R', 1)), [id('R', 2)]);
        assert_eq!(words.suggestion(&workspace, id('R', 1)), None);
        let into = place(&workspace, &[id('R', 2)], Some(id('H', 2)), &author()).unwrap();
        workspace.apply(&into);
        assert_eq!(words.suggestion(&workspace, id('R', 1)), Some(id('H', 2)));
    }

    #[test]
    fn an_answer_is_read_in_full_or_by_its_first_letter() {
        let read = |typed: &str| {
            let (answer, reason, contact) = read_answer(typed).unwrap();
            let text = |text: Option<Text>| text.map(|text| text.to_string()).unwrap_or_default();
            (answer, text(reason), text(contact))
        };
        let said = |reason: &str, contact: &str| (Answer::OpenToAnyone, reason.to_owned(), contact.to_owned());
        assert_eq!(read("open to anyone: no capacity | KP"), said("no capacity", "KP"));
        assert_eq!(read("o no capacity"), said("no capacity", ""));
        assert_eq!(read("o"), said("", ""));
        assert_eq!(read("not now"), (Answer::NotNow, String::new(), String::new()));
        assert_eq!(read("taken | Vale"), (Answer::TakenElsewhere, String::new(), "Vale".to_owned()));
        assert!(read_answer("perhaps").is_err() && read_answer("").is_err() && read_answer("é").is_err());
    }
}
