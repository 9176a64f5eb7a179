//! The look at LinkedIn that a person asks for.

use crate::fakes::linkedin::{ANY_LIST, Kind};
use crate::support::*;
use liaison::agent::status::Answer;
use std::cell::RefCell;
use std::rc::Rc;

/// Names of the steps, and whether each went well.
fn steps(answer: &Answer) -> Vec<(&'static str, bool)> {
    answer.steps.iter().flatten().map(|step| (step.name, step.ok)).collect()
}

fn detail(answer: &Answer) -> String {
    answer.steps.iter().flatten().last().unwrap().detail.clone()
}

fn status_of(status: u16) -> Mishap {
    Mishap::Answer { status, body: "{}".to_owned(), retry_after: None }
}

const ALL_WELL: [(&str, bool); 3] = [("session", true), ("me", true), ("list", true)];

#[test]
fn it_asks_who_is_signed_in_and_for_one_row() {
    let (world, mut agent) = world(30, Two);
    let before = world.site.borrow().requests.len();
    let answer = agent.ask(Command::CheckLinkedIn);
    assert!(answer.ok, "{answer:?}");
    assert_eq!(steps(&answer), ALL_WELL);
    assert_eq!(detail(&answer), "A row of the connections was read and understood");
    let requests = world.site.borrow().requests[before..].to_vec();
    assert!(requests[0].ends_with(ME) && requests[1].contains("count=1&"), "{requests:?}");
    assert_eq!(requests.len(), 2);
}

#[test]
fn an_empty_network_is_no_fault() {
    let (_world, mut agent) = world(0, Two);
    let answer = agent.ask(Command::CheckLinkedIn);
    assert!(answer.ok && detail(&answer).starts_with("LinkedIn lists no connections"), "{answer:?}");
}

#[test]
fn the_step_that_fails_is_named_with_its_remedy() {
    type Row = (&'static str, Mishap, &'static [(&'static str, bool)], &'static str);
    let table: [Row; 6] = [
        (ME, status_of(401), &[("session", true), ("me", false)], "Nobody is signed in"),
        (ME, status_of(451), &[("session", true), ("me", false)], "LinkedIn asks for a security check"),
        (ME, Mishap::LostBefore, &[("session", true), ("me", false)], "LinkedIn could not be reached"),
        (
            ANY_LIST,
            status_of(429),
            &[("session", true), ("me", true), ("list", false)],
            "LinkedIn asked to slow down",
        ),
        (ANY_LIST, status_of(403), &[("session", true), ("me", true), ("list", false)], "LinkedIn refused"),
        (
            ANY_LIST,
            status_of(999),
            &[("session", true), ("me", true), ("list", false)],
            "LinkedIn refused the request",
        ),
    ];
    for (piece, mishap, wanted, words) in table {
        let what = format!("{piece} {mishap:?}");
        let (world, mut agent) = world(30, Two);
        world.site.borrow_mut().next(piece, mishap);
        let answer = agent.ask(Command::CheckLinkedIn);
        assert_eq!((answer.ok, steps(&answer).as_slice()), (false, wanted), "{what}");
        assert!(detail(&answer).starts_with(words), "{what}: {answer:?}");
        assert!(!answer.error.unwrap().remedy.is_empty(), "{what}");
    }
}

#[test]
fn a_session_that_is_not_there_is_not_asked_about() {
    let (world, mut agent) = world(30, Two);
    for gone in ["cookie", "permission"] {
        world.site.borrow_mut().signed_in = gone != "cookie";
        world.site.borrow_mut().permitted = gone != "permission";
        let before = world.site.borrow().requests.len();
        let answer = agent.ask(Command::CheckLinkedIn);
        assert_eq!(steps(&answer), [("session", false)], "{gone}");
        assert_eq!(world.site.borrow().requests.len(), before, "{gone}");
    }
}

#[test]
fn another_member_is_told_from_the_bound_one() {
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().member += 1;
    let answer = agent.ask(Command::CheckLinkedIn);
    assert_eq!(steps(&answer), [("session", true), ("me", false)]);
    assert!(detail(&answer).starts_with("Another LinkedIn member"), "{answer:?}");
    assert_eq!(world.site.borrow().count(ANY_LIST), 0, "nothing of another member's is read");
}

#[test]
fn a_list_that_only_another_way_leads_to_is_said_in_words() {
    let (world, mut agent) = world(30, Two);
    for _ in 0..3 {
        world.site.borrow_mut().next(ANY_LIST, status_of(400));
    }
    let answer = agent.ask(Command::CheckLinkedIn);
    assert_eq!((answer.ok, steps(&answer).as_slice()), (true, &ALL_WELL[..]));
    assert!(detail(&answer).contains("only from LinkedIn's older list"), "{answer:?}");
    assert_eq!(serde_json::to_value(agent.status().fallback).unwrap(), "legacy_list");
    for _ in 0..4 {
        world.site.borrow_mut().next(ANY_LIST, status_of(400));
    }
    let answer = agent.ask(Command::CheckLinkedIn);
    assert!(!answer.ok && detail(&answer).starts_with("LinkedIn's answer has a shape"), "{answer:?}");
}

#[test]
fn nothing_is_asked_while_a_latch_or_a_throttling_holds() {
    for (mishap, code) in
        [(status_of(451), "challenge"), (status_of(999), "blocked"), (status_of(429), "throttled")]
    {
        let (world, mut agent) = world(30, Two);
        world.site.borrow_mut().next(ANY_LIST, mishap);
        carry_out(&mut agent, "t-1", FETCH, json!({}));
        let before = world.site.borrow().requests.len();
        let answer = agent.ask(Command::CheckLinkedIn);
        assert_eq!((answer.ok, answer.error.unwrap().code), (false, code));
        assert_eq!(world.site.borrow().requests.len(), before, "{code}");
    }
}

#[test]
fn the_person_may_look_in_a_pause_and_beside_a_task() {
    let (world, mut agent) = world(300, Two);
    assert!(agent.ask(Command::SetPaused { paused: true }).ok);
    assert!(agent.ask(Command::CheckLinkedIn).ok);
    assert!(agent.ask(Command::SetPaused { paused: false }).ok);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 250 }));
    agent.run_until("a page", |world| {
        world.site.borrow().requests.iter().any(|path| path.contains("start=99"))
    });
    assert!(agent.ask(Command::CheckLinkedIn).ok);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(ids(&world.server.borrow().ended("t-1").unwrap().1), network(&world)[..250]);
}

