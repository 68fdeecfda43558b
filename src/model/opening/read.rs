//! The reader of opening hours. A text is cut into days, times and "closed"; what is none of these and no word that
//! says nothing ends the reading. Where hours of twelve are meant, the reading that an office could keep is taken, and
//! where two could be kept, none.

use super::{DAY, Hours, Span, Week};

/// Longer texts describe more than hours.
const MAX_LENGTH: usize = 300;

/// From this minute on a stretch may end on the next day where nobody says am or pm.
const EVENING: u16 = 16 * 60;

/// The longest stretch over midnight.
const LONGEST_NIGHT: u16 = 16 * 60;

const ALL_DAYS: u8 = 0b111_1111;

/// What a word or a phrase means; longer phrases first.
const PHRASES: &[(&str, Token)] = &[
    ("7 days a week", Token::Days(ALL_DAYS)),
    ("7 days", Token::Days(ALL_DAYS)),
    ("seven days a week", Token::Days(ALL_DAYS)),
    ("every day", Token::Days(ALL_DAYS)),
    ("everyday", Token::Days(ALL_DAYS)),
    ("every night", Token::Days(ALL_DAYS)),
    ("daily", Token::Days(ALL_DAYS)),
    ("nightly", Token::Days(ALL_DAYS)),
    ("weekdays", Token::Days(0b001_1111)),
    ("m-f", Token::Days(0b001_1111)),
    ("weekends", Token::Days(0b110_0000)),
    ("weekend", Token::Days(0b110_0000)),
    ("24/7", Token::WholeDay),
    ("24 hours a day", Token::WholeDay),
    ("24 hours", Token::WholeDay),
    ("24 hrs", Token::WholeDay),
    ("24hrs", Token::WholeDay),
    ("24 hour", Token::WholeDay),
    ("day and night", Token::WholeDay),
    ("all day", Token::WholeDay),
    ("round the clock", Token::WholeDay),
    ("noon", Token::Clock(Clock { minute: DAY / 2, half: Some(Half::Pm), is_24: false })),
    ("midday", Token::Clock(Clock { minute: DAY / 2, half: Some(Half::Pm), is_24: false })),
    ("midnight", Token::Clock(Clock { minute: DAY, half: Some(Half::Pm), is_24: true })),
    ("except bank holidays", Token::Nothing),
    ("excluding bank holidays", Token::Nothing),
    ("excl bank holidays", Token::Nothing),
    ("not bank holidays", Token::Nothing),
    ("closed on bank holidays", Token::Nothing),
    ("closed bank holidays", Token::Nothing),
    ("other times by appointment", Token::Nothing),
    ("other times by arrangement", Token::Nothing),
    ("by appointment", Token::Nothing),
    ("by arrangement", Token::Nothing),
    ("closed", Token::Closed),
    ("to", Token::Dash),
    ("till", Token::Dash),
    ("until", Token::Dash),
    ("and", Token::Nothing),
    ("or", Token::Nothing),
    ("on", Token::Nothing),
    ("at", Token::Nothing),
    ("from", Token::Nothing),
    ("open", Token::Nothing),
    ("opening hours", Token::Nothing),
    ("opening times", Token::Nothing),
    ("hours", Token::Nothing),
    ("staffed", Token::Nothing),
    ("only", Token::Nothing),
];

/// The days as people shorten them; an s, as in "Mondays", may follow.
const DAY_NAMES: [&[&str]; 7] = [
    &["monday", "mon", "mo"],
    &["tuesday", "tues", "tue", "tu"],
    &["wednesday", "weds", "wed", "we"],
    &["thursday", "thurs", "thur", "thu", "th"],
    &["friday", "fri", "fr"],
    &["saturday", "sat", "sa"],
    &["sunday", "sun", "su"],
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

/// A time as it is written: in minutes, on a face of twelve hours unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    minute: u16,
    half: Option<Half>,
    /// Written as only the face of 24 hours is: `09:00`, `17.30`.
    is_24: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// A set of days, one bit each from Monday on.
    Days(u8),
    Clock(Clock),
    WholeDay,
    Closed,
    Dash,
    /// A new line or a semicolon: what stands before it is complete.
    Break,
    Nothing,
}

/// What a week is put together from.
#[derive(Debug, PartialEq)]
enum Item {
    Days(u8),
    Times(Vec<Span>),
    Closed,
    Break,
}

/// Reads opening hours; `None` where the text says anything that cannot be read with certainty.
pub fn opening(text: &str) -> Option<Week> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    week(items(&tokens(&plain(text))?)?)
}

