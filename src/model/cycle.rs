//! Cycles: how often something comes round again, as people say it, and on which days.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::date::Date;
use super::field::{FieldType, FieldValue, ParseContext, absent_or};
use super::{Text, Workspace};

/// How often something comes round, such as a forum or a review: `every 3 months` in files and on screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycle {
    /// After so many days.
    Days(u16),
    /// After so many months.
    Months(u16),
    /// On a day of the week in every so many months: 1 to 4 from the beginning, 5 for the last.
    Weekday {
        /// Which of them in the month.
        nth: u8,
        /// The day of the week.
        day: Weekday,
        /// After how many months.
        months: u16,
    },
}

/// What a field that takes a cycle says it takes.
pub const CYCLE_HINT: &str =
    "every 3 months, every 6 weeks, monthly, second Tuesday of the month, last Friday every 2 months";

/// Longer ones are slips.
const MAX_MONTHS: u16 = 120;

const ORDINALS: [(&str, u8); 10] = [
    ("first", 1),
    ("1st", 1),
    ("second", 2),
    ("2nd", 2),
    ("third", 3),
    ("3rd", 3),
    ("fourth", 4),
    ("4th", 4),
    ("last", 5),
    ("final", 5),
];

/// One word for what is said of two.
const WORDS: [(&str, Cycle); 7] = [
    ("weekly", Cycle::Days(7)),
    ("fortnightly", Cycle::Days(14)),
    ("monthly", Cycle::Months(1)),
    ("quarterly", Cycle::Months(3)),
    ("half-yearly", Cycle::Months(6)),
    ("yearly", Cycle::Months(12)),
    ("annually", Cycle::Months(12)),
];

impl Cycle {
    /// Reads a cycle as people type it.
    ///
    /// # Errors
    /// A sentence that says what the field takes.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let typed = typed.trim().to_lowercase();
        let wrong = || format!("write {CYCLE_HINT}");
        if typed.len() > 60 {
            return Err(wrong());
        }
        let words: Vec<&str> =
            typed.split_whitespace().filter(|word| !["of", "the", "on", "in"].contains(word)).collect();
        read(&words).filter(|cycle| cycle.is_sensible()).ok_or_else(wrong)
    }

    fn is_sensible(self) -> bool {
        match self {
            Self::Days(days) => (1..=MAX_MONTHS * 30).contains(&days),
            Self::Months(months) | Self::Weekday { months, .. } => (1..=MAX_MONTHS).contains(&months),
        }
    }

    /// The first day on or after `from` on which it comes round, counted from the last time; where there was none, from
    /// `from` itself. `None` beyond the calendar.
    pub fn next(self, last: Option<Date>, from: Date) -> Option<Date> {
        let last = last.unwrap_or(from);
        match self {
            Self::Days(days) => {
                let step = i64::from(days.max(1));
                let turns = ((from - last).num_days().max(1) + step - 1) / step;
                last.checked_add_days(Days::new(u64::try_from(turns * step).ok()?))
            }
            Self::Months(months) => {
                by_months(last, from, months, |turned| last.checked_add_months(Months::new(turned)))
            }
            Self::Weekday { nth, day, months } => by_months(last, from, months, |turned| {
                let first = last.with_day(1)?.checked_add_months(Months::new(turned))?;
                weekday_of_month(first, nth, day)
            }),
        }
    }
}

/// The first of the days that `turn` makes of a whole number of turns which is not before `from`.
fn by_months(last: Date, from: Date, months: u16, turn: impl Fn(u32) -> Option<Date>) -> Option<Date> {
    let step = u32::from(months.max(1));
    let apart = i64::from(from.year() - last.year()) * 12 + i64::from(from.month()) - i64::from(last.month());
    let turns = u32::try_from(apart.max(0)).ok()? / step;
    let days = (turns.max(1)..=turns.saturating_add(2)).map_while(|turns| turn(turns.checked_mul(step)?));
    days.into_iter().find(|day| *day >= from)
}

fn weekday_of_month(first: Date, nth: u8, day: Weekday) -> Option<Date> {
    let of = |nth| NaiveDate::from_weekday_of_month_opt(first.year(), first.month(), day, nth);
    if nth == 5 { of(5).or_else(|| of(4)) } else { of(nth) }
}

fn read(words: &[&str]) -> Option<Cycle> {
    match words {
        [word] => WORDS.iter().find(|(known, _)| known == word).map(|(_, cycle)| *cycle),
        ["every", rest @ ..] => every(rest),
        [nth, day, rest @ ..] => {
            let (_, nth) = ORDINALS.iter().find(|(known, _)| known == nth)?;
            let day = day.parse().ok()?;
            let months = match rest {
                [] | ["month"] => 1,
                ["every", rest @ ..] => match every(rest)? {
                    Cycle::Months(months) => months,
                    _ => return None,
                },
                _ => return None,
            };
            Some(Cycle::Weekday { nth: *nth, day, months })
        }
        _ => None,
    }
}

