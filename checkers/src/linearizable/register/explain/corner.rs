//! Where every order of a few operations ends, for witnesses that no chain of reasons explains.
use super::Scene;
use crate::linearizable::register::cell::{NIL, Register, State};
use crate::words::label;
use crate::{Edge, Step};
use std::collections::HashMap;

/// With more operations than this there are too many orders to tell.
const OPERATIONS_MAX: usize = 12;

/// So many of the orders that get furthest are told.
const ORDERS_TOLD: usize = 3;

/// An order that cannot be continued.
struct DeadEnd {
    order: Vec<usize>,
    state: State,
    /// What would have to come next, and cannot.
    refused: Vec<usize>,
}

impl Scene<'_, '_> {
    /// Says of the orders that get furthest what the key holds then, and why nothing can follow.
    pub(super) fn corner(&self, stuck: usize) -> Vec<Step> {
        let register = self.projection.register(&self.key.register);
        let mut steps: Vec<Step> = Vec::new();
        if register.ops.len() <= OPERATIONS_MAX {
            let ends = dead_ends(&register);
            steps.extend(ends.iter().map(|end| remark(self.dead_end(end))));
        }
        let (name, found) = (label(stuck), self.found(stuck));
        let others = if steps.is_empty() {
            format!("No order of these {} operations", self.ops.len())
        } else {
            "No other order gets further: none".to_owned()
        };
        steps.push(remark(format!(
            "{others} explains that {name} {found} — a contradiction."
        )));
        steps
    }

    fn dead_end(&self, end: &DeadEnd) -> String {
        let order: Vec<String> = end.order.iter().map(|&place| label(place)).collect();
        let refused = end.refused.iter();
        let refused: Vec<String> = refused
            .map(|&place| format!("{}, which {}", label(place), self.found(place)))
            .collect();
        let (key, state) = (self.key.key, self.value(end.state));
        let after = match order.as_slice() {
            [] => "At first".to_owned(),
            [one] => format!("After {one}"),
            _ => format!("In the order {}", order.join(", ")),
        };
        let next = refused.join("; or ");
        format!("{after} key {key} holds {state}, and next would have to be {next}.")
    }
}

fn remark(text: String) -> Step {
    Step {
        between: None,
        edge: Edge::None,
        text,
    }
}

/// What took effect, as a set of bits, and what the register holds then.
type Place = (u32, State);

/// How each place was first come by: from where, and by which operation.
type CameBy = HashMap<Place, Option<(Place, usize)>>;

/// The longest orders that cannot be continued, one for each state they end in.
fn dead_ends(register: &Register) -> Vec<DeadEnd> {
    let ops = &register.ops;
    let start: Place = (0, NIL);
    let mut came_by = CameBy::new();
    came_by.insert(start, None);
    let mut open = vec![start];
    let mut ends: Vec<(Place, Vec<usize>)> = Vec::new();
    while let Some((done, state)) = open.pop() {
        let missing = |&place: &usize| done >> place & 1 == 0;
        let first_return = (0..ops.len())
            .filter(missing)
            .map(|place| ops[place].returned)
            .min();
        let may_be_next = (0..ops.len()).filter(missing);
        let may_be_next = may_be_next.filter(|&place| Some(ops[place].invoked) < first_return);
        let mut refused = Vec::new();
        for place in may_be_next {
            let Some(next) = ops[place].act.step(state) else {
                refused.push(place);
                continue;
            };
            let next = (done | 1 << place, next);
            came_by.entry(next).or_insert_with(|| {
                open.push(next);
                Some(((done, state), place))
            });
        }
        refused.retain(|&place| ops[place].is_answered());
        if !refused.is_empty() {
            ends.push(((done, state), refused));
        }
    }
    ends.sort_by_key(|((done, state), _)| (std::cmp::Reverse(done.count_ones()), *done, *state));
    let furthest = ends.first().map_or(0, |((done, _), _)| done.count_ones());
    ends.retain(|((done, _), _)| done.count_ones() == furthest);
    ends.truncate(ORDERS_TOLD);
    let told = ends.into_iter().map(|(end, refused)| DeadEnd {
        order: path(end, &came_by),
        state: end.1,
        refused,
    });
    told.collect()
}

fn path(end: Place, came_by: &CameBy) -> Vec<usize> {
    let mut order = Vec::new();
    let mut at = end;
    while let Some((before, place)) = came_by[&at] {
        order.push(place);
        at = before;
    }
    order.reverse();
    order
}
