//! Every state of every run; every broken rule found out; and what lies beyond the assumptions, so that it is known.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use liaison_model::front::Front;
use liaison_model::rules::{Mutant, Rules};
use liaison_model::{runs, told};

#[test]
fn every_property_holds_in_every_state() {
    for run in runs::sound(false) {
        let found = runs::check(&run.rules, 2);
        println!("{}", told::row(run.name, &found));
        if let Some((property, path)) = found.broken {
            panic!("{}: {property}\n{}", run.name, told::path(&run.rules, &path));
        }
        assert!(found.missing.is_empty(), "{}: never: {:?}", run.name, found.missing);
    }
}

/// What each broken rule breaks. That a rule is needed is known only if the model does without it and fails.
#[test]
fn every_broken_rule_is_found_out() {
    const TWICE: &str = "at most one fetch, at most one invitation";
    const LATE: &str = "no fetch after the end";
    const LIES: &str = "failed means not sent, unless it says that nobody knows";
    let wanted = [
        ("no epoch check", TWICE),
        ("no start", TWICE),
        ("no act_within", LATE),
        ("token rotated on a repeat", "the same token gets the same answer"),
        ("resend on unknown", TWICE),
        ("not found taken for not sent", TWICE),
        ("journal after the fetch", TWICE),
        ("replayed ignored", TWICE),
        ("session ignored", TWICE),
        ("session ignored, level one", TWICE),
        ("no tombstones, level one", TWICE),
        ("no look before sending, level one", TWICE),
        ("an old entry given back", TWICE),
        ("an old entry called cancelled", LIES),
        ("an old entry sent", LIES),
        ("unknown after a harmless death", "outcome_unknown only where nobody can know"),
        ("returned taken after verify", LIES),
        ("silence taken for leave", TWICE),
        ("start answered before it is on disk", TWICE),
        ("a start repeated until the deadline", LATE),
        ("instances not told apart", TWICE),
        ("a sweep without a guard", "a finished task never changes"),
    ];
    let mutants = runs::mutants();
    assert_eq!(mutants.iter().map(|run| run.name).collect::<Vec<_>>(), wanted.map(|(name, _)| name));
    for (run, (_, breaks)) in mutants.iter().zip(wanted) {
        let found = runs::check(&run.rules, 1);
        println!("{}", told::row(run.name, &found));
        let (property, path) = found.broken.unwrap_or_else(|| panic!("{}: nothing broke", run.name));
        println!("{}", told::path(&run.rules, &path));
        assert_eq!(property, breaks, "{}", run.name);
        let repaired = Rules { mutants: &[], ..run.rules.clone() };
        assert_eq!(runs::check(&repaired, 1).broken, None, "{}", run.name);
    }
}

/// Of a server and an agent that guard the same thing, one may be broken and the other still holds.
#[test]
fn one_of_two_guards_holds() {
    let both = runs::mutants().into_iter().find(|run| run.rules.mutants.len() == 2).unwrap();
    for mutants in [&[Mutant::LookReturned][..], &[Mutant::ReturnedAfterVerify]] {
        let found = runs::check(&Rules { mutants, ..both.rules.clone() }, 1);
        assert_eq!(found.broken, None, "{mutants:?}");
    }
}

#[test]
fn what_lies_beyond_the_assumptions_is_known() {
    for run in runs::beyond() {
        let found = runs::check(&run.rules, 1);
        println!("{}", told::row(run.name, &found));
        let (_, path) = found.broken.unwrap();
        println!("{}", told::path(&run.rules, &path));
    }
}

#[test]
fn one_wish_is_one_task() {
    for (keyed, guarded) in [(true, true), (true, false), (false, true)] {
        let found = runs::check_front(Front { keyed, guarded, posts: 3 });
        assert_eq!((found.broken, found.missing), (None, vec![]), "key {keyed}, guard {guarded}");
    }
    assert!(runs::check_front(Front { keyed: false, guarded: false, posts: 2 }).broken.is_some());
}
