//! Extension storage through the host.

use super::fake::FakeHost;
use liaison::ports::{Area, Store, StoreFailure, Write};
use liaison::web::BrowserStore;
use serde_json::json;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;

fn store(fake: &FakeHost) -> BrowserStore {
    BrowserStore::new(Rc::clone(&fake.host))
}

fn write(area: Area, key: &str, value: Option<&str>) -> Write {
    Write { area, key: key.to_owned(), value: value.map(str::to_owned) }
}

#[wasm_bindgen_test]
async fn values_of_a_run_are_set_together_as_a_plain_object_and_removals_follow() {
    let fake = FakeHost::new();
    fake.set("stored", &json!({ "local": { "old": "1", "kept": "2" }, "session": {} }));
    let writes = vec![
        write(Area::Local, "old", None),
        write(Area::Local, "task:a", Some("{}\n{\"x\":1}")),
        write(Area::Local, "pace", Some("{}")),
        write(Area::Session, "session", Some("s")),
    ];
    let first = write(Area::Session, "note:a", Some("n"));
    assert_eq!(store(&fake).apply([vec![first], writes].concat()).await, Ok(()));
    assert_eq!(
        fake.calls(),
        json!([
            ["set", "session", { "note:a": "n" }],
            ["set", "local", { "task:a": "{}\n{\"x\":1}", "pace": "{}" }],
            ["remove", "local", ["old"]],
            ["set", "session", { "session": "s" }],
        ])
    );
    let stored = json!({ "local": { "kept": "2", "task:a": "{}\n{\"x\":1}", "pace": "{}" }, "session": { "note:a": "n", "session": "s" } });
    assert_eq!(fake.get("stored"), stored);
}

#[wasm_bindgen_test]
async fn nothing_to_write_asks_nothing() {
    let fake = FakeHost::new();
    assert_eq!(store(&fake).apply(Vec::new()).await, Ok(()));
    assert_eq!(fake.calls(), json!([]));
}

#[wasm_bindgen_test]
async fn everything_is_read_by_null_and_what_is_no_string_is_told_apart() {
    let fake = FakeHost::new();
    fake.set("stored", &json!({ "local": { "a": "é\n🚀", "odd": 7, "none": null, "of": { "paused": true }, "": "x" }, "session": {} }));
    let mut records = store(&fake).load(Area::Local).await.expect("readable");
    records.sort();
    let read: Vec<(&str, &str)> = records.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let foreign = [("none", "?null"), ("odd", "?7"), ("of", "?{\"paused\":true}")];
    assert_eq!(read, [[("", "x"), ("a", "é\n🚀")].as_slice(), &foreign].concat());
    assert_eq!(fake.calls(), json!([["get", "local", null]]));
    assert_eq!(store(&fake).load(Area::Session).await, Ok(Vec::new()));
}

#[wasm_bindgen_test]
async fn a_rejection_is_a_failure_and_what_comes_after_it_is_not_tried() {
    for (call, writes, calls) in [
        ("get", None, json!([["get", "local", null]])),
        ("set", Some("v"), json!([["set", "local", { "k": "v" }]])),
        ("remove", None, json!([["remove", "local", ["k"]]])),
    ] {
        let fake = FakeHost::new();
        fake.set("refusing", &json!([call]));
        let outcome = match call {
            "get" => store(&fake).load(Area::Local).await.map(drop),
            _ => {
                store(&fake)
                    .apply(vec![write(Area::Local, "k", writes), write(Area::Session, "s", Some("1"))])
                    .await
            }
        };
        assert_eq!(outcome, Err(StoreFailure), "{call}");
        assert_eq!(fake.calls(), calls, "{call}");
    }
}
