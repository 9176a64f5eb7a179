//! Pages and tasks, from a `Response` in hand to the answer ready to post.

use crate::fakes::FakeWorld;
use crate::fakes::server::Level;
use crate::walk;
use js_sys::{Array, JsString};
use liaison::agent::event::{ListCall, SiteCall, SiteOutcome};
use liaison::agent::walk::{Progress, Walk};
use liaison::execute::perform;
use liaison::ports::{Ports, Session, SiteAnswer, SiteFailure, SiteTransport};
use liaison::voyager::request::{CsrfToken, SiteRequest};
use liaison::web;
use liaison_protocol::{TaskInput, TaskType};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;

/// LinkedIn, with its answers in hand; all else is the fakes'.
struct InHand {
    world: FakeWorld,
    site: Answers,
}

struct Answers(RefCell<VecDeque<web_sys::Response>>);

impl SiteTransport for Answers {
    async fn session(&self) -> Session {
        Session { permitted: true, signed_in: true, csrf: CsrfToken::from_cookie("\"ajax:1\"") }
    }

    async fn send(&self, _: SiteRequest) -> Result<SiteAnswer, SiteFailure> {
        let response = self.0.borrow_mut().pop_front().ok_or(SiteFailure::NoAnswer)?;
        web::read_answer(response).await
    }
}

impl Ports for InHand {
    type Site = Answers;
    type Tasks = FakeWorld;
    type Store = FakeWorld;
    type Clock = FakeWorld;
    type Unicode = FakeWorld;
    type Face = FakeWorld;

    fn site(&self) -> &Answers {
        &self.site
    }

    fn tasks(&self) -> &FakeWorld {
        &self.world
    }

    fn store(&self) -> &FakeWorld {
        &self.world
    }

    fn clock(&self) -> &FakeWorld {
        &self.world
    }

    fn unicode(&self) -> &FakeWorld {
        &self.world
    }

    fn face(&self) -> &FakeWorld {
        &self.world
    }

    fn version(&self) -> String {
        String::new()
    }
}

/// What a task asks for.
#[wasm_bindgen]
pub struct Job {
    input: liaison_protocol::FetchConnections,
    ports: InHand,
}

#[wasm_bindgen]
impl Job {
    /// A task for so many rows.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(count: u32) -> Self {
        let fields = Map::from_iter([("count".to_owned(), Value::from(count))]);
        let Ok(TaskInput::FetchConnections(input)) = TaskInput::parse(TaskType::FetchConnections, &fields)
        else {
            panic!("not a task for {count} rows");
        };
        let ports = InHand { world: FakeWorld::new(0, Level::One), site: Answers(RefCell::default()) };
        Self { input, ports }
    }

    /// Carries it out over these answers.
    ///
    /// # Panics
    /// When they do not suffice.
    pub async fn carry_out(&self, responses: Array) -> JsString {
        self.ports.site.0.borrow_mut().extend(responses.iter().map(JsCast::unchecked_into));
        let mut walk = Walk::new(self.input.clone(), None, None, 0);
        loop {
            let call = SiteCall::List(ListCall { page: walk.request(), ..ListCall::default() });
            let SiteOutcome::List(asked, Ok(page)) = perform(call, &self.ports).await else {
                panic!("no page");
            };
            if let Progress::Finished { .. } = walk.take(asked, &page) {
                return JsString::from(walk.output_json());
            }
        }
    }
}

/// The walk over the long list, in this browser.
#[wasm_bindgen]
#[must_use]
pub fn long_walk() -> String {
    let performance: web_sys::Performance =
        js_sys::Reflect::get(&js_sys::global(), &"performance".into()).expect("a clock").unchecked_into();
    let pages = || core::arch::wasm32::memory_size::<0>() as u64 * 65_536;
    walk::as_json(&walk::walk(|| performance.now(), pages))
}

#[wasm_bindgen]
pub fn stages(body: &[u8], times: u32) -> String {
    use liaison::clean::clean_connection;
    use liaison::voyager::connections::parse_list;
    let performance: web_sys::Performance =
        js_sys::Reflect::get(&js_sys::global(), &"performance".into()).expect("a clock").unchecked_into();
    let mut out = String::new();
    let mut lap = |name: &str, f: &mut dyn FnMut() -> usize| {
        let mut best = f64::MAX;
        let mut n = 0;
        for _ in 0..20 {
            let t = performance.now();
            for _ in 0..times {
                n += f();
            }
            best = best.min((performance.now() - t) / f64::from(times));
        }
        out += &format!("{name} {best:.4} ms ({n})\n");
    };
    lap("utf8", &mut || std::str::from_utf8(body).unwrap().len());
    lap("skip", &mut || {
        struct N;
        impl<'a> liaison_json::Wire<'a> for N {}
        liaison_json::fill(body, &mut N, 0).unwrap();
        1
    });
    lap("fill none", &mut || {
        struct N;
        impl<'a> liaison_json::Wire<'a> for N {}
        liaison_json::fill(body, &mut N, 16).unwrap();
        1
    });
    lap("parse", &mut || parse_list(body).unwrap().rows.len());
    let z = String::from_utf8(body.to_vec()).unwrap().replace("*elements", "*elementz").into_bytes();
    lap("fill+shape", &mut || parse_list(&z).is_err() as usize);
    lap("shape", &mut || {
        liaison::voyager::ParseError::new(liaison::voyager::Defect::NoList, body).shape.len()
    });
    lap("dispatch", &mut || {
        struct N(usize);
        impl<'a> liaison_json::Wire<'a> for N {
            fn member(
                &mut self,
                n: &str,
                v: liaison_json::Slot<'_, 'a>,
            ) -> Result<(), liaison_json::Malformed> {
                self.0 += n.len();
                v.into(self)
            }
            fn item(&mut self, v: liaison_json::Slot<'_, 'a>) -> Result<(), liaison_json::Malformed> {
                v.into(self)
            }
        }
        let mut n = N(0);
        liaison_json::fill(body, &mut n, 16).unwrap();
        n.0
    });
    lap("copy", &mut || body.to_vec().len());
    let list = parse_list(body).unwrap();
    lap("clean", &mut || list.rows.iter().map(|r| clean_connection(r).0.name.len()).sum());
    let clean: Vec<_> = list.rows.iter().map(|r| clean_connection(r).0).collect();
    lap("serde write", &mut || clean.iter().map(|r| serde_json::to_string(r).unwrap().len()).sum());
    let s: String = clean.iter().map(|r| serde_json::to_string(r).unwrap()).collect();
    lap("to js", &mut || JsString::from(s.as_str()).length() as usize);
    out
}

#[wasm_bindgen]
pub async fn read_only(response: web_sys::Response) -> usize {
    web::read_answer(response).await.map(|a| a.body.len()).unwrap_or(0)
}
#[wasm_bindgen]
pub async fn nothing(_response: web_sys::Response) -> usize {
    1
}
