//! Levels and cycles against definitions.
mod cases;
mod hostile;
mod oracle;
mod quantified;
mod random;
mod shortest;
mod tiny;
mod unseen;
