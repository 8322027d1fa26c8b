//! Transactions in columns: what the transactional engine judges.
use crate::{Data, Process};
use std::collections::HashMap;

/// A transaction: its place in the order of invocation.
pub type Txn = u32;

/// The position of an end that never came.
pub const NEVER: u32 = u32::MAX;

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// It committed.
    Ok,
    /// It certainly did not: nobody may see what it wrote.
    Aborted,
    /// It may have committed, may still do so, or never. What it read is unknown.
    Unknown,
}

/// What one step of a transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum F {
    /// Puts an element at the end of a list: `append` in a history.
    Append,
    /// Sets a register: `w` in a history.
    Write,
    /// Reads a register, or the answer is not known: `r` in a history.
    Read,
    /// Reads a list: `r` in a history with appends.
    ReadList,
}

/// One step of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub f: F,
    /// The object, as an index into [`Txns::keys`].
    pub key: u32,
    /// What was appended, written or read; for [`F::ReadList`] an index into [`Txns::lists`].
    /// What an unknown transaction read is [`ValueId::NOT_TOLD`].
    pub value: ValueId,
}

/// A value: a small number is itself, all others are entries of [`Txns::values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

impl ValueId {
    /// What a register holds that nobody has written, and a list that nobody appended to.
    pub const NIL: ValueId = ValueId(u32::MAX);
    /// An answer that nobody knows.
    pub const NOT_TOLD: ValueId = ValueId(u32::MAX - 1);
    /// Numbers below this are themselves; above stand indexes into [`Txns::values`].
    pub const SMALL: u32 = 1 << 31;
}

/// All transactions of a history, in order of invocation.
///
/// Two lists that share their beginning may share their place in `elements`, so that a list that
/// is read a thousand times costs little more than once.
#[derive(Clone, Debug, Default)]
pub struct Txns {
    /// What became of each.
    pub status: Vec<Status>,
    /// Who ran it. One process runs one transaction at a time, in this order.
    pub process: Vec<Process>,
    /// Position of its invocation in the history.
    pub invoked: Vec<u32>,
    /// Position of its answer; [`NEVER`] unless it committed.
    pub completed: Vec<u32>,
    /// Where its steps begin in `f`, `key` and `value`; one more at the end.
    pub starts: Vec<u32>,
    /// What each step does.
    pub f: Vec<F>,
    /// Which object each step is about.
    pub key: Vec<u32>,
    /// See [`Step::value`].
    pub value: Vec<ValueId>,
    /// Where each list that was read lies in `elements`, and how long it is.
    pub lists: Vec<(u32, u32)>,
    /// Members of lists.
    pub elements: Vec<ValueId>,
    /// How users know the objects.
    pub keys: Vec<Data>,
    /// Values that are no small numbers.
    pub values: Vec<Data>,
    /// Whether positions of different processes say something: see [`crate::History::has_real_time`].
    pub has_real_time: bool,
}

/// What a history holds that is no transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    /// Position of the event.
    pub position: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Txns {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.status.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.status.is_empty()
    }

    /// The steps of `txn`, in its own order.
    pub fn steps(&self, txn: Txn) -> impl ExactSizeIterator<Item = Step> + Clone + '_ {
        let range = self.starts[txn as usize] as usize..self.starts[txn as usize + 1] as usize;
        range.map(|at| Step {
            f: self.f[at],
            key: self.key[at],
            value: self.value[at],
        })
    }

    /// The members of a list that a [`F::ReadList`] read.
    pub fn list(&self, list: ValueId) -> &[ValueId] {
        let (start, length) = self.lists[list.0 as usize];
        &self.elements[start as usize..][..length as usize]
    }

    /// A value as users know it.
    pub fn value_of(&self, value: ValueId) -> Data {
        match value {
            ValueId::NIL | ValueId::NOT_TOLD => Data::Nil,
            ValueId(small) if small < ValueId::SMALL => Data::Int(i64::from(small)),
            ValueId(other) => self.values[(other - ValueId::SMALL) as usize].clone(),
        }
    }
}

/// Gives values and keys their numbers while [`Txns`] are put together.
#[derive(Debug, Default)]
pub struct Names {
    keys: HashMap<Data, u32>,
    values: HashMap<Data, u32>,
}

impl Names {
    /// The number of the object `key`.
    pub fn key(&mut self, txns: &mut Txns, key: &Data) -> u32 {
        *self.keys.entry(key.clone()).or_insert_with(|| {
            txns.keys.push(key.clone());
            txns.keys.len() as u32 - 1
        })
    }

    /// The number of a value.
    pub fn value(&mut self, txns: &mut Txns, value: &Data) -> ValueId {
        match value {
            Data::Nil => return ValueId::NIL,
            Data::Int(number) => {
                if let Ok(small) = u32::try_from(*number)
                    && small < ValueId::SMALL
                {
                    return ValueId(small);
                }
            }
            Data::Bool(_) | Data::Text(_) | Data::List(_) => {}
        }
        let values = &mut txns.values;
        let index = *self.values.entry(value.clone()).or_insert_with(|| {
            values.push(value.clone());
            values.len() as u32 - 1
        });
        ValueId(ValueId::SMALL + index)
    }
}
