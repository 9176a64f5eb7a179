//! How many tasks are unfinished: of a team, which may have so many and no more, and of all.

use super::db::{Db, sql};
use super::{Store, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is known of each team's room for more. Counting ten thousand rows for every new task would be dear; so they are
/// counted when there is no room left by what is known, and until then each new task takes one place of what there was.
/// Tasks that end meanwhile only make room. With several servers on one database each knows of its own new tasks
/// alone, so that a team may get past the limit by as much again for each of them, once.
#[derive(Clone)]
pub(super) struct Room {
    limit: u32,
    left: Arc<Mutex<HashMap<String, u32>>>,
}

impl Room {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, left: Arc::default() }
    }

    /// Whether the team may have one more, which it is then taken to have.
    pub(super) async fn take(&self, db: &mut Db, team: &str) -> Result<bool, StoreError> {
        if let Some(left) = self.left().get_mut(team).filter(|left| **left > 0) {
            *left -= 1;
            return Ok(true);
        }
        let unfinished: i64 = sql(
            "SELECT count(*) FROM (SELECT 1 FROM task WHERE team_id = $1 AND state NOT IN ('completed', 'failed')
                                   LIMIT $2) AS open",
        )
        .bind(team)
        .bind(self.limit)
        .one(db)
        .await?;
        let left = self.limit.saturating_sub(u32::try_from(unfinished).unwrap_or(u32::MAX));
        self.left().insert(team.to_owned(), left.saturating_sub(1));
        Ok(left > 0)
    }

    /// A panic while the lock was held can't leave the map half-changed: every change is one call.
    fn left(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Whether the database answers at all.
    ///
    /// # Errors
    /// When it doesn't.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let mut db = self.read().await?;
        sql("SELECT count(*) FROM team").one::<i64>(&mut db).await?;
        Ok(())
    }

    /// How many tasks are in each of the states that are not the end. Those that wait are counted in an index of their
    /// own; of the others an account has one at a time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unfinished(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let mut db = self.read().await?;
        let in_flight: Vec<(String, i64)> = sql("SELECT state, count(*) FROM task
             WHERE state IN ('offered', 'started', 'verifying') GROUP BY state")
        .all(&mut db)
        .await?;
        let queued = sql("SELECT count(*) FROM task WHERE state = 'queued'").one::<i64>(&mut db).await?;
        let count_of =
            |state: &str| in_flight.iter().find(|(of, _)| of == state).map_or(0, |(_, count)| *count);
        let states = ["offered", "started", "verifying"].map(|state| (state.to_owned(), count_of(state)));
        Ok(states.into_iter().chain([("queued".to_owned(), queued)]).collect())
    }
}
