//! Whether a service is a refuge, whose address must stay secret, told by what it is: its taxonomy, its kind, several
//! words together. Doubt hides, until a person decides; one word alone does not.

/// What is known of a service, each in the words of its source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signs<'a> {
    /// Its name.
    pub name: &'a str,
    /// The name of its organisation.
    pub organisation: &'a str,
    /// What it does and whom it is for.
    pub text: &'a str,
    /// Names of its taxonomy terms, one a line.
    pub terms: &'a str,
    /// Their codes, one a line.
    pub codes: &'a str,
}

/// Shelters for victims of domestic violence and of trafficking in the taxonomy of AIRS, which 211 services use.
const CODES: &[&str] = &["BH-1800.1500-100", "BH-1800.1500-308"];

/// A house that is secret by its kind.
const SECRET: &[&str] = &["refuge", "refuges", "safehouse", "safehouses", "safe house", "safe houses", "safe home"];

/// Words that say that nobody is to know where it is.
const WITHHELD: &[&str] = &[
    "confidential location",
    "confidential address",
    "confidential locations",
    "undisclosed location",
    "undisclosed address",
    "secret location",
    "secret address",
    "location is confidential",
    "address is confidential",
    "location confidential",
    "address confidential",
    "location withheld",
    "address withheld",
    "address not disclosed",
    "address is not published",
    "address not published",
    "location is not published",
    "location is not disclosed",
    "address is not disclosed",
    "location undisclosed",
];

/// A roof over one's head.
const ROOF: &[&str] = &[
    "shelter",
    "shelters",
    "accommodation",
    "housing",
    "hostel",
    "hostels",
    "beds",
    "residential",
    "safe place to stay",
    "safe place to live",
    "place of safety",
    "safe haven",
    "emergency stay",
    "safe rooms",
    "sanctuary house",
    "residence",
    "lodging",
    "house",
];

/// A roof that is seldom found in a directory when it is for women.
const FOR_WOMEN: &[&str] =
    &["shelter", "shelters", "hostel", "hostels", "safe accommodation", "emergency accommodation"];

/// A refuge that has more than beds: the house is among what the name says.
const JOINED: &[&str] =
    &["refuge and", "and refuge", "refuges and", "and refuges", "shelter and", "and shelter", "safe house and"];

/// Kinds of roof as taxonomies name them.
const SHELTERS: &[&str] = &[
    "emergency shelter",
    "crisis shelter",
    "domestic violence shelters",
    "trafficking shelters",
    "transitional housing",
    "supported accommodation",
    "emergency accommodation",
    "safe accommodation",
    "women's shelters",
    "crisis accommodation",
];

/// Those who must not be found.
const SOUGHT: &[&str] = &[
    "domestic abuse",
    "domestic violence",
    "domestically abused",
    "abused women",
    "abused men",
    "battered",
    "fleeing",
    "fled",
    "human trafficking",
    "trafficked",
    "trafficking",
    "modern slavery",
    "forced marriage",
    "honour based",
    "honor based",
    "family violence",
    "intimate partner",
    "violent partners",
    "violent partner",
    "abusive partner",
    "abusive relationship",
    "abusive relationships",
    "violent relationships",
    "women's aid",
    "womens aid",
    "women's refuge",
    "women's shelter",
    "coercive control",
    "violence against women",
    "abusive partners",
    "domestic and sexual",
    "dv",
];

/// Kinds of service that nobody lives in.
const ELSEWHERE: &[&str] = &[
    "shop",
    "shops",
    "store",
    "thrift",
    "pantry",
    "food",
    "foodbank",
    "cafe",
    "café",
    "helpline",
    "hotline",
    "line",
    "outreach",
    "counselling",
    "counseling",
    "training",
    "advice",
    "legal",
    "court",
    "advocacy",
    "idva",
    "website",
    "office",
    "drop in",
    "church",
    "chapel",
    "ministry",
    "ministries",
    "fundraising",
    "donations",
    "education",
    "prevention",
    "course",
    "courses",
    "programme for perpetrators",
    "perpetrators",
    "perpetrator",
    "support group",
    "support groups",
    "workshops",
    "clothing",
    "furniture",
    "recovery meeting",
    "library",
    "museum",
    "forum",
    "campaign",
    "vouchers",
    "intervention",
    "awareness",
    "choir",
    "band",
    "pub",
    "recruitment",
    "volunteering",
    "head",
    "shelter clearinghouse",
    "vigil",
    "tenancy",
    "community centre",
    "community center",
    "coffee",
    "nursery",
    "gym",
    "order",
    "orders",
    "support service",
    "bus",
    "school",
    "schools",
    "hotlines",
    "therapy",
    "checks",
    "toolkit",
    "guide",
];

