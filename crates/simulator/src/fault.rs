//! Faults: armed over the control side, each for the n-th request that matches it.

pub(crate) mod catalogue;

use std::collections::BTreeMap;

use hyper::header::HeaderName;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::exchange::{Answer, Call};
use crate::network::Shift;
use crate::wire;

/// A fault waiting for its request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Armed {
    #[serde(rename = "match", default)]
    target: Target,
    /// The first matching request it strikes, counted from one after arming.
    #[serde(default = "one")]
    nth: u32,
    /// How many matching requests in a row it strikes.
    #[serde(default = "one")]
    times: u32,
    fault: Fault,
    #[serde(skip)]
    seen: u32,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    method: Option<String>,
    /// A piece of the path with its query.
    path: Option<String>,
}

/// Before or after the request has taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum When {
    Before,
    After,
}

/// What goes wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fault {
    /// This very answer, without an effect.
    Status {
        status: u16,
        #[serde(default)]
        body: String,
        content_type: Option<String>,
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// A redirect, without an effect.
    Redirect {
        location: String,
        #[serde(default = "found")]
        status: u16,
    },
    /// A web page where JSON belongs, without an effect.
    Html { body: Option<String> },
    /// A refusal in the shape that was asked for, without an effect.
    Code { status: u16, code: Option<String>, message: Option<String> },
    /// A refusal of the catalogue, without an effect.
    Refusal { name: String },
    /// 200 without an invitation URN, without an effect.
    NoUrn {},
    /// The true answer, cut off after so many bytes of its body.
    Cut { after_bytes: usize },
    /// The connection is closed without a response head, with a TCP reset instead of an orderly end if `abort`.
    Reset {
        when: When,
        #[serde(default)]
        abort: bool,
    },
    /// On HTTP/2 this request's stream alone is reset; on HTTP/1.1, which has no streams, the connection.
    StreamReset {
        when: When,
        #[serde(default)]
        code: StreamCode,
    },
    /// The connection is to be used no more: GOAWAY on HTTP/2, `connection: close` on HTTP/1.1. The answer still comes.
    Goaway {},
    /// Nothing is answered until the control side releases the id.
    Hold {
        when: When,
        #[serde(default = "unnamed")]
        id: String,
    },
    /// The true answer with a key renamed wherever it occurs.
    Rename { from: String, to: String },
    /// The answer comes so much later.
    Delay { ms: u64 },
    /// Rows of the network change just before this request is answered.
    Shift(Shift),
}

/// Why a stream is reset, in HTTP/2's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StreamCode {
    /// Something broke.
    #[default]
    InternalError,
    /// Nothing was done: the client may send it again.
    RefusedStream,
    /// It is no longer wanted.
    Cancel,
}

impl StreamCode {
    pub(crate) fn reason(self) -> h2::Reason {
        match self {
            Self::InternalError => h2::Reason::INTERNAL_ERROR,
            Self::RefusedStream => h2::Reason::REFUSED_STREAM,
            Self::Cancel => h2::Reason::CANCEL,
        }
    }
}

impl Fault {
    /// The name of the kind, for the journal.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Redirect { .. } => "redirect",
            Self::Html { .. } => "html",
            Self::Code { .. } => "code",
            Self::Refusal { .. } => "refusal",
            Self::NoUrn {} => "no_urn",
            Self::Cut { .. } => "cut",
            Self::Reset { .. } => "reset",
            Self::StreamReset { .. } => "stream_reset",
            Self::Goaway {} => "goaway",
            Self::Hold { .. } => "hold",
            Self::Rename { .. } => "rename",
            Self::Delay { .. } => "delay",
            Self::Shift(_) => "shift",
        }
    }

    /// The answer that stands in for the true one, if the fault is of that kind.
    pub(crate) fn replacement(&self, call: &Call) -> Option<Answer> {
        match self {
            Self::Status { status, body, content_type, headers } => {
                let content_type = content_type.as_deref().unwrap_or("application/json");
                let answer = Answer::text(*status, content_type, body.as_str());
                Some(headers.iter().fold(answer, |answer, (name, value)| {
                    match HeaderName::from_bytes(name.as_bytes()) {
                        Ok(name) => answer.with_header(name, value.clone()),
                        Err(_) => answer,
                    }
                }))
            }
            Self::Redirect { location, status } => Some(Answer::redirect(*status, location)),
            Self::Html { body } => {
                let body = body.as_deref().unwrap_or("<!doctype html><title>LinkedIn</title><p>Loading…</p>");
                Some(Answer::html(200, body))
            }
            Self::Code { status, code, message } => {
                Some(Answer::error(call.shape(), *status, code.as_deref(), message.as_deref()))
            }
            Self::Refusal { name } => catalogue::find(name).map(|named| named.answer(call)),
            Self::NoUrn {} => catalogue::find("no_urn").map(|named| named.answer(call)),
            _ => None,
        }
    }
}

