//! The blocks of unique writes against brute force, the search, and what they promise.
use super::generate::{Rng, Shape, history, legal, lie};
use super::parts::{is_legal, random, searched};
use crate::linearizable::register::blocks::order::{Misordered, order, verify};
use crate::linearizable::register::blocks::{Answer, blocks};
use crate::linearizable::register::cell::{Act, NEVER, Register, RegisterOp};
use crate::linearizable::register::decide::{Decision, decide};
use crate::linearizable::register::split::split;
use crate::{Budget, Data};

/// All that the blocks say of a small register, against brute force. Whether it was for them, and legal.
fn compare(register: &Register) -> Option<bool> {
    match blocks(register) {
        Answer::Outside(_) => {
            assert_eq!(order(register), None, "{register:#?}");
            None
        }
        Answer::Legal => {
            assert!(is_legal(register), "acquitted: {register:#?}");
            let order = order(register).expect("a legal register has an order");
            assert_eq!(verify(register, &order), Ok(()), "{register:#?}");
            Some(true)
        }
        Answer::Illegal(core) => {
            assert!(!is_legal(register), "accused: {register:#?}");
            assert_eq!(order(register), None, "{register:#?}");
            let part = core.register(register);
            assert!(!is_legal(&part), "{core:?} of {register:#?}");
            core.last_consumer(register);
            Some(false)
        }
    }
}

/// A register of unique writes; half of its answers are about operations near in time.
fn unique(rng: &mut Rng) -> Register {
    let shape = Shape {
        operations: 2 + rng.below(11) as usize,
        processes: 1 + rng.below(5) as usize,
        values: None,
        info: [0, 20, 50][rng.below(3) as usize],
        fail: 0,
        slow: [0, 80][rng.below(2) as usize],
    };
    let lies = rng.below(3) as usize;
    let mut events = legal(shape, rng);
    lie(&mut events, lies, rng);
    split(&history(events), &Data::Nil).remove(0).register
}

fn compare_many(count: usize, seed: u64, draw: impl Fn(&mut Rng) -> Register) {
    println!("seed {seed}");
    let mut rng = Rng(seed);
    let mut answers = [0, 0, 0];
    for _ in 0..count {
        let place = compare(&draw(&mut rng)).map_or(2, usize::from);
        answers[place] += 1;
    }
    println!("illegal, legal, outside: {answers:?}");
    assert!(
        answers[..2].iter().all(|&some| some > count / 20),
        "{answers:?}"
    );
}

#[test]
fn unique_writes_agree_with_brute_force() {
    compare_many(150_000, 21, unique);
}

#[test]
fn whatever_is_inside_agrees_with_brute_force() {
    compare_many(60_000, 22, |rng| random(1, rng));
}

/// Compare-and-sets from and to anything, at random times: most are illegal in odd ways.
#[test]
fn chains_of_all_shapes_agree_with_brute_force() {
    compare_many(150_000, 23, |rng| {
        let count = 2 + rng.below(6) as u32;
        let mut fresh = 0;
        let mut ops: Vec<RegisterOp> = Vec::new();
        let span = 2 + rng.below(12);
        for i in 0..count {
            let act = match rng.below(4) {
                0 => Act::Observe(rng.below(4) as u32),
                1 => {
                    fresh += 1;
                    Act::Write(fresh)
                }
                _ => {
                    fresh += 1;
                    let from = rng.below(u64::from(count)) as u32;
                    let to = fresh;
                    let from = if from == to { 0 } else { from };
                    Act::Swap { from, to }
                }
            };
            let invoked = rng.below(span) as u32 * 100 + i * 2;
            let later = invoked + 1 + rng.below(span) as u32 * 100;
            let is_lost = !act.is_pure() && rng.percent(25);
            let returned = if is_lost { NEVER } else { later };
            ops.push(RegisterOp {
                act,
                invoked,
                returned,
            });
        }
        Register::close_gaps(ops)
    });
}

