//! The report for whoever helps: it tells how the agent stands, and nothing by which anybody could be told.

use crate::support::*;

fn report(agent: &mut Agent) -> Value {
    let answer = agent.ask(Command::Report);
    assert!(answer.ok);
    serde_json::to_value(answer.report.unwrap()).unwrap()
}

fn tells_nobody(report: &Value) {
    let text = report.to_string();
    let tasks = ["t-1", "t-2", "t-3", "t-secret"];
    let people = [TOKEN, STRANGER, "Hello there", "urn:li", "ACoSim", "Ada", "keyword"];
    let servers = [SERVER, "tasks.example", "http", "Test", "agent_visit", "dance"];
    for personal in tasks.iter().chain(&people).chain(&servers) {
        assert!(!text.contains(personal), "{personal} is in {text}");
    }
}

#[test]
fn before_there_is_a_server_it_says_so() {
    let world = FakeWorld::new(3, Two);
    let mut agent = Agent::boot(&world);
    let report = report(&mut agent);
    assert_eq!((&report["state"], &report["server"]), (&json!("unpaired"), &Value::Null));
    assert_eq!(report["settings"]["invites_per_day"], 20);
    tells_nobody(&report);
}

#[test]
fn what_was_done_and_is_in_hand_is_told_by_kind_and_code() {
    let (world, mut agent) = world(130, Two);
    assert_eq!(fetch(&mut agent, "t-1", json!({ "keyword": "Ada", "count": 3 })).len(), 3);
    world.site.borrow_mut().next(INVITE, Mishap::Code(400, "MAX_INVITATION_SENT"));
    assert_eq!(
        invite(&mut agent, "t-2", json!({ "profile_urn": STRANGER, "note": "Hello there" })).0,
        "failed"
    );
    world
        .server
        .borrow_mut()
        .offer_raw(json!({ "task": "t-secret", "task_type": "agent_visit", "task_input": {} }));
    agent.run_for(MINUTE);
    world.server.borrow_mut().add("t-3", FETCH, json!({ "count": 130 }));
    agent.run_until("a page", |world| record(world, "t-3").is_some_and(|record| record.contains('\n')));
    let report = report(&mut agent);
    tells_nobody(&report);
    assert_eq!(report["attention"], "account_restricted");
    assert_eq!(report["server"], json!({ "local": false, "start": true, "heartbeat": true }));
    assert_eq!((&report["contact"], &report["linkedin"]), (&json!("connected"), &json!("signed_in")));
    let held = json!([{ "task_type": FETCH, "phase": "running", "cancelled": false, "workers_ended": 0 }]);
    assert_eq!(report["held"], held);
    let ends: Vec<_> =
        report["recent"].as_array().unwrap().iter().map(|end| (&end["task_type"], &end["code"])).collect();
    let wanted = [
        (&json!("other"), &json!("unsupported_task")),
        (&json!(CONNECT), &json!("account_restricted")),
        (&json!(FETCH), &Value::Null),
    ];
    assert_eq!(ends, wanted);
    assert_eq!(report["log_lines"], 2);
}

#[test]
fn trouble_with_server_and_storage_is_told_by_code() {
    let (world, mut agent) = world(3, Two);
    agent.run_for(SECOND);
    agent.kill();
    world.disk.borrow_mut().put("task:t-secret", "2:damaged");
    world.disk.borrow_mut().put("breakers", "2:damaged");
    agent.reboot();
    agent.run_for(SECOND);
    world.disk.borrow_mut().broken = true;
    let refused = agent.ask(Command::SetPaused { paused: true });
    assert_eq!(refused.error.unwrap().code, "storage");
    agent.run_for(MINUTE);
    let report = report(&mut agent);
    tells_nobody(&report);
    assert_eq!(report["attention"], "storage");
    assert_eq!(report["storage_fails"], true);
    assert_eq!(report["set_aside"], json!(["breakers", "task"]));
}
