//! A block that is being written.
use super::block::{FAR, kind, verb};
use super::frame::{self, BLOCK_HEAD_BYTES, BlockHead, Counts};
use super::pool::{Pool, TooLarge};
use super::word::Word;
use crate::{Data, Event, Key, Kind, Op, Verb};
use rustc_hash::FxHashMap;

/// The columns of a block, as they grow.
#[derive(Default)]
pub(super) struct Draft {
    pool: Pool,
    keys: Vec<u64>,
    key_index: FxHashMap<Key, u32>,
    verbs: Vec<(Verb, u32)>,
    times: Vec<u64>,
    event_deltas: Vec<u32>,
    event_ops: Vec<u16>,
    event_kinds: Vec<u8>,
    errors: Vec<u32>,
    ops: Ops,
    /// The operation that each process has open, if it began in this block.
    open: FxHashMap<u32, u16>,
    notes: Notes,
    /// The time before its first event, and of its last one so far.
    time: Option<(u64, u64)>,
}

#[derive(Default)]
struct Ops {
    processes: Vec<u32>,
    keys: Vec<u32>,
    inputs: Vec<u32>,
    outputs: Vec<u32>,
    nodes: Vec<u16>,
    verbs: Vec<u8>,
}

#[derive(Default)]
struct Notes {
    times: Vec<u64>,
    positions: Vec<u32>,
    authors: Vec<u32>,
    fs: Vec<u32>,
    values: Vec<u32>,
}

/// A block has at most so many events, so that 16 bits name an operation.
pub(super) const EVENTS_MAX: usize = 1 << 16;
/// And so many notes.
const NOTES_MAX: usize = 1 << 16;
/// Of the 7 bits for verbs, three are taken by registers.
const VERBS_MAX: usize = (verb::NODE - verb::CALL) as usize;
/// A block whose lists and texts come to this much is full.
const BYTES_MAX: usize = 16 << 20;

/// What an operation has besides verb and key.
struct Asked {
    key: u32,
    verb: u8,
    node: u16,
}

impl Draft {
    pub(super) fn is_empty(&self) -> bool {
        self.event_deltas.is_empty() && self.notes.times.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.event_deltas.len() >= EVENTS_MAX
            || self.notes.times.len() >= NOTES_MAX
            || self.verbs.len() >= VERBS_MAX
            || self.pool.bytes() >= BYTES_MAX
    }

    pub(super) fn events(&self) -> usize {
        self.event_deltas.len()
    }

    pub(super) fn notes(&self) -> usize {
        self.notes.times.len()
    }

    /// When its first event was, or its first note if it has no event.
    pub(super) fn began(&self) -> Option<u64> {
        let event = self.time.map(|(began, _)| began);
        event.or_else(|| self.notes.times.first().copied())
    }

    pub(super) fn note(
        &mut self,
        time: u64,
        who: &str,
        f: &str,
        value: &str,
    ) -> Result<(), TooLarge> {
        let texts = [
            self.pool.text(who)?,
            self.pool.text(f)?,
            self.pool.text(value)?,
        ];
        let notes = &mut self.notes;
        notes.times.push(time);
        notes.positions.push(self.event_deltas.len() as u32);
        notes.authors.push(texts[0]);
        notes.fs.push(texts[1]);
        notes.values.push(texts[2]);
        Ok(())
    }

