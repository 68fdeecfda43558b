//! A host that gives people the program and nothing else: a real sshd on the loopback starts it in place of a shell, as the
//! README says, and somebody tries to get out. No program but the one is executed, and nothing outside the workspace is read
//! or written; strace counts both.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

mod terminal;

use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use terminal::{PATIENCE, Terminal, at_home};

/// What lies outside the workspace; it must appear nowhere.
const SECRET: &str = "name,phone\nthe-canary-sings,01632 960999\n";

/// A way out over a line that is sent along.
struct Asked {
    name: &'static str,
    /// `{out}` is a folder outside, `{secret}` a file in it, `{other}` another workspace.
    line: &'static str,
    /// Whether it is refused; the others are harmless: words to look for.
    is_refused: bool,
}

const fn refused(name: &'static str, line: &'static str) -> Asked {
    Asked { name, line, is_refused: true }
}

const fn harmless(name: &'static str, line: &'static str) -> Asked {
    Asked { name, line, is_refused: false }
}

const ASKED: &[Asked] = &[
    refused("a shell", "sh"),
    refused("a shell by its path", "/bin/sh -c 'touch {out}/1'"),
    refused("the program by its path, and a shell", "/usr/bin/env sh"),
    refused("a variable before the program", "EDITOR=sh moot"),
    harmless("a shell behind a semicolon", "find housing; touch {out}/2"),
    harmless("a shell behind a line break", "find housing\ntouch {out}/3"),
    harmless("a shell in a substitution", "find $(touch {out}/4)"),
    harmless("a shell in backquotes", "find `touch {out}/5`"),
    harmless("a shell behind a pipe", "find housing | sh"),
    harmless("the output into a file", "find housing > {out}/6"),
    harmless("a table, whose width must be found out", "list services"),
    refused("a quote that is not closed", "find 'housing"),
    refused("scp to the host", "scp -t {out}"),
    refused("scp from the host", "scp -f {secret}"),
    refused("rsync", "rsync --server . {out}"),
    refused("git", "git-upload-pack {out}"),
    refused("another workspace", "list services -w {other}"),
    refused("another workspace, before the command", "--workspace={other} list services"),
    refused("somebody else", "--as RS add service name=x"),
    refused("a new workspace", "init {out}/new --name New"),
    refused("old versions put back", "backups services --restore x"),
    refused("import from a path", "import {secret}"),
    refused("import from a path above", "import ../../outside/secret.csv"),
    refused("import of a table from a path", "import csv services {secret}"),
    refused("import through a link", "import link.csv"),
    refused("import of a pipe", "import pipe.csv"),
    refused("import of a folder that is a link", "import folder"),
    refused("export to a path", "export csv {out}/7.csv"),
    refused("export over a file of the workspace", "export csv ../people.ron --replace"),
    refused("export through a link", "export csv link.csv --replace"),
    refused("export into a folder that is a link", "export hsds3-csv folder --replace"),
    refused("a report to a path", "report directory -o {out}/8.html"),
    refused("the list of an import to a path", "import good.csv --report {out}/9"),
    refused("a name that begins with a dot", "export csv .bashrc"),
];

/// A way out over keys: what is typed, a screen after the other, and what is to be seen after each.
type Typed = (&'static str, &'static [(&'static str, &'static str)]);

const NOT_HERE: &str = "not here";

const TYPED: &[Typed] = &[
    ("a record in the editor", &[("E", NOT_HERE)]),
    ("a record in the editor, ctrl-o", &[("\x0f", NOT_HERE)]),
    ("a text in the editor", &[("n", "New service"), ("\x0f", NOT_HERE)]),
    ("suspending", &[("\x1a", NOT_HERE)]),
    ("suspending while typing", &[("n", "New service"), ("\x1a", NOT_HERE)]),
    ("suspending by its name", &[(":suspend", "fg returns"), ("\r", NOT_HERE)]),
    ("another workspace by its name", &[(":new", "begin a workspace"), ("\r", NOT_HERE)]),
    ("keeping a copy elsewhere", &[(":keep", "keep the sample"), ("\r", NOT_HERE)]),
    (
        "import from a path",
        &[(":import", "import a directory"), ("\r", "exchange"), ("{secret}\r", "cannot be named here")],
    ),
    (
        "import from the home",
        &[(":import", "import a directory"), ("\r", "exchange"), ("~/secret.csv\r", "cannot be named here")],
    ),
    (
        "export to a path",
        &[
            (":export", "export the services"),
            ("\r", "format and path"),
            ("csv {out}/10.csv\r", "cannot be named here"),
        ],
    ),
    (
        "export through a link",
        &[(":export", "export the services"), ("\r", "format and path"), ("csv link.csv\r", "is a link")],
    ),
    ("a quit signal from the keyboard", &[("\x1c", "67 services")]),
];

