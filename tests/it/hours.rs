//! Working hours: outside them nothing is begun, a list stops after its page, and who is signed in is not asked.

use crate::fakes::T0;
use crate::support::*;

/// In the fakes it is Sunday at midnight.
const MONDAY_9: i64 = T0 + DAY + 9 * HOUR;

fn office(agent: &mut Agent) {
    set(agent, json!({ "hours": { "days": [1, 2, 3, 4, 5], "from": "09:00", "to": "18:00" } }));
}

#[test]
fn work_waits_for_the_hours_and_says_until_when() {
    let (world, mut agent) = world(3, Two);
    office(&mut agent);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    world.server.borrow_mut().add("t-2", CONNECT, stranger());
    agent.run_for(HOUR);
    let asked = world.site.borrow().requests.len();
    let poll = world.server.borrow().last_poll();
    assert_eq!((&poll["state"], &poll["accepts"]), (&json!("ready"), &json!([])));
    for (kind, reason, for_ms) in waiting(&world) {
        assert_eq!(reason, "working_hours", "{kind}");
        let until = world.now() + for_ms.unwrap();
        assert!((MONDAY_9..MONDAY_9 + 30 * SECOND).contains(&until), "{kind}: {until}");
    }
    let shown = agent.status().waiting;
    assert!(shown.iter().all(|wait| wait.reason == "working_hours"), "{shown:?}");
    assert_eq!(world.now() + shown[0].for_ms.unwrap(), MONDAY_9);
    agent.run_for(MONDAY_9 - SECOND - world.now());
    assert_eq!(world.site.borrow().requests.len(), asked, "nothing was asked before");
    agent.run_for(MINUTE);
    let done = ["t-1", "t-2"].map(|task| world.server.borrow().ended(task).map(|(status, _)| status));
    assert_eq!(done, [Some("completed".to_owned()), Some("completed".to_owned())], "and everything then");
}

#[test]
fn the_hours_are_those_of_the_persons_zone_and_right_across_a_change_of_clocks() {
    let (world, mut agent) = world(3, Two);
    // Eastern North America would go from -4 to -5 hours; here it does on this Sunday at noon UTC.
    world.time.zone.set(|at| if at < T0 + 12 * HOUR { -240 } else { -300 });
    agent.run_for(2 * MINUTE);
    office(&mut agent);
    let waits = agent.status().waiting;
    assert_eq!(world.now() + waits[0].for_ms.unwrap(), MONDAY_9 + 5 * HOUR);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_for(MONDAY_9 + 5 * HOUR - SECOND - world.now());
    assert_eq!(world.site.borrow().count(LIST), 0);
    agent.run_for(MINUTE);
    assert!(world.server.borrow().ended("t-1").is_some());
    // The person travels.
    world.time.zone.set(|_| 840);
    agent.run_for(2 * MINUTE);
    assert_eq!(waiting(&world)[0].1, "working_hours", "there it is four in the morning");
}

#[test]
fn a_parked_poll_is_broken_off_when_the_hours_end_and_when_they_begin() {
    let (world, mut agent) = world(3, Two);
    office(&mut agent);
    agent.run_for(MONDAY_9 + 8 * HOUR + 59 * MINUTE + 50 * SECOND - world.now());
    assert_eq!(accepts(&world).len(), 2);
    agent.run_for(11 * SECOND);
    assert_eq!((accepts(&world).len(), waiting(&world)[0].1.as_str()), (0, "working_hours"));
    agent.run_for(15 * HOUR - 2 * SECOND);
    assert_eq!(accepts(&world).len(), 0);
    agent.run_for(2 * SECOND);
    assert_eq!(accepts(&world).len(), 2);
}

#[test]
fn hours_that_are_set_anew_are_told_at_once_though_the_reason_stays() {
    let (world, mut agent) = world(3, Two);
    office(&mut agent);
    agent.run_for(MINUTE);
    set(&mut agent, json!({ "hours": { "days": [1], "from": "10:00", "to": "18:00" } }));
    agent.run_for(SECOND);
    let (_, reason, for_ms) = waiting(&world)[0].clone();
    let until = world.now() + for_ms.unwrap();
    assert_eq!(reason, "working_hours");
    assert!((MONDAY_9 + HOUR..=MONDAY_9 + HOUR + SECOND).contains(&until), "{}", until - MONDAY_9);
}

