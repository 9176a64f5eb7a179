//! The shape of a body: names of members and types of values, for a report that may leave the browser.
//!
//! Values never get in. Neither does a name that could be a value (LinkedIn has maps keyed by URN): what is not made
//! of letters, `*`, `$`, `_` and `.` becomes `?`.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Deep enough to show a record's own members in either envelope.
const DEPTH: u8 = 4;
/// Members named of one object; a record of LinkedIn's has nine or ten.
const MEMBERS: usize = 16;
const NAME_LENGTH: usize = 48;
/// Where a report stops growing.
const LENGTH: usize = 600;

/// For example `{data:{*elements:[string],paging:{…}},included:[{entityUrn:string}]}`. A body that breaks off ends in
/// `!` where it does.
#[must_use]
pub fn shape_of(body: &[u8]) -> String {
    let mut shape = String::new();
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = Sketch { shape: &mut shape, depth: DEPTH }.deserialize(&mut reader);
    if read.is_err() || reader.end().is_err() {
        shape.push('!');
    }
    shape
}

struct Sketch<'s> {
    shape: &'s mut String,
    depth: u8,
}

impl Sketch<'_> {
    fn push(&mut self, text: &str) {
        if self.shape.len() < LENGTH {
            self.shape.push_str(text);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Sketch<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, reader: D) -> Result<(), D::Error> {
        if self.depth == 0 {
            self.push("…");
            return reader.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Sketch<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(mut self, _: bool) -> Result<(), E> {
        self.push("bool");
        Ok(())
    }

    fn visit_i64<E>(mut self, _: i64) -> Result<(), E> {
        self.push("number");
        Ok(())
    }

    fn visit_u64<E>(mut self, _: u64) -> Result<(), E> {
        self.push("number");
        Ok(())
    }

    fn visit_f64<E>(mut self, _: f64) -> Result<(), E> {
        self.push("number");
        Ok(())
    }

    fn visit_str<E>(mut self, _: &str) -> Result<(), E> {
        self.push("string");
        Ok(())
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.push("null");
        Ok(())
    }

    /// The first element stands for all of them.
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        self.push("[");
        let first = Sketch { shape: self.shape, depth: self.depth - 1 };
        if seq.next_element_seed(first)?.is_some() {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
        }
        self.push("]");
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.push("{");
        let mut named = 0;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if named == MEMBERS {
                self.push(",…");
            }
            named += 1;
            if named > MEMBERS {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if named > 1 {
                self.push(",");
            }
            self.push(presentable(&name));
            self.push(":");
            map.next_value_seed(Sketch { shape: self.shape, depth: self.depth - 1 })?;
        }
        self.push("}");
        Ok(())
    }
}

fn presentable(name: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'*' | b'$' | b'_' | b'.');
    if !name.is_empty() && name.len() <= NAME_LENGTH && name.bytes().all(plain) { name } else { "?" }
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, shape_of};

    #[test]
    fn shows_names_and_types_and_no_value() {
        let body =
            br#"{"data":{"status":400,"code":"SECRET"},"included":[{"firstName":"Ada"},7],"t":[true,null]}"#;
        assert_eq!(
            shape_of(body),
            "{data:{status:number,code:string},included:[{firstName:string}],t:[bool]}"
        );
    }

    #[test]
    fn a_name_that_could_be_a_value_is_hidden() {
        assert_eq!(
            shape_of(br#"{"urn:li:member:4290000001":1,"Ada Lovelace":2,"":3}"#),
            "{?:number,?:number,?:number}"
        );
    }

    #[test]
    fn a_body_that_breaks_off_says_so() {
        assert_eq!(shape_of(br#"{"data":{"status":4"#), "{data:{status:number!");
        assert_eq!(shape_of(b"<html>"), "!");
        assert_eq!(shape_of(b""), "!");
    }

    #[test]
    fn stays_short_whatever_comes() {
        let wide =
            format!("{{{}}}", (0..5000).map(|_| r#""aaaaaaaa":{"b":1}"#).collect::<Vec<_>>().join(","));
        assert!(shape_of(wide.as_bytes()).len() < LENGTH + 64);
        let deep = "[".repeat(100_000);
        assert!(shape_of(deep.as_bytes()).len() < LENGTH);
    }
}
