//! Days and moments: how people type them, how records keep them, how screens say them.
//!
//! There is no clock here; "today" is always handed in.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// A day of the week.
pub use chrono::Weekday;

/// A day of the calendar.
pub type Date = NaiveDate;

/// A moment to the second, kept and shown in files as `2026-11-21T10:04:00Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The last second that is written with a year of four digits.
const LAST: i64 = 253_402_300_799;

/// The beginning of 2026: no record was made before.
const FIRST: i64 = 1_767_225_600;

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
        self.max(Self(other.0.saturating_add(1).min(LAST)))
    }

    /// Whether it can only come from a clock that was wrong: it is more than a day later than `now`. Where `now` itself
    /// is from before there was this program, the clock here is the wrong one.
    pub fn is_ahead_of(self, now: Timestamp) -> bool {
        now.0 >= FIRST && self.0 > now.0.saturating_add(24 * 60 * 60)
    }

    fn utc(self) -> chrono::DateTime<Utc> {
        chrono::DateTime::from_timestamp(self.0, 0).unwrap_or_default()
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
        chrono::DateTime::parse_from_rfc3339(&text)
            .map(|at| Self(at.timestamp()))
            .map_err(|_| serde::de::Error::custom(format!("{text:?} is not a moment like 2026-11-21T10:04:00Z")))
    }
}

/// A time of day to the minute, `09:30` in files and on screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u16);

impl Time {
    /// The time this many minutes after midnight; `None` from the next midnight on.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes < 24 * 60).then_some(Self(minutes))
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        parse_time(&text).map_err(serde::de::Error::custom)
    }
}

/// A date with a time of day, where the partnership is: `2026-11-27 10:00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// The time of day.
    pub time: Time,
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.time)
    }
}

impl Serialize for DateTime {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        let parts = text.split_once([' ', 'T']);
        let at = parts.and_then(|(date, time)| Some(Self { date: date.parse().ok()?, time: parse_time(time).ok()? }));
        at.ok_or_else(|| serde::de::Error::custom(format!("{text:?} is not a date with a time like 2026-11-27 10:00")))
    }
}

/// What a field that takes a time of day says it takes.
pub const TIME_HINT: &str = "a time: 10, 10:30, 2pm, 14.15";

/// Reads a time of day as people type it: `10`, `10:30`, `9.15`, `2pm`, `2:30 pm`.
///
/// # Errors
/// A sentence that says what the field takes.
pub fn parse_time(typed: &str) -> Result<Time, String> {
    let wrong = || format!("write {TIME_HINT}");
    let typed = typed.trim().to_lowercase().replace(['.', 'h'], ":");
    let (clock, shift) = match (typed.strip_suffix("am"), typed.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (typed.as_str(), None),
    };
    let (hours, minutes) = clock.trim().split_once(':').unwrap_or((clock.trim(), "0"));
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() <= 2);
    let (hours, minutes) = number(hours).zip(number(minutes)).filter(|(_, m)| *m < 60).ok_or_else(wrong)?;
    let hours = match shift {
        None => hours,
        Some(shift) if (1..=12).contains(&hours) => hours % 12 + shift,
        Some(_) => return Err(wrong()),
    };
    Time::from_minutes(hours.saturating_mul(60).saturating_add(minutes)).ok_or_else(wrong)
}

/// Reads a date with a time of day behind a blank: `fri 10:00`, `12 mar 2pm`, `2026-11-27 10:00`.
///
/// # Errors
/// A sentence that says what the field takes.
pub fn parse_date_time(typed: &str, today: Date) -> Result<DateTime, String> {
    let wrong = || "write a date and a time: fri 10:00, 12 mar 2pm, 2026-11-27 14:15".to_owned();
    let typed = typed.trim().to_lowercase().replace(" am", "am").replace(" pm", "pm");
    let (date, time) = typed.rsplit_once([' ', 't']).ok_or_else(wrong)?;
    let time = parse_time(time).map_err(|_| wrong())?;
    let date = parse_date(date.trim().trim_end_matches(','), today);
    date.map(|date| DateTime { date, time }).map_err(|why| if why.contains("no such day") { why } else { wrong() })
}

/// The day of the week of a date.
pub fn weekday(date: Date) -> Weekday {
    use chrono::Datelike;
    date.weekday()
}

/// So many days before a date.
pub fn days_before(date: Date, days: u32) -> Date {
    date - Days::new(days.into())
}

/// What a field that takes a day says it takes.
pub const DATE_HINT: &str = "a day: fri, +3d, 12 mar, 2026-11-27";

