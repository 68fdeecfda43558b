//! A review being filled in: a question a line, with its answer before it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::partners::review::ReviewView;
use crate::app::wrap::wrap;
use crate::model::agreement::review::{ASKED, Principle};
use crate::model::choice::Choice;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{put, rule};

/// Draws the questions around the one that is answered next, and that one in full below.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let state = &app.screens.partners.review;
    let asked = wrap(ASKED[state.at.min(ASKED.len() - 1)].1, area.width.into());
    let foot = (asked.len() as u16 + 1).min(area.height / 2);
    let list = Rect { height: area.height - foot, ..area };
    let found = questions(state, theme, list, buf);
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    let below = Rect { y: list.bottom(), height: foot, ..area };
    rule(buf, Rect { height: 1, ..below }, "0 not at all, 1 partly, 2 mostly, 3 fully", styles, theme);
    for (y, line) in (below.y + 1..below.bottom()).zip(asked) {
        put(buf, (area.x, y), area.width, &line, theme.style(Role::Strong), theme);
    }
    found
}

/// A line of the list: a principle, or one of its questions.
enum Line {
    Principle(Principle),
    Question(usize),
}

fn questions(state: &ReviewView, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let mut lines = Vec::new();
    for (at, (principle, _)) in ASKED.iter().enumerate() {
        if at == 0 || ASKED[at - 1].0 != *principle {
            lines.push(Line::Principle(*principle));
        }
        lines.push(Line::Question(at));
    }
    let here = lines.iter().position(|line| matches!(line, Line::Question(at) if *at == state.at)).unwrap_or(0);
    let height = usize::from(area.height);
    let top = here.saturating_sub(height / 2).min(lines.len().saturating_sub(height));
    let mut found = Position::new(area.x, area.y);
    for (y, line) in (area.y..area.bottom()).zip(&lines[top..]) {
        match line {
            Line::Principle(principle) => {
                put(buf, (area.x, y), area.width, principle.label(), theme.style(Role::Quiet), theme);
            }
            Line::Question(at) => {
                let is_here = *at == state.at;
                let style = theme.style(if is_here { Role::Selected } else { Role::Text });
                let score = state.scores[*at].map_or_else(|| "–".to_owned(), |score| score.to_string());
                let text = format!(" {score}  {}", ASKED[*at].1);
                if is_here {
                    buf.set_style(Rect { y, height: 1, ..area }, style);
                    found = Position::new(area.x + 1, y);
                }
                put(buf, (area.x, y), area.width, &text, style, theme);
            }
        }
    }
    found
}