#[test]
fn without_a_pairing_there_is_nobody_to_compare_with() {
    let world = FakeWorld::new(3, Two);
    let mut agent = Agent::boot(&world);
    assert_eq!(agent.ask(Command::CheckLinkedIn).error.unwrap().code, "unpaired");
    assert_eq!(world.site.borrow().requests.len(), 0);
}

/// Begins a look and runs until its row is being asked for.
fn look_underway(world: &FakeWorld, agent: &mut Agent) -> Rc<RefCell<Option<Answer>>> {
    let answer = Rc::new(RefCell::new(None));
    agent.ask_later(Command::CheckLinkedIn, &answer);
    let asked = world.site.borrow().count(ANY_LIST);
    agent.run_until("the row", |world| world.site.borrow().count(ANY_LIST) > asked);
    answer
}

#[test]
fn a_refusal_to_a_look_that_is_over_is_heard_all_the_same() {
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().next(ANY_LIST, status_of(999));
    let answer = look_underway(&world, &mut agent);
    assert!(agent.ask(Command::Forget).ok);
    agent.run_for(SECOND);
    assert_eq!(answer.take().unwrap().error.unwrap().code, "unpaired");
    pair_again(&mut agent);
    assert_eq!(agent.status().attention.unwrap().code, "blocked");
}

#[test]
fn a_refusal_to_a_page_that_is_thrown_away_is_heard_all_the_same() {
    let (world, mut agent) = world(300, Two);
    world.site.borrow_mut().next("start=99", status_of(451));
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 250 }));
    agent.run_until("a page", |world| {
        world.site.borrow().requests.iter().any(|path| path.contains("start=99"))
    });
    agent.tell(Event::SessionChanged);
    agent.run_for(SECOND);
    assert_eq!(agent.status().attention.unwrap().code, "challenge");
}

#[test]
fn a_look_during_which_another_member_signs_in_says_nothing_of_the_first() {
    let (world, mut agent) = world(30, Two);
    let answer = look_underway(&world, &mut agent);
    member_changes(&mut agent, 1);
    let asked = world.site.borrow().count(ANY_LIST);
    let slot = Rc::clone(&answer);
    agent.run_until("an answer", move |_| slot.borrow().is_some());
    let answer = answer.take().unwrap();
    assert_eq!(steps(&answer), [("session", true), ("me", false)]);
    assert_eq!(world.site.borrow().count(ANY_LIST), asked, "nothing of another member's is read");
}

#[test]
fn a_csrf_text_is_read_past_once() {
    for piece in [ME, ANY_LIST] {
        let csrf =
            || Mishap::Answer { status: 403, body: "CSRF check failed.".to_owned(), retry_after: None };
        let (world, mut agent) = world(30, Two);
        world.site.borrow_mut().next(piece, csrf());
        assert!(agent.ask(Command::CheckLinkedIn).ok, "{piece}");
        world.site.borrow_mut().next(piece, csrf());
        world.site.borrow_mut().next(piece, csrf());
        let answer = agent.ask(Command::CheckLinkedIn);
        assert!(detail(&answer).starts_with("LinkedIn did not take"), "{piece}: {answer:?}");
    }
}

