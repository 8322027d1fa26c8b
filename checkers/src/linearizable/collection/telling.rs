//! Proofs in words, for what goes wrong in every kind of object alike.
use super::{Act, Flaw, Lowered, Span, Stay, at, cover};
use crate::linearizable::asked::Asked;
use crate::linearizable::proof::{Proof, ProofStep};
use crate::linearizable::timed::NEVER;
use crate::{AnomalyKind, Data, Edge};

/// How an object is spoken of.
pub(in crate::linearizable) struct Words {
    /// `queue`
    pub(in crate::linearizable) object: &'static str,
    /// `enqueued`
    pub(in crate::linearizable) put: &'static str,
    /// `dequeued`
    pub(in crate::linearizable) taken: &'static str,
}

/// A proof on its way.
pub(in crate::linearizable) struct Telling<'a> {
    asked: &'a [Asked],
    ops: Vec<(u32, String)>,
    steps: Vec<ProofStep>,
}

/// Longer values are cut off in proofs.
const SHOWN_MAX: usize = 16;

/// A value in a proof.
pub(in crate::linearizable) fn shown(value: &Data) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN_MAX {
        return text;
    }
    let cut: String = text.chars().take(SHOWN_MAX - 1).collect();
    cut + "…"
}

impl<'a> Telling<'a> {
    /// A proof by `ops`, each called by the position of its invocation.
    pub(in crate::linearizable) fn new(
        asked: &'a [Asked],
        ops: impl IntoIterator<Item = (u32, String)>,
    ) -> Telling<'a> {
        let ops = ops.into_iter();
        let mut ops: Vec<_> = ops
            .map(|(invoked, role)| (at(asked, invoked), role))
            .collect();
        ops.sort();
        Telling {
            asked,
            ops,
            steps: Vec::new(),
        }
    }

    /// The place of the operation that was invoked there.
    pub(in crate::linearizable) fn place(&self, invoked: u32) -> usize {
        let op = at(self.asked, invoked);
        let place = self.ops.binary_search_by_key(&op, |part| part.0);
        place.expect("it is a part of the proof")
    }

    /// The operation that was invoked there, as it stands in a text: `{2}`.
    pub(in crate::linearizable) fn name(&self, invoked: u32) -> String {
        format!("{{{}}}", self.place(invoked))
    }

    /// One had returned before the other began.
    pub(in crate::linearizable) fn real_time(&mut self, first: u32, second: u32) {
        let between = Some((self.place(first), self.place(second)));
        let text = format!(
            "{} had returned before {} began.",
            self.name(first),
            self.name(second)
        );
        self.steps.push(ProofStep {
            between,
            edge: Edge::RealTime,
            text,
        });
    }

    pub(in crate::linearizable) fn remark(&mut self, text: String) {
        self.steps.push(ProofStep {
            between: None,
            edge: Edge::None,
            text,
        });
    }

    pub(in crate::linearizable) fn step(&mut self, ops: (u32, u32), edge: Edge, text: String) {
        let between = Some((self.place(ops.0), self.place(ops.1)));
        self.steps.push(ProofStep {
            between,
            edge,
            text,
        });
    }

    /// Ends with the contradiction, told without its full stop.
    pub(in crate::linearizable) fn end(
        mut self,
        kind: AnomalyKind,
        sentence: String,
        contradiction: &str,
    ) -> Box<Proof> {
        self.remark(format!("{contradiction} — a contradiction."));
        Box::new(Proof {
            kind,
            ops: self.ops,
            sentence,
            steps: self.steps,
        })
    }
}

