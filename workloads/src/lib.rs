//! What to ask of a system. Each file is one workload.
mod bank;
mod consensus;
mod list_append;
mod register;
mod rw_register;

mod keys;
mod steps;

use harness::Catalog;

pub use bank::Bank;
pub use consensus::Consensus;
pub use list_append::ListAppend;
pub use register::Register;
pub use rw_register::RwRegister;

/// Puts every workload of this crate into `catalog`.
pub fn list(catalog: &mut Catalog) {
    catalog.workload(
        "register",
        "reads, writes and compare-and-sets of single keys; linearizable",
        || Box::<Register>::default(),
    );
    catalog.workload(
        "list-append",
        "transactions that append to lists and read them; strictly serializable",
        || Box::<ListAppend>::default(),
    );
    catalog.workload(
        "rw-register",
        "transactions that read and write registers, most writes after a read; strictly serializable",
        || Box::<RwRegister>::default(),
    );
    catalog.workload(
        "bank",
        "transfers between accounts and reads of all of them; the total never changes",
        || Box::<Bank>::default(),
    );
    catalog.workload(
        "consensus",
        "proposals of different values at the same time; one of them is decided, for everybody and for ever",
        || Box::<Consensus>::default(),
    );
}
