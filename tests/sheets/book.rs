//! Writes small workbooks, as spreadsheet programs do: what the tests read.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

/// What stands in a cell.
#[derive(Clone, Debug)]
pub enum Put {
    Nothing,
    Words(&'static str),
    Number(f64),
    /// A number that is shown with noughts before it.
    Padded(f64),
    Pounds(f64),
    /// A day, counted as Excel does.
    Day(f64),
    /// A formula that came to nothing.
    Broken,
}
pub use Put::{Broken, Day, Nothing, Number, Padded, Pounds, Words};

/// A sheet: name, rows, merged ranges.
pub struct Sheet {
    pub name: &'static str,
    pub rows: Vec<Vec<Put>>,
    pub merged: &'static [&'static str],
}

pub fn words(cells: &[&'static str]) -> Vec<Put> {
    cells.iter().map(|cell| if cell.is_empty() { Nothing } else { Words(cell) }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A zip of these parts.
pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn letters(at: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(at % 26).unwrap());
    if at < 26 { letter.to_string() } else { format!("{}{letter}", letters(at / 26 - 1)) }
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const STYLES: &str = r#"<numFmts count="2"><numFmt numFmtId="164" formatCode="00000\ 000000"/><numFmt numFmtId="165" formatCode="&quot;£&quot;#,##0.00"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>"#;

/// A workbook as Excel writes it.
pub fn xlsx(sheets: &[Sheet]) -> Vec<u8> {
    let mut texts: Vec<&str> = Vec::new();
    let mut parts: Vec<(String, String)> = Vec::new();
    let (mut list, mut links) = (String::new(), String::new());
    for (at, sheet) in sheets.iter().enumerate() {
        let n = at + 1;
        list += &format!(r#"<sheet name="{}" sheetId="{n}" r:id="rId{n}"/>"#, escaped(sheet.name));
        links += &format!(r#"<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>"#);
        let mut rows = String::new();
        for (row, cells) in sheet.rows.iter().enumerate() {
            rows += &format!(r#"<row r="{}">"#, row + 1);
            for (column, cell) in cells.iter().enumerate() {
                rows += &cell_xml(&format!("{}{}", letters(column), row + 1), cell, &mut texts);
            }
            rows += "</row>";
        }
        let merged: String = sheet.merged.iter().map(|range| format!(r#"<mergeCell ref="{range}"/>"#)).collect();
        let merged = if merged.is_empty() { merged } else { format!("<mergeCells>{merged}</mergeCells>") };
        let xml = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{merged}</worksheet>"#);
        parts.push((format!("xl/worksheets/sheet{n}.xml"), xml));
    }
    let shared: String =
        texts.iter().map(|text| format!("<si><t xml:space=\"preserve\">{}</t></si>", escaped(text))).collect();
    let more = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships><Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{list}</sheets></workbook>"#),
        ),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships>{links}</Relationships>")),
        ("xl/sharedStrings.xml", format!(r#"<sst xmlns="{MAIN}" uniqueCount="{}">{shared}</sst>"#, texts.len())),
        ("xl/styles.xml", format!(r#"<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>"#)),
    ];
    parts.extend(more.map(|(name, xml)| (name.to_owned(), xml)));
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, xml)| (name.as_str(), xml.as_bytes())).collect();
    zipped(&parts)
}

fn cell_xml(place: &str, cell: &Put, texts: &mut Vec<&'static str>) -> String {
    let number = |style: u8, number: f64| format!(r#"<c r="{place}" s="{style}"><v>{number}</v></c>"#);
    match cell {
        Nothing => String::new(),
        Words(text) => {
            texts.push(text);
            format!(r#"<c r="{place}" t="s"><v>{}</v></c>"#, texts.len() - 1)
        }
        Number(value) => number(0, *value),
        Padded(value) => number(1, *value),
        Pounds(value) => number(2, *value),
        Day(value) => number(3, *value),
        Broken => format!(r#"<c r="{place}" t="e"><f>B1+1</f><v>#REF!</v></c>"#),
    }
}

/// A spreadsheet as LibreOffice writes it: rows of cells, some of them numbers, each line of a text a paragraph.
pub fn ods(name: &str, rows: &[Vec<Put>]) -> Vec<u8> {
    let paragraphs =
        |text: &str| text.lines().map(|line| format!("<text:p>{}</text:p>", escaped(line))).collect::<String>();
    let cell = |cell: &Put| match cell {
        Words(text) => {
            format!(r#"<table:table-cell office:value-type="string">{}</table:table-cell>"#, paragraphs(text))
        }
        Number(value) => format!(
            r#"<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>"#
        ),
        _ => "<table:table-cell/>".to_owned(),
    };
    let row =
        |cells: &Vec<Put>| format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>());
    let rows: String = rows.iter().map(row).collect();
    // The end of a sheet as LibreOffice writes it: one empty row, a million times.
    ods_of(&format!(
        r#"<table:table table:name="{name}">{rows}<table:table-row table:number-rows-repeated="1048500"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#
    ))
}

/// A spreadsheet with this content.
pub fn ods_of(tables: &str) -> Vec<u8> {
    let spaces = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0""#;
    let content = format!(
        "<office:document-content {spaces}><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest/>"),
    ])
}
