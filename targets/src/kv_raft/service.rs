//! `assay node kv-raft`: one node, from its arguments to its exit.
use super::{
    api,
    bugs::{self, Bugs},
    disk::Disk,
    journal,
    log_store::LogStore,
    machine::Machine,
    node::Node,
    peers::{self, Addrs, Peers},
    types::Kv,
};
use axum::serve::ListenerExt;
use clap::Parser;
use openraft::{
    Config, EmptyNode, Raft, ServerState, SnapshotPolicy, async_runtime::watch::WatchReceiver,
};
use std::{
    collections::BTreeMap, ffi::OsString, io, net::SocketAddr, path::PathBuf, process::ExitCode,
    sync::Arc, time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

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
    /// This node's number
    #[arg(long)]
    id: u64,
    /// Where to listen, for clients and peers alike
    #[arg(long, value_name = "IP:PORT")]
    listen: SocketAddr,
    /// A directory for this node's file; it is made if need be
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A node of the cluster; give the same list, with all nodes, to every node
    #[arg(long = "peer", value_name = "ID=IP:PORT", value_parser = parse_peer)]
    peers: Vec<(u64, SocketAddr)>,
    #[arg(long = "bug", value_name = "NAME", help = format!("Switch on a planted bug: {}", bugs::list()))]
    bugs: Vec<String>,
    /// Take a snapshot, and forget the log behind it, every so many entries
    #[arg(long, value_name = "ENTRIES", default_value_t = 2000)]
    snapshot_every: u64,
}

/// Runs a node until it is stopped. The arguments are those after the service's name.
pub fn serve(args: Vec<OsString>) -> ExitCode {
    let name = OsString::from("assay node kv-raft");
    let plan = match Args::try_parse_from([name].into_iter().chain(args)) {
        Ok(args) => Plan::of(args),
        Err(error) => {
            let is_help = !error.use_stderr();
            // Nobody is left to hear that the terminal is gone.
            let _ = error.print();
            return if is_help {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(64)
            };
        }
    };
    let plan = match plan {
        Ok(plan) => plan,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::from(64);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the system has two threads to spare");
    match runtime.block_on(run(plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            journal::error(error);
            ExitCode::FAILURE
        }
    }
}

fn parse_peer(text: &str) -> Result<(u64, SocketAddr), String> {
    let (id, addr) = text.split_once('=').ok_or("expected ID=IP:PORT")?;
    let id = id.parse().map_err(|error| format!("{id}: {error}"))?;
    let addr = addr.parse().map_err(|error| format!("{addr}: {error}"))?;
    Ok((id, addr))
}

/// The arguments, checked.
struct Plan {
    id: u64,
    listen: SocketAddr,
    data: PathBuf,
    addrs: Arc<Addrs>,
    bugs: Bugs,
    snapshot_every: u64,
}

impl Plan {
    fn of(args: Args) -> Result<Plan, String> {
        let mut addrs = Addrs::new();
        for (id, addr) in args.peers {
            if addrs.insert(id, addr).is_some() {
                return Err(format!("two peers have the id {id}"));
            }
        }
        if addrs.is_empty() {
            addrs.insert(args.id, args.listen);
        }
        if !addrs.contains_key(&args.id) {
            return Err(format!("node {} is not on the list of peers", args.id));
        }
        if args.snapshot_every == 0 {
            return Err("--snapshot-every has to be at least 1".to_owned());
        }
        Ok(Plan {
            id: args.id,
            listen: args.listen,
            data: args.data,
            addrs: Arc::new(addrs),
            bugs: Bugs::parse(&args.bugs)?,
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
    let listener = TcpListener::bind(plan.listen).await.map_err(|error| {
        io::Error::other(format!("could not listen on {}: {error}", plan.listen))
    })?;
    std::fs::create_dir_all(&plan.data)?;
    let (disk, mut recovered) = Disk::open(&plan.data.join("kv-raft.redb"), plan.id)?;
    let log = LogStore::new(disk.clone(), &mut recovered);
    let machine = Machine::new(disk.clone(), &mut recovered);
    let view = machine.view();
    let config = plan.config().validate().map_err(io::Error::other)?;
    let peers = Peers(plan.addrs.clone());
    let raft = Raft::new(plan.id, Arc::new(config), peers, log, machine)
        .await
        .map_err(io::Error::other)?;
    journal::info(format_args!(
        "node {} listens on {}, cluster of {}, data in {}",
        plan.id,
        plan.listen,
        plan.addrs.len(),
        plan.data.display()
    ));
    if plan.bugs != Bugs::default() {
        journal::info(format_args!("switched on: {:?}", plan.bugs));
    }

    let node = Node::new(plan.id, raft.clone(), view, plan.addrs.clone(), plan.bugs);
    let routes = api::routes(Arc::new(node)).merge(peers::routes(raft.clone()));
    let listener = listener.tap_io(|connection| {
        // Only a matter of speed; a socket that refuses is about to fail anyway.
        let _ = connection.set_nodelay(true);
    });
    tokio::spawn(found(raft.clone(), plan.id, plan.addrs));
    let result = tokio::select! {
        result = axum::serve(listener, routes) => result,
        result = report(raft.clone()) => result,
        result = asked_to_stop() => result,
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

async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    journal::info("asked to stop");
    Ok(())
}
