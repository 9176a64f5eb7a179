//! What the person asks for through our own pages.

use crate::support::*;
use liaison::agent::status::Answer;
use liaison::ports::Badge;
use std::cell::RefCell;
use std::rc::Rc;

fn pair(server: &str, code: Option<&str>, token: Option<&str>) -> Command {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Command::Pair {
        server: server.to_owned(),
        code: owned(code),
        token: owned(token),
        name: " My laptop ".to_owned(),
    }
}

fn fresh() -> (FakeWorld, Agent) {
    let world = FakeWorld::new(3, Two);
    let agent = Agent::boot(&world);
    (world, agent)
}

fn code_of(answer: &Answer) -> &'static str {
    answer.error.as_ref().map_or("", |problem| problem.code)
}

#[test]
fn an_unpaired_agent_asks_nobody_anything() {
    let (world, mut agent) = fresh();
    agent.run_for(DAY);
    assert_eq!((world.server.borrow().calls.len(), world.site.borrow().requests.len()), (0, 0));
    assert_eq!(agent.status().state, "unpaired");
    assert_eq!(code_of(&agent.ask(Command::TestConnection)), "unpaired");
    assert!(agent.ask(Command::Forget).ok);
}

#[test]
fn a_code_or_a_token_pairs() {
    for (code, token) in [(Some(" CODE "), None), (None, Some(TOKEN)), (Some("CODE"), Some(""))] {
        let (world, mut agent) = fresh();
        assert!(agent.ask(pair(&format!(" {SERVER}/ "), code, token)).ok);
        assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3);
        let server = agent.status().server.unwrap();
        assert_eq!((server.url.as_str(), server.name.as_str()), (SERVER, "My laptop"));
        let named = world.server.borrow().bodies("/pair").first().map(|body| body["name"].clone());
        assert_eq!(named, token.is_none_or(str::is_empty).then(|| json!("My laptop")));
    }
}

#[test]
fn a_pairing_that_cannot_be_says_why_and_keeps_the_old_one() {
    let denied = "https://tasks.example/*";
    let table: [(Command, Option<Loss>, &str); 11] = [
        (pair("tasks.example", Some("CODE"), None), None, "invalid_url"),
        (pair("http://tasks.example", Some("CODE"), None), None, "invalid_url"),
        (pair("https://tasks.example?x", Some("CODE"), None), None, "invalid_url"),
        (pair(SERVER, None, None), None, "invalid_input"),
        (pair(SERVER, Some("CODE"), Some(TOKEN)), None, "invalid_input"),
        (pair(SERVER, Some("WRONG"), None), None, "unauthorised"),
        (pair(SERVER, None, Some("wrong")), None, "unauthorised"),
        (pair(SERVER, Some("CODE"), None), Some(Loss::Before), "unreachable"),
        (pair(SERVER, Some("CODE"), None), Some(Loss::TimedOut), "unreachable"),
        (pair(SERVER, Some("CODE"), None), Some(html()), "not_a_task_server"),
        (pair(SERVER, Some("CODE"), None), Some(answers(404, "")), "not_a_task_server"),
    ];
    for (command, loss, code) in table {
        let (world, mut agent) = world(3, Two);
        if let Some(loss) = loss {
            world.server.borrow_mut().next("/pair", loss);
        }
        assert_eq!(code_of(&agent.ask(command)), code);
        assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3, "{code}: the old pairing works on");
    }
    let (world, mut agent) = fresh();
    world.shown.borrow_mut().denied.push(denied.to_owned());
    assert_eq!(code_of(&agent.ask(pair(SERVER, Some("CODE"), None))), "no_permission");
    assert_eq!(calls(&world, "/pair"), 0);
}

