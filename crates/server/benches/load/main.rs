//! The server as it ships under load, on both databases: `./build.sh bench server`.
//!
//! Server, database and load share the machine, as the printed load says. Everything goes over HTTP on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that fails has nothing to say"
)]
#![expect(clippy::print_stdout, reason = "what a bench is for")]

#[path = "../../tests/postgres/cluster.rs"]
#[expect(dead_code, reason = "tests end it in the middle, and start it again")]
mod cluster;
mod figures;
mod one_task;
mod parked;
mod place;
mod queue;
mod two;
mod wire;

use place::Place;
use std::env;
use std::time::Duration;
use tokio::runtime::Builder;

/// How long each load lasts.
const LASTS: Duration = Duration::from_secs(10);
const ROWS: [&str; 4] = ["task", "parked", "queue", "two"];

fn main() {
    // Cargo adds a flag of its own.
    let asked: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants = |row: &str| asked.is_empty() || asked.iter().any(|asked| asked == row);
    assert!(asked.iter().all(|row| ROWS.contains(&row.as_str())), "rows are {ROWS:?}");
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for place in [Place::sqlite(), Place::postgres().await] {
            println!("\n{}, {}", place.name(), figures::load_now());
            if wants("task") {
                one_task::run(&place, LASTS).await;
            }
            if wants("queue") {
                queue::run(&place).await;
            }
            if wants("parked") {
                parked::run(&place, LASTS).await;
            }
            if wants("two") && place.takes_several() {
                two::run(&place, LASTS).await;
            }
        }
        println!("{}", figures::load_now());
    });
}
