//! The formats of values: uuid, URI, e-mail address, moment, date, time.

use chrono::{DateTime, NaiveDate, NaiveTime};

use crate::exchange::normalise::is_uuid;
use crate::exchange::standard::Shape;

/// What is wrong with a text as a value of this shape; `None`: nothing.
pub fn fault(shape: Shape, text: &str) -> Option<String> {
    let (is_right, wanted) = match shape {
        Shape::Uuid | Shape::Reference(_) => (is_uuid(text), "a uuid"),
        Shape::Uri => (is_uri(text), "a web address with its scheme, such as https://example.org"),
        Shape::Email => (is_email(text), "an e-mail address"),
        Shape::Moment => (DateTime::parse_from_rfc3339(text).is_ok(), "a moment such as 2026-03-15T10:30:45Z"),
        Shape::OneOf(words) => {
            let words: Vec<String> = words.split('|').map(|word| word.replace('_', " ")).collect();
            let is_one = words.iter().any(|word| word == text);
            return (!is_one).then(|| format!("{}, which is none of {}", quoted(text), words.join(", ")));
        }
        _ => (true, ""),
    };
    (!is_right).then(|| format!("{}, which is not {wanted}", quoted(text)))
}

/// The same for a cell of a table, where numbers, dates and times have formats too.
pub fn cell_fault(shape: Shape, text: &str) -> Option<String> {
    let (is_right, wanted) = match shape {
        Shape::Number => (text.parse::<f64>().is_ok_and(f64::is_finite), "a number"),
        Shape::Date => (is_date(text), "a date such as 2026-03-15"),
        Shape::Time => (is_time(text), "a time such as 10:00:00"),
        _ => return fault(shape, text),
    };
    (!is_right).then(|| format!("{}, which is not {wanted}", quoted(text)))
}

/// The most characters of a value that are repeated.
const MAX_QUOTED: usize = 40;

fn quoted(text: &str) -> String {
    let text = crate::model::text::one_line(&crate::model::text::clean(text));
    let more = if text.chars().count() > MAX_QUOTED { "…" } else { "" };
    format!("\"{}{more}\"", text.chars().take(MAX_QUOTED).collect::<String>())
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_time(text: &str) -> bool {
    text.len() == 8 && NaiveTime::parse_from_str(text, "%H:%M:%S").is_ok()
}

/// A URI (RFC 3986): a scheme, and no character that would have to be escaped.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let bytes = rest.as_bytes();
    let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let fits = |(at, b): (usize, &u8)| match b {
        b'%' => is_hex(at + 1) && is_hex(at + 2),
        b'[' | b']' => true, // judged below
        b => b.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(b),
    };
    is_scheme && bytes.iter().enumerate().all(fits) && rest.matches('#').count() <= 1 && is_authority(rest)
}

/// Brackets stand around an address of IPv6 in the host only, and a port is a number.
fn is_authority(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("//") else { return !rest.contains(['[', ']']) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = if let Some(bracketed) = host.strip_prefix('[') {
        let Some((address, port)) = bracketed.split_once(']') else { return false };
        if !address.bytes().all(|b| b.is_ascii_hexdigit() || b":.".contains(&b)) {
            return false;
        }
        port.strip_prefix(':').unwrap_or(port)
    } else {
        if host.contains(['[', ']']) {
            return false;
        }
        host.split_once(':').map_or("", |(_, port)| port)
    };
    port.bytes().all(|b| b.is_ascii_digit()) && !path.contains(['[', ']'])
}

/// An e-mail address: a name, and a host of labels.
fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let is_quoted = name.len() > 2 && name.starts_with('"') && name.ends_with('"');
    let is_plain = !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && name.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.len() <= 64 && (is_quoted || is_plain) && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_their_schemes_and_times_their_seconds() {
        for uri in ["https://example.org", "about:blank", "mailto:a@example.org", "http://example.org/a%20b?c=d#e"] {
            assert!(is_uri(uri), "{uri}");
        }
        for text in
            ["www.example.org", "", "http://a b", "http://x/[y]", "https://example.org/%zz", "see http://x", "a#b:c#"]
        {
            assert!(!is_uri(text), "{text}");
        }
        assert!(
            is_email("info@example.org") && !is_email("info@") && !is_email("info") && !is_email("a b@example.org")
        );
        assert!(is_time("10:00:00") && !is_time("10:00") && !is_time("25:00:00") && !is_time("10:00:00Z"));
        assert!(is_date("2026-02-28") && !is_date("2026-02-30") && !is_date("2026-2-28"));
    }
}
