//! Why a task waits, said in three places: to the caller, in the popup, and by the agent to the server. For each reason
//! of the protocol they must say the same, and until the same time.

use super::{Rig, with_rig};
use liaison::agent::event::Command;
use liaison_simulator::Settings;
use serde_json::{Value, json};

const FETCH: (&str, &str) = ("fetch-connections", "agent_fetch_connections");
const INVITE: (&str, &str) = ("send-connection-request", "agent_send_connection_request");
/// A piece of the paths: the list of connections, the call that invites.
const LIST: &str = "/connections?";
const SEND: &str = "verifyQuotaAndCreateV2";
/// The three places are asked one after the other.
const APART_MS: i64 = 20_000;

fn invitation(n: u32) -> Value {
    json!({ "profile_urn": format!("ACoAABCDEF{n:03}") })
}

async fn set(rig: &Rig, settings: Value) {
    let answer = rig.agent.ask(Command::SetSettings { settings }).await.unwrap();
    assert!(answer.ok, "{answer:?}");
}

async fn refuse(rig: &Rig, path: &str, name: &str) {
    rig.arm(path, json!({ "kind": "refusal", "name": name })).await;
}

/// Waits until the caller is told that the task waits for `reason`, and compares what the popup says then.
async fn agree(rig: &Rig, (task, kind): (&str, &str), reason: &str) {
    let data = loop {
        let data = rig.told_of(task).await;
        assert_eq!(data["status"], "pending", "{reason}: {data}");
        if data["waiting"]["reason"] == reason {
            break data;
        }
        tokio::task::yield_now().await;
    };
    let status = rig.status().await;
    let shown = status.waiting.iter().find(|wait| wait.task_type == kind);
    let shown = shown.unwrap_or_else(|| panic!("{reason}: the popup doesn't say that {kind} waits"));
    assert_eq!(shown.reason, reason);
    let told = data["waiting"]["until"].as_str().map(|until| ms_of(until) - rig.server_now());
    assert_eq!(told.is_some(), shown.for_ms.is_some(), "{reason}: {told:?} {:?}", shown.for_ms);
    let apart = told.unwrap_or(0) - shown.for_ms.unwrap_or(0);
    assert!(apart.abs() < APART_MS, "{reason}: {told:?} {:?}", shown.for_ms);
}

/// A time as the server writes it, in milliseconds.
fn ms_of(iso: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| iso.get(range).unwrap().parse::<i64>().unwrap();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let months = (month + 9) % 12;
    let years = year - i64::from(months >= 10);
    let days = 365 * years + years / 4 - years / 100 + years / 400 + (months * 306 + 5) / 10 + day - 719_469;
    ((days * 24 + number(11..13)) * 60 + number(14..16)) * 60_000 + number(17..19) * 1_000 + number(20..23)
}

/// With time held: a task begins to wait for `reason` after `before`, which may begin one of its own.
fn waits_for<F: AsyncFnOnce(&Rig)>(
    reason: &'static str,
    (path, kind): (&str, &str),
    input: Value,
    before: F,
) {
    with_rig(Settings { connections: 5, ..Settings::default() }, |rig| async move {
        // Who is signed in is known, and the sent invitations were read.
        assert_eq!(rig.fetch(json!({})).await.0, "completed");
        rig.outside.hold_time();
        before(&rig).await;
        let task = rig.begin(path, input).await;
        agree(&rig, (&task, kind), reason).await;
    });
}

#[test]
fn what_the_person_set() {
    waits_for("paused", FETCH, json!({}), async |rig| {
        rig.agent.ask(Command::SetPaused { paused: true }).await.unwrap();
    });
    waits_for("kind_off", FETCH, json!({}), async |rig| set(rig, json!({ "kinds_off": [FETCH.1] })).await);
    waits_for("kind_off", INVITE, invitation(1), async |rig| {
        set(rig, json!({ "kinds_off": [INVITE.1] })).await;
    });
    for kind in [FETCH, INVITE] {
        let input = if kind == FETCH { json!({}) } else { invitation(1) };
        waits_for("working_hours", kind, input, async |rig| {
            let clock = |ms: i64| format!("{:02}:{:02}", ms / 3_600_000 % 24, ms / 60_000 % 60);
            let (from, to) = (rig.clock() + 2 * 3_600_000, rig.clock() + 3 * 3_600_000);
            let hours = json!({ "days": [1, 2, 3, 4, 5, 6, 7], "from": clock(from), "to": clock(to) });
            set(rig, json!({ "hours": hours })).await;
        });
    }
    waits_for("approval", INVITE, invitation(1), async |rig| {
        set(rig, json!({ "ask_before_invite": true })).await;
    });
}

