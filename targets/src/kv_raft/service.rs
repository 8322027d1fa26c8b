//! `assay node kv-raft`: one node, from its arguments to its exit.
use super::{
    api,
    bugs::{BUGS, Bugs},
    disk::Disk,
    log_store::LogStore,
    machine::Machine,
    node::Node,
    peers::{self, Peers},
    types::Kv,
};
use crate::service::{
    journal,
    node::{self, Common, Place},
    peers::Addrs,
};
use clap::Parser;
use openraft::{
    Config, EmptyNode, Raft, ServerState, SnapshotPolicy, async_runtime::watch::WatchReceiver,
};
use std::{collections::BTreeMap, ffi::OsString, io, process::ExitCode, sync::Arc, time::Duration};

/// How much later each next node tries to found the cluster, if nobody did.
const FOUNDING_STEP: Duration = Duration::from_millis(300);

/// A key-value service replicated by Raft: linearizable, transactional, durable, with bugs on request.
#[derive(Parser, Debug)]
#[command(
    name = "assay node kv-raft",
    after_help = "Example, a cluster of one:\n  \
        assay node kv-raft --id 1 --listen 127.0.0.1:7470 --data /tmp/kv-1\n  \
        curl -X PUT localhost:7470/kv/4 -H 'content-type: application/json' -d '{\"value\": 7}'\n  \
        curl localhost:7470/kv/4"
)]
struct Args {
    #[command(flatten)]
    common: Common,
    /// Take a snapshot, and forget the log behind it, every so many entries
    #[arg(long, value_name = "ENTRIES", default_value_t = 2000)]
    snapshot_every: u64,
}

/// Runs a node until it is stopped. The arguments are those after the service's name.
pub fn serve(args: Vec<OsString>) -> ExitCode {
    node::serve(args, Plan::of, run)
}

/// The arguments, checked.
struct Plan {
    place: Place,
    bugs: Bugs,
    snapshot_every: u64,
}

impl Plan {
    fn of(args: Args) -> Result<Plan, String> {
        if args.snapshot_every == 0 {
            return Err("--snapshot-every has to be at least 1".to_owned());
        }
        let (place, bugs) = args.common.checked(BUGS)?;
        Ok(Plan {
            place,
            bugs,
            snapshot_every: args.snapshot_every,
        })
    }

    /// How the library is run. A leader that is cut off is replaced after the lease (`max`) and
    /// an election timeout (`min` to `max`): within 1 s.
    fn config(&self) -> Config {
        Config {
            cluster_name: "kv-raft".to_owned(),
            heartbeat_interval: 100,
            election_timeout_min: 250,
            election_timeout_max: 500,
            enable_pre_vote: Some(true),
            // A leader that restarts has to be elected again. The library would let it go on as if
            // nothing had happened; but its state is that of a snapshot now, and without a new
            // first entry nothing tells a read how far to wait: `w 1 | w 2 | kill, restart | r 1`.
            enable_leader_restore: Some(false),
            // Followers write an entry to disk while the leader does, not after it.
            broadcast_submitted_on_append: Some(true),
            snapshot_policy: SnapshotPolicy::LogsSinceLast(self.snapshot_every),
            max_in_snapshot_log_to_keep: self.snapshot_every / 4,
            replication_lag_threshold: self.snapshot_every * 2,
            ..Config::default()
        }
    }
}

async fn run(plan: Plan) -> io::Result<()> {
    let config = plan.config().validate().map_err(io::Error::other)?;
    let Place { id, addrs, .. } = &plan.place;
    let listener = plan.place.listen().await?;
    let (disk, mut recovered) = Disk::open(&plan.place.data.join("kv-raft.redb"), *id)?;
    let log = LogStore::new(disk.clone(), &mut recovered);
    let machine = Machine::new(disk.clone(), &mut recovered);
    let view = machine.view();
    let peers = Peers(addrs.clone());
    let raft = Raft::new(*id, Arc::new(config), peers, log, machine)
        .await
        .map_err(io::Error::other)?;
    let node = Node::new(*id, raft.clone(), view, addrs.clone(), plan.bugs);
    let routes = api::routes(Arc::new(node)).merge(peers::routes(raft.clone()));
    tokio::spawn(found(raft.clone(), *id, addrs.clone()));
    let result = tokio::select! {
        result = axum::serve(listener, routes) => result,
        result = report(raft.clone()) => result,
        result = node::asked_to_stop() => result,
    };
    raft.shutdown().await.map_err(io::Error::other)?;
    disk.close();
    journal::info("stopped");
    result
}

/// Forms the cluster if this node's disk is empty and nobody else has formed it.
///
/// It is safe that several nodes do so: all propose the same first entry, with the same members,
/// and Raft elects one leader among them. They take turns only to avoid a split first vote.
async fn found(raft: Raft<Kv, Machine>, id: u64, addrs: Arc<Addrs>) {
    let rank = addrs.range(..id).count() as u32;
    tokio::time::sleep(FOUNDING_STEP * rank).await;
    match raft.is_initialized().await {
        Ok(true) | Err(_) => return,
        Ok(false) => {}
    }
    let members: BTreeMap<u64, EmptyNode> = addrs.keys().map(|id| (*id, EmptyNode {})).collect();
    match raft.initialize(members).await {
        Ok(()) => journal::info("formed the cluster"),
        // A leader's message came in between.
        Err(error) => journal::info(format_args!("did not form the cluster: {error}")),
    }
}

/// Tells of each change of leader; returns when the library has stopped by itself.
async fn report(raft: Raft<Kv, Machine>) -> io::Result<()> {
    let mut metrics = raft.metrics();
    let mut last = None;
    loop {
        let (state, leader, term, failure) = {
            let now = metrics.borrow_watched();
            let failure = now.running_state.as_ref().err().map(ToString::to_string);
            (now.state, now.current_leader, now.current_term, failure)
        };
        if let Some(failure) = failure {
            return Err(io::Error::other(failure));
        }
        let news = match (state, leader) {
            (ServerState::Leader, _) => format!("became leader, term {term}"),
            (ServerState::Candidate, _) => format!("became candidate, term {term}"),
            (ServerState::Follower, Some(leader)) => {
                format!("became follower of node {leader}, term {term}")
            }
            (ServerState::Follower, None) => format!("became follower, term {term}"),
            (ServerState::Learner, _) => "waits for the cluster".to_owned(),
            (ServerState::Shutdown, _) => return Ok(()),
        };
        if last.as_ref() != Some(&news) {
            journal::info(&news);
            last = Some(news);
        }
        if metrics.changed().await.is_err() {
            return Err(io::Error::other("the Raft library has stopped"));
        }
    }
}
