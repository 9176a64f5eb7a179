//! Where a run of plain text ends: sixteen bytes at a time where the target has SIMD, else eight.

pub(crate) use lanes::plain_end;

/// Whether a byte ends a run: a quote, a backslash or a control character.
const fn ends(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

/// In WebAssembly. Chrome has had SIMD since 91.
#[cfg(target_feature = "simd128")]
mod lanes {
    use std::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};

    const LANES: usize = 16;

    /// The place, from `from` on, of the first byte that [`super::ends`] a run of plain text within a string. The length of
    /// `bytes` when there is none.
    #[inline]
    pub(crate) fn plain_end(bytes: &[u8], from: usize) -> usize {
        let mut at = from;
        while let Some((lanes, _)) = bytes.get(at..).and_then(<[u8]>::split_first_chunk::<LANES>) {
            let special = special(*lanes);
            if special != 0 {
                return at + special.trailing_zeros() as usize;
            }
            at += LANES;
        }
        while bytes.get(at).is_some_and(|byte| !super::ends(*byte)) {
            at += 1;
        }
        at
    }

    /// A bit for each lane that is special.
    #[inline]
    fn special(lanes: [u8; LANES]) -> u16 {
        let both = u128::from_le_bytes(lanes);
        #[expect(clippy::cast_possible_truncation, reason = "its halves")]
        let lanes = u64x2(both as u64, (both >> 64) as u64);
        let quote = u8x16_eq(lanes, u8x16_splat(b'"'));
        let backslash = u8x16_eq(lanes, u8x16_splat(b'\\'));
        let control = u8x16_lt(lanes, u8x16_splat(0x20));
        u8x16_bitmask(v128_or(v128_or(quote, backslash), control))
    }
}

/// Anywhere else.
#[cfg(not(target_feature = "simd128"))]
mod lanes {
    const LANES: usize = 8;
    const ONES: u64 = u64::MAX / 0xFF;
    const TOPS: u64 = ONES << 7;

    /// The place, from `from` on, of the first byte that [`super::ends`] a run of plain text within a string. The length of
    /// `bytes` when there is none.
    #[inline]
    pub(crate) fn plain_end(bytes: &[u8], from: usize) -> usize {
        let mut at = from;
        while let Some((lanes, _)) = bytes.get(at..).and_then(<[u8]>::split_first_chunk::<LANES>) {
            let special = special(u64::from_le_bytes(*lanes));
            if special != 0 {
                return at + (special.trailing_zeros() / 8) as usize;
            }
            at += LANES;
        }
        while bytes.get(at).is_some_and(|byte| !super::ends(*byte)) {
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
