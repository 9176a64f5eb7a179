//! Paired browsers: who they are, what they last said, whose they are.

use super::db::{Db, sql};
use super::{Store, StoreError, code, event, limit};
use crate::clock::Timestamp;
use crate::secret;
use liaison_protocol::{PairAnswer, Poll, ReadyState, TaskType};
use uuid::Uuid;

/// "Last seen" is asked about in hours and minutes; writing it down at each poll would be a disk write each.
const SEEN_EVERY_MS: u64 = 60_000;

/// What a browser that takes a token over finds. What the one before was offered is queued under an epoch that nobody
/// holds. Its reads are begun anew, and not offered to the new one under a token that both would know. All states in
/// flight are named for the sake of their index.
pub(super) const TAKE_OVER: [&str; 2] = [
    "UPDATE task SET state = 'queued', epoch = epoch + 1, attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END, unheard = 0, lease_until = NULL
     WHERE member_id = $2 AND state IN ('offered', 'started', 'verifying') AND state = 'offered'
       AND EXISTS (SELECT 1 FROM lease
                   WHERE lease.task_id = task.id AND lease.epoch = task.epoch AND lease.agent_id = $1)",
    "UPDATE lease SET arrived = TRUE
     WHERE agent_id = $1 AND NOT arrived AND task_id IN (
         SELECT id FROM task
         WHERE member_id = $2 AND state IN ('offered', 'started', 'verifying') AND state = 'started')",
];

/// Who an agent token belongs to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AgentIdentity {
    /// The agent.
    pub id: String,
    /// For whom it acts.
    pub member_id: String,
    /// Whether the member has paired another browser since, or has left.
    pub superseded: bool,
    #[sqlx(flatten)]
    said: Said,
}

/// What a poll is met with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// It may be offered work, if the account is the bound one.
    Welcome {
        /// Whether the signed-in account is the bound one, or not known.
        account_fits: bool,
    },
    /// Another instance has taken over.
    Superseded,
}

/// What its last poll said.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Said {
    instance: Option<String>,
    account: Option<String>,
    state: String,
    waiting: String,
    accepts: String,
    resting: String,
    usage: Option<String>,
    last_seen_at: Timestamp,
}

impl Said {
    /// Whether the signed-in account is the bound one, or will be by this poll, or is not known.
    fn fits(&self, poll: &Poll) -> bool {
        self.account.is_none() || poll.account.is_none() || poll.account == self.account
    }

    /// What the agent can do. With another account signed in than the bound one that is nothing, whatever it says.
    fn state_by(&self, poll: &Poll) -> &'static str {
        let fits = self.fits(poll) || poll.state != ReadyState::Ready;
        state_name(if fits { poll.state } else { ReadyState::WrongAccount })
    }

    /// Whether this poll says nothing new.
    fn says_all_of(&self, poll: &Poll, waiting: &str) -> bool {
        self.instance.as_deref() == Some(&poll.instance)
            && self.state == self.state_by(poll)
            && self.waiting == waiting
            && self.accepts == accepts_of(poll)
            && poll.usage.is_none_or(|_| self.usage == usage_of(poll))
            && (self.account.is_some() || poll.account.is_none())
    }
}

impl Store {
    /// The agent of a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agent_of_token(&self, token: &str) -> Result<Option<AgentIdentity>, StoreError> {
        let agent = sql(
            "SELECT id, member_id, superseded_at IS NOT NULL AS superseded, instance, account, state, waiting, accepts,
                    resting, usage, last_seen_at
             FROM agent WHERE token_hash = $1 AND revoked_at IS NULL",
        )
        .bind(secret::hash_secret(token))
        .optional(&mut self.read().await?)
        .await?;
        Ok(agent)
    }

    /// Exchanges a one-time code for an agent token. `None`: the code is wrong, used or outdated. The member's
    /// earlier agents are superseded. The member's id is answered beside, so that their parked poll can be ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pair(
        &self,
        code: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<(PairAnswer, String)>, StoreError> {
        let member = code::whose(&mut self.read().await?, code, now).await?;
        let Some(member) = member else { return Ok(None) };
        // Their lock before the code is touched: who removes a member has the lock and then their codes.
        let mut tx = self.begin_for(&member).await?;
        if !code::take(&mut tx, code, now).await? {
            return Ok(None);
        }
        let Some(answer) = insert_agent(&mut tx, &member, name, now).await? else { return Ok(None) };
        tx.commit().await?;
        Ok(Some((answer, member)))
    }

    /// Takes note of what a poll says, and binds the first account and the newest instance.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn greet(
        &self,
        AgentIdentity { id: agent, member_id: member, said: before, .. }: &AgentIdentity,
        poll: &Poll,
        now: Timestamp,
    ) -> Result<Greeting, StoreError> {
        let waiting = serde_json::to_string(&poll.waiting).map_err(|_| StoreError::Corrupt("waiting"))?;
        if before.says_all_of(poll, &waiting) && now.ms_since(before.last_seen_at) < SEEN_EVERY_MS {
            return Ok(Greeting::Welcome { account_fits: before.fits(poll) });
        }
        let mut tx = self.begin_for(member).await?;
        // Read again: until here another poll may have written.
        let mut before = load_said(&mut tx, agent).await?;
        if before.instance.as_deref() != Some(&poll.instance) {
            if !take_over(&mut tx, agent, member, &poll.instance, now).await? {
                return Ok(Greeting::Superseded);
            }
            // Another instance may salt the account's hash anew, so what the one before had bound says nothing. Limits
            // are forgotten only for an account that is named and is another: better kept a while than broken.
            let named = before.account.is_some() && poll.account.is_some();
            if named && before.account != poll.account {
                limit::forget(&mut tx, agent).await?;
            }
            before.account = None;
        }
        let (state, accepts) = (before.state_by(poll), accepts_of(poll));
        let is_ready = |state: &str| state == state_name(ReadyState::Ready);
        // Other words about what may be offered end the rest of what was given back.
        let same = is_ready(state) == is_ready(&before.state) && accepts == before.accepts;
        sql(
            "UPDATE agent SET account = $1, state = $2, waiting = $3, accepts = $4, resting = $5, said_at = $6,
                              last_seen_at = $6, usage = COALESCE($8, usage),
                              usage_at = CASE WHEN $8 IS NULL THEN usage_at ELSE $6 END
             WHERE id = $7",
        )
        .bind(before.account.as_ref().or(poll.account.as_ref()))
        .bind(state)
        .bind(&waiting)
        .bind(accepts)
        .bind(if same { &before.resting } else { "[]" })
        .bind(now)
        .bind(agent)
        .bind(usage_of(poll))
        .execute(&mut tx)
        .await?;
        for entry in &poll.waiting {
            limit::set(&mut tx, member, entry.reason, entry.for_ms, now).await?;
        }
        tx.commit().await?;
        Ok(Greeting::Welcome { account_fits: before.fits(poll) })
    }
}

