//! The map of a workspace: one that is part of the program, or a file in the workspace's own `maps` directory.

use std::path::Path;

use super::problem::FileProblem;
use super::{Disk, Storage, file_state, own_file, records, scan};
use crate::model::place::Atlas;
use crate::model::{Kind, Text, Workspace};

/// The built-in maps by name. The list is in `data`, so that no source file names a county.
const BUILT_IN: &[(&str, &str)] = include!("../../data/maps/built_in.rs");

/// The directory of a workspace's own maps.
const MAPS_DIR: &str = "maps";

/// The size limit of a map file.
const MAX_MAP_BYTES: u64 = 16 * 1024 * 1024;

/// The name of the built-in map that is used where a partnership names none.
pub(super) fn default_name() -> Option<Text> {
    BUILT_IN.first().and_then(|(name, _)| Text::some(name))
}

/// The map that the partnership names: `maps/NAME.ron` in the workspace directory, else the built-in map NAME. Where no map
/// is named it is the default.
///
/// # Errors
/// When there is no map of that name, or it does not read or breaks a limit. The program works without a map, so callers
/// report the problem and go on with an empty [`Atlas`].
pub fn atlas(dir: &Path, workspace: &Workspace) -> Result<Atlas, FileProblem> {
    let named = workspace.itself().and_then(|partnership| partnership.map.as_deref());
    let default = default_name();
    let name = named.or(default.as_deref()).unwrap_or_default();
    let own = format!("{MAPS_DIR}/{name}.ron");
    let found = if is_file_name(name) { own_file::read(dir, &own, MAX_MAP_BYTES) } else { None };
    let atlas = found.unwrap_or_else(|| match BUILT_IN.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, text)) => own_file::parse(&own, text),
        None => Err(unknown(dir, name)),
    });
    let atlas: Result<Atlas, FileProblem> =
        atlas.and_then(|atlas: Atlas| atlas.check().map(|()| atlas).map_err(|why| FileProblem::whole(&own, why)));
    atlas.map_err(|problem| FileProblem { is_blocking: false, ..problem })
}

/// Whether a name can be part of a path without leading anywhere else.
fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// The names of all maps this workspace can use.
fn names(dir: &Path) -> Vec<String> {
    let files = Disk.list(&dir.join(MAPS_DIR)).unwrap_or_default();
    let own = files.iter().filter_map(|file| file.strip_suffix(".ron").filter(|name| is_file_name(name)));
    let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| *name).chain(own).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// The problem of a map that is not there, at the field that names it.
fn unknown(dir: &Path, name: &str) -> FileProblem {
    let file = file_state::file_name(Kind::Partnership);
    let message = format!(
        "there is no map {name:?}; write one of {}, or put your own into {MAPS_DIR}/NAME.ron and write NAME",
        names(dir).join(", ")
    );
    let found = file_state::read(&Disk, dir, Kind::Partnership, None).ok().flatten();
    let place = found.as_ref().and_then(|found| map_field(&found.text).map(|at| (found, at)));
    match place {
        Some((found, at)) => FileProblem::at(&file, &found.text, scan::SyntaxError { at, message }),
        None => FileProblem::whole(&file, message),
    }
}

/// Where the partnership's file names its map.
fn map_field(text: &str) -> Option<usize> {
    let (split, _) = records::split(text, Kind::Partnership);
    let fields = split.records.first().and_then(|span| records::fields(text, &span.body()).ok())?;
    fields.into_iter().find(|field| &text[field.name.clone()] == "map").map(|field| field.value.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Partnership;

    #[test]
    fn every_map_file_is_built_in_and_reads() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/maps");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<String> = files.filter_map(|name| name.strip_suffix(".ron").map(str::to_owned)).collect();
        files.sort();
        let mut names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        assert_eq!(names, files);
        for name in names {
            let mut workspace = Workspace::default();
            let id = "W-0001".parse().unwrap();
            let partnership = Partnership { id, map: Text::some(name), ..Partnership::default() };
            workspace.place(id, Some(partnership.into()));
            let atlas = atlas(Path::new("/nowhere"), &workspace).unwrap();
            assert!(!atlas.districts.is_empty(), "{name}");
        }
    }
}
