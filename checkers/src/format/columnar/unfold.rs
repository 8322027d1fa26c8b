//! The events and notes of a block, as the rest of the house knows them.
use super::DEPTH_MAX;
use super::block::{Block, FAR, kind, verb};
use super::word::{Meaning, Word};
use crate::{Call, Data, Event, History, Kind, NodeId, Op, Process, Value, Verb};
use std::sync::Arc;

/// A value of JSON takes about so many bytes for each byte of its text.
const JSON_FACTOR: u64 = 32;

/// About how many bytes the lists and texts of a block come to once each event has its own. A small
/// file may share them so often that they would fill the memory.
pub(super) fn unfolded_bytes(block: &Block<'_>) -> u64 {
    let lengths = block.list_lengths.iter().map(u64::from);
    let members: u64 = lengths.sum();
    let text = |index: u32| block.text(index).expect("found sound").len() as u64;
    let errors: u64 = block.errors.iter().map(text).sum();
    let authors: u64 = block.note_authors.iter().map(text).sum();
    let fs: u64 = block.note_fs.iter().map(text).sum();
    let values: u64 = block.note_values.iter().map(text).sum();
    members * size_of::<Data>() as u64 + errors + authors + fs + values * JSON_FACTOR
}

/// Appends the events and notes of a block.
pub(super) fn into_history(block: &Block<'_>, history: &mut History) -> Result<(), String> {
    let unfolded = Unfolded::new(block)?;
    append(block, history, |op, is_filled| unfolded.op(op, is_filled))
}

/// Appends the events and notes of a block, without what the operations were asked and answered.
pub(super) fn outline_into(block: &Block<'_>, history: &mut History) -> Result<(), String> {
    append(block, history, |op, _| {
        let key = block.keys.at(block.op_keys.at(op) as usize);
        Op::from(Call::new(Verb::named(block.verb_of(op)), key, Data::Nil))
    })
}

/// `op_at` makes an operation; with its output, if it is told so.
fn append(
    block: &Block<'_>,
    history: &mut History,
    op_at: impl Fn(usize, bool) -> Op,
) -> Result<(), String> {
    let mut notes = 0;
    let mut errors = block.errors.iter();
    let mut times = block.times.iter();
    let mut time = block.time;
    for (position, delta) in block.event_deltas.iter().enumerate() {
        while block.note_positions.get(notes) == Some(position as u32) {
            note(block, notes, history)?;
            notes += 1;
        }
        time = if delta == FAR {
            times.next().expect("as many as there are far events")
        } else {
            let next = time.checked_add(u64::from(delta));
            next.ok_or_else(|| format!("the time of its event {position} is too large"))?
        };
        let event_kind = block.event_kinds.at(position);
        let mut error = || {
            let text = errors.next().expect("as many as there are failures");
            block.text(text).expect("found sound").to_owned()
        };
        let op = usize::from(block.event_ops.at(position));
        let event = Event {
            time,
            process: Process(block.op_processes.at(op)),
            node: (block.op_verbs.at(op) & verb::NODE != 0).then(|| NodeId(block.op_nodes.at(op))),
            kind: match event_kind & !kind::FILLED {
                kind::INVOKE => Kind::Invoke,
                kind::OK => Kind::Ok,
                kind::FAIL => Kind::Fail(error()),
                _ => Kind::Info(error()),
            },
            op: op_at(op, event_kind & kind::FILLED != 0),
        };
        let pushed = history.push(event);
        pushed.map_err(|malformed| format!("its event {position}: {malformed}"))?;
    }
    for left in notes..block.note_times.len() {
        note(block, left, history)?;
    }
    Ok(())
}

fn note(block: &Block<'_>, index: usize, history: &mut History) -> Result<(), String> {
    let text = |index| block.text(index).expect("found sound");
    let value = text(block.note_values.at(index));
    let (who, f) = (
        text(block.note_authors.at(index)),
        text(block.note_fs.at(index)),
    );
    let value = serde_json::from_str(value)
        .map_err(|error| format!("the value of its note {index} is no JSON: {error}"))?;
    history.note_by(block.note_times.at(index), who, f, value);
    Ok(())
}

