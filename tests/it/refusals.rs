//! What LinkedIn says no to, on independent axes: the task's end, and what the agent then takes and says.

use crate::support::*;

/// A refusal of an invitation: what LinkedIn answers, the code, whether it may be tried again, and why which kinds wait.
struct Refused {
    status: u16,
    code: &'static str,
    ends: &'static str,
    retry_ms: Option<i64>,
    invitations_wait: Option<(&'static str, Option<i64>)>,
    reads_wait: Option<&'static str>,
    state: &'static str,
}

const PLAIN: Refused = Refused {
    status: 400,
    code: "",
    ends: "",
    retry_ms: None,
    invitations_wait: None,
    reads_wait: None,
    state: "ready",
};

fn table() -> Vec<Refused> {
    let stopped = Some(("account_stopped", None));
    vec![
        Refused {
            status: 429,
            code: "FUSE_LIMIT_EXCEEDED",
            ends: "invitation_limit",
            retry_ms: Some(DAY),
            invitations_wait: Some(("invitation_limit", Some(DAY - MINUTE))),
            ..PLAIN
        },
        Refused {
            code: "CUSTOM_INVITE_LIMIT_REACHED",
            ends: "note_limit",
            retry_ms: Some(DAY),
            invitations_wait: Some(("note_limit", Some(DAY - MINUTE))),
            ..PLAIN
        },
        Refused {
            code: "MAX_INVITATION_SENT",
            ends: "account_restricted",
            invitations_wait: stopped,
            ..PLAIN
        },
        Refused {
            code: "PRIMARY_HANDLE_NOT_CONFIRMED",
            ends: "sender_unconfirmed",
            invitations_wait: stopped,
            ..PLAIN
        },
        Refused {
            code: "CANT_INVITE_CONNECTION_LIMIT_REACHED",
            ends: "connection_cap",
            invitations_wait: stopped,
            ..PLAIN
        },
        Refused {
            status: 429,
            ends: "throttled",
            retry_ms: Some(15 * MINUTE),
            invitations_wait: Some(("throttled", Some(14 * MINUTE))),
            reads_wait: Some("throttled"),
            ..PLAIN
        },
        Refused {
            status: 999,
            ends: "blocked",
            retry_ms: Some(HOUR),
            invitations_wait: Some(("blocked", None)),
            reads_wait: Some("blocked"),
            state: "latched",
            ..PLAIN
        },
        Refused {
            status: 451,
            ends: "challenge",
            invitations_wait: Some(("challenge", None)),
            reads_wait: Some("challenge"),
            state: "latched",
            ..PLAIN
        },
        Refused { status: 404, ends: "profile_unavailable", ..PLAIN },
        Refused { status: 422, ends: "profile_unavailable", ..PLAIN },
        Refused { status: 200, code: "SOMETHING_NEW", ends: "refused", ..PLAIN },
        Refused { status: 405, ends: "drift", ..PLAIN },
    ]
}

#[test]
fn a_refused_invitation_ends_with_its_code_and_stops_no_more_than_its_axis() {
    for refused in table() {
        let Refused { status, code, ends, .. } = refused;
        let (world, mut agent) = world(3, Two);
        let mishap = if code.is_empty() {
            Mishap::Answer { status, body: "{\"data\":{}}".to_owned(), retry_after: None }
        } else {
            Mishap::Code(status, code)
        };
        world.site.borrow_mut().next(INVITE, mishap);
        let input = json!({ "profile_urn": STRANGER, "note": "Hi" });
        let (said, output) = carry_out(&mut agent, "t-1", CONNECT, input);
        let what = format!("{status} {code}");
        assert_eq!((said.as_str(), output["code"].as_str()), ("failed", Some(ends)), "{what}");
        assert_eq!(output["retry_in_ms"].as_i64(), refused.retry_ms, "{what}");
        assert_eq!(world.site.borrow().count(INVITE), 1, "{what}: nothing is repeated");
        agent.run_for(MINUTE);
        let told = waiting(&world);
        let of = |kind: &str| {
            told.iter().find(|(waits, ..)| waits == kind).map(|(_, why, ms)| (why.as_str(), *ms))
        };
        let invitations = of(CONNECT).map(|(why, ms)| (why, ms.map(|ms| ms / (10 * MINUTE))));
        let expected = refused.invitations_wait.map(|(why, ms)| (why, ms.map(|ms| ms / (10 * MINUTE))));
        assert_eq!(invitations, expected, "{what}");
        assert_eq!(of(FETCH).map(|(why, _)| why), refused.reads_wait, "{what}");
        assert_eq!(said_state(&world), refused.state, "{what}");
        // Without a note they go on.
        let invites = expected.is_none_or(|(why, _)| why == "note_limit");
        let takes = usize::from(invites) + usize::from(refused.reads_wait.is_none());
        assert_eq!(accepts(&world).len(), takes, "{what}");
    }
}

#[test]
fn a_note_limit_stops_notes_alone() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::Code(400, "CUSTOM_INVITE_LIMIT_REACHED"));
    let noted = json!({ "profile_urn": STRANGER, "note": "Hi" });
    assert_eq!(invite(&mut agent, "t-1", noted.clone()).1, "note_limit");
    assert_eq!(invite(&mut agent, "t-2", noted.clone()).1, "note_limit", "not asked again");
    assert_eq!(posts(&world), 1);
    assert_eq!(invite(&mut agent, "t-3", stranger()).0, "completed");
    agent.run_for(DAY);
    let other = json!({ "profile_urn": "ACoAAother9", "note": "Hi" });
    assert_eq!(invite(&mut agent, "t-4", other).0, "completed", "a day later a note may be tried");
}

