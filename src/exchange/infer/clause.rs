//! What a clause says of things it names: that it is so, that it is not, or that it is not all.
//!
//! Plain English as directories write it, no grammar: a word that denies reaches forward up to the end of its part of the
//! sentence (*no walk-ins or self-referrals*), or back to what it was said of (*walk-ins are not accepted*). Two that
//! meet cancel out (*do not come without an appointment*).

use std::ops::Range;

/// A part of a sentence in small letters; hyphens divide words, and `,` stands for a pause.
#[derive(Debug, Default)]
pub struct Clause {
    /// Its words.
    pub words: Vec<String>,
    /// Whether it stands in brackets.
    pub is_aside: bool,
}

/// What is said of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// It is not only so: *not just by appointment*.
    NotOnly,
    /// It does not matter: *whether or not you are on probation*.
    Either,
}

const PAUSE: &str = ",";

/// A clause of more words is cut: each denial looks through all of it.
const MAX_WORDS: usize = 200;

/// Words that deny what follows.
const DENYING: &[&str] = &[
    "no",
    "not",
    "never",
    "without",
    "cannot",
    "nor",
    "neither",
    "nobody",
    "noone",
    "unable",
    "unless",
    "except",
    "excepting",
    "excluding",
    "exclude",
    "excludes",
    "refuse",
    "refuses",
    "decline",
    "declines",
    "dont",
    "cant",
    "doesnt",
    "isnt",
    "arent",
    "wont",
];

/// Pairs of words that do.
const DENYING_PAIRS: &[[&str; 2]] =
    &[["rather", "than"], ["instead", "of"], ["other", "than"], ["apart", "from"], ["no", "longer"]];

/// Words that make what follows a matter of indifference.
const INDIFFERENT: &[&str] = &["whether", "regardless", "irrespective"];

/// Words after which a denial denies something else: *do not hesitate*, *no charge for appointments*.
const HARMLESS: &[&str] = &[
    "hesitate",
    "afraid",
    "worry",
    "delay",
    "forget",
    "shy",
    "miss",
    "matter",
    "problem",
    "charge",
    "charged",
    "cost",
    "fee",
    "fees",
    "obligation",
    "doubt",
    "far",
    "wait",
    "waiting",
    "rush",
    "pressure",
    "discriminate",
    "limit",
    "limits",
    "maximum",
    "minimum",
    "upper",
    "lower",
    "experience",
    "late",
];

const ONLY: &[&str] = &["only", "just", "merely", "simply", "solely", "exclusively", "limited", "restricted"];

/// Words that may stand between a denial and what it says.
const ADVERBS: &[&str] = &[
    "be",
    "been",
    "being",
    "currently",
    "always",
    "generally",
    "normally",
    "usually",
    "now",
    "yet",
    "strictly",
    "a",
    "an",
];

/// What a denial says of its subject: *walk-ins are not accepted*.
const PREDICATES: &[&str] = &[
    "accepted",
    "available",
    "needed",
    "necessary",
    "required",
    "possible",
    "offered",
    "taken",
    "allowed",
    "admitted",
    "permitted",
    "essential",
    "compulsory",
    "mandatory",
    "open",
    "eligible",
    "suitable",
    "considered",
    "supported",
    "able",
    "catered",
    "seen",
    "helped",
    "welcome",
    "provided",
    "included",
    "served",
    "attend",
    "come",
    "enter",
    "join",
    "use",
    "access",
    "accessible",
    "apply",
    "register",
    "participate",
    "requirement",
    "option",
];

/// Those that restrict their subject instead where they go on: *the drop-in is not suitable for children*.
const RESTRICTING: &[&str] = &["available", "open", "eligible", "suitable", "able", "accessible"];

/// Words that say by themselves what their subject is not.
const REFUSING: &[&str] = &[
    "unavailable",
    "excluded",
    "refused",
    "declined",
    "rejected",
    "suspended",
    "ended",
    "stopped",
    "ceased",
    "closed",
    "cancelled",
    "discontinued",
    "withdrawn",
    "unnecessary",
    "ineligible",
    "prohibited",
    "forbidden",
    "barred",
    "turned",
    "paused",
];

/// Words between a subject and what is said of it.
const LINKS: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "being",
    "will",
    "would",
    "can",
    "could",
    "may",
    "do",
    "does",
    "has",
    "have",
    "currently",
    "at",
    "present",
    "this",
    "time",
    "the",
    "moment",
    "which",
    "that",
    "also",
    "generally",
    "normally",
    "usually",
    "session",
    "sessions",
    "service",
    "services",
    "clinic",
    "clinics",
    "requests",
    "clients",
    "visitors",
    "callers",
    "people",
    "old",
    "years",
    "year",
    "olds",
    "all",
    "now",
    "unfortunately",
    "from",
    "public",
    "members",
    "of",
    "general",
    "therefore",
    "here",
    "sorry",
    "children",
    "by",
    "e",
    "mail",
    "email",
    "phone",
    "telephone",
    "online",
];