/// What the operations of a block share.
struct Unfolded<'a> {
    block: &'a Block<'a>,
    texts: Vec<Arc<str>>,
    lists: Vec<Data>,
    verbs: Vec<Verb>,
}

impl<'a> Unfolded<'a> {
    fn new(block: &'a Block<'a>) -> Result<Unfolded<'a>, String> {
        let texts = 0..block.text_ends.len() as u32;
        let texts = texts.map(|index| Arc::from(block.text(index).expect("found sound")));
        let mut unfolded = Unfolded {
            block,
            texts: texts.collect(),
            lists: Vec::with_capacity(block.list_starts.len()),
            verbs: Vec::with_capacity(block.verbs.len()),
        };
        let named = |text| Verb::named(block.text(text).expect("found sound"));
        unfolded.verbs.extend(block.verbs.iter().map(named));
        let mut depths: Vec<u8> = Vec::with_capacity(block.list_starts.len());
        for index in 0..block.list_starts.len() as u32 {
            let list = block.list(index).expect("found sound");
            let mut depth = 0;
            for word in list.iter() {
                if let Meaning::List(inner) = Word(word).meaning() {
                    // A list may hold lists before it only, so that none holds itself.
                    let inner = depths.get(inner as usize);
                    let inner = inner.ok_or_else(|| format!("its list {index} looks ahead"))?;
                    depth = depth.max(*inner + 1);
                }
            }
            if depth >= DEPTH_MAX {
                return Err(format!("its list {index} nests deeper than {DEPTH_MAX}"));
            }
            depths.push(depth);
            let member = |word| unfolded.data(Word(word)).expect("found sound");
            let members = list.iter().map(member).collect();
            unfolded.lists.push(Data::List(members));
        }
        Ok(unfolded)
    }

    fn op(&self, index: usize, is_filled: bool) -> Op {
        let block = self.block;
        let key = block.keys.at(block.op_keys.at(index) as usize);
        let input = Word(block.op_inputs.at(index));
        let output = if is_filled {
            Word(block.op_outputs.at(index))
        } else {
            Word::ABSENT
        };
        match block.op_verbs.at(index) & !verb::NODE {
            verb::READ => Op::Read {
                key,
                value: self.number(output),
            },
            verb::WRITE => Op::Write {
                key,
                value: self.number(input).expect("found sound"),
            },
            verb::CAS => {
                let swap = block.elements.part(input.0, 2).expect("found sound");
                let number = |i| self.number(Word(swap.at(i))).expect("found sound");
                Op::Cas {
                    key,
                    from: number(0),
                    to: number(1),
                    found: self.number(output),
                }
            }
            call => Op::Call(Box::new(Call {
                f: self.verbs[usize::from(call - verb::CALL)].clone(),
                key,
                input: self.data(input).expect("found sound"),
                output: self.data(output),
            })),
        }
    }

    fn number(&self, word: Word) -> Option<Value> {
        match word.meaning() {
            Meaning::Small(number) => Some(i64::from(number)),
            Meaning::Wide(index) => Some(self.block.wides.at(index as usize).cast_signed()),
            Meaning::Absent
            | Meaning::Nil
            | Meaning::Bool(_)
            | Meaning::Text(_)
            | Meaning::List(_) => None,
        }
    }

    /// None if there is no value.
    fn data(&self, word: Word) -> Option<Data> {
        Some(match word.meaning() {
            Meaning::Absent => return None,
            Meaning::Nil => Data::Nil,
            Meaning::Bool(is_so) => Data::Bool(is_so),
            Meaning::Small(number) => Data::Int(i64::from(number)),
            Meaning::Wide(index) => Data::Int(self.block.wides.at(index as usize).cast_signed()),
            Meaning::Text(index) => Data::Text(self.texts[index as usize].clone()),
            Meaning::List(index) => self.lists[index as usize].clone(),
        })
    }
}
