//! Structured values that free text states explicitly: ages, sex, clients, routes. Nothing is guessed beyond the words.

use crate::model::choice::Set;
use crate::model::service::{Ages, Client, Route, Sex};

fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace(['–', '—'], "-");
    let trim = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+').to_owned();
    text.split_whitespace().map(trim).filter(|word| !word.is_empty()).collect()
}

/// The ages a text names, if it names one range only: `18+`, `aged 16-25`, `55 or over`.
pub fn ages(text: &str) -> Option<Ages> {
    let words = words(text);
    let mut found: Vec<Ages> = (0..words.len()).filter_map(|at| ages_at(&words, at)).collect();
    found.dedup();
    match found[..] {
        [one] => Some(one),
        _ => None,
    }
}

fn ages_at(words: &[String], at: usize) -> Option<Ages> {
    let word = |step: usize| words.get(at + step).map_or("", String::as_str);
    let before = at.checked_sub(1).map_or("", |at| words[at].as_str());
    let named = matches!(before, "age" | "aged" | "ages" | "between");
    let age = |text: &str| text.parse::<u8>().ok().filter(|age| *age < 120);
    let range = |from, to| (from <= to).then_some(Ages { from: Some(from), to: Some(to) });
    let this = word(0);
    if let Some(from) = this.strip_suffix('+').and_then(age) {
        return Some(Ages { from: Some(from), to: None });
    }
    if let Some((from, to)) = this.split_once('-').and_then(|(from, to)| age(from).zip(age(to))) {
        return if named || word(1).starts_with("year") || word(1) == "yrs" { range(from, to) } else { None };
    }
    let from = age(this)?;
    let years = usize::from(word(1).starts_with("year"));
    let upward = ["over", "above", "older", "up"].contains(&word(years + 2));
    if upward && matches!(word(years + 1), "and" | "or") {
        return Some(Ages { from: Some(from), to: None });
    }
    let to = age(word(2)).filter(|_| named && matches!(word(1), "to" | "and"))?;
    range(from, to)
}

/// The sex to which a text restricts a service: `Men only`, `women only`.
pub fn sex(text: &str) -> Option<Sex> {
    let words = words(text);
    let is = |word: &str, names: [&str; 3]| names.contains(&word);
    let says = |names: [&str; 3]| {
        words
            .windows(2)
            .any(|pair| is(&pair[0], names) && pair[1] == "only" || pair[0] == "only" && is(&pair[1], names))
    };
    match (says(["men", "male", "males"]), says(["women", "female", "females"])) {
        (true, false) => Some(Sex::Male),
        (false, true) => Some(Sex::Female),
        _ => None,
    }
}

/// The groups of clients that a text names.
pub fn clients(text: &str) -> Set<Client> {
    let text = format!(" {} ", words(text).join(" "));
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(&format!(" {phrase}")));
    let mut clients = Set::default();
    for (client, phrases) in [
        (Client::InCustody, &["in custody", "in prison", "prisoner", "inmate"] as &[&str]),
        (Client::OnProbation, &["on probation", "on licence", "community order", "probationer"]),
        (Client::Victim, &["victim"]),
        (
            Client::Family,
            &["families of prisoners", "families of offenders", "prisoners families", "prisoners' families"],
        ),
        (Client::Anyone, &["anyone", "open to all", "everyone", "no restrictions"]),
    ] {
        if says(phrases) {
            clients.insert(client);
        }
    }
    clients
}

/// The referral routes that a text names.
pub fn routes(text: &str) -> Set<Route> {
    let text = text.to_lowercase();
    let mut routes = Set::default();
    for (route, phrases) in [
        (Route::SelfReferral, &["self-refer", "self refer", "self-referral"] as &[&str]),
        (Route::DropIn, &["drop-in", "drop in", "walk-in", "walk in"]),
        (
            Route::Agency,
            &[
                "agency referral",
                "referral from",
                "referral by",
                "referred by",
                "referral required",
                "professional referral",
            ],
        ),
        (Route::Appointment, &["appointment"]),
    ] {
        if phrases.iter().any(|phrase| text.contains(phrase)) {
            routes.insert(route);
        }
    }
    routes
}

/// Whether a name is that of a refuge, whose address must stay secret.
pub fn is_refuge(name: &str) -> bool {
    let words = words(name);
    let is = |word: &String| matches!(word.as_str(), "refuge" | "refuges" | "safehouse");
    let for_animals = ["wildlife", "animal", "animals", "bird", "nature", "donkey", "cat", "dog"];
    if words.iter().any(|word| for_animals.contains(&word.as_str())) {
        return false;
    }
    words.iter().any(is) || words.windows(2).any(|pair| pair[0] == "safe" && pair[1].starts_with("house"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_only_where_they_are_stated_once() {
        let of = |text| ages(text).map(|ages| (ages.from, ages.to));
        assert_eq!(of("18+"), Some((Some(18), None)));
        assert_eq!(of("Young people aged 16-25."), Some((Some(16), Some(25))));
        assert_eq!(of("ages 16 to 25"), Some((Some(16), Some(25))));
        assert_eq!(of("Residents age 55 or over"), Some((Some(55), None)));
        assert_eq!(of("girls, 5-17 years old"), Some((Some(5), Some(17))));
        assert_eq!(of("Age 55 or over for most, age 60 or over for lunch"), None);
        assert_eq!(of("open 9-5, ring 01305 555 0100"), None);
        assert_eq!(of("adults"), None);
    }

    #[test]
    fn sex_only_where_it_says_only() {
        assert_eq!(sex("Men only"), Some(Sex::Male));
        assert_eq!(sex("Women only."), Some(Sex::Female));
        assert_eq!(sex("men and women"), None);
        assert_eq!(sex("for women"), None);
    }

    #[test]
    fn a_refuge_is_not_a_refugee() {
        assert!(is_refuge("Women's Refuge (Poole)"));
        assert!(is_refuge("A safe house"));
        assert!(!is_refuge("Refugee Council"));
        assert!(!is_refuge("Key Deer National Wildlife Refuge"));
    }
}
