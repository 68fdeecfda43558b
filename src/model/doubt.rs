//! What cannot be dialled, written to or found, said beside the field in which it was typed. A doubt forbids nothing: the
//! person who types may know better.
//!
//! The numbers of Britain and North America are known by their plans; of other countries only their length. A library
//! that knows every country's (phonenumber) is 2.8 MB of tables, more than a third of this program.

mod phone;

use super::field::{FieldInfo, FieldType, Holds, parts};
use super::partnership::Country;
use super::place::Atlas;
use super::reference::is_known;
use super::row::split_cells;
use super::text::one_line;
use super::{Kind, Workspace};

/// What is around somebody whose typing is doubted.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The records that can be named, and the country of the partnership.
    pub workspace: &'a Workspace,
    /// The areas there are.
    pub atlas: &'a Atlas,
}

/// Why something that was typed may be of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// One sentence.
    pub sentence: String,
    /// What is named and nowhere recorded: its kind and its name.
    pub unknown: Option<(Kind, String)>,
}

impl Doubt {
    fn of(sentence: String) -> Self {
        Self { sentence, unknown: None }
    }
}

/// The first thing to be doubted in what was typed into a field, or into one column of a row.
pub fn doubt(field: &FieldInfo, typed: &str, known: Known<'_>) -> Option<Doubt> {
    match field.field_type {
        FieldType::Reference(kind) => named_nowhere(kind, typed, known.workspace),
        FieldType::References(kind) => parts(typed).find_map(|part| named_nowhere(kind, part, known.workspace)),
        FieldType::Areas => parts(typed).find_map(|part| no_area(part, known.atlas)),
        _ => field.holds.and_then(|holds| useless(holds, typed, known.workspace)).map(Doubt::of),
    }
}

/// The doubts about a whole table: of the row with this number, in the column with that.
pub fn doubts_of_rows(columns: &[FieldInfo], typed: &str, known: Known<'_>) -> Vec<(usize, usize, Doubt)> {
    let lines = typed.lines().filter(|line| !line.trim().is_empty()).enumerate();
    let of_row = |(row, line): (usize, &str)| {
        let cells = split_cells(line);
        let of_cell = |(column, (info, cell)): (usize, (&FieldInfo, &String))| {
            doubt(info, cell, known).map(|doubt| (row, column, doubt))
        };
        columns.iter().zip(&cells).enumerate().filter_map(of_cell).collect::<Vec<_>>()
    };
    lines.flat_map(of_row).collect()
}

/// The doubts about what was typed into a field, each as a sentence.
pub fn sentences(field: &FieldInfo, typed: &str, known: Known<'_>) -> Vec<String> {
    match field.field_type {
        FieldType::Rows(columns) => {
            let said = |(row, column, doubt): (usize, usize, Doubt)| {
                format!("row {}, {}: {}", row + 1, columns[column].label.to_lowercase(), doubt.sentence)
            };
            doubts_of_rows(columns, typed, known).into_iter().map(said).collect()
        }
        _ => doubt(field, typed, known).map(|doubt| doubt.sentence).into_iter().collect(),
    }
}

/// A name to which no record of the kind answers.
fn named_nowhere(kind: Kind, typed: &str, workspace: &Workspace) -> Option<Doubt> {
    let name = one_line(typed);
    if name.is_empty() || is_known(kind, &name, workspace) {
        return None;
    }
    let other = match kind {
        Kind::Organisation => Kind::Person,
        Kind::Person => Kind::Organisation,
        _ => kind,
    };
    if other != kind && is_known(other, &name, workspace) {
        return Some(Doubt::of(format!("{name} is {}, not {}", other.with_article(), kind.with_article())));
    }
    let sentence = format!("no {} here is called {name}", kind.singular());
    Some(Doubt { sentence, unknown: kind.is_addable().then_some((kind, name)) })
}

fn no_area(typed: &str, atlas: &Atlas) -> Option<Doubt> {
    // Without a map nothing is known of areas.
    let is_known = atlas.area_names().is_empty() || atlas.area(typed).is_some();
    (!is_known).then(|| Doubt::of(format!("no area of the map is called {}", one_line(typed))))
}

