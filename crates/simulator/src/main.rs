//! The `liaison-simulator` command: starts the double, prints where it is, and ends on a signal.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use liaison_simulator::{Config, DeadSession, Running, Settings, Simulator, Tier};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(version, about, after_long_help = GUIDE)]
struct Arguments {
    /// Loopback address of the TLS listener that plays www.linkedin.com (port 0: any free one)
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Loopback address of the plain HTTP control listener (port 0: any free one)
    #[arg(long, default_value = "127.0.0.1:0")]
    control: SocketAddr,
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

const GUIDE: &str = r#"At its start it prints one line: {"https":"https://127.0.0.1:PORT","control":"http://127.0.0.1:PORT","spki":"..."}

A browser meets it as www.linkedin.com with:
  --host-resolver-rules="MAP www.linkedin.com 127.0.0.1:PORT" --ignore-certificate-errors-spki-list=SPKI
Open https://www.linkedin.com/login (or /login?as=2 for another member) and press "Sign in"; any password will do.

Control (JSON in, JSON out, no content type needed; CONTROL is the "control" URL of that line):
  POST CONTROL/__sim/reset    {"seed":1,"connections":250,"page_clamp":100,...}  begin anew; all fields optional
  POST CONTROL/__sim/knobs    {"page_clamp":40,"tier":"free","note_quota":3,"weekly_limit":5,"dead_session":"login"}
  POST CONTROL/__sim/fault    {"match":{"method":"POST","path":"piece of path or query"},"nth":1,"times":1,"fault":FAULT}
  DELETE CONTROL/__sim/fault  disarm all faults
  GET  CONTROL/__sim/held     ids that wait; ?id=h1&wait_ms=5000 waits until h1 does
  POST CONTROL/__sim/release  {"id":"h1"}
  POST CONTROL/__sim/shift    {"insert":1} or {"remove":1}: rows at the head of the list
  POST CONTROL/__sim/clock    {"advance_ms":60000}
  POST CONTROL/__sim/member   {"id":"ACo...","state":"none|pending|connected|withdrawn|inaccessible"}
  POST CONTROL/__sim/account  {"n":2}: whom the next sign-in gets; with "now":true live sessions change hands at once
  POST CONTROL/__sim/session  {"n":1}: a live session's cookies, without the form
  DELETE CONTROL/__sim/session  end every session
  GET  CONTROL/__sim/journal  what arrived; ?posts=1&wait_ms=5000 waits for a count (requests, posts, invitations, unmatched, aborted)
  GET  CONTROL/__sim/network  ?start=0&count=100: who is in the list;  GET CONTROL/__sim/state: settings and counts

FAULT is one of:
  {"kind":"status","status":429,"body":"...","content_type":"...","headers":{"retry-after":"5"}}
  {"kind":"code","status":429,"code":"FUSE_LIMIT_EXCEEDED","message":"..."}   {"kind":"no_urn"}   {"kind":"html"}
  {"kind":"redirect","location":"/checkpoint/challenge/x"}   {"kind":"rename","from":"firstName","to":"givenName"}
  {"kind":"cut","after_bytes":100}   {"kind":"reset","when":"before|after"}   {"kind":"hold","when":"before|after","id":"h1"}
  {"kind":"delay","ms":100}   {"kind":"shift","insert":1,"remove":0}
"before" and "after" mean the request's effect. Ends on SIGINT or SIGTERM."#;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().into()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config) -> Result<(), Box<dyn std::error::Error>> {
    // Before the announcement: whoever has read the line may end us at once.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let running = Simulator::start(config).await?;
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
        };
        Self { listen: given.listen, control: given.control, settings }
    }
}
