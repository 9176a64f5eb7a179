#[path = "../../tests/postgres/cluster.rs"]
#[expect(dead_code, reason = "other tests end it in the middle, and start it again")]
mod cluster;

use super::agent::TAKE_OVER;
use super::create::STANDING;
use super::event::LOST_TO_ANOTHER;
use super::member::LEAVE;
use super::poll::{IN_FLIGHT, MAY_ASK, OLDEST_OF_TWO, OLDEST_QUEUED};
use super::result::LOAD_LEASE;
use super::row::LOAD;
use super::{NewTask, Pools, SqlitePool, Store, db};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::server::{Running, start};
use cluster::Cluster;
use liaison_protocol::{TaskInput, TaskOptions, TaskType};
use reqwest::{Client, Response};
use serde_json::{Map, Value, json};
use sqlx::postgres::PgConnection;
use tempfile::TempDir;
use tokio::task::yield_now;

const SEND: &str = "/linkedin-agent/send-connection-request";

struct World {
    server: Running,
    http: Client,
    key: String,
    agent: String,
    _folder: TempDir,
}

impl World {
    /// A server with a paired browser.
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let config =
            Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::new(folder.path().join("liaison.db")) };
        let server = start(config).await.unwrap();
        let (key, code) = (server.api_key.clone().unwrap(), server.pairing_code.clone().unwrap());
        let mut world = Self { server, http: Client::new(), key, agent: String::new(), _folder: folder };
        let paired = world.post("/agent/v1/pair", json!({"code": code, "name": "a browser"})).await;
        world.agent = json_of(paired).await["token"].as_str().unwrap().to_owned();
        world
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        let request = self.http.post(format!("{}{path}", self.server.url)).json(&body);
        let request = request.header("x-api-key", &self.key).bearer_auth(&self.agent);
        let key = body["profile_urn"].as_str().unwrap_or("none");
        request.header("idempotency-key", key).send().await.unwrap()
    }

    async fn poll(&self) -> Response {
        let poll = json!({"instance": "i-1", "version": "0", "account": null, "wait_ms": 0, "state": "ready",
                          "accepts": ["agent_send_connection_request"], "waiting": [], "held": []});
        self.post("/agent/v1/poll", poll).await
    }

    /// The connections that read.
    fn readers(&self) -> &SqlitePool {
        match &self.server.store().pools {
            Pools::Sqlite { read, .. } => read,
            Pools::Postgres { .. } => unreachable!("the configuration names a file"),
        }
    }

    /// Something that the connection that writes is told.
    async fn tell_writer(&self, pragma: String) {
        match &self.server.store().pools {
            Pools::Sqlite { writer, .. } => writer.tell(pragma).await,
            Pools::Postgres { .. } => unreachable!("the configuration names a file"),
        }
    }

    async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.readers()).await.unwrap()
    }
}

async fn json_of(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// Every statement of a poll, of a take-over and of a member's leave that looks for tasks finds them by an index: they hold
/// the write lock, and finished tasks are kept.
#[tokio::test]
async fn the_claim_path_a_take_over_and_a_leave_look_at_no_task_too_many() {
    let world = World::new().await;
    let statements =
        [STANDING, MAY_ASK, IN_FLIGHT, OLDEST_QUEUED, OLDEST_OF_TWO, LOAD, LOAD_LEASE, LOST_TO_ANOTHER]
            .into_iter()
            .chain(TAKE_OVER)
            .chain(LEAVE);
    for statement in statements {
        let explain = format!("EXPLAIN QUERY PLAN {statement}");
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(explain)).fetch_all(world.readers()).await.unwrap();
        let steps: Vec<&str> = plan.iter().map(|(.., detail)| detail.as_str()).collect();
        for table in ["task", "lease", "agent"] {
            let scan = format!("SCAN {table}");
            let scans = |step: &&str| **step == scan || step.starts_with(&format!("{scan} "));
            assert!(!steps.iter().any(scans), "{statement}\n{steps:#?}");
        }
        assert!(steps.iter().any(|step| step.starts_with("SEARCH ")), "{statement}\n{steps:#?}");
    }
}

