//! What stands in single cells: several telephone numbers, a postcode within an address, an e-mail address.

use super::super::values as standard;

/// Whether a text is one e-mail address.
pub fn is_email(text: &str) -> bool {
    let text = text.trim();
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) && !text.contains(' ')
}

/// Whether a text is one web address.
pub fn is_web(text: &str) -> bool {
    let text = text.trim();
    !text.contains('@') && ["http://", "https://", "www."].iter().any(|start| text.to_lowercase().starts_with(start))
}

/// Whether a text is a telephone number, perhaps with a word or two beside it.
pub fn is_phone(text: &str) -> bool {
    let count = |test: fn(&char) -> bool| text.chars().filter(test).count();
    let (digits, letters) = (count(char::is_ascii_digit), count(|c| c.is_alphabetic()));
    (9..=15).contains(&digits) && letters <= 12 && !text.contains('@') && has_postcode(text).is_none()
}

/// A telephone number of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The number.
    pub number: String,
    /// What is said of it: "evenings", "mobile".
    pub note: String,
}

/// The telephone numbers of a cell, each with what is said of it; nothing where no number can be told.
pub fn phones(text: &str) -> Vec<Phone> {
    let separated = text.replace(" or ", "/").replace(" and ", "/").replace(" & ", "/");
    let mut phones: Vec<Phone> = Vec::new();
    for part in separated.split(['/', ',', ';', '\n', '|']).map(str::trim).filter(|part| !part.is_empty()) {
        let digits = part.chars().filter(char::is_ascii_digit).count();
        match phones.last_mut() {
            _ if digits >= 5 => {
                let phone = phone(part);
                if phone.number.chars().filter(char::is_ascii_digit).count() < 5 {
                    return Vec::new();
                }
                phones.push(phone);
            }
            Some(last) if digits == 0 => last.note = joined(&last.note, part),
            _ => return Vec::new(),
        }
    }
    phones
}

/// Two texts with a blank between.
fn joined(one: &str, two: &str) -> String {
    format!("{one} {two}").trim().to_owned()
}

/// A number with the words around it.
fn phone(part: &str) -> Phone {
    let is_of_number = |c: char| c.is_ascii_digit() || "+()- .\u{a0}".contains(c);
    let lower = part.to_lowercase();
    let end = ["ext", " x"].iter().filter_map(|word| lower.find(word)).min().filter(|_| lower.len() == part.len());
    let (main, extension) = part.split_at(end.unwrap_or(part.len()));
    let first = main.find(|c: char| c.is_ascii_digit() || c == '+').unwrap_or_default();
    let first = if main[..first].ends_with('(') { first - 1 } else { first };
    let length = main[first..].find(|c| !is_of_number(c)).unwrap_or(main.len() - first);
    let number = main[first..first + length].trim_end_matches(['(', ' ', '-', '.']);
    let before = main[..first].trim().trim_end_matches([':', '-', '.']).to_owned();
    let after = main[first + number.len()..].trim().trim_matches(['(', ')', '-', ' ']);
    let note = format!("{before} {after}").trim().to_owned();
    Phone { number: format!("{} {extension}", number.trim()).trim().to_owned(), note }
}

/// A number that a spreadsheet has taken its leading nought from, or the plus: as one dials it in Britain. `None` where
/// nothing is missing, or where it cannot be told.
pub fn with_nought(number: &str) -> Option<String> {
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let begins = |digits: &str, with: &[char]| digits.starts_with(with);
    match number.len() {
        // the national significant numbers of Britain have ten digits, a few old ones nine
        10 if begins(number, &['1', '2', '3', '5', '7', '8', '9']) => Some(format!("0{number}")),
        9 if begins(number, &['1', '8']) => Some(format!("0{number}")),
        12 if number.starts_with("44") && !number[2..].starts_with('0') => Some(format!("+{number}")),
        _ => None,
    }
}

/// Whether a text is a long number as a spreadsheet shows it where the cell is narrow: its digits are lost.
pub fn is_rounded(text: &str) -> bool {
    let upper = text.trim().to_uppercase();
    upper.split_once("E+").is_some_and(|(one, two)| {
        one.contains('.') && one.bytes().all(|b| b.is_ascii_digit() || b == b'.') && two.parse::<u8>().is_ok()
    })
}

/// The postcode in a text, in its standard form, and the text without it.
pub fn has_postcode(text: &str) -> Option<(String, String)> {
    let words: Vec<(usize, &str)> = words(text).collect();
    for (at, (start, word)) in words.iter().enumerate().rev() {
        let next = words.get(at + 1);
        let two = next.map(|(from, next)| (*start, from + next.len(), format!("{word} {next}")));
        let one = Some((*start, start + word.len(), (*word).to_owned()));
        for (start, end, typed) in [two, one].into_iter().flatten() {
            if let Some(postcode) = standard_postcode(&typed) {
                let rest = format!("{}{}", &text[..start], &text[end..]);
                return Some((postcode, tidied(&rest)));
            }
        }
    }
    None
}

fn standard_postcode(typed: &str) -> Option<String> {
    // In small letters it never is in its standard form, so that the reader answers.
    standard::postcode(&typed.to_lowercase().replace('-', " "))
}

