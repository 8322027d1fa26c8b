//! Files whose checksums hold and whose contents make no sense: somebody made them on purpose.
use super::{Drawn, written};
use crate::format::columnar::frame::{BLOCK_HEAD_BYTES, BlockHead, Next, filled_up};
use crate::format::columnar::word::Word;
use crate::format::columnar::{Columns, read, write};
use crate::testing::Rng;

/// A file of one block, taken apart.
struct Parts {
    head: Vec<u8>,
    block: BlockHead,
    columns: Vec<u8>,
}

impl Parts {
    fn of(bytes: &[u8]) -> Parts {
        let start = Columns::open(bytes).unwrap().blocks[0].offset as usize;
        let Ok(Next::Block(block)) = Next::parse(&bytes[start..]) else {
            panic!("there is a block")
        };
        let columns = start + BLOCK_HEAD_BYTES;
        let end = columns + block.counts.bytes() as usize;
        Parts {
            head: bytes[..start].to_vec(),
            block,
            columns: bytes[columns..end].to_vec(),
        }
    }

    /// Put together again, with checksums that hold.
    fn sealed(mut self) -> Vec<u8> {
        let length = filled_up(self.columns.len() as u64) as usize;
        self.columns.resize(length, 0);
        self.block.crc = crc32fast::hash(&self.columns);
        [&self.head[..], &self.block.bytes(), &self.columns].concat()
    }
}

fn one_block(rng: &mut Rng, events: usize) -> Vec<u8> {
    let recording = Drawn::new(rng).recording(events);
    written(&recording, rng, 0)
}

#[test]
fn columns_of_nonsense_are_refused_or_make_sense() {
    let (mut refused, mut read_again) = (0, 0);
    for seed in 0..40_000 {
        let mut rng = Rng(seed);
        let mut parts = Parts::of(&one_block(&mut rng, 8));
        for _ in 0..=rng.below(3) {
            let place = rng.below(parts.columns.len() as u64) as usize;
            let values = [0, 1, 2, 0x7f, 0x80, 0xff, rng.next() as u8];
            parts.columns[place] = values[rng.below(7) as usize];
        }
        // What is accepted has to be a history like any other.
        match read(&parts.sealed()) {
            Err(_) => refused += 1,
            Ok(recording) => {
                let bytes = write(Vec::new(), &recording).unwrap();
                super::assert_same(&read(&bytes).unwrap(), &recording);
                read_again += 1;
            }
        }
    }
    assert!(
        refused > 5_000 && read_again > 5_000,
        "{refused} {read_again}"
    );
}

#[test]
fn counts_of_nonsense_allocate_nothing() {
    let mut rng = Rng(3);
    let bytes = one_block(&mut rng, 8);
    for count in 0..12 {
        for value in [u32::MAX, 1 << 31, 1 << 20, 0] {
            let mut parts = Parts::of(&bytes);
            let counts = &mut parts.block.counts;
            let counts = [
                &mut counts.events,
                &mut counts.ops,
                &mut counts.notes,
                &mut counts.keys,
                &mut counts.wides,
                &mut counts.times,
                &mut counts.errors,
                &mut counts.lists,
                &mut counts.elements,
                &mut counts.verbs,
                &mut counts.texts,
                &mut counts.text_bytes,
            ];
            for (i, field) in counts.into_iter().enumerate() {
                if i == count {
                    *field = value;
                }
            }
            let changed = parts.sealed();
            // Too long for the file is what a torn file looks like; the rest has to be refused.
            match read(&changed) {
                Ok(recording) if value == 0 || recording.torn == Some(2) => {}
                Ok(_) => panic!("count {count} of {value} was believed"),
                Err(error) => assert_eq!(error.block, Some(0)),
            }
        }
    }
}

