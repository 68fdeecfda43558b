//! What is written into fields of text.

use super::Dice;

/// Gives a text for a place such as `services.name`.
pub type Texts = fn(&mut Dice, &str) -> String;

/// Parts of texts that could matter to a file, a screen, a table, or to what is typed.
const HOSTILE: [&str; 26] = [
    "\"",
    "\\",
    "'",
    "\n",
    "// no comment",
    "/* ",
    "),",
    "}\u{1b}[31m",
    "r#\"",
    "<<<<<<< HEAD\n",
    "e\u{301}\u{301}",
    "–ß漢\u{202e}\u{feff}",
    "\u{338}>",
    " | ",
    "\\n",
    "\\|",
    ", ",
    "  ",
    "\t",
    "=cmd()",
    "O-0011",
    "S-ZZZZ",
    "North House organisation",
    "İSTANBUL ΣΑΣ",
    "\u{2028}\u{a0}\u{3000}",
    "2026-11-21",
];

/// A text with everything in it that could matter.
pub fn hostile(dice: &mut Dice, place: &str) -> String {
    let mut text = String::new();
    for _ in 0..=dice.below(4) {
        match dice.below(4) {
            0 => text += &plain(dice, place),
            1 => text.extend(char::from_u32(dice.below(0x3_0000) as u32)),
            _ => text.push_str(dice.one_of::<&str>(&HOSTILE)),
        }
    }
    text
}

/// A few words.
pub fn plain(dice: &mut Dice, _: &str) -> String {
    let words: Vec<String> = (0..=dice.below(3)).map(|_| letters(dice, 5)).collect();
    words.join(" ")
}

/// One short word, for what takes nothing longer.
pub fn short(dice: &mut Dice, _: &str) -> String {
    letters(dice, 4)
}

fn letters(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| char::from(b'a' + dice.below(26) as u8)).collect()
}

/// The beginning of every mark.
const MARK: &str = "zq";

/// The length of a mark.
const MARK_LENGTH: usize = 8;

/// One word that stands nowhere else, to be found again wherever it goes; see [`marks_in`].
pub fn marked(dice: &mut Dice, _: &str) -> String {
    let letters = letters(dice, MARK_LENGTH - MARK.len()).replace('q', "k"); // so that no mark begins within another
    format!("{MARK}{letters}")
}

/// The marks in a text.
pub fn marks_in(text: &str) -> Vec<String> {
    text.match_indices(MARK).filter_map(|(at, _)| text.get(at..at + MARK_LENGTH)).map(str::to_owned).collect()
}

/// The sign at both ends of a word that [`in_place`] replaces.
const PLACE: char = '@';

/// A word that says where it stands, for a file in which harm is to stand in its place.
pub fn placed(_: &mut Dice, place: &str) -> String {
    format!("{PLACE}{place}{PLACE}")
}

/// The text with something else wherever a word of [`placed`] stands; asked with the place.
pub fn in_place(text: &str, mut harm: impl FnMut(&str) -> String) -> String {
    let parts = text.split(PLACE).enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { part.to_owned() } else { harm(part) }).collect()
}
