//! A report as plain text, for e-mails and for the screen: headings underlined, tables as one line a row. What is written
//! is what was said; there is no notation that a text could break.

use super::document::{Block, Document, Group, Level, Sort, Table, TableColumn, Words};
use super::words::each;
use crate::model::text::one_line;

/// Writes a report.
pub fn render(document: &Document) -> String {
    let mut parts = vec![underlined(&one_line(&document.title), '=')];
    parts[0].extend(document.subtitle.iter().map(|line| one_line(line) + "\n"));
    parts.extend(document.blocks.iter().map(written));
    if !document.footer.is_empty() {
        parts.push(one_line(&document.footer) + "\n");
    }
    parts.join("\n")
}

fn written(block: &Block) -> String {
    match block {
        Block::Heading(Level::Part, words) => format!("\n{}", underlined(&said(words), '=')),
        Block::Heading(Level::Section, words) => underlined(&said(words), '-'),
        Block::Heading(Level::Entry, words) | Block::Paragraph(words) => said(words) + "\n",
        Block::Quote(words) => format!("    {}\n", said(words)),
        Block::List(items) => each(items, |item| format!("- {}\n", said(item))),
        Block::Facts(facts) => each(facts, |(label, words)| {
            format!(
                "{}: {}
",
                one_line(label),
                said(words)
            )
        }),
        Block::Table(table) => {
            format!("{}:\n{}", one_line(&table.caption), each(&table.groups, |one| group(table, one)))
        }
    }
}

/// A heading with a line of this sign under it, as long as itself.
fn underlined(text: &str, sign: char) -> String {
    format!("{text}\n{}\n", sign.to_string().repeat(text.chars().count()))
}

/// A row a line: what its cells say, numbers with the heading of their column.
fn group(table: &Table, group: &Group) -> String {
    let cell = |(words, column): (&Words, &TableColumn)| {
        let heading =
            if column.sort == Sort::Number { format!(" {}", column.heading.to_lowercase()) } else { String::new() };
        said(words) + &heading
    };
    let row = |row: &Vec<Words>| {
        let cells = row.iter().zip(&table.columns).filter(|(words, _)| !words.is_empty());
        format!("- {}\n", cells.map(cell).collect::<Vec<_>>().join("; "))
    };
    let name = if group.name.is_empty() { String::new() } else { format!("{}:\n", one_line(&group.name)) };
    name + &each(&group.rows, row)
}

fn said(words: &Words) -> String {
    one_line(&words.text())
}
