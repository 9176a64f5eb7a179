//! What the shell calls, over a fake host: values come and go as plain objects, errors as `Error`s with a name.

use super::fake::FakeHost;
use gloo_timers::future::TimeoutFuture;
use liaison::web::{self, Host};
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

async fn booted() -> FakeHost {
    let (host, fake) = FakeHost::by_value();
    web::boot(host).await.expect("it boots");
    fake
}

/// As a page's message arrives: a value made by JavaScript, answered by one whose JSON says everything.
async fn ask(command: &Value) -> Value {
    let command = js_sys::JSON::parse(&command.to_string()).expect("JSON");
    let answer: JsValue = web::command(command.unchecked_into()).await.expect("an answer").into();
    let json = js_sys::JSON::stringify(&answer).expect("a plain object").as_string().expect("text");
    serde_json::from_str(&json).expect("JSON")
}

async fn call_named(fake: &FakeHost, name: &str) -> Value {
    for _ in 0..100 {
        if let Some(call) = fake.calls().as_array().and_then(|all| all.iter().rfind(|call| call[0] == name)) {
            return call.clone();
        }
        TimeoutFuture::new(1).await;
    }
    panic!("the host was never asked for {name}: {}", fake.calls());
}

#[wasm_bindgen_test]
async fn a_new_agent_says_that_it_is_unpaired() {
    let fake = booted().await;
    let answer = ask(&json!({ "kind": "status" })).await;
    assert_eq!(answer["ok"], true);
    assert_eq!(answer.get("error"), None);
    assert_eq!(answer["status"]["state"], "unpaired");
    assert_eq!(answer["status"]["version"], "1.2.3");
    assert_eq!(answer["status"]["server"], Value::Null);
    assert_eq!(answer["status"]["recent"], json!([]));
    assert_eq!(call_named(&fake, "badge").await, json!(["badge", "idle", "", ""]));
    assert!(fake.get("stored")["session"]["session"].is_string(), "the browser session has a name");
}

#[wasm_bindgen_test]
async fn what_cannot_be_paired_with_is_refused_and_why() {
    booted().await;
    for (command, code) in [
        (
            json!({ "kind": "pair", "server": "http://tasks.example", "code": "c", "name": "n" }),
            "invalid_url",
        ),
        (json!({ "kind": "pair", "server": "tasks", "code": "c", "name": "n" }), "invalid_url"),
        (json!({ "kind": "pair", "server": "https://a.example", "name": "n" }), "invalid_input"),
        (json!({ "kind": "test_connection" }), "unpaired"),
        (json!({ "kind": "fetch", "url": "https://a.example" }), "unknown_command"),
        (json!({ "kind": "pair", "code": "c" }), "unknown_command"),
        (json!({ "kind": "set_paused", "paused": "yes" }), "unknown_command"),
        (json!({ "kind": "drain" }), "unknown_command"),
        (json!({}), "unknown_command"),
        (json!("status"), "unknown_command"),
        (json!(null), "unknown_command"),
    ] {
        let answer = ask(&command).await;
        assert_eq!((&answer["ok"], &answer["error"]["code"]), (&json!(false), &json!(code)), "{command}");
        assert!(answer["error"]["message"].is_string() && answer["error"]["remedy"].is_string(), "{command}");
    }
}

#[wasm_bindgen_test]
async fn pairing_asks_for_the_servers_permission_before_anything_is_sent() {
    let fake = booted().await;
    fake.set("permitted", &json!(false));
    let pair = json!({ "kind": "pair", "server": "https://a.example/x", "token": "t", "name": "n" });
    assert_eq!(ask(&pair).await["ok"], false);
    assert_eq!(call_named(&fake, "permission").await, json!(["permission", "https://a.example/*"]));
}

#[wasm_bindgen_test]
async fn a_pause_is_in_storage_before_it_is_answered_and_outlives_the_instance() {
    let fake = booted().await;
    assert_eq!(ask(&json!({ "kind": "set_paused", "paused": true })).await["ok"], true);
    let settings = fake.get("stored")["local"]["settings"].as_str().map(str::to_owned);
    assert!(settings.is_some_and(|record| record.contains("{\"paused\":true,")));
    let same: Host = AsRef::<JsValue>::as_ref(&*fake.host).clone().unchecked_into();
    web::boot(same).await.expect("it boots again");
    assert_eq!(ask(&json!({ "kind": "status" })).await["status"]["paused"], true);
}

#[wasm_bindgen_test]
async fn a_write_that_fails_is_told_and_the_agent_lives_on() {
    let fake = booted().await;
    fake.set("refusing", &json!(["set"]));
    let refused = ask(&json!({ "kind": "set_paused", "paused": true })).await;
    assert_eq!((&refused["ok"], &refused["error"]["code"]), (&json!(false), &json!("storage")));
    fake.set("refusing", &json!([]));
    assert_eq!(ask(&json!({ "kind": "status" })).await["status"]["paused"], false);
    assert_eq!(ask(&json!({ "kind": "set_paused", "paused": true })).await["ok"], true);
}

#[wasm_bindgen_test]
async fn a_storage_that_cannot_be_read_is_an_error_with_a_name() {
    let (host, fake) = FakeHost::by_value();
    fake.set("refusing", &json!(["get"]));
    let error = web::boot(host).await.expect_err("it can't boot");
    assert_eq!(error.unchecked_into::<js_sys::Error>().name(), "storage");
}

#[wasm_bindgen_test]
async fn wakes_of_every_kind_are_taken_and_draining_ends() {
    booted().await;
    for reason in ["alarm", "watchdog", "startup", "installed", "permissions", "session", "message", "new"] {
        web::wake(reason);
    }
    web::drain().await;
    assert_eq!(ask(&json!({ "kind": "status" })).await["ok"], true);
}
