//! Directories as tables of CSV.

use std::path::Path;

use super::{Maker, STRANGE_COLUMNS};

/// The tables of dialects in CSV, one a line: file, links to parents (`&`: all of them, `|`: one of them), columns. What
/// stands behind a colon is the sort of its values.
pub(super) const HSDS_1: &str = "\
organizations - name description email:e url:u tax_status year_incorporated:n
programs organization_id>organizations name alternate_name
services organization_id>organizations&program_id>programs name description url:u email:e status:s application_process fees wait_time licenses accreditations
locations organization_id>organizations name description latitude:n longitude:n transportation
services_at_location service_id>services&location_id>locations description
physical_addresses location_id>locations address_1 city state_province postal_code country
postal_addresses location_id>locations address_1 city postal_code
contacts organization_id>organizations|service_id>services name title email:e
phones organization_id>organizations|service_id>services|location_id>locations|contact_id>contacts number:p extension:n type description
regular_schedules service_id>services|location_id>locations weekday:w opens_at:h closes_at:h
holiday_schedules service_id>services|location_id>locations closed start_date:d end_date:d
eligibility service_id>services eligibility
languages service_id>services|location_id>locations language
service_areas service_id>services service_area description
payments_accepted service_id>services payment
accessibility_for_disabilities location_id>locations accessibility details
funding organization_id>organizations|service_id>services source
required_documents service_id>services document
taxonomy - name vocabulary parent_name
services_taxonomy service_id>services&taxonomy_id>taxonomy taxonomy_detail";

pub(super) const HSDS_2: &str = "\
organizations - name description email:e url:u
services organization_id>organizations name description status:s fees application_process
locations organization_id>organizations name latitude:n longitude:n
services_at_location service_id>services&location_id>locations description
physical_addresses location_id>locations address_1 city postal_code
contacts organization_id>organizations|service_id>services name title
phones service_id>services|location_id>locations|contact_id>contacts number:p type
schedules service_id>services|location_id>locations valid_from:d freq byday:w opens_at:h description
languages service_id>services language
service_areas service_id>services service_area
accessibility_for_disabilities location_id>locations accessibility
taxonomy_terms - term description taxonomy
service_attributes service_id>services&taxonomy_term_id>taxonomy_terms value";

pub(super) const HSDS_3: &str = "\
organizations - name description email:e website:u legal_status year_incorporated:n
programs organization_id>organizations name description
services organization_id>organizations&program_id>programs name description url:u status:s fees_description minimum_age:a assured_date:d last_modified:m
locations organization_id>organizations name location_type:l latitude:n longitude:n external_identifier
service_at_location service_id>services&location_id>locations description
addresses location_id>locations attention address_1 city region postal_code country address_type:l
contacts service_id>services|location_id>locations|service_at_location_id>service_at_location name title email:e
phones service_id>services|organization_id>organizations|contact_id>contacts number:p extension:n description
schedules service_id>services|service_at_location_id>service_at_location valid_from:d freq byday dtstart:d opens_at:h closes_at:h notes
languages service_id>services|phone_id>phones name code note
accessibility location_id>locations description details url:u
cost_options service_id>services valid_from:d option amount:n amount_description
funding organization_id>organizations|service_id>services source
service_areas service_id>services name extent
required_documents service_id>services document uri:u
organization_identifiers organization_id>organizations identifier_scheme identifier_type identifier
taxonomies - name description version
taxonomy_terms taxonomy_id>taxonomies code name description
attributes link_id>services&taxonomy_term_id>taxonomy_terms link_type value
metadata resource_id>services resource_type last_action_date:d field_name previous_value";

pub(super) const HSDS_31: &str = "\
units - name scheme
service_capacity service_id>services&unit_id>units available:n maximum:n description updated:m
url service_id>services|organization_id>organizations label url:u";

pub(super) const OHANA: &str = "\
organizations - name description email:e website:u funding_sources
locations organization_id>organizations name description short_desc accessibility languages latitude:n admin_emails virtual
services location_id>locations name description audience eligibility fees status:s keywords service_areas languages taxonomy_ids accepted_payments funding_sources required_documents website:u
addresses location_id>locations address_1 city postal_code
mail_addresses location_id>locations attention address_1
contacts location_id>locations|service_id>services name title
phones location_id>locations|contact_id>contacts number:p number_type
regular_schedules service_id>services|location_id>locations weekday:w opens_at:h
holiday_schedules location_id>locations closed start_date:d
taxonomy - name parent_name";

pub(super) const ORSERVICES: &str = "\
organizations - organization_name organization_description organization_url:u organization_phones
services service_organization>organizations&service_locations>locations service_name service_description service_status:s service_phones service_taxonomy
locations - location_name location_latitude:n location_longitude:n location_address
addresses address_locations>locations address_1 address_city address_postal_code
phones phone_services>services|phone_organizations>organizations phone_number:p phone_type
contacts contact_organizations>organizations|contact_services>services contact_name contact_title
schedules schedule_services>services schedule_description opens_at:h";

/// A table of CSV while it is made.
struct Rows {
    file: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Id and first word of each row.
    known: Vec<(String, String)>,
}

