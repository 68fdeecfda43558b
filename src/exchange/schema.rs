//! The tables of Open Referral: which fields they have, what sort each is, and which table nests in which.
//!
//! One line a table, so that reading, nesting, exporting and checking share one description. Fields this list does not
//! name are kept all the same.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A day with its time and zone.
    Timestamp,
    /// A time of the day, `HH:MM`.
    Time,
    /// A web address.
    Web,
    /// An e-mail address.
    Email,
    /// One of these words, with bars between.
    OneOf(&'static str),
    /// The id of a row in this table.
    Ref(&'static str),
}

/// A field of a table.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub sort: Sort,
    /// Whether the schemas demand it.
    pub required: bool,
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its name, which is also that of its file.
    pub name: &'static str,
    /// What an array of its rows is called where it nests in a parent.
    pub nested: &'static str,
    /// The fields that lead to a parent, the most specific first.
    pub parents: Vec<&'static str>,
    /// Its fields.
    pub fields: Vec<Field>,
    index: HashMap<&'static str, usize>,
}

impl Table {
    /// What the schemas say of a field.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.index.get(name).map(|at| &self.fields[*at])
    }

    /// The place of a field among the fields.
    pub fn place_of(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// Whether its rows belong to one parent, and so carry its id; others are shared by many.
    pub fn is_owned(&self) -> bool {
        !self.parents.is_empty()
    }
}

/// `table nested parents : fields`; `*` demanded, `:n` number, `:d` day, `:m` moment, `:t` time, `:u` web address,
/// `:e` e-mail, `=a|b` one of, `>table` reference.
const SPEC: &str = "\
organizations organizations - : name* alternate_name description* email:e website:u tax_status tax_id year_incorporated:n legal_status logo:u uri:u parent_organization_id>organizations
programs programs organization_id : organization_id>organizations name* alternate_name description*
services services - : organization_id>organizations program_id>programs name* alternate_name description url:u email:e status*=active|inactive|defunct|temporarily_closed interpretation_services application_process fees_description wait_time fees accreditations eligibility_description minimum_age:n maximum_age:n assured_date:d assurer_email:e licenses alert last_modified:m
service_at_location service_at_locations service_id : service_id>services location_id>locations description
locations locations - : location_type*=physical|postal|virtual url:u organization_id>organizations name alternate_name description transportation latitude:n longitude:n external_identifier external_identifier_type
addresses addresses location_id : location_id>locations attention address_1* address_2 city* region state_province* postal_code* country* address_type*=physical|postal|virtual
contacts contacts service_at_location_id,service_id,location_id,organization_id : organization_id>organizations service_id>services service_at_location_id>service_at_location location_id>locations name title department email:e
phones phones contact_id,service_at_location_id,service_id,location_id,organization_id : location_id>locations service_id>services organization_id>organizations contact_id>contacts service_at_location_id>service_at_location number* extension:n type description
schedules schedules service_at_location_id,service_id,location_id : service_id>services location_id>locations service_at_location_id>service_at_location valid_from:d valid_to:d dtstart:d timezone:n until:d count:n wkst=MO|TU|WE|TH|FR|SA|SU freq=WEEKLY|MONTHLY interval:n byday byweekno bymonthday byyearday description opens_at:t closes_at:t schedule_link:u attending_type notes
service_areas service_areas service_at_location_id,service_id : service_id>services service_at_location_id>service_at_location name description extent extent_type=geojson|topojson|kml|text uri:u
languages languages phone_id,service_id,location_id : service_id>services location_id>locations phone_id>phones name code note
accessibility accessibility location_id : location_id>locations description details url:u
cost_options cost_options service_id : service_id>services valid_from:d valid_to:d option currency amount:n amount_description
funding funding service_id,organization_id : organization_id>organizations service_id>services source
required_documents required_documents service_id : service_id>services document uri:u
organization_identifiers organization_identifiers organization_id : organization_id>organizations identifier_scheme identifier_type* identifier*
service_capacity capacities service_id : service_id>services unit_id>units available*:n maximum:n description updated*:m
units units - : name* scheme identifier uri:u
url additional_urls service_id,organization_id : label url*:u organization_id>organizations service_id>services
taxonomies taxonomies - : name* description* uri:u version
taxonomy_terms taxonomy_terms - : code name* description* parent_id>taxonomy_terms taxonomy language taxonomy_id>taxonomies term_uri:u
attributes attributes link_id : link_id taxonomy_term_id>taxonomy_terms link_type link_entity value label
metadata metadata resource_id : resource_id resource_type last_action_date*:d last_action_type* field_name* previous_value* replacement_value* updated_by*
meta_table_descriptions meta_table_descriptions - : name language character_set
eligibility eligibility service_id : service_id>services eligibility
reviews reviews service_id : service_id>services
other other - : name
";

