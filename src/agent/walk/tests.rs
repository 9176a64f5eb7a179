//! Walks over a list that clamps its pages, has odd rows, and shifts while it is read.

#![cfg(not(target_arch = "wasm32"))]

use super::{Cursor, Page, PageRequest, PageRow, Progress, Walk};
use liaison_protocol::{Connection, FetchConnections, Fields};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A row of the list: its number names it; some name no member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Whole(u32),
    Unresolved(u32),
    Unreadable,
}

/// The list, as LinkedIn would give it out.
struct List {
    rows: Vec<Row>,
    clamp: usize,
    requests: Vec<PageRequest>,
}

/// What a walk came to.
struct Walked {
    numbers: Vec<u32>,
    walk: Walk,
    at_end: bool,
}

fn numbers(range: std::ops::Range<u32>) -> Vec<Row> {
    range.map(Row::Whole).collect()
}

fn input(start: u64, count: u64) -> FetchConnections {
    FetchConnections { keyword: None, sort_type: None, start, count, fields: Fields::Documented }
}

fn by_keyword(start: u64, count: u64) -> FetchConnections {
    FetchConnections { keyword: Some("k".to_owned()), ..input(start, count) }
}

impl List {
    fn new(rows: Vec<Row>, clamp: usize) -> Self {
        Self { rows, clamp, requests: Vec::new() }
    }

    /// Every fourth row has the keyword.
    fn page(&mut self, asked: PageRequest, by_keyword: bool) -> Page {
        self.requests.push(asked);
        let start = usize::try_from(asked.start).unwrap();
        let count = usize::try_from(asked.count).unwrap().min(self.clamp);
        let rows = self.rows.iter().skip(start).take(count);
        let received = rows.len() as u64;
        let row = |(index, row): (u64, &Row)| {
            let (number, resolved) = match row {
                Row::Whole(number) => (*number, true),
                Row::Unresolved(number) => (*number, false),
                Row::Unreadable => return None,
            };
            let entity_urn = format!("urn:li:fsd_profile:{number:06}");
            let matches = !by_keyword || number % 4 == 0;
            let connection = Connection { entity_urn, ..Connection::default() };
            Some(PageRow { index, connection, more: None, resolved, matches })
        };
        Page { rows: (0..).zip(rows).filter_map(row).collect(), received }
    }

    /// Walks to the end. `change` may change the list before the request of each number, from 0.
    fn walk(&mut self, mut walk: Walk, mut change: impl FnMut(usize, &mut Vec<Row>)) -> Walked {
        loop {
            change(self.requests.len(), &mut self.rows);
            let asked = walk.request();
            assert!((1..=100).contains(&asked.count), "{asked:?}");
            let page = self.page(asked, walk.input.keyword.is_some());
            assert!(self.requests.len() < 2_000, "the walk has no end");
            if let Progress::Finished { at_end } = walk.take(asked, &page) {
                return Walked { numbers: numbers_in(&walk), walk, at_end };
            }
        }
    }
}