/// Why nobody is reached by what stands here.
fn useless(holds: Holds, typed: &str, workspace: &Workspace) -> Option<String> {
    let typed = one_line(typed);
    if typed.is_empty() {
        return None;
    }
    let country = workspace.partnership.iter().next().map(|partnership| partnership.country).unwrap_or_default();
    match holds {
        Holds::Phone => phone::doubt(&typed, country),
        Holds::Email => email(&typed),
        Holds::Web => web(&typed),
        Holds::Postcode => postcode(&typed, country),
    }
}

/// Whether it could be the name of a host: words with points between, the last one of letters.
fn is_host(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && !label.starts_with('-') && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let last = labels.last().copied().unwrap_or_default();
    labels.len() > 1 && labels.iter().all(is_label) && last.chars().count() > 1 && last.chars().all(char::is_alphabetic)
}

fn email(typed: &str) -> Option<String> {
    let is_address = |text: &str| {
        let parts = text.rsplit_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && !name.contains(['@', '<', '>']) && is_host(host))
    };
    let mut written =
        typed.split([',', ';', ' ', '/']).filter(|part| !part.is_empty() && *part != "or" && *part != "and");
    let wrong = written.find(|part| !is_address(part))?;
    Some(format!("nobody can be written to at {wrong}: an address is like name@example.org"))
}

fn web(typed: &str) -> Option<String> {
    let after = ["https://", "http://"].iter().find_map(|scheme| typed.strip_prefix(scheme)).unwrap_or(typed);
    let host = after.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let is_page = is_host(host) && !typed.contains([' ', '@']);
    (!is_page).then(|| format!("no page is at {typed}: an address is like example.org/page"))
}

fn postcode(typed: &str, country: Country) -> Option<String> {
    let code: String = typed.chars().filter(|c| *c != ' ').collect::<String>().to_uppercase();
    match country {
        Country::Britain if !is_british(&code) => Some(format!("{typed} is no whole postcode: one is like DT4 8JG")),
        Country::America if !is_zip(&code) => Some(format!("{typed} is no ZIP code: one is like 02139 or 02139-1234")),
        _ => None,
    }
}

/// One or two letters, a figure, perhaps a figure or a letter; a figure and two letters.
fn is_british(code: &str) -> bool {
    let shape: String = code
        .chars()
        .map(|c| match c {
            'A'..='Z' => 'A',
            '0'..='9' => '9',
            _ => '?',
        })
        .collect();
    ["A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA"].contains(&shape.as_str()) || code == "GIR0AA"
}

fn is_zip(code: &str) -> bool {
    let is_number = |part: &str, figures| part.len() == figures && part.bytes().all(|b| b.is_ascii_digit());
    match code.split_once('-') {
        Some((five, four)) => is_number(five, 5) && is_number(four, 4),
        None => is_number(code, 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_nobody_has_is_doubted() {
        for fine in ["ann@example.org", "ann@example.org, bob@example.co.uk", "o'neil+x@a-b.example"] {
            assert_eq!(email(fine), None, "{fine}");
        }
        for wrong in ["ann", "ann@example", "@example.org", "ann@.org", "ann at example.org", "a@b@"] {
            assert!(email(wrong).is_some(), "{wrong}");
        }
        for fine in ["example.org", "https://www.example.org/a?b#c", "http://localhost.example:80/"] {
            assert_eq!(web(fine), None, "{fine}");
        }
        for wrong in ["example", "see the leaflet", "http//example.org", "ann@example.org", "https://", "1.2"] {
            assert!(web(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn a_postcode_has_the_shape_of_its_country() {
        for fine in ["DT4 8JG", "dt48jg", "W1A 1AA", "EC1A 1BB", "M1 1AE", "GIR 0AA"] {
            assert_eq!(postcode(fine, Country::Britain), None, "{fine}");
        }
        for wrong in ["DT4", "DT4 8J", "48JG", "02139", "DT4 8JGG"] {
            assert!(postcode(wrong, Country::Britain).is_some(), "{wrong}");
        }
        assert_eq!(postcode("02139-1234", Country::America), None);
        assert!(postcode("DT4 8JG", Country::America).is_some());
        assert_eq!(postcode("75008 Paris", Country::Elsewhere), None);
    }
}