/// In small letters, with one kind of dash, one blank between words, and what closes a sentence as a semicolon.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars().flat_map(char::to_lowercase) {
        match sign {
            '‐'..='―' | '−' => plain.push('-'),
            '\n' | ';' | '|' => plain.push_str(" ; "),
            ',' | '(' | ')' | '&' | '+' => plain.push(' '),
            sign if sign.is_whitespace() => plain.push(' '),
            sign => plain.push(sign),
        }
    }
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            ' ' | '.' | ':' => (Token::Nothing, 1),
            '-' => (Token::Dash, 1),
            ';' => (Token::Break, 1),
            _ => phrase(rest).or_else(|| if first.is_ascii_digit() { clock(rest) } else { day(rest) })?,
        };
        tokens.extend((token != Token::Nothing).then_some(token));
        rest = rest.get(length..)?;
    }
    Some(tokens)
}

fn phrase(text: &str) -> Option<(Token, usize)> {
    let ends = |phrase: &str| text[phrase.len()..].chars().next().is_none_or(|next| !next.is_alphanumeric());
    let fits = |(phrase, _): &&(&str, Token)| text.starts_with(phrase) && ends(phrase);
    PHRASES.iter().find(fits).map(|(phrase, token)| (*token, phrase.len()))
}

fn day(text: &str) -> Option<(Token, usize)> {
    let word = &text[..text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len())];
    let is = |names: &&[&str]| names.iter().any(|name| word == *name || word.strip_suffix('s') == Some(name));
    let at = DAY_NAMES.iter().position(is)?;
    Some((Token::Days(1 << at), word.len()))
}

/// A time: `9`, `09:00`, `9.30`, `0930`, `5 pm`, `5p.m.`; seconds are passed over.
fn clock(text: &str) -> Option<(Token, usize)> {
    let is_of_time = |c: char| c.is_ascii_digit() || c == ':' || c == '.';
    let digits = text[..text.find(|c: char| !is_of_time(c)).unwrap_or(text.len())].trim_end_matches(['.', ':']);
    let (half, length) = half(text, digits.len());
    let is_word_next = text[length..].chars().next().is_some_and(char::is_alphanumeric);
    let (hour, minute) = match digits.split([':', '.']).collect::<Vec<_>>()[..] {
        [hour] if hour.len() == 4 => hour.split_at(2),
        [hour] => (hour, "00"),
        [hour, minute] | [hour, minute, "00"] => (hour, minute),
        _ => return None,
    };
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() <= 2);
    let (hours, minutes) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    let is_24 = hours > 12 || hour.starts_with('0');
    let fits = minutes < 60 && hours * 60 + minutes <= DAY && (half.is_none() || (1..=12).contains(&hours));
    let time = Clock { minute: hours * 60 + minutes, half, is_24: is_24 && half.is_none() };
    (fits && !is_word_next).then_some((Token::Clock(time), length))
}

/// The half of the day that is said behind a time of this length, and where it ends.
fn half(text: &str, length: usize) -> (Option<Half>, usize) {
    let rest = text[length..].trim_start();
    let start = text.len() - rest.len();
    let said = [("am", Half::Am), ("a.m", Half::Am), ("pm", Half::Pm), ("p.m", Half::Pm), ("noon", Half::Pm)];
    said.iter()
        .find(|(word, _)| {
            rest.strip_prefix(word).is_some_and(|after| !after.chars().next().is_some_and(char::is_alphanumeric))
        })
        .map_or((None, length), |(word, half)| (Some(*half), start + word.len()))
}

/// Puts ranges together: `Mon - Fri`, `9 - 5`.
fn items(tokens: &[Token]) -> Option<Vec<Item>> {
    let mut items: Vec<Item> = Vec::new();
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        let (item, left) = match (first, after) {
            (Token::Days(from), [Token::Dash, Token::Days(to), left @ ..]) => (Item::Days(days(*from, *to)?), left),
            (Token::Days(days), [Token::Dash, left @ ..]) if matches!(left.first(), Some(Token::Clock(_))) => {
                (Item::Days(*days), left)
            }
            (Token::Days(days), left) => (Item::Days(*days), left),
            (Token::Clock(from), [Token::Dash, Token::Clock(to), left @ ..]) => {
                (Item::Times(vec![span(*from, *to)?]), left)
            }
            (Token::WholeDay, left) => (Item::Times(vec![Span::WHOLE_DAY]), left),
            (Token::Closed, left) => (Item::Closed, left),
            (Token::Break, left) => (Item::Break, left),
            _ => return None,
        };
        rest = left;
        match (items.last_mut(), item) {
            (Some(Item::Days(known)), Item::Days(more)) => *known |= more,
            (Some(Item::Times(known)), Item::Times(more)) => known.extend(more),
            (_, item) => items.push(item),
        }
    }
    Some(items)
}

