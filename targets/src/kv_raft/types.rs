//! What the nodes of one cluster agree on: the commands in the log, and what applying one answers.
use super::store::Store;
use crate::steps::{Held, Version};
use harness::{Key, Value};
use openraft::{EmptyNode, alias, impls::leader_id_std};
use serde::{Deserialize, Serialize};
use std::fmt;

openraft::declare_raft_types!(
    /// The types that the Raft library is told to work with.
    ///
    /// Leader ids are those of the paper, one leader in a term; the library's own default allows
    /// several, which makes "term 3" an ambiguous thing to say in a log.
    pub(crate) Kv:
        D = Command,
        R = Answer,
        Node = EmptyNode,
        LeaderId = leader_id_std::LeaderId<u64, u64>,
);

pub(crate) type Entry = alias::EntryOf<Kv>;
pub(crate) type LogId = alias::LogIdOf<Kv>;
pub(crate) type Vote = alias::VoteOf<Kv>;
pub(crate) type Membership = alias::StoredMembershipOf<Kv>;
pub(crate) type SnapshotMeta = alias::SnapshotMetaOf<Kv>;
pub(crate) type Snapshot = alias::SnapshotOf<Kv, Store>;

/// One entry of the log. Whatever is decided, is decided when it is applied, on every node alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Command {
    Write {
        key: Key,
        value: Value,
    },
    Cas {
        key: Key,
        from: Value,
        to: Value,
    },
    /// Writes all of `writes` if every key in `reads` still has its version, and nothing otherwise.
    Commit {
        reads: Vec<(Key, Version)>,
        writes: Vec<(Key, Held)>,
    },
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The library's own entries (a new leader's first entry, the membership) answer nothing.
    Nothing,
    Written,
    Compared {
        found: Option<Value>,
        swapped: bool,
    },
    /// A compare-and-set came upon a list, and left it alone.
    NotANumber,
    /// Whether a transaction was committed; otherwise what it had read was out of date.
    Committed {
        is_done: bool,
    },
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Write { key, value } => write!(f, "write {key} := {value}"),
            Command::Cas { key, from, to } => write!(f, "cas {key}: {from}→{to}"),
            Command::Commit { reads, writes } => {
                f.write_str("commit")?;
                for (key, held) in writes {
                    write!(f, " {key} := {held}")?;
                }
                write!(f, " if")?;
                for (key, version) in reads {
                    write!(f, " {key} is of {version}")?;
                }
                Ok(())
            }
        }
    }
}
