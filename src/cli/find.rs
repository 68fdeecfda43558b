//! `moot find`: the search of the screens for the shell. It takes no lock and writes nothing.

use std::io::Write;
use std::sync::Arc;

use clap::Args;
use serde_json::Value;

use super::Global;
use super::exit::{CommandError, CommandResult, warn};
use super::list::{self, kind_parser};
use super::session::Session;
use crate::model::record::FilterInfo;
use crate::model::{AnyRecord, Kind, Workspace};
use crate::search::{Context, Found, Hit, Index, Query};
use crate::store::Mode;

/// `moot find`
#[derive(Debug, Args)]
#[command(after_help = filters_help())]
pub struct FindArgs {
    /// Words, found in any order and with typing mistakes, and filters: housing in:weymouth age:17. !WORD leaves out what
    /// has the word, 'WORD takes it exactly as it is written
    #[arg(required = true)]
    words: Vec<String>,
    /// What to find
    #[arg(long, value_name = "KIND", default_value = Kind::Service.plural(), value_parser = kind_parser(is_searched))]
    kind: Kind,
    /// Print at most N records; else all
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print an array of records in JSON, with score and the fields that matched
    #[arg(long)]
    json: bool,
}

impl FindArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let workspace = session.workspace();
        let atlas = session.atlas();
        let index =
            Index::build_for(&self.words.join(" "), Arc::new(session.thesaurus()), &[self.kind], workspace, &atlas);
        let is_understood = |text: &str| Query::parse(text, &index, &atlas).misunderstood.is_none();
        let text = query_text(&self.words, &|name, value| {
            index.filters().iter().any(|filter| filter.name.trim_end_matches(':').eq_ignore_ascii_case(name))
                && is_understood(&format!("{name}:\"{value}\" "))
        });
        let query = Query::parse(&text, &index, &atlas);
        if let Some(why) = query.misunderstood {
            return Err(CommandError::usage(why));
        }
        for notice in &query.problems {
            warn(notice);
        }
        let found = index.search(&query, Context { workspace, atlas: &atlas, today: crate::run::clock().1 });
        if found.partial {
            warn(&partly_found(&found, self.kind));
        } else if let Some(word) = found.unknown.first() {
            warn(&format!("nothing here has {word}; the other words are searched for"));
        }
        if found.hits.is_empty() {
            if self.json {
                list::print_json(&Value::Array(Vec::new()), out)?;
            }
            return Err(CommandError::not_found(nothing_found(&found, self.kind)));
        }
        let hits = &found.hits[..self.limit.unwrap_or(usize::MAX).min(found.hits.len())];
        if self.json {
            print_array(hits, &query, workspace, out)?;
        } else {
            print_lines(hits, workspace, out)?;
        }
        // The process ends next; freeing the index piece by piece would only delay it.
        std::mem::forget((index, session));
        Ok(0)
    }
}

/// Whether `moot find` finds records of a kind: what people add can be looked for.
fn is_searched(kind: Kind) -> bool {
    kind.is_addable()
}

/// The filters and what they take, from the table that the search itself reads.
fn filters_help() -> String {
    let folded = |takes: &str| if takes.len() > 66 { takes.replace("; ", ";\n            ") } else { takes.to_owned() };
    let mut groups: Vec<(String, Vec<FilterInfo>)> = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| is_searched(**kind)) {
        match groups.iter_mut().find(|(_, filters)| *filters == kind.filters()) {
            Some((kinds, _)) => kinds.extend([" and ", kind.plural()]),
            None => groups.push((kind.plural().to_owned(), kind.filters())),
        }
    }
    let mut help = String::new();
    for (kinds, filters) in groups {
        let lines = filters.into_iter().map(|filter| format!("\n  {:<9} {}", filter.name, folded(filter.help)));
        help.extend(std::iter::once(format!("Filters of {kinds}:")).chain(lines).chain(["\n\n".to_owned()]));
    }
    help.trim_end().to_owned()
}

/// Joins the arguments to one query, in which one argument says the same as several. The shell has taken the quotes away:
/// a filter gets them back around as many of the words behind it as mean something to it. `means` tells whether a filter
/// takes a value.
fn query_text(arguments: &[String], means: &dyn Fn(&str, &str) -> bool) -> String {
    let mut text = String::new();
    for argument in arguments {
        let is_quoted = argument.contains('"');
        let words: Vec<&str> = if is_quoted { vec![argument] } else { argument.split_whitespace().collect() };
        let mut at = 0;
        while let Some(word) = words.get(at) {
            // What takes any words takes all of them where somebody has put quotes around it alone.
            let is_alone = at == 0 && arguments.len() > 1;
            match word.split_once(':').map(|filter| value_taken(filter, &words[at + 1..], is_alone, means)) {
                Some((name, value, taken)) if taken > 0 => {
                    text.extend([name, ":\"", &value, "\" "]);
                    at += taken;
                }
                _ => text.extend([*word, " "]), // the blank marks the last word as complete
            }
            at += 1;
        }
    }
    text
}