/// What is no house for people.
const OTHER: &[&str] = &[
    "wildlife",
    "animal",
    "animals",
    "bird",
    "birds",
    "nature",
    "donkey",
    "donkeys",
    "cat",
    "cats",
    "dog",
    "dogs",
    "pet",
    "pets",
    "horse",
    "horses",
    "hedgehog",
    "bus shelter",
    "smoking",
    "rabbit",
    "equine",
    "wetland",
    "seal",
    "owl",
    "mountain",
    "tax",
    "storm",
    "fallout",
    "picnic",
    "hiking",
    "tortoise",
    "air raid",
];

/// Whether a service seems to be a refuge.
pub fn is_refuge(signs: &Signs<'_>) -> bool {
    let [name, organisation, text, terms] = [signs.name, signs.organisation, signs.text, signs.terms].map(plain);
    let is_animal = says(&name, OTHER) || says(&terms, OTHER) && !says(&terms, SOUGHT);
    if signs.codes.lines().any(|code| CODES.contains(&code.trim())) {
        return true;
    }
    if is_animal {
        return false;
    }
    if says(&name, WITHHELD) || says(&text, WITHHELD) {
        return true;
    }
    let is_sought = terms.lines().any(|term| says(term, SOUGHT));
    let of_terms = terms.lines().any(|term| says(term, SECRET) || is_sought && says(term, SHELTERS));
    let is_elsewhere = says(&name, ELSEWHERE) && !says(&name, JOINED);
    let of_women = says(&name, FOR_WOMEN) && says(&name, &["women's", "womens", "women", "girls"]);
    let kind = says(&name, SECRET) || of_women || says(&name, ROOF) && says(&name, SOUGHT);
    let of_house =
        says(&name, ROOF) && (says(&organisation, SECRET) || says(&organisation, SOUGHT) || tells_roof(&text));
    !is_elsewhere && (of_terms || kind || of_house || tells_refuge(&text))
}

/// Whether a text says of the service itself that it gives a roof to those who must not be found.
fn tells_roof(text: &str) -> bool {
    text.lines().any(|line| says(line, SOUGHT) && (says(line, SECRET) || says(line, ROOF)))
}

/// Whether a sentence offers a refuge: *provides a refuge for women fleeing abuse*.
fn tells_refuge(text: &str) -> bool {
    let gives = [
        "provides",
        "provide",
        "providing",
        "offers",
        "offer",
        "offering",
        "runs",
        "our",
        "is a",
        "a",
        "safe",
        "emergency",
        "temporary",
        "crisis",
    ];
    let roof = [
        "refuge",
        "refuges",
        "safe house",
        "safehouse",
        "safe accommodation",
        "emergency accommodation",
        "crisis accommodation",
        "temporary accommodation",
        "emergency shelter",
        "crisis shelter",
        "safe shelter",
        "temporary shelter",
        "residential shelter",
        "emergency housing",
        "shelter for",
        "transitional housing",
    ];
    let denies = ["does not", "do not", "not a", "no ", "refer to", "referral to", "referrals to", "access to", "into"];
    text.lines().any(|line| {
        says(line, SOUGHT) && says(line, &gives) && says(line, &roof) && !denies.iter().any(|word| line.contains(word))
    })
}

/// A text in small letters and single blanks, one sentence a line; hyphens divide words.
fn plain(text: &str) -> String {
    let text = text
        .to_lowercase()
        .replace(['’', '‘'], "'")
        .replace('&', " and ")
        .replace(". ", "\n")
        .replace(['!', ';', '?'], "\n");
    let sign = |sign: char| !(sign.is_alphanumeric() || sign == '\'');
    let line = |line: &str| line.split(sign).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Whether one of the phrases stands in a line, as whole words.
fn says(text: &str, phrases: &[&str]) -> bool {
    let is_edge = |sign: Option<char>| sign.is_none_or(|sign| !sign.is_alphanumeric());
    phrases.iter().any(|phrase| {
        text.match_indices(phrase)
            .any(|(at, _)| is_edge(text[..at].chars().next_back()) && is_edge(text[at + phrase.len()..].chars().next()))
    })
}
