//! Serde's types from JSON text, where bytes count and speed doesn't: records and messages of a few hundred bytes.
//!
//! serde_json compiles two readers for each type, one for arrays and one for objects, and an error with its place and
//! its words for every way to fail. Here a type is read from the one form in which it is written, and an error is
//! [`Malformed`], which is empty (`docs/decisions/0007-size.md`).

use super::reader::{Malformed, Reader};
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use std::fmt;

/// No message and no record of ours is half as deep; what is deeper is an error, so that no depth is a danger.
const DEPTH: u8 = 64;

/// Reads all of `text` as one value of a type. Unlike serde_json it takes a struct from an object alone, and a whole
/// number also when it is written as `40.0`.
///
/// # Errors
/// When `text` is not one complete JSON value, or not of this type.
pub fn typed<T: DeserializeOwned>(text: &str) -> Result<T, Malformed> {
    let mut reader = Reader::new(text.as_bytes());
    let value = T::deserialize(Value { reader: &mut reader, depth: DEPTH })?;
    if reader.peek().is_ok() { Err(Malformed) } else { Ok(value) }
}

impl Error for Malformed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// A value that is not read yet.
struct Value<'r, 'a> {
    reader: &'r mut Reader<'a>,
    depth: u8,
}

impl<'r, 'a> Value<'r, 'a> {
    /// What stands between the brackets that open here.
    fn inside(self, open: u8) -> Result<Inside<'r, 'a>, Malformed> {
        let depth = self.depth.checked_sub(1).ok_or(Malformed)?;
        if self.reader.peek()? != open {
            return Err(Malformed);
        }
        self.reader.pass();
        // In ASCII both closing brackets stand two after the opening ones.
        Ok(Inside { reader: self.reader, depth, close: open + 2, first: true })
    }

    fn number<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if !matches!(self.reader.peek()?, b'-' | b'0'..=b'9') {
            return Err(Malformed);
        }
        match self.reader.number()? {
            (Some(integer), _) => visitor.visit_i64(integer),
            (None, text) => match text.parse() {
                Ok(large) => visitor.visit_u64(large),
                // Whoever takes any value learns that this is no whole number; what else it is nobody asks.
                Err(_) => visitor.visit_f64(0.5),
            },
        }
    }
}

/// Methods that read the one form in which their type is written.
macro_rules! as_one_form {
    ($form:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
            self.$form(visitor)
        })*
    };
}

impl<'a> Value<'_, 'a> {
    fn text<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if self.reader.peek()? != b'"' {
            return Err(Malformed);
        }
        let text = self.reader.string()?;
        visitor.visit_str(&text)
    }

    fn word<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
        let first = self.reader.peek()?;
        self.reader.word(first)?;
        match first {
            b'n' => visitor.visit_unit(),
            first => visitor.visit_bool(first == b't'),
        }
    }

    fn array<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
        let mut inside = self.inside(b'[')?;
        let value = visitor.visit_seq(&mut inside)?;
        inside.ended(value)
    }

    fn object<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
        let mut inside = self.inside(b'{')?;
        let value = visitor.visit_map(&mut inside)?;
        inside.ended(value)
    }
}

