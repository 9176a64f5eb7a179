//! A poll's look at the tasks: reconciles what the agent holds, and offers at most one task.

use super::db::{Db, sql};
use super::event::{Event, note};
use super::offer::{ask_to_verify, begin, go_on, note_asked, offer_again, offer_of, set_lease, set_unheard};
use super::rest::{Rest, now_resting};
use super::result::return_row;
use super::row::{TaskRow, load};
use super::sweep::{end_failed, given_up, never_heard};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::lifecycle::{self, LEASE_MS, OFFER_MS, State, Unnamed};
use liaison_protocol::{
    Directive, DirectiveAction, ErrorCode, Held, HeldPhase, Mode, Offer, TaskFailure, TaskType, WaitReason,
    Waiting, known_task_types,
};

/// What rests of an agent, if it is still its member's, and the browser still that agent's; and whether there is anything
/// that [`IN_FLIGHT`] would find.
pub(super) const MAY_ASK: &str = "SELECT resting, EXISTS (SELECT 1 FROM task
           WHERE member_id = $3 AND state IN ('offered', 'started', 'verifying')) AS in_flight
    FROM agent WHERE id = $1 AND instance = $2 AND superseded_at IS NULL";
/// What a member's agents have in hand, or have lost.
pub(super) const IN_FLIGHT: &str = "SELECT * FROM task_now
    WHERE member_id = $1 AND state IN ('offered', 'started', 'verifying') ORDER BY seq";
macro_rules! oldest_queued {
    ($kind:literal, $has_effect:literal) => {
        concat!(
            "SELECT * FROM task_now
    WHERE member_id = $1 AND task_type = ",
            $kind,
            " AND state = 'queued' AND deadline_at > $3
      AND $4 NOT LIKE '%' || id || '%'
      AND (NOT has_note OR NOT EXISTS
           (SELECT 1 FROM agent WHERE agent.id = $5 AND agent.note_limit_until > $3))
      AND (NOT ",
            $has_effect,
            " OR NOT EXISTS
           (SELECT 1 FROM agent WHERE agent.id = $5 AND agent.invitation_limit_until > $3))
    ORDER BY seq LIMIT 1"
        )
    };
}
/// The oldest task of a kind that is none of those in hand, and that no limit of LinkedIn's is about.
pub(super) const OLDEST_QUEUED: &str = oldest_queued!("$2", "$6");
/// The same of two kinds, each looked for in its own part of the index.
pub(super) const OLDEST_OF_TWO: &str = concat!(
    "SELECT * FROM (",
    oldest_queued!("$2", "$6"),
    ") AS one UNION ALL SELECT * FROM (",
    oldest_queued!("$7", "$8"),
    ") AS other ORDER BY seq LIMIT 1"
);

/// Who polls, and what may be offered in answer.
pub struct Asking<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The browser that asks as this agent.
    pub instance: &'a str,
    /// For whom it acts.
    pub member: &'a str,
    /// Whether it is ready and the bound account is signed in.
    pub ready: bool,
    /// The kinds that may be offered for running, if it is ready.
    pub accepts: Vec<TaskType>,
    /// The kinds that wait, and why.
    pub waiting: &'a [Waiting],
    /// What its journal holds.
    pub held: &'a [Held],
}

/// What a poll's look found.
#[derive(Default, PartialEq)]
pub struct PollWork {
    /// What to do with held tasks.
    pub directives: Vec<Directive>,
    /// A task, when there is one to do.
    pub offer: Option<Offer>,
    /// When there may be something new though nobody wakes the poll.
    pub look_again_at: Option<Timestamp>,
    /// Tasks that ended on the way.
    pub ended: Vec<String>,
}

impl Asking<'_> {
    fn accepts(&self, kind: TaskType) -> bool {
        self.ready && self.accepts.contains(&kind)
    }

    fn holds(&self, task: &str) -> bool {
        self.held.iter().any(|held| held.task == task)
    }

    /// Whether it says that tasks of this kind wait for such a reason.
    fn waits(&self, kind: TaskType, is_such: fn(WaitReason) -> bool) -> bool {
        self.waiting.iter().any(|entry| entry.task_type == kind.as_str() && is_such(entry.reason))
    }

    /// Whether it asks its person about this task.
    fn asks_about(&self, kind: TaskType, phase: HeldPhase) -> bool {
        kind.has_effect()
            && phase == HeldPhase::Claimed
            && self.waits(kind, |reason| reason == WaitReason::Approval)
    }

    /// Whether a task that it holds is one that it waits with: other kinds go on meanwhile. What hinders its kind may be
    /// about the next one alone, as a limit is that this one was the last within; only of one that its person was asked
    /// about it is about this one, too.
    fn waits_with(&self, row: &TaskRow, kind: TaskType, held: &Held) -> bool {
        let was_asked = held.epoch == row.epoch && row.lease_asked_person && held.phase == HeldPhase::Claimed;
        self.asks_about(kind, held.phase) || (was_asked && self.waits(kind, hinders_one_kind))
    }
}

