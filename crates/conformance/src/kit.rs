//! A run: the agent, where its tasks come from, and what was found out so far.

use crate::agent::{Agent, Outcome, Poll, PollAnswer};
use crate::caller::Caller;
use crate::check::Check;
use crate::report::Findings;
use crate::shape::{Kind, Offer};
use crate::source::{Source, Trouble, run_shell};
use crate::wire::Answer;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// Longest time that a poll asks to be held back for.
const HOLD_MS: u64 = 25_000;
/// More tasks than the kit makes between two moments at which none must be left.
const MANY: usize = 50;

/// A run. Its stories are in [`crate::level`].
pub struct Kit {
    /// The agent that is played.
    pub agent: Agent,
    /// The caller, if the server has the documented API.
    pub caller: Option<Caller>,
    /// What was judged.
    pub found: Findings,
    means: Means,
    known: HashSet<String>,
    open: Vec<Offer>,
    never_offered: Vec<Kind>,
    trouble: Option<String>,
    names: Names,
}

/// What the operator gave the kit to work with.
pub struct Means {
    /// Where tasks come from.
    pub source: Source,
    /// A command that ends the server hard and starts it again.
    pub restart: Option<String>,
    /// For how long a waiting task may not be offered.
    pub patience: Duration,
}

/// Makes inputs that no task had before, in this run or another.
struct Names {
    run: String,
    count: u32,
}

impl Kit {
    /// `run` is a word of letters and digits that no other run has.
    pub fn new(agent: Agent, caller: Option<Caller>, means: Means, run: String) -> Self {
        Self {
            agent,
            caller,
            found: Findings::default(),
            means,
            known: HashSet::new(),
            open: Vec::new(),
            never_offered: Vec::new(),
            trouble: None,
            names: Names { run, count: 0 },
        }
    }

    /// Notes what came of a check: met if there is a result. It gives that on, or `None`.
    pub fn judge<T>(&mut self, check: &'static Check, result: Result<T, String>) -> Option<T> {
        let result = self.need(check, result);
        if result.is_some() {
            self.found.met(check);
        }
        result
    }

    /// Notes the reason if something fails on the way to a check, and nothing otherwise.
    pub fn need<T>(&mut self, check: &'static Check, result: Result<T, String>) -> Option<T> {
        result.map_err(|reason| self.found.failed(check, reason)).ok()
    }

    /// What the kit was given doesn't work, if so.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Has the server ended hard and started again; false if there is no way to.
    pub async fn restart_server(&mut self) -> Result<bool, String> {
        let Some(command) = &self.means.restart else { return Ok(false) };
        if let Err(reason) = run_shell(command).await {
            self.trouble.get_or_insert(format!("--restart {reason}"));
            return Err(reason);
        }
        Ok(true)
    }

    /// An input of a kind that no other task has.
    pub fn fresh_input(&mut self, kind: Kind) -> Value {
        self.names.count += 1;
        let Names { run, count } = &self.names;
        match kind {
            Kind::Read => json!({"keyword": format!("conformance {run} {count}"), "count": 500}),
            Kind::Invitation => json!({"profile_urn": format!("ACoAA{run}x{count}")}),
        }
    }

    /// A word that no other run has.
    pub fn fresh_word(&mut self) -> String {
        self.names.count += 1;
        format!("{}-{}", self.names.run, self.names.count)
    }

    /// Queues a task.
    pub async fn queue(&mut self, kind: Kind) -> Result<(), String> {
        let input = self.fresh_input(kind);
        self.means.source.queue(kind, &input).await.map_err(|trouble| match trouble {
            Trouble::Server(reason) => reason,
            Trouble::Setup(reason) => {
                self.trouble.get_or_insert(reason.clone());
                reason
            }
        })
    }

    /// Queues a task and is offered it.
    pub async fn take(&mut self, kind: Kind) -> Result<Offer, String> {
        if self.never_offered.contains(&kind) {
            return Err(format!("a queued {kind} was not offered before"));
        }
        self.queue(kind).await?;
        self.take_queued(kind).await
    }

