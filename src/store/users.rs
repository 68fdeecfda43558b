//! The names of the system's users.

/// The login name of a user of this host, or `uid 1001` where the host's list of users does not name them.
pub(super) fn user_name(uid: u32) -> String {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let is_theirs = |line: &&str| line.split(':').nth(2).and_then(|field| field.parse().ok()) == Some(uid);
    let name = users.lines().find(is_theirs).and_then(|line| line.split(':').next());
    name.map_or_else(|| format!("uid {uid}"), str::to_owned)
}

/// The login name of whoever runs this program.
pub fn own_login() -> String {
    user_name(rustix::process::geteuid().as_raw())
}
