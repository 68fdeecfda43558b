//! An empty sheet to fill in: headings, and beneath them what to write, which an import recognises and passes over.

use super::columns::FIELDS;
use crate::exchange::ExchangeError;

/// The sheet as CSV, with a mark of UTF-8 before it and the line ends that spreadsheet programs write.
///
/// # Errors
/// It cannot be written.
pub fn csv() -> Result<Vec<u8>, ExchangeError> {
    let fields = || FIELDS.iter().filter(|field| !field.help.is_empty());
    let failed = |error: &dyn std::fmt::Display| ExchangeError(format!("the sheet cannot be written: {error}"));
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
    writer.write_record(fields().map(|field| field.label)).map_err(|error| failed(&error))?;
    writer.write_record(fields().map(|field| field.help)).map_err(|error| failed(&error))?;
    writer.flush().map_err(|error| failed(&error))?;
    drop(writer);
    Ok(bytes)
}
