//! No setting, message or server answer makes the agent pass a hard ceiling: a server, and whoever writes the storage,
//! try each for more than a week of injected time, and the requests that left are counted by a clock that never jumps.

use crate::support::*;
use liaison::agent::status::CEILINGS;

/// The most in a day and in seven days.
type Caps = (usize, usize);

const CEILING: Caps = (100, 200);
const DEFAULT: Caps = (20, 100);

/// An agent whose server wants a thousand people invited, as fast as it can be had.
fn besieged(level: crate::fakes::server::Level) -> (FakeWorld, Agent) {
    let (world, agent) = world(3, level);
    for n in 0..1_000 {
        let input = json!({ "profile_urn": format!("ACoAAsimNobody{n}") });
        world.server.borrow_mut().add(&format!("t-{n}"), CONNECT, input);
    }
    // Between two tasks it may sleep: what is tried here is how much it can be made to do.
    world.server.borrow_mut().next_ms = 300_000;
    (world, agent)
}

fn at_the_ceilings(agent: &mut Agent) {
    let ceilings = serde_json::to_value(CEILINGS).unwrap();
    set(agent, ceilings);
}

/// Runs so many days, with something every so many hours.
fn run(agent: &mut Agent, days: i64, every: i64, mut happens: impl FnMut(&mut Agent, i64)) {
    for n in 0..days * 24 / every {
        happens(agent, n);
        agent.run_for(every * HOUR);
    }
}

/// Counts what left. `least`: so many invitations must have, or the test would hold for an agent that does nothing.
fn count(world: &FakeWorld, (per_day, per_week): Caps, least: usize) {
    let site = world.site.borrow();
    let sent = |wanted: bool| -> Vec<i64> {
        let requests = site.requests.iter().zip(&site.times);
        requests.filter(|(request, _)| request.contains(INVITE) == wanted).map(|(_, at)| *at).collect()
    };
    let (invitations, reads) = (sent(true), sent(false));
    for (window, most) in [(DAY, per_day), (7 * DAY, per_week)] {
        for (n, first) in invitations.iter().enumerate() {
            let within = invitations[n..].iter().filter(|&&at| at < first + window).count();
            assert!(within <= most, "{within} in {} h, from number {n} on", window / HOUR);
        }
    }
    let closest = |times: &[i64]| times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(i64::MAX);
    assert!(closest(&invitations) >= 5_000, "invitations {} ms apart", closest(&invitations));
    assert!(closest(&reads) >= 1_000, "reads {} ms apart", closest(&reads));
    assert!(invitations.len() >= least, "only {} left", invitations.len());
}

#[test]
fn what_the_person_may_set_is_the_ceiling() {
    for level in [One, Two] {
        let (world, mut agent) = besieged(level);
        at_the_ceilings(&mut agent);
        run(&mut agent, 9, 8, |agent, _| {
            for settings in [
                json!({ "invites_per_day": 101 }),
                json!({ "invites_per_week": 100_000 }),
                json!({ "read_gap_ms": 0 }),
                json!({ "invite_gap_ms": -1 }),
                json!({ "invites_per_day": f64::INFINITY }),
                json!({ "invites_per_day": "1000" }),
            ] {
                assert!(!agent.ask(Command::SetSettings { settings }).ok);
            }
        });
        count(&world, CEILING, 300);
        assert_eq!(agent.status().ceilings, CEILINGS);
    }
}

#[test]
fn what_stands_in_the_storage_passes_no_ceiling() {
    let record = |numbers: i64, gaps: i64| {
        json!({ "invites_per_day": numbers, "invites_per_week": numbers, "read_gap_ms": gaps, "invite_gap_ms": gaps })
            .to_string()
    };
    for settings in [record(i64::MAX, i64::MIN), record(1_000_000, 0), record(101, 4_999)] {
        let (world, mut agent) = besieged(Two);
        let put = |agent: &mut Agent| {
            agent.kill();
            agent.world.disk.borrow_mut().forge("settings", &settings);
            agent.reboot();
        };
        run(&mut agent, 9, 12, |agent, _| put(agent));
        count(&world, CEILING, 200);
        assert_eq!(agent.status().settings.invites_per_day, 100);
    }
    // One that can't be read lets nothing go until the person has looked.
    for broken in
        ["{\"invites_per_day\":NaN}", "{\"invites_per_day\":1e999}", "{\"invites_per_day\":\"9\"}", "[]"]
    {
        let (world, mut agent) = besieged(Two);
        let before = posts(&world);
        agent.kill();
        world.disk.borrow_mut().forge("settings", broken);
        agent.reboot();
        agent.run_for(DAY);
        assert_eq!((posts(&world), agent.status().paused), (before, true), "{broken}");
    }
}

#[test]
fn a_server_that_obeys_nothing_gets_no_more() {
    let (world, mut agent) = besieged(Two);
    {
        let mut server = world.server.borrow_mut();
        server.ignores_accepts = true;
        server.act_within_ms = i64::MAX;
        (server.next_ms, server.holds) = (0, false);
    }
    run(&mut agent, 2, 1, |agent, n| {
        for (epoch, mode) in [(n, "run"), (n + 1, "verify"), (4_000_000_000, "run")] {
            let offer = json!({
                "task": format!("t-{}", n % 40), "task_type": CONNECT, "mode": mode, "epoch": epoch,
                "task_input": { "profile_urn": format!("ACoAAsimNobody{n}") }, "token": format!("x{n}{mode}"),
                "offer_ms": u64::MAX, "lease_ms": u64::MAX, "attempt": 0, "since_ms": 1,
                "settings": { "invites_per_day": 10_000 }, "accepts": [CONNECT],
            });
            agent.world.server.borrow_mut().offer_raw(offer);
        }
        for action in ["resend", "continue", "abandon", "send"] {
            let directive = json!({ "task": format!("t-{}", n % 40), "epoch": n, "do": action });
            agent.world.server.borrow_mut().raw_directives.push(directive);
        }
    });
    count(&world, DEFAULT, 30);
}

