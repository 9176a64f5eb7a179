//! LinkedIn's own Connections API, as its documentation prints it.

use super::lists::*;
use super::support::*;
use liaison_server::store::{Access, NewKey, Scopes};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

const PATH: &str = "/v2/connections";

impl World {
    fn ask(&self, query: &str) -> RequestBuilder {
        self.http.get(format!("{}{PATH}{query}", self.server.url)).bearer_auth(&self.key)
    }

    /// A call that one task is enough for; the task's input and the answer.
    async fn asked(&self, agent: &Agent, network: &[Value], query: &str) -> (Value, Value) {
        let (input, (status, head, body)) = tokio::join!(agent.carry_out(network), whole(self.ask(query)));
        assert_eq!(status, 200, "{body}");
        assert_eq!(head["x-restli-protocol-version"], "2.0.0");
        assert_eq!(tasks_named(&head).len(), 1);
        (input, body)
    }
}

fn error(code: u32, message: &str, status: u16) -> Value {
    json!({"serviceErrorCode": code, "message": message, "status": status})
}

/// An error in LinkedIn's form, with ours beside it.
fn assert_error((status, head, body): &Whole, expected: &Value) {
    let mut shown = body.clone();
    assert!(shown.as_object_mut().unwrap().remove("code").is_some_and(|code| code.is_string()), "{body}");
    assert_eq!(&shown, expected);
    assert_eq!(json!(status), expected["status"]);
    assert_eq!(head["x-restli-error-response"], "true");
    assert_eq!(head["content-type"], "application/json");
}

#[tokio::test]
async fn the_bare_list_is_urns_and_the_real_total() {
    let (world, agent) = World::paired().await;
    let (input, body) = world.asked(&agent, &people(1), "?q=viewer&start=0&count=50").await;
    let asked = json!({"keyword": null, "sort_type": null, "start": 0, "count": 50, "fields": "all"});
    assert_eq!(input, asked);
    let urn = body["elements"][0]["to"].as_str().unwrap();
    let id = urn.strip_prefix("urn:li:person:").unwrap();
    assert_eq!(id.len(), 10);
    let expected = json!({
        "elements": [{"to": urn}],
        "paging": {"count": 50, "links": [], "start": 0, "total": 1},
    });
    assert_eq!(body, expected);

    let (input, body) = world.asked(&agent, &people(42), "?q=viewer&start=35").await;
    assert_eq!((&input["start"], &input["count"]), (&json!(35), &json!(10)));
    assert_eq!(body["paging"], json!({"count": 10, "links": [], "start": 35, "total": 42}));
    assert_eq!(body["elements"].as_array().unwrap().len(), 7);
    assert_eq!(world.tasks().await, 2);
}

#[tokio::test]
async fn paging_alone_asks_for_the_number_and_reads_no_list() {
    let (world, agent) = World::paired().await;
    for query in ["?q=viewer&projection=(paging)", "?projection=%28paging%29&q=viewer"] {
        let (input, body) = world.asked(&agent, &people(42), query).await;
        assert_eq!(input["fields"], "total");
        assert_eq!(body, json!({"paging": {"total": 42, "count": 10, "start": 0, "links": []}}));
    }
    // As long as nobody is wanted, nobody is read.
    let (input, body) = world.asked(&agent, &people(42), "?q=viewer&count=0").await;
    assert_eq!(input["fields"], "total");
    assert_eq!(body["elements"], json!([]));
    assert_eq!((&body["paging"]["total"], &body["paging"]["count"]), (&json!(42), &json!(0)));
}

