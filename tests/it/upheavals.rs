//! What happens around a task, at each of its points: the storage is wiped, another member signs in. Nothing is sent
//! twice or in another's name, and the person is told what is going on.

use crate::support::*;
use liaison::ports::Area;
use std::cell::Cell;
use std::rc::Rc;

/// More points than any of these tasks has.
const POINTS: std::ops::RangeInclusive<u32> = 1..=45;

fn tasks() -> [(&'static str, Value); 2] {
    [(FETCH, json!({ "count": 50 })), (CONNECT, stranger())]
}

fn small_pages(level: crate::fakes::server::Level) -> (FakeWorld, Agent) {
    let (world, agent) = world(60, level);
    world.site.borrow_mut().page_clamp = 20;
    (world, agent)
}

fn ended(world: &FakeWorld) -> bool {
    world.server.borrow().ended("t-1").is_some()
}

#[test]
fn storage_wiped_under_a_running_task_changes_nothing_of_its_end() {
    for level in [One, Two] {
        for area in [Area::Local, Area::Session] {
            for (kind, input) in tasks() {
                for point in POINTS {
                    let what = format!("{level:?}, {area:?}, {kind}, point {point}");
                    let (world, mut agent) = small_pages(level);
                    world.at_point(world.points() + point, move |world| {
                        world.disk.borrow_mut().wipe_area(area)
                    });
                    let (status, output) = carry_out(&mut agent, "t-1", kind, input.clone());
                    assert_eq!(status, "completed", "{what}: {output}");
                    agent.run_for(MINUTE);
                    assert_eq!(record(&world, "t-1"), None, "{what}");
                    assert_eq!(posts(&world), u32::from(kind == CONNECT), "{what}");
                }
            }
        }
    }
}

#[test]
fn storage_wiped_and_the_worker_ended_makes_no_second_invitation() {
    for level in [One, Two] {
        for area in [Area::Local, Area::Session] {
            for (kind, input) in tasks() {
                for point in POINTS {
                    let what = format!("{level:?}, {area:?}, {kind}, point {point}");
                    let (world, mut agent) = small_pages(level);
                    world.at_point(world.points() + point, move |world| {
                        world.disk.borrow_mut().wipe_area(area)
                    });
                    world.kill_at(world.points() + point);
                    world.server.borrow_mut().add("t-1", kind, input.clone());
                    agent.run_until("the end, or the death", ended);
                    if agent.is_running() {
                        continue;
                    }
                    let (fetched, held) =
                        (world.site.borrow().count(INVITE), world.site.borrow().invitations.len());
                    agent.reboot();
                    if area == Area::Local {
                        assert_eq!(agent.status().state, "unpaired", "{what}");
                        pair_again(&mut agent);
                    }
                    let (status, output) = agent.run_to_end("t-1");
                    agent.run_for(MINUTE);
                    // Without a journal and without a durable start, the list is all there is: see the protocol.
                    let blind = level == One && area == Area::Local && fetched == 1 && held == 0;
                    let site = world.site.borrow();
                    assert!(site.count(INVITE) <= 1 + usize::from(blind), "{what}");
                    assert!(site.invitations.len() <= 1, "{what}");
                    let code = output["code"].as_str().unwrap_or_default();
                    let known = match (status.as_str(), code) {
                        ("completed", _) => kind == FETCH || site.invitations.len() == 1,
                        ("failed", "outcome_unknown") => kind == CONNECT && site.invitations.is_empty(),
                        ("failed", "cannot_resend_yet") => level == One && area == Area::Local && held == 1,
                        _ => false,
                    };
                    assert!(known, "{what}: {status} {output}");
                }
            }
        }
    }
}

/// Another member signs in at a point, and the worker is told. Returns whether there was such a point.
fn another_signs_in_at(agent: &mut Agent, point: u32) -> bool {
    let world = agent.world.clone();
    let changed = Rc::new(Cell::new(false));
    let tell = Rc::clone(&changed);
    world.at_point(world.points() + point, move |world| {
        world.site.borrow_mut().member += 1;
        tell.set(true);
    });
    agent.run_until("another member, or the end", |world| changed.get() || ended(world));
    if changed.get() {
        agent.tell(Event::SessionChanged);
    }
    changed.get()
}

#[test]
fn another_member_who_signs_in_at_any_point_has_nothing_done_in_their_name() {
    for level in [One, Two] {
        for (kind, input) in tasks() {
            for point in POINTS {
                let what = format!("{level:?}, {kind}, point {point}");
                let (world, mut agent) = small_pages(level);
                world.server.borrow_mut().add("t-1", kind, input.clone());
                if !another_signs_in_at(&mut agent, point) {
                    continue;
                }
                let asked = (world.site.borrow().count(INVITE), world.site.borrow().count(LIST));
                agent.run_for(10 * MINUTE);
                let now = (world.site.borrow().count(INVITE), world.site.borrow().count(LIST));
                assert_eq!(now, asked, "{what}");
                let status = agent.status();
                assert_eq!((status.state, said_state(&world).as_str()), ("wrong_account", "wrong_account"));
                assert_eq!(status.attention.unwrap().code, "wrong_account", "{what}");
                assert!(status.waiting.iter().all(|wait| wait.reason == "wrong_account"), "{what}");
                member_changes(&mut agent, -1);
                let (status, output) = agent.run_to_end("t-1");
                agent.run_for(MINUTE);
                assert_eq!(status, "completed", "{what}: {output}");
                assert_eq!(world.site.borrow().count(INVITE), usize::from(kind == CONNECT), "{what}");
                assert_eq!((record(&world, "t-1"), agent.status().attention), (None, None), "{what}");
            }
        }
    }
}

#[test]
fn what_may_have_been_sent_before_a_power_cut_is_never_given_back() {
    // What the next browser finds keeps an invitation from going.
    let hindrances: [Happening; 2] = [
        |agent| drop(agent.ask(Command::SetPaused { paused: true })),
        |agent| {
            agent.world.site.borrow_mut().next(ME, Mishap::LostBefore);
            agent.tell(Event::SessionChanged);
        },
    ];
    for hinder in hindrances {
        let (world, mut agent) = world(3, Two);
        world.disk.borrow_mut().sync();
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        agent.kill();
        while !record(&world, "t-1").unwrap().contains("\"starting\"") {
            world.disk.borrow_mut().forget_last();
        }
        world.disk.borrow_mut().restart_browser(0);
        agent.reboot();
        hinder(&mut agent);
        agent.run_for(10 * MINUTE);
        agent.ask(Command::SetPaused { paused: false });
        assert_eq!((agent.run_to_end("t-1").0.as_str(), posts(&world)), ("completed", 1));
        assert_eq!(world.server.borrow().task("t-1").returned, 0, "nobody knows that it was not sent");
    }
}
