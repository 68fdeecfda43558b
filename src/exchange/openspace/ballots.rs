//! A table of ballots: a row for each voter, a column for each recommendation of a round.
//!
//! Every ballot is cast by the rule by which one is cast by hand. One that breaks the rules is named with its line, is not
//! counted, and stays: under its voter where the tally can list it, else among the originals, which in an anonymous round
//! do not say whose it was.

use std::collections::{HashMap, HashSet};

use super::adopt::Adopter;
use super::sheet::Sheet;
use super::topics::as_json;
use super::{Context, Failure, Outcome, labels};
use crate::model::ballot::{self, Origin, Vote, Voter};
use crate::model::change::listed;
use crate::model::round::{Method, Round, RoundState};
use crate::model::text::one_line;
use crate::model::{Change, Id, Recommendation, Ref, Refusal, SplitMix64, Text, Updated, Workspace, person};

/// What the column of the voters is called.
const VOTER: &[&str] = &[
    "voter",
    "voter id",
    "ballot",
    "ballot number",
    "number",
    "no",
    "#",
    "id",
    "person",
    "name",
    "delegate",
    "initials",
    "who",
    "",
];

/// Whether these columns are those of a table of ballots: a voter, and recommendations by their numbers.
pub fn is_table(columns: &[String]) -> bool {
    let has_voter = columns.iter().any(|column| is_voter(column));
    has_voter && columns.iter().any(|column| item_number(column).is_some())
}

fn is_voter(column: &str) -> bool {
    VOTER.contains(&labels::plain(column).as_str())
}

/// The number at the head of a column: `17.2`, also with what the recommendation says behind it.
fn item_number(column: &str) -> Option<String> {
    let first = column.split_whitespace().next()?.trim_end_matches([':', '.']);
    let (topic, number) = first.split_once('.')?;
    let is_number = |part: &str| !part.is_empty() && part.len() <= 5 && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(topic) && is_number(number)).then(|| first.to_owned())
}

/// What a column holds.
enum Column {
    Voter,
    Item(Ref<Recommendation>),
    Other,
}

/// What became of the rows.
#[derive(Default)]
struct Counts {
    cast: usize,
    changed: usize,
    as_before: usize,
    blank: usize,
    not_counted: usize,
}

/// Plans the import of ballots.
///
/// # Errors
/// No round takes them, or a column stands twice.
pub fn plan(text: &str, context: &Context<'_>, random: &mut SplitMix64) -> Result<Outcome, Failure> {
    let workspace = context.workspace;
    let round = round_of(context)?;
    let sheet = Sheet::read(text);
    let mut seeds = SplitMix64::new(random.next_u64());
    let mut import = Import {
        columns: columns(&sheet.header, round, workspace)?,
        header: &sheet.header,
        round,
        counts: Counts::default(),
        seen: HashMap::new(),
        rejected: Vec::new(),
        adopter: Adopter::new(context, random),
    };
    for (name, column) in sheet.header.iter().zip(&import.columns) {
        if matches!(column, Column::Other) && !name.is_empty() {
            import.adopter.note(1, format!("the column {name:?} is left out: it is no number of a recommendation"));
        }
    }
    for (line, row) in &sheet.rows {
        import.take(*line, row, &mut seeds);
    }
    import.adopter.note_all(sheet.notices);
    Ok(import.finish())
}

/// The round that was named, else the only one that takes ballots.
fn round_of<'a>(context: &Context<'a>) -> Result<&'a Round, Refusal> {
    let rounds = &context.workspace.rounds;
    if let Some(id) = context.round {
        let round = rounds.get(id).ok_or_else(|| Refusal(format!("there is no round {id} here")))?;
        ballot::refuse_unless_open(round)?;
        return Ok(round);
    }
    let open = rounds.iter().filter(|round| round.state == RoundState::Open && round.method == Method::Ballots);
    let open: Vec<&Round> = open.map(AsRef::as_ref).collect();
    match open[..] {
        [one] => Ok(one),
        [] => Err(Refusal("no round is open for ballots: open one first (moot round open ROUND)".to_owned())),
        _ => {
            let names: Vec<String> = open.iter().map(|round| one_line(&round.name)).collect();
            Err(Refusal(format!("{} are open: say which one is meant (--round ROUND)", listed(&names))))
        }
    }
}

