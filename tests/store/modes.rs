//! Owner, group and mode: what is everybody's stays everybody's at each save, by whichever login; what is somebody's own is
//! theirs alone; and what another has put in the place of a file is neither waited for, nor followed, nor believed.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use folkmoot::model::Kind;
use folkmoot::store::{self, Mode, Store, StoreError};

use super::{adding, changing, mode, new_workspace, open, save, service, text};

/// Two people and their group, by numbers that no account has.
const ANN: u32 = 61_001;
const BOB: u32 = 61_002;
const TEAM: u32 = 61_100;
const STRANGERS: u32 = 61_200;

/// Whether this can be two people: only root can. Says so where not.
fn can_be_others() -> bool {
    let can = rustix::process::geteuid().is_root() && Command::new("setpriv").arg("--version").output().is_ok();
    if !can {
        println!("skipped: only root can be two people here, with setpriv");
    }
    can
}

/// The program as this person, whose own group is `group`, in the team or not.
fn moot_as(user: u32, group: u32, is_in_team: bool, umask: &str, dir: &Path, arguments: &str) -> Output {
    let moot = env!("CARGO_BIN_EXE_moot");
    let groups = if is_in_team { format!("--groups={TEAM}") } else { "--clear-groups".to_owned() };
    let script = format!("umask {umask}; exec '{moot}' -w '{}' {arguments}", dir.display());
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={user}"), &format!("--regid={group}"), &groups]);
    command.args(["sh", "-c", &script]).env_clear().env("HOME", "/nonexistent").env("PATH", "/usr/bin:/bin");
    command.output().unwrap()
}

/// A folder that everybody may reach, with the program in reach too.
fn reachable() -> Option<tempfile::TempDir> {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    let told = moot_as(ANN, ANN, false, "022", dir.path(), "--version");
    if !told.status.success() {
        println!("skipped: the program lies where other people do not come");
        return None;
    }
    Some(dir)
}

/// A workspace of the team, begun by Ann as the README says; with setgid on its folder or without.
fn of_team(dir: &Path, has_setgid: bool) -> PathBuf {
    let place = dir.join("team");
    fs::create_dir(&place).unwrap();
    chown(&place, Some(ANN), Some(TEAM)).unwrap();
    fs::set_permissions(&place, Permissions::from_mode(0o2770)).unwrap();
    let begun = moot_as(ANN, ANN, true, "022", dir, &format!("init '{}' --name Team", place.display()));
    assert!(begun.status.success(), "{begun:?}");
    for login in ["KP", "RS"] {
        let added = moot_as(ANN, ANN, true, "022", &place, &format!("--as KP add service name={login}"));
        assert!(added.status.success(), "{added:?}");
    }
    if !has_setgid {
        for folder in [place.clone(), place.join(".moot"), place.join(".moot/backups"), place.join(".moot/drafts")] {
            let mode = fs::metadata(&folder).unwrap().mode() & 0o5777;
            fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        }
    }
    place
}

fn group(path: &Path) -> u32 {
    fs::metadata(path).unwrap().gid()
}

