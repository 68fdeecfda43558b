//! Days and moments: how people type them, how records keep them, how screens say them.
//!
//! There is no clock here; "today" is always handed in.

use std::fmt;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// A day of the calendar.
pub type Date = NaiveDate;

/// A moment to the second, kept and shown in files as `2026-11-21T10:04:00Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many seconds after 1970 began.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970 began.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// The day on which it lies (UTC).
    pub fn date(self) -> Date {
        self.utc().date_naive()
    }

    /// The later of this and one second after `other`: a change is always newer than what it changed, even where the
    /// clock that stamped the other was ahead.
    #[must_use]
    pub fn after(self, other: Timestamp) -> Self {
        self.max(Self(other.0.saturating_add(1)))
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.utc().format("%Y-%m-%dT%H:%M:%SZ").fmt(f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|at| Self(at.timestamp()))
            .map_err(|_| serde::de::Error::custom(format!("{text:?} is not a moment like 2026-11-21T10:04:00Z")))
    }
}

/// What a field that takes a day says it takes.
pub const DATE_HINT: &str = "a day: fri, +3d, 12 mar, 2026-11-27";

/// Reads a day as people type it, seen from `today`: `fri`, `+3d`, `2w`, `12 mar`, `12/3/2027`, `2026-11-27`.
///
/// # Errors
/// A sentence that says what the field takes.
pub fn parse_date(typed: &str, today: Date) -> Result<Date, String> {
    let typed = typed.trim().to_lowercase();
    let wrong = || format!("write {DATE_HINT}");
    if typed.len() > 24 || !typed.is_ascii() {
        return Err(wrong());
    }
    if let Ok(day) = NaiveDate::parse_from_str(&typed, "%Y-%m-%d") {
        return in_range(day).ok_or_else(wrong);
    }
    if let Some(day) = parse_offset(typed.trim_start_matches('+'), today) {
        return in_range(day).ok_or_else(wrong);
    }
    let noon = today.and_time(NaiveTime::default()).and_utc();
    interim::parse_date_string(&typed, noon, interim::Dialect::Uk)
        .ok()
        .map(|at: DateTime<Utc>| at.date_naive())
        .and_then(in_range)
        .ok_or_else(wrong)
}

/// A number of days, weeks, months or years from `today`: `3d`, `2w`, `6m`, `1y`.
fn parse_offset(typed: &str, today: Date) -> Option<Date> {
    let (number, unit) = typed.split_at_checked(typed.len().checked_sub(1)?)?;
    let number: u32 = number.trim().parse().ok()?;
    match unit {
        "d" => today.checked_add_days(Days::new(number.into())),
        "w" => today.checked_add_days(Days::new(u64::from(number) * 7)),
        "m" => today.checked_add_months(Months::new(number)),
        "y" => today.checked_add_months(Months::new(number.checked_mul(12)?)),
        _ => None,
    }
}

fn in_range(day: Date) -> Option<Date> {
    (1900..=2200).contains(&day.year()).then_some(day)
}

/// A day as screens say it: `Fri 27 Nov`, with the year when it is not this one.
pub fn format_date(day: Date, today: Date) -> String {
    if day.year() == today.year() { day.format("%a %-d %b").to_string() } else { day.format("%-d %b %Y").to_string() }
}

/// How long ago `day` lies, in one short word: `today`, `3 d`, `2 mo`, `4 y`.
pub fn format_age(day: Date, today: Date) -> String {
    let days = (today - day).num_days();
    match days {
        ..=0 => "today".to_owned(),
        1..=30 => format!("{days} d"),
        31..=729 => format!("{} mo", days * 12 / 365),
        _ => format!("{} y", days / 365),
    }
}

/// `count` months before `day`, or the earliest day there is.
pub fn months_before(day: Date, count: u32) -> Date {
    day.checked_sub_months(Months::new(count)).unwrap_or(Date::MIN)
}

/// `count` months after `day`, or the latest day there is.
pub fn months_after(day: Date, count: u32) -> Date {
    day.checked_add_months(Months::new(count)).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn days_as_people_say_them() {
        let today = day("2026-11-21"); // a Saturday
        for (typed, means) in [
            ("2026-11-27", "2026-11-27"),
            ("fri", "2026-11-27"),
            ("+3d", "2026-11-24"),
            ("2w", "2026-12-05"),
            ("today", "2026-11-21"),
            ("tomorrow", "2026-11-22"),
            ("31 mar 2027", "2027-03-31"),
            ("12/3/2027", "2027-03-12"),
        ] {
            assert_eq!(parse_date(typed, today), Ok(day(means)), "{typed}");
        }
        for wrong in ["", "soon", "99999999999d", "4294967295y", "31/31/31", "9999-99-99", "é", "32 mar"] {
            assert!(parse_date(wrong, today).is_err(), "{wrong}");
        }
    }

    #[test]
    fn moments_read_what_they_write() {
        let at = Timestamp::from_seconds(1_795_000_000);
        assert_eq!(DateTime::parse_from_rfc3339(&at.to_string()).unwrap().timestamp(), at.seconds());
        assert!(at.after(Timestamp::from_seconds(at.seconds() + 600)) > Timestamp::from_seconds(at.seconds() + 600));
    }

    #[test]
    fn ages_are_short_words() {
        let today = day("2026-11-21");
        assert_eq!(format_age(day("2026-11-18"), today), "3 d");
        assert_eq!(format_age(day("2026-09-14"), today), "2 mo");
        assert_eq!(format_age(day("2020-09-14"), today), "6 y");
    }
}
