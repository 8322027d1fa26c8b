//! Spreads operations over time: at random distances around the mean that a rate asks for.
use crate::plan::{Plan, stream};
use crate::rng::Rng;
use std::cell::RefCell;
use std::time::Duration;
use tokio::time::Instant;

pub(crate) struct Pace {
    mean: Option<Duration>,
    next: RefCell<(Instant, Rng)>,
}

impl Pace {
    pub(crate) fn new(plan: &Plan) -> Pace {
        let rng = Rng::stream(plan.seed, stream::PACE);
        Pace {
            mean: plan.rate.map(|rate| Duration::from_secs_f64(1.0 / rate)),
            next: RefCell::new((Instant::now(), rng)),
        }
    }

    /// When the caller may ask; none if at once.
    pub(crate) fn slot(&self) -> Option<Instant> {
        const STEPS: u64 = 1 << 20;
        let mean = self.mean?;
        let (next, rng) = &mut *self.next.borrow_mut();
        let slot = (*next).max(Instant::now());
        *next = slot + mean.mul_f64(2.0 * rng.below(STEPS) as f64 / STEPS as f64);
        Some(slot)
    }
}
