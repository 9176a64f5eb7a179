//! The local log: one line for each task for which LinkedIn was asked something, whatever dies, and nothing of a person in
//! it but whom an invitation was for.

use crate::support::*;
use liaison::agent::log::LogLine;

fn log(agent: &mut Agent) -> Vec<LogLine> {
    let answer = agent.ask(Command::ExportLog);
    assert!(answer.ok);
    answer.log.unwrap()
}

fn brief(log: &[LogLine]) -> Vec<(&str, &str, Option<&str>)> {
    log.iter().map(|line| (line.task.as_str(), line.outcome.as_str(), line.code.as_deref())).collect()
}

#[test]
fn a_line_says_when_what_whom_how_it_ended_and_who_asked() {
    let (world, mut agent) = world(30, Two);
    assert_eq!(fetch(&mut agent, "t-1", json!({ "keyword": "john", "count": 3 })).len(), 3);
    let input = json!({ "profile_urn": STRANGER, "note": "Hello there" });
    assert_eq!(invite(&mut agent, "t-2", input).0, "completed");
    let at = world.now();
    world.site.borrow_mut().next(INVITE, Mishap::Code(400, "MAX_INVITATION_SENT"));
    assert_eq!(invite(&mut agent, "t-3", json!({ "profile_urn": "ACoAAother9" })).0, "failed");
    let log = log(&mut agent);
    let urn = |id: &str| Some(format!("urn:li:fsd_profile:{id}"));
    let line = |at_ms, task: &str, kind: &str, target, outcome: &str, code: Option<&str>| LogLine {
        at_ms,
        task: task.to_owned(),
        task_type: kind.to_owned(),
        target,
        outcome: outcome.to_owned(),
        code: code.map(str::to_owned),
        server: SERVER.to_owned(),
    };
    let wanted = [
        line(log[0].at_ms, "t-1", FETCH, None, "completed", None),
        line(log[1].at_ms, "t-2", CONNECT, urn(STRANGER), "completed", None),
        line(log[2].at_ms, "t-3", CONNECT, urn("ACoAAother9"), "failed", Some("account_restricted")),
    ];
    assert_eq!(log, wanted);
    assert!((at - SECOND..=at).contains(&log[1].at_ms) && log[0].at_ms < log[1].at_ms && at < log[2].at_ms);
    assert_eq!(world.disk.borrow().keys_with("Hello there"), [""; 0]);
}

#[test]
fn what_an_earlier_session_may_have_sent_has_one_line_however_often_it_is_abandoned() {
    let (world, mut agent) = world(3, Two);
    set(&mut agent, json!({ "ask_before_invite": true }));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the question", |world| record(world, "t-1").is_some());
    agent.run_for(SECOND);
    agent.kill();
    world.disk.borrow_mut().restart_browser(0);
    agent.reboot();
    for nth in 1..4 {
        agent.run_for(MINUTE);
        assert!(record(&world, "t-1").unwrap().contains("asking"), "{nth}: it was taken up again");
        let abandon = json!({ "task": "t-1", "epoch": 1, "do": "abandon" });
        world.server.borrow_mut().raw_directives.push(abandon);
        world.server.borrow_mut().wake();
        agent.run_until("the end", |world| world.server.borrow().raw_directives.is_empty());
        agent.run_for(20);
        let lines = log(&mut agent);
        assert_eq!(brief(&lines), [("t-1", "failed", Some("outcome_unknown"))], "{nth}");
    }
}

#[test]
fn what_a_server_only_offers_leaves_no_line() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    agent.run_for(MINUTE);
    let offers = [
        json!({ "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "epoch": 2 }),
        json!({ "task": "t-2", "task_type": "agent_visit", "task_input": {} }),
        json!({ "task": "t-3", "task_type": FETCH, "task_input": { "count": 0 } }),
        json!({ "task": "t-4", "task_type": FETCH, "task_input": { "sort_type": "BY_SHOE_SIZE" } }),
    ];
    for offer in offers {
        world.server.borrow_mut().offer_raw(offer);
        agent.run_for(MINUTE);
    }
    assert!(agent.ask(Command::SetPaused { paused: true }).ok);
    world.server.borrow_mut().offer_raw(json!({ "task": "t-5", "task_type": FETCH, "task_input": {} }));
    agent.run_for(MINUTE);
    assert_eq!(calls(&world, "/complete"), 6);
    assert_eq!(brief(&log(&mut agent)), [("t-1", "completed", None)]);
}

#[test]
fn what_was_given_back_after_a_look_leaves_one() {
    let (world, mut agent) = world(3, One);
    world.site.borrow_mut().next(SENT, Mishap::LostBefore);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the return", |world| world.server.borrow().task("t-1").returned == 1);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(brief(&log(&mut agent)), [("t-1", "returned", None), ("t-1", "completed", None)]);
}

#[test]
fn an_invitation_of_which_nobody_hears_more_leaves_one() {
    for forgets in [false, true] {
        let (world, mut agent) = world(3, Two);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        if forgets {
            assert!(agent.ask(Command::Forget).ok);
        } else {
            // The server closes it, and the answer of LinkedIn is lost.
            agent.reboot();
            agent.run_for(SECOND);
            let abandon = json!({ "task": "t-1", "epoch": 1, "do": "abandon" });
            world.server.borrow_mut().raw_directives.push(abandon);
            world.server.borrow_mut().wake();
            agent.run_for(SECOND);
        }
        agent.run_for(MINUTE);
        let log = log(&mut agent);
        assert_eq!(brief(&log), [("t-1", "failed", Some("outcome_unknown"))], "{forgets}");
        assert!(log[0].target.is_some());
    }
}

#[test]
fn a_line_never_changes_and_a_later_proof_adds_its_own() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.site.borrow_mut().sent_list_lags = true;
    assert_eq!(invite(&mut agent, "t-1", stranger()).1, "outcome_unknown");
    agent.run_for(MINUTE);
    world.site.borrow_mut().sent_list_lags = false;
    // A server that closed it would have the search abandoned.
    world.server.borrow_mut().tasks.clear();
    let offer = json!({
        "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "epoch": 2, "mode": "verify", "since_ms": 3_600_000,
    });
    world.server.borrow_mut().offer_raw(offer);
    agent.run_for(HOUR);
    let wanted = [("t-1", "failed", Some("outcome_unknown")), ("t-1", "completed", None)];
    assert_eq!(brief(&log(&mut agent)), wanted);
}

