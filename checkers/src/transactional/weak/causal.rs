//! Causal consistency with one order of commits (Biswas and Enea 2019), in n·k for k sessions at once.
//!
//! As in AWDIT (Møldrup and Pavlogiannis 2025) each transaction gets a clock of what it has, through
//! others, seen of each session. We differ in four ways. Clocks are dropped when nobody needs them
//! any more, so that memory is that of what is current. A session begins where another one that it
//! has seen to its end stopped, so that clients that come back under another name cost nothing. An
//! order that respects sessions and reads is tried first, by looking at what was written to a key
//! between a version and its reader: mostly it is an order of commits. And where it is not, what had
//! happened before a version anyway is not forced again.
use super::clocks::Clocks;
use super::order::Forced;
use super::view::{INITIAL, NONE, View};
use crate::Budget;
use crate::transactional::Txn;

/// How often the budget is asked.
const TXNS_PER_LOOK: usize = 1024;

/// What was found out about an order that respects sessions and reads.
pub(super) enum Tried {
    /// It is an order of commits.
    Fits,
    /// It may not be; the chains that sessions form.
    Not(Chains),
    /// Something was read as if nobody had written it, by somebody who had seen otherwise.
    Initial(Forced),
    /// There was no time, or no room.
    Spent(String),
}

/// A partition of the transactions into chains, each of which saw those before it.
pub(super) struct Chains {
    chain: Vec<u32>,
    place: Vec<u32>,
    count: usize,
}

/// How many writes between a version and its reader are looked at before the order is given up.
const BETWEEN_MAX: usize = 256;

/// Whether `order` is an order of commits.
pub(super) fn try_order(view: &View<'_>, order: &[Txn], budget: &Budget) -> Tried {
    let registers = view.registers;
    let mut clocks = Clocks::new(view);
    let mut ends = vec![0_u32; registers.keys() + 1];
    for &txn in order {
        for &key in registers.keys_written_by(txn) {
            ends[key as usize + 1] += 1;
        }
    }
    for key in 1..ends.len() {
        ends[key] += ends[key - 1];
    }
    let starts = ends.clone();
    let mut written = vec![NONE; ends[ends.len() - 1] as usize];
    let mut fits = true;
    let mut spent = None;
    for (at, &txn) in order.iter().enumerate() {
        if at % TXNS_PER_LOOK == 0 {
            spent = budget.spent();
            if spent.is_some() {
                break;
            }
        }
        clocks.arrive(view, txn);
        if fits {
            for (key, second) in view.reads(txn) {
                let range = starts[key as usize] as usize..ends[key as usize] as usize;
                let later = written[range].iter().rev().take_while(|&&w| w != second);
                let mut later = later.enumerate();
                let seen = later.find(|&(passed, &w)| passed >= BETWEEN_MAX || clocks.has_seen(w));
                let Some((passed, &first)) = seen else {
                    continue;
                };
                if passed < BETWEEN_MAX && second == INITIAL {
                    budget.give_back(clocks.taken);
                    return Tried::Initial(Forced {
                        first,
                        second,
                        reader: txn,
                        key,
                        through: NONE,
                    });
                }
                fits = false;
            }
        }
        for &key in registers.keys_written_by(txn) {
            written[ends[key as usize] as usize] = txn;
            ends[key as usize] += 1;
        }
        clocks.depart(view, txn, budget);
    }
    budget.give_back(clocks.taken);
    if let Some(reason) = spent {
        return Tried::Spent(reason);
    }
    if fits {
        return Tried::Fits;
    }
    Tried::Not(Chains {
        count: clocks.lengths.len(),
        chain: clocks.chain,
        place: clocks.place,
    })
}

/// What was written to each key, by chain.
struct Stretches {
    /// Where the stretches of each key begin; one more at the end.
    starts: Vec<u32>,
    /// The chain of each stretch, and where its transactions begin.
    chain: Vec<u32>,
    begins: Vec<u32>,
    /// How many of them have gone by, and the place of the last of those.
    gone: Vec<u32>,
    latest: Vec<u32>,
    txns: Vec<Txn>,
    /// Of each write, in the order of `Registers::writes`, the stretch.
    of_write: Vec<u32>,
}