/// The proof of what is wrong with one value.
pub(in crate::linearizable) fn by_flaw(asked: &[Asked], flaw: Flaw, words: &Words) -> Box<Proof> {
    let Words { object, put, taken } = words;
    match flaw {
        Flaw::NeverPut { take } => {
            let value = value_taken(asked, take);
            let tell = Telling::new(asked, [(take, format!("{taken} {value}"))]);
            let sentence = format!(
                "{} {taken} {value}, which nobody ever {put}",
                tell.name(take)
            );
            let name = tell.name(take);
            let end = format!("{name} {taken} {value}, and no operation {put} it");
            tell.end(AnomalyKind::GarbageRead, sentence, &end)
        }
        Flaw::TakenTwice {
            put: begun,
            first,
            second,
        } => {
            let value = value_taken(asked, first);
            let role = |word: &str| format!("{word} {value}");
            let ops = [
                (begun, role(put)),
                (first, role(taken)),
                (second, format!("{taken} {value} again")),
            ];
            let mut tell = Telling::new(asked, ops);
            let (a, b) = (tell.name(first), tell.name(second));
            let sentence = format!("{a} and {b} both {taken} {value}, which was {put} once");
            let source = tell.name(begun);
            let text = format!("Only {source} {put} {value}, so it was in the {object} once.");
            tell.step((begun, first), Edge::Order, text);
            let end = format!("{a} and {b} both {taken} it");
            tell.end(AnomalyKind::DuplicateDelivery, sentence, &end)
        }
        Flaw::TakenBeforePut { take, put: begun } => {
            let value = value_taken(asked, take);
            let ops = [
                (take, format!("{taken} {value}")),
                (begun, format!("{put} {value} later")),
            ];
            let mut tell = Telling::new(asked, ops);
            let (a, b) = (tell.name(take), tell.name(begun));
            let sentence = format!("{a} {taken} {value} before {b} began to put it in");
            tell.real_time(take, begun);
            let end = format!("only {b} {put} {value}, so {a} cannot have {taken} it");
            tell.end(AnomalyKind::AbortedRead, sentence, &end)
        }
    }
}

fn value_taken(asked: &[Asked], take: u32) -> String {
    let output = asked[at(asked, take) as usize].call.output.as_ref();
    shown(output.unwrap_or(&Data::Nil))
}

/// Who put a value in and who took it, by the positions of their invocations, as far as they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::linearizable) struct Origin {
    pub(in crate::linearizable) put: u32,
    pub(in crate::linearizable) taken: Option<u32>,
}

/// By value. Spans do not tell, as they have been cut to what is possible.
pub(in crate::linearizable) fn origins(lowered: &Lowered<'_>) -> Vec<Origin> {
    let mut origins = vec![
        Origin {
            put: NEVER,
            taken: None
        };
        lowered.values.len()
    ];
    for op in &lowered.ops {
        match op.act {
            Act::Put(value) => origins[value as usize].put = op.invoked,
            Act::Take(value) => origins[value as usize].taken = Some(op.invoked),
            Act::TakeSome | Act::TakeNone => {}
        }
    }
    origins
}

/// The proof that something was inside all the time while somebody found nothing.
pub(in crate::linearizable) fn by_false_empty(
    asked: &[Asked],
    lowered: &Lowered<'_>,
    stays: &[Stay],
    empty: Span,
    words: &Words,
) -> Box<Proof> {
    let Words { object, put, taken } = words;
    let cover = cover(stays, empty);
    let origins = origins(lowered);
    let values = cover.iter().map(|&value| {
        let name = shown(lowered.values[value as usize]);
        (name, origins[value as usize])
    });
    let values: Vec<(String, Origin)> = values.collect();
    let mut ops = vec![(empty.invoked, format!("found the {object} empty"))];
    for (name, origin) in &values {
        ops.push((origin.put, format!("{put} {name}")));
        ops.extend(origin.taken.map(|taker| (taker, format!("{taken} {name}"))));
    }
    let mut tell = Telling::new(asked, ops);
    for (name, origin) in &values {
        let text = tell.stayed(name, *origin, words);
        tell.remark(text);
    }
    let finder = tell.name(empty.invoked);
    let sentence = match &values[..] {
        [(name, _)] => {
            format!("{finder} found the {object} empty although {name} was in it all that time")
        }
        _ => format!(
            "{finder} found the {object} empty although one or another of {} values was always in it",
            values.len()
        ),
    };
    let end = format!("something was inside at every moment of {finder}, which found nothing");
    tell.end(AnomalyKind::FalseEmpty, sentence, &end)
}

impl Telling<'_> {
    /// `4 was in the queue from the return of {0} until {2} began.`
    pub(in crate::linearizable) fn stayed(
        &self,
        name: &str,
        origin: Origin,
        words: &Words,
    ) -> String {
        let Words { object, taken, .. } = words;
        let begun = self.name(origin.put);
        match origin.taken {
            Some(taker) => {
                let end = self.name(taker);
                format!("{name} was in the {object} from the return of {begun} until {end} began.")
            }
            None => format!(
                "{name} was in the {object} from the return of {begun} on, as nobody {taken} it."
            ),
        }
    }
}
