//! What a report is made of: headings, paragraphs, lists, facts, tables, quotes. A report says what it has to say in these;
//! [`super::markdown`], [`super::plain`] and [`super::html`] each write them in a notation of their own, and escape every
//! text while they do. No report writes a notation itself, so none can forget to escape.

/// A report, whatever it is written in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// Lines under the title: what it is of, of which day.
    pub subtitle: Vec<String>,
    /// What it says.
    pub blocks: Vec<Block>,
    /// A line at the end: who made it, and when.
    pub footer: String,
}

/// A part of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(Level, Words),
    /// A paragraph.
    Paragraph(Words),
    /// What somebody else said or wrote.
    Quote(Words),
    /// A list.
    List(Vec<Words>),
    /// Labels and what stands behind each.
    Facts(Vec<(String, Words)>),
    /// A table.
    Table(Table),
}

/// How deep a heading stands under the title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A part of the report.
    Part,
    /// A section of a part.
    Section,
    /// An entry of a part, which stays on one page.
    Entry,
}

/// Text, with some of it emphasised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Vec<Span>);

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// As it is.
    Plain(String),
    /// Said loudly.
    Strong(String),
}

/// A table: rows in groups, each group with a name of its own or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<TableColumn>,
    /// Its rows.
    pub groups: Vec<Group>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableColumn {
    /// Its heading.
    pub heading: String,
    /// What it holds.
    pub sort: Sort,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Text, in as many lines as it needs.
    #[default]
    Text,
    /// What one reads off whole, such as a telephone number: it stays on one line.
    Code,
    /// Numbers, at its right edge.
    Number,
}

/// Rows that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// What they have in common; empty where nothing need be said.
    pub name: String,
    /// The rows, a cell for each column.
    pub rows: Vec<Vec<Words>>,
}

impl Words {
    /// Text that is said loudly.
    pub fn strong(text: impl Into<String>) -> Self {
        Self(vec![Span::Strong(text.into())])
    }

    /// The same with more text behind it.
    #[must_use]
    pub fn and(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Plain(text.into()));
        self
    }

    /// The text alone.
    pub fn text(&self) -> String {
        self.0.iter().map(Span::text).collect()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.text().trim().is_empty())
    }
}

impl Span {
    /// The text of it.
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Strong(text) => text,
        }
    }
}

impl<T: Into<String>> From<T> for Words {
    fn from(text: T) -> Self {
        Self(vec![Span::Plain(text.into())])
    }
}

impl Table {
    /// A table without rows; a `#` before a heading: its column holds numbers; a `!`: what stays on one line.
    pub fn new(caption: impl Into<String>, headings: &[&str]) -> Self {
        let column = |heading: &&str| match (heading.strip_prefix('#'), heading.strip_prefix('!')) {
            (Some(heading), _) => TableColumn { heading: heading.to_owned(), sort: Sort::Number },
            (_, Some(heading)) => TableColumn { heading: heading.to_owned(), sort: Sort::Code },
            _ => TableColumn { heading: (*heading).to_owned(), sort: Sort::Text },
        };
        Self { caption: caption.into(), columns: headings.iter().map(column).collect(), groups: Vec::new() }
    }

    /// The same with rows behind those it has, unless there are none.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, rows: Vec<Vec<Words>>) -> Self {
        if !rows.is_empty() {
            self.groups.push(Group { name: name.into(), rows });
        }
        self
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

impl Document {
    /// A report with nothing in it yet.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Begins a part.
    pub fn part(&mut self, heading: impl Into<Words>) {
        self.blocks.push(Block::Heading(Level::Part, heading.into()));
    }

    /// Begins a section.
    pub fn section(&mut self, heading: impl Into<Words>) {
        self.blocks.push(Block::Heading(Level::Section, heading.into()));
    }

    /// Begins an entry.
    pub fn entry(&mut self, heading: impl Into<Words>) {
        self.blocks.push(Block::Heading(Level::Entry, heading.into()));
    }

    /// Adds paragraphs: a text of several lines is several of them. What is empty adds nothing.
    pub fn say(&mut self, words: impl Into<Words>) {
        let words = words.into();
        match words.0.as_slice() {
            [Span::Plain(text)] => {
                let lines = text.lines().filter(|line| !line.trim().is_empty());
                self.blocks.extend(lines.map(|line| Block::Paragraph(line.into())));
            }
            _ if words.is_empty() => {}
            _ => self.blocks.push(Block::Paragraph(words)),
        }
    }

    /// Adds what somebody said.
    pub fn quote(&mut self, words: impl Into<Words>) {
        let words = words.into();
        if !words.is_empty() {
            self.blocks.push(Block::Quote(words));
        }
    }

    /// Adds a list, unless it is empty.
    pub fn list(&mut self, items: Vec<Words>) {
        if !items.is_empty() {
            self.blocks.push(Block::List(items));
        }
    }

    /// Adds labels with what stands behind them; those with nothing behind them are left out.
    pub fn facts(&mut self, facts: Vec<(&str, Words)>) {
        let said = facts.into_iter().filter(|(_, words)| !words.is_empty());
        let said: Vec<(String, Words)> = said.map(|(label, words)| (label.to_owned(), words)).collect();
        if !said.is_empty() {
            self.blocks.push(Block::Facts(said));
        }
    }

    /// Adds a table, unless it has no rows.
    pub fn table(&mut self, table: Table) {
        if !table.is_empty() {
            self.blocks.push(Block::Table(table));
        }
    }
}
