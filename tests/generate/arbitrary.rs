//! Values of any type that can be deserialised, without knowing the type: the type itself asks for a text, a number or a
//! list, and gets one. So fields that nobody types (those the program keeps) are filled as well, and records are made as
//! a file written by hand could hold them.

use std::cell::RefCell;

use folkmoot::model::{AnyRecord, Id, Kind};
use serde::de::value::Error;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Dice, Texts};

/// A record of this kind in which just these fields have something in them; `None` where no value of theirs is known.
pub fn record(kind: Kind, id: Id, fields: &[&'static str], dice: &mut Dice, texts: Texts) -> Option<AnyRecord> {
    let mut chosen: Vec<usize> = Vec::new();
    let seed = dice.next();
    loop {
        let state = RefCell::new(State { dice: Dice::new(seed), texts, kind, chosen: chosen.clone(), asked: 0 });
        let error = match kind.deserialize(id, Arbitrary { state: &state, only: Some(fields), place: kind.plural() }) {
            Ok(record) => return Some(record),
            Err(error) => error,
        };
        // The text that was asked for last is the one that did not fit: the next sample for it.
        let state = state.into_inner();
        chosen = state.chosen;
        chosen.resize(state.asked, 0);
        while chosen.last().is_some_and(|last| *last >= SAMPLES.len()) {
            chosen.pop();
        }
        let Some(last) = chosen.last_mut() else {
            println!("{}: no value for {fields:?}: {error}", kind.plural());
            return None;
        };
        *last += 1;
    }
}

/// What a text can be that is more than a text. Tried one after the other, behind a text with everything in it.
const SAMPLES: [&str; 6] =
    ["2026-11-21", "2026-11-21T10:04:00Z", "2026-11-21 10:04", "10:04", "S-0001", "{\"id\":\"1\"}"];

struct State {
    dice: Dice,
    texts: Texts,
    kind: Kind,
    /// For each text that is asked for, which of the samples it gets; a text from `texts` where nothing is said.
    chosen: Vec<usize>,
    asked: usize,
}

impl State {
    fn text(&mut self, place: &str) -> String {
        let which = self.chosen.get(self.asked).copied().unwrap_or(0);
        self.asked += 1;
        match which.checked_sub(1) {
            None => (self.texts)(&mut self.dice, &format!("{}.{place}", self.kind.plural())),
            Some(sample) => SAMPLES[sample].to_owned(),
        }
    }
}

#[derive(Clone, Copy)]
struct Arbitrary<'a> {
    state: &'a RefCell<State>,
    /// The fields of the outermost struct that are filled.
    only: Option<&'a [&'static str]>,
    /// The name of the field it is for.
    place: &'static str,
}

impl<'a> Arbitrary<'a> {
    fn below(self, limit: usize) -> usize {
        self.state.borrow_mut().dice.below(limit)
    }

    fn parts(self, count: usize) -> Parts<'a> {
        Parts { of: Arbitrary { only: None, ..self }, names: Vec::new(), left: count }
    }
}

/// The methods of a deserialiser that hand out a small number.
macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty),+ $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.below(90) as $type)
        }
    )+};
}

impl<'de> Deserializer<'de> for Arbitrary<'_> {
    type Error = Error;

    numbers!(
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64, deserialize_f32 visit_f32 f32,
        deserialize_f64 visit_f64 f64,
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.below(4) > 0)
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.state.borrow_mut().text(self.place);
        visitor.visit_string(text)
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.parts(1 + self.below(3)))
    }
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.parts(len))
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(self.parts(len))
    }
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Parts { names: vec![self.place], ..self.parts(1) })
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let is_wanted = |name: &&&str| self.only.is_none_or(|only| only.contains(*name));
        let names: Vec<&'static str> = fields.iter().filter(is_wanted).rev().copied().collect();
        visitor.visit_map(Parts { names, ..self.parts(0) })
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let place = variants[self.below(variants.len())];
        visitor.visit_enum(Arbitrary { place, only: None, ..self })
    }

    forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit_struct ignored_any }
}

/// The elements of a list, or the fields of a struct, the last name first.
struct Parts<'a> {
    of: Arbitrary<'a>,
    names: Vec<&'static str>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Parts<'_> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(self.of).map(Some)
    }
}

impl<'de> MapAccess<'de> for Parts<'_> {
    type Error = Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.names.last() else { return Ok(None) };
        let name: serde::de::value::StrDeserializer<'_, Error> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let place = self.names.pop().ok_or_else(|| Error::custom("a value without a name"))?;
        seed.deserialize(Arbitrary { place, ..self.of })
    }
}

impl<'de> EnumAccess<'de> for Arbitrary<'_> {
    type Error = Error;
    type Variant = Self;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: serde::de::value::StrDeserializer<'_, Error> = self.place.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Arbitrary<'_> {
    type Error = Error;
    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }
    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_struct("", fields, visitor)
    }
}