#[test]
fn pairing_again_with_a_thousand_servers_begins_no_new_count() {
    let (world, mut agent) = besieged(Two);
    // LinkedIn's list doesn't help.
    world.site.borrow_mut().sent_list_lags = true;
    let mut servers = 0;
    run(&mut agent, 8, 1, |agent, n| {
        if n % 3 == 0 {
            assert!(agent.ask(Command::Forget).ok);
        }
        for _ in 0..6 {
            servers += 1;
            let pair = Command::Pair {
                server: format!("{SERVER}/of/{servers}"),
                code: None,
                token: Some(TOKEN.to_owned()),
                name: "Test".to_owned(),
            };
            assert!(agent.ask(pair).ok);
        }
        agent.run_for(MINUTE);
    });
    assert!(servers >= 1_000, "{servers}");
    count(&world, DEFAULT, 100);
}

#[test]
fn a_clock_that_is_set_to_and_fro_begins_no_new_count() {
    let (world, mut agent) = besieged(Two);
    let mut set_forth = 0;
    run(&mut agent, 8, 4, |agent, n| {
        let by = [3 * HOUR, -5 * HOUR, 26 * HOUR, -25 * HOUR, 8 * DAY, -8 * DAY, -DAY, 9 * DAY, -3 * HOUR]
            [n as usize % 9];
        set_forth += by;
        // Between two reads a clock that is set forth can't be told from time that passed.
        let last = |world: &FakeWorld| world.site.borrow().times.last().copied().unwrap_or_default();
        while agent.world.time.steady() - last(&agent.world) < 5 * SECOND {
            agent.run_for(SECOND);
        }
        agent.world.time.jump(by);
        // LinkedIn's clock goes on as it did.
        agent.world.site.borrow_mut().clock_ahead_ms -= by;
    });
    assert_ne!(set_forth, 0);
    count(&world, DEFAULT, 20);
}

#[test]
fn pauses_hours_and_workers_that_end_begin_no_new_count() {
    let (world, mut agent) = besieged(Two);
    at_the_ceilings(&mut agent);
    run(&mut agent, 9, 1, |agent, n| {
        agent.ask(Command::SetPaused { paused: n % 3 == 0 });
        let hours = json!({ "days": [1, 2, 3, 4, 5, 6, 7], "from": "06:00", "to": "05:00" });
        set(agent, json!({ "hours": if n % 2 == 0 { Value::Null } else { hours }, "kinds_off": [] }));
        if n % 5 == 0 {
            agent.reboot();
        }
        if n % 11 == 0 {
            agent.kill();
            agent.world.disk.borrow_mut().restart_browser(0);
            agent.reboot();
        }
    });
    count(&world, CEILING, 250);
}

#[test]
fn invitations_nobody_can_tell_the_outcome_of_count_too() {
    let (world, mut agent) = besieged(Two);
    world.site.borrow_mut().sent_list_lags = true;
    run(&mut agent, 2, 1, |agent, _| {
        for mishap in [Mishap::LostBefore, Mishap::LostAfter, Mishap::CutOff, Mishap::NoUrn] {
            for _ in 0..10 {
                agent.world.site.borrow_mut().next(INVITE, mishap.clone());
            }
        }
    });
    count(&world, DEFAULT, 40);
}

#[test]
fn no_server_clears_what_linkedin_stopped() {
    type Axis = (&'static str, Mishap, fn(&liaison::agent::status::Status) -> bool);
    let stops: [Axis; 4] = [
        ("challenge", Mishap::RedirectedTo("https://www.linkedin.com/checkpoint/challenge/abc"), |status| {
            status.state == "latched" && status.waiting.len() == 2
        }),
        ("blocked", Mishap::Answer { status: 999, body: String::new(), retry_after: None }, |status| {
            status.state == "latched" && status.waiting.len() == 2
        }),
        ("invitation_limit", Mishap::Code(429, "FUSE_LIMIT_EXCEEDED"), |status| {
            status.waiting.len() == 1 && status.waiting[0].reason == "invitation_limit"
        }),
        ("account_restricted", Mishap::Code(400, "MAX_INVITATION_SENT"), |status| {
            status.waiting.len() == 1 && status.waiting[0].reason == "account_stopped"
        }),
    ];
    for (code, mishap, holds) in stops {
        let (world, mut agent) = besieged(Two);
        let of_invitations = matches!(code, "account_restricted" | "invitation_limit");
        let piece = if of_invitations { INVITE } else { SENT };
        world.site.borrow_mut().next(piece, mishap);
        agent.run_for(HOUR);
        let asked = world.site.borrow().requests.len();
        world.server.borrow_mut().ignores_accepts = true;
        // LinkedIn's own limit lasts for a day.
        for n in 0..11 {
            assert!(agent.ask(Command::Forget).ok);
            pair_again(&mut agent);
            if n % 2 == 0 {
                agent.reboot();
            }
            agent.run_for(2 * HOUR);
        }
        let after: Vec<String> = world.site.borrow().requests[asked..].to_vec();
        assert!(
            after.iter().all(|request| !request.contains(INVITE) && !request.contains(SENT)),
            "{code}: {after:?}"
        );
        let status = agent.status();
        assert!(holds(&status), "{code}: {status:?}");
        let shown = status.attention.map(|problem| problem.code);
        assert_eq!(shown, Some(code).filter(|&code| code != "invitation_limit"));
    }
}
