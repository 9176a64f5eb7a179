//! The shared scenarios, at both levels of the protocol.

use crate::fakes::server::Level::{One, Two};
use crate::scenarios::kill::{Death, again_and_again, everywhere, power_fails_while_the_list_lags};
use crate::scenarios::{self, CONNECT, FETCH};

macro_rules! at_both_levels {
    ($($scenario:ident),+ $(,)?) => {$(
        #[test]
        fn $scenario() {
            scenarios::$scenario(One);
            scenarios::$scenario(Two);
        }
    )+};
}

at_both_levels!(
    whole_fetch,
    fetch_from_an_offset,
    fetch_by_keyword,
    cursor,
    whole_invitation,
    kill_and_resume_a_fetch,
    kill_between_post_and_answer,
    kill_between_tasks,
);

macro_rules! deaths {
    ($($name:ident: $death:expr;)+) => {$(
        mod $name {
            use super::*;

            #[test]
            fn of_a_fetch() {
                everywhere(FETCH, One, $death);
                everywhere(FETCH, Two, $death);
            }

            #[test]
            fn of_an_invitation_at_level_one() {
                everywhere(CONNECT, One, $death);
            }

            #[test]
            fn of_an_invitation_at_level_two() {
                everywhere(CONNECT, Two, $death);
            }
        }
    )+};
}

deaths! {
    worker_dies_at_every_point: Death::Worker;
    browser_dies_at_every_point: Death::Browser;
    power_fails_at_every_point_and_one_write_is_lost: Death::Power(1);
    power_fails_at_every_point_and_three_writes_are_lost: Death::Power(3);
    power_fails_at_every_point_and_nine_writes_are_lost: Death::Power(9);
}

#[test]
fn a_worker_that_dies_again_and_again_gets_there() {
    for level in [One, Two] {
        again_and_again(FETCH, level);
        again_and_again(CONNECT, level);
    }
}

#[test]
fn a_lagging_list_after_a_power_failure_makes_no_second_invitation() {
    power_fails_while_the_list_lags();
}
