//! Pages and tasks, from a `Response` in hand to the answer ready to post.

use crate::fakes::FakeWorld;
use crate::fakes::server::Level;
use crate::walk;
use js_sys::{Array, Uint8Array};
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
    pub async fn carry_out(&self, responses: Array) -> Uint8Array {
        self.ports.site.0.borrow_mut().extend(responses.iter().map(JsCast::unchecked_into));
        let mut walk = Walk::new(self.input.clone(), None, None, 0);
        loop {
            let call = SiteCall::List(ListCall { page: walk.request(), ..ListCall::default() });
            let SiteOutcome::List(asked, Ok(page)) = perform(call, &self.ports).await else {
                panic!("no page");
            };
            if let Progress::Finished { .. } = walk.take(asked, &page) {
                return Uint8Array::from(walk.output_json().as_bytes());
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
