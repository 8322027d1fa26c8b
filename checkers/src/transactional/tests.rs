//! Transactions as others recorded them, and as columnar files hold them.
mod columns;
pub(crate) mod corpus;
mod names;
mod verdicts;
