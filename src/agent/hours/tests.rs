use super::*;

const HOUR: i64 = 3_600_000;
/// Monday, 26 October 2026, midnight UTC.
const MONDAY: i64 = 1_792_972_800_000;

fn hours(days: &[u8], from: &str, to: &str) -> Hours {
    Hours::new(days, from, to).unwrap()
}

fn all_but_a_minute() -> Hours {
    hours(&[1, 2, 3, 4, 5, 6, 7], "00:01", "00:00")
}

fn at(day: i64, hour: i64, minute: i64) -> i64 {
    MONDAY + day * DAY_MS + hour * HOUR + minute * MINUTE_MS
}

fn utc(now: i64) -> Zone {
    Zone::survey(now, |_| 0)
}

/// A zone that changes from one offset to another.
fn changing(now: i64, change: i64, (before, after): (i32, i32)) -> Zone {
    Zone::survey(now, |at| if at < change { before } else { after })
}

#[test]
fn a_day_has_an_opening_and_a_closing() {
    let hours = hours(&[1, 2, 3, 4, 5], "09:00", "18:00");
    let table = [
        (at(0, 8, 59), false, at(0, 9, 0)),
        (at(0, 9, 0), true, at(0, 18, 0)),
        (at(0, 17, 59), true, at(0, 18, 0)),
        (at(0, 18, 0), false, at(1, 9, 0)),
        (at(4, 18, 0), false, at(7, 9, 0)),
        (at(6, 3, 0), false, at(7, 9, 0)),
        (at(-1, 23, 59), false, at(0, 9, 0)),
    ];
    for (now, open, change) in table {
        let zone = utc(now);
        assert_eq!((hours.is_open(now, &zone), hours.next_change(now, &zone)), (open, Some(change)), "{now}");
    }
}

#[test]
fn one_day_a_week_opens_again_in_a_week() {
    let hours = hours(&[3], "10:00", "10:01");
    let now = at(2, 10, 1);
    assert_eq!(hours.next_change(now, &utc(now)), Some(at(9, 10, 0)));
}

#[test]
fn hours_over_midnight_belong_to_the_day_on_which_they_begin() {
    let hours = hours(&[1, 5], "22:00", "06:00");
    let table = [
        (at(0, 5, 0), false, at(0, 22, 0)),
        (at(0, 23, 0), true, at(1, 6, 0)),
        (at(1, 5, 59), true, at(1, 6, 0)),
        (at(1, 6, 0), false, at(4, 22, 0)),
        (at(5, 1, 0), true, at(5, 6, 0)),
        (at(6, 1, 0), false, at(7, 22, 0)),
    ];
    for (now, open, change) in table {
        let zone = utc(now);
        assert_eq!((hours.is_open(now, &zone), hours.next_change(now, &zone)), (open, Some(change)), "{now}");
    }
    let until_midnight = all_but_a_minute();
    assert_eq!(until_midnight.next_change(at(0, 0, 0), &utc(at(0, 0, 0))), Some(at(0, 0, 1)));
}

#[test]
fn the_zone_moves_the_day() {
    let hours = hours(&[1], "09:00", "18:00");
    for (minutes, opens) in
        [(330, at(0, 3, 30)), (-480, at(0, 17, 0)), (840, at(-1, 19, 0)), (-720, at(0, 21, 0))]
    {
        let now = at(-2, 0, 0);
        let zone = Zone::survey(now, |_| minutes);
        assert_eq!(hours.next_change(now, &zone), Some(opens), "{minutes}");
        assert!(hours.is_open(opens, &zone) && !hours.is_open(opens - 1, &zone), "{minutes}");
    }
}

#[test]
fn an_opening_beyond_a_change_of_the_clocks_is_right() {
    let hours = hours(&[1, 2, 3, 4, 5], "09:00", "18:00");
    // Central Europe, 25 October 2026: at 01:00 UTC three becomes two. Asked on Friday evening.
    let (now, change) = (at(-3, 19, 0), at(-1, 1, 0));
    let zone = changing(now, change, (120, 60));
    assert_eq!(
        hours.next_change(now, &zone),
        Some(at(0, 8, 0)),
        "nine in the morning is eight in UTC by then"
    );
    // The other way round, as in spring: two becomes three.
    let (now, change) = (at(-3, 19, 0), at(-1, 1, 0));
    let zone = changing(now, change, (60, 120));
    assert_eq!(hours.next_change(now, &zone), Some(at(0, 7, 0)));
}

#[test]
fn an_hour_that_is_skipped_or_comes_twice_is_as_the_clock_shows_it() {
    let night = hours(&[7], "02:30", "03:30");
    let change = at(-1, 1, 0);
    // Two becomes three: it is half past three half an hour later, and half past two never is.
    let now = change - 6 * HOUR;
    let zone = changing(now, change, (60, 120));
    assert_eq!(night.next_change(now, &zone), Some(change));
    assert_eq!(night.next_change(change, &zone), Some(change + HOUR / 2));
    // Three becomes two: from half past two to three, then again from half past two to half past three.
    let zone = changing(now, change, (120, 60));
    let mut instants = vec![now];
    while let Some(next) =
        night.next_change(instants[instants.len() - 1], &zone).filter(|&at| at < change + 6 * HOUR)
    {
        instants.push(next);
    }
    assert_eq!(instants[1..], [change - HOUR / 2, change, change + HOUR / 2, change + 3 * HOUR / 2]);
}

#[test]
fn a_zone_is_surveyed_again_after_a_minute_or_when_the_clock_was_set_back() {
    let zone = utc(MONDAY);
    assert!(Zone::default().is_stale(MONDAY) && zone.is_stale(MONDAY - 1) && zone.is_stale(MONDAY + ZONE_MS));
    assert!(!zone.is_stale(MONDAY) && !zone.is_stale(MONDAY + ZONE_MS - 1));
}

#[test]
fn times_at_the_end_of_time_do_no_harm() {
    let hours = hours(&[1], "09:00", "18:00");
    for now in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX, 0] {
        let zone = Zone::survey(now, |_| i32::MAX);
        for zone in [&zone, &Zone::default()] {
            assert!(hours.next_change(now, zone).is_none_or(|at| at > now));
        }
    }
}
