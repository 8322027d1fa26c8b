//! Transactions that are being put together, event by event.
use super::chains::Chains;
use crate::transactional::{F, NEVER, Names, Status, Txn, Txns, ValueId};
use crate::{Data, Process};
use rustc_hash::FxHashMap;

/// What a step of a transaction is called in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Micro {
    Append,
    Write,
    Read,
}

impl Micro {
    pub(super) fn named(name: &str) -> Option<Micro> {
        Some(match name {
            "append" => Micro::Append,
            "w" => Micro::Write,
            "r" => Micro::Read,
            _ => return None,
        })
    }
}

/// Whether objects are lists or registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// Nothing was seen that tells.
    Undecided,
    /// Lists were read, and nothing was changed so far.
    Read,
    /// Something was appended.
    Yes,
    /// Something was written.
    No,
}

impl Lists {
    /// The first change decides.
    pub(super) fn see(&mut self, micro: Micro, is_list: bool) {
        *self = match (*self, micro) {
            (Lists::Undecided | Lists::Read, Micro::Append) => Lists::Yes,
            (Lists::Undecided | Lists::Read, Micro::Write) => Lists::No,
            (Lists::Undecided, Micro::Read) if is_list => Lists::Read,
            (lists, _) => lists,
        };
    }

    pub(super) fn is_settled(self) -> bool {
        match self {
            Lists::Yes | Lists::No => true,
            Lists::Undecided | Lists::Read => false,
        }
    }
}

/// Transactions so far.
pub(super) struct Draft {
    txns: Txns,
    names: Names,
    chains: Chains,
    open: FxHashMap<Process, Txn>,
    lists: Lists,
}

impl Draft {
    pub(super) fn new(lists: Lists) -> Draft {
        let mut txns = Txns::default();
        txns.starts.push(0);
        Draft {
            txns,
            names: Names::default(),
            chains: Chains::default(),
            open: FxHashMap::default(),
            lists,
        }
    }

    /// Makes room for so many transactions and steps.
    pub(super) fn reserve(&mut self, txns: usize, steps: usize) {
        let all = &mut self.txns;
        all.status.reserve_exact(txns);
        all.process.reserve_exact(txns);
        all.invoked.reserve_exact(txns);
        all.completed.reserve_exact(txns);
        all.starts.reserve_exact(txns);
        all.f.reserve_exact(steps);
        all.key.reserve_exact(steps);
        all.value.reserve_exact(steps);
    }

    pub(super) fn reads_lists(&self) -> bool {
        matches!(self.lists, Lists::Yes | Lists::Read)
    }

    /// The number of an object.
    pub(super) fn key(&mut self, key: &Data) -> u32 {
        self.names.key(&mut self.txns, key)
    }

    /// The number of a value.
    pub(super) fn value(&mut self, value: &Data) -> ValueId {
        self.names.value(&mut self.txns, value)
    }

    /// A list that was read from `key`, by its members.
    pub(super) fn list(
        &mut self,
        key: u32,
        length: usize,
        mut member: impl FnMut(&mut Draft, usize) -> ValueId,
    ) -> ValueId {
        // The members need the names, and the chains need the members.
        let mut chains = std::mem::take(&mut self.chains);
        let list = chains.read(key, None, length, |i| member(self, i));
        self.chains = chains;
        ValueId(list)
    }

    pub(super) fn chains(&mut self) -> &mut Chains {
        &mut self.chains
    }

    /// A process was asked; its steps follow, and then [`Draft::begun`].
    pub(super) fn begin(&mut self, process: Process, position: usize) -> Result<(), String> {
        let txn = self.txns.len() as Txn;
        if self.open.insert(process, txn).is_some() {
            let Process(process) = process;
            return Err(format!(
                "process {process} was invoked while its last transaction was open"
            ));
        }
        let position = u32::try_from(position).ok().filter(|at| *at != NEVER);
        let position = position.ok_or("more events than are counted in 32 bits")?;
        self.txns.status.push(Status::Unknown);
        self.txns.process.push(process);
        self.txns.invoked.push(position);
        self.txns.completed.push(NEVER);
        Ok(())
    }

