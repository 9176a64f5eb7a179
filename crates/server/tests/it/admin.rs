//! The admin API.

use super::support::*;
use reqwest::Method;
use serde_json::{Value, json};

struct Desk {
    world: World,
    key: String,
}

impl Desk {
    async fn new() -> Self {
        Self::of(World::new().await).await
    }

    async fn of(world: World) -> Self {
        let key = world.admin_key().await;
        Self { world, key }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.world.http.request(method, format!("{}/admin/v1/{path}", self.world.server.url));
        let request = request.bearer_auth(&self.key);
        answer(if body.is_null() { request } else { request.body(body.to_string()) }).await
    }

    async fn done(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, body) = self.call(method, path, body).await;
        assert_eq!((status, &body["success"]), (200, &json!(true)), "{path}: {body}");
        body["data"].clone()
    }

    async fn get(&self, path: &str) -> Value {
        self.done(Method::GET, path, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.done(Method::POST, path, body).await
    }

    /// The path of the first start's team.
    async fn team(&self) -> String {
        format!("teams/{}", self.world.server.store().first_team().await.unwrap())
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| text(&entry["id"])).collect()
}

#[tokio::test]
async fn no_other_key_opens_it_and_it_opens_nothing_else() {
    let (world, agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let routes = include_str!("../../src/router.rs").split("\"/admin/v1/").skip(1);
    let routes: Vec<&str> = routes.filter_map(|rest| rest.split('"').next()).collect();
    assert!(routes.len() >= 9, "the routes could not be read");
    let (store, now) = (desk.world.server.store(), desk.world.now());
    let revoked = store.add_admin_key(Some("old"), now).await.unwrap();
    store.revoke_admin_key(&revoked.id, now).await.unwrap();
    let wrong = ["lak_0", "", &desk.world.key, &agent.token, &revoked.secret];
    for route in routes {
        let url = format!("{}/admin/v1/{route}", desk.world.server.url);
        for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
            let request = desk.world.http.request(method.clone(), &url).header("x-api-key", &desk.key);
            let answers = [answer(request).await].into_iter();
            let mut answers: Vec<Answer> = answers.collect();
            for key in wrong {
                answers.push(answer(desk.world.http.request(method.clone(), &url).bearer_auth(key)).await);
            }
            for refused in answers.iter().filter(|(status, _)| *status != 405) {
                assert_code(refused, 401, "unauthorised");
            }
            assert!(answers.iter().all(|answer| answer.0 == answers[0].0));
        }
    }
    assert_refused(&desk.world.post_raw(FETCH, Some(&desk.key), "{}").await, 401, "Invalid API Key");
    let with_key = Agent { token: desk.key.clone(), ..agent };
    assert_code(&with_key.try_poll(json!({})).await, 401, "unauthorised");
    desk.get("teams").await;
}

#[tokio::test]
async fn admin_keys_are_listed_with_their_last_use() {
    let desk = Desk::new().await;
    let store = desk.world.server.store();
    let used = async || store.admin_keys().await.unwrap()[0].last_used_at;
    assert_eq!(used().await, None);
    desk.get("teams").await;
    let first = desk.world.now();
    desk.world.advance(MINUTE - 1);
    desk.get("teams").await;
    assert_eq!(used().await, Some(first));
    desk.world.advance(1);
    desk.get("teams").await;
    assert_eq!(used().await, Some(desk.world.now()));
}

#[tokio::test]
async fn a_team_from_its_beginning_to_its_end() {
    let desk = Desk::new().await;
    desk.world.advance(1);
    let team = desk.post("teams", json!({"name": " Sales "})).await;
    assert_eq!((&team["name"], &team["created_at"]), (&json!("Sales"), &json!("2026-11-22T00:00:00.001Z")));
    let path = format!("teams/{}", text(&team["id"]));
    assert_eq!(desk.get(&path).await, team);
    assert_eq!(desk.get("teams").await[1], team);
    let renamed = desk.done(Method::PATCH, &path, json!({"name": "Research"})).await;
    assert_eq!((&renamed["id"], &renamed["name"]), (&team["id"], &json!("Research")));
    // Members, a key and a browser, and the whole way of a task.
    let member = desk.post(&format!("{path}/members"), json!({"name": "Ada", "role": "admin"})).await;
    assert_eq!(
        (&member["name"], &member["role"], &member["acts"]),
        (&json!("Ada"), &json!("admin"), &json!(true))
    );
    let key = desk.post(&format!("{path}/keys"), json!({})).await;
    let code = desk.post(&format!("{path}/members/{}/pairing-codes", text(&member["id"])), json!({})).await;
    assert_eq!(code["expires_at"], "2026-11-22T00:10:00.001Z");
    let agent = desk.world.pair(text(&code["code"])).await;
    let created = desk.world.post_raw(FETCH, Some(text(&key["api_key"])), "{}").await;
    assert_eq!(created.0, 200, "{}", created.1);
    agent.offer().await;
    assert_eq!(desk.call(Method::DELETE, &path, Value::Null).await, (200, json!({"success": true})));
    assert_code(&desk.call(Method::GET, &path, Value::Null).await, 404, "not_found");
    assert_eq!(ids(&desk.get("teams").await).len(), 1);
    let refused = desk.world.post_raw(FETCH, Some(text(&key["api_key"])), "{}").await;
    assert_refused(&refused, 401, "Invalid API Key");
    assert_code(&agent.try_poll(json!({})).await, 409, "superseded");
}

