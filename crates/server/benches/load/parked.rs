//! Many agents that wait: what each of them holds in the server's memory, and how soon one is told.

use super::figures::{at, line, load_now, ms, verdict};
use super::place::{Place, Team, complete, poll};
use super::wire::Wire;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

const AGENTS: usize = 10_000;
/// Tasks a second while all are parked.
const RATE: u64 = 50;
/// How far apart they come.
const ARRIVE: Duration = Duration::from_millis(2);
/// Longer than a poll is held, so that every agent has come again.
const SETTLE: Duration = Duration::from_secs(30);
const WANTED_KB: usize = 25;
const WANTED_MS: f64 = 25.0;

pub async fn run(place: &Place, lasts: Duration) {
    let home = place.home().await;
    let teams = home.teams(AGENTS).await;
    let server = home.serve();
    let before = server.rss();
    let (offered, mut offers) = mpsc::unbounded_channel();
    let (mut keys, mut waiting) = (Vec::new(), JoinSet::new());
    for team in teams {
        // They come as people open their browsers, and not all in one moment.
        sleep(ARRIVE).await;
        keys.push(team.key.clone());
        waiting.spawn(wait_for_ever(server.address, team, offered.clone()));
    }
    sleep(SETTLE).await;
    let each = server.rss().saturating_sub(before) * 1_000 / AGENTS;
    println!(" {AGENTS} parked agents, {}", load_now());
    println!("  memory before {before} kB, with them {} kB: {each} B each", server.rss());
    verdict(each <= WANTED_KB * 1_000, &format!("{each} B an agent, wanted at most {WANTED_KB} kB"));
    let mut ticks = interval(Duration::from_millis(1_000 / RATE));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut whole, mut woken) = (Vec::new(), Vec::new());
    let ends = Instant::now() + lasts;
    for key in keys.iter().cycle().step_by(97) {
        if Instant::now() > ends {
            break;
        }
        let mut caller = Wire::caller(server.address, key).await;
        ticks.tick().await;
        let sent = Instant::now();
        caller.post("/linkedin-agent/fetch-connections", "{}").await;
        let created = Instant::now();
        let came: Instant = offers.recv().await.unwrap();
        whole.push(came - sent);
        woken.push(came.saturating_duration_since(created));
    }
    waiting.shutdown().await;
    line("POST sent -> offer's bytes at its agent", &whole);
    line("POST answered -> offer's bytes at its agent", &woken);
    let p99 = ms(at(&whole, 99));
    verdict(p99 <= WANTED_MS, &format!("p99 {p99:.2} ms, wanted at most {WANTED_MS} ms, the POST included"));
}

async fn wait_for_ever(address: SocketAddr, team: Team, offered: mpsc::UnboundedSender<Instant>) {
    let mut wire = Wire::agent(address, &team.token).await;
    let poll = poll(25_000);
    loop {
        let answer = wire.post("/agent/v1/poll", &poll).await;
        if answer["task"].is_object() {
            offered.send(Instant::now()).unwrap();
            complete(&mut wire, &answer["task"]).await;
        }
    }
}
