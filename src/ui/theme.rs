//! Themes: how meaning is made visible. Sixteen colours of the terminal's own, or none; bold, reversed and underlined
//! either way, so that nothing is said by colour alone.

use ratatui::style::{Color, Modifier, Style};

/// What the terminal and the person allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Whether colours are used.
    pub colour: bool,
    /// Whether only ASCII is drawn.
    pub ascii: bool,
    /// Whether borders and pictures are left out.
    pub plain: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Self { colour: true, ascii: false, plain: false }
    }
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Text.
    Text,
    /// Names and headings.
    Strong,
    /// Labels, rules, asides.
    Quiet,
    /// The row or cell the cursor is on.
    Selected,
    /// The letters that were searched for.
    Match,
    /// Something to theme at.
    Warn,
    /// Something refused or failed.
    Wrong,
    /// Something done or fresh.
    Good,
    /// A key.
    Key,
}

impl Theme {
    /// The style of a piece of text.
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        let (style, colour) = match role {
            Role::Text => (plain, None),
            Role::Strong | Role::Key => (plain.add_modifier(Modifier::BOLD), None),
            Role::Quiet => (plain, Some(Color::DarkGray)),
            Role::Selected => (plain.add_modifier(Modifier::REVERSED), None),
            Role::Match => (plain.add_modifier(Modifier::UNDERLINED), None),
            Role::Warn => (plain, Some(Color::Yellow)),
            Role::Wrong => (plain.add_modifier(Modifier::BOLD), Some(Color::Red)),
            Role::Good => (plain, Some(Color::Green)),
        };
        match colour {
            Some(colour) if self.colour => style.fg(colour),
            _ => style,
        }
    }

    /// The sign in this theme: the first for terminals that can draw, the second in ASCII.
    pub fn sign(self, fine: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { fine }
    }
}
