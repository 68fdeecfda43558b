//! The words planted: whom each is secret from, where it stands, and how it would be leaked.

use std::path::Path;
use std::sync::Arc;

use folkmoot::model::{Audience, Author, Change, Conversation, Edit, Id, Ref, Text, Timestamp, Updated};
use folkmoot::store::{Mode, Store};

use super::harness;

pub const PARTNERS: Audience = Audience::Partners;
pub const COLLEAGUES: Audience = Audience::Colleagues;
pub const WITH_CONTACTS: Audience = Audience::Everyone { with_contacts: true };
pub const EVERYONE: Audience = Audience::Everyone { with_contacts: false };

/// Words of one sort, and who may not read them.
pub struct Group {
    pub name: &'static str,
    /// What all its words begin with.
    pub stem: &'static str,
    /// The audiences it is secret from.
    pub from: &'static [Audience],
    /// Where its words `#0` to `#9` stand: record, field, what is typed.
    pub planted: &'static [(&'static str, &'static str, &'static str)],
    /// What leaks it, likewise.
    pub leak: &'static [(&'static str, &'static str, &'static str)],
    /// The outputs in which the sweep must see the leak.
    pub seen_in: &'static [&'static str],
}

const EVERY_AUDIENCE: &[Audience] = &[COLLEAGUES, PARTNERS, EVERYONE, WITH_CONTACTS];

/// The table. Conversations and hidden addresses are for nobody but who writes them; what people can be reached by and stories
/// are for colleagues, and for others where they were asked for. A leak is what a careless person would have done, and words
/// in a service and an action that others read.
pub const GROUPS: [Group; 5] = [
    Group {
        name: "first conversations",
        stem: "vuxq",
        from: EVERY_AUDIENCE,
        planted: &[], // not by a field: see `conversations`
        leak: &[
            ("G-4C7N", "context", "#0 #1 #2 #3 #4 #5 #6 #7 #8 #9"),
            ("S-3AQH", "cost", "#0 #1 #2 #3 #4 #5 #6 #7 #8 #9"),
            ("A-8NPM", "what", "#0 #1 #2 #3 #4 #5 #6 #7 #8 #9"),
        ],
        seen_in: &[
            "list",
            "show",
            "thread",
            "tell",
            "agenda",
            "find",
            "export csv",
            "report directory",
            "report bulletin",
            "export ics",
            "screen",
            "copy",
            "copy of told",
            "editor",
        ],
    },
    Group {
        name: "hidden addresses",
        stem: "kzyq",
        from: EVERY_AUDIENCE,
        planted: &[
            ("S-3Q6A", "locations", "#0 | 4 #1 Street | #2 | #3"),
            ("S-2K9N", "locations", "#4 | 5 #5 Road | #6"),
            ("S-3985", "locations", "#7 | 6 #8 Lane | Poole | #9"),
            ("S-2K9N", "hide_address", "yes"),
            ("S-3985", "hide_address", "yes"),
        ],
        leak: &[("S-3Q6A", "hide_address", "no"), ("S-2K9N", "hide_address", "no"), ("S-3985", "hide_address", "no")],
        seen_in: &[
            "list",
            "show",
            "find",
            "export hsds3-json",
            "export csv",
            "report directory",
            "screen",
            "copy",
            "editor",
        ],
    },
    Group {
        name: "telephone and e-mail of people",
        stem: "jwqz",
        from: &[PARTNERS, EVERYONE],
        planted: &[
            ("P-6ZCB", "phone", "01632 #0"),
            ("P-6ZCB", "email", "#1@example.org"),
            ("P-HF59", "phone", "01632 #2"),
            ("P-HF59", "email", "#3@example.org"),
            ("P-D4CD", "phone", "01632 #4"),
        ],
        leak: &[("S-3AQH", "how_to_refer", "#0 #1 #2 #3 #4"), ("A-8NPM", "reason", "Ring #0 #1 #2 #3 #4")],
        seen_in: &["tell", "export csv", "report directory", "report bulletin", "report forum", "copy of told"],
    },
    Group {
        name: "login and notes of people",
        stem: "jwqz",
        from: &[PARTNERS, EVERYONE, WITH_CONTACTS],
        planted: &[
            ("P-6ZCB", "login", "#5"),
            ("P-6ZCB", "notes", "asks for #6 first"),
            ("P-HF59", "login", "#7"),
            ("P-HF59", "notes", "asks for #8 first"),
            ("P-D4CD", "notes", "asks for #9 first"),
        ],
        leak: &[("S-3AQH", "summary", "#5 #6 #7 #8 #9"), ("A-V5K2", "what", "Ring #5 #6 #7 #8 #9")],
        seen_in: &[
            "tell",
            "export csv",
            "export ics",
            "report directory",
            "report bulletin",
            "report forum",
            "copy of told",
        ],
    },
    Group {
        name: "stories",
        stem: "qfyx",
        from: &[PARTNERS, EVERYONE, WITH_CONTACTS],
        planted: &[
            ("Y-KN0T", "title", "The #0"),
            ("Y-KN0T", "text", "They met #1"),
            ("Y-KN0T", "place", "#2"),
            ("Y-KN0T", "organisations", "O-YK98, #3"),
            ("Y-KN0T", "people", "P-D4CD, #4"),
            ("Y-78F6", "title", "The #5"),
            ("Y-78F6", "text", "They met #6"),
            ("Y-78F6", "place", "#7"),
            ("Y-78F6", "organisations", "O-DWRK, #8"),
            ("Y-78F6", "people", "P-VN7C, #9"),
            ("Y-78F6", "sharing", "nobody"),
        ],
        leak: &[
            ("Y-KN0T", "sharing", "everybody"),
            ("Y-78F6", "sharing", "everybody"),
            ("S-3AQH", "waiting", "#0 #1 #2 #3 #4 #5 #6 #7 #8 #9"),
            ("A-V5K2", "reason", "#0 #1 #2 #3 #4 #5 #6 #7 #8 #9"),
        ],
        seen_in: &["tell", "export csv", "export hsds3-json", "report directory", "report bulletin", "copy of told"],
    },
];

