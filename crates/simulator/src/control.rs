//! The control side, `/__sim/*`: what a test says to the simulator behind the site's back.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::config::Settings;
use crate::directory::{self, SEARCHED};
use crate::exchange::{Answer, Call};
use crate::fault::Armed;
use crate::member::{MAX_ACCOUNT, is_well_formed};
use crate::network::{Shift, Sort};
use crate::person::Person;
use crate::relation::MemberState;
use crate::world::{Shared, World};

/// Longest wait for something to happen.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Rows that `network` gives when it is not told how many.
const DEFAULT_ROWS: usize = 100;

type Done = Result<Value, String>;

/// Answers a control request. Bodies are JSON whatever their content type; an absent one is `{}`.
pub(crate) async fn answer(shared: &Shared, call: &Call) -> Answer {
    let path = call.path.strip_prefix("/__sim/").unwrap_or_default();
    let done = match (call.method.as_str(), path) {
        ("GET", "journal") => journal(shared, call).await,
        ("GET", "held") => held(shared, call).await,
        ("GET", "state") => Ok(shared.read(state)),
        ("GET", "network") => network(shared, call),
        ("GET", "strangers") => strangers(shared, call),
        ("GET", "faults") => Ok(refusals()),
        ("POST", "reset") => reset(shared, call),
        ("POST", "knobs") => knobs(shared, call),
        ("POST", "fault") => arm(shared, call),
        ("DELETE", "fault") => Ok(shared.with(|world| {
            world.faults.clear();
            state(world)
        })),
        ("POST", "release") => release(shared, call),
        ("POST", "shift") => shift(shared, call),
        ("POST", "clock") => clock(shared, call),
        ("POST" | "PUT", "member") => member(shared, call),
        ("POST", "account") => account(shared, call),
        ("POST", "session") => session(shared, call),
        ("DELETE", "session") => Ok(shared.with(|world| {
            world.sessions.end_all();
            state(world)
        })),
        _ => return Answer { status: 404, ..Answer::json(&json!({ "error": "no such control endpoint" })) },
    };
    match done {
        Ok(body) => Answer::json(&body),
        Err(error) => Answer { status: 400, ..Answer::json(&json!({ "error": error })) },
    }
}

