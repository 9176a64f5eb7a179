//! Seeded chance: every "random" choice is a pure function of the seed and a few numbers, so two runs are alike byte for byte.

/// Mixes a seed and two numbers into 64 well-spread bits (two rounds of splitmix64).
pub(crate) fn draw(seed: u64, a: u64, b: u64) -> u64 {
    mix(mix(seed.wrapping_add(a.wrapping_mul(0x9e37_79b9_7f4a_7c15))).wrapping_add(b))
}

/// A number in `0..bound`; `bound` is at least 1.
pub(crate) fn below(bits: u64, bound: u64) -> u64 {
    bits % bound.max(1)
}

/// Picks one item of a list that is not empty.
pub(crate) fn pick<'a>(bits: u64, list: &[&'a str]) -> &'a str {
    let at = below(bits, list.len() as u64) as usize;
    list.get(at).copied().unwrap_or_default()
}

/// Shuffles in place (Fisher-Yates), the order being a function of `seed` alone.
pub(crate) fn shuffle<T>(items: &mut [T], seed: u64) {
    for last in (1..items.len()).rev() {
        let other = below(draw(seed, last as u64, 17), last as u64 + 1) as usize;
        items.swap(last, other);
    }
}

/// FNV-1a: turns a name into a number to draw with.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_keeps_every_item_and_repeats_itself() {
        let mut once: Vec<u32> = (0..100).collect();
        let mut twice = once.clone();
        shuffle(&mut once, 7);
        shuffle(&mut twice, 7);
        assert_eq!(once, twice);
        assert_ne!(once, (0..100).collect::<Vec<_>>());
        once.sort_unstable();
        assert_eq!(once, (0..100).collect::<Vec<_>>());
    }
}