#[tokio::test]
async fn members_come_change_and_go() {
    let desk = Desk::new().await;
    let team = desk.team().await;
    let members = format!("{team}/members");
    let first = desk.get(&members).await[0].clone();
    assert_eq!(
        (&first["name"], &first["role"], &first["acts"]),
        (&Value::Null, &json!("admin"), &json!(true))
    );
    desk.world.advance(1);
    let second = desk.post(&members, json!({"name": "Grace"})).await;
    assert_eq!((&second["role"], &second["acts"]), (&json!("member"), &json!(false)));
    let path = format!("{members}/{}", text(&second["id"]));
    let admin = desk.done(Method::PATCH, &path, json!({"role": "admin"})).await;
    assert_eq!(
        (&admin["name"], &admin["role"], &admin["acts"]),
        (&json!("Grace"), &json!("admin"), &json!(false))
    );
    let nameless = desk.done(Method::PATCH, &path, json!({"name": null})).await;
    assert_eq!((&nameless["name"], &nameless["role"]), (&Value::Null, &json!("admin")));
    assert_eq!(desk.get(&members).await, json!([first, nameless]));
    let oldest = format!("{members}/{}", text(&first["id"]));
    assert_eq!(desk.call(Method::DELETE, &oldest, Value::Null).await.0, 200);
    let left = desk.get(&members).await;
    assert_eq!((ids(&left), &left[0]["acts"]), (vec![text(&second["id"])], &json!(true)));
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        assert_code(&desk.call(method, &oldest, json!({})).await, 404, "not_found");
    }
    let code = format!("{oldest}/pairing-codes");
    assert_refused(&desk.call(Method::POST, &code, json!({})).await, 404, "No such member of this team");
}

#[tokio::test]
async fn a_parked_poll_ends_when_its_member_team_or_browser_goes() {
    for what in ["member", "team", "agent"] {
        let (world, agent) = World::paired().await;
        let desk = Desk::of(world).await;
        let team = desk.team().await;
        let path = match what {
            "member" => format!("{team}/members/{}", ids(&desk.get(&format!("{team}/members")).await)[0]),
            "agent" => format!("{team}/agents/{}", ids(&desk.get(&format!("{team}/agents")).await)[0]),
            _ => team,
        };
        let mut parked = desk.world.server.parked();
        let polling = agent.clone();
        let poll = tokio::spawn(async move { polling.try_poll(json!({"wait_ms": 25_000})).await });
        parked.wait_for(|count| *count == 1).await.unwrap();
        assert_eq!(desk.call(Method::DELETE, &path, Value::Null).await.0, 200);
        let (status, body) = poll.await.unwrap();
        assert_eq!((status, &body["task"]), (200, &Value::Null), "{what}: {body}");
        let code = if what == "agent" { (401, "unauthorised") } else { (409, "superseded") };
        assert_code(&agent.try_poll(json!({})).await, code.0, code.1);
    }
}

