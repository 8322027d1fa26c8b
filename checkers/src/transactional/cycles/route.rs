//! In which order what is known of a walk is carried on: neighbours in time stay neighbours.
use crate::Budget;
use crate::transactional::scc::{NONE, Part, Shape, components};
use crate::transactional::{Family, Via};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// In which order bits are carried.
#[derive(Clone, Debug)]
pub(super) struct Route {
    /// The vertices that a walk may go through.
    pub(super) order: Vec<u32>,
    /// Whether every dependency of the pattern points forward in it.
    pub(super) is_forward: bool,
}

/// How often the budget is looked at, in vertices.
const LOOK: usize = 1 << 16;

impl Route {
    /// An order of `part` in which ww, wr and, in sessions, the order of processes point forward,
    /// as far as they have no cycle. Of all that may come next the earliest one does, so that a
    /// dependency that leads back a little in time leads back a little in the order too.
    pub(super) fn new(part: &Part, family: Family, budget: &Budget) -> Result<Route, String> {
        let mut degree = vec![0_u32; part.len()];
        for vertex in 0..part.len() as u32 {
            follow(part, vertex, family, |to| degree[to as usize] += 1);
        }
        let all = 0..part.len() as u32;
        let mut ready: BinaryHeap<Reverse<u32>> = all
            .filter(|&vertex| degree[vertex as usize] == 0)
            .map(Reverse)
            .collect();
        let mut order = Vec::with_capacity(part.len());
        while let Some(Reverse(vertex)) = ready.pop() {
            order.push(vertex);
            if order.len().is_multiple_of(LOOK)
                && let Some(reason) = budget.spent()
            {
                return Err(reason);
            }
            follow(part, vertex, family, |to| {
                degree[to as usize] -= 1;
                if degree[to as usize] == 0 {
                    ready.push(Reverse(to));
                }
            });
        }
        if order.len() == part.len() {
            let is_forward = true;
            return Ok(Route { order, is_forward });
        }
        let found = components(part, &Shape::committed(family), budget)?;
        Ok(Route {
            order: found.order,
            is_forward: false,
        })
    }
}

/// Everybody to whom ww, wr or the order of `family` leads in one step.
fn follow(part: &Part, vertex: u32, family: Family, mut take: impl FnMut(u32)) {
    for arc in part.arcs(vertex) {
        if part.via(arc) != Via::Rw {
            take(part.to[arc as usize]);
        }
    }
    let next = part.next_of_process[vertex as usize];
    if family != Family::Plain && next != NONE {
        take(next);
    }
}