#[test]
fn a_row_without_a_name_is_looked_at_beside_others() {
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().people[0].kind = Kind::Unresolved;
    let answer = agent.ask(Command::CheckLinkedIn);
    assert!(answer.ok, "one closed account is no drift: {answer:?}");
    for person in &mut world.site.borrow_mut().people {
        person.kind = Kind::Unresolved;
    }
    let answer = agent.ask(Command::CheckLinkedIn);
    assert_eq!(
        (answer.ok, steps(&answer)[2]),
        (false, ("list", false)),
        "so many without a name are a renamed field"
    );
}

#[test]
fn a_stop_that_is_not_the_one_shown_is_not_cleared() {
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().next(INVITE, Mishap::Code(400, "MAX_INVITATION_SENT"));
    invite(&mut agent, "t-1", stranger());
    world.site.borrow_mut().next(ANY_LIST, status_of(451));
    carry_out(&mut agent, "t-2", FETCH, json!({}));
    let clear = |agent: &mut Agent, code: &str| agent.ask(Command::ClearStop { code: code.to_owned() });
    assert_eq!(clear(&mut agent, "account_restricted").error.unwrap().code, "stop_changed");
    assert_eq!(agent.status().attention.unwrap().code, "challenge");
    assert!(clear(&mut agent, "challenge").ok);
    assert_eq!(agent.status().attention.unwrap().code, "account_restricted");
    assert_eq!(clear(&mut agent, "challenge").error.unwrap().code, "stop_changed", "a second press");
    assert!(clear(&mut agent, "account_restricted").ok);
    assert_eq!(agent.status().attention, None);
}

#[test]
fn a_session_that_ends_beside_a_look_ends_it_with_an_answer() {
    for paused in [false, true] {
        let (world, mut agent) = world(300, Two);
        world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 250 }));
        let unauthorised = r#"{"data":{"status":401}}"#.to_owned();
        agent.run_until("a page", |world| world.site.borrow().count(ANY_LIST) == 1);
        world
            .site
            .borrow_mut()
            .next("start=99", Mishap::Answer { status: 401, body: unauthorised, retry_after: None });
        if paused {
            assert!(agent.ask(Command::SetPaused { paused: true }).ok);
        }
        let answer = look_underway(&world, &mut agent);
        world.site.borrow_mut().signed_in = false;
        agent.tell(Event::SessionChanged);
        agent.run_for(MINUTE);
        assert!(answer.borrow().is_some(), "paused {paused}: no answer");
    }
}

#[test]
fn a_session_that_changes_with_every_answer_is_not_asked_without_end() {
    let (world, mut agent) = world(300, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 250 }));
    let answer = Rc::new(RefCell::new(None));
    agent.ask_later(Command::CheckLinkedIn, &answer);
    let begun = world.now();
    for _ in 0..40 {
        let asked = world.site.borrow().count(ANY_LIST);
        agent.run_until("a list call", |world| world.site.borrow().count(ANY_LIST) > asked);
        agent.tell(Event::SessionChanged);
    }
    assert!(answer.borrow().is_some(), "the look has ended");
    let took = world.now() - begun;
    assert!(took >= 30 * MINUTE, "after the first few there is a pause before each: {took} ms");
}

#[test]
fn a_late_answer_to_one_look_is_none_to_the_next() {
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().next(ANY_LIST, Mishap::Slow(9 * SECOND));
    look_underway(&world, &mut agent);
    assert!(agent.ask(Command::Forget).ok);
    pair_again(&mut agent);
    for person in &mut world.site.borrow_mut().people {
        person.kind = Kind::Unresolved;
    }
    let answer = agent.ask(Command::CheckLinkedIn);
    assert_eq!(steps(&answer)[2], ("list", false), "what the list is now, not what it was: {answer:?}");
}

#[test]
fn a_newest_row_that_names_nobody_is_no_drift_and_rows_without_a_name_are_not_understood() {
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().people[0].kind = Kind::Unreadable;
    assert!(agent.ask(Command::CheckLinkedIn).ok);
    world.site.borrow_mut().people.truncate(4);
    for person in &mut world.site.borrow_mut().people {
        person.kind = Kind::Unresolved;
    }
    let answer = agent.ask(Command::CheckLinkedIn);
    assert!(!answer.ok && detail(&answer).contains("gave no name"), "{answer:?}");
}

#[test]
fn what_is_no_stop_is_not_cleared_and_a_cleared_one_is_not_shown_on() {
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().next(ME, status_of(451));
    assert!(agent.ask(Command::SetPaused { paused: true }).ok);
    agent.tell(Event::SessionChanged);
    assert!(!agent.ask(Command::CheckLinkedIn).ok);
    assert_eq!(agent.status().attention.unwrap().code, "challenge");
    assert!(clear_stop(&mut agent).ok);
    assert_eq!(agent.status().attention, None);
    world.site.borrow_mut().signed_in = false;
    agent.tell(Event::SessionChanged);
    agent.ask(Command::CheckLinkedIn);
    assert_eq!(agent.status().attention.unwrap().code, "signed_out");
    assert!(!clear_stop(&mut agent).ok, "there is nothing to clear");
}
