//! The page of a report in a real browser: what it tells a screen reader, and that it prints on A4. Where no browser is
//! installed this is skipped, and says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use folkmoot::report::{self, Inputs, Notation, Report};
use folkmoot::store::{self, Mode, Store};
use serde_json::{Value, json};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Says that something is not tested; `println!` would be captured by the test runner.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

fn installed() -> Option<&'static str> {
    let is_there = |name: &&str| {
        let found = Command::new("sh").args(["-c", &format!("command -v {name}")]).stdout(Stdio::null()).status();
        found.is_ok_and(|status| status.success())
    };
    BROWSERS.into_iter().find(is_there)
}

/// A browser without a window that is talked to over a pipe.
struct Browser {
    child: Child,
    number: u64,
    session: Option<String>,
    answers: BufReader<std::process::ChildStdout>,
}

impl Browser {
    fn start(name: &str, profile: &Path) -> Self {
        // It reads commands from descriptor 3 and answers on 4; `timeout` ends it whatever happens here.
        let run = format!(
            "exec timeout 120 {name} --headless --no-sandbox --disable-gpu --remote-debugging-pipe \
             --user-data-dir='{}' about:blank 3<&0 4>&1 1>/dev/null 2>/dev/null",
            profile.display()
        );
        let mut child =
            Command::new("sh").args(["-c", &run]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, number: 0, session: None, answers }
    }

    /// Sends a command and gives its answer; what the browser tells unasked is passed over.
    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let pipe = self.child.stdin.as_mut().unwrap();
        pipe.write_all(format!("{message}\0").as_bytes()).unwrap();
        pipe.flush().unwrap();
        loop {
            let mut answer = Vec::new();
            assert!(self.answers.read_until(0, &mut answer).unwrap() > 0, "the browser went away at {method}");
            let answer: Value = serde_json::from_slice(answer.strip_suffix(b"\0").unwrap_or(&answer)).unwrap();
            if answer["id"] == self.number {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// Opens a file and waits until it is read.
    fn open(&mut self, path: &Path) {
        let target = self.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attached = self.ask("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        self.ask("Page.navigate", json!({"url": format!("file://{}", path.display())}));
        let is_read =
            "document.readyState === 'complete' || new Promise(done => addEventListener('load', () => done(1)))";
        self.ask("Runtime.evaluate", json!({"expression": is_read, "awaitPromise": true, "returnByValue": true}));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its helpers go with it when it is asked; when it is killed they may stay.
        if let Some(mut pipe) = self.child.stdin.take() {
            let _ = pipe.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        }
        let _ = self.child.wait();
    }
}

/// What a screen reader is told: how often there is what, headings with their levels.
fn roles(tree: &Value) -> BTreeMap<String, usize> {
    let mut roles = BTreeMap::new();
    for node in tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] == false) {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        let properties = node["properties"].as_array().cloned().unwrap_or_default();
        let level = properties.iter().find(|one| one["name"] == "level").and_then(|one| one["value"]["value"].as_u64());
        let name =
            level.filter(|_| role == "heading").map_or_else(|| role.to_owned(), |level| format!("{role} {level}"));
        *roles.entry(name).or_default() += 1;
    }
    roles
}

#[test]
fn a_browser_finds_headings_tables_and_landmarks_and_prints_on_a4() {
    let Some(name) = installed() else {
        return skipped("no browser is installed (chromium): pages are not looked at");
    };
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Criminal justice partnership across Dorset", true).unwrap();
    let workspace = Store::open(dir.path(), Mode::Read).unwrap().workspace;
    let atlas = store::atlas(dir.path(), &workspace).unwrap();
    let today = "2026-11-21".parse().unwrap();
    let inputs = Inputs { workspace: &workspace, atlas: &atlas, today, with_contacts: false };
    let mut browser = Browser::start(name, &dir.path().join("profile"));
    for (report, parts) in [(Report::Summary(None), 3), (Report::Full(None), 5), (Report::Directory, 12)] {
        let page = report::make(report, &inputs).unwrap().write(Notation::Html);
        let path = dir.path().join("report.html");
        std::fs::write(&path, &page).unwrap();
        browser.session = None;
        browser.open(&path);
        let roles = roles(&browser.ask("Accessibility.getFullAXTree", json!({})));
        let number = |role: &str| roles.get(role).copied().unwrap_or_default();
        for role in ["banner", "main", "contentinfo", "heading 1"] {
            assert_eq!(number(role), 1, "{report:?}, {role}: {roles:?}");
        }
        assert!(number("heading 2") >= parts && number("region") == number("heading 2"), "{report:?}: {roles:?}");
        let tables = page.matches("<table>").count();
        assert!(tables > 0 && number("table") == tables, "{report:?}: {tables} tables, {roles:?}");
        assert_eq!(number("columnheader"), page.matches("scope=\"col\"").count(), "{report:?}: {roles:?}");
        assert_eq!(number("rowheader"), page.matches("scope=\"row").count(), "{report:?}: {roles:?}");
        assert_eq!(number("navigation"), usize::from(page.contains("<nav")), "{report:?}: {roles:?}");
        let printed = browser.ask("Page.printToPDF", json!({"preferCSSPageSize": true}));
        let printed = base64(printed["data"].as_str().unwrap());
        let text = String::from_utf8_lossy(&printed);
        assert!(
            text.contains("/MediaBox [0 0 594.9") || text.contains("/MediaBox [0 0 595"),
            "{report:?} is not on A4"
        );
    }
}

/// What a text in base 64 stands for.
fn base64(text: &str) -> Vec<u8> {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|sign| SIGNS.iter().position(|known| *known == sign));
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in digits {
        held = held << 6 | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}
