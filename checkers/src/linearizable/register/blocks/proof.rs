//! The few operations by which a flaw shows, each kept with whoever wrote what it found.
use super::Flaw;
use super::lives::{Lives, NONE};
use crate::linearizable::register::cell::{NEVER, State};
use crate::linearizable::register::projection::{Part, Projection};

/// One operation of a chain, found by one of its events.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Its value's place in the chain.
    place: usize,
    op: Found,
}

#[derive(Clone, Copy, Debug)]
enum Found {
    /// The initial value, which nobody wrote.
    Initial,
    Writer(u32),
    /// Who only looked, and returned or began at this position.
    Returning(u32),
    Beginning(u32),
}

impl Lives<'_> {
    /// Operations that nothing explains, in a register with this flaw.
    pub(super) fn proof(&self, flaw: Flaw) -> Projection {
        let mut projection = Projection::default();
        match flaw {
            Flaw::Nowhere(value) => self.add_finder(value, &mut projection),
            Flaw::Double(from, one, other) => {
                self.add_write_only(from, &mut projection);
                for value in [one, other] {
                    self.add_whole(self.writer(value), &mut projection);
                    self.ensure(value, &mut projection);
                }
            }
            Flaw::Cycle(value) => self.add_cycle(value, &mut projection),
            Flaw::Order {
                root,
                value,
                is_write,
            } => self.add_disorder(root, value, is_write, &mut projection),
            Flaw::Zones(one, other) => self.add_conflict(one, other, &mut projection),
        }
        projection
    }

    fn writer(&self, value: State) -> u32 {
        self.lives[value as usize].writer
    }

    fn add_whole(&self, op: u32, projection: &mut Projection) {
        projection.parts.insert(op, Part::Whole);
    }

    fn add_write_only(&self, value: State, projection: &mut Projection) {
        if self.writer(value) != NONE {
            projection.add_writer(self.writer(value));
        }
    }

    /// Adds somebody who certainly found `value`, and what shows that he did.
    fn add_finder(&self, mut value: State, projection: &mut Projection) {
        loop {
            let life = &self.lives[value as usize];
            if life.is_read() {
                return self.add_whole(self.returning_at(life.first_return), projection);
            }
            value = life.next;
            let writer = self.writer(value);
            self.add_whole(writer, projection);
            if self.op(writer).is_answered() {
                return;
            }
        }
    }

    /// Adds what shows that `value` was written, if its writer does not know.
    fn ensure(&self, value: State, projection: &mut Projection) {
        let writer = self.writer(value);
        if writer != NONE && !self.op(writer).is_answered() {
            self.add_finder(value, projection);
        }
    }

    fn add_cycle(&self, first: State, projection: &mut Projection) {
        let mut value = first;
        let mut is_sure = false;
        let mut read = None;
        loop {
            let life = &self.lives[value as usize];
            self.add_whole(life.writer, projection);
            is_sure |= self.op(life.writer).is_answered();
            if life.is_read() {
                read = Some(life.first_return);
            }
            value = life.next;
            if value == first {
                break;
            }
        }
        if let Some(returned) = read.filter(|_| !is_sure) {
            self.add_whole(self.returning_at(returned), projection);
        }
    }

    /// Somebody was done with `value` before somebody began with it, or with an earlier one: of
    /// those, the nearest one in the chain.
    fn add_disorder(&self, root: State, value: State, is_write: bool, projection: &mut Projection) {
        let mut chain: Vec<State> = Vec::new();
        for earlier in self.chain(root) {
            chain.push(earlier);
            if earlier == value {
                break;
            }
        }
        let last = chain.len() - 1;
        let life = &self.lives[value as usize];
        let (returned, op) = if is_write {
            let returned = self.op(life.writer).returned;
            (returned, Found::Writer(life.writer))
        } else {
            (life.first_return, Found::Returning(life.first_return))
        };
        let done = Mark { place: last, op };
        for place in (0..=last).rev() {
            let life = &self.lives[chain[place] as usize];
            let is_self = is_write && place == last;
            if !is_self && life.is_read() && returned < life.last_invoked && place < last {
                let op = Found::Beginning(life.last_invoked);
                return self.add_path(&chain, [done, Mark { place, op }], projection);
            }
            if !is_self && life.writer != NONE && returned < self.op(life.writer).invoked {
                let op = Found::Writer(life.writer);
                return self.add_path(&chain, [done, Mark { place, op }], projection);
            }
        }
        unreachable!("somebody began too late")
    }

    /// Of each chain one operation that returned before one of the other began, near each other.
    fn add_conflict(&self, one: State, other: State, projection: &mut Projection) {
        let (first_return, last_invoked) = self.bounds(other);
        let (chain, marks) = self.nearest(one, last_invoked, first_return);
        let returned = self.mark_returned(marks[0]);
        let invoked = self.mark_invoked(marks[1]);
        self.add_path(&chain, marks, projection);
        let (chain, marks) = self.nearest(other, invoked, returned);
        self.add_path(&chain, marks, projection);
    }

    /// First return and last invocation of a chain, one higher than in the register.
    fn bounds(&self, root: State) -> (u32, u32) {
        let marks = self.chain(root).flat_map(|value| self.marks(value));
        marks.fold((NEVER, 0), |(first, last), (returned, invoked, _, _)| {
            (first.min(returned), last.max(invoked))
        })
    }

    /// The groups of operations on one value: first return, last invocation, and who has them.
    fn marks(&self, value: State) -> impl Iterator<Item = (u32, u32, Found, Found)> {
        let life = self.lives[value as usize];
        let written = if life.writer == NONE {
            (0, 0, Found::Initial, Found::Initial)
        } else {
            let op = self.op(life.writer);
            let by = Found::Writer(life.writer);
            (op.returned.saturating_add(1), op.invoked + 1, by, by)
        };
        let (first, last) = (life.first_return, life.last_invoked);
        let read = life.is_read().then(|| {
            let by = (Found::Returning(first), Found::Beginning(last));
            (first + 1, last + 1, by.0, by.1)
        });
        [written].into_iter().chain(read)
    }

    /// Two operations of a chain, near each other: one that returned before `before`, and one that
    /// began after `after`.
    fn nearest(&self, root: State, before: u32, after: u32) -> (Vec<State>, [Mark; 2]) {
        let chain: Vec<State> = self.chain(root).collect();
        let (mut early, mut late) = (None, None);
        let mut best: Option<(usize, [Mark; 2])> = None;
        for (place, &value) in chain.iter().enumerate() {
            for (returned, invoked, first, last) in self.marks(value) {
                if returned < before {
                    early = Some(Mark { place, op: first });
                }
                if after < invoked {
                    late = Some(Mark { place, op: last });
                }
            }
            if let (Some(early), Some(late)) = (early, late) {
                let distance = early.place.abs_diff(late.place);
                if best.is_none_or(|best| distance < best.0) {
                    best = Some((distance, [early, late]));
                }
            }
        }
        (chain, best.expect("the chains conflict").1)
    }

    /// Adds two operations of a chain and everything that lies between them in it.
    fn add_path(&self, chain: &[State], marks: [Mark; 2], projection: &mut Projection) {
        let first = marks[0].place.min(marks[1].place);
        let last = marks[0].place.max(marks[1].place);
        self.add_write_only(chain[first], projection);
        for &value in &chain[first + 1..=last] {
            self.add_whole(self.writer(value), projection);
        }
        let mut is_sure = false;
        for mark in marks {
            let op = match mark.op {
                Found::Initial | Found::Writer(_) => continue,
                Found::Returning(position) => self.returning_at(position),
                Found::Beginning(position) => self.beginning_at(position),
            };
            self.add_whole(op, projection);
            is_sure |= mark.place == last;
        }
        if !is_sure {
            self.ensure(chain[last], projection);
        }
    }

    fn mark_returned(&self, mark: Mark) -> u32 {
        match mark.op {
            Found::Initial => 0,
            Found::Writer(op) => self.op(op).returned.saturating_add(1),
            Found::Returning(position) => position + 1,
            Found::Beginning(_) => unreachable!("sought by its return"),
        }
    }

    fn mark_invoked(&self, mark: Mark) -> u32 {
        match mark.op {
            Found::Initial => 0,
            Found::Writer(op) => self.op(op).invoked + 1,
            Found::Beginning(position) => position + 1,
            Found::Returning(_) => unreachable!("sought by its invocation"),
        }
    }

    fn returning_at(&self, position: u32) -> u32 {
        let mut ops = self.register.ops.iter();
        let found = ops.position(|op| op.returned == position);
        found.expect("returns are of operations") as u32
    }

    fn beginning_at(&self, position: u32) -> u32 {
        let ops = &self.register.ops;
        let found = ops.binary_search_by_key(&position, |op| op.invoked);
        found.expect("invocations are of operations") as u32
    }
}
