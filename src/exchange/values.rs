//! Parses values as people write them: numbers, dates, times, weekdays, URLs, e-mail addresses, postcodes.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};
use serde_json::{Number, Value};

use super::report::RepairKind;
use super::schema::DataType;

/// The result of parsing a value.
#[derive(Debug, PartialEq)]
pub enum Parsed {
    /// Already in the standard form.
    Valid(Value),
    /// Rewritten in the standard form.
    Repaired(Value, RepairKind),
    /// Not a value of this type.
    Invalid,
}

/// Parses a cleaned text as a value of this type.
pub fn parse(data_type: DataType, text: &str) -> Parsed {
    let as_text = |parsed: Option<String>, kind| match parsed {
        Some(value) if value == text => Parsed::Valid(Value::String(value)),
        Some(value) => Parsed::Repaired(Value::String(value), kind),
        None => Parsed::Invalid,
    };
    match data_type {
        DataType::Text | DataType::Reference(_) => Parsed::Valid(Value::String(text.to_owned())),
        DataType::Number => number(text).map_or(Parsed::Invalid, |number| {
            let is_same = without_zeros(&number.to_string()) == without_zeros(text);
            let number = Value::Number(number);
            if is_same { Parsed::Valid(number) } else { Parsed::Repaired(number, RepairKind::Standard) }
        }),
        DataType::Date => match day(text) {
            Some((day, true)) => Parsed::Repaired(Value::String(day.to_string()), RepairKind::Ambiguous),
            Some((day, false)) => as_text(Some(day.to_string()), RepairKind::Standard),
            None => Parsed::Invalid,
        },
        DataType::Timestamp => as_text(timestamp(text), RepairKind::Standard),
        // tables write seconds where objects do not; one form here, and no repair
        DataType::Time if text.len() == 8 && text.ends_with(":00") && is_standard_time(text) => {
            Parsed::Valid(Value::String(text[..5].to_owned()))
        }
        DataType::Time => as_text(time(text), RepairKind::Standard),
        DataType::Url => as_text(url(text), RepairKind::Scheme),
        DataType::Email => as_text(email(text), RepairKind::Standard),
        DataType::OneOf(words) => as_text(one_of(words, text), RepairKind::Standard),
    }
}

/// A decimal without the zeros at its end, which say nothing.
fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Parses a number, as an integer where it is one. Digits behind a leading zero are a name, such as that of an extension.
pub fn number(text: &str) -> Option<Number> {
    if text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite()).and_then(Number::from_f64)
}

/// Parses a date; the flag says that it could also be read the American way round.
pub fn day(text: &str) -> Option<(NaiveDate, bool)> {
    let in_range = |day: NaiveDate| (1800..=2300).contains(&day.year()).then_some(day);
    let iso = text.get(..10).filter(|_| text.len() == 10 || text[10..].starts_with(['T', ' ']));
    if let Some(day) = iso.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()) {
        return in_range(day).map(|day| (day, false));
    }
    let spelled = ["%B %d, %Y", "%d %B %Y", "%d %b %Y", "%b %d, %Y", "%Y%m%d", "%Y/%m/%d"];
    if let Some(day) = spelled.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok()) {
        return in_range(day).map(|day| (day, false));
    }
    let parts: Vec<u32> =
        text.split(['/', '.', '-']).map(|part| part.trim().parse().ok()).collect::<Option<Vec<u32>>>()?;
    let [one, two, year] = parts[..] else {
        return None;
    };
    let year = if year < 100 { 2000 + year } else { year };
    let british = NaiveDate::from_ymd_opt(year as i32, two, one).and_then(in_range);
    let american = NaiveDate::from_ymd_opt(year as i32, one, two).and_then(in_range);
    let is_ambiguous = british.is_some() && american.is_some() && one != two;
    british.or(american).map(|day| (day, is_ambiguous))
}

