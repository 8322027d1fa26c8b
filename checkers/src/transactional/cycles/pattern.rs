//! Forbidden closed walks as small automata over the kinds of dependencies.
use crate::transactional::Via;

/// At most so many states.
pub(super) const STATES: usize = 5;

const NO: u8 = u8::MAX;

/// Which keys a move is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// Only the key of the first dependency of the walk.
    Same,
    /// Every key.
    Any,
}

/// One move of a [`Pattern`]: from a state, by a kind of dependency, to a state.
pub(super) type Move = (u8, Via, On, u8);

/// The walks that may follow a first dependency and close it.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// What the first dependency is. The walk goes on in state 0 where it ends.
    pub(super) first: Via,
    next: [[[u8; 2]; 5]; STATES],
    accepted: u8,
    /// How many states there are.
    pub(super) states: usize,
}

impl Pattern {
    /// The pattern with these moves that may end in these states. The order of processes is
    /// transitive: a move by it leads to a state from which another one leads to the same.
    pub(super) fn new(first: Via, moves: &[Move], accepted: &[u8]) -> Pattern {
        let mut pattern = Pattern {
            first,
            next: [[[NO; 2]; 5]; STATES],
            accepted: accepted.iter().fold(0, |all, state| all | 1 << state),
            states: 1,
        };
        for &(from, via, on, to) in moves {
            let next = &mut pattern.next[from as usize][via as usize];
            next[1] = to;
            if on == On::Any {
                next[0] = to;
            }
            pattern.states = pattern.states.max(to as usize + 1);
        }
        let by_process = |state: u8| pattern.next[state as usize][Via::Process as usize][0];
        for state in (0..pattern.states as u8)
            .map(by_process)
            .filter(|&to| to != NO)
        {
            assert!(
                by_process(state) == state,
                "the order of processes is transitive"
            );
        }
        pattern
    }

    /// The state after a dependency, if the walk may go on by it.
    pub(super) fn next(&self, state: u8, via: Via, is_same: bool) -> Option<u8> {
        let to = self.next[state as usize][via as usize][usize::from(is_same)];
        (to != NO).then_some(to)
    }

    /// Whether the walk may be closed in `state`.
    pub(super) fn accepts(&self, state: u8) -> bool {
        self.accepted >> state & 1 == 1
    }
}
