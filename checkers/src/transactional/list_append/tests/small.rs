//! All histories of two transactions of up to two steps, and of three of one step.
use super::made::{Do, Made, txns};
use super::random::agrees;
use crate::transactional::Status;

const STATUSES: [Status; 3] = [Status::Ok, Status::Aborted, Status::Unknown];

/// All lists of different elements out of `1..=highest`.
fn lists(highest: u32) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new()];
    let mut from = 0;
    while from < lists.len() {
        let list: Vec<u32> = lists[from].clone();
        for element in (1..=highest).filter(|element| !list.contains(element)) {
            lists.push([&list[..], &[element]].concat());
        }
        from += 1;
    }
    lists
}

fn check(choices: &[Vec<Vec<Do>>]) -> usize {
    let total: usize = choices.iter().map(Vec::len).product();
    let mut fine = 0;
    for number in 0..total {
        let mut left = number;
        let steps: Vec<&Vec<Do>> = choices
            .iter()
            .map(|choice| {
                let chosen = &choice[left % choice.len()];
                left /= choice.len();
                chosen
            })
            .collect();
        for statuses in 0..3_usize.pow(choices.len() as u32) {
            for is_concurrent in [false, true] {
                let made = (0..).zip(&steps).map(|(at, steps)| Made {
                    process: at,
                    invoked: if is_concurrent { at } else { 2 * at },
                    completed: if is_concurrent { 10 + at } else { 2 * at + 1 },
                    status: STATUSES[statuses / 3_usize.pow(at) % 3],
                    steps: (*steps).clone(),
                });
                let made: Vec<Made> = made.collect();
                fine += usize::from(agrees(&made, &txns(&made, 2)));
            }
        }
    }
    fine
}

#[test]
fn all_histories_of_two_transactions() {
    let choices = (0..2).map(|txn: u32| {
        let step = |at: u32| {
            let append = Do::Append(0, 2 * txn + at + 1);
            let reads = lists(4).into_iter().filter(|list| list.len() <= 2);
            let reads = reads.map(|list| Do::Read(0, list));
            [append].into_iter().chain(reads).collect::<Vec<_>>()
        };
        let pairs = step(0).into_iter().flat_map(|first| {
            let seconds = step(1).into_iter();
            seconds.map(move |second| vec![first.clone(), second])
        });
        // Two steps for the first transaction, one for the second.
        if txn == 0 {
            pairs.collect()
        } else {
            step(0).into_iter().map(|step| vec![step]).collect()
        }
    });
    let choices: Vec<Vec<Vec<Do>>> = choices.collect();
    assert!(check(&choices) > 500);
}

#[test]
fn all_histories_of_three_steps() {
    let choices = (1..=3).map(|txn| {
        let reads = lists(3).into_iter().map(|list| vec![Do::Read(0, list)]);
        [vec![Do::Append(0, txn)]]
            .into_iter()
            .chain(reads)
            .collect()
    });
    let choices: Vec<Vec<Vec<Do>>> = choices.collect();
    assert!(check(&choices) > 1_000);
}
