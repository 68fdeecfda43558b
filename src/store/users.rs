//! The names of the system's users.

use std::sync::OnceLock;

use nix::unistd::{Gid, Group, Uid, User};

use super::draft::encode_key;
use super::storage::Stat;

/// The login name of a user, from wherever the system has its users; `uid 1001` where it knows no name.
pub(super) fn user_name(uid: u32) -> String {
    let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
    user.map_or_else(|| format!("uid {uid}"), |user| user.name)
}

/// The name of a group; `gid 1001` where the system knows no name.
pub(super) fn group_name(gid: u32) -> String {
    let group = Group::from_gid(Gid::from_raw(gid)).ok().flatten();
    group.map_or_else(|| format!("gid {gid}"), |group| group.name)
}

/// The login name of whoever runs this program.
pub fn own_login() -> String {
    user_name(Uid::effective().as_raw())
}

/// The name of a file of this login's own: `conversations-katy.ron`.
pub(super) fn own_file(name: &str) -> String {
    static LOGIN: OnceLock<String> = OnceLock::new();
    format!("{name}-{}.ron", LOGIN.get_or_init(|| encode_key(&own_login())))
}

/// Whether a file belongs to whoever runs this program.
pub(super) fn is_own(stat: &Stat) -> bool {
    stat.owner == Uid::effective().as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_a_name_stays_a_number() {
        assert_eq!(user_name(0), "root");
        assert_eq!(user_name(3_999_999_999), "uid 3999999999");
    }
}
