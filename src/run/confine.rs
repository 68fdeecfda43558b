//! Restricted mode, `moot --restricted`: for people to whom a host gives the program and nothing else. sshd starts it in
//! place of a shell, and whatever is typed in it or sent along, it stays within its workspace.
//!
//! Three things hold it there, each by itself: what leads out is refused ([`crate::app::App::may_leave`]); files to import
//! and export have bare names, in one folder of the workspace; and, where the kernel can (Landlock, Linux 5.13), it is
//! asked to let this process execute nothing and to open nothing beyond.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use rustix::fs::{Mode, OFlags};

use crate::model::text::clean;
use crate::store;

/// The folder of a workspace in which a restricted program finds what is to be imported, and leaves what it exports.
pub const FOLDER: &str = "exchange";

/// The longest file name that is taken, in bytes: what is written beside it has a longer one.
const MAX_NAME: usize = 200;

/// Why no file can be exchanged, if so; empty: this program is not restricted.
static CONFINED: OnceLock<Option<String>> = OnceLock::new();

/// What a restricted program takes from its environment: terminal, language, and how late it is.
const TAKEN: &[&str] = &["TERM", "COLORTERM", "NO_COLOR", "TMUX", "LANG", "LANGUAGE", "TZ", "SSH_ORIGINAL_COMMAND"];

/// Confines this process to a workspace, for good. Call it before any thread is started.
///
/// # Errors
/// The workspace is not there.
pub fn begin(workspace: &Path, is_read_only: bool) -> Result<PathBuf, String> {
    let failed = |error: &io::Error| format!("{} cannot be opened: {error}", workspace.display());
    let workspace = std::path::absolute(workspace).map_err(|error| failed(&error))?;
    let exchange = enter(&workspace, is_read_only);
    if exchange.is_err() {
        std::env::set_current_dir("/").map_err(|error| failed(&error))?; // a bare name leads nowhere
    }
    let _ = CONFINED.set(exchange.err()); // it is only called once
    crate::exchange::follow_no_links();
    lock_in(&workspace);
    Ok(workspace)
}

/// Makes the folder for files the place where this process is, so that a bare name is a file in it, whatever reads it.
fn enter(workspace: &Path, is_read_only: bool) -> Result<(), String> {
    let folder = workspace.join(FOLDER);
    if !is_read_only && store::is_workspace(workspace) {
        store::make_folder(&folder).map_err(|error| format!("the folder {FOLDER} cannot be made: {error}"))?;
    }
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = rustix::fs::open(&folder, flags, Mode::empty());
    let entered = opened.and_then(rustix::process::fchdir);
    entered.map_err(|_| format!("this workspace has no folder {FOLDER} for files; ask whoever looks after the host"))
}

/// Has the kernel hold this process in the workspace, as far as this kernel can.
#[cfg(target_os = "linux")]
fn lock_in(workspace: &Path) {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr, Scope, path_beneath_rules,
    };
    /// What the system's own libraries read: the names of users, the time zone, the program's libraries, and the locks
    /// that others hold.
    const SYSTEM: &[&str] = &["/etc", "/lib", "/lib64", "/usr/lib", "/usr/share/zoneinfo", "/var/lib/sss", "/proc"];
    let abi = ABI::V6;
    let may = AccessFs::from_all(abi) & !BitFlags::from(AccessFs::Execute);
    let locked = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.add_rules(path_beneath_rules([workspace], may)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(SYSTEM, AccessFs::ReadFile | AccessFs::ReadDir)))
        .and_then(|rules| {
            rules.add_rules(path_beneath_rules(
                ["/dev/tty", "/dev/null"],
                AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev,
            ))
        })
        .and_then(landlock::RulesetCreated::restrict_self);
    drop(locked); // an older kernel cannot do it; what is refused is refused all the same
}

#[cfg(not(target_os = "linux"))]
fn lock_in(_: &Path) {}

