//! A page of connections and its cleaning; the answers of `/me` and the sent invitations, which are read alike.

#![no_main]

use liaison_fuzz::{mutate, oracle::list};

libfuzzer_sys::fuzz_target!(|body: &[u8]| list::check(body));

libfuzzer_sys::fuzz_mutator!(|input: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(input, size, max_size, seed, |_| 0)
});
