//! Whether some order of commits stands: guessed, and repaired by what is forced against it.
use super::forced::Sink;
use super::order::{Base, Before, Forced, ForcedBySecond, Graph};
use super::placed::Placed;
use super::view::INITIAL;
use super::{Judge, Judged, Refuted, Stopped, WRITES};
use crate::transactional::Txn;

const PAIRS_PER_LOOK: usize = 1 << 14;

/// How far apart in an order neighbours may be at first, and how much further from round to round.
/// Short in tests, so that these come to the later rounds.
const NEAR: u32 = if cfg!(test) { 1 } else { 1 << 10 };
const NEAR_GROWS: u32 = if cfg!(test) { 2 } else { 1 << 4 };

/// What is forced, as far as an order does not show it to be harmless.
#[derive(Default)]
struct Gathered {
    pairs: Vec<Forced>,
    /// Whether one of them stands against the order.
    is_against: bool,
    initial: Option<Forced>,
}

impl Judge<'_> {
    pub(super) fn ordered(&self, base: Base) -> Result<Vec<Txn>, Vec<Before>> {
        let graph = Graph {
            view: &self.view,
            base,
            forced: &ForcedBySecond::default(),
        };
        graph.order().map_err(|cycle| graph.shorter(cycle))
    }

    /// Whether the base and what is forced on top of it leave an order of commits.
    ///
    /// An order that respects the base is tried first: mostly nothing is forced against it. If
    /// something is, all that is forced is added, and closes a circle or leaves an order.
    pub(super) fn forced(&self, base: Base, force: &dyn Fn(&mut Sink<'_>) -> bool) -> Judged {
        let order = match self.guess(base, &ForcedBySecond::default()) {
            Ok(order) => order,
            Err(cycle) => return Ok(Some(Refuted::Cycle(cycle))),
        };
        let mut placed = Placed::new(&self.view, &order, 1, false);
        drop(order);
        let mut is_against = false;
        let mut initial = None;
        force(&mut |pair| {
            if pair.second == INITIAL {
                initial = Some(pair);
            } else {
                is_against = placed.is_against(&pair);
            }
            initial.is_none() && !is_against
        });
        if let Some(pair) = initial {
            return Ok(Some(Refuted::Initial(pair)));
        }
        if !is_against {
            return Ok(None);
        }
        placed.reach_all();
        let gathered = self.gather(&placed, force)?;
        drop(placed);
        if let Some(pair) = gathered.initial {
            return Ok(Some(Refuted::Initial(pair)));
        }
        Ok(self.closed(base, &gathered.pairs).map(Refuted::Cycle))
    }

    /// The same, where so much is forced that most of it is better not looked at.
    ///
    /// Only what is forced against an order is added, and what is forced between neighbours in it,
    /// until an order stands or a circle closes. In each round neighbours may be further apart, in
    /// the last one as far as can be.
    pub(super) fn forced_nearby(&self, force: &dyn Fn(&Placed, &mut Sink<'_>) -> bool) -> Judged {
        let mut pairs = ForcedBySecond::default();
        let mut near = NEAR;
        loop {
            let order = match self.guess(WRITES, &pairs) {
                Ok(order) => order,
                Err(cycle) => return Ok(Some(Refuted::Cycle(cycle))),
            };
            drop(pairs);
            let placed = Placed::new(&self.view, &order, near, true);
            drop(order);
            let gathered = self.gather(&placed, &|sink| force(&placed, sink))?;
            if let Some(pair) = gathered.initial {
                return Ok(Some(Refuted::Initial(pair)));
            }
            if !gathered.is_against {
                return Ok(None);
            }
            pairs = ForcedBySecond::new(placed.len(), &gathered.pairs);
            near = near.saturating_mul(NEAR_GROWS);
        }
    }

    /// What is forced and not harmless in an order.
    fn gather(
        &self,
        placed: &Placed,
        force: &dyn Fn(&mut Sink<'_>) -> bool,
    ) -> Result<Gathered, Stopped> {
        let mut gathered = Gathered::default();
        let mut spent = None;
        let mut taken = 0;
        force(&mut |pair| {
            if pair.second == INITIAL {
                gathered.initial = Some(pair);
                return false;
            }
            if placed.is_harmless(&pair) {
                return true;
            }
            gathered.is_against |= placed.is_against(&pair);
            if gathered.pairs.len() % PAIRS_PER_LOOK == 0 {
                let bytes = (2 * size_of::<Forced>() * gathered.pairs.capacity()) as u64;
                self.budget.take(bytes - taken);
                taken = bytes;
                spent = self.budget.spent();
            }
            gathered.pairs.push(pair);
            spent.is_none()
        });
        self.budget.give_back(taken);
        match spent {
            Some(reason) => Err(Stopped::Spent(reason)),
            None => Ok(gathered),
        }
    }

    /// An order that respects the base and `pairs`. Where reads are not asked for, one that respects
    /// them too is the better guess.
    fn guess(&self, base: Base, pairs: &ForcedBySecond) -> Result<Vec<Txn>, Vec<Before>> {
        let graph = |base| Graph {
            view: &self.view,
            base,
            forced: pairs,
        };
        let with_reads = Base {
            has_reads: true,
            ..base
        };
        if !base.has_reads
            && let Ok(order) = graph(with_reads).order()
        {
            return Ok(order);
        }
        let graph = graph(base);
        graph.order().map_err(|cycle| graph.shorter(cycle))
    }

    pub(super) fn closed(&self, base: Base, pairs: &[Forced]) -> Option<Vec<Before>> {
        let graph = Graph {
            view: &self.view,
            base,
            forced: &ForcedBySecond::new(self.view.txns.len(), pairs),
        };
        let cycle = graph.order().err()?;
        Some(graph.shorter(cycle))
    }
}
