//! Transactions straight out of the columns of a file, without events between.
use super::chains::Like;
use super::draft::{self, Draft, Lists, Micro, micro_op_why};
use crate::format::columnar::{Block, Column, Columns, Meaning, Word};
use crate::transactional::{Odd, Txns, ValueId};
use crate::{Data, Process};
use rustc_hash::FxHashMap;

impl Txns {
    /// As [`Txns::of`], of a columnar file: what that makes of the same events.
    ///
    /// # Errors
    /// As [`Txns::of`]; and if what the file shares would fill the memory once it is unfolded.
    pub fn of_columns(columns: &Columns<'_>) -> Result<Txns, Odd> {
        let mut draft = Draft::new(has_lists(columns));
        let steps: u64 = columns.blocks.iter().map(steps_of).sum();
        if steps > STEPS_MAX {
            let why = format!("more than {STEPS_MAX} steps of transactions");
            return Err(Odd { position: 0, why });
        }
        let txns: usize = columns
            .blocks
            .iter()
            .map(|block| block.op_verbs.len())
            .sum();
        draft.reserve(txns, steps as usize);
        let mut small_keys = Vec::new();
        for block in &columns.blocks {
            let before = block.events_before as usize;
            let mut reader = Reader::new(block, &mut draft, std::mem::take(&mut small_keys));
            for at in 0..block.event_kinds.len() {
                let position = before + at;
                let taken = reader.event(at, position);
                taken.map_err(|why| Odd { position, why })?;
            }
            small_keys = reader.small_keys;
        }
        let position = (columns.events() as usize).saturating_sub(1);
        let mut txns = draft.finish().map_err(|why| Odd { position, why })?;
        txns.has_real_time = columns.has_real_time();
        Ok(txns)
    }

    /// Whether the transactions of a columnar file are of lists rather than of registers; none if
    /// nothing in it tells.
    pub(in crate::transactional) fn reads_lists(columns: &Columns<'_>) -> Option<bool> {
        match has_lists(columns) {
            Lists::Undecided => None,
            Lists::Read | Lists::Yes => Some(true),
            Lists::No => Some(false),
        }
    }
}

/// A file may share a transaction among many operations.
const STEPS_MAX: u64 = 1 << 31;
/// Keys below this have a table.
const SMALL_KEYS_MAX: u32 = 1 << 22;
/// Lists may lie over each other; so many members are compared in one block at most.
const COMPARED_MAX: usize = 1 << 31;
const NONE: u32 = u32::MAX;

/// How many steps the operations of a block ask for.
fn steps_of(block: &Block<'_>) -> u64 {
    let lengths = block
        .op_inputs
        .iter()
        .map(|input| match Word(input).meaning() {
            Meaning::List(list) => u64::from(block.list_lengths.at(list as usize)),
            Meaning::Absent
            | Meaning::Nil
            | Meaning::Bool(_)
            | Meaning::Small(_)
            | Meaning::Wide(_)
            | Meaning::Text(_) => 0,
        });
    lengths.sum()
}

/// The first change says it; without any, an answer that is a list does.
fn has_lists(columns: &Columns<'_>) -> Lists {
    let mut lists = Lists::Undecided;
    for block in &columns.blocks {
        let mut names = vec![None; block.text_ends.len()];
        for (at, words) in block
            .op_inputs
            .iter()
            .zip(block.op_outputs.iter())
            .enumerate()
        {
            for word in [words.0, words.1] {
                if block.op_verbs.at(at) & 127 <= 2 {
                    continue;
                }
                let Meaning::List(outer) = Word(word).meaning() else {
                    continue;
                };
                for step in block.list(outer).expect("found sound").iter() {
                    if let Some([micro, _, value]) = triple(block, Word(step))
                        && let Some(micro) = named(block, &mut names, micro)
                    {
                        let is_list = matches!(value.meaning(), Meaning::List(_));
                        lists.see(micro, is_list && micro == Micro::Read);
                    }
                    if lists.is_settled() {
                        return lists;
                    }
                }
            }
        }
    }
    lists
}