/// Other names under which tables come: files, and arrays in JSON.
const ALIASES: &[(&str, &str)] = &[
    ("organization", "organizations"),
    ("organisations", "organizations"),
    ("organisation", "organizations"),
    ("program", "programs"),
    ("service", "services"),
    ("services_at_location", "service_at_location"),
    ("service_at_locations", "service_at_location"),
    ("services_at_locations", "service_at_location"),
    ("location", "locations"),
    ("address", "addresses"),
    ("physical_addresses", "addresses"),
    ("physical_address", "addresses"),
    ("postal_addresses", "addresses"),
    ("postal_address", "addresses"),
    ("mail_addresses", "addresses"),
    ("contact", "contacts"),
    ("phone", "phones"),
    ("schedule", "schedules"),
    ("regular_schedules", "schedules"),
    ("regular_schedule", "schedules"),
    ("holiday_schedules", "schedules"),
    ("holiday_schedule", "schedules"),
    ("service_area", "service_areas"),
    ("language", "languages"),
    ("accessibility_for_disabilities", "accessibility"),
    ("cost_option", "cost_options"),
    ("payments_accepted", "cost_options"),
    ("payment_accepted", "cost_options"),
    ("fundings", "funding"),
    ("required_document", "required_documents"),
    ("organization_identifier", "organization_identifiers"),
    ("service_capacities", "service_capacity"),
    ("capacities", "service_capacity"),
    ("unit", "units"),
    ("urls", "url"),
    ("additional_urls", "url"),
    ("additional_websites", "url"),
    ("taxonomy_term", "taxonomy_terms"),
    ("taxonomy", "taxonomy_terms"),
    ("attribute", "attributes"),
    ("services_taxonomy", "attributes"),
    ("service_taxonomy", "attributes"),
    ("service_taxonomys", "attributes"),
    ("service_taxonomies", "attributes"),
    ("service_attributes", "attributes"),
    ("service_attribute", "attributes"),
    ("other_attributes", "attributes"),
    ("other_attribute", "attributes"),
    ("eligibilitys", "eligibility"),
    ("eligibilities", "eligibility"),
    ("meta_table_description", "meta_table_descriptions"),
    ("review", "reviews"),
];

fn read_field(word: &'static str) -> Field {
    let end = word.find(['*', ':', '>', '=']).unwrap_or(word.len());
    let (name, rest) = word.split_at(end);
    let required = rest.starts_with('*');
    let rest = rest.trim_start_matches('*');
    let sort = match rest.split_at_checked(1) {
        Some((">", table)) => Sort::Ref(table),
        Some(("=", words)) => Sort::OneOf(words),
        Some((":", "n")) => Sort::Number,
        Some((":", "d")) => Sort::Date,
        Some((":", "m")) => Sort::Timestamp,
        Some((":", "t")) => Sort::Time,
        Some((":", "u")) => Sort::Web,
        Some((":", "e")) => Sort::Email,
        _ => Sort::Text,
    };
    Field { name, sort, required }
}