/// Words at which a denial stops.
const BREAKS: &[&str] =
    &["before", "when", "because", "so", "as", "while", "until", "till", "please", "simply", "instead", "then", "just"];

/// Words at which it stops once it has denied something.
const BREAKS_AFTER: &[&str] = &["for", "at", "to", "during", "via", "you", "we", "they"];

/// Words that show that a new statement begins.
const VERBS: &[&str] = &[
    "is",
    "are",
    "can",
    "may",
    "must",
    "will",
    "please",
    "welcome",
    "welcomed",
    "available",
    "accepted",
    "required",
    "needed",
    "offered",
    "only",
    "by",
    "you",
    "we",
    "they",
    "just",
    "simply",
    "call",
    "ring",
    "phone",
    "contact",
    "come",
    "use",
    "email",
    "preferred",
    "essential",
    "although",
];

/// The clauses of a text.
pub fn clauses(text: &str) -> Vec<Clause> {
    let mut found = vec![Clause::default()];
    for line in text.to_lowercase().replace(['’', '‘', '`'], "'").lines() {
        for word in line.split_whitespace() {
            take(&mut found, &word.replace(['–', '—', '‑'], "-"));
        }
        found.push(Clause::default());
    }
    found.iter_mut().for_each(Clause::join_ranges);
    found.retain(|clause| !clause.words.is_empty());
    found
}

/// Takes the next word between blanks; a new clause begins after a full stop and at *but*.
fn take(found: &mut Vec<Clause>, raw: &str) {
    if found.last().is_some_and(|clause| clause.words.len() >= MAX_WORDS) {
        found.push(Clause::default());
    }
    let bare = raw.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
    if matches!(bare, "but" | "however" | "although" | "though" | "whereas" | "otherwise")
        || raw.starts_with(['(', '•'])
    {
        found.push(Clause { is_aside: raw.starts_with('('), ..Clause::default() });
    }
    let Some(clause) = found.last_mut() else { return };
    if bare.is_empty() && raw.contains(['-', '/', '&']) {
        clause.words.push(if raw == "&" { "and" } else { PAUSE }.to_owned());
    }
    for (at, part) in bare.split(['-', '/', '&']).filter(|part| !part.is_empty()).enumerate() {
        if at > 0 && is_number(part) && clause.words.last().is_some_and(|last| is_number(last)) {
            clause.words.push("to".to_owned());
        }
        clause.words.push(part.trim_matches(|c: char| !c.is_alphanumeric() && c != '+').to_owned());
    }
    if raw.ends_with([',', ':', '?']) {
        clause.words.push(PAUSE.to_owned());
    } else if raw.ends_with(['.', ';', '!', ')']) && !bare.is_empty() {
        found.push(Clause::default());
    }
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.trim_end_matches('s').parse::<u16>().is_ok()
}

fn has(list: &[&str], word: &str) -> bool {
    list.contains(&word)
}

