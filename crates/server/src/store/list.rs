//! A team's tasks, newest first, a page at a time.
//!
//! A page begins behind the last task of the one before, by time of creation and id, which never change: whatever comes,
//! goes or moves between two pages, no task is shown twice and none is left out.

use super::db::{Db, sql};
use super::view::{ViewRow, view, view_of};
use super::{Store, StoreError, TaskView};
use crate::clock::Timestamp;
use crate::lifecycle::State;

/// Outputs in one page end it early: a list of 500 people is a megabyte.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Before every task, and behind every one.
const FIRST: Timestamp = Timestamp(i64::MIN);
const LAST: Timestamp = Timestamp(i64::MAX);

/// Behind which task a page begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// When that task was created.
    pub created_at: Timestamp,
    /// Its id.
    pub id: String,
}

/// Which tasks are wanted.
#[derive(Clone, Debug)]
pub struct ListFilter {
    /// The public status: one of its states stands for it.
    pub status: Option<State>,
    /// The name of a kind.
    pub task_type: Option<String>,
    /// Created then or later.
    pub created_after: Option<Timestamp>,
    /// Created earlier.
    pub created_before: Option<Timestamp>,
    /// Behind which task the page begins.
    pub after: Option<Position>,
    /// How many, at most.
    pub limit: u32,
    /// Whether outputs are wanted.
    pub outputs: bool,
}

/// A page.
#[derive(Clone, Debug)]
pub struct TaskPage {
    /// The tasks, newest first.
    pub tasks: Vec<TaskView>,
    /// Where the next page begins, if there is one.
    pub next: Option<Position>,
}

/// A page of the tasks in such states.
macro_rules! page_of {
    ($states:literal) => {
        view_of!(
            "NULL",
            $states,
            "(task.created_at, task.id) < ($2, $3) AND task.created_at >= $4 AND ($5 IS NULL OR task_type = $5)
             ORDER BY task.created_at DESC, task.id DESC LIMIT $6"
        )
    };
}

const ALL: &str = page_of!("");
const PENDING: &str =
    page_of!("task.state NOT IN ('completed', 'failed') AND task.state IN ('queued', 'offered') AND ");
const PROCESSING: &str =
    page_of!("task.state NOT IN ('completed', 'failed') AND task.state IN ('started', 'verifying') AND ");
const COMPLETED: &str = page_of!("task.state = 'completed' AND ");
const FAILED: &str = page_of!("task.state = 'failed' AND ");

const fn query(status: Option<State>) -> &'static str {
    match status {
        None => ALL,
        // Said twice for the sake of the index of those that are not over.
        Some(State::Queued | State::Offered) => PENDING,
        Some(State::Started | State::Verifying) => PROCESSING,
        Some(State::Completed) => COMPLETED,
        Some(State::Failed) => FAILED,
    }
}

impl Store {
    /// A page of this team's tasks. With outputs it may be shorter than asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_tasks(
        &self,
        team: &str,
        filter: &ListFilter,
        now: Timestamp,
    ) -> Result<TaskPage, StoreError> {
        let mut db = self.read().await?;
        let end = Position { created_at: filter.created_before.unwrap_or(LAST), id: String::new() };
        let start = filter.after.clone().map_or(end.clone(), |after| after.min(end));
        let rows: Vec<ViewRow> = sql(query(filter.status))
            .bind(team)
            .bind(start.created_at)
            .bind(&start.id)
            .bind(filter.created_after.unwrap_or(FIRST))
            .bind(filter.task_type.as_ref())
            .bind(filter.limit.saturating_add(1))
            .all(&mut db)
            .await?;
        let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let mut more = rows.len() > limit;
        let mut tasks = Vec::new();
        let mut bytes = 0;
        for row in rows.into_iter().take(limit) {
            if bytes >= PAGE_BYTES {
                more = true;
                break;
            }
            let mut task = view(row, now)?;
            if filter.outputs && task.state.is_over() {
                let output = output_of(&mut db, &task.id).await?;
                bytes += output.as_ref().map_or(0, String::len);
                let parsed = output.as_deref().map(serde_json::from_str).transpose();
                task.output = parsed.map_err(|_| StoreError::Corrupt("a task's output"))?;
            }
            tasks.push(task);
        }
        let last = tasks.last().map(|task| Position { created_at: task.created_at, id: task.id.clone() });
        Ok(TaskPage { tasks, next: last.filter(|_| more) })
    }
}

async fn output_of(db: &mut Db, task: &str) -> Result<Option<String>, StoreError> {
    let output: Option<(Option<String>,)> =
        sql("SELECT task_output FROM task WHERE id = $1").bind(task).optional(db).await?;
    Ok(output.and_then(|(output,)| output))
}
