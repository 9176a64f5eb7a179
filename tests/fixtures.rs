//! The fixtures, natively: the same checks that run inside a browser, and what needs a file system.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "shared/fixtures.rs"]
mod fixtures;
#[path = "shared/refusals.rs"]
mod refusals;

use fixtures::{
    CONNECTIONS, Case, INVITATIONS, ME, READS, SENT, SUMMARY, pretty, render_connections, render_invitation,
    render_me, render_read, render_sent, render_summary, with_response,
};
use liaison::voyager::response::SiteResponse;
use serde_json::Value;
use std::path::{Path, PathBuf};

#[test]
fn every_page_of_connections_is_cleaned_as_written_down() {
    if !rewrite(CONNECTIONS, render_connections) {
        fixtures::check_all_connections();
    }
}

#[test]
fn every_answer_to_an_invitation_is_judged_as_written_down() {
    if !rewrite(INVITATIONS, render_invitation) {
        fixtures::check_all_invitations();
    }
}

#[test]
fn every_answer_to_a_read_is_judged_as_written_down() {
    if !rewrite(READS, render_read) {
        fixtures::check_all_reads();
    }
}

#[test]
fn every_answer_of_me_is_read_as_written_down() {
    if !rewrite(ME, render_me) {
        fixtures::check_all_me();
    }
}

#[test]
fn every_page_of_sent_invitations_is_read_as_written_down() {
    if !rewrite(SENT, render_sent) {
        fixtures::check_all_sent();
    }
}

#[test]
fn every_answer_of_the_summary_is_read_as_written_down() {
    if !rewrite(SUMMARY, render_summary) {
        fixtures::check_all_summaries();
    }
}

#[test]
fn every_refusal_is_told_apart() {
    refusals::check_all();
}

#[test]
fn every_resource_is_listed() {
    assert_eq!(names_in(&root()), ["connections", "invitation", "me", "read", "sent", "storage", "summary"]);
}

#[test]
fn every_folder_is_listed_and_complete() {
    for (resource, cases, files) in [
        ("connections", CONNECTIONS, &["clean.json", "raw.json"][..]),
        ("invitation", INVITATIONS, &["clean.json", "meta.json", "raw.json"][..]),
        ("me", ME, &["clean.json", "raw.json"][..]),
        ("read", READS, &["clean.json", "meta.json", "raw.json"][..]),
        ("sent", SENT, &["clean.json", "raw.json"][..]),
        ("summary", SUMMARY, &["clean.json", "raw.json"][..]),
    ] {
        let folders = names_in(&root().join(resource));
        let listed: Vec<String> = cases
            .iter()
            .filter_map(|case| case.name.split_once('/'))
            .map(|(_, case)| case.to_owned())
            .collect();
        assert_eq!(
            folders, listed,
            "folders of {resource} against the sorted list in tests/shared/fixtures.rs"
        );
        for folder in folders {
            assert_eq!(names_in(&root().join(resource).join(&folder)), files, "{resource}/{folder}");
        }
    }
}

/// With `UPDATE_FIXTURES=1`, writes what we make of each case; look at the difference before you commit it. Each case
/// is written as a seed for the fuzzers too.
fn rewrite(cases: &[Case], render: fn(&Case) -> Value) -> bool {
    if std::env::var_os("UPDATE_FIXTURES").is_none() {
        return false;
    }
    for case in cases {
        std::fs::write(root().join(case.name).join("clean.json"), pretty(&render(case))).expect(case.name);
        let (resource, name) = case.name.split_once('/').expect("a resource and a case");
        let (target, head) = match resource {
            "invitation" => ("invitation", with_response(case, head_of)),
            "read" => ("error", with_response(case, head_of)),
            _ => ("list", String::new()),
        };
        let seed = seeds().join(target).join(format!("{resource}-{name}"));
        std::fs::write(seed, head + &compact(case.raw)).expect(case.name);
    }
    true
}

/// What came around a body, as `tests/shared/oracle/answer.rs` reads it.
fn head_of(resp: &SiteResponse<'_>) -> String {
    let retry_after = resp.retry_after_ms.map_or_else(String::new, |wait| wait.to_string());
    format!("{}|{retry_after}|{}|{}\n", resp.status, resp.content_type.unwrap_or(""), resp.url)
}

/// Without the white space between values: a fuzzer had better change what means something.
fn compact(body: &str) -> String {
    let (mut within, mut escaped) = (false, false);
    let keep = |letter: &char| {
        let kept = within || !letter.is_ascii_whitespace();
        within ^= *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        kept
    };
    if body.trim_start().starts_with(['{', '[']) {
        body.chars().filter(keep).collect()
    } else {
        body.to_owned()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds")
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}
