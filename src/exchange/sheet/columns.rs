//! Which column of a spreadsheet means which field: one table of fields with the headings people write over them.
//!
//! A heading is known by its words, else the column by what stands in it. What fits no field is kept in the notes of the
//! record, under its heading.

use super::values::{has_postcode, is_email, is_phone, is_web};

/// A field that a column can go to.
#[derive(Debug)]
pub struct Field {
    /// Its name: what `--map` takes, and what is remembered.
    pub key: &'static str,
    /// What it is called on screens, and in an empty sheet.
    pub label: &'static str,
    /// What to write there; the second row of an empty sheet. Empty: it is no column of an empty sheet.
    pub help: &'static str,
    /// The headings by which it is known beside its key and its label, as plain words. One that begins with `~` is known
    /// wherever its words stand in a heading.
    headings: &'static [&'static str],
}

/// The field of what fits nowhere else.
pub const KEEP: &str = "keep";

/// All fields, the more particular before the more general: the first whose heading fits is taken.
pub const FIELDS: &[Field] = &[
    Field {
        key: "id",
        label: "Id",
        help: "a number of your own that never changes, or nothing",
        headings: &[
            "ref",
            "reference",
            "ref no",
            "reference number",
            "record id",
            "record no",
            "service id",
            "number",
            "no",
            "nr",
            "unique id",
            "uid",
        ],
    },
    Field {
        key: "contact_email",
        label: "Contact e-mail",
        help: "their e-mail address",
        headings: &["~contact email", "~contact e mail", "~email of contact", "manager email", "worker email"],
    },
    Field {
        key: "contact_phone",
        label: "Contact phone",
        help: "their number",
        headings: &[
            "contact mobile",
            "manager phone",
            "worker phone",
            "phone of contact",
            "direct line",
            "direct dial",
        ],
    },
    Field {
        key: "contact_title",
        label: "Contact's post",
        help: "what they are: manager, duty officer",
        headings: &["~job title", "contact title", "contact role", "role", "position", "post"],
    },
    Field {
        key: "contact",
        label: "Contact",
        help: "a person there; never exported unless asked for",
        headings: &[
            "contact name",
            "contact person",
            "~named contact",
            "~key contact",
            "~main contact",
            "~lead contact",
            "manager",
            "co ordinator",
            "coordinator",
            "key worker",
            "lead worker",
            "worker",
            "lead",
        ],
    },
    Field {
        key: "reach",
        label: "Contact details",
        help: "",
        headings: &["~contact details", "~how to contact", "contact info", "contact information"],
    },
    Field {
        key: "charity_number",
        label: "Charity number",
        help: "",
        headings: &["~charity no", "~charity number", "~charity reg", "~registered charity", "~company number"],
    },
    Field {
        key: "aliases",
        label: "Also called",
        help: "other names, commas between",
        headings: &[
            "also known as",
            "aka",
            "alternative name",
            "alternate name",
            "other names",
            "former name",
            "previously",
        ],
    },
    Field {
        key: "opening",
        label: "Open",
        help: "9-5 Mon to Fri",
        headings: &[
            "~opening",
            "~open times",
            "~hours",
            "times",
            "days and times",
            "day and time",
            "when",
            "when open",
            "days open",
            "days",
            "availability",
            "session times",
            "~open days",
        ],
    },
    Field {
        key: "how_to_refer",
        label: "How to refer",
        help: "form, number, what they will ask",
        headings: &[
            "~refer",
            "~referral",
            "~referrals",
            "~how to access",
            "~access route",
            "~how to apply",
            "how to join",
            "application",
            "application process",
            "pathway",
            "booking",
        ],
    },
    Field {
        key: "funding_ends",
        label: "Funding ends",
        help: "a day: 31 Mar 2027",
        headings: &[
            "~funded until",
            "~funding until",
            "~funding end",
            "funding end date",
            "contract end",
            "contract ends",
            "end date",
        ],
    },
    Field {
        key: "funders",
        label: "Funded by",
        help: "who pays, commas between",
        headings: &["funder", "funders", "funding", "funding source", "source of funding", "paid for by"],
    },
    Field {
        key: "commissioner",
        label: "Commissioned by",
        help: "",
        headings: &["commissioner", "commissioners", "commissioning body"],
    },
    Field {
        key: "verified",
        label: "Last checked",
        help: "the day on which the facts were checked",
        headings: &[
            "~last checked",
            "~last verified",
            "~date checked",
            "checked",
            "verified",
            "checked on",
            "~last reviewed",
            "date verified",
        ],
    },
    Field {
        key: "name",
        label: "Service",
        help: "what people call it",
        headings: &[
            "name",
            "service name",
            "name of service",
            "project",
            "project name",
            "name of project",
            "scheme",
            "activity",
            "group",
            "group name",
            "name of group",
            "programme",
            "club",
            "title",
            "service title",
            "offer",
            "support offered by",
        ],
    },
    Field {
        key: "organisation",
        label: "Organisation",
        help: "who does the work",
        headings: &[
            "organization",
            "org",
            "~organisation name",
            "~name of organisation",
            "~organization name",
            "agency",
            "agency name",
            "name of agency",
            "provider",
            "~service provider",
            "provider name",
            "~delivered by",
            "~run by",
            "charity",
            "charity name",
            "company",
            "partner",
            "host",
            "managed by",
            "~lead agency",
            "provided by",
        ],
    },
    Field { key: "email", label: "E-mail", help: "the address to write to", headings: &["~email", "~e mail", "mail"] },
    Field {
        key: "url",
        label: "Web",
        help: "www.example.org",
        headings: &[
            "~website",
            "~web site",
            "~web address",
            "~web page",
            "webpage",
            "url",
            "link",
            "links",
            "homepage",
            "internet",
            "online",
        ],
    },
    Field {
        key: "phone",
        label: "Phone",
        help: "the number to ring; two with a stroke between",
        headings: &[
            "~phone",
            "~telephone",
            "tel",
            "~tel no",
            "~tel number",
            "~tel nos",
            "mobile",
            "mob",
            "~mobile number",
            "~contact number",
            "~contact no",
            "contact tel",
            "helpline",
            "number to ring",
            "landline",
            "call",
        ],
    },
    Field {
        key: "address",
        label: "Address",
        help: "house and street",
        headings: &["~address", "location", "street", "where", "street and number", "where is it"],
    },
    Field {
        key: "postcode",
        label: "Postcode",
        help: "DT4 8AA",
        headings: &["~postcode", "~post code", "pc", "zip", "zip code", "postal code"],
    },
    Field {
        key: "town",
        label: "Town",
        help: "town or village",
        headings: &["city", "town city", "town or city", "~town village", "village", "locality"],
    },
    Field {
        key: "place",
        label: "Place",
        help: "what the building is called",
        headings: &["venue", "venue name", "building", "site", "premises", "centre", "location name"],
    },
    Field { key: "latitude", label: "Latitude", help: "", headings: &["lat"] },
    Field { key: "longitude", label: "Longitude", help: "", headings: &["lon", "lng", "long"] },
    Field {
        key: "serves",
        label: "Serves",
        help: "districts or the whole county, commas between; not where it is",
        headings: &[
            "~area covered",
            "~areas covered",
            "~area served",
            "~areas served",
            "area",
            "areas",
            "coverage",
            "catchment",
            "catchment area",
            "~geographical area",
            "~geographic area",
            "district",
            "districts",
            "where they work",
            "region",
        ],
    },
    Field {
        key: "ages",
        label: "Ages",
        help: "16-25, 18+ or -17",
        headings: &["age", "~age range", "~age group", "age limit", "age limits", "ages served"],
    },
    Field {
        key: "sex",
        label: "Sex",
        help: "women, men or any",
        headings: &["gender", "sexes", "men women", "male female"],
    },
    Field {
        key: "eligibility",
        label: "Who for",
        help: "who can have it, in words",
        headings: &[
            "~who is it for",
            "~who its for",
            "~whos it for",
            "~who it is for",
            "who can use it",
            "who can attend",
            "~who can",
            "for whom",
            "~eligibility",
            "criteria",
            "~client group",
            "~target group",
            "target",
            "audience",
            "~aimed at",
            "beneficiaries",
            "clients",
            "client",
            "service users",
            "suitable for",
            "conditions",
            "who",
        ],
    },
    Field {
        key: "cost",
        label: "Cost",
        help: "free, or how much",
        headings: &["costs", "fee", "fees", "price", "charge", "charges", "~cost to", "how much", "payment"],
    },
    Field {
        key: "capacity",
        label: "Places free",
        help: "",
        headings: &["spaces", "vacancies", "capacity", "places", "beds"],
    },
    Field {
        key: "waiting",
        label: "Waiting time",
        help: "how long one waits",
        headings: &["~waiting", "~wait time", "wait", "waitlist"],
    },
    Field {
        key: "languages",
        label: "Languages",
        help: "commas between",
        headings: &["language", "languages spoken", "interpreters"],
    },
    Field {
        key: "accessibility",
        label: "Access",
        help: "steps, lift, loop, parking",
        headings: &["accessibility", "~disabled access", "~wheelchair", "accessible", "access needs", "facilities"],
    },
    Field {
        key: "needs",
        label: "Needs",
        help: "housing, debt, mental health …, commas between",
        headings: &[
            "need",
            "~needs met",
            "category",
            "categories",
            "~service type",
            "~type of service",
            "~type of support",
            "type",
            "theme",
            "themes",
            "tags",
            "keywords",
            "key words",
            "subject",
            "topic",
            "topics",
            "sector",
            "support area",
            "~help with",
            "issue",
            "issues",
        ],
    },
    Field {
        key: "status",
        label: "State",
        help: "active, paused, closed or planned",
        headings: &["status", "current", "running", "live", "open closed"],
    },
    Field { key: "alert", label: "Notice", help: "", headings: &["warning", "alert", "important", "urgent"] },
    Field {
        key: "summary",
        label: "What it does",
        help: "in a sentence or two",
        headings: &[
            "~description",
            "~what they do",
            "~what it does",
            "~what we do",
            "~about",
            "summary",
            "details",
            "services",
            "services offered",
            "~service offered",
            "~services provided",
            "~what is offered",
            "~support offered",
            "overview",
            "purpose",
            "aims",
            "information",
            "what",
        ],
    },
    Field {
        key: "notes",
        label: "Notes",
        help: "for colleagues; never exported",
        headings: &[
            "note",
            "comment",
            "comments",
            "remarks",
            "remark",
            "other",
            "~other information",
            "~other info",
            "~additional information",
            "~any other",
            "misc",
            "internal notes",
        ],
    },
    Field { key: "routes", label: "Ways in", help: "", headings: &["route", "routes"] },
    Field { key: "locations", label: "Located at", help: "", headings: &[] },
    Field { key: "contacts", label: "Contacts", help: "", headings: &[] },
    Field { key: "clients", label: "For", help: "", headings: &[] },
    Field { key: "referrers", label: "Referred by", help: "", headings: &[] },
    Field {
        key: "hide_address",
        label: "Hide address",
        help: "yes for a refuge",
        headings: &["~confidential address", "~address confidential", "secret address"],
    },
    Field { key: KEEP, label: "In the notes", help: "", headings: &[] },
];

