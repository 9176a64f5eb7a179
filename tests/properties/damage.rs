//! Whatever happens to a page on its way, nobody comes out whom it doesn't name, and half of it is never all of it.

use crate::cases;
use crate::oracle::change::{Dice, change};
use crate::oracle::list::check;
use crate::oracle::tree::Tree;
use crate::people::{FORMS, listed};
use liaison::voyager::connections::parse_list;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// Every answer known to say no, and ones that say nothing.
fn refusals() -> impl Strategy<Value = Value> {
    let codes = select(vec![
        "CANT_RESEND_YET",
        "CUSTOM_INVITE_LIMIT_REACHED",
        "FUSE_LIMIT_EXCEEDED",
        "MAX_INVITATION_SENT",
        "PRIMARY_HANDLE_NOT_CONFIRMED",
        "CANT_INVITE_CONNECTION_LIMIT_REACHED",
    ]);
    let coded = (400..600, codes).prop_map(|(status, code)| json!({ "status": status, "code": code }));
    let plain = (400..600).prop_map(|status| json!({ "status": status }));
    let told = (400..600)
        .prop_map(|status| json!({ "status": status, "message": "This profile can't be accessed" }));
    let graphql = Just(json!({ "errors": [{ "message": "x", "extensions": { "status": 403 } }] }));
    prop_oneof![coded, plain, told, graphql].prop_flat_map(|error| {
        select(vec![json!({ "data": error, "included": [] }), json!({ "data": error }), error])
    })
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn a_field_that_is_null_of_another_kind_or_elsewhere(listed in listed(), seed in any::<u64>(), times in 1..5) {
        let mut dice = Dice(seed);
        for form in FORMS {
            let mut body = Tree::read(listed.body(form).to_string().as_bytes()).unwrap();
            for _ in 0..times {
                change(&mut body, &mut dice);
                check(body.json().as_bytes());
            }
        }
    }

    #[test]
    fn bytes_that_changed(listed in listed(), hits in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4)) {
        for form in FORMS {
            let mut body = listed.body(form).to_string().into_bytes();
            for (at, byte) in &hits {
                let at = at.index(body.len());
                body[at] = *byte;
                check(&body);
            }
        }
    }

    #[test]
    fn a_piece_that_got_lost(listed in listed(), from in any::<Index>(), length in 1..40_usize) {
        for form in FORMS {
            let mut body = listed.body(form).to_string().into_bytes();
            let from = from.index(body.len());
            let to = (from + length).min(body.len());
            body.drain(from..to);
            check(&body);
        }
    }

    #[test]
    fn an_end_that_never_came(listed in listed(), ends in proptest::collection::vec(any::<Index>(), 8)) {
        for form in FORMS {
            let body = listed.body(form).to_string().into_bytes();
            for end in &ends {
                prop_assert!(parse_list(&body[..end.index(body.len())]).is_err());
            }
        }
    }

    #[test]
    fn half_an_emoji_in_a_name_costs_one_character(listed in listed(), half in select(vec!["\\ud83d", "\\ude80"])) {
        for form in FORMS {
            let marked = listed.with_names_ending_in("SIM-HALF").body(form).to_string();
            let broken = marked.replace("SIM-HALF", half);
            let whole = marked.replace("SIM-HALF", "\u{fffd}");
            let (broken, whole) = (parse_list(broken.as_bytes()), parse_list(whole.as_bytes()));
            prop_assert!(broken.map_err(|error| error.defect) == whole.map_err(|error| error.defect));
        }
    }

    #[test]
    fn a_refusal_is_never_a_list(refusal in refusals(), seed in any::<u64>()) {
        let body = refusal.to_string();
        prop_assert!(parse_list(body.as_bytes()).is_err());
        let mut changed = Tree::read(body.as_bytes()).unwrap();
        change(&mut changed, &mut Dice(seed));
        check(changed.json().as_bytes());
    }
}
