//! Opening hours in words: `Mon–Fri 09:00–17:00`.

use super::normalise::{Object, str_field};
use super::values::{WEEK, weekday};

/// The days of the week as people write them.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Describes schedules in words, one line for each pair of times.
pub fn describe<'a>(schedules: impl Iterator<Item = &'a Object>) -> String {
    let mut lines: Vec<(Vec<usize>, String)> = Vec::new();
    for schedule in schedules {
        let (days, rest) = (days_of(schedule), times_of(schedule));
        match lines.iter_mut().find(|(_, known)| *known == rest) {
            Some((known, _)) => known.extend(days),
            None => lines.push((days, rest)),
        }
    }
    let line = |(mut days, rest): (Vec<usize>, String)| {
        days.sort_unstable();
        days.dedup();
        format!("{} {rest}", describe_days(&days)).trim().to_owned()
    };
    let lines: Vec<String> = lines.into_iter().map(line).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn days_of(schedule: &Object) -> Vec<usize> {
    let days = str_field(schedule, "byday").split(',').map(str::trim);
    let is_plain = |day: &&str| WEEK.contains(day);
    days.filter(is_plain).filter_map(weekday).collect()
}

/// A schedule without its weekdays: times, dates and remarks.
fn times_of(schedule: &Object) -> String {
    let mut parts = Vec::new();
    let odd: Vec<&str> = str_field(schedule, "byday")
        .split(',')
        .map(str::trim)
        .filter(|day| !day.is_empty() && !WEEK.contains(day))
        .collect();
    parts.extend((!odd.is_empty()).then(|| odd.join(",")));
    let between = |from: &str, to: &str| match (clock(str_field(schedule, from)), clock(str_field(schedule, to))) {
        (from, to) if from.is_empty() && to.is_empty() => None,
        (from, to) => Some(format!("{from}–{to}")),
    };
    parts.extend(between("opens_at", "closes_at"));
    parts.extend(between("valid_from", "valid_to").filter(|_| !str_field(schedule, "valid_from").is_empty()));
    if str_field(schedule, "closed") == "true" {
        parts.push("closed".to_owned());
    }
    if parts.is_empty() || str_field(schedule, "opens_at").is_empty() {
        parts.extend(["description", "notes"].map(|field| str_field(schedule, field).to_owned()));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// Cuts the seconds off a time; anything else is returned as it is.
fn clock(time: &str) -> &str {
    let is_long = time.len() >= 8 && time.as_bytes().get(2) == Some(&b':') && time.as_bytes().get(5) == Some(&b':');
    if is_long { &time[..5] } else { time }
}

/// Weekdays in words; three or more in a row become a range.
fn describe_days(days: &[usize]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while at < days.len() {
        let mut end = at;
        while end + 1 < days.len() && days[end + 1] == days[end] + 1 {
            end += 1;
        }
        if end >= at + 2 {
            parts.push(format!("{}–{}", DAYS[days[at]], DAYS[days[end]]));
            at = end + 1;
        } else {
            parts.push(DAYS[days[at]].to_owned());
            at += 1;
        }
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_in_a_line() {
        let schedule = |json: &str| serde_json::from_str::<Object>(json).unwrap();
        let week = ["MO", "TU", "WE", "TH", "FR", "SA"].map(|day| {
            let times =
                if day == "SA" { r#""opens_at":"10:00""# } else { r#""opens_at":"09:00:00","closes_at":"17:00""# };
            schedule(&format!(r#"{{"byday":"{day}",{times}}}"#))
        });
        assert_eq!(describe(week.iter()), "Mon–Fri 09:00–17:00\nSat 10:00–");
        assert_eq!(describe([schedule(r#"{"description":"by appointment"}"#)].iter()), "by appointment");
        assert_eq!(describe([schedule(r#"{"byday":"-1FR","opens_at":"09:00"}"#)].iter()), "-1FR 09:00–");
    }
}
