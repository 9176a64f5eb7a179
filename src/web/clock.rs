//! [`Clock`] over `Date`, gloo-timers and the host's alarm.

use super::host::Host;
use crate::ports::Clock;
use gloo_timers::future::TimeoutFuture;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// A wait longer than this is an alarm: a worker with nothing else to do is ended before it is over. Alarms have a floor
/// of 30 s, so what is shorter is slept through.
const LONGEST_SLEEP_MS: i64 = 20_000;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

/// The browser's time and chance.
pub struct BrowserClock {
    host: Rc<Host>,
}

impl BrowserClock {
    /// The clock of `host`.
    #[must_use]
    pub const fn new(host: Rc<Host>) -> Self {
        Self { host }
    }
}

impl Clock for BrowserClock {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for 285,000 years")]
    fn now(&self) -> i64 {
        js_sys::Date::now() as i64
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 53 bits")]
    #[expect(clippy::cast_possible_truncation, reason = "an offset is less than a day; of no date it is 0")]
    fn utc_offset_minutes(&self, at: i64) -> i32 {
        // `Date` tells how far UTC is ahead.
        -js_sys::Date::new(&JsValue::from_f64(at as f64)).get_timezone_offset() as i32
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 53 bits")]
    async fn sleep_until(&self, at: i64) {
        let wait = at - self.now();
        if wait > LONGEST_SLEEP_MS {
            let host = Rc::clone(&self.host);
            spawn_local(async move {
                // Without the alarm the shell's watchdog wakes us within 30 s.
                drop(host.set_alarm(at as f64).await);
            });
        }
        let wait = u32::try_from(wait.clamp(0, LONGEST_SLEEP_MS)).unwrap_or(0);
        TimeoutFuture::new(wait).await;
    }

    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        get_random_values(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}
