//! What a cycle is called.
use crate::AnomalyKind;
use crate::transactional::{Arc, Via};

/// The name of a cycle, and what else it is.
pub(super) fn kind_of(arcs: &[Arc]) -> (AnomalyKind, Vec<AnomalyKind>) {
    use AnomalyKind as Kind;
    let count = |via: Via| arcs.iter().filter(|arc| arc.via == via).count();
    let is_rw = |at: usize| arcs[at % arcs.len()].via == Via::Rw;
    let is_adjacent = (0..arcs.len()).any(|at| is_rw(at) && is_rw(at + 1));
    let base = match count(Via::Rw) {
        0 if count(Via::Wr) == 0 => 0,
        0 => 1,
        1 => 2,
        _ if !is_adjacent => 3,
        _ => 4,
    };
    let family = match (count(Via::Realtime), count(Via::Process)) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    };
    let kind = [
        [Kind::G0, Kind::G0Process, Kind::G0Realtime],
        [Kind::G1c, Kind::G1cProcess, Kind::G1cRealtime],
        [Kind::GSingle, Kind::GSingleProcess, Kind::GSingleRealtime],
        [
            Kind::GNonadjacent,
            Kind::GNonadjacentProcess,
            Kind::GNonadjacentRealtime,
        ],
        [Kind::G2Item, Kind::G2ItemProcess, Kind::G2ItemRealtime],
    ][base][family];
    let also = if arcs.len() == 2 && count(Via::Rw) == 2 {
        vec![Kind::WriteSkew]
    } else {
        Vec::new()
    };
    (kind, also)
}
