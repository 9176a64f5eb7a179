use super::*;
use proptest::prelude::*;
use serde_json::json;

/// An answer of the kind that projections are laid over.
fn answer() -> Value {
    let names = |name: &str| json!({"localized": {"en_US": name}, "preferredLocale": {"country": "US", "language": "en"}});
    json!({
        "elements": [
            {"to": "urn:li:person:a", "to~": {"id": "a", "firstName": names("Ada"), "lastName": names("Sim")}},
            {"to": "urn:li:person:b", "to~": {"id": "b"}},
        ],
        "paging": {"count": 10, "start": 0, "links": [], "total": 42},
    })
}

fn select(text: &str) -> Value {
    Projection::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}")).select(answer())
}

#[test]
fn without_one_everything_comes_but_what_urns_stand_for() {
    let mut bare = answer();
    bare["elements"] = json!([{"to": "urn:li:person:a"}, {"to": "urn:li:person:b"}]);
    assert_eq!(Projection::default().select(answer()), bare);
    for whole in
        ["(*)", "(elements,paging)", "(elements*,paging)", "(elements(*),paging(*))", "(paging,*)", "(*,to~)"]
    {
        assert_eq!(select(whole), bare, "{whole}");
    }
}

#[test]
fn the_documented_ones() {
    assert_eq!(select("(paging)"), json!({"paging": answer()["paging"]}));
    for decorated in [
        "(elements(*(to~)),paging)",
        "(elements*(to~),paging)",
        "(*,elements*(to~))",
        "(elements,elements*(to~),paging)",
        "(elements*(to~),elements*,paging)",
    ] {
        assert_eq!(select(decorated), answer(), "{decorated}");
    }
}

#[test]
fn parts_of_what_there_is() {
    let urns = json!([{"to": "urn:li:person:a"}, {"to": "urn:li:person:b"}]);
    for (text, selected) in [
        ("(paging(total))", json!({"paging": {"total": 42}})),
        ("(paging(total,start))", json!({"paging": {"total": 42, "start": 0}})),
        ("( paging ( total , start ) )", json!({"paging": {"total": 42, "start": 0}})),
        ("(paging(total),paging(start))", json!({"paging": {"total": 42, "start": 0}})),
        ("(paging(total),paging)", json!({"paging": answer()["paging"]})),
        ("(elements(*(to)))", json!({"elements": urns})),
        ("(elements*(to))", json!({"elements": urns})),
        ("(elements*(to),elements*(to))", json!({"elements": urns})),
        (
            "(elements*(to~(id)))",
            json!({"elements": [{"to": "urn:li:person:a", "to~": {"id": "a"}}, {"to": "urn:li:person:b", "to~": {"id": "b"}}]}),
        ),
        (
            "(elements*(to~(firstName(localized))))",
            json!({"elements": [
                {"to": "urn:li:person:a", "to~": {"firstName": {"localized": {"en_US": "Ada"}}}},
                {"to": "urn:li:person:b", "to~": {}},
            ]}),
        ),
    ] {
        assert_eq!(select(text), selected, "{text}");
    }
}

#[test]
fn what_nothing_is_called_selects_nothing() {
    for (text, selected) in [
        ("(metadata)", json!({})),
        ("(Paging)", json!({})),
        ("(paging(sum),elements*(from~(id),since))", json!({"paging": {}, "elements": [{}, {}]})),
        // Without a star the entries of a list have no members.
        ("(elements(to))", json!({"elements": [{}, {}]})),
        ("(paging(total(of(what))))", json!({"paging": {"total": 42}})),
        ("(paging~)", json!({"paging": answer()["paging"]})),
    ] {
        assert_eq!(select(text), selected, "{text}");
    }
}

#[test]
fn what_is_none() {
    for (text, fault) in [
        ("", Fault::Unexpected(1)),
        ("paging", Fault::Unexpected(1)),
        ("*", Fault::Unexpected(1)),
        ("()", Fault::Unexpected(2)),
        ("(paging", Fault::Open),
        ("(paging(total)", Fault::Open),
        ("(", Fault::Open),
        ("(paging,", Fault::Open),
        ("(paging,)", Fault::Unexpected(9)),
        ("(,paging)", Fault::Unexpected(2)),
        ("(paging()", Fault::Unexpected(9)),
        ("(paging))", Fault::Unexpected(9)),
        ("(paging)paging", Fault::Unexpected(9)),
        ("(paging total)", Fault::Unexpected(9)),
        ("(to~~)", Fault::Unexpected(5)),
        ("(to**)", Fault::Unexpected(5)),
        ("(~)", Fault::Unexpected(2)),
        ("(pagingé)", Fault::Unexpected(8)),
        ("(elements:(to))", Fault::Unexpected(10)),
        ("(((((((((a)))))))))", Fault::Unexpected(2)),
        ("(a(a(a(a(a(a(a(a(a)))))))))", Fault::Deep),
    ] {
        assert_eq!(Projection::parse(text), Err(fault), "{text}");
    }
    assert!(Projection::parse("(a(a(a(a(a(a(a(a))))))))").is_ok());
    assert!(Projection::parse(&"(a".repeat(100_000)).is_err());
}

/// A projection, as a text and a tree, drawn together.
fn drawn() -> impl Strategy<Value = String> {
    let name = "[a-z]{1,3}|to|paging|elements|total";
    let leaf = prop_oneof![
        name.prop_map(|name| name),
        Just(ALL.to_owned()),
        name.prop_map(|name| format!("{name}~"))
    ];
    let part = leaf.prop_recursive(4, 24, 4, move |inner| {
        let parts = prop::collection::vec(inner, 1..4).prop_map(|parts| parts.join(","));
        (name, "[*~]?", parts).prop_map(|(name, mark, parts)| format!("{name}{mark}({parts})"))
    });
    prop::collection::vec(part, 1..4).prop_map(|parts| format!("({})", parts.join(",")))
}

proptest! {
    #[test]
    fn every_drawn_one_is_read_and_selects_a_part(text in drawn()) {
        let projection = Projection::parse(&text).map_err(|fault| TestCaseError::fail(format!("{text}: {fault}")))?;
        let selected = projection.select(answer());
        prop_assert!(is_part(&selected, &answer()), "{} of {}", selected, text);
        for name in ["elements", "paging"] {
            prop_assert_eq!(selected.get(name).is_some(), projection.reaches(&[name]), "{}", text);
        }
        let total = selected.pointer("/paging/total").is_some();
        prop_assert_eq!(total, projection.reaches(&["paging", "total"]), "{}", text);
        prop_assert_eq!(projection.select(selected.clone()), selected, "selecting twice is selecting once");
    }

    #[test]
    fn blanks_say_nothing_and_a_missing_end_is_noticed(text in drawn(), cut in any::<prop::sample::Index>()) {
        let spaced = text.replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
        prop_assert_eq!(Projection::parse(&spaced), Projection::parse(&text));
        let end = cut.index(text.len());
        prop_assert!(Projection::parse(text.get(..end).unwrap_or_default()).is_err());
    }

    #[test]
    fn nothing_breaks_it(text in "[a(),*~ $é]{0,40}") {
        let _ = Projection::parse(&text);
    }
}

/// Whether everything of `part` stands in `whole`.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(name, value)| whole.get(name).is_some_and(|whole| is_part(value, whole)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(part, whole)| is_part(part, whole))
        }
        _ => part == whole,
    }
}