#[tokio::test]
async fn decorated_it_has_names_as_the_documentation_prints_them() {
    let (world, agent) = World::paired().await;
    let mut network = people(2);
    for (member, name) in [("name", "Louise Belcher"), ("first_name", "Louise"), ("last_name", "Belcher")] {
        network[0][member] = json!(name);
        // Somebody whom LinkedIn did not resolve.
        network[1][member] = json!("");
    }
    let query = "?q=viewer&projection=(elements(*(to~)),paging)&start=0&count=10";
    let (_, body) = world.asked(&agent, &network, query).await;
    let localized = |name: &str| json!({"localized": {"en_US": name}, "preferredLocale": {"country": "US", "language": "en"}});
    let urns: Vec<&str> = (0..2).map(|n| body["elements"][n]["to"].as_str().unwrap()).collect();
    let id = |n: usize| urns[n].strip_prefix("urn:li:person:").unwrap();
    let louise = json!({"id": id(0), "firstName": localized("Louise"), "lastName": localized("Belcher")});
    let expected = json!({
        "elements": [{"to~": louise, "to": urns[0]}, {"to~": {"id": id(1)}, "to": urns[1]}],
        "paging": {"total": 2, "count": 10, "start": 0, "links": []},
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_person_has_one_id_for_a_team_and_another_for_another() {
    let (world, agent) = World::paired().await;
    let urns = |body: &Value| -> Vec<String> {
        let elements = body["elements"].as_array().unwrap().iter();
        elements.map(|element| element["to"].as_str().unwrap().to_owned()).collect()
    };
    let network = people(20);
    let first = urns(&world.asked(&agent, &network, "?q=viewer&count=20").await.1);
    assert_eq!(first.iter().collect::<HashSet<_>>().len(), 20);
    assert!(!first.iter().any(|urn| urn.contains("ACoAA")), "{first:?}");
    let mut world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    let later = urns(&world.asked(&agent, &network, "?q=viewer&start=10&count=10").await.1);
    assert_eq!(later, first[10..]);

    let (key, agent) = world.other_team().await;
    world.key = key;
    let others = urns(&world.asked(&agent, &network, "?q=viewer&count=20").await.1);
    assert!(others.iter().all(|urn| !first.contains(urn)), "{others:?}");
}

#[tokio::test]
async fn what_nobody_wants_is_not_asked_for() {
    let (world, agent) = World::paired().await;
    let (input, body) = world.asked(&agent, &people(3), "?q=viewer&projection=(elements*(to))").await;
    assert_eq!(input.get("fields"), None);
    assert_eq!(body.as_object().unwrap().len(), 1);
    assert_eq!(body["elements"].as_array().unwrap().len(), 3);

    for (query, answer) in [
        ("?q=viewer&projection=(paging(start,count))", json!({"paging": {"start": 0, "count": 10}})),
        ("?q=viewer&projection=(metadata,whatever~(x))", json!({})),
        ("?q=viewer&count=0&projection=(elements)", json!({"elements": []})),
    ] {
        let (status, head, body) = whole(world.ask(query)).await;
        assert_eq!((status, body), (200, answer), "{query}");
        assert_eq!(tasks_named(&head), Vec::<String>::new());
    }
    assert_eq!(world.tasks().await, 1);
}

#[tokio::test]
async fn a_total_that_linkedin_did_not_tell_is_left_out() {
    let (world, agent) = World::paired().await;
    let older = async {
        let offer = agent.next_offer().await;
        agent.fetched(&offer).await
    };
    let (completed, (status, _, body)) = tokio::join!(older, whole(world.ask("?q=viewer")));
    assert_eq!((completed.0, status), (200, 200), "{body}");
    assert_eq!(body, json!({"elements": [], "paging": {"count": 10, "start": 0, "links": []}}));
}

#[tokio::test]
async fn the_heads_of_rest_li_are_taken_and_a_long_query_may_stand_in_the_body() {
    let (world, agent) = World::paired().await;
    let network = people(3);
    for (version, method) in
        [("2.0.0", "finder"), ("2.0.0", "FINDER"), ("1.0.0", "get"), ("2.0.0", "get_all")]
    {
        let ask = world.ask("?q=viewer").header("x-restli-protocol-version", version);
        let ask = ask.header("x-restli-method", method).header("linkedin-version", "202411");
        let (_, (status, _, body)) = tokio::join!(agent.carry_out(&network), whole(ask));
        assert_eq!(status, 200, "{body}");
    }
    let post = || world.http.post(format!("{}{PATH}", world.server.url)).bearer_auth(&world.key);
    let long =
        format!("projection=%28paging%28total,{}%29%29&q=viewer", "x,".repeat(3_000).trim_end_matches(','));
    let tunnelled = post().header("x-http-method-override", "GET").body(long.clone());
    let (_, (status, _, body)) = tokio::join!(agent.carry_out(&network), whole(tunnelled));
    assert_eq!((status, &body), (200, &json!({"paging": {"total": 3}})));
    let refused = error(0, "Method not allowed", 405);
    assert_error(&whole(post().body(long.clone())).await, &refused);
    assert_error(&whole(post().header("x-http-method-override", "DELETE").body(long)).await, &refused);
    let huge = post().header("x-http-method-override", "GET").body("x".repeat(100_000));
    assert_error(&whole(huge).await, &error(0, "Request body too large", 413));
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_before_anything_is_done() {
    let (world, agent) = World::paired().await;
    let bare = |query: &str| world.http.get(format!("{}{PATH}{query}", world.server.url));
    let empty = error(65604, "Empty oauth2 access token", 401);
    assert_error(&whole(bare("?q=nonsense")).await, &empty);
    assert_error(&whole(bare("?q=viewer").header("x-api-key", &world.key)).await, &empty);
    assert_error(&whole(bare("?q=viewer").header("authorization", "Bearer ")).await, &empty);
    assert_error(&whole(bare("?q=viewer").basic_auth("a", Some("b"))).await, &empty);
    let invalid = error(65600, "Invalid access token", 401);
    for token in ["wrong", agent.token.as_str()] {
        assert_error(&whole(bare("?q=nonsense").bearer_auth(token)).await, &invalid);
    }
    for (query, message) in [
        ("", "Invalid 'q': must be viewer"),
        ("?q=members", "Invalid 'q': must be viewer"),
        ("?q=viewer&q=viewer", "Invalid 'q': must be there once"),
        ("?q=viewer&count=501", "Invalid 'count': must be an integer between 0 and 500"),
        ("?q=viewer&count=-1", "Invalid 'count': must be an integer between 0 and 500"),
        ("?q=viewer&start=1.5", "Invalid 'start': must be an integer between 0 and 2147483647"),
        ("?q=viewer&projection=paging", "Invalid 'projection': not understood at character 1"),
        ("?q=viewer&projection=(paging", "Invalid 'projection': ends before its ')'"),
    ] {
        assert_error(&whole(world.ask(query)).await, &error(0, message, 400));
    }
    let method = "Connections can be listed, by the finder 'viewer', and nothing else";
    for wrong in ["create", "delete", "batch_get", ""] {
        let answer = whole(world.ask("?q=viewer").header("x-restli-method", wrong)).await;
        assert_error(&answer, &error(0, method, 400));
    }
    let version = whole(world.ask("?q=viewer").header("x-restli-protocol-version", "3.0.0")).await;
    assert_error(&version, &error(0, "The Rest.li protocol versions are 1.0.0 and 2.0.0", 400));
    let key = whole(world.ask("?q=viewer").header("idempotency-key", "two words")).await;
    assert_eq!(key.0, 400);
    let url = format!("{}{PATH}?q=viewer", world.server.url);
    let deleted = whole(world.http.delete(&url).bearer_auth(&world.key)).await;
    assert_error(&deleted, &error(0, "Method not allowed", 405));
    let head = world.http.head(&url).bearer_auth(&world.key).send().await.unwrap();
    assert_eq!(head.status().as_u16(), 405);
    assert_eq!(world.tasks().await, 0);
}

#[tokio::test]
async fn a_key_opens_it_by_its_scope_alone() {
    let (mut world, agent) = World::paired().await;
    let store = world.server.store();
    let team = store.first_team().await.unwrap();
    let without = NewKey { scopes: Scopes(Vec::new()), ..NewKey::default() };
    let reading = NewKey { access: Access::Read, ..NewKey::default() };
    let without = store.add_key(&team, &without, world.now()).await.unwrap().secret;
    let reading = store.add_key(&team, &reading, world.now()).await.unwrap().secret;
    world.key = without;
    let answer = whole(world.ask("?q=nonsense")).await;
    assert_error(
        &answer,
        &error(100, "Not enough permissions to access: GET /connections (r_1st_connections)", 403),
    );
    assert_eq!((&answer.2["code"], world.tasks().await), (&json!("missing_scope"), 0));
    world.key = reading;
    assert_eq!(world.asked(&agent, &people(1), "?q=viewer").await.1["paging"]["total"], 1);
}

#[tokio::test]
async fn a_team_that_has_no_browser_is_told_so() {
    let world = World::new().await;
    let (status, _, body) = whole(world.ask("?q=viewer")).await;
    assert_eq!((status, &body["status"], &body["code"]), (403, &json!(403), &json!("plugin_required")));
    assert!(body["message"].as_str().unwrap().starts_with("Plugin installation required"), "{body}");
    world.sql("UPDATE member SET role = 'member'").await;
    assert_error(&whole(world.ask("?q=viewer")).await, &error(0, "No admin user found in the team", 404));
}

#[tokio::test]
async fn a_failed_task_is_an_error_with_a_fitting_status() {
    let (world, agent) = World::paired().await;
    for (code, expected) in FAILURES.iter().copied().chain([("signed_out", 503)]) {
        let (_, answer) = tokio::join!(agent.fail(failure(code, None)), whole(world.ask("?q=viewer")));
        let service_code = if expected == 429 { 101 } else { 0 };
        assert_error(&answer, &error(service_code, "no. wait", expected));
        assert_eq!(answer.2["code"], code);
        assert_eq!(answer.1.get("retry-after"), None);
    }
    let (_, answer) =
        tokio::join!(agent.fail(failure("throttled", Some(90_500))), whole(world.ask("?q=viewer")));
    assert_error(&answer, &error(101, "no. wait", 429));
    assert_eq!(answer.1["retry-after"], "91");
}

#[tokio::test]
async fn what_does_not_come_in_time_is_named_and_can_be_had_later() {
    let (world, agent) = World::answering_within(Duration::ZERO).await.with_agent().await;
    let late = whole(world.ask("?q=viewer&count=2")).await;
    let [task] = &tasks_named(&late.1)[..] else { panic!("one task: {late:?}") };
    let text =
        format!("There was no answer in time. The work goes on; ask for it with get-task-status: {task}");
    assert_error(&late, &error(0, &text, 504));
    assert_eq!(world.status(task).await["status"], "pending");
    agent.carry_out(&people(3)).await;
    assert_eq!(world.status(task).await["task_output"]["network_total"], 3);
}

#[tokio::test]
async fn why_it_is_late_is_said_when_it_is_known() {
    let (world, agent) = World::answering_within(Duration::ZERO).await.with_agent().await;
    agent.poll(json!({"state": "paused"})).await;
    let (status, _, body) = whole(world.ask("?q=viewer")).await;
    let text = body["message"].as_str().unwrap();
    assert!(
        status == 504 && text.starts_with("There was no answer in time: the browser waits (paused). "),
        "{body}"
    );
}

#[tokio::test]
async fn nothing_of_it_is_done_much_later() {
    let (world, agent) = World::answering_within(Duration::ZERO).await.with_agent().await;
    let late = whole(world.ask("?q=viewer")).await;
    world.advance(10 * MINUTE - 1);
    assert_eq!(agent.offer().await["task"], json!(tasks_named(&late.1)[0]));

    let late = whole(world.ask("?q=viewer&start=10")).await;
    world.advance(10 * MINUTE);
    world.server.sweep().await.unwrap();
    let data = world.status(&tasks_named(&late.1)[0]).await;
    assert_eq!((&data["status"], &data["task_output"]["code"]), (&json!("failed"), &json!("expired")));
}

#[tokio::test]
async fn under_a_key_the_same_request_comes_back_to_its_task() {
    let (world, agent) = World::answering_within(Duration::ZERO).await.with_agent().await;
    let ask = |query: &str| world.ask(query).header("idempotency-key", "k-1");
    let late = whole(ask("?q=viewer&count=2")).await;
    assert_eq!(late.0, 504);
    agent.carry_out(&people(3)).await;
    let (status, head, body) = whole(ask("?count=2&q=viewer")).await;
    assert_eq!((status, &body["paging"]["total"]), (200, &json!(3)), "{body}");
    assert_eq!(tasks_named(&head), tasks_named(&late.1));
    assert_eq!(world.tasks().await, 1);

    let text = "This 'Idempotency-Key' was used for another request; use a new key for a new request";
    assert_error(&whole(ask("?q=viewer&count=3")).await, &error(0, text, 422));
    let input = json!({"start": 0, "count": 2, "fields": "all", "deadline_ms": 600_000});
    assert_refused(&world.post_under("k-1", FETCH, &input).await, 422, text);
    assert_eq!(world.tasks().await, 1);
}

/// A call whose caller goes away while an agent has its task; the task.
async fn gone_away(world: &World, agent: &Agent, key: Option<&str>) -> String {
    let mut ask = world.ask("?q=viewer");
    if let Some(key) = key {
        ask = ask.header("idempotency-key", key);
    }
    let call = tokio::spawn(whole(ask));
    // Once the agent has the task, the call waits.
    let offer = agent.next_offer().await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    offer["task"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_goes_away_takes_their_task_with_them() {
    let (world, agent) = World::paired().await;
    let task = gone_away(&world, &agent, None).await;
    // Parked until the agent is told to leave it.
    let held = json!({"wait_ms": 20_000, "held": [{"task": task, "epoch": 1, "phase": "running"}]});
    let mut told = agent.poll(held.clone()).await["directives"].clone();
    if told[0]["do"] == "continue" {
        told = agent.poll(held).await["directives"].clone();
    }
    assert_eq!(told, json!([{"task": task, "epoch": 1, "do": "cancel"}]));
    assert_eq!(world.status(&task).await["cancel_requested"], true);
}

#[tokio::test]
async fn but_not_when_they_can_come_back_for_it() {
    let (world, agent) = World::paired().await;
    let task = gone_away(&world, &agent, Some("k-1")).await;
    // Another, left later and without a key: once that was noticed, the first one was as well.
    let call = tokio::spawn(whole(world.ask("?q=viewer&start=10")));
    while world.tasks().await < 2 {
        tokio::task::yield_now().await;
    }
    call.abort();
    let other = world.text("SELECT id FROM task ORDER BY seq DESC LIMIT 1").await;
    let (status, body) = world.get_as(&world.key, &format!("?wait=25&api_agent_task_id={other}")).await;
    assert_eq!((status, &body["data"]["task_output"]["code"]), (200, &json!("cancelled")), "{body}");
    assert_eq!(world.status(&task).await.get("cancel_requested"), None);
}

#[tokio::test]
async fn a_server_that_ends_answers_first() {
    let (world, agent) = World::paired().await;
    let call = tokio::spawn(whole(world.ask("?q=viewer")));
    let offer = agent.next_offer().await;
    let world = world.restart().await;
    let answer = call.await.unwrap();
    let task = offer["task"].as_str().unwrap();
    assert_error(
        &answer,
        &error(0, &format!("The server is being restarted. The work goes on: {task}"), 503),
    );
    assert_eq!(
        (answer.1["retry-after"].to_str().unwrap(), tasks_named(&answer.1)),
        ("1", vec![task.to_owned()])
    );
    let data = world.status(task).await;
    assert_eq!((&data["status"], data.get("cancel_requested")), (&json!("processing"), None));
}
