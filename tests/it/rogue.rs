//! A server that means no good: nothing is sent twice, no cap and no gap gives way, nothing panics, and the agent works on
//! once it is asked properly.

use crate::support::*;

/// Starts of all invitations, by a clock that never jumps.
fn sent_at(world: &FakeWorld) -> Vec<i64> {
    world.site.borrow().invitations.iter().map(|(_, at, _)| *at).collect()
}

/// The most that lie within so long.
fn most_within(times: &[i64], window: i64) -> usize {
    let from = |first: &i64| times.iter().filter(|at| (*first..*first + window).contains(at)).count();
    times.iter().map(from).max().unwrap_or_default()
}

fn nth(n: usize) -> Value {
    json!({ "profile_urn": format!("ACoFlood{n:05}") })
}

fn offer(task: &str, input: &Value) -> Value {
    json!({ "task": task, "task_type": CONNECT, "task_input": input })
}

#[test]
fn the_same_task_at_any_time_under_any_epoch_and_token_is_one_invitation() {
    let variants = [(0, "t-1#1"), (1, "t-1#1"), (1, "somebody-else's"), (2, "t-1#1"), (9, "another")];
    for level in [One, Two] {
        for (epoch, token) in variants {
            for point in 1..=40 {
                let what = format!("{level:?}, epoch {epoch}, {token}, point {point}");
                let (world, mut agent) = world(3, level);
                let again = json!({
                    "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "epoch": epoch, "token": token,
                });
                let twice = [again.clone(), again.clone()];
                world.at_point(world.points() + point, move |world| {
                    twice.into_iter().for_each(|offer| world.server.borrow_mut().offer_raw(offer));
                });
                world.server.borrow_mut().add("t-1", CONNECT, stranger());
                assert_eq!(agent.run_to_end("t-1").0, "completed", "{what}");
                agent.run_for(10 * MINUTE);
                world.server.borrow_mut().offer_raw(again);
                agent.run_for(10 * MINUTE);
                assert_eq!((posts(&world), world.site.borrow().count(INVITE)), (1, 1), "{what}");
                assert_eq!((record(&world, "t-1"), agent.status().attention), (None, None), "{what}");
            }
        }
    }
}

#[test]
fn leave_to_send_under_somebody_else_s_token_is_no_leave() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    world.server.borrow_mut().next("/poll", Loss::Before);
    let mut stolen = offer("t-1", &stranger());
    stolen["token"] = json!("somebody-else's");
    world.server.borrow_mut().offer_raw(stolen);
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    agent.run_for(SECOND);
    assert_eq!((posts(&world), record(&world, "t-1")), (0, None), "refused, and dropped");
    assert_eq!((agent.run_to_end("t-1").0.as_str(), posts(&world)), ("completed", 1));
}

#[test]
fn ten_thousand_invitations_are_twenty_in_a_day_and_a_hundred_in_a_week() {
    let (world, mut agent) = world(3, Two);
    for n in 0..10_000 {
        world.server.borrow_mut().add(&format!("t-{n:05}"), CONNECT, nth(n));
    }
    for _ in 0..8 {
        agent.run_for(DAY);
        agent.reboot();
    }
    let times = sent_at(&world);
    assert_eq!((most_within(&times, DAY), most_within(&times, 7 * DAY)), (20, 100));
    assert_eq!((times.len(), posts(&world)), (120, 120), "in eight days");
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 8 * SECOND), "the gap");
    let waiting = agent.status().waiting;
    assert!(waiting.iter().any(|wait| wait.reason.ends_with("_limit")), "{waiting:?}");
}

#[test]
fn a_flood_of_offers_that_nobody_asked_for_passes_no_cap() {
    for level in [One, Two] {
        let (world, mut agent) = world(3, level);
        for n in 0..10_000 {
            world.server.borrow_mut().offer_raw(offer(&format!("t-{n}"), &nth(n)));
        }
        agent.run_for(2 * HOUR);
        let times = sent_at(&world);
        // Without the server's word on a `start` for a task that it doesn't have, none goes at level two.
        assert_eq!(times.len(), if level == One { 20 } else { 0 }, "{level:?}");
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 8 * SECOND), "{level:?}");
        let held = world.disk.borrow().keys().iter().filter(|key| key.starts_with("task:")).count();
        assert!(held <= 1, "{level:?}: {held} tasks are held");
        world.server.borrow_mut().raw_offers.clear();
        assert_eq!(fetch(&mut agent, "t-read", json!({})).len(), 3, "{level:?}");
    }
}

