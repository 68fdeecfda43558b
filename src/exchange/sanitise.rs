//! Sanitises every string that comes from outside.
//!
//! Tags become text, entities are decoded once, escape sequences and invisible characters are removed; anything else
//! that is not allowed in a [`text::Text`] is made visible by [`text::clean`]. Strings that this program wrote are only
//! checked, as decoding them a second time would change them.

use crate::model::text;

use super::report::RepairKind;

/// Known tags; anything else in angle brackets is left as text.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "big",
    "blockquote",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "iframe",
    "img",
    "li",
    "o:p",
    "ol",
    "p",
    "pre",
    "s",
    "script",
    "section",
    "small",
    "span",
    "redact",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
];

/// Tags that begin a new line.
const BREAKS: &[&str] =
    &["blockquote", "br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "p", "section", "tr"];

/// A sanitised string, and what was changed in it.
pub struct Cleaned {
    /// The string.
    pub text: String,
    /// The kinds of changes, in the order in which they were made.
    pub kinds: Vec<RepairKind>,
}

/// One pass of sanitising.
type Pass = fn(&str) -> String;

/// Sanitises a string from a foreign source.
pub fn foreign(raw: &str) -> Cleaned {
    if raw.bytes().all(|b| (0x20..0x7f).contains(&b) && !matches!(b, b'&' | b'<' | b'\\')) {
        let trimmed = raw.trim();
        let kinds = if trimmed.len() == raw.len() { Vec::new() } else { vec![RepairKind::Trimmed] };
        return Cleaned { text: trimmed.to_owned(), kinds };
    }
    let mut cleaned = Cleaned { text: raw.to_owned(), kinds: Vec::new() };
    let passes: [(RepairKind, Pass); 5] = [
        (RepairKind::Newlines, newlines),
        (RepairKind::Tags, without_tags),
        (RepairKind::Entities, |text| html_escape::decode_html_entities(text).into_owned()),
        (RepairKind::Controls, without_controls),
        (RepairKind::Blanks, plain_blanks),
    ];
    for (kind, pass) in passes {
        let text = pass(&cleaned.text);
        if text != cleaned.text {
            cleaned.text = text;
            cleaned.kinds.push(kind);
        }
    }
    finish(cleaned)
}

/// Checks a string that this program wrote, without decoding it again. White space at the ends is kept, as formatted
/// lists may end with it.
pub fn own(raw: &str) -> Cleaned {
    let text = text::clean(raw);
    let kinds = if text == raw { Vec::new() } else { vec![RepairKind::Controls] };
    Cleaned { text, kinds }
}

fn finish(mut cleaned: Cleaned) -> Cleaned {
    let text = text::clean(&cleaned.text);
    if text != cleaned.text && !cleaned.kinds.contains(&RepairKind::Controls) {
        cleaned.kinds.push(RepairKind::Controls);
    }
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        cleaned.kinds.push(RepairKind::Trimmed);
    }
    trimmed.clone_into(&mut cleaned.text);
    cleaned
}

fn newlines(text: &str) -> String {
    if text.contains('\\') { text.replace("\\r\\n", "\n").replace("\\n", "\n") } else { text.to_owned() }
}

fn plain_blanks(text: &str) -> String {
    let plain = |c| match c {
        '\u{a0}' | '\u{202f}' | '\u{2007}' | '\t' | '\u{b}' | '\u{c}' => ' ',
        '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        c => c,
    };
    text.replace("\r\n", "\n").replace('\r', "\n").chars().map(plain).collect()
}

/// Removes escape sequences, control characters, direction marks and invisible characters; bullets of symbol fonts
/// become `•`.
fn without_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_until_final(&mut chars),
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2028}'
            | '\u{2029}' => out.push(c),
            '\u{f0a7}' | '\u{f0b7}' | '\u{f0d8}' | '\u{f0a8}' | '\u{f076}' | '\u{f06e}' | '\u{f0fc}' => out.push('•'),
            c if text::is_unwelcome(c) && !is_private(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Private use and tag characters are left for [`text::clean`] to make visible: they may have meant something.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..)
}

fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next_if(|c| matches!(c, '[' | ']' | 'P' | '_' | '^' | 'X')) {
        Some('[') => skip_until_final(chars),
        Some(_) => skip_string(chars),
        None => {
            chars.next_if(|c| ('\u{30}'..='\u{7e}').contains(c));
        }
    }
}

fn skip_until_final(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while chars.next_if(|c| ('\u{20}'..='\u{3f}').contains(c)).is_some() {}
    chars.next_if(|c| ('\u{40}'..='\u{7e}').contains(c));
}

