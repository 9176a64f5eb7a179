//! The kill matrix, natively: every case under every family of disturbances. `docs/KILL-MATRIX.md` has the table, and
//! says how to print it.

use crate::kills::cases::case;
use crate::kills::rows::{FAMILIES, row};

/// Of the second of two disturbances every `stride`th position is tried; with `KILL_MATRIX=whole`, nine times as many.
fn density(stride: usize) -> usize {
    if std::env::var_os("KILL_MATRIX").is_some_and(|how| how == "whole") { stride.div_ceil(9) } else { stride }
}

/// Tries all families on a case, and prints a line for each.
#[expect(clippy::print_stdout, reason = "the table, for who asks for it")]
fn whole_row(name: &str, stride: usize) {
    let mut violations = Vec::new();
    for (family, _) in FAMILIES {
        let row = row(case(name), family, density(stride));
        println!("{row}");
        assert!(row.runs > 0, "{name}, {family:?}: nothing was tried");
        violations.extend(row.violations.into_iter().map(|wrong| format!("{family:?}: {wrong}")));
    }
    let shown = violations.iter().take(12).map(|wrong| format!("\n{wrong}")).collect::<String>();
    assert!(violations.is_empty(), "{name}: {} violations{shown}", violations.len());
}

macro_rules! cases {
    ($($test:ident: $case:literal, $stride:literal;)+) => {$(
        #[test]
        fn $test() {
            whole_row($case, $stride);
        }
    )+};
}

cases! {
    a_read_of_one_page_at_level_one: "read, one page, level one", 9;
    a_read_of_one_page: "read, one page", 9;
    a_read_of_pages_at_level_one: "read, pages, level one", 9;
    a_read_of_pages: "read, pages", 9;
    a_read_by_keyword: "read, keyword", 9;
    a_read_of_all_fields_at_level_one: "read, all fields, level one", 9;
    a_read_of_all_fields: "read, all fields", 9;
    a_read_of_the_total: "read, total", 9;
    an_invitation: "invitation", 9;
    an_invitation_with_a_note: "invitation, note", 9;
    an_invitation_at_level_one: "invitation, level one", 9;
    an_invitation_with_a_note_at_level_one: "invitation, note, level one", 9;
    an_invitation_at_level_one_while_the_list_lags: "invitation, level one, list lags", 9;
    a_look_for_what_was_sent: "verify, sent", 9;
    a_look_for_what_was_not_sent: "verify, not sent", 9;
}
