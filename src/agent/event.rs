//! What happens to the agent, and what it wants done: events and effects, all plain values.

mod command;
mod sent;

pub use command::{Command, CommandMessage};
pub use sent::{SentLook, SentRow, hash_of};

use crate::agent::status::{Answer, Problem};
use crate::agent::walk::{Page, PageRequest};
use crate::ports::Notice;
use liaison_protocol::{
    CompleteAnswer, ErrorCode, Fallback, HeartbeatAnswer, PairAnswer, Poll, PollAnswer, StartAnswer,
};
use std::rc::Rc;

/// Names a command that waits for its answer.
pub type CommandId = u64;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The worker started; the state was loaded just before.
    Booted,
    /// A timer, an alarm or the shell woke us.
    Woken,
    /// The LinkedIn cookie changed: who is signed in must be asked again.
    SessionChanged,
    /// The extension was given or lost a permission.
    PermissionsChanged,
    /// One of our pages asks for something.
    Command(CommandId, Command),
    /// A poll was answered.
    Polled {
        /// Which.
        generation: u64,
        /// When it left.
        sent_at: i64,
        /// The answer.
        reply: Reply<PollAnswer>,
    },
    /// A `start` was answered.
    Started {
        /// For which task.
        task: String,
        /// The answer.
        reply: Reply<StartAnswer>,
    },
    /// A heartbeat was answered.
    Beaten {
        /// For which task.
        task: String,
        /// The answer.
        reply: Reply<HeartbeatAnswer>,
    },
    /// A `complete` was answered.
    Completed {
        /// For which task.
        task: String,
        /// The answer.
        reply: Reply<CompleteAnswer>,
    },
    /// LinkedIn answered, or didn't.
    Site {
        /// For which task; `None` for a look of our own.
        task: Option<String>,
        /// What was asked and what came of it.
        outcome: SiteOutcome,
    },
    /// The pairing that a command asked for was tried.
    Paired {
        /// The command.
        id: CommandId,
        /// What was asked.
        request: PairingRequest,
        /// What was drawn for this pairing.
        identity: Identity,
        /// The answer.
        result: Result<PairAnswer, Problem>,
    },
    /// The connection test that a command asked for was run.
    Probed {
        /// The command.
        id: CommandId,
        /// Its answer.
        answer: Answer,
        /// The instance whose poll the server answered as it should; `None` when it didn't.
        served: Option<String>,
    },
}

/// An answer of the task server, sorted.
#[derive(Clone, Debug)]
pub enum Reply<T> {
    /// 2xx with the expected body.
    Ok(T),
    /// Refused for good by status, with the body's `code` when it has one.
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's code.
        code: Option<String>,
    },
    /// No answer, a server in trouble, or something that is not our protocol: worth another try.
    Retry {
        /// What the server asked for.
        retry_after_ms: Option<u64>,
        /// For the popup.
        problem: Problem,
    },
}

/// Something to do. Its `Debug` is its name: it may carry an output or a note.
#[derive(Clone, PartialEq, Eq)]
pub enum Effect {
    /// Poll the server. At most one at a time.
    Poll {
        /// Comes back with the answer.
        generation: u64,
        /// The body.
        poll: Poll,
    },
    /// Break off the parked poll.
    AbortPoll,
    /// Ask for leave to send.
    Start {
        /// The task.
        task: String,
    },
    /// Say that a task is alive.
    Heartbeat {
        /// The task.
        task: String,
    },
    /// Post a result.
    Complete {
        /// The task.
        task: String,
        /// The body.
        body: Rc<str>,
    },
    /// Ask LinkedIn.
    Site {
        /// For which task.
        task: Option<String>,
        /// What.
        call: SiteCall,
    },
    /// Exchange a code, or try a token.
    Pair {
        /// The command.
        id: CommandId,
        /// What was asked.
        request: PairingRequest,
    },
    /// Run the connection test.
    Probe {
        /// The command.
        id: CommandId,
        /// A poll that accepts nothing.
        poll: Poll,
    },
    /// Call the person, outside of any page.
    Notify(Notice),
    /// What they were called for is over: the notification of this id goes.
    Withdraw(String),
    /// Answer a command.
    Answer(CommandId, Answer),
}

/// A pairing that is being tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingRequest {
    /// Where.
    pub server: crate::agent::server_url::ServerUrl,
    /// With what.
    pub secret: PairingSecret,
    /// What the person calls this browser.
    pub name: String,
    /// After how many partings: see [`crate::agent::state::Live::partings`].
    pub partings: u32,
}

/// What is drawn for a pairing from the browser's generator for secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The instance's name; the server learns it.
    pub instance: String,
    /// Keys the hash of the member; nobody learns it.
    pub salt: (u64, u64),
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

/// What proves that the person may pair. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub enum PairingSecret {
    /// A one-time code.
    Code(String),
    /// A token, pasted.
    Token(String),
}

impl std::fmt::Debug for PairingSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}

