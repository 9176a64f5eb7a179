//! A team's paired browsers as its operator sees them.

use super::db::sql;
use super::manage::{Listed, ManageError, Page, Thing};
use super::view::AWAY_AFTER_MS;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use liaison_protocol::Usage;
use serde::Serialize;

/// A browser that is paired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AgentView {
    /// Its id, for good.
    pub id: String,
    /// What its person or the operator calls it.
    pub name: String,
    /// The member it acts for.
    pub member_id: String,
    /// Since when it is paired.
    pub paired_at: Timestamp,
    /// When it was last heard of; written down once a minute.
    pub last_seen_at: Timestamp,
    /// How long ago that was, in seconds.
    pub last_seen_s: u64,
    /// Whether it was heard of within two minutes.
    pub online: bool,
    /// What it last said of itself: `ready`, `paused`, `signed_out`, `wrong_account` or `latched`.
    pub state: String,
    /// How many invitations it counts, if it ever said so.
    pub usage: Option<UsageView>,
}

/// How many invitations a browser counts, and how many its person allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UsageView {
    #[serde(flatten)]
    usage: Usage,
    /// When it said so.
    at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    member_id: String,
    paired_at: Timestamp,
    last_seen_at: Timestamp,
    state: String,
    usage: Option<String>,
    usage_at: Option<Timestamp>,
}

impl Row {
    fn view(self, now: Timestamp) -> Result<AgentView, StoreError> {
        let Self { id, name, member_id, paired_at, last_seen_at, state, usage, usage_at } = self;
        let usage = usage.as_deref().map(serde_json::from_str).transpose();
        let usage = usage.map_err(|_| StoreError::Corrupt("an agent's usage"))?;
        let usage = usage.zip(usage_at).map(|(usage, at)| UsageView { usage, at });
        let ago_ms = now.ms_since(last_seen_at);
        let (last_seen_s, online) = (ago_ms / 1000, ago_ms <= AWAY_AFTER_MS);
        Ok(AgentView { id, name, member_id, paired_at, last_seen_at, last_seen_s, online, state, usage })
    }
}

impl Store {
    /// The agents of a team that may be offered work, the longest paired first.
    ///
    /// # Errors
    /// [`ManageError::Cursor`], or when the database fails.
    pub async fn agents(
        &self,
        team: &str,
        page: Page<'_>,
        now: Timestamp,
    ) -> Result<Listed<AgentView>, ManageError> {
        let db = &mut self.read().await?;
        if page.cursor.is_some() {
            let known = sql("SELECT EXISTS (SELECT 1 FROM agent WHERE team_id = $1 AND id = $2)");
            page.check(known.bind(team).bind(page.cursor).one(db).await?)?;
        }
        let rows: Vec<Row> =
            sql("SELECT id, name, member_id, paired_at, last_seen_at, state, usage, usage_at FROM agent
             WHERE team_id = $1 AND superseded_at IS NULL
               AND ($2 IS NULL OR (paired_at, id) > (SELECT paired_at, id FROM agent WHERE id = $2))
             ORDER BY paired_at, id LIMIT $3")
            .bind(team)
            .bind(page.cursor)
            .bind(page.rows())
            .all(db)
            .await?;
        let agents = rows.into_iter().map(|row| row.view(now)).collect::<Result<_, _>>()?;
        Ok(page.cut(agents, |agent: &AgentView| &agent.id))
    }

    /// An agent of a team.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn agent(&self, team: &str, agent: &str, now: Timestamp) -> Result<AgentView, ManageError> {
        let row: Option<Row> =
            sql("SELECT id, name, member_id, paired_at, last_seen_at, state, usage, usage_at FROM agent
             WHERE team_id = $1 AND id = $2 AND superseded_at IS NULL")
            .bind(team)
            .bind(agent)
            .optional(&mut self.read().await?)
            .await?;
        Ok(row.ok_or(ManageError::Unknown(Thing::Agent))?.view(now)?)
    }

    /// Calls an agent something else.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn rename_agent(&self, team: &str, agent: &str, name: &str) -> Result<(), ManageError> {
        let mut tx = self.begin().await?;
        let changed =
            sql("UPDATE agent SET name = $1 WHERE id = $2 AND team_id = $3 AND superseded_at IS NULL")
                .bind(name)
                .bind(agent)
                .bind(team)
                .execute(&mut tx)
                .await?;
        Thing::Agent.must_be(changed)?;
        Ok(tx.commit().await?)
    }

    /// Makes an agent's token open nothing from now on, not even for what it has in hand. Answers with whom it acted for,
    /// whose parked poll is to be ended.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn revoke_agent(&self, team: &str, agent: &str, now: Timestamp) -> Result<String, ManageError> {
        let mut tx = self.begin().await?;
        let member: Option<String> =
            sql("SELECT member_id FROM agent WHERE id = $1 AND team_id = $2 AND superseded_at IS NULL")
                .bind(agent)
                .bind(team)
                .scalar(&mut tx)
                .await?;
        let member = member.ok_or(ManageError::Unknown(Thing::Agent))?;
        tx.lock(&member).await?;
        let changed = sql("UPDATE agent SET superseded_at = $1, revoked_at = $1
             WHERE id = $2 AND superseded_at IS NULL")
        .bind(now)
        .bind(agent)
        .execute(&mut tx)
        .await?;
        Thing::Agent.must_be(changed)?;
        tx.commit().await?;
        Ok(member)
    }
}