/// Everything below a directory but what is somebody's own.
fn shared(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_owned()];
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true if path.parent().is_some_and(|above| above.ends_with("drafts")) => {}
            true => found.extend(shared(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn two_logins_save_in_turn_and_nobody_is_locked_out() {
    if !can_be_others() {
        return;
    }
    let mut saves = 0;
    for has_setgid in [true, false] {
        for umask in ["000", "022", "077"] {
            let Some(dir) = reachable() else { return };
            let place = of_team(dir.path(), has_setgid);
            // The copy of what was saved last has another name after each save.
            let stays = |path: &PathBuf| !path.to_string_lossy().contains(".saved-");
            let before = shared(&place).into_iter().filter(stays);
            let before: Vec<(PathBuf, u32, u32)> =
                before.map(|path| (path.clone(), mode(&path), group(&path))).collect();
            for round in 0..3 {
                for (user, by) in [(ANN, "KP"), (BOB, "RS")] {
                    for line in [
                        format!("--as {by} set {by} cost=free{round}{user}"),
                        format!("--as {by} add organisation name=T{round}{user}"),
                    ] {
                        let done = moot_as(user, user, true, umask, &place, &line);
                        assert!(done.status.success(), "setgid {has_setgid}, umask {umask}, {by}: {done:?}");
                        saves += 1;
                    }
                }
            }
            for (path, mode_before, group_before) in before {
                let now = (mode(&path), group(&path));
                assert_eq!(now, (mode_before, group_before), "setgid {has_setgid}, umask {umask}: {}", path.display());
            }
            for path in shared(&place) {
                assert_eq!(group(&path), TEAM, "setgid {has_setgid}, umask {umask}: {}", path.display());
                let wanted = if path.is_dir() { 0o770 } else { 0o660 };
                assert_eq!(mode(&path) & 0o777, wanted, "setgid {has_setgid}, umask {umask}: {}", path.display());
            }
        }
    }
    println!("{saves} saves by two logins under 3 umasks, with and without setgid: 0 files changed group or mode");
}

/// Where colleagues would be locked out nothing is saved, and the sentence has the command that mends it.
#[test]
fn a_save_that_would_lock_colleagues_out_is_refused() {
    if !can_be_others() {
        return;
    }
    let Some(dir) = reachable() else { return };
    let place = of_team(dir.path(), false);
    for path in shared(&place) {
        let more = if path.is_dir() { 0o777 } else { 0o666 };
        fs::set_permissions(&path, Permissions::from_mode(more)).unwrap(); // anybody may write, as people do who despair
    }
    let before = text(&place, "services.ron");
    let refused = moot_as(BOB, STRANGERS, false, "022", &place, "--as RS set RS cost=free");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains(&format!("chmod g+s {}", place.display())), "{said}");
    assert_eq!(text(&place, "services.ron"), before);
    // What the sentence says is done.
    let command = said.split("; ").find_map(|part| part.strip_suffix(" keeps it")).unwrap();
    assert!(Command::new("sh").args(["-c", command]).status().unwrap().success());
    let done = moot_as(BOB, STRANGERS, false, "022", &place, "--as RS set RS cost=free");
    assert!(done.status.success(), "{done:?}");
    assert_eq!(group(&place.join("services.ron")), TEAM);
}

#[test]
fn a_file_that_is_not_for_everybody_stays_so() {
    if !can_be_others() {
        return;
    }
    for (given, is_ann_refused, word) in [(0o640, false, "as uid 61001: chmod g+w"), (0o440, true, "chmod u+w")] {
        let Some(dir) = reachable() else { return };
        let place = of_team(dir.path(), true);
        let path = place.join("services.ron");
        fs::set_permissions(&path, Permissions::from_mode(given)).unwrap();
        let (before, owner) = (text(&place, "services.ron"), fs::metadata(&path).unwrap().uid());
        assert_eq!(owner, ANN);
        let refused = moot_as(BOB, BOB, true, "007", &place, "--as RS set RS cost=free");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && said.contains("chmod"), "{given:o}: {said}");
        assert_eq!(text(&place, "services.ron"), before);
        let by_ann = moot_as(ANN, ANN, true, "007", &place, "--as KP set KP cost=free");
        let said = format!("{said}{}", String::from_utf8(by_ann.stderr).unwrap());
        assert_eq!(by_ann.status.success(), !is_ann_refused, "{given:o}: {said}");
        assert!(said.contains(word), "{given:o}: {said}");
        assert_eq!(mode(&path), given);
        // Root may write it all the same, and leaves owner, group and mode.
        save_as_root(&place);
        let about = fs::metadata(&path).unwrap();
        assert_eq!((about.uid(), about.gid(), mode(&path)), (ANN, TEAM, given));
    }
}

fn save_as_root(place: &Path) {
    let mut opened = Store::open(place, Mode::Write).unwrap();
    opened.store.commit(&adding(service("S-9999", "By root", 1))).unwrap();
}

#[test]
fn backups_keep_the_mode_of_what_they_are_of() {
    for given in [0o640, 0o600, 0o660] {
        let dir = new_workspace(false);
        let mut ours = open(dir.path());
        save(&mut ours, &adding(service("S-0001", "First", 1)));
        let path = dir.path().join("services.ron");
        fs::set_permissions(&path, Permissions::from_mode(given)).unwrap();
        let change = changing(&ours, "S-0001", "KP", |service| service.cost = Some("free".into()));
        save(&mut ours, &change);
        let kept = ours.store.backups(Kind::Service);
        assert_eq!((mode(&kept[0].path), mode(&path)), (given, given));
    }
}

