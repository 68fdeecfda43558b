//! The map of a workspace: one that is part of the program, or a file in the workspace's own `maps` directory.

use std::io;
use std::path::Path;

use super::problem::{FileProblem, reason};
use super::{Disk, Storage, file_state, records, scan};
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
    let atlas = match read_own(dir, name) {
        Some(Ok(text)) => super::sample::read_whole(&own, text.trim_start_matches('\u{feff}')),
        Some(Err(problem)) => Err(problem),
        None => match BUILT_IN.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, text)) => super::sample::read_whole(&own, text),
            None => Err(unknown(dir, name)),
        },
    };
    let atlas: Result<Atlas, FileProblem> =
        atlas.and_then(|atlas: Atlas| atlas.check().map(|()| atlas).map_err(|why| FileProblem::whole(&own, why)));
    atlas.map_err(|problem| FileProblem { is_blocking: false, ..problem })
}

/// Whether a name can be part of a path without leading anywhere else.
fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// The text of the workspace's own map; `None` where it has none of that name.
fn read_own(dir: &Path, name: &str) -> Option<Result<String, FileProblem>> {
    let path = dir.join(MAPS_DIR).join(format!("{name}.ron"));
    if !is_file_name(name) {
        return None;
    }
    let failed = |message: String| Some(Err(FileProblem::whole(&format!("{MAPS_DIR}/{name}.ron"), message)));
    match Disk.stat(&path) {
        Ok(stat) if !stat.is_file => failed("this is a link or no file at all; put a regular file here".to_owned()),
        Ok(stat) if stat.length > MAX_MAP_BYTES => {
            failed(format!("this map is larger than {} MB; simplify its outlines", MAX_MAP_BYTES / 1024 / 1024))
        }
        Ok(_) => match Disk.read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => Some(Ok(text)),
            Ok(Err(_)) => failed("this file is not UTF-8; save it as UTF-8 in your editor".to_owned()),
            Err(error) => failed(format!("this file cannot be read: {}", reason(&error))),
        },
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
        Err(error) => failed(format!("this file cannot be read: {}", reason(&error))),
    }
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
