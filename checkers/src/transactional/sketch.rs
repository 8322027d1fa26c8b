//! Transactions drawn in text, for tests.
use super::{F, NEVER, Names, Status, Txns};
use crate::{Data, Process};

/// One transaction a line, in order of invocation: `0 wx1 ry_` is process 0 writing 1 to key x and
/// reading nil from y. `0! …` aborted, and of `0? …` nobody knows the outcome. A transaction ends
/// before the next one begins; there is no real time.
pub(crate) fn draw(text: &str) -> Txns {
    let mut txns = Txns::default();
    let mut names = Names::default();
    txns.starts.push(0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let who = words.next().expect("a process");
        let status = match who.chars().last() {
            Some('!') => Status::Aborted,
            Some('?') => Status::Unknown,
            _ => Status::Ok,
        };
        let process = who.trim_end_matches(['!', '?']).parse().expect("a number");
        for word in words {
            let (f, rest) = word.split_at(1);
            let (key, value) = rest.split_at(1);
            let key = names.key(&mut txns, &Data::from(key));
            let value = match value {
                "_" => Data::Nil,
                number => Data::Int(number.parse().expect("a number")),
            };
            let value = names.value(&mut txns, &value);
            txns.f.push(if f == "w" { F::Write } else { F::Read });
            txns.key.push(key);
            txns.value.push(value);
        }
        let position = 2 * txns.len() as u32;
        txns.status.push(status);
        txns.process.push(Process(process));
        txns.invoked.push(position);
        let is_ok = status == Status::Ok;
        txns.completed
            .push(if is_ok { position + 1 } else { NEVER });
        txns.starts.push(txns.f.len() as u32);
    }
    txns
}
