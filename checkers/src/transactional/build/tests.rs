//! What a history holds is what its transactions hold, from events and from columns alike.
mod drawn;

use self::drawn::drawn;
use crate::format::columnar::{Columns, Writer};
use crate::testing::Rng;
use crate::transactional::{F, NEVER, Odd, Txns, ValueId, script};
use crate::{Data, History};

/// All that can be told of transactions, whatever their numbers.
fn told(txns: &Txns) -> String {
    let mut text = String::new();
    for txn in 0..txns.len() as u32 {
        let at = txn as usize;
        let (process, invoked) = (txns.process[at].0, txns.invoked[at]);
        let (status, completed) = (txns.status[at], txns.completed[at]);
        text += &format!("p{process} {invoked}-{completed} {status:?}:");
        for step in txns.steps(txn) {
            let key = &txns.keys[step.key as usize];
            text += &match (step.f, step.value) {
                (F::ReadList, list) => {
                    let list = txns.list(list).iter().map(|value| txns.value_of(*value));
                    format!(" {key} = {}", Data::from(list.collect::<Vec<_>>()))
                }
                (f, ValueId::NOT_TOLD) => format!(" {f:?} {key}"),
                (f, value) => format!(" {f:?} {key} {}", txns.value_of(value)),
            };
        }
        text += "\n";
    }
    text
}

/// As a columnar file, of which a block is handed on now and then.
fn written(history: &History, rng: &mut Rng, percent: u64) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), None).unwrap();
    for event in history.events() {
        writer.event(event).unwrap();
        if rng.percent(percent) {
            writer.hand_on().unwrap();
        }
    }
    writer.finish().unwrap()
}

fn of_columns(bytes: &[u8]) -> Result<Txns, Odd> {
    Txns::of_columns(&Columns::open(bytes).unwrap())
}

#[track_caller]
fn check(script: &str, expected: &str) {
    let history = script::history(script);
    let told = told(&Txns::of(&history).unwrap());
    let lines = |text: &str| {
        text.lines()
            .map(|line| line.trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&told), lines(expected.trim()));
}

#[test]
fn outcomes_positions_and_answers_are_kept() {
    let never = NEVER;
    check(
        "ax1 rx1 / ry ax2! / rx ax3? / rx13 / ry",
        &format!(
            "p0 0-1 Ok: Append \"x\" 1 \"x\" = [1]
             p1 2-{never} Aborted: Read \"y\" Append \"x\" 2
             p2 4-{never} Unknown: Read \"x\" Append \"x\" 3
             p3 6-7 Ok: \"x\" = [1 3]
             p4 8-9 Ok: \"y\" = []"
        ),
    );
    check(
        "|wx1|   |rx1 ry|\n  |wx2…",
        &format!(
            "p0 0-2 Ok: Write \"x\" 1
             p1 1-{never} Unknown: Write \"x\" 2
             p0 3-4 Ok: Read \"x\" 1 Read \"y\" nil"
        ),
    );
}

#[test]
fn lists_that_go_on_from_each_other_share_their_place() {
    let txns = script::txns("ax1 / rx1 / rx12 / rx / rx123 / rx12 / rx13 / ry1 / rx134");
    let places: Vec<_> = txns.lists.clone();
    let (x, y) = (places[0].0, places[6].0);
    assert_ne!(x, y);
    let expected = [
        (x, 1),
        (x, 2),
        (x, 0),
        (x, 3),
        (x, 2),
        (places[5].0, 2),
        (y, 1),
    ];
    assert_eq!(places[..7], expected);
    assert_eq!(txns.elements.len(), 3 + 3 + 1);
}

#[test]
fn a_list_read_a_thousand_times_takes_the_room_of_one() {
    let mut history = History::default();
    let list = Data::from((0..10_000).map(Data::Int).collect::<Vec<_>>());
    let answered = Data::from(vec![Data::from(vec!["r".into(), 7.into(), list])]);
    let asked = Data::from(vec![Data::from(vec!["r".into(), 7.into(), Data::Nil])]);
    drawn::ask(&mut history, 0, &asked, &answered, 1_000);
    let txns = Txns::of(&history).unwrap();
    assert_eq!((txns.lists.len(), txns.elements.len()), (1, 10_000));
    let bytes = written(&history, &mut Rng(1), 1);
    let shared = of_columns(&bytes).unwrap();
    assert_eq!((shared.lists.len(), shared.elements.len()), (1, 10_000));
    assert_eq!(told(&shared), told(&txns));
    let whole = written(&history, &mut Rng(1), 0);
    assert!(whole.len() < 150_000, "{}", whole.len());
}

#[test]
fn columns_hold_what_the_events_hold() {
    let (mut odd, mut lists, mut registers) = (0, 0, 0);
    for seed in 0..6_000 {
        let mut rng = Rng(seed);
        let history = drawn(&mut rng);
        let percent = [0, 3, 30, 100][rng.below(4) as usize];
        let bytes = written(&history, &mut rng, percent);
        match (Txns::of(&history), of_columns(&bytes)) {
            (Ok(expected), Ok(found)) => {
                assert_eq!(told(&found), told(&expected), "seed {seed}");
                assert_eq!(found.values, expected.values, "seed {seed}");
                lists += usize::from(expected.f.contains(&F::ReadList));
                registers += usize::from(expected.f.contains(&F::Write));
                let kept = told(&expected);
                assert_eq!(kept.lines().count(), expected.len());
            }
            (Err(expected), Err(found)) => {
                assert_eq!(found, expected, "seed {seed}");
                odd += 1;
            }
            (of_events, of_columns) => panic!("seed {seed}: {of_events:?} {of_columns:?}"),
        }
    }
    assert!(odd > 300 && lists > 300 && registers > 300);
}

#[test]
fn what_is_no_transaction_is_said_where_it_stands() {
    for (steps, answers, expected) in [
        (
            "[[\"cas\",1,2]]",
            "null",
            "step 0 is [\"cas\" 1 2]; known are",
        ),
        (
            "[[\"append\",1]]",
            "null",
            "step 0 is [\"append\" 1]; known are",
        ),
        (
            "7",
            "null",
            "a transaction is a list of steps, and this is 7",
        ),
        (
            "[[\"append\",1,2],[\"w\",1,2]]",
            "null",
            "a write to a register in a history that appends to lists",
        ),
        (
            "[[\"w\",1,2],[\"append\",1,2]]",
            "null",
            "an append in a history that writes registers",
        ),
        (
            "[[\"append\",1,2],[\"r\",1,null]]",
            "[[\"append\",1,2],[\"r\",1,5]]",
            "step 1 read 5, which is no list",
        ),
        (
            "[[\"append\",1,2]]",
            "[[\"append\",1,3]]",
            "step 0 is not what had been asked",
        ),
        (
            "[[\"append\",1,2]]",
            "[[\"append\",2,2]]",
            "step 0 is not what had been asked",
        ),
        (
            "[[\"r\",1,null]]",
            "null",
            "0 steps were answered where 1 had been asked",
        ),
    ] {
        let data = |text| serde_json::from_str::<Data>(text).unwrap();
        let mut history = History::default();
        drawn::ask(&mut history, 0, &data("[]"), &data("[]"), 1);
        drawn::ask(&mut history, 1, &data(steps), &data(answers), 1);
        let odd = Txns::of(&history).unwrap_err();
        assert!(odd.why.starts_with(expected), "{}", odd.why);
        assert!(odd.position >= 2);
        let columns = of_columns(&written(&history, &mut Rng(1), 0)).unwrap_err();
        assert_eq!(columns, odd);
    }
}
