//! One `assay test`, from its plan to its verdict.
use crate::catalog::Catalog;
use crate::conclusion::Circumstances;
use crate::control::Control;
use crate::judge::{self, Limits};
use crate::kept::{self, Kept};
use crate::network::Network;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::recorder::Recorder;
use crate::result::{Phase, RunResult, Word};
use crate::run::{Ran, Run};
use crate::schedule::{Planned, schedule};
use crate::store::Store;
use crate::{cluster::Cluster, report, sandbox, summary, target::About, tell};
use checkers::History;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use tokio::signal::unix::{SignalKind, signal};

/// How long checking may take.
pub(crate) const CHECK_TIME: Duration = Duration::from_secs(300);

/// Runs `plan` and prints what it came to. Called inside the sandbox.
///
/// # Errors
/// If it cannot even begin; whatever goes wrong later is part of the result.
pub(crate) fn run(
    catalog: &Catalog,
    plan: &Plan,
    results: &Path,
    kept: Kept,
) -> Result<Word, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let about = catalog.targets[plan.target.as_str()].about();
        announce(plan, about);
        let control = Rc::new(Control::default());
        listen_for_interrupts(control.clone());
        let started = SystemTime::now();
        let store = Store::create(results, plan, started).map_err(|error| {
            let results = results.display();
            format!("cannot write results into {results}: {error}\n  choose another folder with --results DIR")
        })?;
        let progress = Progress::new(plan.time_limit);
        let ran = perform(catalog, plan, &store, kept, &control, &progress).await?;
        progress.phase("check");
        let file = store.path(kept.judged());
        let checks = judge::of_run(&file, plan, Limits::of_this_machine(CHECK_TIME)).await;
        progress.finish();
        let circumstances = Circumstances {
            plan,
            about,
            started,
            run: store.name(),
            history_file: &file,
            stopped: control.reason(),
        };
        let (result, history) = circumstances.conclude(ran, checks);
        publish(&store, &result, &history);
        if result.verdict == Word::Pass || result.verdict == Word::Unknown {
            store.drop_node_data(plan.nodes);
        }
        let report = store.path("report.html").display().to_string();
        tell::out(summary::of_run(&result, &report));
        Ok(result.verdict)
    })
}

/// The seed first: whatever happens from here on can be repeated.
fn announce(plan: &Plan, about: About) {
    tell::err(format_args!(
        "assay {}  {} {} · {} · {} · nodes {} · processes {} · seed {}",
        env!("CARGO_PKG_VERSION"),
        plan.target,
        about.version,
        plan.workload,
        plan.nemesis,
        plan.nodes,
        plan.concurrency,
        plan.seed
    ));
}

/// Starts the cluster, lets everything happen to it, and stops it. What happened is in the history.
async fn perform(
    catalog: &Catalog,
    plan: &Plan,
    store: &Store,
    kept: Kept,
    control: &Control,
    progress: &Progress,
) -> Result<Ran, String> {
    let mut nemesis = catalog.nemesis_named(&plan.nemesis);
    let faults = match &mut nemesis {
        Some(nemesis) => schedule(plan, nemesis.as_mut()),
        None => Vec::new(),
    };
    let recorder = begin_history(store, plan, kept, &faults).map_err(|error| {
        format!(
            "cannot write {}: {error}",
            store.path(kept.judged()).display()
        )
    })?;
    let network = Network::build(plan.nodes).await.map_err(|error| {
        format!("no network for the nodes: {error}\n  `assay doctor` says what this machine lacks")
    })?;
    let network_phase = Phase {
        name: "network".to_owned(),
        from: 0,
        to: recorder.now(),
    };
    let target = catalog.targets[plan.target.as_str()].clone();
    let mut cluster = Cluster::new(target, network, &store.nodes(), &plan.bugs)
        .map_err(|error| format!("no folders for the nodes: {error}"))?;
    let mut workload = catalog.workload_named(&plan.workload);
    let run = Run {
        plan,
        recorder: &recorder,
        control,
        progress,
        cluster: &mut cluster,
        workload: workload.as_mut(),
        nemesis: nemesis.as_deref_mut(),
        schedule: &faults,
    };
    let mut ran = tokio::select! {
        ran = run.go() => ran,
        () = progress.watch(&recorder) => unreachable!("it watches for ever"),
    };
    ran.phases.insert(0, network_phase);
    if let Err(error) = recorder.finish() {
        control.stop(&format!("the history cannot be written: {error}"));
    }
    Ok(ran)
}

fn begin_history(
    store: &Store,
    plan: &Plan,
    kept: Kept,
    faults: &[Planned],
) -> std::io::Result<Recorder> {
    let mut lines = Vec::new();
    for fault in faults {
        serde_json::to_writer(&mut lines, fault)?;
        lines.push(b'\n');
    }
    store.write("schedule.jsonl", &lines)?;
    let sink = |is_kept: bool, name| -> std::io::Result<Option<Box<dyn Write>>> {
        Ok(match is_kept {
            true => Some(Box::new(File::create_new(store.path(name))?)),
            false => None,
        })
    };
    let lines = sink(kept.has_lines(), kept::LINES)?;
    let columns = sink(kept.has_columns(), kept::COLUMNS)?;
    Recorder::keeping(lines, columns, plan)
}

/// The first interrupt ends the traffic, the second one everything: as we are pid 1, nothing survives us.
fn listen_for_interrupts(control: Rc<Control>) {
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let control = control.clone();
        let mut signals = signal(kind).expect("signal handlers can be installed");
        tokio::task::spawn_local(async move {
            while signals.recv().await.is_some() {
                if control.is_torn() {
                    tell::err("interrupted twice: everything is taken down, nothing is checked");
                    std::process::exit(130);
                }
                control.interrupt();
                tell::err("interrupted: stopping, healing and checking; once more to give up");
            }
        });
    }
    // Those that arrived before there was a handler have waited for it.
    sandbox::hear_signals();
}

/// Writes what a reader gets. A failure here is told, and changes no verdict.
fn publish(store: &Store, result: &RunResult, history: &History) {
    if let Err(error) = store.write_result(result) {
        tell::err(format_args!(
            "warning: result.json could not be written: {error}"
        ));
    }
    let page = std::panic::catch_unwind(|| report::render(result, history));
    let written = match page {
        Ok(page) => store
            .write("report.html", page.as_bytes())
            .map_err(|error| error.to_string()),
        Err(_) => Err("the page could not be drawn".to_owned()),
    };
    if let Err(error) = written {
        tell::err(format_args!(
            "warning: report.html could not be written: {error}"
        ));
    }
}
