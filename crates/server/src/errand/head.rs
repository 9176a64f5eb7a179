//! What the head of an errand's answer says of it, since the body has another API's form.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use liaison_protocol::{Fallback, Findings};

const TASKS: HeaderName = HeaderName::from_static("x-liaison-tasks");
const FINDINGS: HeaderName = HeaderName::from_static("x-liaison-findings");

/// Names an errand's tasks.
pub fn name_tasks(response: &mut Response, tasks: &[String]) {
    insert(response, TASKS, &tasks.join(", "));
}

/// Says what was odd about the list, if anything was.
pub fn name_findings(response: &mut Response, findings: &Findings) {
    insert(response, FINDINGS, &listed(findings));
}

fn insert(response: &mut Response, name: HeaderName, text: &str) {
    if let Some(value) = HeaderValue::from_str(text).ok().filter(|value| !value.is_empty()) {
        response.headers_mut().insert(name, value);
    }
}

/// As a dictionary of RFC 9651, without what is as usual.
fn listed(findings: &Findings) -> String {
    let &Findings { unresolved, duplicates, unreadable, list_shifted, fallback } = findings;
    let counted = [("unresolved", unresolved), ("duplicates", duplicates), ("unreadable", unreadable)];
    let counted = counted.into_iter().filter(|(_, count)| *count > 0);
    let fallback = fallback.map(|way| match way {
        Fallback::OlderDecoration => "fallback=older_decoration",
        Fallback::LegacyList => "fallback=legacy_list",
    });
    let mut members = Vec::new();
    members.extend(list_shifted.then(|| "list_shifted".to_owned()));
    members.extend(counted.map(|(name, count)| format!("{name}={count}")));
    members.extend(fallback.map(str::to_owned));
    members.join(", ")
}