/// On which side of today a day lies that is said without its year: "fri", "12 mar".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lean {
    /// Nothing is known: the next weekday, a day of this year.
    #[default]
    Either,
    /// It has happened: the last one, today included.
    Back,
    /// It is still to come: the next one, today included.
    Ahead,
}

/// Reads a day as people type it, seen from `today`: `fri`, `+3d`, `2w`, `12 mar`, `12/3/2027`, `2026-11-27`.
///
/// # Errors
/// A sentence that says what the field takes.
pub fn parse_date(typed: &str, today: Date) -> Result<Date, String> {
    parse_date_leaning(typed, today, Lean::Either)
}

/// Reads a day as [`parse_date`] does; one that is said without its year lies on the side of today that is meant.
///
/// # Errors
/// A sentence that says what the field takes, or that there is no such day and which there is.
pub fn parse_date_leaning(typed: &str, today: Date, lean: Lean) -> Result<Date, String> {
    let typed = typed.trim().to_lowercase();
    let wrong = || format!("write {DATE_HINT}");
    if typed.len() > 24 || !typed.is_ascii() {
        return Err(wrong());
    }
    if let Some(said) = CalendarDay::read(&typed) {
        return said.resolve(today, lean).and_then(|day| in_range(day).ok_or_else(wrong));
    }
    if let Some(day) = parse_offset(typed.trim_start_matches('+'), today) {
        return in_range(day).ok_or_else(wrong);
    }
    let noon = today.and_time(NaiveTime::default()).and_utc();
    let day = interim::parse_date_string(&typed, noon, interim::Dialect::Uk)
        .ok()
        .map(|at: chrono::DateTime<Utc>| at.date_naive())
        .and_then(in_range)
        .ok_or_else(wrong)?;
    let is_weekday = typed.len() >= 3 && WEEKDAYS.iter().any(|name| name.starts_with(typed.as_str()));
    // "fri" is the next one, today included; of what has happened it is the one before.
    Ok(if is_weekday && lean == Lean::Back && day > today {
        day.checked_sub_days(Days::new(7)).unwrap_or(day)
    } else {
        day
    })
}

/// A day as it stands in a calendar, perhaps without its year: `12 mar`, `the 3rd of march`, `fri 27 nov`, `12/3/27`.
struct CalendarDay {
    day: u32,
    month: u32,
    year: Option<i32>,
}