/// The words of a text with where they begin; commas, full stops and brackets are between them.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';' | '(' | ')' | ':');
    text.split(is_between)
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// A text without the commas and blanks that something that was cut out of it leaves behind.
fn tidied(text: &str) -> String {
    let lines = text.lines().map(|line| parts(line).collect::<Vec<_>>().join(", "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The parts of an address between commas.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    line.split(',')
        .map(|part| part.trim().trim_matches(['.', ';']).trim())
        .filter(|part| !part.is_empty() && *part != "()")
}

/// An address in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// House and street.
    pub street: String,
    /// The town.
    pub town: String,
    /// The county.
    pub county: String,
    /// The postcode.
    pub postcode: String,
}

/// Counties that do not end in "shire".
const COUNTIES: &[&str] = &[
    "dorset",
    "devon",
    "somerset",
    "cornwall",
    "kent",
    "surrey",
    "east sussex",
    "west sussex",
    "essex",
    "norfolk",
    "suffolk",
    "cumbria",
    "county durham",
    "northumberland",
    "tyne and wear",
    "merseyside",
    "greater manchester",
    "west midlands",
    "west yorkshire",
    "south yorkshire",
    "isle of wight",
    "rutland",
    "herefordshire",
    "england",
    "uk",
    "united kingdom",
];

/// What stands in the place of an address and is no town.
const NOWHERE: &[&str] = &[
    "online",
    "virtual",
    "by phone",
    "phone",
    "telephone",
    "various",
    "n/a",
    "none",
    "tbc",
    "confidential",
    "home visit",
    "outreach",
    "as above",
    "see ",
    "on request",
    "zoom",
    "mobile",
    "not disclosed",
    "withheld",
];

fn is_county(part: &str) -> bool {
    let lower = part.to_lowercase();
    COUNTIES.contains(&lower.as_str()) || (lower.ends_with("shire") && !lower.contains(' '))
}

/// Takes an address apart: the postcode wherever it stands, the county and the town at its end. With `has_town` the town
/// has a column of its own and is not looked for.
pub fn address(text: &str, has_town: bool) -> Address {
    let (postcode, rest) = has_postcode(text).unwrap_or_else(|| (String::new(), text.to_owned()));
    let mut parts: Vec<&str> = rest.lines().flat_map(parts).collect();
    let mut address = Address { postcode, ..Address::default() };
    while parts.len() > 1 && parts.last().is_some_and(|last| is_county(last)) {
        let county = parts.pop().unwrap_or_default();
        let more = if address.county.is_empty() { String::new() } else { format!(", {}", address.county) };
        address.county = format!("{county}{more}");
    }
    let is_town = |part: &&str| {
        let lower = part.to_lowercase();
        !part.contains(|c: char| c.is_ascii_digit()) && !NOWHERE.iter().any(|word| lower.starts_with(word))
    };
    if !has_town && (parts.len() > 1 || !address.postcode.is_empty() || parts.iter().all(|part| part.len() < 30)) {
        address.town = parts.pop_if(|last| is_town(&&**last)).map(str::to_owned).unwrap_or_default();
    }
    address.street = parts.join(", ");
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_numbers_in_one_cell() {
        let of = |text| phones(text).into_iter().map(|phone| (phone.number, phone.note)).collect::<Vec<_>>();
        let pair = |number: &str, note: &str| (number.to_owned(), note.to_owned());
        assert_eq!(
            of("01632 960111 / 07700 900222 (evenings)"),
            [pair("01632 960111", ""), pair("07700 900222", "evenings")]
        );
        assert_eq!(
            of("Office: 01632 960111\nMob 07700 900222"),
            [pair("01632 960111", "Office"), pair("07700 900222", "Mob")]
        );
        assert_eq!(of("01632 960111 ext 4"), [pair("01632 960111 ext 4", "")]);
        assert_eq!(of("(01632) 960111"), [pair("(01632) 960111", "")]);
        assert_eq!(of("01632 960111 or 01632 960112"), [pair("01632 960111", ""), pair("01632 960112", "")]);
        assert_eq!(of("01632 960111, evenings"), [pair("01632 960111", "evenings")]);
        assert!(of("see web page").is_empty());
    }

    #[test]
    fn a_nought_comes_back_where_it_can_be_told() {
        for (number, whole) in [
            ("1632960111", Some("01632960111")),
            ("441632960111", Some("+441632960111")),
            ("01632960111", None),
            ("01632 960111", None),
            ("960111", None),
            ("999", None),
        ] {
            assert_eq!(with_nought(number).as_deref(), whole, "{number}");
        }
        assert!(is_rounded("1.63296E+09") && !is_rounded("1632960111"));
    }

    #[test]
    fn a_postcode_within_an_address() {
        let of = |text| address(text, false);
        let whole = |street: &str, town: &str, county: &str, postcode: &str| Address {
            street: street.into(),
            town: town.into(),
            county: county.into(),
            postcode: postcode.into(),
        };
        assert_eq!(of("12 High Street, Weymouth DT4 8XX"), whole("12 High Street", "Weymouth", "", "DT4 8XX"));
        assert_eq!(of("12 High St,\nWeymouth,\nDorset\ndt48xx"), whole("12 High St", "Weymouth", "Dorset", "DT4 8XX"));
        assert_eq!(of("DT4 8XX"), whole("", "", "", "DT4 8XX"));
        assert_eq!(of("Weymouth"), whole("", "Weymouth", "", ""));
        assert_eq!(of("The Hall, DT4 8XX, Portland"), whole("The Hall", "Portland", "", "DT4 8XX"));
        assert_eq!(address("12 High Street, Wyke", true), whole("12 High Street, Wyke", "", "", ""));
        assert_eq!(has_postcode("call 01632 960111"), None);
    }
}
