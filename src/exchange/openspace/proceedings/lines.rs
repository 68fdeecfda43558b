//! The lines of a file of proceedings: what each looks like, before anything is known of what stands around it.

use crate::model::text::clean;

/// A line that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// What it looks like.
    pub look: Look,
    /// The whole of it, without blanks around.
    pub text: String,
    /// Whether a blank line stands before it.
    pub after_blank: bool,
    /// Whether it is indented.
    pub is_indented: bool,
}

/// What a line looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// A heading: its level, from 1, and its words.
    Heading(usize, String),
    /// An item of a list: its number, where it bears one, and its words.
    Item(Option<u16>, String),
    /// What only divides.
    Rule,
    /// Anything else.
    Text,
}

/// Takes a file apart.
pub fn split(text: &str) -> Vec<Line> {
    let text = clean(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut lines: Vec<Line> = Vec::new();
    let mut after_blank = true;
    for (at, raw) in text.split('\n').enumerate() {
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            after_blank = true;
            continue;
        }
        let look = look(trimmed);
        underline(&mut lines, trimmed, after_blank);
        let is_indented = raw.starts_with("  ") || raw.starts_with('\t');
        lines.push(Line { number: at + 1, look, text: trimmed.to_owned(), after_blank, is_indented });
        after_blank = false;
    }
    lines
}

/// A line of `=` or `-` under a line of text makes a heading of it.
fn underline(lines: &mut [Line], rule: &str, after_blank: bool) {
    let level = match rule.bytes().next() {
        Some(b'=') => 1,
        _ => 2,
    };
    let is_rule = rule.len() >= 3 && (rule.bytes().all(|byte| byte == b'=') || rule.bytes().all(|byte| byte == b'-'));
    if let Some(last) = lines.last_mut().filter(|last| is_rule && !after_blank && last.after_blank)
        && last.look == Look::Text
    {
        last.look = Look::Heading(level, last.text.clone());
    }
}

fn look(line: &str) -> Look {
    let dividers = ['-', '*', '_', '='];
    if line.chars().count() >= 3 && dividers.iter().any(|sign| line.chars().all(|c| c == *sign || c == ' ')) {
        return Look::Rule;
    }
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    let words = line[hashes..].trim_end_matches('#').trim();
    if (1..=6).contains(&hashes) && !words.is_empty() && line[hashes..].starts_with([' ', '\u{a0}', '*']) {
        return Look::Heading(hashes, words.to_owned());
    }
    item(line).unwrap_or(Look::Text)
}

/// An item: behind a bullet, or behind `2.`, `2)`, `(2)`.
fn item(line: &str) -> Option<Look> {
    for bullet in ['-', '*', '+', '•', '·', '–', '◦', '▪'] {
        if let Some(rest) = line.strip_prefix(bullet).filter(|rest| rest.starts_with(' ')) {
            return Some(Look::Item(None, rest.trim().to_owned()));
        }
    }
    let open = line.strip_prefix('(').unwrap_or(line);
    let digits = open.bytes().take_while(u8::is_ascii_digit).count();
    let number = open[..digits].parse().ok().filter(|number| *number > 0)?;
    let rest = open[digits..].strip_prefix([')', '.']).filter(|rest| rest.starts_with(' '))?;
    Some(Look::Item(Some(number), rest.trim().to_owned()))
}

/// Words without the signs that make them bold or italic.
pub fn bare(words: &str) -> String {
    let words = words.replace("**", "").replace("__", "");
    let words = words.trim();
    let inner = words.strip_prefix('*').and_then(|rest| rest.strip_suffix('*')).filter(|inner| !inner.contains('*'));
    inner.unwrap_or(words).trim().to_owned()
}

/// `17.2 Draw one map`: the number of the topic, that of the recommendation, and what it says.
pub fn numbered(words: &str) -> Option<(u16, u16, &str)> {
    let (topic, rest) = leading_number(words)?;
    let (number, rest) = leading_number(rest.strip_prefix('.')?)?;
    let rest = rest.strip_prefix([':', '.', ')']).unwrap_or(rest);
    rest.starts_with(char::is_whitespace).then(|| (topic, number, rest.trim()))
}

/// The number with which words begin, from 1, and what stands behind it.
pub fn leading_number(words: &str) -> Option<(u16, &str)> {
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    let number = words[..digits].parse().ok().filter(|number| *number > 0)?;
    Some((number, &words[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart_by_their_looks() {
        let item = |number, words: &str| Look::Item(number, words.to_owned());
        for (line, expected) in [
            ("# One", Look::Heading(1, "One".to_owned())),
            ("### One ##", Look::Heading(3, "One".to_owned())),
            ("#17 is a number", Look::Text),
            ("- one", item(None, "one")),
            ("• one", item(None, "one")),
            ("2. two", item(Some(2), "two")),
            ("(2) two", item(Some(2), "two")),
            ("17.2 two", Look::Text),
            ("2010 was hard", Look::Text),
            ("---", Look::Rule),
            ("**bold**", Look::Text),
        ] {
            assert_eq!(look(line), expected, "{line}");
        }
        assert_eq!(numbered("17.2 Draw one map"), Some((17, 2, "Draw one map")));
        assert_eq!(numbered("17.2. Draw"), Some((17, 2, "Draw")));
        assert_eq!((numbered("17.2"), numbered("3.5% of all"), numbered("0.1 x")), (None, None, None));
        assert_eq!((bare("**Convener:** KP"), bare("*Note*")), ("Convener: KP".to_owned(), "Note".to_owned()));
    }

    #[test]
    fn a_line_that_is_underlined_is_a_heading() {
        let lines = split("\u{feff}Verwood\r\n=======\r\n\r\nOne\r\n---\r\ntext\r\n");
        let looks: Vec<&Look> = lines.iter().map(|line| &line.look).collect();
        let heading = |level, words: &str| Look::Heading(level, words.to_owned());
        assert_eq!(looks, [&heading(1, "Verwood"), &Look::Rule, &heading(2, "One"), &Look::Rule, &Look::Text]);
        assert_eq!(lines.last().map(|line| line.number), Some(6));
    }
}
