//! What a node remembers of every instance: in memory to be fast, and on disk before anybody may rely on it.
use super::acceptor::Acceptor;
use super::bugs::Bugs;
use super::message::{Ballot, Reply, Request};
use crate::service::rows::{Batch, Found, Rows};
use harness::{Key, Value};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// How late a forgetful node writes.
const LATE: Duration = Duration::from_secs(5);

/// Rows of acceptors and of decisions, each followed by the instance.
const ACCEPTOR: &str = "acceptor/";
const DECIDED: &str = "decided/";

/// Decisions that are told to another node at once, at most.
const TOLD_MAX: usize = 1000;

/// All instances of one node.
pub(super) struct Memory {
    id: u64,
    rows: Rows,
    bugs: Bugs,
    all: Mutex<All>,
    /// Of this start of the node: the order of decisions is another one after the next.
    epoch: u64,
}

#[derive(Default)]
struct All {
    instances: HashMap<Key, Instance>,
    /// In the order in which this node learned of them.
    decisions: Vec<(Key, Value)>,
}

#[derive(Default)]
struct Instance {
    acceptor: Acceptor,
    decided: Option<Value>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// How far somebody has read the decisions of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    epoch: u64,
    count: usize,
}

/// Decisions that a node has learned, and how far they go.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) decisions: Vec<(Key, Value)>,
    pub(super) mark: Mark,
    pub(super) is_all: bool,
}

impl Memory {
    /// As it was found on disk. `epoch` is different after each start.
    ///
    /// # Errors
    /// If a row is not as this service writes it.
    pub(super) fn recover(
        id: u64,
        rows: Rows,
        found: &Found,
        bugs: Bugs,
        epoch: u64,
    ) -> io::Result<Memory> {
        let mut all = All::default();
        for (name, acceptor) in found.starting_with::<Acceptor>(ACCEPTOR)? {
            all.instances.entry(instance(&name)?).or_default().acceptor = acceptor;
        }
        for (name, value) in found.starting_with::<Value>(DECIDED)? {
            all.learn(instance(&name)?, value);
        }
        let all = Mutex::new(all);
        Ok(Memory {
            id,
            rows,
            bugs,
            all,
            epoch,
        })
    }

    /// What the acceptor of `key` here answers, once it may be said.
    ///
    /// # Errors
    /// If it could not be written.
    pub(super) async fn answer(&self, key: Key, request: Request) -> io::Result<Reply> {
        let (reply, written) = {
            let mut all = self.all();
            let acceptor = &mut all.instances.entry(key).or_default().acceptor;
            let reply = acceptor.answer(request);
            (reply, self.keep(key, acceptor, reply))
        };
        written.await?;
        Ok(reply)
    }

    /// A ballot for a proposer on this node above round `seen`, and the promise of the acceptor here,
    /// which is on disk when this returns.
    ///
    /// # Errors
    /// If it could not be written.
    pub(super) async fn take_ballot(&self, key: Key, seen: u64) -> io::Result<(Ballot, Reply)> {
        let (ballot, promise, written) = {
            let mut all = self.all();
            let acceptor = &mut all.instances.entry(key).or_default().acceptor;
            let ballot = acceptor.fresh_ballot(self.id, seen);
            let promise = acceptor.answer(Request::Prepare(ballot));
            (ballot, promise, self.keep(key, acceptor, promise))
        };
        written.await?;
        Ok((ballot, promise))
    }

    /// Queues the acceptor's row, if `reply` binds it. Called under the lock, so that disk and memory
    /// see the same order: what is answered later is on disk later.
    fn keep(
        &self,
        key: Key,
        acceptor: &Acceptor,
        reply: Reply,
    ) -> impl Future<Output = io::Result<()>> + use<> {
        let row = || Batch::default().put(format!("{ACCEPTOR}{key}"), acceptor);
        let written = reply.binds().then(|| self.write(row()));
        async move {
            match written {
                Some(written) => written.await,
                None => Ok(()),
            }
        }
    }

    /// Learns what was decided. The first that was learned of an instance is kept for ever, and on
    /// disk before anybody here is told of it.
    ///
    /// # Errors
    /// If it could not be written.
    pub(super) async fn learn(&self, decisions: &[(Key, Value)]) -> io::Result<()> {
        let mut news = decisions.to_vec();
        news.retain(|(key, _)| self.decided(*key).is_none());
        if news.is_empty() {
            return Ok(());
        }
        let row =
            |batch: Batch, (key, value): &(Key, Value)| batch.put(format!("{DECIDED}{key}"), value);
        self.write(news.iter().fold(Batch::default(), row)).await?;
        let mut all = self.all();
        for (key, value) in news {
            all.learn(key, value);
        }
        Ok(())
    }

