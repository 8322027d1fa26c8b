//! Update atomic (Cerone, Bernardi and Gotsman 2015): read atomic, and of two transactions that write the same key one sees the other.
use super::view::{INITIAL, NONE, View};
use crate::transactional::Txn;

/// How many writes between a version and its reader are looked at.
const BETWEEN_MAX: usize = 256;

/// Whether `order`, which respects who read from whom, shows that a history is update atomic: no
/// reader passes over a later version whose writer it has to see. If it does not, another may.
pub(super) fn is_shown_by(view: &View<'_>, order: &[Txn]) -> bool {
    let registers = view.registers;
    let mut ends = vec![0_u32; registers.keys() + 1];
    for &txn in order {
        for &key in registers.keys_written_by(txn) {
            ends[key as usize + 1] += 1;
        }
    }
    for key in 1..ends.len() {
        ends[key] += ends[key - 1];
    }
    let starts = ends.clone();
    let mut written = vec![NONE; ends[ends.len() - 1] as usize];
    for &reader in order {
        for (key, second) in view.reads(reader) {
            let range = starts[key as usize] as usize..ends[key as usize] as usize;
            let later = written[range].iter().rev();
            let later = later.take_while(|&&writer| writer != second).enumerate();
            for (passed, &writer) in later {
                if passed == BETWEEN_MAX || has_to_see(view, reader, writer) {
                    return false;
                }
            }
        }
        for &key in registers.keys_written_by(reader) {
            written[ends[key as usize] as usize] = reader;
            ends[key as usize] += 1;
        }
    }
    true
}

/// Whether `reader` reads from `writer`, or writes what it wrote.
fn has_to_see(view: &View<'_>, reader: Txn, writer: Txn) -> bool {
    let registers = view.registers;
    let keys = (
        registers.keys_written_by(reader),
        registers.keys_written_by(writer),
    );
    let (fewer, more) = if keys.0.len() < keys.1.len() {
        (keys.0, writer)
    } else {
        (keys.1, reader)
    };
    let both = |&key: &u32| registers.write_to(more, key).is_some();
    fewer.iter().any(both)
        || view
            .reads(reader)
            .any(|(_, from)| from != INITIAL && from == writer)
}
