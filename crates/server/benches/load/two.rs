//! Two servers on one database, and agents and callers who come to either in turn.

use super::figures::{at, line, load_now, ms, verdict};
use super::place::{Place, Team, complete, poll};
use super::wire::Wire;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

const TEAMS: usize = 200;
/// How often each team creates a task, and so as many times together.
const EVERY: Duration = Duration::from_secs(4);
const WANTED_MS: f64 = 60.0;

pub async fn run(place: &Place, lasts: Duration) {
    let home = place.home().await;
    let teams = home.teams(TEAMS).await;
    let servers = [home.serve(), home.serve()];
    let addresses = [servers[0].address, servers[1].address];
    let (mut all, mut waiting) = (JoinSet::new(), JoinSet::new());
    let ends = Instant::now() + EVERY * 2 + lasts;
    for (number, team) in teams.into_iter().enumerate() {
        let (offered, offers) = mpsc::unbounded_channel();
        waiting.spawn(wait_in_turns(addresses, number, team.token.clone(), offered));
        all.spawn(call_in_turns(addresses, number, team, offers, ends));
    }
    let times: Vec<Duration> = all.join_all().await.into_iter().flatten().collect();
    waiting.shutdown().await;
    println!(" two servers in turns, {TEAMS} teams, a task every 4 s each, {}", load_now());
    line("POST sent to one -> offer's bytes at the agent", &times);
    let p99 = ms(at(&times, 99));
    verdict(p99 <= WANTED_MS, &format!("p99 {p99:.2} ms, wanted at most {WANTED_MS} ms"));
}

async fn wait_in_turns(
    addresses: [SocketAddr; 2],
    number: usize,
    token: String,
    offered: mpsc::UnboundedSender<Instant>,
) {
    let [one, two] = addresses;
    let mut wires = [Wire::agent(one, &token).await, Wire::agent(two, &token).await];
    let poll = poll(25_000);
    let mut turn = number;
    loop {
        let answer = wires[turn % 2].post("/agent/v1/poll", &poll).await;
        turn += 1;
        if answer["task"].is_object() {
            let came = Instant::now();
            complete(&mut wires[turn % 2], &answer["task"]).await;
            turn += 1;
            if offered.send(came).is_err() {
                return;
            }
        }
    }
}

async fn call_in_turns(
    addresses: [SocketAddr; 2],
    number: usize,
    team: Team,
    mut offers: mpsc::UnboundedReceiver<Instant>,
    ends: Instant,
) -> Vec<Duration> {
    let [one, two] = addresses;
    let mut wires = [Wire::caller(one, &team.key).await, Wire::caller(two, &team.key).await];
    let (mut times, mut warm) = (Vec::new(), false);
    // Not all at the same moment.
    sleep(EVERY * u32::try_from(number).unwrap() / u32::try_from(TEAMS).unwrap()).await;
    let mut turn = number / 2;
    while Instant::now() < ends {
        let sent = Instant::now();
        wires[turn % 2].post("/linkedin-agent/fetch-connections", "{}").await;
        turn += 1;
        let took = offers.recv().await.unwrap() - sent;
        // The first make connections and plan statements, which is no task's.
        if warm {
            times.push(took);
        }
        warm = true;
        sleep(EVERY).await;
    }
    times
}
