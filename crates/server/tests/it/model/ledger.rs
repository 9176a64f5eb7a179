//! What was said so far, and what may be said next.

use super::driver::Driver;
use super::steps::{Asked, Browser, How, Step, Which, Wish};
use crate::support::{Answer, DAY, HOUR, MINUTE, failure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const DAY_MS: i64 = DAY as i64;
const LEASE_MS: i64 = MINUTE as i64;
const VERIFY_AFTER_MS: i64 = 80_000;
const STANDS_MS: i64 = 21 * DAY_MS;
const SEEN_WITHIN_MS: i64 = 48 * HOUR as i64;

#[derive(Default)]
struct Lease {
    started: bool,
    asked_to_verify: bool,
    /// What it was completed with, and the status that was told.
    said: Option<(Value, Value)>,
}

struct Task {
    id: String,
    wish: Wish,
    echo: Value,
    start_by: i64,
    /// The last moment at which it may not be over.
    end_by: i64,
    begun_at: i64,
    epoch: u32,
    leases: BTreeMap<u32, Lease>,
    /// An invitation that may be sent, and was not returned.
    leave: bool,
    verifying: bool,
    cancel: bool,
    /// An invitation that is in a browser's hands for certain; else it may be back in the queue.
    in_hand: bool,
    /// Another browser took the token over while it was in hand: its newest token is worth nothing.
    void: bool,
    /// The same, if it was in hand.
    maybe_void: bool,
    status: String,
    output: Value,
    ended_at: i64,
}

#[derive(Clone)]
struct Offer {
    task: usize,
    epoch: u32,
    token: String,
}

struct Key {
    meaning: Value,
    answer: Value,
    task: usize,
    /// A task that was over already counts from the key's own time.
    made_at: i64,
}

pub struct Ledger {
    tasks: Vec<Task>,
    offers: Vec<Offer>,
    tokens: BTreeSet<String>,
    keys: BTreeMap<u8, Key>,
    browser: u32,
    /// Of a browser that never came nobody knows.
    came: BTreeSet<u32>,
    surely_seen: i64,
    maybe_seen: i64,
}

impl Task {
    fn is_over(&self) -> bool {
        self.status == "completed" || self.status == "failed"
    }

    fn read(&self) -> bool {
        self.wish.is_read()
    }

    fn ends(&mut self, status: &str, output: Value, now: i64) {
        self.status = status.to_owned();
        self.output = output;
        self.ended_at = now;
    }

    fn lease(&mut self, epoch: u32) -> &mut Lease {
        self.leases.get_mut(&epoch).unwrap()
    }
}

fn meaning(wish: &Wish) -> Value {
    let mut body = wish.body();
    body["read"] = json!(wish.is_read());
    body
}

fn echo(wish: &Wish) -> Value {
    let mut echo = wish.body();
    let more = if wish.is_read() {
        json!({"keyword": null, "sort_type": null, "start": 0, "task_type": "agent_fetch_connections"})
    } else {
        json!({"task_type": "agent_send_connection_request"})
    };
    echo.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    echo
}

/// What a poll's held tasks leave room for.
#[derive(Clone, Copy, Default)]
struct Room {
    busy: bool,
    /// It waits with an invitation, and is given no second.
    asks_already: bool,
}

enum Expected {
    Is { task: usize, deduplicated: bool },
    New,
    Refused(u16, &'static str),
}

impl Ledger {
    pub fn new(now: i64) -> Self {
        Self {
            tasks: Vec::new(),
            offers: Vec::new(),
            tokens: BTreeSet::new(),
            keys: BTreeMap::new(),
            browser: 0,
            came: BTreeSet::new(),
            surely_seen: now,
            maybe_seen: now,
        }
    }

    pub async fn take(&mut self, driver: &mut impl Driver, step: &Step) {
        match step {
            Step::Create { key, wish } => self.create(driver, *key, wish).await,
            Step::Poll(asked) => self.poll(driver, asked).await,
            Step::Start { offer } => self.start(driver, *offer).await,
            Step::Beat { offer } => self.beat(driver, *offer).await,
            Step::Complete { offer, how } => self.complete(driver, *offer, *how).await,
            Step::Cancel { which } => self.cancel(driver, *which).await,
            Step::Advance { ms } => driver.advance(*ms),
            Step::Lose { times } => {
                for _ in 0..*times {
                    self.poll(driver, &Asked::plain()).await;
                    self.look_at_all(driver, &Step::Poll(Asked::plain())).await;
                    driver.advance(16_000);
                }
            }
            Step::Sweep => self.sweep(driver).await,
            // A server that starts sweeps at once.
            Step::Restart => {
                driver.restart().await;
                self.sweep(driver).await;
            }
        }
    }

    /// One of the newest offers.
    fn offer(&self, back: usize) -> Option<Offer> {
        let count = self.offers.len();
        (count > 0).then(|| self.offers[count - 1 - back % count].clone())
    }

    fn expected(&self, key: Option<u8>, wish: &Wish, now: i64) -> Expected {
        if let Some(key) = key.and_then(|key| self.keys.get(&key)) {
            return if key.meaning == meaning(wish) {
                Expected::Is { task: key.task, deduplicated: key.answer["deduplicated"] == true }
            } else {
                Expected::Refused(422, "idempotency_key_reused")
            };
        }
        let Wish::Invite { person, note, allow: false, .. } = wish else { return Expected::New };
        let (mut same, mut sent, mut other_note, mut cancelled) = (None, None, false, false);
        for (at, task) in self.tasks.iter().enumerate() {
            let Wish::Invite { person: theirs, note: theirs_note, .. } = &task.wish else { continue };
            if theirs != person {
                continue;
            }
            let may_be_sent = task.status == "completed" || task.output["code"] == "outcome_unknown";
            match task.status.as_str() {
                "pending" if task.start_by <= now => {}
                "pending" if theirs_note == note => same = Some(at),
                "pending" => other_note = true,
                "processing" if task.cancel => cancelled = true,
                "processing" => sent = Some(at),
                _ if may_be_sent && task.ended_at > now - STANDS_MS => sent = Some(at),
                _ => {}
            }
        }
        match (same, other_note, sent) {
            (Some(task), ..) | (None, false, Some(task)) => Expected::Is { task, deduplicated: true },
            (None, true, _) => Expected::Refused(409, "pending_with_another_note"),
            (None, false, None) if cancelled => Expected::Refused(409, "being_cancelled"),
            (None, false, None) => Expected::New,
        }
    }

    async fn create(&mut self, driver: &impl Driver, key: Option<u8>, wish: &Wish) {
        let now = driver.now();
        let name = key.map(|key| format!("key-{key}"));
        let (status, body) = driver.create(wish.is_read(), &wish.body(), name.as_deref()).await;
        let task = match self.expected(key, wish, now) {
            Expected::Refused(expected, code) => {
                assert_eq!((status, &body["code"]), (expected, &json!(code)), "{body}");
                return;
            }
            Expected::Is { task, deduplicated } => {
                assert_eq!(
                    (status, &body["api_agent_task_id"]),
                    (200, &json!(self.tasks[task].id)),
                    "{body}"
                );
                assert_eq!(body["deduplicated"] == true, deduplicated, "{body}");
                task
            }
            Expected::New if status == 403 => {
                assert!(now - self.surely_seen > SEEN_WITHIN_MS - LEASE_MS, "a browser was seen: {body}");
                return;
            }
            Expected::New => {
                assert!(now - self.maybe_seen <= SEEN_WITHIN_MS, "no browser was seen: {body}");
                assert_eq!((status, body.get("deduplicated")), (200, None), "{body}");
                let id = body["api_agent_task_id"].as_str().unwrap();
                assert!(self.tasks.iter().all(|task| task.id != id), "{id} was another task's");
                self.add(id, wish, now);
                self.tasks.len() - 1
            }
        };
        if let Some(key) = key {
            let kept = Key { meaning: meaning(wish), answer: body, task, made_at: now };
            self.keys.entry(key).or_insert(kept);
        }
    }

    fn add(&mut self, id: &str, wish: &Wish, now: i64) {
        let within = i64::try_from(wish.deadline_ms().unwrap_or(if wish.is_read() { DAY } else { 7 * DAY }));
        let start_by = now + within.unwrap();
        self.tasks.push(Task {
            id: id.to_owned(),
            wish: wish.clone(),
            echo: echo(wish),
            start_by,
            end_by: start_by,
            begun_at: now,
            epoch: 0,
            leases: BTreeMap::new(),
            leave: false,
            verifying: false,
            cancel: false,
            in_hand: false,
            void: false,
            maybe_void: false,
            status: "pending".to_owned(),
            output: Value::Null,
            ended_at: 0,
        });
    }

    async fn poll(&mut self, driver: &impl Driver, asked: &Asked) {
        let now = driver.now();
        let browser = match asked.browser {
            Browser::Former if self.came.contains(&(self.browser.wrapping_sub(1))) => self.browser - 1,
            Browser::New => self.browser + 1,
            Browser::Former | Browser::Current => self.browser,
        };
        let mut held: Vec<(Offer, &str)> = Vec::new();
        for (back, phase) in &asked.held {
            let Some(offer) = self.offer(*back) else { continue };
            if held.iter().all(|(other, _)| other.task != offer.task) {
                held.push((offer, phase));
            }
        }
        let accepts =
            [(asked.reads, "agent_fetch_connections"), (asked.invitations, "agent_send_connection_request")];
        let accepts: Vec<&str> = accepts.iter().filter(|(yes, _)| *yes).map(|(_, kind)| *kind).collect();
        let entry =
            json!({"task_type": "agent_send_connection_request", "reason": "approval", "for_ms": null});
        let names = |(offer, phase): &(Offer, &str)| json!({"task": self.tasks[offer.task].id, "epoch": offer.epoch, "phase": phase});
        let poll = json!({
            "instance": format!("i-{browser}"), "version": "0", "account": null, "wait_ms": 0,
            "state": if asked.ready { "ready" } else { "paused" }, "accepts": accepts,
            "waiting": if asked.asks_person { json!([entry]) } else { json!([]) },
            "held": held.iter().map(names).collect::<Vec<_>>(),
        });
        let (status, answer) = driver.poll(&poll).await;
        if browser < self.browser {
            // One that was overtaken is told so, and offered nothing.
            assert_eq!((status, &answer["code"]), (409, &json!("superseded")), "{answer}");
            return;
        }
        assert_eq!(status, 200, "{answer}");
        (self.surely_seen, self.maybe_seen) = (now, now);
        self.came.insert(browser);
        if browser > self.browser {
            self.browser = browser;
            for task in self.tasks.iter_mut().filter(|task| !task.read() && task.status == "pending") {
                task.void |= task.in_hand;
                task.maybe_void = true;
            }
        }
        for task in &mut self.tasks {
            task.in_hand = false;
        }
        let room = self.directives(&held, &answer["directives"], asked);
        if answer["task"].is_object() {
            self.offered(&answer["task"], &held, room, asked, now);
        }
    }

    /// Checks what is said of what is held.
    fn directives(&mut self, held: &[(Offer, &'static str)], said: &Value, asked: &Asked) -> Room {
        let said = said.as_array().unwrap();
        assert_eq!(said.len(), held.len(), "one for each: {said:?}");
        let mut room = Room::default();
        for ((offer, phase), said) in held.iter().zip(said) {
            let task = &mut self.tasks[offer.task];
            assert_eq!((&said["task"], &said["epoch"]), (&json!(task.id), &json!(offer.epoch)));
            let returned = task.leases[&offer.epoch].said.is_some();
            let works = matches!(*phase, "claimed" | "running");
            let void = task.void && offer.epoch == task.epoch;
            let expected = if task.is_over() || offer.epoch < task.epoch || returned || void {
                "abandon"
            } else if *phase == "finished" {
                "resend"
            } else if task.cancel && works {
                "cancel"
            } else {
                "continue"
            };
            let void = task.maybe_void && offer.epoch == task.epoch && said["do"] == "abandon";
            assert!(said["do"] == expected || void, "{phase} {}: {said} and not {expected}", task.id);
            let waits = *phase == "claimed" && asked.asks_person && !task.read();
            let goes_on = said["do"] == "continue" || said["do"] == "cancel";
            room.busy |= goes_on && works && !waits;
            room.asks_already |= goes_on && waits;
            task.in_hand |= goes_on && !task.read() && task.status == "pending";
            task.verifying |= goes_on && *phase == "verifying" && !task.read() && task.status == "processing";
        }
        room
    }

    fn offered(
        &mut self,
        offer: &Value,
        held: &[(Offer, &'static str)],
        room: Room,
        asked: &Asked,
        now: i64,
    ) {
        let id = offer["task"].as_str().unwrap();
        let at = self.tasks.iter().position(|task| task.id == id).unwrap();
        let epoch = u32::try_from(offer["epoch"].as_u64().unwrap()).unwrap();
        let token = offer["token"].as_str().unwrap().to_owned();
        assert!(asked.ready && !room.busy, "nothing may be offered: {offer}");
        assert!(held.iter().all(|(held, _)| held.task != at), "it is held: {offer}");
        let task = &mut self.tasks[at];
        assert!(!task.is_over(), "it is over: {offer}");
        let attempt = offer["attempt"].as_u64().unwrap();
        assert!((1..=3).contains(&attempt), "{offer}");
        let known = self.offers.iter().find(|known| known.task == at && known.epoch == epoch);
        match known {
            Some(known) => assert_eq!((epoch, &token), (task.epoch, &known.token), "a repeat: {offer}"),
            None => {
                assert!(epoch > task.epoch, "epochs grow: {offer}");
                assert!(self.tokens.insert(token.clone()), "a token is one offer's: {offer}");
                task.leases.insert(epoch, Lease::default());
                task.epoch = epoch;
                (task.void, task.maybe_void) = (false, false);
            }
        }
        if offer["mode"] == "verify" {
            assert!(!task.read() && task.leave && known.is_some(), "nothing to verify: {offer}");
            assert!(now >= task.begun_at + VERIFY_AFTER_MS, "too early: {offer}");
            task.lease(epoch).asked_to_verify = true;
            task.verifying = true;
        } else {
            let accepted = if task.read() { asked.reads } else { asked.invitations && !room.asks_already };
            assert!(accepted && !task.cancel, "not to be run: {offer}");
            assert!(!task.leave, "it may have been sent: {offer}");
            assert!(task.lease(epoch).said.is_none(), "it was returned: {offer}");
            if task.read() {
                task.lease(epoch).started = true;
                task.end_by = task.end_by.max(now + DAY_MS);
                task.status = "processing".to_owned();
            } else {
                assert!(now < task.start_by, "too late: {offer}");
                task.in_hand = true;
            }
        }
        self.offers.push(Offer { task: at, epoch, token });
    }

    /// The refusals that `start`, `heartbeat` have in common; true when it was one.
    fn is_fenced(&mut self, offer: &Offer, (status, body): &Answer) -> bool {
        let task = &mut self.tasks[offer.task];
        let lost = offer.epoch < task.epoch || task.void || task.leases[&offer.epoch].said.is_some();
        let expected = match (task.is_over(), lost) {
            (true, _) => (410, json!("task_closed")),
            (false, true) => (409, json!("lease_lost")),
            (false, false) if task.maybe_void && *status == 409 => (409, json!("lease_lost")),
            (false, false) => return false,
        };
        assert_eq!((*status, body["code"].clone()), expected, "{body}");
        true
    }

    async fn start(&mut self, driver: &impl Driver, back: usize) {
        let Some(offer) = self.offer(back) else { return };
        let now = driver.now();
        let answer = driver.start(&self.tasks[offer.task].id, &offer.token).await;
        self.maybe_seen = now;
        if self.is_fenced(&offer, &answer) {
            return;
        }
        let (status, body) = answer;
        let task = &mut self.tasks[offer.task];
        // It must not end, by its deadline or by a look, before its effect begins.
        let may_end = task.cancel || task.verifying || now + 20_000 >= task.end_by;
        let act_within_ms = if may_end { 0 } else { 20_000 };
        if task.leases[&offer.epoch].started {
            assert_eq!((status, &body["replayed"]), (200, &json!(true)), "it was started before: {body}");
            assert_eq!(body["act_within_ms"], json!(act_within_ms));
        } else if now >= task.start_by {
            assert_eq!((status, &body["code"]), (410, &json!("task_closed")), "{body}");
        } else {
            assert_eq!((status, &body["replayed"]), (200, &json!(false)), "{body}");
            assert!(!task.leave, "leave to send was given twice");
            task.leave = true;
            task.verifying = false;
            (task.in_hand, task.maybe_void) = (false, false);
            task.begun_at = now;
            task.end_by = now + DAY_MS;
            task.status = "processing".to_owned();
            task.lease(offer.epoch).started = true;
        }
    }

    async fn beat(&mut self, driver: &impl Driver, back: usize) {
        let Some(offer) = self.offer(back) else { return };
        let answer = driver.beat(&self.tasks[offer.task].id, &offer.token).await;
        self.maybe_seen = driver.now();
        if self.is_fenced(&offer, &answer) {
            return;
        }
        let task = &mut self.tasks[offer.task];
        let expected = if task.cancel && !task.verifying { "cancel" } else { "continue" };
        assert_eq!((answer.0, &answer.1["do"]), (200, &json!(expected)));
    }

    async fn complete(&mut self, driver: &impl Driver, back: usize, how: How) {
        let Some(offer) = self.offer(back) else { return };
        let now = driver.now();
        let task = &mut self.tasks[offer.task];
        let (status, output, effect) = match how {
            How::Done if task.read() => ("completed", json!({"total": 0, "connections": []}), "none"),
            How::Done => ("completed", json!({"sent": true}), "done"),
            How::Refused => ("failed", failure("refused", None), "none"),
            How::Cancelled => ("failed", failure("cancelled", None), "none"),
            How::Unknown => ("failed", failure("outcome_unknown", None), "maybe"),
            How::Returned => ("returned", Value::Null, "none"),
        };
        let body = json!({"token": offer.token, "status": status, "task_output": output, "effect": effect});
        let (code, answer) = driver.complete(&task.id, &body).await;
        self.maybe_seen = now;
        let lease = &task.leases[&offer.epoch];
        if let Some((before, told)) = &lease.said {
            if *before == body {
                assert_eq!(
                    (code, &answer["status"], &answer["replayed"]),
                    (200, told, &json!(true)),
                    "{answer}"
                );
            } else {
                assert_eq!((code, &answer["code"]), (409, &json!("result_conflict")), "{answer}");
            }
            return;
        }
        if task.is_over() {
            assert_eq!((code, &answer["code"]), (410, &json!("task_closed")), "{answer}");
            return;
        }
        if offer.epoch < task.epoch && task.status == "processing" {
            assert_eq!((code, &answer["code"]), (409, &json!("lease_lost")), "{answer}");
            return;
        }
        let newest = offer.epoch == task.epoch;
        let expected = if how != How::Returned {
            status
        } else if lease.asked_to_verify || task.verifying {
            "processing"
        } else if task.cancel {
            "failed"
        } else {
            "pending"
        };
        assert_eq!(
            (code, &answer["status"], &answer["replayed"]),
            (200, &json!(expected), &json!(false)),
            "{answer}"
        );
        if expected == "processing" {
            return;
        }
        task.lease(offer.epoch).said = Some((body, json!(expected)));
        match how {
            How::Returned if expected == "failed" => task.ends("failed", json!({"code": "cancelled"}), now),
            How::Returned => {
                task.leave &= !newest;
                task.in_hand = false;
                task.status = "pending".to_owned();
                task.end_by = task.end_by.max(task.start_by);
            }
            _ => task.ends(status, json!({"code": output["code"]}), now),
        }
    }

    async fn cancel(&mut self, driver: &impl Driver, which: Which) {
        let count = self.tasks.len();
        let at = match which {
            Which::OfOffer(back) => self.offer(back).map(|offer| offer.task),
            Which::Any(at) => at.checked_rem(count),
        };
        let Some(at) = at else { return };
        let (now, task) = (driver.now(), &mut self.tasks[at]);
        let answer = driver.cancel(&task.id).await;
        match task.status.as_str() {
            "pending" => {
                task.cancel = true;
                task.ends("failed", json!({"code": "cancelled"}), now);
            }
            "processing" => {
                if task.read() && !task.cancel {
                    task.end_by = task.end_by.min(now + LEASE_MS);
                }
                task.cancel = true;
            }
            _ => {}
        }
        let expected = json!({"id": task.id, "status": task.status, "cancel_requested": task.cancel});
        assert_eq!(answer, expected);
    }

    async fn sweep(&mut self, driver: &impl Driver) {
        driver.sweep().await;
        let (now, tasks) = (driver.now(), &self.tasks);
        self.keys.retain(|_, key| {
            let task = &tasks[key.task];
            !task.is_over() || now < task.ended_at.max(key.made_at) + DAY_MS
        });
    }

    /// Looks at every task as its caller does.
    pub async fn look_at_all(&mut self, driver: &impl Driver, step: &Step) {
        let now = driver.now();
        for task in &mut self.tasks {
            let seen = driver.status(&task.id).await;
            assert_eq!(seen["task_input"], task.echo, "an input changed");
            assert_eq!(seen["cancel_requested"] == true, task.cancel, "{seen}");
            let status = seen["status"].as_str().unwrap();
            if task.is_over() {
                assert_eq!(status, task.status, "what is over changed: {seen}");
                // In full from the second look on; at first the ledger knows the code alone.
                if task.output.get("code").is_some() && task.output.as_object().unwrap().len() == 1 {
                    assert_eq!(seen["task_output"]["code"], task.output["code"]);
                    task.output = seen["task_output"].clone();
                }
                assert_eq!(seen["task_output"], task.output, "what is over changed");
                continue;
            }
            match (task.status.as_str(), status) {
                (before, after) if before == after => {}
                // A read that was lost, or found again.
                ("pending", "processing") | ("processing", "pending") if task.read() => {
                    assert!(matches!(step, Step::Poll(_) | Step::Beat { .. }), "{step:?}: {seen}");
                    task.status = status.to_owned();
                }
                ("pending" | "processing", "failed") => {
                    task.assert_may_end(&seen["task_output"], step, now);
                    task.ends("failed", seen["task_output"].clone(), now);
                }
                (before, after) => panic!("{step:?}: from {before} to {after}: {seen}"),
            }
            assert!(task.status != "pending" || !task.cancel, "it waits though it was cancelled: {seen}");
            if matches!(step, Step::Sweep | Step::Restart) {
                assert!(task.is_over() || now < task.end_by, "past its deadline: {seen}");
            }
        }
    }

    /// A month later.
    pub async fn outlive(&mut self, driver: &mut impl Driver) {
        driver.advance(31 * DAY);
        self.sweep(driver).await;
        self.look_at_all(driver, &Step::Sweep).await;
        assert!(self.tasks.iter().all(Task::is_over));
    }
}

impl Task {
    /// Whether the server itself may end it so, in this step.
    fn assert_may_end(&self, output: &Value, step: &Step, now: i64) {
        let code = output["code"].as_str().unwrap();
        let by_sweep = matches!(step, Step::Sweep | Step::Restart);
        let by_poll = matches!(step, Step::Poll(_));
        let may = match code {
            "expired" if by_sweep => now >= self.start_by || (self.read() && now >= self.begun_at + DAY_MS),
            // Given up, before it could be sent.
            "expired" => {
                by_poll
                    && !self.read()
                    && !self.leave
                    && output["error"].as_str().unwrap().contains("3 times")
            }
            "upstream" => by_poll && self.read(),
            "cancelled" => self.cancel && self.read() && (by_poll || by_sweep),
            "outcome_unknown" => by_sweep && self.leave && now >= self.begun_at + DAY_MS,
            _ => false,
        };
        assert!(may, "{step:?} ended it: {output}");
    }
}
