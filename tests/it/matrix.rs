//! The kill matrix, natively: every case under every family of disturbances. `docs/KILL-MATRIX.md` has the table, and
//! says how to print it.

use crate::kills::cases::case;
use crate::kills::rows::{FAMILIES, row};

/// Of the second of two disturbances every so many'th position is tried, never the same ones twice in a row.
const EVERY: usize = 27;

/// With `KILL_MATRIX=dense` nine times as many.
fn stride() -> usize {
    if std::env::var_os("KILL_MATRIX").is_some_and(|how| how == "dense") { EVERY / 9 } else { EVERY }
}

/// Tries all families on a case, and prints a line for each.
#[expect(clippy::print_stdout, reason = "the table, for who asks for it")]
fn whole_row(name: &str) {
    let mut violations = Vec::new();
    for (family, _) in FAMILIES {
        let row = row(case(name), family, stride());
        println!("{row}");
        assert!(row.runs > 0, "{name}, {family:?}: nothing was tried");
        violations.extend(row.violations.into_iter().map(|wrong| format!("{family:?}: {wrong}")));
    }
    let shown = violations.iter().take(12).map(|wrong| format!("\n{wrong}")).collect::<String>();
    assert!(violations.is_empty(), "{name}: {} violations{shown}", violations.len());
}

macro_rules! cases {
    ($($test:ident: $case:literal;)+) => {$(
        #[test]
        fn $test() {
            whole_row($case);
        }
    )+};
}

cases! {
    a_read_of_one_page_at_level_one: "read, one page, level one";
    a_read_of_one_page: "read, one page";
    a_read_of_pages_at_level_one: "read, pages, level one";
    a_read_of_pages: "read, pages";
    a_read_by_keyword: "read, keyword";
    a_read_of_all_fields_at_level_one: "read, all fields, level one";
    a_read_of_all_fields: "read, all fields";
    a_read_of_the_total: "read, total";
    an_invitation: "invitation";
    an_invitation_with_a_note: "invitation, note";
    an_invitation_at_level_one: "invitation, level one";
    an_invitation_with_a_note_at_level_one: "invitation, note, level one";
    an_invitation_at_level_one_while_the_list_lags: "invitation, level one, list lags";
    an_invitation_that_is_asked_for_first: "invitation, asks first";
    an_invitation_that_is_asked_for_first_at_level_one: "invitation, asks first, level one";
    a_look_for_what_was_sent: "verify, sent";
    a_look_for_what_was_not_sent: "verify, not sent";
}
