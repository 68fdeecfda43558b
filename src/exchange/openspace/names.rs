//! People as a file names them: by initials, a name or an id. Who cannot be told for sure stays as they were written.

use std::collections::BTreeSet;

use super::Notice;
use crate::model::change::listed;
use crate::model::text::one_line;
use crate::model::{FieldValue, ParseContext, Person, Ref, Text, Workspace};

/// Looks people up, and remembers who was not found.
#[derive(Debug, Default)]
pub struct Names {
    unknown: BTreeSet<String>,
    ambiguous: BTreeSet<String>,
}

impl Names {
    /// The person whom this means, or what was written.
    pub fn person(&mut self, typed: &str, workspace: &Workspace, context: ParseContext<'_>) -> Ref<Person> {
        let line = one_line(typed);
        let found = Ref::<Person>::parse(&line, context);
        let is_known = found.as_ref().is_ok_and(|found| found.get(workspace).is_some());
        match &found {
            Err(_) => self.ambiguous.insert(line.clone()),
            Ok(_) => !is_known && self.unknown.insert(line.clone()),
        };
        found.unwrap_or_else(|_| Ref::words(Text::line(&line)))
    }

    /// Several people with `/`, `;`, `,` or a line between them, each once. A name that holds such a sign itself is known
    /// as a whole.
    pub fn people(&mut self, typed: &str, context: ParseContext<'_>) -> Vec<Ref<Person>> {
        let workspace = context.workspace;
        let whole = Ref::<Person>::parse(&one_line(typed), context).ok();
        if let Some(one) = whole.filter(|one| one.get(workspace).is_some()) {
            return vec![one];
        }
        let mut people = Vec::new();
        for part in typed.split(['/', ';', ',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            let person = self.person(part, workspace, context);
            if !people.contains(&person) {
                people.push(person);
            }
        }
        people
    }

    /// Who was not found.
    pub fn into_notices(self) -> Vec<Notice> {
        let said = |names: BTreeSet<String>, what: &str| {
            let names: Vec<String> = names.into_iter().collect();
            let notice = Notice { line: 0, text: format!("{what}: {}", listed(&names)) };
            (!names.is_empty()).then_some(notice)
        };
        let unknown = said(self.unknown, "not among the people here, kept as text");
        let ambiguous = said(self.ambiguous, "could be more than one person, kept as text");
        unknown.into_iter().chain(ambiguous).collect()
    }
}
