//! The only writer of histories. One thread writes, so the order of lines is the order of events.
use crate::client::Failure;
use crate::columnar::Columns;
use crate::plan::Plan;
use checkers::format::jsonl::{self, Header};
use checkers::{Event, Kind, NodeId, Op, Process};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::{io, io::Write};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Writes events as they happen, and counts them.
///
/// Lines are gathered while the thread is busy and handed to the kernel as soon as it is not: by
/// then at the latest they outlive the death of the harness.
pub(crate) struct Recorder {
    began: Instant,
    pending: RefCell<Vec<u8>>,
    /// Of the lines, if they are kept.
    sink: RefCell<Option<Box<dyn Write>>>,
    /// The columnar history, if it is kept.
    columns: Option<Columns>,
    wake: Notify,
    /// After an error of the sink nothing is written any more, so that its last line stays the last.
    is_broken: Cell<bool>,
    tally: Cell<Tally>,
    latency: RefCell<hdrhistogram::Histogram<u64>>,
}

/// What has been recorded so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Operations that were asked.
    pub(crate) invoked: u64,
    /// Answered.
    pub(crate) ok: u64,
    /// Certainly without effect.
    pub(crate) fail: u64,
    /// Unknown.
    pub(crate) info: u64,
}

/// Lines are handed on at the latest when so many bytes wait.
const PENDING_BYTES_MAX: usize = 64 << 10;

impl Recorder {
    /// A recorder of `plan`'s run into `sink`, which gets whole lines only.
    ///
    /// # Errors
    /// If the header cannot be written.
    pub(crate) fn new(sink: Box<dyn Write>, plan: &Plan) -> io::Result<Recorder> {
        Recorder::keeping(Some(sink), None, plan)
    }

    /// A recorder into `lines`, which gets whole lines only, and `columns`, which gets whole blocks.
    ///
    /// # Errors
    /// If a header cannot be written.
    pub(crate) fn keeping(
        mut lines: Option<Box<dyn Write>>,
        columns: Option<Box<dyn Write>>,
        plan: &Plan,
    ) -> io::Result<Recorder> {
        let header = header(plan);
        if let Some(lines) = &mut lines {
            let mut line = Vec::new();
            jsonl::write_header(&mut line, &header)?;
            lines.write_all(&line)?;
        }
        let columns = columns
            .map(|sink| Columns::new(sink, &header))
            .transpose()?;
        let latency = hdrhistogram::Histogram::new_with_bounds(1, 3_600_000_000, 2)
            .expect("the bounds are in order");
        Ok(Recorder {
            began: Instant::now(),
            pending: RefCell::default(),
            sink: RefCell::new(lines),
            columns,
            wake: Notify::new(),
            is_broken: Cell::new(false),
            tally: Cell::default(),
            latency: RefCell::new(latency),
        })
    }

    /// Nanoseconds since the run began.
    pub(crate) fn now(&self) -> u64 {
        self.began.elapsed().as_nanos() as u64
    }

    /// What has been recorded so far.
    pub(crate) fn tally(&self) -> Tally {
        self.tally.get()
    }

    /// The 50th and the 99th percentile in microseconds of the answers since the last call.
    pub(crate) fn take_latency(&self) -> (u64, u64) {
        let mut latency = self.latency.borrow_mut();
        let percentiles = (
            latency.value_at_quantile(0.5),
            latency.value_at_quantile(0.99),
        );
        latency.reset();
        percentiles
    }

    /// The client is about to be asked. Returns the time of it.
    pub(crate) fn invoke(&self, process: Process, node: NodeId, op: &Op) -> u64 {
        let time = self.now();
        self.tally.set(Tally {
            invoked: self.tally().invoked + 1,
            ..self.tally()
        });
        self.write(&Event {
            time,
            process,
            node: Some(node),
            kind: Kind::Invoke,
            op: op.clone(),
        });
        time
    }

    /// The client has answered, or not. An unknown outcome of a pure read is as good as none.
    pub(crate) fn complete(
        &self,
        process: Process,
        node: NodeId,
        invoked: u64,
        asked: Op,
        outcome: Result<Op, Failure>,
    ) {
        let time = self.now();
        let mut tally = self.tally();
        let (kind, op) = match outcome {
            Ok(answered) => {
                tally.ok += 1;
                self.latency
                    .borrow_mut()
                    .saturating_record((time - invoked) / 1000);
                (Kind::Ok, answered)
            }
            Err(Failure::Unknown(why)) if !asked.is_pure_read() => {
                tally.info += 1;
                (Kind::Info(why), asked)
            }
            Err(Failure::Definite(why) | Failure::Unknown(why)) => {
                tally.fail += 1;
                (Kind::Fail(why), asked)
            }
        };
        self.tally.set(tally);
        self.write(&Event {
            time,
            process,
            node: Some(node),
            kind,
            op,
        });
    }