    /// Appends an event; there is room for it.
    pub(super) fn event(&mut self, event: &Event) -> Result<(), TooLarge> {
        let asked = self.asked(event)?;
        let (what, error) = match &event.kind {
            Kind::Invoke => (kind::INVOKE, None),
            Kind::Ok => (kind::OK, None),
            Kind::Fail(why) => (kind::FAIL, Some(why)),
            Kind::Info(why) => (kind::INFO, Some(why)),
        };
        let begun = match event.kind {
            Kind::Invoke => None,
            Kind::Ok | Kind::Fail(_) | Kind::Info(_) => self.open.remove(&event.process.0),
        };
        let output = self.output(asked.key, &event.op)?;
        let begun = begun.filter(|op| self.is_same(usize::from(*op), &asked, &event.op));
        // An answer in an invocation is odd, but a history as it was recorded says what it says.
        let has_room = |op: &u16| {
            let there = self.ops.outputs[usize::from(*op)];
            there == Word::ABSENT.0 || output == Word::ABSENT
        };
        let op = match begun.filter(has_room) {
            Some(op) => op,
            None => self.begin(event, &asked)?,
        };
        if event.kind == Kind::Invoke {
            self.open.insert(event.process.0, op);
        }
        if let Some(why) = error {
            self.errors.push(self.pool.text(why)?);
        }
        let is_filled = output != Word::ABSENT;
        if is_filled {
            self.ops.outputs[usize::from(op)] = output.0;
        }
        self.tick(event.time);
        self.event_ops.push(op);
        self.event_kinds
            .push(what | if is_filled { kind::FILLED } else { 0 });
        Ok(())
    }

    fn asked(&mut self, event: &Event) -> Result<Asked, TooLarge> {
        let keys = &mut self.keys;
        let key = event.op.key();
        let key = *self.key_index.entry(key).or_insert_with(|| {
            keys.push(key);
            keys.len() as u32 - 1
        });
        let verb = match &event.op {
            Op::Read { .. } => verb::READ,
            Op::Write { .. } => verb::WRITE,
            Op::Cas { .. } => verb::CAS,
            Op::Call(call) => verb::CALL + self.verb(&call.f)?,
        };
        let (node, node_bit) = event.node.map_or((0, 0), |node| (node.0, verb::NODE));
        let verb = verb | node_bit;
        Ok(Asked { key, verb, node })
    }

    fn verb(&mut self, verb: &Verb) -> Result<u8, TooLarge> {
        let known = self.verbs.iter().position(|(known, _)| known == verb);
        if let Some(index) = known {
            return Ok(index as u8);
        }
        let text = self.pool.text(verb.name())?;
        self.verbs.push((verb.clone(), text));
        Ok(self.verbs.len() as u8 - 1)
    }

    fn output(&mut self, key: u32, op: &Op) -> Result<Word, TooLarge> {
        let found = match op {
            Op::Read { value, .. } => value,
            Op::Cas { found, .. } => found,
            Op::Write { .. } => &None,
            Op::Call(call) => {
                let Some(output) = &call.output else {
                    return Ok(Word::ABSENT);
                };
                return match call.f {
                    Verb::Txn => self.pool.txn_output(output),
                    _ => self.pool.output(key, output),
                };
            }
        };
        Ok(found.map_or(Word::ABSENT, |found| self.pool.number(found)))
    }

    /// Whether this is the operation that was begun as `op`.
    fn is_same(&self, op: usize, asked: &Asked, answered: &Op) -> bool {
        let (ops, pool) = (&self.ops, &self.pool);
        let is_same =
            ops.keys[op] == asked.key && ops.verbs[op] == asked.verb && ops.nodes[op] == asked.node;
        let input = ops.inputs[op];
        is_same
            && match answered {
                Op::Read { .. } => true,
                Op::Write { value, .. } => pool.is(Word(input), &Data::Int(*value)),
                Op::Cas { from, to, .. } => pool.is_pair(input, *from, *to),
                Op::Call(call) => pool.is(Word(input), &call.input),
            }
    }

    fn begin(&mut self, event: &Event, asked: &Asked) -> Result<u16, TooLarge> {
        let input = match &event.op {
            Op::Read { .. } => Word::ABSENT.0,
            Op::Write { value, .. } => self.pool.number(*value).0,
            Op::Cas { from, to, .. } => self.pool.pair(*from, *to)?,
            Op::Call(call) => self.pool.input(&call.input)?.0,
        };
        let op = u16::try_from(self.ops.keys.len()).expect("no more operations than events");
        self.ops.processes.push(event.process.0);
        self.ops.keys.push(asked.key);
        self.ops.inputs.push(input);
        self.ops.outputs.push(Word::ABSENT.0);
        self.ops.nodes.push(asked.node);
        self.ops.verbs.push(asked.verb);
        Ok(op)
    }

