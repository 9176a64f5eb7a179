//! LinkedIn's projections: which members of an answer are wanted, and which URNs are to be resolved.
//!
//! The grammar is small: `(a,b(c,d),e*(f),g~(h))`. A name selects a member, whole or with the parts in its parentheses;
//! `*` selects all members of a record or all entries of a list; `e*(f)` is short for `e(*(f))`; `g~` selects the URN
//! `g` and, beside it as `g~`, what it stands for. Names that nothing has select nothing, as in Rest.li.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// Deeper than any answer; keeps a hostile projection off the stack.
const MAX_DEPTH: usize = 8;
const ALL: &str = "*";

/// What is wanted of a value. The default is all of it, with no URN resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection(Option<BTreeMap<String, Projection>>);

/// Why a text is no projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something else stands at this character (counted from 1) than what may.
    Unexpected(usize),
    /// A parenthesis is never closed.
    Open,
    /// Deeper than any answer.
    Deep,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected(at) => write!(f, "not understood at character {at}"),
            Self::Open => f.write_str("ends before its ')'"),
            Self::Deep => write!(f, "more than {MAX_DEPTH} parentheses deep"),
        }
    }
}

impl Projection {
    /// Reads a projection, decoded.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut reader = Reader { rest: text, at: 1 };
        let projection = reader.parts(1)?;
        match reader.peek() {
            None => Ok(projection),
            Some(_) => Err(Fault::Unexpected(reader.at)),
        }
    }

    /// Whether anything at the end of `path` is wanted.
    pub fn reaches(&self, path: &[&str]) -> bool {
        let (Some(parts), [name, rest @ ..]) = (&self.0, path) else { return true };
        [*name, ALL].iter().filter_map(|name| parts.get(*name)).any(|part| part.reaches(rest))
    }

    /// What is wanted of `value`. Members whose names end in `~` are what a URN stands for, and are there only for those
    /// who ask.
    pub fn select(&self, value: Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(self.select_members(members)),
            Value::Array(entries) => {
                let of_each = self.part(ALL).unwrap_or_else(|| Self(Some(BTreeMap::new())));
                Value::Array(entries.into_iter().map(|entry| of_each.select(entry)).collect())
            }
            plain => plain,
        }
    }

    fn select_members(&self, members: Map<String, Value>) -> Map<String, Value> {
        let wanted = |(name, value): (String, Value)| {
            let part = match (self.part(&name), name.ends_with('~')) {
                (part, true) => part.filter(|_| self.0.is_some()),
                (part, false) => match (part, self.part(ALL)) {
                    (Some(part), Some(all)) => Some(part.merged(all)),
                    (part, all) => part.or(all),
                },
            };
            part.map(|part| (name, part.select(value)))
        };
        members.into_iter().filter_map(wanted).collect()
    }

    /// What is wanted of the member of this name; of all of it, when all is wanted.
    fn part(&self, name: &str) -> Option<Self> {
        self.0.as_ref().map_or_else(|| Some(Self::default()), |parts| parts.get(name).cloned())
    }

    /// What the one or the other wants.
    fn merged(self, other: Self) -> Self {
        let (mut parts, others) = match (self.0, other.0) {
            (None, None) => return Self::default(),
            (Some(parts), None) | (None, Some(parts)) => {
                (parts, BTreeMap::from([(ALL.to_owned(), Self::default())]))
            }
            (Some(parts), Some(others)) => (parts, others),
        };
        for (name, part) in others {
            add(&mut parts, name, part);
        }
        Self(Some(parts))
    }
}

fn add(parts: &mut BTreeMap<String, Projection>, name: String, part: Projection) {
    let part = match parts.remove(&name) {
        Some(before) => before.merged(part),
        None => part,
    };
    parts.insert(name, part);
}

struct Reader<'a> {
    rest: &'a str,
    /// Where it is, counted from 1.
    at: usize,
}

impl Reader<'_> {
    /// What comes next. Blanks between two signs say nothing.
    fn peek(&mut self) -> Option<char> {
        while self.rest.starts_with(' ') {
            self.step();
        }
        self.rest.chars().next()
    }

    fn step(&mut self) {
        let mut rest = self.rest.chars();
        if rest.next().is_some() {
            self.rest = rest.as_str();
            self.at += 1;
        }
    }

    fn takes(&mut self, sign: char) -> bool {
        let there = self.peek() == Some(sign);
        if there {
            self.step();
        }
        there
    }

    /// `(part,part)`
    fn parts(&mut self, depth: usize) -> Result<Projection, Fault> {
        if !self.takes('(') {
            return Err(Fault::Unexpected(self.at));
        }
        if depth > MAX_DEPTH {
            return Err(Fault::Deep);
        }
        let mut parts = BTreeMap::new();
        loop {
            self.part(depth, &mut parts)?;
            match self.peek() {
                Some(',') => self.step(),
                Some(')') => {
                    self.step();
                    return Ok(Projection(Some(parts)));
                }
                Some(_) => return Err(Fault::Unexpected(self.at)),
                None => return Err(Fault::Open),
            }
        }
    }

    /// `name`, `name(…)`, `name*(…)`, `name~`, `name~(…)`, `*`, `*(…)`
    fn part(&mut self, depth: usize, parts: &mut BTreeMap<String, Projection>) -> Result<(), Fault> {
        if self.takes('*') {
            let inner = self.inner(depth)?;
            add(parts, ALL.to_owned(), inner);
            return Ok(());
        }
        let mut name = self.name()?;
        if self.takes('*') {
            let of_each = BTreeMap::from([(ALL.to_owned(), self.inner(depth)?)]);
            add(parts, name, Projection(Some(of_each)));
            return Ok(());
        }
        if self.takes('~') {
            add(parts, name.clone(), Projection::default());
            name.push('~');
        }
        let inner = self.inner(depth)?;
        add(parts, name, inner);
        Ok(())
    }

    fn inner(&mut self, depth: usize) -> Result<Projection, Fault> {
        if self.peek() == Some('(') { self.parts(depth + 1) } else { Ok(Projection::default()) }
    }

    fn name(&mut self) -> Result<String, Fault> {
        let mut name = String::new();
        let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '$' | '.');
        // Blanks may stand before a name and not within it.
        let mut next = self.peek();
        while let Some(sign) = next.filter(|sign| is_part(*sign)) {
            name.push(sign);
            self.step();
            next = self.rest.chars().next();
        }
        match (name.is_empty(), self.peek()) {
            (false, _) => Ok(name),
            (true, None) => Err(Fault::Open),
            (true, Some(_)) => Err(Fault::Unexpected(self.at)),
        }
    }
}

#[cfg(test)]
mod tests;
