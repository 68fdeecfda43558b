//! Rows: records within a record, such as the contacts of a service. They are declared like records, typed as a small
//! table, and merged row by row, so that two people who work on one list both keep what they did.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt::Debug;

use super::field::{EachText, FieldInfo, FieldType, FieldValue, ParseContext, SearchField};
use super::id::Id;
use super::record::Merge;
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
                Ok(Self {$(
                    $field: $crate::model::field::FieldValue::parse(cells.next().copied().unwrap_or_default(), context)
                        .map_err(|why| format!("{}: {why}", $label.to_lowercase()))?,
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
    fn display(&self, workspace: &Workspace, _: Date) -> String {
        self.iter().map(|row| in_words(row, workspace)).collect::<Vec<_>>().join("\n")
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
                        in_words(&row, context.workspace)
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

fn in_words<R: Row>(row: &R, workspace: &Workspace) -> String {
    let mut said: Vec<String> = Vec::new();
    for (column, cell) in R::COLUMNS.iter().zip(row.cells(workspace)) {
        // "Yes" alone would not say to what.
        let is_flag = column.field_type == FieldType::Flag && !cell.is_empty();
        let cell = if is_flag { column.label.to_lowercase() } else { cell };
        if !cell.is_empty() && column.field_type != FieldType::Notation && !said.contains(&cell) {
            said.push(cell);
        }
    }
    said.join(", ")
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

impl<R: Row> Merge for Vec<R> {
    fn merge(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, bool) {
        RowMerge::new(base, ours, theirs).merge(ours_wins)
    }
}

/// A row of the outcome: which row of the base it continues, or which rows that were added it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The row of the base with this number.
    Base(usize),
    /// The row that we added with this number among ours.
    Ours(usize),
    /// The row that they added with this number among theirs.
    Theirs(usize),
}

/// A three-way merge of lists. Rows of both sides are aligned with those of the base; what stands in both is merged
/// column by column, what one side added stays, what one side took out goes unless the other has changed it. Where one
/// side has put the rows in another order, that order is taken.
struct RowMerge<'a, R> {
    base: &'a [R],
    ours: &'a [R],
    theirs: &'a [R],
    /// For each row of ours where it comes from; likewise theirs. A row that both added is ours in both.
    our_origins: Vec<Origin>,
    their_origins: Vec<Origin>,
}

impl<'a, R: Row> RowMerge<'a, R> {
    fn new(base: &'a [R], ours: &'a [R], theirs: &'a [R]) -> Self {
        let origins = |side: &[R], added: fn(usize) -> Origin| -> Vec<Origin> {
            let aligned = align(base, side).into_iter().enumerate();
            aligned.map(|(at, from)| from.map_or_else(|| added(at), Origin::Base)).collect()
        };
        let mut merge = Self {
            base,
            ours,
            theirs,
            our_origins: origins(ours, Origin::Ours),
            their_origins: origins(theirs, Origin::Theirs),
        };
        merge.join_additions();
        let their_adoptions = adoptions(base, (ours, &merge.our_origins), (theirs, &merge.their_origins));
        let our_adoptions = adoptions(base, (theirs, &merge.their_origins), (ours, &merge.our_origins));
        for (at, from) in their_adoptions {
            merge.their_origins[at] = Origin::Base(from);
        }
        for (at, from) in our_adoptions {
            merge.our_origins[at] = Origin::Base(from);
        }
        merge
    }

    /// What both added, alike or under one key, is one row.
    fn join_additions(&mut self) {
        let mut free: Vec<usize> =
            (0..self.ours.len()).filter(|at| matches!(self.our_origins[*at], Origin::Ours(_))).collect();
        for (origin, row) in self.their_origins.iter_mut().zip(self.theirs) {
            let is_same = |ours: &R| ours == row || ours.key().is_some() && ours.key() == row.key();
            if matches!(origin, Origin::Theirs(_))
                && let Some(place) = free.iter().position(|at| is_same(&self.ours[*at]))
            {
                *origin = Origin::Ours(free.remove(place));
            }
        }
    }

    fn merge(&self, ours_wins: bool) -> (Vec<R>, bool) {
        let mut lost = false;
        let mut rows = Vec::new();
        for origin in self.order(ours_wins) {
            if let Some((row, gave_way)) = self.row(origin, ours_wins) {
                lost |= gave_way;
                rows.push(row);
            }
        }
        (rows, lost)
    }

    fn find(origins: &[Origin], rows: &'a [R], origin: Origin) -> Option<&'a R> {
        origins.iter().position(|known| *known == origin).map(|at| &rows[at])
    }

    /// What becomes of a row, and whether something of it gave way; `None`: it is gone.
    fn row(&self, origin: Origin, ours_wins: bool) -> Option<(R, bool)> {
        let ours = Self::find(&self.our_origins, self.ours, origin);
        let theirs = Self::find(&self.their_origins, self.theirs, origin);
        let blank = R::default();
        let base = if let Origin::Base(at) = origin { &self.base[at] } else { &blank };
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some(R::merge_columns(base, ours, theirs, ours_wins)),
            (Some(row), None) | (None, Some(row)) if matches!(origin, Origin::Base(_)) => {
                (row != base).then(|| (row.clone(), true)) // an edit is worth more than a removal
            }
            (Some(row), None) | (None, Some(row)) => Some((row.clone(), false)),
            (None, None) => None,
        }
    }

    /// The order of the outcome: that of the side that moved rows, else that of the winner, with the rows that only the
    /// other side has behind those they stand behind there.
    fn order(&self, ours_wins: bool) -> Vec<Origin> {
        let is_moved = |origins: &[Origin]| {
            let places =
                origins.iter().filter_map(|origin| if let Origin::Base(at) = origin { Some(at) } else { None });
            !places.is_sorted()
        };
        let ours_first = match (is_moved(&self.our_origins), is_moved(&self.their_origins)) {
            (true, false) => true,
            (false, true) => false,
            _ => ours_wins,
        };
        let (first, second) = if ours_first {
            (&self.our_origins, &self.their_origins)
        } else {
            (&self.their_origins, &self.our_origins)
        };
        let mut order = first.clone();
        let mut before: Option<Origin> = None;
        for origin in second {
            if !order.contains(origin) {
                let at =
                    before.and_then(|before| order.iter().position(|known| *known == before)).map_or(0, |at| at + 1);
                order.insert(at, *origin);
            }
            before = Some(*origin);
        }
        order
    }
}

/// Of more rows than this that have no key and have changed, each is compared with one row only: comparing each with each
/// would take too long.
const MAX_COMPARED: usize = 200;

/// For each row of `side` the row of `base` it continues: the one that says the same, else the one with its key; where
/// rows have no keys, the one that is most like it, of those with which it shares at least half of what it says.
fn align<R: Row>(base: &[R], side: &[R]) -> Vec<Option<usize>> {
    let mut aligned = vec![None; side.len()];
    align_by(|row: &R| Some(format!("{row:?}")), base, side, &mut aligned);
    align_by(Row::key, base, side, &mut aligned);
    let taken: HashSet<usize> = aligned.iter().flatten().copied().collect();
    let free: Vec<usize> =
        (0..base.len()).filter(|from| base[*from].key().is_none() && !taken.contains(from)).collect();
    let open: Vec<usize> = (0..side.len()).filter(|at| side[*at].key().is_none() && aligned[*at].is_none()).collect();
    let pairs: Vec<(usize, usize)> = if open.len().max(free.len()) > MAX_COMPARED {
        open.into_iter().zip(free).collect()
    } else {
        open.iter().flat_map(|at| free.iter().map(move |from| (*at, *from))).collect()
    };
    let mut alike: Vec<(usize, usize)> =
        pairs.into_iter().filter(|(at, from)| is_alike(&side[*at], &base[*from])).collect();
    // Those that share most find each other first, or a new row that says little takes the place of one that was edited.
    alike.sort_by_key(|(at, from)| Reverse(side[*at].likeness(&base[*from])));
    let mut taken = HashSet::new();
    for (at, from) in alike {
        if aligned[at].is_none() && taken.insert(from) {
            aligned[at] = Some(from);
        }
    }
    aligned
}

/// Aligns the rows that are still free by a name of theirs, in the order of the lists.
fn align_by<R: Row>(name: impl Fn(&R) -> Option<String>, base: &[R], side: &[R], aligned: &mut [Option<usize>]) {
    let taken: HashSet<usize> = aligned.iter().flatten().copied().collect();
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for from in (0..base.len()).rev().filter(|from| !taken.contains(from)) {
        if let Some(name) = name(&base[from]) {
            by_name.entry(name).or_default().push(from);
        }
    }
    for (row, from) in side.iter().zip(aligned).filter(|(_, from)| from.is_none()) {
        *from = name(row).and_then(|name| by_name.get_mut(&name)).and_then(Vec::pop);
    }
}

/// The rows a side seems to have put in the place of a row of the base that the other side has edited, and which hold
/// that edit or are like its outcome: they are that row, with edits of both sides. So a save that is repeated finds its
/// own outcome and does not add the row again.
fn adoptions<R: Row>(
    base: &[R],
    (edited, edited_origins): (&[R], &[Origin]),
    (side, origins): (&[R], &[Origin]),
) -> Vec<(usize, usize)> {
    let is_added = |origin: &Origin| !matches!(origin, Origin::Base(_)) && !edited_origins.contains(origin);
    let mut free: Vec<usize> =
        (0..side.len()).filter(|at| side[*at].key().is_none() && is_added(&origins[*at])).collect();
    let mut found = Vec::new();
    if free.len() > MAX_COMPARED {
        return found;
    }
    for (row, origin) in edited.iter().zip(edited_origins) {
        let Origin::Base(from) = *origin else { continue };
        if free.is_empty() || row.key().is_some() || *row == base[from] || origins.contains(origin) {
            continue;
        }
        let is_its = |other: &R| {
            let holds_edit = R::merge_columns(&base[from], row, other, true).0 == *other;
            other.likeness(row) > 0 && (holds_edit || is_alike(other, row))
        };
        let places = (0..free.len()).filter(|place| is_its(&side[free[*place]]));
        let best = places.max_by_key(|place| (side[free[*place]].likeness(row), Reverse(*place)));
        found.extend(best.map(|place| (free.remove(place), from)));
    }
    found
}

/// Whether a row shares at least half of what it says with another.
fn is_alike<R: Row>(row: &R, other: &R) -> bool {
    let shared = row.likeness(other);
    shared > 0 && shared * 2 >= row.likeness(row)
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
        /// What they brought.
        brought: Option<Text> = "Brought", "what they brought";
    }

    row! {
        /// A line without a key, for these tests.
        Note;
        /// Its heading.
        heading: Option<Text> = "Heading", "heading";
        /// Its text.
        text: Option<Text> = "Text", "text";
    }

    fn guests(typed: &str) -> Vec<Guest> {
        Vec::parse(typed, empty_context(&Workspace::default())).unwrap()
    }

    fn notes(typed: &str) -> Vec<Note> {
        Vec::parse(typed, empty_context(&Workspace::default())).unwrap()
    }

    fn merged(base: &str, ours: &str, theirs: &str) -> (String, bool) {
        let (rows, lost) = Merge::merge(&guests(base), &guests(ours), &guests(theirs), true);
        let (turned, also) = Merge::merge(&guests(base), &guests(theirs), &guests(ours), false);
        assert_eq!((&rows, lost), (&turned, also), "both directions agree");
        (rows.format(&Workspace::default()).replace('\n', "; "), lost)
    }

    #[test]
    fn two_who_add_a_row_each_keep_theirs() {
        assert_eq!(merged("Ann", "Ann\nBob", "Ann\nCy"), ("Ann; Cy; Bob".to_owned(), false));
        assert_eq!(merged("", "Ann | Poole", "Ann | | cake"), ("Ann | Poole | cake".to_owned(), false));
        assert_eq!(merged("", "Ann", "Ann"), ("Ann".to_owned(), false));
    }

    #[test]
    fn different_columns_of_one_row_are_joined() {
        assert_eq!(merged("Ann", "Ann | Poole", "Ann | | cake"), ("Ann | Poole | cake".to_owned(), false));
        assert_eq!(merged("Ann", "Ann | Poole", "Ann | Wool"), ("Ann | Poole".to_owned(), true));
    }

    #[test]
    fn an_edit_is_worth_more_than_a_removal() {
        assert_eq!(merged("Ann\nBob", "Ann", "Ann\nBob"), ("Ann".to_owned(), false));
        assert_eq!(merged("Ann\nBob", "Ann", "Ann\nBob | Poole"), ("Ann; Bob | Poole".to_owned(), true));
    }

    #[test]
    fn an_order_that_one_side_made_is_taken() {
        assert_eq!(merged("Ann\nBob\nCy", "Cy\nAnn\nBob", "Ann\nBob\nCy\nDi"), ("Cy; Di; Ann; Bob".to_owned(), false));
    }

    #[test]
    fn rows_without_a_key_are_known_by_what_they_say() {
        let (base, ours) = (notes("One | first\nTwo | second"), notes("One | first\nTwo | 2nd"));
        let theirs = notes("One | 1st\nTwo | second\nThree | third");
        let (rows, lost) = Merge::merge(&base, &ours, &theirs, true);
        assert_eq!((rows, lost), (notes("One | 1st\nTwo | 2nd\nThree | third"), false));
    }

    #[test]
    fn a_new_row_that_says_little_takes_no_other_row() {
        let places = |typed: &str| -> Vec<crate::model::service::Location> {
            Vec::parse(typed, empty_context(&Workspace::default())).unwrap()
        };
        let base = places("The Mill | 1 High Street | Poole");
        let ours = places("The Mill | 1 High Street | Poole | BH15 1AA");
        let theirs = places("| | Poole\nThe Mill | 2 High Street | Poole");
        let merged = places("| | Poole\nThe Mill | 2 High Street | Poole | BH15 1AA");
        assert_eq!(Merge::merge(&base, &ours, &theirs, true), (merged, false));
    }

    /// Together they changed more than half of the row, so that it is not like that of the base any more.
    #[test]
    fn a_save_that_is_repeated_adds_no_row_again() {
        let (base, ours) = (notes("One | first\nTwo | second"), notes("One | first\nTwo | 2nd"));
        let theirs = notes("One | first\nZwei | second");
        let once = Merge::merge(&base, &ours, &theirs, true);
        assert_eq!(once, (notes("One | first\nZwei | 2nd"), false));
        for side in [&ours, &theirs] {
            assert_eq!(Merge::merge(&base, side, &once.0, true), once);
        }
    }

    #[test]
    fn nobody_is_listed_twice() {
        let workspace = Workspace::default();
        let parse = |typed: &str| Vec::<Guest>::parse(typed, empty_context(&workspace));
        assert_eq!(parse("Ann | Poole\nBob\nAnn | Poole").unwrap(), guests("Ann | Poole\nBob"));
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