/// Whether an agent that can't begin a task for this reason may do one of another kind. The other reasons stop
/// everything.
const fn hinders_one_kind(reason: WaitReason) -> bool {
    matches!(
        reason,
        WaitReason::Approval
            | WaitReason::KindOff
            | WaitReason::AccountStopped
            | WaitReason::InvitationLimit
            | WaitReason::NoteLimit
            | WaitReason::WeeklyLimit
            | WaitReason::DailyLimit
            | WaitReason::WorkingHours
            | WaitReason::Pacing
    )
}

/// What the held and the lost tasks leave room for.
#[derive(Default)]
struct Room {
    /// The account works already.
    busy: bool,
    /// The kinds of which the agent waits with one: it is given no second.
    waits_with: Vec<TaskType>,
    /// Tasks that it gave back just now, and is not offered again at once.
    resting: Vec<String>,
}

impl Store {
    /// Reconciles and offers. What is offered is on disk before it is answered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn poll(&self, asking: &Asking<'_>, now: Timestamp) -> Result<PollWork, StoreError> {
        let mut tx = self.begin_for(asking.member).await?;
        let mut work = PollWork::default();
        let Some((resting, in_flight)) = may_ask(&mut tx, asking, now).await? else { return Ok(work) };
        work.look_again_at = resting.iter().map(Rest::until).min();
        let mut room = reconcile(&mut tx, asking, &mut work, now).await?;
        room.resting = resting.into_iter().map(|rest| rest.task).collect();
        // What comes into flight by being held is not lost.
        if in_flight {
            room.busy |= look_for_lost(&mut tx, asking, &room, &mut work, now).await?;
        }
        if !room.busy && work.offer.is_none() {
            work.offer = offer_from_queue(&mut tx, asking, &room, &mut work.ended, now).await?;
        }
        tx.commit().await?;
        Ok(work)
    }
}

/// Whether the agent is still the member's, and the browser still the agent's: either may have been overtaken while
/// this poll was on its way or parked. If so, with what rests, and whether the member has tasks in flight.
async fn may_ask(
    db: &mut Db,
    asking: &Asking<'_>,
    now: Timestamp,
) -> Result<Option<(Vec<Rest>, bool)>, StoreError> {
    let found: Option<(String, bool)> =
        sql(MAY_ASK).bind(asking.agent).bind(asking.instance).bind(asking.member).optional(db).await?;
    found.map(|(kept, in_flight)| Ok((now_resting(&kept, now)?, in_flight))).transpose()
}

/// Answers what is held.
async fn reconcile(
    db: &mut Db,
    asking: &Asking<'_>,
    work: &mut PollWork,
    now: Timestamp,
) -> Result<Room, StoreError> {
    let mut room = Room::default();
    for held in asking.held {
        let mut waits_with = None;
        let action = match load(db, asking.member, &held.task).await? {
            None => Some(DirectiveAction::Abandon),
            Some(row) => match row.known_facts(asking.agent) {
                None => row.state.is_over().then_some(DirectiveAction::Abandon),
                Some(facts) => {
                    let action = lifecycle::directive(&facts, held.epoch, held.phase);
                    waits_with = Some(facts.kind).filter(|kind| asking.waits_with(&row, *kind, held));
                    if matches!(action, Some(DirectiveAction::Continue | DirectiveAction::Cancel)) {
                        go_on(db, &row, lifecycle::on_continue(&facts, held.phase), now).await?;
                        if !row.lease_asked_person && asking.asks_about(facts.kind, held.phase) {
                            note_asked(db, &row).await?;
                        }
                    }
                    action
                }
            },
        };
        let keeps_busy = match action {
            Some(DirectiveAction::Continue | DirectiveAction::Cancel) => lifecycle::keeps_busy(held.phase),
            Some(_) => false,
            None => held.phase != HeldPhase::Finished,
        };
        match waits_with.filter(|_| keeps_busy) {
            Some(kind) => room.waits_with.push(kind),
            None => room.busy |= keeps_busy,
        }
        if let Some(action) = action {
            work.directives.push(Directive { task: held.task.clone(), epoch: held.epoch, action });
        }
    }
    Ok(room)
}

