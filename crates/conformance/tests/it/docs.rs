//! The page lists the checks as the program does, and each rests on a sentence that its page really has.

use crate::support::kit;
use serde_json::Value;
use std::fs;

fn page(name: &str) -> String {
    fs::read_to_string(format!("{}/../../{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Lines may be broken anywhere.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_page_lists_every_check() {
    let list = String::from_utf8(kit(&["--list"]).await.stdout).unwrap();
    assert!(list.lines().filter(|line| line.starts_with("| `")).count() > 60, "{list}");
    assert!(
        page("docs/CONFORMANCE.md").ends_with(&list),
        "docs/CONFORMANCE.md is to end with what `cargo run -p conformance -- --list` prints:\n{list}"
    );
}

#[tokio::test]
async fn every_rule_is_a_sentence_of_its_page() {
    let list: Value = serde_json::from_slice(&kit(&["--list", "--json"]).await.stdout).unwrap();
    let checks = list.as_array().unwrap();
    assert!(checks.len() > 60, "{} checks", checks.len());
    for check in checks {
        let text = |member: &str| check[member].as_str().unwrap();
        let found = words(&page(text("page"))).contains(&words(text("rule")));
        assert!(found, "{} says nowhere: {}", text("page"), text("rule"));
        assert!(text("id").starts_with(&format!("{}.", text("level"))), "{}", text("id"));
    }
    let mut ids: Vec<&str> = checks.iter().map(|check| check["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), checks.len(), "two checks have one name");
}
