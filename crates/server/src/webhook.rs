//! Tells a team's endpoints that its tasks have ended, after the Standard Webhooks specification.
//!
//! Each instance of the server claims what is due, sends it, and writes down what came of it. An endpoint is told one thing
//! at a time, at least once: who answers, and whose answer is lost, hears the same again under the same `webhook-id`.

mod address;
mod client;
mod schedule;
mod signature;

pub use address::{UrlError, check_url};
pub use signature::new_secret;

use crate::lifecycle::State;
use crate::router::App;
use crate::secret;
use crate::store::{Delivery, Notice, Outcome, StoreError};
use client::{Client, Failure};
use schedule::Next;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// So many endpoints are told something at once, and a batch of claims more.
const MOST_AT_ONCE: usize = 256;

/// What sends.
#[derive(Clone)]
pub struct Webhooks {
    /// Whether endpoints may have private addresses, and no TLS.
    pub allow_private: bool,
    client: Arc<Client>,
    in_flight: Arc<watch::Sender<usize>>,
}

/// Counts what is under way for as long as it lives.
#[derive(Clone)]
struct Round {
    _counted: Arc<Counted>,
}

struct Counted(Arc<watch::Sender<usize>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Webhooks {
    /// Endpoints at private addresses are refused unless `allow_private`.
    #[must_use]
    pub fn new(allow_private: bool) -> Self {
        Self {
            allow_private,
            client: Arc::new(Client::new(allow_private)),
            in_flight: Arc::new(watch::Sender::new(0)),
        }
    }

    fn round(&self) -> Round {
        self.in_flight.send_modify(|count| *count += 1);
        Round { _counted: Arc::new(Counted(Arc::clone(&self.in_flight))) }
    }
}

/// Delivers for ever: when a task has ended, when an endpoint is free again, and every so often, for what others left.
pub async fn run(app: App, every: Duration) {
    let mut ends = app.hub.ends();
    let mut deliveries = JoinSet::new();
    loop {
        // Counted from before the claim, so that nothing is claimed and not counted.
        let round = app.webhooks.round();
        let claimed = match deliveries.len() {
            0..MOST_AT_ONCE => app.store.claim_deliveries(app.now()).await,
            _ => Ok(Vec::new()),
        };
        match claimed {
            Ok(claimed) => {
                for delivery in claimed {
                    deliveries.spawn(deliver(app.clone(), delivery, round.clone()));
                }
            }
            Err(error) => tracing::error!(%error, cause = ?error, "webhooks can't be read"),
        }
        drop(round);
        tokio::select! {
            () = app.hub.closed() => break,
            Some(_) = deliveries.join_next(), if !deliveries.is_empty() => {}
            // Falling behind is a reason to look as well.
            _ = ends.recv() => while ends.try_recv().is_ok() {},
            () = sleep(every) => {}
        }
    }
    // What is on its way is written down; what isn't is due at the next start.
    while deliveries.join_next().await.is_some() {}
}

/// Delivers what is due now, and waits for whatever is under way.
///
/// # Errors
/// When the database fails.
pub async fn deliver_now(app: &App) -> Result<(), StoreError> {
    loop {
        // The sender lives in `app`, so the channel can't close.
        let _ = app.webhooks.in_flight.subscribe().wait_for(|count| *count == 0).await;
        let round = app.webhooks.round();
        let claimed = app.store.claim_deliveries(app.now()).await?;
        if claimed.is_empty() {
            drop(round);
            // What was due may have been claimed beside us, since we waited.
            if *app.webhooks.in_flight.borrow() == 0 {
                return Ok(());
            }
            continue;
        }
        // All at once: each is ours for a minute from its claim.
        let mut deliveries = JoinSet::new();
        for delivery in claimed {
            deliveries.spawn(deliver(app.clone(), delivery, round.clone()));
        }
        deliveries.join_all().await;
    }
}

async fn deliver(app: App, delivery: Delivery, _round: Round) {
    if let Err(error) = try_to_deliver(&app, &delivery).await {
        // The lease ends by itself, and then it is tried again.
        tracing::error!(%error, cause = ?error, webhook = delivery.webhook_id, "a webhook's outcome was not kept");
    }
}

async fn try_to_deliver(app: &App, delivery: &Delivery) -> Result<(), StoreError> {
    let Some(notice) = app.store.notice(delivery).await? else {
        return app.store.drop_delivery(delivery).await;
    };
    let id = message_id(delivery);
    let sent_at = app.now();
    let sent =
        app.webhooks.client.send(&delivery.url, &delivery.secret, &id, body(delivery, notice), sent_at);
    let sent = sent.await;
    let now = app.now();
    let outcome = match sent {
        Ok(()) => Outcome::Delivered,
        Err(Failure::Gone) => Outcome::Gone,
        Err(Failure::Failed { error, retry_after_ms }) => {
            match schedule::after(delivery.attempt, retry_after_ms, secret::chance()?) {
                Next::In { ms } => Outcome::Again { error, due_at: now.plus_ms(ms) },
                Next::Never => Outcome::GivenUp { error },
            }
        }
    };
    app.store.settle_delivery(delivery, &outcome, now).await
}

/// The same for each attempt, and another one for each endpoint.
fn message_id(delivery: &Delivery) -> String {
    format!("msg_{}_{}", delivery.task_id, delivery.webhook_id)
}

fn body(delivery: &Delivery, notice: Notice) -> String {
    let mut data = json!({
        "id": delivery.task_id,
        "status": notice.state.public(),
        "task_type": notice.task_type,
    });
    if let Some(code) = notice.code {
        data["code"] = Value::String(code);
    }
    if let Some(output) = notice.output {
        data["task_output"] = output;
    }
    let kind = if notice.state == State::Completed { "task.completed" } else { "task.failed" };
    json!({ "type": kind, "timestamp": notice.ended_at.to_iso(), "data": data }).to_string()
}