#[test]
fn an_invitation_limit_lasts_a_day_and_reads_go_on() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::Code(429, "FUSE_LIMIT_EXCEEDED"));
    assert_eq!(invite(&mut agent, "t-1", stranger()).1, "invitation_limit");
    assert_eq!(fetch(&mut agent, "t-2", json!({})).len(), 3, "a success on one axis clears no other");
    let limited = world.now();
    assert_eq!(invite(&mut agent, "t-3", stranger()).0, "completed");
    assert!(world.now() - limited >= DAY - 2 * MINUTE, "it waited at the server");
}

#[test]
fn throttling_doubles_until_linkedin_answers_again() {
    let (world, mut agent) = world(3, Two);
    let mut waits = Vec::new();
    for task in ["t-1", "t-2", "t-3"] {
        let busy = Mishap::Answer { status: 429, body: String::new(), retry_after: None };
        world.site.borrow_mut().next(LIST, busy);
        let (_, output) = carry_out(&mut agent, task, FETCH, json!({}));
        assert_eq!((output["code"].as_str(), output["retryable"].as_bool()), (Some("throttled"), Some(true)));
        waits.push(output["retry_in_ms"].as_i64().unwrap() / MINUTE);
    }
    assert_eq!(waits, [15, 30, 60]);
    assert_eq!(fetch(&mut agent, "t-4", json!({})).len(), 3);
    let asked = Mishap::Answer { status: 503, body: String::new(), retry_after: Some("7200") };
    world.site.borrow_mut().next(LIST, asked);
    let (_, output) = carry_out(&mut agent, "t-5", FETCH, json!({}));
    assert_eq!(output["retry_in_ms"].as_i64(), Some(2 * HOUR), "`Retry-After` is kept");
    let requests = world.site.borrow().requests.len();
    agent.run_for(2 * HOUR - MINUTE);
    assert_eq!(world.site.borrow().requests.len(), requests, "nothing is asked meanwhile");
}

#[test]
fn an_absurd_retry_after_breaks_nothing() {
    for wait in ["9223372036854775", "99999999999999999999", "0"] {
        let (world, mut agent) = world(3, Two);
        let asked = Mishap::Answer { status: 429, body: String::new(), retry_after: Some(wait) };
        world.site.borrow_mut().next(LIST, asked);
        let (_, output) = carry_out(&mut agent, "t-1", FETCH, json!({}));
        assert!(output["retry_in_ms"].as_i64() >= Some(15 * MINUTE), "{wait}: {output}");
    }
}

#[test]
fn a_challenge_latches_until_a_person_clears_it() {
    let (world, mut agent) = world(3, Two);
    let checkpoint = Mishap::RedirectedTo("https://www.linkedin.com/checkpoint/challenge/abc?x=1");
    world.site.borrow_mut().next(LIST, checkpoint);
    let (_, output) = carry_out(&mut agent, "t-1", FETCH, json!({}));
    assert_eq!(output["code"], "challenge");
    world.server.borrow_mut().add("t-2", FETCH, json!({}));
    agent.run_for(3 * DAY);
    assert_eq!(world.site.borrow().requests.len(), 2, "LinkedIn is not asked anything");
    let status = agent.status();
    assert_eq!((status.state, status.attention.unwrap().code), ("latched", "challenge"));
    agent.reboot();
    agent.run_for(HOUR);
    assert_eq!(world.site.borrow().requests.len(), 2, "nor by a new worker");
    assert!(clear_stop(&mut agent).ok);
    assert_eq!(agent.run_to_end("t-2").0, "completed");
}

#[test]
fn a_block_is_cleared_by_a_person_after_an_hour_at_least() {
    let (world, mut agent) = world(3, Two);
    world
        .site
        .borrow_mut()
        .next(LIST, Mishap::Answer { status: 999, body: String::new(), retry_after: None });
    assert_eq!(carry_out(&mut agent, "t-1", FETCH, json!({})).1["code"], "blocked");
    agent.run_for(59 * MINUTE);
    let answer = clear_stop(&mut agent);
    assert_eq!(answer.error.unwrap().code, "blocked");
    agent.run_for(2 * MINUTE);
    assert!(clear_stop(&mut agent).ok);
    assert_eq!(fetch(&mut agent, "t-2", json!({})).len(), 3);
}

