//! Rest.li's own notation in a URL: `(start:0,query:(keywords:a%20b,filters:List((key:network,value:List(F)))))`.
//!
//! `( ) , :` are its syntax. Some clients write them as they are and encode values alone, others encode the whole once more.

use std::borrow::Cow;

/// How deep a value may nest; the stack must not be the client's to fill.
const DEEPEST: usize = 16;

/// A value, with what stands in it decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    List(Vec<Value>),
    Record(Vec<(String, Value)>),
}

impl Value {
    /// Reads a raw query parameter; `None` if it is not of the notation.
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let encoded = raw.starts_with("%28") || raw.starts_with("List%28");
        let raw = if encoded { decode(raw)? } else { Cow::Borrowed(raw) };
        let mut rest = raw.as_ref();
        let value = value(&mut rest, 0)?;
        rest.is_empty().then_some(value)
    }

    /// A member of a record.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; nothing else has any.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}

impl Value {
    /// The values that a list of filters has under this name: `List((key:n,value:List(a,b)))`, or `(n:List(a,b))` as well.
    pub(crate) fn filter(&self, name: &str) -> Vec<&str> {
        let values: Vec<&Self> = match self {
            Self::Record(_) => self.get(name).into_iter().flat_map(Self::items).collect(),
            _ => {
                let named = self.items().iter();
                let named = named.filter(|filter| filter.get("key").and_then(Self::text) == Some(name));
                named.filter_map(|filter| filter.get("value")).flat_map(Self::items).collect()
            }
        };
        values.into_iter().filter_map(Self::text).collect()
    }
}

fn value(rest: &mut &str, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    if take(rest, "List(") {
        return items(rest, |rest| value(rest, depth + 1)).map(Value::List);
    }
    if take(rest, "(") {
        return items(rest, |rest| {
            let name = text(rest)?;
            take(rest, ":").then_some(())?;
            Some((name, value(rest, depth + 1)?))
        })
        .map(Value::Record);
    }
    // A URN in a value may be written with its colons as they are.
    let mut whole = text(rest)?;
    while take(rest, ":") {
        whole.push(':');
        if rest.starts_with('(') {
            return None;
        }
        whole.push_str(&text(rest)?);
    }
    Some(Value::Text(whole))
}

/// What stands between commas up to the closing parenthesis.
fn items<T>(rest: &mut &str, mut item: impl FnMut(&mut &str) -> Option<T>) -> Option<Vec<T>> {
    let mut found = Vec::new();
    if take(rest, ")") {
        return Some(found);
    }
    loop {
        found.push(item(rest)?);
        if take(rest, ")") {
            return Some(found);
        }
        take(rest, ",").then_some(())?;
    }
}

fn take(rest: &mut &str, token: &str) -> bool {
    match rest.strip_prefix(token) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

fn text(rest: &mut &str) -> Option<String> {
    let end = rest.find(['(', ')', ',', ':']).unwrap_or(rest.len());
    let (raw, after) = rest.split_at_checked(end)?;
    *rest = after;
    decode(raw).map(Cow::into_owned)
}

/// Percent-decoding alone: here a plus sign is a plus sign.
fn decode(raw: &str) -> Option<Cow<'_, str>> {
    percent_encoding::percent_decode_str(raw).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: &str = "(start:10,query:(keywords:J%C3%B6rg%20%28a%2Cb%29+c,queryParameters:List((key:network,value:List(F)),(key:resultType,value:List(PEOPLE))),includeFiltersInResponse:false))";

    #[test]
    fn the_notation_is_read_raw_and_encoded() {
        let value = Value::parse(RAW).unwrap();
        assert_eq!(value.get("start").and_then(Value::text), Some("10"));
        let query = value.get("query").unwrap();
        assert_eq!(query.get("keywords").and_then(Value::text), Some("Jörg (a,b)+c"));
        let filters = query.get("queryParameters").unwrap();
        assert_eq!(filters.filter("resultType"), ["PEOPLE"]);
        assert_eq!(filters.filter("geoUrn"), [""; 0]);
        let record = Value::parse("(network:List(F,S))").unwrap();
        assert_eq!(record.filter("network"), ["F", "S"]);
        let encode = |byte: u8| {
            if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        };
        let encoded: String = RAW.bytes().map(encode).collect();
        assert_eq!(Value::parse(&encoded), Some(value));
    }

    #[test]
    fn a_urn_keeps_its_colons() {
        let value = Value::parse("(profileUrn:urn:li:fsd_profile:ACoAA-_1,empty:,none:List())").unwrap();
        assert_eq!(value.get("profileUrn").and_then(Value::text), Some("urn:li:fsd_profile:ACoAA-_1"));
        assert_eq!(value.get("empty").and_then(Value::text), Some(""));
        assert!(value.get("none").unwrap().items().is_empty());
    }

    #[test]
    fn what_is_not_of_the_notation_is_refused() {
        let deep = format!("{}1{}", "(a:".repeat(99), ")".repeat(99));
        for bad in ["(start:0", "(start)", "(a:1))", "(a:(b:1)c)", "List(a,b", "(a:%FF)", deep.as_str()] {
            assert_eq!(Value::parse(bad), None, "{bad}");
        }
    }
}
