//! XML, one record at a time: what stands in an element, within limits. Nothing is expanded but the five entities that XML
//! has and numbers of characters; documents cannot declare any. The reader goes over the text once.

use std::fmt::Write as _;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::Value;

use crate::exchange::normalise::Object;

/// How deep elements may lie in each other; the AIRS interchange needs nine.
const MAX_DEPTH: usize = 32;

/// How many elements one record may hold: a large agency has a few thousand.
const MAX_RECORD_ELEMENTS: usize = 100_000;

/// How many elements a text may hold, and how many attributes an element.
const MAX_ELEMENTS: usize = 10_000_000;
const MAX_ATTRIBUTES: usize = 64;

/// An element with all that stands in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, without a prefix.
    pub name: String,
    /// Its attributes, without prefixes.
    pub attributes: Vec<(String, String)>,
    /// The elements in it.
    pub children: Vec<Element>,
    /// The text in it, outside its elements.
    pub text: String,
}

/// Why a text could not be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// Hands out each element of this name with the line in which it ends, and returns what else the text holds.
///
/// # Errors
/// The text is no XML, or more than the limits allow.
pub fn read(source: &str, record: &str, each: &mut dyn FnMut(Element, usize)) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(source);
    reader.config_mut().allow_dangling_amp = true;
    let mut building = Building { open: vec![Element::default()], ..Building::default() };
    let (mut line, mut counted) = (1, 0);
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.buffer_position()).unwrap_or(source.len()).min(source.len()).max(counted);
        line += memchr::memchr_iter(b'\n', &source.as_bytes()[counted..at]).count();
        counted = at;
        let fault = |why: String| Fault { line, why };
        let event = event.map_err(|error| fault(error.to_string()))?;
        let is_end = matches!(event, Event::Eof);
        let done = building.take(event, record).map_err(|why| fault(why.to_owned()))?;
        if let Some(element) = done {
            each(element, line);
        }
        if is_end {
            return building.finish().map_err(|why| fault(why.to_owned()));
        }
    }
}

/// The elements that are open, the outermost first.
#[derive(Default)]
struct Building {
    open: Vec<Element>,
    in_record: usize,
    all: usize,
}

impl Building {
    fn take(&mut self, event: Event<'_>, record: &str) -> Result<Option<Element>, &'static str> {
        match event {
            Event::Start(start) => self.begin(&start)?,
            Event::Empty(start) => {
                self.begin(&start)?;
                return Ok(self.end(record));
            }
            Event::End(_) => return Ok(self.end(record)),
            Event::Text(text) => self.write(&text.xml10_content()),
            Event::CData(text) => self.write(&text.xml10_content()),
            Event::GeneralRef(reference) => self.write(&resolved(&reference)),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) | Event::Eof => {}
        }
        Ok(None)
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), &'static str> {
        (self.in_record, self.all) = (self.in_record + 1, self.all + 1);
        if self.open.len() > MAX_DEPTH {
            return Err("elements lie deeper in each other than 32");
        }
        if self.in_record > MAX_RECORD_ELEMENTS || self.all > MAX_ELEMENTS {
            return Err("there are more elements than can be read: split the file");
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let Ok(attribute) = attribute else { return Err("an attribute is not written name=\"value\"") };
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned);
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
            if attributes.len() > MAX_ATTRIBUTES {
                return Err("an element has more than 64 attributes");
            }
        }
        let name = start.local_name().as_ref().to_owned();
        self.open.push(Element { name, attributes, ..Element::default() });
        Ok(())
    }

    /// Closes the innermost element: a record is handed out, any other goes into the one around it.
    fn end(&mut self, record: &str) -> Option<Element> {
        if self.open.len() < 2 {
            return None;
        }
        let mut element = self.open.pop()?;
        if is_markup(&element) {
            let around = self.open.last_mut()?;
            let _ = match element.text.as_str() {
                "" => write!(around.text, "<{}/>", element.name),
                text => write!(around.text, "<{0}>{text}</{0}>", element.name),
            }; // writing to a String cannot fail
            if element.attributes.is_empty() {
                return None;
            }
            element.text.clear();
        }
        if element.name == record && !self.open.iter().any(|around| around.name == record) {
            self.in_record = 0;
            return Some(element);
        }
        self.open.last_mut()?.children.push(element);
        None
    }

    fn write(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }

    fn finish(mut self) -> Result<Element, &'static str> {
        match (self.open.len(), self.open.pop()) {
            (1, Some(root)) => Ok(root),
            _ => Err("the file ends within an element"),
        }
    }
}

