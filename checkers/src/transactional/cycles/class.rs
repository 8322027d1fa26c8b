//! The classes of cycles, the worst first, and how each is found.
use super::pattern::On::Any;
use super::pattern::{Move, Pattern};
use crate::AnomalyKind;
use crate::transactional::Family;
use crate::transactional::Via::{self, Process, Rw, Wr, Ww};

/// What a cycle is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Only ww.
    G0,
    /// ww and at least one wr.
    G1c,
    /// Exactly one rw.
    Single,
    /// At least two rw, no two of them one after another.
    Nonadjacent,
    /// At least two rw that follow each other.
    Item,
}

impl Class {
    pub(super) const ALL: [Class; 5] = [
        Class::G0,
        Class::G1c,
        Class::Single,
        Class::Nonadjacent,
        Class::Item,
    ];

    /// How its cycles go on after their first dependency. In real time a cycle needs only one pair
    /// of transactions that it orders: of two such pairs one can be left out, because intervals that
    /// do not overlap are in one order (an interval order has no two chains side by side). The walk
    /// then begins at the later one of that pair and ends at an earlier one, and has no first
    /// dependency.
    pub(super) fn pattern(self, family: Family) -> Pattern {
        let is_timed = family == Family::Strong;
        let moves = if is_timed {
            self.timed()
        } else {
            self.walked()
        };
        let all: Vec<Move> = moves
            .iter()
            .flat_map(|&(from, via, to)| spelt(from, via, to, family))
            .collect();
        let accepted: &[u8] = match (self, is_timed) {
            (Class::G0 | Class::G1c, _) | (Class::Single, false) => &[0],
            (Class::Single, true) | (Class::Item, false) => &[1],
            (Class::Nonadjacent, false) => &[3],
            (Class::Nonadjacent, true) => &[3, 4],
            (Class::Item, true) => &[2],
        };
        Pattern::new(self.first(), &all, accepted)
    }

    /// What such a cycle is called.
    pub(super) fn kind(self, family: Family) -> AnomalyKind {
        let kinds = match self {
            Class::G0 => [
                AnomalyKind::G0,
                AnomalyKind::G0Process,
                AnomalyKind::G0Realtime,
            ],
            Class::G1c => [
                AnomalyKind::G1c,
                AnomalyKind::G1cProcess,
                AnomalyKind::G1cRealtime,
            ],
            Class::Single => [
                AnomalyKind::GSingle,
                AnomalyKind::GSingleProcess,
                AnomalyKind::GSingleRealtime,
            ],
            Class::Nonadjacent => [
                AnomalyKind::GNonadjacent,
                AnomalyKind::GNonadjacentProcess,
                AnomalyKind::GNonadjacentRealtime,
            ],
            Class::Item => [
                AnomalyKind::G2Item,
                AnomalyKind::G2ItemProcess,
                AnomalyKind::G2ItemRealtime,
            ],
        };
        kinds[family as usize]
    }

    fn first(self) -> Via {
        match self {
            Class::G0 => Ww,
            Class::G1c => Wr,
            Class::Single | Class::Nonadjacent | Class::Item => Rw,
        }
    }

    fn walked(self) -> &'static [(u8, Moved, u8)] {
        match self {
            Class::G0 => &[(0, Moved::Write, 0)],
            Class::G1c | Class::Single => &[(0, Moved::Depend, 0)],
            Class::Nonadjacent => &[
                (0, Moved::Depend, 1),
                (1, Moved::Depend, 1),
                (1, Moved::Miss, 2),
                (2, Moved::Depend, 3),
                (3, Moved::Depend, 3),
                (3, Moved::Miss, 2),
            ],
            Class::Item => &[
                (0, Moved::Miss, 1),
                (1, Moved::Miss, 1),
                (1, Moved::Depend, 1),
            ],
        }
    }

    fn timed(self) -> &'static [(u8, Moved, u8)] {
        match self {
            Class::G0 => &[(0, Moved::Write, 0)],
            Class::G1c => &[(0, Moved::Depend, 0)],
            Class::Single => &[
                (0, Moved::Depend, 0),
                (0, Moved::Miss, 1),
                (1, Moved::Depend, 1),
            ],
            Class::Nonadjacent => &[
                (0, Moved::Depend, 0),
                (0, Moved::Miss, 1),
                (1, Moved::Depend, 2),
                (2, Moved::Depend, 2),
                (2, Moved::Miss, 3),
                (3, Moved::Depend, 4),
                (4, Moved::Depend, 4),
                (4, Moved::Miss, 3),
            ],
            Class::Item => &[
                (0, Moved::Depend, 0),
                (0, Moved::Miss, 1),
                (1, Moved::Depend, 0),
                (1, Moved::Miss, 2),
                (2, Moved::Depend, 2),
                (2, Moved::Miss, 2),
            ],
        }
    }
}

/// Several kinds of dependencies at once.
#[derive(Clone, Copy, Debug)]
enum Moved {
    /// ww.
    Write,
    /// ww and wr.
    Depend,
    /// rw.
    Miss,
}

fn spelt(from: u8, moved: Moved, to: u8, family: Family) -> Vec<Move> {
    let mut vias = match moved {
        Moved::Write => vec![Ww],
        Moved::Depend => vec![Ww, Wr],
        Moved::Miss => vec![Rw],
    };
    if family == Family::Session && !matches!(moved, Moved::Miss) {
        vias.push(Process);
    }
    vias.into_iter().map(|via| (from, via, Any, to)).collect()
}
