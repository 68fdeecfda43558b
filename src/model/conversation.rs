//! First conversations: what somebody was told alone before partners meet. They are for whoever wrote them down and for
//! nobody else: no list, search, thread, report or export has them, and they lie in a file that only their author's login
//! can read.

use std::borrow::Cow;

use super::agreement::Agreement;
use super::date::Date;
use super::field::Blank;
use super::organisation::Organisation;
use super::person::Person;
use super::record::{Rules, record};
use super::reference::Ref;
use super::text::Text;
use super::{Kind, Workspace};

record! {
    /// What somebody was told alone.
    Conversation = conversations, Kind::Conversation;
    editable {
        /// The agreement it prepares.
        agreement: Ref<Agreement> = "Agreement", "the agreement it prepares", required, private;
        /// The organisation of whoever spoke.
        organisation: Option<Ref<Organisation>> = "Organisation", "the organisation of whoever spoke", private;
        /// Who spoke.
        person: Option<Ref<Person>> = "Person", "who spoke: initials or a name", private;
        /// When.
        on: Option<Date> = "Day", "the day: today, fri, 12 mar", past, private;
        /// What was said.
        notes: Text = "Notes", "what was said; nobody but you can read it", paragraph, required, private;
    }
    system {}
}

impl Rules for Conversation {
    const IS_ADDABLE: bool = false;
    const IS_PRIVATE: bool = true;

    /// It says nothing of what is in it.
    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed("First conversation")
    }
}

/// Whose conversation about an agreement this is, as its author reads it.
pub fn speaker(conversation: &Conversation, workspace: &Workspace) -> String {
    let person = conversation.person.as_ref().map(|person| person.name(workspace));
    let organisation = conversation.organisation.as_ref().map(|organisation| organisation.name(workspace));
    let names: Vec<Cow<'_, str>> = [person, organisation].into_iter().flatten().collect();
    if names.is_empty() { "somebody".to_owned() } else { names.join(", ") }
}

/// The conversations that prepare an agreement, the earliest first. They are for their author alone.
pub fn of_agreement(workspace: &Workspace, agreement: super::Id) -> Vec<&Conversation> {
    let all = workspace.conversations.iter().map(AsRef::as_ref);
    let mut found: Vec<&Conversation> = all.filter(|one| one.agreement.id() == Some(agreement)).collect();
    found.sort_by_key(|one| (one.on, one.id));
    found
}
