//! What stands around the columns: the head of the file, the head of each block, and the end.
use super::{MAGIC, VERSION};

pub(super) const HEAD_BYTES: usize = 24;
pub(super) const BLOCK_HEAD_BYTES: usize = 80;
pub(super) const END_BYTES: usize = 32;
const BLOCK_MAGIC: &[u8; 4] = b"BLCK";
const END_MAGIC: &[u8; 4] = b"END!";

/// Blocks and the header fill up to this many bytes, so that columns lie at multiples of their width.
pub(super) const ALIGNMENT: usize = 8;

/// The head of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of the header's JSON; 0 if there is none.
    pub(super) length: u32,
    pub(super) crc: u32,
}

/// How many numbers each column of a block has; where two columns belong together, of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) events: u32,
    pub(super) ops: u32,
    pub(super) notes: u32,
    pub(super) keys: u32,
    pub(super) wides: u32,
    pub(super) times: u32,
    pub(super) errors: u32,
    pub(super) lists: u32,
    pub(super) elements: u32,
    pub(super) verbs: u32,
    pub(super) texts: u32,
    pub(super) text_bytes: u32,
}

/// The head of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockHead {
    pub(super) number: u32,
    /// How many events stand in the blocks before it.
    pub(super) events_before: u64,
    /// The time before its first event.
    pub(super) time: u64,
    pub(super) counts: Counts,
    /// Of the columns.
    pub(super) crc: u32,
}

/// The last thing in a file that was finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) blocks: u32,
    pub(super) events: u64,
    pub(super) notes: u64,
}

/// What stands where a block may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Block(BlockHead),
    End(End),
    /// The file ends before this is whole.
    Torn,
}

impl Counts {
    /// Bytes of all columns, without what fills up.
    pub(super) fn bytes(&self) -> u64 {
        let eight = [self.keys, self.wides, self.times, self.notes];
        let (ops, lists, notes) = (self.ops, self.lists, self.notes);
        let four = [self.events, ops, ops, ops, ops, self.errors, lists, lists];
        let more = [
            self.elements,
            notes,
            notes,
            notes,
            notes,
            self.verbs,
            self.texts,
        ];
        let two = [ops, self.events];
        let one = [self.events, ops, self.text_bytes];
        let sum = |columns: &[u32]| columns.iter().map(|count| u64::from(*count)).sum::<u64>();
        8 * sum(&eight) + 4 * (sum(&four) + sum(&more)) + 2 * sum(&two) + sum(&one)
    }

    fn list(&self) -> [u32; 12] {
        [
            self.events,
            self.ops,
            self.notes,
            self.keys,
            self.wides,
            self.times,
            self.errors,
            self.lists,
            self.elements,
            self.verbs,
            self.texts,
            self.text_bytes,
        ]
    }
}

/// Up to the next multiple of [`ALIGNMENT`].
pub(super) fn filled_up(bytes: u64) -> u64 {
    bytes.next_multiple_of(ALIGNMENT as u64)
}

impl Head {
    pub(super) fn bytes(&self) -> [u8; HEAD_BYTES] {
        let mut bytes = Vec::with_capacity(HEAD_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        for number in [self.length, self.crc, 0] {
            bytes.extend(number.to_le_bytes());
        }
        sealed(bytes)
    }

    /// None if the file ends before it is whole.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Head>, String> {
        let start = bytes.len().min(MAGIC.len());
        if bytes[..start] != MAGIC[..start] {
            return Err("it does not begin with ASSAYH, as columnar histories do".to_owned());
        }
        let Some(bytes) = bytes.first_chunk::<HEAD_BYTES>() else {
            return Ok(None);
        };
        let version = u16::from_le_bytes([bytes[6], bytes[7]]);
        if version != VERSION {
            return Err(format!("version {version} is not known, only {VERSION}"));
        }
        unsealed(bytes)?;
        let [length, crc, _] = numbers(&bytes[8..20]);
        Ok(Some(Head { length, crc }))
    }
}