#[test]
fn a_stopped_account_is_cleared_by_a_person() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::Code(400, "MAX_INVITATION_SENT"));
    assert_eq!(invite(&mut agent, "t-1", stranger()).1, "account_restricted");
    world.server.borrow_mut().add("t-2", CONNECT, stranger());
    agent.run_for(30 * DAY / 10);
    assert_eq!(world.server.borrow().task("t-2").stand, Stand::Queued, "accepted and waiting, not failed");
    assert!(clear_stop(&mut agent).ok);
    assert_eq!(agent.run_to_end("t-2").0, "completed");
}

#[test]
fn a_read_that_goes_wrong_ends_with_its_code() {
    let answer = |status, body: &str| Mishap::Answer { status, body: body.to_owned(), retry_after: None };
    let table = [
        (Mishap::LostBefore, "network"),
        (Mishap::TimedOut, "network"),
        (Mishap::CutOff, "network"),
        (answer(500, "{}"), "upstream"),
        (answer(400, "{}"), "drift"),
        (answer(410, ""), "drift"),
        (answer(200, "{\"data\":{\"errors\":[{}]}}"), "drift"),
        (answer(200, "{\"data\":{\"*elements\":[\"urn:li:x:1\"]},\"included\":[{}]}"), "drift"),
        (answer(200, "{\"data\":{\"*elem"), "drift"),
        (answer(403, "{}"), "refused"),
    ];
    for (mishap, code) in table {
        let what = format!("{mishap:?}");
        let (world, mut agent) = world(230, Two);
        // The second page, by every way there is to it: what came before is not an answer.
        let ways = if code == "drift" { 3 } else { 1 };
        for _ in 0..ways {
            world.site.borrow_mut().script.push_back(("start=99", mishap.clone()));
        }
        let by_date = json!({ "count": 200, "sort_type": "RECENTLY_ADDED" });
        let (status, output) = carry_out(&mut agent, "t-1", FETCH, by_date);
        assert_eq!(world.site.borrow().count("start=99"), ways, "{what}");
        assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some(code)), "{what}");
        assert_eq!(
            fetch(&mut agent, "t-2", json!({ "count": 200 })).len(),
            200,
            "{what}: the agent lives on"
        );
    }
}

#[test]
fn a_read_reads_the_csrf_token_anew_once() {
    let csrf = || Mishap::Answer { status: 403, body: "CSRF check failed.".to_owned(), retry_after: None };
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(LIST, csrf());
    assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3);
    world.site.borrow_mut().next(LIST, csrf());
    world.site.borrow_mut().next(LIST, csrf());
    assert_eq!(carry_out(&mut agent, "t-2", FETCH, json!({})).1["code"], "csrf");
    world.site.borrow_mut().next(INVITE, csrf());
    assert_eq!(invite(&mut agent, "t-3", stranger()).1, "csrf");
    assert_eq!(world.site.borrow().count(INVITE), 1, "an invitation is not repeated for it");
}

#[test]
fn level_one_looks_before_it_sends() {
    let (world, mut agent) = world(3, One);
    let old = (STRANGER.to_owned(), world.now() - 30 * DAY, None);
    world.site.borrow_mut().invitations.push(old);
    assert_eq!(invite(&mut agent, "t-1", stranger()).1, "cannot_resend_yet");
    assert_eq!((world.site.borrow().count(SENT), posts(&world)), (1, 0));
    let answer = |status, body: &str| Mishap::Answer { status, body: body.to_owned(), retry_after: None };
    for (mishap, code) in [(answer(200, "{}"), "drift"), (answer(403, "{}"), "refused")] {
        world.site.borrow_mut().next(SENT, mishap);
        let (_, failed) = invite(&mut agent, &format!("t-{code}"), json!({ "profile_urn": "ACoAAother9" }));
        assert_eq!((failed.as_str(), posts(&world)), (code, 0), "not looked, not sent");
    }
}

#[test]
fn a_look_before_sending_that_cannot_be_had_gives_the_task_back() {
    let answer = |status, body: &str| Mishap::Answer { status, body: body.to_owned(), retry_after: None };
    for mishap in [
        Mishap::LostBefore,
        Mishap::TimedOut,
        Mishap::CutOff,
        Mishap::Html("<p>"),
        answer(401, ""),
        answer(429, ""),
        answer(500, "{}"),
        answer(403, "CSRF check failed."),
    ] {
        let what = format!("{mishap:?}");
        let (world, mut agent) = world(3, One);
        world.site.borrow_mut().next(SENT, mishap);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the return", |world| world.server.borrow().task("t-1").returned == 1);
        assert_eq!((posts(&world), world.site.borrow().count(SENT)), (0, 1), "{what}");
        assert_eq!(last_completion(&world)["effect"], "none", "{what}");
        let (status, _) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "{what}: offered again, it is sent");
    }
}
