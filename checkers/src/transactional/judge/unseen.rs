//! Appends that nobody saw: a level that fits with them in some order fits.
use crate::transactional::list_append::ListAppend;
use crate::transactional::{Answer, Graph, Inference, Txn, Txns, cycles};
use crate::{Budget, Fit};

/// The same answers, with those decided that were open because nobody saw in which order some
/// appends came. `inference` is about all transactions, or about `only`.
pub(in crate::transactional) fn settled(
    (txns, lists): (&Txns, &ListAppend<'_>),
    (inference, only, mut answers): (&Inference, Option<&[bool]>, Vec<Answer>),
    budget: &Budget,
) -> Vec<Answer> {
    let is_open = |answer: &Answer| answer.fit == Fit::Undecided;
    if inference.choices.is_empty() || !answers.iter().any(is_open) {
        return answers;
    }
    // Whoever has no time for this has said nothing wrong so far.
    let orders = lists.tail_orders(&inference.graph, only, budget);
    for order in orders.unwrap_or_default() {
        let known = (0..txns.len() as Txn).flat_map(|txn| inference.graph.after(txn));
        let ordered = Inference {
            is_included: inference.is_included.clone(),
            graph: Graph::new(txns.len(), known.chain(order).collect()),
            choices: Vec::new(),
            findings: inference.findings.clone(),
        };
        let found = cycles::answers(txns, &ordered, budget);
        let open = answers.iter_mut().zip(found);
        for (answer, found) in
            open.filter(|(answer, found)| is_open(answer) && found.fit == Fit::Fits)
        {
            answer.fit = Fit::Fits;
            answer.why = format!(
                "{}, with appends that nobody saw in a fitting order",
                found.why
            );
        }
        if !answers.iter().any(is_open) {
            break;
        }
    }
    answers
}