impl BlockHead {
    pub(super) fn bytes(&self) -> [u8; BLOCK_HEAD_BYTES] {
        let mut bytes = Vec::with_capacity(BLOCK_HEAD_BYTES);
        bytes.extend(BLOCK_MAGIC);
        bytes.extend(self.number.to_le_bytes());
        bytes.extend(self.events_before.to_le_bytes());
        bytes.extend(self.time.to_le_bytes());
        for number in self.counts.list().into_iter().chain([self.crc]) {
            bytes.extend(number.to_le_bytes());
        }
        sealed(bytes)
    }

    fn parse(bytes: &[u8; BLOCK_HEAD_BYTES]) -> Result<BlockHead, String> {
        unsealed(bytes)?;
        let [number] = numbers(&bytes[4..8]);
        let [events_before, time] = longs(&bytes[8..24]);
        let [
            events,
            ops,
            notes,
            keys,
            wides,
            times,
            errors,
            lists,
            elements,
            verbs,
            texts,
            text_bytes,
            crc,
        ] = numbers(&bytes[24..76]);
        let counts = Counts {
            events,
            ops,
            notes,
            keys,
            wides,
            times,
            errors,
            lists,
            elements,
            verbs,
            texts,
            text_bytes,
        };
        Ok(BlockHead {
            number,
            events_before,
            time,
            counts,
            crc,
        })
    }
}

impl End {
    pub(super) fn bytes(&self) -> [u8; END_BYTES] {
        let mut bytes = Vec::with_capacity(END_BYTES);
        bytes.extend(END_MAGIC);
        bytes.extend(self.blocks.to_le_bytes());
        bytes.extend(self.events.to_le_bytes());
        bytes.extend(self.notes.to_le_bytes());
        bytes.extend([0; 4]);
        sealed(bytes)
    }

    fn parse(bytes: &[u8; END_BYTES]) -> Result<End, String> {
        unsealed(bytes)?;
        let [blocks] = numbers(&bytes[4..8]);
        let [events, notes] = longs(&bytes[8..24]);
        Ok(End {
            blocks,
            events,
            notes,
        })
    }
}

impl Next {
    /// Of the rest of a file.
    pub(super) fn parse(bytes: &[u8]) -> Result<Next, String> {
        let start = &bytes[..bytes.len().min(4)];
        if BLOCK_MAGIC.starts_with(start) || END_MAGIC.starts_with(start) {
            if start == BLOCK_MAGIC
                && let Some(head) = bytes.first_chunk()
            {
                return BlockHead::parse(head).map(Next::Block);
            }
            if start == END_MAGIC
                && let Some(end) = bytes.first_chunk()
            {
                return End::parse(end).map(Next::End);
            }
            return Ok(Next::Torn);
        }
        // What a file system leaves when the machine died before the bytes were on the disk.
        if bytes.iter().all(|byte| *byte == 0) {
            return Ok(Next::Torn);
        }
        Err("here should begin a block, and does not".to_owned())
    }
}

/// Puts the checksum of all bytes behind them.
fn sealed<const LENGTH: usize>(mut bytes: Vec<u8>) -> [u8; LENGTH] {
    let crc = crc32fast::hash(&bytes);
    bytes.extend(crc.to_le_bytes());
    bytes.try_into().expect("the parts add up to the length")
}

fn unsealed(bytes: &[u8]) -> Result<(), String> {
    let (bytes, crc) = bytes.split_at(bytes.len() - 4);
    let [expected] = numbers(crc);
    same_crc(expected, crc32fast::hash(bytes), "its head")
}

/// Whether a checksum holds.
pub(super) fn same_crc(expected: u32, found: u32, what: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!(
        "{what} was damaged: its checksum is {found:08x}, and should be {expected:08x}"
    ))
}

fn numbers<const COUNT: usize>(bytes: &[u8]) -> [u32; COUNT] {
    let (numbers, _) = bytes.as_chunks();
    std::array::from_fn(|i| u32::from_le_bytes(numbers[i]))
}

fn longs<const COUNT: usize>(bytes: &[u8]) -> [u64; COUNT] {
    let (numbers, _) = bytes.as_chunks();
    std::array::from_fn(|i| u64::from_le_bytes(numbers[i]))
}