/// 20,000 tasks of 2,000 members, nine of ten over. One plan for all values, and one for these.
const MANY: [&str; 8] = [
    "INSERT INTO team (id, name, created_at) VALUES ('t', 'a team', 0)",
    "INSERT INTO member (id, team_id, role, joined_at) SELECT 'm' || n, 't', 'admin', 0 FROM generate_series(1, 2000) AS n",
    "INSERT INTO agent (id, team_id, member_id, name, token_hash, paired_at, last_seen_at, said_at, instance)
     SELECT 'a' || n, 't', 'm' || n, 'a browser', sha256(('a' || n)::bytea), 0, 0, 0, 'i' FROM generate_series(1, 2000) AS n",
    "INSERT INTO task (id, team_id, member_id, task_type, task_input, has_note, state, epoch, created_at, start_by, deadline_at)
     SELECT 'k' || n, 't', 'm' || (n % 2000 + 1), 'agent_send_connection_request', '{}', n % 2 = 0,
            CASE n / 2000 WHEN 1 THEN 'queued' WHEN 2 THEN 'started' ELSE 'completed' END, 1, 0, 9, 9
     FROM generate_series(1, 20000) AS n",
    "INSERT INTO lease (token, task_id, epoch, agent_id)
     SELECT 'l' || n, 'k' || n, 1, 'a' || (n % 2000 + 1) FROM generate_series(1, 20000) AS n",
    "INSERT INTO task_event (task_id, n, at, event) SELECT 'k' || n, 0, 0, 'offered' FROM generate_series(1, 20000) AS n",
    // And one with a queue in which a kind is not to be found at all.
    "INSERT INTO task (id, team_id, member_id, task_type, task_input, has_note, state, created_at, start_by, deadline_at)
     SELECT 'q' || n, 't', 'm9', 'agent_fetch_connections', '{}', FALSE, 'queued', 0, 9, 9 FROM generate_series(1, 50000) AS n",
    "ANALYZE",
];

/// The same in PostgreSQL, which reads a whole table only where that is cheaper.
#[tokio::test]
async fn the_claim_path_in_postgresql_looks_at_no_task_too_many() {
    let cluster = Cluster::hasty();
    let name = cluster.create(None).await;
    Store::open(&cluster.url(&name).parse().unwrap()).await.unwrap().close().await;
    let mut db = cluster.connect(&name).await;
    for statement in MANY {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    let kinds = "(text, text, bigint, text, text, boolean)";
    let mut cases = vec![
        (MAY_ASK, "(text, text, text)", "('a7', 'i', 'm7')"),
        (IN_FLIGHT, "(text)", "('m7')"),
        (OLDEST_QUEUED, kinds, "('m7', 'agent_send_connection_request', 5, '', 'a7', TRUE)"),
        (OLDEST_QUEUED, kinds, "('m9', 'agent_send_connection_request', 5, '', 'a9', TRUE)"),
        (
            OLDEST_OF_TWO,
            "(text, text, bigint, text, text, boolean, text, boolean)",
            "('m9', 'agent_send_connection_request', 5, '', 'a9', TRUE, 'agent_fetch_connections', FALSE)",
        ),
        (LOAD, "(text, text)", "('k7', 'm8')"),
        (LOAD_LEASE, "(text, text, text, text)", "('k7', 'm8', 'l7', 'a7')"),
    ];
    cases.extend(TAKE_OVER.map(|statement| (statement, "(text, text)", "('a7', 'm7')")));
    cases.push((LOST_TO_ANOTHER, "(text, text, bigint, bigint)", "('a7', 'm7', 5, 40)"));
    // The first two are about the member and their agents.
    cases.extend(LEAVE.into_iter().skip(2).map(|statement| (statement, "(bigint, text)", "(5, 'm7')")));
    for plan in ["force_generic_plan", "force_custom_plan"] {
        run(&mut db, format!("SET plan_cache_mode = {plan}")).await;
        for (statement, kinds, values) in &cases {
            run(&mut db, format!("PREPARE this {kinds} AS {statement}")).await;
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN EXECUTE this {values}"));
            let steps: Vec<String> = sqlx::query_scalar(explain).fetch_all(&mut db).await.unwrap();
            assert!(!steps.iter().any(|step| step.contains("Seq Scan")), "{statement}\n{steps:#?}");
            // What one member's tasks are not found by is everybody's.
            let by_member = ["task_queue", "task_in_flight", "task_pkey", "agent_pkey"];
            let is_used = |index: &&str| steps.iter().any(|step| step.contains(*index));
            assert!(by_member.iter().any(is_used), "{statement}\n{steps:#?}");
            for everybodys in
                ["task_deadline", "task_by_team", "task_unfinished", "task_kept", "task_to_purge"]
            {
                assert!(!is_used(&everybodys), "{statement}\n{steps:#?}");
            }
            run(&mut db, "DEALLOCATE this".to_owned()).await;
        }
    }
}

async fn run(db: &mut PgConnection, statement: String) {
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(db).await.unwrap();
}

fn invitation(number: usize) -> Value {
    json!({"profile_urn": format!("ACoAA{number:07}"), "note": "n".repeat(300)})
}

async fn assert_unavailable(response: Response) {
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "30");
    let body = json_of(response).await;
    assert_eq!((&body["success"], &body["code"]), (&json!(false), &json!("storage_unavailable")), "{body}");
    assert!(!body.to_string().to_lowercase().contains("sqlite"), "{body}");
    // A commit that failed may be on the disk all the same.
    let text = body["error"].as_str().unwrap();
    assert!(
        !text.contains("nothing") && text.contains("may have been") && text.contains("Idempotency-Key"),
        "{text}"
    );
}

