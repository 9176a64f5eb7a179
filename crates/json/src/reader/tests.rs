use super::{Kind, Malformed, Slot, Wire, fill, read};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const SEEDS: [&str; 6] = [
    r#"{"data":{"*elements":["urn:li:x:1","urn:li:x:2"],"paging":{"count":40,"start":0.0}},"included":[{"a":null}]}"#,
    r#"{"name":"Zo\u00e9 \ud83d\ude80 \"x\\\/\b\f\n\r\t","n":[-1,0,12e2,4.50,-0,9007199254740993,1e-7],"t":[true,false]}"#,
    " [ { } , [ ] , \"\" , { \"a\" : [ [ [ 1 ] ] ] } , \"Běla 🚀 李\" ] \n\t\r",
    r#"{"a":1,"a":{"b":2},"a":[3],"\u0061":"last"}"#,
    r#""a text of more than sixteen bytes, with an escape \u0041 far behind its beginning""#,
    "[18446744073709551615,9223372036854775807,-9223372036854775808,123456789012345678901234567890,1.5e3]",
];
/// What a mutation puts in: what JSON is made of, and what it must not hold.
const PIECES: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"\\ude80",
    b"0",
    b"-",
    b".",
    b"e",
    b"+",
    b"true",
    b"nul",
    b" ",
    b"\n",
    b"\x00",
    b"\x1f",
    b"\xff",
    b"\xc3\xa9",
];

/// A value as the reader tells it. What it doesn't tell (which number, which truth) is left out of both sides.
#[derive(Default)]
struct Told(Value);

impl Told {
    fn of(mut slot: Slot<'_, '_>) -> Result<Value, Malformed> {
        let mut told = Self(match slot.kind()? {
            Kind::Text => json!("unread"),
            Kind::Number => json!("a number"),
            Kind::Bool => json!("a truth"),
            Kind::Null => Value::Null,
            Kind::Array => json!([]),
            Kind::Object => json!({}),
        });
        slot.into(&mut told)?;
        Ok(told.0)
    }
}

impl<'a> Wire<'a> for Told {
    fn text(&mut self, text: Cow<'a, str>) {
        self.0 = Value::from(format!("text {text}"));
    }

    fn integer(&mut self, integer: i64) {
        self.0 = Value::from(integer);
    }

    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        let value = Self::of(value)?;
        self.0.as_object_mut().unwrap().insert(name.to_owned(), value);
        Ok(())
    }

    fn item(&mut self, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        let value = Self::of(value)?;
        self.0.as_array_mut().unwrap().push(value);
        Ok(())
    }
}

fn told(body: &[u8]) -> Result<Value, Malformed> {
    let mut told = Value::Null;
    read(body, u8::MAX, |value| {
        told = Told::of(value)?;
        Ok(())
    })?;
    Ok(told)
}

/// The same of what serde_json reads.
fn expected(value: Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => json!("a truth"),
        Value::String(text) => Value::from(format!("text {text}")),
        Value::Number(number) => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15);
            let integer =
                number.as_i64().or_else(|| whole.filter(|_| number.is_f64()).map(|whole| whole as i64));
            integer.map_or_else(|| json!("a number"), Value::from)
        }
        Value::Array(items) => items.into_iter().map(expected).collect::<Vec<_>>().into(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, expected(value))).collect::<Map<_, _>>().into()
        }
    }
}

/// Numbers that look drawn and are the same every time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

fn mutate(body: &mut Vec<u8>, draw: &mut Draw) {
    let at = draw.below(body.len() + 1);
    let end = (at + draw.below(6)).min(body.len());
    match draw.below(5) {
        0 => drop(body.drain(at..end)),
        1 => body.truncate(at),
        2 => drop(body.splice(at..at, body[at..end].to_vec())),
        3 if at < body.len() => body[at] = draw.below(256) as u8,
        _ => drop(body.splice(at..at, PIECES[draw.below(PIECES.len())].iter().copied())),
    }
}

#[test]
fn any_damage_is_judged_and_read_as_by_serde_json() {
    let mut draw = Draw(4_290_000_001);
    let mut sound = 0;
    for round in 0..120_000 {
        let mut body = SEEDS[round % SEEDS.len()].as_bytes().to_vec();
        for _ in 0..draw.below(4) {
            mutate(&mut body, &mut draw);
        }
        let shown = String::from_utf8_lossy(&body);
        match serde_json::from_slice::<Value>(&body) {
            Ok(value) => {
                sound += 1;
                assert_eq!(told(&body), Ok(expected(value)), "{shown}");
            }
            // JSON all the same, of a number that no double holds.
            Err(error) if error.to_string().contains("out of range") => {}
            Err(_) => assert_eq!(told(&body), Err(Malformed), "{shown}"),
        }
        let skipped = fill(&body, &mut Told::default(), 0).is_ok();
        assert_eq!(skipped, serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok(), "{shown}");
    }
    assert!(sound > 30_000, "{sound}");
}

#[test]
fn what_is_read_past_may_lie_as_deep_as_it_likes() {
    let deep = format!("{}{}", "[{\"a\":".repeat(100_000), "}]".repeat(100_000));
    assert_eq!(fill(deep.replace(":}", ":0}").as_bytes(), &mut Option::<i64>::None, 3), Ok(()));
    assert_eq!(fill("[".repeat(200_000).as_bytes(), &mut Option::<i64>::None, 3), Err(Malformed));
}
