//! A report in Markdown (CommonMark, with the tables of GitHub). Whatever of a text could be taken for notation gets a
//! backslash before it, and nothing else does: most people read Markdown as it is.

use super::document::{Block, Document, Level, Sort, Span, Table, Words};
use crate::model::text::one_line;

/// Writes a report.
pub fn render(document: &Document) -> String {
    let mut parts = vec![format!("# {}", line(&document.title.as_str().into()))];
    if !document.subtitle.is_empty() {
        parts.push(document.subtitle.iter().map(|text| line(&text.as_str().into())).collect::<Vec<_>>().join("\\\n"));
    }
    parts.extend(document.blocks.iter().map(block));
    if !document.footer.is_empty() {
        parts.push(format!("---\n\n{}", line(&document.footer.as_str().into())));
    }
    parts.join("\n\n") + "\n"
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, words) => format!("{} {}", marks(*level), line(words)),
        Block::Paragraph(words) => line(words),
        Block::Quote(words) => format!("> {}", line(words)),
        Block::List(items) => lines(items.iter().map(|item| format!("- {}", line(item)))),
        Block::Facts(facts) => {
            lines(facts.iter().map(|(label, words)| format!("- **{}:** {}", escaped(label), line(words))))
        }
        Block::Table(table) => table_lines(table),
    }
}

fn marks(level: Level) -> &'static str {
    match level {
        Level::Part => "##",
        Level::Section | Level::Entry => "###",
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

fn table_lines(table: &Table) -> String {
    let row = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let headings: Vec<String> = table.columns.iter().map(|column| escaped(&column.heading)).collect();
    let rule = |sort: Sort| if sort == Sort::Number { "---:" } else { "---" }.to_owned();
    let rules: Vec<String> = table.columns.iter().map(|column| rule(column.sort)).collect();
    let mut all = vec![format!("**{}**\n", escaped(&table.caption)), row(&headings), row(&rules)];
    for group in &table.groups {
        if !group.name.is_empty() {
            let mut cells = vec![format!("**{}**", escaped(&group.name))];
            cells.resize(table.columns.len(), String::new());
            all.push(row(&cells));
        }
        all.extend(group.rows.iter().map(|cells| row(&cells.iter().map(line).collect::<Vec<_>>())));
    }
    all.join("\n")
}

/// Words on one line, at the beginning of which they may stand. Emphasis touches no letter outside it, where it would be
/// taken for stars.
fn line(words: &Words) -> String {
    let mut out = String::new();
    let mut was_strong = false;
    for span in words.0.iter().filter(|span| !span.text().is_empty()) {
        let is_strong = matches!(span, Span::Strong(text) if !text.trim().is_empty());
        let stars = if is_strong { "**" } else { "" };
        let written = spaced(span.text(), |text| format!("{stars}{}{stars}", escaped(text)));
        let (before, behind) = (out.chars().last(), written.chars().next());
        let is_apart = [before, behind].into_iter().any(|sign| sign.is_none_or(char::is_whitespace));
        let is_outside = if is_strong { before } else { behind };
        let is_letter = is_outside.is_some_and(|sign| !sign.is_ascii_punctuation());
        if (is_strong || was_strong) && !is_apart && (is_letter || is_strong && was_strong) {
            out.push(' ');
        }
        out.push_str(&written);
        was_strong = is_strong;
    }
    begun(out.trim())
}

/// The text in one line, as `write` writes it, with a blank at each end where it had some.
fn spaced(text: &str, write: impl Fn(&str) -> String) -> String {
    let blank = |is_there: bool| if is_there { " " } else { "" };
    let inner = one_line(text);
    if inner.is_empty() {
        return blank(!text.is_empty()).to_owned();
    }
    let (before, behind) = (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
    format!("{}{}{}", blank(before), write(&inner), blank(behind))
}

/// Text in which no sign is notation. A sign of emphasis within a word, an ampersand between blanks and the like are none
/// and stay as they are.
fn escaped(text: &str) -> String {
    let signs: Vec<char> = one_line(text).chars().collect();
    let is_word = |at: Option<usize>| at.and_then(|at| signs.get(at)).is_some_and(|sign| sign.is_alphanumeric());
    let mut out = String::with_capacity(text.len());
    for (at, sign) in signs.iter().enumerate() {
        let (before, behind) = (is_word(at.checked_sub(1)), is_word(Some(at + 1)));
        let is_notation = match sign {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' | '$' => true,
            '_' => !(before && behind),
            '&' => behind || signs.get(at + 1) == Some(&'#'),
            '#' => !before,
            _ => false,
        };
        if is_notation {
            out.push('\\');
        }
        out.push(*sign);
    }
    out
}

/// A line that does not begin like a list, a quote, a rule or a heading.
fn begun(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let is_number =
        digits > 0 && rest.starts_with(['.', ')']) && rest[1..].chars().next().is_none_or(char::is_whitespace);
    if is_number {
        return format!("{}\\{rest}", &line[..digits]);
    }
    if line.starts_with(['-', '+', '=', '>', ':']) { format!("\\{line}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_notation_is_none() {
        for (text, written) in [
            ("plain text, 17.2 of it", "plain text, 17.2 of it"),
            ("Weymouth & Portland", "Weymouth & Portland"),
            ("&amp;", "\\&amp;"),
            ("<b>", "\\<b>"),
            ("snake_case and _not_", "snake_case and \\_not\\_"),
            ("a | b", "a \\| b"),
            ("[x](y)", "\\[x\\](y)"),
        ] {
            assert_eq!(escaped(text), written);
        }
    }

    #[test]
    fn lines_begin_as_text() {
        for (text, written) in [
            ("1. one", "1\\. one"),
            ("- one", "\\- one"),
            ("> one", "\\> one"),
            ("17.2 Share", "17.2 Share"),
            ("# one", "\\# one"),
        ] {
            assert_eq!(line(&text.into()), written);
        }
    }

    #[test]
    fn emphasis_keeps_its_blanks_outside() {
        assert_eq!(line(&Words::strong("Mapping: ").and("who does what")), "**Mapping:** who does what");
        assert_eq!(line(&Words::strong("Mapping").and(": who")), "**Mapping**: who");
        assert_eq!(line(&Words::strong("17.2").and("who")), "**17.2** who");
    }
}