    fn tick(&mut self, time: u64) {
        let (began, before) = self.time.unwrap_or((time, time));
        let near = time.checked_sub(before);
        let near = near.and_then(|near| u32::try_from(near).ok());
        let delta = near.filter(|near| *near != FAR).unwrap_or_else(|| {
            self.times.push(time);
            FAR
        });
        self.event_deltas.push(delta);
        self.time = Some((began, time));
    }

    /// The block as it stands in the file, and nothing is left here.
    pub(super) fn take(&mut self, number: u32, events_before: u64) -> Result<Vec<u8>, TooLarge> {
        let mut draft = std::mem::take(self);
        let (lists, verbs) = (draft.pool.laid_out()?, &draft.verbs);
        let verbs: Vec<u32> = verbs.iter().map(|(_, text)| *text).collect();
        let count = |length: usize| u32::try_from(length).map_err(|_| TooLarge);
        let counts = Counts {
            events: count(draft.event_deltas.len())?,
            ops: count(draft.ops.keys.len())?,
            notes: count(draft.notes.times.len())?,
            keys: count(draft.keys.len())?,
            wides: count(draft.pool.wides.len())?,
            times: count(draft.times.len())?,
            errors: count(draft.errors.len())?,
            lists: count(lists[0].len())?,
            elements: count(lists[2].len())?,
            verbs: count(verbs.len())?,
            texts: count(draft.pool.text_ends.len())?,
            text_bytes: count(draft.pool.text_bytes.len())?,
        };
        let length = frame::filled_up(counts.bytes()) as usize;
        let mut bytes = Vec::with_capacity(BLOCK_HEAD_BYTES + length);
        bytes.extend([0; BLOCK_HEAD_BYTES]);
        draft.lay_out(&lists, &verbs, &mut bytes);
        assert_eq!((bytes.len() - BLOCK_HEAD_BYTES) as u64, counts.bytes());
        bytes.resize(BLOCK_HEAD_BYTES + length, 0);
        let head = BlockHead {
            number,
            events_before,
            time: draft.began().unwrap_or(0),
            counts,
            crc: crc32fast::hash(&bytes[BLOCK_HEAD_BYTES..]),
        };
        bytes[..BLOCK_HEAD_BYTES].copy_from_slice(&head.bytes());
        Ok(bytes)
    }

    /// In the order of the table in the format's documentation.
    fn lay_out(&self, lists: &[Vec<u32>; 3], verbs: &[u32], bytes: &mut Vec<u8>) {
        let (ops, notes, pool) = (&self.ops, &self.notes, &self.pool);
        bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
        bytes.extend(pool.wides.iter().flat_map(|wide| wide.to_le_bytes()));
        for longs in [&self.times, &notes.times] {
            bytes.extend(longs.iter().flat_map(|long| long.to_le_bytes()));
        }
        let [starts, lengths, elements] = lists;
        let numbers: [&[u32]; 15] = [
            &self.event_deltas,
            &ops.processes,
            &ops.keys,
            &ops.inputs,
            &ops.outputs,
            &self.errors,
            starts,
            lengths,
            elements,
            &notes.positions,
            &notes.authors,
            &notes.fs,
            &notes.values,
            verbs,
            &pool.text_ends,
        ];
        for numbers in numbers {
            bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        for shorts in [&ops.nodes, &self.event_ops] {
            bytes.extend(shorts.iter().flat_map(|short| short.to_le_bytes()));
        }
        bytes.extend(&self.event_kinds);
        bytes.extend(&ops.verbs);
        bytes.extend(&pool.text_bytes);
    }
}
