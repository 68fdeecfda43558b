//! Keys as this program speaks of them: `g g`, `ctrl-p`, `F1`. The terminal's own key events are turned into these
//! before the app sees them.

use std::fmt;
use std::str::FromStr;

/// What was pressed.
#[allow(missing_docs)] // the names are those on the keyboard
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A character; capital letters are characters of their own.
    Char(char),
    /// The function key with this number.
    F(u8),
    Enter,
    Esc,
    Tab,
    /// Tab with shift.
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// What was pressed.
    pub code: Code,
    /// With ctrl held.
    pub ctrl: bool,
    /// With alt held.
    pub alt: bool,
}

impl Key {
    /// A key without ctrl and alt.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// The character it types, if it types one.
    pub fn types(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

/// Names of the keys that are no characters, as help says them and as keys.ron may write them.
const NAMES: [(&str, Code); 15] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("shift-tab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("del", Code::Delete),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pgup", Code::PageUp),
    ("pgdn", Code::PageDown),
    ("space", Code::Char(' ')),
];

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-") {
                (key.ctrl, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("alt-") {
                (key.alt, rest) = (true, after);
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        let function = || rest.strip_prefix(['F', 'f']).and_then(|n| n.parse().ok()).filter(|n| (1..=12).contains(n));
        key.code = match (chars.next(), chars.next()) {
            (Some(only), None) if !only.is_control() => Code::Char(only),
            _ => match NAMES.iter().find(|(name, _)| *name == rest) {
                Some((_, code)) => *code,
                None => function().map(Code::F).ok_or_else(|| format!("{text:?} is no key; see `moot keys`"))?,
            },
        };
        match key {
            Key { code: Code::Char('i' | 'm' | 'j' | '['), ctrl: true, .. } => {
                Err(format!("{text} is what terminals send for tab, enter or esc, and cannot be told from them"))
            }
            key => Ok(key),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "F{n}"),
            _ => Ok(()),
        }
    }
}

/// Keys pressed one after the other: `g g`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keys(pub Vec<Key>);

impl FromStr for Keys {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let keys = text.split_whitespace().map(str::parse).collect::<Result<Vec<Key>, String>>()?;
        if keys.is_empty() { Err("a key is missing".to_owned()) } else { Ok(Self(keys)) }
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said: Vec<String> = self.0.iter().map(Key::to_string).collect();
        f.write_str(&said.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_said() {
        for text in ["g g", "ctrl-p", "F1", "shift-tab", "space", "?", "G", "alt-x", "-"] {
            assert_eq!(text.parse::<Keys>().unwrap().to_string(), text);
        }
        for wrong in ["", "ctrl-i", "ctrl-m", "ctrl-j", "F13", "nonsense", "ctrl-"] {
            assert!(wrong.parse::<Keys>().is_err(), "{wrong}");
        }
    }
}
