//! The faults that were put into this service on purpose, each behind one switch.
use harness::Bug;
use serde::Deserialize;

/// What `--bug` takes, and what the lists say of it.
pub(crate) const BUGS: &[Bug] = &[
    Bug {
        name: "ignores-accepted",
        summary: "a proposer proposes its own value, whatever the acceptors have accepted before",
        found_by: "consensus",
    },
    Bug {
        name: "half-quorum",
        summary: "half of the nodes, rounded down, are taken for a quorum",
        found_by: "consensus",
    },
    Bug {
        name: "forgetful",
        summary: "a node answers before what it promised, accepted and learned is on disk; a kill makes it forget",
        found_by: "consensus",
    },
];

/// The switches. All off is the clean build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Bugs {
    pub(crate) ignores_accepted: bool,
    pub(crate) half_quorum: bool,
    pub(crate) forgetful: bool,
}

impl Bugs {
    /// How many of `nodes` have to agree: more than half, so that any two quorums share a node.
    pub(crate) fn quorum(self, nodes: usize) -> usize {
        let bug_half_quorum = self.half_quorum;
        match bug_half_quorum {
            true => (nodes / 2).max(1),
            false => nodes / 2 + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_bug_has_a_switch_of_its_own() {
        crate::service::node::tests::have_switches::<Bugs>(BUGS);
    }

    #[test]
    fn two_quorums_share_a_node() {
        for nodes in 1..10 {
            assert!(nodes < 2 * Bugs::default().quorum(nodes));
        }
    }
}
