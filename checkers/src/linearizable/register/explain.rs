//! Tells what went wrong on one key: its name, one sentence, the operations and the proof.
use super::cell::{Act, NIL, State};
use super::lost::lost_write;
use super::order::{Contradiction, Order};
use super::projection::{Part, Projection};
use super::shrink::{Core, shrink};
use super::sources::Sources;
use super::split::KeyHistory;
use crate::{Anomaly, AnomalyKind, Budget, History, Operation, Step, WitnessOp};

mod corner;
mod nowhere;
mod steps;
mod words;

use crate::words::label;

/// The operations of a witness, and where they come from. Places are indexes into the witness.
pub(super) struct Scene<'a, 'h> {
    history: &'h History,
    key: &'a KeyHistory<'h>,
    sources: &'a Sources<'a>,
    projection: Projection,
    /// The number in the register of each operation.
    ops: Vec<u32>,
}

/// What is told of a witness, before it is written out.
struct Story {
    kind: AnomalyKind,
    sentence: String,
    /// The parts that some of its operations play.
    roles: Vec<(usize, String)>,
    steps: Vec<Step>,
}

/// Longer witnesses are cut: nobody reads them, and a report has to hold them.
const WITNESS_MAX: usize = 1_000;

/// Explains why `key`, which gets stuck at `stuck`, is illegal; `core` is illegal by itself.
pub(super) fn explain(
    history: &History,
    key: &KeyHistory<'_>,
    stuck: u32,
    core: Option<&Projection>,
    budget: &Budget,
) -> Anomaly {
    let sources = Sources::new(&key.register);
    let Core {
        projection,
        is_minimal,
    } = shrink(&sources, stuck, core, budget);
    let scene = Scene::new(history, key, &sources, projection);
    let scene = scene.with_lost_update().unwrap_or(scene);
    let story = scene.story();
    let mut witness: Vec<WitnessOp> = Vec::new();
    let first = scene.ops.len().saturating_sub(WITNESS_MAX);
    for place in first..scene.ops.len() {
        let role = story.roles.iter().find(|role| role.0 == place);
        let role = role.map_or_else(|| scene.role(place), |role| role.1.clone());
        let operation = scene.operation(place);
        witness.push(WitnessOp::new(label(place), history, &operation, role));
    }
    Anomaly {
        also: Vec::new(),
        kind: story.kind,
        sentence: story.sentence,
        key: Some(key.key),
        witness,
        steps: story.steps,
        is_minimal: is_minimal && first == 0,
    }
}

impl<'a, 'h> Scene<'a, 'h> {
    fn new(
        history: &'h History,
        key: &'a KeyHistory<'h>,
        sources: &'a Sources<'a>,
        projection: Projection,
    ) -> Scene<'a, 'h> {
        let ops = projection.parts.keys().copied().collect();
        Scene {
            history,
            key,
            sources,
            projection,
            ops,
        }
    }

    /// The same scene about two compare-and-sets that replaced one value, if it contains such two.
    fn with_lost_update(&self) -> Option<Scene<'a, 'h>> {
        let (one, other) = self.double()?;
        let both = [self.ops[one], self.ops[other]];
        let mut projection = Projection::around(both, self.sources);
        let from = super::projection::wanted(self.act(one)).expect("a swap");
        if let Some(&writer) = self.sources.writers(from).first() {
            projection.add_writer(writer);
        }
        Some(Scene::new(self.history, self.key, self.sources, projection))
    }

    /// Two answered compare-and-sets from a value that came to be only once.
    fn double(&self) -> Option<(usize, usize)> {
        let swaps: Vec<(usize, State)> = (0..self.ops.len())
            .filter(|&place| self.is_answered(place))
            .filter_map(|place| match self.act(place) {
                Act::Swap { from, .. } => Some((place, from)),
                Act::Write(_) | Act::Observe(_) | Act::ObserveNot(_) => None,
            })
            .filter(|&(_, from)| self.sources.origins(from) == 1)
            .collect();
        swaps.iter().enumerate().find_map(|(i, &(one, from))| {
            let other = swaps[i + 1..].iter().find(|swap| swap.1 == from);
            other.map(|&(other, _)| (one, other))
        })
    }

    fn story(&self) -> Story {
        if let Some(story) = self.story_from_nowhere() {
            return story;
        }
        let mut order = Order::new(&self.projection, &self.key.register, self.sources);
        let Some(contradiction) = order.contradiction() else {
            return self.general_story();
        };
        let steps = self.proof(&order, contradiction);
        let (kind, sentence) = if let Some((one, other)) = self.double() {
            (AnomalyKind::LostUpdate, self.lost_update(one, other))
        } else {
            self.stale(&order, contradiction)
        };
        Story {
            kind,
            sentence,
            roles: self.roles(contradiction),
            steps,
        }
    }

    /// A value that had been replaced: by a write that was lost, or one that others saw.
    fn stale(&self, order: &Order, found: Contradiction) -> (AnomalyKind, String) {
        let Contradiction {
            reader, between, ..
        } = found;
        if self.is_before(between, reader) {
            return if self.is_lost(between) {
                (AnomalyKind::LostWrite, self.lost_write(between, reader))
            } else {
                (AnomalyKind::StaleRead, self.stale_read(between, reader))
            };
        }
        let mut witnesses = order.readers_of(between);
        match witnesses.find(|&seen| seen != reader && self.is_before(seen, reader)) {
            Some(seen) => (AnomalyKind::StaleRead, self.stale_read(seen, reader)),
            None => (AnomalyKind::NonLinearizable, self.no_order(reader)),
        }
    }

    /// Whether this is the last write of the key, and was lost for good.
    fn is_lost(&self, place: usize) -> bool {
        let lost = lost_write(&self.key.register, self.sources);
        lost.is_some_and(|lost| lost.write == self.ops[place])
    }

    fn roles(&self, found: Contradiction) -> Vec<(usize, String)> {
        let value = |place| self.value(self.act(place).written().unwrap_or(NIL));
        let mut roles = vec![(found.reader, "reads the old value".to_owned())];
        if !self.act(found.reader).is_pure() {
            roles[0].1 = "replaces the old value".to_owned();
        }
        if let Some(writer) = found.writer {
            roles.push((writer, format!("wrote {}", value(writer))));
        }
        roles.push((
            found.between,
            format!("overwrites with {}", value(found.between)),
        ));
        roles
    }

    fn operation(&self, place: usize) -> Operation<'h> {
        self.key.operation(self.ops[place])
    }

    fn register_op(&self, place: usize) -> &'a super::cell::RegisterOp {
        &self.key.register.ops[self.ops[place] as usize]
    }

    fn act(&self, place: usize) -> Act {
        self.register_op(place).act
    }

    fn is_answered(&self, place: usize) -> bool {
        self.register_op(place).is_answered()
    }

    /// Whether the first returned before the second began.
    fn is_before(&self, first: usize, second: usize) -> bool {
        self.register_op(first).returned < self.register_op(second).invoked
    }

    /// The operation that nothing explains, where no simpler story is known.
    fn general_story(&self) -> Story {
        let stuck = self.projection.last_consumer(&self.key.register);
        let stuck = self.ops.binary_search(&stuck).expect("takes part");
        Story {
            kind: AnomalyKind::NonLinearizable,
            sentence: self.no_order(stuck),
            roles: vec![(stuck, "cannot be explained".to_owned())],
            steps: self.corner(stuck),
        }
    }

    fn is_whole(&self, place: usize) -> bool {
        self.projection.parts[&self.ops[place]] == Part::Whole
    }
}
