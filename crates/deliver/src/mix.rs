//! Numbers that look random and follow from a seed: for jitter and for faults on demand, never for secrets.

/// SplitMix64 (Steele, Lea and Flood 2014): one well mixed number from one number.
pub(crate) const fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in 0.0 .. 1.0 from a seed.
pub(crate) fn share(seed: u64) -> f64 {
    (mix(seed) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_spread_evenly_and_repeat_with_their_seed() {
        let below = (0..10_000).filter(|n| share(*n) < 0.25).count();
        assert!((2_300..2_700).contains(&below), "{below}");
        assert_eq!(share(7).to_bits(), share(7).to_bits());
    }
}
