//! Until when anybody can still want to find a value: later than that, an operation of unknown
//! outcome that writes it may be forgotten.
//!
//! Let `W(v)` be the last position at which somebody may still find `v`: the last return of an
//! answered operation that accepts `v`, and, for each compare-and-set of unknown outcome from `v`
//! to `u` that began before `W(u)`, also `W(u)`.
//!
//! *Whatever has a legal order has one in which no operation of unknown outcome that writes `v`
//! takes effect after `W(v)`.* Take a legal order, and in it the last operation x that breaks this,
//! writing `v`. Who finds x's `v`? An answered operation would have to take effect after x, hence
//! after `W(v)`, hence after its own return: none does. A compare-and-set of unknown outcome from
//! `v` to `u` does not break the rule, x being the last that does, so it takes effect before
//! `W(u) ≤ W(v)`, hence before x. So nobody finds x's `v`; strike x out, and repeat.
//!
//! This lets go of the writes of a crashed client that nobody ever saw, and that is most of them:
//!
//! ```text
//! |w 7 ……………………………… may still happen        W(7) does not exist: x is not even looked at
//!   |w 1| |r 1| |w 2| |r 2|
//! ```
use super::cell::{Act, Register, State};
use std::collections::BinaryHeap;

/// For each state its `W`. Zero, where no return can stand, if nobody wants it at all.
pub(super) fn wanted_until(register: &Register) -> Vec<u32> {
    let mut until = vec![0; register.states()];
    let mut refusals = Refusals::default();
    for op in register.ops.iter().filter(|op| op.is_answered()) {
        match op.act {
            Act::Write(_) => {}
            Act::Swap { from, .. } => raise(&mut until[from as usize], op.returned),
            Act::Observe(value) => raise(&mut until[value as usize], op.returned),
            Act::ObserveNot(value) => refusals.add(value, op.returned),
        }
    }
    for (state, until) in until.iter_mut().enumerate() {
        raise(until, refusals.latest_accepting(state as State));
    }
    pass_on(register, &mut until);
    until
}

fn raise(until: &mut u32, position: u32) {
    *until = (*until).max(position);
}

/// Hands `W(u)` on to `v` along every compare-and-set of unknown outcome, latest first.
fn pass_on(register: &Register, until: &mut [u32]) {
    let mut swaps: Vec<(State, State, u32)> = Vec::new();
    for op in register.ops.iter().filter(|op| !op.is_answered()) {
        if let Act::Swap { from, to } = op.act {
            swaps.push((to, from, op.invoked));
        }
    }
    swaps.sort_unstable();
    let mut queue: BinaryHeap<(u32, State)> = BinaryHeap::new();
    queue.extend(swaps.iter().map(|&(to, ..)| (until[to as usize], to)));
    while let Some((position, to)) = queue.pop() {
        let first = swaps.partition_point(|swap| swap.0 < to);
        for &(_, from, invoked) in swaps[first..].iter().take_while(|swap| swap.0 == to) {
            if invoked < position && until[from as usize] < position {
                until[from as usize] = position;
                queue.push((position, from));
            }
        }
    }
}

/// The latest refusals that do not say what they found, for the two latest different values.
#[derive(Default)]
struct Refusals {
    latest: Option<(State, u32)>,
    second: Option<(State, u32)>,
}

impl Refusals {
    fn add(&mut self, value: State, returned: u32) {
        let kept = [self.latest, self.second];
        let others = kept.into_iter().flatten().filter(|seen| seen.0 != value);
        let same = kept.into_iter().flatten().find(|seen| seen.0 == value);
        let returned = same.map_or(returned, |seen| seen.1.max(returned));
        let mut all: Vec<(State, u32)> = others.chain([(value, returned)]).collect();
        all.sort_unstable_by_key(|seen| std::cmp::Reverse(seen.1));
        self.latest = all.first().copied();
        self.second = all.get(1).copied();
    }

    /// The last return of a refusal that would accept `state`.
    fn latest_accepting(&self, state: State) -> u32 {
        let kept = [self.latest, self.second];
        let other = kept.into_iter().flatten().find(|seen| seen.0 != state);
        other.map_or(0, |seen| seen.1)
    }
}