/// Deals with tasks in flight that the agent did not name; true when one of them keeps the account busy.
async fn look_for_lost(
    db: &mut Db,
    asking: &Asking<'_>,
    room: &Room,
    work: &mut PollWork,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut waits = false;
    for row in in_flight(db, asking.member).await? {
        if asking.holds(&row.id) {
            continue;
        }
        let Some(facts) = row.known_facts(asking.agent) else { continue };
        let may_offer = !room.busy && work.offer.is_none() && !room.resting.contains(&row.id);
        let may_run = may_offer
            && asking.accepts(facts.kind)
            && !room.waits_with.contains(&facts.kind)
            && now < row.deadline_at;
        match lifecycle::on_unnamed(&facts, now) {
            Unnamed::Repeat if may_run => {
                let lasts_ms = if facts.kind.has_effect() { OFFER_MS } else { LEASE_MS };
                set_lease(db, &row, row.state, Some(now.plus_ms(lasts_ms))).await?;
                work.offer = Some(offer_of(&row, Mode::Run, None)?);
            }
            Unnamed::Again if may_run => work.offer = Some(offer_again(db, row, now).await?),
            // It never arrived, so it was not begun. Only one that stood for its whole time counts as not heard: an
            // answer that crossed a newer poll says nothing of the agent.
            gone @ (Unnamed::Repeat | Unnamed::Untouched) => {
                return_row(db, &row).await?;
                note(db, &row, Event::Lost, now).await?;
                if facts.kind.has_effect() && facts.own_lease {
                    let unheard = row.unheard + u32::from(gone == Unnamed::Untouched);
                    set_unheard(db, &row, unheard).await?;
                }
            }
            Unnamed::Again | Unnamed::Requeue => {
                set_lease(db, &row, State::Queued, None).await?;
                note(db, &row, Event::Lost, now).await?;
            }
            Unnamed::GiveUp => end(db, &row, &given_up(facts.kind), work, now).await?,
            Unnamed::Cancel => {
                end(db, &row, &TaskFailure::new(ErrorCode::Cancelled), work, now).await?;
            }
            // Looking only reads, so it may be asked of an agent that may not send just now.
            Unnamed::Verify { since_ms, repeat } if may_offer && asking.ready => {
                ask_to_verify(db, &row, asking.agent, repeat, now).await?;
                work.offer = Some(offer_of(&row, Mode::Verify, Some(since_ms))?);
            }
            // It can't be looked up now; that is no reason to keep other work waiting.
            Unnamed::Verify { .. } | Unnamed::Nothing => {}
            Unnamed::Wait { until } => {
                waits = true;
                work.look_again_at = Some(work.look_again_at.map_or(until, |at| at.min(until)));
            }
        }
    }
    Ok(waits)
}

async fn end(
    db: &mut Db,
    row: &TaskRow,
    failure: &TaskFailure,
    work: &mut PollWork,
    now: Timestamp,
) -> Result<(), StoreError> {
    if end_failed(db, row, failure, now).await? {
        work.ended.push(row.id.clone());
    }
    Ok(())
}

/// The oldest queued task that may be offered, offered under a new epoch.
async fn offer_from_queue(
    db: &mut Db,
    asking: &Asking<'_>,
    room: &Room,
    ended: &mut Vec<String>,
    now: Timestamp,
) -> Result<Option<Offer>, StoreError> {
    while let Some(row) = oldest_queued(db, asking, room, now).await? {
        let failure = if !lifecycle::may_begin(row.attempt) {
            given_up(row.kind()?)
        } else if !lifecycle::may_be_heard(row.unheard) {
            never_heard()
        } else {
            return begin(db, row, asking.agent, now).await.map(Some);
        };
        if end_failed(db, &row, &failure, now).await? {
            ended.push(row.id);
        }
    }
    Ok(None)
}

async fn oldest_queued(
    db: &mut Db,
    asking: &Asking<'_>,
    room: &Room,
    now: Timestamp,
) -> Result<Option<TaskRow>, StoreError> {
    let may_begin = |kind: &TaskType| asking.accepts(*kind) && !room.waits_with.contains(kind);
    let held = asking.held.iter().map(|held| held.task.as_str());
    // Ids are UUIDs: none of them is a part of another, or holds what means something in a pattern.
    let not_these: String = held.chain(room.resting.iter().map(String::as_str)).collect();
    let kinds: Vec<TaskType> = known_task_types().into_iter().filter(may_begin).collect();
    let mut oldest: Option<TaskRow> = None;
    for kinds in kinds.chunks(2) {
        let of_these = |text, kind: TaskType| {
            let statement = sql(text).bind(asking.member).bind(kind.as_str()).bind(now);
            statement.bind(&not_these).bind(asking.agent).bind(kind.has_effect())
        };
        let statement = match *kinds {
            [one, other] => of_these(OLDEST_OF_TWO, one).bind(other.as_str()).bind(other.has_effect()),
            [one] => of_these(OLDEST_QUEUED, one),
            _ => continue,
        };
        let row: Option<TaskRow> = statement.optional(db).await?;
        oldest = match (oldest, row) {
            (Some(one), Some(other)) => Some(if one.seq < other.seq { one } else { other }),
            (one, other) => one.or(other),
        };
    }
    Ok(oldest)
}

async fn in_flight(db: &mut Db, member: &str) -> Result<Vec<TaskRow>, StoreError> {
    let rows = sql(IN_FLIGHT).bind(member).all(db).await?;
    Ok(rows)
}
