//! The worker, the browser and the disk die at every point in turn. Whatever dies and when: never a second
//! invitation, and every task ends.

use super::{CONNECT, FETCH, STRANGER};
use crate::fakes::FakeWorld;
use crate::fakes::agent::Agent;
use crate::fakes::linkedin::LIST;
use crate::fakes::server::Level;
use serde_json::{Value, json};

/// What dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// The worker. Storage of both kinds stays.
    Worker,
    /// The browser. Its session ends.
    Browser,
    /// The computer: of `storage.local` so many writes are lost besides.
    Power(usize),
}

struct Run {
    world: FakeWorld,
    /// Where it died, and what the journal said then.
    died: Option<(String, String)>,
    status: String,
    output: Value,
    points: u32,
}

const TASK: &str = "t-1";

fn input_of(kind: &str) -> Value {
    if kind == FETCH { json!({ "count": 130 }) } else { json!({ "profile_urn": STRANGER, "note": "Hi" }) }
}

/// Carries a task out; what dies, dies at the given point after it was offered.
fn run(kind: &str, level: Level, death: Death, point: Option<u32>) -> Run {
    let world = FakeWorld::new(150, level);
    let mut agent = Agent::paired(&world);
    let begun = world.points();
    world.disk.borrow_mut().sync();
    if let Some(point) = point {
        world.kill_at(begun + point);
    }
    world.server.borrow_mut().add(TASK, kind, input_of(kind));
    let ended = |world: &FakeWorld| world.server.borrow().ended(TASK).is_some();
    agent.run_until("the end, or the death", ended);
    // What the server has is not yet what the journal knows.
    agent.run_for(30_000);
    let mut died = None;
    if let Some(label) = world.killed() {
        let record = world.disk.borrow().local(&format!("task:{TASK}")).unwrap_or_default().to_owned();
        died = Some((label, record));
        match death {
            Death::Worker => {}
            Death::Browser => world.disk.borrow_mut().restart_browser(0),
            Death::Power(lost) => world.disk.borrow_mut().restart_browser(lost),
        }
        agent.reboot();
        agent.run_until("the end", ended);
        agent.run_for(30_000);
    }
    let (status, output) = world.server.borrow().ended(TASK).unwrap();
    let points = world.points() - begun;
    Run { world, died, status, output, points }
}

/// Dies at every point of a task in turn.
pub fn everywhere(kind: &str, level: Level, death: Death) {
    let whole = run(kind, level, death, None);
    assert_eq!(whole.status, "completed", "{}", whole.output);
    let mut deaths = 0;
    for point in 1..=whole.points {
        let broken = run(kind, level, death, Some(point));
        let Some((label, record)) = &broken.died else { continue };
        deaths += 1;
        let what = format!("{kind}, {level:?}, {death:?} at point {point}, {label}, with {record:.200}");
        if kind == FETCH {
            check_fetch(&whole, &broken, death, &what);
        } else {
            check_invitation(&broken, level, death, record, &what);
        }
        let left = broken.world.disk.borrow().local(&format!("task:{TASK}")).map(str::to_owned);
        assert_eq!(left, None, "{what}: the journal is not clear");
    }
    assert!(deaths > 15, "only {deaths} deaths: nothing was tried");
}

fn check_fetch(whole: &Run, broken: &Run, death: Death, what: &str) {
    assert_eq!((&broken.status, &broken.output), (&whole.status, &whole.output), "{what}");
    let (asked, needed) = (broken.world.site.borrow().count(LIST), whole.world.site.borrow().count(LIST));
    let most = match death {
        // Asked, and not yet in the journal.
        Death::Worker | Death::Browser => needed + 1,
        Death::Power(_) => needed * 2,
    };
    assert!(asked <= most, "{what}: {asked} pages asked for");
}

fn check_invitation(broken: &Run, level: Level, death: Death, record: &str, what: &str) {
    let site = broken.world.site.borrow();
    let sent = site.invitations.len();
    assert!(site.posts <= 1, "{what}: {} POSTs", site.posts);
    assert!(sent <= 1, "{what}: {sent} invitations");
    let code = broken.output["code"].as_str();
    // "About to send" is in the journal, and the outcome is not.
    let in_between = record.contains("\"sending\"") || record.contains("\"verifying\"");
    match (broken.status.as_str(), code) {
        ("completed", None) => assert_eq!(sent, 1, "{what}: completed, and nothing was sent"),
        ("failed", Some("outcome_unknown")) => {
            assert_eq!(sent, 0, "{what}: it was sent, and is in the list");
            assert!(in_between || death != Death::Worker, "{what}: should have been sent");
        }
        // The journal is lost, and without a durable start nobody remembers whose invitation it was.
        ("failed", Some("cannot_resend_yet")) => {
            assert!(level == Level::One && matches!(death, Death::Power(_)) && sent == 1, "{what}");
        }
        other => panic!("{what}: {other:?}"),
    }
}

/// Power fails after an invitation at level one, the journal's last writes are lost, and LinkedIn's list doesn't show
/// it yet: what the journal still says of an earlier browser session is no proof that it was not sent.
pub fn power_fails_while_the_list_lags() {
    let world = FakeWorld::new(3, Level::One);
    let mut agent = Agent::paired(&world);
    world.disk.borrow_mut().sync();
    world.site.borrow_mut().sent_list_lags = true;
    world.server.borrow_mut().add(TASK, CONNECT, input_of(CONNECT));
    agent.run_until("the POST", |world| world.site.borrow().posts == 1);
    let record = |world: &FakeWorld| {
        let disk = world.disk.borrow();
        disk.local(&format!("task:{TASK}")).unwrap_or_default().to_owned()
    };
    agent.kill();
    while !record(&world).contains("\"checking\"") {
        world.disk.borrow_mut().forget_last();
        assert_ne!(record(&world), "", "the claim itself is lost");
    }
    world.disk.borrow_mut().restart_browser(0);
    agent.reboot();
    let (status, output) = agent.run_to_end(TASK);
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("outcome_unknown")));
    assert_eq!(world.site.borrow().posts, 1);
}

/// Dies again and again, every few points, until the task is done.
pub fn again_and_again(kind: &str, level: Level) {
    for gap in [23, 31, 44] {
        let world = FakeWorld::new(150, level);
        let mut agent = Agent::paired(&world);
        world.server.borrow_mut().add(TASK, kind, input_of(kind));
        let ended = |world: &FakeWorld| world.server.borrow().ended(TASK).is_some();
        for lives in 0.. {
            assert!(lives < 500, "{kind}, {level:?}: no way forward with a death every {gap} points");
            world.kill_at(world.points() + gap);
            agent.run_until("the end, or the death", ended);
            if ended(&world) {
                break;
            }
            agent.reboot();
        }
        let site = world.site.borrow();
        assert!(site.posts <= 1 && site.invitations.len() <= 1, "{kind}, {level:?}, {gap}");
    }
}