/// The members of a step.
fn triple(block: &Block<'_>, step: Word) -> Option<[Word; 3]> {
    let Meaning::List(list) = step.meaning() else {
        return None;
    };
    let members = block.list(list)?;
    (members.len() == 3).then(|| [0, 1, 2].map(|i| Word(members.at(i))))
}

/// What a name says, remembered by text.
fn named(block: &Block<'_>, names: &mut [Option<Option<Micro>>], name: Word) -> Option<Micro> {
    let Meaning::Text(text) = name.meaning() else {
        return None;
    };
    *names[text as usize]
        .get_or_insert_with(|| Micro::named(block.text(text).expect("found sound")))
}

/// What is known while one block is read.
struct Reader<'b, 'a> {
    block: &'b Block<'a>,
    draft: &'b mut Draft,
    names: Vec<Option<Option<Micro>>>,
    /// Numbers of keys that are small numbers, across blocks; [`NONE`] where there is none yet.
    small_keys: Vec<u32>,
    /// Numbers of all other keys, and values that are no small numbers, by word.
    keys: FxHashMap<u32, u32>,
    values: FxHashMap<u32, ValueId>,
    /// By list of the block, what it is among the lists that were read.
    lists: Vec<u32>,
    /// By the place where lists of the block begin, the longest that was read from there.
    places: FxHashMap<u32, Like>,
    compared: usize,
}

impl<'b, 'a> Reader<'b, 'a> {
    fn new(block: &'b Block<'a>, draft: &'b mut Draft, small_keys: Vec<u32>) -> Reader<'b, 'a> {
        Reader {
            block,
            draft,
            names: vec![None; block.text_ends.len()],
            small_keys,
            keys: FxHashMap::default(),
            values: FxHashMap::default(),
            lists: vec![NONE; block.list_starts.len()],
            places: FxHashMap::default(),
            compared: 0,
        }
    }

    fn event(&mut self, at: usize, position: usize) -> Result<(), String> {
        let block = self.block;
        let op = usize::from(block.event_ops.at(at));
        let verb = block.verb_of(op);
        if verb != "txn" {
            return Err(draft::not_a_txn(verb));
        }
        let process = Process(block.op_processes.at(op));
        let kind = block.event_kinds.at(at);
        match kind & 3 {
            0 => self.begin(process, position, Word(block.op_inputs.at(op))),
            1 => {
                let is_filled = kind & 4 != 0;
                let output = is_filled.then(|| Word(block.op_outputs.at(op)));
                self.commit(process, position, output.unwrap_or(Word(NIL)))
            }
            2 => self.draft.abort(process),
            _ => self.draft.give_up(process),
        }
    }

    fn begin(&mut self, process: Process, position: usize, input: Word) -> Result<(), String> {
        self.draft.begin(process, position)?;
        if let Some(steps) = self.steps(input)? {
            for (number, step) in steps.iter().enumerate() {
                let (micro, key, value) = self.micro_op(number, Word(step))?;
                let key = self.key(key)?;
                let value = match micro {
                    Micro::Read => ValueId::NOT_TOLD,
                    Micro::Append | Micro::Write => self.value(value)?,
                };
                self.draft.step(micro, key, value)?;
            }
        }
        self.draft.begun()
    }

    fn commit(&mut self, process: Process, position: usize, output: Word) -> Result<(), String> {
        let steps = self.steps(output)?;
        let answers = steps.map_or(0, |steps| steps.len());
        let from = self.draft.commit(process, position, answers)?;
        let steps = steps.iter().flat_map(|steps| steps.iter());
        for (number, step) in steps.enumerate() {
            let (micro, key, value) = self.micro_op(number, Word(step))?;
            let key = self.key(key)?;
            let told = match (micro, value.meaning()) {
                (Micro::Append | Micro::Write, _) => self.value(value)?,
                (Micro::Read, _) if !self.draft.reads_lists() => self.value(value)?,
                (Micro::Read, Meaning::Nil) => {
                    ValueId(self.draft.chains().read(key, None, 0, |_| ValueId::NIL))
                }
                (Micro::Read, Meaning::List(list)) => ValueId(self.list(key, list)?),
                (
                    Micro::Read,
                    Meaning::Absent
                    | Meaning::Bool(_)
                    | Meaning::Small(_)
                    | Meaning::Wide(_)
                    | Meaning::Text(_),
                ) => return Err(draft::not_a_list(number, &self.block.data(value)?)),
            };
            self.draft.answer(from + number, number, micro, key, told)?;
        }
        Ok(())
    }