/// Notes that an agent is alive, when that is news.
pub(super) async fn touch(db: &mut Db, agent: &AgentIdentity, now: Timestamp) -> Result<(), StoreError> {
    if now.ms_since(agent.said.last_seen_at) <= SEEN_EVERY_MS {
        return Ok(());
    }
    sql("UPDATE agent SET last_seen_at = $1 WHERE id = $2 AND last_seen_at < $3")
        .bind(now)
        .bind(&agent.id)
        .bind(now.minus_ms(SEEN_EVERY_MS))
        .execute(db)
        .await?;
    Ok(())
}

/// Makes `instance` the one that owns the token; false when it is one that was overtaken before.
///
/// What the one before was offered and did not start goes back into the queue, under an epoch that nobody holds: its
/// token no longer starts anything. An invitation that it did start stays started, to be looked up.
async fn take_over(
    db: &mut Db,
    agent: &str,
    member: &str,
    instance: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let added = sql("INSERT INTO agent_instance (agent_id, instance) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(agent)
        .bind(instance)
        .execute(db)
        .await?;
    if added == 0 {
        return Ok(false);
    }
    sql("UPDATE agent SET instance = $1 WHERE id = $2").bind(instance).bind(agent).execute(db).await?;
    event::note_lost_to_another(db, agent, member, now).await?;
    for statement in TAKE_OVER {
        sql(statement).bind(agent).bind(member).execute(db).await?;
    }
    Ok(true)
}

async fn load_said(db: &mut Db, agent: &str) -> Result<Said, StoreError> {
    let said =
        sql("SELECT instance, account, state, waiting, accepts, resting, usage, last_seen_at FROM agent
         WHERE id = $1");
    Ok(said.bind(agent).record(db).await?)
}

/// `None`: the member has left.
async fn insert_agent(
    db: &mut Db,
    member: &str,
    name: &str,
    now: Timestamp,
) -> Result<Option<PairAnswer>, StoreError> {
    let agent = Uuid::new_v4().to_string();
    let token = secret::new_agent_token()?;
    // LinkedIn's limits are the account's, not the browser's: the new agent knows what the last one knew.
    let inserted = sql(
        "INSERT INTO agent (id, team_id, member_id, name, token_hash, paired_at, last_seen_at, said_at,
                            invitation_limit_until, invitation_limit_since, note_limit_until, note_limit_since)
         SELECT $1, member.team_id, member.id, $2, $3, $4, $4, $4, last.invitation_limit_until,
                last.invitation_limit_since, last.note_limit_until, last.note_limit_since
         FROM member LEFT JOIN agent AS last ON last.member_id = member.id
         WHERE member.id = $5 AND member.removed_at IS NULL
         ORDER BY last.superseded_at IS NOT NULL, last.superseded_at DESC, last.paired_at DESC LIMIT 1",
    )
    .bind(&agent)
    .bind(name)
    .bind(secret::hash_secret(&token))
    .bind(now)
    .bind(member)
    .execute(db)
    .await?;
    if inserted == 0 {
        return Ok(None);
    }
    sql("UPDATE agent SET superseded_at = $1 WHERE member_id = $2 AND id <> $3 AND superseded_at IS NULL")
        .bind(now)
        .bind(member)
        .bind(&agent)
        .execute(db)
        .await?;
    Ok(Some(PairAnswer { token, agent }))
}

/// The kinds that it takes, of those that mean something here.
fn accepts_of(poll: &Poll) -> String {
    let known = poll.accepts.iter().filter_map(|name| TaskType::from_wire(name)).map(TaskType::as_str);
    known.collect::<Vec<_>>().join(" ")
}

/// What it says of its invitations, as it is kept.
fn usage_of(poll: &Poll) -> Option<String> {
    poll.usage.and_then(|usage| serde_json::to_string(&usage).ok())
}

const fn state_name(state: ReadyState) -> &'static str {
    match state {
        ReadyState::Ready => "ready",
        ReadyState::Paused => "paused",
        ReadyState::SignedOut => "signed_out",
        ReadyState::WrongAccount => "wrong_account",
        ReadyState::Latched => "latched",
    }
}
