//! A report as one page of HTML that needs nothing else: no script, no picture, no address. It reads well on a screen, prints
//! on A4, and says to a screen reader what is a heading, a list, a table and what heads each column.
//!
//! The elements are written here, and [`text`] is the only way for a text to get between them: it escapes.

use super::document::{Block, Document, Group, Level, Sort, Span, Table, Words};
use super::words::each;

/// How many parts a report has before they are listed at its beginning.
const CONTENTS_FROM: usize = 6;

const STYLE: &str = include_str!("page.css");

/// Nothing may be loaded or run, whatever stands in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// Writes a report.
pub fn render(document: &Document) -> String {
    let title = text(&document.title);
    let subtitle = each(&document.subtitle, |line| format!("<p>{}</p>\n", text(line)));
    let (contents, parts) = (contents(document), parts(document));
    let footer = match document.footer.as_str() {
        "" => String::new(),
        footer => format!("<footer>\n<p>{}</p>\n</footer>\n", text(footer)),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n{subtitle}</header>\n\
         {contents}<main>\n{parts}</main>\n{footer}</body>\n</html>\n"
    )
}

/// The parts of a long report, each with a way to it.
fn contents(document: &Document) -> String {
    let heading = |block: &Block| match block {
        Block::Heading(Level::Part, words) => Some(inline(words)),
        _ => None,
    };
    let headings: Vec<String> = document.blocks.iter().filter_map(heading).collect();
    if headings.len() < CONTENTS_FROM {
        return String::new();
    }
    let line = |(at, heading)| format!("<li><a href=\"#part-{at}\">{heading}</a></li>\n");
    let lines = each((1..).zip(&headings), line);
    format!("<nav aria-label=\"Contents\">\n<ul>\n{lines}</ul>\n</nav>\n")
}

/// Every part is a section with its heading for a name; entries stand side by side where there is room, each on one page.
fn parts(document: &Document) -> String {
    let (mut page, mut part, mut in_entry) = (String::new(), 0, false);
    for block in &document.blocks {
        let Block::Heading(level, words) = block else {
            page += &written(block);
            continue;
        };
        let is_entry = *level == Level::Entry;
        page += match (in_entry, is_entry) {
            (true, true) => "</div>\n",
            (true, false) => "</div>\n</div>\n",
            (false, true) => "<div class=\"entries\">\n",
            (false, false) => "",
        };
        in_entry = is_entry;
        if *level == Level::Part {
            page += if part > 0 { "</section>\n" } else { "" };
            part += 1;
            page += &section(part);
        }
        page += &heading(*level, words, part);
    }
    page + if in_entry { "</div>\n</div>\n" } else { "" } + if part > 0 { "</section>\n" } else { "" }
}

fn section(part: usize) -> String {
    format!("<section aria-labelledby=\"part-{part}\">\n")
}

fn heading(level: Level, words: &Words, part: usize) -> String {
    let words = inline(words);
    match level {
        Level::Part => format!("<h2 id=\"part-{part}\">{words}</h2>\n"),
        Level::Section => format!("<h3>{words}</h3>\n"),
        Level::Entry => format!("<div class=\"entry\">\n<h3>{words}</h3>\n"),
    }
}

fn written(block: &Block) -> String {
    match block {
        Block::Heading(..) => String::new(),
        Block::Paragraph(words) => format!("<p>{}</p>\n", inline(words)),
        Block::Quote(words) => format!("<blockquote><p>{}</p></blockquote>\n", inline(words)),
        Block::List(items) => {
            format!("<ul>\n{}</ul>\n", each(items, |item| format!("<li>{}</li>\n", inline(item))))
        }
        Block::Facts(facts) => {
            format!(
                "<dl>\n{}</dl>\n",
                each(facts, |(label, words)| format!("<dt>{}</dt><dd>{}</dd>\n", text(label), inline(words)))
            )
        }
        Block::Table(table) => table_element(table),
    }
}

/// The first cell of a row heads it, as the first row heads the columns.
fn table_element(table: &Table) -> String {
    let headings = each(&table.columns, |column| {
        format!("<th scope=\"col\"{}>{}</th>", class(column.sort), text(&column.heading))
    });
    let groups = each(&table.groups, |one| group(table, one));
    let caption = text(&table.caption);
    format!("<table>\n<caption>{caption}</caption>\n<thead>\n<tr>{headings}</tr>\n</thead>\n{groups}</table>\n")
}

fn class(sort: Sort) -> &'static str {
    match sort {
        Sort::Text => "",
        Sort::Code => " class=\"code\"",
        Sort::Number => " class=\"number\"",
    }
}

fn group(table: &Table, group: &Group) -> String {
    let cell = |at: usize, words: &Words| {
        let class = class(table.columns.get(at).map(|column| column.sort).unwrap_or_default());
        let words = inline(words);
        if at == 0 { format!("<th scope=\"row\"{class}>{words}</th>") } else { format!("<td{class}>{words}</td>") }
    };
    let row = |row: &Vec<Words>| format!("<tr>{}</tr>\n", each(row.iter().enumerate(), |(at, words)| cell(at, words)));
    let rows = each(&group.rows, row);
    let name = match group.name.as_str() {
        "" => String::new(),
        name => {
            let width = table.columns.len();
            format!("<tr class=\"group\"><th colspan=\"{width}\" scope=\"rowgroup\">{}</th></tr>\n", text(name))
        }
    };
    format!("<tbody>\n{name}{rows}</tbody>\n")
}

fn inline(words: &Words) -> String {
    let span = |span: &Span| match span {
        Span::Plain(said) => text(said),
        Span::Strong(said) => format!("<strong>{}</strong>", text(said)),
    };
    each(&words.0, span)
}

/// Text between elements. It never stands within one.
fn text(said: &str) -> String {
    html_escape::encode_text(said).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_wherever_it_stands() {
        let hostile = "</title><script>alert('x')</script><img src=x onerror=\"y\">";
        let mut document = Document::new(hostile);
        document.subtitle.push(hostile.to_owned());
        document.footer = hostile.to_owned();
        document.part(hostile);
        document.say(Words::strong(hostile).and(hostile));
        document.quote(hostile);
        document.list(vec![hostile.into()]);
        document.facts(vec![(hostile, hostile.into())]);
        document.table(Table::new(hostile, &[hostile]).with(hostile, vec![vec![hostile.into()]]));
        let page = render(&document);
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
        assert_eq!(page.matches("</title>").count(), 1);
    }
}
