//! Why one transaction is known to have read from another.
use super::Registers;
use crate::transactional::{Arc, Evidence, Txns, Via, label};

/// Explains the dependencies that follow from unique values alone.
#[derive(Clone, Copy, Debug)]
pub struct ReadsFrom<'a> {
    pub txns: &'a Txns,
    pub registers: &'a Registers,
}

impl Evidence for ReadsFrom<'_> {
    fn why(&self, arc: Arc) -> String {
        let (from, to) = (label(arc.from), label(arc.to));
        match arc.via {
            Via::Wr => {
                let reads = self.registers.reads_of(arc.to).iter();
                let mut sources = reads
                    .filter(|read| read.key == arc.key)
                    .filter_map(|read| read.source.version());
                let version = sources.find(|&v| self.registers.writer[v as usize] == arc.from);
                let key = self.txns.keys.get(arc.key as usize);
                match (version, key) {
                    (Some(version), Some(key)) => {
                        let value = self.txns.value_of(self.registers.value[version as usize]);
                        format!("{to} read {value} from key {key}, which {from} wrote")
                    }
                    _ => format!("{to} read what {from} wrote"),
                }
            }
            Via::Process => format!(
                "process {} ran {from} before {to}",
                self.txns.process[arc.from as usize].0
            ),
            Via::Realtime => format!("{from} had ended before {to} began"),
            Via::Ww => format!("{to} overwrote what {from} had written"),
            Via::Rw => format!("{to} overwrote what {from} had read"),
        }
    }
}
