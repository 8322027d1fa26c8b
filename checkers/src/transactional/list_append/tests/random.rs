//! Random histories: what brute force says of small ones, and the closure of the graph of larger ones.
use super::made::{Do, Made, txns};
use super::order::is_strict_serializable;
use crate::Budget;
use crate::testing::Rng;
use crate::transactional::list_append::{ListAppend, Strict};
use crate::transactional::{Status, Txns};

/// Whether an order explains it, on which the fast way has to agree.
pub(super) fn agrees(made: &[Made], txns: &Txns) -> bool {
    let inferred = ListAppend::infer(txns);
    let is_fine = is_strict_serializable(made);
    let strict = inferred.strict(&Budget::new(u64::MAX));
    if is_fine {
        assert_eq!(inferred.findings(), [], "{made:#?}");
        assert_eq!(strict, Strict::Acyclic, "{made:#?}");
    } else if inferred.doubts().is_none() {
        let is_accused = !inferred.findings().is_empty() || strict != Strict::Acyclic;
        assert!(is_accused, "{made:#?}");
    }
    is_fine
}

/// What a system without isolation bugs could have answered, of two keys, with its answers changed
/// now and then.
fn drawn(rng: &mut Rng, count: u32, wrong: u64) -> Vec<Made> {
    let lanes = 1 + rng.below(4) as u32;
    let mut made: Vec<Made> = Vec::new();
    let mut open: Vec<Option<usize>> = vec![None; lanes as usize];
    let mut names: Vec<u32> = (0..lanes).collect();
    let mut fresh = lanes;
    let mut state: Vec<Vec<u32>> = vec![Vec::new(); 2];
    let mut position = 0;
    let mut element = 0;
    while made.len() < count as usize || open.iter().any(Option::is_some) {
        let lane = rng.below(u64::from(lanes)) as usize;
        position += 1;
        if let Some(txn) = open[lane].take() {
            made[txn].completed = position;
            if made[txn].status == Status::Unknown {
                names[lane] = fresh;
                fresh += 1;
                if rng.percent(50) {
                    run(&mut made[txn], &mut state);
                }
            }
            continue;
        }
        if made.len() == count as usize {
            continue;
        }
        let steps = (0..rng.below(4)).map(|_| {
            let key = rng.below(2) as u32;
            if rng.percent(50) {
                element += u32::from(!rng.percent(wrong / 4));
                Do::Append(key, element)
            } else {
                Do::Read(key, Vec::new())
            }
        });
        let mut one = Made {
            process: names[lane],
            invoked: position,
            completed: 0,
            steps: steps.collect(),
            status: match rng.below(10) {
                0 => Status::Aborted,
                1 | 2 => Status::Unknown,
                _ => Status::Ok,
            },
        };
        if one.status == Status::Ok || rng.percent(wrong / 2) {
            run(&mut one, &mut state);
        }
        open[lane] = Some(made.len());
        made.push(one);
    }
    for one in &mut made {
        for step in &mut one.steps {
            if let Do::Read(_, list) = step
                && rng.percent(wrong)
            {
                corrupt(rng, list, element);
            }
        }
    }
    made
}

fn run(made: &mut Made, state: &mut [Vec<u32>]) {
    for step in &mut made.steps {
        match step {
            Do::Append(key, element) => state[*key as usize].push(*element),
            Do::Read(key, list) => *list = state[*key as usize].clone(),
        }
    }
}

fn corrupt(rng: &mut Rng, list: &mut Vec<u32>, elements: u32) {
    let at = rng.below(list.len() as u64 + 1) as usize;
    match rng.below(5) {
        0 => list.insert(at, 1 + rng.below(u64::from(elements) + 1) as u32),
        1 if at < list.len() => drop(list.remove(at)),
        2 if at + 1 < list.len() => list.swap(at, at + 1),
        _ => list.truncate(at),
    }
}

#[test]
fn small_histories_are_judged_as_brute_force_judges_them() {
    let mut fine = 0;
    const ALL: u64 = 200_000;
    for seed in 0..ALL {
        let mut rng = Rng(seed);
        let count = 1 + rng.below(5) as u32;
        let wrong = [0, 10, 30][rng.below(3) as usize];
        let made = drawn(&mut rng, count, wrong);
        fine += u64::from(agrees(&made, &txns(&made, 2)));
    }
    assert!(ALL / 2 < fine && fine < ALL * 19 / 20, "{fine}");
}

#[test]
fn the_order_is_free_of_cycles_where_the_closure_of_the_graph_is() {
    let (mut cyclic, mut acyclic) = (0, 0);
    for seed in 0..10_000 {
        let mut rng = Rng(seed);
        let count = 3 + rng.below(25) as u32;
        let wrong = [0, 10, 30][rng.below(3) as usize];
        let made = drawn(&mut rng, count, wrong);
        let txns = txns(&made, 2);
        let inferred = ListAppend::infer(&txns);
        let (on_cycle, reaches) = on_cycle(&inferred, &txns);
        match inferred.strict(&Budget::new(u64::MAX)) {
            Strict::Acyclic => {
                assert_eq!(on_cycle, Vec::<u32>::new(), "seed {seed}");
                acyclic += 1;
            }
            Strict::Stuck(stuck) => {
                assert!(!on_cycle.is_empty(), "seed {seed}");
                assert!(
                    on_cycle.iter().all(|txn| stuck.contains(txn)),
                    "seed {seed}"
                );
                let after = |txn: &u32| {
                    on_cycle
                        .iter()
                        .any(|on| reaches[*on as usize] >> txn & 1 == 1)
                };
                assert!(stuck.iter().all(after), "seed {seed}");
                cyclic += 1;
            }
            Strict::Spent(why) => panic!("{why}"),
        }
    }
    assert!(cyclic > 1_000 && acyclic > 1_000, "{cyclic} {acyclic}");
}

/// Who is on a cycle of dependencies and real time, and whom each transaction reaches.
fn on_cycle(inferred: &ListAppend<'_>, txns: &Txns) -> (Vec<u32>, Vec<u64>) {
    let graph = inferred.graph(None).unwrap();
    let is_included = inferred.is_included();
    let count = txns.len();
    let mut reaches = vec![0_u64; count];
    for from in (0..count).filter(|txn| is_included[*txn]) {
        for arc in graph.after(from as u32) {
            reaches[from] |= 1 << arc.to;
        }
        for to in (0..count).filter(|txn| is_included[*txn]) {
            reaches[from] |= u64::from(txns.completed[from] < txns.invoked[to]) << to;
        }
    }
    for middle in 0..count {
        for from in 0..count {
            if reaches[from] >> middle & 1 == 1 {
                reaches[from] |= reaches[middle];
            }
        }
    }
    let on_cycle = (0..count as u32).filter(|txn| reaches[*txn as usize] >> txn & 1 == 1);
    (on_cycle.collect(), reaches)
}