#[test]
fn the_connection_test_names_the_step_that_failed() {
    let run = |loss: Option<Loss>, change: fn(&FakeWorld)| {
        let (world, mut agent) = world(3, Two);
        change(&world);
        agent.run_for(SECOND);
        if let Some(loss) = loss {
            world.server.borrow_mut().next("/poll", loss);
        }
        let answer = agent.ask(Command::TestConnection);
        let steps = answer.steps.unwrap();
        let failed = steps.iter().find(|step| !step.ok).map(|step| step.name);
        assert_eq!(answer.ok, failed.is_none());
        assert_eq!(steps.last().unwrap().name, "linkedin", "LinkedIn is looked at in any case");
        failed
    };
    assert_eq!(run(None, |_| {}), None);
    assert_eq!(run(Some(Loss::Before), |_| {}), Some("reach"));
    assert_eq!(run(Some(html()), |_| {}), Some("protocol"));
    assert_eq!(run(Some(answers(500, "")), |_| {}), Some("protocol"));
    assert_eq!(run(Some(answers(401, "")), |_| {}), Some("authorise"));
    assert_eq!(run(Some(answers(409, "superseded")), |_| {}), Some("authorise"));
    let deny = |world: &FakeWorld| world.shown.borrow_mut().denied.push("https://tasks.example/*".to_owned());
    assert_eq!(run(None, deny), Some("permission"));
    let deny =
        |world: &FakeWorld| world.shown.borrow_mut().denied.push("https://www.linkedin.com/*".to_owned());
    assert_eq!(run(None, deny), Some("linkedin"));
    assert_eq!(run(None, |world| world.site.borrow_mut().signed_in = false), Some("linkedin"));
}

#[test]
fn the_connection_test_takes_no_work() {
    let (world, mut agent) = world(3, Two);
    agent.ask(Command::SetPaused { paused: true });
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    assert!(agent.ask(Command::TestConnection).ok);
    agent.run_for(MINUTE);
    assert_eq!(world.server.borrow().task("t-1").stand, Stand::Queued);
}

#[test]
fn a_pause_stops_a_walk_after_its_page_and_lasts() {
    let (world, mut agent) = world(900, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
    agent.run_until("the third page", |world| world.site.borrow().count(LIST) == 3);
    assert!(agent.ask(Command::SetPaused { paused: true }).status.unwrap().paused);
    agent.run_for(HOUR);
    agent.reboot();
    agent.run_for(HOUR);
    world.disk.borrow_mut().restart_browser(0);
    agent.reboot();
    agent.run_for(HOUR);
    assert_eq!(world.site.borrow().count(LIST), 3);
    assert_eq!(world.shown.borrow().badges.last().unwrap().0, Badge::Paused);
    let status = agent.status();
    assert_eq!((status.state, status.waiting[0].reason), ("paused", "paused"));
    agent.ask(Command::SetPaused { paused: false });
    let (_, output) = agent.run_to_end("t-1");
    assert_eq!((ids(&output), world.site.borrow().count(LIST)), (network(&world)[..500].to_vec(), 6));
}

#[test]
fn a_paused_agent_that_is_offered_work_gives_it_back() {
    let (world, mut agent) = world(3, Two);
    agent.ask(Command::SetPaused { paused: true });
    agent.run_for(SECOND);
    world.server.borrow_mut().offer_raw(json!({ "task": "t-1", "task_type": FETCH, "task_input": {} }));
    agent.run_until("the return", |world| calls(world, "/complete") == 1);
    assert_eq!(
        (last_completion(&world)["status"].clone(), world.site.borrow().count(LIST)),
        (json!("returned"), 0)
    );
}

#[test]
fn forgetting_drops_all_but_the_memory_of_what_was_sent() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-0", json!({ "profile_urn": "ACoAAother9" })).0, "completed");
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 2);
    assert!(agent.ask(Command::Forget).ok);
    let calls_made = world.server.borrow().calls.len();
    agent.run_for(DAY);
    assert_eq!(world.server.borrow().calls.len(), calls_made);
    assert_eq!((agent.status().state, record(&world, "t-1")), ("unpaired", None));
    assert!(!world.disk.borrow().all_text().contains(TOKEN), "the token is gone");
    // The same server again: it can't have the invitation sent a second time.
    assert!(agent.ask(pair(SERVER, None, Some(TOKEN))).ok);
    world.site.borrow_mut().invitations.clear();
    let offer = json!({ "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "epoch": 9 });
    let before = calls(&world, "/complete");
    world.server.borrow_mut().offer_raw(offer);
    agent.run_until("the old outcome", |world| calls(world, "/complete") > before);
    assert_eq!(
        (last_completion(&world)["task_output"]["code"].clone(), posts(&world)),
        (json!("outcome_unknown"), 2)
    );
}

#[test]
fn pairing_anew_with_the_same_server_keeps_the_member() {
    let (world, mut agent) = world(3, Two);
    let account = world.server.borrow().last_poll()["account"].clone();
    assert!(agent.ask(pair(SERVER, Some("CODE"), None)).ok);
    assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3);
    assert_eq!(world.server.borrow().last_poll()["account"], account, "the salt is kept, too");
    world.site.borrow_mut().member += 1;
    assert!(agent.ask(pair(SERVER, Some("CODE"), None)).ok);
    agent.run_for(MINUTE);
    assert_eq!((said_state(&world).as_str(), accepts(&world).len()), ("wrong_account", 0));
    assert_ne!(world.server.borrow().last_poll()["account"], account);
    // Who wants another member forgets the pairing first.
    assert!(agent.ask(Command::Forget).ok && agent.ask(pair(SERVER, Some("CODE"), None)).ok);
    assert_eq!(fetch(&mut agent, "t-2", json!({})).len(), 3);
    assert_eq!(said_state(&world), "ready");
}

