//! Time, chance, letters and staying alive.

use super::fake::{FakeHost, Fakery};
use gloo_timers::future::TimeoutFuture;
use liaison::ports::{Clock, Unicode};
use liaison::web::{BrowserClock, BrowserUnicode, KeepAlive};
use serde_json::json;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_short_wait_is_slept_through_and_a_long_one_is_an_alarm() {
    let fake = FakeHost::new();
    let clock = BrowserClock::new(Rc::clone(&fake.host));
    let _fakery = Fakery::of_timers();
    clock.sleep_until(clock.now() - 5).await;
    clock.sleep_until(clock.now() + 5_000).await;
    assert_eq!(fake.calls(), json!([]));
    let at = clock.now() + 60_000;
    clock.sleep_until(at).await;
    assert_eq!(fake.calls(), json!([["alarm", at]]));
    assert!(clock.now() < at, "the sleep ends after 20 s at most; the alarm wakes the worker later");
}

#[wasm_bindgen_test]
fn chance_and_time_are_the_browsers() {
    let clock = BrowserClock::new(FakeHost::new().host);
    assert!(clock.now() > 1_700_000_000_000, "milliseconds since 1970");
    assert_ne!(clock.random(), clock.random());
}

#[wasm_bindgen_test]
fn the_offset_is_that_of_the_instant() {
    let clock = BrowserClock::new(FakeHost::new().host);
    let now = clock.now();
    for at in [now, now - 182 * 86_400_000] {
        let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
        let midnight_utc = js_sys::Date::utc(f64::from(date.get_full_year()), f64::from(date.get_month()));
        let days = f64::from(date.get_date() - 1) * 86_400_000.0;
        let time = f64::from(date.get_hours() * 60 + date.get_minutes()) * 60_000.0;
        let ahead = midnight_utc + days + time - (at - at % 60_000) as f64;
        assert_eq!(f64::from(clock.utc_offset_minutes(at)) * 60_000.0, ahead);
    }
    assert_eq!(clock.utc_offset_minutes(i64::MAX), 0, "of no date");
}

#[wasm_bindgen_test]
fn letters_are_composed_by_the_browser() {
    assert_eq!(BrowserUnicode.nfc("Zoe\u{301}"), "Zo\u{e9}");
    assert_eq!(BrowserUnicode.nfc("\u{1100}\u{1161}"), "\u{ac00}");
    assert_eq!(BrowserUnicode.nfc("🚀"), "🚀");
    assert_eq!(
        BrowserUnicode.recase("Großmann ΣΊΣΥΦΟΣ ŉ ﬃ"),
        "Großmann ΣΊΣΥΦΟΣ ŉ ﬃ".to_uppercase().to_lowercase()
    );
}

#[wasm_bindgen_test]
async fn while_something_is_open_the_extension_api_is_called_every_20_seconds() {
    let fake = FakeHost::new();
    let keep_alive = KeepAlive::new(Rc::clone(&fake.host));
    let _fakery = Fakery::of_timers();
    let calls = || fake.calls().as_array().map_or(0, Vec::len);
    let (first, second) = (keep_alive.hold(), keep_alive.hold());
    drop(second);
    TimeoutFuture::new(19_000).await;
    assert_eq!(calls(), 0, "one ticker for all that is open, and its first call is due in 20 s");
    while calls() < 2 {
        TimeoutFuture::new(1_000).await;
    }
    drop(first);
    let while_open = calls();
    TimeoutFuture::new(60_000).await;
    assert_eq!(calls(), while_open, "none once nothing is open");
    let _again = keep_alive.hold();
    while calls() == while_open {
        TimeoutFuture::new(1_000).await;
    }
}
