//! One node as a program: its arguments, its listener, its end.
use super::journal;
use super::peers::Addrs;
use axum::serve::{Listener, ListenerExt};
use clap::Parser;
use harness::Bug;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::{ffi::OsString, io, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// What every node is told.
#[derive(clap::Args, Debug)]
pub(crate) struct Common {
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
    /// Switch on a planted bug; `assay targets NAME` lists them
    #[arg(long = "bug", value_name = "NAME")]
    bugs: Vec<String>,
}

/// The same, checked.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) id: u64,
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    /// All nodes, this one among them.
    pub(crate) addrs: Arc<Addrs>,
    bugs: Vec<String>,
}

impl Common {
    /// The arguments, checked: the place of this node, and the switches of the bugs that were asked
    /// for. `B` has a field for each of `known`, called like it.
    ///
    /// # Errors
    /// If the nodes of the cluster do not fit each other, or a bug is not among `known`.
    pub(crate) fn checked<B: DeserializeOwned>(self, known: &[Bug]) -> Result<(Place, B), String> {
        let place = self.place()?;
        let bugs = switches(known, &place.bugs)?;
        Ok((place, bugs))
    }

    fn place(self) -> Result<Place, String> {
        let mut addrs = Addrs::new();
        for (id, addr) in self.peers {
            if addrs.insert(id, addr).is_some() {
                return Err(format!("two peers have the id {id}"));
            }
        }
        if addrs.is_empty() {
            addrs.insert(self.id, self.listen);
        }
        if !addrs.contains_key(&self.id) {
            return Err(format!("node {} is not on the list of peers", self.id));
        }
        Ok(Place {
            id: self.id,
            listen: self.listen,
            data: self.data,
            addrs: Arc::new(addrs),
            bugs: self.bugs,
        })
    }
}

impl Place {
    /// Makes the directory, and listens.
    ///
    /// # Errors
    /// If either cannot be done.
    pub(crate) async fn listen(&self) -> io::Result<impl Listener<Addr = SocketAddr>> {
        std::fs::create_dir_all(&self.data)?;
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            io::Error::other(format!("could not listen on {}: {error}", self.listen))
        })?;
        journal::info(format_args!(
            "node {} listens on {}, cluster of {}, data in {}",
            self.id,
            self.listen,
            self.addrs.len(),
            self.data.display()
        ));
        if !self.bugs.is_empty() {
            journal::info(format_args!("switched on: {}", self.bugs.join(", ")));
        }
        Ok(listener.tap_io(|connection| {
            // Only a matter of speed; a socket that refuses is about to fail anyway.
            let _ = connection.set_nodelay(true);
        }))
    }
}

/// `B`, a struct of booleans that may be left out, with those on that are named.
fn switches<B: DeserializeOwned>(known: &[Bug], names: &[String]) -> Result<B, String> {
    let known: Vec<&str> = known.iter().map(|bug| bug.name).collect();
    for name in names {
        if !known.contains(&name.as_str()) {
            return Err(format!(
                "no bug named {name}; there are {}",
                known.join(", ")
            ));
        }
    }
    let on = names.iter().map(|name| (name.clone(), Json::Bool(true)));
    serde_json::from_value(Json::Object(on.collect())).map_err(|error| error.to_string())
}

/// Runs a node until it is stopped: `plan` checks the arguments, which are those after the
/// service's name, and `run` serves.
pub(crate) fn serve<A: Parser, P, R: Future<Output = io::Result<()>>>(
    args: Vec<OsString>,
    plan: impl FnOnce(A) -> Result<P, String>,
    run: impl FnOnce(P) -> R,
) -> ExitCode {
    let name = OsString::from(A::command().get_name());
    let plan = match A::try_parse_from([name].into_iter().chain(args)) {
        Ok(args) => plan(args),
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

/// Returns once somebody asks this process to end.
///
/// # Errors
/// If the system gives no signals.
pub(crate) async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    journal::info("asked to stop");
    Ok(())
}

fn parse_peer(text: &str) -> Result<(u64, SocketAddr), String> {
    let (id, addr) = text.split_once('=').ok_or("expected ID=IP:PORT")?;
    let id = id.parse().map_err(|error| format!("{id}: {error}"))?;
    let addr = addr.parse().map_err(|error| format!("{addr}: {error}"))?;
    Ok((id, addr))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::fmt::Debug;

    /// Each bug of a service has to have a switch of its own in `B`.
    pub(crate) fn have_switches<B: DeserializeOwned + PartialEq + Debug>(known: &[Bug]) {
        let mut seen: Vec<B> = vec![switches(known, &[]).expect("all may be off")];
        for bug in known {
            let bugs = switches(known, &[bug.name.to_owned()]).expect("it is listed");
            assert!(!seen.contains(&bugs), "{} switches nothing on", bug.name);
            seen.push(bugs);
        }
    }

    #[test]
    fn an_unknown_bug_is_refused_with_the_list() {
        let known = Bug {
            name: "stale-reads",
            summary: "",
            found_by: "",
        };
        let refused = switches::<Json>(&[known], &["stale-read".to_owned()]);
        let error = refused.expect_err("it is misspelt");
        assert!(error.contains("stale-reads"), "{error}");
    }

    #[test]
    fn a_place_is_one_of_the_cluster() {
        let common = |id, peers: &[&str]| Common {
            id,
            listen: ([127, 0, 0, 1], 7000).into(),
            data: PathBuf::new(),
            peers: peers.iter().map(|peer| parse_peer(peer).unwrap()).collect(),
            bugs: Vec::new(),
        };
        let alone = common(4, &[]).place().unwrap();
        assert_eq!(alone.addrs.len(), 1);
        let four = [
            "1=10.0.0.1:7",
            "2=10.0.0.2:7",
            "3=10.0.0.3:7",
            "4=10.0.0.4:7",
        ];
        assert_eq!(common(4, &four).place().unwrap().addrs.len(), 4);
        assert!(common(5, &four).place().is_err());
        assert!(
            common(1, &["1=10.0.0.1:7", "1=10.0.0.2:7"])
                .place()
                .is_err()
        );
        assert!(parse_peer("1").is_err() && parse_peer("x=10.0.0.1:7").is_err());
    }
}
