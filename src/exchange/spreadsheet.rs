//! CSV cells that a spreadsheet takes for text.

use std::borrow::Cow;

/// A cell that no spreadsheet evaluates: one that begins like a formula gets an apostrophe before it (OWASP, "CSV
/// Injection"), and so does one that begins like a cell which has got one: so [`cell_text`] gives every text back.
pub fn text_cell(cell: &str) -> Cow<'_, str> {
    if begins_formula(cell) { format!("'{cell}").into() } else { cell.into() }
}

/// The text of a cell that [`text_cell`] wrote.
pub fn cell_text(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('\'') {
        Some(text) if begins_formula(text) => text.into(),
        _ => cell.into(),
    }
}

/// Whether a text begins like a formula, apostrophes aside.
fn begins_formula(text: &str) -> bool {
    let begins = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠');
    text.trim_start_matches('\'').starts_with(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_nothing_else() {
        for risky in
            ["=1+1", "+44 1305", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠1", "'=1+1"]
        {
            assert_eq!(text_cell(risky), format!("'{risky}"));
        }
        for fine in ["", "01305 555 0100", "a=b", "'tis", " =1"] {
            assert_eq!(text_cell(fine), fine);
        }
    }

    #[test]
    fn every_text_comes_back() {
        for text in ["=1", "'=1", "''=1", "'", "''", "'tis", "a", "", "-", "'-"] {
            assert_eq!(cell_text(&text_cell(text)), text);
        }
    }
}