/// The faults of one world, in the order they were armed.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    armed: Vec<Armed>,
}

impl Faults {
    /// Arms a fault, unless it could never strike or could not be sent.
    pub(crate) fn arm(&mut self, armed: Armed) -> Result<(), &'static str> {
        if armed.nth == 0 || armed.times == 0 {
            return Err("nth and times count from 1");
        }
        match &armed.fault {
            Fault::Status { status, headers, .. } => {
                check_status(*status)?;
                if headers.iter().any(|(name, value)| !is_header(name, value)) {
                    return Err("a header's name or value cannot be sent");
                }
            }
            Fault::Redirect { status, location } => {
                check_status(*status)?;
                if !is_header("location", location) {
                    return Err("the location cannot be sent");
                }
            }
            Fault::Code { status, .. } => check_status(*status)?,
            Fault::Refusal { name } if catalogue::find(name).is_none() => {
                return Err("no refusal has that name: GET /__sim/faults lists them");
            }
            Fault::Shift(shift) => shift.check()?,
            _ => {}
        }
        self.armed.push(armed);
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    /// How many are armed and not yet used up.
    pub(crate) fn len(&self) -> usize {
        self.armed.len()
    }

    /// Counts the request against every fault and gives those that strike it. Used-up faults are dropped.
    pub(crate) fn strike(&mut self, call: &Call) -> Vec<Fault> {
        let mut struck = Vec::new();
        for armed in &mut self.armed {
            if armed.target.matches(call) {
                armed.seen += 1;
                if armed.seen >= armed.nth {
                    struck.push(armed.fault.clone());
                }
            }
        }
        self.armed.retain(|armed| armed.seen < armed.nth.saturating_add(armed.times - 1));
        struck
    }
}

impl Target {
    fn matches(&self, call: &Call) -> bool {
        self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&call.method))
            && self.path.as_ref().is_none_or(|piece| call.target().contains(piece.as_str()))
    }
}

/// Renames a key wherever it occurs in a JSON body; a body that is not JSON stays as it is.
pub(crate) fn rename_key(body: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    match serde_json::from_slice(&body) {
        Ok(value) => wire::text(&renamed(value, from, to)).into_bytes(),
        Err(_) => body,
    }
}

fn renamed(value: Value, from: &str, to: &str) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| renamed(item, from, to)).collect(),
        Value::Object(members) => {
            let member = |(key, value): (String, Value)| {
                (if key == from { to.to_owned() } else { key }, renamed(value, from, to))
            };
            Value::Object(members.into_iter().map(member).collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// Below 200 is no final answer; above 999 is no status. 999 itself is LinkedIn's word for a blocked client.
fn check_status(status: u16) -> Result<(), &'static str> {
    if (200..=999).contains(&status) { Ok(()) } else { Err("status must be 200 to 999") }
}

fn is_header(name: &str, value: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok() && hyper::header::HeaderValue::from_str(value).is_ok()
}

fn one() -> u32 {
    1
}

fn found() -> u16 {
    302
}

fn unnamed() -> String {
    "hold".to_owned()
}