fn columns(header: &[String], round: &Round, workspace: &Workspace) -> Result<Vec<Column>, Refusal> {
    let options = round.options.iter().filter_map(|option| option.get(workspace));
    let labels: HashMap<String, Id> = options.filter_map(|one| Some((one.label(workspace)?, one.id))).collect();
    let mut seen = HashSet::new();
    let mut has_voter = false;
    let mut columns = Vec::with_capacity(header.len());
    for name in header {
        let item = item_number(name);
        if let Some(number) = item.as_ref().filter(|number| !seen.insert((*number).clone())) {
            let help = "spreadsheets make 1.1 of 1.10 unless the cell is text";
            return Err(Refusal(format!("two columns are called {number}: {help}")));
        }
        columns.push(match item {
            Some(number) => {
                Column::Item(labels.get(&number).map_or_else(|| Ref::words(Text::line(&number)), |id| Ref::record(*id)))
            }
            None if !has_voter && is_voter(name) => {
                has_voter = true;
                Column::Voter
            }
            None => Column::Other,
        });
    }
    Ok(columns)
}

/// An import of ballots under way.
struct Import<'a> {
    columns: Vec<Column>,
    header: &'a [String],
    round: &'a Round,
    counts: Counts,
    /// Who has a row already, and where.
    seen: HashMap<String, (usize, Vec<Vote>)>,
    rejected: Vec<(String, serde_json::Value)>,
    adopter: Adopter<'a>,
}

