//! One task in the journal, and how it is written down: one storage key a task.
//!
//! A record is text of several lines: the first is the entry as JSON, the others are the kept rows of a walk, one run
//! of JSON objects a page (JSON has no raw line feed), so that a page is turned into text once and never parsed again.
//!
//! The note of an invitation is not in it: what was in `storage.local` stays in its file for long after it was removed.
//! It has a record of its own, in `storage.session`, which is never on a disk.

use crate::agent::event::hash_of;
use crate::agent::walk::Walk;
use crate::json;
use liaison_protocol::{Effect, ErrorCode, HeldPhase, SendConnectionRequest};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::rc::Rc;

/// A task the agent has accepted and not yet been relieved of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The task's id.
    pub task: String,
    /// The kind, as the server named it.
    pub task_type: String,
    /// The offer's epoch.
    pub epoch: u32,
    /// The offer's token.
    pub token: String,
    /// When the offer was accepted.
    pub accepted_at: i64,
    /// The browser session in which this record was last written: see [`Entry::same_session`].
    pub session: String,
    /// When the person was asked for their word; `None`: never. What is being sent was approved then.
    #[serde(default)]
    pub asked_at: Option<i64>,
    /// Whether a cancellation was asked for.
    #[serde(default)]
    pub cancelled: bool,
    /// Whether anything was asked of LinkedIn for it.
    #[serde(default)]
    pub touched: bool,
    /// How many workers in a row ended while they asked LinkedIn for it.
    #[serde(default)]
    pub workers_ended: u8,
    /// Whether it was taken with a note: it is never sent without.
    #[serde(default)]
    pub noted: bool,
    /// Whom an invitation was offered for: the hash of their profile. See [`Entry::whom`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<u64>,
    /// Whether its server has since offered something else under its id: its result is nobody's there, and is not posted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disowned: bool,
    /// How far it is.
    pub stage: Stage,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("task", &self.task).field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

/// How far a task is. What each stage means after a restart is said at `step::resume`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A list is being walked.
    Walking(Box<Walk>),
    /// An invitation that waits for its person's word, and then for what hinders it. Nothing is asked of anybody.
    Asking {
        /// What to send.
        input: SendConnectionRequest,
        /// Whether the person approved of it.
        approved: bool,
        /// See [`Stage::Starting`].
        carried: bool,
    },
    /// The sent invitations are looked at before anything is sent: to count them, and, without a durable start, for
    /// whoever is to be invited.
    Checking {
        /// What to send.
        input: SendConnectionRequest,
        /// When this began.
        at: i64,
        /// Offset of the page to read.
        #[serde(default)]
        start: u64,
        /// See [`Stage::Starting`].
        #[serde(default)]
        carried: bool,
    },
    /// An invitation whose `start` is being asked for.
    Starting {
        /// What to send.
        input: SendConnectionRequest,
        /// When the request left, or is about to: the time to act is counted from here.
        at: i64,
        /// How often it was asked.
        tries: u32,
        /// Whether the entry comes from an earlier browser session, whose last writes may be missing.
        carried: bool,
    },
    /// "About to send": from here on it may have been sent.
    Sending {
        /// What is sent.
        input: SendConnectionRequest,
        /// When this was written.
        at: i64,
    },
    /// It may have been sent: LinkedIn's list is read for it.
    Verifying(Verification),
    /// Ended. The result is posted until a final answer comes.
    Finished(Outcome),
}

/// The search for an invitation that may have been sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Whom it was sent to.
    pub profile: String,
    /// When it was sent, by our clock; the earliest such time when it isn't known exactly.
    pub sent_at: i64,
    /// LinkedIn's clock less ours at about that time, in ms, when it is known: ours may have been set since.
    #[serde(default)]
    pub clock_ahead: Option<i64>,
    /// From when the looks are counted.
    pub counted_from: i64,
    /// How many looks were taken.
    pub looks: u8,
    /// What LinkedIn said to the POST itself; reported when the invitation isn't found.
    pub refused_with: Option<ErrorCode>,
    /// Whether a server asked for it of an agent that knows of no such invitation: then it keeps to the person's hours.
    #[serde(default)]
    pub on_request: bool,
    /// Whether by the disk nothing of it was begun, and only the last writes of an earlier browser session may be missing:
    /// when the list is read and it isn't there, it is given back.
    #[serde(default)]
    pub gives_back: bool,
}

