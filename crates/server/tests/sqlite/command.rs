//! What an operator does at the command line, beside a server that runs.

use super::process::{PROGRAM, Process};
use super::support::{FETCH, assert_code, assert_refused, pairing};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

struct Shop {
    server: Process,
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        Self::serving(&[])
    }

    fn serving(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--listen", "127.0.0.1:0", "--json"]).args(options);
        command.arg("--database").arg(folder.path().join("liaison.db")).env("RUST_LOG", "warn");
        Self { server: Process::spawn(&mut command), folder }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("liaison.db")
    }

    /// What a command prints: whether it went well, its stdout and its stderr.
    fn try_run(&self, words: &[&str]) -> (bool, String, String) {
        let output =
            Command::new(PROGRAM).args(words).arg("--database").arg(self.database()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().trim().to_owned();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    fn run(&self, words: &[&str]) -> String {
        let (success, stdout, stderr) = self.try_run(words);
        assert!(success, "{words:?}: {stderr}");
        stdout
    }

    fn fails(&self, words: &[&str], says: &str) {
        let (success, stdout, stderr) = self.try_run(words);
        assert!(!success && stdout.is_empty(), "{words:?}: {stdout}");
        assert!(stderr.contains(says), "{words:?}: {stderr}");
    }

    fn list(&self, words: &[&str]) -> Vec<Value> {
        let printed = self.run(&[words, &["--json"]].concat());
        serde_json::from_str::<Value>(&printed).unwrap().as_array().unwrap().clone()
    }

    async fn create(&self, key: &str) -> (u16, Value) {
        let request = crate::support::client().post(format!("{}{FETCH}", self.server.url()));
        crate::support::answer(request.header("x-api-key", key)).await
    }

    async fn pair(&self, code: &str) -> String {
        let paired = self.server.post("/agent/v1/pair", ("accept", "*/*"), pairing(code)).await;
        paired["token"].as_str().unwrap_or_else(|| panic!("{paired}")).to_owned()
    }

    async fn poll(&self, token: &str) -> (u16, Value) {
        let poll = json!({"instance": "i", "version": "0", "account": null, "wait_ms": 0, "state": "ready",
                          "accepts": ["agent_fetch_connections"]});
        let request = crate::support::client().post(format!("{}/agent/v1/poll", self.server.url()));
        crate::support::answer(request.bearer_auth(token).body(poll.to_string())).await
    }

    async fn sql(&self, statement: &'static str) {
        let mut db = SqliteConnectOptions::new().filename(self.database()).connect().await.unwrap();
        sqlx::query(statement).execute(&mut db).await.unwrap();
        db.close().await.unwrap();
    }
}

fn names(list: &[Value]) -> Vec<&str> {
    list.iter().map(|entry| entry["name"].as_str().unwrap_or("-")).collect()
}

#[tokio::test]
async fn a_second_team_beside_a_server_that_runs() {
    let shop = Shop::new();
    let team = shop.run(&["team", "add", "Sales"]);
    assert_eq!(names(&shop.list(&["team", "list"])), ["First team", "Sales"]);
    let key = shop.run(&["key", "add", "--team", "Sales", "--name", "nightly"]);
    assert_refused(&shop.create(&key).await, 404, "No admin user found in the team");
    shop.fails(&["pair", "--team", "Sales"], "member add --role admin");
    let ada = shop.run(&["member", "add", "--team", "Sales", "--name", "Ada", "--role", "admin"]);
    assert_code(&shop.create(&key).await, 403, "plugin_required");
    let token = shop.pair(&shop.run(&["pair", "--team", &team])).await;
    let (status, created) = shop.create(&key).await;
    assert_eq!(status, 200, "{created}");
    assert_eq!(shop.poll(&token).await.1["task"]["task"], created["api_agent_task_id"]);
    // For somebody else of the team, by name.
    shop.run(&["member", "add", "--team", "Sales", "--name", "Grace"]);
    shop.pair(&shop.run(&["pair", "--team", "Sales", "--member", "Grace"])).await;
    let members = shop.list(&["member", "list", "--team", "Sales"]);
    let acts: Vec<&Value> = members.iter().map(|member| &member["acts"]).collect();
    assert_eq!((names(&members), acts), (vec!["Ada", "Grace"], vec![&json!(true), &json!(false)]));
    let agents = shop.list(&["agent", "list", "--team", "Sales"]);
    let whose: Vec<&Value> = agents.iter().map(|agent| &agent["member_id"]).collect();
    assert_eq!(whose, [&json!(ada), &members[1]["id"]]);
    assert!(agents.iter().all(|agent| agent["online"] == true), "{agents:?}");
    // Nothing of it is the first team's.
    assert_eq!(shop.list(&["agent", "list"]).len(), 0);
    assert_eq!(names(&shop.list(&["key", "list", "--team", "Sales"])), ["nightly"]);
    shop.run(&["team", "rename", "Sales", "Research"]);
    shop.run(&["team", "remove", "Research"]);
    assert_refused(&shop.create(&key).await, 401, "Invalid API Key");
    assert_code(&shop.poll(&token).await, 409, "superseded");
    assert_eq!(names(&shop.list(&["team", "list"])), ["First team"]);
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked() {
    let shop = Shop::new();
    let alone = shop.run(&["key"]);
    let reader = shop.run(&["key", "add", "--name", "reader", "--access", "read", "--scopes", "none"]);
    shop.run(&["key", "add", "--name", "official", "--scopes", "r_1st_connections"]);
    assert_code(&shop.create(&alone).await, 403, "plugin_required");
    assert_code(&shop.create(&reader).await, 403, "read_only_key");
    let keys = shop.list(&["key", "list"]);
    assert_eq!(names(&keys), ["-", "-", "reader", "official"]);
    let rights: Vec<(&Value, &Value)> = keys.iter().map(|key| (&key["access"], &key["scopes"])).collect();
    let (write, all) = (json!("write"), json!(["r_1st_connections"]));
    assert_eq!(rights, [(&write, &all), (&write, &all), (&json!("read"), &json!([])), (&write, &all)]);
    assert!(keys[1]["last_used_at"].is_string() && keys[3]["last_used_at"].is_null(), "{keys:?}");
    let table = shop.run(&["key", "list"]);
    assert!(table.lines().next().unwrap().starts_with("ID") && table.contains("never"), "{table}");
    assert!(!table.contains("lsk_"), "{table}");
    shop.run(&["key", "revoke", "reader"]);
    assert_refused(&shop.create(&reader).await, 401, "Invalid API Key");
    shop.run(&["key", "revoke", keys[1]["id"].as_str().unwrap()]);
    assert_refused(&shop.create(&alone).await, 401, "Invalid API Key");
    shop.fails(&["key", "revoke", "reader"], "`liaison-server key list`");
    shop.fails(&["key", "add", "--scopes", "r_everything"], "r_1st_connections");
    shop.fails(&["key", "add", "--access", "all"], "read or write");
}

#[tokio::test]
async fn a_key_that_may_only_read_has_no_scope_unless_told() {
    let shop = Shop::new();
    shop.run(&["key", "add", "--name", "looks", "--access", "read"]);
    shop.run(&["key", "add", "--name", "told", "--access", "read", "--scopes", "r_1st_connections"]);
    let keys = shop.list(&["key", "list"]);
    let scopes: Vec<&Value> = keys.iter().skip(1).map(|key| &key["scopes"]).collect();
    assert_eq!(scopes, [&json!([]), &json!(["r_1st_connections"])]);
}

#[tokio::test]
async fn members_change_and_leave() {
    let shop = Shop::new();
    let token = shop.pair(shop.server.hello["pairing_code"].as_str().unwrap()).await;
    let key = shop.server.hello["api_key"].as_str().unwrap().to_owned();
    assert_eq!(shop.create(&key).await.0, 200);
    let first = shop.list(&["member", "list"])[0]["id"].as_str().unwrap().to_owned();
    shop.run(&["member", "rename", &first, "Ada"]);
    let (_, _, stderr) = shop.try_run(&["member", "role", "Ada", "member"]);
    assert!(stderr.contains("no admin now"), "{stderr}");
    assert_refused(&shop.create(&key).await, 404, "No admin user found in the team");
    let (_, _, stderr) = shop.try_run(&["member", "role", "Ada", "admin"]);
    assert_eq!(stderr, "");
    assert_eq!(shop.create(&key).await.0, 200);
    shop.run(&["member", "remove", "Ada"]);
    assert_code(&shop.poll(&token).await, 409, "superseded");
    assert_eq!(shop.list(&["member", "list"]).len(), 0);
    shop.fails(&["member", "role", "Ada", "owner"], "admin or member");
    shop.fails(&["member", "add", "--name", "a\u{7}b"], "control character");
}

#[tokio::test]
async fn browsers_are_named_and_revoked() {
    let shop = Shop::new();
    let token = shop.pair(shop.server.hello["pairing_code"].as_str().unwrap()).await;
    shop.run(&["agent", "rename", "a browser", "desk"]);
    let agents = shop.list(&["agent", "list"]);
    assert_eq!((names(&agents), &agents[0]["online"]), (vec!["desk"], &json!(true)));
    assert!(agents[0]["last_seen_s"].is_u64() && agents[0]["state"] == "ready", "{agents:?}");
    shop.run(&["agent", "revoke", "desk"]);
    assert_code(&shop.poll(&token).await, 401, "unauthorised");
    shop.fails(&["agent", "revoke", "desk"], "`liaison-server agent list`");
}

#[tokio::test]
async fn admin_keys_are_made_here_alone() {
    let shop = Shop::new();
    let key = shop.run(&["admin-key", "add", "--name", "dashboard"]);
    let teams = async || {
        let request = crate::support::client().get(format!("{}/admin/v1/teams", shop.server.url()));
        crate::support::answer(request.bearer_auth(&key)).await
    };
    assert_eq!(teams().await.1["data"][0]["name"], "First team");
    let listed = shop.list(&["admin-key", "list"]);
    assert_eq!(names(&listed), ["dashboard"]);
    assert!(listed[0]["last_used_at"].is_string(), "{listed:?}");
    shop.run(&["admin-key", "revoke", "dashboard"]);
    assert_code(&teams().await, 401, "unauthorised");
}

#[tokio::test]
async fn what_can_t_be_found_is_answered_with_a_way_on() {
    let shop = Shop::new();
    shop.fails(&["member", "list", "--team", "nobody"], "`liaison-server team list`");
    for _ in 0..2 {
        shop.run(&["team", "add", "twins"]);
    }
    shop.fails(&["key", "add", "--team", "twins"], "by its id");
    shop.fails(&["pair", "--member", "nobody"], "`liaison-server member list`");
    shop.fails(&["serve", "--seen-within", "soon"], "--seen-within");
    let nothing = shop.folder.path().join("none.db");
    for words in [&["team", "list"][..], &["key"], &["pair"], &["admin-key", "add"], &["agent", "list"]] {
        let output = Command::new(PROGRAM).args(words).arg("--database").arg(&nothing).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8(output.stderr).unwrap().contains("start the server first"), "{words:?}");
        assert!(!nothing.exists());
    }
}

#[tokio::test]
async fn how_long_a_browser_may_be_away_is_the_operator_s_to_say() {
    for (option, taken) in [("3600", false), ("1h", false), ("2h", true), ("48h", true)] {
        let shop = Shop::serving(&["--seen-within", option]);
        let key = shop.server.hello["api_key"].as_str().unwrap();
        shop.pair(shop.server.hello["pairing_code"].as_str().unwrap()).await;
        assert_eq!(shop.create(key).await.0, 200);
        shop.sql("UPDATE agent SET last_seen_at = last_seen_at - 3600001").await;
        assert_eq!(shop.create(key).await.0, if taken { 200 } else { 403 }, "{option}");
    }
}

/// All commands that there are, with their subcommands, out of the program's own help.
fn commands(words: &[String]) -> BTreeSet<String> {
    let output = Command::new(PROGRAM).args(words).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let mut found = BTreeSet::new();
    let list = help.split_once("Commands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap());
    for name in list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()) {
        if !matches!(name, "" | "help") {
            found.extend(commands(&[words, &[name.to_owned()]].concat()));
        }
    }
    // Of those with more words after them, `key` alone means something too.
    if !words.is_empty() && (found.is_empty() || words == ["key"]) {
        found.insert(words.join(" "));
    }
    found
}

#[test]
fn the_table_of_commands_is_true() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/SERVER.md")).unwrap();
    let table = page.split_once("| command |").unwrap().1.split("\n\n").next().unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let verb = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_lowercase());
    let documented: BTreeSet<String> =
        rows.map(|row| row.split(' ').take_while(verb).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(documented, commands(&[]));
}
