//! The words for the fields of an event and a topic: columns of a spreadsheet and labels in proceedings alike.

/// A field with the words that stand for it.
pub type Words = (&'static str, &'static [&'static str]);

/// The fields of an event. `notes` takes whatever else is said.
pub const EVENT: &[Words] = &[
    ("name", &["event", "event name", "name of the event"]),
    ("question", &["question", "our question", "the question", "theme question"]),
    ("date", &["date", "day", "held on", "when"]),
    ("venue", &["venue", "place", "location", "where", "held at"]),
    ("hosts", &["host", "hosts", "hosted by", "held by", "organised by", "organisers"]),
    ("steering_group", &["steering group", "prepared by", "planning group"]),
    ("facilitators", &["facilitator", "facilitators", "facilitated by", "facilitation"]),
    ("delegates", &["delegates", "participants", "attendees", "attended", "who came"]),
    ("present", &["present", "people present", "number present", "attendance", "number of delegates"]),
    ("notes", &["notes", "introduction", "background", "welcome"]),
];

/// What belongs to a topic beside its fields: its number and its recommendations.
pub const NUMBER: &str = "number";
/// The recommendations of a topic.
pub const RECOMMENDATIONS: &str = "recommendations";

/// The fields of a topic.
pub const TOPIC: &[Words] = &[
    (NUMBER, &["number", "no", "nr", "num", "#", "topic number", "topic no"]),
    ("title", &["title", "topic", "topics", "subject", "topic title", "issue", "name", "session title"]),
    (
        "conveners",
        &[
            "convener",
            "conveners",
            "convenor",
            "convenors",
            "convened by",
            "initials",
            "host",
            "hosts",
            "hosted by",
            "posted by",
            "proposer",
            "proposed by",
            "initiator",
            "initiators",
            "leader",
            "led by",
        ],
    ),
    ("event", &["event"]),
    ("slot", &["slot", "time", "time slot", "when"]),
    ("space", &["space", "room", "table", "place", "where"]),
    ("state", &["state", "status"]),
    ("interested", &["interested", "people interested"]),
    (
        "note_taker",
        &["note taker", "notetaker", "notes by", "notes taken by", "scribe", "recorder", "recorded by", "written by"],
    ),
    ("participants", &["participants", "participant", "present", "attended", "attendees", "who took part", "group"]),
    (
        "discussion",
        &[
            "discussion",
            "notes",
            "summary",
            "description",
            "what was said",
            "discussion summary",
            "key points",
            "main points",
            "summary of discussion",
            "discussion points",
        ],
    ),
    (
        RECOMMENDATIONS,
        &["recommendations", "recommendation", "our recommendations", "recommendations and actions", "we recommend"],
    ),
    ("resources", &["resources", "resource", "what there is already", "what there is", "existing resources"]),
    ("requests", &["requests", "request", "what we ask of others", "we ask", "asks"]),
];

/// A word as it is compared: in small letters, without emphasis, brackets and a colon, one blank between words.
pub fn plain(word: &str) -> String {
    let kept = |c: char| match c {
        '*' | '(' | ')' | ':' | '`' => None,
        '-' | '_' | '\u{2010}' | '\u{2011}' => Some(' '),
        c => Some(c),
    };
    let word: String = word.chars().filter_map(kept).collect();
    word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The field that a word stands for.
pub fn field(words: &[Words], word: &str) -> Option<&'static str> {
    let plain = plain(word);
    words.iter().find(|(_, known)| known.contains(&plain.as_str())).map(|(field, _)| *field)
}
