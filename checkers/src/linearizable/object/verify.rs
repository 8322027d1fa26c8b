//! Whether an order of operations explains every answer: looked at anew, by who did not find it.
use crate::Spec;
use crate::linearizable::asked::Asked;
use std::collections::HashSet;

/// Walks through `order` once. Knows nothing of how it was found.
///
/// # Errors
/// Says what is wrong with it.
pub(crate) fn verify<S: Spec>(spec: &S, asked: &[Asked], order: &[u32]) -> Result<(), String> {
    let mut is_placed = vec![false; asked.len()];
    let mut begun = None;
    let mut states: HashSet<S::State> = HashSet::from([spec.init()]);
    for (place, &op) in order.iter().enumerate() {
        let Some(here) = asked.get(op as usize) else {
            return Err(format!("there is no operation {op}"));
        };
        if std::mem::replace(&mut is_placed[op as usize], true) {
            return Err(format!("{} is placed twice", here.call));
        }
        // Whatever was placed before it must not have begun after it had returned.
        if begun.is_some_and(|begun| here.returned < begun) {
            return Err(format!(
                "{}, at place {place}, had returned before one placed earlier began",
                here.call
            ));
        }
        begun = begun.max(Some(here.invoked));
        let next = states
            .iter()
            .flat_map(|state| spec.step(state, here.process, &here.call));
        states = next.collect();
        if states.is_empty() {
            return Err(format!("{}, at place {place}, is not possible", here.call));
        }
    }
    let missing = (0..asked.len()).find(|&op| asked[op].is_answered() && !is_placed[op]);
    missing.map_or(Ok(()), |op| {
        Err(format!("{} is missing, though answered", asked[op].call))
    })
}
