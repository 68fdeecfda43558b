//! Directories as the AIRS interchange writes them: agencies, their sites, the services at each of them.

use std::fmt::Write as _;
use std::path::Path;

use super::{Maker, STRANGE_COLUMNS};

/// Elements, one a line, with what stands in each: `*` others of this list, `@` an attribute; what stands behind a colon is the
/// sort of its values (`k` a key, `f` a flag, `c` a code of a taxonomy).
const ELEMENTS: &str = "\
Agency Key:k Name AgencyDescription AKA* AgencyLocation* Phone* URL* Email* Contact* LicenseAccreditation IRSStatus SourceOfFunds Taxonomy* ResourceInfo* @LegalStatus @FEIN:n @YearInc:n @ExcludeFromWebsite:f @Accredited:f
AgencyLocation PhysicalAddress* MailingAddress* SpatialLocation* CrossStreet
Site Key:k Name SiteDescription AKA* PhysicalAddress* MailingAddress* Phone* URL* Email* Contact* TimeOpen* Languages* DisabilitiesAccess BusServiceAccess PublicAccessToTransportation PhysicalLocationDescription CrossStreet SpatialLocation* @ExcludeFromDirectory:f @Status
SiteService Key:k Name Description AKA* Phone* URL* Email* Contact* TimeOpen* Seasonal* Taxonomy* Languages* GeographicAreaServed* FeeStructure NormalWaitTime ApplicationProcess* PaymentMethod* DocumentsRequired* AgeRequirements* Eligibility ResidencyRequirements* FamilyRequirements* IncomeRequirements OtherRequirements SiteKey:m ResourceInfo* @ExcludeFromWebsite:f
AgencyService Key:k Name Description Phone* URL* Taxonomy* AgeRequirements* FeeStructure Eligibility
AKA Name Description Confidential:f @Confidential:f
Phone PhoneNumber:p Extension:n Description Type Function ReasonWithheld:r @TollFree:f @Confidential:f
URL Address:u Note
Email Address:e Note
Contact Name Title Email* Phone* @Type @Confidential:f
PhysicalAddress PreAddressLine Line1 Line2 Line3 City County State ZipCode Country:y ReasonWithheld:r @Confidential:f
MailingAddress Line1 City State ZipCode:p Country:y @Confidential:f
SpatialLocation Datum Latitude:n Longitude:n
TimeOpen Monday* Tuesday* Sunday* Notes
Monday From:h To:h
Tuesday From:h To:h Note
Sunday From:h To:h
Seasonal Description StartDate:d EndDate:d
Taxonomy Code:c Name
Languages Name Note
GeographicAreaServed City County State Country ZipCode Description CensusTrack
ApplicationProcess Step Description
PaymentMethod Method
DocumentsRequired DocumentType Note
AgeRequirements MinimumAge:a MaximumAge:a Gender:g Description
ResidencyRequirements Residency @Level
FamilyRequirements Family
ResourceInfo Contact* @DateLastVerified:d @DateOfLastAction:m @AvailableForReferral:f";

/// Elements that are found among others in such files and in no schema.
const STRANGE_ELEMENTS: &[&str] = &["Zebra", "Phones", "Key2", "name", "SiteService", "Service", "b"];

impl Maker {
    pub(super) fn agencies(&mut self, folder: &Path) {
        let style = self.below(3);
        let (mut known, mut agencies, mut all) = (Vec::new(), Vec::new(), String::new());
        for at in 0..=self.below(3) {
            let sites = self.sites(style, &mut known);
            let services = if at == 0 || self.one_in(4) {
                self.record("AgencyService", style, "", &mut known).0
            } else {
                String::new()
            };
            let (agency, _) = self.record("Agency", style, "", &mut agencies);
            let within = format!("{sites}{services}</Agency>\n");
            all.push_str(&agency.replace("</Agency>", &within));
        }
        let around = if self.one_in(3) { format!("<Remark>{}</Remark>", self.marked_words()) } else { String::new() };
        let by = self.plain_word();
        let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE Source>\n<!-- a comment -->\n";
        let source =
            format!("<Source xmlns=\"urn:airs\" SchemaVersion=\"3.1\" SourceEntity=\"{by}\">\n{around}{all}</Source>");
        std::fs::write(folder.join("directory.xml"), format!("{head}{source}")).unwrap();
    }