    /// Is offered a task of this kind that it hasn't seen before.
    pub async fn take_queued(&mut self, kind: Kind) -> Result<Offer, String> {
        let taken = self.wait_for(kind, None).await;
        match &taken {
            Ok(offer) => {
                self.known.insert(offer.task.clone());
                self.open.push(offer.clone());
            }
            Err(_) => self.never_offered.push(kind),
        }
        taken
    }

    /// Is offered a task again that it was offered before.
    pub async fn take_again(&mut self, kind: Kind, before: &Offer) -> Result<Offer, String> {
        let offer = self.wait_for(kind, Some(before)).await?;
        self.open.retain(|open| open.task != offer.task);
        self.open.push(offer.clone());
        Ok(offer)
    }

    /// Polls as the agent does until a task is offered: `before`, or one that it hasn't seen.
    async fn wait_for(&mut self, kind: Kind, before: Option<&Offer>) -> Result<Offer, String> {
        let give_up = Instant::now() + self.means.patience;
        loop {
            let left = give_up.saturating_duration_since(Instant::now());
            let wait_ms = u64::try_from(left.as_millis()).unwrap_or(HOLD_MS).min(HOLD_MS);
            let answer = self.agent.poll(Poll::ready(&[kind]).hold_ms(wait_ms)).await?;
            if let Some(offer) = answer.offer {
                let wanted = match before {
                    Some(before) => offer.task == before.task,
                    None => !self.known.contains(&offer.task),
                };
                return if !wanted {
                    Err(format!("task {} was offered in place of the {kind} that waits", offer.task))
                } else if offer.task_type != kind.task_type() {
                    Err(format!(
                        "a poll that accepts {} was offered \"{}\"",
                        kind.task_type(),
                        offer.task_type
                    ))
                } else {
                    Ok(offer)
                };
            }
            let left = give_up.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let again = if before.is_some() { "offered again" } else { "offered" };
                return Err(format!(
                    "a queued {kind} was not {again} within {} s",
                    self.means.patience.as_secs_f32()
                ));
            }
            tokio::time::sleep(answer.next.min(left)).await;
        }
    }

    /// Polls once, and complains if `task` is offered. `when` says in which case it must not be.
    pub async fn is_not_offered(
        &mut self,
        task: &Offer,
        poll: Poll<'_>,
        when: &str,
    ) -> Result<PollAnswer, String> {
        let answer = self.agent.poll(poll).await?;
        match &answer.offer {
            Some(offer) if offer.task == task.task => {
                Err(format!("task {} was offered to a poll {when}", task.task))
            }
            _ => Ok(answer),
        }
    }

    /// Sends an invitation as the agent does: with the server's leave, if it gives any.
    pub async fn may_send(&self, offer: &Offer) -> Result<(), String> {
        if self.agent.seen.supports("start") {
            self.agent.start(&offer.task, &offer.token).await?.ok("start")?;
        }
        Ok(())
    }

    /// Ends a task for good; the answer must be final.
    pub async fn end(&mut self, offer: &Offer, outcome: &Outcome) -> Result<Answer, String> {
        let answer = self.agent.complete(offer, outcome).await?;
        if answer.is_success() {
            self.open.retain(|open| open.task != offer.task);
            Ok(answer)
        } else {
            Err(format!("complete was answered {}", answer.quote()))
        }
    }

    /// Ends what is left, so that the next story begins with an empty queue. What the server makes of it is not judged.
    pub async fn tidy_up(&mut self) {
        for offer in std::mem::take(&mut self.open) {
            let _ = self.agent.complete(&offer, &Outcome::failed("cancelled", None)).await;
        }
        let _ = self.drain(MANY).await;
    }

    /// Ends everything that is offered, `most` tasks at most; answers how many.
    pub async fn drain(&mut self, most: usize) -> Result<usize, String> {
        for count in 0..most {
            let Some(offer) = self.agent.poll(Poll::ready(&Kind::BOTH)).await?.offer else {
                return Ok(count);
            };
            let outcome = if offer.verify { Outcome::unknown() } else { Outcome::failed("cancelled", None) };
            let answer = self.agent.complete(&offer, &outcome).await?;
            self.known.insert(offer.task.clone());
            if !answer.is_success() && !answer.is_final_refusal() {
                return Err(format!("the end of task {} was answered {}", offer.task, answer.quote()));
            }
        }
        Ok(most)
    }
}
