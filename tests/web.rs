//! What runs inside a real service worker, without a server: `wasm-pack test --headless --chrome`.
//!
//! The checks of the cleaner, the tables and the scenarios are those that run natively, compiled to WebAssembly. Of the
//! browser's side the adapters alone are tested here: they hold no logic.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "web/clock.rs"]
mod clock;
#[path = "web/exports.rs"]
mod exports;
#[path = "web/fake.rs"]
mod fake;
#[path = "shared/fakes.rs"]
mod fakes;
#[path = "shared/fixtures.rs"]
mod fixtures;
#[path = "shared/matrix.rs"]
mod matrix;
#[path = "shared/refusals.rs"]
mod refusals;
#[path = "shared/scenarios.rs"]
mod scenarios;
#[path = "web/server.rs"]
mod server;
#[path = "web/site.rs"]
mod site;
#[path = "web/store.rs"]
mod store;
#[path = "shared/tables.rs"]
mod tables;

use fakes::server::Level::{One, Two};
use matrix::cases::case;
use matrix::rows::{Family, row};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_service_worker);

#[wasm_bindgen_test]
fn this_is_a_service_worker() {
    assert_eq!(fake::global_name(), "ServiceWorkerGlobalScope");
}

#[wasm_bindgen_test]
fn every_page_of_connections_is_cleaned_as_written_down() {
    assert!(fixtures::CONNECTIONS.len() >= 20);
    fixtures::check_all_connections();
}

#[wasm_bindgen_test]
fn every_answer_to_an_invitation_is_judged_as_written_down() {
    assert!(fixtures::INVITATIONS.len() >= 50);
    fixtures::check_all_invitations();
}

#[wasm_bindgen_test]
fn every_answer_to_the_other_reads_is_read_as_written_down() {
    assert!(fixtures::READS.len() >= 60 && fixtures::ME.len() >= 20 && fixtures::SENT.len() >= 15);
    fixtures::check_all_reads();
    fixtures::check_all_me();
    fixtures::check_all_sent();
    fixtures::check_all_summaries();
}

#[wasm_bindgen_test]
fn every_refusal_is_told_apart() {
    refusals::check_all();
}

#[wasm_bindgen_test]
fn every_spelling_of_a_profile() {
    tables::check_urns();
}

#[wasm_bindgen_test]
fn every_note() {
    tables::check_notes();
}

#[wasm_bindgen_test]
fn every_documented_complaint_about_an_input() {
    tables::check_refused_inputs();
}

#[wasm_bindgen_test]
fn every_input_that_is_taken() {
    tables::check_taken_inputs();
}

/// Through the driver and its steps, on a world made of memory, with a server of either level.
macro_rules! at_both_levels {
    ($($scenario:ident),+ $(,)?) => {$(
        #[wasm_bindgen_test]
        fn $scenario() {
            scenarios::$scenario(One);
            scenarios::$scenario(Two);
        }
    )+};
}

at_both_levels!(
    whole_fetch,
    fetch_from_an_offset,
    fetch_by_keyword,
    cursor,
    whole_invitation,
    kill_and_resume_a_fetch,
    kill_between_post_and_answer,
    kill_between_tasks,
);

#[wasm_bindgen_test]
fn an_invitation_is_sent_once_wherever_the_worker_dies() {
    for name in ["invitation", "invitation, level one"] {
        let row = row(case(name), Family::Worker, 1);
        assert!(row.runs > 15 && row.violations.is_empty(), "{row}: {:?}", row.violations);
    }
}
