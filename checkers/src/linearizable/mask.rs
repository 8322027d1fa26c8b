//! A small set of slots, as wide as a search needs it.

/// A set of numbers below `64 * N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mask<const N: usize>([u64; N]);

impl<const N: usize> Mask<N> {
    /// Nothing.
    pub(super) const EMPTY: Mask<N> = Mask([0; N]);

    /// Adds `slot`.
    pub(super) fn set(&mut self, slot: usize) {
        self.0[slot / 64] |= 1 << (slot % 64);
    }

    /// Takes `slot` out.
    pub(super) fn clear(&mut self, slot: usize) {
        self.0[slot / 64] &= !(1 << (slot % 64));
    }

    /// Whether `slot` is in.
    pub(super) fn has(&self, slot: usize) -> bool {
        self.0[slot / 64] >> (slot % 64) & 1 == 1
    }

    /// What is in `self` and not in `other`.
    pub(super) fn without(self, other: Mask<N>) -> Mask<N> {
        Mask(std::array::from_fn(|i| self.0[i] & !other.0[i]))
    }

    /// What is in both.
    pub(super) fn and(self, other: Mask<N>) -> Mask<N> {
        Mask(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    /// From the smallest to the largest.
    pub(super) fn slots(self) -> impl Iterator<Item = usize> {
        (0..N).flat_map(move |i| {
            let mut word = self.0[i];
            std::iter::from_fn(move || {
                if word == 0 {
                    return None;
                }
                let bit = word.trailing_zeros() as usize;
                word &= word - 1;
                Some(i * 64 + bit)
            })
        })
    }
}
