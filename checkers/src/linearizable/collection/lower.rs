//! What was asked, as columns of small numbers.
use super::Act;
use crate::linearizable::asked::Asked;
use crate::linearizable::timed::{NEVER, Timed};
use crate::{Data, Verb};
use rustc_hash::FxHashMap;

/// The operations of one object, with its values numbered as they are first heard of.
pub(in crate::linearizable) struct Lowered<'a> {
    pub(in crate::linearizable) ops: Vec<Timed<Act>>,
    /// By number.
    pub(in crate::linearizable) values: Vec<&'a Data>,
}

/// Numbers the values, and says what every operation did; the error says what is odd about one.
pub(in crate::linearizable) fn lower<'a>(
    asked: &'a [Asked],
    put: &Verb,
    take: &Verb,
) -> Result<Lowered<'a>, &'static str> {
    let mut values: Vec<&Data> = Vec::new();
    let mut numbers: FxHashMap<&Data, u32> = FxHashMap::default();
    let mut number = |value: &'a Data| {
        *numbers.entry(value).or_insert_with(|| {
            values.push(value);
            values.len() as u32 - 1
        })
    };
    let mut ops = Vec::with_capacity(asked.len());
    let mut last = None;
    for op in asked {
        if last >= Some(op.invoked) || op.returned <= op.invoked {
            return Err("operations are not in order of invocation");
        }
        last = Some(op.invoked);
        let call = &op.call;
        let act = if call.f == *put {
            match (&call.input, &call.output) {
                (Data::Nil, _) => return Err("nothing was put in"),
                (value, None | Some(Data::Nil)) => Act::Put(number(value)),
                (_, Some(_)) => return Err("putting in was answered with something"),
            }
        } else if call.f == *take && call.input == Data::Nil {
            match (&call.output, op.returned == NEVER) {
                (None, true) => Act::TakeSome,
                (Some(Data::Nil), false) => Act::TakeNone,
                (Some(value), false) => Act::Take(number(value)),
                (None, false) => return Err("an answer does not say what was taken"),
                (Some(_), true) => return Err("an unknown outcome has an answer"),
            }
        } else {
            return Err("something else was asked");
        };
        ops.push(Timed {
            act,
            invoked: op.invoked,
            returned: op.returned,
        });
    }
    Ok(Lowered { ops, values })
}
