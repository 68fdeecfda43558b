//! What the versions of Open Referral demand of each row and object: the facts of HSDS 3.0 and 3.1 and of the UK profile ORUK
//! 3, which fields there are, of what type and format, what must be there, and what refers to what. Written down here as
//! a table; the official schemas (CC BY-SA 4.0, Open Referral and the Open Data Services Co-operative) are not part of the
//! program, and the tests hold this table against them.
//!
//! `schema` is the union of all versions, for reading; this is each version by itself, for judging.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::schema;

/// A version of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standard {
    /// Open Referral HSDS 3.0.
    Hsds30,
    /// Open Referral HSDS 3.1.
    Hsds31,
    /// Open Referral UK 3.
    Oruk3,
}

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A date, `YYYY-MM-DD`; in JSON any text.
    Date,
    /// A time, `HH:MM:SS`; in JSON any text.
    Time,
    /// A moment with its zone (RFC 3339).
    Moment,
    /// A uuid.
    Uuid,
    /// A web address with its scheme (RFC 3986).
    Uri,
    /// An e-mail address.
    Email,
    /// One of these words, separated by `|`, with `_` for blanks.
    OneOf(&'static str),
    /// The uuid of a row of this table.
    Reference(&'static str),
    /// In JSON, rows of this table.
    Rows(&'static str),
    /// In JSON, one object of this table.
    Nested(&'static str),
}

impl Shape {
    /// Whether it stands in a column of a table.
    pub fn is_column(self) -> bool {
        !matches!(self, Self::Rows(_) | Self::Nested(_))
    }
}

/// What is demanded of a field.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// What it may hold.
    pub shape: Shape,
    /// Whether it must be there.
    pub is_required: bool,
    /// Whether a column of a table must hold it, where in JSON the nesting says it.
    pub is_required_in_csv: bool,
    /// Whether no two rows of a table may have the same.
    pub is_unique: bool,
}

/// `table : fields`; `*` required, `^` required in CSV, `!` unique, `:n` number, `:d` date, `:t` time, `:m` moment, `:i` uuid, `:u` URI,
/// `:e` e-mail, `=a|b` one of, `>table` reference, `[rows` and `{object` nested. Every row has an `id`, a uuid.
const HSDS_3_0: &str = "\
organizations : name* alternate_name description* email:e website:u tax_status tax_id year_incorporated:n legal_status logo uri:u parent_organization_id:i [funding [contacts [phones [locations [programs [organization_identifiers [attributes [metadata [services
funding : organization_id>organizations service_id>services source [attributes [metadata
attributes : link_id^:i taxonomy_term_id^>taxonomy_terms link_type link_entity^ value {taxonomy_term [metadata
taxonomy_terms : code! name* description* parent_id:i taxonomy {taxonomy_detail=taxonomies language taxonomy_id>taxonomies term_uri:u [metadata
taxonomies : name* description* uri:u version [metadata
metadata : resource_id^:i resource_type^ last_action_date*:d last_action_type* field_name* previous_value* replacement_value* updated_by*
contacts : organization_id>organizations service_id>services service_at_location_id>service_at_location location_id>locations name title department email:e [phones [attributes [metadata
phones : location_id>locations service_id>services organization_id>organizations contact_id>contacts service_at_location_id>service_at_location number* extension:n type description [languages [attributes [metadata
languages : service_id>services location_id>locations phone_id>phones name code note [attributes [metadata
locations : location_type*=physical|postal|virtual url:u organization_id>organizations name alternate_name description transportation latitude:n longitude:n external_identifier external_identifier_type [languages [addresses [contacts [accessibility [phones [schedules [attributes [metadata
addresses : location_id>locations attention address_1* address_2 city* region state_province* postal_code* country* address_type*=physical|postal|virtual [attributes [metadata
accessibility : location_id>locations description details url:u [attributes [metadata
schedules : service_id>services location_id>locations service_at_location_id>service_at_location valid_from:d valid_to:d dtstart:d timezone:n until:d count:n wkst=MO|TU|WE|TH|FR|SA|SU freq=WEEKLY|MONTHLY interval:n byday byweekno bymonthday byyearday description opens_at:t closes_at:t schedule_link:u attending_type notes [attributes [metadata
programs : organization_id^!>organizations name* alternate_name description* [attributes [metadata
organization_identifiers : organization_id^>organizations identifier_scheme identifier_type* identifier* [attributes [metadata
services : organization_id^>organizations program_id>programs name* alternate_name description url:u email:e status*=active|inactive|defunct|temporarily_closed interpretation_services application_process fees_description wait_time fees accreditations eligibility_description minimum_age:n maximum_age:n assured_date:d assurer_email:e licenses alert last_modified:m [phones [schedules [service_areas [service_at_locations [languages {organization [funding [cost_options {program [required_documents [contacts [attributes [metadata
service_areas : service_id>services name description extent extent_type uri [attributes [metadata
service_at_location : service_id^>services location_id^>locations description [contacts [phones [schedules {location [attributes [metadata {service
cost_options : service_id^>services valid_from:d valid_to:d option currency amount:n amount_description [attributes [metadata
required_documents : service_id>services document uri:u [attributes [metadata
";

/// The tables in which HSDS 3.1 differs from 3.0.
const HSDS_3_1: &str = "\
organizations : name* alternate_name description* email:e website:u [additional_websites tax_status tax_id year_incorporated:n legal_status logo uri:u parent_organization_id:i [funding [contacts [phones [locations [programs [organization_identifiers [attributes [metadata [services
url : label url*:u organization_id>organizations service_id>services [attributes [metadata
attributes : link_id^:i taxonomy_term_id^>taxonomy_terms link_type link_entity^ value {taxonomy_term [metadata label
services : organization_id^>organizations program_id>programs name* alternate_name description url:u [additional_urls email:e status*=active|inactive|defunct|temporarily_closed interpretation_services application_process fees_description wait_time fees accreditations eligibility_description minimum_age:n maximum_age:n assured_date:d assurer_email:e licenses alert last_modified:m [phones [schedules [service_areas [service_at_locations [languages {organization [funding [cost_options {program [required_documents [contacts [capacities [attributes [metadata
service_areas : service_id>services service_at_location_id>service_at_location name description extent extent_type uri [attributes [metadata
service_at_location : service_id^>services location_id^>locations description [service_areas [contacts [phones [schedules {location [attributes [metadata {service
service_capacity : service_id^>services {unit unit_id^>units available*:n maximum:n description updated*:m [attributes [metadata
units : name* scheme identifier uri:u [attributes [metadata
";

const ORUK_3: &str = "\
organizations : name* description* email:e website:u logo uri:u parent_organization_id:i [organization_identifiers [attributes [services
organization_identifiers : organization_id^>organizations identifier_scheme identifier_type* identifier* [attributes
attributes : link_id^:i taxonomy_term_id^>taxonomy_terms link_type {taxonomy_term
taxonomy_terms : name* description* parent_id:i taxonomy taxonomy_id:i term_uri:u term
services : organization_id^>organizations name* description url:u email:e status*=active|inactive|defunct|temporarily_closed fees accreditations minimum_age:n maximum_age:n assured_date:d assurer_email:e alert last_modified:m [schedules [service_areas [service_at_locations [languages {organization [funding [cost_options [contacts [attributes
schedules : service_id>services service_at_location_id>service_at_location valid_from:d valid_to:d dtstart:d freq=WEEKLY|MONTHLY interval:n byday bymonthday description opens_at:t closes_at:t schedule_link:u attending_type notes
service_areas : service_id>services name extent extent_type uri service_area
service_at_location : service_id^>services location_id^>locations {location {service
locations : location_type*=physical|postal|virtual name description latitude:n longitude:n external_identifier external_identifier_type [addresses [accessibility [attributes
addresses : location_id>locations attention address_1* city* region state_province* postal_code* country* address_type*=physical|postal|virtual [attributes
accessibility : location_id>locations description details url:u [attributes accessibility
languages : service_id>services phone_id:i
funding : service_id>services source
cost_options : service_id^>services valid_from:d valid_to:d option amount:n amount_description
contacts : service_id>services name title [attributes
";

impl Standard {
    /// All, the oldest first.
    pub const ALL: [Self; 3] = [Self::Hsds30, Self::Hsds31, Self::Oruk3];

    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hsds30 => "HSDS 3.0",
            Self::Hsds31 => "HSDS 3.1",
            Self::Oruk3 => "ORUK 3",
        }
    }

    /// What people type for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hsds30 => "hsds-3.0",
            Self::Hsds31 => "hsds-3.1",
            Self::Oruk3 => "oruk-3",
        }
    }

    /// What is demanded of each table.
    pub fn tables(self) -> &'static HashMap<&'static str, Vec<Rule>> {
        static TABLES: [OnceLock<HashMap<&'static str, Vec<Rule>>>; 3] = [const { OnceLock::new() }; 3];
        let (at, texts): (usize, &[&str]) = match self {
            Self::Hsds30 => (0, &[HSDS_3_0]),
            Self::Hsds31 => (1, &[HSDS_3_0, HSDS_3_1]),
            Self::Oruk3 => (2, &[ORUK_3]),
        };
        TABLES[at].get_or_init(|| texts.iter().flat_map(|text| text.lines()).filter_map(table).collect())
    }

    /// What is demanded of a table, by its name in `schema`; nothing where the standard has no such table.
    pub fn rules(self, table: &str) -> Option<&'static [Rule]> {
        self.tables().get(table).map(Vec::as_slice)
    }
}

fn table(line: &'static str) -> Option<(&'static str, Vec<Rule>)> {
    let (name, fields) = line.split_once(" : ")?;
    let id = Rule { name: "id", shape: Shape::Uuid, is_required: true, is_required_in_csv: true, is_unique: true };
    Some((name, std::iter::once(id).chain(fields.split(' ').map(rule)).collect()))
}

fn rule(word: &'static str) -> Rule {
    let inner = |nested: &'static str| -> (&'static str, &'static str) {
        let (name, of) = nested.split_once('=').unwrap_or((nested, nested));
        (name, schema::table_by_alias(of).map_or(of, |table| table.name))
    };
    let nested = |name, shape| Rule { name, shape, is_required: false, is_required_in_csv: false, is_unique: false };
    if let Some(rows) = word.strip_prefix('[') {
        let (name, of) = inner(rows);
        return nested(name, Shape::Rows(of));
    }
    if let Some(object) = word.strip_prefix('{') {
        let (name, of) = inner(object);
        return nested(name, Shape::Nested(of));
    }
    let end = word.find(['*', '^', '!', ':', '>', '=']).unwrap_or(word.len());
    let (name, rest) = word.split_at(end);
    let kind = rest.trim_start_matches(['*', '^', '!']);
    let marks = &rest[..rest.len() - kind.len()];
    let shape = match kind.split_at_checked(1) {
        Some((">", table)) => Shape::Reference(table),
        Some(("=", words)) => Shape::OneOf(words),
        Some((":", "n")) => Shape::Number,
        Some((":", "d")) => Shape::Date,
        Some((":", "t")) => Shape::Time,
        Some((":", "m")) => Shape::Moment,
        Some((":", "i")) => Shape::Uuid,
        Some((":", "u")) => Shape::Uri,
        Some((":", "e")) => Shape::Email,
        _ => Shape::Text,
    };
    let is_required = marks.contains('*');
    Rule {
        name,
        shape,
        is_required,
        is_required_in_csv: is_required || marks.contains('^'),
        is_unique: marks.contains('!'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_known_and_every_reference_leads_to_one() {
        for standard in Standard::ALL {
            for (name, rules) in standard.tables() {
                assert!(schema::table(name).is_some(), "{name}");
                for rule in rules {
                    if let Shape::Reference(to) | Shape::Rows(to) | Shape::Nested(to) = rule.shape {
                        assert!(standard.rules(to).is_some(), "{name}.{}: {to}", rule.name);
                    }
                }
            }
        }
    }
}
