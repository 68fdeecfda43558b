//! Whether a number can be dialled: by the numbering plans of Britain (Ofcom's) and of North America, elsewhere by its
//! length alone.

use crate::model::partnership::Country;

/// The lengths that numbers of a British range have behind their 0, by their first figures; the longest beginning counts.
const BRITISH: [(&str, &[usize]); 10] = [
    ("1", &[10]),
    ("2", &[10]),
    ("3", &[10]),
    ("55", &[10]),
    ("56", &[10]),
    ("7", &[10]),
    ("8", &[10]),
    ("800", &[7, 9, 10]),
    ("845", &[7, 10]),
    ("9", &[10]),
];

/// Areas in which some numbers are a figure shorter than elsewhere.
const SHORTER: [&str; 41] = [
    "1204", "1208", "1254", "1276", "1297", "1298", "1363", "1364", "1384", "1386", "1404", "1420", "1460", "1461",
    "1480", "1488", "1524", "1527", "1562", "1566", "1606", "1629", "1635", "1647", "1659", "1695", "16977", "1726",
    "1744", "1750", "1768", "1827", "1837", "1884", "1900", "1905", "1935", "1946", "1949", "1963", "1995",
];

/// The fewest and the most figures that a number has abroad, with the code of its country.
const ABROAD: std::ops::RangeInclusive<usize> = 7..=15;

/// Why the first number in a text that cannot be dialled cannot be; what stands beside it in words is no number.
pub(super) fn doubt(typed: &str, country: Country) -> Option<String> {
    let typed_small = typed.to_lowercase().replace(" or ", "/").replace(" and ", "/");
    let written: Vec<&str> = typed_small.split(['/', ',', ';']).filter(|part| part.contains(is_figure)).collect();
    if written.is_empty() {
        return Some(format!("there is no number to dial in {typed}"));
    }
    written.into_iter().find_map(|part| doubt_of_one(part.trim(), country))
}

fn is_figure(c: char) -> bool {
    c.is_ascii_digit()
}

fn doubt_of_one(written: &str, country: Country) -> Option<String> {
    // What follows within the house is not dialled from outside.
    let number =
        ["ext", " x", "#", "option"].iter().fold(written, |text, word| text.split(word).next().unwrap_or(text));
    let number = number.replace("(0)", "");
    let figures: String = number.chars().filter(|c| is_figure(*c)).collect();
    let is_abroad = number.trim_start().starts_with('+') || figures.starts_with("00");
    let why = match (is_abroad, country) {
        (true, _) => abroad(figures.trim_start_matches("00")),
        (false, Country::Britain) => british(&figures),
        (false, Country::America) => american(&figures),
        (false, Country::Elsewhere) => any_length(&figures),
    };
    why.map(|why| format!("{} cannot be dialled: {why}", written.trim()))
}

fn abroad(figures: &str) -> Option<String> {
    match (figures.strip_prefix("44"), figures.strip_prefix('1')) {
        (Some(rest), _) => british(&format!("0{}", rest.trim_start_matches('0'))),
        (None, Some(rest)) => american(rest),
        (None, None) => any_length(figures),
    }
}

fn any_length(figures: &str) -> Option<String> {
    let is_fitting = ABROAD.contains(&figures.len()) || (3..=6).contains(&figures.len()) && !figures.starts_with('0');
    (!is_fitting).then(|| format!("a number has {} to {} figures", ABROAD.start(), ABROAD.end()))
}

fn british(figures: &str) -> Option<String> {
    let Some(number) = figures.strip_prefix('0') else { return short(figures, &["1", "999"]) };
    let Some(lengths) = range(number) else {
        return Some(format!("no British number begins with 0{}", number.get(..1).unwrap_or_default()));
    };
    if lengths.contains(&number.len()) {
        return None;
    }
    let wanted: Vec<String> = lengths.iter().map(|length| (length + 1).to_string()).collect();
    Some(format!("it has {} figures, one that begins so has {}", figures.len(), wanted.join(" or ")))
}

fn range(number: &str) -> Option<&'static [usize]> {
    if SHORTER.iter().any(|area| number.starts_with(area)) {
        return Some(&[9, 10]);
    }
    let found = BRITISH.iter().filter(|(begin, _)| number.starts_with(begin)).max_by_key(|(begin, _)| begin.len());
    found.map(|(_, lengths)| *lengths)
}

/// Numbers of a few figures that are dialled as they are: 101, 111, 999, 116 123.
fn short(figures: &str, begins: &[&str]) -> Option<String> {
    let is_short = (3..=6).contains(&figures.len()) && begins.iter().any(|begin| figures.starts_with(begin));
    (!is_short).then(|| "a British number begins with 0 or +44".to_owned())
}

fn american(figures: &str) -> Option<String> {
    let number = figures.strip_prefix('1').filter(|_| figures.len() == 11).unwrap_or(figures);
    let is_service = number.len() == 3 && (number.ends_with("11") || number == "988");
    let begins_well = |at: usize| number.as_bytes().get(at).is_some_and(|figure| (b'2'..=b'9').contains(figure));
    if is_service || number.len() == 10 && begins_well(0) && begins_well(3) {
        return None;
    }
    Some("an American number has an area code of three figures and seven more, as in 617-555-0142".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_can_be_dialled_are_not_doubted() {
        for number in [
            "01632 960107",
            "(01632) 960 107",
            "+44 (0)1632 960107",
            "0044 1632 960107",
            "01632 960107 ext 12",
            "01632 960107 (ask for the duty worker)",
            "01632 960107 or 07700 900123",
            "0800 1111",
            "01935 96010",
            "116 123",
            "999",
            "101",
            "020 7946 0123",
            "+33 1 99 00 12 34",
            "+1 617-555-0142",
        ] {
            assert_eq!(doubt(number, Country::Britain), None, "{number}");
        }
        for number in ["617-555-0142", "1 (617) 555-0142", "988", "911", "+44 1632 960107"] {
            assert_eq!(doubt(number, Country::America), None, "{number}");
        }
    }

    #[test]
    fn what_nobody_can_dial_says_why() {
        for (number, why) in [
            ("01632 96010", "01632 96010 cannot be dialled: it has 10 figures, one that begins so has 11"),
            ("01632 9601071", "it has 12 figures"),
            ("960107", "a British number begins with 0 or +44"),
            ("0412 345678", "no British number begins with 04"),
            ("07700 900 12", "one that begins so has 11"),
            ("ask Ann", "there is no number to dial in ask Ann"),
            ("01632 960107 / 12345678", "12345678 cannot be dialled"),
            ("+33 1", "7 to 15 figures"),
        ] {
            let said = doubt(number, Country::Britain).unwrap_or_default();
            assert!(said.contains(why), "{number}: {said}");
        }
        assert!(doubt("555-0142", Country::America).is_some());
    }
}
