//! Sees to it that every task ends by its deadline, and that nothing is kept for longer than it should.

use crate::error::causes;
use crate::router::App;
use crate::store::StoreError;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// Ends all tasks whose deadline has passed, and forgets old keys and tasks that were kept long enough; answers with how
/// many tasks ended.
pub async fn sweep_now(app: &App) -> Result<usize, StoreError> {
    let mut count = 0;
    loop {
        let ended = app.store.sweep(app.now()).await?;
        for task in &ended {
            app.hub.task_ended(task);
        }
        count += ended.len();
        if ended.is_empty() {
            break;
        }
    }
    app.metrics.overdue(count);
    app.store.forget_old_keys(app.now()).await?;
    let deleted = app.store.forget_old_tasks(app.retain, app.now()).await?;
    if deleted > 0 {
        tracing::info!(deleted, "tasks that were kept long enough were deleted");
    }
    Ok(count)
}

/// Sweeps for ever.
pub async fn run(app: App, every: Duration) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match sweep_now(&app).await {
            Ok(0) => {}
            Ok(ended) => tracing::info!(ended, "tasks ended at their deadline"),
            Err(error) => tracing::error!(cause = causes(&error), "the sweep failed"),
        }
    }
}