fn numbers_in(walk: &Walk) -> Vec<u32> {
    let output: serde_json::Value = serde_json::from_str(&walk.output_json()).unwrap();
    let rows = output["connections"].as_array().unwrap();
    assert_eq!(output["total"], rows.len());
    rows.iter()
        .map(|row| row["entity_urn"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap())
        .collect()
}

fn walk(rows: Vec<Row>, clamp: usize, input: FetchConnections) -> (Walked, Vec<PageRequest>) {
    let mut list = List::new(rows, clamp);
    let walked = list.walk(Walk::new(input, None, None, 0), |_, _| {});
    (walked, list.requests)
}

/// Changes the list once, before the request of that number, by `change`.
fn shifted(
    rows: Vec<Row>,
    clamp: usize,
    input: FetchConnections,
    at: usize,
    change: impl Fn(&mut Vec<Row>),
) -> Walked {
    let mut list = List::new(rows, clamp);
    let walked = list.walk(Walk::new(input, None, None, 0), |nth, rows| {
        if nth == at {
            change(rows);
        }
    });
    assert!(list.requests.len() > at, "the list never changed");
    walked
}

#[test]
fn every_clamp_gives_the_same_rows() {
    for clamp in [2, 10, 40, 99, 100] {
        for (start, count) in [(0, 1), (0, 40), (0, 100), (0, 101), (0, 250), (30, 199), (200, 50), (0, 500)]
        {
            let (walked, _) = walk(numbers(0..250), clamp, input(start, count));
            let expected: Vec<u32> = (0..250)
                .skip(usize::try_from(start).unwrap())
                .take(usize::try_from(count).unwrap())
                .collect();
            assert_eq!(walked.numbers, expected, "clamp {clamp}, start {start}, count {count}");
            assert!(!walked.walk.findings.list_shifted && walked.walk.findings.duplicates == 0);
        }
    }
}

#[test]
fn a_list_that_ends_at_a_page_boundary_costs_one_request_to_know() {
    let (walked, requests) = walk(numbers(0..199), 100, input(0, 300));
    assert_eq!((walked.numbers.len(), walked.at_end), (199, true));
    let asked: Vec<_> = requests.iter().map(|asked| (asked.start, asked.count)).collect();
    assert_eq!(asked, [(0, 100), (99, 100), (198, 100)]);
}

#[test]
fn an_empty_list_and_an_offset_past_the_end_are_empty_answers() {
    for (rows, start) in [(0, 0), (5, 5), (5, 400)] {
        let (walked, requests) = walk(numbers(0..rows), 100, input(start, 40));
        assert_eq!((walked.numbers.len(), walked.at_end, requests.len()), (0, true, 1));
        assert_eq!(walked.walk.output_json(), r#"{"total":0,"connections":[]}"#);
    }
}

#[test]
fn a_walk_ends_in_the_middle_of_a_page_at_count() {
    let (walked, requests) = walk(numbers(0..300), 100, by_keyword(0, 30));
    assert_eq!(walked.numbers, (0..120).step_by(4).collect::<Vec<_>>());
    assert_eq!((walked.at_end, requests.len(), walked.walk.walked), (false, 2, 117));
}

#[test]
fn start_and_count_index_the_filtered_list() {
    let (walked, _) = walk(numbers(0..1_000), 40, by_keyword(37, 60));
    assert_eq!(walked.numbers, (0..1_000).step_by(4).skip(37).take(60).collect::<Vec<_>>());
    let (walked, _) = walk(numbers(0..1_000), 100, by_keyword(240, 60));
    assert_eq!((walked.numbers.len(), walked.at_end), (10, true));
}

#[test]
fn a_cursor_goes_on_in_the_unfiltered_list() {
    let mut list = List::new(numbers(0..1_000), 100);
    let first = list.walk(Walk::new(by_keyword(0, 30), None, None, 0), |_, _| {});
    let cursor: Cursor = first.walk.cursor(1_000);
    list.requests.clear();
    let next = list.walk(Walk::new(by_keyword(30, 30), Some(&cursor), None, 999), |_, _| {});
    assert_eq!(next.numbers, (0..1_000).step_by(4).skip(30).take(30).collect::<Vec<_>>());
    assert_eq!(list.requests[0].start, 116, "the row that was held last, number 116");
    for (cursor, now) in [(&cursor, 1_000), (&Cursor { start: 29, ..cursor.clone() }, 0)] {
        let walk = Walk::new(by_keyword(30, 30), Some(cursor), None, now);
        assert_eq!(walk.request().start, 0, "too old, or another caller's");
    }
}

#[test]
fn duplicates_are_dropped_and_counted() {
    let mut rows = numbers(0..250);
    rows.insert(120, Row::Whole(7));
    rows.insert(100, Row::Whole(99));
    let (walked, _) = walk(rows, 100, input(0, 500));
    assert_eq!(walked.numbers, (0..250).collect::<Vec<_>>());
    assert_eq!(walked.walk.findings.duplicates, 2);
}

#[test]
fn an_unresolved_row_is_in_the_answer_and_counted() {
    let mut rows = numbers(0..120);
    rows[99] = Row::Unresolved(99);
    rows[3] = Row::Unresolved(3);
    let (walked, _) = walk(rows, 100, input(0, 500));
    assert_eq!(walked.numbers, (0..120).collect::<Vec<_>>());
    assert_eq!(walked.walk.findings.unresolved, 2);
}

#[test]
fn an_unreadable_row_is_stepped_over_and_counted_once() {
    // In the middle of a page, at both sides of a page's end, and at the list's end.
    for gone in [vec![50], vec![99], vec![98, 99, 100], vec![198, 199], vec![249], vec![0], vec![99, 249]] {
        let mut rows = numbers(0..250);
        for &at in &gone {
            rows[at] = Row::Unreadable;
        }
        let (walked, _) = walk(rows, 100, input(0, 500));
        let expected: Vec<u32> = (0..250).filter(|n| !gone.contains(&(*n as usize))).collect();
        assert_eq!(walked.numbers, expected, "{gone:?}");
        assert_eq!(walked.walk.findings.unreadable, gone.len() as u64, "{gone:?}");
    }
}

#[test]
fn what_lies_behind_the_last_row_wanted_is_not_counted() {
    let mut rows = numbers(0..100);
    rows[60] = Row::Unreadable;
    let (walked, _) = walk(rows, 100, by_keyword(0, 10));
    assert_eq!(walked.walk.findings.unreadable, 0);
}

#[test]
fn new_rows_at_the_head_double_nothing() {
    for inserted in [1, 5, 99, 100, 150, 260, 400] {
        for clamp in [10, 40, 100] {
            let head = |rows: &mut Vec<Row>| drop(rows.splice(0..0, numbers(1_000..1_000 + inserted)));
            let walked = shifted(numbers(0..250), clamp, input(0, 900), 1, head);
            let old: Vec<u32> = walked.numbers.iter().copied().filter(|number| *number < 1_000).collect();
            assert_eq!(old, (0..250).collect::<Vec<_>>(), "{inserted} new, clamp {clamp}");
            let within_a_page = usize::try_from(inserted).unwrap() < clamp;
            assert!(!within_a_page || !walked.walk.findings.list_shifted, "{inserted} new, clamp {clamp}");
            assert!(
                !within_a_page || walked.numbers == old,
                "new rows before the place are not of this walk"
            );
        }
    }
}

#[test]
fn rows_taken_away_lose_none_behind_them() {
    for (clamp, pages) in [(10_usize, 1), (10, 13), (40, 1), (40, 5), (100, 1), (100, 4)] {
        // So many rows were read; each page but the first shows one of them again.
        let read = 1 + pages * (clamp - 1);
        for taken in [1, 3, clamp - 1] {
            // Far before the place, across it, and from the very row held last on.
            for from in [0, read - taken.div_ceil(2) - 1, read - 1] {
                let gone = from..from + taken;
                let away = |rows: &mut Vec<Row>| drop(rows.drain(gone.clone()));
                let walked = shifted(numbers(0..700), clamp, input(0, 900), pages, away);
                let there = |n: &u32| !gone.contains(&(*n as usize)) || (*n as usize) < read;
                let what = format!("{taken} from {from}, clamp {clamp}, {pages} pages");
                assert_eq!(walked.numbers, (0..700).filter(there).collect::<Vec<_>>(), "{what}");
                assert!(!walked.walk.findings.list_shifted, "{what}");
            }
        }
    }
}

#[test]
fn a_place_that_is_not_found_again_is_told() {
    // All that was read is gone.
    let walked = shifted(numbers(0..300), 40, input(0, 500), 2, |rows| drop(rows.drain(0..100)));
    assert!(walked.walk.findings.list_shifted);
    // From an offset: more than three pages before the place are gone.
    let walked = shifted(numbers(0..900), 100, input(500, 300), 1, |rows| drop(rows.drain(0..450)));
    assert!(walked.walk.findings.list_shifted);
}

#[test]
fn a_walk_goes_on_from_its_record() {
    let mut list = List::new(numbers(0..450), 100);
    let mut walk = Walk::new(input(20, 400), None, None, 0);
    loop {
        let asked = walk.request();
        let page = list.page(asked, false);
        if walk.take(asked, &page) != Progress::More {
            break;
        }
        let rows = std::mem::take(&mut walk.rows);
        walk = serde_json::from_str(&serde_json::to_string(&walk).unwrap()).unwrap();
        walk.rows = rows;
    }
    assert_eq!(numbers_in(&walk), (20..420).collect::<Vec<_>>());
}

#[test]
fn thirty_thousand_rows_cost_ten_requests_a_thousand() {
    let (walked, requests) = walk(numbers(0..30_000), 100, by_keyword(7_100, 500));
    assert_eq!(walked.numbers, (0..30_000).step_by(4).skip(7_100).collect::<Vec<_>>());
    assert_eq!((walked.walk.walked, walked.at_end), (30_000, true));
    assert!(requests.len() * 1_000 <= 10_200 * 30, "{} requests", requests.len());
}

/// Follows the documented loop: pages of `count` until one is shorter. `change` may change the list before the request
/// of each number. Returns what came, and whether any page said that the list had shifted.
fn caller_loop(
    list: &mut List,
    first: &FetchConnections,
    mut change: impl FnMut(usize, &mut Vec<Row>),
) -> (Vec<u32>, bool) {
    let (mut all, mut shifted, mut cursor) = (Vec::new(), false, None::<Cursor>);
    loop {
        let input = FetchConnections { start: first.start + all.len() as u64, ..first.clone() };
        let walked = list.walk(Walk::new(input, cursor.as_ref(), None, 0), &mut change);
        shifted |= walked.walk.findings.list_shifted;
        let came = walked.numbers.len() as u64;
        all.extend(walked.numbers);
        if came < first.count {
            return (all, shifted);
        }
        let stored = serde_json::to_string(&walked.walk.cursor(1)).unwrap();
        cursor = Some(serde_json::from_str(&stored).unwrap());
    }
}

#[test]
fn the_documented_loop_gives_everybody_once() {
    for clamp in [10, 40, 100] {
        for count in [7, 40, 100, 500] {
            let mut list = List::new(numbers(0..1_237), clamp);
            let (all, shifted) = caller_loop(&mut list, &input(0, count), |_, _| {});
            assert_eq!((all, shifted), ((0..1_237).collect(), false), "clamp {clamp}, count {count}");
            let mut list = List::new(numbers(0..1_237), clamp);
            let (all, shifted) = caller_loop(&mut list, &by_keyword(0, count), |_, _| {});
            assert_eq!(
                (all, shifted),
                ((0..1_237).step_by(4).collect(), false),
                "clamp {clamp}, count {count}"
            );
        }
    }
}

#[test]
fn between_two_tasks_the_very_row_held_last_may_go_and_new_ones_may_come() {
    for (taken, inserted) in [(1, 0), (1, 30), (3, 7), (0, 99), (5, 60)] {
        let mut list = List::new(numbers(0..400), 100);
        let (all, shifted) = caller_loop(&mut list, &input(0, 40), |nth, rows| {
            // Before the third task's first request.
            if nth == 2 {
                drop(rows.drain(80 - taken..80));
                drop(rows.splice(0..0, numbers(1_000..1_000 + inserted)));
            }
        });
        assert_eq!((all, shifted), ((0..400).collect(), false), "{taken} taken, {inserted} new");
    }
}

/// A change: before which request, where (as a share of the list), how many, in or out. With all of them the list is
/// shorter than what is asked for.
fn changes() -> impl Strategy<Value = Vec<(usize, f64, usize, bool)>> {
    prop::collection::vec((1_usize..12, 0.0..1.0, 1_usize..25, any::<bool>()), 0..6)
}

fn apply(
    (_, place, count, inserts): (usize, f64, usize, bool),
    rows: &mut Vec<Row>,
    fresh: &mut u32,
    gone: &mut BTreeSet<u32>,
) {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a short list"
    )]
    let at = (place * rows.len() as f64) as usize;
    if inserts {
        let new = u32::try_from(count).unwrap();
        rows.splice(at..at, numbers(*fresh..*fresh + new));
        *fresh += new;
        return;
    }
    let end = (at + count).min(rows.len());
    for row in rows.drain(at..end) {
        let Row::Whole(number) = row else { panic!("only whole rows are in these lists") };
        gone.insert(number);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_in_the_list_all_along_is_neither_lost_nor_doubled(
        length in 1_u32..350, clamp in prop::sample::select(vec![25_usize, 40, 100]), changes in changes(), keyword: bool,
    ) {
        let mut list = List::new(numbers(0..length), clamp);
        let mut fresh = 100_000;
        let mut gone = BTreeSet::new();
        let input = if keyword { by_keyword(0, 500) } else { input(0, 500) };
        let walked = list.walk(Walk::new(input, None, None, 0), |nth, rows| {
            for change in changes.iter().filter(|(at, ..)| *at == nth) {
                apply(*change, rows, &mut fresh, &mut gone);
            }
        });
        let excused = gone.len() >= clamp && walked.walk.findings.list_shifted;
        let all: BTreeSet<u32> = walked.numbers.iter().copied().collect();
        prop_assert_eq!(all.len(), walked.numbers.len(), "doubled");
        for number in (0..length).filter(|n| !keyword || n % 4 == 0) {
            let there = !gone.contains(&number);
            prop_assert!(!there || all.contains(&number) || excused, "{} is lost", number);
        }
    }

    #[test]
    fn what_is_in_the_list_all_along_comes_once_across_the_loop(
        length in 1_u32..350, clamp in prop::sample::select(vec![10_usize, 40, 100]), count in prop::sample::select(vec![15_u64, 40, 100]),
        changes in changes(), keyword: bool,
    ) {
        let mut list = List::new(numbers(0..length), clamp);
        let (mut fresh, mut gone) = (100_000, BTreeSet::new());
        let first = if keyword { by_keyword(0, count) } else { input(0, count) };
        let (all, shifted) = caller_loop(&mut list, &first, |nth, rows| {
            for change in changes.iter().filter(|(at, ..)| *at == nth) {
                apply(*change, rows, &mut fresh, &mut gone);
            }
        });
        let mut seen = BTreeSet::new();
        for number in &all {
            prop_assert!(seen.insert(*number) || shifted, "{} is doubled", number);
        }
        for number in (0..length).filter(|n| !keyword || n % 4 == 0) {
            prop_assert!(gone.contains(&number) || seen.contains(&number) || shifted, "{} is lost", number);
        }
    }
}
