//! The values of a block that is being written: each text and large number once, lists shared where they can be.
use super::DEPTH_MAX;
use super::word::{INDEX_MAX, Meaning, Word};
use crate::Data;
use rustc_hash::FxHashMap;

/// Everything that words point at.
#[derive(Default)]
pub(super) struct Pool {
    pub(super) wides: Vec<i64>,
    pub(super) text_ends: Vec<u32>,
    pub(super) text_bytes: Vec<u8>,
    lists: Vec<List>,
    /// Members of lists that share them with no other.
    loose: Vec<u32>,
    /// Members of lists that were read from an object, each going on from the one before.
    chains: Vec<Vec<u32>>,
    wide_index: FxHashMap<i64, u32>,
    text_index: FxHashMap<Box<str>, u32>,
    /// Lists within lists.
    inner_index: FxHashMap<Box<[u32]>, u32>,
    /// What was last read from each object, by the index of its key.
    known: FxHashMap<u32, Known>,
    /// What transactions last read from each of their objects, by the word for its key.
    read: FxHashMap<u32, Known>,
    /// Elements of all chains.
    chained: usize,
}

#[derive(Clone, Copy)]
struct List {
    /// The chain that it is the beginning of; none if it is loose.
    chain: Option<u32>,
    /// Where it lies, if it is loose.
    start: u32,
    length: u32,
}

#[derive(Clone, Copy)]
struct Known {
    chain: u32,
    /// The list that was read last.
    list: u32,
}

/// From where a list was read.
#[derive(Clone, Copy)]
enum Reader {
    /// From an object, by the index of its key.
    Op(u32),
    /// By a step of a transaction, from the object with this word for a key.
    Txn(u32),
}

/// A value that no file has room for.
#[derive(Debug)]
pub(super) struct TooLarge;

impl Pool {
    /// Roughly what it takes in the file.
    pub(super) fn bytes(&self) -> usize {
        let elements = self.loose.len() + self.chained;
        let texts = self.text_bytes.len() + 4 * self.text_ends.len();
        4 * elements + 8 * (self.lists.len() + self.wides.len()) + texts
    }

    /// A number.
    pub(super) fn number(&mut self, number: i64) -> Word {
        if let Some(word) = Word::small(number) {
            return word;
        }
        let wides = &mut self.wides;
        let index = *self.wide_index.entry(number).or_insert_with(|| {
            wides.push(number);
            wides.len() as u32 - 1
        });
        Word::wide(index)
    }

    /// The index of a text.
    pub(super) fn text(&mut self, text: &str) -> Result<u32, TooLarge> {
        if let Some(index) = self.text_index.get(text) {
            return Ok(*index);
        }
        let end = self.text_bytes.len() + text.len();
        let index = self.text_ends.len() as u32;
        self.text_ends
            .push(u32::try_from(end).map_err(|_| TooLarge)?);
        self.text_bytes.extend(text.as_bytes());
        self.text_index.insert(text.into(), index);
        Ok(index)
    }

    /// Two numbers side by side; says where.
    pub(super) fn pair(&mut self, first: i64, second: i64) -> Result<u32, TooLarge> {
        let words = [self.number(first).0, self.number(second).0];
        let start = self.loose.len() as u32;
        self.extend_loose(&words)?;
        Ok(start)
    }

    /// Something that was asked with.
    pub(super) fn input(&mut self, data: &Data) -> Result<Word, TooLarge> {
        self.outer(data, |pool, words| pool.loose_list(words))
    }

    /// Something that the object `key` answered.
    pub(super) fn output(&mut self, key: u32, data: &Data) -> Result<Word, TooLarge> {
        self.outer(data, |pool, words| {
            pool.chained_list(Reader::Op(key), words)
        })
    }

    /// What a transaction answered: the lists that its steps read are shared as those of objects are.
    pub(super) fn txn_output(&mut self, data: &Data) -> Result<Word, TooLarge> {
        let Data::List(steps) = data else {
            return self.input(data);
        };
        let mut words = Vec::with_capacity(steps.len());
        for step in &steps[..] {
            let word = match step.list() {
                Some([Data::Text(read), key, Data::List(list)]) if &**read == "r" => {
                    let read = Word::text(self.text(read)?);
                    let key = self.words(std::slice::from_ref(key), 2)?[0];
                    let list = self.words(list, 3)?;
                    let list = self.chained_list(Reader::Txn(key), &list)?;
                    Word::list(self.inner_list(vec![read.0, key, Word::list(list).0])?).0
                }
                _ => self.words(std::slice::from_ref(step), 1)?[0],
            };
            words.push(word);
        }
        self.loose_list(&words).map(Word::list)
    }

    fn outer(
        &mut self,
        data: &Data,
        list: impl FnOnce(&mut Pool, &[u32]) -> Result<u32, TooLarge>,
    ) -> Result<Word, TooLarge> {
        match data {
            Data::Nil => Ok(Word::NIL),
            Data::Bool(true) => Ok(Word::TRUE),
            Data::Bool(false) => Ok(Word::FALSE),
            Data::Int(number) => Ok(self.number(*number)),
            Data::Text(text) => self.text(text).map(Word::text),
            Data::List(members) => {
                let words = self.words(members, 1)?;
                list(self, &words).map(Word::list)
            }
        }
    }

