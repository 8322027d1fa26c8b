//! Finds reads that returned an older version than their session had to see.
//!
//! Each process has, for each key, the newest version that it must see, *newest* being the one whose
//! write began last: a version that is older for certain than any that must be seen is older than
//! that one. One pass in order of invocation; what a process learns from another it learns once, so
//! that the cost is O(operations × processes), and nearly always much less.
use super::guarantee::Guarantee;
use super::version::Registers;
use crate::{Budget, Process};
use rustc_hash::FxHashMap;

/// A read that is too old.
#[derive(Clone, Copy, Debug)]
pub(super) struct Violation {
    pub(super) read: u32,
    /// The version that it returned.
    pub(super) found: u32,
    /// What it had to return at least.
    pub(super) lesson: Lesson,
}

/// A version that a process must see from now on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lesson {
    pub(super) version: u32,
    pub(super) why: Why,
}

/// Operations that oblige a process.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    /// It read or wrote the version itself.
    Own { deed: u32 },
    /// It read what `write` wrote, whose process had read or written the version before by `deed`.
    Seen { deed: u32, write: u32, read: u32 },
}

/// Reads and writes of one process, in its order, each with its version.
type Deeds = Vec<(u32, u32)>;

/// Every read that breaks `guarantee` on a key whose versions are known.
pub(super) fn violations(
    registers: &Registers<'_>,
    guarantee: Guarantee,
    budget: &Budget,
) -> Result<Vec<Violation>, String> {
    let mut sessions = Sessions {
        registers,
        guarantee,
        deeds: deeds(registers, guarantee),
        learnt: FxHashMap::default(),
        must_see: FxHashMap::default(),
    };
    let mut found = Vec::new();
    for op in 0..registers.accesses.len() {
        if op % STEPS_BETWEEN_LOOKS == 0
            && let Some(reason) = budget.spent()
        {
            return Err(reason);
        }
        let op = u32::try_from(op).expect("fewer than 2^32 operations");
        found.extend(sessions.follow(op));
    }
    Ok(found)
}

/// How often the budget is looked at.
const STEPS_BETWEEN_LOOKS: usize = 1_024;

struct Sessions<'r, 'h> {
    registers: &'r Registers<'h>,
    guarantee: Guarantee,
    deeds: FxHashMap<Process, Deeds>,
    /// How many deeds of the second process the first has learnt from.
    learnt: FxHashMap<(Process, Process), usize>,
    must_see: FxHashMap<(Process, u32), Lesson>,
}

/// What each process did that may oblige others.
fn deeds(registers: &Registers<'_>, guarantee: Guarantee) -> FxHashMap<Process, Deeds> {
    let mut deeds: FxHashMap<Process, Deeds> = FxHashMap::default();
    for (op, access) in (0_u32..).zip(&registers.accesses) {
        let version = match guarantee {
            Guarantee::MonotonicReads | Guarantee::ReadYourWrites => return deeds,
            Guarantee::MonotonicWrites => access.wrote,
            Guarantee::WritesFollowReads => access.read,
        };
        let is_judged = registers.keys[access.key as usize].outside.is_none();
        if let Some(version) = version.filter(|_| is_judged)
            && registers.is_answered(op as usize)
        {
            let process = registers.operations[op as usize].process;
            deeds.entry(process).or_default().push((op, version));
        }
    }
    deeds
}

impl Sessions<'_, '_> {
    /// Judges what an operation read, and then learns from it.
    fn follow(&mut self, op: u32) -> Option<Violation> {
        let registers = self.registers;
        let access = registers.accesses[op as usize];
        let is_judged = registers.keys[access.key as usize].outside.is_none();
        if !is_judged || !registers.is_answered(op as usize) {
            return None;
        }
        let process = registers.operations[op as usize].process;
        let mut violation = None;
        if let Some(found) = access.read {
            let lesson = self.must_see.get(&(process, access.key)).copied();
            let lesson = lesson.filter(|lesson| registers.is_older(found, lesson.version));
            violation = lesson.map(|lesson| Violation {
                read: op,
                found,
                lesson,
            });
        }
        let own = match self.guarantee {
            Guarantee::MonotonicReads => access.read,
            Guarantee::ReadYourWrites => access.wrote,
            Guarantee::MonotonicWrites | Guarantee::WritesFollowReads => {
                self.learn_from(process, op, access.read);
                None
            }
        };
        if let Some(version) = own {
            let why = Why::Own { deed: op };
            let lesson = Lesson { version, why };
            oblige(registers, &mut self.must_see, (process, access.key), lesson);
        }
        violation
    }

    /// From the writer of what was read: what it had done before.
    fn learn_from(&mut self, process: Process, read: u32, seen: Option<u32>) -> Option<()> {
        let registers = self.registers;
        let write = registers.version(seen?).writer?;
        let writer = registers.operations[write as usize].process;
        let deeds = self.deeds.get(&writer)?;
        let next = self.learnt.entry((process, writer)).or_insert(0);
        while *next < deeds.len() && deeds[*next].0 < write {
            let (deed, version) = deeds[*next];
            let key = registers.accesses[deed as usize].key;
            let why = Why::Seen { deed, write, read };
            let lesson = Lesson { version, why };
            oblige(registers, &mut self.must_see, (process, key), lesson);
            *next += 1;
        }
        Some(())
    }
}

/// Nobody has to see the version that was there before any write.
fn oblige(
    registers: &Registers<'_>,
    must_see: &mut FxHashMap<(Process, u32), Lesson>,
    reader: (Process, u32),
    lesson: Lesson,
) {
    let began = |lesson: &Lesson| registers.version(lesson.version).began;
    if registers.version(lesson.version).writer.is_none() {
        return;
    }
    let held = must_see.entry(reader).or_insert(lesson);
    if began(held) < began(&lesson) {
        *held = lesson;
    }
}