#[test]
fn a_thousand_at_once_is_no_offer_and_a_thousand_directives_are_heard_once() {
    let (world, mut agent) = world(3, Two);
    let many: Vec<Value> = (0..1_000).map(|n| offer(&format!("t-{n}"), &nth(n))).collect();
    for body in [json!({ "task": many.clone() }), json!({ "tasks": many.clone() }), json!(many)] {
        world.server.borrow_mut().next("/poll", Loss::Body(body.to_string()));
        agent.run_for(5 * MINUTE);
        assert_eq!((posts(&world), calls(&world, "/start")), (0, 0));
    }
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    agent.run_for(SECOND);
    let words = ["continue", "cancel", "resend", "explode"];
    for n in 0..1_000 {
        let task = if n % 2 == 0 { "t-1".to_owned() } else { format!("t-{n}") };
        let directive = json!({ "task": task, "epoch": 1, "do": words[n % 4] });
        world.server.borrow_mut().raw_directives.push(directive);
    }
    world.server.borrow_mut().wake();
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!((posts(&world), agent.status().attention), (1, None));
}

#[test]
fn durations_that_are_none_give_no_leave_and_no_silence() {
    let numbers = ["-1", "0", "0.5", "1e300", "18446744073709551615", "1e999", "\"NaN\"", "[]", "{}", "true"];
    for number in numbers {
        let (world, mut agent) = world(3, Two);
        let next = format!("{{\"next_ms\":{number},\"supports\":[\"start\",\"heartbeat\"]}}");
        world.server.borrow_mut().next("/poll", Loss::Body(next));
        agent.run_for(11 * MINUTE);
        let leave = format!("{{\"lease_ms\":{number},\"act_within_ms\":{number}}}");
        world.server.borrow_mut().next("/start", Loss::Body(leave));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        assert_eq!((agent.run_to_end("t-1").0.as_str(), posts(&world)), ("completed", 1), "{number}");
        world.site.borrow_mut().insert(0, 3_000);
        let beat = format!("{{\"lease_ms\":{number},\"do\":{number}}}");
        world.server.borrow_mut().next("/heartbeat", Loss::Body(beat));
        assert_eq!(fetch(&mut agent, "t-2", json!({ "keyword": "nobody" })).len(), 0, "{number}");
        for member in ["offer_ms", "lease_ms", "since_ms", "attempt", "epoch"] {
            let offer = format!(
                "{{\"task\":{{\"task\":\"t-9\",\"task_type\":\"{CONNECT}\",\"mode\":\"verify\",\
                 \"task_input\":{{\"profile_urn\":\"ACoAAnobody9\"}},\"{member}\":{number}}}}}"
            );
            world.server.borrow_mut().next("/poll", Loss::Body(offer));
            agent.run_for(HOUR);
        }
        assert_eq!((posts(&world), agent.status().state), (1, "ready"), "{number}");
        assert_eq!(fetch(&mut agent, "t-3", json!({ "count": 2 })).len(), 2, "{number}");
    }
}

#[test]
fn waits_that_a_server_asks_for_in_nonsense_are_an_hour_at_most() {
    for wait in ["-5", "1e9", "NaN", "99999999999999999999", "Sun, 99 Foo 9999 99:99:99 GMT", "", "0"] {
        let (world, mut agent) = world(3, Two);
        for path in ["/poll", "/start", "/complete"] {
            let busy = Loss::Answer { status: 503, body: "{}".to_owned(), retry_after: Some(wait) };
            world.server.borrow_mut().next(path, busy);
        }
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_for(4 * HOUR);
        let ended = world.server.borrow().ended("t-1").map(|(status, _)| status);
        assert_eq!((ended.as_deref(), posts(&world)), (Some("completed"), 1), "{wait}");
    }
}

#[test]
fn answers_cut_off_anywhere_send_nothing_twice() {
    for (path, whole) in [
        ("/poll", offer("t-1", &stranger()).to_string()),
        ("/start", json!({ "lease_ms": 60_000, "act_within_ms": 20_000, "replayed": false }).to_string()),
        ("/complete", json!({ "status": "completed", "replayed": false }).to_string()),
    ] {
        for end in (0..whole.len()).step_by(7) {
            let (world, mut agent) = world(3, Two);
            world.server.borrow_mut().next(path, Loss::Body(whole.chars().take(end).collect()));
            world.server.borrow_mut().add("t-1", CONNECT, stranger());
            assert_eq!(agent.run_to_end("t-1").0, "completed", "{path}, {end}");
            agent.run_for(MINUTE);
            assert_eq!((posts(&world), record(&world, "t-1")), (1, None), "{path}, {end}");
        }
    }
}
