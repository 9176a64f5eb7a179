//! Whole scenarios as plain functions that panic when the agent is wrong: for `#[test]` and `#[wasm_bindgen_test]`.

#![allow(dead_code, reason = "each test binary runs its own part of them")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "scenarios/kill.rs"]
pub mod kill;

use crate::fakes::FakeWorld;
use crate::fakes::agent::Agent;
use crate::fakes::linkedin::{INVITE, LIST, SENT};
use crate::fakes::server::Level;
use liaison::agent::event::Command;
use serde_json::{Value, json};

/// The kind of task that reads.
pub const FETCH: &str = "agent_fetch_connections";
/// The kind of task that has an effect.
pub const CONNECT: &str = "agent_send_connection_request";
/// Somebody who is no connection yet.
pub const STRANGER: &str = "ACoAABCDEF123";

/// A paired, idle agent in a world of so many people.
pub fn world(people: usize, level: Level) -> (FakeWorld, Agent) {
    let world = FakeWorld::new(people, level);
    let agent = Agent::paired(&world);
    (world, agent)
}

/// Carries one task out. Returns its status and output.
pub fn carry_out(agent: &mut Agent, task: &str, kind: &str, input: Value) -> (String, Value) {
    agent.world.server.borrow_mut().add(task, kind, input);
    agent.run_to_end(task)
}

/// Carries a fetch out that must succeed. Returns the profile ids in its answer.
pub fn fetch(agent: &mut Agent, task: &str, input: Value) -> Vec<String> {
    let (status, output) = carry_out(agent, task, FETCH, input);
    assert_eq!(status, "completed", "{output}");
    ids(&output)
}

/// The profile ids of an answer, whose `total` must be their number.
pub fn ids(output: &Value) -> Vec<String> {
    let rows = output["connections"].as_array().unwrap();
    assert_eq!(output["total"], rows.len());
    let id = |row: &Value| {
        row["entity_urn"].as_str().unwrap().strip_prefix("urn:li:fsd_profile:").unwrap().to_owned()
    };
    rows.iter().map(id).collect()
}

/// The ids of the network's rows in their order.
pub fn network(world: &FakeWorld) -> Vec<String> {
    world.site.borrow().people.iter().map(|person| person.id.clone()).collect()
}

/// Five hundred rows by pages of a hundred, each further page one row early; then the seven documented fields.
pub fn whole_fetch(level: Level) {
    let (world, mut agent) = world(523, level);
    let rows = fetch(&mut agent, "t-1", json!({ "count": 500 }));
    assert_eq!(rows, network(&world)[..500]);
    let pages = [(0, 100), (99, 100), (198, 100), (297, 100), (396, 100), (495, 5)];
    assert_eq!(world.site.borrow().pages(), pages);
    let first = &world.server.borrow().ended("t-1").unwrap().1["connections"][0];
    let documented = json!({
        "name": "Ada Sim0", "first_name": "Ada", "last_name": "Sim0", "headline": "At work",
        "entity_urn": "urn:li:fsd_profile:ACoSim000000", "public_identifier": "p-ACoSim000000",
        "profile_image_url": null,
    });
    assert_eq!(*first, documented);
    nothing_is_kept(&mut agent, "t-1", &["Sim123", "ACoSim000123"]);
}

/// The rest of the list, from an offset, is shorter than `count` and ends the caller's loop.
pub fn fetch_from_an_offset(level: Level) {
    let (world, mut agent) = world(230, level);
    let rows = fetch(&mut agent, "t-1", json!({ "start": 150, "count": 100, "sort_type": "RECENTLY_ADDED" }));
    assert_eq!(rows, network(&world)[150..]);
    assert!(world.site.borrow().requests.iter().any(|path| path.contains("sortType=RECENTLY_ADDED")));
}

/// `start` and `count` index the filtered list; LinkedIn never hears the keyword.
pub fn fetch_by_keyword(level: Level) {
    let (world, mut agent) = world(420, level);
    let johns: Vec<String> = network(&world).into_iter().skip(1).step_by(5).collect();
    let rows = fetch(&mut agent, "t-1", json!({ "keyword": "  jOHN ", "start": 10, "count": 25 }));
    assert_eq!(rows, johns[10..35]);
    let composed = fetch(&mut agent, "t-2", json!({ "keyword": "ZOE\u{301} sim", "count": 5 }));
    assert_eq!(composed, network(&world).into_iter().skip(2).step_by(5).take(5).collect::<Vec<_>>());
    assert_eq!(fetch(&mut agent, "t-3", json!({ "keyword": "nobody" })), [""; 0]);
    let site = world.site.borrow();
    assert!(!site.requests.iter().any(|path| path.to_lowercase().contains("john")), "{:?}", site.requests);
}