    /// What this node has learned.
    pub(super) fn decided(&self, key: Key) -> Option<Value> {
        self.all().instances.get(&key)?.decided
    }

    /// What this node has learned since `mark`.
    pub(super) fn tell(&self, mark: Mark) -> Told {
        let all = self.all();
        let from = match mark.epoch == self.epoch {
            true => mark.count.min(all.decisions.len()),
            false => 0,
        };
        let to = all.decisions.len().min(from + TOLD_MAX);
        Told {
            decisions: all.decisions[from..to].to_vec(),
            mark: Mark {
                epoch: self.epoch,
                count: to,
            },
            is_all: to == all.decisions.len(),
        }
    }

    /// Held while a proposer of this node is at work: two would only be in each other's way.
    pub(super) fn turn(&self, key: Key) -> Arc<tokio::sync::Mutex<()>> {
        self.all().instances.entry(key).or_default().turn.clone()
    }

    /// How many instances are known here, and how many of them are decided as far as this node knows.
    pub(super) fn counts(&self) -> (usize, usize) {
        let all = self.all();
        (all.instances.len(), all.decisions.len())
    }

    /// Queues rows at once; the future ends when they are on disk.
    fn write(&self, batch: Batch) -> impl Future<Output = io::Result<()>> + use<> {
        let rows = self.rows.clone();
        let bug_is_late = self.bugs.forgetful;
        let written = match bug_is_late {
            true => {
                tokio::spawn(async move {
                    tokio::time::sleep(LATE).await;
                    rows.write(batch).await
                });
                None
            }
            false => Some(rows.write(batch)),
        };
        async move {
            match written {
                Some(written) => written.await,
                None => Ok(()),
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().expect("nothing panics while it holds this")
    }
}

impl All {
    fn learn(&mut self, key: Key, value: Value) {
        let decided = &mut self.instances.entry(key).or_default().decided;
        if decided.is_none() {
            *decided = Some(value);
            self.decisions.push((key, value));
        }
    }
}

fn instance(name: &str) -> io::Result<Key> {
    name.parse()
        .map_err(|error| io::Error::other(format!("a row of an instance {name:?}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consensus::message::Proposal;
    use std::path::Path;

    fn open(path: &Path, epoch: u64) -> Memory {
        let (rows, found) = Rows::open(path, 2).unwrap();
        Memory::recover(2, rows, &found, Bugs::default(), epoch).unwrap()
    }

    #[tokio::test]
    async fn ballots_acceptances_and_decisions_outlive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        let memory = open(&path, 1);
        let (first, _) = memory.take_ballot(7, 0).await.unwrap();
        let proposal = Proposal {
            ballot: first,
            value: 5,
        };
        let reply = memory.answer(7, Request::Accept(proposal)).await.unwrap();
        assert_eq!(reply, Reply::Accepted { ballot: first });
        memory.learn(&[(7, 5), (8, 6)]).await.unwrap();
        memory.learn(&[(7, 9)]).await.unwrap();
        memory.rows.close();
        let memory = open(&path, 2);
        let (second, promise) = memory.take_ballot(7, 0).await.unwrap();
        assert!(first < second);
        let accepted = Some(proposal);
        let ballot = second;
        assert_eq!(promise, Reply::Promise { ballot, accepted });
        assert_eq!(
            [7, 8, 9].map(|key| memory.decided(key)),
            [Some(5), Some(6), None]
        );
        memory.rows.close();
    }

    #[tokio::test]
    async fn decisions_are_told_once_to_who_keeps_the_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        let memory = open(&path, 1);
        memory.learn(&[(7, 5), (8, 6)]).await.unwrap();
        let told = memory.tell(Mark::default());
        assert_eq!((told.decisions, told.is_all), (vec![(7, 5), (8, 6)], true));
        memory.learn(&[(8, 6), (9, 7)]).await.unwrap();
        let more = memory.tell(told.mark);
        assert_eq!((more.decisions, more.is_all), (vec![(9, 7)], true));
        memory.rows.close();
        // After a restart the order is another one, and all is told again.
        let memory = open(&path, 2);
        assert_eq!(memory.tell(more.mark).decisions.len(), 3);
        memory.rows.close();
    }
}