/// All registers of up to 4 operations over 3 values of which each is written at most once.
#[test]
fn all_registers_of_up_to_4_operations_agree_with_brute_force() {
    let mut count = 0;
    for operations in 1..=4 {
        for_all_times(operations, &mut |times| {
            for_all_acts(operations, &mut |acts| {
                let ops = acts
                    .iter()
                    .zip(times)
                    .map(|(&(act, is_answered), &(from, to))| {
                        let returned = if is_answered { to } else { NEVER };
                        RegisterOp {
                            act,
                            invoked: from,
                            returned,
                        }
                    });
                let register = Register::close_gaps(ops.collect());
                if compare(&register).is_some() {
                    count += 1;
                }
            });
        });
    }
    println!("{count} registers");
    assert!(count > 100_000, "{count}");
}

/// All ways in which the events of operations can follow each other.
fn for_all_times(operations: usize, visit: &mut impl FnMut(&[(u32, u32)])) {
    let mut stack = vec![(Vec::<(u32, u32)>::new(), 0_u32)];
    while let Some((times, position)) = stack.pop() {
        let open = |&i: &usize| times[i].1 == 0;
        if times.len() == operations && !(0..operations).any(|i| open(&i)) {
            visit(&times);
            continue;
        }
        if times.len() < operations {
            let mut next = times.clone();
            next.push((position, 0));
            stack.push((next, position + 1));
        }
        for i in (0..times.len()).filter(open) {
            let mut next = times.clone();
            next[i].1 = position;
            stack.push((next, position + 1));
        }
    }
}

fn for_all_acts(operations: usize, visit: &mut impl FnMut(&[(Act, bool)])) {
    let mut choices: Vec<(Act, bool)> = Vec::new();
    for value in 0..3 {
        choices.push((Act::Observe(value), true));
    }
    for to in 1..3 {
        for from in (0..3).filter(|&from| from != to) {
            choices.push((Act::Swap { from, to }, true));
            choices.push((Act::Swap { from, to }, false));
        }
        choices.push((Act::Write(to), true));
        choices.push((Act::Write(to), false));
    }
    let mut stack = vec![Vec::<(Act, bool)>::new()];
    while let Some(acts) = stack.pop() {
        if acts.len() == operations {
            visit(&acts);
            continue;
        }
        for &choice in &choices {
            let written = choice.0.written();
            if written.is_some() && acts.iter().any(|act| act.0.written() == written) {
                continue;
            }
            let mut next = acts.clone();
            next.push(choice);
            stack.push(next);
        }
    }
}

#[test]
fn blocks_and_search_agree_on_thousands_of_operations() {
    let mut rng = Rng(24);
    let budget = Budget::new(1 << 30);
    let mut illegal = 0;
    for round in 0..120 {
        let shape = Shape {
            operations: 1_000 + rng.below(9_000) as usize,
            processes: 2 + rng.below(15) as usize,
            values: None,
            info: [0, 1, 5][round % 3],
            fail: 1,
            slow: [0, 95][round / 3 % 2],
        };
        let mut events = legal(shape, &mut rng);
        let lies = round % 2;
        lie(&mut events, lies, &mut rng);
        let register = split(&history(events), &Data::Nil).remove(0).register;
        let by_search = matches!(searched(&register, &budget), Decision::Legal { .. });
        match blocks(&register) {
            Answer::Legal => {
                assert!(by_search, "round {round}");
                let order = order(&register).expect("legal");
                assert_eq!(verify(&register, &order), Ok(()));
            }
            Answer::Illegal(core) => {
                assert!(!by_search, "round {round}");
                illegal += 1;
                assert!(core.parts.len() <= 12, "round {round}: {core:?}");
            }
            Answer::Outside(why) => panic!("round {round}: {why}"),
        }
    }
    assert!(illegal > 30, "{illegal}");
}

/// Operations that follow each other; none of those that are `lost` was answered.
fn in_turn(acts: &[Act], lost: &[usize]) -> Register {
    let ops = acts.iter().zip(0_u32..).map(|(&act, i)| RegisterOp {
        act,
        invoked: i * 2,
        returned: if lost.contains(&(i as usize)) {
            NEVER
        } else {
            i * 2 + 1
        },
    });
    Register::close_gaps(ops.collect())
}