#[test]
fn what_was_done_already() {
    for (reason, settings) in [
        ("pacing", json!({ "invite_gap_ms": 3_600_000 })),
        ("daily_limit", json!({ "invites_per_day": 1 })),
        ("weekly_limit", json!({ "invites_per_week": 1 })),
        ("daily_limit", json!({ "invites_per_day": 0 })),
    ] {
        waits_for(reason, INVITE, invitation(2), async |rig| {
            let none = settings["invites_per_day"] == 0;
            set(rig, settings).await;
            if !none {
                assert_eq!(rig.invite(invitation(1)).await.0, "completed");
            }
        });
    }
}

#[test]
fn who_is_signed_in() {
    waits_for("signed_out", FETCH, json!({}), async |rig| {
        refuse(rig, LIST, "unauthorized").await;
        rig.control("DELETE", "/__sim/session", Value::Null).await;
        rig.begin(FETCH.0, json!({ "count": 7 })).await;
    });
    waits_for("wrong_account", INVITE, invitation(1), async |rig| {
        rig.control("POST", "/__sim/account", json!({ "n": 2 })).await;
        rig.sign_in_again().await;
    });
}

#[test]
fn what_linkedin_said_no_to() {
    for (reason, name) in
        [("throttled", "throttled"), ("challenge", "checkpoint_url"), ("blocked", "blocked")]
    {
        for kind in [FETCH, INVITE] {
            let input = if kind == FETCH { json!({}) } else { invitation(1) };
            waits_for(reason, kind, input, async |rig| {
                refuse(rig, LIST, name).await;
                assert_eq!(rig.fetch(json!({})).await.0, "failed", "{reason}");
            });
        }
    }
    // The caller is refused a new one, so those that wait were there before.
    for (reason, name, note) in [
        ("invitation_limit", "weekly_limit", None),
        ("note_limit", "note_limit", Some("Hello")),
        ("account_stopped", "max_invitation_sent", None),
    ] {
        with_rig(Settings { connections: 5, ..Settings::default() }, |rig| async move {
            assert_eq!(rig.fetch(json!({})).await.0, "completed");
            refuse(&rig, SEND, name).await;
            let mut inputs = [invitation(1), invitation(2)];
            inputs.iter_mut().for_each(|input| input["note"] = json!(note));
            let [one, other] = inputs;
            let (one, other) = (rig.begin(INVITE.0, one).await, rig.begin(INVITE.0, other).await);
            rig.outside.hold_time();
            assert_eq!(rig.end_of(&one).await.0, "failed", "{reason}");
            agree(&rig, (&other, INVITE.1), reason).await;
        });
    }
}

#[test]
fn what_stands_outside_of_it() {
    waits_for("storage", FETCH, json!({}), async |rig| {
        rig.outside.set_full(true);
        // The first that can't be written down is noticed by it.
        rig.begin(FETCH.0, json!({ "count": 7 })).await;
    });
    with_rig(Settings { connections: 5, ..Settings::default() }, |rig| async move {
        assert_eq!(rig.fetch(json!({})).await.0, "completed");
        rig.agent.ask(Command::Forget).await.unwrap();
        let task = rig.begin(FETCH.0, json!({})).await;
        rig.set_server_forth(180_000);
        let waiting = rig.told_of(&task).await["waiting"].clone();
        assert_eq!(waiting, json!({ "reason": "agent_offline", "until": null }));
        // Of a browser that is away nobody but the server can tell.
        assert_eq!(rig.status().await.state, "unpaired");
    });
}
