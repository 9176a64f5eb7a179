//! The tasks of the matrix: each kind, and each way it may go.

use crate::fakes::FakeWorld;
use crate::fakes::server::{Level, Stand};
use crate::scenarios::{CONNECT, FETCH, STRANGER};
use serde_json::{Value, json};

/// The one task.
pub const TASK: &str = "t-1";

/// A task, and the world it is carried out in.
#[derive(Clone, Copy)]
pub struct Case {
    /// For the table.
    pub name: &'static str,
    /// The server's level.
    pub level: Level,
    /// How many connections there are.
    pub people: usize,
    /// What it is.
    pub kind: Kind,
    /// What the world is like.
    pub set_up: fn(&FakeWorld),
    /// Gives the server the task.
    pub offer: fn(&FakeWorld),
}

/// What a task may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It reads.
    Read,
    /// It has an effect.
    Invitation,
    /// It looks whether an invitation of before went out.
    Look,
}

fn plain(world: &FakeWorld) {
    // So that a reply can come too late to act on and in time to be heard.
    world.server.borrow_mut().act_within_ms = 5_000;
}

fn short_pages(world: &FakeWorld) {
    world.site.borrow_mut().page_clamp = 20;
}

fn sent_before(world: &FakeWorld) {
    let at = world.now() - 60_000;
    world.site.borrow_mut().invitations.push((STRANGER.to_owned(), at, None));
}

fn asks_first(world: &FakeWorld) {
    plain(world);
    world.disk.borrow_mut().forge("settings", "{\"ask_before_invite\":true}");
}

fn lagging(world: &FakeWorld) {
    world.site.borrow_mut().sent_list_lags = true;
}

fn add(world: &FakeWorld, kind: &str, input: Value) {
    world.server.borrow_mut().add(TASK, kind, input);
}

fn to_verify(world: &FakeWorld) {
    let long_ago = world.time.steady() - 90_000;
    let input = json!({ "profile_urn": STRANGER });
    world.server.borrow_mut().restore(TASK, CONNECT, input, Stand::Started(long_ago));
}

const fn read(name: &'static str, level: Level, offer: fn(&FakeWorld)) -> Case {
    Case { name, level, people: 60, kind: Kind::Read, set_up: short_pages, offer }
}

const fn invitation(name: &'static str, level: Level, offer: fn(&FakeWorld)) -> Case {
    Case { name, level, people: 3, kind: Kind::Invitation, set_up: plain, offer }
}

fn offer_short(world: &FakeWorld) {
    add(world, FETCH, json!({ "count": 12 }));
}

fn offer_pages(world: &FakeWorld) {
    add(world, FETCH, json!({ "count": 50 }));
}

fn offer_keyword(world: &FakeWorld) {
    add(world, FETCH, json!({ "count": 8, "keyword": "john" }));
}

fn offer_all(world: &FakeWorld) {
    add(world, FETCH, json!({ "count": 30, "fields": "all" }));
}

fn offer_total(world: &FakeWorld) {
    add(world, FETCH, json!({ "fields": "total" }));
}

fn offer_plain(world: &FakeWorld) {
    add(world, CONNECT, json!({ "profile_urn": STRANGER }));
}

fn offer_noted(world: &FakeWorld) {
    add(world, CONNECT, json!({ "profile_urn": STRANGER, "note": "Hi" }));
}

/// All of them.
pub const CASES: [Case; 17] = [
    read("read, one page, level one", Level::One, offer_short),
    read("read, one page", Level::Two, offer_short),
    read("read, pages, level one", Level::One, offer_pages),
    read("read, pages", Level::Two, offer_pages),
    read("read, keyword", Level::Two, offer_keyword),
    read("read, all fields, level one", Level::One, offer_all),
    read("read, all fields", Level::Two, offer_all),
    read("read, total", Level::Two, offer_total),
    invitation("invitation", Level::Two, offer_plain),
    invitation("invitation, note", Level::Two, offer_noted),
    invitation("invitation, level one", Level::One, offer_plain),
    invitation("invitation, note, level one", Level::One, offer_noted),
    Case { set_up: asks_first, ..invitation("invitation, asks first", Level::Two, offer_plain) },
    Case { set_up: asks_first, ..invitation("invitation, asks first, level one", Level::One, offer_plain) },
    Case { set_up: lagging, ..invitation("invitation, level one, list lags", Level::One, offer_plain) },
    Case { kind: Kind::Look, set_up: sent_before, ..invitation("verify, sent", Level::Two, to_verify) },
    Case { kind: Kind::Look, ..invitation("verify, not sent", Level::Two, to_verify) },
];

/// The one of that name.
pub fn case(name: &str) -> &'static Case {
    CASES.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("no case {name}"))
}
