//! What arrived, in order, and what was answered. Of cookies, CSRF values and passwords it keeps nothing; of the headers that
//! carry such only that they were there. Invitations it keeps whole, notes included, until the world begins anew.

use hyper::header::REFERER;
use serde_json::{Map, Value, json};

use crate::exchange::Call;
use crate::relation::Relations;

/// Headers that carry a secret: of these only the presence is kept.
const SECRET_HEADERS: [&str; 4] = ["cookie", "csrf-token", "authorization", "proxy-authorization"];

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

/// Outside `/voyager` queries and bodies are those of sign-in forms; of bodies only an invitation's tells a test anything.
fn seen(call: &Call, at_ms: i64) -> Value {
    let body = call.is_invitation().then(|| serde_json::from_slice(&call.body).unwrap_or(Value::Null));
    json!({
        "method": call.method,
        "path": call.path,
        "query": call.is_voyager().then_some(&call.raw_query),
        "http": call.http,
        "at_ms": at_ms,
        "arrived_us": call.arrived_us,
        "headers": headers(call),
        "body": body,
    })
}

/// Every header by its name: its text, or `true` for one whose text is not kept.
fn headers(call: &Call) -> Value {
    let mut headers = Map::new();
    for name in call.headers.keys() {
        let value = if SECRET_HEADERS.contains(&name.as_str()) {
            json!(true)
        } else {
            let values = call.headers.get_all(name).iter();
            let texts: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            let text = texts.join(", ");
            // A page's own address can hold what a form was filled with.
            json!(if name == REFERER { text.split('?').next().unwrap_or_default() } else { text.as_str() })
        };
        headers.insert(name.as_str().to_owned(), value);
    }
    headers.into()
}