/// Skips an OSC, DCS or similar string up to its terminator; without a terminator only the introducer is removed, so
/// that a stray escape cannot swallow the text.
fn skip_string(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let ahead = chars.clone();
    let Some(length) = ahead.take(256).position(|c| matches!(c, '\u{7}' | '\u{1b}' | '\u{9c}')) else {
        return;
    };
    let end = chars.nth(length);
    if end == Some('\u{1b}') {
        chars.next_if_eq(&'\\');
    }
}

/// Tags become text: breaks and blocks new lines, list items bullets, links keep their address.
fn without_tags(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut link: Option<String> = None;
    let mut rest = text;
    let last_comment = text.rfind("-->").unwrap_or_default();
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let may_be_comment = text.len() - rest.len() < last_comment;
        if let Some((name, inside, length)) = read_tag(rest, may_be_comment) {
            write_tag(&mut out, &mut link, &name, inside);
            rest = &rest[length..];
        } else {
            out.push('<');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The tag at the beginning of `text`: its name (with the slash of a closing one), its inside, its length. No tag reaches
/// beyond the next `<`, and the end of a comment is looked for only where one follows: so each letter is looked at once.
fn read_tag(text: &str, may_be_comment: bool) -> Option<(String, &str, usize)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        let end = if may_be_comment { comment.find("-->") } else { None };
        return end.map(|end| (String::new(), "", end + 7));
    }
    let end = text[1..].find(['<', '>'])? + 1;
    if text.as_bytes()[end] == b'<' {
        return None;
    }
    let inside = &text[1..end];
    let (slash, bare) = inside.strip_prefix('/').map_or(("", inside), |bare| ("/", bare));
    let name = bare.split(|c: char| c.is_whitespace() || c == '/').next()?.to_ascii_lowercase();
    TAGS.contains(&name.as_str()).then(|| (format!("{slash}{name}"), inside, end + 1))
}

fn write_tag(out: &mut String, link: &mut Option<String>, name: &str, inside: &str) {
    let new_line = |out: &mut String| {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    };
    match name {
        "a" => *link = href(inside),
        "/a" => {
            if let Some(address) = link.take().filter(|address| !out.ends_with(address.as_str())) {
                out.push_str(" (");
                out.push_str(&address);
                out.push(')');
            }
        }
        "li" => {
            new_line(out);
            out.push_str("• ");
        }
        "br" | "br/" => out.push('\n'),
        "td" | "th" => out.push(' '),
        name if BREAKS.contains(&name.trim_start_matches('/')) => new_line(out),
        _ => {}
    }
}

fn href(inside: &str) -> Option<String> {
    let at = inside.to_ascii_lowercase().find("href")?;
    let value = inside[at + 4..].trim_start().strip_prefix('=')?.trim_start();
    let address = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(char::is_whitespace).next()?,
    };
    (!address.is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_text_goes_or_becomes_text() {
        for (raw, clean) in [
            ("plain", "plain"),
            ("FL ", "FL"),
            (r"one\n\ntwo", "one\n\ntwo"),
            ("a&rsquo;b &amp;amp; c", "a’b &amp; c"),
            ("<p>One</p><p>Two<br/>Three</p>", "One\nTwo\nThree"),
            ("<ul><li>bed<li>board</ul>", "• bed\n• board"),
            (r#"see <a href="https://example.org">us</a>"#, "see us (https://example.org)"),
            ("age <18 and > 3", "age <18 and > 3"),
            ("a\u{1b}[31mred\u{1b}[0m", "ared"),
            ("t\u{1b}]0;title\u{7}x", "tx"),
            ("stray \u{1b}] stays", "stray  stays"),
            ("a\u{200b}b\u{202e}c\u{feff}", "abc"),
            ("a\u{202f}b\u{a0}c\u{2028}d", "a b c\nd"),
            ("\u{f0a7} bed", "• bed"),
            ("&#8203;x", "x"),
        ] {
            assert_eq!(foreign(raw).text, clean, "{raw:?}");
        }
    }

    #[test]
    fn what_is_invisible_goes_and_what_may_have_meant_something_is_shown() {
        assert_eq!(foreign("a\u{200b}b\u{202e}c\u{3164}d\u{ad}e\u{7}f").text, "abcdef");
        assert_eq!(foreign("a\u{e001}b\u{e0041}c").text, "a<U+E001>b<U+E0041>c");
        assert_eq!(foreign("a\u{a0}b\u{2028}c").text, "a b\nc");
    }

    #[test]
    fn kinds_are_named() {
        assert_eq!(foreign("a&amp;b ").kinds, [RepairKind::Entities, RepairKind::Trimmed]);
        assert!(foreign("as it is").kinds.is_empty());
        assert_eq!(own(r"a&amp;b\n").text, r"a&amp;b\n");
        assert_eq!(own("a\u{1b}b").text, "a<U+001B>b");
    }
}
