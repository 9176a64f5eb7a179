//! A host of a few lines, and a `fetch` and timers that do as they are told: for the adapters alone.

use liaison::web::Host;
use serde_json::Value;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = r#"
const real = { fetch: globalThis.fetch.bind(globalThis), setTimeout: globalThis.setTimeout.bind(globalThis) };

export function fake_host() {
  const host = {
    calls: [], cookies: {}, permitted: true, refusing: [], stored: { local: {}, session: {} },
    async storageGet(area, keys) {
      note("get", area, keys);
      return { ...host.stored[area] };
    },
    async storageSet(area, items) {
      note("set", area, items);
      Object.assign(host.stored[area], items);
    },
    async storageRemove(area, keys) {
      note("remove", area, keys);
      for (const key of keys) delete host.stored[area][key];
    },
    async setAlarm(at) { note("alarm", at); },
    async cookie(name) {
      if (!host.permitted) throw new Error("no permission");
      return host.cookies[name] ?? null;
    },
    async hasPermission(origin) { note("permission", origin); return host.permitted; },
    async showBadge(badge, said, title) { note("badge", badge, said, title); },
    async notify(id, kind) { note("notify", id, kind); },
    async withdraw(id) { note("withdraw", id); },
    async keepAlive() { note("alive"); },
    statusChanged() { note("status"); },
    version() { return "1.2.3"; },
  };
  function note(...call) {
    host.calls.push(call);
    if (host.refusing.includes(call[0])) throw new Error("refused");
  }
  return host;
}

export const read_json = (host, member) => JSON.stringify(host[member]);
export const write_json = (host, member, json) => { host[member] = JSON.parse(json); };

const head = { status: 429, headers: { "content-type": "text/x-odd", "retry-after": "7", date: "Sun, 22 Nov 2026 01:00:00 GMT" } };
const whenAborted = (request, then) => request.signal.addEventListener("abort", () => then(request.signal.reason));
const answers = {
  text: async () => new Response("slow down", head),
  bytes: async () => new Response(Uint8Array.from({ length: 256 }, (_, byte) => byte), head),
  data: () => real.fetch("data:application/json;base64,eyJhIjoiw6kifQ=="),
  opaque: async () => Object.defineProperties(new Response(null), {
    status: { value: 0 }, type: { value: "opaqueredirect" },
  }),
  cut: async () => new Response(new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode("{\"elements\":["));
      stream.error(new TypeError("network error"));
    },
  })),
  // As a network answer is: a stream of bytes, which may be read into a buffer of the reader's.
  cut_bytes: async () => new Response(new ReadableStream({
    type: "bytes",
    pieces: 0,
    pull(stream) {
      if (this.pieces === 0) stream.enqueue(new TextEncoder().encode("{\"elements\":["));
      else stream.error(new TypeError("network error"));
      this.pieces += 1;
    },
  })),
  big: async () => new Response(Uint8Array.from({ length: 1_500_001 }, (_, at) => at % 251)),
  empty: async () => new Response(new Uint8Array()),
  fails: () => Promise.reject(new TypeError("Failed to fetch")),
  throws: () => { throw new TypeError("Failed to execute 'fetch'"); },
  hangs: (request) => new Promise((_, reject) => whenAborted(request, reject)),
  hangs_in_the_body: async (request) => new Response(new ReadableStream({
    start(stream) { whenAborted(request, (reason) => stream.error(reason)); },
  })),
};

let asked = [];

export function fake_fetch(how) {
  asked = [];
  globalThis.fetch = (request) => {
    const { method, url, redirect, credentials, cache } = request;
    const headers = Object.fromEntries(request.headers);
    const call = { method, url, redirect, credentials, cache, headers, body: null, aborted: false };
    asked.push(call);
    whenAborted(request, () => { call.aborted = true; });
    call.read = request.clone().text().then((body) => { call.body = body; }, () => {});
    return answers[how](request);
  };
}

export async function asked_json() {
  for (const call of asked) await call.read;
  return JSON.stringify(asked);
}
export function hurry() { globalThis.setTimeout = (run, ms) => real.setTimeout(run, ms / 1000); }
export function restore() { Object.assign(globalThis, real); }
export const global_name = () => globalThis.constructor.name;
"#)]
extern "C" {
    fn fake_host() -> Host;
    fn read_json(host: &JsValue, member: &str) -> String;
    fn write_json(host: &JsValue, member: &str, json: &str);
    fn fake_fetch(how: &str);
    async fn asked_json() -> JsValue;
    fn hurry();
    fn restore();
    /// The name of the global object's class.
    pub fn global_name() -> String;
}

/// A fake host, and a way to look into it and to change its mind.
pub struct FakeHost {
    /// What the adapters get.
    pub host: Rc<Host>,
}

impl FakeHost {
    pub fn new() -> Self {
        Self { host: Rc::new(fake_host()) }
    }

    /// One for an export, which takes it by value.
    pub fn by_value() -> (Host, Self) {
        let host = fake_host();
        let same = AsRef::<JsValue>::as_ref(&host).clone().unchecked_into::<Host>();
        (host, Self { host: Rc::new(same) })
    }

    /// What was asked of it, in order.
    pub fn calls(&self) -> Value {
        self.get("calls")
    }

    pub fn get(&self, member: &str) -> Value {
        serde_json::from_str(&read_json((*self.host).as_ref(), member)).expect("JSON")
    }

    pub fn set(&self, member: &str, value: &Value) {
        write_json((*self.host).as_ref(), member, &value.to_string());
    }
}

/// While it lives, `fetch` is faked or timers run a thousand times as fast.
pub struct Fakery;

impl Fakery {
    /// `fetch` answers like this; see the table above.
    pub fn of_fetch(how: &str) -> Self {
        restore();
        fake_fetch(how);
        Self
    }

    /// And every second takes a millisecond.
    pub fn in_a_hurry(self) -> Self {
        hurry();
        self
    }

    /// Every second takes a millisecond.
    pub fn of_timers() -> Self {
        hurry();
        Self
    }

    /// The requests that reached `fetch`.
    pub async fn asked(&self) -> Vec<Value> {
        let json = asked_json().await.as_string().expect("text");
        serde_json::from_str(&json).expect("JSON")
    }
}

impl Drop for Fakery {
    fn drop(&mut self) {
        restore();
    }
}
