//! What is wrong with a stack, in words.
use super::{Stuck, Wrong, judge};
use crate::linearizable::asked::Asked;
use crate::linearizable::collection::{
    Lowered, Odd, Origin, Span, Stay, Stays, Telling, Words, by_false_empty, by_flaw, condensed,
    cover, gather, origins, shown, smallest, without_left_over,
};
use crate::linearizable::proof::Proof;
use crate::{AnomalyKind, Edge};

const WORDS: Words = Words {
    object: "stack",
    put: "pushed",
    taken: "popped",
};

/// The operations that prove it.
pub(super) fn tell(asked: &[Asked], lowered: &Lowered<'_>, wrong: &Wrong) -> Box<Proof> {
    let (stuck, is_without_left_over) = match wrong {
        Wrong::Flaw(flaw) => return by_flaw(asked, *flaw, &WORDS),
        Wrong::Stuck {
            stuck,
            is_without_left_over,
        } => (stuck, *is_without_left_over),
    };
    let gathered = match gather(&lowered.ops, lowered.values.len()) {
        Ok(gathered) => gathered,
        Err(Odd::Flaw(flaw)) => return by_flaw(asked, flaw, &WORDS),
        Err(Odd::Outside(_)) => unreachable!("it was judged"),
    };
    let gathered = if is_without_left_over {
        without_left_over(&gathered)
    } else {
        gathered
    };
    match stuck {
        Stuck::Empty(empty) => by_false_empty(asked, lowered, &gathered.stays, *empty, &WORDS),
        Stuck::Values(values) => {
            let values = few(&gathered, values);
            Tale::new(asked, lowered, &gathered, values).told()
        }
    }
}

/// The few of these values of which none can have been at the bottom. To leave a value out makes
/// nothing illegal: every order without it is an order of what is left.
fn few(gathered: &Stays, values: &[u32]) -> Vec<u32> {
    smallest(values, |kept| {
        let kept = kept.iter().map(|&value| gathered.stays[value as usize]);
        judge(&condensed(kept, [])).is_err()
    })
}

/// Values of which none can have been at the bottom.
struct Tale<'a> {
    tell: Telling<'a>,
    names: Vec<String>,
    stays: Vec<Stay>,
    origins: Vec<Origin>,
}

/// Why a value was not at the bottom: its push or its pop ran while others were inside.
struct Reason {
    value: usize,
    /// The invocation of that push or pop.
    op: u32,
    is_pop: bool,
    inside: Vec<u32>,
}

impl<'a> Tale<'a> {
    fn new(
        asked: &'a [Asked],
        lowered: &Lowered<'_>,
        gathered: &Stays,
        values: Vec<u32>,
    ) -> Tale<'a> {
        let all = origins(lowered);
        let name = |&value: &u32| shown(lowered.values[value as usize]);
        let names: Vec<String> = values.iter().map(name).collect();
        let origins: Vec<Origin> = values.iter().map(|&value| all[value as usize]).collect();
        let stays = values.iter().map(|&value| gathered.stays[value as usize]);
        let mut ops = Vec::new();
        for (Origin { put, taken }, name) in origins.iter().zip(&names) {
            ops.push((*put, format!("pushed {name}")));
            ops.extend(taken.map(|taken| (taken, format!("popped {name}"))));
        }
        Tale {
            tell: Telling::new(asked, ops),
            names,
            stays: stays.collect(),
            origins,
        }
    }

    fn told(mut self) -> Box<Proof> {
        for (name, origin) in self.names.iter().zip(&self.origins) {
            let text = self.tell.stayed(name, *origin, &WORDS);
            self.tell.remark(text);
        }
        let reasons: Vec<Reason> = (0..self.stays.len())
            .filter_map(|value| self.reason(value))
            .collect();
        if let [one, other] = &reasons[..]
            && one.is_pop != other.is_pop
        {
            return match one.is_pop {
                true => self.pair(one, other),
                false => self.pair(other, one),
            };
        }
        for reason in &reasons {
            self.say(reason);
        }
        let sentence = format!(
            "None of {} values can have been at the bottom: each was pushed or popped while others were in the stack",
            self.names.len()
        );
        let end = "But the first of them to be pushed lay at the bottom, with no other inside when it was pushed, nor when it was popped";
        self.tell.end(AnomalyKind::OutOfOrder, sentence, end)
    }

    /// Two values: `below` was popped while `above`, which was pushed onto it, lay on top.
    fn pair(mut self, below: &Reason, above: &Reason) -> Box<Proof> {
        let (low, high) = (&self.names[below.value], &self.names[above.value]);
        let Origin { put: under, .. } = self.origins[below.value];
        let Origin { put: over, taken } = self.origins[above.value];
        let [push_low, push_high, pop_low] = [under, over, below.op].map(|op| self.tell.name(op));
        let sentence = format!(
            "{pop_low} popped {low} although {high}, pushed later by {push_high}, was still on top of it"
        );
        let end = format!("So {high} lay on top of {low} when {pop_low} popped {low}");
        let onto = format!(
            "{push_low} pushed {low} before {push_high} pushed {high}: {low} was inside all the time in which {push_high} can have pushed."
        );
        let still = format!(
            "{push_high} pushed {high} before {pop_low} popped {low}: {high} was inside all the time in which {pop_low} can have popped."
        );
        let later = taken.map(|taken| {
            let pop_high = self.tell.name(taken);
            (
                taken,
                format!("{pop_high} popped {high} only after {pop_low} had popped {low}."),
            )
        });
        let never = format!("Nobody popped {high} before.");
        self.tell.step((under, over), Edge::Order, onto);
        self.tell.step((over, below.op), Edge::Order, still);
        match later {
            Some((taken, text)) => self.tell.step((below.op, taken), Edge::Order, text),
            None => self.tell.remark(never),
        }
        self.tell.end(AnomalyKind::OutOfOrder, sentence, &end)
    }

    fn reason(&self, value: usize) -> Option<Reason> {
        let Stay { put, taken } = self.stays[value];
        let covered = |span: Span, is_pop: bool| {
            let inside = cover(&self.stays, span);
            (!inside.is_empty()).then_some(Reason {
                value,
                op: span.invoked,
                is_pop,
                inside,
            })
        };
        let of_pop = || self.stays[value].is_taken().then(|| covered(taken, true));
        covered(put, false).or_else(|| of_pop().flatten())
    }

    fn say(&mut self, reason: &Reason) {
        let name = &self.names[reason.value];
        let op = self.tell.name(reason.op);
        let did = if reason.is_pop { "popped" } else { "pushed" };
        match reason.inside[..] {
            [other] => {
                let over = &self.names[other as usize];
                let Origin { put, taken } = self.origins[other as usize];
                let push = self.tell.name(put);
                let pop = match taken {
                    Some(taken) => format!("{} popped it after that", self.tell.name(taken)),
                    None => "nobody popped it before".to_owned(),
                };
                let text = format!(
                    "{push} pushed {over} before {op} {did} {name}, and {pop}: it was inside all the time in which {op} can have {did}. So {name} was not at the bottom."
                );
                self.tell.step((put, reason.op), Edge::Order, text);
            }
            _ => {
                let inside = reason
                    .inside
                    .iter()
                    .map(|&value| &*self.names[value as usize]);
                let inside: Vec<&str> = inside.collect();
                self.tell.remark(format!(
                    "At every moment at which {op} can have {did} {name}, one or another of {} was inside. So {name} was not at the bottom.",
                    inside.join(", ")
                ));
            }
        }
    }
}
