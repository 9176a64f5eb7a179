//! What measured times become: percentiles, and a mark on what is missed.

use std::time::Duration;

#[expect(clippy::cast_precision_loss, reason = "times are far below the limit")]
pub fn ms(time: Duration) -> f64 {
    time.as_micros() as f64 / 1_000.0
}

/// The time that so many of a hundred stay below.
pub fn at(times: &[Duration], hundredth: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[(sorted.len() * hundredth / 100).min(sorted.len() - 1)]
}

pub fn line(what: &str, times: &[Duration]) {
    let [p50, p90, p99, most] = [50, 90, 99, 100].map(|hundredth| ms(at(times, hundredth)));
    let count = times.len();
    println!(
        "  {what:<52} {count:>7} times   p50 {p50:>8.2}   p90 {p90:>8.2}   p99 {p99:>8.2}   max {most:>8.2} ms"
    );
}

pub fn verdict(held: bool, what: &str) {
    println!("  {}  {what}", if held { "  held" } else { "MISSED" });
}

/// What these processes have had of the processors so far. What else runs on the machine is not in it.
pub fn cpu_of(processes: &[u32]) -> Duration {
    let ticks = |process: &u32| -> u64 {
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else { return 0 };
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields[11..=12].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    };
    // A hundred a second, on every Linux that there is.
    Duration::from_millis(processes.iter().map(ticks).sum::<u64>() * 10)
}

/// How busy the machine is: what else runs on it is in every number.
pub fn load_now() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    format!("load {}", load.split(' ').next().unwrap())
}
