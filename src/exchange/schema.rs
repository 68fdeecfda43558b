//! The tables of Open Referral: their fields, the types of these, and which table nests in which.
//!
//! Reading, nesting and exporting share this one description. Fields that it does not name are kept all the same.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataType {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A date with time and zone (RFC 3339).
    Timestamp,
    /// A time of the day, `HH:MM`.
    Time,
    /// A web address.
    Url,
    /// An e-mail address.
    Email,
    /// One of these words, separated by `|`.
    OneOf(&'static str),
    /// The id of a row in this table.
    Reference(&'static str),
}

/// A field of a table.
#[derive(Clone, Copy, Debug)]
pub struct FieldSchema {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub data_type: DataType,
    /// Whether the official schemas require it.
    pub required: bool,
    /// Whether it names a person.
    pub is_personal: bool,
}

/// A table.
#[derive(Debug)]
pub struct TableSchema {
    /// Its name, also that of its CSV file.
    pub name: &'static str,
    /// The name of an array of its rows inside a parent.
    pub nested: &'static str,
    /// The fields that refer to a parent, the most specific first.
    pub parents: Vec<&'static str>,
    /// Its fields.
    pub fields: Vec<FieldSchema>,
    index: HashMap<&'static str, usize>,
}

impl TableSchema {
    /// The description of a field.
    pub fn field(&self, name: &str) -> Option<&FieldSchema> {
        self.index.get(name).map(|at| &self.fields[*at])
    }

    /// The index of a field in [`Self::fields`].
    pub fn position_of(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// Whether each row belongs to one parent; rows of other tables are shared.
    pub fn is_owned(&self) -> bool {
        !self.parents.is_empty()
    }
}

/// `table nested parents : fields`; `*` required, `!` names a person, `:n` number, `:d` date, `:m` timestamp, `:t` time, `:u` URL,
/// `:e` e-mail, `=a|b` one of, `>table` reference.
const SPEC: &str = "\
organizations organizations - : name* alternate_name description* email:e website:u tax_status tax_id year_incorporated:n legal_status logo:u uri:u parent_organization_id>organizations
programs programs organization_id : organization_id>organizations name* alternate_name description*
services services - : organization_id>organizations program_id>programs name* alternate_name description url:u email:e status*=active|inactive|defunct|temporarily_closed interpretation_services application_process fees_description wait_time fees accreditations eligibility_description minimum_age:n maximum_age:n assured_date:d assurer_email!:e licenses alert last_modified:m
service_at_location service_at_locations service_id : service_id>services location_id>locations description
locations locations - : location_type*=physical|postal|virtual url:u organization_id>organizations name alternate_name description transportation latitude:n longitude:n external_identifier external_identifier_type
addresses addresses location_id : location_id>locations attention! address_1* address_2 city* region state_province* postal_code* country* address_type*=physical|postal|virtual
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

/// Other names of tables, as files and as arrays in JSON.
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

fn parse_field(word: &'static str) -> FieldSchema {
    let end = word.find(['*', '!', ':', '>', '=']).unwrap_or(word.len());
    let (name, rest) = word.split_at(end);
    let (required, is_personal) = (rest.starts_with('*'), rest.starts_with('!'));
    let rest = rest.trim_start_matches(['*', '!']);
    let data_type = match rest.split_at_checked(1) {
        Some((">", table)) => DataType::Reference(table),
        Some(("=", words)) => DataType::OneOf(words),
        Some((":", "n")) => DataType::Number,
        Some((":", "d")) => DataType::Date,
        Some((":", "m")) => DataType::Timestamp,
        Some((":", "t")) => DataType::Time,
        Some((":", "u")) => DataType::Url,
        Some((":", "e")) => DataType::Email,
        _ => DataType::Text,
    };
    FieldSchema { name, data_type, required, is_personal }
}

fn parse_table(line: &'static str) -> Option<TableSchema> {
    let (head, fields) = line.split_once(" : ")?;
    let mut head = head.split(' ');
    let (name, nested, parents) = (head.next()?, head.next()?, head.next()?);
    let id = FieldSchema { name: "id", data_type: DataType::Text, required: true, is_personal: false };
    let fields: Vec<FieldSchema> = std::iter::once(id).chain(fields.split(' ').map(parse_field)).collect();
    let index = fields.iter().enumerate().map(|(at, field)| (field.name, at)).collect();
    let parents = parents.split(',').filter(|parent| *parent != "-").collect();
    Some(TableSchema { name, nested, parents, fields, index })
}

/// All tables, in the order in which exports write them.
pub fn tables() -> &'static [TableSchema] {
    static TABLES: OnceLock<Vec<TableSchema>> = OnceLock::new();
    TABLES.get_or_init(|| SPEC.lines().filter_map(parse_table).collect())
}

/// The table with exactly this name.
pub fn table(name: &str) -> Option<&'static TableSchema> {
    static NAMES: OnceLock<HashMap<&'static str, &'static TableSchema>> = OnceLock::new();
    NAMES.get_or_init(|| tables().iter().map(|table| (table.name, table)).collect()).get(name).copied()
}

