//! The faults that were put into this service on purpose, each behind one switch.
use harness::Bug;
use serde::Deserialize;

/// What `--bug` takes, and what the lists say of it.
pub(crate) const BUGS: &[Bug] = &[
    Bug {
        name: "stale-reads",
        summary: "any node answers reads from its own copy, without asking the leader",
        found_by: "register",
    },
    Bug {
        name: "unconfirmed-leader",
        summary: "whoever believes to lead answers reads without asking a majority whether it still does",
        found_by: "register",
    },
    Bug {
        name: "early-ack",
        summary: "the leader says that a write is done before it is replicated",
        found_by: "register",
    },
    Bug {
        name: "racy-cas",
        summary: "compare-and-set reads, compares, and then writes whatever has happened in between",
        found_by: "register",
    },
    Bug {
        name: "lost-update",
        summary: "a transaction commits without a look at whether what it read has changed",
        found_by: "list-append",
    },
    Bug {
        name: "write-skew",
        summary: "a transaction commits if the keys that it writes have not changed, whatever became of those it only read",
        found_by: "list-append",
    },
    Bug {
        name: "read-skew",
        summary: "each step of a transaction reads at a moment of its own",
        found_by: "list-append",
    },
    Bug {
        name: "dirty-read",
        summary: "transactions see what others have proposed and may yet have to take back",
        found_by: "list-append",
    },
    Bug {
        name: "stale-snapshot",
        summary: "any node answers read-only transactions from its own copy, without asking the leader",
        found_by: "list-append",
    },
];

/// The switches. All off is the clean build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Bugs {
    pub(crate) stale_reads: bool,
    pub(crate) unconfirmed_leader: bool,
    pub(crate) early_ack: bool,
    pub(crate) racy_cas: bool,
    pub(crate) lost_update: bool,
    pub(crate) write_skew: bool,
    pub(crate) read_skew: bool,
    pub(crate) dirty_read: bool,
    pub(crate) stale_snapshot: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_bug_has_a_switch_of_its_own() {
        crate::service::node::tests::have_switches::<Bugs>(BUGS);
    }
}
