//! One node's file and its only writer: a thread that shares one fsync among all that waits for it.
use super::store::Store;
use super::types::{Entry, LogId, SnapshotMeta, Vote};
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    io, mem,
    path::Path,
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

const LOG: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("log");
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

/// Changes that share one transaction, at most. It bounds the work that is lost to one failure.
const GROUP_MAX: usize = 4096;

/// One thing to be made durable.
pub(crate) enum Change {
    Vote(Vote),
    Append(Vec<Entry>),
    /// Removes the entries from this index on.
    Truncate {
        from: u64,
    },
    /// Removes the entries through this one.
    Purge(LogId),
    Snapshot(Image),
}

/// A snapshot as it lies on disk and as it travels to another node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Image {
    pub(crate) meta: SnapshotMeta,
    pub(crate) store: Store,
}

/// What a node finds when it starts.
#[derive(Default)]
pub(crate) struct Recovered {
    pub(crate) vote: Option<Vote>,
    pub(crate) purged: Option<LogId>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) snapshot: Option<Image>,
}

/// Called once the change is on disk, or certainly never will be reported as such.
type Done = Box<dyn FnOnce(io::Result<()>) + Send>;

struct Job {
    change: Change,
    done: Done,
}

/// Takes changes in order, and makes them durable in that order.
#[derive(Clone)]
pub(crate) struct Disk(Arc<Mutex<Writer>>);

#[derive(Default)]
struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Disk {
    /// Opens or makes the file. A file that belongs to another node is refused.
    pub(crate) fn open(path: &Path, node: u64) -> io::Result<(Disk, Recovered)> {
        let database = Database::create(path).map_err(|error| wrong(path.display(), error))?;
        claim(&database, node)?;
        let recovered = recover(&database)?;
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || write_all(&database, &queue))?;
        let writer = Writer {
            jobs: Some(jobs),
            thread: Some(thread),
        };
        Ok((Disk(Arc::new(Mutex::new(writer))), recovered))
    }

    /// Queues `change` and returns at once; `done` hears when it is durable.
    pub(crate) fn submit(
        &self,
        change: Change,
        done: impl FnOnce(io::Result<()>) + Send + 'static,
    ) {
        let job = Job {
            change,
            done: Box::new(done),
        };
        let rejected = match &self.writer().jobs {
            Some(jobs) => jobs.send(job).err().map(|error| error.0),
            None => Some(job),
        };
        if let Some(job) = rejected {
            (job.done)(Err(io::Error::other("the file is closed")));
        }
    }

    /// Returns once `change` is durable.
    pub(crate) async fn write(&self, change: Change) -> io::Result<()> {
        let (done, answer) = oneshot::channel();
        self.submit(change, |result| {
            // Whoever asked may have gone; the change is made all the same.
            let _ = done.send(result);
        });
        answer.await.map_err(io::Error::other)?
    }

    /// Finishes what is queued, and lets go of the file.
    pub(crate) fn close(&self) {
        let writer = mem::take(&mut *self.writer());
        drop(writer.jobs);
        if let Some(thread) = writer.thread {
            thread.join().expect("the writer returns its errors");
        }
    }

    fn writer(&self) -> std::sync::MutexGuard<'_, Writer> {
        self.0.lock().expect("nothing panics while it holds this")
    }
}

/// The writer's life: take all that is queued, commit it together, tell everyone in order.
fn write_all(database: &Database, queue: &mpsc::Receiver<Job>) {
    let mut failure: Option<String> = None;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP_MAX - 1));
        // After a failure nothing more is written: an append that followed a lost append would
        // leave a hole in the log, and Raft looks only at the last entry to tell what is there.
        if failure.is_none() {
            failure = commit(database, &group)
                .err()
                .map(|error| error.to_string());
        }
        for job in group {
            (job.done)(match &failure {
                None => Ok(()),
                Some(why) => Err(io::Error::other(why.clone())),
            });
        }
    }
}

fn commit(database: &Database, group: &[Job]) -> io::Result<()> {
    let mut transaction = database.begin_write().map_err(io::Error::other)?;
    transaction
        .set_durability(Durability::Immediate)
        .map_err(io::Error::other)?;
    for job in group {
        make(&transaction, &job.change)?;
    }
    transaction.commit().map_err(io::Error::other)
}

fn make(transaction: &WriteTransaction, change: &Change) -> io::Result<()> {
    match change {
        Change::Vote(vote) => put(transaction, "vote", vote),
        Change::Append(entries) => {
            let mut log = transaction.open_table(LOG).map_err(io::Error::other)?;
            for entry in entries {
                let bytes = serde_json::to_vec(entry)?;
                log.insert(entry.log_id.index, bytes.as_slice())
                    .map_err(io::Error::other)?;
            }
            Ok(())
        }
        Change::Truncate { from } => {
            let mut log = transaction.open_table(LOG).map_err(io::Error::other)?;
            log.retain_in::<u64, _>(from.., |_, _| false)
                .map_err(io::Error::other)
        }
        Change::Purge(through) => {
            put(transaction, "purged", through)?;
            let mut log = transaction.open_table(LOG).map_err(io::Error::other)?;
            log.retain_in::<u64, _>(..=through.index, |_, _| false)
                .map_err(io::Error::other)
        }
        Change::Snapshot(image) => put(transaction, "snapshot", image),
    }
}

/// Writes the owner's name into a new file, and compares it in an old one.
fn claim(database: &Database, node: u64) -> io::Result<()> {
    let transaction = database.begin_write().map_err(io::Error::other)?;
    transaction.open_table(LOG).map_err(io::Error::other)?;
    let owner: Option<u64> = get(
        &transaction.open_table(META).map_err(io::Error::other)?,
        "node",
    )?;
    match owner {
        None => put(&transaction, "node", &node)?,
        Some(owner) if owner == node => {}
        Some(owner) => {
            let text = format!("the data belongs to node {owner}, and this is node {node}");
            return Err(io::Error::other(text));
        }
    }
    transaction.commit().map_err(io::Error::other)
}

fn recover(database: &Database) -> io::Result<Recovered> {
    let transaction = database.begin_read().map_err(io::Error::other)?;
    let meta = transaction.open_table(META).map_err(io::Error::other)?;
    let log = transaction.open_table(LOG).map_err(io::Error::other)?;
    let mut entries = Vec::new();
    for row in log.iter().map_err(io::Error::other)? {
        let (_, bytes) = row.map_err(io::Error::other)?;
        entries.push(serde_json::from_slice(bytes.value())?);
    }
    Ok(Recovered {
        vote: get(&meta, "vote")?,
        purged: get(&meta, "purged")?,
        entries,
        snapshot: get(&meta, "snapshot")?,
    })
}

fn get<T: DeserializeOwned>(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
    name: &str,
) -> io::Result<Option<T>> {
    let Some(bytes) = meta.get(name).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let thing = serde_json::from_slice(bytes.value()).map_err(|error| wrong(name, error))?;
    Ok(Some(thing))
}

fn put(transaction: &WriteTransaction, name: &str, thing: &impl Serialize) -> io::Result<()> {
    let bytes = serde_json::to_vec(thing)?;
    let mut meta = transaction.open_table(META).map_err(io::Error::other)?;
    meta.insert(name, bytes.as_slice())
        .map_err(io::Error::other)?;
    Ok(())
}

fn wrong(what: impl std::fmt::Display, error: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("{what}: {error}"))
}
