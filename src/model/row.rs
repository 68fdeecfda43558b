//! Rows: records within a record, such as the contacts of a service. They are declared like records, typed as a small
//! table, and merged row by row (`merge`), so that two people who work on one list both keep what they did.

use std::collections::HashMap;
use std::fmt::Debug;

mod merge;

use super::date::format_date;
use super::field::{EachText, FieldInfo, FieldType, FieldValue, ParseContext, SearchField};
use super::id::Id;
use super::{Date, Workspace};

/// A kind of row; `row!` writes it down.
pub trait Row: Clone + Debug + Default + PartialEq + Send + Sync + 'static {
    /// Its columns, in the order in which they are typed.
    const COLUMNS: &'static [FieldInfo];

    /// What each column says.
    fn cells(&self, workspace: &Workspace) -> Vec<String>;
    /// The row that somebody typed, column by column; columns that are not there are empty.
    ///
    /// # Errors
    /// The column, and what it takes.
    fn from_cells(cells: &[&str], context: ParseContext<'_>) -> Result<Self, String>;
    /// What tells it from the other rows of its list, where it has such a thing.
    fn key(&self) -> Option<String>;
    /// In how many of its columns it says something, and says the same as another row.
    fn likeness(&self, other: &Self) -> usize;
    /// Three-way merge, column by column; whether a value gave way.
    fn merge_columns(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, bool);
    /// Hands out the texts of its columns that are searched.
    fn each_text(&self, workspace: &Workspace, each: &mut EachText<'_>);
    /// Hands out the ids of the records it refers to.
    fn each_reference(&self, each: &mut dyn FnMut(Id));
    /// Lets every reference to `old` lead to `new`.
    fn replace_reference(&mut self, old: Id, new: Id);
    /// The required columns that are empty.
    fn missing(&self) -> Vec<&'static str>;
}

/// Writes a kind of row down: its columns, and in brackets after its name those that make its key.
macro_rules! row {
    (
        $(#[$doc:meta])*
        $name:ident $(key($($key:ident),+))?;
        $( $(#[$fdoc:meta])* $field:ident: $type:ty = $label:literal, $hint:literal
            $(, $attribute:ident $(($($argument:expr),+))?)*; )+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[$fdoc])* #[serde(skip_serializing_if = "Blank::is_blank")] pub $field: $type, )+
        }

        impl $crate::model::row::Row for $name {
            const COLUMNS: &'static [$crate::model::FieldInfo] = &[$(
                $crate::model::FieldInfo::new(
                    stringify!($field), $label, $hint, <$type as $crate::model::field::FieldValue>::TYPE,
                )$(.$attribute($($($argument),+)?))*
            ),+];
            fn cells(&self, workspace: &$crate::model::Workspace) -> Vec<String> {
                vec![$($crate::model::field::FieldValue::format(&self.$field, workspace)),+]
            }
            fn from_cells(
                cells: &[&str], context: $crate::model::ParseContext<'_>,
            ) -> Result<Self, String> {
                let mut cells = cells.iter();
                let mut columns = Self::COLUMNS.iter();
                Ok(Self {$(
                    $field: $crate::model::field::FieldValue::parse_leaning(
                        cells.next().copied().unwrap_or_default(),
                        columns.next().map_or($crate::model::date::Lean::Either, |column| column.lean),
                        context,
                    ).map_err(|why| format!("{}: {why}", $label.to_lowercase()))?,
                )+})
            }
            fn key(&self) -> Option<String> {
                $(
                    let is_blank = true $(&& $crate::model::field::Blank::is_blank(&self.$key))+;
                    if !is_blank {
                        return Some(format!("{:?}", ($(&self.$key,)+)));
                    }
                )?
                None
            }
            fn likeness(&self, other: &Self) -> usize {
                0 $(+ usize::from(!$crate::model::field::Blank::is_blank(&self.$field) && self.$field == other.$field))+
            }
            fn merge_columns(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, bool) {
                let mut lost = Vec::new();
                let merged = Self {$(
                    $field: $crate::model::record::merge_field(
                        stringify!($field), (&base.$field, &ours.$field, &theirs.$field), ours_wins, &mut lost,
                    ),
                )+};
                (merged, !lost.is_empty())
            }
            fn each_text(
                &self, workspace: &$crate::model::Workspace, each: &mut $crate::model::field::EachText<'_>,
            ) {
                let mut columns = Self::COLUMNS.iter();
                $(
                    let search = columns.next().and_then(|column| column.search);
                    $crate::model::field::FieldValue::each_text(&self.$field, search, workspace, each);
                )+
            }
            fn each_reference(&self, each: &mut dyn FnMut($crate::model::Id)) {
                $( $crate::model::field::FieldValue::each_reference(&self.$field, each); )+
            }
            fn replace_reference(&mut self, old: $crate::model::Id, new: $crate::model::Id) {
                $( $crate::model::field::FieldValue::replace_reference(&mut self.$field, old, new); )+
            }
            fn missing(&self) -> Vec<&'static str> {
                let mut columns = Self::COLUMNS.iter();
                let mut missing = Vec::new();
                $(
                    if columns.next().is_some_and(|column| column.is_required)
                        && $crate::model::field::Blank::is_blank(&self.$field)
                    {
                        missing.push($label);
                    }
                )+
                missing
            }
        }
    };
}
pub(crate) use row;

/// The most rows that are typed into one field.
const MAX_ROWS: usize = 1_000;

impl<R: Row> FieldValue for Vec<R> {
    const TYPE: FieldType = FieldType::Rows(R::COLUMNS);

    /// One row a line, bars between the columns; see [`join_cells`].
    fn format(&self, workspace: &Workspace) -> String {
        self.iter().map(|row| join_cells(&row.cells(workspace))).collect::<Vec<_>>().join("\n")
    }