/// Whether an element is one of HTML within a text: it is read as the text, with its tag as directories write it when they
/// escape their markup. What its attributes say stays an element.
fn is_markup(element: &Element) -> bool {
    const TAGS: &[&str] = &[
        "a", "b", "i", "u", "p", "br", "em", "li", "ol", "ul", "h1", "h2", "h3", "h4", "div", "sub", "sup", "font",
        "span", "small", "strong",
    ];
    element.children.iter().all(is_emptied) && TAGS.contains(&element.name.as_str())
}

/// Whether of an element its attributes alone are left.
fn is_emptied(element: &Element) -> bool {
    element.text.is_empty() && element.children.is_empty()
}

/// The character an entity stands for; an unknown one stays as it is written.
fn resolved(reference: &BytesRef<'_>) -> String {
    let name = reference.xml10_content().into_owned();
    let known = match name.as_str() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    known.map_or_else(|| format!("&{name};"), String::from)
}

impl Element {
    /// Takes out all elements of this name.
    pub fn take(&mut self, name: &str) -> Vec<Self> {
        self.children.extract_if(.., |child| child.name == name).collect()
    }

    /// Takes out the text of the first element of this name that says something. What else stands in that element stays.
    pub fn take_text(&mut self, name: &str) -> String {
        let found = self.children.iter().position(|child| child.name == name && !child.own_text().is_empty());
        let Some(at) = found else { return String::new() };
        let text = self.children[at].own_text();
        self.children[at].text.clear();
        if self.children[at].is_empty() {
            self.children.remove(at);
        }
        text
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && !self.has_more_than_text()
    }

    /// Whether something else than a text stands in it.
    pub fn has_more_than_text(&self) -> bool {
        !self.attributes.is_empty() || !self.children.is_empty()
    }

    /// Whether it, or any element in it, has attributes.
    pub fn has_attributes(&self) -> bool {
        !self.attributes.is_empty() || self.children.iter().any(Self::has_attributes)
    }

    /// Adds a text to its own.
    pub fn add_text(&mut self, text: &str) {
        let blank = if self.text.trim().is_empty() { "" } else { " " };
        self.text.extend([blank, text]);
    }

    /// Takes out an attribute.
    pub fn take_attribute(&mut self, name: &str) -> String {
        let found = self.attributes.iter().position(|(known, _)| known == name);
        found.map(|at| self.attributes.swap_remove(at).1.trim().to_owned()).unwrap_or_default()
    }

    /// An attribute or element that says yes.
    pub fn is_set(&self, name: &str) -> bool {
        let attributes = self.attributes.iter().map(|(known, value)| (known.as_str(), value.as_str()));
        let children = self.children.iter().map(|child| (child.name.as_str(), child.text.as_str()));
        attributes.chain(children).any(|(known, value)| known == name && says_yes(value))
    }

    /// Its own text. Directories escape their markup twice.
    pub fn own_text(&self) -> String {
        let text = self.text.trim();
        if text.contains("&lt;") { html_escape::decode_html_entities(text).into_owned() } else { text.to_owned() }
    }

    /// All text in it, one line for each element.
    pub fn all_text(&self) -> Vec<String> {
        let own = Some(self.own_text()).filter(|text| !text.is_empty());
        own.into_iter().chain(self.children.iter().flat_map(Self::all_text)).collect()
    }