/// The end of a task.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The members of `complete`'s body, less the token and the braces. Not part of the record's head.
    #[serde(skip)]
    pub body: Rc<str>,
    /// For the popup and the tombstone.
    pub summary: Summary,
}

/// How a task ended, without anything of its input or output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The task.
    pub task: String,
    /// Its kind.
    pub task_type: String,
    /// How it ended.
    pub ended: Ended,
    /// When.
    pub at: i64,
    /// Whether the server took the result. `false` after it refused it for good, too.
    pub acknowledged: bool,
    /// The status with which it refused it for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<u16>,
    /// Whether it ended after an effect may have begun: then it is remembered for a repeated offer.
    #[serde(default = "remembered")]
    pub acted: bool,
}

/// A record that doesn't say is taken for one that must be remembered.
const fn remembered() -> bool {
    true
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Done.
    Completed,
    /// Failed, and why.
    Failed(ErrorCode),
    /// Given back unbegun.
    Returned,
    /// Closed by its server, or gone with the pairing, before anything of it was done.
    Closed,
}

impl Ended {
    /// The end in one word, and the code of a failure.
    #[must_use]
    pub const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Completed => ("completed", None),
            Self::Failed(code) => ("failed", Some(code.as_str())),
            Self::Returned => ("returned", None),
            Self::Closed => ("closed", None),
        }
    }
}

impl Stage {
    /// Whom an invitation that has not ended is for.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        match self {
            Self::Verifying(search) => Some(&search.profile),
            _ => self.input().map(|input| input.profile.as_str()),
        }
    }

    /// What is to be sent, or being sent.
    #[must_use]
    pub const fn input(&self) -> Option<&SendConnectionRequest> {
        match self {
            Self::Asking { input, .. }
            | Self::Checking { input, .. }
            | Self::Starting { input, .. }
            | Self::Sending { input, .. } => Some(input),
            Self::Walking(_) | Self::Verifying(_) | Self::Finished(_) => None,
        }
    }

    const fn input_mut(&mut self) -> Option<&mut SendConnectionRequest> {
        match self {
            Self::Asking { input, .. }
            | Self::Checking { input, .. }
            | Self::Starting { input, .. }
            | Self::Sending { input, .. } => Some(input),
            Self::Walking(_) | Self::Verifying(_) | Self::Finished(_) => None,
        }
    }
}

/// Whether a server's task id can be one: it becomes a storage key and a part of a URL.
#[must_use]
pub fn is_task_id(id: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-');
    (1..=128).contains(&id.len()) && id.bytes().all(allowed) && !matches!(id, "." | "..")
}

impl Outcome {
    /// An outcome with its body. `output_json` is a documented output, a failure, or `null`.
    #[must_use]
    pub fn new(summary: Summary, output_json: &str, effect: Effect) -> Self {
        let (status, _) = summary.ended.words();
        let effect = match effect {
            Effect::None => "none",
            Effect::Done => "done",
            Effect::Maybe => "maybe",
        };
        let body = format!("\"status\":\"{status}\",\"task_output\":{output_json},\"effect\":\"{effect}\"");
        Self { body: body.into(), summary }
    }
}

impl Entry {
    /// Whom an invitation is for, also when it has ended. A record of an earlier version may not say.
    #[must_use]
    pub fn whom(&self) -> Option<u64> {
        self.whom.or_else(|| self.stage.profile().map(hash_of))
    }

    /// Whether the entry was last written in this browser session. Chrome does not fsync its storage: after the browser
    /// went down, the last writes may be missing, and only an entry of the same session says for certain what was
    /// *not* yet begun.
    #[must_use]
    pub fn same_session(&self, session: &str) -> bool {
        self.session == session
    }

    /// When its person was asked, as they are told: it tells one invitation from another that took its place.
    #[must_use]
    pub fn shown_at(&self) -> i64 {
        self.asked_at.unwrap_or(self.accepted_at)
    }

