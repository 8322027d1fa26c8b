//! The proof, one sentence a step, for witnesses in which every value has one possible writer.
use super::Scene;
use crate::linearizable::register::order::{Contradiction, Order, Reason};
use crate::words::label;
use crate::{Edge, Step};

impl Scene<'_, '_> {
    /// Why `found.between` lies between what was found and who found it, and why it must not.
    pub(super) fn proof(&self, order: &Order, found: Contradiction) -> Vec<Step> {
        let Contradiction {
            reader,
            writer,
            between,
        } = found;
        let writer = writer.unwrap_or(order.initial());
        let mut facts = order.argument(writer, between);
        for fact in order.argument(between, reader) {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        let told = facts.into_iter();
        let mut steps: Vec<Step> = told
            .filter_map(|(first, second, reason)| self.step(first, second, reason, order))
            .collect();
        let replaced = self.not_yet_replaced(reader, writer, between, order);
        steps.push(Step {
            between: Some((reader, between)),
            edge: Edge::ReadWrite,
            text: format!("{replaced} — a contradiction."),
        });
        steps
    }

    fn step(&self, first: usize, second: usize, reason: Reason, order: &Order) -> Option<Step> {
        let (edge, text) = match reason {
            Reason::Initial | Reason::Through { .. } => return None,
            Reason::RealTime => (Edge::RealTime, self.real_time(first, second)),
            Reason::Found => (Edge::WriteRead, self.found_of(first, second)),
            Reason::HiddenFrom { reader } => {
                let (a, b, c) = (label(first), label(second), label(reader));
                let found = self.found(reader);
                let text = format!(
                    "{c} {found}, which {b} left there, though {a} comes before {c}; so {a} comes before {b}."
                );
                (Edge::WriteWrite, text)
            }
            Reason::NotYetReplaced { writer } => {
                let text = self.not_yet_replaced(first, writer, second, order);
                (Edge::ReadWrite, text + ".")
            }
        };
        Some(Step {
            between: Some((first, second)),
            edge,
            text,
        })
    }

    fn real_time(&self, first: usize, second: usize) -> String {
        let (a, b) = (label(first), label(second));
        match self.gap(first, second) {
            Some(gap) => format!("{a} finished {gap} before {b} began, so {a} comes before {b}."),
            None => format!("{a} finished before {b} began, so {a} comes before {b}."),
        }
    }

    fn found_of(&self, writer: usize, reader: usize) -> String {
        let (a, c) = (label(writer), label(reader));
        let found = self.found(reader);
        let state = self.act(writer).written().expect("it wrote");
        let value = self.value(state);
        if self.sources.origins(state) == 1 {
            return format!(
                "{c} {found}, and only {a} ever wrote {value}, so {a} comes before {c}."
            );
        }
        if self.sources.can_find(self.ops[reader], state) {
            return format!(
                "{c} {found}, and no other write of {value} can have been seen by then, so {a} comes before {c}."
            );
        }
        format!("{c} {found}, and {a} was the last write of {value} before that.")
    }

    /// `C read 3, so it comes before B replaced it by 7`, without the full stop.
    fn not_yet_replaced(&self, reader: usize, writer: usize, next: usize, order: &Order) -> String {
        let (b, c) = (label(next), label(reader));
        let found = self.found(reader);
        let value = self.value(self.act(next).written().expect("it wrote"));
        if writer == order.initial() {
            return format!("{c} {found}, so it comes before {b} wrote {value}");
        }
        let is_asked_twice = self.sources.origins(self.wanted(reader)) > 1;
        let a = label(writer);
        if is_asked_twice {
            format!(
                "{c} {found}, left there by {a}, so it comes before {b} replaced that by {value}"
            )
        } else if self.act(reader).is_pure() {
            format!(
                "{c} {found}, which only {a} wrote, so it comes before {b} replaced that by {value}"
            )
        } else {
            let old = self.value(self.wanted(reader));
            format!(
                "{c} {found}, and only {a} ever wrote {old}, so {c} comes before {b} replaced {old} by {value}"
            )
        }
    }

    fn wanted(&self, reader: usize) -> u32 {
        let wanted = crate::linearizable::register::projection::wanted(self.act(reader));
        wanted.expect("a reader with one writer has found one value")
    }
}
