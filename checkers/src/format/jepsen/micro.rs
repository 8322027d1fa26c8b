//! Micro-operations, of which transactions consist: `[:r x nil]`, `[:w y 1]`, `[:append z 2]`.
use super::super::record::{Record, Type, Who};
use crate::{Data, Verb};

/// What a micro-operation does, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Read,
    /// Reads what a predicate names: the predicate is asked for, not a key.
    PredicateRead,
    Write,
    Append,
}

fn does(f: &Data) -> Option<Does> {
    let Data::Text(f) = f else { return None };
    // Keywords in JSON may have kept their colon.
    match f.strip_prefix(':').unwrap_or(f) {
        "r" | "read" => Some(Does::Read),
        "rp" => Some(Does::PredicateRead),
        "w" | "write" => Some(Does::Write),
        "append" => Some(Does::Append),
        _ => None,
    }
}

/// What it does, its key, and its value: a read that was asked for need not say nil.
fn parts(member: &Data) -> Option<(Does, &Data, &Data)> {
    match member.list()? {
        [f, key, value] => Some((does(f)?, key, value)),
        [f, key] => match does(f)? {
            read @ (Does::Read | Does::PredicateRead) => Some((read, key, &Data::Nil)),
            Does::Write | Does::Append => None,
        },
        _ => None,
    }
}

/// `[[:read :x 1] [:w :y 2]]` as `[["r" "x" 1] ["w" "y" 2]]`; `is_asked` leaves out what was read.
/// What we do not know stays as it is.
pub(super) fn micro_ops(value: &Data, is_asked: bool) -> Data {
    let Some(members) = value.list() else {
        return value.clone();
    };
    let members = members.iter().map(|member| {
        let Some((does, key, value)) = parts(member) else {
            return member.clone();
        };
        let f = match does {
            Does::Read => "r",
            Does::PredicateRead => "rp",
            Does::Write => "w",
            Does::Append => "append",
        };
        let is_read = matches!(does, Does::Read | Does::PredicateRead);
        let is_blank = is_asked && is_read;
        let value = if is_blank { Data::Nil } else { value.clone() };
        Data::from(vec![f.into(), key.clone(), value])
    });
    Data::List(members.collect())
}

/// Whether a transaction was answered with the micro-operations that it was asked with: what was
/// read may differ, and so may the answers of those that we do not know.
pub(super) fn are_answered(asked: &Data, answered: &Data) -> bool {
    let (Some(asked), Some(answered)) = (asked.list(), answered.list()) else {
        return false;
    };
    let is_same = |(asked, answered): (&Data, &Data)| match (parts(asked), parts(answered)) {
        (Some((f, key, value)), Some((f_answered, key_answered, value_answered))) => {
            let is_read = matches!(f, Does::Read | Does::PredicateRead);
            (f, key) == (f_answered, key_answered) && (is_read || value == value_answered)
        }
        (None, None) => {
            let f = |member: &Data| member.list().and_then(|parts| parts.first().cloned());
            f(asked) == f(answered)
        }
        (Some(_), None) | (None, Some(_)) => false,
    };
    asked.len() == answered.len() && asked.iter().zip(answered).all(is_same)
}

/// Says of reads and writes of several keys at once that they are transactions, as workloads that
/// look for forks do: `:f :read :value [[:r 0 nil] [:r 1 nil]]`.
pub(super) fn rename(records: &mut [Record]) {
    let is_one = |record: &Record| {
        let is_client = !matches!(record.who, Who::Other);
        is_client && matches!(record.f, Some(Verb::Read | Verb::Write))
    };
    let mut asked = records
        .iter()
        .filter(|record| is_one(record) && record.kind == Some(Type::Invoke))
        .peekable();
    let is_txn = |record: &Record| {
        let members = record.value.list();
        members.is_some_and(|members| {
            !members.is_empty() && members.iter().all(|member| parts(member).is_some())
        })
    };
    if asked.peek().is_none() || !asked.all(is_txn) {
        return;
    }
    for record in records.iter_mut().filter(|record| is_one(record)) {
        record.f = Some(Verb::Txn);
    }
}