    /// The phase a server is told of.
    #[must_use]
    pub const fn phase(&self) -> HeldPhase {
        match &self.stage {
            Stage::Walking(walk) if walk.walked == 0 => HeldPhase::Claimed,
            Stage::Asking { .. } | Stage::Checking { .. } | Stage::Starting { .. } => HeldPhase::Claimed,
            Stage::Walking(_) | Stage::Sending { .. } => HeldPhase::Running,
            Stage::Verifying(_) => HeldPhase::Verifying,
            Stage::Finished(_) => HeldPhase::Finished,
        }
    }

    /// Whether LinkedIn is only read for it now.
    #[must_use]
    pub const fn reads(&self) -> bool {
        matches!(self.stage, Stage::Walking(_) | Stage::Checking { .. } | Stage::Verifying(_))
    }

    /// Whether it keeps the agent from taking another task: all but what is over, waits to be looked
    /// for, or waits for the person.
    #[must_use]
    pub const fn occupies(&self) -> bool {
        matches!(
            self.stage,
            Stage::Walking(_) | Stage::Checking { .. } | Stage::Starting { .. } | Stage::Sending { .. }
        )
    }

    /// Whether it may still be stopped: nothing of it was sent, and it has not ended.
    #[must_use]
    pub const fn is_before_effect(&self) -> bool {
        matches!(
            self.stage,
            Stage::Asking { .. } | Stage::Walking(_) | Stage::Checking { .. } | Stage::Starting { .. }
        )
    }

    /// Whether it comes from an earlier browser session, whose last writes may be missing: more of it may have been done
    /// than it says.
    #[must_use]
    pub const fn is_carried(&self) -> bool {
        matches!(
            self.stage,
            Stage::Asking { carried: true, .. }
                | Stage::Checking { carried: true, .. }
                | Stage::Starting { carried: true, .. }
        )
    }

    /// The record of the note, while there is something to send. It says which entry of the task it is of: an offer that
    /// takes the place of another may have another note.
    #[must_use]
    pub fn note_record(&self) -> Option<String> {
        let note = self.stage.input()?.note.as_deref()?;
        Some(format!("{}\n{note}", self.accepted_at))
    }

    /// Takes the note from its record. `false` when it is none of this entry's, or not wanted.
    pub fn recall_note(&mut self, record: &str) -> bool {
        let note = record.split_once('\n').filter(|(at, _)| *at == self.accepted_at.to_string());
        match (self.lacks_note(), self.stage.input_mut(), note) {
            (true, Some(input), Some((_, note))) => {
                input.note = Some(note.to_owned());
                true
            }
            _ => false,
        }
    }

    /// Whether the note of what is to be sent is lost: with the browser's session, or its record.
    #[must_use]
    pub fn lacks_note(&self) -> bool {
        self.noted && self.stage.input().is_some_and(|input| input.note.is_none())
    }

    /// The record, to be stored under the task's key. The note is not in it.
    #[must_use]
    pub fn to_record(&self) -> String {
        let mut head = Cow::Borrowed(self);
        if self.stage.input().is_some_and(|input| input.note.is_some()) {
            head.to_mut().stage.input_mut().into_iter().for_each(|input| input.note = None);
        }
        let mut record = json::write(head.as_ref());
        let lines: &[Rc<str>] = match &self.stage {
            Stage::Walking(walk) => &walk.rows,
            Stage::Finished(outcome) => std::slice::from_ref(&outcome.body),
            _ => &[],
        };
        for line in lines {
            record.push('\n');
            record.push_str(line);
        }
        record
    }

    /// About how much of storage it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.stage {
            Stage::Walking(walk) => walk.size(),
            Stage::Finished(outcome) => outcome.body.len(),
            _ => 0,
        }
    }

    /// Reads a record. `None` for one that is damaged.
    #[must_use]
    pub fn from_record(record: &str) -> Option<Self> {
        let mut lines = record.split('\n');
        let mut entry: Self = json::read(lines.next()?)?;
        // Records had the note in them once.
        entry.noted |= entry.stage.input().is_some_and(|input| input.note.is_some());
        match &mut entry.stage {
            Stage::Walking(walk) => walk.rows = lines.map(Rc::from).collect(),
            Stage::Finished(outcome) => outcome.body = lines.next()?.into(),
            _ => {}
        }
        Some(entry)
    }
}
