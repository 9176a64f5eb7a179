//! What our own pages ask for, as it crosses the border and as the agent knows it.

use serde::Deserialize;
use serde_json::Value;

/// A command from one of our pages.
#[derive(Clone)]
pub enum Command {
    /// What is going on.
    Status,
    /// Pair with a server.
    Pair {
        /// Its URL.
        server: String,
        /// A one-time code.
        code: Option<String>,
        /// Or a token.
        token: Option<String>,
        /// What the person calls this browser.
        name: String,
    },
    /// Try the connection and say which step fails.
    TestConnection,
    /// Look at LinkedIn, and say what works.
    CheckLinkedIn,
    /// Forget the pairing.
    Forget,
    /// Pause or go on.
    SetPaused {
        /// Which.
        paused: bool,
    },
    /// Change settings, all of those given or none.
    SetSettings {
        /// An object with any of the settings' members but `paused`.
        settings: Value,
    },
    /// The person's word on an invitation that waits for it.
    Decide {
        /// Which.
        task: String,
        /// Whether it may go.
        approve: bool,
        /// When they were asked about what they were shown: a word on another invitation is not taken.
        asked_at_ms: i64,
    },
    /// Stop a task before its effect.
    CancelTask {
        /// Which.
        task: String,
    },
    /// Clear what LinkedIn's refusals latched, or a record that was set aside.
    ClearStop {
        /// What the person was shown: another one is not cleared.
        code: String,
    },
    /// What was done in the person's name.
    ExportLog,
    /// Erase that.
    EraseLog,
    /// Erase all that is kept of the person; what holds the agent back stays.
    EraseEverything,
    /// How the agent stands, in codes and counts, for whoever is asked for help.
    Report,
    /// An update waits: take nothing new and answer when nothing is in hand.
    Drain,
}

/// A command's message as it crosses the border: one flat object, its `kind` says which fields count.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct CommandMessage {
    kind: String,
    server: Option<String>,
    code: Option<String>,
    token: Option<String>,
    name: Option<String>,
    paused: Option<bool>,
    settings: Option<Value>,
    task: Option<String>,
    approve: Option<bool>,
    asked_at_ms: Option<i64>,
}

impl CommandMessage {
    /// The command; `None` for an unknown kind or a missing field. Draining is the worker's own to ask for.
    #[must_use]
    pub fn into_command(self) -> Option<Command> {
        Some(match self.kind.as_str() {
            "status" => Command::Status,
            "pair" => Command::Pair {
                server: self.server?,
                code: self.code,
                token: self.token,
                name: self.name.unwrap_or_default(),
            },
            "test_connection" => Command::TestConnection,
            "check_linkedin" => Command::CheckLinkedIn,
            "forget" => Command::Forget,
            "set_paused" => Command::SetPaused { paused: self.paused? },
            "export_log" => Command::ExportLog,
            "erase_log" => Command::EraseLog,
            "erase_everything" => Command::EraseEverything,
            "report" => Command::Report,
            // Not an object: refused with a sentence that says so.
            "set_settings" => Command::SetSettings { settings: self.settings.unwrap_or_default() },
            "decide" => {
                Command::Decide { task: self.task?, approve: self.approve?, asked_at_ms: self.asked_at_ms? }
            }
            "cancel_task" => Command::CancelTask { task: self.task? },
            "clear_stop" => Command::ClearStop { code: self.code? },
            _ => return None,
        })
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Status => "Status",
            Self::Pair { .. } => "Pair",
            Self::TestConnection => "TestConnection",
            Self::CheckLinkedIn => "CheckLinkedIn",
            Self::Forget => "Forget",
            Self::SetPaused { .. } => "SetPaused",
            Self::SetSettings { .. } => "SetSettings",
            Self::Decide { .. } => "Decide",
            Self::CancelTask { .. } => "CancelTask",
            Self::ClearStop { .. } => "ClearStop",
            Self::ExportLog => "ExportLog",
            Self::EraseLog => "EraseLog",
            Self::EraseEverything => "EraseEverything",
            Self::Report => "Report",
            Self::Drain => "Drain",
        })
    }
}
