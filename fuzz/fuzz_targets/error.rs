//! An answer to a read: `status|retry-after in ms|content type|address`, and the body under it.

#![no_main]

use liaison_fuzz::oracle::answer::{check_read, split};
use liaison_fuzz::{after_head, mutate};

libfuzzer_sys::fuzz_target!(|input: &[u8]| check_read(&split(input)));

libfuzzer_sys::fuzz_mutator!(|input: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(input, size, max_size, seed, after_head)
});
