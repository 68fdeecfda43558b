//! Short ids: a letter for the kind, a dash, and four or five characters that are not mistaken for one another on the
//! telephone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Crockford's base 32: no I, L, O or U, so nothing is mistaken for a digit or spells a word.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// From this many records of a kind on, new ids have five characters, so that a free one is found at once.
pub const FIVE_FROM: usize = 20_000;

/// The id of a record, such as `S-4F7Q`. Eight bytes, copied freely, ordered as its text is.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 7]);

impl Id {
    /// The id with this letter and these characters, counted in base 32 from `number`.
    pub fn from_number(letter: char, number: u32, places: usize) -> Self {
        let mut bytes = [0; 7];
        bytes[0] = letter as u8;
        bytes[1] = b'-';
        for place in 0..places.min(5) {
            let shift = 5 * (places.min(5) - 1 - place);
            bytes[2 + place] = ALPHABET[((number >> shift) & 31) as usize];
        }
        Self(bytes)
    }

    /// The letter that tells the kind.
    pub fn letter(self) -> char {
        self.0[0] as char
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

/// What is said of a text that is no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnId(pub String);

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(20).collect();
        write!(f, "{shown:?} is not an id; an id looks like S-4F7Q")
    }
}

impl std::error::Error for NotAnId {}

impl FromStr for Id {
    type Err = NotAnId;

    /// Reads an id as a person might type it: small letters too, and O for 0, I or L for 1.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let wrong = || NotAnId(super::text::clean(text));
        let bytes = text.as_bytes();
        if !(6..=7).contains(&bytes.len()) || bytes[1] != b'-' || !bytes[0].is_ascii_alphabetic() {
            return Err(wrong());
        }
        let mut id = [0; 7];
        id[0] = bytes[0].to_ascii_uppercase();
        id[1] = b'-';
        for (at, byte) in bytes.iter().enumerate().skip(2) {
            let sign = match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                sign => sign,
            };
            if !ALPHABET.contains(&sign) {
                return Err(wrong());
            }
            id[at] = sign;
        }
        Ok(Self(id))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Pseudo-random numbers from a seed that is handed in, as the model has no source of randomness.
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The generator with this seed; the same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (splitmix64, whose steps visit every 64-bit number once).
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An id of this kind that `taken` does not know; `count` is how many records the kind has.
    pub fn new_id(&mut self, letter: char, count: usize, taken: impl Fn(Id) -> bool) -> Id {
        let places = if count >= FIVE_FROM { 5 } else { 4 };
        loop {
            let id = Id::from_number(letter, self.next_u64() as u32, places);
            if !taken(id) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_what_people_type() {
        let id = Id::from_number('S', 0x4_1234, 4);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("s-oil0".parse::<Id>().unwrap().as_str(), "S-0110");
        for wrong in ["", "S-", "S4F7Q", "S-4F7", "S-4F7Q99", "S-4F7U", "é-4F7Q", "../etc", "S-4F\u{1b}Q"] {
            assert!(wrong.parse::<Id>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn order_is_that_of_the_text() {
        let ids = ["O-9KTD", "P-0001", "S-4F7Q", "S-4F7QZ", "S-4F7R"].map(|t| t.parse::<Id>().unwrap());
        assert!(ids.is_sorted());
    }

    #[test]
    fn a_taken_id_is_never_given_again() {
        let mut first = SplitMix64::new(7);
        let taken = first.new_id('S', 0, |_| false);
        assert_ne!(SplitMix64::new(7).new_id('S', 0, |id| id == taken), taken);
    }
}
