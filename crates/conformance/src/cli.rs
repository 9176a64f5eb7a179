//! The command line, and a run from its first poll to its report.

use crate::agent::{Agent, Poll, PollAnswer};
use crate::caller::Caller;
use crate::check::Level;
use crate::kit::{Kit, Means};
use crate::level::{caller, extras, heartbeat, one, start};
use crate::pairing::{self, Pairing};
use crate::report::{LevelReport, Report, write_list};
use crate::shape::Kind;
use crate::source::Source;
use crate::wire::{Credential, Wire};
use clap::Parser;
use std::io::{self, Write, stdout};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What `--drain` ends at most.
const LEFT_OVER: usize = 10_000;

/// Plays the agent against a task API server, and the caller too if it has the documented API, and says which levels
/// of the protocol it meets. Use a server, or a team, of its own: the kit makes tasks and ends them.
///
/// Ends with 0 when the levels that were asked for are met, 1 when not, 2 when there was nothing to judge.
#[derive(Parser)]
#[command(name = "conformance", version)]
pub struct Arguments {
    /// The server, path prefix included, as it is typed into the extension.
    #[arg(long, value_name = "URL", required_unless_present = "list")]
    server: Option<String>,
    /// The agent token, if the server lets it be pasted.
    #[arg(long, env = "LIAISON_AGENT_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    agent_token: Option<String>,
    /// A pairing code, if the server makes such.
    #[arg(long, value_name = "CODE", conflicts_with = "agent_token")]
    pairing_code: Option<String>,
    /// A caller's key, if the server has the documented caller API; then tasks are made through it.
    #[arg(long, env = "LIAISON_API_KEY", hide_env_values = true, value_name = "KEY")]
    api_key: Option<String>,
    /// A shell command that queues one task; {kind} is put in for its `task_type`, {input} for its `task_input` as JSON.
    /// Without this and without --api-key the kit asks you to queue each task by hand.
    #[arg(long, value_name = "COMMAND")]
    create: Option<String>,
    /// A shell command that ends the server hard, starts it again at the same address and returns once it listens. With it
    /// the kit sees whether a start was on disk before it was answered.
    #[arg(long, value_name = "COMMAND")]
    restart: Option<String>,
    /// What the server is judged by; may be given several times [default: what it says it supports]
    #[arg(long, value_name = "LEVEL", value_delimiter = ',')]
    level: Vec<Level>,
    /// For how long a task that waits may not be offered, in milliseconds, before that counts as never.
    #[arg(long, value_name = "MS", default_value_t = 30_000)]
    patience_ms: u64,
    /// End whatever is in the queue at the beginning.
    #[arg(long)]
    drain: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Print every check and the sentence it rests on, as Markdown or with --json, and do nothing else.
    #[arg(long)]
    list: bool,
}

/// Carries the command out. An error says why there was nothing to judge.
pub async fn run(arguments: Arguments) -> Result<ExitCode, String> {
    let written = |error: io::Error| format!("the report could not be written: {error}");
    let Some(server) = arguments.server.clone().filter(|_| !arguments.list) else {
        write_list(&mut stdout(), arguments.json).map_err(written)?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut kit = enter(&arguments, &server).await?;
    let levels = try_levels(&mut kit, &arguments.level).await;
    if let Some(trouble) = kit.trouble() {
        return Err(trouble.to_owned());
    }
    let report = Report::new(server, levels);
    if arguments.json {
        writeln!(stdout(), "{}", report.json()).map_err(written)?;
    } else {
        report.write(&mut stdout()).map_err(written)?;
    }
    Ok(if report.is_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Gets ready: pairs if it has to, and sees to it that nobody else's tasks are in the queue.
async fn enter(arguments: &Arguments, server: &str) -> Result<Kit, String> {
    let wire = Wire::new(server)?;
    wire.post("/agent/v1/poll", Credential::None, "{}".to_owned(), Duration::ZERO).await?;
    let pairing = match (&arguments.agent_token, &arguments.pairing_code) {
        (Some(token), _) => Pairing::pasted(token),
        (None, Some(code)) => pairing::pair(&wire, code).await?,
        (None, None) => return Err("give --agent-token or --pairing-code".to_owned()),
    };
    let run = run_name();
    let agent = Agent::new(wire.clone(), pairing.token.clone(), format!("conformance-{run}"));
    let caller = arguments.api_key.clone().map(|key| Caller::new(wire, key));
    let source = match (&arguments.create, &caller) {
        (Some(command), _) => Source::Command(command.clone()),
        (None, Some(caller)) => Source::Caller(caller.clone()),
        (None, None) => Source::Person,
    };
    let patience = Duration::from_millis(arguments.patience_ms);
    let means = Means { source, restart: arguments.restart.clone(), patience };
    let mut kit = Kit::new(agent, caller, means, run);
    one::judge_pairing(&mut kit, pairing);
    if arguments.drain {
        kit.drain(LEFT_OVER).await?;
    } else if let Ok(PollAnswer { offer: Some(offer), .. }) = kit.agent.poll(Poll::ready(&Kind::BOTH)).await {
        return Err(format!(
            "the queue is not empty, task {} is offered: use a server or a team of its own for the kit, or say \
             --drain to end what is there",
            offer.task
        ));
    }
    Ok(kit)
}

/// Tries what was asked for and, unless something was, all that the server says it has.
async fn try_levels(kit: &mut Kit, asked: &[Level]) -> Vec<LevelReport> {
    // Every level rests on the first.
    let is_asked = |level: Level| asked.contains(&level) || level == Level::One;
    let mut tried = Vec::new();
    for level in Level::ALL.into_iter().filter(|level| asked.is_empty() || is_asked(*level)) {
        let missing = missing(kit, level).await;
        if missing.is_none() {
            match level {
                Level::One => one::run(kit).await,
                Level::Start => start::run(kit).await,
                Level::Heartbeat => heartbeat::run(kit).await,
                Level::Caller => caller::run(kit).await,
                Level::Extras => extras::run(kit).await,
            }
        }
        tried.push((level, missing));
    }
    if tried.contains(&(Level::Caller, None)) {
        caller::run_last(kit).await;
    }
    one::judge_all_answers(kit);
    let report = |(level, missing): (Level, Option<&'static str>)| {
        let counts = if asked.is_empty() { missing.is_none() } else { is_asked(level) };
        LevelReport::new(level, counts, missing, &kit.found)
    };
    tried.into_iter().map(report).collect()
}

/// Why a level can't be tried, if the server doesn't say that it has it.
async fn missing(kit: &Kit, level: Level) -> Option<&'static str> {
    match level {
        Level::One => None,
        Level::Start => (!kit.agent.seen.supports("start")).then_some("no poll named `start` in `supports`"),
        Level::Heartbeat => {
            (!kit.agent.seen.supports("heartbeat")).then_some("no poll named `heartbeat` in `supports`")
        }
        Level::Caller => kit.caller.is_none().then_some("no --api-key was given"),
        Level::Extras => match &kit.caller {
            None => Some("no --api-key was given"),
            Some(caller) => (!extras::are_offered(caller).await).then_some("there is no cancel-task"),
        },
    }
}

/// A word of letters and digits that no other run has.
fn run_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}p{:x}", now.as_micros(), std::process::id())
}
