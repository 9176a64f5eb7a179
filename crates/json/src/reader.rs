//! One pass over a body, into a place that takes what it knows.

use super::number::number;
use super::scan::plain_end;
use super::text::{Escape, escape};
use std::borrow::Cow;
use std::fmt;

/// Not one complete JSON value. What is wrong, and where, is of no use to anybody: the body is LinkedIn's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a complete json value")
    }
}

impl std::error::Error for Malformed {}

/// What kind of value there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Something that can be filled from a JSON value. What is not overridden ignores that kind of value.
pub trait Wire<'a> {
    /// An array begins; it may be empty.
    fn array(&mut self) {}

    /// A string.
    fn text(&mut self, _text: Cow<'a, str>) {}

    /// An integer, also one written as `40.0`.
    fn integer(&mut self, _integer: i64) {}

    /// The member `name` of an object.
    ///
    /// # Errors
    /// Only what the reader of the value reports.
    fn member(&mut self, _name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        value.skip()
    }

    /// An element of an array.
    ///
    /// # Errors
    /// Only what the reader of the value reports.
    fn item(&mut self, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        value.skip()
    }
}

/// Has the value that `body` is read by `with`, which must leave none of it unread. For the rest see [`fill`].
///
/// # Errors
/// When `body` is not one complete JSON value.
pub fn read<'a>(
    body: &'a [u8],
    depth: u8,
    with: impl FnOnce(Slot<'_, 'a>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let mut reader = Reader::new(body);
    with(Slot { reader: &mut reader, depth })?;
    if reader.peek().is_ok() { Err(Malformed) } else { Ok(()) }
}

/// Fills `place` from all of `body`, down to `depth` levels; what lies deeper is read past, however deep it is.
///
/// Strings are borrowed where they hold no escape. Bytes that are no UTF-8 and halves of characters are an error in what
/// is read, and nothing in what is read past.
///
/// # Errors
/// When `body` is not one complete JSON value.
pub fn fill<'a>(body: &'a [u8], place: &mut dyn Wire<'a>, depth: u8) -> Result<(), Malformed> {
    read(body, depth, |value| value.into(place))
}

/// A value that is not read yet. It must be.
#[must_use]
pub struct Slot<'r, 'a> {
    reader: &'r mut Reader<'a>,
    depth: u8,
}

impl<'a> Slot<'_, 'a> {
    /// What it is, by how it begins.
    ///
    /// # Errors
    /// When nothing begins so.
    pub fn kind(&mut self) -> Result<Kind, Malformed> {
        Ok(match self.reader.peek()? {
            b'"' => Kind::Text,
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'-' | b'0'..=b'9' => Kind::Number,
            b't' | b'f' => Kind::Bool,
            b'n' => Kind::Null,
            _ => return Err(Malformed),
        })
    }

    /// How many levels below it are still read.
    #[must_use]
    pub const fn depth(&self) -> u8 {
        self.depth
    }

    /// Reads it into `place`.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn into(self, place: &mut dyn Wire<'a>) -> Result<(), Malformed> {
        self.reader.value(place, self.depth)
    }

    /// Reads past it.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn skip(self) -> Result<(), Malformed> {
        self.reader.skip()
    }
}

pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    /// The same, when all of it is UTF-8: then no string has to be looked at again.
    text: Option<&'a str>,
    at: usize,
    /// What closes each array and object that is being read past.
    open: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, text: std::str::from_utf8(bytes).ok(), at: 0, open: Vec::new() }
    }

    fn value(&mut self, place: &mut dyn Wire<'a>, depth: u8) -> Result<(), Malformed> {
        if depth == 0 {
            return self.skip();
        }
        match self.peek()? {
            b'"' => {
                let text = self.string()?;
                place.text(text);
                Ok(())
            }
            b'{' => self.object(place, depth - 1),
            b'[' => {
                place.array();
                self.array(place, depth - 1)
            }
            b'-' | b'0'..=b'9' => {
                let (integer, _) = self.number()?;
                if let Some(integer) = integer {
                    place.integer(integer);
                }
                Ok(())
            }
            first => self.word(first),
        }
    }

    /// The number here: the integer that it is, if it is one that fits, and how it is written.
    pub(crate) fn number(&mut self) -> Result<(Option<i64>, &'a str), Malformed> {
        let from = self.at;
        let (integer, end) = number(self.bytes, from)?;
        self.at = end;
        Ok((integer, self.piece(from, end)?))
    }

    /// Goes past the byte that was peeked at.
    pub(crate) const fn pass(&mut self) {
        self.at += 1;
    }

    fn object(&mut self, place: &mut dyn Wire<'a>, depth: u8) -> Result<(), Malformed> {
        self.at += 1;
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.peek()? != b'"' {
                return Err(Malformed);
            }
            let name = self.string()?;
            self.colon()?;
            place.member(&name, Slot { reader: self, depth })?;
            if self.closes(b'}')? {
                return Ok(());
            }
        }
    }

    fn array(&mut self, place: &mut dyn Wire<'a>, depth: u8) -> Result<(), Malformed> {
        self.at += 1;
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            place.item(Slot { reader: self, depth })?;
            if self.closes(b']')? {
                return Ok(());
            }
        }
    }

    /// Behind an element: whether the end follows, or else a comma.
    pub(crate) fn closes(&mut self, close: u8) -> Result<bool, Malformed> {
        let next = self.peek()?;
        self.at += 1;
        if next == b',' || next == close { Ok(next == close) } else { Err(Malformed) }
    }

    /// Without recursion, so that no depth is a danger.
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        let floor = self.open.len();
        loop {
            match self.peek()? {
                b'"' => self.skip_string()?,
                b'-' | b'0'..=b'9' => self.at = number(self.bytes, self.at)?.1,
                first @ (b'{' | b'[') => {
                    // In ASCII both closing brackets stand two after the opening ones.
                    let close = first + 2;
                    self.at += 1;
                    if self.peek()? == close {
                        self.at += 1;
                    } else {
                        self.open.push(close);
                        self.skip_name(close)?;
                        continue;
                    }
                }
                first => self.word(first)?,
            }
            loop {
                let Some(close) = self.open.get(floor..).and_then(<[u8]>::last).copied() else {
                    return Ok(());
                };
                if !self.closes(close)? {
                    self.skip_name(close)?;
                    break;
                }
                self.open.pop();
            }
        }
    }

    /// In an object a name comes before the value.
    fn skip_name(&mut self, close: u8) -> Result<(), Malformed> {
        if close != b'}' {
            return Ok(());
        }
        if self.peek()? != b'"' {
            return Err(Malformed);
        }
        self.skip_string()?;
        self.colon()
    }

    fn skip_string(&mut self) -> Result<(), Malformed> {
        let mut at = self.at + 1;
        loop {
            at = plain_end(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(());
                }
                Some(b'\\') => at = escape(self.bytes, at)?.1,
                _ => return Err(Malformed),
            }
        }
    }

    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Malformed> {
        let from = self.at + 1;
        let end = plain_end(self.bytes, from);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return self.piece(from, end).map(Cow::Borrowed);
        }
        self.escaped(from, end).map(Cow::Owned)
    }

    #[cold]
    fn escaped(&mut self, mut from: usize, mut end: usize) -> Result<String, Malformed> {
        let mut text = String::new();
        loop {
            text.push_str(self.piece(from, end)?);
            match self.bytes.get(end) {
                Some(b'"') => {
                    self.at = end + 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    let (Escape::Char(letter), behind) = escape(self.bytes, end)? else {
                        return Err(Malformed);
                    };
                    text.push(letter);
                    from = behind;
                    end = plain_end(self.bytes, from);
                }
                _ => return Err(Malformed),
            }
        }
    }

    fn piece(&self, from: usize, end: usize) -> Result<&'a str, Malformed> {
        match self.text {
            Some(text) => text.get(from..end).ok_or(Malformed),
            None => {
                self.bytes.get(from..end).and_then(|piece| std::str::from_utf8(piece).ok()).ok_or(Malformed)
            }
        }
    }

    pub(crate) fn colon(&mut self) -> Result<(), Malformed> {
        if self.peek()? != b':' {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    pub(crate) fn word(&mut self, first: u8) -> Result<(), Malformed> {
        let word: &[u8] = match first {
            b't' => b"true",
            b'f' => b"false",
            b'n' => b"null",
            _ => return Err(Malformed),
        };
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(())
    }

    /// The next byte that is no white space. It is not taken.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<u8, Malformed> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                Some(byte) => return Ok(*byte),
                None => return Err(Malformed),
            }
        }
    }
}

#[cfg(test)]
mod tests;
