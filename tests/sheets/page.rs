//! The page of columns in the program, on a terminal of each size.

#![cfg(unix)]

use crate::terminal::{Home, Terminal};

const SHEET: &str = "Services of the west (invented),,,\n\
    Project,Ring,Who comes,Shoe size\n\
    Harbour Kitchen,01632 960121,women only,44\n\
    Bread Shop,01632 960122,anyone,43\n\
    Net Loft,01632 960123,\"under 25, with a key worker who comes along\",42\n";

fn started(home: &Home, size: (u16, u16)) -> Terminal {
    std::fs::write(home.path().join("west.csv"), SHEET).unwrap();
    let terminal = Terminal::start_in(home.moot(&[]), size, None);
    terminal.until("67 services");
    terminal.type_in(":import").type_in("\r").until("Import from which");
    terminal.type_in("west.csv\r").until("Where does each column go?").until("Its first cells");
    terminal
}

fn snapshot(name: &str, (columns, rows): (u16, u16), terminal: &Terminal) {
    let screen = terminal.screen();
    let lines: Vec<&str> = screen.lines().map(str::trim_end).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("columns_{name}_{columns}x{rows}"), lines.join("\n"));
    });
}

#[test]
fn columns_are_corrected_looked_at_imported_and_taken_back() {
    for size in [(80, 24), (40, 12)] {
        let home = Home::new();
        let mut terminal = started(&home, size);
        snapshot("page", size, &terminal);
        // Down to the third column, whose heading nobody could know; its field is picked from the list.
        terminal.type_in("\x1b[B\x1b[B").until("under 25, with a key");
        terminal.type_in("\r").until("Which field does Who comes go");
        snapshot("list", size, &terminal);
        terminal.type_in("\x1b").until("Where does each column go?");
        terminal.type_in("x");
        // Back and forth with the arrows: the field before "In the notes", and that one again.
        terminal.type_in("\x1b[D").type_in("\x1b[C").type_in("\r").until("Which field does");
        terminal.type_in("g").type_in("g").until("Id");
        let to_who = folkmoot::exchange::sheet::FIELDS.iter().position(|field| field.key == "eligibility").unwrap();
        terminal.type_at_once(&"\x1b[B".repeat(to_who));
        terminal.type_in("\r").until("Where does each column go?").until("Who for");
        terminal.type_in("\x13").until("services: 3 new");
        snapshot("look", size, &terminal);
        assert!(!home.services().contains("Harbour Kitchen"), "nothing is imported before the second press");
        terminal.type_in("\x13").until("What the import did").until("saved");
        let services = home.services();
        assert!(
            services.contains("Harbour Kitchen")
                && services.contains("women only")
                && services.contains("Shoe size: 44")
        );
        terminal
            .type_in("\x1b")
            .until_gone("What the import did")
            .type_in(":undo")
            .type_in("\r")
            .until("undone")
            .until("saved");
        // "saved" may have stood there before.
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while home.services().contains("Harbour Kitchen") {
            assert!(std::time::Instant::now() < patience, "the import is taken back on the disk too");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        terminal.type_in(":quit").type_in("\r");
        assert_eq!(terminal.end().0, 0);
    }
}

#[test]
fn a_sheet_can_be_left_and_a_bad_one_is_said_at_the_question() {
    let home = Home::new();
    let mut terminal = started(&home, (80, 24));
    terminal.type_in("\x1b").until("nothing was imported");
    std::fs::write(home.path().join("half.xlsx"), b"PK\x03\x04 and no more").unwrap();
    terminal.type_in(":import").type_in("\r").until("Import from which");
    terminal.type_in("half.xlsx\r").until("is not a whole spreadsheet");
    terminal.type_in("\x1b").until_gone("Import from which");
    terminal.type_in(":quit").type_in("\r");
    assert_eq!(terminal.end().0, 0);
}
