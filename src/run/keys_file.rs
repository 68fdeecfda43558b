//! A person's own keys: `keys.ron` in the directory for settings, a map from the name of a command to its keys.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};

use super::confine;
use crate::app::command::Override;

/// Where keys.ron lies.
pub fn path() -> Option<PathBuf> {
    if confine::is_on() {
        return None;
    }
    let args = AppStrategyArgs {
        top_level_domain: "org".to_owned(),
        author: "Folkmoot".to_owned(),
        app_name: "moot".to_owned(),
    };
    choose_app_strategy(args).ok().map(|strategy| strategy.config_dir().join("keys.ron"))
}

/// The overrides and what is wrong with the file; a file that is not there is not wrong.
pub fn read() -> (Vec<Override>, Vec<String>) {
    match path().map(|path| read_settings(&path)) {
        Some(Ok(text)) => parse(&text),
        Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
            (Vec::new(), vec![format!("keys.ron cannot be read ({error}); the usual keys hold")])
        }
        _ => Default::default(),
    }
}

/// No file of settings is larger.
const MAX_BYTES: u64 = 1024 * 1024;

/// Reads a small file of settings, through a link as well. A pipe in its place is not waited for, and a device not read.
pub(super) fn read_settings(path: &Path) -> io::Result<String> {
    let file = File::options().read(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Reads `{ "service.verify": ["v", "ctrl-v"], … }`.
fn parse(text: &str) -> (Vec<Override>, Vec<String>) {
    match ron::from_str::<std::collections::BTreeMap<String, Vec<String>>>(text) {
        Ok(map) => {
            let place = |command: &str| {
                let at = text.find(&format!("\"{command}\"")).unwrap_or(0);
                let line = text[..at].matches('\n').count() + 1;
                (line, at - text[..at].rfind('\n').map_or(0, |newline| newline + 1) + 1)
            };
            let entry = |(command, keys): (String, Vec<String>)| {
                let (line, column) = place(&command);
                Override { command, keys, line, column }
            };
            (map.into_iter().map(entry).collect(), Vec::new())
        }
        Err(error) => {
            let at = error.span.start;
            let why = crate::model::text::clean(&error.code.to_string());
            (Vec::new(), vec![format!("keys.ron:{}:{}: {why}; the usual keys hold", at.line, at.col)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::Keymap;

    #[test]
    fn mistakes_are_named_with_line_and_column() {
        let (overrides, wrong) = parse("{\n  \"service.verify\": [\"V\"],\n  \"no.such\": [\"x\"],\n}");
        assert!(wrong.is_empty());
        let (_, problems) = Keymap::with(&overrides);
        assert_eq!(problems, ["keys.ron:3:3: there is no command \"no.such\"; see `moot keys`"]);
        let (_, wrong) = parse("{ \"quit\": [\"x\" }");
        assert!(wrong[0].starts_with("keys.ron:1:1"), "{wrong:?}");
    }

    #[test]
    fn a_key_that_is_taken_is_refused() {
        let (overrides, _) = parse("{ \"service.verify\": [\"n\"] }");
        let (map, problems) = Keymap::with(&overrides);
        assert!(problems[0].contains("n already does record.new"), "{problems:?}");
        let verify = crate::app::command::named("service.verify").unwrap();
        assert_eq!(map.first_key(verify), "v");
    }

    #[test]
    fn two_commands_exchange_their_keys() {
        let (overrides, _) = parse("{\n  \"undo\": [\"U\"],\n  \"redo\": [\"u\", \"ctrl-r\"],\n}");
        let (map, problems) = Keymap::with(&overrides);
        assert!(problems.is_empty(), "{problems:?}");
        let keys = ["undo", "redo"].map(|name| map.first_key(crate::app::command::named(name).unwrap()));
        assert_eq!(keys, ["U", "u"]);
    }

    #[test]
    fn a_mistake_in_an_exchange_leaves_both_as_they_were() {
        let (overrides, _) = parse("{\n  \"service.verify\": [\"n\"],\n  \"record.new\": [\"nonsense\"],\n}");
        let (map, problems) = Keymap::with(&overrides);
        assert_eq!(
            problems,
            [
                "keys.ron:2:3: n already does record.new; give that another key first",
                "keys.ron:3:3: \"nonsense\" is no key; see `moot keys`",
            ]
        );
        assert_eq!(map.first_key(crate::app::command::named("service.verify").unwrap()), "v");
        // of two that take one key the later is named
        let (overrides, _) = parse("{\n  \"undo\": [\"F5\"],\n  \"message\": [\"F5\"],\n}");
        let (_, problems) = Keymap::with(&overrides);
        assert_eq!(problems, ["keys.ron:3:3: F5 already does undo; give that another key first"]);
    }
}
