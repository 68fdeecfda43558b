//! The proceedings of an event, typed in a text editor: the event, its topics, and what each group wrote down.
//!
//! It looks like Markdown and is read line by line, by a reader of our own: a parser of Markdown knows no labels
//! ("Convener: KP"), joins the lines of a paragraph, numbers lists anew where 17.2 was written, and gives up the one thing
//! that matters here: to say of every line what became of it. Headings of any level, bold or plain labels and any bullet
//! will do.

mod lines;
mod plan;
mod read;

pub use plan::plan;
pub use read::read_proceedings;

/// What a file of proceedings says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proceedings {
    /// What it says of the event.
    pub event: Vec<Stated>,
    /// Its topics.
    pub groups: Vec<Group>,
    /// The lines of which nothing was understood, in the order of the file.
    pub strange: Vec<Strange>,
    /// How many lines were understood.
    pub understood: usize,
}

/// A field, and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The line where it begins.
    pub line: usize,
    /// The name of the field.
    pub field: &'static str,
    /// What is said, line by line; a blank line between paragraphs.
    pub text: String,
}

/// A topic and what its group wrote down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The line of its heading.
    pub line: usize,
    /// Its number.
    pub number: Option<u16>,
    /// Its title.
    pub title: String,
    /// What is said of it.
    pub stated: Vec<Stated>,
    /// Its recommendations.
    pub items: Vec<Item>,
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its line.
    pub line: usize,
    /// Its number under its topic, where one is written.
    pub number: Option<u16>,
    /// What it asks for.
    pub text: String,
}

/// A line of which nothing was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strange {
    /// Its number.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// Whether it stays in the discussion of a topic; else in the notes of the event.
    pub is_in_topic: bool,
}
