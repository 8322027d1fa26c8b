//! Session guarantees about single keys (Terry et al. 1994; Bailis et al. 2013), with one order of versions.
use super::forced::Notes;
use super::knots::{Edge, knot};
use super::order::Forced;
use super::runs::Runs;
use super::sight::Sight;
use super::view::{INITIAL, NONE, View};
use crate::transactional::Source;

/// What no order of versions explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The initial state, read where something else had to be seen.
    Initial(Forced),
    /// Each of these comes at or before the next.
    Knot(Vec<Edge>),
}

/// Monotonic reads: a session does not read an older version of a key than before.
pub(super) fn monotonic_reads(view: &View<'_>) -> Option<Broken> {
    let registers = view.registers;
    let mut last = Notes::new(registers.keys(), (0, NONE));
    let mut edges = Vec::new();
    for session in 0..view.sessions() {
        for &reader in view.members(session) {
            for read in registers.reads_of(reader) {
                let before = last.get(session, read.key);
                match (before, read.source.version()) {
                    (Some((from, through)), None) if read.source == Source::INITIAL => {
                        return Some(Broken::Initial(Forced {
                            first: registers.writer[from as usize],
                            second: INITIAL,
                            reader,
                            key: read.key,
                            through,
                        }));
                    }
                    (_, None) => {}
                    (before, Some(to)) => {
                        if let Some((from, _)) = before
                            && from != to
                        {
                            edges.push(Edge { from, to, reader });
                        }
                        last.set(session, read.key, (to, reader));
                    }
                }
            }
        }
    }
    // Versions in order of invocation are an order too, and mostly the right one.
    if edges.iter().all(|edge| edge.from < edge.to) {
        return None;
    }
    knot(registers.writer.len(), &edges, |_| true).map(Broken::Knot)
}

/// Read your writes: a session does not read an older version of a key than it has written.
///
/// Its own writes may have taken effect in any order, so what it wrote to a key is gathered in a
/// chain of joints, each after one more of them.
pub(super) fn read_your_writes(view: &View<'_>) -> Option<Broken> {
    let registers = view.registers;
    let joints = registers.writer.len() as u32;
    let mut own = Notes::new(registers.keys(), NONE);
    let mut edges = Vec::new();
    let mut is_ascending = true;
    for session in 0..view.sessions() {
        for &txn in view.members(session) {
            for read in registers.reads_of(txn) {
                let Some(before) = own.get(session, read.key) else {
                    continue;
                };
                if read.source == Source::INITIAL {
                    let first = registers.writer[before as usize];
                    return Some(Broken::Initial(Forced {
                        first,
                        second: INITIAL,
                        reader: txn,
                        key: read.key,
                        through: first,
                    }));
                }
                if let Some(to) = read.source.version() {
                    is_ascending &= before <= to;
                    edges.push(Edge {
                        from: joints + before,
                        to,
                        reader: txn,
                    });
                }
            }
            let writes = registers.writes_of(txn).iter();
            for (&version, &key) in writes.zip(registers.keys_written_by(txn)) {
                if let Some(before) = own.get(session, key) {
                    edges.push(Edge {
                        from: joints + before,
                        to: joints + version,
                        reader: txn,
                    });
                }
                edges.push(Edge {
                    from: version,
                    to: joints + version,
                    reader: txn,
                });
                own.set(session, key, version);
            }
        }
    }
    if is_ascending {
        return None;
    }
    knot(2 * joints as usize, &edges, |node| node < joints).map(Broken::Knot)
}

/// Writes follow reads: what a session wrote after a read comes after what that had found, and whoever
/// sees the former within a transaction sees the latter.
///
/// Nodes are what each transaction wrote, what its session had seen when it ended, and for each read
/// what its session had found in that key so far.
pub(super) fn writes_follow_reads(view: &View<'_>) -> Option<Broken> {
    let registers = view.registers;
    let txns = view.txns.len() as u32;
    let mut edges = Vec::new();
    let mut found = Notes::new(registers.keys(), NONE);
    for session in 0..view.sessions() {
        for &txn in view.members(session) {
            let seen = txns + txn;
            let previous = view.previous[txn as usize];
            let edge = |from, to| Edge {
                from,
                to,
                reader: txn,
            };
            if previous != NONE {
                edges.push(edge(txns + previous, seen));
            }
            edges.push(edge(seen, txn));
            let start = registers.read_starts[txn as usize];
            for (at, read) in (start..).zip(registers.reads_of(txn)) {
                let Some(version) = read.source.version() else {
                    continue;
                };
                let writer = registers.writer[version as usize];
                let joint = 2 * txns + at;
                edges.push(edge(writer, seen));
                edges.push(edge(writer, joint));
                if let Some(before) = found.get(session, read.key) {
                    edges.push(edge(before, joint));
                }
                found.set(session, read.key, joint);
            }
        }
    }
    let found = Runs::new(view, |txn| {
        let start = registers.read_starts[txn as usize];
        let reads = (start..).zip(registers.reads_of(txn));
        let found = reads.filter(|(_, read)| read.source.version().is_some());
        found.map(|(at, read)| (read.key, at))
    });
    let mut sight = Sight::new(view);
    for reader in view.included() {
        sight.forget();
        for (key, second) in view.reads(reader) {
            for &session in &sight.sessions {
                let (index, through) = sight.far.get(reader, session).expect("seen");
                let run = found.find(key, session);
                let Some((at, _)) = run.and_then(|run| found.last_before(run, index + 1)) else {
                    continue;
                };
                if second == INITIAL {
                    let version = registers.reads[at as usize].source.version();
                    let first = registers.writer[version.expect("it found something") as usize];
                    return Some(Broken::Initial(Forced {
                        first,
                        second,
                        reader,
                        key,
                        through,
                    }));
                }
                edges.push(Edge {
                    from: 2 * txns + at,
                    to: second,
                    reader,
                });
            }
            sight.see(view, reader, second, |_| 0);
        }
    }
    let nodes = 2 * txns as usize + registers.reads.len();
    knot(nodes, &edges, |node| node < 2 * txns).map(Broken::Knot)
}
