//! The faults that were put into this service on purpose, each behind one switch.
use harness::Bug;
use serde::Deserialize;

/// What `--bug` takes, and what the lists say of it.
pub(crate) const BUGS: &[Bug] = &[
    Bug {
        name: "no-read-locks",
        summary: "reads take no locks",
        found_by: "list-append",
    },
    Bug {
        name: "unlocks-at-prepare",
        summary: "a participant lets go of its locks when it votes, not when it is told the decision",
        found_by: "list-append",
    },
    Bug {
        name: "presumes-commit",
        summary: "a participant in doubt commits if its coordinator knows nothing of the transaction",
        found_by: "list-append",
    },
    Bug {
        name: "forgets-vote",
        summary: "a participant votes yes without keeping on disk what it promised; needs killed nodes",
        found_by: "list-append",
    },
    Bug {
        name: "decides-before-logging",
        summary: "the coordinator tells its decision before it is on disk; needs killed nodes",
        found_by: "list-append",
    },
];

/// The switches. All off is the clean build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Bugs {
    pub(crate) no_read_locks: bool,
    pub(crate) unlocks_at_prepare: bool,
    pub(crate) presumes_commit: bool,
    pub(crate) forgets_vote: bool,
    pub(crate) decides_before_logging: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_bug_has_a_switch_of_its_own() {
        crate::service::node::tests::have_switches::<Bugs>(BUGS);
    }
}