#[test]
fn one_line_whatever_dies_and_however_often_the_result_is_posted() {
    for level in [One, Two] {
        for (kind, input) in [(FETCH, json!({ "count": 130 })), (CONNECT, stranger())] {
            let mut deaths = 0;
            for point in 1.. {
                let (world, mut agent) = world(150, level);
                world.kill_at(world.points() + point);
                world.server.borrow_mut().next("/complete", Loss::After);
                world.server.borrow_mut().add("t-1", kind, input.clone());
                let ended = |world: &FakeWorld| world.server.borrow().ended("t-1").is_some();
                agent.run_until("the end, or the death", ended);
                agent.run_for(MINUTE);
                if world.killed().is_none() {
                    break;
                }
                deaths += 1;
                agent.reboot();
                agent.run_until("the end", ended);
                agent.run_for(MINUTE);
                let log = log(&mut agent);
                let server = world.server.borrow().ended("t-1").unwrap();
                let wanted = (server.0.as_str(), server.1["code"].as_str());
                let ends: Vec<_> = log.iter().filter(|line| line.outcome != "returned").collect();
                let ends: Vec<_> =
                    ends.iter().map(|line| (line.outcome.as_str(), line.code.as_deref())).collect();
                assert_eq!(ends, [wanted], "{level:?}, {kind}, point {point}");
            }
            assert!(deaths > 15, "{level:?}, {kind}: only {deaths} deaths");
        }
    }
}

#[test]
fn it_outlives_the_pairing_and_is_erased_by_the_person_alone() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    assert!(agent.ask(Command::Forget).ok);
    agent.reboot();
    pair_again(&mut agent);
    assert_eq!(log(&mut agent).len(), 1);
    world.disk.borrow_mut().broken = true;
    assert_eq!(agent.ask(Command::EraseLog).error.unwrap().code, "storage");
    world.disk.borrow_mut().broken = false;
    agent.run_for(MINUTE);
    assert_eq!(log(&mut agent).len(), 1);
    assert!(agent.ask(Command::EraseLog).ok);
    assert_eq!(world.disk.borrow().keys_with(STRANGER), [""; 0]);
    agent.reboot();
    assert_eq!(log(&mut agent), []);
}

#[test]
fn a_new_line_rewrites_one_chunk_and_old_ones_go_by_age() {
    let (world, mut agent) = world(3, Two);
    for n in 0..130 {
        assert_eq!(fetch(&mut agent, &format!("t-{n}"), json!({ "count": 1 })).len(), 1);
    }
    let chunks = |world: &FakeWorld| -> Vec<String> {
        let disk = world.disk.borrow();
        disk.keys().into_iter().filter(|key| key.starts_with("log:")).map(str::to_owned).collect()
    };
    let first = chunks(&world);
    assert_eq!(first.len(), 2, "{first:?}");
    let lines = |key: &str| world.disk.borrow().local(key).unwrap().lines().count();
    assert_eq!((lines(&first[0]), lines(&first[1])), (128, 2));
    let order: Vec<String> = log(&mut agent).into_iter().map(|line| line.task).collect();
    assert_eq!(order, (0..130).map(|n| format!("t-{n}")).collect::<Vec<_>>(), "oldest first");
    world.time.jump(89 * DAY);
    assert_eq!(fetch(&mut agent, "t-later", json!({ "count": 1 })).len(), 1);
    assert_eq!((chunks(&world).len(), log(&mut agent).len()), (3, 131));
    world.time.jump(3 * DAY);
    agent.reboot();
    assert_eq!(log(&mut agent).len(), 131, "a worker's start erases nothing, since the clock may be wrong");
    for (task, left) in [("t-after", 132), ("t-last", 3)] {
        assert_eq!(fetch(&mut agent, task, json!({ "count": 1 })).len(), 1);
        assert_eq!(log(&mut agent).len(), left, "counted back from the line before the new one");
    }
    assert_eq!(chunks(&world).len(), 2, "the others are gone from storage too");
}

#[test]
fn the_status_tells_one_log_from_another_whatever_workers_end_meanwhile() {
    let (_, mut agent) = world(30, Two);
    let empty = agent.status().log;
    let mut seen = vec![empty];
    for task in ["t-1", "t-2"] {
        assert_eq!(fetch(&mut agent, task, json!({ "count": 1 })).len(), 1);
        let log = agent.status().log;
        assert!(!seen.contains(&log), "{log:?}");
        seen.push(log);
        agent.reboot();
        assert_eq!(agent.status().log, log, "a new worker");
    }
    assert!(agent.ask(Command::EraseLog).ok);
    assert_eq!(agent.status().log, empty);
    for task in ["t-3", "t-4"] {
        assert_eq!(fetch(&mut agent, task, json!({ "count": 1 })).len(), 1);
        assert!(!seen.contains(&agent.status().log), "as many lines, and others");
    }
    assert!(agent.ask(Command::EraseEverything).ok);
    assert_eq!(agent.status().log, empty);
}
