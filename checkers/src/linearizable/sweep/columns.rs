//! The sweeps without calls around them, for benchmarks: columns in, verdict out.
use super::level::{Act, Deadline, Range, Sweep};
use super::{counter, grow_set, holds, ids, owned};
use crate::Call;
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;

pub use crate::linearizable::register::columns::{Access, Registers};

/// What an operation does to a level.
#[derive(Clone, Copy, Debug)]
pub enum Move {
    Up,
    Down,
    Read(i32),
}

/// What an operation asks of a lock that one process holds.
#[derive(Clone, Copy, Debug)]
pub enum Hold {
    Acquire,
    Refused,
    Release,
}

/// Levels of one or more objects, back to back.
#[derive(Default)]
pub struct Levels {
    ops: Vec<Timed<Act>>,
    ends: Vec<usize>,
}

impl Levels {
    pub fn push(&mut self, did: Move, invoked: u32, returned: u32) {
        let act = match did {
            Move::Up => Act::Up,
            Move::Down => Act::Down,
            Move::Read(level) => Act::Read(level),
        };
        self.ops.push(Timed {
            act,
            invoked,
            returned,
        });
    }

    /// What follows belongs to another object.
    pub fn split(&mut self) {
        self.ends.push(self.ops.len());
    }

    /// Whether all objects are legal, of levels from 0 to `highest`.
    pub fn are_legal(&self, highest: i32) -> bool {
        let mut sweep = Sweep::default();
        let range = Range { lowest: 0, highest };
        let mut start = 0;
        self.ends.iter().all(|&end| {
            let object = &self.ops[start..end];
            start = end;
            sweep.run(object, range, Deadline::Waived).is_ok()
        })
    }
}

/// One lock that knows its owner.
#[derive(Default)]
pub struct Holds {
    ops: Vec<Timed<holds::Act>>,
    processes: Vec<u32>,
}

impl Holds {
    pub fn push(&mut self, process: u32, did: Hold, invoked: u32, returned: u32) {
        let act = match did {
            Hold::Acquire => holds::Act::Acquire(holds::Mode::Exclusive),
            Hold::Refused => holds::Act::Refused(holds::Mode::Exclusive),
            Hold::Release => holds::Act::Release,
        };
        self.processes.push(process);
        self.ops.push(Timed {
            act,
            invoked,
            returned,
        });
    }

    pub fn are_legal(&self) -> bool {
        let found = holds::find(&self.ops, &self.processes, holds::Again::Never, false);
        matches!(found, Ok(Ok(_)))
    }
}

/// The ids of one generator.
#[derive(Default)]
pub struct Ids(Vec<Timed<i64>>);

impl Ids {
    pub fn push(&mut self, id: i64, invoked: u32, returned: u32) {
        self.0.push(Timed {
            act: id,
            invoked,
            returned,
        });
    }

    pub fn are_unique(&self) -> bool {
        ids::twice(&self.0).is_none()
    }

    pub fn are_growing(&self) -> bool {
        self.are_unique() && ids::backwards(&self.0).is_none()
    }
}

/// Whole calls, as histories give them.
#[derive(Default)]
pub struct Calls(Vec<Asked>);

impl Calls {
    pub fn push(&mut self, process: u32, call: Call, invoked: u32, returned: u32) {
        self.0.push(Asked {
            process: crate::Process(process),
            call,
            invoked,
            returned,
        });
    }

    pub fn is_growing_set(&self) -> bool {
        self.is_legal(grow_set::ENGINE)
    }

    pub fn is_counter(&self) -> bool {
        self.is_legal(counter::ENGINE)
    }

    pub fn is_owner_mutex(&self) -> bool {
        self.is_legal(owned::MUTEX)
    }

    fn is_legal(&self, engine: Engine) -> bool {
        (engine.check)(&self.0) == Answer::Legal
    }
}
