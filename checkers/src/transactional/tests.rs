//! Transactions as others recorded them, and as columnar files hold them.
mod columns;
mod corpus;
mod verdicts;
