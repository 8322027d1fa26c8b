//! Columnar histories as files: how they are told from JSON lines, read, and written as a run goes on.
use crate::mapped;
use checkers::Event;
use checkers::format::columnar::{self, ReadError, Writer};
use checkers::format::jsonl::{Header, Recording};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Whether a file is a columnar history, or the beginning of one.
pub(crate) fn is_columnar(file: &File) -> bool {
    let mut start = [0; columnar::MAGIC.len()];
    // Where nothing can be read at a place of our choice, as from a pipe, it is taken for JSON lines.
    file.read_exact_at(&mut start, 0).is_ok() && &start == columnar::MAGIC
}

/// Reads a columnar history, with the file's name in every complaint.
pub(crate) fn read(path: &Path, file: &File) -> Result<Recording, String> {
    open(path, file, |columns| whole(path, columns))?
}

/// What `look` makes of the columns of a file, where they lie.
pub(crate) fn open<T>(
    path: &Path,
    file: &File,
    look: impl Fn(&columnar::Columns<'_>) -> T,
) -> Result<T, String> {
    let looked = mapped::read(file, |bytes| {
        columnar::Columns::open(bytes).map(|columns| look(&columns))
    });
    let looked = looked.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    looked.map_err(|error| damaged(path, &error))
}

/// All that a file tells.
pub(crate) fn whole(path: &Path, columns: &columnar::Columns<'_>) -> Result<Recording, String> {
    columnar::whole(columns).map_err(|error| damaged(path, &error))
}

/// What a file tells without what its operations were asked and answered.
pub(crate) fn outline(path: &Path, columns: &columnar::Columns<'_>) -> Result<Recording, String> {
    columnar::outline(columns).map_err(|error| damaged(path, &error))
}

fn damaged(path: &Path, error: &ReadError) -> String {
    let name = path.display();
    format!(
        "{name}: {error}\n  the file is not as it was written: take another copy of it; the blocks before this one are whole"
    )
}

/// What to say of a recording whose end is missing from `line` on.
pub(crate) fn told_of_loss(path: &Path, line: usize) -> String {
    let name = path.display();
    if File::open(path).is_ok_and(|file| is_columnar(&file)) {
        return format!(
            "{name} was never finished: whatever came from line {line} on, as JSON lines count, is lost"
        );
    }
    format!("{name}:{line} was cut off in the middle and is left out")
}

/// Writes the columnar history of a run, beside or instead of its JSON lines.
///
/// Blocks are handed to the kernel when they are full or a second old: so much is lost at most if
/// the harness is killed. It is finished when it is dropped, so that a panic loses nothing.
pub(crate) struct Columns {
    writer: RefCell<State>,
}

type Sink = Box<dyn Write>;

enum State {
    Writing(Box<Writer<Sink>>),
    /// After an error nothing is written any more, so that the last whole block stays the last.
    Broken(io::Error),
    /// Finished, or the error was told.
    Closed,
}

/// What waits is handed on at the latest when it waited so long, in nanoseconds.
const WAIT_NS_MAX: u64 = 1_000_000_000;

impl Columns {
    /// Begins a columnar history in `sink`.
    ///
    /// # Errors
    /// If `sink` does not take the header.
    pub(crate) fn new(sink: Sink, header: &Header) -> io::Result<Columns> {
        let writer = Writer::new(sink, Some(header))?;
        let writer = RefCell::new(State::Writing(Box::new(writer)));
        Ok(Columns { writer })
    }

    pub(crate) fn event(&self, event: &Event) {
        self.write(event.time, |writer| writer.event(event));
    }

    pub(crate) fn note(&self, time: u64, who: &str, f: &str, value: &serde_json::Value) {
        self.write(time, |writer| writer.note(time, who, f, value));
    }

    fn write(&self, time: u64, append: impl FnOnce(&mut Writer<Sink>) -> io::Result<()>) {
        let state = &mut *self.writer.borrow_mut();
        let State::Writing(writer) = state else {
            return;
        };
        let began = writer.waiting_since().unwrap_or(time);
        let mut written = append(writer);
        if written.is_ok() && time.saturating_sub(began) >= WAIT_NS_MAX {
            written = writer.hand_on();
        }
        if let Err(error) = written {
            *state = State::Broken(error);
        }
    }

    /// Tells an error of the sink, once.
    ///
    /// # Errors
    /// If the sink has not taken a block.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let state = &mut *self.writer.borrow_mut();
        if !matches!(state, State::Broken(_)) {
            return Ok(());
        }
        match std::mem::replace(state, State::Closed) {
            State::Broken(error) => Err(error),
            State::Writing(_) | State::Closed => unreachable!("it is broken"),
        }
    }

    /// Hands on what is left, and says in the file that this was all.
    ///
    /// # Errors
    /// If the sink does not take it, now or before.
    pub(crate) fn finish(&self) -> io::Result<()> {
        self.flush()?;
        match self.writer.replace(State::Closed) {
            State::Writing(writer) => writer.finish().map(drop),
            State::Broken(_) | State::Closed => Ok(()),
        }
    }
}

impl Drop for Columns {
    fn drop(&mut self) {
        // Whoever wants to know of an error has called it before.
        let _ = self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::{Kind, Op, Process};
    use std::rc::Rc;

    #[derive(Clone, Default)]
    struct Shared(Rc<RefCell<Vec<u8>>>, Rc<RefCell<bool>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if *self.1.borrow() {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            self.0.borrow_mut().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn begun() -> (Shared, Columns) {
        let shared = Shared::default();
        let header = serde_json::from_str("{\"format\":\"assay.history/1\"}").unwrap();
        let columns = Columns::new(Box::new(shared.clone()), &header).unwrap();
        (shared, columns)
    }

    fn asked(time: u64, process: u32) -> Event {
        Event {
            time,
            process: Process(process),
            node: None,
            kind: Kind::Invoke,
            op: Op::Write { key: 1, value: 2 },
        }
    }

    fn events(shared: &Shared) -> usize {
        let recording = columnar::read(&shared.0.borrow()).unwrap();
        recording.history.events().len()
    }

    #[test]
    fn a_columnar_history_loses_a_second_at_most() {
        let (shared, columns) = begun();
        columns.event(&asked(0, 0));
        columns.event(&asked(WAIT_NS_MAX - 1, 1));
        assert_eq!(events(&shared), 0);
        columns.event(&asked(WAIT_NS_MAX, 2));
        assert_eq!(events(&shared), 3);
        columns.event(&asked(WAIT_NS_MAX + 1, 3));
        assert_eq!(events(&shared), 3);
        drop(columns);
        assert_eq!(events(&shared), 4);
        assert_eq!(columnar::read(&shared.0.borrow()).unwrap().torn, None);
    }

    #[test]
    fn a_columnar_sink_that_breaks_is_told_once_and_left_alone() {
        let (shared, columns) = begun();
        columns.event(&asked(0, 0));
        columns.event(&asked(WAIT_NS_MAX, 1));
        *shared.1.borrow_mut() = true;
        columns.event(&asked(2 * WAIT_NS_MAX, 2));
        columns.event(&asked(4 * WAIT_NS_MAX, 3));
        assert!(columns.flush().is_err());
        *shared.1.borrow_mut() = false;
        columns.event(&asked(8 * WAIT_NS_MAX, 4));
        assert!(columns.flush().is_ok());
        assert!(columns.finish().is_ok());
        drop(columns);
        assert_eq!(events(&shared), 2);
    }
}