/// What is said where no record holds every word, and those that hold most are printed.
fn partly_found(found: &Found, kind: Kind) -> String {
    let asked = if kind == Kind::Service { String::new() } else { format!("--kind {} ", kind.plural()) };
    let less = found.suggestion.as_ref().map(|(text, count)| format!("; {count} with: moot find {asked}{text}"));
    format!("nothing has every word; these have most{}", less.unwrap_or_default())
}

/// The longest value that a filter takes out of what it begins with and the words behind that; with its name, and how many
/// of those words it takes.
fn value_taken<'a>(
    (name, first): (&'a str, &str),
    behind: &[&str],
    is_alone: bool,
    means: &dyn Fn(&str, &str) -> bool,
) -> (&'a str, String, usize) {
    let value = |taken: usize| [&[first], &behind[..taken]].concat().join(" ");
    // The next filter is no part of this one's value.
    let behind = &behind[..behind.iter().position(|word| word.contains(':')).unwrap_or(behind.len())];
    let takes_anything = means(name, NOTHING);
    let most = if takes_anything && !is_alone { 0 } else { behind.len() };
    let taken = (1..=most).rev().find(|taken| means(name, &value(*taken))).unwrap_or(0);
    (name, value(taken), taken)
}

/// A word that is no name of anything: what takes it takes whatever is written.
const NOTHING: &str = "\u{fffd}";

/// The message that nothing was found, with a query that would find something.
fn nothing_found(found: &Found, kind: Kind) -> String {
    let asked = if kind == Kind::Service { String::new() } else { format!("--kind {} ", kind.plural()) };
    match &found.suggestion {
        Some((text, count)) => {
            format!("nothing holds all of that; {count} would be found with: moot find {asked}{text}")
        }
        None => "nothing found; try fewer or shorter words".to_owned(),
    }
}

fn print_array(hits: &[Hit], query: &Query, workspace: &Workspace, out: &mut dyn Write) -> Result<(), CommandError> {
    let mut all = Vec::with_capacity(hits.len());
    for (hit, record) in records(hits, workspace) {
        let mut value = list::to_json(&list::redacted(&record, workspace))?;
        if let Value::Object(fields) = &mut value {
            fields.insert("score".to_owned(), hit.score.into());
            fields.insert("matched".to_owned(), query.matched(&hit, &record, workspace).into());
            if let Some(km) = hit.km() {
                fields.insert("km".to_owned(), ((f64::from(km) * 10.0).round() / 10.0).into());
            }
        }
        all.push(value);
    }
    list::print_json(&Value::Array(all), out)
}

fn print_lines(hits: &[Hit], workspace: &Workspace, out: &mut dyn Write) -> Result<(), CommandError> {
    let rows: Vec<Vec<String>> = records(hits, workspace)
        .map(|(hit, record)| {
            let mut cells = list::cells(&record, workspace);
            cells.extend(hit.km().map(|km| format!("{km:.1} km")));
            cells
        })
        .collect();
    list::print_columns(&rows, out)
}

fn records(hits: &[Hit], workspace: &Workspace) -> impl Iterator<Item = (Hit, AnyRecord)> {
    hits.iter().filter_map(|hit| Some((*hit, workspace.get(hit.id)?)))
}

#[cfg(test)]
mod tests {
    use super::query_text;

    /// Two filters with values of one and two words, and one that takes anything.
    fn means(name: &str, value: &str) -> bool {
        match name {
            "in" => ["purbeck", "poole", "weymouth & portland"].contains(&value),
            "near" => ["DT4", "DT4 8"].contains(&value),
            name => name == "org",
        }
    }

    fn joined(arguments: &[&str]) -> String {
        query_text(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>(), &means)
    }

    #[test]
    fn quotes_that_the_shell_took_come_back() {
        let text = joined(&["family legal", "near:DT4 8", "in:purbeck", "org:dorset youth"]);
        assert_eq!(text, "family legal near:\"DT4 8\" in:purbeck org:\"dorset youth\" ");
        assert_eq!(joined(&["in:\"poole\" x"]), "in:\"poole\" x ", "what is quoted already stays");
    }

    #[test]
    fn one_argument_says_the_same_as_several() {
        assert_eq!(joined(&["hous in:poole near:DT4 8 beds"]), "hous in:poole near:\"DT4 8\" beds ");
        assert_eq!(joined(&["in:weymouth & portland beds"]), "in:\"weymouth & portland\" beds ");
        assert_eq!(joined(&["org:shelter housing"]), "org:shelter housing ");
    }
}
