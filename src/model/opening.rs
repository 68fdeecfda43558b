//! Opening hours: whether a service is open on a day or at a time, as far as the words of its record can be read.
//!
//! What is read is what people and directories write for an ordinary week: "Mon–Fri 9–5", "24/7", "Tue 10:00-12:30, Thu
//! 14:00-16:00". A text that says anything else beside, "in term" or "first Saturday of the month", is not read at all:
//! it is shown as it stands, and nothing is claimed. The reader is in `read`.

mod read;

use chrono::{Datelike, Weekday};

use super::date::{Date, Time};

pub use read::opening;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// The days of a week, by their number from Monday.
const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// A stretch of time in minutes after the midnight that began its day; it may end on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from: u16,
    to: u16,
}

impl Span {
    const WHOLE_DAY: Self = Self { from: 0, to: DAY };

    fn holds(self, minute: u16) -> bool {
        (self.from..self.to).contains(&minute)
    }
}

/// When it is open on one day of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Hours {
    #[default]
    Closed,
    /// It is open on this day; nobody says from when to when.
    Unstated,
    /// In these stretches, in their order, none of which meets another.
    Stated(Vec<Span>),
}

/// When it is open in an ordinary week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week([Hours; 7]);

/// When it opens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// In how many days: 0 is the same day, 7 the same day of the next week.
    pub days: u8,
    /// On which day of the week.
    pub day: Weekday,
    /// At what time; `None` where only the day is stated.
    pub time: Option<Time>,
}

impl Week {
    fn hours(&self, day: Weekday) -> &Hours {
        &self.0[day.num_days_from_monday() as usize]
    }

    fn spans(&self, day: Weekday) -> &[Span] {
        if let Hours::Stated(spans) = self.hours(day) { spans } else { &[] }
    }

    /// The stretch that holds a time of a day: one of that day, or one that began on the day before.
    fn span_at(&self, day: Weekday, time: Time) -> Option<Span> {
        let today = self.spans(day).iter().find(|span| span.holds(time.minutes())).copied();
        let before = || self.spans(day.pred()).iter().find(|span| span.holds(time.minutes() + DAY)).copied();
        today.or_else(before)
    }

    /// Whether it is open at some time of a day of the week.
    pub fn is_open_on(&self, day: Weekday) -> bool {
        *self.hours(day) != Hours::Closed
    }

    /// Whether it is open at a time of a day of the week; `None` where it is open on that day and nobody says when.
    pub fn is_open_at(&self, day: Weekday, time: Time) -> Option<bool> {
        match (self.span_at(day, time), self.hours(day)) {
            (Some(_), _) => Some(true),
            (None, Hours::Unstated) => None,
            (None, _) => Some(false),
        }
    }

    /// Whether it never closes.
    pub fn is_always_open(&self) -> bool {
        DAYS.iter().all(|day| self.spans(*day) == [Span::WHOLE_DAY])
    }

    /// When the stretch ends in which a time lies; `None` where it is closed then, and where it goes on to the next day
    /// without a break.
    pub fn closing(&self, day: Weekday, time: Time) -> Option<Time> {
        let to = self.span_at(day, time)?.to;
        let goes_on = to == DAY && self.spans(day.succ()).iter().any(|next| next.from == 0);
        if goes_on { None } else { Time::from_minutes(to % DAY) }
    }

    /// When it opens next after a time of a day; `None` where it never does, or never closes.
    pub fn next_opening(&self, day: Weekday, time: Time) -> Option<Opening> {
        if self.is_always_open() {
            return None;
        }
        let from = day.num_days_from_monday() as usize;
        (0..=7_u8).find_map(|days| {
            let day = DAYS[(from + usize::from(days)) % DAYS.len()];
            let is_later = |span: &&Span| days > 0 || span.from > time.minutes();
            let time = match self.hours(day) {
                Hours::Closed => return None,
                Hours::Unstated if days == 0 => return None,
                Hours::Unstated => None,
                Hours::Stated(spans) => Some(Time::from_minutes(spans.iter().find(is_later)?.from)?),
            };
            Some(Opening { days, day, time })
        })
    }
}

/// What the telephone wants to know of opening hours, with how much may be said of it: open now until when, or when next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// Whether it is open; `None` where only the day is known.
    pub is_open: Option<bool>,
    /// In words: "open now, until 17:00".
    pub said: String,
}

/// Whether it is open just now, or when it opens next.
pub fn now(week: &Week, today: Date, time: Time) -> Now {
    let day = today.weekday();
    let is_open = week.is_open_at(day, time);
    let said = match is_open {
        Some(true) if week.is_always_open() => "open now, day and night".to_owned(),
        Some(true) => match week.closing(day, time) {
            Some(until) => format!("open now, until {until}"),
            None => "open now".to_owned(),
        },
        None => "open today, times not stated".to_owned(),
        Some(false) => match week.next_opening(day, time) {
            Some(next) => format!("closed now, opens {}", next_in_words(next)),
            None => "closed".to_owned(),
        },
    };
    Now { is_open, said }
}

/// "today 14:00", "tomorrow 09:00", "Mon 09:00", "next Mon".
fn next_in_words(next: Opening) -> String {
    let day = match next.days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        7 => format!("next {}", next.day),
        _ => next.day.to_string(),
    };
    next.time.map_or_else(|| day.clone(), |time| format!("{day} {time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        crate::model::date::parse_time(text).unwrap()
    }

    fn said(text: &str, today: &str, time: &str) -> String {
        now(&opening(text).unwrap(), today.parse().unwrap(), at(time)).said
    }

    #[test]
    fn open_now_until_when_or_when_next() {
        const FRIDAY: &str = "2026-11-20";
        for (text, time, answer) in [
            ("Mon–Fri 9–5", "10:00", "open now, until 17:00"),
            ("Mon–Fri 9–5", "17:00", "closed now, opens Mon 09:00"),
            ("Mon–Fri 9–5", "8:59", "closed now, opens today 09:00"),
            ("Mon–Fri 9–12.30, 1.30–5", "12:45", "closed now, opens today 13:30"),
            ("Fri 10–2", "15:00", "closed now, opens next Fri 10:00"),
            ("24/7", "3:00", "open now, day and night"),
            ("Every night 7.30 pm–8.30 am", "4:00", "open now, until 08:30"),
            ("Every night 7.30 pm–8.30 am", "12:00", "closed now, opens today 19:30"),
            ("Every day 8 am to midnight", "22:00", "open now, until 00:00"),
            ("Mon–Fri", "10:00", "open today, times not stated"),
            ("Sat, Sun", "10:00", "closed now, opens tomorrow"),
            ("Fri 6 pm–midnight; Sat 0:00–3:00", "23:00", "open now"),
        ] {
            assert_eq!(said(text, FRIDAY, time), answer, "{text} at {time}");
        }
    }

    #[test]
    fn what_began_in_the_evening_goes_on_into_the_next_day() {
        let week = opening("Fri 7 pm–2 am").unwrap();
        assert_eq!(week.is_open_at(Weekday::Sat, at("1:59")), Some(true));
        assert_eq!(week.is_open_at(Weekday::Sat, at("2:00")), Some(false));
        assert_eq!(week.is_open_at(Weekday::Fri, at("1:00")), Some(false));
        assert!(week.is_open_on(Weekday::Fri) && !week.is_open_on(Weekday::Sat));
    }
}
