//! What a block stores once: operations, texts, and lists that go on from each other.
use crate::format::columnar::{Columns, Meaning, Word, Writer};
use crate::{Call, Data, Event, Kind, Op, Process, Verb};

fn file(events: &[(Kind, Op)]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), None).unwrap();
    for (time, (kind, op)) in events.iter().enumerate() {
        let event = Event {
            time: time as u64,
            process: Process(0),
            node: None,
            kind: kind.clone(),
            op: op.clone(),
        };
        writer.event(&event).unwrap();
    }
    writer.finish().unwrap()
}

/// Whole reads of one log, one after the other.
fn reads(lists: &[&[i64]]) -> Vec<u8> {
    let mut events = Vec::new();
    for list in lists {
        let read = Call::new(Verb::Read, 1, Data::Nil);
        events.push((Kind::Invoke, read.clone().into()));
        events.push((Kind::Ok, read.answered(list.to_vec()).into()));
    }
    file(&events)
}

#[test]
fn an_invocation_and_its_answer_share_an_operation() {
    let write = Op::Write { key: 9, value: 5 };
    let bytes = file(&[(Kind::Invoke, write.clone()), (Kind::Ok, write)]);
    let columns = Columns::open(&bytes).unwrap();
    let block = &columns.blocks[0];
    assert_eq!(block.event_ops.iter().collect::<Vec<_>>(), [0, 0]);
    assert_eq!(block.op_verbs.iter().collect::<Vec<_>>(), [1]);
    let input = Word(block.op_inputs.at(0)).meaning();
    assert_eq!(input, Meaning::Small(5));
}

#[test]
fn a_read_that_goes_on_from_the_last_one_adds_what_is_new() {
    for (lists, expected) in [
        (
            &[&[1, 2][..], &[1, 2, 3], &[1, 2, 3]][..],
            &[(0, 2), (0, 3)][..],
        ),
        (
            &[&[1, 2, 3], &[], &[1], &[1, 2, 3, 4]],
            &[(0, 3), (0, 0), (0, 1), (0, 4)],
        ),
        (&[&[1, 2], &[2, 1], &[2, 1, 3]], &[(0, 2), (2, 2), (2, 3)]),
    ] {
        let bytes = reads(lists);
        let columns = Columns::open(&bytes).unwrap();
        let block = &columns.blocks[0];
        let places = block.list_starts.iter().zip(block.list_lengths.iter());
        assert_eq!(places.collect::<Vec<_>>(), expected);
        for (op, list) in lists.iter().enumerate() {
            let Meaning::List(index) = Word(block.op_outputs.at(op)).meaning() else {
                panic!("a list was read")
            };
            let found = block.list(index).unwrap();
            let found = found.iter().map(|word| Word(word).meaning());
            let list = list.iter().map(|number| Meaning::Small(*number as i32));
            assert!(found.eq(list), "{lists:?}");
        }
    }
}

#[test]
fn a_log_read_after_each_append_takes_room_for_its_members_only() {
    let log: Vec<i64> = (0..2_000).collect();
    let lists: Vec<&[i64]> = (0..log.len()).map(|length| &log[..length]).collect();
    let bytes = reads(&lists);
    // As raw lists they would be 8 MB.
    assert!(bytes.len() < 150_000, "{}", bytes.len());
}

#[test]
fn the_columns_lie_at_multiples_of_their_width() {
    let bytes = reads(&[&[1, 2], &[3], &[1 << 40]]);
    let columns = Columns::open(&bytes).unwrap();
    for block in &columns.blocks {
        assert_eq!(block.offset % 8, 0);
    }
    assert_eq!(bytes.len() % 8, 0);
}

#[test]
fn more_verbs_than_a_block_has_room_for_go_into_the_next_one() {
    let mut events = Vec::new();
    for verb in 0..300 {
        let verb = Verb::Other(format!("verb-{verb}").into());
        let call = Call::new(verb, 1, Data::Nil);
        events.push((Kind::Invoke, call.clone().into()));
        events.push((Kind::Ok, call.answered(true).into()));
    }
    let bytes = file(&events);
    assert_eq!(Columns::open(&bytes).unwrap().blocks.len(), 3);
    let recording = crate::format::columnar::read(&bytes).unwrap();
    let found = recording.history.events().iter();
    assert!(
        found
            .map(|event| &event.op)
            .eq(events.iter().map(|(_, op)| op))
    );
}