/// The table with this name or alias.
pub fn table_by_alias(name: &str) -> Option<&'static TableSchema> {
    static MEANT: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    let meant = MEANT.get_or_init(|| ALIASES.iter().copied().collect());
    table(name).or_else(|| meant.get(name).and_then(|meant| table(meant)))
}

/// The tables every row of which is about a person: contacts, and the log of who changed what.
pub const PERSONAL_TABLES: &[&str] = &["contacts", "metadata"];
/// All names of tables and of lists of their rows.
pub fn names() -> impl Iterator<Item = &'static str> {
    tables().iter().flat_map(|table| [table.name, table.nested]).chain(ALIASES.iter().map(|(name, _)| *name))
}

/// The name of an array of rows of `child` inside `parent`.
pub fn nested_name(child: &'static TableSchema, parent: &str) -> &'static str {
    if child.name == "url" && parent == "organizations" { "additional_websites" } else { child.nested }
}

/// Whether a row of `table` holds other rows, or one object, under this name; a text or a number under it is something else.
pub fn is_nest(table: &TableSchema, key: &str) -> bool {
    let holds =
        |child: &'static TableSchema| link_to(child, table.name).is_some() && nested_name(child, table.name) == key;
    let is_list = || match (table.name, key) {
        ("organizations", "locations" | "services") | ("locations", "services") => true,
        _ => tables().iter().any(holds),
    };
    let is_object = || {
        let named = nested_objects_in_json(table.name).iter().any(|(_, _, name)| *name == key);
        named || (table.name, key) == ("services", "organization")
    };
    table.field(key).is_none() && (is_object() || is_list())
}

/// The field by which a row of `child` refers to its `parent`.
pub fn link_to(child: &'static TableSchema, parent: &str) -> Option<&'static str> {
    let leads = |field: &&str| {
        child.field(field).is_some_and(|f| matches!(f.data_type, DataType::Reference(to) if to == parent))
    };
    let open = || child.parents.iter().copied().find(|field| matches!(*field, "link_id" | "resource_id"));
    child.parents.iter().copied().find(leads).or_else(open)
}

/// The reference and table of a nested object, such as the `location` of a `service_at_location`.
pub fn nested_object(table: &str, object: &str) -> Option<(&'static str, &'static str)> {
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

/// The objects that may stand nested for a reference: (field, table, name of the object).
pub fn nested_objects(table: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    match table {
        "services" => &[("program_id", "programs", "program")],
        "service_at_location" => &[("location_id", "locations", "location")],
        "attributes" => &[("taxonomy_term_id", "taxonomy_terms", "taxonomy_term")],
        "service_capacity" => &[("unit_id", "units", "unit")],
        _ => &[],
    }
}

/// The same for JSON, where a term may also nest its taxonomy.
pub fn nested_objects_in_json(table: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    if table == "taxonomy_terms" { &[("taxonomy_id", "taxonomies", "taxonomy_detail")] } else { nested_objects(table) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_table_and_every_reference_leads_to_one() {
        assert_eq!(tables().len(), SPEC.lines().count());
        for field in tables().iter().flat_map(|table| &table.fields) {
            if let DataType::Reference(to) = field.data_type {
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
