//! Tells a read that was too old: the operations that prove it, a sentence and the steps.
use super::guarantee::Guarantee;
use super::session::{Violation, Why};
use super::version::Registers;
use crate::words::{label, sentence};
use crate::{Anomaly, Data, Edge, History, Process, Step, WitnessOp};

/// The violation as an anomaly.
pub(super) fn anomaly(
    history: &History,
    registers: &Registers<'_>,
    guarantee: Guarantee,
    violation: &Violation,
) -> Anomaly {
    let mut cast = Cast::new(registers, violation);
    let steps = cast.steps(guarantee);
    let witness = cast.witness(history);
    let key = registers.accesses[violation.read as usize].key;
    Anomaly {
        also: Vec::new(),
        kind: guarantee.kind(),
        sentence: sentence(&cast.sentence(guarantee)),
        key: Some(registers.keys[key as usize].key),
        witness,
        steps,
        is_minimal: true,
    }
}

/// The operations of a witness, each with its part.
struct Cast<'a, 'h> {
    registers: &'a Registers<'h>,
    violation: &'a Violation,
    /// In order of invocation.
    ops: Vec<u32>,
    roles: Vec<(u32, String)>,
}

/// Characters of a value that are shown.
const VALUE_MAX: usize = 16;

pub(super) fn shown(value: &Data) -> String {
    let text = value.to_string();
    if text.chars().count() <= VALUE_MAX {
        return text;
    }
    text.chars().take(VALUE_MAX).chain(['…']).collect()
}

/// `process 3 (n2)`.
pub(super) fn who(registers: &Registers<'_>, op: u32) -> String {
    let operation = &registers.operations[op as usize];
    let Process(process) = operation.process;
    match operation.node {
        Some(node) => format!("process {process} ({node})"),
        None => format!("process {process}"),
    }
}

impl<'a, 'h> Cast<'a, 'h> {
    fn new(registers: &'a Registers<'h>, violation: &'a Violation) -> Cast<'a, 'h> {
        let found = registers.version(violation.found);
        let newer = registers.version(violation.lesson.version);
        let mut roles = vec![(violation.read, "reads the older version".to_owned())];
        match violation.lesson.why {
            Why::Own { deed } if newer.writer == Some(deed) => {}
            Why::Own { deed } => roles.push((deed, "had read the newer version".to_owned())),
            Why::Seen { deed, write, read } => {
                roles.push((write, format!("then wrote {}", written(registers, write))));
                roles.push((read, "saw that".to_owned()));
                if newer.writer != Some(deed) {
                    roles.push((deed, "had read the newer version".to_owned()));
                }
            }
        }
        let writers = [(newer, "the newer version"), (found, "the older version")];
        for (version, which) in writers {
            roles.extend(
                version
                    .writer
                    .map(|writer| (writer, format!("wrote {which}"))),
            );
        }
        let knew = knew(registers, violation);
        roles.extend(knew.map(|op| (op, "knew of the older version by then".to_owned())));
        let mut ops: Vec<u32> = roles.iter().map(|role| role.0).collect();
        ops.sort_unstable();
        ops.dedup();
        Cast {
            registers,
            violation,
            ops,
            roles,
        }
    }

    fn witness(&self, history: &History) -> Vec<WitnessOp> {
        let ops = self.ops.iter().enumerate();
        let witness = ops.map(|(place, op)| {
            let role = self.roles.iter().find(|role| role.0 == *op);
            let role = role.map(|role| role.1.clone()).unwrap_or_default();
            let operation = &self.registers.operations[*op as usize];
            WitnessOp::new(label(place), history, operation, role)
        });
        witness.collect()
    }

    fn place(&self, op: u32) -> usize {
        self.ops.binary_search(&op).expect("it is in the cast")
    }

    fn value(&self, version: u32) -> String {
        shown(&self.registers.version(version).value)
    }

