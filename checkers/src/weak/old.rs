//! Tells how stale a read was, by the operations that prove it.
use super::staleness::Measured;
use super::story::{shown, who};
use super::version::Registers;
use super::versions::Read;
use super::zones::Zone;
use crate::words::{label, sentence};
use crate::{Anomaly, AnomalyKind, Edge, History, Key, Step, WitnessOp};

impl Measured<'_> {
    /// Two versions, each of which has to come before the other.
    pub(super) fn anomaly(&self, history: &History, (one, other): (Zone, Zone)) -> Anomaly {
        let key = self.key(&[one.version, other.version]);
        let [a, b] = [one, other].map(|zone| self.ends(zone.version));
        let [x, y] = [one, other].map(|zone| shown(&self.registers.version(zone.version).value));
        let mut ops: Vec<(u32, String)> = Vec::new();
        for (ends, value) in [(a, &x), (b, &y)] {
            ops.extend(
                ends.first
                    .map(|op| (op, format!("shows that {value} was there"))),
            );
            ops.push((ends.last, format!("shows that {value} was there later")));
            ops.extend(ends.writer.map(|op| (op, format!("wrote {value}"))));
        }
        let cast = Witness::new(ops);
        let letter = |op: Option<u32>| op.map_or("the beginning".to_owned(), |op| cast.letter(op));
        let mut steps = Vec::new();
        for (first, last, (early, late), end) in [
            (a.first, b.last, (&x, &y), "."),
            (b.first, a.last, (&y, &x), " — a contradiction."),
        ] {
            let last_place = cast.place(last);
            steps.push(Step {
                between: first.map(|first| (cast.place(first), last_place)),
                edge: Edge::RealTime,
                text: format!(
                    "{} shows {early} before {} asks for {late}, so {early} comes before {late}{end}",
                    letter(first),
                    letter(Some(last))
                ),
            });
        }
        let late = self.worst.nanoseconds;
        let (ms, tenth) = (late / 1_000_000, late / 100_000 % 10);
        Anomaly {
            also: Vec::new(),
            kind: AnomalyKind::StaleRead,
            sentence: format!(
                "Stale by {ms}.{tenth} ms: no order explains what was read from key {key}, unless reads of {x} or {y} look back so far."
            ),
            key: Some(key),
            witness: cast.drawn(history, &self.registers),
            steps,
            is_minimal: false,
        }
    }

    fn key(&self, versions: &[u32]) -> Key {
        let writers = versions
            .iter()
            .filter_map(|version| self.registers.version(*version).writer);
        let writer = writers.min().expect("one of two versions was written");
        let access = self.registers.accesses[writer as usize];
        self.registers.keys[access.key as usize].key
    }

    /// The operations that show from when to when a version was there.
    fn ends(&self, version: u32) -> Ends {
        let registers = &self.registers;
        let reads = (0_u32..).zip(&registers.accesses);
        let last = reads
            .filter(|(_, access)| access.read == Some(version))
            .last();
        let told = registers.version(version);
        let last = last.map(|(op, _)| op).max(told.writer);
        Ends {
            first: told.known_by.filter(|_| told.writer.is_some()),
            last: last.expect("a version was read or written"),
            writer: told.writer,
        }
    }

    /// A read of what so many versions had replaced for certain.
    pub(super) fn old(&self, history: &History, read: Read, versions: u64) -> Anomaly {
        let registers = &self.registers;
        let found = registers.version(read.version);
        let key = registers.accesses[read.op as usize].key;
        let mut newer: Vec<u32> = (0..registers.accesses.len())
            .filter(|op| registers.accesses[*op].key == key)
            .filter_map(|op| registers.accesses[op].wrote)
            .filter(|&version| registers.is_older(read.version, version))
            .filter(|&version| registers.version(version).known < read.began)
            .collect();
        newer.sort_by_key(|version| registers.version(*version).known);
        newer.truncate(usize::try_from(versions).unwrap_or(usize::MAX));
        let mut ops = vec![(read.op, "reads the old version".to_owned())];
        ops.extend(
            found
                .writer
                .map(|op| (op, "wrote the old version".to_owned())),
        );
        if found.writer.is_some() {
            ops.extend(
                found
                    .known_by
                    .map(|op| (op, "shows the old version".to_owned())),
            );
        }
        for version in newer.iter().map(|version| registers.version(*version)) {
            ops.extend(version.writer.map(|op| (op, "replaced it".to_owned())));
            ops.extend(
                version
                    .known_by
                    .map(|op| (op, "shows that it was replaced".to_owned())),
            );
        }
        let cast = Witness::new(ops);
        let values: Vec<String> = newer
            .iter()
            .map(|version| shown(&registers.version(*version).value))
            .collect();
        let old = shown(&found.value);
        let name = registers.keys[key as usize].key;
        let count = newer.len();
        let letter = cast.letter(read.op);
        let text = format!(
            "{} came after {old}, and were there before {letter} began, which read {old} — a contradiction.",
            values.join(", ")
        );
        Anomaly {
            also: Vec::new(),
            kind: AnomalyKind::StaleRead,
            sentence: sentence(&format!(
                "{} read {old} from key {name}, after {count} newer versions had replaced it",
                who(registers, read.op)
            )),
            key: Some(name),
            witness: cast.drawn(history, registers),
            steps: vec![Step {
                between: None,
                edge: Edge::None,
                text,
            }],
            is_minimal: false,
        }
    }
}

#[derive(Clone, Copy)]
struct Ends {
    first: Option<u32>,
    last: u32,
    writer: Option<u32>,
}

/// Operations in order of invocation, each with its part.
struct Witness(Vec<(u32, String)>);

impl Witness {
    fn new(mut ops: Vec<(u32, String)>) -> Witness {
        ops.sort_by_key(|op| op.0);
        ops.dedup_by_key(|op| op.0);
        Witness(ops)
    }

    fn place(&self, op: u32) -> usize {
        let place = self.0.binary_search_by_key(&op, |op| op.0);
        place.expect("it is in the witness")
    }

    fn letter(&self, op: u32) -> String {
        label(self.place(op))
    }

    fn drawn(&self, history: &History, registers: &Registers<'_>) -> Vec<WitnessOp> {
        let draw = |(place, (op, role)): (usize, &(u32, String))| {
            let operation = &registers.operations[*op as usize];
            WitnessOp::new(label(place), history, operation, role.clone())
        };
        self.0.iter().enumerate().map(draw).collect()
    }
}