#[test]
fn a_list_in_itself_is_refused() {
    let text = "{\"time\":1,\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"key\":1}\n";
    let recording = crate::format::jsonl::read(text.as_bytes()).unwrap();
    let mut parts = Parts::of(&write(Vec::new(), &recording).unwrap());
    // Before: one key, no wide, time or note; one event, and the four columns of one operation.
    let place = 8 + 4 * 5;
    let list = [
        0_u32.to_le_bytes(),
        1_u32.to_le_bytes(),
        Word::list(0).0.to_le_bytes(),
    ];
    parts.columns.splice(place..place, list.concat());
    (parts.block.counts.lists, parts.block.counts.elements) = (1, 1);
    let error = read(&parts.sealed()).unwrap_err();
    assert_eq!(error.why, "its list 0 looks ahead");
}

#[test]
fn lists_that_nest_for_ever_or_unfold_without_end_are_refused() {
    let text = "{\"time\":1,\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"key\":1}\n";
    let recording = crate::format::jsonl::read(text.as_bytes()).unwrap();
    let bytes = write(Vec::new(), &recording).unwrap();
    let forged = |lists: &[(u32, u32)], elements: &[u32]| {
        let mut parts = Parts::of(&bytes);
        let starts = lists.iter().map(|(start, _)| *start);
        let lengths = lists.iter().map(|(_, length)| *length);
        let numbers = starts.chain(lengths).chain(elements.iter().copied());
        let column: Vec<u8> = numbers.flat_map(u32::to_le_bytes).collect();
        parts.columns.splice(28..28, column);
        parts.block.counts.lists = lists.len() as u32;
        parts.block.counts.elements = elements.len() as u32;
        read(&parts.sealed())
    };
    // Each list holds the one before it.
    let deep: Vec<(u32, u32)> = (0..100_000).map(|i| (i, u32::from(i > 0))).collect();
    let elements: Vec<u32> = (0..100_000_u32)
        .map(|i| Word::list(i.saturating_sub(1)).0)
        .collect();
    let error = forged(&deep, &elements).unwrap_err();
    assert_eq!(error.why, "its list 127 nests deeper than 127");
    // Many lists with the same many members.
    let many = vec![(0, 1 << 20); 1 << 16];
    let members = vec![Word::NIL.0; 1 << 20];
    let error = forged(&many, &members).unwrap_err();
    assert!(error.why.ends_with("unfolds to more than 8 GiB"), "{error}");
}

#[test]
fn an_entry_that_makes_no_sense_is_named() {
    let text = concat!(
        "{\"time\":1,\"process\":\"a\",\"type\":\"info\",\"f\":\"b\",\"value\":1}\n",
        "{\"time\":1,\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"key\":1}\n",
        "{\"time\":1,\"process\":\"a\",\"type\":\"info\",\"f\":\"b\",\"value\":1}\n",
        "{\"time\":1,\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"key\":1,\"value\":5}\n",
    );
    let recording = crate::format::jsonl::read(text.as_bytes()).unwrap();
    let bytes = write(Vec::new(), &recording).unwrap();
    // One key, two times of notes and two of events stand before the columns of the operation.
    for (place, value, entry) in [
        (36, 1, "0 of its column op_keys"),
        (40, 5, "0 of its column op_inputs"),
        (44, Word::NIL.0, "0 of its column op_outputs"),
        (44, Word::wide(0).0, "0 of its column op_outputs"),
        (44, Word::ABSENT.0, "1 of its column event_kinds"),
        (48, 2, "1 of its column note_positions"),
        (52, 3, "1 of its column note_positions"),
        (56, 3, "0 of its column note_authors"),
        (68, 3, "1 of its column note_fs"),
        (72, 3, "0 of its column note_values"),
        (80, 9, "0 of its column text_ends"),
    ] {
        let mut parts = Parts::of(&bytes);
        parts.columns[place..place + 4].copy_from_slice(&u32::to_le_bytes(value));
        let error = read(&parts.sealed()).unwrap_err();
        assert_eq!(error.why, format!("entry {entry} makes no sense"));
    }
}
