//! A directory for people: one line a service for a spreadsheet, points for a map.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Outgoing;
use super::redactor::Redactor;
use crate::exchange::{Problem, write};
use crate::model::Ref;
use crate::model::field::Visibility;
use crate::model::{AnyRecord, FieldInfo, Kind, Service, Shown, Wording};

/// A text without any address that must not be known; an open service still says its own.
fn without_address(redactor: &Redactor, service: &Service, field: &str, said: String) -> String {
    if field == "locations" { said } else { redactor.redact(service.organisation.as_ref().and_then(Ref::id), &said) }
}

/// Writes the table, exact, and beside it a copy that a spreadsheet cannot take for formulas.
pub(super) fn write_table(path: &Path, what: &Outgoing<'_>) -> Result<usize, Problem> {
    let redactor = super::secrets_of(what);
    let fields: Vec<&FieldInfo> =
        Kind::Service.editable_fields().filter(|field| field.visibility != Visibility::Internal).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for service in what.workspace.services.iter() {
        let record = AnyRecord::Service(service.clone());
        let said =
            fields.iter().map(|field| match record.show(field, Wording::Typed, what.audience(), what.workspace) {
                Shown::Value(said) => without_address(&redactor, service, field.name, said),
                Shown::Hidden(_) => String::new(),
            });
        let verified = service.verified.as_ref().map(|verified| verified.on.to_string()).unwrap_or_default();
        rows.push(std::iter::once(service.id.to_string()).chain(said).chain([verified]).collect());
    }
    let names = fields.iter().map(|field| field.name);
    let header: Vec<String> = ["id"].into_iter().chain(names).chain(["verified"]).map(str::to_owned).collect();
    let exact = written(&header, rows.iter().cloned())?;
    let safe = written(&header, rows.iter().map(|row| row.iter().map(|cell| harmless(cell)).collect()))?;
    write::file(path, &exact)?;
    write::file(&beside(path), &safe)?;
    Ok(rows.len())
}

/// The path of the spreadsheet's copy.
fn beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{stem}-spreadsheet.csv"))
}

fn written(header: &[String], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, Problem> {
    let failed = |error: &dyn std::fmt::Display| Problem(format!("the table could not be written: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(|error| failed(&error))?;
    for row in rows {
        writer.write_record(row).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe.
fn harmless(cell: &str) -> String {
    let begins = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\0' | '＝' | '＋' | '－' | '＠');
    if cell.starts_with(begins) { format!("'{cell}") } else { cell.to_owned() }
}

/// Writes a point for every place that may be seen.
pub(super) fn write_points(path: &Path, what: &Outgoing<'_>) -> Result<usize, Problem> {
    let redactor = super::secrets_of(what);
    let mut features = Vec::new();
    let mut count = 0;
    for record in what.workspace.iter(Kind::Service) {
        let record = record.visible_to(what.audience(), what.workspace);
        let Ok(service) = <&Service>::try_from(&record) else { continue };
        let before = features.len();
        for location in &service.locations {
            if let Some(point) = location.point {
                features.push(json!({
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [point.1, point.0]},
                    "properties": properties(service, &location.line(), what, &redactor),
                }));
            }
        }
        count += usize::from(features.len() > before);
    }
    let mut bytes =
        serde_json::to_vec_pretty(&json!({"type": "FeatureCollection", "features": features})).unwrap_or_default();
    bytes.push(b'\n');
    write::file(path, &bytes)?;
    Ok(count)
}

fn properties(service: &Service, place: &str, what: &Outgoing<'_>, redactor: &Redactor) -> Value {
    let organisation = service.organisation.as_ref().map(|to| to.name(what.workspace)).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_nothing_else() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("+44 1305"), "'+44 1305");
        assert_eq!(harmless("01305 555 0100"), "01305 555 0100");
    }
}
