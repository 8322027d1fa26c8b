//! Who can hear whom: the shapes in which a network breaks.
use crate::{network::Link, rng::Rng};
use checkers::NodeId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A broken network as it is planned. Nodes stand in a drawn order; `leader`, where it is true,
/// puts whoever leads when the fault begins into the place of the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Topology {
    pub(crate) shape: Shape,
    pub(crate) order: Vec<u16>,
    pub(crate) leader: bool,
}

/// The first of the order, or the first half of it, is the odd one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shape {
    /// One node alone, the others among themselves.
    Isolate,
    /// Two sides; the first node is on the smaller one.
    Halves,
    /// Every node hears a majority, and no two the same one.
    Ring,
    /// Two sides that only one node hears both of: the last.
    Bridge,
    /// One node hears nobody, and is heard by all.
    Deaf,
    /// One node is heard by nobody, and hears all.
    Mute,
}

/// The shapes aimed at the leader: those that leave it leading while others elect another one, or cannot.
const AIMED: [Shape; 4] = [Shape::Isolate, Shape::Halves, Shape::Deaf, Shape::Mute];
const BLIND: [Shape; 6] = [
    Shape::Isolate,
    Shape::Ring,
    Shape::Bridge,
    Shape::Halves,
    Shape::Deaf,
    Shape::Mute,
];

/// Deals topologies: every other one is aimed at the leader, and no shape comes again before its whole deck was dealt.
#[derive(Default)]
pub(crate) struct Dealer {
    aimed: Vec<Shape>,
    blind: Vec<Shape>,
    is_blind_next: bool,
}

impl Dealer {
    pub(crate) fn deal(&mut self, nodes: u16, rng: &mut Rng) -> Topology {
        assert!(2 <= nodes, "one node alone cannot be cut off");
        let leader = !self.is_blind_next;
        self.is_blind_next = leader;
        let deck = if leader {
            &mut self.aimed
        } else {
            &mut self.blind
        };
        if deck.is_empty() {
            *deck = if leader {
                AIMED.to_vec()
            } else {
                BLIND.to_vec()
            };
            deck.retain(|shape| shape.fits(nodes));
            rng.shuffle(deck);
        }
        let shape = deck.pop().expect("some shape fits two nodes");
        let mut order: Vec<u16> = (1..=nodes).collect();
        rng.shuffle(&mut order);
        Topology {
            shape,
            order,
            leader,
        }
    }
}

impl Shape {
    /// Whether it cuts anything in a cluster of so many nodes that no simpler shape does.
    fn fits(self, nodes: u16) -> bool {
        match self {
            Shape::Isolate | Shape::Deaf | Shape::Mute => true,
            Shape::Bridge => 3 <= nodes,
            Shape::Halves | Shape::Ring => 4 <= nodes,
        }
    }
}

impl Topology {
    /// Puts the leader into the first place, if this is aimed at it and somebody leads.
    pub(crate) fn aim(&mut self, leader: Option<NodeId>) {
        if self.leader
            && let Some(NodeId(leader)) = leader
            && let Some(place) = self.order.iter().position(|&node| node == leader)
        {
            self.order.swap(0, place);
        }
    }

    /// The nodes before and after the cut, the first side the smaller one.
    fn sides(&self) -> (&[u16], &[u16]) {
        let smaller = match self.shape {
            Shape::Isolate | Shape::Deaf | Shape::Mute => 1,
            Shape::Halves => (self.order.len() / 2).max(1),
            // The bridge itself, the last node, is on no side.
            Shape::Bridge => ((self.order.len() - 1) / 2).max(1),
            Shape::Ring => 0,
        };
        self.order.split_at(smaller)
    }

    /// The links that this cuts.
    pub(crate) fn cuts(&self) -> Vec<Link> {
        let mut cuts = Vec::new();
        for (from_place, &from) in self.order.iter().enumerate() {
            for (to_place, &to) in self.order.iter().enumerate() {
                if from != to && self.is_cut(from_place, to_place) {
                    cuts.push(Link {
                        from: NodeId(from),
                        to: NodeId(to),
                    });
                }
            }
        }
        cuts.sort();
        cuts
    }