/// What tells the words of a group apart; no two begin with one letter, so that a word cut short is seen as well.
const ENDS: [&str; 10] = ["ab", "ec", "id", "of", "ug", "ha", "je", "ki", "lo", "mu"];

impl Group {
    pub fn filled(&self, typed: &str) -> String {
        (0..10).fold(typed.to_owned(), |typed, at| typed.replace(&format!("#{at}"), &self.word(at)))
    }

    pub fn word(&self, at: usize) -> String {
        format!("{}{}", self.stem, ENDS[at])
    }

    /// The words planted, as they are looked for: without the last letter, as lines are cut short.
    pub fn sought(&self) -> Vec<String> {
        let planted: String = self.planted.iter().map(|(_, _, typed)| *typed).collect();
        let is_planted = |at: &usize| self.planted.is_empty() || planted.contains(&format!("#{at}"));
        (0..10).filter(is_planted).map(|at| self.word(at)[..5].to_owned()).collect()
    }
}

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(harness::TEN - 5000), today: harness::today() }
}

pub fn id(text: &str) -> Id {
    text.parse().unwrap()
}

/// Four conversations on one agreement: six words in notes, four in who spoke.
fn conversations(group: &Group) -> Change {
    let one = |at: usize| Conversation {
        id: Id::from_number('N', at as u32 + 1, 4),
        agreement: Ref::record(id("G-4C7N")),
        organisation: (at < 2).then(|| Ref::words(group.word(at).as_str().into())),
        person: (at >= 2).then(|| Ref::words(group.word(at).as_str().into())),
        notes: Text::line(&format!("{} and {}", group.word(at + 4), group.word(8 + at % 2))),
        updated: Updated(Timestamp::from_seconds(1_000), "KP".into()),
        ..Conversation::default()
    };
    let edits = (0..4).map(|at| Edit::Add(one(at).into())).collect();
    Change { edits, sentence: String::new() }
}

/// The sample with all forty words, and with what leaks them.
pub fn workspace(is_leaking: bool) -> Arc<tempfile::TempDir> {
    let dir = harness::sample_dir();
    let mut opened = Store::open(dir.path(), Mode::Write).unwrap();
    let mut save = |change: Change| {
        opened.store.commit(&change).unwrap();
        opened.workspace.apply(&change);
        opened.workspace.clone()
    };
    let mut workspace = save(conversations(&GROUPS[0]));
    for group in &GROUPS {
        for (record, field, typed) in group.planted.iter().chain(group.leak.iter().filter(|_| is_leaking)) {
            let change = harness::set(&workspace, &author(), id(record), field, &group.filled(typed));
            workspace = save(change.unwrap_or_else(|refusal| panic!("{record} {field}: {}", refusal.0)));
        }
    }
    assert_planted(dir.path());
    dir
}

/// All forty words stand in the files, and none of them stood in the sample.
fn assert_planted(dir: &Path) {
    let texts = |dir: &Path| -> String {
        let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files.map(|path| std::fs::read_to_string(path).unwrap_or_default().to_lowercase()).collect()
    };
    let (planted, sample) = (texts(dir), texts(harness::sample_dir().path()));
    let words: Vec<String> = GROUPS.iter().flat_map(Group::sought).collect();
    assert_eq!(words.len(), 40, "{words:?}");
    for word in words {
        assert!(planted.contains(&word) && !sample.contains(&word), "{word}");
    }
}
