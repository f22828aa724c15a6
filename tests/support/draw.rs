//! Numbers that look random, and can be drawn again.

use std::time::Duration;

/// Set to the seed of a failed run, it draws the same numbers again.
pub(crate) const SEED: &str = "HOST_PROVISIONER_TEST_SEED";

/// Reads a number from the environment.
pub(crate) fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// Numbers that look random (`SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Draws a time below this one.
    pub(crate) fn below(&mut self, end: Duration) -> Duration {
        end.mul_f64(f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX))
    }
}