/// A call to LinkedIn, from the closed vocabulary. Its `Debug` is its name: it may carry a note.
#[derive(Clone, PartialEq, Eq)]
pub enum SiteCall {
    /// Who is signed in.
    Me,
    /// A page of the connections.
    List(ListCall),
    /// How many connections there are.
    Total {
        /// The sort order of the list that is wanted beside it, as the caller wrote it: a task with one that can't be asked
        /// for asks nothing.
        sort: Option<String>,
    },
    /// A page of the sent invitations, newest first: to look for one, and to count them.
    Sent {
        /// Whose is looked for.
        profile: String,
        /// Offset of the page.
        start: u64,
    },
    /// One invitation, sent at most once.
    Invite {
        /// Whom to invite.
        profile: String,
        /// The note.
        note: Option<String>,
        /// Not before this time: a clock that was set back.
        from: i64,
        /// Not after this time.
        until: i64,
    },
}

/// See [`SiteCall::List`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ListCall {
    /// The sort order, as the caller wrote it.
    pub sort: Option<String>,
    /// What the names are to contain; LinkedIn is not told of it.
    pub keyword: Option<String>,
    /// Which rows.
    pub page: PageRequest,
    /// By which way; `None`: the first.
    pub way: Option<Fallback>,
    /// Whether each row's time and the connection's own URN are wanted.
    pub full: bool,
}

impl std::fmt::Debug for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Poll { .. } => "Poll",
            Self::AbortPoll => "AbortPoll",
            Self::Start { .. } => "Start",
            Self::Heartbeat { .. } => "Heartbeat",
            Self::Complete { .. } => "Complete",
            Self::Site { .. } => "Site",
            Self::Pair { .. } => "Pair",
            Self::Probe { .. } => "Probe",
            Self::Notify(..) => "Notify",
            Self::Withdraw(..) => "Withdraw",
            Self::Answer(..) => "Answer",
        })
    }
}

impl std::fmt::Debug for SiteCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Me => "Me",
            Self::List(_) => "List",
            Self::Total { .. } => "Total",
            Self::Sent { .. } => "Sent",
            Self::Invite { .. } => "Invite",
        })
    }
}

/// What came of a [`SiteCall`].
#[derive(Clone, Debug)]
pub enum SiteOutcome {
    /// To [`SiteCall::Me`]: something stable that identifies the member.
    Me(Result<String, Trouble>),
    /// To [`SiteCall::List`].
    List(PageRequest, Result<Page, Trouble>),
    /// To [`SiteCall::Total`].
    Total(Result<u64, Trouble>),
    /// To [`SiteCall::Sent`].
    Sent(Result<SentLook, Trouble>),
    /// To [`SiteCall::Invite`].
    Invite {
        /// What became of it.
        outcome: InviteOutcome,
        /// LinkedIn's clock less ours, in ms, by the answer's `Date`; `None` where there was none, or ours was set meanwhile.
        clock_ahead_ms: Option<i64>,
    },
}

impl SiteOutcome {
    /// Whether a request left.
    #[must_use]
    pub fn was_asked(&self) -> bool {
        let unsent = matches!(self, Self::Invite { outcome: InviteOutcome::Unsent(_), .. });
        // What can't be asked for ends a task as if it had been.
        let asked = |trouble: &Trouble| trouble.asked && trouble.code != ErrorCode::InvalidInput;
        !unsent && self.trouble().is_none_or(asked)
    }

    /// What LinkedIn said no to, if it did.
    #[must_use]
    pub const fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Me(Err(trouble))
            | Self::List(_, Err(trouble))
            | Self::Total(Err(trouble))
            | Self::Sent(Err(trouble))
            | Self::Invite { outcome: InviteOutcome::Refused(trouble), .. } => Some(trouble),
            Self::Me(Ok(_))
            | Self::List(_, Ok(_))
            | Self::Total(Ok(_))
            | Self::Sent(Ok(_))
            | Self::Invite {
                outcome: InviteOutcome::Sent | InviteOutcome::Unknown | InviteOutcome::Unsent(_),
                ..
            } => None,
        }
    }
}

/// What came of one invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InviteOutcome {
    /// LinkedIn named the new invitation.
    Sent,
    /// LinkedIn refused, certainly.
    Refused(Trouble),
    /// It may have been sent.
    Unknown,
    /// The request never left.
    Unsent(Unsent),
}

/// Why an invitation's request never left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// The time to act had run out, or the clock went backwards.
    Late,
    /// Nobody is signed in.
    SignedOut,
    /// The permission for LinkedIn is gone.
    NoPermission,
}

/// Why LinkedIn's answer is of no use, with nothing of the answer in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The code.
    pub code: ErrorCode,
    /// LinkedIn's own word for it, or the shape found: never text of a page or a person.
    pub detail: Option<String>,
    /// What LinkedIn asked for.
    pub retry_after_ms: Option<u64>,
    /// Whether a request left at all.
    pub asked: bool,
}

impl Trouble {
    /// In `detail`: the browser doesn't let the extension talk to LinkedIn.
    pub const NO_PERMISSION: &'static str = "no_permission";
}
