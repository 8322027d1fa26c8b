//! Registers without a history around them, for benchmarks: columns in, verdict out.
use super::blocks::{Answer, blocks};
use super::cell::{Act, NEVER, Register, RegisterOp};

/// What was done to a register. Values are small numbers by key, in the order in which they are
/// first named; every register begins as 0.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    Write(u32),
    Swap { from: u32, to: u32 },
    Found(u32),
}

impl Access {
    fn act(self) -> Act {
        match self {
            Access::Write(to) => Act::Write(to),
            Access::Swap { from, to } => Act::Swap { from, to },
            Access::Found(value) => Act::Observe(value),
        }
    }
}

/// Registers by key, each with events of its own.
pub struct Registers(Vec<(Register, u32)>);

impl Registers {
    pub fn new(keys: usize) -> Registers {
        Registers(vec![(Register::default(), 0); keys])
    }

    /// An operation begins; its number. Until it ends, its outcome is unknown.
    pub fn begin(&mut self, key: usize, asked: Access) -> usize {
        let (register, position) = &mut self.0[key];
        register.ops.push(RegisterOp {
            act: asked.act(),
            invoked: *position,
            returned: NEVER,
        });
        *position += 1;
        register.ops.len() - 1
    }

    /// It is answered.
    pub fn end(&mut self, key: usize, op: usize, did: Access) {
        let (register, position) = &mut self.0[key];
        register.ops[op].act = did.act();
        register.ops[op].returned = *position;
        *position += 1;
    }

    /// How many registers are legal, of unique writes each.
    ///
    /// # Panics
    ///
    /// If a value is written twice.
    pub fn legal(&self) -> usize {
        let is_legal = |register| match blocks(register) {
            Answer::Legal => true,
            Answer::Illegal(_) => false,
            Answer::Outside(why) => panic!("{why}"),
        };
        let registers = self.0.iter().map(|(register, _)| register);
        registers.filter(|register| is_legal(register)).count()
    }
}
