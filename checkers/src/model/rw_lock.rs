//! A lock for one writer or several readers.
use super::Said;
use crate::{Call, Process, Spec, Verb};

/// Begins free. A release gives back one hold of the process that asks; there is no upgrade.
#[derive(Clone, Copy, Debug, Default)]
pub struct RwLock;

/// Who holds it. Readers are in ascending order, as often as they hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Holders {
    pub writer: Option<Process>,
    pub readers: Vec<Process>,
}

impl Spec for RwLock {
    type State = Holders;

    fn init(&self) -> Holders {
        Holders::default()
    }

    fn step(
        &self,
        holders: &Holders,
        process: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Holders> {
        let after = match call.f {
            Verb::AcquireRead => holders.with_reader(process),
            Verb::AcquireWrite => holders.with_writer(process),
            Verb::Release => holders.without(process),
            _ => return None,
        };
        match (Said::by(call), after) {
            (Said::Done, after) => after,
            (Said::Nothing, after) => Some(after.unwrap_or_else(|| holders.clone())),
            (Said::Refused, None) => (call.f != Verb::Release).then(|| holders.clone()),
            (Said::Refused, Some(_)) | (Said::Other(_), _) => None,
        }
    }

    fn is_read_only(&self, call: &Call) -> bool {
        Said::by(call) == Said::Refused
    }

    fn describe(&self, holders: &Holders) -> String {
        match (holders.writer, holders.readers.as_slice()) {
            (Some(Process(writer)), _) => format!("held by the writer {writer}"),
            (None, []) => "free".to_owned(),
            (None, readers) => {
                let names: Vec<String> = readers
                    .iter()
                    .map(|Process(reader)| reader.to_string())
                    .collect();
                format!("read by {}", names.join(", "))
            }
        }
    }
}

impl Holders {
    fn with_reader(&self, process: Process) -> Option<Holders> {
        let mut readers = self.readers.clone();
        readers.insert(readers.partition_point(|&reader| reader < process), process);
        let writer = None;
        self.writer.is_none().then_some(Holders { writer, readers })
    }

    fn with_writer(&self, process: Process) -> Option<Holders> {
        let is_free = self.writer.is_none() && self.readers.is_empty();
        is_free.then(|| Holders {
            writer: Some(process),
            readers: Vec::new(),
        })
    }

    fn without(&self, process: Process) -> Option<Holders> {
        if self.writer == Some(process) {
            return Some(Holders::default());
        }
        let mut readers = self.readers.clone();
        readers.remove(readers.binary_search(&process).ok()?);
        let writer = self.writer;
        Some(Holders { writer, readers })
    }
}

#[cfg(test)]
mod tests {
    use super::RwLock;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn one_writer_or_several_readers() {
        accepts(
            &RwLock,
            "1: acquire-read; 2: acquire-read; 1: release; 2: release; 3: acquire-write",
        );
        accepts(
            &RwLock,
            "1: acquire-write; 2: acquire-read → false; 2: acquire-write → false",
        );
        accepts(
            &RwLock,
            "1: acquire-read; 1: acquire-read; 1: release; 2: acquire-write → false",
        );
        accepts(
            &RwLock,
            "1: acquire-read; 2: acquire-write → ?; 3: acquire-read; 1: acquire-write → false",
        );
        accepts(
            &RwLock,
            "1: acquire-write → ?; 2: acquire-read → false; 1: release → ?; 2: acquire-read",
        );
        rejects(&RwLock, "1: acquire-write; 2: acquire-read");
        rejects(&RwLock, "1: acquire-write; 2: acquire-write");
        rejects(&RwLock, "1: acquire-read; 2: acquire-write");
        rejects(&RwLock, "1: acquire-read; 2: release");
        rejects(&RwLock, "1: acquire-read; 2: acquire-read → false");
        rejects(&RwLock, "1: release");
    }
}