    /// A step of the transaction that was begun last.
    pub(super) fn step(&mut self, micro: Micro, key: u32, value: ValueId) -> Result<(), String> {
        let f = match (micro, self.lists) {
            (Micro::Read, _) => F::Read,
            (Micro::Append, Lists::No) => {
                return Err("an append in a history that writes registers".to_owned());
            }
            (Micro::Append, _) => F::Append,
            (Micro::Write, Lists::Yes) => {
                return Err("a write to a register in a history that appends to lists".to_owned());
            }
            (Micro::Write, _) => F::Write,
        };
        self.txns.f.push(f);
        self.txns.key.push(key);
        self.txns.value.push(value);
        Ok(())
    }

    /// All steps are there.
    pub(super) fn begun(&mut self) -> Result<(), String> {
        let end = u32::try_from(self.txns.f.len());
        let end = end.map_err(|_| "more steps than are counted in 32 bits")?;
        self.txns.starts.push(end);
        Ok(())
    }

    fn end(&mut self, process: Process) -> Result<Txn, String> {
        let Process(number) = process;
        self.open
            .remove(&process)
            .ok_or_else(|| format!("a completion for process {number} without an invocation"))
    }

    /// It certainly had no effect.
    pub(super) fn abort(&mut self, process: Process) -> Result<(), String> {
        let txn = self.end(process)?;
        self.txns.status[txn as usize] = Status::Aborted;
        Ok(())
    }

    /// Nobody knows.
    pub(super) fn give_up(&mut self, process: Process) -> Result<(), String> {
        self.end(process).map(|_| ())
    }

    /// It committed, and so many answers follow. Says where its steps begin.
    pub(super) fn commit(
        &mut self,
        process: Process,
        position: usize,
        answers: usize,
    ) -> Result<usize, String> {
        let txn = self.end(process)? as usize;
        let position = u32::try_from(position).ok().filter(|at| *at != NEVER);
        let position = position.ok_or("more events than are counted in 32 bits")?;
        let range = self.txns.starts[txn] as usize..self.txns.starts[txn + 1] as usize;
        if range.len() != answers {
            return Err(format!(
                "{answers} steps were answered where {} had been asked",
                range.len()
            ));
        }
        self.txns.status[txn] = Status::Ok;
        self.txns.completed[txn] = position;
        Ok(range.start)
    }

    /// The answer to the step at `at`, which is number `number` of its transaction.
    pub(super) fn answer(
        &mut self,
        at: usize,
        number: usize,
        micro: Micro,
        key: u32,
        value: ValueId,
    ) -> Result<(), String> {
        let txns = &mut self.txns;
        let is_same = txns.key[at] == key
            && match (txns.f[at], micro) {
                (F::Read, Micro::Read) => true,
                (F::Append, Micro::Append) | (F::Write, Micro::Write) => txns.value[at] == value,
                (F::Append | F::Write | F::Read | F::ReadList, _) => false,
            };
        if !is_same {
            return Err(format!("step {number} is not what had been asked"));
        }
        if micro == Micro::Read {
            txns.value[at] = value;
            if matches!(self.lists, Lists::Yes | Lists::Read) {
                txns.f[at] = F::ReadList;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Txns, String> {
        let (lists, elements) = self.chains.laid_out()?;
        self.txns.lists = lists;
        self.txns.elements = elements;
        self.txns.has_real_time = true;
        Ok(self.txns)
    }
}

pub(super) fn not_a_txn(f: &str) -> String {
    format!("`{f}` is no transaction; a history of transactions holds nothing else")
}

pub(super) fn not_steps(data: &Data) -> String {
    format!("a transaction is a list of steps, and this is {data}")
}

pub(super) fn not_a_list(number: usize, read: &Data) -> String {
    format!("step {number} read {read}, which is no list, in a history that appends to lists")
}

pub(super) fn micro_op_why(number: usize, step: &Data) -> String {
    format!(
        "step {number} is {step}; known are [\"append\" key value], [\"w\" key value] and [\"r\" key value]"
    )
}
