//! The columns of a spreadsheet before it is imported: each with what stands in its first rows and the field it goes to, to be
//! corrected. Looking comes before importing: the first press of the key says what would come in, the second imports.

use super::command::{Command, Scope, always, commands};
use super::moving::{Cursor, Step};
use super::{App, Effect, Effects, Layer, Severity};

/// A field that a column can go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub key: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What belongs in it.
    pub help: &'static str,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands over it.
    pub heading: String,
    /// What stands in its first rows.
    pub samples: Vec<String>,
    /// The number of the field it goes to.
    pub field: usize,
}

/// The page of columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The path of the sheet, as it was typed.
    pub path: String,
    /// What is said of it in one line: how many sheets and rows.
    pub about: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// All fields.
    pub fields: Vec<Field>,
    /// The column the cursor stands on.
    pub cursor: Cursor,
    /// The field the cursor stands on, while one is being picked.
    pub picking: Option<Cursor>,
    /// What the import would do, line by line, once that is known of the columns as they are.
    pub preview: Option<Vec<String>>,
}

/// What is asked of the thread that reads the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRequest {
    /// The path of the sheet.
    pub path: String,
    /// The name of the field of each column, by its heading.
    pub columns: Vec<(String, String)>,
    /// Whether to say only what would be done.
    pub is_preview: bool,
}

/// What was read of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetRead {
    /// Its columns.
    Columns(Columns),
    /// What its import would do.
    Preview(Vec<String>),
}

/// The keys of the page.
pub(crate) const COLUMNS: Scope = Scope::new("Columns of a spreadsheet");

/// The keys of the list of fields on it.
pub(crate) const PICK: Scope = Scope::new("Fields for a column");

/// Commands of the page.
pub(crate) const COMMANDS: &[Command] = commands! { COLUMNS;
    "columns.pick" ["enter"] "choose field" "choose the field that the column goes to; left and right take the one before or after" always, open_list;
    "columns.import" ["ctrl-s", "i"] "look" "say what would come in; once more imports it" always, look_or_import;
    "columns.close" ["esc"] "leave it" "leave the sheet; nothing is imported" always, close;
    "columns.keep" ["x"] "to the notes" "put the column into the notes, whatever it is" always, to_the_notes;
};

/// Commands of the list of fields.
pub(crate) const PICK_COMMANDS: &[Command] = commands! { PICK;
    "columns.take" ["enter"] "take it" "take the field for the column" always, take;
    "columns.back" ["esc"] "back" "back to the columns" always, back;
};

impl Columns {
    /// The scopes of its keys.
    pub fn scopes(&self) -> &'static [Scope] {
        if self.picking.is_some() { &[PICK, Scope::MOVE] } else { &[COLUMNS, Scope::MOVE] }
    }

    /// The column the cursor stands on.
    pub fn selected(&self) -> Option<&Column> {
        self.columns.get(self.cursor.at)
    }

    /// The field of a column.
    pub fn field(&self, column: &Column) -> Option<Field> {
        self.fields.get(column.field).copied()
    }

    /// Moves; sideways takes the field before or after.
    pub fn step(&mut self, step: Step, size: (u16, u16)) {
        let fields = self.fields.len();
        match (&mut self.picking, step) {
            (Some(picking), _) => picking.step(step, fields, height(size)),
            (None, Step::Columns(by)) => {
                let at = self.selected().map_or(0, |column| column.field);
                self.set_field((at + fields).saturating_add_signed(by) % fields.max(1));
            }
            (None, _) => self.cursor.step(step, self.columns.len(), height(size)),
        }
    }

    fn set_field(&mut self, field: usize) {
        if let Some(column) = self.columns.get_mut(self.cursor.at).filter(|column| column.field != field) {
            column.field = field;
            self.preview = None;
        }
    }

    fn request(&self, is_preview: bool) -> SheetRequest {
        let field = |column: &Column| self.field(column).map_or_else(String::new, |field| field.key.to_owned());
        let columns = self.columns.iter().map(|column| (column.heading.clone(), field(column))).collect();
        SheetRequest { path: self.path.clone(), columns, is_preview }
    }
}

/// How many lines at the foot say more of the column.
pub fn foot_height((_, rows): (u16, u16)) -> usize {
    if rows < 16 { 4 } else { 5 }
}

/// How many rows are seen on a screen of this size.
pub fn height(size: (u16, u16)) -> usize {
    usize::from(size.1).saturating_sub(3 + 1 + foot_height(size)).max(1)
}

fn top(app: &mut App) -> Option<&mut Columns> {
    match app.layers.last_mut() {
        Some(Layer::Columns(columns)) => Some(columns),
        _ => None,
    }
}

/// Something was read of a sheet.
pub(super) fn take_read(app: &mut App, read: SheetRead) -> Effects {
    match read {
        SheetRead::Columns(columns) => {
            app.set_status(Severity::Info, columns.about.clone());
            app.layers.push(Layer::Columns(Box::new(columns)));
        }
        SheetRead::Preview(lines) => {
            let Some(columns) = top(app) else { return Vec::new() };
            columns.preview = Some(lines);
            app.set_status(Severity::Info, "the same key once more imports it".to_owned());
        }
    }
    Vec::new()
}

fn open_list(app: &mut App) -> Effects {
    let size = app.size;
    if let Some(columns) = top(app) {
        let mut cursor = Cursor { at: columns.selected().map_or(0, |column| column.field), top: 0 };
        cursor.follow(columns.fields.len(), height(size));
        columns.picking = Some(cursor);
    }
    Vec::new()
}

fn take(app: &mut App) -> Effects {
    let size = app.size;
    if let Some(columns) = top(app)
        && let Some(picked) = columns.picking.take()
    {
        columns.set_field(picked.at);
        columns.cursor.step(Step::Rows(1), columns.columns.len(), height(size));
    }
    Vec::new()
}

fn back(app: &mut App) -> Effects {
    if let Some(columns) = top(app) {
        columns.picking = None;
    }
    Vec::new()
}

fn to_the_notes(app: &mut App) -> Effects {
    if let Some(columns) = top(app)
        && let Some(notes) = columns.fields.iter().position(|field| field.key == "keep")
    {
        columns.set_field(notes);
    }
    Vec::new()
}

fn look_or_import(app: &mut App) -> Effects {
    let Some(columns) = top(app) else { return Vec::new() };
    if columns.preview.is_none() {
        return vec![Effect::ImportSheet(columns.request(true))];
    }
    let request = columns.request(false);
    app.layers.pop();
    vec![Effect::ImportSheet(request)]
}

fn close(app: &mut App) -> Effects {
    app.layers.pop();
    app.set_status(Severity::Info, "nothing was imported".to_owned());
    Vec::new()
}