    fn sentence(&self, guarantee: Guarantee) -> String {
        let Violation {
            read,
            found,
            lesson,
        } = *self.violation;
        let reader = who(self.registers, read);
        let (old, new) = (self.value(found), self.value(lesson.version));
        let access = self.registers.accesses[read as usize];
        let key = self.registers.keys[access.key as usize].key;
        let Why::Seen { deed, write, .. } = lesson.why else {
            let did = match guarantee {
                Guarantee::ReadYourWrites => format!("wrote {new} to key {key}"),
                _ => format!("read {new} from key {key}"),
            };
            return format!("{reader} {did}, and later read {old} there, which is older");
        };
        let seen = written(self.registers, write);
        let Process(other) = self.registers.operations[deed as usize].process;
        let did = match guarantee {
            Guarantee::MonotonicWrites => format!("wrote {new} to key {key}"),
            _ => format!("read {new} at key {key}"),
        };
        format!(
            "process {other} {did}, then wrote {seen}; {reader} saw {seen}, and later the older {old}"
        )
    }

    fn steps(&mut self, guarantee: Guarantee) -> Vec<Step> {
        let Violation {
            read,
            found,
            lesson,
        } = *self.violation;
        let (old, new) = (self.value(found), self.value(lesson.version));
        let letter = |op: u32| label(self.place(op));
        let newer = self.registers.version(lesson.version);
        let writer = newer.writer.expect("nobody has to see the first version");
        let mut steps = Vec::new();
        match knew(self.registers, self.violation) {
            Some(knew) => steps.push(Step {
                between: Some((self.place(knew), self.place(writer))),
                edge: Edge::RealTime,
                text: format!(
                    "{} returned, and {old} was there, before {} began to write {new}: {old} is older than {new}.",
                    letter(knew),
                    letter(writer)
                ),
            }),
            None => steps.push(Step {
                between: None,
                edge: Edge::None,
                text: format!("{old} was there before anybody wrote, so it is older than {new}."),
            }),
        }
        let ordered = |first: u32, second: u32, text: String| Step {
            between: Some((self.place(first), self.place(second))),
            edge: Edge::RealTime,
            text,
        };
        let last = match lesson.why {
            Why::Own { deed } => {
                let (deed_letter, letter) = (letter(deed), letter(read));
                let text = match guarantee {
                    Guarantee::ReadYourWrites => format!(
                        "{deed_letter} wrote {new}, and {letter}, which the same process asked later, read {old} — a contradiction."
                    ),
                    _ => format!(
                        "{deed_letter} read {new}, and {letter}, which the same process asked later, read {old} — a contradiction."
                    ),
                };
                ordered(deed, read, text)
            }
            Why::Seen {
                deed,
                write,
                read: saw,
            } => {
                let seen = written(self.registers, write);
                let verb = match guarantee {
                    Guarantee::MonotonicWrites => "written",
                    _ => "read",
                };
                let text = format!(
                    "{} wrote {seen} after the same process had {verb} {new} by {}, so who sees {seen} has to see {new}.",
                    letter(write),
                    letter(deed)
                );
                steps.push(ordered(deed, write, text));
                let text = format!(
                    "{} saw {seen}, and {}, which the same process asked later, read {old} — a contradiction.",
                    letter(saw),
                    letter(read)
                );
                ordered(saw, read, text)
            }
        };
        steps.push(last);
        steps
    }
}

/// Who knew of the older version before the newer one was written: its writer, if that will do.
/// Nobody has to know of the version that was there before any write.
fn knew(registers: &Registers<'_>, violation: &Violation) -> Option<u32> {
    let older = registers.version(violation.found);
    let newer = registers.version(violation.lesson.version);
    let writer = older.writer?;
    if registers.returned(writer as usize) < newer.began {
        Some(writer)
    } else {
        older.known_by
    }
}

/// The value that an operation wrote, in few characters.
fn written(registers: &Registers<'_>, write: u32) -> String {
    let version = registers.accesses[write as usize].wrote;
    version.map_or_else(String::new, |version| {
        shown(&registers.version(version).value)
    })
}
