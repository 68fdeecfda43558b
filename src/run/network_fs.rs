//! File systems where the system does not tell what others change: what happens on another host is not noticed here.

use std::path::Path;

/// The kinds of network file systems, by the numbers of statfs(2) and the kernel's linux/magic.h.
#[cfg(target_os = "linux")]
const NETWORK: [(u32, &str); 10] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "SMB"),
    (0xfe53_4d42, "SMB"),
    (0x0102_1997, "9P"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x00c3_6400, "Ceph"),
    (0x6573_5546, "FUSE"),
    (0x0bd0_0bd0, "Lustre"),
];

/// The name of the network file system on which a directory lies, if it is one.
#[cfg(target_os = "linux")]
pub fn name_of(dir: &Path) -> Option<&'static str> {
    name(rustix::fs::statfs(dir).ok()?.f_type as u32)
}

/// Elsewhere it is not known how to find out.
#[cfg(not(target_os = "linux"))]
pub fn name_of(_: &Path) -> Option<&'static str> {
    None
}

#[cfg(target_os = "linux")]
fn name(magic: u32) -> Option<&'static str> {
    NETWORK.iter().find(|(number, _)| *number == magic).map(|(_, name)| *name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_by_their_number() {
        assert_eq!((name(0x6969), name(0xfe53_4d42)), (Some("NFS"), Some("SMB")));
        assert_eq!(name(0xef53), None, "ext4");
        assert_eq!(name_of(Path::new("/proc")), None);
    }
}
