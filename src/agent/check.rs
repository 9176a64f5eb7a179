//! The look at LinkedIn that a person asks for: who is signed in, and one row of the list, said in words.

use crate::agent::event::{CommandId, Trouble};
use crate::agent::status::{Answer, Problem, TestStep};
use crate::agent::walk::Tried;
use liaison_protocol::{ErrorCode, Fallback};

/// A look under way. It dies with the worker, and the page that asked sees that no answer comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Who asked.
    pub asked_by: Vec<CommandId>,
    /// What it waits for.
    pub stage: CheckStage,
    /// How often it began anew.
    pub beginnings: u32,
    /// The ways to the list that have drifted.
    pub tried: Tried,
    /// Whether the CSRF token was read anew already.
    pub csrf_retried: bool,
    /// What was found so far.
    steps: Vec<TestStep>,
}

/// What a look waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStage {
    /// Who is signed in.
    Me,
    /// A row of the list.
    List {
        /// By which way; `None`: the first.
        way: Option<Fallback>,
        /// How many rows.
        rows: u64,
    },
}

impl Check {
    /// A look that has found nothing yet.
    #[must_use]
    pub fn new(id: CommandId) -> Self {
        Self {
            asked_by: vec![id],
            stage: CheckStage::Me,
            beginnings: 0,
            tried: 0,
            csrf_retried: false,
            steps: Vec::new(),
        }
    }

    /// The session has changed, or is no longer known: nothing that was found holds.
    pub fn begin_anew(&mut self) {
        let asked_by = std::mem::take(&mut self.asked_by);
        *self = Self { asked_by, beginnings: self.beginnings.saturating_add(1), ..Self::new(0) };
    }

    /// Whether it waits to hear who is signed in.
    #[must_use]
    pub fn wants_me(&self) -> bool {
        self.stage == CheckStage::Me
    }

    /// Notes that somebody is signed in, and whether it is the member whom the pairing is bound to.
    pub fn note_me(&mut self, is_bound: bool) {
        self.pass("session", "session_found", "This browser has a LinkedIn session");
        if is_bound {
            self.pass(
                "me",
                "member_bound",
                "LinkedIn knows the session, and it is the member this pairing is bound to",
            );
        } else {
            self.stumble("me", Problem::of(ErrorCode::WrongAccount));
        }
    }

    /// Notes that it can't be told who is signed in.
    pub fn note_me_trouble(&mut self, trouble: &Trouble) {
        if trouble.asked {
            self.pass("session", "session_found", "This browser has a LinkedIn session");
        }
        self.stumble(if trouble.asked { "me" } else { "session" }, problem_of(trouble));
    }

    /// Notes how many rows were read and whether one of them had a name, and by which way.
    pub fn note_list(&mut self, rows: usize, is_named: bool, way: Option<Fallback>) {
        let (said, detail) = match (way, rows) {
            (None, 0) => {
                ("list_empty", "LinkedIn lists no connections, and says so as this version knows it")
            }
            (_, 1..) if !is_named => {
                let message = "The connections were read, but LinkedIn gave no name with any of them";
                let problem = Problem::new(ErrorCode::Drift.as_str(), message, ErrorCode::Drift.remedy());
                return self.stumble("list", problem.said("list_nameless", Vec::new()));
            }
            (None, _) => ("list_read", "A row of the connections was read and understood"),
            (Some(Fallback::OlderDecoration), _) => (
                "list_older_decoration",
                "The connections were read, but only under an older decoration: LinkedIn has changed its list",
            ),
            (Some(Fallback::LegacyList), _) => (
                "list_legacy",
                "The connections were read, but only from LinkedIn's older list: LinkedIn has changed its list",
            ),
        };
        self.pass("list", said, detail);
    }

    /// Notes that the list can't be read.
    pub fn note_list_trouble(&mut self, trouble: &Trouble) {
        self.stumble("list", problem_of(trouble));
    }

    /// What is answered to those who asked.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let error = TestStep::failure(&self.steps);
        Answer { ok: error.is_none(), error, steps: Some(self.steps.clone()), ..Answer::done() }
    }

    fn pass(&mut self, name: &'static str, said: &'static str, detail: &str) {
        self.steps.push(TestStep::passed(name, said, detail));
    }

    fn stumble(&mut self, name: &'static str, problem: Problem) {
        self.steps.push(TestStep::stumbled(name, problem));
    }
}

fn problem_of(trouble: &Trouble) -> Problem {
    if trouble.detail.as_deref() == Some(Trouble::NO_PERMISSION) {
        return Problem::no_site_permission();
    }
    let problem = Problem::of(trouble.code);
    match &trouble.detail {
        Some(detail) => Problem {
            message: format!("{}: {detail}", problem.message),
            values: vec![detail.to_string()],
            ..problem
        },
        None => problem,
    }
}