/// What was refused is not there, what only reads goes on, and once there is room again, so does everything.
#[tokio::test]
async fn on_a_full_disk_nothing_is_acknowledged_that_is_not_stored() {
    let world = World::new().await;
    let first = json_of(world.post(SEND, invitation(0)).await).await;
    let offer = json_of(world.poll().await).await["task"].clone();
    let path = |call: &str| format!("/agent/v1/tasks/{}/{call}", offer["task"].as_str().unwrap());
    let pages = world.number("SELECT page_count FROM pragma_page_count()").await;
    world.tell_writer(format!("PRAGMA max_page_count = {}", pages + 4)).await;
    let mut taken = vec![first["api_agent_task_id"].clone()];
    let refused = loop {
        let response = world.post(SEND, invitation(taken.len())).await;
        if response.status() != 200 {
            break response;
        }
        taken.push(json_of(response).await["api_agent_task_id"].clone());
        assert!(taken.len() < 1000, "the disk never got full");
    };
    assert_unavailable(refused).await;
    let query = format!("{}/linkedin-agent/get-task-status", world.server.url);
    for task in &taken {
        let request = world.http.get(&query).query(&[("api_agent_task_id", task.as_str().unwrap())]);
        let answer = request.header("x-api-key", &world.key).send().await.unwrap();
        assert_eq!(json_of(answer).await["data"]["status"], "pending");
    }
    let known = i64::try_from(taken.len()).unwrap();
    assert_eq!(world.number("SELECT count(*) FROM task").await, known);
    assert_eq!(world.number("SELECT count(*) FROM idempotency_key").await, known);

    // The limit ended with the connection that met it.
    let response = world.post(SEND, invitation(taken.len())).await;
    assert_eq!(response.status(), 200);
    let started = json_of(world.post(&path("start"), json!({"token": offer["token"]})).await).await;
    assert_eq!(started["replayed"], false);
    assert_eq!(world.number("SELECT count(*) FROM task").await, known + 1);
    assert_eq!(
        world.number("SELECT count(*) FROM pragma_integrity_check() WHERE integrity_check <> 'ok'").await,
        0
    );
}

/// Those who share a commit see what the others wrote. What is answered by it has to be stored, too.
#[tokio::test]
async fn nobody_is_answered_by_what_is_not_stored_yet() {
    let world = World::new().await;
    let store = world.server.store().clone();
    let (team, now) = (store.first_team().await.unwrap(), SystemClock.now());
    let create = || {
        let (store, team) = (store.clone(), team.clone());
        tokio::spawn(async move {
            let fields = Map::new();
            let input = TaskInput::parse(TaskType::FetchConnections, &fields).unwrap();
            let options = TaskOptions::default();
            let new = NewTask {
                team: &team,
                input: &input,
                options,
                echo: &json!({}),
                key: Some("k"),
                part_of: None,
            };
            store.create_task(new, now).await
        })
    };
    let held = store.begin().await.unwrap();
    // The committer may have been woken by what was before: it stands in front.
    yield_now().await;
    let twice = [create(), create()];
    yield_now().await;
    let lost = tokio::spawn({
        let store = store.clone();
        async move {
            let mut turn = store.begin().await.unwrap();
            db::sql("ROLLBACK").execute(&mut turn).await.unwrap();
        }
    });
    yield_now().await;
    drop(held);
    lost.await.unwrap();
    for answer in twice {
        assert!(answer.await.unwrap().is_err(), "told of a task that isn't there");
    }
    assert_eq!(world.number("SELECT count(*) FROM task").await, 0);
    assert!(create().await.unwrap().unwrap().new_for.is_some());
}

#[tokio::test]
async fn on_a_read_only_disk_no_call_says_that_it_did_something() {
    let world = World::new().await;
    let task = json_of(world.post(SEND, invitation(0)).await).await["api_agent_task_id"].clone();
    let offer = json_of(world.poll().await).await["task"].clone();
    let path = |call: &str| format!("/agent/v1/tasks/{}/{call}", offer["task"].as_str().unwrap());
    let token = json!({"token": offer["token"]});
    let sent = json!({"token": offer["token"], "status": "completed", "task_output": {"sent": true}, "effect": "done"});
    let store = world.server.store();
    let (now, team) = (SystemClock.now(), store.first_team().await.unwrap());
    let member = store.acting_member(&team).await.unwrap().unwrap();
    let code = store.new_pairing_code(&member, now).await.unwrap();
    world.tell_writer("PRAGMA query_only = ON".to_owned()).await;
    assert_unavailable(world.post(SEND, invitation(1)).await).await;
    // An agent that is not told 200 does not send, and posts its result again.
    assert_unavailable(world.post(&path("start"), token.clone()).await).await;
    assert_unavailable(world.post(&path("complete"), sent.clone()).await).await;
    assert_unavailable(world.post(&path("heartbeat"), token.clone()).await).await;
    assert_unavailable(world.post("/linkedin-agent/cancel-task", json!({"api_agent_task_id": task})).await)
        .await;
    let pairing = json!({"code": code, "name": "another"});
    assert_unavailable(world.post("/agent/v1/pair", pairing).await).await;
    world.tell_writer("PRAGMA query_only = OFF".to_owned()).await;
    assert_eq!(json_of(world.post(&path("start"), token).await).await["replayed"], false);
    assert_eq!(json_of(world.post(&path("complete"), sent).await).await["status"], "completed");
}
