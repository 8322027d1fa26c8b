//! `assay node txn-2pc`: one node, from its arguments to its exit.
use super::{
    api,
    bugs::{BUGS, Bugs},
    machine::Seat,
    node::{Node, image},
};
use crate::service::{
    journal,
    node::{self, Common, Place},
    rows::{Batch, Rows},
};
use clap::Parser;
use std::{ffi::OsString, io, process::ExitCode};

/// The row that says how often this node has been started.
const EPOCH: &str = "epoch";

/// A sharded store with two-phase commit: transactional, durable, with bugs on request.
#[derive(Parser, Debug)]
#[command(
    name = "assay node txn-2pc",
    after_help = "Example, a cluster of one:\n  \
        assay node txn-2pc --id 1 --listen 127.0.0.1:7480 --data /tmp/2pc-1\n  \
        curl localhost:7480/txn -H 'content-type: application/json' -d '{\"steps\": [[\"append\", 3, 1], [\"r\", 3, null]]}'"
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
    let (rows, found) = Rows::open(&place.data.join("txn-2pc.redb"), place.id)?;
    let epoch = found.get::<u64>(EPOCH)?.unwrap_or(0) + 1;
    rows.write(Batch::default().put(EPOCH, &epoch)).await?;
    let image = image(&found)?;
    journal::info(format_args!(
        "start {epoch}: {} keys, {} transactions in doubt, {} decisions to tell",
        image.keys.len(),
        image.prepared.len(),
        image.decided.len()
    ));
    let seat = Seat {
        own: place.id,
        nodes: place.addrs.keys().copied().collect(),
        epoch,
        bugs,
    };
    let (node, mut failed) = Node::start(seat, &image, rows.clone(), &place.addrs);
    let result = tokio::select! {
        result = axum::serve(listener, api::routes(node)) => result,
        failure = failed.recv() => failure.map_or(Ok(()), Err),
        result = node::asked_to_stop() => result,
    };
    rows.close();
    journal::info("stopped");
    result
}
