//! The fixtures, natively: the same checks that run inside a browser, and what needs a file system.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "shared/fixtures.rs"]
mod fixtures;
#[path = "shared/refusals.rs"]
mod refusals;

use fixtures::{CONNECTIONS, Case, INVITATIONS, pretty, render_connections, render_invitation};
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
fn every_refusal_is_told_apart() {
    refusals::check_all();
}

#[test]
fn every_folder_is_listed_and_complete() {
    for (resource, cases, files) in [
        ("connections", CONNECTIONS, &["clean.json", "raw.json"][..]),
        ("invitation", INVITATIONS, &["clean.json", "meta.json", "raw.json"][..]),
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

/// With `UPDATE_FIXTURES=1`, writes what we make of each case; look at the difference before you commit it.
fn rewrite(cases: &[Case], render: fn(&Case) -> Value) -> bool {
    if std::env::var_os("UPDATE_FIXTURES").is_none() {
        return false;
    }
    for case in cases {
        std::fs::write(root().join(case.name).join("clean.json"), pretty(&render(case))).expect(case.name);
    }
    true
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}
