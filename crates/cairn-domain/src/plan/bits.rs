//! A small set of numbers under 256.

/// A set of numbers under [`Bits::ROOM`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Bits([u64; 4]);

impl Bits {
    /// How many numbers there are room for.
    pub const ROOM: usize = 256;

    /// The numbers under `count`.
    pub fn first(count: usize) -> Bits {
        let mut bits = Bits::default();
        (0..count.min(Bits::ROOM)).for_each(|n| bits.set(n));
        bits
    }

    pub fn set(&mut self, n: usize) {
        self.0[n / 64] |= 1 << (n % 64);
    }

    pub fn unset(&mut self, n: usize) {
        self.0[n / 64] &= !(1 << (n % 64));
    }

    pub fn has(self, n: usize) -> bool {
        self.0[n / 64] >> (n % 64) & 1 == 1
    }

    pub fn and(self, other: Bits) -> Bits {
        self.with(other, |a, b| a & b)
    }

    pub fn or(self, other: Bits) -> Bits {
        self.with(other, |a, b| a | b)
    }

    pub fn without(self, other: Bits) -> Bits {
        self.with(other, |a, b| a & !b)
    }

    pub fn meets(self, other: Bits) -> bool {
        !self.and(other).is_empty()
    }

    pub fn within(self, other: Bits) -> bool {
        self.without(other).is_empty()
    }

    pub fn is_empty(self) -> bool {
        self.0 == [0; 4]
    }

    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..4).flat_map(move |word| {
            let mut left = self.0[word];
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let n = left.trailing_zeros() as usize;
                    left &= left - 1;
                    word * 64 + n
                })
            })
        })
    }

    fn with(self, other: Bits, mut join: impl FnMut(u64, u64) -> u64) -> Bits {
        let mut joined = [0; 4];
        for (out, (a, b)) in joined.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            *out = join(a, b);
        }
        Bits(joined)
    }
}
