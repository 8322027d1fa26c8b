//! Which nodes a fault hits: one, a few, most, or all; every other time it is aimed at the leader.
use crate::rng::Rng;
use checkers::NodeId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Nodes as they are planned, in a drawn order; `leader`, where it is true, puts whoever leads when
/// the fault begins into the place of the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Victims {
    pub(crate) nodes: Vec<u16>,
    pub(crate) leader: bool,
}

/// How many of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    One,
    /// As many as a system that needs a majority can do without.
    Minority,
    /// One more than that.
    Majority,
    All,
}

const SHARES: [Share; 4] = [Share::One, Share::Minority, Share::Majority, Share::All];

/// Deals victims: no share comes again before all were dealt.
#[derive(Default)]
pub(crate) struct Dealer {
    deck: Vec<Share>,
    is_blind_next: bool,
}

impl Dealer {
    pub(crate) fn deal(&mut self, nodes: u16, rng: &mut Rng) -> Victims {
        let leader = !self.is_blind_next;
        self.is_blind_next = leader;
        if self.deck.is_empty() {
            self.deck = SHARES.to_vec();
            rng.shuffle(&mut self.deck);
        }
        let count = match self.deck.pop().expect("it was filled") {
            Share::One => 1,
            Share::Minority => ((nodes - 1) / 2).max(1),
            Share::Majority => nodes / 2 + 1,
            Share::All => nodes,
        };
        let mut order: Vec<u16> = (1..=nodes).collect();
        rng.shuffle(&mut order);
        order.truncate(usize::from(count));
        Victims {
            nodes: order,
            leader,
        }
    }
}

impl Victims {
    /// Who is hit, in the order of their numbers, if `leader` leads now.
    pub(crate) fn aim(mut self, leader: Option<NodeId>) -> Vec<NodeId> {
        if self.leader
            && let Some(NodeId(leader)) = leader
            && !self.nodes.contains(&leader)
        {
            self.nodes[0] = leader;
        }
        self.nodes.sort_unstable();
        self.nodes.into_iter().map(NodeId).collect()
    }
}

/// `n2 n5`.
pub(crate) struct Named<'a>(pub(crate) &'a [NodeId]);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, node) in self.0.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(f, "{space}{node}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_comes_in_turn_and_each_other_time_the_leader_is_among_them() {
        let mut dealer = Dealer::default();
        let mut rng = Rng::new(7);
        for _ in 0..50 {
            let mut counts = Vec::new();
            for round in 0..4 {
                let victims = dealer.deal(5, &mut rng);
                assert_eq!(victims.leader, round % 2 == 0);
                let is_aimed = victims.leader;
                let hit = victims.aim(Some(NodeId(4)));
                assert!(hit.is_sorted() && hit.iter().all(|node| (1..=5).contains(&node.0)));
                assert!(!is_aimed || hit.contains(&NodeId(4)));
                counts.push(hit.len());
            }
            counts.sort_unstable();
            assert_eq!(counts, [1, 2, 3, 5]);
        }
    }

    #[test]
    fn a_node_alone_is_always_hit() {
        let mut dealer = Dealer::default();
        for _ in 0..8 {
            let hit = dealer.deal(1, &mut Rng::new(1)).aim(None);
            assert_eq!(hit, [NodeId(1)]);
        }
    }
}
