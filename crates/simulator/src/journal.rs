//! What arrived, in order, and what was answered. Of cookies and CSRF values it keeps only whether the header was there.

use serde_json::{Value, json};

use crate::exchange::Call;
use crate::relation::Relations;

/// Headers whose values a test may want to see. None of them carries a secret.
const KEPT_HEADERS: [&str; 5] =
    ["accept", "origin", "sec-fetch-site", "content-type", "x-restli-protocol-version"];

/// The record of one world.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    requests: Vec<Entry>,
    posts: u64,
    unmatched: u64,
}

#[derive(Debug)]
struct Entry {
    seen: Value,
    status: Option<u16>,
    aborted: bool,
    faults: Vec<&'static str>,
}

impl Journal {
    /// Writes down a request on arrival; the number names it from then on.
    pub(crate) fn arrived(&mut self, call: &Call, at_ms: i64, faults: Vec<&'static str>) -> usize {
        self.posts += u64::from(call.is_invitation());
        let seq = self.requests.len();
        self.requests.push(Entry { seen: seen(call, at_ms), status: None, aborted: false, faults });
        seq
    }

    pub(crate) fn answered(&mut self, seq: usize, status: u16) {
        if let Some(entry) = self.requests.get_mut(seq) {
            entry.status = Some(status);
        }
    }

    /// The client went away before it had an answer.
    pub(crate) fn aborted(&mut self, seq: usize) {
        if let Some(entry) = self.requests.get_mut(seq) {
            entry.aborted = true;
        }
    }

    pub(crate) fn count_unmatched(&mut self) {
        self.unmatched += 1;
    }

    pub(crate) fn counts(&self, relations: &Relations) -> Value {
        json!({
            "requests": self.requests.len(),
            "posts": self.posts,
            "invitations": relations.requested().count(),
            "unmatched": self.unmatched,
            "aborted": self.requests.iter().filter(|entry| entry.aborted).count(),
        })
    }

    pub(crate) fn report(&self, relations: &Relations) -> Value {
        let requests: Vec<Value> =
            self.requests.iter().enumerate().map(|(seq, entry)| entry.report(seq)).collect();
        let invitations: Vec<Value> = relations
            .requested()
            .map(|sent| {
                json!({
                    "id": sent.id.to_string(),
                    "profile_id": sent.profile_id,
                    "note": sent.note,
                    "sent_ms": sent.sent_ms,
                })
            })
            .collect();
        json!({ "counts": self.counts(relations), "requests": requests, "invitations": invitations })
    }
}

impl Entry {
    fn report(&self, seq: usize) -> Value {
        let mut report = self.seen.clone();
        report["seq"] = json!(seq);
        report["status"] = json!(self.status);
        report["aborted"] = json!(self.aborted);
        report["faults"] = json!(self.faults);
        report
    }
}

fn seen(call: &Call, at_ms: i64) -> Value {
    let mut headers = json!({ "csrf_present": call.headers.contains_key("csrf-token") });
    for name in KEPT_HEADERS {
        headers[name] = json!(call.header(name));
    }
    let body = if call.method == "POST" {
        serde_json::from_slice(&call.body).unwrap_or(Value::Null)
    } else {
        Value::Null
    };
    json!({
        "method": call.method,
        "path": call.path,
        "query": call.raw_query,
        "http": call.http,
        "at_ms": at_ms,
        "headers": headers,
        "body": body,
    })
}
