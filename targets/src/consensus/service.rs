//! `assay node consensus`: one node, from its arguments to its exit.
use super::{
    api,
    bugs::{BUGS, Bugs},
    memory::Memory,
    node::Node,
};
use crate::service::{
    journal,
    node::{self, Common, Place},
    peers::Peer,
    rows::Rows,
};
use clap::Parser;
use std::{ffi::OsString, io, process::ExitCode, sync::Arc, time::SystemTime};

/// A decision for each key, taken once for ever by Paxos: agreed, durable, with bugs on request.
#[derive(Parser, Debug)]
#[command(
    name = "assay node consensus",
    after_help = "Example, a cluster of one:\n  \
        assay node consensus --id 1 --listen 127.0.0.1:7480 --data /tmp/consensus-1\n  \
        curl localhost:7480/consensus/4 -H 'content-type: application/json' -d '{\"propose\": 7}'\n  \
        curl localhost:7480/consensus/4"
)]
struct Args {
    #[command(flatten)]
    common: Common,
}

/// Runs a node until it is stopped. The arguments are those after the service's name.
pub fn serve(args: Vec<OsString>) -> ExitCode {
    node::serve(args, |args: Args| args.common.checked(BUGS), run)
}

async fn run((place, bugs): (Place, Bugs)) -> io::Result<()> {
    let listener = place.listen().await?;
    let (rows, found) = Rows::open(&place.data.join("consensus.redb"), place.id)?;
    let seed = seed(place.id);
    let memory = Memory::recover(place.id, rows.clone(), &found, bugs, seed)?;
    let (instances, decided) = memory.counts();
    journal::info(format_args!(
        "found {instances} instances on disk, {decided} of them decided"
    ));
    let peers = Peer::others(&place.addrs, place.id);
    let node = Arc::new(Node::new(place.id, memory, peers, bugs, seed));
    tokio::spawn(node.clone().keep_up());
    let result = tokio::select! {
        result = axum::serve(listener, api::routes(node)) => result,
        result = node::asked_to_stop() => result,
    };
    rows.close();
    journal::info("stopped");
    result
}

/// Another one for each start of each node. No decision depends on it: only pauses, and what is told twice.
fn seed(id: u64) -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    // Before 1970 every start is the same one.
    let now = now.map_or(0, |since| since.as_nanos() as u64);
    now.rotate_left(8) ^ id
}