impl Stretches {
    fn new(view: &View<'_>, order: &[Txn], chains: &Chains) -> Stretches {
        let registers = view.registers;
        let mut by_chain = vec![0_u32; chains.count + 1];
        let in_chains = order
            .iter()
            .filter(|&&txn| chains.chain[txn as usize] != NONE);
        for &txn in in_chains.clone() {
            by_chain[chains.chain[txn as usize] as usize + 1] += 1;
        }
        for chain in 0..chains.count {
            by_chain[chain + 1] += by_chain[chain];
        }
        let mut sorted = vec![NONE; by_chain[chains.count] as usize];
        for &txn in in_chains {
            let place = &mut by_chain[chains.chain[txn as usize] as usize];
            sorted[*place as usize] = txn;
            *place += 1;
        }
        let mut next = vec![0_u32; registers.keys() + 1];
        for &txn in &sorted {
            for &key in registers.keys_written_by(txn) {
                next[key as usize + 1] += 1;
            }
        }
        for key in 1..next.len() {
            next[key] += next[key - 1];
        }
        let bounds = next.clone();
        let mut writes = vec![(NONE, 0); next[next.len() - 1] as usize];
        for &txn in &sorted {
            let range = super::range(&registers.write_starts, txn);
            for at in range {
                let place = &mut next[registers.write_keys[at] as usize];
                writes[*place as usize] = (txn, at as u32);
                *place += 1;
            }
        }
        let mut stretches = Stretches {
            starts: vec![0],
            chain: Vec::new(),
            begins: Vec::new(),
            gone: Vec::new(),
            latest: Vec::new(),
            txns: writes.iter().map(|&(txn, _)| txn).collect(),
            of_write: vec![NONE; registers.writes.len()],
        };
        for key in 0..registers.keys() {
            let mut last = NONE;
            for at in bounds[key]..bounds[key + 1] {
                let (txn, write) = writes[at as usize];
                let chain = chains.chain[txn as usize];
                if chain != last {
                    stretches.chain.push(chain);
                    stretches.begins.push(at);
                    last = chain;
                }
                stretches.of_write[write as usize] = stretches.chain.len() as u32 - 1;
            }
            stretches.starts.push(stretches.chain.len() as u32);
        }
        stretches.gone = vec![0; stretches.chain.len()];
        stretches.latest = vec![0; stretches.chain.len()];
        stretches
    }

    fn pass(&mut self, view: &View<'_>, txn: Txn, place: u32) {
        for at in super::range(&view.registers.write_starts, txn) {
            let stretch = self.of_write[at];
            if stretch != NONE {
                self.gone[stretch as usize] += 1;
                self.latest[stretch as usize] = place;
            }
        }
    }
}

/// All that causality forces on the order of commits beyond sessions and reads; or the reason why
/// that was not found out.
pub(super) fn forced(
    view: &View<'_>,
    order: &[Txn],
    chains: &Chains,
    budget: &Budget,
) -> Result<Vec<Forced>, String> {
    let mut stretches = Stretches::new(view, order, chains);
    let mut clocks = Clocks::new(view);
    let mut forced = Vec::new();
    let mut spent = None;
    let mut told = 0;
    for (at, &txn) in order.iter().enumerate() {
        if at % TXNS_PER_LOOK == 0 {
            let bytes = (size_of::<Forced>() * forced.capacity()) as u64 - told;
            budget.take(bytes);
            told += bytes;
            spent = budget.spent();
            if spent.is_some() {
                break;
            }
        }
        clocks.arrive(view, txn);
        for (key, second) in view.reads(txn) {
            let before = if second == INITIAL {
                &[]
            } else {
                clocks.clock(second)
            };
            let range = stretches.starts[key as usize]..stretches.starts[key as usize + 1];
            for stretch in range.start as usize..range.end as usize {
                let latest = stretches.latest[stretch];
                let chain = stretches.chain[stretch] as usize;
                let known = before.get(chain).copied().unwrap_or(0);
                let seen = clocks.now.get(chain).copied().unwrap_or(0);
                // What had happened before the version anyway is not forced again.
                if latest <= known || seen <= known {
                    continue;
                }
                let begin = stretches.begins[stretch] as usize;
                let gone = &stretches.txns[begin..begin + stretches.gone[stretch] as usize];
                let end = if latest <= seen {
                    gone.len()
                } else {
                    gone.partition_point(|&txn| chains.place[txn as usize] <= seen)
                };
                let Some(&first) = end.checked_sub(1).and_then(|end| gone.get(end)) else {
                    continue;
                };
                if chains.place[first as usize] > known {
                    forced.push(Forced {
                        first,
                        second,
                        reader: txn,
                        key,
                        through: NONE,
                    });
                }
            }
        }
        stretches.pass(view, txn, chains.place[txn as usize]);
        clocks.depart(view, txn, budget);
    }
    budget.give_back(clocks.taken + told);
    match spent {
        Some(reason) => Err(reason),
        None => Ok(forced),
    }
}
