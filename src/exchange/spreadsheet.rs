//! CSV cells that a spreadsheet takes for text.

use std::borrow::Cow;

/// A cell that no spreadsheet evaluates: one that begins like a formula gets an apostrophe before it (OWASP, "CSV
/// Injection").
pub fn text_cell(cell: &str) -> Cow<'_, str> {
    let begins_formula =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠');
    if cell.starts_with(begins_formula) { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_nothing_else() {
        for risky in ["=1+1", "+44 1305", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠1"]
        {
            assert_eq!(text_cell(risky), format!("'{risky}"));
        }
        for fine in ["", "01305 555 0100", "a=b", "'=1+1", " =1"] {
            assert_eq!(text_cell(fine), fine);
        }
    }
}