    /// Everything in it that says something, as JSON; `None`: nothing does.
    pub fn into_value(self) -> Option<Value> {
        let text = Some(self.text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut object = Object::new();
        for (at, (name, value)) in
            self.attributes.into_iter().enumerate().filter(|(_, (_, value))| !value.trim().is_empty())
        {
            // Two that differ in their prefixes alone.
            let is_other = object.contains_key(&format!("@{name}"));
            object.insert(if is_other { format!("@{name}#{}", at + 1) } else { format!("@{name}") }, value.into());
        }
        for child in self.children {
            let name = child.name.clone();
            match (child.into_value(), object.get_mut(&name)) {
                (Some(value), Some(Value::Array(there))) => there.push(value),
                (Some(value), _) => drop(object.insert(name, Value::Array(vec![value]))),
                (None, _) => {}
            }
        }
        match (object.is_empty(), text) {
            (true, text) => text.map(Value::String),
            (false, None) => Some(Value::Object(object)),
            (false, Some(text)) => {
                object.insert("#text".to_owned(), text.into());
                Some(Value::Object(object))
            }
        }
    }
}

/// Whether a flag of a source is set.
pub fn says_yes(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "true" | "yes" | "y" | "1")
}

/// Whether a flag of a source says no.
pub fn says_no(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "" | "false" | "no" | "n" | "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(source: &str) -> Result<(Vec<Element>, Element), Fault> {
        let mut found = Vec::new();
        let rest = read(source, "A", &mut |element, _| found.push(element))?;
        Ok((found, rest))
    }

    #[test]
    fn entities_are_the_five_and_numbers() {
        let bomb =
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;\">]><x><A>&b; &amp; &#163;5 &lt;b&gt;</A></x>";
        let (found, _) = records(bomb).unwrap();
        assert_eq!(found[0].text, "&b; & £5 <b>");
    }

    #[test]
    fn limits_hold_and_say_where() {
        let deep = format!("{}{}", "<x>".repeat(40), "</x>".repeat(40));
        assert!(records(&deep).unwrap_err().why.contains("deeper"));
        let many = format!("<x>\n<A>{}</A></x>", "<b/>".repeat(MAX_RECORD_ELEMENTS + 1));
        let fault = records(&many).unwrap_err();
        assert!(fault.line == 2 && fault.why.contains("more elements"), "{fault:?}");
        let wide = format!("<x><A {}/></x>", "b=\"1\" ".repeat(100));
        assert!(records(&wide).unwrap_err().why.contains("attributes"));
        for broken in ["<x><A>", "<x><A></x>", "<a ".repeat(1000).as_str()] {
            assert!(records(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn tags_of_html_are_text_and_what_else_stands_beside_a_text_stays() {
        let source = "<x><A><D>See <b>here</b> or <a href='u'>there</a></D><K lang='en'>7<More>8</More></K></A></x>";
        let mut record = records(source).unwrap().0.remove(0);
        assert_eq!(record.take_text("D"), "See <b>here</b> or <a>there</a>");
        assert_eq!(record.take_text("K"), "7");
        assert_eq!(record.take_text("K"), "");
        let left = record.into_value().unwrap().to_string();
        assert_eq!(left, r#"{"D":[{"a":[{"@href":"u"}]}],"K":[{"@lang":"en","More":["8"]}]}"#);
    }

    #[test]
    fn two_attributes_that_differ_in_their_prefix_are_both_there() {
        let record = records("<x><A n='1' p:n='2'/></x>").unwrap().0.remove(0);
        assert_eq!(record.into_value().unwrap().to_string(), r#"{"@n":"1","@n#2":"2"}"#);
    }

    #[test]
    fn what_is_no_record_is_handed_back() {
        let (found, rest) = records("<S v=\"3\"><n:A k='1'><B/>t</n:A><C>u</C></S>").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(rest.into_value().unwrap().to_string(), r#"{"S":[{"@v":"3","C":["u"]}]}"#);
    }
}