#[test]
fn what_is_outside_says_why() {
    let (one, two) = (Act::Write(1), Act::Write(2));
    for (acts, why) in [
        (vec![one, two, one], "values repeat"),
        (vec![one, Act::Swap { from: 0, to: 1 }], "values repeat"),
        (
            vec![one, Act::Write(0)],
            "the initial value is written again",
        ),
        (
            vec![one, Act::Swap { from: 1, to: 0 }],
            "the initial value is written again",
        ),
        (
            vec![one, Act::Swap { from: 1, to: 1 }],
            "a value is replaced by itself",
        ),
        (
            vec![Act::Swap { from: 1, to: 1 }],
            "a value is replaced by itself",
        ),
        (
            vec![one, Act::ObserveNot(2)],
            "refusals do not say what they found",
        ),
    ] {
        for lost in [vec![], vec![acts.len() - 1]] {
            let told = blocks(&in_turn(&acts, &lost));
            assert_eq!(told, Answer::Outside(why), "{acts:?}, lost {lost:?}");
        }
    }
}

#[test]
fn what_nobody_answered_found_nothing() {
    let acts = [Act::Write(1), Act::Observe(9), Act::Observe(1)];
    assert_eq!(blocks(&in_turn(&acts, &[1])), Answer::Legal);
    assert!(matches!(blocks(&in_turn(&acts, &[])), Answer::Illegal(_)));
}

/// Room is made as states turn up: none, far ones, and far ones before near ones.
#[test]
fn states_may_come_in_any_order() {
    assert_eq!(blocks(&Register::default()), Answer::Legal);
    let far = Act::Swap {
        from: 5_000,
        to: 20_000,
    };
    let legal = [Act::Write(5_000), far, Act::Observe(20_000), Act::Write(3)];
    assert_eq!(compare(&in_turn(&legal, &[])), Some(true));
    let illegal = [far, Act::Write(5_000), Act::Observe(20_000), Act::Write(3)];
    assert_eq!(compare(&in_turn(&illegal, &[])), Some(false));
    // Nobody knows when a lost one took effect.
    assert_eq!(compare(&in_turn(&illegal, &[0])), Some(true));
    assert_eq!(compare(&in_turn(&[legal[0], far, legal[0]], &[])), None);
}

#[test]
fn the_proof_reader_finds_what_is_wrong() {
    let at = |act, invoked, returned| RegisterOp {
        act,
        invoked,
        returned,
    };
    let ops = vec![
        at(Act::Write(1), 0, 1),
        at(Act::Write(2), 2, 5),
        at(Act::Observe(2), 3, 4),
        at(Act::Write(3), 6, NEVER),
    ];
    let register = Register { ops };
    let told = |order: &[u32]| verify(&register, order);
    assert_eq!(told(&[0, 1, 2]), Ok(()));
    assert_eq!(told(&[0, 1, 2, 3]), Ok(()));
    assert_eq!(told(&[0, 2, 1]), Err(Misordered::Refused(2)));
    assert_eq!(told(&[1, 2, 0]), Err(Misordered::TooLate(0)));
    assert_eq!(told(&[0, 1]), Err(Misordered::Missing(2)));
    assert_eq!(told(&[0, 1, 2, 2]), Err(Misordered::Twice(2)));
    assert_eq!(told(&[0, 1, 2, 4]), Err(Misordered::Stranger(4)));
}

#[test]
fn a_verdict_says_who_decided() {
    let mut rng = Rng(25);
    let budget = Budget::new(1 << 30);
    let decided = |values, rng: &mut Rng| {
        let shape = Shape {
            operations: 50,
            processes: 3,
            values,
            info: 0,
            fail: 0,
            slow: 0,
        };
        let history = history(legal(shape, rng));
        decide(&split(&history, &Data::Nil).remove(0).register, &budget).1
    };
    let unique = decided(None, &mut rng);
    assert_eq!(
        (unique.engine, unique.because),
        ("blocks of unique writes", None)
    );
    let few = decided(Some(3), &mut rng);
    assert_eq!(
        (few.engine, few.because),
        ("WGL search", Some("values repeat"))
    );
    let told = crate::linearizable::register::method::summary(&[few, unique, unique]);
    assert_eq!(
        told,
        "2 keys by blocks of unique writes; 1 key by WGL search, as values repeat"
    );
}
