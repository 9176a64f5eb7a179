//! A poll that waits for work, and a caller who waits for a task's end.

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::hub::Woken;
use crate::router::App;
use crate::store::{Asking, PollWork, StoreError, TaskView};
use liaison_protocol::{PollAnswer, capability};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time an answer is held back: below the 30 s after which Chrome ends an idle service worker.
pub const MAX_HOLD_MS: u64 = 25_000;
/// When to ask again after an answer that was cut short.
const SOON_MS: u64 = 1_000;
/// When to ask again, for an agent that does not want to wait for its answer.
const LATER_MS: u64 = 5_000;

/// Answers a poll: at once when there is news for it, else when there is, or after `wait_ms`. A look into the database is
/// boxed, so that who waits for the next one carries no room for it.
pub async fn poll(app: &App, asking: Asking<'_>, wait_ms: u64) -> Result<PollAnswer, ApiError> {
    let wait_ms = wait_ms.min(MAX_HOLD_MS);
    let give_up = Instant::now() + Duration::from_millis(wait_ms);
    let mut place = app.hub.take_place(asking.member);
    while place.look() {
        let now = app.clock.now();
        let work = Box::pin(app.store.poll(&asking, now)).await?;
        for task in &work.ended {
            app.hub.task_ended(task);
        }
        let news = !work.directives.is_empty() && place.are_new(&work.directives);
        if work.offer.is_some() || news || Instant::now() >= give_up {
            if work.offer.is_some() {
                app.metrics.offered();
            }
            place.tell(&work.directives);
            let nothing = work.offer.is_none() && work.directives.is_empty();
            return Ok(answer(work, if nothing && wait_ms < SOON_MS { LATER_MS } else { 0 }));
        }
        let until = work.look_again_at.map_or(give_up, |at| give_up.min(instant_of(at, now)));
        match timeout_at(until, place.woken()).await {
            Ok(Woken::Work) | Err(_) => {}
            Ok(Woken::Overtaken | Woken::Closing) => break,
        }
    }
    Ok(answer(PollWork::default(), SOON_MS))
}

/// A task of `team`; held back until it ends or `wait` has passed.
pub async fn task(app: &App, team: &str, task: &str, wait: Duration) -> Result<Option<TaskView>, StoreError> {
    let give_up = Instant::now() + wait;
    let mut ends = app.hub.ends();
    loop {
        let view = app.store.task_view(team, task, app.clock.now()).await?;
        if view.as_ref().is_none_or(|view| view.state.is_over()) || Instant::now() >= give_up {
            return Ok(view);
        }
        let ended = async {
            // An error means that we fell behind: look again.
            while ends.recv().await.is_ok_and(|ended| ended.is_some_and(|ended| ended != task)) {}
        };
        tokio::select! {
            () = ended => {}
            () = app.hub.closed() => return Ok(view),
            () = tokio::time::sleep_until(give_up) => {}
        }
    }
}

fn answer(work: PollWork, next_ms: u64) -> PollAnswer {
    PollAnswer {
        task: work.offer,
        directives: work.directives,
        next_ms: Some(next_ms),
        supports: [capability::START, capability::HEARTBEAT, capability::USAGE].map(str::to_owned).into(),
    }
}

fn instant_of(at: Timestamp, now: Timestamp) -> Instant {
    Instant::now() + Duration::from_millis(at.ms_since(now))
}
