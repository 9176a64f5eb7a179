use super::typed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Record {
    text: String,
    #[serde(default)]
    small: u8,
    #[serde(default)]
    signed: i64,
    #[serde(default)]
    large: u64,
    #[serde(default)]
    yes: bool,
    #[serde(default)]
    perhaps: Option<Box<Record>>,
    #[serde(default)]
    pair: (u64, u64),
    #[serde(default)]
    list: Vec<(String, Kind)>,
    #[serde(default)]
    any: Map<String, Value>,
    #[serde(default)]
    word: Option<Cow<'static, str>>,
    #[serde(default)]
    nothing: (),
    #[serde(skip)]
    unsaid: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    Held(Wrapped),
    Named {
        at: i64,
        note: Option<String>,
    },
    Both(u8, bool),
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Wrapped(u32);

fn whole() -> Record {
    Record {
        text: "a \"b\" \\ \n 🚀 李\u{0}".to_owned(),
        small: 255,
        signed: i64::MIN,
        large: u64::MAX,
        yes: true,
        perhaps: Some(Box::new(Record { text: "inner".to_owned(), ..Record::default() })),
        pair: (u64::MAX, 0),
        list: vec![
            ("plain".to_owned(), Kind::Plain),
            (String::new(), Kind::Held(Wrapped(7))),
            ("n".to_owned(), Kind::Named { at: -1, note: Some("x".to_owned()) }),
            ("b".to_owned(), Kind::Both(1, false)),
        ],
        any: json!({"a": [1, -2, "x", null, true, {"deep": [[]]}], "b": {}}).as_object().unwrap().clone(),
        word: Some("w".into()),
        nothing: (),
        unsaid: 0,
    }
}

#[test]
fn what_is_written_is_read_again() {
    for record in [whole(), Record::default()] {
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(typed::<Record>(&text), Ok(record.clone()));
        assert_eq!(typed::<Record>(&serde_json::to_string_pretty(&record).unwrap()), Ok(record));
    }
    assert_eq!(typed::<Value>(" [ ] "), Ok(json!([])));
}

#[test]
fn it_takes_and_refuses_what_everybody_else_does() {
    for text in [
        r#"{"text":"a","more":{"deep":[1,2,{"x":"\u0041"}]},"small":1}"#,
        r#"{"text":"a","small":256}"#,
        r#"{"text":"a","small":-1}"#,
        r#"{"text":"a","small":"1"}"#,
        r#"{"text":"a","small":4.5}"#,
        r#"{"text":"a","small":null}"#,
        r#"{"text":"a","large":18446744073709551616}"#,
        r#"{"text":"a","yes":"true"}"#,
        r#"{"text":"a","yes":1}"#,
        r#"{"text":null}"#,
        r#"{"text":"\ud800"}"#,
        r#"{"small":1}"#,
        r#"{"text":"a","text":"b"}"#,
        r#"{"text":"a","pair":[1]}"#,
        r#"{"text":"a","pair":[1,2,3]}"#,
        r#"{"text":"a","pair":[]}"#,
        r#"{"text":"a","pair":[1,2,]}"#,
        r#"{"text":"a","list":[["x","plain"],["y",{"held":3}]]}"#,
        r#"{"text":"a","list":[["x",{"plain":null}]]}"#,
        r#"{"text":"a","list":[["x","never heard of"]]}"#,
        r#"{"text":"a","list":[["x","held"]]}"#,
        r#"{"text":"a","list":[["x",{}]]}"#,
        r#"{"text":"a","list":[["x",{"held":3,"plain":1}]]}"#,
        r#"{"text":"a","list":[["x",{"named":{"at":1}}]]}"#,
        r#"{"text":"a","list":[["x",{"both":[1,true]}]]}"#,
        r#"{"text":"a","list":[["x",{"both":[1]}]]}"#,
        r#"{"text":"a","any":null}"#,
        r#"{"text":"a","any":[]}"#,
        r#"{"text":"a","nothing":null,"word":null}"#,
        r#"{"text":"a"} x"#,
        r#"{"text":"a",}"#,
        r#"{"text" "a"}"#,
        r#"{text:"a"}"#,
        r#"{1:"a"}"#,
        r#"{"text":"a"#,
        r#"{"text":"a"}}"#,
        "",
        "null",
        "nul",
        "\"text\"",
        "[]",
        "{}",
    ] {
        let ours = typed::<Record>(text).ok();
        let theirs: Option<Record> = serde_json::from_str(text).ok();
        let plain_variant_as_object = text.contains(r#"{"plain":null}"#);
        if plain_variant_as_object {
            assert_eq!(ours, None, "{text}");
        } else {
            assert_eq!(ours, theirs, "{text}");
        }
    }
}

#[test]
fn a_whole_number_is_one_however_it_is_written_and_another_is_none() {
    assert_eq!(typed::<u64>("40.0"), Ok(40));
    assert_eq!(typed::<Value>("4e1"), Ok(json!(40)));
    for text in ["4.5", "1e400", "-0.1", "99999999999999999999"] {
        assert!(typed::<u64>(text).is_err() && typed::<i64>(text).is_err(), "{text}");
        let value = typed::<Value>(text).unwrap();
        assert!(value.is_number() && value.as_u64().is_none() && value.as_i64().is_none(), "{text}");
    }
}

#[test]
fn no_depth_is_a_danger() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(typed::<Value>(&nested(60)).is_ok());
    assert!(typed::<Value>(&nested(65)).is_err());
    assert!(typed::<Value>(&nested(1_000_000)).is_err());
    let beside = format!(r#"{{"text":"a","unknown":{}}}"#, nested(1_000_000));
    assert_eq!(typed::<Record>(&beside).map(|record| record.text), Ok("a".to_owned()), "what is read past");
}

#[test]
fn a_text_cut_anywhere_is_refused() {
    let text = serde_json::to_string(&whole()).unwrap();
    for (end, _) in text.char_indices() {
        assert!(typed::<Record>(text.get(..end).unwrap()).is_err(), "{end}");
    }
}
