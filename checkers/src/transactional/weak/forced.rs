//! What the levels without a transitive closure force on the order of commits.
use super::order::Forced;
use super::placed::Placed;
use super::runs::Runs;
use super::sight::Sight;
use super::view::{INITIAL, NONE, View};
use crate::transactional::Txn;

/// Takes forced pairs, and says whether to go on.
pub(super) type Sink<'s> = dyn FnMut(Forced) -> bool + 's;

/// A value for each key, or each session, that is forgotten at once.
pub(super) struct Notes<T> {
    owner: Vec<u32>,
    note: Vec<T>,
}

impl<T: Copy> Notes<T> {
    pub(super) fn new(places: usize, nothing: T) -> Notes<T> {
        Notes {
            owner: vec![NONE; places],
            note: vec![nothing; places],
        }
    }

    pub(super) fn get(&self, owner: u32, at: u32) -> Option<T> {
        (self.owner[at as usize] == owner).then(|| self.note[at as usize])
    }

    pub(super) fn set(&mut self, owner: u32, at: u32, note: T) {
        self.owner[at as usize] = owner;
        self.note[at as usize] = note;
    }
}

/// Monotonic atomic view (Bailis et al. 2013, OTV), which Biswas and Enea (2019) and the tools after
/// them call read committed: once a transaction has read from another, what it reads from there on is
/// not older than what that one wrote.
pub(super) fn atomic_view(view: &View<'_>, sink: &mut Sink<'_>) -> bool {
    let registers = view.registers;
    let mut next = Notes::new(registers.keys(), NONE);
    let mut is_seen = Notes::new(view.txns.len(), ());
    let mut reads: Vec<(u32, Txn, bool)> = Vec::new();
    for reader in view.included().filter(|&txn| view.is_told(txn)) {
        reads.clear();
        for (key, writer) in view.reads(reader) {
            let is_first = writer != INITIAL && is_seen.get(reader, writer).is_none();
            if is_first {
                is_seen.set(reader, writer, ());
            }
            reads.push((key, writer, is_first));
        }
        if reads.len() < 2 {
            continue;
        }
        for at in (0..reads.len()).rev() {
            let (key, first, is_first) = reads[at];
            let pair = |second, key| Forced {
                first,
                second,
                reader,
                key,
                through: NONE,
            };
            let keys = registers_keys(view, first);
            if !is_first {
                // What it wrote elsewhere was asked of the reads after the first sight of it.
                if first != INITIAL
                    && let Some(second) = next.get(reader, key)
                    && second != first
                    && !sink(pair(second, key))
                {
                    return false;
                }
            } else if keys.len() <= reads.len() {
                for &key in keys {
                    if let Some(second) = next.get(reader, key)
                        && second != first
                        && !sink(pair(second, key))
                    {
                        return false;
                    }
                }
            } else {
                for &(key, second, _) in &reads[at + 1..] {
                    if second != first
                        && registers.write_to(first, key).is_some()
                        && !sink(pair(second, key))
                    {
                        return false;
                    }
                }
            }
            next.set(reader, key, first);
        }
    }
    true
}

fn registers_keys<'v>(view: &View<'v>, writer: Txn) -> &'v [u32] {
    if writer == INITIAL {
        &[]
    } else {
        view.registers.keys_written_by(writer)
    }
}

/// Read atomic: whoever reads from a transaction sees all that it wrote (Bailis et al. 2014), and,
/// with sessions (Biswas and Enea 2019), all that its own session wrote before.
pub(super) fn atomic(view: &View<'_>, has_sessions: bool, sink: &mut Sink<'_>) -> bool {
    let mut read = Notes::new(view.registers.keys(), NONE);
    let mut is_seen = Notes::new(view.txns.len(), ());
    if !has_sessions {
        let mut readers = view.included().filter(|&txn| view.is_told(txn));
        return readers.all(|reader| all_or_nothing(view, reader, &mut read, &mut is_seen, sink));
    }
    let mut own = Notes::new(view.registers.keys(), NONE);
    for session in 0..view.sessions() {
        for &reader in view.members(session) {
            for (key, second) in view.reads(reader) {
                if let Some(first) = own.get(session, key)
                    && first != second
                    && !(second != INITIAL && view.is_earlier(first, second))
                    && !sink(Forced {
                        first,
                        second,
                        reader,
                        key,
                        through: NONE,
                    })
                {
                    return false;
                }
            }
            if view.is_told(reader) && !all_or_nothing(view, reader, &mut read, &mut is_seen, sink)
            {
                return false;
            }
            for &key in view.registers.keys_written_by(reader) {
                own.set(session, key, reader);
            }
        }
    }
    true
}