#[test]
fn an_update_waits_for_an_invitation_to_be_seen_to_its_end() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::Slow(9_000));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    let drained = Rc::new(RefCell::new(None));
    agent.ask_later(Command::Drain, &drained);
    agent.run_for(8_000);
    assert!(drained.borrow().is_none(), "its answer is not here yet");
    agent.run_for(2_000);
    assert!(drained.borrow().as_ref().is_some_and(|answer| answer.ok));
    world.server.borrow_mut().add("t-2", FETCH, json!({}));
    agent.run_for(HOUR);
    assert_eq!(world.server.borrow().task("t-2").stand, Stand::Queued, "nothing new is taken");
    agent.reboot();
    assert_eq!(agent.run_to_end("t-2").0, "completed");
}

#[test]
fn an_update_does_not_wait_for_a_read() {
    let (world, mut agent) = world(900, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
    agent.run_until("the second page", |world| world.site.borrow().count(LIST) == 2);
    assert!(agent.ask(Command::Drain).ok);
    assert_eq!(world.server.borrow().ended("t-1"), None);
    agent.reboot();
    assert_eq!(agent.run_to_end("t-1").0, "completed");
}

#[test]
fn the_status_tells_what_runs_and_how_far_it_is() {
    let (world, mut agent) = world(900, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
    agent.run_until("the third page", |world| world.site.borrow().count(LIST) == 3);
    let running = agent.status().running.unwrap();
    assert_eq!((running.task.as_str(), running.phase, running.of), ("t-1", "reading", Some(500)));
    assert_eq!(running.done, Some(199));
    assert_eq!(world.shown.borrow().badges.last().unwrap().0, Badge::Working);
    agent.run_to_end("t-1");
    agent.run_for(SECOND);
    let status = agent.status();
    assert_eq!((status.running, status.contact.state, status.linkedin), (None, "connected", "signed_in"));
    assert!(status.recent[0].acknowledged);
    assert_eq!(world.shown.borrow().badges.last().unwrap().0, Badge::Idle);
    let changes = world.shown.borrow().changes;
    agent.tell(Event::Woken);
    assert_eq!(world.shown.borrow().changes, changes, "nothing changed, so nothing is told");
}

#[test]
fn what_linkedin_refuses_is_heard_after_the_pairing_is_gone() {
    let (world, mut agent) = world(3, Two);
    let busy = Mishap::Answer { status: 429, body: String::new(), retry_after: None };
    world.site.borrow_mut().next(LIST, busy);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the call", |world| world.site.borrow().count(LIST) == 1);
    assert!(agent.ask(Command::Forget).ok);
    agent.run_for(MINUTE);
    let breakers = world.disk.borrow().local("breakers").map(str::to_owned).unwrap();
    assert!(breakers.contains("\"throttles\":1"), "{breakers}");
}

/// A question that was asked in an earlier browser session, and a pairing that is forgotten and made anew.
fn asked_and_forgotten(level: crate::fakes::server::Level, is_sent: bool) -> (FakeWorld, Agent) {
    let (world, mut agent) = world(3, level);
    set(&mut agent, json!({ "ask_before_invite": true }));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the question", |world| record(world, "t-1").is_some());
    agent.run_for(SECOND);
    world.disk.borrow_mut().sync();
    if is_sent {
        assert!(decide(&mut agent, "t-1", true).ok);
        agent.run_until("the POST", |world| posts(world) == 1);
    }
    cut_power(&mut agent);
    agent.reboot();
    agent.run_for(SECOND);
    assert!(agent.ask(Command::Forget).ok);
    pair_again(&mut agent);
    (world, agent)
}

#[test]
fn a_pairing_under_way_does_not_come_after_the_person_wants_none() {
    for was_paired in [true, false] {
        for want in [Command::Forget, Command::EraseEverything] {
            let (world, mut agent) = world(3, Two);
            if !was_paired {
                assert!(agent.ask(Command::Forget).ok);
            }
            world.server.borrow_mut().next("/pair", Loss::Slow(5 * SECOND));
            let answer = Rc::new(RefCell::new(None));
            agent.ask_later(pair(SERVER, Some("CODE"), None), &answer);
            assert!(agent.ask(want).ok);
            assert!(answer.borrow().is_none(), "the server is still about it");
            agent.run_for(MINUTE);
            assert_eq!(answer.take().unwrap().error.unwrap().code, "unpaired");
            assert_eq!(agent.status().state, "unpaired");
            assert!(!world.disk.borrow().keys().contains(&"pairing"));
            pair_again(&mut agent);
            assert_ne!(agent.status().state, "unpaired");
        }
    }
}

#[test]
fn what_an_earlier_session_may_have_sent_is_remembered_when_the_pairing_is_forgotten() {
    // Without `start` nobody can tell.
    for is_sent in [false, true] {
        let (world, mut agent) = asked_and_forgotten(One, is_sent);
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("outcome_unknown")));
        assert_eq!(posts(&world), u32::from(is_sent));
    }
}

