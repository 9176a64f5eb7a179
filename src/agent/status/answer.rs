//! What a command is answered with, and what is wrong, for a program and for a person.

use super::Status;
use crate::agent::log::LogLine;
use crate::agent::report::Report;
use liaison_protocol::ErrorCode;
use serde::Serialize;

/// The code of a record that was damaged and set aside.
pub const SET_ASIDE: &str = "record_set_aside";

/// The code of a server that gave no answer at all.
pub const UNREACHABLE: &str = "unreachable";

/// Something that is wrong, for a program and for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// For the program.
    pub code: &'static str,
    /// Which sentence this is, for a page that has it in the person's language; narrower than the code.
    pub said: &'static str,
    /// What stands in that sentence beside its words.
    pub values: Vec<String>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

impl Problem {
    /// A problem in plain words.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>, remedy: &'static str) -> Self {
        Self { code, said: code, values: Vec::new(), message: message.into(), remedy }
    }

    /// The same with a name for its sentence where the code has several, and with what stands in it.
    #[must_use]
    pub fn said(self, said: &'static str, values: Vec<String>) -> Self {
        Self { said, values, ..self }
    }

    /// A code of the protocol with its own sentence and remedy.
    #[must_use]
    pub fn of(code: ErrorCode) -> Self {
        Self::new(code.as_str(), code.sentence(), code.remedy())
    }

    /// Of a server: whether it answered at all.
    #[must_use]
    pub fn was_answered(&self) -> bool {
        ![UNREACHABLE, "no_permission"].contains(&self.code)
    }

    /// There is no server to work for.
    #[must_use]
    pub fn unpaired() -> Self {
        Self::new("unpaired", "This browser is not paired with a server", "Pair it first")
    }

    /// LinkedIn is closed to the extension.
    #[must_use]
    pub fn no_site_permission() -> Self {
        Self::new(
            "no_permission",
            "The browser doesn't let the extension talk to LinkedIn",
            "Allow access on the options page",
        )
    }
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whether it was done.
    pub ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
    /// To `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Box<Status>>,
    /// To `test_connection` and `check_linkedin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<TestStep>>,
    /// To `export_log`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Vec<LogLine>>,
    /// To `report`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Box<Report>>,
}

impl Answer {
    /// Done.
    #[must_use]
    pub const fn done() -> Self {
        Self { ok: true, error: None, status: None, steps: None, log: None, report: None }
    }

    /// Not done.
    #[must_use]
    pub fn refused(problem: Problem) -> Self {
        Self { error: Some(problem), ok: false, ..Self::done() }
    }
}

/// One step of the connection test, or of the look at LinkedIn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestStep {
    /// `permission`, `reach`, `protocol`, `authorise` or `linkedin`; `session`, `me` or `list`.
    pub name: &'static str,
    /// Whether it went well.
    pub ok: bool,
    /// Which sentence `detail` is; see [`Problem::said`]. `""` when there is none.
    pub said: &'static str,
    /// See [`Problem::values`].
    pub values: Vec<String>,
    /// What was found.
    pub detail: String,
    /// What to do; `""` when it went well.
    pub remedy: &'static str,
}

impl TestStep {
    /// A step that went well, with the name of what was found and that in words.
    #[must_use]
    pub fn passed(name: &'static str, said: &'static str, detail: &str) -> Self {
        Self { name, ok: true, said, values: Vec::new(), detail: detail.to_owned(), remedy: "" }
    }

    /// A step that went wrong.
    #[must_use]
    pub fn stumbled(name: &'static str, problem: Problem) -> Self {
        let Problem { said, values, message, remedy, .. } = problem;
        Self { name, ok: false, said, values, detail: message, remedy }
    }

    /// What the test as a whole says: what the first step that went wrong says.
    #[must_use]
    pub fn failure(steps: &[Self]) -> Option<Problem> {
        let failed = steps.iter().find(|step| !step.ok)?;
        let problem = Problem::new("test_failed", failed.detail.clone(), failed.remedy);
        Some(problem.said(failed.said, failed.values.clone()))
    }
}
