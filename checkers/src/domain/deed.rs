//! What was asked and how it ended, failures included: what failed must not be seen either.
use crate::model::asked;
use crate::{
    Call, Data, Event, History, Kind, Operation, Outcome, Process, Verb, WitnessOp, words,
};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// How an operation ended. Positions are indexes into the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Answered at this position.
    Ok(usize),
    /// Refused at this position, and had no effect.
    Failed(usize),
    /// May take effect at any later time, or never.
    Unknown(Option<usize>),
}

/// One operation.
#[derive(Clone, Debug)]
pub(super) struct Deed<'h> {
    /// Position of the invocation.
    pub(super) invoked: usize,
    pub(super) end: End,
    pub(super) process: Process,
    /// With its answer, if it was answered.
    pub(super) call: Cow<'h, Call>,
}

impl Deed<'_> {
    /// Where it was answered.
    pub(super) fn answered(&self) -> Option<usize> {
        match self.end {
            End::Ok(completed) => Some(completed),
            End::Failed(_) | End::Unknown(_) => None,
        }
    }

    pub(super) fn is_failed(&self) -> bool {
        matches!(self.end, End::Failed(_))
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.end, End::Unknown(_))
    }

    pub(super) fn f(&self) -> &Verb {
        &self.call.f
    }

    pub(super) fn is_named(&self, name: &str) -> bool {
        self.call.f.name() == name
    }

    /// The answer, if there was one.
    pub(super) fn output(&self) -> Option<&Data> {
        self.answered().and(self.call.output.as_ref())
    }
}

/// The operations that are judged together, in order of invocation.
pub(super) struct Deeds<'h> {
    pub(super) history: &'h History,
    pub(super) all: Vec<Deed<'h>>,
}

/// An operation, by its place among those that are judged together.
pub(super) type At = usize;

impl<'h> Deeds<'h> {
    pub(super) fn of(history: &'h History) -> Deeds<'h> {
        let mut all: Vec<Deed<'h>> = Vec::with_capacity(history.events().len() / 2);
        let mut open: FxHashMap<Process, usize> = FxHashMap::default();
        for (position, event) in history.events().iter().enumerate() {
            if event.kind == Kind::Invoke {
                open.insert(event.process, all.len());
                all.push(Deed {
                    invoked: position,
                    end: End::Unknown(None),
                    process: event.process,
                    call: asked(&event.op, false),
                });
                continue;
            }
            let slot = open.remove(&event.process);
            let deed = &mut all[slot.expect("a history admits no orphan completion")];
            match event.kind {
                Kind::Invoke => unreachable!("handled above"),
                Kind::Ok => {
                    deed.end = End::Ok(position);
                    deed.call = asked(&event.op, true);
                }
                Kind::Fail(_) => deed.end = End::Failed(position),
                Kind::Info(_) => deed.end = End::Unknown(Some(position)),
            }
        }
        Deeds { history, all }
    }

    /// Each key by itself, in the order in which they appear.
    pub(super) fn by_key(self) -> Vec<Deeds<'h>> {
        let history = self.history;
        let mut places = FxHashMap::default();
        let mut keys: Vec<Deeds<'h>> = Vec::new();
        for deed in self.all {
            let place = *places.entry(deed.call.key).or_insert(keys.len());
            if place == keys.len() {
                let all = Vec::new();
                keys.push(Deeds { history, all });
            }
            keys[place].all.push(deed);
        }
        keys
    }

    /// Whether something other than a read overlapped another operation.
    pub(super) fn is_contended(&self) -> bool {
        let (mut ended, mut changed) = (0, 0);
        self.all
            .iter()
            .filter(|deed| !deed.is_failed())
            .any(|deed| {
                let is_change = *deed.f() != Verb::Read;
                let is_met = deed.invoked < changed || (is_change && deed.invoked < ended);
                let end = deed.answered().unwrap_or(usize::MAX);
                ended = end.max(ended);
                if is_change {
                    changed = end.max(changed);
                }
                is_met
            })
    }

    /// Whether the first had ended before the second began.
    pub(super) fn is_before(&self, first: At, second: At) -> bool {
        let ended = self.all[first].answered();
        self.history.has_real_time() && ended.is_some_and(|ended| ended < self.all[second].invoked)
    }

    /// `process 3 (n2)`.
    pub(super) fn who(&self, at: At) -> String {
        words::who(&self.operation(at), words::Names::WithNodes)
    }

    /// The time at a position, in nanoseconds.
    pub(super) fn time(&self, position: usize) -> u64 {
        self.history.events()[position].time
    }

    fn operation(&self, at: At) -> Operation<'_> {
        let deed = &self.all[at];
        let events = self.history.events();
        let asked: &Event = &events[deed.invoked];
        let (op, outcome) = match deed.end {
            End::Ok(completed) => (&events[completed].op, Outcome::Ok { completed }),
            End::Failed(end) => (&asked.op, Outcome::Unknown { gave_up: Some(end) }),
            End::Unknown(gave_up) => (&asked.op, Outcome::Unknown { gave_up }),
        };
        Operation {
            process: deed.process,
            node: asked.node,
            invoked: deed.invoked,
            outcome,
            op,
        }
    }

    pub(super) fn witness(&self, at: At, label: String, role: String) -> WitnessOp {
        WitnessOp::new(label, self.history, &self.operation(at), role)
    }
}
