//! Who has to come before whom: dependencies between transactions, as a compressed graph.
use super::Txn;

/// Why one transaction has to come before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Via {
    /// The second overwrote, or appended right after, what the first wrote.
    Ww,
    /// The second read what the first wrote.
    Wr,
    /// The second overwrote what the first read.
    Rw,
    /// One process ran the first before the second.
    Process,
    /// The first had ended before the second began.
    Realtime,
}

/// The key of a dependency that is about none.
pub const NO_KEY: u32 = (1 << 29) - 1;

/// One dependency: `from` has to come before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arc {
    pub from: Txn,
    pub to: Txn,
    pub via: Via,
    /// The object that it is about, or [`NO_KEY`].
    pub key: u32,
}

/// Dependencies by their beginning. Transactions that are not part of it have none.
///
/// Only [`Via::Ww`], [`Via::Wr`] and [`Via::Rw`] are stored: the order of processes and real time
/// follow from [`super::Txns`] and would cost more than all the others.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    starts: Vec<u32>,
    to: Vec<Txn>,
    /// `via` in the upper three bits, the key in the others.
    label: Vec<u32>,
}

impl Graph {
    /// The graph of so many transactions; what is said twice is kept once, and self-dependencies
    /// are left out.
    pub fn new(txns: usize, mut arcs: Vec<Arc>) -> Graph {
        arcs.retain(|arc| arc.from != arc.to);
        arcs.sort_unstable();
        arcs.dedup();
        let mut graph = Graph {
            starts: vec![0; txns + 1],
            to: Vec::with_capacity(arcs.len()),
            label: Vec::with_capacity(arcs.len()),
        };
        for arc in &arcs {
            graph.starts[arc.from as usize + 1] += 1;
            graph.to.push(arc.to);
            graph.label.push((arc.via as u32) << 29 | arc.key);
        }
        for txn in 0..txns {
            graph.starts[txn + 1] += graph.starts[txn];
        }
        graph
    }

    /// How many transactions it has room for.
    pub fn txns(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How many dependencies it has.
    pub fn arcs(&self) -> usize {
        self.to.len()
    }

    /// What has to come after `txn`, in ascending order.
    pub fn after(&self, txn: Txn) -> impl ExactSizeIterator<Item = Arc> + Clone + '_ {
        let range = self.starts[txn as usize] as usize..self.starts[txn as usize + 1] as usize;
        range.map(move |at| Arc {
            from: txn,
            to: self.to[at],
            via: VIA[(self.label[at] >> 29) as usize],
            key: self.label[at] & NO_KEY,
        })
    }
}

const VIA: [Via; 5] = [Via::Ww, Via::Wr, Via::Rw, Via::Process, Via::Realtime];
