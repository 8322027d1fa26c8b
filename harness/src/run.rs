//! One run from start to history: boot, traffic beside faults, settle, last reads, stop.
use crate::control::Control;
use crate::faults::Faults;
use crate::nemesis::AnyNemesis;
use crate::notes;
use crate::pace::Pace;
use crate::plan::{Plan, stream};
use crate::process::Worker;
use crate::progress::Progress;
use crate::schedule::Planned;
use crate::{cluster::Cluster, recorder::Recorder, result::Phase, rng::Rng};
use crate::{target::AnyTarget, target::Node, workload::Workload};
use checkers::{NodeId, Process};
use futures_util::future::{join_all, join3};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// What a run came to, beside its history.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    pub(crate) phases: Vec<Phase>,
    /// What broke in the harness or in the target's set-up, if anything did.
    pub(crate) error: Option<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) last_reads: u64,
    pub(crate) last_reads_ok: u64,
}

/// How long the nodes have to answer after their start, and again after all faults are healed.
const READY_PATIENCE: Duration = Duration::from_secs(30);
const READY_ASK_PATIENCE: Duration = Duration::from_secs(2);
const READY_AGAIN: Duration = Duration::from_millis(20);
const PREPARE_PATIENCE: Duration = Duration::from_secs(30);
/// How long all that a workload asks before the traffic may take.
const SET_UP_PATIENCE: Duration = Duration::from_secs(30);
/// How long reading every key from every node may take.
const LAST_READS_PATIENCE: Duration = Duration::from_secs(600);
/// How often nodes that ended by themselves are looked for, and the leader is asked for.
pub(crate) const WATCH: Duration = Duration::from_millis(250);

/// Everything that takes part in a run.
pub(crate) struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) recorder: &'a Recorder,
    pub(crate) control: &'a Control,
    pub(crate) progress: &'a Progress,
    pub(crate) cluster: &'a mut Cluster,
    pub(crate) workload: &'a mut dyn Workload,
    pub(crate) nemesis: Option<&'a mut (dyn AnyNemesis + 'static)>,
    pub(crate) schedule: &'a [Planned],
}

