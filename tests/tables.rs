//! The tables of what callers may write, natively: the same rows that run inside a browser.

#![cfg(not(target_arch = "wasm32"))]

#[path = "shared/tables.rs"]
mod tables;

#[test]
fn every_spelling_of_a_profile() {
    tables::check_urns();
}

#[test]
fn every_note() {
    tables::check_notes();
}

#[test]
fn every_documented_complaint_about_an_input() {
    tables::check_refused_inputs();
}

#[test]
fn every_input_that_is_taken() {
    tables::check_taken_inputs();
}
