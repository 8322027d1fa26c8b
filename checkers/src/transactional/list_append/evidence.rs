//! How each dependency is known: the read that shows it.
use super::{ListAppend, NONE};
use crate::transactional::{Arc, Evidence, F, Txn, ValueId, Via, label};

impl Evidence for ListAppend<'_> {
    fn why(&self, arc: Arc) -> String {
        let told = match arc.via {
            Via::Ww => self.why_ww(arc),
            Via::Wr => self.why_wr(arc),
            Via::Rw => self.why_rw(arc),
            Via::Process | Via::Realtime => None,
        };
        let (from, to) = (label(arc.from), label(arc.to));
        told.unwrap_or_else(|| format!("{from} has to come before {to}."))
    }
}

/// So many members of a list are shown on each side of what matters.
const AROUND: usize = 3;

impl ListAppend<'_> {
    fn why_ww(&self, arc: Arc) -> Option<String> {
        let (from, to, key) = (label(arc.from), label(arc.to), self.key(arc.key));
        let leads = |at: &usize| self.leads_to(*at, arc, F::Append);
        let at = self.range(arc.from).find(leads)?;
        let version = self.of_step[at];
        let first = self.txns.value_of(self.txns.value[at]);
        let Some((next, second)) = self.next_of(version, arc) else {
            let last = self.appended_unseen(arc)?;
            let Some((reader, list)) = self.longest_read(arc.key) else {
                return Some(format!("{to} appended {last} to {key} after {from}."));
            };
            return Some(format!(
                "{} read {} from {key}, the longest list that was seen, without {last}, so {to} appended it after {from} appended {first}.",
                label(reader),
                self.shown(list, &[list.len().saturating_sub(1)]),
            ));
        };
        let (reader, list) = self.longest_read(arc.key)?;
        let first_at = (version - self.versions.of_key(arc.key).start - 1) as usize;
        let next_at = (next - self.versions.of_key(arc.key).start - 1) as usize;
        Some(format!(
            "{from} appended {first} to {key} before {to} appended {second}: {} read {}.",
            label(reader),
            self.shown(list, &[first_at, next_at]),
        ))
    }

    fn why_wr(&self, arc: Arc) -> Option<String> {
        let (from, to, key) = (label(arc.from), label(arc.to), self.key(arc.key));
        for at in self.range(arc.from) {
            let version = self.of_step[at];
            if version == NONE || self.txns.f[at] != F::Append || self.txns.key[at] != arc.key {
                continue;
            }
            let place = (version - self.versions.of_key(arc.key).start - 1) as usize;
            let last = self.versions.of_key(arc.key).end - 1;
            for read in self.range(arc.to) {
                if self.txns.f[read] != F::ReadList || self.txns.key[read] != arc.key {
                    continue;
                }
                let seen = self.of_step[read];
                if seen == version || seen == NONE && version == last {
                    let list = self.txns.list(self.txns.value[read]);
                    let value = self.txns.value_of(self.txns.value[at]);
                    return Some(format!(
                        "{to} read {} from {key}, and {from} had appended its {value}.",
                        self.shown(list, &[place]),
                    ));
                }
            }
        }
        None
    }

    fn why_rw(&self, arc: Arc) -> Option<String> {
        let (from, to, key) = (label(arc.from), label(arc.to), self.key(arc.key));
        let at = self
            .range(arc.from)
            .find(|at| self.leads_to(*at, arc, F::ReadList))?;
        let missed = match self.next_of(self.of_step[at], arc) {
            Some((_, value)) => value,
            None => self.appended_unseen(arc)?,
        };
        let list = self.txns.list(self.txns.value[at]);
        Some(format!(
            "{from} read {} from {key}, without {missed}, which {to} appended.",
            self.shown(list, &[list.len().saturating_sub(1)]),
        ))
    }

    /// Whether the step at `at` is why `arc` holds.
    fn leads_to(&self, at: usize, arc: Arc, f: F) -> bool {
        let version = self.of_step[at];
        if version == NONE || self.txns.f[at] != f || self.txns.key[at] != arc.key {
            return false;
        }
        let next = self.versions.next[version as usize];
        next == arc.to || next == NONE && self.tails.of(arc.key).binary_search(&arc.to).is_ok()
    }

    /// The first version after `version` that `arc.to` made, and its element.
    fn next_of(&self, version: u32, arc: Arc) -> Option<(u32, crate::Data)> {
        let versions = self.versions.of_key(arc.key);
        let mut later = version + 1..versions.end;
        let next = later.find(|next| self.versions.writer[*next as usize] == arc.to)?;
        let at = self.versions.order[arc.key as usize] + (next - versions.start - 1);
        let element = self.txns.elements[at as usize];
        Some((next, self.txns.value_of(element)))
    }

    /// What `arc.to` appended to the key of which nobody saw it.
    fn appended_unseen(&self, arc: Arc) -> Option<crate::Data> {
        let is_it = |at: &usize| {
            self.of_step[*at] == NONE
                && self.txns.f[*at] == F::Append
                && self.txns.key[*at] == arc.key
        };
        let at = self.range(arc.to).find(is_it)?;
        Some(self.txns.value_of(self.txns.value[at]))
    }

    /// Who read the list that is the order of the key's versions.
    pub(super) fn longest_read(&self, key: u32) -> Option<(Txn, &[ValueId])> {
        let start = self.versions.order[key as usize];
        let mut longest: Option<(Txn, ValueId, u32)> = None;
        for txn in 0..self.txns.len() as Txn {
            for step in self.txns.steps(txn) {
                if step.f == F::ReadList && step.key == key {
                    let (from, length) = self.txns.lists[step.value.0 as usize];
                    let is_longer = longest.is_none_or(|(_, _, before)| before < length);
                    if from == start && is_longer {
                        longest = Some((txn, step.value, length));
                    }
                }
            }
        }
        longest.map(|(txn, list, _)| (txn, self.txns.list(list)))
    }

    /// A key as users know it: `key 3`.
    pub(super) fn key(&self, key: u32) -> String {
        match &self.txns.keys[key as usize] {
            // A name must not be mistaken for the label of a transaction.
            crate::Data::Text(name) => format!("key {}", name.escape_debug()),
            key => format!("key {key}"),
        }
    }

    /// A list, of which a long one is shown where it matters only.
    pub(super) fn shown(&self, list: &[ValueId], places: &[usize]) -> String {
        let mut wanted: Vec<usize> = (0..list.len()).collect();
        if list.len() > 4 * AROUND {
            let is_near = |at: &usize| places.iter().any(|place| place.abs_diff(*at) < AROUND);
            wanted.retain(|at| *at == 0 || *at + 1 == list.len() || is_near(at));
        }
        let mut text = String::from("[");
        let mut next = 0;
        for at in wanted {
            text += if at > 0 { " " } else { "" };
            text += if at > next { "… " } else { "" };
            text += &self.txns.value_of(list[at]).to_string();
            next = at + 1;
        }
        text + "]"
    }
}
