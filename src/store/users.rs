//! The names of the system's users.

use nix::unistd::{Uid, User};

/// The login name of a user, from wherever the system has its users; `uid 1001` where it knows no name.
pub(super) fn user_name(uid: u32) -> String {
    let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
    user.map_or_else(|| format!("uid {uid}"), |user| user.name)
}

/// The login name of whoever runs this program.
pub fn own_login() -> String {
    user_name(Uid::effective().as_raw())
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