impl CalendarDay {
    fn read(typed: &str) -> Option<Self> {
        let parts = typed.split([' ', '/', '-', ',']).filter(|part| !["", "of", "the"].contains(part));
        let mut parts: Vec<&str> = parts.collect();
        if parts.len() > 2 && is_beginning_of(parts[0], &WEEKDAYS).is_some() {
            parts.remove(0);
        }
        if let [year, month, day] = parts[..]
            && year.len() == 4
        {
            return Some(Self { day: day.parse().ok()?, month: month.parse().ok()?, year: year.parse().ok() });
        }
        let (first, second, year) = match parts[..] {
            [first, second] => (first, second, None),
            [first, second, year] => (first, second, Some(whole_year(year)?)),
            _ => return None,
        };
        let ordinal = |text: &str| -> Option<u32> {
            let figures = ["st", "nd", "rd", "th"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
            figures.parse().ok().filter(|_| figures.len() <= 2)
        };
        let named = |text: &str| is_beginning_of(text, &MONTHS).map(|(at, _)| at as u32 + 1);
        let (day, month) = match (ordinal(first), named(second)) {
            (Some(day), Some(month)) => (day, month),
            (Some(day), None) => (day, ordinal(second).filter(|_| typed.contains(['/', '-']))?),
            (None, _) => (ordinal(second)?, named(first)?),
        };
        Some(Self { day, month, year })
    }

    fn resolve(&self, today: Date, lean: Lean) -> Result<Date, String> {
        let this = self.year.unwrap_or(today.year());
        let at = self.in_year(this)?;
        match lean {
            Lean::Back if self.year.is_none() && at > today => self.in_year(this - 1),
            Lean::Ahead if self.year.is_none() && at < today => self.in_year(this + 1),
            _ => Ok(at),
        }
    }

    fn in_year(&self, year: i32) -> Result<Date, String> {
        if let Some(day) = NaiveDate::from_ymd_opt(year, self.month, self.day) {
            return Ok(day);
        }
        let last = (28..=31).rev().find(|last| NaiveDate::from_ymd_opt(year, self.month, *last).is_some());
        let month = MONTHS.get(self.month.wrapping_sub(1) as usize);
        match last.zip(month).filter(|_| (28..=31).contains(&self.day)) {
            Some((last, month)) => {
                let (month, said) = (&month[..3], self.year.map(|year| format!(" {year}")).unwrap_or_default());
                Err(format!("{} {month}{said}: there is no such day; write {last} {month}{said}", self.day))
            }
            None => Err(format!("write {DATE_HINT}")),
        }
    }
}

/// The name that begins so, and its place; three letters at least tell one from the others.
fn is_beginning_of(typed: &str, names: &[&'static str]) -> Option<(usize, &'static str)> {
    let begins = |(_, name): &(usize, &&'static str)| typed.len() >= 3 && name.starts_with(typed);
    names.iter().enumerate().find(begins).map(|(at, name)| (at, *name))
}

fn whole_year(typed: &str) -> Option<i32> {
    let year: i32 = typed.parse().ok()?;
    match typed.len() {
        2 => Some(2000 + year),
        4 => Some(year),
        _ => None,
    }
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

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

/// A day with its year, the same on whatever day it is read: `27 Nov 2026`.
pub fn format_whole_date(day: Date) -> String {
    day.format("%-d %b %Y").to_string()
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
    fn a_day_without_its_year_lies_on_the_side_that_is_meant() {
        let today = day("2026-11-21");
        for (typed, before, ahead) in [
            ("fri", "2026-11-20", "2026-11-27"),
            ("sat", "2026-11-21", "2026-11-21"),
            ("12 mar", "2026-03-12", "2027-03-12"),
            ("mar 12th", "2026-03-12", "2027-03-12"),
            ("3rd of december", "2025-12-03", "2026-12-03"),
            ("12/3", "2026-03-12", "2027-03-12"),
            ("fri 27 nov", "2025-11-27", "2026-11-27"),
            ("12 mar 2026", "2026-03-12", "2026-03-12"),
            ("12/3/27", "2027-03-12", "2027-03-12"),
            ("+3d", "2026-11-24", "2026-11-24"),
            ("yesterday", "2026-11-20", "2026-11-20"),
            ("2026-12-24", "2026-12-24", "2026-12-24"),
        ] {
            assert_eq!(parse_date_leaning(typed, today, Lean::Back), Ok(day(before)), "{typed}");
            assert_eq!(parse_date_leaning(typed, today, Lean::Ahead), Ok(day(ahead)), "{typed}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_says_which_does() {
        let today = day("2026-11-21");
        for (typed, said) in [
            ("31 feb", "31 feb: there is no such day; write 28 feb"),
            ("31/4/2027", "31 apr 2027: there is no such day; write 30 apr 2027"),
            ("2026-02-29", "29 feb 2026: there is no such day; write 28 feb 2026"),
            ("29 feb 2028", ""),
            ("40 mar", "write a day: fri, +3d, 12 mar, 2026-11-27"),
        ] {
            assert_eq!(parse_date(typed, today).err().unwrap_or_default(), said, "{typed}");
        }
    }

    #[test]
    fn moments_read_what_they_write() {
        let at = Timestamp::from_seconds(1_795_000_000);
        assert_eq!(chrono::DateTime::parse_from_rfc3339(&at.to_string()).unwrap().timestamp(), at.seconds());
        assert!(at.after(Timestamp::from_seconds(at.seconds() + 600)) > Timestamp::from_seconds(at.seconds() + 600));
    }

    #[test]
    fn times_as_people_say_them() {
        for (typed, means) in [
            ("10", "10:00"),
            ("9:15", "09:15"),
            ("14.05", "14:05"),
            ("2pm", "14:00"),
            ("12 am", "00:00"),
            ("12:30pm", "12:30"),
        ] {
            assert_eq!(parse_time(typed).map(|time| time.to_string()), Ok(means.to_owned()), "{typed}");
        }
        for wrong in ["", "25", "10:60", "13pm", "0pm", "1:2:3", "noon", "999999", "é"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn dates_with_times_read_what_they_write() {
        let today = day("2026-11-21");
        let at = parse_date_time("fri 2 pm", today).unwrap();
        assert_eq!(at.to_string(), "2026-11-27 14:00");
        assert_eq!(parse_date_time(&at.to_string(), today), Ok(at));
        assert!(["", "fri", "10:00", "fri 25"].iter().all(|wrong| parse_date_time(wrong, today).is_err()));
    }

    #[test]
    fn ages_are_short_words() {
        let today = day("2026-11-21");
        assert_eq!(format_age(day("2026-11-18"), today), "3 d");
        assert_eq!(format_age(day("2026-09-14"), today), "2 mo");
        assert_eq!(format_age(day("2020-09-14"), today), "6 y");
    }
}