    /// One row a line, commas between what its columns say; what has a notation of its own is left out, and what two
    /// columns say is said once.
    fn display(&self, workspace: &Workspace, today: Date) -> String {
        self.iter().map(|row| in_words(row, workspace, today)).collect::<Vec<_>>().join("\n")
    }

    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        let lines: Vec<&str> = typed.lines().filter(|line| !line.trim().is_empty()).collect();
        if lines.len() > MAX_ROWS {
            return Err(format!("at most {MAX_ROWS} rows fit here"));
        }
        let mut rows: Vec<R> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for line in lines {
            let row = parse_row::<R>(line, context)?;
            let place = row.key().map_or(rows.len(), |key| *places.entry(key).or_insert(rows.len()));
            match rows.get(place) {
                None => rows.push(row),
                Some(known) if *known == row => {}
                Some(_) => {
                    return Err(format!(
                        "{} is here twice: make one row of the two",
                        in_words(&row, context.workspace, context.today)
                    ));
                }
            }
        }
        Ok(rows)
    }

    fn each_text(&self, _: Option<SearchField>, workspace: &Workspace, each: &mut EachText<'_>) {
        for row in self {
            row.each_text(workspace, each);
        }
    }

    fn each_reference(&self, each: &mut dyn FnMut(Id)) {
        for row in self {
            row.each_reference(each);
        }
    }

    fn replace_reference(&mut self, old: Id, new: Id) {
        for row in self {
            row.replace_reference(old, new);
        }
    }
}

fn in_words<R: Row>(row: &R, workspace: &Workspace, today: Date) -> String {
    let mut said: Vec<String> = Vec::new();
    for (column, cell) in R::COLUMNS.iter().zip(row.cells(workspace)) {
        let cell = cell_in_words(column, cell, today);
        if !cell.is_empty() && column.field_type != FieldType::Notation && !said.contains(&cell) {
            said.push(cell);
        }
    }
    // A sentence that others follow ends without its full stop.
    let last = said.len().saturating_sub(1);
    let part =
        |(at, cell): (usize, &String)| if at < last { cell.trim_end_matches('.').to_owned() } else { cell.clone() };
    said.iter().enumerate().map(part).collect::<Vec<_>>().join(", ")
}

/// "Yes" alone would not say to what, nor a day since when or until when.
fn cell_in_words(column: &FieldInfo, cell: String, today: Date) -> String {
    match column.field_type {
        FieldType::Flag if !cell.is_empty() => column.label.to_lowercase(),
        FieldType::Date => match cell.parse().map(|day| format_date(day, today)) {
            Ok(day) if ["Day", "Date"].contains(&column.label) => day,
            Ok(day) => format!("{} {day}", column.label.to_lowercase()),
            Err(_) => cell,
        },
        _ => cell,
    }
}

fn parse_row<R: Row>(line: &str, context: ParseContext<'_>) -> Result<R, String> {
    let cells = split_cells(line);
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let notation = || {
        let labels: Vec<String> = R::COLUMNS.iter().map(|column| column.label.to_lowercase()).collect();
        format!("write: {} (an empty part stays empty)", labels.join(" | "))
    };
    if cells.len() > R::COLUMNS.len() {
        return Err(notation());
    }
    let row = R::from_cells(&cells, context)?;
    if row == R::default() || !row.missing().is_empty() { Err(notation()) } else { Ok(row) }
}

/// The columns of one row as it is typed: bars between them, a bar or a backslash within one behind a backslash, a new
/// line as `\n`; empty columns at the end are left out.
pub fn join_cells<T: AsRef<str>>(cells: &[T]) -> String {
    let used = cells.iter().rposition(|cell| !cell.as_ref().trim().is_empty()).map_or(0, |at| at + 1);
    let escaped = |cell: &T| cell.as_ref().replace('\\', "\\\\").replace('|', "\\|").replace('\n', "\\n");
    let line = cells[..used].iter().map(escaped).collect::<Vec<_>>().join(" | ");
    line.trim_start().to_owned()
}

/// The opposite of [`join_cells`].
pub fn split_cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        let last = cells.len() - 1;
        match sign {
            '|' => cells.push(String::new()),
            '\\' => match signs.next() {
                Some('n') => cells[last].push('\n'),
                Some(escaped @ ('|' | '\\')) => cells[last].push(escaped),
                Some(other) => cells[last].extend(['\\', other]),
                None => cells[last].push('\\'),
            },
            sign => cells[last].push(sign),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// A context for parsing in which nothing is known.
pub fn empty_context(workspace: &Workspace) -> ParseContext<'_> {
    ParseContext { workspace, today: Date::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;
    use crate::model::field::Blank;

    row! {
        /// Who came, for these tests.
        Guest key(name);
        /// Who.
        name: Option<Text> = "Name", "who";
        /// From where.
        from: Option<Text> = "From", "where they come from";
    }

    #[test]
    fn nobody_is_listed_twice() {
        let workspace = Workspace::default();
        let parse = |typed: &str| Vec::<Guest>::parse(typed, empty_context(&workspace));
        assert_eq!(parse("Ann | Poole\nBob\nAnn | Poole"), parse("Ann | Poole\nBob"));
        assert_eq!(
            parse("Ann | Poole\nAnn | Wool"),
            Err("Ann, Wool is here twice: make one row of the two".to_owned())
        );
    }

    #[test]
    fn cells_come_back_as_they_were() {
        let cells = ["a|b", "", "c\\d\ne"];
        assert_eq!(split_cells(&join_cells(&cells)), cells);
        assert_eq!(join_cells(&["", "b", ""]), "| b");
        assert_eq!(split_cells("| b"), ["", "b"]);
    }
}
