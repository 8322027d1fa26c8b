//! Strict serializability by definition: some order of the transactions explains every answer.
use super::made::{Do, Made};
use crate::transactional::Status;

/// Tries every order, and every choice of the transactions whose outcome is unknown.
pub(super) fn is_strict_serializable(made: &[Made]) -> bool {
    assert!(made.len() <= 6, "brute force is for small histories");
    let mut stack: Vec<(u32, Vec<Vec<u32>>)> = vec![(0, vec![Vec::new(); 2])];
    let must: u32 = (0..made.len())
        .filter(|txn| made[*txn].status == Status::Ok)
        .fold(0, |all, txn| all | 1 << txn);
    while let Some((done, state)) = stack.pop() {
        if done & must == must {
            return true;
        }
        let left = || (0..made.len()).filter(|txn| done >> txn & 1 == 0);
        let answers = left().filter(|txn| made[*txn].status == Status::Ok);
        let first = answers.map(|txn| made[txn].completed).min();
        for txn in left().filter(|txn| made[*txn].status != Status::Aborted) {
            if first.is_some_and(|first| first < made[txn].invoked) {
                continue;
            }
            if let Some(next) = after(&state, &made[txn]) {
                stack.push((done | 1 << txn, next));
            }
        }
    }
    false
}

/// What the lists are after a transaction, if its answers are right.
fn after(state: &[Vec<u32>], made: &Made) -> Option<Vec<Vec<u32>>> {
    let mut state = state.to_vec();
    for step in &made.steps {
        match step {
            Do::Append(key, element) => state[*key as usize].push(*element),
            Do::Read(key, list) => {
                let is_right = state[*key as usize] == *list || made.status != Status::Ok;
                is_right.then_some(())?;
            }
        }
    }
    Some(state)
}
