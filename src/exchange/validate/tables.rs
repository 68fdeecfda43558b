//! Tables of CSV: each against what the standard demands of its columns, or where the standard has no such table, against
//! what the datapackage says.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Verdict, formats};
use crate::exchange::normalise::{Object, objects, str_field};
use crate::exchange::read::table::{reader, table_name};
use crate::exchange::schema;
use crate::exchange::standard::{Rule, Shape};
use crate::model::text::clean;

/// A table that was read: its columns, and its rows with their lines.
struct Sheet<'a> {
    file: &'a str,
    /// Its name in `schema`, else that of the file.
    name: String,
    columns: Vec<String>,
    rows: Vec<(u64, csv::StringRecord)>,
}

/// Checks all tables. `about`: the name and the text of a datapackage.json.
pub fn validate(verdict: &mut Verdict, about: Option<(&str, &str)>, files: &[(&str, &str)]) {
    let sheets: Vec<Sheet<'_>> = files.iter().map(|(file, text)| read(verdict, file, text)).collect();
    let ids: HashMap<&str, HashSet<&str>> =
        sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.values("id"))).collect();
    let stated = about.map(|(file, text)| stated_tables(verdict, file, text, &sheets)).unwrap_or_default();
    for sheet in &sheets {
        if let Some(rules) = verdict.standard.rules(&sheet.name) {
            let rules: Vec<Rule> = rules.iter().filter(|rule| rule.shape.is_column()).copied().collect();
            let rules: Vec<Column<'_>> = rules.iter().map(Column::of_rule).collect();
            sheet.check(verdict, &rules, &ids);
        } else if let Some(columns) = stated.get(sheet.file) {
            let columns: Vec<Column<'_>> = columns.iter().map(Column::of_field).collect();
            sheet.check(verdict, &columns, &ids);
        }
    }
}

fn read<'a>(verdict: &mut Verdict, file: &'a str, text: &str) -> Sheet<'a> {
    let mut reader = reader(text);
    let columns: Vec<String> =
        reader.headers().map(|all| all.iter().map(|name| name.trim().to_owned()).collect()).unwrap_or_default();
    let name = table_name(file);
    let name = schema::table_by_alias(&name).map_or(name, |table| table.name.to_owned());
    let mut sheet = Sheet { file, name, columns, rows: Vec::new() };
    for row in reader.records() {
        match row {
            Ok(row) => {
                let line = row.position().map_or(0, csv::Position::line);
                if row.len() != sheet.columns.len() {
                    let what =
                        format!("this row has {} cells, and there are {} columns", row.len(), sheet.columns.len());
                    verdict.fault(format!("{file}:{line}"), what);
                }
                sheet.rows.push((line, row));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                verdict.fault(format!("{file}:{line}"), "this row cannot be read");
            }
        }
    }
    sheet
}

/// What is demanded of a column.
struct Column<'a> {
    name: &'a str,
    shape: Shape,
    words: Vec<String>,
    is_required: bool,
    is_unique: bool,
}

impl<'a> Column<'a> {
    fn of_rule(rule: &'a Rule) -> Self {
        let (name, shape) = (rule.name, rule.shape);
        Self { name, shape, words: Vec::new(), is_required: rule.is_required_in_csv, is_unique: rule.is_unique }
    }

    /// What a datapackage says of a field.
    fn of_field(field: &'a Object) -> Self {
        let shape = match (str_field(field, "type"), str_field(field, "format")) {
            ("number" | "integer", _) => Shape::Number,
            ("date", _) => Shape::Date,
            ("time", _) => Shape::Time,
            ("datetime", _) => Shape::Moment,
            (_, "uuid") => Shape::Uuid,
            (_, "uri") => Shape::Uri,
            (_, "email") => Shape::Email,
            _ => Shape::Text,
        };
        let constraints = field.get("constraints").and_then(Value::as_object);
        let is = |name: &str| constraints.and_then(|all| all.get(name)).and_then(Value::as_bool) == Some(true);
        let words = constraints.and_then(|all| all.get("enum")).and_then(Value::as_array).into_iter().flatten();
        let words = words.filter_map(Value::as_str).map(str::to_owned).collect();
        Self { name: str_field(field, "name"), shape, words, is_required: is("required"), is_unique: is("unique") }
    }