impl<'a> Deserializer<'a> for Value<'_, 'a> {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.reader.peek()? {
            b'"' => self.text(visitor),
            b'{' => self.object(visitor),
            b'[' => self.array(visitor),
            b'-' | b'0'..=b'9' => self.number(visitor),
            _ => self.word(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if self.reader.peek()? == b'n' {
            self.reader.word(b'n')?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        self.object(visitor)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Malformed> {
        self.array(visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        if self.reader.peek()? == b'"' {
            let name = self.reader.string()?;
            return visitor.visit_enum(Name(&name));
        }
        let mut inside = self.inside(b'{')?;
        let value = visitor.visit_enum(Variant(&mut inside))?;
        inside.ended(value)
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Malformed> {
        self.reader.skip()?;
        visitor.visit_unit()
    }

    as_one_form! { text: deserialize_str deserialize_string deserialize_identifier deserialize_char }
    as_one_form! { array: deserialize_seq }
    as_one_form! { object: deserialize_map }
    as_one_form! { word: deserialize_bool deserialize_unit }
    as_one_form! {
        number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
    }
    as_one_form! { deserialize_any: deserialize_bytes deserialize_byte_buf }

    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        self.word(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        self.array(visitor)
    }
}

/// The elements of an array, or the members of an object.
struct Inside<'r, 'a> {
    reader: &'r mut Reader<'a>,
    depth: u8,
    close: u8,
    first: bool,
}

impl<'a> Inside<'_, 'a> {
    /// Whether another one follows. It begins at the next byte that is no white space.
    fn follows(&mut self) -> Result<bool, Malformed> {
        if std::mem::take(&mut self.first) {
            let ends = self.reader.peek()? == self.close;
            if ends {
                self.reader.pass();
                self.close = 0;
            }
            return Ok(!ends);
        }
        if self.close == 0 {
            return Ok(false);
        }
        let ends = self.reader.closes(self.close)?;
        if ends {
            self.close = 0;
        }
        Ok(!ends)
    }

    /// `value`, when whoever read it has read all there is.
    fn ended<T>(&mut self, value: T) -> Result<T, Malformed> {
        if self.follows()? { Err(Malformed) } else { Ok(value) }
    }

    fn value(&mut self) -> Value<'_, 'a> {
        Value { reader: self.reader, depth: self.depth }
    }

    /// The name of a member, and its colon.
    fn name<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<K::Value, Malformed> {
        let name = seed.deserialize(self.value())?;
        self.reader.colon()?;
        Ok(name)
    }
}

impl<'a> SeqAccess<'a> for &mut Inside<'_, 'a> {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Malformed> {
        if !self.follows()? {
            return Ok(None);
        }
        seed.deserialize(self.value()).map(Some)
    }
}

impl<'a> MapAccess<'a> for &mut Inside<'_, 'a> {
    type Error = Malformed;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Malformed> {
        if !self.follows()? {
            return Ok(None);
        }
        if self.reader.peek()? != b'"' {
            return Err(Malformed);
        }
        self.name(seed).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Malformed> {
        seed.deserialize(self.value())
    }
}

/// A variant that is its name alone.
struct Name<'n>(&'n str);

impl<'a, 'n> EnumAccess<'a> for Name<'n> {
    type Error = Malformed;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Malformed> {
        let name = seed.deserialize(StrDeserializer::<'n, Malformed>::new(self.0))?;
        Ok((name, self))
    }
}

impl<'a> VariantAccess<'a> for Name<'_> {
    type Error = Malformed;

    fn unit_variant(self) -> Result<(), Malformed> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, _: T) -> Result<T::Value, Malformed> {
        Err(Malformed)
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, _: V) -> Result<V::Value, Malformed> {
        Err(Malformed)
    }

    fn struct_variant<V: Visitor<'a>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Malformed> {
        Err(Malformed)
    }
}

/// A variant that is an object of one member, its name and its value.
struct Variant<'i, 'r, 'a>(&'i mut Inside<'r, 'a>);

impl<'a> EnumAccess<'a> for Variant<'_, '_, 'a> {
    type Error = Malformed;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Malformed> {
        if !self.0.follows()? {
            return Err(Malformed);
        }
        let name = self.0.name(seed)?;
        Ok((name, self))
    }
}

impl<'a> VariantAccess<'a> for Variant<'_, '_, 'a> {
    type Error = Malformed;

    fn unit_variant(self) -> Result<(), Malformed> {
        Err(Malformed)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Malformed> {
        seed.deserialize(self.0.value())
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Malformed> {
        self.0.value().array(visitor)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        self.0.value().object(visitor)
    }
}

#[cfg(test)]
mod tests;
