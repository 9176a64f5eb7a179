//! The shape of a body: names of members and types of values, for a report that may leave the browser.
//!
//! Values never get in. Neither does a name that could be a value (LinkedIn has maps keyed by URN): what is not made
//! of letters, `*`, `$`, `_` and `.` becomes `?`.

use liaison_json::{Kind, Malformed, Slot, Wire, read};

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
    let mut sketch = Sketch { shape: String::new(), named: 0, listed: false };
    if read(body, DEPTH, |value| sketch.value(value)).is_err() {
        sketch.shape.push('!');
    }
    sketch.shape
}

struct Sketch {
    shape: String,
    /// Members of the present object that were met.
    named: usize,
    /// Whether the present array has shown an element.
    listed: bool,
}

impl Sketch {
    fn push(&mut self, text: &str) {
        if self.shape.len() < LENGTH {
            self.shape.push_str(text);
        }
    }

    fn value(&mut self, mut value: Slot<'_, '_>) -> Result<(), Malformed> {
        if value.depth() == 0 {
            self.push("…");
            return value.skip();
        }
        let (name, end) = match value.kind()? {
            Kind::Text => ("string", ""),
            Kind::Number => ("number", ""),
            Kind::Bool => ("bool", ""),
            Kind::Null => ("null", ""),
            Kind::Array => ("[", "]"),
            Kind::Object => ("{", "}"),
        };
        let around = (self.named, self.listed);
        (self.named, self.listed) = (0, false);
        if !end.is_empty() {
            self.push(name);
        }
        value.into(self)?;
        (self.named, self.listed) = around;
        self.push(if end.is_empty() { name } else { end });
        Ok(())
    }
}

impl<'a> Wire<'a> for Sketch {
    /// The first element stands for all of them.
    fn item(&mut self, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        if self.listed {
            return value.skip();
        }
        self.value(value)?;
        self.listed = true;
        Ok(())
    }

    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        self.named += 1;
        if self.named > MEMBERS {
            if self.named == MEMBERS + 1 {
                self.push(",…");
            }
            return value.skip();
        }
        if self.named > 1 {
            self.push(",");
        }
        self.push(presentable(name));
        self.push(":");
        self.value(value)
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