/// The field with this name, or that a person calls so.
pub fn field(name: &str) -> Option<&'static Field> {
    let wanted = plain(name);
    let is_called = |field: &&Field| plain(field.key) == wanted || plain(field.label) == wanted;
    FIELDS.iter().find(is_called).or_else(|| FIELDS.iter().find(|field| field.headings.contains(&wanted.as_str())))
}

/// The words of a heading: small letters and figures, one blank between.
pub fn plain(heading: &str) -> String {
    let lower = heading.to_lowercase().replace(['\'', '’'], "");
    let parts = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

/// The field that a heading means.
pub fn of_heading(heading: &str) -> Option<&'static Field> {
    let words = plain(heading);
    if words.is_empty() {
        return None;
    }
    field(&words).or_else(|| FIELDS.iter().find(|field| field.headings.iter().any(|known| stands_in(known, &words))))
}

/// Whether a heading that is known anywhere stands among these words.
fn stands_in(known: &str, words: &str) -> bool {
    known.strip_prefix('~').is_some_and(|known| format!(" {words} ").contains(&format!(" {known} ")))
}

/// The field of a column, told by what stands in most of its cells.
pub fn of_samples(samples: &[&str]) -> Option<&'static Field> {
    let most = |test: fn(&str) -> bool| {
        !samples.is_empty() && samples.iter().filter(|sample| test(sample)).count() * 3 >= samples.len() * 2
    };
    let key = match () {
        () if most(is_email) => "email",
        () if most(is_web) => "url",
        () if most(is_phone) => "phone",
        () if most(|text| has_postcode(text).is_some_and(|(_, rest)| rest.is_empty())) => "postcode",
        () if most(|text| has_postcode(text).is_some()) => "address",
        () => return None,
    };
    field(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_as_charities_write_them() {
        for (heading, key) in [
            ("Name of Project", "name"),
            ("Organisation", "organisation"),
            ("Organisation Name", "organisation"),
            ("Tel. No.", "phone"),
            ("Telephone/Mobile", "phone"),
            ("Contact number", "phone"),
            ("Contact", "contact"),
            ("Contact e-mail", "contact_email"),
            ("Who's it for?", "eligibility"),
            ("Opening Times", "opening"),
            ("Office hours", "opening"),
            ("Address (incl. postcode)", "address"),
            ("Post Code", "postcode"),
            ("Web-site", "url"),
            ("How to make a referral", "how_to_refer"),
            ("Area covered", "serves"),
            ("Type of support", "needs"),
            ("E-mail address", "email"),
            ("Notes", "notes"),
            ("Shoe size", ""),
        ] {
            let found = of_heading(heading).map_or("", |field| field.key);
            assert_eq!(found, key, "{heading}");
        }
    }

    #[test]
    fn every_field_is_called_by_its_name_and_its_label() {
        for known in FIELDS {
            for name in [known.key, known.label] {
                assert_eq!(field(name).map(|field| field.key), Some(known.key), "{name}");
                assert_eq!(of_heading(name).map(|field| field.key), Some(known.key), "{name}");
            }
        }
    }

    #[test]
    fn no_heading_stands_twice() {
        let mut seen = std::collections::HashSet::new();
        for heading in FIELDS.iter().flat_map(|field| field.headings) {
            assert!(seen.insert(heading.trim_start_matches('~')), "{heading}");
        }
    }
}
