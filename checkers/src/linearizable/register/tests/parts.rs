//! The parts of the judge, each against what it promises.
use super::generate::{Rng, Shape, history, legal, lie};
use super::oracle::{self, Does};
use crate::linearizable::register::cell::{Act, NIL, Register, RegisterOp, State};
use crate::linearizable::register::decide::{Decision, Said, by_search};
use crate::linearizable::register::projection::Projection;
use crate::linearizable::register::screen::{screen, stands_out};
use crate::linearizable::register::shrink::shrink;
use crate::linearizable::register::sources::Sources;
use crate::linearizable::register::split::split;
use crate::{Budget, Data, Value};

pub(super) fn is_legal(register: &Register) -> bool {
    let held = |state: State| (state != NIL).then(|| Value::from(state));
    let acts = register.ops.iter().map(|op| oracle::Act {
        key: 0,
        does: match op.act {
            Act::Write(to) => Does::Set(held(to)),
            Act::Swap { from, to } => Does::Swaps(held(from), held(to)),
            Act::Observe(value) => Does::Sees(held(value)),
            Act::ObserveNot(value) => Does::SeesNot(held(value)),
        },
        invoked: op.invoked as usize,
        returned: op.is_answered().then_some(op.returned as usize),
    });
    oracle::is_legal(&acts.collect::<Vec<_>>())
}

/// A random register, now and then with a refusal that does not say what it found.
pub(super) fn random(lies: usize, rng: &mut Rng) -> Register {
    let shape = Shape {
        operations: 3 + rng.below(9) as usize,
        processes: 1 + rng.below(5) as usize,
        values: [None, Some(2), Some(3)][rng.below(3) as usize],
        info: [0, 20, 50][rng.below(3) as usize],
        fail: 0,
        slow: [0, 80][rng.below(2) as usize],
    };
    let mut events = legal(shape, rng);
    lie(&mut events, lies, rng);
    let history = history(events);
    let mut register = split(&history, &Data::Nil).remove(0).register;
    // Now and then the first value is one that comes back: a register may begin as anything.
    let begins_as_1 = rng.percent(20);
    for op in &mut register.ops {
        let rename = |value: State| {
            if value == 1 && begins_as_1 {
                NIL
            } else {
                value
            }
        };
        op.act = match op.act {
            Act::Write(to) => Act::Write(rename(to)),
            Act::Swap { from, to } if rename(from) == rename(to) => Act::Observe(rename(to)),
            Act::Swap { from, to } => Act::Swap {
                from: rename(from),
                to: rename(to),
            },
            Act::Observe(value) => Act::Observe(rename(value)),
            Act::ObserveNot(value) => Act::ObserveNot(rename(value)),
        };
        if let Act::Observe(value) = op.act
            && rng.percent(30)
        {
            let not = rng.below(4) as State;
            // A lie or none: what is not `value` was not found if it differs.
            if not != NIL && (not != value || lies > 0) {
                op.act = Act::ObserveNot(not);
            }
        }
    }
    register
}

/// What the search says, whatever the other engines would.
pub(super) fn searched(register: &Register, budget: &Budget) -> Decision {
    match by_search(register, budget) {
        Said::Decided(decision) => decision,
        Said::Pass(_) => unreachable!("the search always answers"),
    }
}

#[test]
fn any_part_of_what_is_legal_is_legal() {
    let mut rng = Rng(11);
    for _ in 0..60_000 {
        let register = random(0, &mut rng);
        assert!(is_legal(&register), "{register:#?}");
        let sources = Sources::new(&register);
        let kept = (0..register.ops.len() as u32).filter(|_| rng.percent(50));
        let part = Projection::around(kept.collect::<Vec<_>>(), &sources);
        assert!(
            is_legal(&part.register(&register)),
            "{part:?} of {register:#?}"
        );
    }
}

#[test]
fn the_search_alone_agrees_with_brute_force() {
    let mut rng = Rng(12);
    let budget = Budget::new(1 << 30);
    for _ in 0..100_000 {
        let lies = rng.below(3) as usize;
        let register = random(lies, &mut rng);
        match searched(&register, &budget) {
            Decision::Legal { .. } => assert!(is_legal(&register), "{register:#?}"),
            Decision::Illegal { stuck, .. } => {
                assert!(!is_legal(&register), "{register:#?}");
                let end = register.ops[stuck as usize].returned;
                assert!(
                    !is_legal(&until(&register, end)),
                    "{stuck} of {register:#?}"
                );
                assert!(
                    is_legal(&until(&register, end - 1)),
                    "{stuck} of {register:#?}"
                );
            }
            Decision::Undecided { reason, .. } => panic!("{reason}"),
        }
    }
}

/// What had happened up to and with position `end`.
fn until(register: &Register, end: u32) -> Register {
    let begun = register.ops.iter().filter(|op| op.invoked <= end);
    let cut = begun.filter_map(|op| {
        let is_cut = op.returned > end;
        let returned = if is_cut { u32::MAX } else { op.returned };
        (!is_cut || !op.act.is_pure()).then_some(RegisterOp { returned, ..*op })
    });
    Register { ops: cut.collect() }
}

#[test]
fn what_stands_out_is_illegal_by_itself() {
    let mut rng = Rng(13);
    let mut found = 0;
    for _ in 0..60_000 {
        let register = random(2, &mut rng);
        let core = screen(&register, &Sources::new(&register));
        assert_eq!(stands_out(&register), core.is_some(), "{register:#?}");
        if let Some(core) = core {
            found += 1;
            assert!(!is_legal(&register), "{core:?} of {register:#?}");
            assert!(
                !is_legal(&core.register(&register)),
                "{core:?} of {register:#?}"
            );
        }
    }
    assert!(found > 10_000, "{found}");
}

#[test]
fn what_is_left_by_shrinking_is_illegal_by_itself() {
    let mut rng = Rng(14);
    let budget = Budget::new(1 << 30);
    let mut illegal = 0;
    for _ in 0..60_000 {
        let register = random(1, &mut rng);
        if let Decision::Illegal { stuck, .. } = searched(&register, &budget) {
            illegal += 1;
            let core = shrink(&Sources::new(&register), stuck, None, &budget);
            assert!(core.is_minimal, "{core:?} of {register:#?}");
            let part = core.projection.register(&register);
            assert!(!is_legal(&part), "{core:?} of {register:#?}");
        }
    }
    assert!(illegal > 5_000, "{illegal}");
}
