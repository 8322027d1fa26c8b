//! Orders in which appends that nobody saw may have come: guesses, for whoever checks them.
use super::ListAppend;
use crate::Budget;
use crate::transactional::scc::{NONE, Part, Shape, components};
use crate::transactional::{Arc, Family, Graph, Txn, Via};
use std::cmp::Reverse;

/// A graph without cycles that an order should agree with.
type Wanted = (fn(Family) -> Shape, Family);

/// What each guess agrees with, the first before all others: an order that agrees with the first,
/// and inside its components with the second, agrees with both where both have no cycle.
const GUESSES: [&[Wanted]; 2] = [
    &[
        (Shape::serializable, Family::Strong),
        (Shape::serializable, Family::Session),
        (Shape::serializable, Family::Plain),
        (Shape::snapshot, Family::Session),
        (Shape::snapshot, Family::Plain),
        (Shape::committed, Family::Session),
        (Shape::committed, Family::Plain),
        (Shape::uncommitted, Family::Plain),
    ],
    &[
        (Shape::serializable, Family::Strong),
        (Shape::snapshot, Family::Strong),
        (Shape::committed, Family::Strong),
        (Shape::uncommitted, Family::Strong),
        (Shape::serializable, Family::Plain),
        (Shape::snapshot, Family::Session),
        (Shape::snapshot, Family::Plain),
        (Shape::committed, Family::Plain),
    ],
];

impl ListAppend<'_> {
    /// The dependencies between unseen appends in some orders that they may have come in: for each
    /// key a chain. Of all transactions, or of `only`, among which `graph` has its dependencies.
    ///
    /// An order may be wrong at one level and right at another. A level that fits with one of them
    /// fits, as nobody saw these appends in another order; one that fits with none is not refuted.
    ///
    /// # Errors
    /// The reason, if the budget ran out.
    pub fn tail_orders(
        &self,
        graph: &Graph,
        only: Option<&[bool]>,
        budget: &Budget,
    ) -> Result<Vec<Vec<Arc>>, String> {
        let is_member = |txn: &Txn| {
            self.versions.is_included[*txn as usize] && only.is_none_or(|only| only[*txn as usize])
        };
        let members: Vec<Txn> = (0..self.txns.len() as Txn).filter(is_member).collect();
        let part = Part::new(self.txns, graph, members);
        let mut orders: Vec<Vec<Arc>> = Vec::new();
        for guess in GUESSES {
            let order = self.chains(&self.order(&part, guess, budget)?);
            if !orders.contains(&order) {
                orders.push(order);
            }
        }
        Ok(orders)
    }

    /// The place of each transaction in an order that agrees with what is wanted; [`NONE`] if it has none.
    fn order(&self, part: &Part, wanted: &[Wanted], budget: &Budget) -> Result<Vec<u32>, String> {
        let mut order: Vec<u32> = (0..part.len() as u32).collect();
        // The last sort counts most: each keeps what was before where it has nothing to say.
        order.sort_by_key(|&at| {
            (
                part.completed[at as usize],
                Reverse(part.invoked[at as usize]),
            )
        });
        for &(shape, family) in wanted.iter().rev() {
            if family == Family::Strong && !self.txns.has_real_time {
                continue;
            }
            let found = components(part, &shape(family), budget)?;
            let mut first = vec![NONE; part.len()];
            let mut rank = vec![NONE; part.len()];
            for (place, &at) in (0..).zip(&found.order) {
                rank[at as usize] = match found.of[at as usize] {
                    NONE => place,
                    component => {
                        let first = &mut first[component as usize];
                        *first = place.min(*first);
                        *first
                    }
                };
            }
            order.sort_by_key(|&at| rank[at as usize]);
        }
        let mut place = vec![NONE; self.txns.len()];
        for (at, vertex) in (0..).zip(order) {
            place[part.txns[vertex as usize] as usize] = at;
        }
        Ok(place)
    }

    /// The unseen appends of each key that have a place, one after the other.
    fn chains(&self, place: &[u32]) -> Vec<Arc> {
        let mut arcs = Vec::new();
        for key in 0..self.txns.keys.len() as u32 {
            let unseen = self.tails.of(key).iter().copied();
            let mut unseen: Vec<Txn> = unseen.filter(|&txn| place[txn as usize] != NONE).collect();
            unseen.sort_unstable_by_key(|&txn| place[txn as usize]);
            arcs.extend(unseen.windows(2).map(|pair| Arc {
                from: pair[0],
                to: pair[1],
                via: Via::Ww,
                key,
            }));
        }
        arcs
    }
}
