//! The names of users come from the system, not from a file.

use std::process::Command;

use super::{adding, new_workspace, open, save};

/// In a mount namespace where `/etc/passwd` is empty, as on a host whose users are in a directory service.
fn without_passwd(script: &str) -> Option<std::process::Output> {
    let empty = tempfile::NamedTempFile::new().unwrap();
    let script = format!("mount --bind '{}' /etc/passwd && {script}", empty.path().display());
    Command::new("unshare").args(["--map-root-user", "--mount", "sh", "-c", &script]).output().ok()
}

#[test]
fn a_user_that_is_not_in_passwd_has_a_name() {
    let name = without_passwd("getent passwd 0").map(|output| String::from_utf8(output.stdout).unwrap());
    if !name.as_ref().is_some_and(|line| line.starts_with("root:")) {
        println!("skipped: needs user namespaces, and a name service beside /etc/passwd such as nss-systemd");
        return;
    }
    let dir = new_workspace(false);
    let person = folkmoot::model::Person { id: super::id("P-0001"), name: "Kim".into(), ..Default::default() };
    save(&mut open(dir.path()), &adding(person));
    let moot = env!("CARGO_BIN_EXE_moot");
    let script = format!("'{moot}' -w '{}' add service name=x", dir.path().display());
    let output = without_passwd(&script).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("login=root"), "the refusal names the login: {said}");
}
