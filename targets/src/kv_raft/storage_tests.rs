//! What a node must find again after a crash: tests of the disk, the log and the state machine.
use super::{
    disk::Disk,
    log_store::LogStore,
    machine::Machine,
    types::{Command, Entry, Kv, LogId, Vote},
};
use crate::steps::Held;
use futures_util::stream;
use openraft::{
    EntryPayload, RaftLogReader, RaftSnapshotBuilder, StorageError,
    storage::{IOFlushed, RaftLogStorage, RaftLogStorageExt, RaftStateMachine},
    testing::log::{StoreBuilder, Suite},
    type_config::TypeConfigExt,
};
use std::path::Path;
use tempfile::TempDir;

struct Storage {
    disk: Disk,
    log: LogStore,
    machine: Machine,
}

impl Storage {
    fn open(dir: &Path) -> Storage {
        let (disk, mut recovered) = Disk::open(&dir.join("node.redb"), 1).expect("it is ours");
        Storage {
            log: LogStore::new(disk.clone(), &mut recovered),
            machine: Machine::new(disk.clone(), &mut recovered),
            disk,
        }
    }

    async fn append(&mut self, entries: Vec<Entry>) {
        self.log.blocking_append(entries).await.expect("appended");
    }

    async fn apply(&mut self, entries: Vec<Entry>) {
        let entries = entries.into_iter().map(|entry| Ok((entry, None)));
        self.machine
            .apply(stream::iter(entries))
            .await
            .expect("applied");
    }

    async fn build_snapshot(&mut self) {
        let mut builder = self.machine.get_snapshot_builder().await;
        builder.build_snapshot().await.expect("built");
    }

    /// The indexes in the log, first to last.
    async fn indexes(&mut self) -> Vec<u64> {
        let entries = self.log.try_get_log_entries(..).await.expect("in memory");
        entries.iter().map(|entry| entry.log_id.index).collect()
    }

    fn held(&self, key: u64) -> Option<Held> {
        self.machine.view().look(|store| store.get(key).cloned())
    }

    fn restart(self, dir: &Path) -> Storage {
        self.disk.close();
        Storage::open(dir)
    }
}

fn log_id(index: u64) -> LogId {
    LogId::new_term_index(1, index)
}

/// Entry `index` writes `index` to key 4.
fn entries(indexes: std::ops::RangeInclusive<u64>) -> Vec<Entry> {
    let entry = |index: u64| Entry {
        log_id: log_id(index),
        payload: EntryPayload::Normal(Command::Write {
            key: 4,
            value: index as i64,
        }),
    };
    indexes.map(entry).collect()
}

