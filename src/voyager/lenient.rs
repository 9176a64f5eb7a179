//! Deserialising into a place that takes what it knows and lets everything else be absent.
//!
//! LinkedIn leaves fields out, sends `null` for them and changes their types; a page of a hundred people must not
//! fail because one of them has a number for a headline. So every wire type here starts empty and is filled field by
//! field: a value of another kind than expected leaves the field as it was, and only a body that is not JSON is an
//! error. Strings are borrowed from the body wherever they hold no escape. Nothing recurses beyond a fixed depth.

use super::envelope::Field;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// How deep the readers descend; the deepest fact we read (an artifact's width in a nested profile) lies at ten.
const MAX_DEPTH: u8 = 16;

/// Something that can be filled from a JSON value. What is not overridden ignores that kind of value.
pub trait Wire<'de> {
    /// A string.
    fn text(&mut self, _text: Cow<'de, str>) {}

    /// An integer, also one written as `40.0`.
    fn integer(&mut self, _integer: i64) {}

    /// The member `field` of an object; the value must be consumed.
    ///
    /// # Errors
    /// Only what the reader of the JSON reports.
    fn field<A: MapAccess<'de>>(&mut self, _field: Field, value: Slot<'_, A>) -> Result<(), A::Error> {
        value.skip()
    }

    /// The next element of an array: `false` at its end.
    ///
    /// # Errors
    /// Only what the reader of the JSON reports.
    fn item<A: SeqAccess<'de>>(&mut self, items: &mut Items<'_, A>) -> Result<bool, A::Error> {
        items.skip()
    }
}

/// Fills `place` from all of `body`.
///
/// # Errors
/// When `body` is not one complete JSON value.
pub fn fill_from_slice<'de, T: Wire<'de>>(body: &'de [u8], place: &mut T) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    Fill { place, depth: MAX_DEPTH }.deserialize(&mut reader)?;
    reader.end()
}

/// The value of an object's member, not yet read.
pub struct Slot<'m, A> {
    map: &'m mut A,
    depth: u8,
}

impl<'de, A: MapAccess<'de>> Slot<'_, A> {
    /// Reads it into `place`.
    ///
    /// # Errors
    /// Only what the reader of the JSON reports.
    pub fn into<T: Wire<'de>>(self, place: &mut T) -> Result<(), A::Error> {
        self.map.next_value_seed(Fill { place, depth: self.depth })
    }

    /// Reads past it.
    ///
    /// # Errors
    /// Only what the reader of the JSON reports.
    pub fn skip(self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }
}

/// The elements of an array that are still to be read.
pub struct Items<'m, A> {
    seq: &'m mut A,
    depth: u8,
}

impl<'de, A: SeqAccess<'de>> Items<'_, A> {
    /// Reads the next one into `place`: `false` when there is none.
    ///
    /// # Errors
    /// Only what the reader of the JSON reports.
    pub fn next_into<T: Wire<'de>>(&mut self, place: &mut T) -> Result<bool, A::Error> {
        let seed = Fill { place, depth: self.depth };
        self.seq.next_element_seed(seed).map(|item| item.is_some())
    }

    /// Reads past the next one: `false` when there is none.
    ///
    /// # Errors
    /// Only what the reader of the JSON reports.
    pub fn skip(&mut self) -> Result<bool, A::Error> {
        self.seq.next_element::<IgnoredAny>().map(|item| item.is_some())
    }
}

struct Fill<'p, T> {
    place: &'p mut T,
    depth: u8,
}

impl<'de, T: Wire<'de>> DeserializeSeed<'de> for Fill<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        if self.depth == 0 {
            return reader.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        reader.deserialize_any(self)
    }
}

impl<'de, T: Wire<'de>> Visitor<'de> for Fill<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.place.text(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.place.text(Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_i64<E>(self, integer: i64) -> Result<(), E> {
        self.place.integer(integer);
        Ok(())
    }

    fn visit_u64<E>(self, integer: u64) -> Result<(), E> {
        if let Ok(integer) = i64::try_from(integer) {
            self.place.integer(integer);
        }
        Ok(())
    }

    fn visit_f64<E>(self, float: f64) -> Result<(), E> {
        /// 2^53: beyond it a float no longer tells one integer from the next.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if float.abs() < EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "within 2^53, and compared just below")]
            let integer = float as i64;
            #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "exact within 2^53")]
            if integer as f64 == float {
                self.place.integer(integer);
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut items = Items { seq: &mut seq, depth: self.depth - 1 };
        while self.place.item(&mut items)? {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key::<Field>()? {
            self.place.field(field, Slot { map: &mut map, depth: self.depth - 1 })?;
        }
        Ok(())
    }
}

/// A string, if there is one.
pub type Text<'a> = Option<Cow<'a, str>>;

impl<'de> Wire<'de> for Text<'de> {
    fn text(&mut self, text: Cow<'de, str>) {
        *self = Some(text);
    }
}

impl<'de> Wire<'de> for Option<i64> {
    fn integer(&mut self, integer: i64) {
        *self = Some(integer);
    }
}

/// The same text, no longer borrowed.
pub fn into_owned(text: Text<'_>) -> Text<'static> {
    text.map(|text| Cow::Owned(text.into_owned()))
}

/// A list: absent unless there is an array. An element of an odd kind is kept as an empty one, so that nothing
/// LinkedIn listed goes uncounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Option<Vec<T>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Wire<'de> + Default> Wire<'de> for List<T> {
    fn item<A: SeqAccess<'de>>(&mut self, items: &mut Items<'_, A>) -> Result<bool, A::Error> {
        let list = self.0.get_or_insert_default();
        let mut item = T::default();
        let more = items.next_into(&mut item)?;
        if more {
            list.push(item);
        }
        Ok(more)
    }
}

/// An object on the heap, if there is one.
impl<'de, T: Wire<'de> + Default> Wire<'de> for Option<Box<T>> {
    fn field<A: MapAccess<'de>>(&mut self, field: Field, value: Slot<'_, A>) -> Result<(), A::Error> {
        self.get_or_insert_default().field(field, value)
    }
}
