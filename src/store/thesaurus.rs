//! The thesaurus of a workspace: the one that is part of the program, or a file in its directory.

use std::path::Path;

use super::problem::FileProblem;
use super::{Storage, own_file};
use crate::model::thesaurus::Thesaurus;

const BUILT_IN: &str = include_str!("../../data/thesaurus.ron");
const FILE: &str = "thesaurus.ron";
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What went before the thesaurus.
const FORMER_FILE: &str = "needs.ron";

/// What words mean: the workspace's own `thesaurus.ron`, or the table that comes with the program.
///
/// # Errors
/// What is wrong in the workspace's table. The program works with its own as well, so that callers who only search
/// report the problem and go on with [`default_thesaurus`].
pub fn thesaurus(dir: &Path) -> Result<Thesaurus, FileProblem> {
    own_file::read(dir, FILE, MAX_BYTES).unwrap_or_else(|| own_file::parse(FILE, BUILT_IN))
}

/// The table that comes with the program.
pub fn default_thesaurus() -> Thesaurus {
    own_file::parse(FILE, BUILT_IN).unwrap_or_default() // that it reads is tested
}

/// That a table in the form of an earlier version is not read any more, where there is one.
pub(super) fn former_table(storage: &dyn Storage, dir: &Path) -> Option<FileProblem> {
    storage.stat(&dir.join(FORMER_FILE)).ok()?;
    let message = "this file is not read any more: put what you want of it into thesaurus.ron (docs/files.md shows how) \
                   and remove it";
    Some(FileProblem { is_blocking: false, ..FileProblem::whole(FORMER_FILE, message) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_comes_with_the_program_reads() {
        let table = own_file::parse::<Thesaurus>(FILE, BUILT_IN);
        assert!(!table.unwrap().of_text("a hostel").is_empty());
    }
}
