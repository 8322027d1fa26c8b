//! The Raft log and vote: read from memory, and written through to disk before they count.
use super::{
    disk::{Change, Disk, Recovered},
    types::{Entry, Kv, LogId, Vote},
};
use openraft::{
    LogState, OptionalSend, RaftLogReader,
    storage::{IOFlushed, RaftLogStorage},
};
use std::{
    collections::BTreeMap,
    fmt::Debug,
    io,
    ops::RangeBounds,
    sync::{Arc, Mutex, MutexGuard},
};

/// The log of one node.
///
/// The whole log that is kept lies in memory too: compaction bounds it to a few thousand small
/// entries, and an entry has to be readable, for sending it to peers, before it is on disk.
///
/// The library's optional `save_committed` is left out. After a restart the state is that of the
/// last snapshot, until a leader has committed an entry of its own term; every read waits for
/// that by the read protocol, so nobody sees the older state.
#[derive(Clone)]
pub(crate) struct LogStore {
    disk: Disk,
    memory: Arc<Mutex<Memory>>,
}

struct Memory {
    vote: Option<Vote>,
    purged: Option<LogId>,
    entries: BTreeMap<u64, Entry>,
}

impl LogStore {
    /// Takes its part of what was found on disk.
    pub(crate) fn new(disk: Disk, recovered: &mut Recovered) -> LogStore {
        let entries = std::mem::take(&mut recovered.entries);
        let memory = Memory {
            vote: recovered.vote,
            purged: recovered.purged,
            entries: entries
                .into_iter()
                .map(|entry| (entry.log_id.index, entry))
                .collect(),
        };
        LogStore {
            disk,
            memory: Arc::new(Mutex::new(memory)),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory
            .lock()
            .expect("nothing panics while it holds this")
    }
}

impl RaftLogReader<Kv> for LogStore {
    async fn try_get_log_entries<R: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        range: R,
    ) -> io::Result<Vec<Entry>> {
        Ok(self
            .memory()
            .entries
            .range(range)
            .map(|(_, entry)| entry.clone())
            .collect())
    }

    async fn read_vote(&mut self) -> io::Result<Option<Vote>> {
        Ok(self.memory().vote)
    }
}

impl RaftLogStorage<Kv> for LogStore {
    type LogReader = LogStore;

    async fn get_log_state(&mut self) -> io::Result<LogState<Kv>> {
        let memory = self.memory();
        let last = memory
            .entries
            .last_key_value()
            .map(|(_, entry)| entry.log_id);
        Ok(LogState {
            last_purged_log_id: memory.purged,
            last_log_id: last.or(memory.purged),
        })
    }

    async fn get_log_reader(&mut self) -> LogStore {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote) -> io::Result<()> {
        // On disk first: a vote that is forgotten could be given twice in one term.
        self.disk.write(Change::Vote(*vote)).await?;
        self.memory().vote = Some(*vote);
        Ok(())
    }

    async fn append<I>(&mut self, entries: I, flushed: IOFlushed<Kv>) -> io::Result<()>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let entries: Vec<Entry> = entries.into_iter().collect();
        let mut memory = self.memory();
        for entry in &entries {
            memory.entries.insert(entry.log_id.index, entry.clone());
        }
        // Does not wait: the next append may join this one in the same transaction.
        self.disk.submit(Change::Append(entries), |result| {
            flushed.io_completed(result)
        });
        Ok(())
    }

    async fn truncate_after(&mut self, last: Option<LogId>) -> io::Result<()> {
        let from = last.map_or(0, |last| last.index + 1);
        self.memory().entries.split_off(&from);
        self.disk.write(Change::Truncate { from }).await
    }

    /// Asked for only after a snapshot through `through` is durable: both go through one queue.
    async fn purge(&mut self, through: LogId) -> io::Result<()> {
        {
            let mut memory = self.memory();
            memory.purged = Some(through);
            memory.entries = memory.entries.split_off(&(through.index + 1));
        }
        self.disk.write(Change::Purge(through)).await
    }
}
