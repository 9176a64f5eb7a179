//! What callers may write, row by row: profile URNs, notes and the documented complaints. Plain functions that panic,
//! for native and wasm32 test binaries alike: server and agent must agree on every row.

#![expect(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use liaison_protocol::{
    FetchConnections, Fields, InputError, InvalidProfileUrn, TaskInput, TaskType, known_task_types,
    normalise_profile_urn, trim_note,
};
use serde_json::{Map, Value, json};

/// 39 characters, as LinkedIn's own ids have.
const REAL_LENGTH: &str = "ACoAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x";

/// Every spelling of a member that is taken, with the id it comes down to.
const URNS_TAKEN: &[(&str, &str)] = &[
    ("ACoAABCDEF123", "ACoAABCDEF123"),
    (REAL_LENGTH, REAL_LENGTH),
    ("ACo_-9", "ACo_-9"),
    ("ACoAABCDEFGHIJKLMNOP", "ACoAABCDEFGHIJKLMNOP"),
    ("ACoAAHIJKLMNOPQRST", "ACoAAHIJKLMNOPQRST"),
    ("ACwAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x", "ACwAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x"),
    ("ADoAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x", "ADoAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x"),
    ("AEMAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x", "AEMAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x"),
    ("ACr__EkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x", "ACr__EkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x"),
    ("urn:li:fsd_profile:AEMAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x", "AEMAAEkwwAoB7NcYLAAtm2Q0_2MYjSNA9-sIm0x"),
    ("urn:li:fsd_profile:ACoAABCDEF123", "ACoAABCDEF123"),
    ("urn:li:fs_miniProfile:ACoAABCDEF123", "ACoAABCDEF123"),
    ("urn:li:fs_profile:ACoAABCDEF123", "ACoAABCDEF123"),
    ("urn:li:person:ACoAABCDEF123", "ACoAABCDEF123"),
    ("urn:li:person:ACwAABCDEF123", "ACwAABCDEF123"),
    ("https://www.linkedin.com/in/ACoAABCDEF123", "ACoAABCDEF123"),
    ("https://www.linkedin.com/in/ACoAABCDEF123/", "ACoAABCDEF123"),
    ("https://www.linkedin.com/in/ACoAABCDEF123/?trk=x", "ACoAABCDEF123"),
    ("https://www.linkedin.com/in/ACoAABCDEF123#about", "ACoAABCDEF123"),
    ("https://www.linkedin.com/in/ACoAABCDEF123/details/", "ACoAABCDEF123"),
    ("https://WWW.LinkedIn.com/in/ACoAABCDEF123", "ACoAABCDEF123"),
    ("https://de.linkedin.com/in/ACoAABCDEF123", "ACoAABCDEF123"),
    ("https://linkedin.com/in/ACoAABCDEF123", "ACoAABCDEF123"),
    ("  urn:li:fsd_profile:ACoAABCDEF123\n", "ACoAABCDEF123"),
];

/// What can be the public identifier of a profile, and needs a look-up that no task makes.
const PUBLIC_IDENTIFIERS: &[&str] = &[
    "abcde",
    "abc_-9",
    "ada-lovelace",
    "greta-osterquill-sim-90001167",
    "acoaabcdef123",
    "Ada-Lovelace",
    "ADA-LOVELACE",
    "ADALovelace",
    "AJ-Smith",
    "ACosta",
    "ACOSTA-1234567",
    "Aco-Maria-Costa",
    "ABRAAM-LINCOLN",
    "ABRAAM-Lincoln-1234",
    "ALEXANDER-MONTGOMERY-SMITHERSON-1234567",
    "AJ-Montgomery-Smitherson-of-Springfield",
    "j\u{fc}rgen-gro\u{df}",
    "123456789",
    "urn:li:fsd_profile:ada-lovelace",
    "urn:li:fsd_profile:short",
    "urn:li:fs_miniProfile:greta-osterquill-sim-90001167",
    "https://www.linkedin.com/in/ada-lovelace",
    "https://de.linkedin.com/in/j%C3%BCrgen-gro%C3%9F/?trk=x",
];

/// What can never be a profile.
const URNS_REFUSED: &[&str] = &[
    "",
    "   ",
    "ACoAA BCDEF",
    "ACoAABCDEF123!",
    "ACoAAB\nCDEF123",
    "urn:li:fsd_profile:",
    "urn:li:fsd_profile:ACoAABCDEF123,x",
    "urn:li:fsd_profile:(ACoAABCDEF123,1)",
    "urn:li:fsd_profile:urn:li:fsd_profile:ACoAABCDEF123",
    "URN:LI:FSD_PROFILE:ACoAABCDEF123",
    "urn:li:member:123456789",
    "urn:li:member:ACoAABCDEF123",
    "urn:li:person:123456789",
    "urn:li:person:xACoAABCDEF123",
    "urn:li:person:9HfhE6QlBz",
    "urn:li:person:ada-lovelace",
    "urn:li:fsd_company:1234567",
    "urn:li:fsd_invitation:7500000000000000001",
    "https://www.linkedin.com/in/",
    "https://www.linkedin.com/company/ACoAABCDEF123",
    "https://www.linkedin.com.example/in/ACoAABCDEF123",
    "https://notlinkedin.com/in/ACoAABCDEF123",
    "https://example.com/in/ACoAABCDEF123",
    "ftp://www.linkedin.com/in/ACoAABCDEF123",
    "www.linkedin.com/in/ACoAABCDEF123",
];

