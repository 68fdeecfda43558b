//! Flat exports: a CSV table with one line per service, and GeoJSON points.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::ExportContext;
use crate::exchange::ExchangeError;
use crate::exchange::spreadsheet::text_cell;
use crate::model::field::Visibility;
use crate::model::{AnyRecord, FieldInfo, Kind, Service, Shown, Wording, Workspace};

/// The services as a table, and how many there are.
pub(super) fn table(context: &ExportContext<'_>) -> Result<(Vec<u8>, usize), ExchangeError> {
    let fields: Vec<&FieldInfo> =
        Kind::Service.editable_fields().filter(|field| field.visibility != Visibility::Internal).collect();
    let (workspace, audience) = (&super::for_others(context), context.audience());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for service in workspace.services.iter() {
        let record = AnyRecord::Service(service.clone());
        let values = fields.iter().map(|field| match record.show(field, Wording::Typed, audience, workspace) {
            Shown::Value(said) => record.open_word(field.name).map_or(said, str::to_owned),
            Shown::Hidden(_) => String::new(),
        });
        let verified = service.verified.as_ref().map(|verified| verified.on.to_string()).unwrap_or_default();
        rows.push(std::iter::once(service.id.to_string()).chain(values).chain([verified]).collect());
    }
    let names = fields.iter().map(|field| field.name);
    let header: Vec<&str> = ["id"].into_iter().chain(names).chain(["verified"]).collect();
    let safe = rows.iter().map(|row| row.iter().map(|cell| text_cell(cell)).collect());
    Ok((to_csv(&header, safe)?, rows.len()))
}

fn to_csv<'a>(header: &[&str], rows: impl Iterator<Item = Vec<Cow<'a, str>>>) -> Result<Vec<u8>, ExchangeError> {
    let failed = |error: &dyn std::fmt::Display| ExchangeError(format!("the table could not be written: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(|error| failed(&error))?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| cell.as_bytes())).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

/// A point for every visible location, and how many services have one. The id of a point is that of the service and the
/// number of the location.
pub(super) fn points(context: &ExportContext<'_>) -> (Vec<u8>, usize) {
    let workspace = &super::for_others(context);
    let mut features = Vec::new();
    let mut count = 0;
    for record in workspace.iter(Kind::Service) {
        let record = record.visible_to(context.audience(), workspace);
        let Ok(service) = <&Service>::try_from(&record) else { continue };
        let before = features.len();
        for (at, location) in service.locations.iter().enumerate() {
            if let Some(point) = location.point {
                features.push(json!({
                    "type": "Feature", "id": format!("{}.{}", service.id, at + 1),
                    "geometry": {"type": "Point", "coordinates": [point.1, point.0]},
                    "properties": properties(service, &location.line(), workspace),
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

fn properties(service: &Service, place: &str, workspace: &Workspace) -> Value {
    let organisation = service.organisation.as_ref().map(|to| to.name(workspace)).unwrap_or_default();
    let mut properties = json!({
        "id": service.id.to_string(), "name": &*service.name, "organisation": organisation, "place": place,
        "needs": service.needs.labels(), "phone": service.phone.as_deref(), "url": service.url.as_deref(),
        "verified": service.verified.as_ref().map(|verified| verified.on.to_string()),
    });
    if let Some(properties) = properties.as_object_mut() {
        properties.retain(|_, value| !value.is_null() && value != "");
    }
    properties
}
