//! Random histories of collections, some of them wrong.
use super::{
    Asked, Call, Collection, Data, Engine, NEVER, Rng, Spec, Tally, asked, compare, schedule,
};
use crate::AnomalyKind;

/// Compares on random histories, which show all that can go wrong.
pub(in crate::linearizable) fn agree_on_random(
    engine: &Engine,
    collection: &Collection,
    seed: u64,
) {
    let (mut rng, mut tally) = (Rng(seed), Tally::default());
    for _ in 0..200_000 {
        let shape = Shape::draw(11, &mut rng);
        let history = random(collection, shape, &mut rng);
        tally.count(&compare(engine, collection, &history));
    }
    println!("{tally:?}");
    assert!(tally.legal > 50_000);
    assert!(tally.kinds.len() == 5);
}

/// Compares on histories that nobody thought of.
pub(in crate::linearizable) fn agree_on_tangled(
    engine: &Engine,
    collection: &Collection,
    seed: u64,
) {
    let (mut rng, mut tally) = (Rng(seed), Tally::default());
    for _ in 0..20_000 {
        let history = tangled(collection, &mut rng);
        tally.count(&compare(engine, collection, &history));
    }
    println!("{tally:?}");
    assert!(tally.legal > 5_000);
    assert!(tally.kinds[&AnomalyKind::OutOfOrder] > 2_000);
}

/// What a random history is like; chances are in percent.
#[derive(Clone, Copy, Debug)]
struct Shape {
    operations: usize,
    processes: usize,
    puts: u64,
    /// Whether nobody is told that it was empty: then who would have been puts something in.
    is_never_empty: bool,
    unknown_puts: u64,
    unknown_takes: u64,
    /// How many answers are made wrong.
    lies: usize,
}

impl Shape {
    fn draw(operations: usize, rng: &mut Rng) -> Shape {
        let chance = |of: [u64; 3], rng: &mut Rng| of[rng.below(3) as usize];
        Shape {
            operations: 2 + rng.below(operations as u64 - 1) as usize,
            processes: 1 + rng.below(5) as usize,
            puts: chance([40, 50, 60], rng),
            is_never_empty: rng.percent(60),
            unknown_puts: chance([0, 0, 25], rng),
            unknown_takes: chance([0, 0, 20], rng),
            lies: chance([0, 1, 2], rng) as usize,
        }
    }
}

/// A history of that shape. Values are drawn without order, so that no order of theirs is that of time.
fn random(collection: &Collection, shape: Shape, rng: &mut Rng) -> Vec<Asked> {
    let (plan, order) = schedule(shape.operations, shape.processes, rng);
    let mut values: Vec<i64> = (1..=plan.len() as i64).collect();
    for last in (1..values.len()).rev() {
        values.swap(last, rng.below(last as u64 + 1) as usize);
    }
    let mut held = collection.init();
    let mut history: Vec<Asked> = plan
        .iter()
        .map(|op| {
            let call = Call::new(collection.take.clone(), 0, Data::Nil);
            asked(call, op.invoked, op.returned)
        })
        .collect();
    for op in order {
        let is_empty = held.is_empty();
        let is_put = rng.percent(shape.puts) || (is_empty && shape.is_never_empty);
        let mut call = if is_put {
            let value = values.pop().expect("as many as operations");
            Call::new(collection.put.clone(), 0, value).answered(Data::Nil)
        } else {
            let place = collection.next(&held);
            let taken = place.map_or(Data::Nil, |place| held[place].clone());
            Call::new(collection.take.clone(), 0, Data::Nil).answered(taken)
        };
        let is_unknown = rng.percent(if is_put {
            shape.unknown_puts
        } else {
            shape.unknown_takes
        });
        if !is_unknown || rng.percent(50) {
            let after = collection.step(&held, crate::Process(0), &call);
            let next = after.into_iter().next();
            held = next.expect("it was asked for what there is");
        }
        if is_unknown {
            history[op].returned = NEVER;
            call.output = None;
        }
        history[op].call = call;
    }
    for _ in 0..shape.lies {
        lie(collection, &mut history, rng);
    }
    history
}

/// Makes one answer wrong, or lets two change places.
fn lie(collection: &Collection, history: &mut [Asked], rng: &mut Rng) {
    let is_take = |op: &Asked| op.call.f == collection.take && op.is_answered();
    let takes: Vec<usize> = (0..history.len())
        .filter(|&op| is_take(&history[op]))
        .collect();
    if takes.is_empty() {
        return;
    }
    let mut draw = || takes[rng.below(takes.len() as u64) as usize];
    let (first, second) = (draw(), draw());
    let output = history[second].call.output.clone();
    match rng.below(20) {
        0..15 => {
            history[second].call.output = history[first].call.output.clone();
            history[first].call.output = output;
        }
        15 => history[first].call.output = Some(Data::Nil),
        16 => history[first].call.output = output,
        17 => history[first].call.output = Some(Data::Int(rng.below(9) as i64)),
        _ => {
            let end = history[first].returned;
            history[first].returned = history[second].returned;
            history[second].returned = end;
            let is_odd = |op: &Asked| op.invoked >= op.returned;
            if is_odd(&history[first]) || is_odd(&history[second]) {
                let end = history[first].returned;
                history[first].returned = history[second].returned;
                history[second].returned = end;
            }
        }
    }
}

/// A history of operations at random times, none of which is twice or comes before what it needs: it
/// is as often wrong as right, and wrong in ways that nobody thought of.
fn tangled(collection: &Collection, rng: &mut Rng) -> Vec<Asked> {
    let values = 2 + rng.below(5);
    let (width, long) = (4 + rng.below(4 * values), 1 + rng.below(8));
    let span = |rng: &mut Rng| {
        let begun = rng.below(width);
        (begun, begun + 1 + rng.below(long))
    };
    let mut planned: Vec<(Call, (u64, u64))> = Vec::new();
    for value in 1..=values {
        let put = Call::new(collection.put.clone(), 0, value as i64).answered(Data::Nil);
        let take = Call::new(collection.take.clone(), 0, Data::Nil).answered(value as i64);
        let (one, other) = (span(rng), span(rng));
        let (first, last) = (one.min(other), one.max(other));
        planned.push((put, first));
        if rng.percent(85) {
            planned.push((take, last));
        }
    }
    if rng.percent(20) {
        let take = Call::new(collection.take.clone(), 0, Data::Nil).answered(Data::Nil);
        planned.push((take, span(rng)));
    }
    // Who has the same time comes in any order.
    let mut events: Vec<(u64, u64, usize, bool)> = Vec::new();
    for (op, (_, (begun, ended))) in planned.iter().enumerate() {
        events.push((*begun, rng.next(), op, false));
        events.push((*ended, rng.next(), op, true));
    }
    events.sort_unstable();
    let mut history: Vec<Asked> = Vec::new();
    let mut place = vec![0; planned.len()];
    for (position, (_, _, op, is_return)) in events.into_iter().enumerate() {
        if is_return {
            history[place[op]].returned = position as u32;
        } else {
            place[op] = history.len();
            history.push(asked(planned[op].0.clone(), position as u32, NEVER));
        }
    }
    let unknown = rng.percent(15);
    for op in &mut history {
        let is_put = op.call.f == collection.put;
        if is_put && unknown && rng.percent(20) {
            op.returned = NEVER;
            op.call.output = None;
        }
    }
    history
}
