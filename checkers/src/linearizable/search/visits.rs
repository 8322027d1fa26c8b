//! The states in which an object was met at certain instants.
use super::plan::{Move, Plan};
use super::steps::{State, Steps};
use crate::Spec;
use crate::linearizable::asked::Asked;

/// The states in which the object can be at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::linearizable) struct Glimpse<T> {
    /// Just before the event at this position.
    pub(in crate::linearizable) instant: u32,
    /// Every state that is possible then.
    pub(in crate::linearizable) states: Vec<T>,
}

/// At most so many states are told of one instant.
const STATES_MAX: usize = 16;

/// What was met at each instant. A search that finds no legal order has met all that is possible:
/// what it leaves out, it leaves out because the same state is reached another way.
pub(super) struct Visits {
    stride: usize,
    /// Before every so many moves.
    met: Vec<Vec<State>>,
}

impl Visits {
    /// Waits for every move whose number is a multiple of `stride`, a power of two; for none if it is zero.
    pub(super) fn new(stride: usize, moves: usize) -> Visits {
        assert!(stride == 0 || stride.is_power_of_two());
        let count = moves.checked_div(stride).map_or(0, |count| count + 1);
        Visits {
            stride,
            met: vec![Vec::new(); count],
        }
    }

    /// The object is in `state` when the search has come as far as the move `at`.
    pub(super) fn see(&mut self, at: u32, state: State) {
        if self.met.is_empty() || at as usize & (self.stride - 1) != 0 {
            return;
        }
        let states = &mut self.met[at as usize / self.stride];
        if states.len() <= STATES_MAX && !states.contains(&state) {
            states.push(state);
        }
    }

    /// The states at each instant, where they are few.
    pub(super) fn told<S: Spec>(
        &self,
        plan: &Plan<'_>,
        asked: &[Asked],
        steps: &Steps<'_, S>,
    ) -> Vec<Glimpse<S::State>> {
        let moves = plan.moves.iter().step_by(self.stride.max(1));
        let met = self.met.iter().zip(moves);
        let met = met.filter(|(states, _)| (1..=STATES_MAX).contains(&states.len()));
        let told = met.map(|(states, step)| Glimpse {
            instant: match *step {
                Move::Open { op, .. } | Move::Offer { op, .. } => asked[op as usize].invoked,
                Move::Close { op, .. } => asked[op as usize].returned,
            },
            states: states
                .iter()
                .map(|&state| steps.state(state).clone())
                .collect(),
        });
        told.collect()
    }
}
