//! The checks of `tests/shared/oracle`, for the fuzz targets: they ask what the property tests ask.

#[path = "../../tests/shared/oracle.rs"]
pub mod oracle;

use oracle::change::{Dice, change};
use oracle::tree::Tree;

/// How many changes are made to the values at a time, at most.
const CHANGES: usize = 3;

/// Changes an input of `size` bytes in place and returns its new size. Bytes changed by chance are hardly ever JSON, so
/// half of the time it is the values that are changed. `head` is how many bytes stand before the body.
pub fn mutate(input: &mut [u8], size: usize, max_size: usize, seed: u32, head: fn(&[u8]) -> usize) -> usize {
    let mut dice = Dice(seed.into());
    let start = head(&input[..size]);
    let Some(mut body) = Tree::read(&input[start..size]).filter(|_| dice.roll(2) == 0) else {
        return libfuzzer_sys::fuzzer_mutate(input, size, max_size);
    };
    for _ in 0..=dice.roll(CHANGES) {
        change(&mut body, &mut dice);
    }
    let body = body.json();
    let end = start + body.len();
    match input[..max_size].get_mut(start..end) {
        Some(place) => place.copy_from_slice(body.as_bytes()),
        None => return libfuzzer_sys::fuzzer_mutate(input, size, max_size),
    }
    end
}

/// Where the body of an answer begins.
pub fn after_head(input: &[u8]) -> usize {
    input.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}
