//! Every row of `docs/FAILURES.md`, as LinkedIn's double plays it: over TLS, through the real server and driver.

use super::{Rig, with_rig};
use liaison::agent::event::Command;
use liaison_simulator::Settings;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/FAILURES.md");
const RULES: &str = include_str!("../../../src/voyager/response.rs");
/// A piece of the path, whichever way the list is asked for.
const LIST: &str = "/connections?";
const INVITE: &str = "verifyQuotaAndCreateV2";
const MINUTE: i64 = 60_000;

/// A row of one of the page's tables.
struct Row {
    what: &'static str,
    rules: Vec<&'static str>,
    tried_with: Option<Value>,
    read: Ending,
    invitation: Ending,
}

/// What a task comes to: its code, `None` when it completes, and what the agent does next.
struct Ending {
    code: Option<&'static str>,
    then: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = PAGE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what comes"));
    lines.map(row).collect()
}

fn row(line: &'static str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [what, rules, tried_with, read, invitation] = cells[..] else { panic!("not five cells: {line}") };
    let tried_with = tried_with.trim_matches('`');
    Row {
        what,
        rules: rules.split('`').map(str::trim).filter(|rule| !rule.is_empty()).collect(),
        tried_with: match tried_with {
            "" => None,
            fault if fault.starts_with('{') => Some(serde_json::from_str(fault).expect(fault)),
            name => Some(json!({ "kind": "refusal", "name": name })),
        },
        read: ending(read),
        invitation: ending(invitation),
    }
}

fn ending(cell: &'static str) -> Ending {
    let (code, then) = cell.split_once(", ").unwrap_or_else(|| panic!("no comma in {cell}"));
    Ending { code: Some(code.trim_matches('`')).filter(|code| *code != "ok"), then }
}

#[test]
fn the_page_names_every_rule_and_no_other() {
    let there: BTreeSet<&str> = RULES
        .lines()
        .filter_map(|line| {
            let call = line.trim_start();
            let rest = call.strip_prefix("rule(\"").or_else(|| call.strip_prefix("both(\""))?;
            rest.split('"').next()
        })
        .collect();
    let named: BTreeSet<&str> = rows().iter().flat_map(|row| row.rules.clone()).collect();
    assert!(there.len() > 20, "the table of rules has another form now");
    assert_eq!(there, named);
}

#[test]
fn each_row_ends_as_it_says() {
    for row in &rows() {
        let settings = Settings { connections: 120, ..Settings::default() };
        with_rig(settings.clone(), |rig| async move {
            let what = format!("{}: a read", row.what);
            let begun = rig.clock();
            let output = under(&rig, LIST, row.tried_with.as_ref(), "fetch-connections", json!({})).await;
            check(&rig, &what, &row.read, &output, begun).await;
        });
        with_rig(settings, |rig| async move {
            let what = format!("{}: an invitation", row.what);
            let begun = rig.clock();
            let input = json!({ "profile_urn": "ACoAABCDEF123", "note": "Hi" });
            let fault = row.tried_with.as_ref();
            let output = under(&rig, INVITE, fault, "send-connection-request", input).await;
            let (posts, invitations) = rig.sent();
            assert_eq!(posts, 1, "{what}: one POST, whatever comes of it");
            assert_eq!(
                invitations == 1,
                row.invitation.code.is_none(),
                "{what}: completed if and only if sent"
            );
            check(&rig, &what, &row.invitation, &output, begun).await;
        });
    }
}

/// Carries a task out while the fault strikes its calls to LinkedIn, by each way there is.
async fn under(rig: &Rig, path: &str, fault: Option<&Value>, call: &str, input: Value) -> Value {
    if let Some(fault) = fault {
        let armed = json!({ "match": { "path": path }, "times": 30, "fault": fault });
        rig.control("POST", "/__sim/fault", armed).await;
    }
    let (_, output) = rig.run(call, input).await;
    rig.control("DELETE", "/__sim/fault", Value::Null).await;
    output
}

