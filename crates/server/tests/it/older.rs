//! A file of an older version, opened by this one: nothing ends that was not over, and everybody is still known.

use super::support::*;
use liaison_server::secret::hash_secret;
use liaison_server::store::{Access, Page, Scopes};
use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use std::path::Path;

const KEY: &str = "lsk_older";
const TOKEN: &str = "lat_older";
/// The last version whose invitations had no persons, and whose attempts counted every offer.
const VERSION: i64 = 3;

/// Kind, state, epoch, attempt, and whether its lease was started. Its number makes the rest.
const ROWS: [(&str, &str, u32, u32, bool); 14] = [
    ("agent_send_connection_request", "queued", 0, 0, false),
    ("agent_send_connection_request", "queued", 3, 3, false),
    ("agent_send_connection_request", "queued", 150, 150, false),
    ("agent_send_connection_request", "offered", 1, 1, false),
    ("agent_send_connection_request", "offered", 7, 7, false),
    ("agent_send_connection_request", "started", 1, 1, true),
    ("agent_send_connection_request", "started", 9, 9, true),
    ("agent_send_connection_request", "verifying", 4, 4, true),
    ("agent_send_connection_request", "completed", 1, 1, true),
    ("agent_send_connection_request", "failed", 2, 2, true),
    ("agent_fetch_connections", "queued", 0, 0, false),
    ("agent_fetch_connections", "queued", 2, 2, true),
    ("agent_fetch_connections", "started", 3, 3, true),
    ("agent_fetch_connections", "completed", 1, 1, true),
];

fn is_over(state: &str) -> bool {
    matches!(state, "completed" | "failed")
}

fn status(state: &str) -> &str {
    match state {
        "queued" | "offered" => "pending",
        "started" | "verifying" => "processing",
        over => over,
    }
}

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn person(number: usize) -> String {
    format!("ACoAABCDEF{number:03}")
}

/// The tables of the older version, made by its own migrations, with a row in every state.
async fn older_file(file: &Path) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let db = SqlitePool::connect_with(options).await.unwrap();
    sqlx::migrate!("migrations/sqlite").run_to(VERSION, &db).await.unwrap();
    let created = T0 - 3_600_000;
    for statement in [
        "INSERT INTO team (id, name, created_at) VALUES ('team', 'First team', ?)",
        "INSERT INTO member (id, team_id, role, joined_at) VALUES ('member', 'team', 'admin', ?)",
    ] {
        sqlx::query(statement).bind(created).execute(&db).await.unwrap();
    }
    sqlx::query("INSERT INTO api_key (hash, team_id, created_at) VALUES (?, 'team', ?)")
        .bind(hash_secret(KEY))
        .bind(created)
        .execute(&db)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO agent (id, team_id, member_id, name, token_hash, paired_at, last_seen_at, said_at, instance, account)
         VALUES ('agent', 'team', 'member', 'a browser', ?1, ?2, ?2, ?2, 'i-1', 'acc-1')",
    )
    .bind(hash_secret(TOKEN))
    .bind(created)
    .execute(&db)
    .await
    .unwrap();
    sqlx::query("INSERT INTO agent_instance VALUES ('agent', 'i-1')").execute(&db).await.unwrap();
    for (number, row) in ROWS.iter().enumerate() {
        insert(&db, number, row, created).await;
    }
    db.close().await;
}