fn timestamp(text: &str) -> Option<String> {
    if DateTime::parse_from_rfc3339(text).is_ok() && text.contains('T') {
        return Some(text.to_owned());
    }
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    if let Some(at) = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()) {
        return Some(at.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string());
    }
    day(text).map(|(day, _)| format!("{day}T00:00:00Z"))
}

/// A time as `HH:MM`, with the seconds and zone it came with: `8:00am`, `8.30`, `3pm`, `noon`.
pub fn time(text: &str) -> Option<String> {
    let plain = text.trim().to_lowercase().replace([' ', '.'], ":").replace(":m:", "m").replace("::", ":");
    let plain =
        plain.trim_matches(':').replace(":am", "am").replace(":pm", "pm").replace("a:m", "am").replace("p:m", "pm");
    match plain.as_str() {
        "noon" | "midday" => return Some("12:00".to_owned()),
        "midnight" => return Some("00:00".to_owned()),
        _ => {}
    }
    if is_standard_time(text) {
        return Some(text.to_owned());
    }
    let (clock, half) = match (plain.strip_suffix("am"), plain.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (None, Some(clock)) => (clock, Some(12)),
        (None, None) => (plain.as_str(), None),
    };
    let mut parts = clock.split(':').map(|part| part.parse::<u32>().ok());
    let hour = parts.next()??;
    let minute = parts.next().unwrap_or(Some(0))?;
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None if !clock.contains(':') => return None,
        None => hour,
    };
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

fn is_standard_time(text: &str) -> bool {
    let (clock, zone) = text.split_at(text.find(['Z', '+', '-']).unwrap_or(text.len()));
    let parts: Vec<&str> = clock.split(':').collect();
    let fits = |part: &str, below: u32| part.len() == 2 && part.parse::<u32>().is_ok_and(|number| number < below);
    let is_zone = zone.is_empty() || zone == "Z" || zone.len() == 6 && zone.as_bytes()[3] == b':';
    matches!(parts.len(), 2 | 3) && fits(parts[0], 24) && parts[1..].iter().all(|part| fits(part, 60)) && is_zone
}

/// A URL with its scheme; `None` when the text cannot be one.
pub fn url(text: &str) -> Option<String> {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(c);
    let hex = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    let escapes = text.match_indices('%').all(|(at, _)| hex(at + 1) && hex(at + 2));
    if text.is_empty() || !text.chars().all(is_fine) || !escapes || text.matches('#').count() > 1 {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let is_host = |host: &str| {
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        name.contains('.') && !name.contains("..") && !name.contains('@') && port.bytes().all(|b| b.is_ascii_digit())
    };
    if let Some(rest) = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")) {
        return is_host(&host(rest)).then(|| text.to_owned());
    }
    if lower.starts_with("mailto:") || lower.starts_with("tel:") || lower.starts_with("ftp://") {
        return Some(text.to_owned());
    }
    (!lower.starts_with("http") && is_host(&host(text))).then(|| format!("https://{text}"))
}

fn email(text: &str) -> Option<String> {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (name, host) = text.split_once('@')?;
    let fine = |part: &str, extra: &str| {
        let is_fine = |c: char| c.is_ascii_alphanumeric() || extra.contains(c);
        !part.is_empty()
            && part.len() < 64
            && part.chars().all(is_fine)
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
    };
    let is_host = host.split('.').all(|label| fine(label, "-") && !label.starts_with('-') && !label.ends_with('-'));
    (fine(name, "!#$%&'*+-/=?^_`{|}~.") && is_host && host.contains('.')).then(|| text.to_owned())
}

fn one_of(words: &str, text: &str) -> Option<String> {
    let words = words.split('|').map(|word| word.replace('_', " "));
    words.into_iter().find(|word| word.eq_ignore_ascii_case(text))
}

