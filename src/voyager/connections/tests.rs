use super::{ListPage, parse_list};
use crate::voyager::Defect;
use std::borrow::Cow;
use std::fmt::Write;

const NORMALISED: &str = r#"{"data":{"*elements":["urn:li:fsd_connection:SIM_bela-001","urn:li:fsd_connection:SIM_ada-0001"]},"included":[
 {"firstName":"Ada","lastName":"Lovelace","entityUrn":"urn:li:fsd_profile:SIM_ada-0001"},
 {"firstName":"Běla","lastName":"\ud83d\ude80","entityUrn":"urn:li:fsd_profile:SIM_bela-001"},
 {"createdAt":1785945393000,"connectedMember":"urn:li:fsd_profile:SIM_ada-0001","entityUrn":"urn:li:fsd_connection:SIM_ada-0001"},
 {"createdAt":1788125101000,"connectedMember":"urn:li:fsd_profile:SIM_bela-001","entityUrn":"urn:li:fsd_connection:SIM_bela-001"}]}"#;

const NESTED: &str = r#"{"paging":{"count":2,"start":0},"elements":[
 {"connectedMemberResolutionResult":{"firstName":"Běla","lastName":"\ud83d\ude80","entityUrn":"urn:li:fsd_profile:SIM_bela-001"},"createdAt":1788125101000,"connectedMember":"urn:li:fsd_profile:SIM_bela-001","entityUrn":"urn:li:fsd_connection:SIM_bela-001"},
 {"connectedMemberResolutionResult":{"firstName":"Ada","lastName":"Lovelace","entityUrn":"urn:li:fsd_profile:SIM_ada-0001"},"createdAt":1785945393000,"connectedMember":"urn:li:fsd_profile:SIM_ada-0001","entityUrn":"urn:li:fsd_connection:SIM_ada-0001"}]}"#;

fn page(body: &str) -> ListPage<'_> {
    parse_list(body.as_bytes()).unwrap()
}

fn defect(body: &str) -> Defect {
    parse_list(body.as_bytes()).unwrap_err().defect
}

#[test]
fn both_envelopes_give_the_same_rows() {
    assert_eq!(page(NORMALISED), page(NESTED));
    assert_eq!(page(NORMALISED).rows.len(), 2);
}

#[test]
fn what_has_no_escape_is_borrowed() {
    let page = page(NORMALISED);
    let row = &page.rows[1];
    assert!(matches!(row.urn, Cow::Borrowed(_)));
    assert!(matches!(row.connection_urn, Some(Cow::Borrowed(_))));
    assert!(matches!(row.profile.as_ref().unwrap().first_name, Some(Cow::Borrowed("Ada"))));
}

#[test]
fn a_body_cut_off_anywhere_is_an_error_and_never_a_shorter_list() {
    for body in [NORMALISED, NESTED] {
        for end in 0..body.len() {
            assert_eq!(parse_list(&body.as_bytes()[..end]).unwrap_err().defect, Defect::NotJson, "{end}");
        }
    }
}

#[test]
fn what_follows_the_body_is_an_error() {
    assert_eq!(defect(&format!("{NORMALISED} {{}}")), Defect::NotJson);
}

#[test]
fn half_an_emoji_costs_one_character_and_not_the_page() {
    let broken = NORMALISED.replace(r"\ud83d\ude80", r"\ud83d");
    let page = page(&broken);
    assert_eq!(page.rows.len(), 2);
    assert_eq!(page.rows[0].profile.as_ref().unwrap().last_name.as_deref(), Some("\u{fffd}"));
    for end in 0..broken.len() {
        assert!(parse_list(&broken.as_bytes()[..end]).is_err(), "{end}");
    }
}