    /// Somebody other than a client did something. Returns the time of it.
    pub(crate) fn note(&self, who: &str, f: &str, value: &impl Serialize) -> u64 {
        let time = self.now();
        let value = serde_json::to_value(value).expect("notes are plain data");
        if let Some(columns) = &self.columns {
            columns.note(time, who, f, &value);
        }
        if self.sink.borrow().is_some() {
            jsonl::write_note(&mut *self.pending.borrow_mut(), time, who, f, value)
                .expect("memory takes what is written");
        }
        self.wake.notify_one();
        time
    }

    fn write(&self, event: &Event) {
        if let Some(columns) = &self.columns {
            columns.event(event);
        }
        if self.sink.borrow().is_some() {
            jsonl::write_event(&mut *self.pending.borrow_mut(), event)
                .expect("memory takes what is written");
        }
        self.wake.notify_one();
    }

    /// Hands on what was written, for as long as it is polled; ends only by an error of the sink.
    pub(crate) async fn keep_writing(&self) -> io::Error {
        loop {
            self.wake.notified().await;
            // Let everybody write who is ready to, and hand all of it on at once.
            if self.pending.borrow().len() < PENDING_BYTES_MAX {
                tokio::task::yield_now().await;
            }
            if let Err(error) = self.flush() {
                return error;
            }
        }
    }

    /// Hands on what was written, unless that has failed before.
    ///
    /// # Errors
    /// If the sink does not take it, as when the disk is full.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let mut pending = self.pending.borrow_mut();
        if let Some(sink) = &mut *self.sink.borrow_mut()
            && !self.is_broken.get()
        {
            let written = sink.write_all(&pending);
            self.is_broken.set(written.is_err());
            written?;
        }
        pending.clear();
        self.columns.as_ref().map_or(Ok(()), Columns::flush)
    }

    /// Hands on all that is left: nothing will be written any more.
    ///
    /// # Errors
    /// If a sink does not take it.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let flushed = self.flush();
        let finished = self.columns.as_ref().map_or(Ok(()), Columns::finish);
        flushed.and(finished)
    }
}

fn header(plan: &Plan) -> Header {
    Header {
        format: jsonl::FORMAT.to_owned(),
        target: Some(plan.target.clone()),
        workload: Some(plan.workload.clone()),
        level: plan.level.clone(),
        seed: Some(plan.seed),
        nemesis: Some(plan.nemesis.clone()),
        nodes: Some(plan.nodes),
        order: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::format::columnar;
    use std::rc::Rc;
    use std::time::Duration;

    #[derive(Clone, Default)]
    struct Shared(Rc<RefCell<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn plan() -> Plan {
        Plan {
            target: "none".to_owned(),
            workload: "register".to_owned(),
            level: None,
            nemesis: "none".to_owned(),
            bugs: Vec::new(),
            seed: 7,
            nodes: 5,
            concurrency: 1,
            rate: None,
            time_limit: Duration::from_secs(1),
            op_deadline: Duration::from_secs(1),
        }
    }

    #[test]
    fn lines_and_columnar_blocks_tell_the_same() {
        let (lines, columns) = (Shared::default(), Shared::default());
        let sinks = (Box::new(lines.clone()), Box::new(columns.clone()));
        let recorder = Recorder::keeping(Some(sinks.0), Some(sinks.1), &plan()).unwrap();
        let (process, node, key) = (Process(1), NodeId(2), 3);
        let write = Op::Write { key, value: 4 };
        recorder.note("harness", "phase", &"traffic");
        let invoked = recorder.invoke(process, node, &write);
        recorder.note("nemesis", "fault", &[1, 2]);
        let unknown = Failure::Unknown("timed out".to_owned());
        recorder.complete(process, node, invoked, write, Err(unknown));
        recorder.note("harness", "phase", &"the end");
        recorder.finish().unwrap();
        let lines = jsonl::read(&lines.0.borrow()[..]).unwrap();
        let columns = columnar::read(&columns.0.borrow()).unwrap();
        assert_eq!(lines.header, columns.header);
        assert_eq!(lines.history.events(), columns.history.events());
        assert_eq!(lines.history.notes(), columns.history.notes());
        assert_eq!((lines.torn, columns.torn), (None, None));
    }
}