fn body<T: DeserializeOwned>(call: &Call) -> Result<T, String> {
    let bytes = if call.body.is_empty() { b"{}" } else { call.body.as_slice() };
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// Waits until the counts named in the query are reached, if it names any and a time to wait.
async fn journal(shared: &Shared, call: &Call) -> Done {
    let mut wanted = Vec::new();
    for name in ["requests", "posts", "invitations", "unmatched", "aborted"] {
        if let Some(least) = number::<u64>(call, name)? {
            wanted.push((name, least));
        }
    }
    let reached = |world: &World| {
        let counts = world.journal.counts(&world.relations);
        wanted.iter().all(|(name, least)| counts[name].as_u64() >= Some(*least))
    };
    let in_time = wait_for(shared, call, reached).await?;
    let mut report = shared.read(|world| world.journal.report(&world.relations));
    report["timed_out"] = json!(!in_time);
    Ok(report)
}

/// Waits until the id named in the query is held, if it names one and a time to wait.
async fn held(shared: &Shared, call: &Call) -> Done {
    let id = call.query("id");
    let waits = |world: &World| id.as_ref().is_none_or(|id| world.held.iter().any(|held| &held.id == id));
    let in_time = wait_for(shared, call, waits).await?;
    Ok(json!({ "held": shared.read(held_ids), "timed_out": !in_time }))
}

async fn wait_for(shared: &Shared, call: &Call, reached: impl Fn(&World) -> bool) -> Result<bool, String> {
    let wait = Duration::from_millis(number(call, "wait_ms")?.unwrap_or(0)).min(LONGEST_WAIT);
    let mut changes = shared.changes();
    let wait = tokio::time::timeout(wait, async {
        while !shared.read(&reached) {
            // The sender lives as long as the world does.
            let _ = changes.changed().await;
        }
    });
    Ok(wait.await.is_ok())
}

fn state(world: &World) -> Value {
    json!({
        "settings": world.settings,
        "clock_ms": world.clock.now_ms(),
        "connections": world.network.len(),
        "faults": world.faults.len(),
        "held": held_ids(world),
        "account": world.sessions.account,
        "profile_id": world.member(world.sessions.account).id,
        "counts": world.journal.counts(&world.relations),
    })
}

fn held_ids(world: &World) -> Vec<String> {
    world.held.iter().map(|held| held.id.clone()).collect()
}

/// Whom the network holds, newest first: so that a test can name a 1st-degree connection.
fn network(shared: &Shared, call: &Call) -> Done {
    let (start, count) = window(call)?;
    let people = shared.with(|world| world.network.page(Sort::RecentlyAdded, "", start, count));
    Ok(json!({ "people": people.iter().map(row).collect::<Vec<_>>() }))
}

/// People outside the network: whom to invite. Those who have an older invitation come first.
fn strangers(shared: &Shared, call: &Call) -> Done {
    let (start, count) = window(call)?;
    let seed = shared.read(|world| world.settings.seed);
    let numbers = (0..SEARCHED).skip(start).take(count);
    Ok(json!({ "people": numbers.map(|k| row(&directory::stranger(seed, k))).collect::<Vec<_>>() }))
}

fn window(call: &Call) -> Result<(usize, usize), String> {
    Ok((number(call, "start")?.unwrap_or(0), number(call, "count")?.unwrap_or(DEFAULT_ROWS)))
}

fn row(person: &Person) -> Value {
    json!({
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "headline": person.headline,
        "public_identifier": person.public_identifier,
        "created_ms": person.created_ms,
        "odd": format!("{:?}", person.oddity),
    })
}

fn refusals() -> Value {
    let named = crate::refusals().map(|(name, says)| json!({ "name": name, "says": says }));
    json!({ "refusals": named.collect::<Vec<_>>() })
}

fn reset(shared: &Shared, call: &Call) -> Done {
    let settings = overlay(&shared.initial, body(call)?)?;
    Ok(shared.with(|world| {
        world.reset(settings);
        state(world)
    }))
}

/// Changes settings of the world as it stands; those that it was built from need a reset.
fn knobs(shared: &Shared, call: &Call) -> Done {
    let changes: Value = body(call)?;
    shared.with(|world| {
        let settings = overlay(&world.settings, changes)?;
        let built = |s: &Settings| (s.seed, s.connections, s.clock_ms, s.older_invitations);
        if built(&settings) != built(&world.settings) {
            return Err("seed, connections, clock_ms and older_invitations change only by a reset".to_owned());
        }
        world.settings = settings;
        Ok(state(world))
    })
}

fn overlay(settings: &Settings, changes: Value) -> Result<Settings, String> {
    let Value::Object(changes) = changes else { return Err("the body must be an object".to_owned()) };
    let mut whole = json!(settings);
    for (name, value) in changes {
        whole[name] = value;
    }
    let settings: Settings = serde_json::from_value(whole).map_err(|error| error.to_string())?;
    settings.check().map_err(|error| error.to_string())?;
    Ok(settings)
}

fn arm(shared: &Shared, call: &Call) -> Done {
    let armed: Armed = body(call)?;
    shared.with(|world| {
        world.faults.arm(armed)?;
        Ok(json!({ "armed": world.faults.len() }))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    id: String,
}

fn release(shared: &Shared, call: &Call) -> Done {
    let Release { id } = body(call)?;
    Ok(json!({ "released": shared.with(|world| world.release(&id)) }))
}

fn shift(shared: &Shared, call: &Call) -> Done {
    let shift: Shift = body(call)?;
    shared.with(|world| {
        world.network.shift(&shift)?;
        Ok(json!({ "connections": world.network.len() }))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: i64,
}

fn clock(shared: &Shared, call: &Call) -> Done {
    let Advance { advance_ms } = body(call)?;
    Ok(shared.with(|world| {
        world.clock.advance(advance_ms);
        json!({ "clock_ms": world.clock.now_ms() })
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    id: String,
    state: MemberState,
}

fn member(shared: &Shared, call: &Call) -> Done {
    let Member { id, state } = body(call)?;
    if !is_well_formed(&id) {
        return Err("id must be 6 to 128 of [A-Za-z0-9_-] and begin with ACo".to_owned());
    }
    shared.with(|world| world.relations.set(&id, state, world.clock.now_ms()));
    Ok(json!({ "id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    n: u32,
    /// Whether live sessions become this account's at once.
    #[serde(default)]
    now: bool,
}

fn account(shared: &Shared, call: &Call) -> Done {
    let Account { n, now } = body(call)?;
    check_account(n)?;
    Ok(shared.with(|world| {
        world.sessions.account = n;
        if now {
            world.sessions.take_for(n);
        }
        json!({ "account": n, "profile_id": world.member(n).id })
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInAs {
    n: Option<u32>,
}

/// A live session without the login form, for clients that set their own cookies.
fn session(shared: &Shared, call: &Call) -> Done {
    let SignInAs { n } = body(call)?;
    let n = n.unwrap_or_else(|| shared.read(|world| world.sessions.account));
    check_account(n)?;
    let (sign_in, member) = shared.with(|world| (world.sessions.sign_in(n), world.member(n)));
    Ok(json!({
        "account": n,
        "profile_id": member.id,
        "li_at": sign_in.li_at,
        "csrf_token": sign_in.csrf_token,
        "cookie": sign_in.cookie_header(),
    }))
}

fn check_account(n: u32) -> Result<(), String> {
    if (1..=MAX_ACCOUNT).contains(&n) { Ok(()) } else { Err(format!("n must be 1 to {MAX_ACCOUNT}")) }
}

fn number<T: std::str::FromStr>(call: &Call, name: &str) -> Result<Option<T>, String> {
    call.query(name)
        .map(|text| text.parse().map_err(|_| format!("{name} must be a whole number")))
        .transpose()
}
