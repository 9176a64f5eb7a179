//! Whole tasks: created, offered, started, completed, each step on the disk before it is answered.

use super::figures::{cpu_of, line, load_now, ms, verdict};
use super::place::{Place, Team, complete, poll};
use super::wire::Wire;
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

/// Connections are made and statements planned once, which is no task's.
const WARM_UP: Duration = Duration::from_secs(3);
/// Teams at work at once.
const TEAMS: usize = 64;

pub async fn run(place: &Place, lasts: Duration) {
    let wanted = if place.takes_several() { 1_000 } else { 500 };
    let home = place.home().await;
    let teams = home.teams(TEAMS).await;
    let server = home.serve();
    let begins = Instant::now() + WARM_UP;
    let mut working = JoinSet::new();
    for (number, team) in teams.into_iter().enumerate() {
        working.spawn(work(server.address, number, team, begins, begins + lasts));
    }
    sleep_until(begins.into()).await;
    println!(" create -> offer -> start -> complete, {TEAMS} teams, {} s, {}", lasts.as_secs(), load_now());
    let so_far = || [cpu_of(&[server.process()]), cpu_of(&place.processes()), cpu_of(&[std::process::id()])];
    let before = so_far();
    let times: Vec<[Duration; 4]> = working.join_all().await.into_iter().flatten().collect();
    let after = so_far();
    let rate = times.len() as u64 * 1_000 / u64::try_from(begins.elapsed().as_millis()).unwrap();
    for (at, what) in ["create", "poll with offer", "start", "complete"].iter().enumerate() {
        line(what, &times.iter().map(|times| times[at]).collect::<Vec<_>>());
    }
    line("whole", &times.iter().map(|times| times.iter().sum()).collect::<Vec<_>>());
    let tasks = ms(Duration::from_millis(times.len() as u64));
    let [of_server, of_database, of_load] =
        [0, 1, 2].map(|of| ms(after[of].saturating_sub(before[of])) / tasks);
    println!(
        "  processor time a task: server {of_server:.2} ms, database {of_database:.2} ms, the load itself {of_load:.2} ms"
    );
    verdict(rate >= wanted, &format!("{rate} tasks a second, wanted at least {wanted}"));
}

/// The times of the four calls of each task that began after `counts`.
async fn work(
    address: SocketAddr,
    number: usize,
    team: Team,
    counts: Instant,
    ends: Instant,
) -> Vec<[Duration; 4]> {
    let (mut caller, mut agent) =
        (Wire::caller(address, &team.key).await, Wire::agent(address, &team.token).await);
    let mut times = Vec::new();
    for invited in 0.. {
        let begins = Instant::now();
        if begins > ends {
            break;
        }
        let person = json!({"profile_urn": format!("ACoAA{number:04}{invited:06}"), "note": "hello"});
        caller.post("/linkedin-agent/send-connection-request", &person.to_string()).await;
        let created = Instant::now();
        let offer = agent.post("/agent/v1/poll", &poll(0)).await["task"].clone();
        let offered = Instant::now();
        let path = format!("/agent/v1/tasks/{}/start", offer["task"].as_str().unwrap());
        agent.post(&path, &json!({"token": offer["token"]}).to_string()).await;
        let started = Instant::now();
        complete(&mut agent, &offer).await;
        if begins >= counts {
            times.push([created - begins, offered - created, started - offered, started.elapsed()]);
        }
    }
    times
}