impl Clause {
    /// The word there, or nothing.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    /// The word `back` before that place, or nothing.
    pub fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |at| self.word(at))
    }

    /// Whether nothing more is said from there on, or a pause is made.
    pub fn pauses(&self, at: usize) -> bool {
        matches!(self.word(at), "" | PAUSE)
    }

    /// `18 +` is `18+`, and a dash between two numbers leads from one to the other.
    fn join_ranges(&mut self) {
        for at in 1..self.words.len() {
            if self.word(at) == PAUSE && is_number(self.word(at - 1)) && is_number(self.word(at + 1)) {
                "to".clone_into(&mut self.words[at]);
            }
            if self.word(at) == "+" && is_number(self.word(at - 1)) {
                self.words[at - 1].push('+');
                self.words[at].clear();
            }
        }
        self.words.retain(|word| !word.is_empty());
    }

    /// The places at which these words stand, one after another.
    pub fn find(&self, phrase: &str) -> impl Iterator<Item = Range<usize>> {
        let length = phrase.split(' ').count();
        (0..self.words.len())
            .filter(move |at| phrase.split(' ').zip(*at..).all(|(word, at)| self.word(at) == word))
            .map(move |at| at..at + length)
    }

    /// What is said of each of these stretches of words.
    pub fn said(&self, spans: &[Range<usize>]) -> Vec<Said> {
        let mut said = vec![Said::Yes; spans.len()];
        let mut at = 0;
        while at < self.words.len() {
            let inside = spans.iter().any(|span| span.contains(&at));
            let length = if inside { 0 } else { self.denial(at) };
            if length > 0 {
                self.deny(at, length, spans, &mut said);
            } else if !inside && has(REFUSING, self.word(at)) {
                self.subjects(at, spans).for_each(|of| flip(&mut said[of]));
            } else if !inside && has(INDIFFERENT, self.word(at)) {
                self.reached(at + 1, spans).for_each(|of| said[of] = Said::Either);
                break;
            }
            at += length.max(1);
        }
        said
    }

    /// How many words deny something there; one in a condition denies nothing: *if you cannot keep an appointment*.
    fn denial(&self, at: usize) -> usize {
        let word = self.word(at);
        let pair = DENYING_PAIRS.iter().any(|[one, other]| *one == word && *other == self.word(at + 1));
        let length = usize::from(has(DENYING, word) || word.ends_with("n't")) + usize::from(pair);
        let part = self.words[..at].iter().rev().take_while(|word| *word != PAUSE);
        let is_conditional = part.take(6).any(|word| word == "if")
            // What a sentence begins with is what it asks for: *unless referred, you cannot …*
            || word == "unless" && at == 0
            || word == "without" && self.before(at, 1) == "or"
            || word == "nor" && at > 0 && self.word(at - 1) != PAUSE;
        let is_harmless =
            (1..=2).any(|step| has(HARMLESS, self.word(at + length.max(1) - 1 + step))) || self.before(at, 1) == "why";
        if is_conditional || is_harmless { 0 } else { length.min(2) }
    }

    fn deny(&self, at: usize, length: usize, spans: &[Range<usize>], said: &mut [Said]) {
        let next = at + length;
        if has(ONLY, self.word(next)) && self.word(at) != "no" {
            self.reached(next, spans).for_each(|of| said[of] = Said::NotOnly);
            return;
        }
        let subjects: Vec<usize> = self.subjects(at, spans).filter(|_| self.speaks_of_subject(at, next)).collect();
        if subjects.is_empty() {
            self.reached(next, spans).for_each(|of| flip(&mut said[of]));
        }
        for of in subjects {
            flip(&mut said[of]);
        }
    }

    /// Whether a denial looks back: nothing follows, or a word that says something of its subject.
    fn speaks_of_subject(&self, at: usize, next: usize) -> bool {
        if self.pauses(next) {
            return true;
        }
        let Some(at) = (next..next + 4).find(|step| !has(ADVERBS, self.word(*step))).filter(|_| self.word(at) != "no")
        else {
            return false;
        };
        let goes_on = has(RESTRICTING, self.word(at)) && matches!(self.word(at + 1), "for" | "to");
        has(PREDICATES, self.word(at)) && !goes_on
    }

    /// The stretches right before a word, of which it may say something; those joined to the last one too.
    fn subjects(&self, at: usize, spans: &[Range<usize>]) -> impl Iterator<Item = usize> {
        let mut end = at;
        let mut found = Vec::new();
        for (of, span) in spans.iter().enumerate().rev().filter(|(_, span)| span.end <= at) {
            let between = self.words.get(span.end..end).unwrap_or_default();
            let joins = |word: &String| matches!(word.as_str(), "and" | "or" | "nor" | PAUSE);
            let leads = |word: &String| has(LINKS, word);
            let reaches =
                || between.iter().all(leads) || between.len() < 4 && between.iter().all(|w| leads(w) || joins(w));
            let is_close = if found.is_empty() { reaches() } else { between.iter().all(joins) };
            if !is_close {
                break;
            }
            end = span.start;
            found.push(of);
        }
        found.into_iter()
    }

    /// The stretches that a denial reaches forward from there.
    fn reached(&self, from: usize, spans: &[Range<usize>]) -> impl Iterator<Item = usize> {
        let end = self.reach(from, spans);
        let within = move |span: &Range<usize>| span.start >= from && span.start < end;
        spans.iter().enumerate().filter(move |(_, span)| within(span)).map(|(of, _)| of).collect::<Vec<_>>().into_iter()
    }

    fn reach(&self, from: usize, spans: &[Range<usize>]) -> usize {
        for at in from..self.words.len() {
            if spans.iter().any(|span| span.contains(&at)) {
                continue;
            }
            let word = self.word(at);
            let has_denied = spans.iter().any(|span| span.start >= from && span.end <= at);
            let is_said = has(PREDICATES, word) && !self.words[from..at].iter().all(|word| has(ADVERBS, word));
            let ends = match word {
                PAUSE => !self.goes_on(at + 1),
                "and" => self.has_verb(at + 1),
                word => is_said || has(BREAKS, word) && at > from || has_denied && has(BREAKS_AFTER, word),
            };
            if ends {
                return at;
            }
        }
        self.words.len()
    }

    fn part(&self, from: usize) -> &[String] {
        let rest = self.words.get(from..).unwrap_or_default();
        rest.split(|word| word == PAUSE).next().unwrap_or_default()
    }

    fn has_verb(&self, from: usize) -> bool {
        self.part(from).iter().any(|word| has(VERBS, word))
    }

    /// Whether a list goes on after a pause: *no walk-ins, self-referrals or calls*.
    fn goes_on(&self, from: usize) -> bool {
        let part = self.part(from);
        if part.is_empty() || self.has_verb(from) {
            return false;
        }
        part.iter().any(|word| word == "or" || word == "nor") || self.goes_on(from + part.len() + 1)
    }
}

fn flip(said: &mut Said) {
    *said = match *said {
        Said::Yes => Said::No,
        Said::No => Said::Yes,
        other => other,
    };
}