async fn insert(
    db: &SqlitePool,
    number: usize,
    &(kind, state, epoch, attempt, started): &(&str, &str, u32, u32, bool),
    created: i64,
) {
    let read = kind == "agent_fetch_connections";
    let urn = format!("urn:li:fsd_profile:{}", person(number));
    let input = if read {
        json!({"task_type": kind, "count": 40})
    } else {
        json!({"task_type": kind, "profile_urn": urn})
    };
    let output = match (state, read) {
        ("completed", true) => Some(json!({"total": 0, "connections": []})),
        ("completed", false) => Some(json!({"sent": true})),
        ("failed", _) => Some(json!({"error": "no", "code": "outcome_unknown", "retryable": false})),
        _ => None,
    };
    let begun = started.then_some(created);
    let start_by = created + i64::try_from(if read { DAY } else { 7 * DAY }).unwrap();
    let end_by = if started { created + i64::try_from(DAY).unwrap() } else { start_by };
    sqlx::query(
        "INSERT INTO task (id, team_id, member_id, task_type, task_input, has_note, state, epoch, attempt, created_at,
                           start_by, started_at, deadline_at, task_output, ended_at)
         VALUES (?, 'team', 'member', ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id(number))
    .bind(kind)
    .bind(input.to_string())
    .bind(state)
    .bind(epoch)
    .bind(attempt)
    .bind(created)
    .bind(start_by)
    .bind(begun)
    .bind(end_by)
    .bind(output.map(|output| output.to_string()))
    .bind(is_over(state).then_some(created))
    .execute(db)
    .await
    .unwrap();
    // Every offer that was not a repeat left one; none of them was known to have arrived.
    for lease in 1..=epoch {
        sqlx::query("INSERT INTO lease (token, task_id, epoch, agent_id, verify, started_at) VALUES (?, ?, ?, 'agent', ?, ?)")
            .bind(format!("token-{number}-{lease}"))
            .bind(id(number))
            .bind(lease)
            .bind(state == "verifying")
            .bind(begun.filter(|_| lease == epoch))
            .execute(db)
            .await
            .unwrap();
    }
}

/// The older file, opened by the present version an hour after all of it happened.
async fn opened() -> (World, Agent) {
    let world = World::on(async |file: &Path| older_file(file).await, KEY).await;
    let agent = Agent {
        url: world.server.url.clone(),
        token: TOKEN.to_owned(),
        instance: "i-1".to_owned(),
        http: world.http.clone(),
    };
    (world, agent)
}

async fn assert_as_they_were(world: &World) {
    for (number, (_, state, ..)) in ROWS.iter().enumerate() {
        assert_eq!(world.status(&id(number)).await["status"], status(state), "row {number}, {state}");
    }
}

#[tokio::test]
async fn opening_it_ends_nothing_and_knows_everybody() {
    let (world, _agent) = opened().await;
    assert_as_they_were(&world).await;
    assert_eq!(world.server.sweep().await.unwrap(), 0);
    assert_as_they_were(&world).await;
    let nameless =
        "SELECT count(*) FROM task WHERE profile IS NULL AND task_type = 'agent_send_connection_request'";
    assert_eq!(world.number(nameless).await, 0);
    // The guard finds each of them, and a key is the key of what it was answered with.
    for (number, (kind, ..)) in ROWS.iter().enumerate().filter(|(_, (kind, ..))| kind.contains("send")) {
        let body = json!({"profile_urn": person(number)});
        for _ in 0..2 {
            let (code, answer) = world.post_under(&format!("key-{number}"), SEND, &body).await;
            let said = (code, &answer["api_agent_task_id"], &answer["deduplicated"]);
            assert_eq!(said, (200, &json!(id(number)), &json!(true)), "{kind} {number}");
        }
    }
    let world = world.restart().await;
    assert_as_they_were(&world).await;
    // Its deadlines are what they were.
    world.advance(DAY - HOUR - 1);
    assert_eq!(world.server.sweep().await.unwrap(), 0);
}

/// What a browser's journal says of a row that it holds.
fn phase(state: &str) -> Option<&str> {
    match state {
        "offered" => Some("claimed"),
        "started" => Some("running"),
        "verifying" => Some("verifying"),
        _ => None,
    }
}