/// A temporary file is its owner's alone until its contents are complete, and is then as open as what it replaces.
#[test]
fn no_temporary_file_is_more_open_than_its_target() {
    use super::storage::Hooked;
    let dir = new_workspace(false);
    save(&mut open(dir.path()), &adding(service("S-0001", "First", 1)));
    let path = dir.path().join("services.ron");
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let (place, seen) = (dir.path().to_owned(), std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let counted = seen.clone();
    let hooked = Hooked::new(Box::new(store::Disk), move |_, _| {
        let temps = fs::read_dir(&place)
            .unwrap()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().ends_with("-tmp"));
        for temp in temps {
            assert_eq!(temp.metadata().unwrap().mode() & 0o077, 0, "{:?}", temp.path());
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    });
    let mut ours = Store::open_on(std::sync::Arc::new(hooked), dir.path(), Mode::Write).unwrap();
    ours.store.commit(&adding(service("S-0002", "Second", 1))).unwrap();
    assert!(seen.load(std::sync::atomic::Ordering::Relaxed) > 1, "temporary files were seen");
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn drafts_are_their_writers_alone() {
    let dir = new_workspace(false);
    let drafts = open(dir.path()).store.drafts();
    drafts.write("S-0001", "half a sentence").unwrap();
    let all = dir.path().join(".moot/drafts");
    let own = all.join(rustix::process::geteuid().as_raw().to_string());
    assert_eq!((mode(&all), mode(&own), mode(&own.join("S-0001.draft"))), (0o3770, 0o700, 0o600));
    // A copy may have opened it; the next draft closes it.
    fs::set_permissions(&own, Permissions::from_mode(0o2777)).unwrap();
    drafts.write("S-0001", "half a sentence more").unwrap();
    assert_eq!(mode(&own), 0o700);
    // What an earlier version of the program kept beside it is taken in.
    let me = rustix::process::geteuid().as_raw();
    fs::write(all.join(format!("{me}-S-0002.draft")), "from before").unwrap();
    let again = open(dir.path()).store.drafts();
    assert_eq!(again.read("S-0002").as_deref(), Some("from before"));
    assert_eq!(again.list(), ["S-0001", "S-0002"]);
}

#[test]
fn drafts_of_another_are_neither_forged_nor_deleted() {
    if !can_be_others() {
        return;
    }
    let Some(dir) = reachable() else { return };
    let place = of_team(dir.path(), true);
    let all = place.join(".moot/drafts");
    let sh = |user: u32, script: &str| {
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={user}"), &format!("--regid={user}"), &format!("--groups={TEAM}")]);
        command.args(["sh", "-c", script]).current_dir(&all).output().unwrap()
    };
    // Root's drafts stand for the victim's: whoever runs the test keeps one, and Bob tries.
    let drafts = open(&place).store.drafts();
    drafts.write("S-0001", "what I typed").unwrap();
    for attack in [
        "cat 0/S-0001.draft",
        "rm -rf 0",
        "mv 0 away",
        "echo forged > 0/S-0002.draft",
        "chmod 777 0",
        "ls 0",
        "ln -s /etc/passwd 0/S-0003.draft",
    ] {
        assert!(!sh(BOB, attack).status.success(), "{attack}");
    }
    assert_eq!((drafts.list(), drafts.read("S-0001")), (vec!["S-0001".to_owned()], Some("what I typed".to_owned())));
    // Where Bob has taken the place before, it is passed over, and what he put there is not believed.
    fs::remove_dir_all(all.join("0")).unwrap();
    assert!(sh(BOB, "mkdir -m 777 0 && echo '(\"service\",\"Forged\",7,[])' > 0/S-0009.draft").status.success());
    assert_eq!(drafts.list(), Vec::<String>::new());
    drafts.write("S-0001", "what I typed").unwrap();
    assert_eq!((drafts.list().len(), drafts.read("S-0009")), (1, None));
    assert!(!all.join("0/S-0001.draft").exists() && mode(&all.join("0-1")) == 0o700);
    // One that lies among those of earlier versions and is not its own.
    assert!(sh(BOB, "echo x > 0-S-0008.draft").status.success());
    assert_eq!(open(&place).store.drafts().read("S-0008"), None);
}

/// Runs the program, which must end by itself; a pipe in the place of a file would hold it for ever.
fn ends(dir: &Path, line: &str) -> (i32, String) {
    let moot = env!("CARGO_BIN_EXE_moot");
    let script = format!("timeout 60 '{moot}' -w '{}' --as KP {line} </dev/null", dir.display());
    let home = dir.join("home");
    let output =
        Command::new("sh").args(["-c", &script]).env("HOME", &home).env("XDG_CONFIG_HOME", home).output().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_pipe_or_a_device_in_the_place_of_a_file_holds_nobody() {
    let me = rustix::process::geteuid().as_raw();
    let own = |file: &str| file.replace("ME", &me.to_string()).replace("LOGIN", &store::own_login());
    let mut tried = 0;
    for file in [
        "services.ron",
        "people.ron",
        "originals.ron",
        "conversations-LOGIN.ron",
        "thesaurus.ron",
        "needs.ron",
        "maps/dorset.ron",
        ".moot/lock",
        ".moot/journal.ron",
        ".moot/conflicts.ron",
        ".moot/overwritten.ron",
        ".moot/conflicts-LOGIN.ron",
        ".moot/drafts/ME/S-0001.draft",
        ".moot/drafts/ME",
        ".moot/backups",
        "home/moot/keys.ron",
        "home/moot/workspace",
    ] {
        for what in ["mkfifo", "mknod"] {
            let dir = new_workspace(true);
            let path = dir.path().join(own(file));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path)); // most are not there
            let mut make = Command::new(what);
            make.arg(&path);
            if what == "mknod" {
                make.args(["c", "1", "5"]); // as /dev/zero, which has no end
            }
            if !make.output().is_ok_and(|made| made.status.success()) {
                println!("skipped: {what} is not possible here");
                continue;
            }
            for line in ["list services", "set \"Harbour Lamp Night Shelter\" cost=free", "export csv -", ""] {
                let (code, said) = ends(dir.path(), line);
                assert!((0..=6).contains(&code), "{what} {file}, {line}: {code}: {said}");
                assert!(!said.contains("panicked"), "{said}");
                tried += 1;
            }
        }
    }
    println!("{tried} runs with a pipe or a device in the place of a file: 0 hang");
}

#[test]
fn a_folder_of_backups_that_is_a_link_is_not_followed() {
    let (dir, elsewhere) = (new_workspace(false), tempfile::tempdir().unwrap());
    save(&mut open(dir.path()), &adding(service("S-0001", "First", 1)));
    let mut ours = open(dir.path());
    let backups = dir.path().join(".moot/backups");
    fs::remove_dir_all(&backups).unwrap();
    symlink(elsewhere.path(), &backups).unwrap();
    // By a program that is open, and by one that begins.
    let refused = ours.store.commit(&adding(service("S-0002", "Second", 1))).unwrap_err();
    assert!(matches!(&refused, StoreError::Failed { why, .. } if why.contains("is a link or no folder")), "{refused}");
    let begun = Store::open(dir.path(), Mode::Write).unwrap();
    assert!(begun.read_only.unwrap().contains("is a link or no folder"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn what_a_killed_save_of_another_left_is_swept_when_it_is_old() {
    let dir = new_workspace(false);
    let (old, new) = (dir.path().join(".services.ron.812-0.moot-tmp"), dir.path().join(".services.ron.812-1.moot-tmp"));
    for path in [&old, &new] {
        fs::write(path, "half").unwrap();
        if chown(path, Some(BOB), None).is_err() {
            println!("skipped: only root gives files away");
            return;
        }
    }
    let hours_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
    fs::File::options().write(true).open(&old).unwrap().set_modified(hours_ago).unwrap();
    open(dir.path());
    assert!(!old.exists() && new.exists(), "somebody may be writing the new one");
}

#[test]
fn a_list_of_conflicts_of_ones_own_name_that_somebody_else_wrote_is_not_believed() {
    let dir = new_workspace(false);
    let path = dir.path().join(format!(".moot/conflicts-{}.ron", store::own_login()));
    let forged = "[(at:\"2026-01-01T00:00:00Z\",by:\"RS\",record:\"N-0001\",name:\"x\",fields:[\"notes\"],version:\"(notes: \\\"forged\\\")\")]";
    fs::write(&path, forged).unwrap();
    assert_eq!(open(dir.path()).store.conflicts().len(), 1, "the list reads");
    if chown(&path, Some(BOB), None).is_err() {
        println!("skipped: only root gives files away");
        return;
    }
    assert_eq!(open(dir.path()).store.conflicts().len(), 0);
}