    fn steps(&self, word: Word) -> Result<Option<Column<'a, 4>>, String> {
        match word.meaning() {
            Meaning::Nil | Meaning::Absent => Ok(None),
            Meaning::List(list) => Ok(self.block.list(list)),
            Meaning::Bool(_) | Meaning::Small(_) | Meaning::Wide(_) | Meaning::Text(_) => {
                Err(draft::not_steps(&self.block.data(word)?))
            }
        }
    }

    fn micro_op(&mut self, number: usize, step: Word) -> Result<(Micro, Word, Word), String> {
        if let Some([name, key, value]) = triple(self.block, step)
            && let Some(micro) = named(self.block, &mut self.names, name)
        {
            return Ok((micro, key, value));
        }
        Err(micro_op_why(number, &self.block.data(step)?))
    }

    fn key(&mut self, word: Word) -> Result<u32, String> {
        if let Meaning::Small(number) = word.meaning()
            && let Ok(number) = u32::try_from(number)
            && number < SMALL_KEYS_MAX
        {
            let at = number as usize;
            if at >= self.small_keys.len() {
                self.small_keys.resize(at + 1, NONE);
            }
            if self.small_keys[at] == NONE {
                self.small_keys[at] = self.draft.key(&Data::Int(i64::from(number)));
            }
            return Ok(self.small_keys[at]);
        }
        if let Some(key) = self.keys.get(&word.0) {
            return Ok(*key);
        }
        let key = self.draft.key(&self.block.data(word)?);
        self.keys.insert(word.0, key);
        Ok(key)
    }

    fn value(&mut self, word: Word) -> Result<ValueId, String> {
        if let Meaning::Small(number) = word.meaning()
            && let Ok(number) = u32::try_from(number)
        {
            return Ok(ValueId(number));
        }
        if let Some(value) = self.values.get(&word.0) {
            return Ok(*value);
        }
        let value = self.draft.value(&self.block.data(word)?);
        self.values.insert(word.0, value);
        Ok(value)
    }

    /// A list of the block that was read from `key`.
    fn list(&mut self, key: u32, list: u32) -> Result<u32, String> {
        let known = self.lists[list as usize];
        if known != NONE {
            self.draft.chains().know(key, known);
            return Ok(known);
        }
        let members = self.block.list(list).expect("found sound");
        let place = self.block.list_starts.at(list as usize);
        let like = self.places.get(&place).copied();
        let from = like
            .map_or(0, |like| like.common as usize)
            .min(members.len());
        self.compared += members.len() - from;
        if self.compared > COMPARED_MAX {
            return Err(format!(
                "its block has lists of more than {COMPARED_MAX} members"
            ));
        }
        // Names are wanted for members that are no small numbers, and before the chains are.
        for word in members.iter().skip(from) {
            if !matches!(Word(word).meaning(), Meaning::Small(0..)) {
                self.value(Word(word))?;
            }
        }
        let values = &self.values;
        let member = |i| {
            let word = members.at(i);
            match Word(word).meaning() {
                Meaning::Small(number @ 0..) => ValueId(number as u32),
                _ => values[&word],
            }
        };
        let chains = self.draft.chains();
        let known = chains.read(key, like, members.len(), member);
        self.lists[list as usize] = known;
        let common = members.len().max(from) as u32;
        if like.is_none_or(|like| like.common < common) {
            let list = known;
            self.places.insert(place, Like { list, common });
        }
        Ok(known)
    }
}

/// The word for nil.
const NIL: u32 = u32::MAX - 1;
