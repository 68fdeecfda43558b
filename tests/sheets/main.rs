//! Spreadsheets as charities keep them, from the file to the record and to the answer on the telephone. All of them are
//! invented.

#![allow(clippy::format_collect, clippy::format_push_string, clippy::too_many_lines)] // tables of cases, and files written for them
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod bad;
mod book;
mod join;
mod law;
mod own;
mod page;
mod shell;

#[path = "../terminal/mod.rs"]
mod terminal;

use book::{Broken, Day, Nothing, Number, Padded, Pounds, Sheet, Words, words};

/// The list of a network of charities: titles above and between the rows, one organisation over two rows, numbers that lost
/// their nought, a price, a day, a formula that came to nothing, a column of their own, and a sheet of something else.
pub fn titled() -> Vec<u8> {
    let services = vec![
        words(&["Chesil Community Network (invented)"]),
        words(&["Directory of services, kept by the office"]),
        Vec::new(),
        words(&[
            "Ref",
            "Organisation",
            "Service",
            "Phone",
            "Contact",
            "Contact e-mail",
            "Venue",
            "Address",
            "Town",
            "Post Code",
            "Age range",
            "Last checked",
            "Cost",
            "Allergens",
        ]),
        words(&["HOUSING"]),
        vec![
            Number(101.0),
            Words("Fleet Homes"),
            Words("Night Shelter"),
            Number(1_632_960_201.0),
            Words("Ann Example"),
            Words("ann@example.org"),
            Words("Fleet Hall"),
            Words("3 Chapel Lane"),
            Words("Weymouth"),
            Words("dt4 7aa"),
            Words("18+"),
            Day(46056.0),
            Pounds(5.5),
            Words("nuts & seeds"),
        ],
        vec![
            Number(102.0),
            Nothing,
            Words("Deposit Scheme"),
            Padded(1_632_960_202.0),
            Nothing,
            Nothing,
            Nothing,
            Words("3 Chapel Lane"),
            Words("Weymouth"),
            Words("DT4 7AA"),
            Words("adults"),
            Words("last week"),
            Words("free"),
        ],
        words(&["FOOD"]),
        vec![
            Number(103.0),
            Words("Portland Larder"),
            Words("Community Larder"),
            Number(1_632_960_203.0),
            Nothing,
            Nothing,
            Nothing,
            Nothing,
            Words("Portland"),
            Words("DT5 1BB"),
            Nothing,
            Nothing,
            Broken,
        ],
    ];
    let merged = &["A1:N1", "A2:N2", "A5:N5", "B6:B7", "A8:N8"];
    let codes = vec![words(&["what this sheet is", "nobody knows"])];
    book::xlsx(&[Sheet { name: "Services", rows: services, merged }, Sheet { name: "Codes", rows: codes, merged: &[] }])
}

/// The list of an advice centre, from LibreOffice: two numbers in one cell.
pub fn two_numbers() -> Vec<u8> {
    book::ods(
        "Advice",
        &[
            words(&["Service", "Run by", "Telephone", "When open", "Where", "Who can come", "Help with"]),
            words(&[
                "Listening Ear (invented)",
                "Mill Road Centre",
                "01632 960111 / 07700 900222 (evenings)",
                "Tue and Thu 10am-1pm",
                "Unit 4,\nMill Road,\nDorchester DT1 1AA",
                "Anyone over 16",
                "mental health",
            ]),
            vec![
                Words("Debt Desk (invented)"),
                Words("Mill Road Centre"),
                Number(1_632_960_112.0),
                Words("daily"),
                Words("Mill Road, Dorchester"),
                Nothing,
                Words("debt; benefits"),
            ],
        ],
    )
}

/// The list of a food bank, from a spreadsheet program as CSV: opening times turned round, the postcode in the address.
pub const TURNED_ROUND: &str = "\u{feff}Food and company in the west (invented);;;;;\r\n\
    Name of project;Tel. No.;Full address;Days and times;Who is it for?;Website;Shoe size\r\n\
    Harbour Kitchen;01632 960121;\"12 Custom House Quay, Weymouth, Dorset dt48xx\";9-5 Mon to Fri;\"Women only, aged 16-25\";www.example.org/kitchen;44\r\n\
    \"Bread & Company\";'+44 1632 960122;\"The Old Post Office, Portland DT5 1AA\";\"Mon, Wed 10-2\";;;\r\n";
