//! Writes that were lost for good: acknowledged, the last of their key, and seen by nobody.
use super::cell::Register;
use super::projection::wanted;
use super::sources::Sources;

/// A write that was lost, and somebody who should have found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// The write.
    pub(super) write: u32,
    /// Of those that began after it and found something older, the last.
    pub(super) reader: u32,
}

/// One look may be at an old copy; so many, with none that shows the value, are a loss.
const LOOKS_MIN: usize = 2;

/// The last write of `register`, if it was lost.
///
/// A value that nobody saw need not have been lost, for another may soon have taken its place:
///
/// ```text
/// |w 3| |w 7| |r 3|  |w 9| |r 9|      was 7 lost, or the read stale? Nobody can tell
/// |w 3| |w 7| |r 3|  |r 3|            here 7 was lost: nothing followed that can have replaced it
/// ```
/// So the write has to have begun when every other write had returned, and those of unknown outcome
/// have to be none: they might replace it at any time.
pub(super) fn lost_write(register: &Register, sources: &Sources<'_>) -> Option<Lost> {
    let writers = register.ops.iter().zip(0_u32..);
    let (last, write) = writers.filter(|(op, _)| !op.act.is_pure()).last()?;
    let state = last.act.written()?;
    if !last.is_answered() || sources.writers(state).len() != 1 {
        return None;
    }
    let mut others = register.ops[..write as usize].iter();
    if others.any(|op| !op.act.is_pure() && op.returned > last.invoked) {
        return None;
    }
    let mut looks = Vec::new();
    for (op, index) in register.ops.iter().zip(0_u32..).skip(write as usize + 1) {
        let found = wanted(op.act).filter(|_| op.is_answered());
        match found {
            Some(found) if found == state => return None,
            Some(_) if last.returned < op.invoked => looks.push(index),
            Some(_) | None => {}
        }
    }
    let reader = *looks.last()?;
    (LOOKS_MIN <= looks.len()).then_some(Lost { write, reader })
}
