//! Transactions as others recorded them.
mod corpus;
mod verdicts;