    /// Lists within lists are stored once. `depth` bounds how deep this calls itself.
    fn words(&mut self, members: &[Data], depth: u8) -> Result<Vec<u32>, TooLarge> {
        if depth > DEPTH_MAX {
            return Err(TooLarge);
        }
        let mut words = Vec::with_capacity(members.len());
        for member in members {
            let word = match member {
                Data::List(inner) => {
                    let inner = self.words(inner, depth + 1)?;
                    Word::list(self.inner_list(inner)?)
                }
                Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Text(_) => self.input(member)?,
            };
            words.push(word.0);
        }
        Ok(words)
    }

    fn inner_list(&mut self, words: Vec<u32>) -> Result<u32, TooLarge> {
        if let Some(index) = self.inner_index.get(&words[..]) {
            return Ok(*index);
        }
        let index = self.loose_list(&words)?;
        self.inner_index.insert(words.into(), index);
        Ok(index)
    }

    fn loose_list(&mut self, words: &[u32]) -> Result<u32, TooLarge> {
        let start = self.loose.len() as u32;
        self.extend_loose(words)?;
        self.add(None, start, words.len())
    }

    fn extend_loose(&mut self, words: &[u32]) -> Result<(), TooLarge> {
        self.loose.extend(words);
        u32::try_from(self.loose.len()).map_err(|_| TooLarge)?;
        Ok(())
    }

    /// A list that is a prefix of the last one from the same object, or goes on from it, lies in the same place.
    fn chained_list(&mut self, reader: Reader, words: &[u32]) -> Result<u32, TooLarge> {
        let known = match reader {
            Reader::Op(key) => self.known.get(&key).copied(),
            Reader::Txn(key) => self.read.get(&key).copied(),
        };
        let known = known.filter(|known| {
            let chain = &self.chains[known.chain as usize];
            let common = chain.len().min(words.len());
            chain[..common] == words[..common]
        });
        let chain = match known {
            Some(known) if self.lists[known.list as usize].length as usize == words.len() => {
                return Ok(known.list);
            }
            Some(known) => known.chain,
            None => {
                self.chains.push(Vec::new());
                self.chains.len() as u32 - 1
            }
        };
        let elements = &mut self.chains[chain as usize];
        if let Some(new) = words.get(elements.len()..) {
            elements.extend(new);
            self.chained += new.len();
        }
        let list = self.add(Some(chain), 0, words.len())?;
        let known = Known { chain, list };
        match reader {
            Reader::Op(key) => self.known.insert(key, known),
            Reader::Txn(key) => self.read.insert(key, known),
        };
        Ok(list)
    }

    fn add(&mut self, chain: Option<u32>, start: u32, length: usize) -> Result<u32, TooLarge> {
        let length = u32::try_from(length).map_err(|_| TooLarge)?;
        self.lists.push(List {
            chain,
            start,
            length,
        });
        Ok(self.lists.len() as u32 - 1)
    }

    /// Whether there are two such numbers at `start`.
    pub(super) fn is_pair(&self, start: u32, first: i64, second: i64) -> bool {
        let pair = &self.loose[start as usize..start as usize + 2];
        self.is(Word(pair[0]), &Data::Int(first)) && self.is(Word(pair[1]), &Data::Int(second))
    }

    /// Whether a word stands for this.
    pub(super) fn is(&self, word: Word, data: &Data) -> bool {
        match (word.meaning(), data) {
            (Meaning::Nil, Data::Nil) => true,
            (Meaning::Bool(a), Data::Bool(b)) => a == *b,
            (Meaning::Small(a), Data::Int(b)) => i64::from(a) == *b,
            (Meaning::Wide(a), Data::Int(b)) => self.wides[a as usize] == *b,
            (Meaning::Text(a), Data::Text(b)) => self.text_at(a) == b.as_bytes(),
            (Meaning::List(a), Data::List(b)) => {
                let members = self.members(a);
                members.len() == b.len()
                    && members
                        .iter()
                        .zip(&b[..])
                        .all(|(a, b)| self.is(Word(*a), b))
            }
            (
                Meaning::Absent
                | Meaning::Nil
                | Meaning::Bool(_)
                | Meaning::Small(_)
                | Meaning::Wide(_)
                | Meaning::Text(_)
                | Meaning::List(_),
                _,
            ) => false,
        }
    }

    fn text_at(&self, index: u32) -> &[u8] {
        let index = index as usize;
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.text_ends[before] as usize);
        &self.text_bytes[start..self.text_ends[index] as usize]
    }

    fn members(&self, list: u32) -> &[u32] {
        let list = self.lists[list as usize];
        let length = list.length as usize;
        match list.chain {
            Some(chain) => &self.chains[chain as usize][..length],
            None => &self.loose[list.start as usize..][..length],
        }
    }

    /// The three columns of lists: starts, lengths, elements.
    pub(super) fn laid_out(&mut self) -> Result<[Vec<u32>; 3], TooLarge> {
        let sizes = [self.lists.len(), self.wides.len(), self.text_ends.len()];
        if sizes.iter().any(|size| *size > INDEX_MAX) {
            return Err(TooLarge);
        }
        u32::try_from(self.loose.len() + self.chained).map_err(|_| TooLarge)?;
        let mut elements = std::mem::take(&mut self.loose);
        elements.reserve_exact(self.chained);
        let mut chain_starts = Vec::with_capacity(self.chains.len());
        for chain in &self.chains {
            chain_starts.push(elements.len() as u32);
            elements.extend(chain);
        }
        let start = |list: &List| list.chain.map_or(list.start, |c| chain_starts[c as usize]);
        let starts = self.lists.iter().map(start).collect();
        let lengths = self.lists.iter().map(|list| list.length).collect();
        Ok([starts, lengths, elements])
    }
}