    fn is_cut(&self, from: usize, to: usize) -> bool {
        let smaller = self.sides().0.len();
        let count = self.order.len();
        match self.shape {
            Shape::Isolate | Shape::Halves => (from < smaller) != (to < smaller),
            Shape::Bridge => {
                let bridge = count - 1;
                from != bridge && to != bridge && (from < smaller) != (to < smaller)
            }
            Shape::Deaf => to == 0,
            Shape::Mute => from == 0,
            Shape::Ring => {
                let distance = from.abs_diff(to).min(count - from.abs_diff(to));
                // Itself and this many on either side are a majority.
                let reach = (count / 2).div_ceil(2);
                reach < distance
            }
        }
    }
}

/// `n3 | n1 n2 n4 n5`.
impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |nodes: &[u16]| {
            let mut nodes = nodes.to_vec();
            nodes.sort_unstable();
            let names: Vec<String> = nodes.iter().map(|node| format!("n{node}")).collect();
            names.join(" ")
        };
        let first = self.order[0];
        let (left, right) = self.sides();
        match self.shape {
            Shape::Isolate | Shape::Halves => write!(f, "{} | {}", listed(left), listed(right)),
            Shape::Bridge => {
                let (bridge, right) = right.split_last().expect("a bridge needs three nodes");
                write!(
                    f,
                    "{} | {}, n{bridge} hears both",
                    listed(left),
                    listed(right)
                )
            }
            Shape::Deaf => write!(f, "n{first} hears nobody"),
            Shape::Mute => write!(f, "nobody hears n{first}"),
            Shape::Ring => {
                let names: Vec<String> = self.order.iter().map(|node| format!("n{node}")).collect();
                write!(f, "ring {}", names.join("–"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topology(shape: Shape, nodes: u16) -> Topology {
        Topology {
            shape,
            order: (1..=nodes).collect(),
            leader: false,
        }
    }

    fn drawn(shape: Shape, nodes: u16) -> String {
        let topology = topology(shape, nodes);
        let cuts = topology.cuts();
        let text = |link: &Link| format!("{}{}", link.from.0, link.to.0);
        let cuts: Vec<String> = cuts.iter().map(text).collect();
        format!("{topology}: {}", cuts.join(" "))
    }

    #[test]
    fn each_shape_cuts_what_it_says() {
        let cases = [
            (Shape::Isolate, 3, "n1 | n2 n3: 12 13 21 31"),
            (Shape::Halves, 4, "n1 n2 | n3 n4: 13 14 23 24 31 32 41 42"),
            (Shape::Bridge, 3, "n1 | n2, n3 hears both: 12 21"),
            (Shape::Deaf, 3, "n1 hears nobody: 21 31"),
            (Shape::Mute, 3, "nobody hears n1: 12 13"),
            (
                Shape::Ring,
                5,
                "ring n1–n2–n3–n4–n5: 13 14 24 25 31 35 41 42 52 53",
            ),
        ];
        for (shape, nodes, expected) in cases {
            assert_eq!(drawn(shape, nodes), expected);
        }
    }

    #[test]
    fn in_a_ring_everybody_hears_a_majority_and_nobody_all() {
        for nodes in 4..=12 {
            let cuts = topology(Shape::Ring, nodes).cuts();
            for node in 1..=nodes {
                let deaf_to = cuts.iter().filter(|link| link.to == NodeId(node)).count();
                let heard = usize::from(nodes) - deaf_to;
                assert!(
                    usize::from(nodes / 2) < heard,
                    "{nodes} nodes: {heard} heard"
                );
                assert!(nodes == 4 || 0 < deaf_to, "{nodes} nodes: nothing cut");
            }
        }
    }

    #[test]
    fn every_fitting_shape_cuts_something_in_every_cluster() {
        for nodes in 2..=9 {
            for shape in BLIND.iter().filter(|shape| shape.fits(nodes)) {
                assert!(
                    !topology(*shape, nodes).cuts().is_empty(),
                    "{shape:?} of {nodes}"
                );
            }
        }
    }

    #[test]
    fn the_leader_comes_first_when_aimed_at() {
        let mut topology = topology(Shape::Isolate, 5);
        topology.leader = true;
        topology.aim(Some(NodeId(4)));
        assert_eq!(topology.to_string(), "n4 | n1 n2 n3 n5");
    }

    #[test]
    fn every_other_fault_is_aimed_at_the_leader() {
        let (mut dealer, mut rng) = (Dealer::default(), Rng::new(7));
        let dealt: Vec<bool> = (0..6).map(|_| dealer.deal(5, &mut rng).leader).collect();
        assert_eq!(dealt, [true, false, true, false, true, false]);
    }
}