    fn fault(&self, cell: &str) -> Option<String> {
        if !self.words.is_empty() && !self.words.iter().any(|word| word == cell) {
            return Some(format!("\"{}\", which is none of {}", clean(cell), self.words.join(", ")));
        }
        formats::cell_fault(self.shape, cell)
    }
}

impl Sheet<'_> {
    fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    fn values(&self, column: &str) -> HashSet<&str> {
        let Some(at) = self.position(column) else { return HashSet::new() };
        self.rows.iter().filter_map(|(_, row)| row.get(at)).collect()
    }

    fn check(&self, verdict: &mut Verdict, columns: &[Column<'_>], ids: &HashMap<&str, HashSet<&str>>) {
        for column in columns {
            match self.position(column.name) {
                None if column.is_required && !self.rows.is_empty() => {
                    verdict.fault(format!("{}:1", self.file), format!("the column {} is missing", column.name));
                }
                None => {}
                Some(at) => self.check_column(verdict, column, at, ids),
            }
        }
        for _ in &self.rows {
            verdict.count(&self.name);
        }
        if self.rows.is_empty() {
            verdict.checked.entry(self.name.clone()).or_default();
        }
    }

    fn check_column(&self, verdict: &mut Verdict, column: &Column<'_>, at: usize, ids: &HashMap<&str, HashSet<&str>>) {
        let name = column.name;
        let mut seen: HashMap<&str, u64> = HashMap::new();
        for (line, row) in &self.rows {
            let cell = row.get(at).unwrap_or_default();
            let what = if cell.trim().is_empty() {
                column.is_required.then(|| format!("{name} is empty"))
            } else if let Some(what) = column.fault(cell) {
                Some(format!("{name} is {what}"))
            } else {
                let twice = seen.insert(cell, *line).filter(|_| column.is_unique);
                twice
                    .map(|first| format!("{name} is {cell:?}, as in line {first}"))
                    .or_else(|| leads_nowhere(column, cell, ids))
            };
            if let Some(what) = what {
                verdict.fault(format!("{}:{line}", self.file), what);
            }
        }
    }
}

/// A reference to a row that is not there.
fn leads_nowhere(column: &Column<'_>, cell: &str, ids: &HashMap<&str, HashSet<&str>>) -> Option<String> {
    let Shape::Reference(to) = column.shape else { return None };
    let is_there = ids.get(to).is_some_and(|ids| ids.contains(cell));
    (!is_there).then(|| format!("{} is {cell}, and {to} has no such row", column.name))
}

/// The fields that a datapackage states, by file; what it says of files and columns that are not there is a fault.
fn stated_tables(verdict: &mut Verdict, file: &str, text: &str, sheets: &[Sheet<'_>]) -> HashMap<String, Vec<Object>> {
    let mut stated = HashMap::new();
    let package: Object = match serde_json::from_str(text) {
        Ok(package) => package,
        Err(error) => {
            verdict.fault(format!("{file}:{}:{}", error.line(), error.column()), "this is no JSON");
            return stated;
        }
    };
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    for (at, resource) in objects(&package, "resources").enumerate() {
        let place = format!("{file}: $.resources[{at}]");
        let path = str_field(resource, "path").trim_start_matches("./");
        let whole = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
        let Some(sheet) = sheets.iter().find(|sheet| sheet.file == whole) else {
            continue; // a package may leave out the tables it has no rows for
        };
        let fields: Vec<Object> = resource
            .get("schema")
            .and_then(Value::as_object)
            .map(|schema| objects(schema, "fields").cloned().collect())
            .unwrap_or_default();
        for name in &sheet.columns {
            if !fields.is_empty() && !fields.iter().any(|field| str_field(field, "name") == name) {
                verdict
                    .fault(place.clone(), format!("{path} has the column {:?}, which is not stated here", clean(name)));
            }
        }
        stated.insert(sheet.file.to_owned(), fields);
    }
    stated
}
