//! An empty sheet to fill in: headings, and beneath them what to write, which an import recognises and passes over.

use super::columns::{Field, field};
use crate::exchange::ExchangeError;

/// The columns, in the order in which one fills them in.
const COLUMNS: &[&str] = &[
    "name",
    "organisation",
    "summary",
    "phone",
    "email",
    "url",
    "place",
    "address",
    "town",
    "postcode",
    "hide_address",
    "serves",
    "needs",
    "eligibility",
    "ages",
    "sex",
    "opening",
    "cost",
    "how_to_refer",
    "waiting",
    "languages",
    "accessibility",
    "status",
    "contact",
    "contact_title",
    "contact_phone",
    "contact_email",
    "aliases",
    "funders",
    "funding_ends",
    "verified",
    "notes",
    "id",
];

/// The sheet as CSV, with a mark of UTF-8 before it and the line ends that spreadsheet programs write.
///
/// # Errors
/// It cannot be written.
pub fn csv() -> Result<Vec<u8>, ExchangeError> {
    let fields: Vec<&Field> = COLUMNS.iter().filter_map(|key| field(key)).collect();
    let failed = |error: &dyn std::fmt::Display| ExchangeError(format!("the sheet cannot be written: {error}"));
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
    writer.write_record(fields.iter().map(|field| field.label)).map_err(|error| failed(&error))?;
    writer.write_record(fields.iter().map(|field| field.help)).map_err(|error| failed(&error))?;
    writer.flush().map_err(|error| failed(&error))?;
    drop(writer);
    Ok(bytes)
}