impl Run<'_> {
    /// Runs everything. What goes wrong on the way stands in the result; whatever was recorded is on the disk.
    pub(crate) async fn go(mut self) -> Ran {
        let mut ran = Ran::default();
        let (recorder, control) = (self.recorder, self.control);
        let phases = async {
            if let Err(error) = self.phases(&mut ran).await {
                ran.error = Some(error);
            }
            self.cluster.stop().await;
        };
        let writing = async {
            let error = recorder.keep_writing().await;
            control.stop(&format!("the history cannot be written: {error}"));
            // The rest of the run goes on without a history, so that it ends in good order.
            std::future::pending::<()>().await;
        };
        tokio::select! { () = phases => {}, () = writing => {} }
        ran
    }

    async fn phases(&mut self, ran: &mut Ran) -> Result<(), String> {
        let (target, nodes) = (self.cluster.target(), self.cluster.nodes());
        let mut workers = workers(self.plan, self.recorder, &*target, &nodes);
        let (began, booted) = (self.phase("boot"), self.boot(&mut workers, ran).await);
        self.end_phase(ran, "boot", began);
        booted?;

        let (began, broke) = (
            self.phase("traffic"),
            self.traffic_beside_faults(&mut workers, ran).await,
        );
        self.end_phase(ran, "traffic", began);
        broke?;

        let (began, settled) = (
            self.phase("settle"),
            self.until_ready("settle after healing", ran).await,
        );
        self.end_phase(ran, "settle", began);
        settled?;

        let began = self.phase("last reads");
        workers.retain(|worker| self.cluster.is_running(worker.node.id));
        self.last_reads(&mut workers, ran).await;
        self.end_phase(ran, "last reads", began);
        Ok(())
    }

    fn phase(&self, name: &str) -> u64 {
        self.progress.phase(name);
        self.recorder
            .note("harness", notes::PHASE, &json!({ "begins": name }))
    }

    fn end_phase(&self, ran: &mut Ran, name: &str, from: u64) {
        ran.phases.push(Phase {
            name: name.to_owned(),
            from,
            to: self.recorder.now(),
        });
    }

    async fn boot(&mut self, workers: &mut [Worker<'_>], ran: &mut Ran) -> Result<(), String> {
        self.cluster.start().map_err(|error| error.to_string())?;
        self.until_ready("start", ran).await?;
        if let Some(fallen) = ran.warnings.first() {
            return Err(format!("{fallen} before the cluster was ready"));
        }
        let (target, nodes) = (self.cluster.target(), self.cluster.nodes());
        let prepared = timeout(PREPARE_PATIENCE, target.prepare(&nodes)).await;
        prepared
            .map_err(|_| format!("the target was not prepared within {PREPARE_PATIENCE:?}"))?
            .map_err(|error| format!("the target could not be prepared: {error}"))?;
        self.set_up(workers).await
    }

    /// Asks what the workload wants to be there first. One worker asks, so that whoever reads the
    /// history sees one after the other; it goes on as another process after an unknown outcome.
    async fn set_up(&mut self, workers: &mut [Worker<'_>]) -> Result<(), String> {
        let (recorder, control) = (self.recorder, self.control);
        let deadline = Instant::now() + SET_UP_PATIENCE;
        let mut first = self.workload.first();
        let mut answered = recorder.tally().ok;
        let next = async || {
            if answered < recorder.tally().ok {
                answered = recorder.tally().ok;
                first = self.workload.first();
            }
            let is_over = deadline <= Instant::now() || control.is_stopped();
            first.clone().filter(|_| !is_over)
        };
        workers[0].drive(next).await;
        match first {
            Some(op) if !control.is_stopped() => Err(format!(
                "the set-up was not answered within {SET_UP_PATIENCE:?}: {op}"
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Until every node that runs serves its clients, or the user has no more patience.
    async fn until_ready(&mut self, what: &str, ran: &mut Ran) -> Result<(), String> {
        let (target, nodes) = (self.cluster.target(), self.cluster.nodes());
        let deadline = Instant::now() + READY_PATIENCE;
        let mut waiting: Vec<&Node> = nodes.iter().collect();
        loop {
            tell_of_fallen(self.cluster, self.recorder, self.progress, ran);
            waiting.retain(|node| self.cluster.is_running(node.id));
            let asked = waiting.iter().map(|node| async {
                match timeout(READY_ASK_PATIENCE, target.ready(node)).await {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some((*node, error.to_string())),
                    Err(_) => Some((*node, format!("no answer in {READY_ASK_PATIENCE:?}"))),
                }
            });
            let missing: Vec<(&Node, String)> =
                join_all(asked).await.into_iter().flatten().collect();
            let Some((node, why)) = missing.first() else {
                return Ok(());
            };
            if deadline <= Instant::now() {
                ran.warnings.push(last_words(self.cluster, node.id));
                return Err(format!(
                    "{} did not {what} within {READY_PATIENCE:?}: {why}",
                    node.id
                ));
            }
            if self.control.is_torn() {
                return Ok(());
            }
            waiting = missing.into_iter().map(|(node, _)| node).collect();
            sleep(READY_AGAIN).await;
        }
    }

    async fn traffic_beside_faults(
        &mut self,
        workers: &mut [Worker<'_>],
        ran: &mut Ran,
    ) -> Result<(), String> {
        let (target, nodes) = (self.cluster.target(), self.cluster.nodes());
        let (control, recorder) = (self.control, self.recorder);
        let began = Instant::now();
        let end = began + self.plan.time_limit;
        let rng = RefCell::new(Rng::stream(self.plan.seed, stream::OPERATIONS));
        let pace = Pace::new(self.plan);
        let workload = RefCell::new(&mut *self.workload);
        let is_busy = Cell::new(true);
        let next = async || {
            if let Some(slot) = pace.slot() {
                tokio::select! { () = sleep_until(slot.min(end)) => {}, () = control.stopped() => {} }
            }
            if end <= Instant::now() || control.is_stopped() {
                return None;
            }
            Some(workload.borrow_mut().next(&mut rng.borrow_mut()))
        };
        let busy = &mut workers[..self.plan.concurrency as usize];
        let traffic = async {
            join_all(busy.iter_mut().map(|worker| worker.drive(&next))).await;
            is_busy.set(false);
        };
        let watched = watch_leader(recorder, &*target, &nodes, &is_busy);
        let mut faults = Faults {
            recorder,
            control,
            progress: self.progress,
            cluster: self.cluster,
            ran,
        };
        let faults = faults.bring(self.nemesis.as_deref_mut(), self.schedule, began, end);
        join3(traffic, faults, watched).await.1
    }

    /// Every node that runs is asked, also by workers that had no part in the traffic.
    async fn last_reads(&mut self, workers: &mut [Worker<'_>], ran: &mut Ran) {
        let before = self.recorder.tally();
        let (control, workload) = (self.control, RefCell::new(&mut *self.workload));
        let deadline = Instant::now() + LAST_READS_PATIENCE;
        let reading = workers.iter_mut().map(|worker| {
            let (workload, node) = (&workload, worker.node.id);
            let next = async move || {
                let is_over = deadline <= Instant::now() || control.is_torn();
                if is_over {
                    None
                } else {
                    workload.borrow_mut().last(node)
                }
            };
            worker.drive(next)
        });
        join_all(reading).await;
        let after = self.recorder.tally();
        ran.last_reads = after.invoked - before.invoked;
        ran.last_reads_ok = after.ok - before.ok;
    }
}

/// One for each process, and at least one for each node.
fn workers<'w>(
    plan: &Plan,
    recorder: &'w Recorder,
    target: &'w dyn AnyTarget,
    nodes: &'w [Node],
) -> Vec<Worker<'w>> {
    let stride = plan.concurrency.max(nodes.len() as u32);
    let worker = |number: u32| Worker {
        target,
        node: &nodes[number as usize % nodes.len()],
        recorder,
        deadline: plan.op_deadline,
        stride,
        process: Process(number),
    };
    (0..stride).map(worker).collect()
}

async fn watch_leader(
    recorder: &Recorder,
    target: &dyn AnyTarget,
    nodes: &[Node],
    is_busy: &Cell<bool>,
) {
    let mut last = None;
    while is_busy.get() {
        let leader = target.leader(nodes).await;
        if leader.is_some() && leader != last {
            recorder.note("harness", notes::LEADER, &leader.map(|id| id.to_string()));
            last = leader;
        }
        sleep(WATCH).await;
    }
}

/// Puts on record who ended without having been asked to.
pub(crate) fn tell_of_fallen(
    cluster: &mut Cluster,
    recorder: &Recorder,
    progress: &Progress,
    ran: &mut Ran,
) {
    for (node, how) in cluster.take_fallen() {
        let fallen = format!("{node} exited by itself ({how})");
        recorder.note("harness", notes::FALLEN, &fallen);
        progress.fault(&fallen);
        ran.warnings.push(fallen);
        ran.warnings.push(last_words(cluster, node));
    }
}

fn last_words(cluster: &Cluster, node: NodeId) -> String {
    format!(
        "the last line in the log of {node}: {}",
        cluster.last_words(node)
    )
}
