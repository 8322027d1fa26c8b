//! Histories of dbcop: sessions of transactions of events, in bincode or in JSON.
//!
//! In what was written until 2019, in either notation, an event says whether it succeeded, and
//! value 0 is what nobody has written. Later JSON says `null` for that, and 0 is a value like any
//! other. An event that did not succeed had no effect: a write among them is told as one of an
//! aborted transaction, so that whoever reads it reads what was aborted.
mod bincode;
mod event;
mod json;

pub(super) use self::bincode::is_bincode;
use self::event::Event;
pub(super) use self::json::is_json;

use super::sessions::{self, End, Scribe, Steps, Whose, Zeros};
use super::source::Source;
use super::{ReadError, Reader};
use std::io::Read;

pub(super) fn read<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let start = source.start().map_err(ReadError::Io)?.trim_ascii_start();
    if matches!(start.first(), Some(b'{' | b'[')) {
        return json::read(source, reader);
    }
    bincode::read(source, reader)
}

/// Takes transactions and puts them into the history.
struct Sessions<'r, 'o> {
    reader: &'r mut Reader<'o>,
    scribe: Scribe,
    zeros: Zeros,
    process: u32,
    is_first: bool,
    /// The transaction that is being read.
    steps: Steps,
    failed: Steps,
    zeros_are_initial: bool,
}

impl<'r, 'o> Sessions<'r, 'o> {
    fn new(reader: &'r mut Reader<'o>) -> Sessions<'r, 'o> {
        Sessions {
            reader,
            scribe: Scribe::default(),
            zeros: Zeros::default(),
            process: 0,
            is_first: true,
            steps: Steps::default(),
            failed: Steps::default(),
            zeros_are_initial: false,
        }
    }

    fn event(&mut self, event: Event) {
        self.zeros_are_initial |= event.is_old;
        let (key, value) = (event.key, event.value);
        match (event.is_write, event.is_success) {
            (true, true) => {
                let value = value.expect("a write without a value was refused");
                self.scribe.write(&mut self.steps, key, value);
            }
            (true, false) => {
                let value = value.expect("a write without a value was refused");
                self.scribe.write(&mut self.failed, key, value);
            }
            (false, true) => {
                let value = value.filter(|value| !(event.is_old && *value == 0));
                self.scribe.read(&mut self.steps, key, value);
            }
            // It was not answered.
            (false, false) => {}
        }
    }

    /// The end of a transaction, which stands in line `number`.
    ///
    /// # Errors
    /// If it makes no sense. A lenient reader leaves it out.
    fn end_transaction(&mut self, number: usize, is_committed: bool) -> Result<(), ReadError> {
        let whose = Whose {
            number,
            process: self.process,
            is_first: std::mem::replace(&mut self.is_first, false),
        };
        let end = if is_committed {
            End::Committed
        } else {
            End::Aborted
        };
        let (steps, failed) = (&mut self.steps, &mut self.failed);
        let failed = (!failed.is_empty()).then_some((failed, End::Aborted));
        for (steps, end) in failed.into_iter().chain([(steps, end)]) {
            if self.zeros_are_initial {
                self.zeros.push(self.reader, whose, steps, end)?;
            } else {
                sessions::push(self.reader, whose, steps, end)?;
            }
        }
        Ok(())
    }

    /// The end of a session.
    ///
    /// # Errors
    /// If there are more than processes have numbers.
    fn end_session(&mut self) -> Result<(), String> {
        let next = self.process.checked_add(1);
        self.process = next.ok_or_else(|| format!("more than {} sessions", u32::MAX))?;
        self.is_first = true;
        Ok(())
    }
}