fn dir() -> TempDir {
    tempfile::tempdir().expect("a writable temporary directory")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_and_the_vote_survive_a_restart() {
    let dir = dir();
    let mut storage = Storage::open(dir.path());
    let vote = Vote::new(3, 2);
    storage.log.save_vote(&vote).await.expect("saved");
    storage.append(entries(1..=5)).await;

    let mut storage = storage.restart(dir.path());
    assert_eq!(
        storage.log.read_vote().await.expect("in memory"),
        Some(vote)
    );
    assert_eq!(storage.indexes().await, [1, 2, 3, 4, 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_truncated_and_purged_stays_away_after_a_restart() {
    let dir = dir();
    let mut storage = Storage::open(dir.path());
    storage.append(entries(1..=9)).await;
    storage
        .log
        .truncate_after(Some(log_id(6)))
        .await
        .expect("truncated");
    storage.log.purge(log_id(2)).await.expect("purged");
    assert_eq!(storage.indexes().await, [3, 4, 5, 6]);

    let mut storage = storage.restart(dir.path());
    assert_eq!(storage.indexes().await, [3, 4, 5, 6]);
    let state = storage.log.get_log_state().await.expect("in memory");
    assert_eq!(state.last_purged_log_id, Some(log_id(2)));
    assert_eq!(state.last_log_id, Some(log_id(6)));
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_that_share_a_transaction_are_all_reported() {
    let dir = dir();
    let mut storage = Storage::open(dir.path());
    let mut flushed = Vec::new();
    for index in 1..=100 {
        let (done, answer) = Kv::oneshot();
        let entry = entries(index..=index);
        storage
            .log
            .append(entry, IOFlushed::signal(done))
            .await
            .expect("queued");
        flushed.push(answer);
    }
    for answer in flushed {
        answer.await.expect("answered").expect("durable");
    }
    let mut storage = storage.restart(dir.path());
    assert_eq!(storage.indexes().await.len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_state_is_that_of_the_last_snapshot() {
    let dir = dir();
    let mut storage = Storage::open(dir.path());
    storage.append(entries(1..=9)).await;
    storage.apply(entries(1..=5)).await;
    storage.build_snapshot().await;
    storage.apply(entries(6..=9)).await;
    assert_eq!(storage.held(4), Some(Held::Number(9)));

    let mut storage = storage.restart(dir.path());
    assert_eq!(storage.held(4), Some(Held::Number(5)));
    let (applied, _) = storage.machine.applied_state().await.expect("in memory");
    assert_eq!(applied, Some(log_id(5)), "6 to 9 are to be applied again");
    assert_eq!(storage.indexes().await, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_finished_late_does_not_replace_a_newer_one() {
    let dir = dir();
    let mut storage = Storage::open(dir.path());
    storage.apply(entries(1..=2)).await;
    let mut late = storage.machine.get_snapshot_builder().await;

    let mut leader = Storage::open(self::dir().path());
    leader.apply(entries(1..=5)).await;
    leader.build_snapshot().await;
    let newer = leader
        .machine
        .get_current_snapshot()
        .await
        .expect("in memory");
    let newer = newer.expect("just built");
    let installed = storage
        .machine
        .install_snapshot(&newer.meta, newer.snapshot);
    installed.await.expect("installed");
    late.build_snapshot().await.expect("ignored");

    let mut storage = storage.restart(dir.path());
    assert_eq!(storage.held(4), Some(Held::Number(5)));
    let snapshot = storage
        .machine
        .get_current_snapshot()
        .await
        .expect("in memory");
    assert_eq!(snapshot.map(|snapshot| snapshot.meta), Some(newer.meta));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_their_versions_survive_a_restart() {
    let dir = dir();
    let list = Held::List(std::sync::Arc::new(vec![7, 8]));
    let commit = |index, reads, held| Entry {
        log_id: log_id(index),
        payload: EntryPayload::Normal(Command::Commit {
            reads,
            writes: vec![(1, held)],
        }),
    };
    let mut storage = Storage::open(dir.path());
    let first = commit(3, vec![(1, 0)], list.clone());
    storage.append(vec![first.clone()]).await;
    storage.apply(vec![first]).await;
    storage.build_snapshot().await;

    let mut storage = storage.restart(dir.path());
    assert_eq!(storage.held(1), Some(list.clone()));
    let late = commit(4, vec![(1, 0)], Held::Number(1));
    storage.apply(vec![late]).await;
    assert_eq!(storage.held(1), Some(list), "version 0 is out of date");
    let next = commit(5, vec![(1, 3)], Held::Number(2));
    storage.apply(vec![next]).await;
    assert_eq!(storage.held(1), Some(Held::Number(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_of_another_node_is_refused() {
    let dir = dir();
    let path = dir.path().join("node.redb");
    let (disk, _) = Disk::open(&path, 1).expect("a fresh directory");
    disk.close();
    let error = Disk::open(&path, 2).err().expect("it belongs to node 1");
    assert!(error.to_string().contains("belongs to node 1"), "{error}");
}

struct Fresh;

impl StoreBuilder<Kv, LogStore, Machine, TempDir> for Fresh {
    async fn build(&self) -> Result<(TempDir, LogStore, Machine), StorageError<Kv>> {
        let dir = dir();
        let storage = Storage::open(dir.path());
        Ok((dir, storage.log, storage.machine))
    }
}

/// The Raft library's own idea of what a storage must do.
#[tokio::test(flavor = "multi_thread")]
async fn the_storage_passes_the_suite_of_the_raft_library() {
    Suite::test_all(Fresh).await.expect("the suite passes");
}
