//! One value in 32 bits: small numbers are in it, everything else is an index into a column of its block.

/// As it stands in the columns for inputs, outputs and members of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Word(pub u32);

/// What a [`Word`] stands for. Indexes are into the columns of its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// There is no value: no answer, no input, an absent key.
    Absent,
    /// Nil.
    Nil,
    /// Yes or no.
    Bool(bool),
    /// The number itself.
    Small(i32),
    /// A number of more than 30 bits, in `wides`.
    Wide(u32),
    /// A text.
    Text(u32),
    /// A list.
    List(u32),
}

const SHIFT: u32 = 30;
const INDEX: u32 = (1 << SHIFT) - 1;
const WIDE: u32 = 1;
const TEXT: u32 = 2;
const LIST: u32 = 3;

/// Indexes stay below this: the four last words are constants.
pub(super) const INDEX_MAX: usize = INDEX as usize - 4;

impl Word {
    pub(super) const ABSENT: Word = Word(u32::MAX);
    pub(super) const NIL: Word = Word(u32::MAX - 1);
    pub(super) const FALSE: Word = Word(u32::MAX - 2);
    pub(super) const TRUE: Word = Word(u32::MAX - 3);

    /// The number in a word, if it has a place there.
    pub(super) fn small(number: i64) -> Option<Word> {
        let is_small = (-(1 << (SHIFT - 1))..1 << (SHIFT - 1)).contains(&number);
        is_small.then_some(Word(number as u32 & INDEX))
    }

    pub(super) fn wide(index: u32) -> Word {
        Word(WIDE << SHIFT | index)
    }

    pub(super) fn text(index: u32) -> Word {
        Word(TEXT << SHIFT | index)
    }

    pub(super) fn list(index: u32) -> Word {
        Word(LIST << SHIFT | index)
    }

    /// What it stands for.
    pub fn meaning(self) -> Meaning {
        match self {
            Word::ABSENT => return Meaning::Absent,
            Word::NIL => return Meaning::Nil,
            Word::FALSE => return Meaning::Bool(false),
            Word::TRUE => return Meaning::Bool(true),
            Word(_) => {}
        }
        let index = self.0 & INDEX;
        match self.0 >> SHIFT {
            WIDE => Meaning::Wide(index),
            TEXT => Meaning::Text(index),
            LIST => Meaning::List(index),
            // Shifted up and down again, so that the sign is kept.
            _ => Meaning::Small((self.0 << 2) as i32 >> 2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_in_the_word_and_others_are_not() {
        let most = (1 << 29) - 1;
        for number in [0, 1, -1, 7, -1000, most, -most - 1] {
            let word = Word::small(number).unwrap();
            assert_eq!(word.meaning(), Meaning::Small(number as i32));
        }
        for number in [most + 1, -most - 2, i64::MAX, i64::MIN] {
            assert_eq!(Word::small(number), None);
        }
    }

    #[test]
    fn an_index_is_never_taken_for_a_constant() {
        let last = INDEX_MAX as u32;
        assert_eq!(Word::list(last).meaning(), Meaning::List(last));
        assert_eq!(Word::text(INDEX).meaning(), Meaning::Text(INDEX));
        assert_eq!(Word::wide(0).meaning(), Meaning::Wide(0));
        assert_eq!(Word::TRUE.meaning(), Meaning::Bool(true));
    }
}
