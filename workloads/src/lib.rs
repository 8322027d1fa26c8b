//! What to ask of a system. Each file is one workload.
mod register;

use harness::Catalog;

pub use register::Register;

/// Puts every workload of this crate into `catalog`.
pub fn list(catalog: &mut Catalog) {
    catalog.workload(
        "register",
        "reads, writes and compare-and-sets of single keys; linearizable",
        || Box::<Register>::default(),
    );
}
