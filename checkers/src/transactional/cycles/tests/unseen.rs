//! Lists with appends that nobody saw: every level against its definition, in every order of these.
use super::oracle::Oracle;
use super::tiny::{Tep, Tiny};
use crate::testing::Rng;
use crate::transactional::cycles::decide;
use crate::transactional::judge::unseen;
use crate::transactional::list_append::{ListAppend, Strict};
use crate::transactional::{Answer, Inference, Level, NEVER, Txn};
use crate::{Budget, Fit};

/// What answers came: fits, refuted, and open though it fits, or does not.
#[derive(Debug, Default)]
struct Counts {
    fits: usize,
    refuted: usize,
    open: [usize; 2],
    with_choices: usize,
}

/// How many versions of a key somebody saw.
fn seen(tiny: &Tiny, key: u32) -> usize {
    let all = (0..tiny.len() as Txn).flat_map(|txn| tiny.reads(txn));
    let places = all.filter(|&(_, of, _)| of == key);
    places.map(|(_, _, place)| place).max().unwrap_or(0)
}

/// The history without the unknown outcomes of which nobody saw anything, and how many of the
/// versions of each key were seen.
fn without_ghosts(tiny: &Tiny) -> (Tiny, Vec<usize>) {
    let seen: Vec<usize> = (0..tiny.versions.len() as u32)
        .map(|key| seen(tiny, key))
        .collect();
    let is_seen = |txn: usize| {
        let mut keys = tiny.versions.iter().zip(&seen);
        keys.any(|(order, &seen)| order[..seen].contains(&(txn as Txn)))
    };
    let kept: Vec<usize> = (0..tiny.len())
        .filter(|&txn| tiny.completed[txn] != NEVER || is_seen(txn))
        .collect();
    let new = |txn: Txn| kept.iter().position(|&at| at == txn as usize);
    let renamed = |step: &Tep| match *step {
        Tep::R(key, writer) => Tep::R(key, writer.and_then(new).map(|at| at as Txn)),
        Tep::W(key) => Tep::W(key),
    };
    let steps = |&txn: &usize| tiny.steps[txn].iter().map(renamed).collect();
    let order = |order: &Vec<Txn>| order.iter().filter_map(|&txn| new(txn)).collect::<Vec<_>>();
    let history = Tiny {
        steps: kept.iter().map(steps).collect(),
        process: kept.iter().map(|&txn| tiny.process[txn]).collect(),
        invoked: kept.iter().map(|&txn| tiny.invoked[txn]).collect(),
        completed: kept.iter().map(|&txn| tiny.completed[txn]).collect(),
        versions: tiny
            .versions
            .iter()
            .map(|versions| order(versions).into_iter().map(|at| at as Txn).collect())
            .collect(),
        is_list: true,
    };
    (history, seen)
}

fn permutations(items: &[Txn]) -> Vec<Vec<Txn>> {
    let mut found = vec![Vec::new()];
    for &item in items {
        let longer = |order: &Vec<Txn>| {
            let order = order.clone();
            (0..=order.len()).map(move |at| [&order[..at], &[item], &order[at..]].concat())
        };
        found = found.iter().flat_map(longer).collect();
    }
    found
}

/// Whether each level fits in some order of what nobody saw.
fn expected(tiny: &Tiny, oracle: &Oracle) -> (Vec<bool>, usize) {
    let (tiny, seen) = without_ghosts(tiny);
    let mut orders = vec![Vec::new()];
    for (order, &seen) in tiny.versions.iter().zip(&seen) {
        let tails = permutations(&order[seen..]);
        let whole = tails.iter().map(|tail| [&order[..seen], tail].concat());
        let whole: Vec<Vec<Txn>> = whole.collect();
        orders = orders
            .iter()
            .flat_map(|keys: &Vec<Vec<Txn>>| {
                whole.iter().map(|key| {
                    let mut keys = keys.clone();
                    keys.push(key.clone());
                    keys
                })
            })
            .collect();
    }
    let mut fits = vec![false; Level::ALL.len()];
    let count = orders.len();
    for versions in orders {
        let ordered = Tiny {
            versions,
            ..tiny.clone()
        };
        for (fits, is_so) in fits.iter_mut().zip(oracle.fits(&ordered)) {
            *fits |= is_so;
        }
    }
    (fits, count)
}

/// What lists tell, as the judge asks them.
fn judged(tiny: &Tiny) -> Vec<Answer> {
    let (txns, budget) = (tiny.txns(), Budget::new(u64::MAX));
    let lists = ListAppend::infer(&txns);
    let (strict, only) = match lists.strict(&budget) {
        Strict::Acyclic => (Some(true), None),
        Strict::Stuck(stuck) => (None, Some(stuck)),
        Strict::Spent(why) => panic!("{why}"),
    };
    let is_in = |stuck: Vec<Txn>| {
        let txns = 0..txns.len() as Txn;
        txns.map(|txn| stuck.contains(&txn)).collect::<Vec<bool>>()
    };
    let only = only.map(is_in);
    let inference = Inference {
        is_included: lists.is_included().to_vec(),
        graph: lists.graph(only.as_deref()).expect("it is small"),
        choices: lists.choices(only.as_deref()),
        findings: lists.findings().to_vec(),
    };
    let answers = decide(&txns, &inference, &budget, strict).answers;
    let open = (&inference, only.as_deref(), answers);
    unseen::settled((&txns, &lists), open, &budget)
}

fn agree(tiny: &Tiny, oracle: &Oracle, seed: &str, counts: &mut Counts) {
    let levels = judged(tiny);
    let (expected, orders) = expected(tiny, oracle);
    counts.with_choices += usize::from(orders > 1);
    let cut = Level::ALL
        .iter()
        .position(|&level| level == Level::CutIsolation);
    let is_repeatable = expected[cut.expect("it is one of them")];
    for (answer, fits) in levels.iter().zip(expected) {
        let case = || format!("{seed}: {answer:?} but {fits}: {tiny:?}");
        match answer.fit {
            Fit::Fits => assert!(fits, "{}", case()),
            Fit::Refuted => assert!(!fits, "{}", case()),
            Fit::Undecided => assert!(orders > 1 || !is_repeatable, "{}", case()),
        }
        match answer.fit {
            Fit::Fits => counts.fits += 1,
            Fit::Refuted => counts.refuted += 1,
            Fit::Undecided if orders > 1 => counts.open[usize::from(!fits)] += 1,
            Fit::Undecided => {}
        }
    }
}

fn run(rounds: usize, size: usize, seed: u64) -> Counts {
    let oracle = Oracle::new(size);
    let mut counts = Counts::default();
    let mut rng = Rng(seed);
    for round in 0..rounds {
        let mut tiny = Tiny::random(size, &mut rng);
        tiny.is_list = true;
        agree(
            &tiny,
            &oracle,
            &format!("seed {seed}, round {round}"),
            &mut counts,
        );
    }
    counts
}

#[test]
fn appends_that_nobody_saw_are_judged_by_definition() {
    for (rounds, size, seed) in [(40_000, 3, 11), (60_000, 4, 12), (1_000, 5, 13)] {
        let counts = run(rounds, size, seed);
        println!("{size}: {counts:?}");
        assert!(counts.with_choices > rounds / 10, "{counts:?}");
        // What fits is shown to fit but for a few.
        assert!(counts.open[0] * 100 < counts.fits, "{counts:?}");
    }
}
