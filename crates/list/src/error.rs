//! A body that could not be read as what it should be.

use super::shape::shape_of;
use std::fmt;

/// What a body lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Not one complete JSON value: cut off, or something else altogether.
    NotJson,
    /// No list where a list belongs.
    NoList,
    /// A list whose entries are there and none of which means anything to us.
    NothingUnderstood,
    /// No member where the session's own belongs.
    NoMember,
    /// No number of connections where it belongs.
    NoNumber,
}

impl Defect {
    const fn sentence(self) -> &'static str {
        match self {
            Self::NotJson => "not a complete json body",
            Self::NoList => "no list in the body",
            Self::NothingUnderstood => "rows present and none understood",
            Self::NoMember => "no member in the body",
            Self::NoNumber => "no number of connections in the body",
        }
    }
}

/// A defect, and the shape of the body that has it. Holds names of members and types of values, never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// For the program.
    pub defect: Defect,
    /// For whoever mends it: for example `{data:{status:number},included:[]}`.
    pub shape: String,
}

impl ParseError {
    /// The error for a body that has this defect.
    #[must_use]
    pub fn new(defect: Defect, body: &[u8]) -> Self {
        Self { defect, shape: shape_of(body) }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.defect.sentence())?;
        f.write_str(": ")?;
        f.write_str(&self.shape)
    }
}

impl std::error::Error for ParseError {}
