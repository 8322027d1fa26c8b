//! The columns of one block, where they lie.
use super::column::Column;
use super::frame::BlockHead;

/// A block whose checksums hold and whose indexes all point at something. The format's
/// [documentation](super) says what each column is.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// Counted from 0.
    pub number: u32,
    /// Where in the file it begins, in bytes.
    pub offset: u64,
    /// How many events stand in the blocks before it.
    pub events_before: u64,
    /// The time before its first event.
    pub time: u64,
    pub keys: Column<'a, 8>,
    pub wides: Column<'a, 8>,
    pub times: Column<'a, 8>,
    pub note_times: Column<'a, 8>,
    pub event_deltas: Column<'a, 4>,
    pub op_processes: Column<'a, 4>,
    pub op_keys: Column<'a, 4>,
    pub op_inputs: Column<'a, 4>,
    pub op_outputs: Column<'a, 4>,
    pub errors: Column<'a, 4>,
    pub list_starts: Column<'a, 4>,
    pub list_lengths: Column<'a, 4>,
    pub elements: Column<'a, 4>,
    pub note_positions: Column<'a, 4>,
    pub note_authors: Column<'a, 4>,
    pub note_fs: Column<'a, 4>,
    pub note_values: Column<'a, 4>,
    pub verbs: Column<'a, 4>,
    pub text_ends: Column<'a, 4>,
    pub op_nodes: Column<'a, 2>,
    pub event_ops: Column<'a, 2>,
    pub event_kinds: Column<'a, 1>,
    pub op_verbs: Column<'a, 1>,
    /// All texts, one behind the other.
    pub texts: &'a str,
}

/// In `event_kinds`: what happened.
pub(super) mod kind {
    pub(in super::super) const INVOKE: u8 = 0;
    pub(in super::super) const OK: u8 = 1;
    pub(in super::super) const FAIL: u8 = 2;
    pub(in super::super) const INFO: u8 = 3;
    /// Added if the event has the output of its operation.
    pub(in super::super) const FILLED: u8 = 4;
}

/// In `op_verbs`: what was asked.
pub(super) mod verb {
    pub(in super::super) const READ: u8 = 0;
    pub(in super::super) const WRITE: u8 = 1;
    pub(in super::super) const CAS: u8 = 2;
    /// The first entry of `verbs`.
    pub(in super::super) const CALL: u8 = 3;
    /// Added if there is a node.
    pub(in super::super) const NODE: u8 = 128;
}

/// Stands in `event_deltas` for a look into `times`.
pub(super) const FAR: u32 = u32::MAX;

impl<'a> Block<'a> {
    /// Lays the columns over `bytes`, which are as many as the head says.
    pub(super) fn over(
        head: &BlockHead,
        offset: u64,
        mut bytes: &'a [u8],
    ) -> Result<Block<'a>, String> {
        let counts = &head.counts;
        assert_eq!(bytes.len() as u64, counts.bytes());
        let rest = &mut bytes;
        // Fields are evaluated in the order in which they are written, which is that of the file.
        let mut block = Block {
            number: head.number,
            offset,
            events_before: head.events_before,
            time: head.time,
            keys: Column::take(rest, counts.keys),
            wides: Column::take(rest, counts.wides),
            times: Column::take(rest, counts.times),
            note_times: Column::take(rest, counts.notes),
            event_deltas: Column::take(rest, counts.events),
            op_processes: Column::take(rest, counts.ops),
            op_keys: Column::take(rest, counts.ops),
            op_inputs: Column::take(rest, counts.ops),
            op_outputs: Column::take(rest, counts.ops),
            errors: Column::take(rest, counts.errors),
            list_starts: Column::take(rest, counts.lists),
            list_lengths: Column::take(rest, counts.lists),
            elements: Column::take(rest, counts.elements),
            note_positions: Column::take(rest, counts.notes),
            note_authors: Column::take(rest, counts.notes),
            note_fs: Column::take(rest, counts.notes),
            note_values: Column::take(rest, counts.notes),
            verbs: Column::take(rest, counts.verbs),
            text_ends: Column::take(rest, counts.texts),
            op_nodes: Column::take(rest, counts.ops),
            event_ops: Column::take(rest, counts.events),
            event_kinds: Column::take(rest, counts.events),
            op_verbs: Column::take(rest, counts.ops),
            texts: "",
        };
        let texts = std::str::from_utf8(bytes);
        block.texts = texts.map_err(|error| format!("its texts are not UTF-8: {error}"))?;
        Ok(block)
    }

    /// The text at `index`, if there is one.
    pub fn text(&self, index: u32) -> Option<&'a str> {
        let end = self.text_ends.get(index as usize)?;
        let start = match index.checked_sub(1) {
            Some(before) => self.text_ends.get(before as usize)?,
            None => 0,
        };
        self.texts.get(start as usize..end as usize)
    }

    /// What the operation at `op` asks, as it is called in a history.
    ///
    /// # Panics
    /// If there is no such operation.
    pub fn verb_of(&self, op: usize) -> &'a str {
        match self.op_verbs.at(op) & !verb::NODE {
            verb::READ => "read",
            verb::WRITE => "write",
            verb::CAS => "cas",
            call => {
                let text = self.verbs.at(usize::from(call - verb::CALL));
                self.text(text).expect("found sound")
            }
        }
    }

    /// The members of the list at `index`, each a [`super::Word`], if there is such a list.
    pub fn list(&self, index: u32) -> Option<Column<'a, 4>> {
        let start = self.list_starts.get(index as usize)?;
        self.elements
            .part(start, self.list_lengths.at(index as usize))
    }
}
