//! Rows on disk, by name.
use super::group::Group;
use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, io, path::Path};

const ROWS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("rows");

/// The row that says whose file it is.
const OWNER: &str = "owner";

/// Rows to be written together, or not at all.
#[derive(Debug, Default)]
pub(crate) struct Batch(Vec<(String, Option<Vec<u8>>)>);

impl Batch {
    /// Sets a row.
    pub(crate) fn put(mut self, name: impl Into<String>, value: &impl Serialize) -> Batch {
        let bytes = serde_json::to_vec(value).expect("what services keep is plain data");
        self.0.push((name.into(), Some(bytes)));
        self
    }

    /// Removes a row, if it is there.
    pub(crate) fn delete(mut self, name: impl Into<String>) -> Batch {
        self.0.push((name.into(), None));
        self
    }
}

/// What a node finds when it starts: all rows.
#[derive(Debug, Default)]
pub(crate) struct Found(BTreeMap<String, Vec<u8>>);

impl Found {
    /// The row called `name`.
    ///
    /// # Errors
    /// If it is something else than a `T`.
    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        let bytes = self.0.get(name);
        bytes.map(|bytes| read(name, bytes)).transpose()
    }

    /// All rows whose names begin with `start`, in the order of their names, each with the rest of its name.
    ///
    /// # Errors
    /// If one of them is something else than a `T`.
    pub(crate) fn starting_with<T: DeserializeOwned>(
        &self,
        start: &str,
    ) -> io::Result<Vec<(String, T)>> {
        let rows = self.0.range(start.to_owned()..);
        let rows = rows.map_while(|(name, bytes)| Some((name.strip_prefix(start)?, name, bytes)));
        rows.map(|(rest, name, bytes)| Ok((rest.to_owned(), read(name, bytes)?)))
            .collect()
    }
}

fn read<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> io::Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        io::Error::other(format!(
            "the row {name} is not as this service wrote it: {error}"
        ))
    })
}

/// Takes batches in order, and makes them durable in that order.
pub(crate) type Rows = Group<Batch>;

impl Rows {
    /// Opens or makes the file of node `owner`.
    ///
    /// # Errors
    /// If it cannot be read, is damaged beyond repair, or belongs to another node.
    pub(crate) fn open(path: &Path, owner: u64) -> io::Result<(Rows, Found)> {
        let wrong = |error: &dyn std::fmt::Display| {
            io::Error::other(format!("{}: {error}", path.display()))
        };
        let database = Database::create(path).map_err(|error| wrong(&error))?;
        let found = recover(&database).map_err(|error| wrong(&error))?;
        match found.get::<u64>(OWNER)? {
            Some(other) if other != owner => {
                let text = format!("the data belongs to node {other}, and this is node {owner}");
                return Err(wrong(&text));
            }
            Some(_) => {}
            None => commit(&database, &[Batch::default().put(OWNER, &owner)])?,
        }
        let rows = Group::start(move |batches: &[Batch]| commit(&database, batches))?;
        Ok((rows, found))
    }
}

fn commit(database: &Database, batches: &[Batch]) -> io::Result<()> {
    let mut transaction = database.begin_write().map_err(io::Error::other)?;
    transaction
        .set_durability(Durability::Immediate)
        .map_err(io::Error::other)?;
    {
        let mut rows = transaction.open_table(ROWS).map_err(io::Error::other)?;
        for (name, value) in batches.iter().flat_map(|batch| &batch.0) {
            match value {
                Some(value) => rows.insert(name.as_str(), value.as_slice()),
                None => rows.remove(name.as_str()),
            }
            .map_err(io::Error::other)?;
        }
    }
    transaction.commit().map_err(io::Error::other)
}

fn recover(database: &Database) -> io::Result<Found> {
    // A new file has no table yet.
    let transaction = database.begin_write().map_err(io::Error::other)?;
    transaction.open_table(ROWS).map_err(io::Error::other)?;
    transaction.commit().map_err(io::Error::other)?;
    let transaction = database.begin_read().map_err(io::Error::other)?;
    let rows = transaction.open_table(ROWS).map_err(io::Error::other)?;
    let mut found = Found::default();
    for row in rows.iter().map_err(io::Error::other)? {
        let (name, bytes) = row.map_err(io::Error::other)?;
        found
            .0
            .insert(name.value().to_owned(), bytes.value().to_vec());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rows_are_there_after_a_restart_and_belong_to_one_node() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        let (rows, found) = Rows::open(&path, 3).unwrap();
        assert_eq!(found.get::<u32>("a/1").unwrap(), None);
        let first = rows.write(
            Batch::default()
                .put("a/2", &20)
                .put("a/1", &10)
                .put("b", &"x"),
        );
        let second = rows.write(Batch::default().put("a/2", &21).delete("b"));
        second.await.unwrap();
        first.await.unwrap();
        rows.close();
        assert!(rows.write(Batch::default()).await.is_err());
        let (rows, found) = Rows::open(&path, 3).unwrap();
        let expected = [("1".to_owned(), 10), ("2".to_owned(), 21)];
        assert_eq!(found.starting_with::<u32>("a/").unwrap(), expected);
        assert_eq!(found.get::<String>("b").unwrap(), None);
        assert!(found.get::<String>("a/1").is_err());
        rows.close();
        let other = Rows::open(&path, 4).err().expect("it is not theirs");
        assert!(other.to_string().contains("belongs to node 3"), "{other}");
    }

    #[test]
    fn a_damaged_file_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        std::fs::write(&path, [7; 5000]).unwrap();
        let error = Rows::open(&path, 1).err().expect("it is no file of ours");
        assert!(error.to_string().contains("rows: "), "{error}");
    }
}
