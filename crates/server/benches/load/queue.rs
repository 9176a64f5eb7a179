//! How long an offer takes with a short queue and with a very long one.

use super::figures::{at, line, load_now, ms, verdict};
use super::place::{Home, Place, Team, complete, poll};
use super::wire::Wire;
use std::time::{Duration, Instant};

const SHORT: usize = 1_000;
const LONG: usize = 1_000_000;
const CLAIMS: usize = 500;
const WARM_UP: usize = 50;
const WANTED: f64 = 1.5;

pub async fn run(place: &Place) {
    println!(" offers out of a queue, {}", load_now());
    let short = claims(place, SHORT, 1).await;
    line("1,000 queued, all of one member", &short);
    let one = claims(place, LONG, 1).await;
    line("1,000,000 queued, all of one member", &one);
    let many = claims(place, LONG, 1_000).await;
    line("1,000,000 queued, of 1,000 members", &many);
    for (what, times) in [("of one member", one), ("of 1,000 members", many)] {
        let times = ms(at(&times, 50)) / ms(at(&short, 50));
        verdict(
            times <= WANTED,
            &format!("1,000,000 {what}: {times:.2} times as long at p50, wanted at most {WANTED}"),
        );
    }
}

/// The times of polls with an offer.
async fn claims(place: &Place, queued: usize, members: usize) -> Vec<Duration> {
    let home = place.home().await;
    let teams = home.teams(members).await;
    for team in &teams {
        fill(&home, team, queued / members).await;
    }
    if place.takes_several() {
        home.execute("VACUUM ANALYZE".to_owned()).await;
    }
    let server = home.serve();
    let mut wire = Wire::agent(server.address, &teams[members / 2].token).await;
    let mut times = Vec::new();
    for round in 0..CLAIMS + WARM_UP {
        let asked = Instant::now();
        let offer = wire.post("/agent/v1/poll", &poll(0)).await["task"].clone();
        if round >= WARM_UP {
            times.push(asked.elapsed());
        }
        complete(&mut wire, &offer).await;
    }
    times
}

/// Tasks as callers would have made them, in one statement.
async fn fill(home: &Home<'_>, Team { id, member, .. }: &Team, count: usize) {
    let tail = member.rsplit_once('-').unwrap().0;
    home.execute(format!(
        "INSERT INTO task (id, team_id, member_id, task_type, task_input, has_note, state, created_at, start_by, deadline_at)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
         SELECT '{tail}-' || substr(CAST(1000000000000 + n AS TEXT), 2), '{id}', '{member}', 'agent_fetch_connections',
                '{{\"task_type\":\"agent_fetch_connections\",\"count\":40}}', FALSE, 'queued', 0, 9000000000000, 9000000000000
         FROM numbers"
    ))
    .await;
}
