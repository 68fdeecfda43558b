//! Organisations as vCard 4 (RFC 6350), for address books: what they say of themselves to everybody; with contacts, the people
//! of their services too. Written here: the format is a line a property with three signs to escape, and the crates that
//! write it bring parsers and time zones along.

use super::ExportContext;
use crate::model::choice::Choice;
use crate::model::{Organisation, Service, Text, Workspace};

/// The longest line, in bytes, without its end (RFC 6350, 3.2).
const LINE_BYTES: usize = 75;

/// A card for every organisation that states a number or an address, and how many there are.
pub(super) fn cards(context: &ExportContext<'_>) -> (Vec<u8>, usize) {
    let workspace = super::for_others(context);
    let mut cards: Vec<String> = workspace.organisations.iter().filter_map(|one| card(one, &workspace)).collect();
    let organisations = cards.len();
    if context.contacts {
        cards.extend(workspace.services.iter().flat_map(|service| people(service, &workspace)));
    }
    (cards.concat().into_bytes(), organisations)
}

fn card(organisation: &Organisation, workspace: &Workspace) -> Option<String> {
    let reach = [
        line("TEL;VALUE=text;TYPE=voice,work", organisation.phone.as_ref()),
        line("EMAIL;TYPE=work", organisation.email.as_ref()),
        organisation.url.as_deref().map(web).unwrap_or_default(),
    ]
    .concat();
    if reach.is_empty() {
        return None;
    }
    let parent = organisation.parent.as_ref().map(|parent| parent.name(workspace).into_owned()).unwrap_or_default();
    let unit = if parent.is_empty() {
        said(&organisation.name)
    } else {
        format!("{};{}", said(&parent), said(&organisation.name))
    };
    let nickname: Vec<String> = organisation.aliases.iter().map(|alias| said(alias)).collect();
    let more = [
        property("NICKNAME", &nickname.join(",")),
        line("NOTE", organisation.summary.as_ref()),
        property("CATEGORIES", &organisation.sector.map(|sector| said(sector.label())).unwrap_or_default()),
    ]
    .concat();
    let head = format!("KIND:org\r\n{}{}", property("FN", &said(&organisation.name)), property("ORG", &unit));
    Some(framed(&organisation.id.to_string(), &format!("{head}{reach}{more}")))
}

/// The people of a service, for those who asked for them.
fn people(service: &Service, workspace: &Workspace) -> Vec<String> {
    let organisation = service.organisation.as_ref().map(|to| to.name(workspace).into_owned()).unwrap_or_default();
    let named =
        service.contacts.iter().enumerate().filter_map(|(at, contact)| Some((at, contact, contact.name.as_ref()?)));
    let card = |(at, contact, name): (usize, &crate::model::service::Contact, &Text)| {
        let lines = [
            "KIND:individual\r\n".to_owned(),
            property("FN", &said(name)),
            property("ORG", &said(&organisation)),
            line("TITLE", contact.title.as_ref()),
            line("TEL;VALUE=text;TYPE=voice,work", contact.phone.as_ref()),
            line("EMAIL;TYPE=work", contact.email.as_ref()),
            property("NOTE", &said(&service.name)),
        ];
        framed(&format!("{}.{}", service.id, at + 1), &lines.concat())
    };
    named.map(card).collect()
}

fn framed(id: &str, lines: &str) -> String {
    let id = crate::exchange::normalise::name_uuid(&format!("moot|vcard|{id}"));
    format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:{id}\r\n{lines}END:VCARD\r\n")
}

/// A web address; one that could not stand in a line as it is is left out.
fn web(url: &str) -> String {
    let is_whole = url.contains("://") && url.bytes().all(|b| b.is_ascii_graphic());
    if is_whole { property("URL;TYPE=work", url) } else { String::new() }
}

fn line(name: &str, text: Option<&Text>) -> String {
    property(name, &text.map(|text| said(text)).unwrap_or_default())
}

/// A property with its value as it is; nothing where that is empty.
fn property(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { folded(&format!("{name}:{value}")) }
}

/// A text as a value (RFC 6350, 3.4).
fn said(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => said.extend(['\\', c]),
            '\n' => said.push_str("\\n"),
            c if c.is_control() => {}
            c => said.push(c),
        }
    }
    said
}

/// A line folded so that no part of it is too long and no character is cut.
fn folded(line: &str) -> String {
    let (mut folded, mut room) = (String::with_capacity(line.len() + 8), LINE_BYTES);
    for c in line.chars() {
        if c.len_utf8() > room {
            folded.push_str("\r\n ");
            room = LINE_BYTES - 1;
        }
        room -= c.len_utf8();
        folded.push(c);
    }
    folded + "\r\n"
}
