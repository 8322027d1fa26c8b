//! Small scenes of two nodes: who writes what to disk, who waits for whom, what clients are told.
use super::*;
use crate::service::answers::Refusal;
use crate::steps::Held;
use crate::txn_2pc::{
    locks::{LockSet, Mode},
    messages::{Part, Prepared, Record, TxnId, Vote},
    outbox::Outcome,
};
use serde_json::json;

/// Node 1 of two: even keys are its own, odd ones are node 2's.
fn machine(image: &Image) -> Machine {
    let seat = Seat {
        own: 1,
        nodes: vec![1, 2],
        epoch: 1,
        bugs: Bugs::default(),
    };
    Machine::recover(seat, image)
}

fn begin(steps: serde_json::Value) -> Input {
    let txn = serde_json::from_value(json!({ "steps": steps })).expect("it is well-formed");
    Input::Begin {
        ticket: 7,
        txn,
        clock: 1000,
    }
}

/// The messages, the numbers of records written, and the answer among effects.
fn sorted(effects: Vec<Effect>) -> (Vec<Message>, Vec<usize>, Option<Outcome>) {
    let (mut messages, mut writes, mut answer) = (Vec::new(), Vec::new(), None);
    for effect in effects {
        match effect {
            Effect::Send(_, message) => messages.push(message),
            Effect::Write(records) => writes.push(records.len()),
            Effect::Answer(_, outcome) => answer = Some(outcome),
        }
    }
    (messages, writes, answer)
}

/// An attempt that node 2 coordinates.
fn theirs(born: u64) -> TxnId {
    TxnId {
        born,
        coordinator: 2,
        epoch: 1,
        number: born,
    }
}

fn hear(message: Message) -> Input {
    Input::Hear { from: 2, message }
}

fn prepare(born: u64, steps: serde_json::Value) -> Input {
    hear(Message::Prepare(Part {
        id: theirs(born),
        steps: serde_json::from_value(steps).expect("they are well-formed"),
        floor: None,
        is_alone: false,
    }))
}

