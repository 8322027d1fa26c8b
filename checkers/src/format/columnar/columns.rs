//! A whole file of columns, read where it lies: its blocks, and what was lost of it.
use super::block::Block;
use super::frame::{self, BLOCK_HEAD_BYTES, BlockHead, END_BYTES, End, HEAD_BYTES, Head, Next};
use super::preface::Preface;
use super::{ReadError, sound};
use crate::Key;
use crate::format::jsonl::{Header, Order};

/// A file whose checksums all hold.
#[derive(Clone, Debug)]
pub struct Columns<'a> {
    /// Which run it is of, if it says.
    pub header: Option<Header>,
    /// The keys that users know by a name rather than by their number.
    pub key_names: Vec<(Key, String)>,
    /// All that is whole, in order.
    pub blocks: Vec<Block<'a>>,
    /// What is not, in a file that ends too early.
    pub lost: Option<Lost>,
}

/// The end of a file that nobody finished: the writer died, or the file was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The number that the first lost block would have; there may be none.
    pub block: u32,
    /// Where in the file it begins.
    pub offset: u64,
    /// How much of it is there.
    pub bytes: u64,
}

/// What is left to be read, and where it begins in the file.
struct Rest<'a> {
    bytes: &'a [u8],
    offset: u64,
}

impl<'a> Rest<'a> {
    /// The next `length` bytes, if there are as many.
    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(usize::try_from(length).ok()?)?;
        self.bytes = rest;
        self.offset += length;
        Some(taken)
    }
}

impl<'a> Columns<'a> {
    /// Lays columns over the bytes of a file, and checks all checksums and indexes.
    ///
    /// # Errors
    /// If a block is damaged or makes no sense; an end that is missing is no error.
    pub fn open(bytes: &'a [u8]) -> Result<Columns<'a>, ReadError> {
        let mut columns = Columns {
            header: None,
            key_names: Vec::new(),
            blocks: Vec::new(),
            lost: None,
        };
        let mut rest = Rest { bytes, offset: 0 };
        let head = head(&mut rest).map_err(|why| ReadError {
            block: None,
            offset: 0,
            why,
        })?;
        let Some(preface) = head else {
            columns.lost = Some(columns.lost_at(0, bytes.len()));
            return Ok(columns);
        };
        if let Some(preface) = preface {
            (columns.header, columns.key_names) = preface.into_parts();
        }
        let mut is_ended = false;
        while !is_ended && columns.lost.is_none() {
            let offset = rest.offset;
            is_ended = columns.step(&mut rest).map_err(|why| ReadError {
                block: Some(columns.blocks.len() as u32),
                offset,
                why,
            })?;
        }
        Ok(columns)
    }

    /// Takes one block, or the end; says whether it was the end.
    fn step(&mut self, rest: &mut Rest<'a>) -> Result<bool, String> {
        let Rest { bytes, offset } = *rest;
        let lost = self.lost_at(offset, bytes.len());
        match Next::parse(bytes)? {
            Next::Torn => self.lost = Some(lost),
            Next::End(end) => {
                self.agrees(&end)?;
                if bytes.len() > END_BYTES {
                    return Err(format!(
                        "{} bytes stand behind the end",
                        bytes.len() - END_BYTES
                    ));
                }
                return Ok(true);
            }
            Next::Block(head) => {
                let length = head.counts.bytes();
                rest.take(BLOCK_HEAD_BYTES as u64);
                // Checked before anything is made as large as it says.
                match rest.take(frame::filled_up(length)) {
                    None => self.lost = Some(lost),
                    Some(body) => self.add(&head, offset, body)?,
                }
            }
        }
        Ok(false)
    }

    fn add(&mut self, head: &BlockHead, offset: u64, body: &'a [u8]) -> Result<(), String> {
        frame::same_crc(head.crc, crc32fast::hash(body), "it")?;
        if (head.number, head.events_before) != (self.blocks.len() as u32, self.events()) {
            return Err(format!(
                "it says that it is block {} after {} events",
                head.number, head.events_before
            ));
        }
        let columns = &body[..head.counts.bytes() as usize];
        let block = Block::over(head, offset, columns)?;
        sound::check(&block)?;
        self.blocks.push(block);
        Ok(())
    }

    fn agrees(&self, end: &End) -> Result<(), String> {
        let found = End {
            blocks: self.blocks.len() as u32,
            events: self.events(),
            notes: self.notes(),
        };
        if found == *end {
            return Ok(());
        }
        Err(format!(
            "the end speaks of {end:?}, and there are {found:?}"
        ))
    }

    fn lost_at(&self, offset: u64, bytes: usize) -> Lost {
        Lost {
            block: self.blocks.len() as u32,
            offset,
            bytes: bytes as u64,
        }
    }

    /// Whether the order of the events is that of time; else only that within each process is known.
    pub fn has_real_time(&self) -> bool {
        let order = self.header.as_ref().and_then(|header| header.order);
        order != Some(Order::Session)
    }

    /// Whether there are operations, and all are called `verb`.
    pub fn asks_only(&self, verb: &str) -> bool {
        let mut operations = self
            .blocks
            .iter()
            .flat_map(|block| (0..block.op_verbs.len()).map(move |op| block.verb_of(op)));
        self.events() > 0 && operations.all(|asked| asked == verb)
    }

    /// How many events there are in all blocks.
    pub fn events(&self) -> u64 {
        self.blocks.last().map_or(0, |block| {
            block.events_before + block.event_deltas.len() as u64
        })
    }

    /// How many notes there are in all blocks.
    pub fn notes(&self) -> u64 {
        let counts = self
            .blocks
            .iter()
            .map(|block| block.note_times.len() as u64);
        counts.sum()
    }
}

/// What the head says, if it says anything; nothing if the file ends before.
fn head(rest: &mut Rest<'_>) -> Result<Option<Option<Preface>>, String> {
    let Some(Head { length, crc }) = Head::parse(rest.bytes)? else {
        return Ok(None);
    };
    rest.take(HEAD_BYTES as u64);
    let Some(json) = rest.take(frame::filled_up(u64::from(length))) else {
        return Ok(None);
    };
    frame::same_crc(crc, crc32fast::hash(json), "the header")?;
    if length == 0 {
        return Ok(Some(None));
    }
    let header = serde_json::from_slice(json);
    header
        .map(|header| Some(Some(header)))
        .map_err(|error| format!("no header of a history: {error}"))
}
