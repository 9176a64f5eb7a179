use super::*;
use crate::agent::event::SentRow;
use crate::agent::settings::Settings;

const MINUTE: i64 = 60_000;
/// A Tuesday in 2026.
const NOW: i64 = 1_795_305_600_000;

fn defaults() -> Limits {
    Settings::default().limits()
}

/// A ledger with invitations sent at these times.
fn sent_at(times: impl IntoIterator<Item = i64>) -> Ledger {
    let mut ledger = Ledger::default();
    for (n, at) in times.into_iter().enumerate() {
        ledger.note(at, &format!("ACoAA{n}"));
    }
    ledger
}

fn look(rows: &[(&str, i64)], clock_ahead_ms: i64) -> SentLook {
    let row = |(id, at): &(&str, i64)| SentRow { who: hash_of(id), sent_ms: Some(*at) };
    SentLook { listed: false, sent_ms: None, clock_ahead_ms, rows: rows.iter().map(row).collect() }
}

#[test]
fn twenty_in_a_day_then_the_oldest_must_fall_out() {
    let mut ledger = Ledger::default();
    for n in 0..20 {
        assert_eq!(ledger.cap_wait(NOW + n * MINUTE, defaults()), None);
        ledger.note(NOW + n * MINUTE, &n.to_string());
    }
    let full = ledger.cap_wait(NOW + 20 * MINUTE, defaults());
    assert_eq!(full, Some((WaitReason::DailyLimit, Some(NOW + DAY_MS))));
    assert_eq!(ledger.cap_wait(NOW + DAY_MS, defaults()), None);
    assert_eq!(ledger.counts(NOW + DAY_MS), (19, 20));
}

#[test]
fn a_hundred_in_a_week() {
    let ledger = sent_at((0..100).map(|n| NOW + n * DAY_MS / 17));
    let now = NOW + 100 * DAY_MS / 17;
    assert_eq!(ledger.cap_wait(now, defaults()), Some((WaitReason::WeeklyLimit, Some(NOW + 7 * DAY_MS))));
}

#[test]
fn a_smaller_cap_waits_until_enough_have_fallen_out_and_none_is_without_end() {
    let ledger = sent_at((0..10).map(|n| NOW + n * MINUTE));
    let now = NOW + 10 * MINUTE;
    let few = Limits { per_day: 3, ..defaults() };
    assert_eq!(ledger.cap_wait(now, few), Some((WaitReason::DailyLimit, Some(NOW + 7 * MINUTE + DAY_MS))));
    assert_eq!(ledger.cap_wait(NOW + 7 * MINUTE + DAY_MS, few), None);
    for (none, reason) in [
        (Limits { per_day: 0, ..defaults() }, WaitReason::DailyLimit),
        (Limits { per_week: 0, ..defaults() }, WaitReason::WeeklyLimit),
    ] {
        assert_eq!(Ledger::default().cap_wait(NOW, none), Some((reason, None)));
    }
}

#[test]
fn the_gap_is_a_gap_whichever_way_the_clock_goes() {
    let ledger = sent_at([NOW]);
    for (now, until) in [(NOW, true), (NOW + 7_999, true), (NOW + 8_000, false), (NOW - 7_999, true)] {
        assert_eq!(ledger.gap_wait(now, defaults()), until.then_some(NOW + 8_000), "{}", now - NOW);
    }
}

#[test]
fn a_clock_set_back_forgets_nothing_and_waits_a_window_at_most() {
    let mut ledger = sent_at((0..20).map(|n| NOW + n));
    let now = NOW - 30 * DAY_MS;
    ledger.settle(now);
    assert_eq!(ledger.cap_wait(now, defaults()), Some((WaitReason::DailyLimit, Some(now + DAY_MS))));
    ledger.settle(now + DAY_MS);
    assert_eq!(ledger.cap_wait(now + DAY_MS, defaults()), None);
    assert_eq!(ledger.counts(now + DAY_MS), (0, 20));
    ledger.settle(NOW + MINUTE);
    assert_eq!(ledger.counts(NOW + MINUTE), (20, 20), "set right again, it is as before");
}

#[test]
fn what_was_sent_by_hand_is_added_once_by_our_clock() {
    let mut ledger = sent_at([NOW - MINUTE]);
    let ahead = 5 * MINUTE;
    let rows = look(
        &[
            ("ACoAA0", NOW - MINUTE + ahead + 900),
            ("ACoAAhand1", NOW - 2 * DAY_MS + ahead),
            ("ACoAAhand2", NOW + ahead + 400),
            ("ACoAAold", NOW - 7 * DAY_MS + ahead),
        ],
        ahead,
    );
    for _ in 0..2 {
        ledger.merge(&rows, NOW);
        assert_eq!(ledger.counts(NOW), (2, 3));
    }
    let until = ledger.cap_wait(NOW, Limits { per_week: 3, ..defaults() });
    assert_eq!(until, Some((WaitReason::WeeklyLimit, Some(NOW + 5 * DAY_MS))));
}