#[tokio::test]
async fn what_its_agent_holds_goes_on() {
    let (world, agent) = opened().await;
    let in_hand = || {
        let rows = ROWS.iter().enumerate();
        rows.filter_map(|(number, row)| Some((number, row, phase(row.1)?)))
    };
    let journal = in_hand().map(
        |(number, (_, _, epoch, ..), phase)| json!({"task": id(number), "epoch": epoch, "phase": phase}),
    );
    // It names all that it has, so that nothing is taken for lost.
    let answer = agent.poll(json!({"accepts": [], "held": journal.collect::<Vec<_>>()})).await;
    let goes_on = in_hand()
        .map(|(number, (_, _, epoch, ..), _)| json!({"task": id(number), "epoch": epoch, "do": "continue"}));
    assert_eq!(answer["directives"], json!(goes_on.collect::<Vec<_>>()));
    assert_as_they_were(&world).await;
    for (number, (kind, state, epoch, ..), _) in in_hand() {
        let offer = json!({"task": id(number), "epoch": epoch, "token": format!("token-{number}-{epoch}")});
        if kind.contains("fetch") {
            assert_eq!(agent.fetched(&offer).await.1["status"], "completed");
        } else {
            assert_eq!(agent.start(&offer).await.1["replayed"], *state != "offered", "row {number}");
            assert_eq!(agent.sent(&offer).await.1["status"], "completed");
        }
    }
}

/// However often each of them was offered by the older version: that was no count of what was lost.
#[tokio::test]
async fn what_its_agent_has_lost_is_offered_or_looked_up() {
    let (world, agent) = opened().await;
    let mut offers = Vec::new();
    for _ in 0..ROWS.len() {
        let Value::Object(offer) =
            agent.poll(json!({"accepts": ["agent_send_connection_request"]})).await["task"].clone()
        else {
            break;
        };
        let offer = Value::Object(offer);
        if offer["mode"] == "run" {
            agent.poll(held(&offer, "claimed")).await;
            assert_eq!(agent.start(&offer).await.1["replayed"], false);
        }
        agent.sent(&offer).await;
        offers.push((offer["task"].as_str().unwrap().to_owned(), offer["mode"].clone()));
    }
    for (number, (kind, state, ..)) in ROWS.iter().enumerate().filter(|(_, (_, state, ..))| !is_over(state)) {
        if kind.contains("send") {
            let mode = if status(state) == "pending" { "run" } else { "verify" };
            assert!(offers.contains(&(id(number), json!(mode))), "row {number} is missing: {offers:?}");
            assert_eq!(world.status(&id(number)).await["task_output"], json!({"sent": true}));
        }
    }
}

#[tokio::test]
async fn its_key_may_do_what_it_did_and_can_be_revoked() {
    let (world, _agent) = opened().await;
    let store = world.server.store();
    let key = store.keys("team", Page::ALL).await.unwrap().entries.remove(0);
    assert_eq!((key.access, &key.scopes, key.last_used_at), (Access::Write, &Scopes::default(), None));
    assert!(uuid::Uuid::try_parse(&key.id).is_ok_and(|id| id.get_version_num() == 4), "{}", key.id);
    world.fetch().await;
    store.revoke_key("team", &key.id, world.now()).await.unwrap();
    assert_refused(&world.post(FETCH, json!({})).await, 401, "Invalid API Key");
}

#[tokio::test]
async fn an_invitation_that_was_offered_often_and_started_is_not_given_up_when_it_is_returned() {
    let (world, agent) = opened().await;
    let offer = json!({"task": id(6), "epoch": 9, "token": "token-6-9"});
    world
        .sql("UPDATE task SET state = 'failed', task_output = '{}' WHERE state <> 'started' OR epoch <> 9")
        .await;
    assert_eq!(agent.returned(&offer).await.1["status"], "pending");
    world.advance(REST);
    let again = agent.offer().await;
    assert_eq!((&again["task"], &again["mode"], &again["epoch"]), (&json!(id(6)), &json!("run"), &json!(10)));
}
