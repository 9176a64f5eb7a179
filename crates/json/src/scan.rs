//! Where a run of plain text ends.

const LANES: usize = 8;
const ONES: u64 = u64::MAX / 0xFF;
const TOPS: u64 = ONES << 7;

/// The place, from `from` on, of the first byte that ends a run of plain text within a string: a quote, a backslash or
/// a control character. The length of `bytes` when there is none.
#[inline]
pub(crate) fn plain_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(lanes) = bytes.get(at..at + LANES).and_then(|lanes| <[u8; LANES]>::try_from(lanes).ok()) {
        let special = special(u64::from_le_bytes(lanes));
        if special != 0 {
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += LANES;
    }
    while bytes.get(at).is_some_and(|byte| *byte != b'"' && *byte != b'\\' && *byte >= 0x20) {
        at += 1;
    }
    at
}

/// The top bit of each lane that is special. A borrow may mark lanes above the first special one, never below it.
const fn special(lanes: u64) -> u64 {
    let quote = lanes ^ (ONES * b'"' as u64);
    let backslash = lanes ^ (ONES * b'\\' as u64);
    let control = lanes.wrapping_sub(ONES * 0x20) & !lanes;
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & TOPS
}

#[cfg(test)]
mod tests {
    use super::plain_end;

    #[test]
    fn every_byte_at_every_place_is_seen_or_passed() {
        for byte in 0..=255_u8 {
            for length in 0..40 {
                for place in 0..=length {
                    let mut bytes = vec![0xC3; length];
                    bytes.insert(place, byte);
                    let ends = byte == b'"' || byte == b'\\' || byte < 0x20;
                    let end = if ends { place } else { length + 1 };
                    assert_eq!(plain_end(&bytes, 0), end, "{byte} at {place} of {length}");
                    assert_eq!(plain_end(&bytes, place), end, "{byte} at {place} of {length}");
                }
            }
        }
    }
}