#[test]
fn a_clock_set_forth_is_found_out_by_the_list() {
    let mut ledger = sent_at((0..20).map(|n| NOW + n));
    let now = NOW + 10 * DAY_MS;
    assert_eq!(ledger.cap_wait(now, defaults()), None);
    let rows: Vec<(String, i64)> = (0..20).map(|n| (format!("ACoAA{n}"), NOW + n)).collect();
    let rows: Vec<(&str, i64)> = rows.iter().map(|(id, at)| (id.as_str(), *at)).collect();
    // LinkedIn's clock is an hour past the invitations, and so ten days behind ours.
    ledger.merge(&look(&rows, 60 * MINUTE - 10 * DAY_MS), now);
    assert_eq!(ledger.counts(now), (20, 20));
}

#[test]
fn times_of_an_earlier_version_are_known_again() {
    let mut ledger = Ledger::default();
    ledger.adopt(&[NOW - 8 * DAY_MS, NOW - DAY_MS / 2], NOW);
    ledger.merge(&look(&[("ACoAA7", NOW - DAY_MS / 2 + 1_000)], 0), NOW);
    ledger.merge(&look(&[("ACoAA7", NOW - DAY_MS / 2 + 1_000)], 0), NOW);
    assert_eq!(ledger.counts(NOW), (1, 1));
}

#[test]
fn a_look_holds_for_an_hour_and_for_its_account() {
    let mut ledger = Ledger::default();
    assert!(ledger.wants_look(NOW, "a") && !ledger.is_told());
    ledger.note_look(NOW, "a", true);
    assert!(!ledger.wants_look(NOW, "a") && !ledger.wants_look(NOW + LOOK_MS - 1, "a"));
    assert!(
        ledger.wants_look(NOW + LOOK_MS, "a")
            && ledger.wants_look(NOW, "b")
            && ledger.wants_look(NOW - 1, "a")
    );
    ledger.note_look(NOW, "a", false);
    assert_eq!((ledger.look_wait(NOW, "a"), ledger.is_told()), (None, false), "own counts alone stand");
    ledger.note_failed_look(NOW + LOOK_MS);
    let retry = NOW + LOOK_MS + ME_RETRY_MS;
    assert_eq!(ledger.look_wait(NOW + LOOK_MS, "a"), Some((WaitReason::Pacing, Some(retry))));
    assert_eq!(ledger.look_wait(retry, "a"), None);
}

#[test]
fn after_a_damaged_record_nothing_goes_before_the_list_was_read() {
    let mut ledger = Ledger::default();
    ledger.lose();
    assert_eq!(
        (ledger.look_wait(NOW, "a"), ledger.wants_look(NOW, "a")),
        (None, true),
        "the look may go at once"
    );
    ledger.note_look(NOW, "a", false);
    assert_eq!(ledger.look_wait(NOW, "a"), Some((WaitReason::WeeklyLimit, Some(NOW + LOOK_MS))));
    assert_eq!((ledger.look_wait(NOW + LOOK_MS, "a"), ledger.wants_look(NOW + LOOK_MS, "a")), (None, true));
    ledger.note_look(NOW + LOOK_MS, "a", true);
    assert_eq!(ledger.look_wait(NOW + LOOK_MS, "a"), None);
}

#[test]
fn a_record_with_any_numbers_is_counted_without_overflow() {
    for at in [i64::MIN, i64::MAX, -1, 0] {
        let record = format!("{{\"invites\":[{{\"at\":{at},\"back\":{at},\"who\":7}}],\"retry_at\":{at}}}");
        let mut ledger: Ledger = serde_json::from_str(&record).unwrap();
        for now in [NOW, i64::MIN, i64::MAX] {
            ledger.settle(now);
            ledger.merge(&look(&[("x", at)], at), now);
            assert_eq!(ledger.cap_wait(now, defaults()), None, "{at}, {now}");
            assert!(ledger.look_wait(now, "a").is_none_or(|(_, until)| until > Some(now)), "{at}, {now}");
            assert!(ledger.gap_wait(now, defaults()).is_none_or(|until| until >= now), "{at}, {now}");
        }
    }
}

#[test]
fn what_is_kept_is_bounded() {
    let mut ledger = Ledger::default();
    for n in 0..1_500 {
        ledger.note(NOW + n * MINUTE, &n.to_string());
    }
    assert_eq!(ledger.invites.len(), INVITES_KEPT);
    assert_eq!(ledger.invites.iter().map(|invite| invite.at).min(), Some(NOW + 500 * MINUTE));
}