/// Begins, and returns the attempt that node 2 is asked to prepare.
fn begun(machine: &mut Machine, steps: serde_json::Value) -> TxnId {
    match &sorted(machine.handle(0, begin(steps))).0[..] {
        [Message::Prepare(part)] => part.id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_write_nothing_and_a_single_owner_writes_once() {
    let mut node = machine(&Image::default());
    let (_, writes, answer) = sorted(node.handle(0, begin(json!([["r", 2, null]]))));
    assert_eq!(
        (writes, answer.is_some_and(|it| it.is_ok())),
        (vec![], true)
    );
    let (_, writes, answer) = sorted(node.handle(0, begin(json!([["append", 2, 1]]))));
    assert_eq!(
        (writes, answer),
        (vec![1], None),
        "not before it is on disk"
    );
    let (_, _, read) = sorted(node.handle(0, begin(json!([["r", 2, null]]))));
    assert_eq!(read, None, "nobody sees what a crash could take away");
    let answers = node.handle(1, Input::Written(1));
    assert_eq!(answers.len(), 2, "{answers:?}");
}

#[test]
fn the_decision_and_the_coordinators_own_keys_are_one_write_before_anybody_is_told() {
    let mut node = machine(&Image::default());
    let id = begun(&mut node, json!([["append", 2, 1], ["append", 3, 1]]));
    let voted = node.handle(1, hear(Message::Vote(id, Vote::Yes(vec![None]))));
    assert_eq!(sorted(voted), (vec![], vec![2], None));
    let (messages, writes, answer) = sorted(node.handle(2, Input::Written(1)));
    assert_eq!((messages, writes), (vec![Message::Commit(id)], vec![]));
    assert!(matches!(answer, Some(Ok(_))), "{answer:?}");
    let (again, _, _) = sorted(node.handle(300, Input::Tick));
    assert_eq!(again, [Message::Commit(id)], "until it is acknowledged");
    node.handle(301, hear(Message::Done(id)));
    assert_eq!(sorted(node.handle(900, Input::Tick)).0, []);
}

#[test]
fn a_read_lock_that_was_lost_before_the_decision_makes_the_attempt_vain() {
    let mut node = machine(&Image::default());
    let id = begun(&mut node, json!([["append", 2, 1], ["r", 3, null]]));
    let voted = node.handle(1, hear(Message::Vote(id, Vote::ReadOnly(vec![None]))));
    assert_eq!(sorted(voted), (vec![Message::Confirm(id)], vec![], None));
    let (messages, writes, _) = sorted(node.handle(2, hear(Message::Confirmed(id, false))));
    assert_eq!(writes, [0; 0]);
    assert_eq!(messages[0], Message::Abort(id));
    assert!(
        matches!(&messages[1], Message::Prepare(part) if part.id > id && part.id.born == id.born)
    );
}

#[test]
fn a_participant_that_was_not_reached_makes_a_definite_refusal_unless_it_decides_alone() {
    let check = |steps: serde_json::Value, may_be_heard: bool| {
        let mut node = machine(&Image::default());
        let sent = sorted(node.handle(0, begin(steps))).0.remove(0);
        let lost = Input::Lost {
            to: 2,
            message: sent,
            may_be_heard,
        };
        let answer = sorted(node.handle(1, lost)).2;
        match answer.expect("it is over") {
            Err(Refusal::Definite(_)) => "definite",
            Err(Refusal::Unknown(_)) => "unknown",
            other => panic!("{other:?}"),
        }
    };
    let (both, theirs) = (json!([["w", 2, 1], ["w", 3, 1]]), json!([["w", 3, 1]]));
    assert_eq!(check(both.clone(), true), "definite");
    assert_eq!(check(both, false), "definite");
    assert_eq!(check(theirs.clone(), true), "unknown");
    assert_eq!(check(theirs, false), "definite");
    assert_eq!(check(json!([["r", 3, null]]), true), "definite");
}

#[test]
fn what_was_prepared_before_a_restart_is_locked_after_it_until_the_coordinator_has_spoken() {
    let prepared = Prepared {
        locks: LockSet::from([(2, Mode::Exclusive), (4, Mode::Shared)]),
        writes: vec![(2, Held::Number(9))],
    };
    let image = Image {
        prepared: vec![(theirs(5), prepared)],
        ..Image::default()
    };
    for (word, found) in [
        (Message::Commit(theirs(5)), Some(Held::Number(9))),
        (Message::Unknown(theirs(5)), None),
    ] {
        let mut node = machine(&image);
        let reads = prepare(6, json!([["r", 2, null]]));
        assert_eq!(sorted(node.handle(0, reads)).0, []);
        let writes = prepare(7, json!([["w", 4, 1]]));
        assert_eq!(sorted(node.handle(0, writes)).1, [0; 0]);
        let (asked, _, _) = sorted(node.handle(400, Input::Tick));
        assert_eq!(asked, [Message::Inquire(theirs(5))]);
        assert_eq!(node.status(400).in_doubt, 1);
        let (messages, _, _) = sorted(node.handle(401, hear(word)));
        let vote = Message::Vote(theirs(6), Vote::ReadOnly(vec![found]));
        assert!(messages.contains(&vote), "{messages:?}");
        assert_eq!(node.status(401).in_doubt, 1, "the one that wrote key 4");
    }
}

#[test]
fn who_asks_about_what_is_not_known_hears_that_and_about_what_is_open_nothing() {
    let decided = theirs(3);
    let own = TxnId {
        coordinator: 1,
        ..theirs(4)
    };
    let image = Image {
        decided: vec![(own, vec![2])],
        ..Image::default()
    };
    let mut node = machine(&image);
    let open = begun(&mut node, json!([["w", 2, 1], ["w", 3, 1]]));
    let mut ask = |id| sorted(node.handle(1, hear(Message::Inquire(id)))).0;
    assert_eq!(ask(open), []);
    assert_eq!(ask(own), [Message::Commit(own)]);
    assert_eq!(ask(decided), [Message::Unknown(decided)]);
}

#[test]
fn an_older_one_has_a_prepared_younger_one_aborted_and_takes_the_lock_from_a_reader() {
    let mut node = machine(&Image::default());
    node.handle(0, prepare(50, json!([["w", 2, 1]])));
    let (messages, _, _) = sorted(node.handle(0, prepare(40, json!([["w", 2, 2]]))));
    assert_eq!(messages, [Message::Wound(theirs(50))]);
    let (messages, _, _) = sorted(node.handle(1, hear(Message::Abort(theirs(50)))));
    assert_eq!(messages, [], "the vote waits for the disk");
    assert_eq!(node.status(1).waiting, 0);
    node.handle(2, prepare(50, json!([["r", 4, null]])));
    let (messages, writes, _) = sorted(node.handle(2, prepare(40, json!([["w", 4, 2]]))));
    assert_eq!(messages, [Message::Vote(theirs(50), Vote::Lost)]);
    assert_eq!(writes, [1]);
}

#[test]
fn records_of_aborted_transactions_go_when_there_is_time() {
    let mut node = machine(&Image::default());
    node.handle(0, prepare(50, json!([["w", 2, 1]])));
    assert_eq!(
        sorted(node.handle(1, hear(Message::Abort(theirs(50))))).1,
        [0; 0]
    );
    node.handle(20, Input::Tick);
    let effects = node.handle(40, Input::Tick);
    let is_gone = |effect: &Effect| matches!(effect, Effect::Write(records) if *records == [Record::Unprepared(theirs(50))]);
    assert!(effects.iter().any(is_gone), "{effects:?}");
}