/// Every spelling of a profile, taken and refused.
pub fn check_urns() {
    for (given, id) in URNS_TAKEN {
        let profile = normalise_profile_urn(given).unwrap_or_else(|_| panic!("{given:?} was refused"));
        assert_eq!(profile.as_str(), *id, "{given:?}");
        assert_eq!(profile.urn(), format!("urn:li:fsd_profile:{id}"), "{given:?}");
    }
    for given in URNS_REFUSED {
        assert_eq!(normalise_profile_urn(given), Err(InvalidProfileUrn::Other), "{given:?}");
    }
    for given in PUBLIC_IDENTIFIERS {
        assert_eq!(normalise_profile_urn(given), Err(InvalidProfileUrn::PublicIdentifier), "{given:?}");
    }
    let (longest, too_long) = (format!("ACoA{}", "a".repeat(124)), format!("ACoA{}", "a".repeat(125)));
    assert_eq!(normalise_profile_urn(&longest).expect("128 are taken").as_str(), longest);
    assert!(normalise_profile_urn(&too_long).is_err(), "129 characters were taken");
    assert!(normalise_profile_urn(&format!("urn:li:fsd_profile:{too_long}")).is_err());
}

/// Notes: what is trimmed, what counts as none, and the limit in UTF-16 units.
pub fn check_notes() {
    for (given, sent) in [
        ("Hello", Some("Hello")),
        ("  Hello\t\r\n", Some("Hello")),
        ("Hi  there\nAda", Some("Hi  there\nAda")),
        ("\u{feff}Hello\u{feff}", Some("Hello")),
        ("\u{a0}Hello\u{a0}", Some("Hello")),
        ("\u{2003}\u{2028}Hello\u{3000}", Some("Hello")),
        ("\u{85}Hello\u{85}", Some("\u{85}Hello\u{85}")),
        ("\u{200b}Hello", Some("\u{200b}Hello")),
        ("", None),
        (" \t\r\n", None),
        ("\u{feff}\u{a0}\u{2029}", None),
    ] {
        assert_eq!(trim_note(given), Ok(sent), "{given:?}");
    }
    let emoji = |count: usize| "\u{1f600}".repeat(count);
    for (what, given, fits) in [
        ("300 letters", "n".repeat(300), true),
        ("301 letters", "n".repeat(301), false),
        ("300 letters of two bytes", "\u{e9}".repeat(300), true),
        ("301 letters of two bytes", "\u{e9}".repeat(301), false),
        ("150 emoji, 300 units", emoji(150), true),
        ("151 emoji, 302 units", emoji(151), false),
        ("150 emoji and a letter", emoji(150) + "n", false),
        ("149 emoji and two letters", emoji(149) + "nn", true),
        ("300 letters within white space", format!(" \u{feff}{}\n\u{a0}", "n".repeat(300)), true),
        ("301 letters within white space", format!("  {}  ", "n".repeat(301)), false),
    ] {
        let expected = fits.then(|| given.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'));
        assert_eq!(trim_note(&given).ok().flatten(), expected, "{what}");
    }
}

/// Each documented 400 of a task's input, to the letter.
pub fn check_refused_inputs() {
    use TaskType::{FetchConnections as Fetch, SendConnectionRequest as Send};
    const COUNT: &str = "Invalid 'count': must be an integer between 1 and 500";
    const START: &str = "Invalid 'start': must be a non-negative integer";
    const FAR: &str = "Invalid 'start': must be at most 9007199254740991";
    const KEYWORD: &str = "Invalid 'keyword': must be a string";
    const SORT: &str = "Invalid 'sort_type': must be a string";
    const URN: &str = "Missing or invalid 'profile_urn'";
    const VANITY: &str = "Missing or invalid 'profile_urn': it looks like a public identifier (vanity name), which is no \
                          profile id; take the 'entity_urn' that fetch-connections answers with";
    const NOTE: &str = "Invalid 'note': must be a string";
    const LONG: &str = "Invalid 'note': must be 300 characters or fewer";
    let mut rows = Vec::new();
    for wrong in [json!(7), json!(true), json!(["a"]), json!({"a": 1})] {
        rows.push((Fetch, json!({ "keyword": wrong }), KEYWORD));
        rows.push((Fetch, json!({ "sort_type": wrong }), SORT));
        rows.push((Send, json!({ "profile_urn": wrong }), URN));
        rows.push((Send, json!({ "profile_urn": "ACoAABCDEF123", "note": wrong }), NOTE));
    }
    for wrong in [json!(-1), json!(1.5), json!("0"), json!(true), json!([]), json!(-1e300)] {
        rows.push((Fetch, json!({ "start": wrong }), START));
    }
    for large in
        [json!(9_007_199_254_740_992_u64), json!(9_007_199_254_740_993_u64), json!(u64::MAX), json!(1e300)]
    {
        rows.push((Fetch, json!({ "start": large }), FAR));
    }
    for wrong in [json!(0), json!(501), json!(1.5), json!("40"), json!(-40), json!(true), json!({})] {
        rows.push((Fetch, json!({ "count": wrong }), COUNT));
    }
    for wrong in [json!("some"), json!("ALL"), json!(""), json!(7), json!(["all"])] {
        rows.push((Fetch, json!({ "fields": wrong }), "Invalid 'fields': must be 'all' or 'total'"));
    }
    rows.push((Fetch, json!({ "count": 0, "fields": 7 }), COUNT));
    for urn in URNS_REFUSED {
        rows.push((Send, json!({ "profile_urn": urn }), URN));
    }
    for urn in PUBLIC_IDENTIFIERS {
        rows.push((Send, json!({ "profile_urn": urn }), VANITY));
    }
    rows.extend([
        (Send, json!({}), URN),
        (Send, json!({ "profile_urn": null }), URN),
        (Send, json!({ "profile_urn": "ACoAABCDEF123", "note": "n".repeat(301) }), LONG),
        (Send, json!({ "note": 7 }), URN),
        (Fetch, json!({ "keyword": 7, "sort_type": 7, "start": -1, "count": 0 }), KEYWORD),
        (Fetch, json!({ "sort_type": 7, "start": -1, "count": 0 }), SORT),
        (Fetch, json!({ "start": -1, "count": 0 }), START),
    ]);
    for (kind, fields, text) in rows {
        let wrong: InputError = TaskInput::parse(kind, &object(&fields)).expect_err(&fields.to_string());
        assert_eq!(wrong.to_string(), text, "{fields}");
    }
}

/// What is taken, and what it comes down to.
pub fn check_taken_inputs() {
    let fetch = |keyword: Option<&str>, sort_type: Option<&str>, start, count| {
        let (keyword, sort_type) = (keyword.map(str::to_owned), sort_type.map(str::to_owned));
        TaskInput::FetchConnections(FetchConnections {
            keyword,
            sort_type,
            start,
            count,
            fields: Fields::Documented,
        })
    };
    for (fields, input) in [
        (json!({}), fetch(None, None, 0, 40)),
        (
            json!({ "keyword": null, "sort_type": null, "start": null, "count": null }),
            fetch(None, None, 0, 40),
        ),
        (json!({ "start": 0.0, "count": 40.0 }), fetch(None, None, 0, 40)),
        (json!({ "count": 1 }), fetch(None, None, 0, 1)),
        (json!({ "start": 30_000, "count": 500 }), fetch(None, None, 30_000, 500)),
        (json!({ "start": 9_007_199_254_740_991_u64 }), fetch(None, None, 9_007_199_254_740_991, 40)),
        (json!({ "keyword": " John ", "sort_type": "RECENTLY_ADDED" }), {
            fetch(Some("John"), Some("RECENTLY_ADDED"), 0, 40)
        }),
        (json!({ "keyword": " \t", "sort_type": "" }), fetch(None, None, 0, 40)),
        (json!({ "somebody_elses": [1] }), fetch(None, None, 0, 40)),
    ] {
        assert_eq!(TaskInput::parse(TaskType::FetchConnections, &object(&fields)), Ok(input), "{fields}");
    }
    for (word, wanted) in [("all", Fields::All), ("total", Fields::Total)] {
        let fields = object(&json!({ "fields": word }));
        let input = TaskInput::parse(TaskType::FetchConnections, &fields);
        let Ok(TaskInput::FetchConnections(input)) = input else { panic!("{word} was refused") };
        assert_eq!(input.fields, wanted, "{word}");
        let echo = TaskInput::echo(TaskType::FetchConnections, &fields);
        assert_eq!((Fields::of(&echo), &echo["fields"]), (wanted, &json!(word)));
    }
    let echo = TaskInput::echo(TaskType::FetchConnections, &object(&json!({ "fields": null })));
    assert!(echo.get("fields").is_none(), "who doesn't use 'fields' doesn't see it");
    for (note, sent) in [(json!("  Hi  "), Some("Hi")), (json!(" "), None), (json!(null), None)] {
        let fields = json!({ "profile_urn": "urn:li:fs_miniProfile:ACoAABCDEF123", "note": note });
        let input = TaskInput::parse(TaskType::SendConnectionRequest, &object(&fields));
        let Ok(TaskInput::SendConnectionRequest(input)) = input else { panic!("{fields} was refused") };
        assert_eq!((input.profile.as_str(), input.note.as_deref()), ("ACoAABCDEF123", sent), "{fields}");
    }
    for kind in known_task_types() {
        assert_eq!(TaskType::from_wire(kind.as_str()), Some(kind));
    }
    assert_eq!(TaskType::from_wire("agent_send_message"), None);
}

fn object(fields: &Value) -> Map<String, Value> {
    fields.as_object().expect("an object").clone()
}
