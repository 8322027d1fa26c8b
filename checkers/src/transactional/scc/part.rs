//! A part of all transactions, with what joins them: usually where the cycles are.
use crate::transactional::{Arc, Graph, NEVER, NO_KEY, Txn, Txns, Via};
use rustc_hash::FxHashMap;

/// No vertex, no rank, no component.
pub(in crate::transactional) const NONE: u32 = u32::MAX;

/// Some transactions, numbered anew in order of invocation, and the dependencies inside each of
/// their components.
#[derive(Debug, Default)]
pub(in crate::transactional) struct Part {
    /// Who they are, ascending.
    pub(in crate::transactional) txns: Vec<Txn>,
    /// Which component each belongs to; dependencies between two are left out.
    pub(in crate::transactional) component: Vec<u32>,
    /// Where the dependencies of each begin; one more at the end.
    pub(in crate::transactional) starts: Vec<u32>,
    pub(in crate::transactional) to: Vec<u32>,
    /// `via` in the upper three bits, the key's number in this part in the others.
    label: Vec<u32>,
    /// The keys of those numbers.
    pub(in crate::transactional) keys: Vec<u32>,
    /// The next one of the same process and component.
    pub(in crate::transactional) next_of_process: Vec<u32>,
    /// When each began and ended.
    pub(in crate::transactional) invoked: Vec<u32>,
    pub(in crate::transactional) completed: Vec<u32>,
    /// Those that ended, in that order, and the place of each in it.
    pub(in crate::transactional) returned: Vec<u32>,
    pub(in crate::transactional) return_rank: Vec<u32>,
    /// The first that began after each completion; one more at the end.
    pub(in crate::transactional) began_after: Vec<u32>,
}

impl Part {
    /// The dependencies of `graph` among `members`, which are ascending, as one component.
    pub(in crate::transactional) fn new(txns: &Txns, graph: &Graph, members: Vec<Txn>) -> Part {
        let mut local = vec![NONE; graph.txns()];
        for (vertex, &txn) in members.iter().enumerate() {
            local[txn as usize] = vertex as u32;
        }
        let mut part = Part {
            component: vec![0; members.len()],
            invoked: members
                .iter()
                .map(|&txn| txns.invoked[txn as usize])
                .collect(),
            completed: members
                .iter()
                .map(|&txn| txns.completed[txn as usize])
                .collect(),
            starts: vec![0],
            ..Part::default()
        };
        let mut keys: FxHashMap<u32, u32> = FxHashMap::default();
        for &txn in &members {
            for arc in graph.after(txn) {
                let to = local[arc.to as usize];
                if to != NONE {
                    let key = *keys.entry(arc.key).or_insert_with(|| {
                        part.keys.push(arc.key);
                        part.keys.len() as u32 - 1
                    });
                    part.to.push(to);
                    part.label.push((arc.via as u32) << 29 | key);
                }
            }
            part.starts.push(part.to.len() as u32);
        }
        let process = members.iter().map(|&txn| txns.process[txn as usize].0);
        part.order_processes(&process.collect::<Vec<u32>>());
        part.txns = members;
        part.order_time();
        part
    }

    /// How many vertices it has.
    pub(in crate::transactional) fn len(&self) -> usize {
        self.invoked.len()
    }

    /// About how much memory it takes.
    pub(in crate::transactional) fn bytes(&self) -> u64 {
        (self.len() * 11 * 4 + self.to.len() * 8 + self.keys.len() * 4) as u64
    }

    /// Why the dependency at `arc` holds.
    pub(in crate::transactional) fn via(&self, arc: u32) -> Via {
        match self.label[arc as usize] >> 29 {
            0 => Via::Ww,
            1 => Via::Wr,
            2 => Via::Rw,
            3 => Via::Process,
            _ => Via::Realtime,
        }
    }

    /// The number in this part of the key of the dependency at `arc`.
    pub(in crate::transactional) fn key(&self, arc: u32) -> u32 {
        self.label[arc as usize] & NO_KEY
    }

    /// The positions of the dependencies that begin at `vertex`.
    pub(in crate::transactional) fn arcs(&self, vertex: u32) -> std::ops::Range<u32> {
        self.starts[vertex as usize]..self.starts[vertex as usize + 1]
    }

    /// The dependency at `arc`, which begins at `vertex`, as others know it.
    pub(in crate::transactional) fn arc(&self, vertex: u32, arc: u32) -> Arc {
        Arc {
            from: self.txns[vertex as usize],
            to: self.txns[self.to[arc as usize] as usize],
            via: self.via(arc),
            key: self.keys[self.key(arc) as usize],
        }
    }

    /// Only the vertices that have a component, in these components.
    pub(in crate::transactional) fn narrowed(&self, component: &[u32]) -> Part {
        let mut local = vec![NONE; self.len()];
        let mut part = Part {
            keys: self.keys.clone(),
            starts: vec![0],
            ..Part::default()
        };
        for vertex in (0..self.len()).filter(|&vertex| component[vertex] != NONE) {
            local[vertex] = part.txns.len() as u32;
            part.txns.push(self.txns[vertex]);
            part.component.push(component[vertex]);
            part.invoked.push(self.invoked[vertex]);
            part.completed.push(self.completed[vertex]);
        }
        for vertex in (0..self.len() as u32).filter(|&at| local[at as usize] != NONE) {
            for arc in self.arcs(vertex) {
                let to = self.to[arc as usize];
                if component[to as usize] == component[vertex as usize] {
                    part.to.push(local[to as usize]);
                    part.label.push(self.label[arc as usize]);
                }
            }
            part.starts.push(part.to.len() as u32);
            let mut next = self.next_of_process[vertex as usize];
            while next != NONE && component[next as usize] != component[vertex as usize] {
                next = self.next_of_process[next as usize];
            }
            let next = if next == NONE {
                NONE
            } else {
                local[next as usize]
            };
            part.next_of_process.push(next);
        }
        part.order_time();
        part
    }

    fn order_processes(&mut self, process: &[u32]) {
        let mut last: FxHashMap<u32, u32> = FxHashMap::default();
        self.next_of_process = vec![NONE; process.len()];
        for (vertex, &process) in process.iter().enumerate() {
            // Nothing follows an outcome that is unknown: it may take effect at any later time.
            let follows = last.insert(process, vertex as u32);
            if let Some(before) = follows.filter(|&at| self.completed[at as usize] != NEVER) {
                self.next_of_process[before as usize] = vertex as u32;
            }
        }
    }

    fn order_time(&mut self) {
        let ended = (0..self.len() as u32).filter(|&at| self.completed[at as usize] != NEVER);
        self.returned = ended.collect();
        self.returned
            .sort_unstable_by_key(|&at| self.completed[at as usize]);
        self.return_rank = vec![NONE; self.len()];
        self.began_after = Vec::with_capacity(self.returned.len() + 1);
        let mut began = 0;
        for (rank, &vertex) in self.returned.iter().enumerate() {
            self.return_rank[vertex as usize] = rank as u32;
            while began < self.len() && self.invoked[began] < self.completed[vertex as usize] {
                began += 1;
            }
            self.began_after.push(began as u32);
        }
        self.began_after.push(self.len() as u32);
    }
}