/// The days from one to another; over the end of the week too.
fn days(from: u8, to: u8) -> Option<u8> {
    if from.count_ones() != 1 || to.count_ones() != 1 {
        return None;
    }
    let (from, to) = (from.trailing_zeros(), to.trailing_zeros());
    let length = (to + 7 - from) % 7;
    Some((0..=length).fold(0, |set, by| set | 1 << ((from + by) % 7)))
}

/// A stretch between two times as they are written.
fn span(from: Clock, to: Clock) -> Option<Span> {
    let (from_at, to_at) = match (from, to) {
        (Clock { half: None, .. }, Clock { half: None, .. }) if from.is_24 || to.is_24 => (from.minute, to.minute),
        (Clock { half: None, .. }, Clock { half: None, .. }) => by_office(from.minute, to.minute)?,
        (Clock { half: Some(half), .. }, Clock { half: None, .. }) => {
            let from = in_half(from, half);
            (from, if to.is_24 { to.minute } else { after(from, to.minute % (DAY / 2)) })
        }
        (Clock { half: None, .. }, Clock { half: Some(half), .. }) => {
            let to = if to.is_24 { to.minute } else { in_half(to, half) };
            (if from.is_24 { from.minute } else { before(to, from, half)? }, to)
        }
        (Clock { half: Some(one), .. }, Clock { half: Some(other), .. }) => (in_half(from, one), in_half(to, other)),
    };
    between(from_at, to_at)
}

/// A stretch that ends later on its day, or in the night after an evening.
fn between(from: u16, to: u16) -> Option<Span> {
    match (from, to) {
        (0, 0) => Some(Span::WHOLE_DAY),
        (0, to) if to == DAY - 1 => Some(Span::WHOLE_DAY),
        (from, to) if from < to => Some(Span { from, to }),
        (from, 0) => Some(Span { from, to: DAY }),
        (from, to) => {
            let night = Span { from, to: to + DAY };
            (from >= EVENING && night.to - night.from <= LONGEST_NIGHT).then_some(night)
        }
    }
}

/// A time of which the half of the day is said; midnight and times of 24 hours are as they are.
fn in_half(clock: Clock, half: Half) -> u16 {
    let shift = if half == Half::Pm { DAY / 2 } else { 0 };
    if clock.is_24 { clock.minute } else { clock.minute % (DAY / 2) + shift }
}

/// The first of two times of a face of twelve hours that lies after another.
fn after(from: u16, to: u16) -> u16 {
    if to > from { to } else { to + DAY / 2 }
}

/// Where only the end says which half of the day it is in: "2–5 pm" begins in the same, "9–5 pm" in the one before.
fn before(to: u16, from: Clock, half: Half) -> Option<u16> {
    let same = in_half(from, half);
    let is_noon_meant = half == Half::Am && to == 0;
    match half {
        _ if is_noon_meant => None,
        _ if same < to => Some(same),
        Half::Pm => Some(in_half(from, Half::Am)),
        Half::Am => Some(in_half(from, Half::Pm)),
    }
}

/// Where nobody says am or pm: "9–5", "10–12.30", "2–5" can be one thing only; "6–8" can be two.
fn by_office(from: u16, to: u16) -> Option<(u16, u16)> {
    const NOON: u16 = DAY / 2;
    match (from / 60, from < to) {
        (8..=12, true) => Some((from, to)),
        (6..=12, false) => Some((from, to + NOON)),
        (1..=5, true) if to < NOON => Some((from + NOON, to + NOON)),
        _ => None,
    }
}

/// Gives times to days. Either days stand before their times throughout, or behind them.
fn week(items: Vec<Item>) -> Option<Week> {
    let items = if let [Item::Times(spans)] = &items[..]
        && spans[..] == [Span::WHOLE_DAY]
    {
        vec![Item::Days(ALL_DAYS), Item::Times(spans.clone())]
    } else {
        items
    };
    let times_come_first = matches!(items.iter().find(|item| **item != Item::Break), Some(Item::Times(_)));
    let mut plan = Plan::default();
    let read = if times_come_first { plan.times_first(items) } else { plan.days_first(items) };
    read.and_then(|()| plan.finish())
}

/// A week while it is being put together.
#[derive(Default)]
struct Plan {
    week: Week,
    closed: u8,
}

