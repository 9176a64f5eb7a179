//! A sound page gives its people: all of them, in order, under their own names, whichever form it has.

use crate::cases;
use crate::oracle::change::{Dice, add_unread};
use crate::oracle::list::{check, people};
use crate::oracle::tree::Tree;
use crate::people::{FORMS, Form, listed};
use liaison::voyager::Defect;
use liaison::voyager::connections::parse_list;
use proptest::prelude::{any, prop_assert_eq, proptest};

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn everybody_comes_out_in_order_and_under_their_own_name(listed in listed()) {
        for form in FORMS {
            let body = listed.body(form).to_string();
            match (parse_list(body.as_bytes()), listed.expected(form)) {
                (Ok(page), Some(expected)) => {
                    prop_assert_eq!(page.listed as usize, listed.order.len());
                    prop_assert_eq!(page.unreadable, 0);
                    prop_assert_eq!(people(&page), expected);
                }
                (made, None) => prop_assert_eq!(made.unwrap_err().defect, Defect::NothingUnderstood),
                (Err(error), Some(_)) => panic!("{error}"),
            }
            check(body.as_bytes());
        }
    }

    #[test]
    fn both_envelopes_of_the_same_people_give_the_same_rows(listed in listed()) {
        for [one, other] in [[Form::Normalised, Form::Nested], [Form::LegacyNormalised, Form::LegacyNested]] {
            let bodies = [one, other].map(|form| listed.body(form).to_string());
            let [one, other] = bodies.each_ref().map(|body| parse_list(body.as_bytes()).map_err(|error| error.defect));
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn members_that_nobody_reads_change_nothing(listed in listed(), seed in any::<u64>(), times in 1..12) {
        let mut dice = Dice(seed);
        for form in FORMS {
            let plain = listed.body(form).to_string();
            let mut body = Tree::read(plain.as_bytes()).unwrap();
            for _ in 0..times {
                add_unread(&mut body, &mut dice);
            }
            let body = body.json();
            let (made, with_more) = (parse_list(plain.as_bytes()), parse_list(body.as_bytes()));
            prop_assert_eq!(made.map_err(|error| error.defect), with_more.map_err(|error| error.defect));
        }
    }
}
