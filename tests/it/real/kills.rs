//! A sample of the kill matrix through the real server and the simulator: the worker, the browser and the computer die
//! between two calls, and the server's own lifecycle says what is offered then.

use super::ports::Sockets;
use super::with_rig;
use liaison::agent::driver::Driver;
use liaison::agent::event::Command;
use liaison_simulator::Settings;
use serde_json::{Value, json};
use std::cell::Cell;

/// Every so many'th await is died at: with each death at other ones.
const EVERY: usize = 3;
/// Longer than a lease, and than the server waits before it has an invitation looked for.
const ASLEEP_MS: i64 = 100_000;
const STRANGER: &str = "ACoAABCDEF123";

fn settings() -> Settings {
    Settings { connections: 120, page_clamp: 40, ..Settings::default() }
}

/// Dies at one await of a task. `false` when there is none of that number.
fn dies_at(call: &'static str, input: &Value, point: usize, death: Option<usize>) -> bool {
    let died = Cell::new(false);
    let (died, input) = (&died, input.clone());
    with_rig(settings(), |mut rig| async move {
        let what = format!("{call}, {death:?}, point {point}");
        rig.outside.polls().await;
        rig.outside.end_at(point);
        let task = rig.begin(call, input).await;
        let mut struck = rig.outside.ended_or(rig.end_of(&task)).await.is_none();
        if !struck {
            // What the server has is not yet what the journal knows.
            struck = rig.outside.ended_or(rig.outside.is_clear()).await.is_none();
        }
        died.set(struck);
        if struck {
            rig.restart(death, ASLEEP_MS).await;
        }
        let (status, output) = rig.end_of(&task).await;
        rig.outside.is_clear().await;
        let (posts, invitations) = rig.sent();
        assert!(posts <= 1, "{what}: {posts} POSTs");
        let code = output["code"].as_str().unwrap_or_default();
        match (call, status.as_str(), code) {
            ("fetch-connections", "completed", _) => assert_eq!(output["total"], 100, "{what}"),
            (_, "completed", _) => assert_eq!((posts, invitations), (1, 1), "{what}"),
            ("send-connection-request", "failed", "outcome_unknown") => {
                assert!(struck && invitations == 0, "{what}: {output}");
            }
            _ => panic!("{what}: {status} {output}"),
        }
    });
    died.get()
}

/// Dies at a sample of all awaits. Returns how many deaths there were.
fn dies_here_and_there(call: &'static str, input: &Value, death: Option<usize>, first: usize) -> usize {
    (first..).step_by(EVERY).take_while(|&point| dies_at(call, input, point, death)).count()
}

#[test]
fn a_read_survives_every_death() {
    let input = json!({ "count": 100 });
    for (first, death) in [(1, None), (2, Some(0)), (3, Some(1)), (1, Some(4))] {
        let deaths = dies_here_and_there("fetch-connections", &input, death, first);
        assert!(deaths >= 5, "{death:?}: only {deaths} deaths");
    }
}

#[test]
fn an_invitation_is_sent_once_whatever_dies() {
    let input = json!({ "profile_urn": STRANGER, "note": "Hi" });
    for (first, death) in [(1, None), (2, Some(0)), (3, Some(1)), (1, Some(4))] {
        let deaths = dies_here_and_there("send-connection-request", &input, death, first);
        assert!(deaths >= 3, "{death:?}: only {deaths} deaths");
    }
}

#[test]
fn two_browsers_with_one_token_send_each_invitation_once() {
    with_rig(settings(), |rig| async move {
        rig.outside.polls().await;
        let second = Sockets::drawing(&rig.simulator, 5);
        let (driver, agent) = Driver::load(second.clone()).await.unwrap();
        tokio::task::spawn_local(driver.run());
        let token = Some(rig.outside.token());
        let pair =
            Command::Pair { server: rig.url().to_owned(), code: None, token, name: "Other".to_owned() };
        let mut tasks = Vec::new();
        for n in 0..2 {
            let input = json!({ "profile_urn": format!("ACoAAbefore{n:03}") });
            tasks.push(rig.begin("send-connection-request", input).await);
        }
        assert!(agent.ask(pair).await.unwrap().ok);
        for n in 0..2 {
            let input = json!({ "profile_urn": format!("ACoAAafter{n:03}") });
            tasks.push(rig.begin("send-connection-request", input).await);
        }
        for task in &tasks {
            let (status, output) = rig.end_of(task).await;
            assert_eq!(status, "completed", "{output}");
        }
        assert_eq!(rig.sent(), (4, 4));
        let status = *rig.agent.ask(Command::Status).await.unwrap().status.unwrap();
        assert_eq!((status.state, status.attention.unwrap().code), ("superseded", "superseded"));
        let status = *agent.ask(Command::Status).await.unwrap().status.unwrap();
        assert_eq!((status.state, status.attention), ("ready", None));
    });
}

#[test]
fn a_server_whose_clock_is_a_day_off_is_no_matter() {
    for off_ms in [-24 * 60 * 60 * 1_000, 24 * 60 * 60 * 1_000] {
        with_rig(settings(), |rig| async move {
            rig.outside.polls().await;
            rig.set_server_forth(off_ms);
            assert_eq!(rig.fetch(json!({ "count": 50 })).await.0, "completed", "{off_ms}");
            assert_eq!(rig.invite(json!({ "profile_urn": STRANGER })).await.0, "completed", "{off_ms}");
            assert_eq!(rig.sent(), (1, 1));
        });
    }
}
