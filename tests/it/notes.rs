//! The note of an invitation: never in `storage.local`, since what was there stays in its file, and never left out.

use crate::fakes::server::Level;
use crate::support::*;

const NOTE: &str = "Greetings from the harbour";
const KEY: &str = "note:t-1";

fn noted() -> Value {
    json!({ "profile_urn": STRANGER, "note": NOTE })
}

/// What dies, and with it the session's storage or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    Worker,
    Browser,
}

fn die(agent: &mut Agent, death: Death) {
    agent.kill();
    if death == Death::Browser {
        agent.world.disk.borrow_mut().restart_browser(0);
    }
    agent.reboot();
}

/// Runs until the task has ended, the person approving whatever asks; `false` when the worker was ended before.
fn approve_to_the_end(agent: &mut Agent) -> bool {
    for _ in 0..600 {
        if agent.world.server.borrow().ended("t-1").is_some() || !agent.is_running() {
            break;
        }
        agent.run_for(2 * SECOND);
        let asks = agent.is_running()
            && record(&agent.world, "t-1").is_some_and(|record| record.contains("\"approved\":false"));
        if asks {
            let asked_at_ms = asked_at(&agent.world, "t-1");
            agent.tell(Event::Command(
                0,
                Command::Decide { task: "t-1".to_owned(), approve: true, asked_at_ms },
            ));
        }
    }
    agent.is_running()
}

/// It was sent once at most and with its note, and nothing of the note is anywhere, nor ever was in `storage.local`.
fn check(world: &FakeWorld, what: &str) {
    let site = world.site.borrow();
    assert!(site.posts <= 1, "{what}: {} POSTs", site.posts);
    assert!(
        site.invitations.iter().all(|(_, _, note)| note.as_deref() == Some(NOTE)),
        "{what}: without its note"
    );
    let disk = world.disk.borrow();
    assert!(!disk.ever_held(NOTE), "{what}: the note was in storage.local");
    assert_eq!(disk.keys_with(NOTE), [""; 0], "{what}: the note was kept");
    assert_eq!(
        (disk.local("task:t-1"), disk.in_session(KEY)),
        (None, None),
        "{what}: the journal is not clear"
    );
}

/// Dies at every point of an invitation in turn.
fn everywhere(level: Level, asks: bool, death: Death) {
    let mut deaths = 0;
    for point in 1.. {
        let (world, mut agent) = world(3, level);
        set(&mut agent, json!({ "ask_before_invite": asks }));
        world.disk.borrow_mut().sync();
        world.kill_at(world.points() + point);
        world.server.borrow_mut().add("t-1", CONNECT, noted());
        if approve_to_the_end(&mut agent) {
            agent.run_for(30 * SECOND);
        }
        let Some(label) = world.killed() else { break };
        deaths += 1;
        let left = record(&world, "t-1").unwrap_or_default();
        let what = format!("{level:?}, asks: {asks}, {death:?} at {point}, {label}, with {left:.180}");
        let is_to_send =
            ["asking", "checking", "starting"].iter().any(|stage| left.contains(&format!("\"{stage}\":{{")));
        let has_note = world.disk.borrow().in_session(KEY).is_some();
        assert!(!is_to_send || has_note, "{what}: an entry without its note");
        die(&mut agent, death);
        assert!(approve_to_the_end(&mut agent), "{what}");
        agent.run_for(30 * SECOND);
        let (status, output) = world.server.borrow().ended("t-1").unwrap();
        let may_be_unknown = ["sending", "verifying"].iter().any(|stage| left.contains(stage))
            || (death == Death::Browser && ["starting", "checking"].iter().any(|stage| left.contains(stage)));
        let is_unknown = output["code"] == "outcome_unknown" && may_be_unknown && posts(&world) == 0;
        assert!(status == "completed" || is_unknown, "{what}: {status}, {output}");
        if death == Death::Worker {
            assert_eq!(world.server.borrow().task("t-1").returned, 0, "{what}: it goes on as it was");
        }
        check(&world, &what);
    }
    assert!(deaths > 15, "only {deaths} deaths: nothing was tried");
}

