//! A record under another id: when two people drew the same one in the same instant, one of them draws again.

use super::{AnyRecord, Change, Id, Organisation, Person, Ref, Service};

impl AnyRecord {
    /// The record with `new` wherever `old` stands: as its own id, and where it names an organisation.
    #[must_use]
    pub fn with_id_replaced(&self, old: Id, new: Id) -> Self {
        let id = if self.id() == old { new } else { self.id() };
        match self {
            Self::Partnership(it) => super::Partnership { id, ..(**it).clone() }.into(),
            Self::Original(it) => super::Original { id, ..(**it).clone() }.into(),
            Self::Organisation(it) => {
                let mut it = Organisation { id, ..(**it).clone() };
                replace(it.parent.as_mut(), old, new);
                it.into()
            }
            Self::Person(it) => {
                let mut it = Person { id, ..(**it).clone() };
                replace(it.roles.iter_mut().map(|role| &mut role.organisation), old, new);
                it.into()
            }
            Self::Service(it) => {
                let mut it = Service { id, ..(**it).clone() };
                let one = it.organisation.iter_mut().chain(it.commissioner.as_mut());
                replace(one.chain(&mut it.funders).chain(&mut it.referrers), old, new);
                it.into()
            }
        }
    }
}

fn replace<'a>(references: impl IntoIterator<Item = &'a mut Ref>, old: Id, new: Id) {
    for reference in references {
        if *reference == Ref::Record(old) {
            *reference = Ref::Record(new);
        }
    }
}

impl Change {
    /// Speaks of `new` wherever it spoke of `old`.
    pub fn replace_id(&mut self, old: Id, new: Id) {
        for side in self.edits.iter_mut().flat_map(|edit| [&mut edit.before, &mut edit.after]).flatten() {
            *side = side.with_id_replaced(old, new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_replaced_everywhere() {
        let [old, new, other] = ["O-0001", "O-0002", "O-0003"].map(|id| id.parse::<Id>().unwrap());
        let named = |id| Some(Ref::Record(id));
        let service = Service { organisation: named(old), commissioner: named(other), ..Service::default() };
        let service = Service { funders: vec![Ref::Record(old), Ref::Record(other)], ..service };
        let AnyRecord::Service(after) = AnyRecord::from(service).with_id_replaced(old, new) else { unreachable!() };
        assert_eq!((&after.organisation, &after.commissioner), (&named(new), &named(other)));
        assert_eq!(after.funders, [Ref::Record(new), Ref::Record(other)]);
        let organisation = Organisation { id: old, parent: named(old), ..Organisation::default() };
        let AnyRecord::Organisation(after) = AnyRecord::from(organisation).with_id_replaced(old, new) else {
            unreachable!()
        };
        assert_eq!((after.id, &after.parent), (new, &named(new)));
    }
}
