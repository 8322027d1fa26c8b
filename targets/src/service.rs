//! What the bundled services share: from the arguments of a node to its exit, its rows on disk, its answers and its questions.
pub(crate) mod answers;
pub(crate) mod client;
pub(crate) mod group;
pub(crate) mod journal;
pub(crate) mod launch;
pub(crate) mod node;
pub(crate) mod peers;
pub(crate) mod rows;
