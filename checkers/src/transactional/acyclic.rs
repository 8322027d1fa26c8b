//! One order of all transactions: Kahn's algorithm (CACM 1962) with real time as a frontier.
//!
//! What ended before a transaction began has to come first. Instead of one dependency for each such
//! pair, a transaction may be taken only once all that ended before it began are taken; two pointers
//! know which, because transactions are in order of invocation.
use super::{Family, Graph, NEVER, Txn, Txns};
use crate::Budget;
use std::collections::HashMap;

/// What Kahn's algorithm left.
#[derive(Debug)]
pub(super) enum Order {
    /// All of them can be ordered.
    All,
    /// On a cycle, or behind one; ascending.
    Stuck(Vec<Txn>),
}

const LOOK: usize = 1 << 16;

/// Orders the included transactions so that every dependency of `graph` and of `family` points forward.
pub(super) fn order(
    txns: &Txns,
    is_included: &[bool],
    graph: &Graph,
    family: Family,
    budget: &Budget,
) -> Result<Order, String> {
    let count = txns.len();
    let mut degree = vec![0_u32; count];
    for txn in (0..count as Txn).filter(|&txn| is_included[txn as usize]) {
        for arc in graph.after(txn) {
            degree[arc.to as usize] += 1;
        }
    }
    let next = match family {
        Family::Plain => Vec::new(),
        // Real time alone would do where there is some, but it costs a search for what is stuck.
        Family::Session | Family::Strong => processes(txns, is_included, &mut degree),
    };
    let mut frontier = Frontier::new(txns, is_included, family);
    let mut taken = vec![false; count];
    let mut ready: Vec<Txn> = Vec::new();
    let mut done = 0;
    loop {
        while let Some(txn) = frontier.began(txns, is_included, &taken) {
            if degree[txn as usize] == 0 {
                ready.push(txn);
            }
        }
        let Some(txn) = ready.pop() else { break };
        taken[txn as usize] = true;
        done += 1;
        if done % LOOK == 0
            && let Some(reason) = budget.spent()
        {
            return Err(reason);
        }
        let follows = next
            .get(txn as usize)
            .copied()
            .filter(|&next| next != NEVER);
        for to in graph.after(txn).map(|arc| arc.to).chain(follows) {
            degree[to as usize] -= 1;
            if degree[to as usize] == 0 && (to as usize) < frontier.open {
                ready.push(to);
            }
        }
    }
    let included = is_included
        .iter()
        .filter(|&&is_included| is_included)
        .count();
    if done == included {
        return Ok(Order::All);
    }
    let left = (0..count as Txn).filter(|&txn| is_included[txn as usize] && !taken[txn as usize]);
    Ok(Order::Stuck(left.collect()))
}

/// The next included transaction of each one's process.
fn processes(txns: &Txns, is_included: &[bool], degree: &mut [u32]) -> Vec<Txn> {
    let mut next = vec![NEVER; txns.len()];
    let mut last: HashMap<u32, Txn> = HashMap::new();
    for txn in (0..txns.len() as Txn).filter(|&txn| is_included[txn as usize]) {
        let before = last.insert(txns.process[txn as usize].0, txn);
        if let Some(before) = before.filter(|&at| txns.completed[at as usize] != NEVER) {
            next[before as usize] = txn;
            degree[txn as usize] += 1;
        }
    }
    next
}

/// Which transactions real time lets begin.
struct Frontier {
    /// Included ones that ended, in that order.
    returned: Vec<Txn>,
    /// The first of them that is not taken.
    first: usize,
    /// Transactions before this one may be taken.
    open: usize,
}

impl Frontier {
    fn new(txns: &Txns, is_included: &[bool], family: Family) -> Frontier {
        let is_timed = family == Family::Strong;
        let all = 0..txns.len() as Txn;
        let ended = all.filter(|&txn| {
            is_timed && is_included[txn as usize] && txns.completed[txn as usize] != NEVER
        });
        let mut returned: Vec<Txn> = ended.collect();
        returned.sort_unstable_by_key(|&txn| txns.completed[txn as usize]);
        Frontier {
            returned,
            first: 0,
            open: 0,
        }
    }

    /// The next transaction that may be taken as far as time goes.
    fn began(&mut self, txns: &Txns, is_included: &[bool], taken: &[bool]) -> Option<Txn> {
        while self.first < self.returned.len() && taken[self.returned[self.first] as usize] {
            self.first += 1;
        }
        let ends = self.returned.get(self.first);
        let end = ends.map_or(NEVER, |&txn| txns.completed[txn as usize]);
        while self.open < txns.len() && txns.invoked[self.open] < end {
            let txn = self.open;
            self.open += 1;
            if is_included[txn] {
                return Some(txn as Txn);
            }
        }
        None
    }
}