#[tokio::test]
async fn keys_are_shown_once() {
    let (world, _agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let keys = format!("{}/keys", desk.team().await);
    desk.world.advance(1);
    let body = json!({"name": "reports", "access": "read", "scopes": []});
    let made = desk.post(&keys, body).await;
    let secret = text(&made["api_key"]).to_owned();
    assert!(secret.starts_with("lsk_"), "{made}");
    let path = format!("{keys}/{}", text(&made["id"]));
    let shown = json!({"id": made["id"], "name": "reports", "access": "read", "scopes": [],
                       "created_at": "2026-11-22T00:00:00.001Z", "last_used_at": null});
    assert_eq!(desk.get(&path).await, shown);
    assert_eq!(desk.get(&keys).await[1], shown);
    assert_code(&desk.world.post_raw(FETCH, Some(&secret), "{}").await, 403, "read_only_key");
    assert_eq!(desk.get(&path).await["last_used_at"], "2026-11-22T00:00:00.001Z");
    assert_eq!(desk.call(Method::DELETE, &path, Value::Null).await.0, 200);
    assert_refused(&desk.world.post_raw(FETCH, Some(&secret), "{}").await, 401, "Invalid API Key");
    assert_code(&desk.call(Method::DELETE, &path, Value::Null).await, 404, "not_found");
    assert_eq!(ids(&desk.get(&keys).await).len(), 1);
    let plain = desk.post(&keys, Value::Null).await;
    assert_eq!((&plain["access"], &plain["scopes"]), (&json!("write"), &json!(["r_1st_connections"])));
}

/// LinkedIn's own call has a browser read the list: more than looking.
#[tokio::test]
async fn a_key_that_may_only_read_has_no_scope_unless_told() {
    let (world, _agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let keys = format!("{}/keys", desk.team().await);
    let reader = desk.post(&keys, json!({"access": "read"})).await;
    assert_eq!((&reader["access"], &reader["scopes"]), (&json!("read"), &json!([])));
    let url = format!("{}/v2/connections?q=viewer", desk.world.server.url);
    let refused = answer(desk.world.http.get(url).bearer_auth(text(&reader["api_key"]))).await;
    assert_eq!((refused.0, &refused.1["code"]), (403, &json!("missing_scope")));
    assert_eq!(desk.world.number("SELECT count(*) FROM task").await, 0);
    let told = desk.post(&keys, json!({"access": "read", "scopes": ["r_1st_connections"]})).await;
    assert_eq!((&told["access"], &told["scopes"]), (&json!("read"), &json!(["r_1st_connections"])));
    let writer = desk.post(&keys, json!({"access": "write"})).await;
    assert_eq!(writer["scopes"], json!(["r_1st_connections"]));
}

#[tokio::test]
async fn presence_is_told_in_seconds() {
    let (world, agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let agents = format!("{}/agents", desk.team().await);
    let member = ids(&desk.get(&format!("{}/members", desk.team().await)).await)[0].to_owned();
    agent.poll(json!({"state": "paused"})).await;
    desk.world.advance(119_900);
    let seen = desk.get(&agents).await[0].clone();
    let expected = json!({"id": seen["id"], "name": "a browser", "member_id": member,
                          "paired_at": "2026-11-22T00:00:00.000Z", "last_seen_at": "2026-11-22T00:00:00.000Z",
                          "last_seen_s": 119, "online": true, "state": "paused", "usage": null});
    assert_eq!(seen, expected);
    desk.world.advance(101);
    let path = format!("{agents}/{}", text(&seen["id"]));
    let away = desk.get(&path).await;
    assert_eq!((&away["last_seen_s"], &away["online"]), (&json!(120), &json!(false)));
    agent.poll(json!({})).await;
    let back = desk.done(Method::PATCH, &path, json!({"name": "desk"})).await;
    assert_eq!(
        (&back["name"], &back["last_seen_s"], &back["online"]),
        (&json!("desk"), &json!(0), &json!(true))
    );
    // One that was paired over is not there any more.
    desk.world.pair_again().await;
    assert_ne!(ids(&desk.get(&agents).await), [text(&seen["id"])]);
    assert_code(&desk.call(Method::GET, &path, Value::Null).await, 404, "not_found");
}

#[tokio::test]
async fn lists_come_in_parts() {
    let desk = Desk::new().await;
    for number in 0..4 {
        desk.world.advance(number % 2);
        desk.post("teams", json!({"name": format!("team {number}")})).await;
    }
    let team = desk.team().await;
    for _ in 0..4 {
        desk.post(&format!("{team}/members"), json!({})).await;
        desk.post(&format!("{team}/keys"), json!({})).await;
    }
    for list in ["teams".to_owned(), format!("{team}/members"), format!("{team}/keys")] {
        let all = desk.get(&list).await;
        let (mut found, mut path) = (Vec::new(), format!("{list}?limit=2"));
        loop {
            let (_, part) = desk.call(Method::GET, &path, Value::Null).await;
            found.extend(part["data"].as_array().unwrap().clone());
            let Some(cursor) = part["next_cursor"].as_str() else { break };
            assert_eq!(part["data"].as_array().unwrap().len(), 2);
            path = format!("{list}?limit=2&cursor={cursor}");
        }
        assert_eq!((found.len(), &Value::from(found)), (5, &all), "{list}");
        for query in ["limit=0", "limit=201", "limit=x", "limit=1&cursor=nothing"] {
            let refused = desk.call(Method::GET, &format!("{list}?{query}"), Value::Null).await;
            assert_code(&refused, 400, "invalid_input");
        }
    }
    // A cursor is one of its own list.
    let member = ids(&desk.get(&format!("{team}/members")).await)[0].to_owned();
    for list in ["teams".to_owned(), format!("{team}/keys"), format!("{team}/agents")] {
        let refused = desk.call(Method::GET, &format!("{list}?cursor={member}"), Value::Null).await;
        assert_code(&refused, 400, "invalid_input");
    }
}

#[tokio::test]
async fn a_part_begins_where_somebody_just_left() {
    let desk = Desk::new().await;
    let members = format!("{}/members", desk.team().await);
    for _ in 0..2 {
        desk.world.advance(1);
        desk.post(&members, json!({})).await;
    }
    let all = desk.get(&members).await;
    let second = ids(&all)[1];
    assert_eq!(desk.call(Method::DELETE, &format!("{members}/{second}"), Value::Null).await.0, 200);
    let rest = desk.get(&format!("{members}?cursor={second}")).await;
    assert_eq!(ids(&rest), [ids(&all)[2]]);
}

#[tokio::test]
async fn what_is_no_name_role_access_or_scope_is_refused_and_nothing_done() {
    let desk = Desk::new().await;
    let team = desk.team().await;
    let member = format!("{team}/members/{}", ids(&desk.get(&format!("{team}/members")).await)[0]);
    let before = [desk.get("teams").await, desk.get(&member).await, desk.get(&format!("{team}/keys")).await];
    let long = "x".repeat(101);
    for name in [json!(""), json!("  "), json!(7), json!(["a"]), json!("a\u{7}b"), json!(long)] {
        for (method, path) in [
            (Method::POST, "teams"),
            (Method::PATCH, &team),
            (Method::POST, &format!("{team}/members")),
            (Method::PATCH, &member),
            (Method::POST, &format!("{team}/keys")),
        ] {
            assert_code(&desk.call(method, path, json!({"name": name})).await, 400, "invalid_input");
        }
    }
    for (method, path, body) in [
        (Method::POST, "teams".to_owned(), json!({})),
        (Method::PATCH, team.clone(), json!({"name": null})),
        (Method::POST, format!("{team}/members"), json!({"role": "owner"})),
        (Method::PATCH, member.clone(), json!({"role": null})),
        (Method::POST, format!("{team}/keys"), json!({"access": "all"})),
        (Method::POST, format!("{team}/keys"), json!({"scopes": "r_1st_connections"})),
        (Method::POST, format!("{team}/keys"), json!({"scopes": ["r_everything"]})),
        (Method::POST, format!("{team}/keys"), json!({"scopes": [1]})),
        (Method::POST, "teams".to_owned(), json!(["a list"])),
    ] {
        assert_code(&desk.call(method, &path, body).await, 400, "invalid_input");
    }
    let after = [desk.get("teams").await, desk.get(&member).await, desk.get(&format!("{team}/keys")).await];
    assert_eq!(before, after);
}

#[tokio::test]
async fn what_is_another_team_s_is_not_there() {
    let (world, _agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let team = desk.team().await;
    let other = format!("teams/{}", text(&desk.post("teams", json!({"name": "other"})).await["id"]));
    let first = async |list: &str| ids(&desk.get(&format!("{team}/{list}")).await)[0].to_owned();
    for list in ["members", "keys", "agents"] {
        let path = format!("{other}/{list}/{}", first(list).await);
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            let (status, body) = desk.call(method, &path, json!({"name": "taken"})).await;
            assert!(status == 404 || (list == "keys" && status == 405), "{path}: {status} {body}");
        }
        assert_eq!(ids(&desk.get(&format!("{team}/{list}")).await).len(), 1);
        assert_eq!(ids(&desk.get(&format!("{other}/{list}")).await).len(), 0);
        let nowhere = format!("teams/nowhere/{list}");
        assert_code(&desk.call(Method::GET, &nowhere, Value::Null).await, 404, "not_found");
    }
    let code = format!("{other}/members/{}/pairing-codes", first("members").await);
    assert_code(&desk.call(Method::POST, &code, json!({})).await, 404, "not_found");
    for list in ["members", "keys"] {
        let refused = desk.call(Method::POST, &format!("teams/nowhere/{list}"), json!({})).await;
        assert_refused(&refused, 404, "No such team");
    }
    for path in ["teams/%FF", "teams/%FF/keys/%FF", "teams/x'%20OR%20'1'='1"] {
        assert_code(&desk.call(Method::GET, path, Value::Null).await, 404, "not_found");
    }
}