/// The caller's next page goes on where the last one ended, within half an hour; afterwards it is walked to again.
pub fn cursor(level: Level) {
    let (world, mut agent) = world(420, level);
    let johns: Vec<String> = network(&world).into_iter().skip(1).step_by(5).collect();
    let first = fetch(&mut agent, "t-1", json!({ "keyword": "john", "count": 30 }));
    let asked = world.site.borrow().pages().len();
    let second = fetch(&mut agent, "t-2", json!({ "keyword": "john", "start": 30, "count": 30 }));
    assert_eq!([first, second].concat(), johns[..60]);
    let new_pages = world.site.borrow().pages()[asked..].to_vec();
    assert_eq!(new_pages, [(146, 100), (245, 100)], "goes on at the thirtieth John, number 146");
    agent.run_for(30 * 60_000);
    let asked = world.site.borrow().pages().len();
    let again = fetch(&mut agent, "t-3", json!({ "keyword": "john", "start": 60, "count": 5 }));
    assert_eq!(again, johns[60..65]);
    assert_eq!(world.site.borrow().pages()[asked].0, 0, "the cursor is too old");
}

/// One invitation with a note, padded; one without. Each is one POST.
pub fn whole_invitation(level: Level) {
    let (world, mut agent) = world(3, level);
    let input =
        json!({ "profile_urn": format!("urn:li:fsd_profile:{STRANGER}"), "note": "  Hello there \n" });
    let (status, output) = carry_out(&mut agent, "t-1", CONNECT, input);
    assert_eq!((status.as_str(), output), ("completed", json!({ "sent": true })));
    let (status, _) =
        carry_out(&mut agent, "t-2", CONNECT, json!({ "profile_urn": "ACoAAother9", "note": " " }));
    assert_eq!(status, "completed");
    let site = world.site.borrow();
    let sent: Vec<(&str, Option<&str>)> =
        site.invitations.iter().map(|(id, _, note)| (id.as_str(), note.as_deref())).collect();
    assert_eq!(sent, [(STRANGER, Some("Hello there")), ("ACoAAother9", None)]);
    assert_eq!((site.posts, site.count(INVITE)), (2, 2));
    assert!(site.invitations[1].1 - site.invitations[0].1 >= 8_000, "invitations are 8 to 15 s apart");
    assert_eq!(site.count(SENT), if level == Level::One { 2 } else { 1 }, "once an hour, to count by");
    drop(site);
    let completions = world.server.borrow().bodies("/complete").len();
    assert_eq!(completions, 2);
    let effect = world.server.borrow().bodies("/complete")[0]["effect"].clone();
    assert_eq!(effect, "done");
    nothing_is_kept(&mut agent, "t-1", &["Hello there"]);
    let kept = world.disk.borrow().keys_with(STRANGER).concat();
    assert!(kept.starts_with("log:") && kept.matches(':').count() == 1, "{kept}: the person's own log alone");
}

/// An acknowledged task's journal keeps neither input nor output, and no storage holds what the session is made of.
fn nothing_is_kept(agent: &mut Agent, task: &str, texts: &[&str]) {
    agent.run_for(1_000);
    let world = &agent.world;
    let disk = world.disk.borrow();
    assert!(disk.local(&format!("task:{task}")).is_none(), "{task} is still held");
    for text in texts.iter().chain(&["ajax:", "4290000001"]) {
        assert!(!disk.all_text().contains(text), "{text} was kept");
    }
    let told: String = world.server.borrow().calls.iter().map(|(_, body)| body.to_string()).collect();
    assert!(!told.contains("ajax:") && !told.contains("4290000001"), "the session was told of");
}

/// Ended in the middle of a fetch: pages received before are not asked for again, but for one row of overlap.
pub fn kill_and_resume_a_fetch(level: Level) {
    let (world, mut agent) = world(523, level);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
    agent.run_until("the third page in the journal", |world| {
        let disk = world.disk.borrow();
        world.site.borrow().count(LIST) == 3
            && disk.local("task:t-1").is_some_and(|record| record.contains("ACoSim000297"))
    });
    agent.reboot();
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), ids(&output)), ("completed", network(&world)[..500].to_vec()));
    let pages = [(0, 100), (99, 100), (198, 100), (297, 100), (396, 100), (495, 5)];
    assert_eq!(world.site.borrow().pages(), pages);
}

/// Ended between the invitation's POST and its answer: one POST, and the task ends completed.
pub fn kill_between_post_and_answer(level: Level) {
    let (world, mut agent) = world(3, level);
    world.server.borrow_mut().add("t-1", CONNECT, json!({ "profile_urn": STRANGER, "note": "Hi" }));
    agent.run_until("the POST", |world| world.site.borrow().posts == 1);
    agent.reboot();
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), output), ("completed", json!({ "sent": true })));
    assert_eq!((world.site.borrow().posts, world.site.borrow().invitations.len()), (1, 1));
}

/// A worker that was ended while idle takes the next task.
pub fn kill_between_tasks(level: Level) {
    let (world, mut agent) = world(40, level);
    assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 40);
    agent.reboot();
    agent.run_for(1_000);
    assert_eq!(fetch(&mut agent, "t-2", json!({ "count": 7 })), network(&world)[..7]);
    assert!(agent.ask(Command::Status).ok);
}
