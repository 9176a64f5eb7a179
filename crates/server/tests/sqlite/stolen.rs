//! What a thief finds in a database file.

use super::support::{Agent, FETCH, answer, client, pairing};
use liaison_server::store::{Access, NewKey, Scopes};
use liaison_server::{Clock, Config, SystemClock};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

#[tokio::test]
async fn a_stolen_database_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::new(folder.path().join("liaison.db")) };
    let server = liaison_server::start(config).await.unwrap();
    let (store, now, url) = (server.store(), SystemClock.now(), &server.url);
    let (team, http) = (store.first_team().await.unwrap(), client());
    let (key, used) = (server.api_key.clone().unwrap(), server.pairing_code.clone().unwrap());
    let scoped = NewKey { name: Some("scoped"), access: Access::Read, scopes: Scopes(Vec::new()) };
    let scoped = store.add_key(&team, &scoped, now).await.unwrap().secret;
    let admin = store.add_admin_key(Some("dashboard"), now).await.unwrap().secret;
    let unused = store.acting_member(&team).await.unwrap().unwrap();
    let unused = store.new_pairing_code(&unused, now).await.unwrap();
    // Each of them is used, but for that one.
    let pair = http.post(format!("{url}/agent/v1/pair")).header("content-type", "application/json");
    let token = answer(pair.body(pairing(&used))).await.1["token"].as_str().unwrap().to_owned();
    let create = http.post(format!("{url}{FETCH}")).header("idempotency-key", "an-idempotency-key");
    assert_eq!(answer(create.header("x-api-key", &key)).await.0, 200);
    assert_eq!(answer(http.post(format!("{url}{FETCH}")).header("x-api-key", &scoped)).await.0, 403);
    assert_eq!(answer(http.get(format!("{url}/admin/v1/teams")).bearer_auth(&admin)).await.0, 200);
    let sign_in = http.post(format!("{url}/dashboard/session")).body(format!(r#"{{"admin_key":"{admin}"}}"#));
    let signed_in = sign_in.send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
    let session = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let signed_in: serde_json::Value = signed_in.json().await.unwrap();
    let csrf = format!("csrf_{}", signed_in["data"]["csrf"].as_str().unwrap());
    let agent = Agent { url: url.clone(), token: token.clone(), instance: "i-1".to_owned(), http };
    agent.offer().await;

    // Beside the file stands its log, with what was written last.
    let files = std::fs::read_dir(folder.path()).unwrap();
    let files: Vec<u8> = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    let has = |text: &str| files.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has("First team") && has("a browser") && has("dashboard"), "the files could not be read");
    for secret in [&key, &scoped, &admin, &token, &session, &csrf] {
        let bare = secret.split_once('_').unwrap().1;
        assert!(!has(bare) && !has(bare.get(..16).unwrap()), "{}", secret.split('_').next().unwrap());
    }
    for code in [&used, &unused] {
        assert!(!has(code) && !has(&code.replace('-', "")), "a pairing code");
    }
    assert!(!has("an-idempotency-key"));
    server.shutdown().await;
}

#[tokio::test]
async fn a_use_that_can_t_be_noted_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("liaison.db");
    let config = Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::new(file.clone()) };
    let server = liaison_server::start(config).await.unwrap();
    let mut db = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let full = "CREATE TRIGGER full BEFORE UPDATE ON api_key BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::query(full).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    let url = format!("{}/linkedin-agent/get-task-status", server.url);
    let unknown = "00000000-0000-4000-8000-000000000000";
    let request = client().get(url).query(&[("api_agent_task_id", unknown)]);
    let served = answer(request.header("x-api-key", server.api_key.as_ref().unwrap())).await;
    assert_eq!(served.0, 404, "{}", served.1);
    server.shutdown().await;
}
