//! A run without processes and without a network: for tests, and to measure what the harness itself costs.
use crate::control::Control;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::recorder::Recorder;
use crate::run::Run;
use crate::{cluster::Cluster, target::Target, workload::Workload};
use std::io::Write;
use std::rc::Rc;

/// Runs `plan` against a target that lives in this process, and writes the history into `sink`.
/// Everything but processes, network and faults is as in a real run; on tokio's paused clock the
/// same plan gives the same history, byte for byte.
///
/// # Errors
/// In words, if the history cannot be written or the target does not become ready.
pub async fn rehearse(
    plan: &Plan,
    workload: &mut dyn Workload,
    target: impl Target + 'static,
    sink: Box<dyn Write>,
) -> Result<(), String> {
    let recorder = Recorder::new(sink, plan).map_err(|error| error.to_string())?;
    let mut cluster = Cluster::in_process(Rc::new(target), plan.nodes);
    let control = Control::default();
    let run = Run {
        plan,
        recorder: &recorder,
        control: &control,
        progress: &Progress::hidden(),
        cluster: &mut cluster,
        workload,
        nemesis: None,
        schedule: &[],
    };
    let ran = run.go().await;
    if let Some(error) = ran.error.or(control.reason()) {
        return Err(error);
    }
    recorder.flush().map_err(|error| error.to_string())
}
