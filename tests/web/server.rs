//! The task server's transport over gloo-net.
//!
//! gloo-net panics when `fetch` rejects with something that isn't an `Error`. A browser's `fetch` does so in one case
//! alone, an abort with a reason; ours have none, and the two tests of aborts hold that.

use super::fake::{FakeHost, Fakery};
use futures_util::FutureExt;
use gloo_timers::future::TimeoutFuture;
use liaison::ports::{TaskAnswer, TaskCall, TaskSilence, TaskTransport};
use liaison::web::{BrowserTasks, KeepAlive};
use wasm_bindgen_test::wasm_bindgen_test;

fn tasks() -> BrowserTasks {
    BrowserTasks::new(KeepAlive::new(FakeHost::new().host))
}

fn call(token: Option<&str>) -> TaskCall {
    TaskCall {
        url: "https://tasks.example/liaison/agent/v1/poll".to_owned(),
        token: token.map(str::to_owned),
        body: "{\"wait_ms\":25000}".to_owned(),
        timeout_ms: 35_000,
    }
}

async fn answer(how: &str) -> Result<TaskAnswer, TaskSilence> {
    let _fakery = Fakery::of_fetch(how);
    tasks().call(call(None)).await
}

#[wasm_bindgen_test]
async fn status_retry_after_and_body_arrive() {
    let answer = answer("text").await.expect("an answer");
    assert_eq!((answer.status, answer.retry_after.as_deref()), (429, Some("7")));
    assert_eq!(answer.body, "slow down");
}

#[wasm_bindgen_test]
async fn a_call_is_a_post_with_its_token_and_without_cookies() {
    let fakery = Fakery::of_fetch("text");
    tasks().call(call(Some("secret"))).await.expect("an answer");
    tasks().call(call(None)).await.expect("an answer");
    let asked = fakery.asked().await;
    assert_eq!(asked[0]["url"], "https://tasks.example/liaison/agent/v1/poll");
    assert_eq!(
        (asked[0]["method"].as_str(), asked[0]["body"].as_str()),
        (Some("POST"), Some("{\"wait_ms\":25000}"))
    );
    assert_eq!(asked[0]["headers"]["content-type"], "application/json");
    assert_eq!(asked[0]["headers"]["authorization"], "Bearer secret");
    assert!(asked[1]["headers"].get("authorization").is_none());
    let kept = ["redirect", "credentials", "cache"].map(|member| asked[0][member].clone());
    assert_eq!(kept, ["manual", "omit", "no-store"]);
}

#[wasm_bindgen_test]
async fn no_answer_and_half_an_answer_are_the_same() {
    assert_eq!(answer("fails").await.err(), Some(TaskSilence::Unreachable));
    assert_eq!(answer("cut").await.err(), Some(TaskSilence::Unreachable));
}

#[wasm_bindgen_test]
async fn a_redirect_is_told_from_silence_and_not_followed() {
    assert_eq!(answer("opaque").await.err(), Some(TaskSilence::Redirected));
}

#[wasm_bindgen_test]
async fn what_hangs_is_aborted_when_its_time_is_over() {
    for how in ["hangs", "hangs_in_the_body"] {
        let fakery = Fakery::of_fetch(how).in_a_hurry();
        assert_eq!(tasks().call(call(None)).await.err(), Some(TaskSilence::TimedOut), "{how}");
        TimeoutFuture::new(0).await;
        assert_eq!(fakery.asked().await[0]["aborted"], true, "{how}");
    }
}

#[wasm_bindgen_test]
async fn a_call_that_is_dropped_is_aborted_at_once_and_the_instance_lives_on() {
    let fakery = Fakery::of_fetch("hangs");
    assert!(tasks().call(call(None)).now_or_never().is_none());
    assert_eq!(fakery.asked().await[0]["aborted"], true);
    TimeoutFuture::new(0).await;
    assert!(answer("text").await.is_ok());
}
