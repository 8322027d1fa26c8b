//! How long it takes to judge whole workloads: `cargo bench -p checkers --bench domain`.
//!
//! Histories as ten clients, scheduled at random, see them of a system that keeps its promise; each
//! answer is taken from the system at the moment of answering. `set`, `set-full` and `causal-reverse`
//! fill one set and read it eight times at even distances; `… by key` are many sets of sixteen
//! elements, read four times each. Times are those of this thread on a processor. Memory is the peak
//! of what a judge holds beside the history.
//! `-- 10000000` ends at ten million operations.
#[path = "kit/counting.rs"]
mod counting;
#[path = "kit/rng.rs"]
mod rng;

use checkers::domain::checker;
use checkers::model::Parameters;
use checkers::{Budget, Call, Event, History, Kind, Op, Process, Verdict};
use rng::Rng;
use std::time::{Duration, Instant};

#[path = "domain/systems.rs"]
mod systems;

use systems::{
    ACCOUNTS, Bank, CLIENTS, Forks, Inserts, Logs, OPENED, Queue, Rows, Workload, set, sets,
};

/// The best of so many measurements is shown.
const ROUNDS: usize = 3;

/// What is measured: a name, the judge, and the system that answers.
type Row = (&'static str, &'static str, fn(usize) -> Box<dyn Workload>);

const ROWS: [Row; 11] = [
    ("bank", "bank", |_| Box::new(Bank::default())),
    ("set", "set", |size| set("add", size)),
    ("set-full", "set-full", |size| set("add", size)),
    ("set-full by key", "set-full", |size| sets("add", size)),
    ("total-queue", "total-queue", |_| Box::new(Queue::default())),
    ("long-fork", "long-fork", |_| Box::new(Forks::default())),
    ("causal-reverse", "causal-reverse", |size| {
        set("write", size)
    }),
    ("causal-reverse by key", "causal-reverse", |size| {
        sets("write", size)
    }),
    ("g2", "g2", |_| Box::new(Inserts::default())),
    ("monotonic", "monotonic", |_| Box::new(Rows::default())),
    ("kafka", "kafka", |_| Box::new(Logs::default())),
];

fn main() {
    let told = std::env::args().find_map(|argument| argument.parse().ok());
    let most: usize = told.unwrap_or(1_000_000);
    println!("| workload | operations | ms | ns/operation | peak MB |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for row in ROWS {
        let sizes = [10_000, 100_000, 1_000_000, 10_000_000];
        for size in sizes.into_iter().filter(|size| *size <= most) {
            measure(&row, size);
        }
    }
}

fn measure((name, domain, workload): &Row, size: usize) {
    let history = simulate(&mut *workload(size), size);
    let total = (ACCOUNTS as i64 * OPENED).into();
    let parameters = match *domain {
        "bank" => Parameters::from([("total".to_owned(), total)]),
        _ => Parameters::new(),
    };
    let judge = checker(domain, &parameters).expect("a domain of the table");
    let before = counting::begin();
    let (mut best, began) = (Duration::MAX, Instant::now());
    for _ in 0..ROUNDS {
        let start = on_processor(began);
        let verdict = judge.check(&history, &Budget::new(u64::MAX));
        best = best.min(on_processor(began) - start);
        assert!(
            matches!(verdict, Verdict::Valid { .. }),
            "{name}: {verdict:#?}"
        );
    }
    println!(
        "| {name} | {size} | {:.1} | {:.0} | {:.1} |",
        best.as_secs_f64() * 1e3,
        best.as_secs_f64() * 1e9 / size as f64,
        (counting::peak() - before) as f64 / 1e6,
    );
}

/// For how long this thread was on a processor; for how long it has been running, where nobody counts.
fn on_processor(began: Instant) -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let counted = counted.and_then(|counts| counts.split(' ').next()?.parse().ok());
    counted.map_or_else(|| began.elapsed(), Duration::from_nanos)
}

fn simulate(workload: &mut dyn Workload, size: usize) -> History {
    let mut rng = Rng(7);
    let mut history = History::default();
    let mut open: Vec<Option<Call>> = vec![None; CLIENTS as usize];
    let (mut asked, mut ended) = (0, 0);
    while ended < size {
        let client = rng.below(CLIENTS);
        let slot = &mut open[client as usize];
        if let Some(call) = slot.take() {
            end(&mut history, workload, client, call);
            ended += 1;
        } else if asked < size {
            let call = workload.ask(asked, &mut rng);
            push(&mut history, client, Kind::Invoke, call.clone());
            *slot = Some(call);
            asked += 1;
        }
    }
    if let Some(call) = workload.last() {
        push(&mut history, CLIENTS, Kind::Invoke, call.clone());
        end(&mut history, workload, CLIENTS, call);
    }
    history
}

fn end(history: &mut History, workload: &mut dyn Workload, client: u64, call: Call) {
    match workload.answer(client, &call) {
        Some(output) => push(history, client, Kind::Ok, call.answered(output)),
        None => push(history, client, Kind::Fail("refused".to_owned()), call),
    }
}

fn push(history: &mut History, client: u64, kind: Kind, call: Call) {
    let event = Event {
        time: history.events().len() as u64,
        process: Process(client as u32),
        node: None,
        kind,
        op: Op::from(call),
    };
    history.push(event).expect("simulated as one");
}
