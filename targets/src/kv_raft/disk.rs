//! One node's file: its log, its vote and its snapshot.
use super::store::Store;
use super::types::{Entry, LogId, SnapshotMeta, Vote};
use crate::service::group::Group;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{io, path::Path};

const LOG: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("log");
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

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

/// Takes changes in order, and makes them durable in that order.
pub(crate) type Disk = Group<Change>;

impl Disk {
    /// Opens or makes the file. A file that belongs to another node is refused.
    pub(crate) fn open(path: &Path, node: u64) -> io::Result<(Disk, Recovered)> {
        let database = Database::create(path).map_err(|error| wrong(path.display(), error))?;
        claim(&database, node)?;
        let recovered = recover(&database)?;
        let disk = Group::start(move |changes: &[Change]| commit(&database, changes))?;
        Ok((disk, recovered))
    }
}

fn commit(database: &Database, changes: &[Change]) -> io::Result<()> {
    let mut transaction = database.begin_write().map_err(io::Error::other)?;
    transaction
        .set_durability(Durability::Immediate)
        .map_err(io::Error::other)?;
    for change in changes {
        make(&transaction, change)?;
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
