//! An order in which the operations of a legal register can have taken effect, and its proof-reader.
use super::lay_out;
use super::lives::{Lives, NONE};
use crate::linearizable::register::cell::{Act, NIL, Register, State};

/// For a legal register in which every value is written once: an order, as indexes. All answered
/// operations are in it, and those of unknown outcome whose value was found.
pub(in crate::linearizable) fn order(register: &Register) -> Option<Vec<u32>> {
    let (lives, flaw) = Lives::new(register).ok()?;
    if flaw.is_some() {
        return None;
    }
    let blocks = lay_out(&lives).ok()?;
    let mut ends = vec![NONE; lives.events + 1];
    for block in &blocks {
        // See the head of the file above: by the later of first return and last invocation.
        ends[block.first_return.max(block.last_invoked) as usize] = block.root;
    }
    let readers = Readers::new(register);
    let mut order = Vec::with_capacity(register.ops.len());
    for root in ends.into_iter().filter(|&root| root != NONE) {
        for value in lives.chain(root) {
            let writer = lives.lives[value as usize].writer;
            order.extend((writer != NONE).then_some(writer));
            order.extend_from_slice(readers.of(value));
        }
    }
    verify(register, &order).is_ok().then_some(order)
}

/// Who looked and found each value, in order of invocation.
struct Readers {
    starts: Vec<u32>,
    ops: Vec<u32>,
}

impl Readers {
    fn new(register: &Register) -> Readers {
        let reads = || {
            let ops = (0_u32..).zip(&register.ops);
            ops.filter_map(|(index, op)| match op.act {
                Act::Observe(value) if op.is_answered() => Some((index, value as usize)),
                Act::Observe(_) | Act::ObserveNot(_) | Act::Write(_) | Act::Swap { .. } => None,
            })
        };
        let mut starts = vec![0_u32; register.states() + 1];
        for (_, value) in reads() {
            starts[value + 1] += 1;
        }
        for value in 1..starts.len() {
            starts[value] += starts[value - 1];
        }
        let mut next = starts.clone();
        let mut ops = vec![0; starts[starts.len() - 1] as usize];
        for (index, value) in reads() {
            ops[next[value] as usize] = index;
            next[value] += 1;
        }
        Readers { starts, ops }
    }

    fn of(&self, value: State) -> &[u32] {
        let value = value as usize;
        &self.ops[self.starts[value] as usize..self.starts[value + 1] as usize]
    }
}

/// What is wrong with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::linearizable) enum Misordered {
    /// There is no such operation.
    Stranger(u32),
    /// The operation stands there twice.
    Twice(u32),
    /// The operation was answered, and does not stand there.
    Missing(u32),
    /// The operation returned before one that stands before it had begun.
    TooLate(u32),
    /// The operation cannot have answered so at its place.
    Refused(u32),
}

/// Whether `order` explains every answer of `register`. Knows nothing of how it was found.
pub(in crate::linearizable) fn verify(
    register: &Register,
    order: &[u32],
) -> Result<(), Misordered> {
    let mut is_done = vec![false; register.ops.len()];
    let mut state = NIL;
    let mut begun = 0;
    for &index in order {
        let op = register.ops.get(index as usize);
        let op = op.ok_or(Misordered::Stranger(index))?;
        if std::mem::replace(&mut is_done[index as usize], true) {
            return Err(Misordered::Twice(index));
        }
        if op.returned < begun {
            return Err(Misordered::TooLate(index));
        }
        begun = begun.max(op.invoked);
        state = op.act.step(state).ok_or(Misordered::Refused(index))?;
    }
    let mut ops = (0_u32..).zip(&register.ops).zip(is_done);
    let missing = ops.find(|((_, op), is_done)| op.is_answered() && !is_done);
    missing.map_or(Ok(()), |((index, _), _)| Err(Misordered::Missing(index)))
}