async fn check(rig: &Rig, what: &str, wanted: &Ending, output: &Value, begun: i64) {
    assert_eq!(output["code"].as_str(), wanted.code, "{what}: {output}");
    match wanted.then {
        "goes on" => goes_on(rig, what).await,
        "looks" => {
            goes_on(rig, what).await;
            assert_eq!(rig.after_the_post(), "/voyager/api/me", "{what}: who is signed in is asked first");
        }
        "waits" => waits(rig, what, begun).await,
        "latched" => latched(rig, what).await,
        "backs off" => {
            goes_on(rig, what).await;
            let asked = if what.contains("Retry-After") { 2 * MINUTE } else { 15 * MINUTE };
            assert!(rig.clock() - begun >= asked, "{what}: nothing leaves before the time");
        }
        "invitations wait" => held_up(rig, what, json!({ "profile_urn": "ACoAAother999" })).await,
        "notes wait" => {
            held_up(rig, what, json!({ "profile_urn": "ACoAAother999", "note": "Hi" })).await;
            assert_eq!(rig.invite(json!({ "profile_urn": "ACoAAplain999" })).await.0, "completed", "{what}");
        }
        "account stopped" => account_stopped(rig, what).await,
        other => panic!("{what}: what is '{other}'?"),
    }
}

async fn goes_on(rig: &Rig, what: &str) {
    assert_eq!(rig.fetch(json!({})).await.0, "completed", "{what}");
    let (status, output) = rig.invite(json!({ "profile_urn": "ACoAAother999" })).await;
    assert_eq!(status, "completed", "{what}: {output}");
}

/// Until somebody signs in, or the next look finds that somebody is.
async fn waits(rig: &Rig, what: &str, begun: i64) {
    if !rig.outside.is_signed_in() {
        let task = rig.begin("fetch-connections", json!({})).await;
        rig.sign_in_again().await;
        assert_eq!(rig.end_of(&task).await.0, "completed", "{what}");
        return;
    }
    assert_eq!(rig.fetch(json!({})).await.0, "completed", "{what}");
    assert!(rig.clock() - begun >= 5 * MINUTE, "{what}: LinkedIn is not asked again at once");
}

async fn latched(rig: &Rig, what: &str) {
    let latch = rig.status().await.attention.unwrap().code;
    let task = rig.begin("fetch-connections", json!({})).await;
    let status = rig.status().await;
    assert!(status.waiting.iter().all(|waiting| waiting.reason == latch), "{what}: {:?}", status.waiting);
    let before = rig.outside.site_calls();
    // Neither time, nor a new session, nor the person's own look lets anything out.
    rig.pass(3 * 60 * MINUTE).await;
    rig.sign_in_again().await;
    let answer = rig.agent.ask(Command::CheckLinkedIn).await.unwrap();
    assert_eq!(answer.error.unwrap().code, latch, "{what}");
    rig.status().await;
    assert_eq!(rig.outside.site_calls(), before, "{what}: nothing leaves after a latch");
    assert!(rig.clear_stop().await, "{what}");
    assert_eq!(rig.end_of(&task).await.0, "completed", "{what}");
}

/// Such an invitation is refused at the door, while reading goes on.
async fn held_up(rig: &Rig, what: &str, input: Value) {
    let (status, answer) = rig.post("send-connection-request", input).await;
    assert_eq!((status, &answer["error"]), (429, &json!("LinkedIn invitation limit reached")), "{what}");
    assert_eq!(rig.fetch(json!({})).await.0, "completed", "{what}");
}

async fn account_stopped(rig: &Rig, what: &str) {
    let task = rig.begin("send-connection-request", json!({ "profile_urn": "ACoAAother999" })).await;
    let waiting = rig.status().await.waiting;
    assert!(waiting.iter().any(|waiting| waiting.reason == "account_stopped"), "{what}: {waiting:?}");
    assert_eq!(rig.fetch(json!({})).await.0, "completed", "{what}");
    assert!(rig.clear_stop().await, "{what}");
    assert_eq!(rig.end_of(&task).await.0, "completed", "{what}");
}
