//! What the promises of domains mean, word by word, in as many steps as it takes.
use crate::{Data, History, Kind, Outcome, Process};

/// One operation: its verb, what it was asked, the answer, and where it stands.
pub(super) struct Deed {
    pub(super) f: String,
    pub(super) input: Data,
    pub(super) output: Option<Data>,
    pub(super) process: Process,
    pub(super) invoked: usize,
    pub(super) returned: usize,
    pub(super) is_failed: bool,
}

impl Deed {
    pub(super) fn is_ok(&self) -> bool {
        self.output.is_some()
    }

    pub(super) fn members(&self) -> Vec<Data> {
        self.output
            .as_ref()
            .and_then(Data::list)
            .unwrap_or_default()
            .to_vec()
    }
}

/// Everything, failures included, in order of invocation.
pub(super) fn deeds(history: &History) -> Vec<Deed> {
    let happened = history.operations();
    let mut deeds = Vec::new();
    for (position, event) in history.events().iter().enumerate() {
        if event.kind != Kind::Invoke {
            continue;
        }
        let found = happened
            .iter()
            .find(|operation| operation.invoked == position);
        let (op, returned) = match found.map(|operation| (operation.op, operation.outcome)) {
            Some((op, Outcome::Ok { completed })) => (op, completed),
            Some((op, Outcome::Unknown { .. })) => (op, usize::MAX),
            None => (&event.op, usize::MAX),
        };
        let crate::Op::Call(call) = op else {
            panic!("only calls are drawn")
        };
        deeds.push(Deed {
            f: call.f.name().to_owned(),
            input: call.input.clone(),
            output: call.output.clone(),
            process: event.process,
            invoked: position,
            returned,
            is_failed: found.is_none(),
        });
    }
    deeds
}

/// What a read of `elements` must not show, as kinds: nowhere, failed or not begun, too often.
pub(super) fn unexpected(
    deeds: &[Deed],
    verb: &str,
    read: &Deed,
    with_times: bool,
) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for element in read.members() {
        let adds: Vec<&Deed> = deeds
            .iter()
            .filter(|d| d.f == verb && d.input == element)
            .collect();
        let tried: Vec<&&Deed> = adds.iter().filter(|add| !add.is_failed).collect();
        let times = read
            .members()
            .iter()
            .filter(|other| **other == element)
            .count();
        if adds.is_empty() {
            kinds.push("garbage-read");
        } else if tried.is_empty() || tried.iter().all(|add| read.returned < add.invoked) {
            kinds.push("aborted-read");
        } else if with_times && times > tried.len() {
            kinds.push("duplicate-elements");
        }
    }
    kinds
}

/// For each order of all keys, whether every read saw a beginning of it.
pub(super) fn is_one_order(keys: &[Data], reads: &[Vec<(Data, bool)>]) -> bool {
    let mut orders: Vec<Vec<Data>> = vec![Vec::new()];
    for _ in keys {
        let longer = orders.iter().flat_map(|order| {
            let left = keys.iter().filter(|key| !order.contains(key));
            left.map(|key| [order.as_slice(), std::slice::from_ref(key)].concat())
        });
        orders = longer.collect();
    }
    let explains = |order: &Vec<Data>| {
        reads.iter().all(|read| {
            (0..=order.len()).any(|length| {
                read.iter()
                    .all(|(key, is_seen)| order[..length].contains(key) == *is_seen)
            })
        })
    };
    orders.iter().any(explains)
}
