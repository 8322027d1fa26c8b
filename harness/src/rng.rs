//! Randomness that means the same next year: a seed decides a run.
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A stream of random numbers, decided by a seed. ChaCha8, whose output is fixed by its definition;
/// what is drawn from it is drawn here, so that no library's change of method changes a run.
#[derive(Clone, Debug)]
pub struct Rng(ChaCha8Rng);

impl Rng {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Rng {
        Rng(ChaCha8Rng::seed_from_u64(seed))
    }

    /// An independent stream of the same seed, so that what one part draws does not shift another's.
    pub fn stream(seed: u64, number: u64) -> Rng {
        let mut rng = Rng::new(seed);
        rng.0.set_stream(number);
        rng
    }

    /// Any number, uniformly.
    pub fn any(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `0..bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(0 < bound, "nothing lies below 0");
        // The high half of a 128-bit product; its bias is below `bound / 2^64`.
        ((u128::from(self.any()) * u128::from(bound)) >> 64) as u64
    }

    /// Uniform in `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True with this probability.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// Puts `items` into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn a_seed_means_the_same_next_year() {
        let mut rng = Rng::stream(7, 1);
        let drawn: Vec<u64> = (0..6).map(|_| rng.below(100)).collect();
        assert_eq!(drawn, [99, 0, 72, 52, 5, 59]);
    }
}
