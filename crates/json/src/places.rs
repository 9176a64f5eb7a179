//! Places that take one kind of value and leave every other unseen.

use super::reader::{Malformed, Slot, Wire};
use std::borrow::Cow;

/// A string, if there is one.
pub type Text<'a> = Option<Cow<'a, str>>;

impl<'a> Wire<'a> for Text<'a> {
    fn text(&mut self, text: Cow<'a, str>) {
        *self = Some(text);
    }
}

impl<'a> Wire<'a> for Option<i64> {
    fn integer(&mut self, integer: i64) {
        *self = Some(integer);
    }
}

/// The same text, no longer borrowed.
#[must_use]
pub fn into_owned(text: Text<'_>) -> Text<'static> {
    text.map(|text| Cow::Owned(text.into_owned()))
}

/// A list: absent unless there is an array. An element of an odd kind is kept as an empty one, so that nothing that was
/// listed goes uncounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Option<Vec<T>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'a, T: Wire<'a> + Default> Wire<'a> for List<T> {
    fn array(&mut self) {
        self.0.get_or_insert_default();
    }

    fn item(&mut self, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        let list = self.0.get_or_insert_default();
        list.push(T::default());
        match list.last_mut() {
            Some(item) => value.into(item),
            None => value.skip(),
        }
    }
}

/// An object on the heap, if there is one with anything in it.
impl<'a, T: Wire<'a> + Default> Wire<'a> for Option<Box<T>> {
    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        self.get_or_insert_default().member(name, value)
    }
}
