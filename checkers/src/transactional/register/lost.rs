//! Lost updates: two transactions that replaced the same version, each as if it were alone.
use super::{Read, Registers, Source};
use crate::transactional::{Finding, Told, Txn, Txns, label};
use crate::{AnomalyKind, Edge};

const NOBODY: Txn = Txn::MAX;

impl Registers {
    /// Looks for versions that two committed transactions read and then overwrote. It needs no order
    /// of versions: whichever of the two came later read what the earlier one had overwritten.
    pub(super) fn find_lost_updates(&mut self, txns: &Txns) {
        let mut of_version = vec![NOBODY; self.writer.len()];
        let mut of_nil = vec![NOBODY; self.keys()];
        let mut looked_at = vec![NOBODY; self.keys()];
        for txn in 0..txns.len() as Txn {
            // From the end: the last read of a key before writing it is what the write replaced.
            for at in super::range(&self.read_starts, txn).rev() {
                let Read { key, source } = self.reads[at];
                if looked_at[key as usize] == txn {
                    continue;
                }
                looked_at[key as usize] = txn;
                let first = match source.version() {
                    Some(version) => &mut of_version[version as usize],
                    None if source == Source::INITIAL => &mut of_nil[key as usize],
                    None => continue,
                };
                if self.write_to(txn, key).is_none() {
                    continue;
                }
                if *first == NOBODY {
                    *first = txn;
                } else if self.has_room(AnomalyKind::LostUpdate) {
                    let finding = lost_update((txns, self), key, source, *first, txn);
                    let at = self.found(finding);
                    self.lost_update.get_or_insert(at);
                }
            }
        }
    }
}

fn lost_update(
    (txns, registers): (&Txns, &Registers),
    key: u32,
    source: Source,
    first: Txn,
    second: Txn,
) -> Finding {
    let name = &txns.keys[key as usize];
    let (a, b) = (label(first), label(second));
    let read = match source.version() {
        Some(version) => txns.value_of(registers.value[version as usize]).to_string(),
        None => "nil".to_owned(),
    };
    let wrote = |txn| {
        let version = registers
            .write_to(txn, key)
            .expect("it replaces the version");
        txns.value_of(registers.value[version as usize]).to_string()
    };
    Finding {
        kind: AnomalyKind::LostUpdate,
        also: vec![AnomalyKind::WriteSkew, AnomalyKind::G2Item],
        key,
        txns: vec![first, second],
        sentence: format!("{a} and {b} both read {read} from key {name}, and both replaced it."),
        steps: vec![
            Told {
                between: Some((first, second)),
                edge: Edge::ReadWrite,
                text: format!(
                    "{a} read {read} from key {name}, and {b} replaced it with {}: {a} came before {b}.",
                    wrote(second)
                ),
            },
            Told {
                between: Some((second, first)),
                edge: Edge::ReadWrite,
                text: format!(
                    "{b} read the same {read}, and {a} replaced it with {}: {b} came before {a}. \
                     One of the two updates is lost.",
                    wrote(first)
                ),
            },
        ],
    }
}