impl Import<'_> {
    fn take(&mut self, line: usize, row: &[String], random: &mut SplitMix64) {
        let typed = self.voter_cell(row).to_owned();
        match self.read(line, &typed, row) {
            Ok(Some((voter, votes))) => self.cast(line, &voter, votes, (&typed, row), random),
            Ok(None) => {}
            Err(why) => self.reject(line, &why, &typed, row),
        }
    }

    fn voter_cell<'r>(&self, row: &'r [String]) -> &'r str {
        let at = self.columns.iter().position(|column| matches!(column, Column::Voter));
        at.and_then(|at| row.get(at)).map_or("", String::as_str)
    }

    /// The voter and the votes in a row; `None` where it says again what another row has said.
    fn read(&mut self, line: usize, typed: &str, row: &[String]) -> Result<Option<(Voter, Vec<Vote>)>, String> {
        let voter = voter(typed, &self.adopter.workspace)?;
        let votes = self.votes(row)?;
        let key = format!("{voter:?}");
        match self.seen.get(&key) {
            None => {
                self.seen.insert(key, (line, votes.clone()));
                Ok(Some((voter, votes)))
            }
            Some((first, before)) if *before == votes => {
                let text = format!("says again what line {first} says");
                self.adopter.note(line, text);
                Ok(None)
            }
            Some((first, _)) => Err(format!("{} has another ballot in line {first}", one_line(typed))),
        }
    }

    fn votes(&self, row: &[String]) -> Result<Vec<Vote>, String> {
        let mut votes = Vec::new();
        for ((column, name), cell) in self.columns.iter().zip(self.header).zip(row) {
            let Column::Item(item) = column else { continue };
            let Some(dots) = dots(cell).map_err(|()| format!("{cell:?} under {name} is no number of dots"))? else {
                continue;
            };
            votes.push(Vote { item: item.clone(), dots: Some(dots) });
        }
        Ok(votes)
    }

    fn cast(
        &mut self,
        line: usize,
        voter: &Voter,
        votes: Vec<Vote>,
        (typed, row): (&str, &[String]),
        random: &mut SplitMix64,
    ) {
        let (workspace, author) = (&self.adopter.workspace, self.adopter.context.author);
        let before = ballot::ballot_of(workspace, self.round, voter);
        let has_voted = self.round.anonymous && ballot::has_receipt(workspace, self.round, voter);
        let is_same = before.is_some_and(|before| before.votes.0 == votes);
        let (is_new, is_blank) = (before.is_none(), votes.is_empty());
        let cast = ballot::vote(workspace, self.round.id, voter, votes.clone(), Origin::Imported, author, random);
        match cast {
            Ok(_) if is_same => self.counts.as_before += 1,
            Ok(change) => self.count(line, change, is_new, is_blank),
            Err(_) if has_voted => {
                self.counts.as_before += 1;
                let text = format!("{} has voted before, and that ballot stays", one_line(typed));
                self.adopter.note(line, text);
            }
            Err(Refusal(why)) => {
                let breaks_rules = ballot::check_votes(self.round, &votes, workspace).is_err();
                let keep = || ballot::keep_uncounted(workspace, self.round, voter, votes, Origin::Imported, author);
                match keep().filter(|_| breaks_rules) {
                    Some(change) => {
                        self.adopter.add(change);
                        self.note_rejected(line, &why);
                    }
                    None if is_same => self.note_rejected(line, &why),
                    None => self.reject(line, &why, typed, row),
                }
            }
        }
    }

    fn count(&mut self, line: usize, change: Change, is_new: bool, is_blank: bool) {
        if is_new {
            self.counts.cast += 1;
        } else {
            self.counts.changed += 1;
            self.adopter.note(line, change.sentence.clone());
        }
        self.counts.blank += usize::from(is_blank);
        self.adopter.say(change.sentence.clone());
        self.adopter.add(change);
    }

    fn note_rejected(&mut self, line: usize, why: &str) {
        self.counts.not_counted += 1;
        self.adopter.note(line, format!("not counted: {why}"));
    }

    /// Keeps a row as it is: with its voter, unless nobody may know who voted what.
    fn reject(&mut self, line: usize, why: &str, typed: &str, row: &[String]) {
        self.note_rejected(line, why);
        let is_item = |at: usize| matches!(self.columns.get(at), Some(Column::Item(_)));
        let shown = |at: usize| is_item(at) || !self.round.anonymous;
        let cells = row.iter().enumerate().map(|(at, cell)| if shown(at) { cell.clone() } else { String::new() });
        let key = if self.round.anonymous { String::new() } else { one_line(typed) };
        self.rejected.push((key, as_json(self.header, &cells.collect::<Vec<_>>())));
    }

    fn finish(mut self) -> Outcome {
        let anonymous = self.round.anonymous;
        let stamp = if anonymous { Updated::default() } else { self.adopter.context.author.stamp(None) };
        self.adopter.keep_rows("rows of ballots", self.round.id, std::mem::take(&mut self.rejected), &stamp);
        let counts = &self.counts;
        let cast = format!("{} ballots cast in {}", counts.cast, one_line(&self.round.name));
        let parts = [
            (counts.blank, "blank"),
            (counts.changed, "changed"),
            (counts.as_before, "as before"),
            (counts.not_counted, "not counted"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
        self.adopter.finish(Some(format!("{cast}{}", parts.collect::<String>())))
    }
}

/// Who a row is of: a person by initials, name or id, or the number of a paper ballot: `#7`, or 7 alone.
fn voter(typed: &str, workspace: &Workspace) -> Result<Voter, String> {
    let typed = typed.trim();
    let number = typed.strip_prefix('#').map(str::trim).filter(|rest| !rest.is_empty());
    let number = number.or_else(|| typed.bytes().all(|byte| byte.is_ascii_digit()).then_some(typed));
    match number {
        _ if typed.is_empty() => Err("it names no voter".to_owned()),
        Some(number) => Ok(Voter::Number(Text::line(number))),
        None => person::find(workspace, typed).map(|person| Voter::Person(person.id)).map_err(|refusal| refusal.0),
    }
}

/// The dots in a cell; none where it is empty, a nought or a dash.
fn dots(cell: &str) -> Result<Option<u16>, ()> {
    let cell = cell.trim();
    let whole = cell.strip_suffix(".0").unwrap_or(cell);
    match whole {
        "" | "-" | "–" => Ok(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map(|dots| Some(dots).filter(|dots| *dots > 0)).map_err(|_| ())
        }
        _ => Err(()),
    }
}
