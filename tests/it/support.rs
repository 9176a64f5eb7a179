//! What many of the tables say.

pub use crate::fakes::agent::Agent;
pub use crate::fakes::linkedin::{INVITE, LIST, ME, Mishap, SENT};
pub use crate::fakes::server::Level::{One, Two};
pub use crate::fakes::server::{Loss, Stand};
pub use crate::fakes::{FakeWorld, SERVER, TOKEN};
pub use crate::scenarios::{CONNECT, FETCH, STRANGER, carry_out, fetch, ids, network, world};
pub use liaison::agent::event::{Command, Event};
pub use serde_json::{Value, json};

/// Something that happens to the agent.
pub type Happening = fn(&mut Agent);

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// An answer without an effect.
pub fn answers(status: u16, code: &str) -> Loss {
    let body = json!({ "success": false, "error": "no", "code": code }).to_string();
    Loss::Answer { status, body, retry_after: None }
}

pub fn html() -> Loss {
    Loss::Answer {
        status: 200,
        body: "<!doctype html><p>Sign in to the wifi</p>".to_owned(),
        retry_after: None,
    }
}

/// Invites somebody; the task's status and code (`""` when it completed).
pub fn invite(agent: &mut Agent, task: &str, input: Value) -> (String, String) {
    let (status, output) = carry_out(agent, task, CONNECT, input);
    (status, output["code"].as_str().unwrap_or_default().to_owned())
}

pub fn stranger() -> Value {
    json!({ "profile_urn": STRANGER })
}

/// Changes settings.
pub fn set(agent: &mut Agent, settings: Value) {
    let answer = agent.ask(Command::SetSettings { settings });
    assert!(answer.ok, "{answer:?}");
}

/// The person's word on an invitation, as it stands now.
pub fn decide(agent: &mut Agent, task: &str, approve: bool) -> liaison::agent::status::Answer {
    let asked_at_ms = asked_at(&agent.world, task);
    agent.ask(Command::Decide { task: task.to_owned(), approve, asked_at_ms })
}

/// When the person was asked, by the journal; 0 when they were not.
pub fn asked_at(world: &FakeWorld, task: &str) -> i64 {
    let record = record(world, task).unwrap_or_default();
    let entry: Value = serde_json::from_str(record.lines().next().unwrap_or_default()).unwrap_or_default();
    entry["asked_at"].as_i64().unwrap_or_default()
}

/// Clears the stop that is shown.
pub fn clear_stop(agent: &mut Agent) -> liaison::agent::status::Answer {
    let code = agent.status().attention.map_or("", |problem| problem.code).to_owned();
    agent.ask(Command::ClearStop { code })
}

/// Pairs with the same server once more.
pub fn pair_again(agent: &mut Agent) {
    let code = Some("CODE".to_owned());
    let pair = Command::Pair { server: SERVER.to_owned(), code, token: None, name: "Test".to_owned() };
    assert!(agent.ask(pair).ok);
}

/// The worker ends, and the browser loses power: of what it wrote, all that the disk did not have yet is gone. It is down.
pub fn cut_power(agent: &mut Agent) {
    agent.kill();
    let mut disk = agent.world.disk.borrow_mut();
    let lost = disk.unsynced();
    disk.restart_browser(lost);
}

/// The person's clock is set, under a worker that runs or while none does.
pub fn set_clock(agent: &mut Agent, by_ms: i64, restarts: bool) {
    if restarts {
        agent.kill();
        agent.world.time.jump(by_ms);
        agent.reboot();
    } else {
        agent.run_for(SECOND);
        agent.world.time.jump(by_ms);
        agent.tell(Event::Woken);
    }
}

/// Another member, or the first again, signs in; the worker is told.
pub fn member_changes(agent: &mut Agent, by: i64) {
    let member = agent.world.site.borrow().member.wrapping_add_signed(by);
    agent.world.site.borrow_mut().member = member;
    agent.tell(Event::SessionChanged);
}

/// The kinds that the last poll accepts.
pub fn accepts(world: &FakeWorld) -> Vec<String> {
    let poll = world.server.borrow().last_poll();
    poll["accepts"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap().to_owned()).collect()
}

/// Kind, reason and time of all that waits, by the last poll.
pub fn waiting(world: &FakeWorld) -> Vec<(String, String, Option<i64>)> {
    let poll = world.server.borrow().last_poll();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |wait: &Value| (text(&wait["task_type"]), text(&wait["reason"]), wait["for_ms"].as_i64());
    poll["waiting"].as_array().unwrap().iter().map(one).collect()
}

/// The state by the last poll.
pub fn said_state(world: &FakeWorld) -> String {
    world.server.borrow().last_poll()["state"].as_str().unwrap().to_owned()
}

pub fn posts(world: &FakeWorld) -> u32 {
    world.site.borrow().posts
}

pub fn calls(world: &FakeWorld, path_end: &str) -> usize {
    world.server.borrow().bodies(path_end).len()
}

/// The last completion's body.
pub fn last_completion(world: &FakeWorld) -> Value {
    world.server.borrow().bodies("/complete").last().map_or(Value::Null, |body| (*body).clone())
}

pub fn record(world: &FakeWorld, task: &str) -> Option<String> {
    world.disk.borrow().local(&format!("task:{task}")).map(str::to_owned)
}
