//! Directories as the one table that iCarol exports: agencies, programs, sites, programs at sites.

use std::path::Path;

use super::{Maker, STRANGE_COLUMNS};

/// The columns; what stands behind a colon is the sort of their values (`f` a flag, `l` a list of words).
const COLUMNS: &str = "\
ResourceAgencyNum:k PublicName:x AlternateName OfficialName TaxonomyLevelName:v ParentAgency ParentAgencyNum:k ConnectsToSiteNum:k ConnectsToProgramNum:k \
MailingAttentionName MailingAddress1 MailingAddress2 MailingCity MailingPostalCode:p MailingCountry:y MailingAddressIsPrivate:f \
PhysicalAddress1 PhysicalAddress2 PhysicalCity PhysicalStateProvince PhysicalPostalCode:p PhysicalCountry:y PhysicalAddressIsPrivate:f \
Latitude:n Longitude:n PhysicalLocationDescription BusServiceAccess DisabilitiesAccess HoursOfOperation Hours \
Phone1Number:p Phone1Name Phone1Description Phone1Type Phone1IsPrivate:f Phone2Number:p Phone2Name Phone2IsUnlisted:f \
PhoneFax:p PhoneFaxDescription PhoneTTY:p PhoneTollFree:p PhoneNumberHotline:p PhoneNumberHotlineIsPrivate:f \
EmailAddressMain:e WebsiteAddress:u AgencyStatus:o AgencyDescription Coverage:l CoverageArea:l Eligibility ApplicationProcess \
FeeStructureSource NormalWaitTime TemporaryMessage DocumentsRequired:l PaymentMethods:l LanguagesOfferedList:l LanguagesOffered:l \
TaxonomyTerms:l TaxonomyCodes:l LegalStatus YearIncorporated:n FEIN:n SourceOfFunds:l LicenseAccreditation \
MainContactName MainContactTitle MainContactPhoneNumber:p MainContactEmailAddress:e MainContactType MainContactIsPrivate:f \
SeniorWorkerName SeniorWorkerTitle SeniorWorkerIsPrivate:f LastVerifiedOn:d UpdatedOn:m InternalNotes Custom_Zebra ExcludeFromWebsite:f";

/// Columns that name a row or another: they are always there.
const LINKS: &[&str] = &[
    "ResourceAgencyNum",
    "PublicName",
    "TaxonomyLevelName",
    "ParentAgencyNum",
    "ConnectsToSiteNum",
    "ConnectsToProgramNum",
];

/// Levels, as the export names them and as it does not.
const LEVELS: &[&str] =
    &["Agency", "Site", "Program", "Service", "ProgramAtSite", "Program at Site", "Site", "Programme", ""];

/// A row: its level, its number and the word that only it has.
type Known = (&'static str, String, String);

impl Maker {
    pub(super) fn export_of_icarol(&mut self, folder: &Path) {
        let style = self.below(3);
        let all = COLUMNS.split(' ').map(|column| column.split_once(':').unwrap_or((column, "t")));
        let mut columns: Vec<(&str, &str)> = Vec::new();
        for (name, sort) in all {
            if LINKS.contains(&name) || !self.one_in(5) {
                columns.push((name, sort));
            }
        }
        for _ in 0..self.below(5) {
            let name = self.of(STRANGE_COLUMNS);
            columns.push((name, "t"));
        }
        if self.one_in(3) {
            columns.push(("", "t"));
        }
        if self.one_in(3) {
            columns.push(("AgencyDescription", "t")); // a second one
        }
        let mut writer = csv::WriterBuilder::new().flexible(true).from_path(folder.join("export.csv")).unwrap();
        writer.write_record(columns.iter().map(|(name, _)| *name)).unwrap();
        let mut known: Vec<Known> = Vec::new();
        for _ in 0..3 + self.below(8) {
            let mut row = self.row_of_icarol(&columns, style, &mut known);
            if self.one_in(8) {
                row.push(self.words()); // more cells than columns
            }
            writer.write_record(&row).unwrap();
            if self.one_in(12) {
                writer.write_record(&row).unwrap(); // the same row twice
            }
        }
        writer.flush().unwrap();
    }

    fn row_of_icarol(&mut self, columns: &[(&str, &str)], style: u64, known: &mut Vec<Known>) -> Vec<String> {
        let level = LEVELS[self.below(LEVELS.len() as u64) as usize];
        let id = match self.below(14) {
            0 => String::new(),
            1 if !known.is_empty() => known[0].1.clone(),
            _ => self.id(style),
        };
        let word = self.plain_word();
        let is_link = matches!(level, "ProgramAtSite" | "Program at Site");
        let mut row = Vec::new();
        for (name, sort) in columns {
            let cell = match *name {
                "ResourceAgencyNum" => id.clone(),
                "PublicName" => word.clone(),
                "TaxonomyLevelName" if level == "Programme" => self.words(),
                "TaxonomyLevelName" => level.to_owned(),
                "ParentAgencyNum" if level == "Agency" && !self.one_in(6) => "0".to_owned(),
                "ParentAgencyNum" => self.number_of("Agency", known, ""),
                "ConnectsToSiteNum" if is_link => self.number_of("Site", known, &word),
                "ConnectsToProgramNum" if is_link => self.number_of("Program", known, &word),
                _ if LINKS.contains(name) || self.one_in(3) => String::new(),
                _ => self.cell(sort),
            };
            row.push(cell);
        }
        known.push((level, id, word));
        row
    }

    /// The number of a row of this level, or one that nobody has; with what then hangs on it.
    fn number_of(&mut self, level: &str, known: &[Known], word: &str) -> String {
        let of: Vec<&Known> = known.iter().filter(|(of, id, _)| *of == level && !id.is_empty()).collect();
        if self.one_in(8) {
            return String::new();
        }
        if of.is_empty() || self.one_in(6) {
            return format!("missing-{}", self.plain_word());
        }
        let (_, id, parent) = of[self.below(of.len() as u64) as usize];
        // Of several with the same number one may be meant.
        if !word.is_empty() && known.iter().filter(|(_, other, _)| other == id).count() == 1 {
            self.made.links.push((word.to_owned(), parent.clone()));
        }
        id.clone()
    }

    fn cell(&mut self, sort: &str) -> String {
        match sort {
            "f" if self.one_in(6) => self.words(),
            "f" => self.of(&["Yes", "No", "False", "", ""]).to_owned(),
            "y" => self.of(&["United Kingdom", "Canada", "USA", "GB", "Atlantis"]).to_owned(),
            "o" if self.one_in(3) => self.words(),
            "o" => self.of(&["Active", "Inactive", "Active, but do not refer", "Closed"]).to_owned(),
            "l" => {
                let count = 1 + self.below(3);
                let parts: Vec<String> = (0..count).map(|_| self.words().replace(';', ",")).collect();
                parts.join(if self.one_in(2) { "; " } else { "\n" })
            }
            sort => self.value(sort),
        }
    }
}
