//! Who asked, in files that do not say so: as many processes as operations are open at once.
use super::super::record::{Record, Type, Who};
use super::super::{ReadError, Reader};
use super::micro;
use crate::{Data, Verb};

/// So many operations may be open at once, so that a hostile file is not searched for ever.
const OPEN_MAX: usize = 1024;

/// Gives every operation a process. Only where none has one: it may have been forgotten in one
/// line of a file, and what belongs together there cannot be told.
///
/// # Errors
/// If it cannot be told what a completion completes. A lenient reader leaves such lines out.
pub(super) fn assign(
    mut records: Vec<Record>,
    reader: &mut Reader<'_>,
) -> Result<Vec<Record>, ReadError> {
    let is_nobody = |record: &Record| matches!(record.who, Who::Nobody);
    if !records.iter().any(is_nobody) {
        return Ok(records);
    }
    let is_told = |record: &Record| matches!(record.who, Who::Process(_));
    if records.iter().any(is_told) {
        for record in records.iter().filter(|record| is_nobody(record)) {
            let why = "an operation without `:process`".to_owned();
            reader.nonsense(record.number, why)?;
        }
        records.retain(|record| !is_nobody(record));
        return Ok(records);
    }
    let mut open: Vec<(u32, usize)> = Vec::new();
    let mut free: Vec<u32> = Vec::new();
    let mut next = 0;
    for place in 0..records.len() {
        let record = &records[place];
        if !is_nobody(record) {
            continue;
        }
        let chosen = if record.kind == Some(Type::Invoke) {
            invoke(&mut open, &mut free, &mut next, place)
        } else {
            let completed = complete(&records, &open, record);
            completed.map(|i| {
                let (process, _) = open.remove(i);
                // After an unknown outcome nobody uses it again.
                if record.kind != Some(Type::Info) {
                    free.push(process);
                }
                process
            })
        };
        match chosen {
            Ok(process) => records[place].who = Who::Process(process),
            Err(why) => reader.nonsense(record.number, why)?,
        }
    }
    records.retain(|record| !is_nobody(record));
    Ok(records)
}

fn invoke(
    open: &mut Vec<(u32, usize)>,
    free: &mut Vec<u32>,
    next: &mut u32,
    place: usize,
) -> Result<u32, String> {
    if open.len() == OPEN_MAX {
        return Err(format!(
            "an operation without `:process`, and {OPEN_MAX} others are open"
        ));
    }
    let process = free.pop().unwrap_or_else(|| {
        *next += 1;
        *next - 1
    });
    open.push((process, place));
    Ok(process)
}

/// Which of the open operations this completes.
fn complete(
    records: &[Record],
    open: &[(u32, usize)],
    completion: &Record,
) -> Result<usize, String> {
    let is_of = |(_, asked): &&(u32, usize)| may_complete(&records[*asked], completion);
    let mut found = open.iter().filter(is_of).map(|(process, _)| *process);
    let why = match (found.next(), found.next()) {
        (Some(process), None) => {
            let place = open.iter().position(|(other, _)| *other == process);
            return Ok(place.expect("it was found there"));
        }
        (Some(_), Some(_)) => "more than one of them are open that this may complete",
        (None, _) => "none is open that this may complete",
    };
    Err(format!("an operation without `:process`, and {why}"))
}

fn may_complete(asked: &Record, completion: &Record) -> bool {
    let (value, answer) = (&asked.value, &completion.value);
    let is_same_key = completion.key.is_none() || asked.key == completion.key;
    let may_answer = *value == Data::Nil
        || *answer == Data::Nil
        || value == answer
        || (asked.f == Some(Verb::Txn) && micro::are_answered(value, answer));
    asked.f == completion.f && is_same_key && may_answer
}