impl Maker {
    pub(super) fn tables(&mut self, spec: &str, folder: &Path) {
        let style = self.below(3);
        let mut done: Vec<Rows> = Vec::new();
        for line in spec.lines() {
            let rows = self.table(line, style, &done);
            done.push(rows);
        }
        let folder = if self.one_in(4) { folder.join("export").join("tables") } else { folder.to_owned() };
        std::fs::create_dir_all(&folder).unwrap();
        for table in done {
            let mut writer = csv::Writer::from_path(folder.join(format!("{}.csv", table.file))).unwrap();
            writer.write_record(&table.columns).unwrap();
            table.rows.iter().for_each(|row| writer.write_record(row).unwrap());
            writer.flush().unwrap();
        }
    }

    fn table(&mut self, line: &str, style: u64, done: &[Rows]) -> Rows {
        let mut parts = line.split(' ');
        let file: &'static str = Box::leak(parts.next().unwrap().to_owned().into_boxed_str());
        let links = parts.next().unwrap();
        let columns: Vec<(&str, &str)> = parts.map(|column| column.split_once(':').unwrap_or((column, "t"))).collect();
        let links: Vec<(&str, &str)> = links.split(['&', '|']).filter_map(|link| link.split_once('>')).collect();
        let is_one_of = line.split(' ').nth(1).is_some_and(|links| links.contains('|'));
        let mut strange: Vec<&str> = Vec::new();
        for _ in 0..self.below(4) {
            let name = self.of(STRANGE_COLUMNS);
            if !columns.iter().chain(&links).any(|(known, _)| *known == name) && !strange.contains(&name) {
                strange.push(name);
            }
        }
        let record_id = line.split(' ').nth(2).filter(|first| first.contains('_') && line.contains("_name "));
        let is_dump = done.iter().any(|table| table.columns[0] == "organization_recordid") || record_id.is_some();
        let id = match file {
            "addresses" if is_dump => "address_recordid".to_owned(),
            "taxonomy" if self.count.is_multiple_of(2) => "taxonomy_id".to_owned(),
            _ if is_dump => format!("{}_recordid", file.trim_end_matches('s')),
            _ => "id".to_owned(),
        };
        let names = std::iter::once(id.as_str()).chain(links.iter().map(|(name, _)| *name));
        let names = names.chain(columns.iter().map(|(name, _)| *name)).chain(strange.iter().copied());
        let names: Vec<String> = names.map(str::to_owned).collect();
        let is_main = matches!(file, "services" | "organizations");
        let is_absent = !is_main && self.one_in(8);
        let count = if is_absent { 0 } else { self.below(5) + u64::from(is_main) };
        let mut table = Rows { file, columns: names, rows: Vec::new(), known: Vec::new() };
        for _ in 0..count {
            let row = self.row((file, style), (&links, is_one_of), (&columns, strange.len()), done, &mut table.known);
            table.rows.push(row);
        }
        if self.one_in(6) && !table.rows.is_empty() {
            let again = table.rows[0].clone(); // the same row twice
            table.rows.push(again);
        }
        table
    }

    fn row(
        &mut self,
        (file, style): (&str, u64),
        (links, is_one_of): (&[(&str, &str)], bool),
        (columns, strange): (&[(&str, &str)], usize),
        done: &[Rows],
        known: &mut Vec<(String, String)>,
    ) -> Vec<String> {
        let repeated = (!known.is_empty() && self.one_in(15)).then(|| known[0].0.clone());
        let is_again = repeated.is_some();
        let id = repeated.unwrap_or_else(|| if self.one_in(12) { String::new() } else { self.id(style) });
        let mut row = vec![id.clone()];
        let chosen = self.below(links.len() as u64) as usize;
        let mut parents = Vec::new();
        for (at, (_, to)) in links.iter().enumerate() {
            let parent = done.iter().find(|table| table.file == *to).map_or(&[][..], |table| &table.known);
            row.push(match () {
                () if is_one_of && at != chosen || self.one_in(20) => String::new(),
                () if parent.is_empty() || self.one_in(10) => {
                    self.count += 1;
                    let missing = format!("missing-{}", self.count);
                    self.made.values.push((missing.clone(), false));
                    missing
                }
                () => {
                    let (id, word) = parent[self.below(parent.len() as u64) as usize].clone();
                    // One of several with the same id may be meant.
                    if parent.iter().filter(|(known, _)| *known == id).count() == 1 && !id.is_empty() {
                        parents.push(word);
                    }
                    id
                }
            });
        }
        let mut word = self.plain_word();
        for (at, (_, sort)) in columns.iter().enumerate() {
            let is_first = at == 0 && *sort == "t";
            row.push(if is_first {
                word.clone()
            } else if self.one_in(6) {
                String::new()
            } else {
                self.value(sort)
            });
        }
        if columns[0].1 != "t" {
            self.made.values.retain(|(value, _)| *value != word); // it has no column of its own
            word = String::new();
        }
        for _ in 0..strange {
            let value = if self.one_in(3) { String::new() } else { self.words() };
            row.push(value);
        }
        let is_fixed = |word: &String| !word.is_empty();
        if is_fixed(&word) && !is_again {
            let is_owned =
                is_one_of || links.len() == 1 && !matches!(file, "locations" | "services" | "taxonomy_terms");
            let hangs = parents.first().filter(|_| is_owned).cloned();
            self.made.links.extend(hangs.filter(is_fixed).map(|parent| (word.clone(), parent)));
        }
        known.push((id, word));
        row
    }
}
