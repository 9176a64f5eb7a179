//! The shared scenarios, at both levels of the protocol.

use crate::fakes::server::Level::{One, Two};
use crate::scenarios::kill::again_and_again;
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

#[test]
fn a_worker_that_dies_again_and_again_gets_there() {
    for level in [One, Two] {
        again_and_again(FETCH, level);
        again_and_again(CONNECT, level);
    }
}