    /// The sites of an agency, each with its services; the same service may stand at several of them.
    fn sites(&mut self, style: u64, known: &mut Vec<String>) -> String {
        let mut all = String::new();
        for _ in 0..self.below(4) {
            let (site, word) = self.record("Site", style, "", &mut Vec::new());
            let services: String =
                (0..self.below(3)).map(|_| self.record("SiteService", style, &word, known).0).collect();
            all.push_str(&site.replace("</Site>", &format!("{services}</Site>\n")));
        }
        all
    }

    /// An element with all that stands in it, and a word of its own. Keys of `known` may come again.
    fn record(&mut self, name: &str, style: u64, parent: &str, known: &mut Vec<String>) -> (String, String) {
        let line = ELEMENTS.lines().find(|line| line.split(' ').next() == Some(name)).unwrap();
        let word = self.plain_word();
        if !parent.is_empty() {
            self.made.links.push((word.clone(), parent.to_owned()));
        }
        let (mut attributes, mut within) = (String::new(), String::new());
        let _ = match self.below(3) {
            0 => write!(attributes, " Mark=\"{word}\""),
            1 => write!(within, "<Mark>{word}</Mark>"),
            _ => write!(within, "<Mark><Of x=\"1\">{word}</Of></Mark>"),
        };
        for part in line.split(' ').skip(1) {
            let (of, sort) = part.split_once(':').unwrap_or((part, "t"));
            if self.one_in(4) && of != "Name" {
                continue;
            }
            if let Some(child) = of.strip_suffix('*') {
                let count = self.below(3);
                within.extend((0..count).map(|_| self.record(child, style, &word, &mut Vec::new()).0));
            } else if let Some(attribute) = of.strip_prefix('@') {
                let value = escaped(&self.of_sort(sort, style, known));
                let _ = write!(attributes, " {attribute}=\"{value}\"");
            } else {
                let text = self.of_sort(sort, style, known);
                within.push_str(&self.leaf(of, &text));
            }
        }
        self.add_strange(&mut attributes, &mut within);
        (format!("<{name}{attributes}>{within}</{name}>"), word)
    }

    fn of_sort(&mut self, sort: &str, style: u64, known: &mut Vec<String>) -> String {
        match sort {
            "k" if self.one_in(8) => String::new(),
            "k" if !known.is_empty() && self.one_in(4) => {
                self.of(&known.iter().map(String::as_str).collect::<Vec<_>>()).to_owned()
            }
            "k" => {
                known.push(self.id(style));
                known[known.len() - 1].clone()
            }
            // The key of a site that nobody has.
            "m" => self.plain_word(),
            "f" | "r" if self.one_in(6) => self.words(),
            "f" => self.of(&["true", "false", "false", "Yes", "0", ""]).to_owned(),
            "r" => String::new(),
            "y" => self.of(&["United Kingdom", "Canada", "USA", "GB", "Atlantis"]).to_owned(),
            "g" => self.of(&["F", "Male", "any of them"]).to_owned(),
            "c" if self.one_in(4) => format!("{{what:'{}',who:'{}'}}", self.plain_word(), self.plain_word()),
            "c" => format!("BD-{}", self.plain_word()),
            sort => self.value(sort),
        }
    }

    /// An element with a text, written in one of the ways in which such files hold marks and signs.
    fn leaf(&mut self, name: &str, text: &str) -> String {
        let attribute = if self.one_in(15) { format!(" lang=\"{}\"", self.plain_word()) } else { String::new() };
        let written = match self.below(6) {
            0 => format!("<![CDATA[{text}]]>"),
            1 => escaped(&escaped(text)),
            2 => text.replace('&', "&amp;"), // tags as elements
            _ => escaped(text),
        };
        let more = if self.one_in(30) { format!("<Inner>{}</Inner>", self.plain_word()) } else { String::new() };
        format!("<{name}{attribute}>{written}{more}</{name}>")
    }

    fn marked_words(&mut self) -> String {
        escaped(&self.words())
    }

    /// What no schema knows: elements and attributes, some named like tables, the same ones twice, text between elements.
    fn add_strange(&mut self, attributes: &mut String, within: &mut String) {
        if self.one_in(8) {
            let _ = write!(attributes, " note=\"{}\" x:note=\"{}\"", self.marked_words(), self.plain_word());
        }
        for _ in 0..self.below(6) / 4 {
            let name = if self.one_in(2) { self.of(STRANGE_ELEMENTS) } else { self.of(STRANGE_COLUMNS) };
            let name = name.replace(' ', "_");
            let text = self.words();
            within.push_str(&self.leaf(&name, &text));
        }
        if self.one_in(12) {
            let _ = write!(within, " {} ", self.marked_words());
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
