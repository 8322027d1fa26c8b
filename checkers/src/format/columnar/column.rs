//! Numbers of one width, read where they lie.

/// A column of a block; `WIDTH` bytes a number, little-endian.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a, const WIDTH: usize>(&'a [[u8; WIDTH]]);

impl<'a, const WIDTH: usize> Column<'a, WIDTH> {
    /// Takes the first `count` numbers off `bytes`, of which the caller knows that they are there.
    pub(super) fn take(bytes: &mut &'a [u8], count: u32) -> Column<'a, WIDTH> {
        let (taken, rest) = bytes.split_at(count as usize * WIDTH);
        *bytes = rest;
        let (numbers, odd) = taken.as_chunks();
        debug_assert!(odd.is_empty());
        Column(numbers)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The four widths differ in the type of their numbers only.
macro_rules! width {
    ($width:literal, $number:ty) => {
        impl<'a> Column<'a, $width> {
            /// The number at `index`.
            ///
            /// # Panics
            /// If there is none.
            #[inline]
            pub fn at(&self, index: usize) -> $number {
                <$number>::from_le_bytes(self.0[index])
            }

            /// The number at `index`, if there is one.
            #[inline]
            pub fn get(&self, index: usize) -> Option<$number> {
                self.0
                    .get(index)
                    .map(|bytes| <$number>::from_le_bytes(*bytes))
            }

            /// All of them, in order.
            #[inline]
            pub fn iter(&self) -> impl ExactSizeIterator<Item = $number> + use<'a> {
                self.0.iter().map(|bytes| <$number>::from_le_bytes(*bytes))
            }
        }
    };
}

width!(1, u8);
width!(2, u16);
width!(4, u32);
width!(8, u64);

impl<'a> Column<'a, 4> {
    /// The part from `start`, `length` long, if it lies within the column.
    pub(super) fn part(&self, start: u32, length: u32) -> Option<Column<'a, 4>> {
        let end = (start as usize).checked_add(length as usize)?;
        self.0.get(start as usize..end).map(Column)
    }
}