#[test]
fn the_worker_dies_at_every_point_of_an_invitation_with_a_note() {
    for level in [One, Two] {
        everywhere(level, false, Death::Worker);
        everywhere(level, true, Death::Worker);
    }
}

#[test]
fn the_browser_dies_at_every_point_of_an_invitation_with_a_note() {
    for level in [One, Two] {
        everywhere(level, false, Death::Browser);
        everywhere(level, true, Death::Browser);
    }
}

/// An agent with an invitation in that stage.
fn in_stage(stage: &str, level: Level) -> (FakeWorld, Agent) {
    let (world, mut agent) = world(3, level);
    if stage == "starting" {
        // The list was read lately, and `start` does not arrive.
        assert_eq!(invite(&mut agent, "t-0", json!({ "profile_urn": "ACoAAother9" })).0, "completed");
        agent.run_for(MINUTE);
        world.server.borrow_mut().next("/start", Loss::Before);
    }
    set(&mut agent, json!({ "ask_before_invite": stage == "asking" }));
    world.server.borrow_mut().add("t-1", CONNECT, noted());
    let wanted = format!("\"stage\":{{\"{stage}\":");
    let before = calls(&world, "/start");
    agent.run_until(stage, |world| {
        record(world, "t-1").is_some_and(|record| record.contains(&wanted))
            && (stage != "starting" || calls(world, "/start") > before)
    });
    if stage != "checking" {
        agent.run_for(300);
    }
    assert!(record(&world, "t-1").is_some_and(|record| record.contains(&wanted)), "{stage} is over");
    (world, agent)
}

const STAGES: [(&str, Level); 5] =
    [("asking", One), ("asking", Two), ("checking", One), ("checking", Two), ("starting", Two)];

#[test]
fn a_note_that_is_lost_within_the_session_is_had_again_from_the_server() {
    let losses: [fn(&FakeWorld); 4] = [
        |world| world.disk.borrow_mut().remove_from_session(KEY),
        |world| world.disk.borrow_mut().put_in_session(KEY, "2:0123456789abcdef\nno such sum"),
        |world| {
            let half = world
                .disk
                .borrow()
                .in_session(KEY)
                .map(|value| value.trim_end_matches("harbour").to_owned())
                .unwrap();
            world.disk.borrow_mut().put_in_session(KEY, &half);
        },
        // Whole, and of another entry of the same task.
        |world| {
            let other = liaison::agent::journal::seal(KEY, "17\nAnother note");
            world.disk.borrow_mut().put_in_session(KEY, &other);
        },
    ];
    for (stage, level) in STAGES {
        for (nth, lose) in losses.iter().enumerate() {
            let (world, mut agent) = in_stage(stage, level);
            agent.kill();
            lose(&world);
            let before = posts(&world);
            agent.reboot();
            agent.run_for(100);
            let shown = agent.status().approvals;
            let is_whole = shown.iter().all(|approval| approval.note.as_deref() == Some(NOTE));
            assert!(is_whole, "{stage}, {level:?}, {nth}: nobody is asked without the note");
            assert!(approve_to_the_end(&mut agent));
            agent.run_for(MINUTE);
            let sent = world.site.borrow().invitations.last().cloned().unwrap();
            let (status, _) = world.server.borrow().ended("t-1").unwrap();
            assert_eq!(
                (status.as_str(), posts(&world) - before, sent.2.as_deref()),
                ("completed", 1, Some(NOTE)),
                "{stage}, {level:?}, {nth}"
            );
            assert!(!world.disk.borrow().ever_held(NOTE));
            assert_eq!(world.disk.borrow().in_session(KEY), None);
        }
    }
}

