//! What the shell calls. Each body converts, calls and converts.

use super::Browser;
use super::convert::{error_of, from_js, to_js};
use super::host::{Answer, Command, Host};
use crate::agent::driver::{Driver, Handle};
use crate::agent::event::{self, Event};
use crate::agent::status::{self, Problem};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

thread_local! {
    /// The running agent of this instance. A worker that ends takes it along; all that matters is in storage.
    static AGENT: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

/// Loads the journal and starts the agent. To be called once an instance, before anything else.
///
/// # Errors
/// An `Error` named `storage` when the journal can't be read.
#[wasm_bindgen]
pub async fn boot(host: Host) -> Result<(), JsValue> {
    let loaded = Driver::load(Browser::new(host)).await;
    let (driver, handle) = loaded.map_err(|_| error_of("storage", "the journal can't be read"))?;
    AGENT.with_borrow_mut(|agent| *agent = Some(handle));
    spawn_local(driver.run());
    Ok(())
}

/// Nudges the agent. `reason` is what woke the worker; `session` and `permissions` say that something may have changed.
#[wasm_bindgen]
pub fn wake(reason: &str) {
    let event = match reason {
        "session" => Event::SessionChanged,
        "permissions" => Event::PermissionsChanged,
        _ => Event::Woken,
    };
    if let Some(agent) = agent() {
        agent.tell(event);
    }
}

/// A command from one of our pages. It is checked here again, whatever the shell let through.
///
/// # Errors
/// An `Error` when the answer has no JavaScript form.
#[wasm_bindgen]
pub async fn command(command: Command) -> Result<Answer, JsValue> {
    let message = from_js::<event::CommandMessage>(command.into());
    let answer = match message.and_then(event::CommandMessage::into_command) {
        None => status::Answer::refused(unknown_command()),
        Some(command) => ask(command).await,
    };
    to_js(&answer).map(JsCast::unchecked_into)
}

/// An update waits: resolves when nothing is in hand that should be seen to its end.
#[wasm_bindgen]
pub async fn drain() {
    ask(event::Command::Drain).await;
}

async fn ask(command: event::Command) -> status::Answer {
    let answer = match agent() {
        Some(agent) => agent.ask(command).await,
        None => None,
    };
    answer.unwrap_or_else(|| status::Answer::refused(not_running()))
}

fn agent() -> Option<Handle> {
    AGENT.with_borrow(Clone::clone)
}

fn unknown_command() -> Problem {
    Problem::new("unknown_command", "The agent doesn't know this command", "Reload the extension")
}

fn not_running() -> Problem {
    Problem::new("core_down", "The agent is not running", "Reload the extension")
}
