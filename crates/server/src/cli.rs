//! The commands: `serve`, and what an operator does beside it, while it runs or not.
//!
//! What a command makes goes to stdout, and to stderr what a person should know of it.

mod admin_key;
mod agent;
mod doors;
mod key;
mod list;
mod member;
mod pair;
mod place;
mod signals;
mod team;

use crate::logging::LogFormat;
use clap::{Args, Parser, Subcommand};
use doors::Doors;
use liaison_server::config::DEFAULT_LISTEN;
use liaison_server::{Config, Database, Retain, Running, default_database};
use serde_json::json;
use signals::{Signals, Told};
use std::error::Error;
use std::io::{self, Write, stdout};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Takes LinkedIn tasks over HTTP and has your own browser carry them out.
#[derive(Parser)]
#[command(name = "liaison-server", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How the log on stderr is written. What it tells is RUST_LOG's to say.
    #[arg(long, env = "LIAISON_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, global = true)]
    pub log_format: LogFormat,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server. Its first start makes a team, an API key and a pairing code, and shows them once.
    Serve(Serve),
    /// Print a new one-time pairing code, good for 10 minutes.
    Pair(pair::Pair),
    /// Make, list and revoke API keys. Without more words it makes one with every right for the first team.
    Key(key::Key),
    /// Add, list, rename and remove teams.
    #[command(subcommand)]
    Team(team::Team),
    /// Add, list, rename and remove members, and say what they may be.
    #[command(subcommand)]
    Member(member::Member),
    /// List, rename and revoke paired browsers.
    #[command(subcommand)]
    Agent(agent::Agent),
    /// Make, list and revoke keys of the admin API, each of which opens all teams.
    #[command(subcommand)]
    AdminKey(admin_key::AdminKey),
}

#[derive(Args)]
struct Serve {
    /// Where to listen. Whoever reaches an address other than loopback can try keys; give it a certificate, or put a
    /// proxy with TLS in front of it.
    #[arg(long, env = "LIAISON_LISTEN", default_value_t = DEFAULT_LISTEN)]
    listen: SocketAddr,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    doors: Doors,
    /// How long ago a team's browser may have been heard of for its tasks to be taken: seconds, or text such as 12h or 2days.
    #[arg(long, env = "LIAISON_SEEN_WITHIN", value_name = "TIME", value_parser = duration, default_value = "48h")]
    seen_within: Duration,
    /// How long a task is kept after its end, with what it asked and was answered: a time like 30d or 12h, at least an hour,
    /// or `forever`.
    #[arg(long, env = "LIAISON_RETAIN", default_value_t = Retain::default())]
    retain: Retain,
    /// Let callers register webhooks on private addresses and without TLS. Whoever has a key can then have this server call
    /// what only it can reach.
    #[arg(long, env = "LIAISON_ALLOW_PRIVATE_WEBHOOKS")]
    allow_private_webhooks: bool,
    /// How long /v2/connections and /v1/network/connections wait for the browser, such as 90s or 2m.
    #[arg(long, env = "LIAISON_ANSWER_WITHIN", value_name = "TIME", value_parser = answer_within, default_value = "2m")]
    answer_within: Duration,
    /// Print one line of JSON once it listens: {"url","api_key","pairing_code"}, the last two null but at the first start.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Data {
    /// A SQLite file, or postgres://user:password@host/name [default: liaison/liaison.db in your data folder, ~/.local/share
    /// or its like]
    #[arg(long, env = "LIAISON_DATABASE", value_name = "FILE|URL", hide_env_values = true)]
    database: Option<Database>,
}

impl Data {
    fn database(self) -> Database {
        self.database.unwrap_or_else(|| default_database().into())
    }
}

/// Seconds, or a time as people write it.
fn duration(text: &str) -> Result<Duration, humantime::DurationError> {
    text.parse().map(Duration::from_secs).or_else(|_| humantime::parse_duration(text))
}

/// A time for which a caller may be kept waiting.
fn answer_within(text: &str) -> Result<Duration, String> {
    const MOST: Duration = Duration::from_secs(3_600);
    let time = duration(text).map_err(|error| error.to_string())?;
    if time <= MOST { Ok(time) } else { Err("more than an hour".to_owned()) }
}

/// How a command ends.
type Outcome = Result<(), Box<dyn Error>>;

/// Carries the command out.
pub fn run(arguments: Arguments) -> Outcome {
    let runtime = Runtime::new()?;
    match arguments.command {
        Command::Serve(options) => runtime.block_on(serve(options)),
        Command::Pair(pair) => runtime.block_on(pair.run()),
        Command::Key(key) => runtime.block_on(key.run()),
        Command::Team(team) => runtime.block_on(team.run()),
        Command::Member(member) => runtime.block_on(member.run()),
        Command::Agent(agent) => runtime.block_on(agent.run()),
        Command::AdminKey(key) => runtime.block_on(key.run()),
    }
}

async fn serve(options: Serve) -> Outcome {
    // Listened for before anyone is told that we are up: a signal right after must not be a hard end.
    let mut signals = Signals::listen()?;
    if !options.listen.ip().is_loopback() && options.doors.is_plain() {
        tracing::warn!(listen = %options.listen, "reachable from other computers, without TLS, and no proxy is named");
    }
    let database = options.data.database();
    let config = options.doors.add_to(Config {
        listen: options.listen,
        seen_within: options.seen_within,
        retain: options.retain,
        allow_private_webhooks: options.allow_private_webhooks,
        answer_within: options.answer_within,
        ..Config::new(database.clone())
    });
    let running = liaison_server::start(config).await?;
    if options.json {
        let line =
            json!({"url": running.url, "api_key": running.api_key, "pairing_code": running.pairing_code});
        writeln!(stdout(), "{line}")?;
    } else {
        greet(&running, &database.to_string())?;
    }
    stdout().flush()?;
    while signals.next().await == Told::Reload {
        match running.reload_certificate() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }
    tracing::info!("shutting down");
    running.shutdown().await;
    Ok(())
}

fn greet(running: &Running, database: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    let url = &running.url;
    writeln!(out, "Liaison listens on {url} and keeps its data in {database}")?;
    let (Some(key), Some(code)) = (&running.api_key, &running.pairing_code) else {
        return writeln!(out, "`liaison-server pair` makes a pairing code, `liaison-server key` an API key.");
    };
    writeln!(out, "\nThis is its first start. Shown once:")?;
    writeln!(out, "  API key       {key}")?;
    writeln!(out, "  Pairing code  {code}   (10 minutes, once)")?;
    writeln!(out, "\n1. In the extension's options page: server {url}, and the pairing code.")?;
    writeln!(out, "2. Create a task:\n")?;
    writeln!(out, "   curl -X POST {url}/linkedin-agent/fetch-connections \\")?;
    writeln!(out, "     -H 'x-api-key: {key}' -d '{{\"count\": 40}}'\n")?;
    writeln!(out, "3. Ask how it stands, with the id that this answers:\n")?;
    writeln!(out, "   curl '{url}/linkedin-agent/get-task-status?wait=25&api_agent_task_id=TASK_ID' \\")?;
    writeln!(out, "     -H 'x-api-key: {key}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_kept_waiting_for_an_hour_at_most() {
        for (text, time) in
            [("0s", Some(0)), ("90s", Some(90)), ("1h", Some(3_600)), ("61m", None), ("120", Some(120))]
        {
            assert_eq!(answer_within(text).ok(), time.map(Duration::from_secs), "{text}");
        }
    }
}
