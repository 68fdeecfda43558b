//! `moot --restricted` by itself: what it refuses and how it says it, which commands it still offers, and what of the
//! environment reaches it. How it stands behind a real sshd: tests/sshd.rs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

mod harness;
mod terminal;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use folkmoot::app::command;
use folkmoot::app::{App, Options, RESTRICTED};
use harness::Harness;
use terminal::{Home, Terminal, moot};

fn restricted(home: &Home, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moot"));
    command.arg("--restricted").arg("-w").arg(home.workspace()).args(more).env_clear().env("TZ", "UTC");
    command.current_dir(home.path());
    command
}

/// What comes of a line that is sent along.
fn asked(home: &Home, more: &[&str], line: &str) -> (i32, String, String) {
    let Output { status, stdout, stderr } = restricted(home, more).env("SSH_ORIGINAL_COMMAND", line).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn a_line_that_is_sent_along_is_one_of_its_own_commands() {
    let home = Home::new();
    for (line, part) in [
        ("find 'leavers housing'", "01632 960160"),
        ("moot find leavers housing", "01632 960160"),
        ("show \"Harbour Lamp Night Shelter\"", "01632 960128"),
        ("--ascii list services", "Harbour Lamp Night Shelter"),
        ("tally Dots", "dots"),
        ("due", ""),
        ("", "67 services"),
        ("moot", "67 services"),
    ] {
        let (code, out, said) = asked(&home, &["--as", "KP"], line);
        assert!(code == 0 && out.contains(part), "{line}: {code}: {out}{said}");
    }
    let (code, out, _) = asked(&home, &["--as", "KP"], "add service name='The Long Table'");
    assert_eq!(code, 0);
    assert!(out.starts_with("S-") && home.services().contains("The Long Table"));
    assert_eq!(asked(&home, &["--read-only", "--as", "KP"], "add service name=x").0, 5, "the host's word holds");
    assert_eq!(asked(&home, &[], "--help").0, 0);
}

#[test]
fn what_is_refused_is_said_in_one_sentence() {
    let home = Home::new();
    for (line, why) in [
        ("sh -i", "\"sh\" is no command of this program; what can be asked for: find, list,"),
        ("init x --name N", "init is for whoever looks after this host"),
        ("completions bash", "completions is for whoever"),
        ("list services -w x", "leave out -w and --as"),
        ("--as RS list services", "leave out -w and --as"),
        ("export csv /tmp/x.csv", "cannot be named here: only files in the folder exchange"),
        ("import ~/x.csv", "cannot be named here"),
        ("report -o a/b summary", "cannot be named here"),
        ("find 'x", "a quote is not closed"),
        ("find --nonsense", "unexpected argument"),
        ("show", "required"),
        ("\u{1b}[2J", "is no command"),
    ] {
        let (code, out, said) = asked(&home, &["--as", "KP"], line);
        assert!([2, 5].contains(&code) && out.is_empty(), "{line}: {code}: {out}");
        assert!(said.starts_with("moot: ") && said.lines().count() == 1 && said.contains(why), "{line}: {said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
    let without = Command::new(env!("CARGO_BIN_EXE_moot")).arg("--restricted").output().unwrap();
    assert_eq!(without.status.code(), Some(2));
    let fixed = restricted(&home, &["list", "services"]).env("SSH_ORIGINAL_COMMAND", "find x").output().unwrap();
    assert_eq!(fixed.status.code(), Some(5), "where the host says what is done, nothing is asked for");
}

#[test]
fn files_have_bare_names_in_one_folder() {
    let home = Home::new();
    let exchange = home.workspace().join("exchange");
    let ask = |line: &str| asked(&home, &["--as", "KP"], line);
    assert_eq!(ask("exchange"), (1, String::new(), String::new()));
    assert!(exchange.is_dir(), "it is made where it is missing");
    assert!(ask("export geojson map.json").1.contains("services written"));
    assert!(fs::read_to_string(exchange.join("map.json")).unwrap().contains("Harbour Lamp"));
    assert_eq!(ask("export geojson map.json").0, 5, "nothing is overwritten unasked");
    assert_eq!(ask("exchange").1, "map.json\n");
    symlink("/etc/hostname", exchange.join("link")).unwrap();
    fs::write(exchange.join(".hidden"), "").unwrap();
    assert_eq!(ask("exchange").1, "map.json\n", "what cannot be named is not listed");
    assert_eq!(ask("import link").0, 5);
    // A folder that is a link is no folder of the workspace.
    fs::remove_dir_all(&exchange).unwrap();
    symlink(home.path(), &exchange).unwrap();
    let (code, _, said) = ask("export geojson map.json");
    assert!(code == 5 && said.contains("has no folder exchange"), "{said}");
    assert!(!home.path().join("map.json").exists());
    fs::remove_file(&exchange).unwrap();
    assert_eq!(asked(&home, &["--read-only"], "export csv x.csv").0, 5);
    assert!(!exchange.exists(), "who only looks makes nothing");
}

#[test]
fn the_environment_says_nothing_but_terminal_and_language() {
    let home = Home::new();
    let config = home.path().join("config/moot");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("keys.ron"), "{ \"undo\": [\"F5\"] }").unwrap();
    folkmoot::store::init(&home.path().join("other"), "Elsewhere", false).unwrap();
    let with_all = |is_restricted: bool| {
        let mut command = restricted(&home, &["keys"]);
        if !is_restricted {
            command = Command::new(env!("CARGO_BIN_EXE_moot"));
            command.arg("keys").env_clear();
        }
        command.env("XDG_CONFIG_HOME", home.path().join("config")).env("HOME", home.path());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let has_f5 = |text: &str| text.lines().any(|line| line.contains("undo") && line.contains("F5"));
    assert!(has_f5(&with_all(false)) && !has_f5(&with_all(true)), "keys of one's own are the environment's");
    let mut named = restricted(&home, &["add", "service", "name=x"]);
    named.env("MOOT_AS", "RS").env("MOOT_WORKSPACE", home.path().join("other")).env("TZ", "/etc/shadow");
    let done = named.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let added = home.services();
    let added = added.split("name: \"x\"").nth(1).unwrap().split("),\n").next().unwrap();
    assert!(!added.contains("\"RS\""), "{added}");
}

fn app(options: Options) -> App {
    let mut app = App::new(Options { seed: 7, ..options }, &[]);
    app.loaded = true;
    app
}

/// The commands that a restricted program does not have.
fn withheld(app: &App) -> Vec<&'static str> {
    command::all().filter(|it| (it.ready)(app) == Err(RESTRICTED)).map(|it| it.name).collect()
}

#[test]
fn no_command_that_leads_out_is_ready() {
    let all = withheld(&app(Options { restricted: true, ..Options::default() }));
    assert_eq!(all, ["form.editor", "minutes.editor", "record.editor", "new", "keep", "suspend"]);
    assert_eq!(withheld(&app(Options::default())), Vec::<&str>::new());
    // Whatever asks for an editor, a shell or another workspace says so in its help, and is in the list above.
    let leads_out =
        |it: &&command::Command| ["editor", "shell", "workspace of your own"].iter().any(|word| it.help.contains(word));
    for found in command::all().filter(leads_out).filter(|it| it.name != "sample.keep") {
        assert!(all.contains(&found.name), "{}", found.name);
    }
}

#[test]
fn neither_footer_nor_help_offers_what_leads_out() {
    let options = Options { who: "KP".to_owned(), restricted: true, ..Options::default() };
    let mut harness = Harness::with(harness::sample_dir(), options);
    for (keys, word) in [("?editor", "in your editor"), ("<F1>suspend", "fg returns"), (":new", "begin a workspace")] {
        harness.press(keys);
        let screen = harness.screen();
        let lines: Vec<&str> = screen.lines().filter(|line| line.contains(word)).collect();
        assert!(!lines.is_empty() && lines.iter().all(|line| line.contains("not here")), "{screen}");
        harness.press("<esc>");
    }
    harness.press("n<tab>");
    assert!(!harness.screen().contains("editor"), "{}", harness.screen());
}

#[test]
fn on_a_terminal_it_holds_as_well() {
    let home = Home::new();
    let workspace = home.workspace();
    let mut command = moot(home.path(), &["--restricted", "-w", workspace.to_str().unwrap(), "--as", "KP"]);
    command.env("EDITOR", "touch");
    let mut terminal = Terminal::start(command);
    terminal.until_commands();
    terminal.type_in("E").until("not here");
    terminal.type_in("\x1b").until_gone("not here").type_in("\x1a").until("not here");
    terminal.signal(rustix::process::Signal::TSTP);
    terminal.type_in(":who").until("say who you are").type_in("\r").until("the host says who you are");
    terminal.type_in(":export").until("export the services").type_in("\r").until("format and path");
    terminal.type_in("csv ../x.csv\r").until("cannot be named here");
    terminal
        .type_in("\x1b")
        .until("v verify")
        .type_in(":export")
        .until("export the services")
        .type_in("\r")
        .until("format and path");
    terminal.type_in("csv mine.csv\r").until("67 services written");
    terminal
        .look_at_exchange()
        .type_in("/leavers housing")
        .until("01632 960160")
        .type_in("\x1b")
        .until("v verify")
        .type_in("q");
    assert_eq!(terminal.end().0, 0);
    terminal.assert_restored();
    assert!(workspace.join("exchange/mine.csv").exists() && !Path::new(&workspace.join("x.csv")).exists());
}