/// What stands behind "every": `3 months`, `month`, `other week`.
fn every(words: &[&str]) -> Option<Cycle> {
    let (number, unit) = match words {
        [unit] => (1, *unit),
        ["other" | "second", unit] => (2, *unit),
        [number, unit] => (number.parse::<u16>().ok()?, *unit),
        _ => return None,
    };
    match unit.trim_end_matches('s') {
        "day" => Some(Cycle::Days(number)),
        "week" => number.checked_mul(7).map(Cycle::Days),
        "fortnight" => number.checked_mul(14).map(Cycle::Days),
        "month" => Some(Cycle::Months(number)),
        "quarter" => number.checked_mul(3).map(Cycle::Months),
        "year" => number.checked_mul(12).map(Cycle::Months),
        _ => None,
    }
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) if days % 7 == 0 => write_every(f, days / 7, "week"),
            Self::Days(days) => write_every(f, *days, "day"),
            Self::Months(months) => write_every(f, *months, "month"),
            Self::Weekday { nth, day, months } => {
                let nth = ["first", "second", "third", "fourth", "last"][usize::from(nth.clamp(&1, &5) - 1)];
                let day = NaiveDate::from_isoywd_opt(2024, 1, *day).map(|day| day.format("%A").to_string());
                write!(f, "{nth} {} ", day.unwrap_or_default())?;
                if *months == 1 { f.write_str("of the month") } else { write_every(f, *months, "month") }
            }
        }
    }
}

fn write_every(f: &mut fmt::Formatter<'_>, number: u16, unit: &str) -> fmt::Result {
    if number == 1 { write!(f, "every {unit}") } else { write!(f, "every {number} {unit}s") }
}

impl Serialize for Cycle {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cycle {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(from)?;
        Self::parse(&text)
            .map_err(|_| serde::de::Error::custom(format!("{text:?} is not a cycle like \"every 3 months\"")))
    }
}

impl FieldValue for Option<Cycle> {
    const TYPE: FieldType = FieldType::Notation;
    fn format(&self, _: &Workspace) -> String {
        self.map(|cycle| cycle.to_string()).unwrap_or_default()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, Cycle::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn cycles_as_people_say_them() {
        for (typed, means) in [
            ("every 3 months", "every 3 months"),
            ("Quarterly", "every 3 months"),
            ("every quarter", "every 3 months"),
            ("monthly", "every month"),
            ("every 6 weeks", "every 6 weeks"),
            ("every other week", "every 2 weeks"),
            ("every 10 days", "every 10 days"),
            ("2nd tue of the month", "second Tuesday of the month"),
            ("last Friday every 2 months", "last Friday every 2 months"),
            ("first Monday of every 3 months", "first Monday every 3 months"),
        ] {
            let cycle = Cycle::parse(typed).unwrap();
            assert_eq!(cycle.to_string(), means, "{typed}");
            assert_eq!(Cycle::parse(means), Ok(cycle), "{means}");
        }
        for wrong in
            ["", "sometimes", "every 0 months", "every 99999 years", "every -1 weeks", "sixth Monday", "every", "é"]
        {
            assert!(Cycle::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_next_time_follows_from_the_last() {
        for (cycle, last, from, next) in [
            ("every 3 months", "2026-09-11", "2026-09-12", "2026-12-11"),
            ("every 3 months", "2026-09-11", "2027-03-12", "2027-06-11"),
            ("every month", "2026-01-31", "2026-02-01", "2026-02-28"),
            ("every 6 weeks", "2026-09-11", "2026-09-11", "2026-10-23"),
            ("every 6 weeks", "2026-09-11", "2026-10-24", "2026-12-04"),
            ("second Tuesday of the month", "2026-11-10", "2026-11-21", "2026-12-08"),
            ("last Friday every 2 months", "2026-09-25", "2026-11-21", "2026-11-27"),
        ] {
            assert_eq!(
                Cycle::parse(cycle).unwrap().next(Some(day(last)), day(from)),
                Some(day(next)),
                "{cycle} {from}"
            );
        }
        let hostile = Cycle::Days(1).next(Some(Date::MIN), Date::MAX);
        assert_eq!(hostile, Some(Date::MAX));
        assert_eq!(Cycle::Months(1).next(None, Date::MAX), None, "beyond the calendar");
    }
}
