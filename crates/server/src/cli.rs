//! The three commands: `serve`, `pair`, `key`.

mod doors;
mod signals;

use crate::logging::LogFormat;
use clap::{Args, Parser, Subcommand};
use doors::Doors;
use liaison_server::config::DEFAULT_LISTEN;
use liaison_server::store::{Store, StoreError};
use liaison_server::{Clock, Config, Database, Running, SystemClock, default_database};
use serde_json::json;
use signals::{Signals, Told};
use std::error::Error;
use std::io::{self, Write, stderr, stdout};
use std::net::SocketAddr;
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
    Pair(Data),
    /// Print a new API key.
    Key(Data),
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

/// Carries the command out.
pub fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let runtime = Runtime::new()?;
    match arguments.command {
        Command::Serve(options) => runtime.block_on(serve(options)),
        Command::Pair(data) => {
            let code = runtime.block_on(new_code(data))?;
            writeln!(stdout(), "{code}")?;
            writeln!(
                stderr(),
                "Type it into the extension's options page within 10 minutes. It works once."
            )?;
            Ok(())
        }
        Command::Key(data) => {
            let key = runtime.block_on(new_key(data))?;
            writeln!(stdout(), "{key}")?;
            writeln!(stderr(), "Send it as the header x-api-key. It is not shown again.")?;
            Ok(())
        }
    }
}

async fn serve(options: Serve) -> Result<(), Box<dyn Error>> {
    // Listened for before anyone is told that we are up: a signal right after must not be a hard end.
    let mut signals = Signals::listen()?;
    if !options.listen.ip().is_loopback() && options.doors.is_plain() {
        tracing::warn!(listen = %options.listen, "reachable from other computers, without TLS, and no proxy is named");
    }
    let database = options.data.database();
    let config = options.doors.add_to(Config { listen: options.listen, ..Config::new(database.clone()) });
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

async fn new_code(data: Data) -> Result<String, Box<dyn Error>> {
    let store = open_existing(data).await?;
    let team = store.first_team().await?;
    let member = store.acting_member(&team).await?.ok_or(StoreError::NoTeam)?;
    let code = store.new_pairing_code(&member, SystemClock.now()).await?;
    store.close().await;
    Ok(code)
}

async fn new_key(data: Data) -> Result<String, Box<dyn Error>> {
    let store = open_existing(data).await?;
    let team = store.first_team().await?;
    let key = store.new_api_key(&team, SystemClock.now()).await?;
    store.close().await;
    Ok(key)
}

async fn open_existing(data: Data) -> Result<Store, Box<dyn Error>> {
    let database = data.database();
    if let Database::Sqlite(file) = &database
        && !file.exists()
    {
        return Err(format!("there is no database at {}; start the server first", file.display()).into());
    }
    Ok(Store::open(&database).await?)
}
