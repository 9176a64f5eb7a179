//! A JSON value with its members in order and every repetition kept, so that a check can tell when a body says a thing
//! twice.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::fmt;

/// Takes the place of every text when a check looks for values in a message. Has the form of no code, of no name of a
/// member and of no URN.
pub const SECRET_TEXT: &str = "Zq7 a private word";
/// Takes the place of every number. No HTTP status.
pub const SECRET_NUMBER: &str = "918273645";

/// Any JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// `None` unless the body is one complete JSON value by the strictest reading.
    pub fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Whether the body is one complete JSON value at least in its build: half a character and a number beyond all
    /// range may stand in a member that nobody reads.
    pub fn is_built(body: &[u8]) -> bool {
        serde_json::from_str::<IgnoredAny>(&String::from_utf8_lossy(body)).is_ok()
    }

    /// The values of all members of this name; of anything but an object, none.
    pub fn all<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t Tree> {
        self.members().iter().filter(move |(key, _)| key == name).map(|(_, value)| value)
    }

    /// The members of an object; of anything else, none.
    pub fn members(&self) -> &[(String, Tree)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of a list; of anything else, none.
    pub fn items(&self) -> Option<&[Tree]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number, also one written as `40.0`, as long as a float can tell it from its neighbours.
    pub fn integer(&self) -> Option<i64> {
        let Self::Number(number) = self else { return None };
        if number.is_i64() || number.is_u64() {
            return number.as_i64();
        }
        let float =
            number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0)?;
        format!("{float:.0}").parse().ok()
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    fn children(&self) -> Vec<&Tree> {
        match self {
            Self::List(items) => items.iter().collect(),
            Self::Object(members) => members.iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        }
    }

    /// How many values there are, this one and all within.
    pub fn count(&self) -> usize {
        1 + self.children().into_iter().map(Self::count).sum::<usize>()
    }

    /// One of them, in the order in which they are written.
    pub fn nth(&mut self, mut at: usize) -> &mut Tree {
        if at == 0 {
            return self;
        }
        at -= 1;
        let children: Vec<&mut Tree> = match self {
            Self::List(items) => items.iter_mut().collect(),
            Self::Object(members) => members.iter_mut().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        for child in children {
            let within = child.count();
            if at < within {
                return child.nth(at);
            }
            at -= within;
        }
        unreachable!("there are not so many values")
    }

    /// How many values lie within one another at most.
    pub fn depth(&self) -> usize {
        1 + self.children().into_iter().map(Self::depth).max().unwrap_or(0)
    }

    /// Whether some object names a member twice.
    pub fn repeats(&self) -> bool {
        let mut names: Vec<&str> = self.members().iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1]) || self.children().into_iter().any(Self::repeats)
    }

    /// Whether a text anywhere in it fits.
    pub fn any_text(&self, fits: &impl Fn(&str) -> bool) -> bool {
        self.text().is_some_and(fits) || self.children().into_iter().any(|child| child.any_text(fits))
    }

    /// As JSON.
    pub fn json(&self) -> String {
        let mut body = String::new();
        self.write(&mut body, false);
        body
    }

    /// The same body with every value replaced by a secret one, but for a `status`: that one decides what is said.
    pub fn with_secrets(&self) -> String {
        let mut body = String::new();
        self.write(&mut body, true);
        body
    }

    fn write(&self, to: &mut String, secret: bool) {
        match self {
            Self::Null => to.push_str("null"),
            Self::Bool(bool) => to.push_str(if *bool { "true" } else { "false" }),
            Self::Number(_) if secret => to.push_str(SECRET_NUMBER),
            Self::Number(number) => to.push_str(&number.to_string()),
            Self::Text(_) if secret => quote(SECRET_TEXT, to),
            Self::Text(text) => quote(text, to),
            Self::List(items) => {
                to.push('[');
                for (at, item) in items.iter().enumerate() {
                    to.push_str(if at == 0 { "" } else { "," });
                    item.write(to, secret);
                }
                to.push(']');
            }
            Self::Object(members) => {
                to.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    to.push_str(if at == 0 { "" } else { "," });
                    quote(name, to);
                    to.push(':');
                    value.write(to, secret && !(name == "status" && value.integer().is_some()));
                }
                to.push('}');
            }
        }
    }
}

fn quote(text: &str, to: &mut String) {
    to.push_str(&serde_json::to_string(text).expect("a text is JSON"));
}

/// Says nothing of what was planted by [`Tree::with_secrets`].
pub fn assert_silent(said: &str, about: &str) {
    for secret in [SECRET_TEXT, SECRET_NUMBER, "Zq7"] {
        assert!(!said.contains(secret), "{about} says a value of the body: {said}");
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Tree;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E>(self) -> Result<Tree, E> {
                Ok(Tree::Null)
            }

            fn visit_bool<E>(self, bool: bool) -> Result<Tree, E> {
                Ok(Tree::Bool(bool))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
                Ok(Tree::Number(number.into()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
                Ok(Tree::Number(number.into()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Tree, E> {
                Ok(Number::from_f64(number).map_or(Tree::Null, Tree::Number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
                Ok(Tree::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Tree::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Tree::Object(members))
            }
        }

        reader.deserialize_any(Any)
    }
}