/// Parses weekdays (`Monday`, `Mon-Fri`, `1`, `MO,TU`) into iCalendar codes.
pub fn weekdays(text: &str) -> Option<String> {
    let mut days = Vec::new();
    for part in text.split([',', ';', '/', '&']).map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once(['-', '–']) {
            Some((from, to)) => {
                let (from, to) = (weekday(from)?, weekday(to)?);
                days.extend((0..7).map(|step| (from + step) % 7).take((to + 7 - from) % 7 + 1));
            }
            None => days.push(weekday(part)?),
        }
    }
    (!days.is_empty()).then(|| days.iter().map(|day| WEEK[*day]).collect::<Vec<_>>().join(","))
}

/// The weekday codes of iCalendar (RFC 5545).
pub const WEEK: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Parses a weekday; Monday is 0.
pub fn weekday(text: &str) -> Option<usize> {
    let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
    if let Ok(number @ 1..=7) = text.parse::<usize>() {
        return Some(number - 1);
    }
    let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let text = text.strip_suffix('s').filter(|text| text.ends_with("day")).unwrap_or(&text);
    if text.len() < 2 {
        return None;
    }
    names.iter().position(|name| name.starts_with(text))
}

/// The standard form of a British postcode; `None` when the text is no postcode or is in that form already.
pub fn postcode(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    if !(5..=7).contains(&bare.len()) || !bare.is_ascii() {
        return None;
    }
    let (out, inward) = bare.split_at(bare.len() - 3);
    let letters = out.bytes().take_while(u8::is_ascii_alphabetic).count();
    let is_out = (1..=2).contains(&letters) && out.as_bytes().get(letters).is_some_and(u8::is_ascii_digit);
    let inward_bytes = inward.as_bytes();
    let is_in = inward_bytes[0].is_ascii_digit() && inward_bytes[1..].iter().all(u8::is_ascii_alphabetic);
    let right = format!("{out} {inward}");
    (is_out && is_in && out.len() <= letters + 2 && right != text).then_some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        for (text, read) in [
            ("8:00am", Some("08:00")),
            ("8.30", Some("08:30")),
            ("9am", Some("09:00")),
            ("3pm", Some("15:00")),
            ("4:00 PM", Some("16:00")),
            ("12:00am", Some("00:00")),
            ("5 p.m.", Some("17:00")),
            ("10:00:00Z", Some("10:00:00Z")),
            ("09:00-05:00", Some("09:00-05:00")),
            ("noon", Some("12:00")),
            ("13pm", None),
            ("late", None),
            ("8", None),
            ("", None),
        ] {
            assert_eq!(time(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn days_of_the_week_and_of_the_calendar() {
        assert_eq!(weekdays("Mon-Fri").as_deref(), Some("MO,TU,WE,TH,FR"));
        assert_eq!(weekdays("Monday").as_deref(), Some("MO"));
        assert_eq!(weekdays("Sat–Mon").as_deref(), Some("SA,SU,MO"));
        assert_eq!(weekdays("1").as_deref(), Some("MO"));
        assert_eq!(weekdays("some days"), None);
        let of = |text| day(text).map(|(day, twice)| (day.to_string(), twice));
        assert_eq!(of("12/24/2015"), Some(("2015-12-24".to_owned(), false)));
        assert_eq!(of("12/24/15"), Some(("2015-12-24".to_owned(), false)));
        assert_eq!(of("03/04/2020"), Some(("2020-04-03".to_owned(), true)));
        assert_eq!(of("January 01, 0001"), None);
        assert_eq!(of("2020-02-30"), None);
    }

    #[test]
    fn addresses() {
        assert_eq!(url("www.example.org").as_deref(), Some("https://www.example.org"));
        assert_eq!(url("http://example.org/a?b=c").as_deref(), Some("http://example.org/a?b=c"));
        for wrong in ["", "none", "see www.example.org", "http//example.org", "a@example.org", "http://x[y].org"] {
            assert_eq!(url(wrong), None, "{wrong}");
        }
        assert_eq!(postcode("DT13BJ").as_deref(), Some("DT1 3BJ"));
        assert_eq!(postcode("dt1 3bj").as_deref(), Some("DT1 3BJ"));
        assert_eq!(postcode("DT1 3BJ"), None);
        assert_eq!(postcode("33157"), None);
    }
}
