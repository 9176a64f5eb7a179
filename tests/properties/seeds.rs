//! Every seed of the fuzzers, and with them every input that ever made one fail.

use crate::oracle::{answer, list};
use std::fs;
use std::path::Path;

#[test]
fn pages() {
    replay("list", list::check);
}

#[test]
fn answers_to_an_invitation() {
    replay("invitation", |input| answer::check_invitation(&answer::split(input)));
}

#[test]
fn answers_to_a_read() {
    replay("error", |input| answer::check_read(&answer::split(input)));
}

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 50, "the seeds could not be read");
    for name in names {
        let seed = fs::read(&name).unwrap();
        assert!(std::panic::catch_unwind(|| check(&seed)).is_ok(), "{}", name.display());
    }
}
