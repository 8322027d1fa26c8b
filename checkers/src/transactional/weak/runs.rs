//! What sessions did to each key, by session and place there: where to look for what somebody had to see.
use super::view::{NONE, View};
use crate::transactional::Txn;

/// Something that transactions did to keys, in runs: each holds what one session did to one key, in
/// its order.
pub(super) struct Runs {
    /// Where the runs of each key begin; one more at the end.
    of_key: Vec<u32>,
    /// The session of each run, and where it begins; one more at the end.
    session: Vec<u32>,
    begins: Vec<u32>,
    /// The place in its session of whoever did it, and what was done.
    index: Vec<u32>,
    item: Vec<u32>,
}

impl Runs {
    /// The runs of all that `each` tells of a transaction: a key, and what was done to it.
    pub(super) fn new<I: Iterator<Item = (u32, u32)>>(
        view: &View<'_>,
        each: impl Fn(Txn) -> I,
    ) -> Runs {
        let keys = view.registers.keys();
        let mut next = vec![0_u32; keys + 1];
        for txn in view.included() {
            for (key, _) in each(txn) {
                next[key as usize + 1] += 1;
            }
        }
        for key in 0..keys {
            next[key + 1] += next[key];
        }
        let ends = next[1..].to_vec();
        let count = next[keys] as usize;
        let (mut index, mut item) = (vec![0; count], vec![NONE; count]);
        let mut owner = vec![0; count];
        for session in 0..view.sessions() {
            for (place, &txn) in (0..).zip(view.members(session)) {
                for (key, what) in each(txn) {
                    let at = next[key as usize] as usize;
                    next[key as usize] += 1;
                    index[at] = place;
                    item[at] = what;
                    owner[at] = session;
                }
            }
        }
        let mut runs = Runs {
            of_key: vec![0],
            session: Vec::new(),
            begins: Vec::new(),
            index,
            item,
        };
        let mut at = 0;
        for end in ends {
            let key = &owner[at as usize..end as usize];
            for run in key.chunk_by(|a, b| a == b) {
                runs.session.push(run[0]);
                runs.begins.push(at);
                at += run.len() as u32;
            }
            runs.of_key.push(runs.session.len() as u32);
        }
        runs.begins.push(at);
        runs
    }

    /// What all sessions wrote; items are the writers.
    pub(super) fn of_writes(view: &View<'_>) -> Runs {
        Runs::new(view, |txn| {
            let keys = view.registers.keys_written_by(txn).iter();
            keys.map(move |&key| (key, txn))
        })
    }

    /// The runs of `key`.
    pub(super) fn of_key(&self, key: u32) -> std::ops::Range<usize> {
        self.of_key[key as usize] as usize..self.of_key[key as usize + 1] as usize
    }

    /// Whose run that is.
    pub(super) fn session(&self, run: usize) -> u32 {
        self.session[run]
    }

    /// The run of `session` for `key`, if it did anything to it.
    pub(super) fn find(&self, key: u32, session: u32) -> Option<usize> {
        let runs = self.of_key(key);
        let at = self.session[runs.clone()].binary_search(&session);
        at.ok().map(|at| runs.start + at)
    }

    /// The last item of a run from a place before `end` of its session, and that place.
    pub(super) fn last_before(&self, run: usize, end: u32) -> Option<(u32, u32)> {
        let begin = self.begins[run] as usize;
        let places = &self.index[begin..self.begins[run + 1] as usize];
        let at = begin
            + places
                .partition_point(|&place| place < end)
                .checked_sub(1)?;
        Some((self.item[at], self.index[at]))
    }
}
