//! CSV cells that a spreadsheet takes for text and leaves as they are.

use std::borrow::Cow;

/// The mark that tells spreadsheets on Windows that a file is UTF-8.
pub const BOM: &[u8] = b"\xef\xbb\xbf";

/// A cell that no spreadsheet runs or changes. One that begins like a formula (OWASP, "CSV Injection") or that a spreadsheet
/// would take for a number or a day and write differently (`01305 …`, `16-25`, twelve digits, `3 Mar`) gets an apostrophe
/// before it, and so does one that begins like a cell which has got one: so [`cell_text`] gives every text back.
pub fn text_cell(cell: &str) -> Cow<'_, str> {
    if is_at_risk(cell) { format!("'{cell}").into() } else { cell.into() }
}

/// The text of a cell that [`text_cell`] wrote.
pub fn cell_text(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('\'') {
        Some(text) if is_at_risk(text) => text.into(),
        _ => cell.into(),
    }
}

/// Whether a spreadsheet runs or changes a text, apostrophes aside.
fn is_at_risk(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    begins_formula(text) || is_changed_number(text) || is_changed_day(text)
}

fn begins_formula(text: &str) -> bool {
    let begins = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠');
    text.starts_with(begins)
}

/// The most digits a spreadsheet shows of a number before it writes it with an exponent.
const SHOWN_DIGITS: usize = 11;

/// Whether a text is made of digits and what stands between them in numbers, days and times, and is not written as a
/// spreadsheet would write it. Days as `2027-03-31` are days there too.
fn is_changed_number(text: &str) -> bool {
    let text = text.trim();
    let is_sign = |c: char| c.is_ascii_digit() || " .,-/:()+%£$€\u{a0}eE'".contains(c);
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    has_digit && text.chars().all(is_sign) && !is_plain_number(text) && !is_iso_day(text)
}

/// A number that comes back as it is: no leading or trailing zeros, few digits.
fn is_plain_number(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_whole = is_digits(whole) && (whole == "0" || !whole.starts_with('0'));
    is_whole && decimals.is_none_or(|part| is_digits(part) && !part.ends_with('0')) && text.len() <= SHOWN_DIGITS
}

fn is_iso_day(text: &str) -> bool {
    let fits = |(at, b): (usize, u8)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

/// Whether a text is nothing but a day or a month in words: `3 Mar`, `Sept-24`, `May 2027`.
fn is_changed_day(text: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let is_month = |word: &String| word.len() <= 9 && MONTHS.iter().any(|month| word.starts_with(month));
    let is_number = |word: &String| word.bytes().all(|b| b.is_ascii_digit());
    let months = words.iter().filter(|word| is_month(word)).count();
    (2..=4).contains(&words.len())
        && months == 1
        && words.iter().filter(|word| is_number(word)).count() + 1 == words.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_or_change_is_text_and_nothing_else_is() {
        for risky in [
            "=1+1",
            "+44 1305",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\0=1",
            "＝1",
            "＋1",
            "－1",
            "＠1",
            "'=1+1",
            "01305 555 0100",
            "01632960001",
            "1 234",
            "16-25",
            "9-5",
            "1/2",
            "10:00",
            "1E5",
            "123456789012",
            "50.60",
            "007",
            "50%",
            "£5",
            "3 Mar",
            "mar-24",
            "May 2027",
            "1 September 2027",
            "1,000",
        ] {
            assert_eq!(text_cell(risky), format!("'{risky}"));
        }
        for fine in [
            "",
            "18",
            "50.6",
            "0",
            "0.5",
            "2027-03-31",
            "a=b",
            "'tis",
            " =1",
            "Mon–Fri 9–5",
            "3 services",
            "March",
            "12 Maple",
        ] {
            assert_eq!(text_cell(fine), fine);
        }
    }

    #[test]
    fn every_text_comes_back() {
        for text in ["=1", "'=1", "''=1", "'", "''", "'tis", "a", "", "-", "'-", "'01", "01", "''01", "3 Mar", "'3 Mar"]
        {
            assert_eq!(cell_text(&text_cell(text)), text);
        }
    }
}
