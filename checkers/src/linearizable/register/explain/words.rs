//! The sentences, and the words that they are made of.
use super::Scene;
use crate::linearizable::register::cell::{Act, NIL, State};
use crate::words::{Names, duration, fitting};
use crate::{Op, Process, Verb};

/// What somebody did, with the values in words.
enum Deed {
    Read(String),
    Wrote(String),
    Changed(String, String),
    Found(String),
    /// Was refused, and not told what there was instead.
    Missed(String),
}

impl Scene<'_, '_> {
    pub(super) fn stale_read(&self, newer: usize, reader: usize) -> String {
        fitting(|names| {
            let did = self.did(reader);
            let had = self.had(newer, reader);
            let after = self
                .gap(newer, reader)
                .map_or_else(|| "right after".to_owned(), |gap| format!("{gap} after"));
            let who = self.who(reader, names);
            let by = self.who_again(newer, reader, names);
            format!("Stale read: {who} {did}, {after} {by} {had}.")
        })
    }

    pub(super) fn lost_write(&self, write: usize, reader: usize) -> String {
        let state = self.act(write).written().expect("it wrote");
        let key = self.key.key;
        let value = self.value(state);
        let change = match self.act(write) {
            Act::Write(_) | Act::Observe(_) | Act::ObserveNot(_) => {
                format!("write of {value} to key {key}")
            }
            Act::Swap { .. } => format!("change of key {key} to {value}"),
        };
        fitting(|names| {
            let by = self.who(write, Names::Short);
            let later = self
                .gap(write, reader)
                .map_or_else(|| "right after".to_owned(), |gap| format!("{gap} later"));
            let who = self.who_again(reader, write, names);
            let found = self.found(reader);
            format!(
                "Lost write: {by}'s {change} was acknowledged, but {later} {who} {found}, and nobody ever saw {value}."
            )
        })
    }

    pub(super) fn lost_update(&self, one: usize, other: usize) -> String {
        let to = |place: usize| self.value(self.act(place).written().unwrap_or(NIL));
        let from = crate::linearizable::register::projection::wanted(self.act(one)).unwrap_or(NIL);
        let (key, from) = (self.key.key, self.value(from));
        let (first, second) = (to(one), to(other));
        fitting(|names| {
            let (a, b) = (self.number(one, names), self.number(other, names));
            let who = if self.operation(one).process == self.operation(other).process {
                format!("process {a} twice")
            } else {
                format!("processes {a} and {b} both")
            };
            format!(
                "Lost update: {who} changed key {key} from {from}, to {first} and to {second}; only one compare-and-set could succeed."
            )
        })
    }

    pub(super) fn no_order(&self, stuck: usize) -> String {
        let (key, count) = (self.key.key, self.ops.len());
        let found = self.found(stuck);
        fitting(|names| {
            let who = self.who(stuck, names);
            format!(
                "Key {key} is not linearizable: no order of these {count} operations explains that {who} {found}."
            )
        })
    }

    pub(super) fn about(&self, reader: usize, title: &str, rest: &str) -> String {
        fitting(|names| {
            let (who, did) = (self.who(reader, names), self.did(reader));
            format!("{title}: {who} {did}, {rest}")
        })
    }

    pub(super) fn value(&self, state: State) -> String {
        self.key.values[state].to_string()
    }

    /// The time from the end of the first to the beginning of the second, unless it is nothing.
    pub(super) fn gap(&self, first: usize, second: usize) -> Option<String> {
        let crate::Outcome::Ok { completed } = self.operation(first).outcome else {
            return None;
        };
        let events = self.history.events();
        let start = events[self.operation(second).invoked].time;
        let gap = start.saturating_sub(events[completed].time);
        (gap > 0).then(|| duration(gap))
    }

    /// `read key 9 = 3`.
    fn did(&self, place: usize) -> String {
        let key = self.key.key;
        match self.deed(place) {
            Deed::Read(value) => format!("read key {key} = {value}"),
            Deed::Wrote(value) => format!("wrote key {key} = {value}"),
            Deed::Changed(from, to) => format!("changed key {key} from {from} to {to}"),
            Deed::Found(value) => format!("found key {key} = {value}"),
            Deed::Missed(value) => format!("found key {key} not to be {value}"),
        }
    }

    /// `read 3`.
    pub(super) fn found(&self, place: usize) -> String {
        match self.deed(place) {
            Deed::Read(value) => format!("read {value}"),
            Deed::Wrote(value) => format!("wrote {value}"),
            Deed::Changed(from, to) => format!("changed {from} to {to}"),
            Deed::Found(value) => format!("found {value}"),
            Deed::Missed(value) => format!("did not find {value}"),
        }
    }

    /// What somebody had done or seen before `reader` began: `had finished replacing it by 7`.
    fn had(&self, place: usize, reader: usize) -> String {
        let is_nil = self.act(reader).accepts(NIL);
        match self.deed(place) {
            Deed::Wrote(value) if is_nil => format!("had finished writing {value}"),
            Deed::Wrote(value) => format!("had finished replacing it by {value}"),
            Deed::Read(value) => format!("had read {value}"),
            Deed::Changed(from, to) => format!("had changed it from {from} to {to}"),
            Deed::Found(value) => format!("had found {value}"),
            Deed::Missed(value) => format!("had not found {value}"),
        }
    }

    fn deed(&self, place: usize) -> Deed {
        let value = |state: State| self.value(state);
        match (self.operation(place).op, self.act(place)) {
            (Op::Read { .. }, Act::Observe(read)) => Deed::Read(value(read)),
            (Op::Cas { from, to, .. }, Act::Observe(_)) if from == to => {
                Deed::Changed(from.to_string(), to.to_string())
            }
            (Op::Call(call), Act::Observe(read)) if call.f == Verb::Cas => {
                Deed::Changed(value(read), value(read))
            }
            (Op::Call(_), Act::Observe(read)) => Deed::Read(value(read)),
            (_, Act::Observe(found)) => Deed::Found(value(found)),
            (_, Act::ObserveNot(missed)) => Deed::Missed(value(missed)),
            (_, Act::Write(to)) => Deed::Wrote(value(to)),
            (_, Act::Swap { from, to }) => Deed::Changed(value(from), value(to)),
        }
    }

    fn who(&self, place: usize, names: Names) -> String {
        format!("process {}", self.number(place, names))
    }

    /// `it` if this is the process that the sentence has named already.
    fn who_again(&self, place: usize, named: usize, names: Names) -> String {
        if self.operation(place).process == self.operation(named).process {
            "it".to_owned()
        } else {
            self.who(place, names)
        }
    }

    fn number(&self, place: usize, names: Names) -> String {
        let operation = self.operation(place);
        let Process(process) = operation.process;
        match (names, operation.node) {
            (Names::WithNodes, Some(node)) => format!("{process} ({node})"),
            (Names::WithNodes, None) | (Names::Short, _) => process.to_string(),
        }
    }

    /// The part that an operation plays if the story gives it none.
    pub(super) fn role(&self, place: usize) -> String {
        let may = if self.is_answered(place) {
            ""
        } else {
            "may have "
        };
        match self.act(place) {
            Act::Write(to) => format!("{may}wrote {}", self.value(to)),
            Act::Swap { from, to } if self.is_whole(place) => {
                format!("{may}replaced {} by {}", self.value(from), self.value(to))
            }
            Act::Swap { to, .. } => format!("{may}put {} there", self.value(to)),
            Act::Observe(_) | Act::ObserveNot(_) => self.found(place),
        }
    }
}