impl Plan {
    fn days_first(&mut self, items: Vec<Item>) -> Option<()> {
        let mut waiting = 0; // days of which the times have not come yet
        let mut closes = false; // "closed" that waits for its days
        for item in items {
            match item {
                Item::Days(days) if closes => (self.closed, closes) = (self.closed | days, false),
                Item::Days(days) => {
                    self.add(std::mem::replace(&mut waiting, days), &[])?;
                }
                Item::Times(spans) if waiting != 0 => self.add(std::mem::take(&mut waiting), &spans)?,
                Item::Times(_) => return None,
                Item::Closed if waiting != 0 => self.closed |= std::mem::take(&mut waiting),
                Item::Closed => closes = true,
                Item::Break => {}
            }
        }
        self.add(waiting, &[])?;
        (!closes).then_some(())
    }

    fn times_first(&mut self, items: Vec<Item>) -> Option<()> {
        let mut waiting: Option<Vec<Span>> = None;
        for item in items {
            match (item, waiting.take()) {
                (Item::Times(spans), None) => waiting = Some(spans),
                (Item::Days(days), Some(spans)) => self.add(days, &spans)?,
                (Item::Break, kept) => waiting = kept,
                _ => return None,
            }
        }
        waiting.is_none().then_some(())
    }

    /// Adds stretches to days; none: that it is open then, without times. Nothing may be said of a day in two ways.
    fn add(&mut self, days: u8, spans: &[Span]) -> Option<()> {
        for (_, hours) in (0..).zip(&mut self.week.0).filter(|(at, _)| days & (1 << at) != 0) {
            match (&mut *hours, spans) {
                (Hours::Closed, []) => *hours = Hours::Unstated,
                (Hours::Closed, spans) => *hours = Hours::Stated(spans.to_vec()),
                (Hours::Stated(known), [_, ..]) => known.extend_from_slice(spans),
                (Hours::Unstated, _) | (Hours::Stated(_), []) => return None,
            }
        }
        Some(())
    }

    fn finish(mut self) -> Option<Week> {
        for (at, hours) in (0..).zip(&mut self.week.0) {
            if self.closed & (1 << at) != 0 {
                *hours = Hours::Closed;
            }
            if let Hours::Stated(spans) = hours {
                spans.sort_unstable();
                if spans.windows(2).any(|pair| pair[0].to > pair[1].from) {
                    return None;
                }
            }
        }
        (self.week != Week::default()).then_some(self.week)
    }
}

#[cfg(test)]
mod tests {
    use super::super::DAYS;
    use super::*;

    /// A week as it was understood, the days without times as `?`.
    fn understood(text: &str) -> String {
        let Some(week) = opening(text) else { return "not read".to_owned() };
        let time = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
        let span = |span: &Span| format!("{}-{}", time(span.from), time(span.to));
        let mut said: Vec<(String, String)> = Vec::new();
        for day in DAYS {
            let hours = match week.hours(day) {
                Hours::Closed => continue,
                Hours::Unstated => "?".to_owned(),
                Hours::Stated(spans) => spans.iter().map(span).collect::<Vec<_>>().join("+"),
            };
            match said.last_mut() {
                Some((days, known)) if *known == hours => days.extend([",", &day.to_string()]),
                _ => said.push((day.to_string(), hours)),
            }
        }
        said.iter().map(|(days, hours)| format!("{days} {hours}")).collect::<Vec<_>>().join("; ")
    }

    const WORKDAYS: &str = "Mon,Tue,Wed,Thu,Fri";
    const ALL: &str = "Mon,Tue,Wed,Thu,Fri,Sat,Sun";

