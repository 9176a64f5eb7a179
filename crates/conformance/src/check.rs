//! What a check is: what a server must do, and the sentence of the documentation that says so.

use std::fmt;

/// What a server can meet. Each but the first rests on the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Level {
    /// `poll` and `complete`.
    One,
    /// Level two: `start`, and the directives.
    Start,
    /// Level two: `heartbeat`.
    Heartbeat,
    /// The three documented calls of the caller API.
    Caller,
    /// What `docs/API.md` adds to them.
    Extras,
}

impl Level {
    /// In the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::One, Self::Start, Self::Heartbeat, Self::Caller, Self::Extras];

    /// As it is typed and printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Start => "start",
            Self::Heartbeat => "heartbeat",
            Self::Caller => "caller",
            Self::Extras => "extras",
        }
    }

    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::One => "level one: poll and complete",
            Self::Start => "level two: start and directives",
            Self::Heartbeat => "level two: heartbeat",
            Self::Caller => "the documented caller API",
            Self::Extras => "the caller API's extras",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that a server must do.
#[derive(Debug)]
pub struct Check {
    /// Its name, which begins with its level's.
    pub id: &'static str,
    /// The level that demands it.
    pub level: Level,
    /// What the server does if all is well.
    pub title: &'static str,
    /// The page that demands it, from the repository's root.
    pub page: &'static str,
    /// What the page says, word for word.
    pub rule: &'static str,
}

/// Defines checks, and the list `ALL` of them in their order.
macro_rules! checks {
    ($level:ident, $page:literal; $($name:ident $id:literal: $title:literal, $rule:literal;)+) => {
        $(static $name: Check =
            Check { id: $id, level: Level::$level, title: $title, page: $page, rule: $rule };)+
        /// The checks of this level, in the order in which they are printed.
        pub static ALL: &[&Check] = &[$(&$name),+];
    };
}
pub(crate) use checks;

/// Every check there is, level by level.
pub fn all() -> impl Iterator<Item = &'static Check> {
    use crate::level::{caller, extras, heartbeat, one, start};
    [one::ALL, start::ALL, heartbeat::ALL, caller::ALL, extras::ALL].into_iter().flatten().copied()
}