#[test]
fn what_a_server_without_start_had_sent_is_not_asked_about_when_it_has_learnt_it() {
    let (world, mut agent) = asked_and_forgotten(One, true);
    world.server.borrow_mut().level = Two;
    world.server.borrow_mut().tasks[0].stand = Stand::Queued;
    agent.run_for(MINUTE);
    decide(&mut agent, "t-1", true);
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("outcome_unknown")));
    assert_eq!((posts(&world), calls(&world, "/start")), (1, 0));
}

#[test]
fn what_the_server_knows_was_not_started_is_asked_about_again_after_a_new_pairing() {
    for asks in [true, false] {
        let (world, mut agent) = asked_and_forgotten(Two, false);
        set(&mut agent, json!({ "ask_before_invite": asks }));
        agent.run_for(MINUTE);
        if asks {
            assert_eq!((agent.status().approvals.len(), posts(&world)), (1, 0));
            let disk = world.disk.borrow();
            assert!(!disk.keys().iter().any(|key| key.starts_with("tombstones")), "{:?}", disk.keys());
            drop(disk);
            assert!(decide(&mut agent, "t-1", true).ok);
        }
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "asks: {asks}, {output}");
    }
}

#[test]
fn what_the_server_knows_was_started_is_looked_for_after_a_new_pairing() {
    for offers in [false, true] {
        let (world, mut agent) = asked_and_forgotten(Two, true);
        if offers {
            // Not even a server that offers it to be sent has it sent.
            let token = world.server.borrow().bodies("/start")[0]["token"].clone();
            let offer =
                json!({ "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "token": token });
            agent.run_for(10 * SECOND);
            world.server.borrow_mut().offer_raw(offer);
            agent.run_for(SECOND);
            assert!(decide(&mut agent, "t-1", true).ok);
        }
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "offers: {offers}, {output}");
    }
}
