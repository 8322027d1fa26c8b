//! The orders that explain a legal history: evidence for whoever does not believe in a pass.
use super::Limits;
use checkers::{Budget, Checker, History, Linearization, Operation, Process};
use serde_json::json;

/// For each object the order in which its operations can have taken effect, one JSON line each.
/// Each was looked through by a function that knows nothing of how it was found.
///
/// # Errors
/// If no order is known.
pub(super) fn orders(
    history: &History,
    checkers: &[Box<dyn Checker>],
    limits: Limits,
) -> Result<String, String> {
    let budget = Budget::new(limits.memory_bytes);
    let mut orders = checkers
        .iter()
        .filter_map(|checker| checker.linearization(history, &budget));
    let orders = orders.next().ok_or(
        "there is no order to write: the history is not legal, or was judged by something that needs none\n  leave --order away",
    )?;
    let asked = history.operations();
    Ok(orders
        .iter()
        .map(|order| line(history, &asked, order))
        .collect())
}

fn line(history: &History, asked: &[Operation<'_>], order: &Linearization) -> String {
    let operations = order.order.iter().map(|&position| {
        let found = asked.binary_search_by_key(&position, |operation| operation.invoked);
        let operation = asked[found.expect("an operation of this history")];
        let Process(process) = operation.process;
        json!({ "position": position, "process": process, "op": operation.op.to_string() })
    });
    let operations: Vec<serde_json::Value> = operations.collect();
    let name = history.key_name(order.key);
    let key = name.map_or(json!(order.key), |name| json!(name));
    let line = json!({ "key": key, "part": order.part, "order": operations });
    format!("{line}\n")
}