#[test]
fn rows_that_nobody_understands_are_an_error_and_no_rows_are_none() {
    assert_eq!(page(r#"{"data":{"*elements":[]},"included":[]}"#), ListPage::default());
    assert_eq!(page(r#"{"elements":[]}"#), ListPage::default());
    assert_eq!(
        defect(r#"{"elements":[{"renamed":"urn:li:fsd_profile:SIM_ada-0001"}]}"#),
        Defect::NothingUnderstood
    );
    assert_eq!(defect(r#"{"elements":[null]}"#), Defect::NothingUnderstood);
    for other in
        ["{}", "[]", "null", "7", r#"{"elements":{}}"#, r#"{"data":[]}"#, r#"{"data":{"elements":"x"}}"#]
    {
        assert_eq!(defect(other), Defect::NoList, "{other}");
    }
}

#[test]
fn a_list_inside_data_is_read_too() {
    let body = format!(r#"{{"data":{NESTED},"included":[]}}"#);
    assert_eq!(page(&body), page(NESTED));
}

#[test]
fn depth_is_no_danger() {
    let deep = format!(r#"{{"elements":[{}1{}]}}"#, r#"{"miniProfile":"#.repeat(100), "}".repeat(100));
    assert_eq!(defect(&deep), Defect::NothingUnderstood);
    let deeper = format!(r#"{{"x":{}}}"#, "[".repeat(200_000));
    assert_eq!(defect(&deeper), Defect::NotJson);
}

#[test]
fn a_huge_page_keeps_its_order() {
    const ROWS: usize = 20_000;
    let page_text = large(ROWS);
    let page = page(&page_text);
    assert_eq!((page.listed, page.unreadable), (ROWS as u64, 0));
    for (at, row) in page.rows.iter().enumerate() {
        assert_eq!(row.urn, format!("urn:li:fsd_profile:SIM_{at:06}"));
        assert_eq!(row.profile.as_ref().unwrap().first_name.as_deref(), Some(format!("N{at}").as_str()));
    }
}

/// `included` stands in the reverse order of the list.
fn large(rows: usize) -> String {
    let mut refs = String::new();
    let mut included = String::new();
    for at in 0..rows {
        let comma = if at == 0 { "" } else { "," };
        let back = rows - 1 - at;
        write!(refs, r#"{comma}"urn:li:fsd_connection:SIM_{at:06}""#).unwrap();
        write!(
            included,
            r#"{comma}{{"firstName":"N{back}","entityUrn":"urn:li:fsd_profile:SIM_{back:06}"}},"#
        )
        .unwrap();
        write!(
            included,
            r#"{{"connectedMember":"urn:li:fsd_profile:SIM_{back:06}","entityUrn":"urn:li:fsd_connection:SIM_{back:06}"}}"#
        )
        .unwrap();
    }
    format!(r#"{{"data":{{"*elements":[{refs}]}},"included":[{included}]}}"#)
}

#[cfg(not(target_arch = "wasm32"))]
mod arbitrary {
    use super::{NESTED, NORMALISED, parse_list};
    use crate::clean::clean_connection;
    use crate::voyager::ids::profile_id;
    use crate::voyager::{me::parse_me, sent::parse_sent_invitations};
    use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
    use proptest::sample::select;
    use serde_json::{Map, Value};

    const NAMES: &[&str] = &[
        "data",
        "included",
        "elements",
        "*elements",
        "entityUrn",
        "connectedMember",
        "dashEntityUrn",
        "firstName",
        "connectedMemberResolutionResult",
        "*connectedMemberResolutionResult",
        "miniProfile",
        "createdAt",
        "profilePicture",
        "displayImageReference",
        "vectorImage",
        "artifacts",
        "width",
        "rootUrl",
        "toMemberId",
        "fileIdentifyingUrlPathSegment",
        "toMember",
        "sentTime",
        "plainId",
        "objectUrn",
        "other",
    ];
    const TEXTS: &[&str] = &[
        "urn:li:fsd_profile:SIM_ada-0001",
        "urn:li:fsd_connection:SIM_ada-0001",
        "urn:li:fs_miniProfile:SIM_bela-001",
        "urn:li:fsd_connection:(SIM_ada-0001,SIM_bela-001)",
        "urn:li:member:4290000001",
        "urn:li:fsd_profile:UNKNOWN",
        "https://media.licdn.com/",
        "SIM_ada-0001",
        "",
        " ",
        "🚀",
        "\u{0}",
    ];

    /// JSON made of LinkedIn's own words in any arrangement.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            select(TEXTS).prop_map(Value::from),
        ];
        leaf.prop_recursive(7, 96, 6, |inner| {
            let member = (select(NAMES), inner.clone());
            prop_oneof![
                proptest::collection::vec(inner, 0..6).prop_map(Value::from),
                proptest::collection::vec(member, 0..6).prop_map(|members| {
                    Value::from(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>())
                }),
            ]
        })
    }

    fn listed(value: &Value) -> usize {
        let head = value.get("data").filter(|data| data.is_object()).unwrap_or(value);
        let list = head.get("*elements").filter(|list| list.is_array()).or_else(|| head.get("elements"));
        list.and_then(Value::as_array).map_or(0, Vec::len)
    }

    proptest! {
        #[test]
        fn any_json_gives_no_row_that_is_not_listed_and_nobody_who_is_not_named(value in values()) {
            let body = value.to_string();
            if let Ok(page) = parse_list(body.as_bytes()) {
                prop_assert!(page.listed as usize == listed(&value) || value["data"] == Value::Object(Map::new()));
                prop_assert!(page.rows.len() as u64 + page.unreadable == page.listed);
                for row in &page.rows {
                    prop_assert!(profile_id(&row.urn).is_some_and(|id| body.contains(id)));
                    let _ = clean_connection(row);
                }
            }
            if let Ok(sent) = parse_sent_invitations(body.as_bytes()) {
                prop_assert!(sent.iter().all(|sent| body.contains(&sent.profile_id)));
            }
            if let Ok(me) = parse_me(body.as_bytes()) {
                prop_assert!(body.contains(&me.member));
            }
        }

        #[test]
        fn any_damage_to_a_page_gives_no_panic_and_no_longer_list(at in any::<usize>(), byte in any::<u8>()) {
            for body in [NORMALISED, NESTED] {
                let mut body = body.as_bytes().to_vec();
                let at = at % body.len();
                body[at] = byte;
                if let Ok(page) = parse_list(&body) {
                    prop_assert!(page.listed <= 2 && page.rows.len() <= 2);
                }
            }
        }

        #[test]
        fn any_bytes_give_no_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(parse_list(&body).is_err());
        }
    }
}
