//! Files that were cut off, or in which bits fell over.
use super::{Drawn, Line, assert_same, each_line, lines, written};
use crate::History;
use crate::format::columnar::{Columns, Lost, read};
use crate::format::{Format, Recording};
use crate::testing::Rng;

/// Recordings of few events in several blocks.
fn small() -> Vec<(Recording, Vec<u8>)> {
    let draw = |seed| {
        let mut rng = Rng(seed);
        let recording = Drawn::new(&mut rng).recording(12);
        let bytes = written(&recording, &mut rng, 25);
        (recording, bytes)
    };
    (0..4).map(draw).collect()
}

/// Where each block begins, and how many lines there are before it.
fn blocks(bytes: &[u8]) -> Vec<(usize, usize)> {
    let columns = Columns::open(bytes).unwrap();
    let mut lines = 0;
    let mut starts = Vec::new();
    for block in &columns.blocks {
        starts.push((block.offset as usize, lines));
        lines += block.event_deltas.len() + block.note_times.len();
    }
    starts.push((bytes.len() - 32, lines));
    starts
}

/// The beginning of a recording.
fn first(recording: &Recording, lines: usize) -> Recording {
    let mut history = History::default();
    let mut left = lines;
    each_line(&recording.history, |line| {
        if left == 0 {
            return;
        }
        left -= 1;
        match line {
            Line::Event(event) => history.push(event.clone()).unwrap(),
            Line::Note(note) => {
                history.note_by(note.time, &note.who, &note.f, note.value.clone());
            }
        }
    });
    Recording {
        header: recording.header.clone(),
        ..Recording::new(Format::Columnar, history)
    }
}

#[test]
fn a_file_cut_off_anywhere_is_read_up_to_its_last_whole_block() {
    for (recording, bytes) in small() {
        let blocks = blocks(&bytes);
        let head = blocks[0].0;
        for end in 0..bytes.len() {
            let part = &bytes[..end];
            let found = read(part).expect("a torn end is no error");
            let lost = Columns::open(part).unwrap().lost.unwrap();
            if end < head {
                assert_eq!(found.torn, Some(1));
                assert_eq!((lost.block, lost.offset, lost.bytes), (0, 0, end as u64));
                continue;
            }
            let whole = blocks.iter().rposition(|(start, _)| *start <= end).unwrap();
            let (offset, lines) = blocks[whole];
            assert_same(&found, &first(&recording, lines));
            let header = usize::from(recording.header.is_some());
            assert_eq!(found.torn, Some(header + lines + 1));
            let expected = Lost {
                block: whole as u32,
                offset: offset as u64,
                bytes: (end - offset) as u64,
            };
            assert_eq!(lost, expected, "cut at {end}");
        }
    }
}

#[test]
fn a_bit_that_fell_over_is_an_error_that_says_where() {
    for (_, bytes) in small() {
        let blocks = blocks(&bytes);
        let mut damaged = bytes.clone();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                damaged[place] ^= 1 << bit;
                let error = read(&damaged).expect_err("every byte is under a checksum");
                let block = blocks.iter().rposition(|(start, _)| *start <= place);
                assert_eq!(error.block, block.map(|block| block as u32), "{error}");
                let offset = block.map_or(0, |block| blocks[block].0);
                assert_eq!(error.offset, offset as u64, "{error}");
                damaged[place] ^= 1 << bit;
            }
        }
    }
}

#[test]
fn blocks_that_were_swapped_left_out_or_put_behind_the_end_are_noticed() {
    let (_, bytes) = small().swap_remove(0);
    let blocks = blocks(&bytes);
    assert!(blocks.len() > 3, "there are blocks to be mixed up");
    let part = |i: usize| &bytes[blocks[i].0..blocks[i + 1].0];
    let (head, rest) = (&bytes[..blocks[0].0], &bytes[blocks[2].0..]);
    let swapped = [head, part(1), part(0), rest].concat();
    let without = [head, part(0), rest].concat();
    let repeated = [head, part(0), part(0), part(1), rest].concat();
    let last = &bytes[blocks[blocks.len() - 1].0..];
    let shortened = [head, part(0), last].concat();
    let behind = [&bytes[..], part(0)].concat();
    for (mixed, why) in [
        (swapped, "it says that it is block 1 after"),
        (without, "it says that it is block 2 after"),
        (repeated, "it says that it is block 0 after 0 events"),
        (shortened, "the end speaks of End"),
        (behind, "stand behind the end"),
    ] {
        let error = read(&mixed).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn zeros_that_a_dead_machine_left_are_a_torn_end() {
    let (recording, bytes) = small().swap_remove(1);
    for (offset, lines) in blocks(&bytes) {
        let mut part = bytes[..offset].to_vec();
        part.resize(bytes.len() + 4096, 0);
        let found = read(&part).unwrap();
        assert_same(&found, &first(&recording, lines));
        assert!(found.torn.is_some());
    }
}

#[test]
fn what_is_no_columnar_history_is_called_so() {
    for (bytes, why) in [
        (
            &b"{\"format\":\"assay.history/1\"}\n"[..],
            "head of the file: it does not begin with ASSAYH, as columnar histories do",
        ),
        (
            b"ASSAYH\x02\x00________________",
            "head of the file: version 2 is not known, only 1",
        ),
        (
            b"ASSAYH\x01\x00________________",
            "head of the file: its head was damaged: its checksum is",
        ),
    ] {
        let error = read(bytes).unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }
    assert_eq!(lines(&read(b"ASS").unwrap()), "");
}
