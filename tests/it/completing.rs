//! A result on its way: posted again until a final answer, once that came never more.

use crate::support::*;

#[test]
fn a_final_refusal_ends_the_posting_and_is_told() {
    for (status, code) in [
        (404, "not_found"),
        (409, "lease_lost"),
        (409, "result_conflict"),
        (410, "task_closed"),
        (413, ""),
        (422, ""),
    ] {
        for (kind, input) in [(FETCH, json!({})), (CONNECT, stranger())] {
            let (world, mut agent) = world(3, Two);
            world.server.borrow_mut().next("/complete", answers(status, code));
            world.server.borrow_mut().add("t-1", kind, input);
            agent.run_until("the result", |world| calls(world, "/complete") == 1);
            world.server.borrow_mut().tasks.clear();
            agent.run_for(HOUR);
            assert_eq!((calls(&world, "/complete"), record(&world, "t-1")), (1, None), "{status} {code}");
            let recent = agent.status().recent;
            assert_eq!(
                (recent.len(), recent[0].outcome, recent[0].acknowledged, recent[0].refused),
                (1, "completed", false, Some(status)),
                "{status}"
            );
            agent.reboot();
            assert_eq!(agent.status().recent[0].refused, Some(status), "by the next worker too");
        }
    }
}

#[test]
fn a_result_without_a_final_answer_is_posted_again_and_again() {
    let losses =
        [Loss::Before, Loss::After, Loss::TimedOut, answers(500, ""), answers(418, ""), answers(400, "")];
    for loss in losses {
        for (kind, input) in [(FETCH, json!({})), (CONNECT, stranger())] {
            let what = format!("{kind}, {loss:?}");
            let (world, mut agent) = world(3, Two);
            for _ in 0..7 {
                world.server.borrow_mut().next("/complete", loss.clone());
            }
            world.server.borrow_mut().add("t-1", kind, input);
            agent.run_until("the result", |world| calls(world, "/complete") == 1);
            agent.run_for(20 * MINUTE);
            let bodies: Vec<String> =
                world.server.borrow().bodies("/complete").iter().map(|body| body.to_string()).collect();
            // When only the answers were lost, the server has it and says so.
            let posted = if matches!(loss, Loss::After) { 1..=8 } else { 8..=8 };
            assert!(posted.contains(&bodies.len()), "{what}: {} posts", bodies.len());
            assert!(bodies.iter().all(|body| *body == bodies[0]), "{what}: the same body each time");
            assert_eq!(record(&world, "t-1"), None, "{what}");
            assert_eq!(posts(&world), u32::from(kind == CONNECT), "{what}");
        }
    }
}

#[test]
fn any_body_will_do_with_a_2xx() {
    for body in ["", "OK", "<html>", "{\"status\":7}", "null"] {
        let (world, mut agent) = world(3, One);
        world.server.borrow_mut().next("/complete", Loss::Body(body.to_owned()));
        assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3);
        agent.run_for(MINUTE);
        assert_eq!((calls(&world, "/complete"), record(&world, "t-1")), (1, None), "{body}");
    }
}

#[test]
fn a_server_that_asks_to_wait_is_waited_for() {
    let (world, mut agent) = world(3, Two);
    let busy = Loss::Answer { status: 429, body: "{}".to_owned(), retry_after: Some("600") };
    world.server.borrow_mut().next("/complete", busy);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the first try", |world| calls(world, "/complete") == 1);
    let first = world.now();
    agent.run_until("the second", |world| calls(world, "/complete") == 2);
    assert!(world.now() - first >= 10 * MINUTE, "{}", world.now() - first);
}

#[test]
fn a_result_outlives_an_unauthorised_token() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", answers(401, "unauthorised"));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the first try", |world| calls(world, "/complete") == 1);
    agent.run_for(HOUR);
    assert_eq!(calls(&world, "/complete"), 1);
    let status = agent.status();
    assert_eq!((status.state, status.attention.unwrap().code), ("unauthorised", "unauthorised"));
    assert!(record(&world, "t-1").is_some(), "the result is kept");
    let again =
        Command::Pair { server: SERVER.into(), code: Some("CODE".into()), token: None, name: String::new() };
    assert!(agent.ask(again).ok);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(posts(&world), 1);
}

#[test]
fn a_result_of_a_superseded_browser_is_final() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", answers(409, "superseded"));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the first try", |world| calls(world, "/complete") == 1);
    agent.run_for(HOUR);
    assert_eq!((calls(&world, "/complete"), record(&world, "t-1")), (1, None));
    assert_eq!(agent.status().state, "superseded");
    assert!(!agent.status().recent[0].acknowledged);
}

#[test]
fn a_result_waits_for_the_next_worker_and_the_next_browser() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", Loss::Before);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the first try", |world| calls(world, "/complete") == 1);
    let recent = agent.status().recent;
    assert_eq!((recent[0].acknowledged, recent[0].refused), (false, None), "not yet is not never");
    agent.kill();
    world.disk.borrow_mut().restart_browser(0);
    agent.reboot();
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!(
        (status.as_str(), output["total"].as_u64(), world.site.borrow().count(LIST)),
        ("completed", Some(3), 2)
    );
}
