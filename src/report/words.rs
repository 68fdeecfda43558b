//! How reports say things: days in full, numbers with their nouns, lists with an "and".

use crate::model::Date;
use crate::model::text::count;

/// A day in full: `8 June 2010`. Whoever reads a report may read it in another year.
pub fn long_date(day: Date) -> String {
    day.format("%-d %B %Y").to_string()
}

/// A day in full with its weekday: `Tuesday 8 June 2010`.
pub fn full_date(day: Date) -> String {
    day.format("%A %-d %B %Y").to_string()
}

/// How many of something there are: `1 topic`, `28 topics`.
pub fn many(number: usize, one: &str, more: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { more })
}

/// Names in a sentence: `one, two and three`.
pub fn and<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// A sentence with a capital at its beginning and a full stop at its end.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut signs = text.chars();
    let Some(first) = signs.next() else { return String::new() };
    let stop = if text.ends_with(['.', '!', '?', '…', ':']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), signs.as_str())
}

/// What `write` makes of each of these, one behind the other.
pub fn each<T>(items: impl IntoIterator<Item = T>, write: impl Fn(T) -> String) -> String {
    items.into_iter().map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_said_as_one_says_them() {
        assert_eq!(many(1, "topic", "topics"), "1 topic");
        assert_eq!(many(1_204, "service", "services"), "1,204 services");
        assert_eq!(and(&["one", "two", "three"]), "one, two and three");
        assert_eq!(and(&["one"]), "one");
        assert_eq!(sentence("nobody came"), "Nobody came.");
        assert_eq!(full_date("2010-06-08".parse().unwrap()), "Tuesday 8 June 2010");
    }
}
