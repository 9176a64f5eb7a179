//! The `liaison-simulator` command: starts the double, prints where it is, and ends on a signal.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use liaison_simulator::{Config, DeadSession, Running, Settings, Simulator, Tier};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Loopback address of the TLS listener that plays www.linkedin.com (port 0: any free one; 443 for /etc/hosts)
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Loopback address of the control listener, which is the proxy too (port 0: any free one)
    #[arg(long, default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// A file to write the certificate to, as PEM
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Seed of everything invented: the same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many 1st-degree connections the signed-in member has
    #[arg(long, default_value_t = 250)]
    connections: u32,
    /// Most rows one page holds, whatever `count` asks for
    #[arg(long, default_value_t = 100)]
    page_clamp: u32,
    /// A fixed clock, in epoch milliseconds, that moves only by command (default: the machine's clock)
    #[arg(long)]
    clock_ms: Option<i64>,
    /// What a request without a live session gets
    #[arg(long, value_enum, default_value_t = Dead::Unauthorized)]
    dead_session: Dead,
    /// A free account: notes of 200 instead of 300 UTF-16 units
    #[arg(long)]
    free: bool,
    /// Notes allowed in any 30 days
    #[arg(long, default_value_t = 1_000_000)]
    note_quota: u32,
    /// Invitations allowed in any 7 days
    #[arg(long, default_value_t = 1_000_000)]
    weekly_limit: u32,
    /// Pending invitations that were sent before the start
    #[arg(long, default_value_t = 2)]
    older_invitations: u32,
    /// A decoration or query id that the site has dropped, whole or its end (may be repeated)
    #[arg(long, value_name = "ID")]
    dropped: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Dead {
    /// 401 with a JSON body
    Unauthorized,
    /// 302 to /uas/login
    Login,
    /// 302 to the same URL, with a cookie that deletes li_at
    SelfRedirect,
}

/// How to use it, but for the refusals, which are listed as they are.
const GUIDE: &str = include_str!("guide.txt");

fn guide() -> String {
    let named = liaison_simulator::refusals().map(|(name, says)| format!("  {name:<24}{says}"));
    GUIDE.to_owned() + &named.collect::<Vec<_>>().join("\n")
}

#[tokio::main]
async fn main() -> ExitCode {
    let matches = Arguments::command().after_long_help(guide()).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    // Before the announcement: whoever has read the line may end us at once.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let certificate = arguments.certificate.clone();
    let running = Simulator::start(arguments.into()).await?;
    if let Some(file) = certificate {
        std::fs::write(&file, running.certificate_pem())
            .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    announce(&running)?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    running.shutdown().await;
    Ok(())
}

fn announce(running: &Running) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", running.announcement())?;
    out.flush()
}

fn complain(error: &dyn std::error::Error) {
    let mut text = format!("liaison-simulator: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    // Nothing is left to be done if even this cannot be written.
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl From<Arguments> for Config {
    fn from(given: Arguments) -> Self {
        let settings = Settings {
            seed: given.seed,
            connections: given.connections,
            page_clamp: given.page_clamp,
            clock_ms: given.clock_ms,
            dead_session: match given.dead_session {
                Dead::Unauthorized => DeadSession::Unauthorized,
                Dead::Login => DeadSession::Login,
                Dead::SelfRedirect => DeadSession::SelfRedirect,
            },
            tier: if given.free { Tier::Free } else { Tier::Paid },
            note_quota: given.note_quota,
            weekly_limit: given.weekly_limit,
            older_invitations: given.older_invitations,
            dropped: given.dropped,
            ..Settings::default()
        };
        Self { listen: given.listen, control: given.control, settings }
    }
}
