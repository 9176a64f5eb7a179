//! The two servers in `examples/` meet level one, and say nothing of more.

use crate::support::{Run, judge, kit};
use std::fs;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

const AGENT_TOKEN: &str = "agent-secret";
const API_KEY: &str = "caller-secret";

struct Example {
    url: String,
    /// Ends with it.
    _process: Child,
}

impl Example {
    async fn start(program: &str, file: &str) -> Self {
        Self::run(program, &path_of(file)).await
    }

    async fn run(program: &str, path: &str) -> Self {
        let mut command = Command::new(program);
        command.args([path, "--port", "0"]).env("AGENT_TOKEN", AGENT_TOKEN).env("API_KEY", API_KEY);
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut first).await.unwrap();
        let url = first.trim().strip_prefix("listening on ").expect("its address").to_owned();
        Self { url, _process: process }
    }

    /// The command that queues a task here.
    fn create(&self) -> String {
        format!(
            "curl -sfS {}/tasks -H 'Authorization: Bearer {API_KEY}' -d '{{\"task_type\":\"{{kind}}\",\"task_input\":{{input}}}}'",
            self.url
        )
    }
}

fn path_of(file: &str) -> String {
    format!("{}/../../examples/{file}", env!("CARGO_MANIFEST_DIR"))
}

async fn meets_level_one(program: &str, file: &str) {
    let example = Example::start(program, file).await;
    let create = example.create();
    let arguments = ["--server", &example.url, "--agent-token", AGENT_TOKEN, "--create", &create];
    let run = judge(&arguments).await;
    assert_eq!(run.code, 0, "{}\n{:#}", run.stderr, run.report);
    assert_eq!(run.met(), ["one"]);
    assert_eq!(run.skipped("one"), ["one.pair", "one.pair-once"]);
    let more = kit(&[&arguments[..], &["--level", "start"]].concat()).await;
    let said = String::from_utf8(more.stdout).unwrap();
    assert_eq!(more.status.code(), Some(1), "{said}");
    assert!(said.contains("not offered: no poll named `start` in `supports`"), "{said}");
    assert!(said.ends_with("does NOT meet what was asked: one, start\n"), "{said}");
}

#[tokio::test]
async fn python() {
    meets_level_one("python3", "python/server.py").await;
}

#[tokio::test]
async fn node() {
    meets_level_one("node", "node/server.mjs").await;
}

/// Without a command and a key the kit asks the person in front of it.
#[tokio::test]
async fn tasks_are_queued_by_hand() {
    let example = Example::start("python3", "python/server.py").await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command.args(["--server", &example.url, "--agent-token", AGENT_TOKEN, "--json"]);
    command.env_remove("LIAISON_API_KEY").kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    let mut stdin = run.stdin.take().unwrap();
    let mut asked = BufReader::new(run.stderr.take().unwrap()).lines();
    let mut kind = None;
    let mut queued = 0;
    while let Some(line) = asked.next_line().await.unwrap() {
        if let Some(said) = line.trim().strip_prefix("task_type ") {
            kind = Some(said.trim().to_owned());
        } else if let Some(input) = line.trim().strip_prefix("task_input ") {
            let command = example.create().replace("{kind}", &kind.take().expect("a kind"));
            let shell =
                Command::new("sh").args(["-c", &command.replace("{input}", input.trim())]).output().await;
            assert!(shell.unwrap().status.success());
            queued += 1;
            stdin.write_all(b"\n").await.unwrap();
        }
    }
    assert!(queued > 5, "{queued} tasks");
    assert_eq!(run.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn other_peoples_tasks_are_not_touched() {
    let example = Example::start("node", "node/server.mjs").await;
    let create = example.create();
    let one = create.replace("{kind}", "agent_fetch_connections").replace("{input}", "{}");
    assert!(Command::new("sh").args(["-c", &one]).output().await.unwrap().status.success());
    let arguments = ["--server", &example.url, "--agent-token", AGENT_TOKEN, "--create", &create];
    let run = judge(&arguments).await;
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the queue is not empty"), "{}", run.stderr);
    let run = judge(&[&arguments[..], &["--drain"]].concat()).await;
    assert_eq!(run.code, 0, "{}\n{:#}", run.stderr, run.report);
    let fails = ["--create", "echo no such luck >&2; exit 3"];
    let run = judge(&[&arguments[..4], &fails].concat()).await;
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--create ended with exit status: 3: no such luck"), "{}", run.stderr);
}

/// What an example with some words changed fails.
async fn fails_with(program: &str, file: &str, words: &str, others: &str) -> Run {
    let source = fs::read_to_string(path_of(file)).unwrap();
    assert_eq!(source.matches(words).count(), 1, "{words}");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(file.rsplit('/').next().unwrap());
    fs::write(&copy, source.replace(words, others)).unwrap();
    let example = Example::run(program, copy.to_str().unwrap()).await;
    let create = example.create();
    let arguments = ["--server", &example.url, "--agent-token", AGENT_TOKEN, "--create", &create];
    let run = judge(&[&arguments[..], &["--patience-ms", "500"]].concat()).await;
    assert_eq!(run.code, 1, "{words}: {}\n{:#}", run.stderr, run.report);
    run
}

#[tokio::test]
async fn node_with_other_words() {
    let forgets = "if (task.status !== \"pending\") tasks.delete(name); if (task.status === \"pending\") {";
    for (words, others, failed, reason) in [
        ("parked?.send(null);", "", &["one.older-poll"][..], "the older poll was still parked"),
        (" && !isHeld", "", &["one.held"], "that names it in `held`"),
        ("4_000_000", "100_000", &["one.large"], "complete was answered 413"),
        ("if (task.status === \"pending\") {", forgets, &["one.first-result"], "there is no such task"),
    ] {
        let run = fails_with("node", "node/server.mjs", words, others).await;
        assert_eq!(run.failed("one"), failed, "{words}");
        assert!(run.reason(failed[0]).contains(reason), "{}", run.reason(failed[0]));
    }
}

#[tokio::test]
async fn python_with_other_words() {
    for (words, others, failed, reason) in [
        (
            "task[\"task_type\"] in said[\"accepts\"]",
            "True",
            &["one.accepts"][..],
            "that accepts another kind",
        ),
        (
            "tasks[name] = tasks.pop(name)",
            "tasks.pop(name)",
            &["one.returned", "one.returned-twice"],
            "was not offered again within 0.5 s",
        ),
        ("said.get(\"state\") == \"ready\"", "True", &["one.state"], "with state `paused`"),
    ] {
        let run = fails_with("python3", "python/server.py", words, others).await;
        assert_eq!(run.failed("one"), failed, "{words}");
        assert!(run.reason(failed[0]).contains(reason), "{}", run.reason(failed[0]));
    }
}
