//! Where the kit's tasks come from: the caller API, a command, or the person in front of it.

use crate::caller::Caller;
use crate::shape::Kind;
use serde_json::Value;
use std::io::{self, Write, stderr};
use std::process::Stdio;
use tokio::process::Command;

/// How a task gets into the server's queue.
pub enum Source {
    /// Through the documented API.
    Caller(Caller),
    /// By a shell command in which `{kind}` and `{input}` stand for the task.
    Command(String),
    /// By hand.
    Person,
}

/// Why a task was not queued.
pub enum Trouble {
    /// The server would not take it.
    Server(String),
    /// What the kit was given to queue it with doesn't work. Nothing is learned about the server.
    Setup(String),
}

impl Source {
    /// Queues a task; returns once it is queued.
    pub async fn queue(&self, kind: Kind, input: &Value) -> Result<(), Trouble> {
        match self {
            Self::Caller(caller) => caller.create(kind, input).await.map(drop).map_err(Trouble::Server),
            Self::Command(template) => run(template, kind, input).await.map_err(Trouble::Setup),
            Self::Person => {
                let line = format!(
                    "Queue this task at the server, then press Enter:\n  task_type   {}\n  task_input  {input}",
                    kind.task_type()
                );
                let asked = tokio::task::spawn_blocking(move || ask(&line)).await;
                asked.unwrap_or_else(|fault| Err(fault.to_string())).map_err(Trouble::Setup)
            }
        }
    }
}

async fn run(template: &str, kind: Kind, input: &Value) -> Result<(), String> {
    let command = template.replace("{kind}", kind.task_type()).replace("{input}", &input.to_string());
    run_shell(&command).await.map_err(|reason| format!("--create {reason}"))
}

/// Runs a command of the operator's to its end.
pub async fn run_shell(command: &str) -> Result<(), String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::null()).kill_on_drop(true);
    let ended = shell.output().await.map_err(|error| format!("could not be run: {error}"))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    Err(format!("ended with {}: {}", ended.status, said.trim()))
}

fn ask(line: &str) -> Result<(), String> {
    writeln!(stderr(), "{line}").map_err(|error| error.to_string())?;
    let mut answer = String::new();
    match io::stdin().read_line(&mut answer) {
        Ok(0) => Err("nobody is there to queue a task: give --api-key or --create".to_owned()),
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}
