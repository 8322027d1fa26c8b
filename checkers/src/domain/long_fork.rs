//! Writes that two readers saw in opposite orders.
//!
//! After Jepsen's `tests/long_fork`: each key is written once, nil before that, and reads ask for
//! several keys at once. A read that shows `x` and not `y` comes after the write of `x` and before that
//! of `y`; another that shows `y` and not `x` contradicts it. Parallel snapshot isolation allows that,
//! snapshot isolation does not.
//!
//! All writes and reads are sorted topologically by those two rules, which needs no more than one arc
//! for each key of each read. Jepsen compares reads in pairs; we find contradictions of any length, and
//! so decide whether one order explains every read, whatever keys it asks for.
use super::deed::{At, Deeds};
use super::finding::{Finding, remark, shown};
use super::judge::{Judge, Ruling};
use super::set::{early, nowhere};
use crate::{AnomalyKind, Budget, Data, Edge, Verb};
use rustc_hash::FxHashMap;

mod order;

pub(super) struct LongFork {
    pub(super) group: Option<usize>,
}

/// A key that was written or read.
#[derive(Default)]
pub(super) struct Written<'d> {
    name: Option<&'d Data>,
    /// The write that did not fail, and its value.
    write: Option<(At, &'d Data)>,
    failed: Option<(At, &'d Data)>,
}

/// A read, with its keys by number: those that it saw, and those that it did not.
pub(super) struct Group {
    at: At,
    seen: Vec<u32>,
    unseen: Vec<u32>,
}

/// Everything that was asked.
#[derive(Default)]
struct Story<'d> {
    numbers: FxHashMap<&'d Data, u32>,
    keys: Vec<Written<'d>>,
    reads: Vec<(At, Vec<(u32, &'d Data)>)>,
    writes: usize,
}

impl Judge for LongFork {
    fn splits(&self) -> bool {
        false
    }

    fn judge(&self, deeds: &Deeds<'_>, budget: &Budget) -> Result<Ruling, String> {
        let story = Story::of(deeds, self.group)?;
        if story.reads.is_empty() {
            return Err("no read of several keys was answered".to_owned());
        }
        let mut ruling = Ruling::default();
        let mut groups = Vec::with_capacity(story.reads.len());
        for (at, pairs) in &story.reads {
            let (seen, unseen): (Vec<_>, Vec<_>) =
                pairs.iter().partition(|(_, value)| **value != Data::Nil);
            let numbers = |pairs: Vec<&(u32, &Data)>| pairs.iter().map(|pair| pair.0).collect();
            if ruling.findings.len() < FINDINGS_MAX {
                ruling.findings.extend(story.unwritten(deeds, *at, &seen));
            }
            groups.push(Group {
                at: *at,
                seen: numbers(seen),
                unseen: numbers(unseen),
            });
        }
        if let Some(reason) = budget.spent() {
            return Err(reason);
        }
        let cycle = order::cycle(story.keys.len(), &groups);
        ruling
            .findings
            .extend(cycle.map(|cycle| story.forked(deeds, &groups, &cycle)));
        let is_telling = |group: &Group| !group.seen.is_empty() && !group.unseen.is_empty();
        if !groups.iter().any(is_telling) {
            let why = "no read shows one key without another, so none tells an order";
            ruling.undecided = Some(why.to_owned());
        }
        Ok(ruling)
    }
}

/// At most so many values that nobody wrote are written out.
const FINDINGS_MAX: usize = 20;

impl<'d> Story<'d> {
    fn of(deeds: &'d Deeds<'_>, group: Option<usize>) -> Result<Story<'d>, String> {
        let mut story = Story::default();
        for (at, deed) in deeds.all.iter().enumerate() {
            let position = deed.invoked;
            match deed.f() {
                Verb::Write => {
                    let (key, value) = deed.call.input.pair().expect("as its shape says");
                    story.write(deeds, at, key, value)?;
                }
                Verb::Txn if reads_only(&deed.call.input) => {
                    story.read(at, deed.output(), group, position)?;
                }
                Verb::Txn => match deed.call.input.list() {
                    Some([step]) => {
                        let (_, key, value) = parts(step).expect("as its shape says");
                        story.write(deeds, at, key, value)?;
                    }
                    _ => {
                        return Err(format!(
                            "the transaction at position {position} neither reads only nor writes a single key"
                        ));
                    }
                },
                _ => story.read(at, deed.output(), group, position)?,
            }
        }
        Ok(story)
    }

    fn number(&mut self, key: &'d Data) -> u32 {
        let next = u32::try_from(self.keys.len()).expect("fewer than 2^32 keys");
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.keys.push(Written {
                name: Some(key),
                ..Written::default()
            });
        }
        number
    }

    fn write(
        &mut self,
        deeds: &Deeds<'_>,
        at: At,
        key: &'d Data,
        value: &'d Data,
    ) -> Result<(), String> {
        self.writes += 1;
        let number = self.number(key) as usize;
        let written = &mut self.keys[number];
        if *value == Data::Nil {
            return Err(format!(
                "key {} is written nil, which is what it holds before",
                shown(key)
            ));
        }
        if deeds.all[at].is_failed() {
            written.failed.get_or_insert((at, value));
        } else if written.write.replace((at, value)).is_some() {
            return Err(format!("key {} is written twice", shown(key)));
        }
        Ok(())
    }

    fn read(
        &mut self,
        at: At,
        answer: Option<&'d Data>,
        group: Option<usize>,
        position: usize,
    ) -> Result<(), String> {
        let Some(steps) = answer.and_then(Data::list) else {
            return Ok(());
        };
        if let Some(size) = group.filter(|size| *size != steps.len()) {
            let keys = steps.len();
            return Err(format!(
                "the read at position {position} asks for {keys} keys, not {size}"
            ));
        }
        let mut pairs: Vec<(u32, &Data)> = Vec::with_capacity(steps.len());
        for step in steps {
            let (_, key, value) = parts(step).expect("as its shape says");
            pairs.push((self.number(key), value));
        }
        pairs.sort_unstable();
        if pairs.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(format!(
                "the read at position {position} asks for a key twice"
            ));
        }
        self.reads.push((at, pairs));
        Ok(())
    }

    /// The first value of a read that cannot be there. A history of reads alone tells nothing of that.
    fn unwritten(&self, deeds: &Deeds<'_>, read: At, seen: &[&(u32, &Data)]) -> Option<Finding> {
        if self.writes == 0 {
            return None;
        }
        let words = ["written", "write"];
        seen.iter().find_map(|(key, value)| {
            let written = &self.keys[*key as usize];
            match (written.write, written.failed) {
                (Some((write, wrote)), _) if wrote == *value => {
                    let is_early = deeds.is_before(read, write);
                    is_early.then(|| early(deeds, value, write, read))
                }
                (_, Some((failed, wrote))) if wrote == *value => {
                    Some(nowhere(deeds, value, Some(failed), read, &words))
                }
                _ => Some(nowhere(deeds, value, None, read, &words)),
            }
        })
    }

    /// A cycle of reads: each shows the first of its two keys and not the second, and the next read
    /// shows that one.
    fn forked(&self, deeds: &Deeds<'_>, groups: &[Group], cycle: &[order::Link]) -> Finding {
        let name = |key: u32| shown(self.keys[key as usize].name.unwrap_or(&Data::Nil));
        let read = |link: &order::Link| groups[link.read as usize].at;
        let mut cast: Vec<(At, &'static str)> = cycle
            .iter()
            .map(|link| (read(link), "shows one and not the other"))
            .collect();
        let mut steps: Vec<Remark> = Vec::new();
        for (actor, link) in cycle.iter().enumerate() {
            steps.push(remark(format!(
                "{{{actor}}} shows key {} and not key {}, so {} was written first",
                name(link.seen),
                name(link.unseen),
                name(link.seen)
            )));
        }
        let writes = cycle
            .iter()
            .filter_map(|link| self.keys[link.seen as usize].write);
        cast.extend(writes.map(|(write, _)| (write, "writes one of them")));
        let chain: Vec<String> = cycle.iter().map(|link| name(link.seen)).collect();
        let last = format!("{} before {}", chain.join(" before "), chain[0]);
        steps.push(remark(format!(
            "then the keys were written in the order {last}"
        )));
        let sentence = match cycle {
            [one, other] => format!(
                "{} saw key {} and not {}, and {} saw {} and not {}",
                deeds.who(read(one)),
                name(one.seen),
                name(one.unseen),
                deeds.who(read(other)),
                name(other.seen),
                name(other.unseen)
            ),
            cycle => format!(
                "{} reads agree on no order of the keys {}",
                cycle.len(),
                chain.join(", ")
            ),
        };
        Finding {
            kind: AnomalyKind::LongFork,
            sentence,
            cast,
            steps,
        }
    }
}

fn parts(step: &Data) -> Option<(&str, &Data, &Data)> {
    match step.list()? {
        [Data::Text(f), key, value] => Some((f, key, value)),
        _ => None,
    }
}

fn reads_only(steps: &Data) -> bool {
    let mut steps = steps.list().unwrap_or_default().iter();
    steps.all(|step| parts(step).is_some_and(|(f, _, _)| f == "r"))
}

/// A step of a proof: whom it joins, how, and in words.
type Remark = (Option<(usize, usize)>, Edge, String);