/// Whether this program is restricted.
pub fn is_on() -> bool {
    CONFINED.get().is_some()
}

/// A variable of the environment; in a restricted program of none but the terminal and the language.
pub fn variable(name: &str) -> Option<String> {
    let is_taken = !is_on() || TAKEN.contains(&name) || name.starts_with("LC_");
    std::env::var(name).ok().filter(|value| is_taken && !value.is_empty())
}

/// Whether the time zone that the environment names can be taken: in a restricted program it may name no file.
pub fn has_time_zone() -> bool {
    !is_on() || variable("TZ").is_none_or(|zone| is_zone(&zone))
}

fn is_zone(zone: &str) -> bool {
    !zone.starts_with(['/', ':']) && !zone.contains("..")
}

/// A path as people type it, with `~` for the home directory; in a restricted program the name of a file in the
/// [`FOLDER`].
///
/// # Errors
/// Why that cannot be named here.
pub fn place(typed: &str) -> Result<PathBuf, String> {
    if is_on() {
        return check(Path::new(typed)).map(|()| PathBuf::from(typed));
    }
    Ok(expand(typed))
}

fn expand(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// Checks that a restricted program may use a file of this name, which need not be there; everything else passes.
///
/// # Errors
/// Why not, and what would do.
pub fn check(typed: &Path) -> Result<(), String> {
    let Some(refusal) = CONFINED.get() else { return Ok(()) };
    refusal.clone().map_or(Ok(()), Err)?;
    let said = clean(&typed.to_string_lossy());
    if !is_bare_name(typed) {
        return Err(format!("{said:?} cannot be named here: only files in the folder {FOLDER}, such as services.csv"));
    }
    match fs::symlink_metadata(typed) {
        Ok(about) if about.is_symlink() => Err(format!("{said:?} is a link, and links are not followed")),
        Ok(about) if !about.is_file() => Err(format!("{said:?} is no file; name a file in the folder {FOLDER}")),
        _ => Ok(()),
    }
}

/// Whether a path is a name and leads nowhere, and is none that this program or the system keeps for itself.
fn is_bare_name(path: &Path) -> bool {
    let mut parts = path.components();
    let (Some(Component::Normal(name)), None) = (parts.next(), parts.next()) else { return false };
    let Some(text) = name.to_str() else { return false };
    name == path.as_os_str() && !text.starts_with('.') && text.len() <= MAX_NAME && !text.chars().any(char::is_control)
}

/// The files in the [`FOLDER`] of a workspace, by name.
///
/// # Errors
/// The folder cannot be read.
pub fn files(workspace: &Path) -> Result<Vec<String>, String> {
    let wrong = |error: io::Error| format!("the folder {FOLDER} cannot be read: {}", error.kind());
    let entries = match fs::read_dir(workspace.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(wrong)?,
    };
    let name = |entry: fs::DirEntry| {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        entry.file_name().into_string().ok().filter(|name| is_file && is_bare_name(Path::new(name)))
    };
    let mut names: Vec<String> = entries.flatten().filter_map(name).collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_leads_nowhere() {
        for name in ["services.csv", "a b.json", "-", "ümlaut.pb", "x:y"] {
            assert!(is_bare_name(Path::new(name)), "{name}");
        }
        let long = "x".repeat(MAX_NAME + 1);
        let out = [
            "",
            ".",
            "..",
            "/",
            "/etc/passwd",
            "../people.ron",
            "a/b",
            "./a",
            "a/",
            "a/.",
            ".hidden",
            "~/x",
            "a\nb",
            &long,
        ];
        for name in out {
            assert!(!is_bare_name(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn a_time_zone_is_no_file() {
        for (zone, is_taken) in [
            ("Europe/London", true),
            ("UTC", true),
            ("GMT0BST,M3.5.0/1,M10.5.0", true),
            ("/etc/shadow", false),
            (":x", false),
            ("../x", false),
        ] {
            assert_eq!(is_zone(zone), is_taken, "{zone}");
        }
    }
}