fn read_table(line: &'static str) -> Option<Table> {
    let (head, fields) = line.split_once(" : ")?;
    let mut head = head.split(' ');
    let (name, nested, parents) = (head.next()?, head.next()?, head.next()?);
    let id = Field { name: "id", sort: Sort::Text, required: true };
    let fields: Vec<Field> = std::iter::once(id).chain(fields.split(' ').map(read_field)).collect();
    let index = fields.iter().enumerate().map(|(at, field)| (field.name, at)).collect();
    let parents = parents.split(',').filter(|parent| *parent != "-").collect();
    Some(Table { name, nested, parents, fields, index })
}

/// Every table, in the order in which exports write them.
pub fn tables() -> &'static [Table] {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    TABLES.get_or_init(|| SPEC.lines().filter_map(read_table).collect())
}

/// The table with this very name.
pub fn table(name: &str) -> Option<&'static Table> {
    static NAMES: OnceLock<HashMap<&'static str, &'static Table>> = OnceLock::new();
    NAMES.get_or_init(|| tables().iter().map(|table| (table.name, table)).collect()).get(name).copied()
}

/// The table a file or an array is, whatever it is called.
pub fn known_as(name: &str) -> Option<&'static Table> {
    static MEANT: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    let meant = MEANT.get_or_init(|| ALIASES.iter().copied().collect());
    table(name).or_else(|| meant.get(name).and_then(|meant| table(meant)))
}

/// What an array of rows of `child` is called inside `parent`.
pub fn nested_name(child: &'static Table, parent: &str) -> &'static str {
    if child.name == "url" && parent == "organizations" { "additional_websites" } else { child.nested }
}

/// The field by which a child says that it belongs to a row of `parent`.
pub fn link_to(child: &'static Table, parent: &str) -> Option<&'static str> {
    let leads = |field: &&str| child.field(field).is_some_and(|f| matches!(f.sort, Sort::Ref(to) if to == parent));
    let open = || child.parents.iter().copied().find(|field| matches!(*field, "link_id" | "resource_id"));
    child.parents.iter().copied().find(leads).or_else(open)
}

/// The object that a reference stands for where it nests, such as the location of a service at a location.
pub fn object_of(table: &str, object: &str) -> Option<(&'static str, &'static str)> {
    match (table, object) {
        ("services", "organization" | "organisation") => Some(("organization_id", "organizations")),
        ("services", "program") => Some(("program_id", "programs")),
        ("service_at_location", "location") => Some(("location_id", "locations")),
        ("attributes", "taxonomy_term" | "taxonomy") => Some(("taxonomy_term_id", "taxonomy_terms")),
        ("service_capacity", "unit") => Some(("unit_id", "units")),
        ("taxonomy_terms", "taxonomy_detail") => Some(("taxonomy_id", "taxonomies")),
        _ => None,
    }
}

/// The objects that nest in a row of this table: field, table, name of the object.
pub fn objects_in(table: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    match table {
        "services" => &[("program_id", "programs", "program")],
        "service_at_location" => &[("location_id", "locations", "location")],
        "attributes" => &[("taxonomy_term_id", "taxonomy_terms", "taxonomy_term")],
        "service_capacity" => &[("unit_id", "units", "unit")],
        _ => &[],
    }
}

/// The same for a row of JSON, where a term may hold its whole taxonomy; in tables that one is a row of its own.
pub fn objects_in_json(table: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    if table == "taxonomy_terms" { &[("taxonomy_id", "taxonomies", "taxonomy_detail")] } else { objects_in(table) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_table_and_every_reference_leads_to_one() {
        assert_eq!(tables().len(), SPEC.lines().count());
        for field in tables().iter().flat_map(|table| &table.fields) {
            if let Sort::Ref(to) = field.sort {
                assert!(table(to).is_some(), "{to}");
            }
        }
        assert!(ALIASES.iter().all(|(_, meant)| table(meant).is_some()));
    }

    #[test]
    fn links_lead_from_child_to_parent() {
        let named = |name: &str| table(name).unwrap();
        assert_eq!(link_to(named("phones"), "contacts"), Some("contact_id"));
        assert_eq!(link_to(named("attributes"), "services"), Some("link_id"));
        assert_eq!(link_to(named("addresses"), "services"), None);
    }
}
