//! Single events and values of a columnar file, for whoever needs a few of many.
use super::block::{Block, FAR, kind, verb};
use super::columns::Columns;
use super::word::{Meaning, Word};
use crate::{Call, Data, Event, Kind, NodeId, Op, Process, Verb};

/// A value may share lists among its members; no honest one has so many.
const MEMBERS_MAX: usize = 1 << 20;

impl Columns<'_> {
    /// The block with the event at a position, and its place there.
    fn place_of(&self, position: usize) -> (&Block<'_>, usize) {
        let after = self
            .blocks
            .partition_point(|block| block.events_before <= position as u64);
        let block = &self.blocks[after - 1];
        (block, position - block.events_before as usize)
    }

    /// The event at a position. Of a value that is too large it is only said that it is.
    ///
    /// # Panics
    /// If there is no such event, or it is not that of a call.
    pub fn call(&self, position: usize) -> Event {
        let (block, at) = self.place_of(position);
        let op = usize::from(block.event_ops.at(at));
        assert!(
            block.op_verbs.at(op) & !verb::NODE >= verb::CALL,
            "the event at position {position} is no call"
        );
        let shown = |word| block.data(word).unwrap_or_else(|why| Data::from(&*why));
        let event_kind = block.event_kinds.at(at);
        let mut call = Call::new(
            Verb::named(block.verb_of(op)),
            block.keys.at(block.op_keys.at(op) as usize),
            shown(Word(block.op_inputs.at(op))),
        );
        let output = Word(block.op_outputs.at(op));
        if event_kind & kind::FILLED != 0 && output != Word::ABSENT {
            call.output = Some(shown(output));
        }
        Event {
            time: block.time_of(at),
            process: Process(block.op_processes.at(op)),
            node: (block.op_verbs.at(op) & verb::NODE != 0).then(|| NodeId(block.op_nodes.at(op))),
            kind: match event_kind & !kind::FILLED {
                kind::INVOKE => Kind::Invoke,
                kind::OK => Kind::Ok,
                kind::FAIL => Kind::Fail(block.error_of(at)),
                _ => Kind::Info(block.error_of(at)),
            },
            op: Op::from(call),
        }
    }

    /// When the event at a position was.
    ///
    /// # Panics
    /// If there is no such event.
    pub fn time(&self, position: usize) -> u64 {
        let (block, at) = self.place_of(position);
        block.time_of(at)
    }

    /// The position of the completion of the operation that is invoked at a position.
    ///
    /// # Panics
    /// If there is no such event.
    pub fn end_of(&self, invoked: usize) -> Option<usize> {
        let process_at = |position: usize| {
            let (block, at) = self.place_of(position);
            block.op_processes.at(usize::from(block.event_ops.at(at)))
        };
        let process = process_at(invoked);
        (invoked + 1..self.events() as usize).find(|later| process_at(*later) == process)
    }
}

impl Block<'_> {
    /// Times that run over stop at the last one that there is: a whole reading refuses them.
    fn time_of(&self, at: usize) -> u64 {
        let mut times = self.times.iter();
        let deltas = self.event_deltas.iter().take(at + 1);
        deltas.fold(self.time, |time, delta| match delta {
            FAR => times.next().expect("as many as there are far events"),
            delta => time.saturating_add(u64::from(delta)),
        })
    }

    /// Why an operation failed, or is of unknown outcome.
    fn error_of(&self, at: usize) -> String {
        let has_error = |event_kind: &u8| event_kind & !kind::FILLED >= kind::FAIL;
        let before = self.event_kinds.iter().take(at).filter(has_error).count();
        let text = self.text(self.errors.at(before));
        text.expect("found sound").to_owned()
    }

    /// A value as the rest of the house knows it.
    ///
    /// # Errors
    /// If it has more members or is nested deeper than any honest one.
    pub fn data(&self, word: Word) -> Result<Data, String> {
        self.data_within(word, super::DEPTH_MAX, &mut { MEMBERS_MAX })
    }

    /// `depth` bounds how deep this calls itself, `left` how often.
    fn data_within(&self, word: Word, depth: u8, left: &mut usize) -> Result<Data, String> {
        *left = left.checked_sub(1).ok_or_else(too_large)?;
        let depth = depth.checked_sub(1).ok_or_else(too_large)?;
        Ok(match word.meaning() {
            Meaning::Absent | Meaning::Nil => Data::Nil,
            Meaning::Bool(is_so) => Data::Bool(is_so),
            Meaning::Small(number) => Data::Int(i64::from(number)),
            Meaning::Wide(index) => Data::Int(self.wides.at(index as usize).cast_signed()),
            Meaning::Text(index) => self.text(index).expect("found sound").into(),
            Meaning::List(index) => {
                let members = self.list(index).expect("found sound");
                let members = members
                    .iter()
                    .map(|member| self.data_within(Word(member), depth, left));
                Data::List(members.collect::<Result<_, String>>()?)
            }
        })
    }
}

fn too_large() -> String {
    let depth = super::DEPTH_MAX;
    format!("a value of more than {MEMBERS_MAX} members, or nested more than {depth} deep")
}