#[test]
fn after_a_restart_of_the_browser_what_was_not_sent_is_given_back() {
    for (stage, level) in [("asking", Two), ("asking", One), ("checking", Two), ("starting", Two)] {
        let what = format!("{stage}, {level:?}");
        let (world, mut agent) = in_stage(stage, level);
        let before = posts(&world);
        if stage == "asking" {
            set(&mut agent, json!({ "invites_per_day": 0 }));
            assert!(decide(&mut agent, "t-1", true).ok);
        }
        die(&mut agent, Death::Browser);
        set(&mut agent, json!({ "invites_per_day": 20 }));
        if stage == "asking" {
            agent.run_until("the question", |world| {
                record(world, "t-1").is_some_and(|record| record.contains("\"approved\":false"))
            });
            assert_eq!(
                agent.status().approvals[0].note.as_deref(),
                Some(NOTE),
                "{what}: its person is asked anew"
            );
        }
        assert!(approve_to_the_end(&mut agent), "{what}");
        assert_eq!(world.server.borrow().task("t-1").returned, 1, "{what}: no attempt is counted");
        let sent = world.site.borrow().invitations.last().cloned().unwrap();
        assert_eq!((posts(&world) - before, sent.2.as_deref()), (1, Some(NOTE)), "{what}");
    }
}

#[test]
fn an_invitation_without_a_note_keeps_its_approval() {
    for level in [One, Two] {
        let (world, mut agent) = world(3, level);
        set(&mut agent, json!({ "ask_before_invite": true }));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the question", |world| record(world, "t-1").is_some());
        set(&mut agent, json!({ "invites_per_day": 0 }));
        assert!(decide(&mut agent, "t-1", true).ok);
        die(&mut agent, Death::Browser);
        agent.run_for(MINUTE);
        set(&mut agent, json!({ "invites_per_day": 20 }));
        assert_eq!(agent.run_to_end("t-1").0, "completed", "{level:?}: nobody is asked again");
        assert_eq!(world.server.borrow().task("t-1").returned, 0);
    }
}

#[test]
fn a_record_that_has_the_note_in_it_is_written_anew_without() {
    for is_aside in [false, true] {
        for (stage, level) in STAGES {
            let what = format!("{stage}, {level:?}, aside: {is_aside}");
            let (world, mut agent) = in_stage(stage, level);
            agent.kill();
            let old = record(&world, "t-1").unwrap();
            let with_note =
                old.replace("\"note\":null", &format!("\"note\":\"{NOTE}\"")).replace("\"noted\":true,", "");
            assert_ne!(old, with_note, "{what}");
            world.disk.borrow_mut().forge("task:t-1", &with_note);
            world.disk.borrow_mut().remove_from_session(KEY);
            if is_aside {
                world.disk.borrow_mut().rename("task:t-1", "aside:task:t-1");
            }
            let before = posts(&world);
            agent.reboot();
            agent.settle();
            assert_eq!(record(&world, "t-1").map(|record| record.contains(NOTE)), Some(false), "{what}");
            assert!(world.disk.borrow().in_session(KEY).is_some_and(|value| value.contains(NOTE)), "{what}");
            assert!(approve_to_the_end(&mut agent), "{what}");
            let sent = world.site.borrow().invitations.last().cloned().unwrap();
            assert_eq!((posts(&world) - before, sent.2.as_deref()), (1, Some(NOTE)), "{what}");
            assert_eq!(world.server.borrow().task("t-1").returned, 0, "{what}");
            assert!(!world.disk.borrow().ever_held(NOTE), "{what}");
        }
    }
}

#[test]
fn a_limit_on_notes_that_is_met_on_the_way_holds_for_the_one_that_is_taken() {
    for (stage, level) in STAGES.into_iter().skip(2) {
        let (world, mut agent) = in_stage(stage, level);
        let before = posts(&world);
        agent.kill();
        let breakers = world.disk.borrow().local("breakers").map(str::to_owned).unwrap();
        let limited =
            breakers.replace("\"notes_until\":0", &format!("\"notes_until\":{}", world.now() + HOUR));
        assert_ne!(limited, breakers);
        world.disk.borrow_mut().forge("breakers", &limited);
        agent.reboot();
        let (status, output) = agent.run_to_end("t-1");
        let what = format!("{stage}, {level:?}: {output}");
        assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("note_limit")), "{what}");
        assert_eq!((posts(&world) - before, world.server.borrow().task("t-1").returned), (0, 1), "{what}");
    }
}
