//! What is written is read again; what is damaged is never read as something else.
mod damaged;
mod drawn;
mod hostile;
mod shared;

use self::drawn::Drawn;
use super::{Columns, Writer, read, write};
use crate::format::jsonl::{self, Header};
use crate::format::{Format, Recording};
use crate::testing::Rng;
use crate::{Event, History, Note};

/// A recording in blocks that are handed on now and then.
fn written(recording: &Recording, rng: &mut Rng, percent: u64) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), recording.header.as_ref()).unwrap();
    each_line(&recording.history, |line| {
        match line {
            Line::Event(event) => writer.event(event).unwrap(),
            Line::Note(note) => writer
                .note(note.time, &note.who, &note.f, &note.value)
                .unwrap(),
        }
        if rng.percent(percent) {
            writer.hand_on().unwrap();
        }
    });
    writer.finish().unwrap()
}

enum Line<'h> {
    Event(&'h Event),
    Note(&'h Note),
}

fn each_line<'h>(history: &'h History, mut with: impl FnMut(Line<'h>)) {
    let mut notes = history.notes().iter().peekable();
    for (position, event) in history.events().iter().enumerate() {
        while let Some(note) = notes.next_if(|note| note.position == position) {
            with(Line::Note(note));
        }
        with(Line::Event(event));
    }
    notes.for_each(|note| with(Line::Note(note)));
}

/// As JSON lines.
fn lines(recording: &Recording) -> String {
    let mut text = Vec::new();
    if let Some(header) = &recording.header {
        jsonl::write_header(&mut text, header).unwrap();
    }
    each_line(&recording.history, |line| match line {
        Line::Event(event) => jsonl::write_event(&mut text, event).unwrap(),
        Line::Note(note) => {
            let value = note.value.clone();
            jsonl::write_note(&mut text, note.time, &note.who, &note.f, value).unwrap();
        }
    });
    String::from_utf8(text).unwrap()
}

#[track_caller]
fn assert_same(found: &Recording, expected: &Recording) {
    assert_eq!(found.header, expected.header);
    assert_eq!(found.history.notes(), expected.history.notes());
    for (position, event) in expected.history.events().iter().enumerate() {
        let found = found.history.events().get(position);
        assert_eq!(found, Some(event), "event {position}");
    }
    assert_eq!(
        found.history.events().len(),
        expected.history.events().len()
    );
    assert_eq!(lines(found), lines(expected));
}

#[test]
fn whatever_happened_is_read_as_it_was_written() {
    for seed in 0..3_000 {
        let mut rng = Rng(seed);
        let events = rng.below(120) as usize;
        let recording = Drawn::new(&mut rng).recording(events);
        let percent = [0, 1, 10, 50, 100][rng.below(5) as usize];
        let bytes = written(&recording, &mut rng, percent);
        let found = read(&bytes).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_same(&found, &recording);
        assert_eq!(found.torn, None);
        let columns = Columns::open(&bytes).unwrap();
        assert_eq!(columns.events(), recording.history.events().len() as u64);
        assert_eq!(columns.notes(), recording.history.notes().len() as u64);
    }
}

#[test]
fn blocks_that_are_full_go_on_in_the_next_one() {
    let mut rng = Rng(1);
    let recording = Drawn::new(&mut rng).recording(150_000);
    let bytes = write(Vec::new(), &recording).unwrap();
    assert_eq!(Columns::open(&bytes).unwrap().blocks.len(), 3);
    assert_same(&read(&bytes).unwrap(), &recording);
}

#[test]
fn lines_of_json_come_back_byte_for_byte() {
    for seed in 0..500 {
        let mut rng = Rng(seed);
        let text = lines(&Drawn::registers(&mut rng).recording(60));
        let recording = jsonl::read(text.as_bytes()).unwrap();
        let bytes = write(Vec::new(), &recording).unwrap();
        assert_eq!(lines(&read(&bytes).unwrap()), text, "seed {seed}");
    }
}

#[test]
fn a_recording_may_be_empty_and_without_a_header() {
    for header in [None, Some(header())] {
        let recording = Recording {
            header,
            ..Recording::new(Format::Columnar, History::default())
        };
        let bytes = write(Vec::new(), &recording).unwrap();
        assert_same(&read(&bytes).unwrap(), &recording);
    }
}

fn header() -> Header {
    let text = "{\"format\":\"assay.history/1\",\"target\":\"kv-raft\",\"workload\":\"register\",\"seed\":18446744073709551615,\"nodes\":5}";
    serde_json::from_str(text).unwrap()
}
