//! Which model a history is about, by the verbs that occur in it.
use super::{Said, asked};
use crate::{Call, Data, History, Process, Verb};
use std::collections::BTreeSet;

/// The model with the least to say among those that know all the verbs; nothing if several are as likely.
pub fn guess(history: &History) -> Option<&'static str> {
    let mut seen = Seen::default();
    for operation in history.operations() {
        let is_answered = matches!(operation.outcome, crate::Outcome::Ok { .. });
        seen.add(operation.process, &asked(operation.op, is_answered));
    }
    seen.model()
}

/// What occurs in a history.
#[derive(Default)]
struct Seen {
    verbs: BTreeSet<Verb>,
    /// Strings are written, appended or read.
    is_text: bool,
    /// Reads answer lists.
    is_list: bool,
    /// A list holds something twice.
    is_repeated: bool,
    /// Additions or removals answer true or false.
    is_told: bool,
    /// Additions or reads answer numbers.
    is_number: bool,
    /// Something is removed without being named.
    is_any: bool,
    /// Acquisitions answer numbers.
    is_fenced: bool,
    /// Acquisitions or releases take numbers.
    is_counted: bool,
    /// Who holds a lock, as far as it was told, and whether one of them got it again.
    holders: BTreeSet<Process>,
    is_reentrant: bool,
    /// Steps of transactions do other than read and write.
    is_odd: bool,
}

impl Seen {
    fn add(&mut self, process: Process, call: &Call) {
        let output = call.output.as_ref();
        self.is_text |=
            matches!(call.input, Data::Text(_)) || matches!(output, Some(Data::Text(_)));
        match call.f {
            Verb::Read => {
                self.is_number |= matches!(output, Some(Data::Int(_)));
                if let Some(list) = output.and_then(Data::list) {
                    self.is_list = true;
                    let different: BTreeSet<&Data> = list.iter().collect();
                    self.is_repeated |= different.len() < list.len();
                }
            }
            Verb::Add | Verb::Remove | Verb::Append => {
                self.is_told |= matches!(output, Some(Data::Bool(_)));
                let is_number = matches!(output, Some(Data::Int(_)));
                self.is_number |= is_number && call.input != Data::Nil;
                self.is_any |= call.f == Verb::Remove && call.input == Data::Nil;
            }
            Verb::Acquire | Verb::Release => {
                self.is_fenced |= matches!(output, Some(Data::Int(_)));
                self.is_counted |= matches!(call.input, Data::Int(_));
                match (&call.f, Said::by(call)) {
                    (Verb::Acquire, Said::Done) => {
                        self.is_reentrant |= !self.holders.insert(process);
                    }
                    (Verb::Release, _) => drop(self.holders.remove(&process)),
                    _ => {}
                }
            }
            Verb::Txn => self.is_odd |= !super::Shape::Steps.fits(&call.input),
            _ => {}
        }
        self.verbs.insert(call.f.clone());
    }

    /// Whether there are verbs, and none but `known`.
    fn only(&self, known: &[Verb]) -> bool {
        !self.verbs.is_empty() && self.verbs.iter().all(|verb| known.contains(verb))
    }

    fn model(&self) -> Option<&'static str> {
        use Verb::*;
        Some(match () {
            () if self.only(&[Read, Write]) => "register",
            () if self.only(&[Read, Write, Cas]) => "cas-register",
            () if self.only(&[Read, Append]) && (self.is_list || self.is_number) => "log",
            () if self.only(&[Read, Write, Append]) && self.is_text => "kv",
            () if self.only(&[Read, Append]) => "log",
            () if self.only(&[Txn]) && !self.is_odd => "multi-register",
            () if self.only(&[Read, Add, Remove]) && (self.is_any || self.is_repeated) => "bag",
            () if self.only(&[Read, Add]) && self.is_number => "counter",
            () if self.only(&[Read, Add]) && self.is_list && !self.is_told => "grow-only-set",
            () if self.only(&[Read, Add]) && !self.is_told => return None,
            () if self.only(&[Read, Add, Remove, Contains]) && !self.is_any => "set",
            () if self.only(&[Enqueue, Dequeue]) => "queue",
            () if self.only(&[Push, Pop]) => "stack",
            () if self.only(&[Insert, DeleteMin]) => "priority-queue",
            () if self.only(&[Acquire, Release]) && self.is_fenced => "fenced-mutex",
            () if self.only(&[Acquire, Release]) && self.is_counted => "semaphore",
            // A lock that may be had twice, or one that is broken: nobody but its user knows.
            () if self.only(&[Acquire, Release]) && self.is_reentrant => return None,
            () if self.only(&[Acquire, Release]) => "mutex",
            () if self.only(&[AcquireRead, AcquireWrite, Release]) => "rw-lock",
            () if self.only(&[Generate]) => "unique-ids",
            () if self.only(&[Read, Transfer]) => "bank",
            () => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;
    use crate::model::script::parse;

    fn check(script: &str, model: &str) {
        let mut seen = Seen::default();
        for text in script.split(';') {
            let (process, call) = parse(text);
            seen.add(process, &call);
        }
        assert_eq!(seen.model().unwrap_or("none"), model, "{script}");
    }

    #[test]
    fn the_verbs_tell_the_model() {
        check("write 1; read → 1", "register");
        check("write 1; cas [1 2] → true", "cas-register");
        check(r#"append "x"; read → "x""#, "kv");
        check(r#"append "x"; write "y""#, "kv");
        check("append 1; read → [1]", "log");
        check(r#"append "x" → 0; read → ["x"]"#, "log");
        check(r#"txn [["w" "x" 1]]"#, "multi-register");
        check(r#"txn [["append" "x" 1]]"#, "none");
        check("add 1; read → [1]", "grow-only-set");
        check("add 1; read → [1 1]", "bag");
        check("add 1; remove → 1", "bag");
        check("add 1; remove 1; read → [1]", "set");
        check("add 1 → true; contains 1 → true", "set");
        check("add 1; contains 1 → true", "set");
        check("add 1; read → 1", "counter");
        check("add 1 → 1", "counter");
        check("add 1", "none");
        check("enqueue 1; dequeue → 1", "queue");
        check("push 1; pop → nil", "stack");
        check("insert 1; delete-min → 1", "priority-queue");
        check("acquire; release", "mutex");
        check("1: acquire; 1: acquire", "none");
        check(
            "1: acquire; 1: release; 1: acquire; 2: acquire → false",
            "mutex",
        );
        check("1: acquire; 1: acquire → false", "mutex");
        check("acquire → 1; release", "fenced-mutex");
        check("acquire 1; release 1", "semaphore");
        check("acquire-read; release", "rw-lock");
        check("generate → 1", "unique-ids");
        check("transfer [0 1 5]; read → [[0 5]]", "bank");
        check("enqueue 1; pop → 1", "none");
        check("jump 1", "none");
    }
}
