//! Assay's own format for big runs: columns of 32 bits and less, in blocks that stand alone, read where they lie.
//!
//! ```text
//! file    := "ASSAYH" version:u16 | length:u32 crc:u32 of the header's JSON | 0:u32 | crc:u32 of the 20 bytes before
//!            the header of the recording as JSON, filled up with spaces to 8 bytes; it may have a field
//!            key_names, pairs of a key and its name, which readers that do not know it skip
//!            block … block end
//! block   := 80 bytes that say how long each column is, with a checksum of their own; then the columns
//! end     := "END!" blocks:u32 events:u64 notes:u64 | 0:u32 | crc:u32 of the 28 bytes before
//! ```
//! Everything is little-endian, a block begins at a multiple of 8 bytes, and its columns stand in
//! order of falling width, so that every number lies at a multiple of its size. A block has these:
//!
//! | column | width | one for each | what it says |
//! | --- | --- | --- | --- |
//! | `keys` `wides` | 8 | different key, number beyond 30 bits | itself |
//! | `times` | 8 | event more than 4 s after the one before it | its time |
//! | `note_times` | 8 | note | its time |
//! | `event_deltas` | 4 | event | nanoseconds since the event before it; all ones: look into `times` |
//! | `op_processes` `op_keys` | 4 | operation | who asked, and of which entry of `keys` |
//! | `op_inputs` `op_outputs` | 4 | operation | what was asked and answered, as a [`Word`] |
//! | `errors` | 4 | failed or unknown event | why, a text |
//! | `list_starts` `list_lengths` | 4 | list | where it lies in `elements` |
//! | `elements` | 4 | member of a list | a [`Word`] |
//! | `note_positions` | 4 | note | how many events of the block stand before it |
//! | `note_authors` `note_fs` `note_values` | 4 | note | texts; the last one is JSON |
//! | `verbs` | 4 | different verb of a call | its name, a text |
//! | `text_ends` | 4 | different text | where it ends in `text_bytes` |
//! | `op_nodes` | 2 | operation | the node, where the verb says that there is one |
//! | `event_ops` | 2 | event | its operation |
//! | `event_kinds` | 1 | event | invoke 0, ok 1, fail 2, info 3; with 4 added, its operation's output is its own |
//! | `op_verbs` | 1 | operation | read 0, write 1, cas 2, 3 + entry of `verbs`; with 128 added, it has a node |
//! | `text_bytes` | 1 | | UTF-8 |
//!
//! The input of a cas is the place in `elements` where its `from` and `to` stand.
//! An invocation and its completion share one operation. A list that is read from an object is
//! stored once and shared: if it is a prefix of the last list read from there, or goes on from it,
//! the two have the same start, and only what is new is added. So is a list that a step
//! `["r" key list]` of a transaction read from its key.
//!
//! A block refers to nothing outside of it: one that is lost costs its own events only. Within a
//! file that ends too early all whole blocks are read; a checksum that does not hold is an error.
mod block;
mod column;
mod columns;
mod draft;
mod frame;
mod pool;
mod preface;
mod single;
mod sound;
mod unfold;
mod word;
mod writer;

#[cfg(test)]
mod tests;

pub use self::block::Block;
pub use self::column::Column;
pub use self::columns::{Columns, Lost};
pub use self::word::{Meaning, Word};
pub use self::writer::{Writer, write};

use super::{Format, Recording};
use crate::History;
use std::fmt;

/// The first bytes of every file of this format.
pub const MAGIC: &[u8; 6] = b"ASSAYH";

/// The newest version that is written and read.
pub const VERSION: u16 = 1;

/// Lists and lists in them nest at most so deep: as deep as JSON is read.
const DEPTH_MAX: u8 = 127;

/// As much as the lists and texts that events share may come to once each has its own, in bytes.
const UNFOLDED_MAX: u64 = 8 << 30;

/// Why a file could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The block, counted from 0; none if it is the head of the file.
    pub block: Option<u32>,
    /// Where in the file it begins, in bytes.
    pub offset: u64,
    /// What is wrong with it.
    pub why: String,
}

impl ReadError {
    fn at(block: &Block<'_>, why: String) -> ReadError {
        ReadError {
            block: Some(block.number),
            offset: block.offset,
            why,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.block {
            Some(block) => write!(f, "block {block} at byte {}: {}", self.offset, self.why),
            None => write!(f, "head of the file: {}", self.why),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads a whole recording. `torn` is the line that the first lost event would have in JSON lines.
///
/// # Errors
/// If a block is damaged or makes no sense; a file that only ends too early is read up to there.
pub fn read(bytes: &[u8]) -> Result<Recording, ReadError> {
    whole(&Columns::open(bytes)?)
}

/// As [`read`], of columns that are open already.
///
/// # Errors
/// As [`read`].
pub fn whole(columns: &Columns<'_>) -> Result<Recording, ReadError> {
    let mut unfolded = 0_u64;
    for block in &columns.blocks {
        unfolded = unfolded.saturating_add(unfold::unfolded_bytes(block));
        if unfolded > UNFOLDED_MAX {
            let limit = UNFOLDED_MAX >> 30;
            let why = format!("what is shared up to here unfolds to more than {limit} GiB");
            return Err(ReadError::at(block, why));
        }
    }
    recording(columns, unfold::into_history)
}

/// As [`read`], without what the operations were asked and answered: who began and ended something
/// called what, when and how, and the notes.
///
/// # Errors
/// As [`read`].
pub fn outline(columns: &Columns<'_>) -> Result<Recording, ReadError> {
    recording(columns, unfold::outline_into)
}

fn recording(
    columns: &Columns<'_>,
    append: impl Fn(&Block<'_>, &mut History) -> Result<(), String>,
) -> Result<Recording, ReadError> {
    let mut history = History::default();
    for (key, name) in &columns.key_names {
        history.name_key(*key, name.as_str());
    }
    if !columns.has_real_time() {
        history.forget_real_time();
    }
    for block in &columns.blocks {
        append(block, &mut history).map_err(|why| ReadError::at(block, why))?;
    }
    let lines =
        usize::from(columns.header.is_some()) + history.events().len() + history.notes().len();
    let backwards = backwards(&history).map(|line| line + usize::from(columns.header.is_some()));
    let mut recording = Recording::new(Format::Columnar, history);
    recording.backwards = backwards;
    recording.header = columns.header.clone();
    recording.torn = columns.lost.map(|_| lines + 1);
    Ok(recording)
}

/// The line that the first event earlier than the one before it would have in JSON lines.
fn backwards(history: &History) -> Option<usize> {
    let mut pairs = history.events().windows(2);
    let before = pairs.position(|pair| pair[1].time != 0 && pair[1].time < pair[0].time)?;
    let position = before + 1;
    let notes = history.notes();
    Some(position + 1 + notes.partition_point(|note| note.position <= position))
}