#[test]
fn a_list_that_is_being_read_stops_after_its_page_and_goes_on_the_next_day() {
    let (world, mut agent) = world(900, Two);
    office(&mut agent);
    agent.run_for(MONDAY_9 + 9 * HOUR - 3 * SECOND - world.now());
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
    agent.run_for(MINUTE);
    let pages = world.site.borrow().count(LIST);
    assert!((1..=3).contains(&pages), "{pages}");
    let polls = calls(&world, "/poll");
    agent.run_for(HOUR);
    assert_eq!(world.site.borrow().count(LIST), pages);
    assert!(calls(&world, "/poll") - polls > 100, "it polls on");
    let poll = world.server.borrow().last_poll();
    assert_eq!((&poll["held"][0]["task"], &poll["held"][0]["phase"]), (&json!("t-1"), &json!("running")));
    assert_eq!(poll["waiting"][0]["reason"], "working_hours");
    agent.reboot();
    agent.run_for(HOUR);
    assert_eq!(world.site.borrow().count(LIST), pages);
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), ids(&output).len()), ("completed", 500));
    assert!(world.now() >= MONDAY_9 + DAY);
}

#[test]
fn an_invitation_that_waits_for_leave_when_the_hours_end_is_given_back() {
    for level in [One, Two] {
        let (world, mut agent) = world(3, level);
        office(&mut agent);
        agent.run_for(MONDAY_9 + 9 * HOUR - 2 * SECOND - world.now());
        match level {
            One => world.site.borrow_mut().next(SENT, Mishap::Slow(5_000)),
            Two => world.server.borrow_mut().next("/start", Loss::Slow(5_000)),
        }
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the return", |world| world.server.borrow().task("t-1").returned == 1);
        agent.run_for(HOUR);
        assert_eq!(posts(&world), 0, "{level:?}");
        assert_eq!(agent.run_to_end("t-1").0, "completed");
        assert_eq!(posts(&world), 1);
    }
}

#[test]
fn an_invitation_that_may_have_been_sent_is_looked_for_after_hours() {
    let (world, mut agent) = world(3, Two);
    office(&mut agent);
    agent.run_for(MONDAY_9 + 9 * HOUR - 5 * SECOND - world.now());
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    agent.tell(Event::SessionChanged);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert!(world.now() < MONDAY_9 + 9 * HOUR + MINUTE);
}

#[test]
fn a_look_that_a_server_asks_for_keeps_to_the_hours() {
    let (world, mut agent) = world(3, Two);
    office(&mut agent);
    agent.run_for(MINUTE);
    let asked = world.site.borrow().requests.len();
    for n in 0..20 {
        let offer = json!({ "task": format!("t-{n}"), "task_type": CONNECT, "task_input": stranger(), "mode": "verify",
            "since_ms": 100_000 });
        world.server.borrow_mut().offer_raw(offer);
        agent.tell(Event::SessionChanged);
        agent.run_for(HOUR);
    }
    assert_eq!(world.site.borrow().requests.len(), asked);
    agent.run_for(MONDAY_9 + HOUR - world.now());
    assert!(world.site.borrow().count(SENT) >= 20, "then it is looked for");
}

#[test]
fn who_is_signed_in_is_not_asked_after_hours_but_by_the_person() {
    let (world, mut agent) = world(3, Two);
    office(&mut agent);
    agent.tell(Event::SessionChanged);
    let asked = world.site.borrow().count(ME);
    agent.run_for(20 * HOUR);
    assert_eq!(world.site.borrow().count(ME), asked);
    let checked = agent.ask(Command::CheckLinkedIn);
    assert!(checked.ok, "{checked:?}");
    assert_eq!(world.site.borrow().count(ME), asked + 1);
    agent.tell(Event::SessionChanged);
    agent.run_for(MONDAY_9 + MINUTE - world.now());
    assert_eq!(world.site.borrow().count(ME), asked + 2, "when the hours begin");
    assert_eq!(accepts(&world).len(), 2);
}

#[test]
fn a_look_that_a_server_asks_for_ends_though_its_kind_stays_switched_off() {
    for hours in [json!(null), json!({ "days": [1, 2, 3, 4, 5, 6, 7], "from": "09:00", "to": "18:00" })] {
        for level in [One, Two] {
            let (world, mut agent) = world(3, level);
            set(&mut agent, json!({ "kinds_off": [CONNECT], "hours": hours }));
            agent.run_for(MINUTE);
            world.server.borrow_mut().offer_raw(json!({
                "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "mode": "verify", "since_ms": 100_000,
            }));
            agent.run_for(DAY + HOUR);
            let told = last_completion(&world);
            assert_eq!(told["task_output"]["code"], "outcome_unknown", "{level:?}, {hours}: {told}");
            assert_eq!(
                (world.site.borrow().count(SENT), record(&world, "t-1")),
                (0, None),
                "{level:?}, {hours}"
            );
        }
    }
}
