//! Whether the facts one would dial or rely on are still those that somebody verified.
//!
//! When such a fact is changed after the check, a fingerprint of what was checked is kept beside it, fact by fact, so that
//! a fact that is changed back is verified again, and that two people who change one record come to the same answer
//! whatever each of them saw. A record whose facts never changed keeps nothing.

use super::Service;
use super::marks::{self, Marks};
use crate::model::choice::{Choice, choices};
use crate::model::text::Text;

choices! {
    /// A fact one would dial or rely on.
    Fact {
        /// Numbers and addresses by which one reaches it, those of its contacts too.
        Phone = "phone",
        /// Where it is.
        Address = "address",
        /// When it is open.
        Opening = "opening hours",
        /// How one gets to it and what a referrer has to do.
        Referral = "referral",
    }
}

/// The fingerprints of facts as they were verified; only of those that have been others since.
pub type Checked = Marks<Fact>;

/// What a service states of a fact, in letters and digits alone: spelling a number or a range another way changes
/// nothing.
fn stated(service: &Service, fact: Fact) -> String {
    let text = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    let parts: Vec<String> = match fact {
        Fact::Phone => {
            let of_contacts = service.contacts.iter().flat_map(|contact| [&contact.phone, &contact.email]);
            [&service.phone, &service.email].into_iter().chain(of_contacts).map(text).collect()
        }
        Fact::Address => service.locations.iter().map(super::Location::line).collect(),
        Fact::Opening => vec![text(&service.opening)],
        Fact::Referral => vec![service.routes.labels(), text(&service.how_to_refer)],
    };
    let parts = parts.iter().map(|part| folded(part, fact)).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

fn folded(text: &str, fact: Fact) -> String {
    let blank = if fact == Fact::Phone { "" } else { " " };
    let words = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(blank).to_lowercase()
}

fn fingerprint(service: &Service, fact: Fact) -> u32 {
    marks::fingerprint(&stated(service, fact))
}

impl Service {
    /// The facts that were verified and are others now.
    pub fn changed_since_verified(&self) -> Vec<Fact> {
        if self.verified.is_none() {
            return Vec::new();
        }
        let is_other = |(fact, checked)| (fingerprint(self, fact) != checked).then_some(fact);
        self.verified_as.iter().filter_map(is_other).collect()
    }

    /// Keeps what was verified of the facts in which it differs from what it was, unless somebody verified it anew.
    pub(super) fn keep_checked(&mut self, before: &Self) {
        if self.verified.is_none() || self.verified != before.verified {
            return;
        }
        for fact in Fact::ALL {
            let checked = before.verified_as.get(*fact).unwrap_or_else(|| fingerprint(before, *fact));
            if self.verified_as.get(*fact).is_none() && fingerprint(self, *fact) != checked {
                self.verified_as.set(*fact, checked);
            }
        }
    }

    /// Somebody verified the facts as `checked` states them; here some of them may be others.
    pub fn hold_to(&mut self, checked: &Self) {
        for fact in Fact::ALL {
            let verified = fingerprint(checked, *fact);
            if self.verified_as.get(*fact).is_some() || fingerprint(self, *fact) != verified {
                self.verified_as.set(*fact, verified);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field::{Blank, ParseContext};
    use crate::model::service::{Freshness, Verified, verify};
    use crate::model::{Author, Change, Date, Id, Timestamp, Workspace, change, merge};

    fn today() -> Date {
        "2026-11-21".parse().unwrap()
    }

    fn author(by: &str, at: i64) -> Author {
        Author { by: by.into(), at: Timestamp::from_seconds(1_795_000_000 + at), today: today() }
    }

    fn id() -> Id {
        Id::from_number('S', 1, 4)
    }

    /// Nightstop, verified in September.
    fn workspace() -> Workspace {
        let verified = Verified { on: "2026-09-14".parse().unwrap(), by: Text::some("KP"), how: None };
        let service = Service {
            id: id(),
            name: "Nightstop".into(),
            phone: Text::some("01632 960142"),
            opening: Text::some("Mon–Fri 9–5"),
            verified: Some(verified),
            ..Service::default()
        };
        let mut workspace = Workspace::default();
        workspace.place(id(), Some(service.into()));
        workspace
    }

    fn set(workspace: &Workspace, field: &str, value: &str, author: &Author) -> Change {
        let mut record = workspace.get(id()).unwrap();
        record.set_field(field, value, ParseContext { workspace, today: today() }).unwrap();
        change::put(workspace, record, author).unwrap()
    }

    fn changed(workspace: &Workspace) -> Vec<Fact> {
        workspace.services.get(id()).unwrap().changed_since_verified()
    }

    #[test]
    fn a_changed_fact_is_no_longer_verified_until_it_is_changed_back() {
        let mut workspace = workspace();
        let first = workspace.clone();
        let inverse = workspace.apply(&set(&workspace, "phone", "01632 960999", &author("RS", 0)));
        assert_eq!(changed(&workspace), [Fact::Phone]);
        assert_eq!(workspace.services.get(id()).unwrap().freshness(today()), Freshness::Changed);
        let again = workspace.clone();
        let mut typed_back = again.clone();
        typed_back.apply(&set(&again, "phone", "01632960142", &author("RS", 1)));
        assert_eq!(changed(&typed_back), []);
        workspace.apply(&inverse);
        assert_eq!(workspace.get(id()), first.get(id()), "undo leaves nothing behind");
        assert_eq!(workspace.services.get(id()).unwrap().freshness(today()), Freshness::Fresh);
    }

    #[test]
    fn what_is_nobody_dials_or_relies_on_leaves_it_verified() {
        let mut workspace = workspace();
        workspace.apply(&set(&workspace, "summary", "Beds.", &author("RS", 0)));
        workspace.apply(&set(&workspace, "opening", "Mon-Fri 9-5", &author("RS", 1)));
        assert_eq!(changed(&workspace), []);
        assert!(workspace.services.get(id()).unwrap().verified_as.is_blank());
    }

    #[test]
    fn verifying_makes_it_good() {
        let mut workspace = workspace();
        workspace.apply(&set(&workspace, "opening", "closed for ever", &author("RS", 0)));
        assert_eq!(changed(&workspace), [Fact::Opening]);
        workspace.apply(&verify(&workspace, &[id()], None, &author("RS", 1)).unwrap());
        assert_eq!(changed(&workspace), []);
    }

    /// What both have after each did something to the same record, whoever saves first.
    fn both(base: &Workspace, one: &Change, other: &Change) -> Service {
        let after = |change: &Change| change.edits[0].after().cloned();
        let merged = |ours, theirs| merge::merge(base.get(id()).as_ref(), ours, theirs).record.unwrap();
        let (one, other) = (after(one), after(other));
        let record = merged(one.as_ref(), other.as_ref());
        assert_eq!(record, merged(other.as_ref(), one.as_ref()));
        <&Service>::try_from(&record).unwrap().clone()
    }

    #[test]
    fn of_two_people_one_verifies_what_the_other_changes() {
        let base = workspace();
        for later in [0, 5] {
            let check = verify(&base, &[id()], None, &author("AB", 3)).unwrap();
            let service = both(&base, &check, &set(&base, "phone", "01632 960999", &author("RS", later)));
            assert_eq!(service.verified.as_ref().unwrap().by, Text::some("AB"));
            assert_eq!(service.changed_since_verified(), [Fact::Phone], "AB dialled the old number");
        }
    }

    #[test]
    fn of_two_people_each_leaves_the_others_fact_as_it_is() {
        let base = workspace();
        let phone = set(&base, "phone", "01632 960999", &author("RS", 0));
        let mut ahead = base.clone();
        ahead.apply(&phone);
        let check = verify(&ahead, &[id()], None, &author("RS", 1)).unwrap();
        let (_, checked) = check.edits[0].clone().into_sides();
        let change = Change { edits: crate::model::Edit::new(base.get(id()), checked).into_iter().collect(), ..check };
        for later in [0, 5] {
            let service = both(&base, &change, &set(&base, "opening", "Mon 9–5", &author("AB", later)));
            assert_eq!(service.changed_since_verified(), [Fact::Opening]);
        }
    }
}