    #[test]
    fn ordinary_weeks_are_read() {
        for (text, means) in [
            ("Mon–Fri 9–5", format!("{WORKDAYS} 9:00-17:00")),
            ("Mon-Fri 9am-5pm", format!("{WORKDAYS} 9:00-17:00")),
            ("Monday to Friday: 9.00 a.m. to 5.00 p.m.", format!("{WORKDAYS} 9:00-17:00")),
            ("Weekdays 0900-1730", format!("{WORKDAYS} 9:00-17:30")),
            ("9-5 Mon-Fri", format!("{WORKDAYS} 9:00-17:00")),
            ("9am–5pm weekdays; 10–2 Sat", format!("{WORKDAYS} 9:00-17:00; Sat 10:00-14:00")),
            ("24/7", format!("{ALL} 0:00-24:00")),
            ("24 hours a day, 7 days a week", format!("{ALL} 0:00-24:00")),
            ("Day and night", format!("{ALL} 0:00-24:00")),
            ("Staffed day and night", format!("{ALL} 0:00-24:00")),
            ("Mon–Fri 24 hours", format!("{WORKDAYS} 0:00-24:00")),
            ("Tue 10:00-12:30, Thu 14:00-16:00", "Tue 10:00-12:30; Thu 14:00-16:00".to_owned()),
            ("Mon, Wed, Fri 10–2", "Mon,Wed,Fri 10:00-14:00".to_owned()),
            ("Tue and Thu 5.30–7.30 pm", "Tue,Thu 17:30-19:30".to_owned()),
            ("Mon–Thu 9–8, Fri 9–5", "Mon,Tue,Wed,Thu 9:00-20:00; Fri 9:00-17:00".to_owned()),
            ("Mon–Fri 9–12.30, 1.30–5", format!("{WORKDAYS} 9:00-12:30+13:30-17:00")),
            ("Mon–Fri 9–1 and 2–6", format!("{WORKDAYS} 9:00-13:00+14:00-18:00")),
            ("Every day 9–9", format!("{ALL} 9:00-21:00")),
            ("Every day 8 am–8 pm", format!("{ALL} 8:00-20:00")),
            ("Every night 7.30 pm–8.30 am", format!("{ALL} 19:30-32:30")),
            ("Mon–Fri 7–11 am", format!("{WORKDAYS} 7:00-11:00")),
            ("Fri and Sat 7–11 pm", "Fri,Sat 19:00-23:00".to_owned()),
            ("Wed, Sat, Sun 12.30–4.30", "Wed,Sat,Sun 12:30-16:30".to_owned()),
            ("Mon-Fri 9-5, Sat closed, Sun closed", format!("{WORKDAYS} 9:00-17:00")),
            ("Mon–Fri 9–5; closed Wed", "Mon,Tue,Thu,Fri 9:00-17:00".to_owned()),
            ("Mon–Fri 9–5 (except bank holidays)", format!("{WORKDAYS} 9:00-17:00")),
            ("Thu 10–1, and by arrangement", "Thu 10:00-13:00".to_owned()),
            ("Sat-Mon noon to 4pm", "Mon,Sat,Sun 12:00-16:00".to_owned()),
            ("Mondays 10am-noon", "Mon 10:00-12:00".to_owned()),
            ("Fri 18:00–02:00", "Fri 18:00-26:00".to_owned()),
            ("Mon–Fri 08:30–17:00\nSat, Sun 09:30–16:30", format!("{WORKDAYS} 8:30-17:00; Sat,Sun 9:30-16:30")),
            ("Monday\n9-5\nTuesday\n10-4", "Mon 9:00-17:00; Tue 10:00-16:00".to_owned()),
            ("Mon–Fri", format!("{WORKDAYS} ?")),
            ("Mon–Wed\nFri 9:00-13:00", "Mon,Tue,Wed ?; Fri 9:00-13:00".to_owned()),
            ("Every day", format!("{ALL} ?")),
        ] {
            assert_eq!(understood(text), means, "{text}");
        }
    }

    #[test]
    fn nothing_is_claimed_of_what_cannot_be_read() {
        for text in [
            "",
            "9–5",
            "by appointment",
            "Court days",
            "First Saturday of the month",
            "Mon–Thu 9–12 in term",
            "Wed 9.30–12.30, March to November",
            "Mon–Fri 9–5, Portland Fri 10–2",
            "Mon–Fri 9–5; Weymouth closed on Wed",
            "Phone 9 am–10 pm; hut Sat 10–12",
            "Day and night for arrests; office Mon–Fri 9–5.30",
            "Mon 6–8",
            "Mon 9–12 am",
            "-1FR 09:00–",
            "Sat 10:00–",
            "Mon–Fri –18:00",
            "Mon–Fri 21:00–19:00",
            "Mon–Fri 12:00–01:30",
            "closed\nMon 08:00–12:00",
            "10:00–16:00 2015-12-24–2015-12-24\nMon–Fri 08:00–17:00",
            "Mon–Fri 9–5, Wed 9–1",
            "Mon–Fri 25–26",
            "Mon 9.75–10",
            "Mon 9–5 Tue 9–5 closed",
            "1st Mon 9–5",
            "closed",
            "Mon–Fri 9–5–7",
            "é–ß",
            "Mon 9–",
        ] {
            assert_eq!(understood(text), "not read", "{text}");
        }
        assert_eq!(opening(&"Mon 9–5 ".repeat(100)), None);
    }
}
