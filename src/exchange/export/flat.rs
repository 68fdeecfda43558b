//! Flat exports: a CSV table with one line per service, and GeoJSON points.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::ExportContext;
use super::redactor::Redactor;
use crate::exchange::spreadsheet::text_cell;
use crate::exchange::{ExchangeError, write};
use crate::model::field::Visibility;
use crate::model::{AnyRecord, FieldInfo, Kind, Ref, Service, Shown, Wording};

/// Redacts hidden addresses in a field; the service's own visible locations stay.
fn without_address(redactor: &Redactor, service: &Service, field: &str, text: String) -> String {
    if field == "locations" { text } else { redactor.redact(service.organisation.as_ref().and_then(Ref::id), &text) }
}

/// The services as a table.
pub(super) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// How many services are in it.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// It as it is.
    pub fn exact(&self) -> Result<Vec<u8>, ExchangeError> {
        to_csv(&self.header, self.rows.iter().cloned())
    }

    /// Writes it, and beside it a copy whose cells no spreadsheet takes for formulas.
    pub fn write(&self, path: &Path) -> Result<(), ExchangeError> {
        let safe = |row: &Vec<String>| row.iter().map(|cell| text_cell(cell).into_owned()).collect();
        write::write_file(path, &self.exact()?)?;
        write::write_file(&spreadsheet_path(path), &to_csv(&self.header, self.rows.iter().map(safe))?)
    }
}

/// The table of the services.
pub(super) fn table(context: &ExportContext<'_>) -> Table {
    let redactor = super::hidden_addresses(context);
    let fields: Vec<&FieldInfo> =
        Kind::Service.editable_fields().filter(|field| field.visibility != Visibility::Internal).collect();
    let (workspace, audience) = (context.workspace, context.audience());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for service in workspace.services.iter() {
        let record = AnyRecord::Service(service.clone());
        let values = fields.iter().map(|field| match record.show(field, Wording::Typed, audience, workspace) {
            Shown::Value(said) => without_address(&redactor, service, field.name, said),
            Shown::Hidden(_) => String::new(),
        });
        let verified = service.verified.as_ref().map(|verified| verified.on.to_string()).unwrap_or_default();
        rows.push(std::iter::once(service.id.to_string()).chain(values).chain([verified]).collect());
    }
    let names = fields.iter().map(|field| field.name);
    let header: Vec<String> = ["id"].into_iter().chain(names).chain(["verified"]).map(str::to_owned).collect();
    Table { header, rows }
}

/// The path of the copy for spreadsheets.
fn spreadsheet_path(path: &Path) -> PathBuf {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{stem}-spreadsheet.csv"))
}

fn to_csv(header: &[String], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, ExchangeError> {
    let failed = |error: &dyn std::fmt::Display| ExchangeError(format!("the table could not be written: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(|error| failed(&error))?;
    for row in rows {
        writer.write_record(row).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

/// A point for every visible location, and how many services have one.
pub(super) fn points(context: &ExportContext<'_>) -> (Vec<u8>, usize) {
    let redactor = super::hidden_addresses(context);
    let mut features = Vec::new();
    let mut count = 0;
    for record in context.workspace.iter(Kind::Service) {
        let record = record.visible_to(context.audience(), context.workspace);
        let Ok(service) = <&Service>::try_from(&record) else { continue };
        let before = features.len();
        for location in &service.locations {
            if let Some(point) = location.point {
                features.push(json!({
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [point.1, point.0]},
                    "properties": properties(service, &location.line(), context, &redactor),
                }));
            }
        }
        count += usize::from(features.len() > before);
    }
    let mut bytes =
        serde_json::to_vec_pretty(&json!({"type": "FeatureCollection", "features": features})).unwrap_or_default();
    bytes.push(b'\n');
    (bytes, count)
}

fn properties(service: &Service, place: &str, context: &ExportContext<'_>, redactor: &Redactor) -> Value {
    let organisation = service.organisation.as_ref().map(|to| to.name(context.workspace)).unwrap_or_default();
    let mut properties = json!({
        "id": service.id.to_string(), "name": &*service.name, "organisation": organisation, "place": "",
        "needs": service.needs.labels(), "phone": service.phone.as_deref(), "url": service.url.as_deref(),
        "verified": service.verified.as_ref().map(|verified| verified.on.to_string()),
    });
    if let Some(properties) = properties.as_object_mut() {
        redactor.redact_item(service.organisation.as_ref().and_then(Ref::id), properties);
        properties.insert("place".to_owned(), place.into());
        properties.retain(|_, value| !value.is_null() && value != "");
    }
    properties
}