fn all_or_nothing(
    view: &View<'_>,
    reader: Txn,
    read: &mut Notes<Txn>,
    is_seen: &mut Notes<()>,
    sink: &mut Sink<'_>,
) -> bool {
    let registers = view.registers;
    let count = registers.reads_of(reader).len();
    if count < 2 {
        return true;
    }
    for (key, writer) in view.reads(reader) {
        // Two answers to one question: each of the two writers has to come before the other.
        if let Some(other) = read.get(reader, key)
            && other != writer
        {
            for (first, second) in [(other, writer), (writer, other)] {
                let is_forced = first != INITIAL;
                if is_forced
                    && !sink(Forced {
                        first,
                        second,
                        reader,
                        key,
                        through: NONE,
                    })
                {
                    return false;
                }
            }
        }
        read.set(reader, key, writer);
    }
    for (_, first) in view.reads(reader) {
        if first == INITIAL || is_seen.get(reader, first).is_some() {
            continue;
        }
        is_seen.set(reader, first, ());
        let pair = |second, key| Forced {
            first,
            second,
            reader,
            key,
            through: NONE,
        };
        let keys = registers.keys_written_by(first);
        if keys.len() <= count {
            for &key in keys {
                if let Some(second) = read.get(reader, key)
                    && second != first
                    && !sink(pair(second, key))
                {
                    return false;
                }
            }
        } else {
            for (key, second) in view.reads(reader) {
                if second != first
                    && registers.write_to(first, key).is_some()
                    && !sink(pair(second, key))
                {
                    return false;
                }
            }
        }
    }
    true
}

/// Monotonic writes (Terry et al. 1994; Bailis et al. 2013): the writes of a session take effect in
/// its order, and whoever has seen one of them within a transaction sees those before it.
pub(super) fn monotonic_writes(view: &View<'_>, placed: &Placed, sink: &mut Sink<'_>) -> bool {
    let writers = Runs::of_writes(view);
    let mut sight = Sight::new(view);
    for reader in view.included().filter(|&txn| view.is_told(txn)) {
        sight.forget();
        for (key, writer) in view.reads(reader) {
            if !sight.ask(
                (view, &writers, placed),
                reader,
                (key, writer, reader),
                sink,
            ) {
                return false;
            }
            sight.see(view, reader, writer, |writer| placed.of(writer));
        }
    }
    true
}

/// PRAM as the sum of monotonic reads, monotonic writes and read your writes (Brzezinski et al. 2004;
/// Bailis et al. 2013), with one order of commits: a session has seen what it wrote, what it read,
/// and what the writers of that had written before.
pub(super) fn pipelined(view: &View<'_>, placed: &Placed, sink: &mut Sink<'_>) -> bool {
    let writers = Runs::of_writes(view);
    let mut sight = Sight::new(view);
    let mut own = Notes::new(view.registers.keys(), NONE);
    let mut read = Notes::new(view.registers.keys(), NONE);
    for session in 0..view.sessions() {
        sight.forget();
        for &reader in view.members(session) {
            for (key, second) in view.reads(reader) {
                for first in [own.get(session, key), read.get(session, key)] {
                    let Some(first) = first.filter(|&first| first != INITIAL) else {
                        continue;
                    };
                    let is_known =
                        first == second || second != INITIAL && view.is_earlier(first, second);
                    if !is_known
                        && !sink(Forced {
                            first,
                            second,
                            reader,
                            key,
                            through: first,
                        })
                    {
                        return false;
                    }
                }
                if !sight.ask(
                    (view, &writers, placed),
                    session,
                    (key, second, reader),
                    sink,
                ) {
                    return false;
                }
                read.set(session, key, second);
                sight.see(view, session, second, |writer| placed.of(writer));
            }
            for &key in view.registers.keys_written_by(reader) {
                own.set(session, key, reader);
            }
        }
    }
    true
}