/// The system's own files, which its libraries read for any program.
const SYSTEM: &[&str] = &[
    "/etc/ld.so",
    "/lib",
    "/usr/lib",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/group",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/proc/",
    "/sys/fs/cgroup",
    "/dev/tty",
    "/dev/null",
    "/dev/pts",
    "/usr/local/lib",
];

/// A host: what lies on it, and its sshd.
struct Host {
    dir: tempfile::TempDir,
    port: u16,
    sshd: Child,
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.ssh(&["-O", "exit"]).output(); // there may be no connection
        let _ = self.sshd.kill(); // it may be gone
        let _ = self.sshd.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let places = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
    places.iter().map(|place| Path::new(place).join(name)).find(|path| path.exists())
}

/// Ends a command that does not end by itself.
fn bounded(mut command: Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if wait.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(done);
    watch.join().unwrap();
    output
}

impl Host {
    /// A host whose sshd starts the program with these arguments behind `-w`; `None`, and said why, where there can be none.
    fn start(options: &str) -> Option<Self> {
        let needed = ["sshd", "ssh", "ssh-keygen", "strace"];
        if let Some(missing) = needed.iter().find(|name| program(name).is_none()) {
            println!("skipped: there is no {missing} here (apt-get install openssh-server strace)");
            return None;
        }
        let is_root = rustix::process::geteuid().is_root();
        if is_root && fs::create_dir_all("/run/sshd").is_err() {
            println!("skipped: sshd wants the folder /run/sshd, which cannot be made here");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        lay_out(dir.path());
        for key in ["host", "user"] {
            let mut keygen = Command::new("ssh-keygen");
            keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(dir.path().join(key));
            assert!(bounded(keygen).status.success());
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(dir.path().join("sshd_config"), config(dir.path(), port, options)).unwrap();
        let log = fs::File::create(dir.path().join("sshd.log")).unwrap();
        let mut sshd = Command::new(program("sshd").unwrap());
        sshd.arg("-D").arg("-e").arg("-f").arg(dir.path().join("sshd_config")).stdin(Stdio::null());
        let mut host = Self { dir, port, sshd: sshd.stderr(log).spawn().unwrap() };
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = host.sshd.try_wait().unwrap();
            if ended.is_some() || Instant::now() > end {
                println!("skipped: sshd does not run here: {}", host.log());
                return None;
            }
            std::thread::sleep(Duration::from_millis(20)); // sshd does not tell when it listens
        }
        let said = bounded(host.ssh(&["-fN", "-o", "ControlMaster=yes", "here"]));
        if !said.status.success() {
            println!("skipped: nobody can log in here: {}{}", String::from_utf8_lossy(&said.stderr), host.log());
            return None;
        }
        Some(host)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("sshd.log")).unwrap_or_default()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The client, with nothing of whoever runs the test.
    fn ssh(&self, arguments: &[&str]) -> Command {
        let mut ssh = Command::new("ssh");
        ssh.args(self.options()).args(arguments).env("LC_ALL", "C.UTF-8");
        ssh
    }

    fn options(&self) -> Vec<String> {
        let (dir, port, user) = (self.dir.path().display(), self.port, folkmoot::store::own_login());
        let options = format!(
            "-F none -p {port} -i {dir}/user -o UserKnownHostsFile={dir}/known -o StrictHostKeyChecking=no \
             -o BatchMode=yes -o IdentitiesOnly=yes -o LogLevel=ERROR -o ConnectTimeout=20 -o HostName=127.0.0.1 \
             -o User={user} -o ControlPath={dir}/master"
        );
        options.split_whitespace().map(str::to_owned).collect()
    }

    fn filled(&self, text: &str) -> String {
        let path = |name: &str| self.path(name).display().to_string();
        text.replace("{out}", &path("outside"))
            .replace("{secret}", &path("outside/secret.csv"))
            .replace("{other}", &path("other"))
    }

    /// The traces of all programs so far.
    fn traces(&self) -> Vec<String> {
        let files = fs::read_dir(self.path("traces")).unwrap().flatten();
        files.map(|file| String::from_utf8_lossy(&fs::read(file.path()).unwrap()).into_owned()).collect()
    }

    /// What got out, a line each: programs that were executed, files that were opened or changed, the canary's song.
    fn escapes(&self, shown: &str) -> Vec<String> {
        let mut found = Vec::new();
        for trace in self.traces() {
            let executed = trace.lines().filter(|line| line.contains("execve"));
            found.extend(executed.skip(1).map(|line| format!("executed: {line}")));
            let is_outside = |line: &&str| leads_out(line, self.dir.path());
            found.extend(trace.lines().filter(is_outside).map(|line| format!("touched: {line}")));
        }
        let mut there: Vec<String> = files(&self.path("outside"));
        there.extend(files(&self.path("other")).into_iter().filter(|file| file.contains("new")));
        found.extend(there.iter().filter(|file| *file != "secret.csv").map(|file| format!("made: {file}")));
        if shown.contains("canary") {
            found.push("shown: the canary".to_owned());
        }
        let inside =
            fs::read_dir(self.path("workspace")).unwrap().flatten().filter_map(|file| fs::read(file.path()).ok());
        found.extend(
            inside.filter(|text| String::from_utf8_lossy(text).contains("canary")).map(|_| "kept: the canary".into()),
        );
        found
    }
}

fn files(dir: &Path) -> Vec<String> {
    fs::read_dir(dir).unwrap().flatten().map(|file| file.file_name().into_string().unwrap()).collect()
}

/// The workspace, what lies in its folder for files, and what is not the program's.
fn lay_out(dir: &Path) {
    folkmoot::store::init(&dir.join("workspace"), "Dorset", true).unwrap();
    folkmoot::store::init(&dir.join("other"), "Elsewhere", true).unwrap();
    fs::create_dir(dir.join("outside")).unwrap();
    fs::create_dir(dir.join("traces")).unwrap();
    fs::write(dir.join("outside/secret.csv"), SECRET).unwrap();
    let exchange = dir.join("workspace/exchange");
    fs::create_dir(&exchange).unwrap();
    symlink(dir.join("outside/secret.csv"), exchange.join("link.csv")).unwrap();
    symlink(dir.join("outside"), exchange.join("folder")).unwrap();
    fs::write(exchange.join("good.csv"), "name,phone\nThe Long Table,01632 960100\n").unwrap();
    let pipe = Command::new("mkfifo").arg(exchange.join("pipe.csv")).status().unwrap();
    assert!(pipe.success());
}

/// As in the README, and with the program under strace.
fn config(dir: &Path, port: u16, options: &str) -> String {
    let mut config = String::new();
    let (dir, moot) = (dir.display(), env!("CARGO_BIN_EXE_moot"));
    let calls = "execve,execveat,open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,\
                 unlink,unlinkat,mkdir,mkdirat,truncate,chmod,fchmodat,mknod,mknodat,connect";
    let strace = program("strace").unwrap();
    for line in [
        format!("Port {port}"),
        "ListenAddress 127.0.0.1".to_owned(),
        format!("HostKey {dir}/host"),
        "PidFile none".to_owned(),
        format!("AuthorizedKeysFile {dir}/user.pub"),
        "StrictModes no".to_owned(),
        "UsePAM no".to_owned(),
        "PasswordAuthentication no".to_owned(),
        "KbdInteractiveAuthentication no".to_owned(),
        "PermitRootLogin yes".to_owned(),
        "Subsystem sftp internal-sftp".to_owned(),
        // what the README says, from here on
        "DisableForwarding yes".to_owned(),
        "PermitTTY yes".to_owned(),
        "PermitUserRC no".to_owned(),
        "PermitUserEnvironment no".to_owned(),
        format!(
            "ForceCommand exec {} -f -qq -s 300 -o {dir}/traces/$$ -e trace={calls} {moot} {options} -w {dir}/workspace",
            strace.display()
        ),
    ] {
        let _ = writeln!(config, "{line}");
    }
    config
}

/// Whether a line of a trace is of a call that opened or changed something which is neither the workspace's nor the system's.
fn leads_out(line: &str, dir: &Path) -> bool {
    let is_refused = line.contains(" = -1 ");
    let looks_only = line.contains("O_PATH") || line.contains("execve") || line.contains("+++") || line.contains("---");
    if looks_only || !line.contains('(') {
        return false;
    }
    let (home, workspace) = (dir.display().to_string(), dir.join("workspace").display().to_string());
    let moot = env!("CARGO_BIN_EXE_moot");
    let quoted = line.split('"').skip(1).step_by(2);
    quoted.filter(|path| path.contains('/') || path.contains("..")).any(|path| {
        let is_ours = path == workspace || path.strip_prefix(&workspace).is_some_and(|rest| rest.starts_with('/'));
        let is_systems = SYSTEM.iter().any(|known| path.starts_with(known)) || path == moot;
        // Of what the kernel refuses, only that counts which the program should not have tried.
        let is_out = path.contains("/../") || !(is_ours || is_systems);
        is_out && (!is_refused || path.starts_with(&home))
    })
}

#[test]
fn a_trace_is_read_for_what_leads_out() {
    let dir = Path::new("/tmp/x");
    for out in [
        r#"812 openat(AT_FDCWD, "/tmp/x/outside/secret.csv", O_RDONLY) = 3"#,
        r#"812 openat(AT_FDCWD, "/tmp/x/workspace-b/people.ron", O_RDONLY) = 3"#,
        r#"812 openat(AT_FDCWD, "/tmp/x/workspace/exchange/../../outside", O_RDONLY) = 3"#,
        r#"812 openat(AT_FDCWD, "../x", O_RDONLY) = 3"#,
        r#"812 rename("/tmp/x/workspace/a", "/tmp/b") = 0"#,
        r#"812 openat(AT_FDCWD, "/root/.ssh/authorized_keys", O_RDONLY) = 3"#,
        r#"812 openat(AT_FDCWD, "/tmp/x/outside/secret.csv", O_RDONLY) = -1 EACCES (Permission denied)"#,
    ] {
        assert!(leads_out(out, dir), "{out}");
    }
    for fine in [
        r#"812 openat(AT_FDCWD, "/tmp/x/workspace/people.ron", O_RDONLY) = 3"#,
        r#"812 openat(AT_FDCWD, "good.csv", O_RDONLY) = 3"#,
        r#"812 openat(AT_FDCWD, "/usr/local/ssl/x.cnf", O_RDONLY) = -1 ENOENT (No such file or directory)"#,
        r#"812 openat(AT_FDCWD, "/etc/localtime", O_RDONLY) = 3"#,
    ] {
        assert!(!leads_out(fine, dir), "{fine}");
    }
}

/// The client on a terminal, started; the program's records are on the screen.
fn on_terminal(host: &Host) -> Terminal {
    let mut ssh = CommandBuilder::new("ssh");
    ssh.args(host.options());
    ssh.args(["-tt", "here"]);
    at_home(&mut ssh, host.dir.path());
    ssh.env("EDITOR", "sh");
    let terminal = Terminal::start(ssh);
    terminal.until_commands();
    terminal
}

/// The control: without the option the same host lets people out, and that is seen.
#[test]
fn without_it_people_get_out_and_it_is_seen() {
    let Some(host) = Host::start("--as KP") else { return };
    let terminal = on_terminal(&host);
    terminal.type_in(":export").until("export the services").type_in("\r").until("format and path");
    terminal.type_in(&host.filled("csv {out}/10.csv\r")).until("services written");
    terminal.type_in("E").until_quiet(Duration::from_millis(500));
    drop(terminal);
    let end = Instant::now() + PATIENCE;
    let seen = |what: &str| host.escapes("").iter().any(|escape| escape.starts_with(what));
    while !(seen("made: 10.csv") && seen("executed:") && seen("touched:")) {
        assert!(Instant::now() < end, "the test is blind: {:?}\n{}", host.escapes(""), host.log());
        std::thread::sleep(Duration::from_millis(50)); // strace writes when it likes
    }
}

/// What a client asks of sshd itself, each over a connection of its own.
const ASKED_OF_SSHD: &[(&str, &[&str])] = &[
    ("files over sftp", &["-s", "here", "sftp"]),
    (
        "variables of one's own",
        &["-o", "SetEnv=EDITOR=sh MOOT_WORKSPACE={other} XDG_CONFIG_HOME={out} MOOT_AS=RS", "here", "keys"],
    ),
    ("a way to another port", &["-o", "ExitOnForwardFailure=yes", "-W", "127.0.0.1:9", "here"]),
    ("a port of the host", &["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9", "here", "keys"]),
];

#[test]
fn nobody_gets_out() {
    let Some(host) = Host::start("--restricted --as KP") else { return };
    let ways = std::cell::Cell::new(0);
    let check = |name: &str, shown: &str| {
        ways.set(ways.get() + 1);
        let escapes = host.escapes(shown);
        assert!(escapes.is_empty(), "{name}: {escapes:#?}\n{shown}");
    };
    for way in ASKED {
        let output = bounded(host.ssh(&["--", "here", &host.filled(way.line)]));
        let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let code = output.status.code().unwrap_or(-1);
        println!("{}: {code} {}", way.name, said.trim());
        if way.is_refused {
            assert!([2, 3, 5].contains(&code), "{}: {code}: {out}{said}", way.name);
            assert!(said.starts_with("moot: ") && said.trim_end().lines().count() == 1, "{}: {said}", way.name);
        } else {
            assert!([0, 1].contains(&code), "{}: {code}: {out}{said}", way.name);
        }
        check(way.name, &format!("{out}{said}"));
    }
    for (name, arguments) in ASKED_OF_SSHD {
        let filled: Vec<String> = arguments.iter().map(|argument| host.filled(argument)).collect();
        let mut alone = Command::new("ssh");
        alone.args(["-o", "ControlPath=none"]).args(host.options()).args(&filled).env("LC_ALL", "C.UTF-8");
        let output = bounded(alone);
        println!("{name}: {:?} {}", output.status.code(), String::from_utf8_lossy(&output.stderr).trim());
        assert!(output.status.success() == name.starts_with("variables"), "{name}: {output:?}");
        check(name, &String::from_utf8_lossy(&output.stdout));
    }
    for (name, steps) in TYPED {
        let terminal = on_terminal(&host);
        for (typed, seen) in *steps {
            terminal.type_in(&host.filled(typed)).until(seen);
        }
        println!("{name}: {seen:?} is said", seen = steps.last().unwrap().1);
        check(name, &terminal.screen());
    }
    let (ways, runs) = (ways.get(), host.traces().len());
    println!("{ways} ways out tried, each named above: 0 lead out; {runs} runs of the program, each 1 execve");
    assert!(ways >= 30 && runs >= ways - 4, "what sshd itself refuses starts nothing");
}

/// What people are to have, they have.
#[test]
fn those_behind_it_can_work() {
    let Some(host) = Host::start("--restricted --as KP") else { return };
    let asked = |line: &str| String::from_utf8(bounded(host.ssh(&["here", line])).stdout).unwrap();
    assert_eq!(asked("exchange"), "good.csv\n");
    assert!(asked("moot find \"leavers housing\"").contains("01632 960160"));
    let terminal = on_terminal(&host);
    terminal.look_at_exchange().type_at_once("yy").until("sent to your terminal");
    terminal.until_quiet(Duration::from_millis(300));
    let bytes = terminal.bytes();
    assert!(bytes.windows(7).any(|part| part == b"\x1b]52;c;"), "the clipboard is the person's own");
    drop(terminal);
    let imported = asked("import csv services good.csv");
    assert!(asked("find 'long table'").contains("The Long Table"), "{imported}");
    assert!(asked("export csv mine.csv").contains("services written"));
    assert!(fs::read_to_string(host.path("workspace/exchange/mine.csv")).unwrap().contains("The Long Table"));
    assert!(asked("export csv -").contains("The Long Table"));
    assert!(host.escapes("").is_empty(), "{:#?}", host.escapes(""));
}
