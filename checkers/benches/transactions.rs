//! How fast transactions on lists are judged: `cargo bench -p checkers --bench transactions [MOST]`.
//!
//! As Elle's own generator asks: ten keys at a time, up to 256 appends to each, one to four steps a
//! transaction; twenty clients; two in a hundred fail or are never answered. `file` is read from a
//! columnar history in memory, as it lies in a mapped file. MOST bounds how many transactions there are.
#[path = "kit/rng.rs"]
mod rng;

use checkers::format::columnar::{Columns, Writer};
use checkers::transactional::{ListAppend, Strict, Txns};
use checkers::{Budget, Call, Data, Event, Kind, Op, Process, Verb};
use rng::Rng;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    let most = std::env::args().filter_map(|most| most.parse().ok()).next();
    let most: usize = most.unwrap_or(1_000_000);
    println!(
        "{:<22} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "history",
        "txns",
        "file MB",
        "open ms",
        "txns ms",
        "infer ms",
        "strict ms",
        "judge s",
        "all s"
    );
    for count in [10_000, 100_000, 1_000_000, 10_000_000] {
        if count <= most {
            measure("elle-like", &elle_like(count));
        }
    }
    measure("100,000 x 1,000 reads", &long_list(100_000, 1_000));
    measure("unread, read empty", &unread(100_000));
}

fn measure(name: &str, bytes: &[u8]) {
    let (columns, open) = timed(|| Columns::open(bytes).expect("just written"));
    let (txns, build) = timed(|| Txns::of_columns(&columns).expect("all are transactions"));
    let (inferred, infer) = timed(|| ListAppend::infer(&txns));
    assert_eq!(inferred.findings(), [], "{name}");
    let (strict, order) = timed(|| inferred.strict(&Budget::new(u64::MAX)));
    assert_eq!(strict, Strict::Acyclic, "{name}");
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    println!(
        "{name:<22} {:>10} {:>9} {:>9.0} {:>9.0} {:>9.0} {:>9.0} {:>9.3} {:>9.3}",
        txns.len(),
        bytes.len() >> 20,
        ms(open),
        ms(build),
        ms(infer),
        ms(order),
        (infer + order).as_secs_f64(),
        (open + build + infer + order).as_secs_f64(),
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let made = black_box(work());
    (made, start.elapsed())
}

/// Takes events, and hands them to the file.
struct Recorder {
    writer: Writer<Vec<u8>>,
    time: u64,
}

impl Recorder {
    fn new() -> Recorder {
        let writer = Writer::new(Vec::new(), None).expect("memory takes it");
        Recorder { writer, time: 0 }
    }

    fn event(&mut self, process: u32, kind: Kind, asked: &Data, output: Option<Data>) {
        self.time += 40_000;
        let call = Call {
            output,
            ..Call::new(Verb::Txn, 0, asked.clone())
        };
        let event = Event {
            time: self.time,
            process: Process(process),
            node: None,
            kind,
            op: Op::from(call),
        };
        self.writer.event(&event).expect("memory takes it");
    }

    fn ok(&mut self, process: u32, asked: Vec<Data>, answered: Vec<Data>) {
        let asked = Data::from(asked);
        self.event(process, Kind::Invoke, &asked, None);
        self.event(process, Kind::Ok, &asked, Some(answered.into()));
    }

    fn finish(self) -> Vec<u8> {
        self.writer.finish().expect("memory takes it")
    }
}

fn append(key: i64, value: i64) -> Data {
    Data::from(vec![
        Data::from("append"),
        Data::from(key),
        Data::from(value),
    ])
}

fn read(key: i64, list: Data) -> Data {
    Data::from(vec![Data::from("r"), Data::from(key), list])
}

/// What one client is doing.
#[derive(Default)]
struct Client {
    process: u32,
    /// Asked, and not run yet; the keys of reads are there, and their answers are not.
    asked: Option<Vec<Data>>,
    answered: Option<Vec<Data>>,
    fails: bool,
}

fn elle_like(count: usize) -> Vec<u8> {
    const ACTIVE: usize = 10;
    const CLIENTS: u32 = 20;
    const APPENDS_MAX: u64 = 256;
    let mut rng = Rng(9);
    let mut recorder = Recorder::new();
    let mut active: Vec<usize> = (0..ACTIVE).collect();
    let mut appended = [0_u64; ACTIVE];
    let mut limits: Vec<u64> = (0..ACTIVE).map(|_| 1 + rng.below(APPENDS_MAX)).collect();
    let mut lists: Vec<Vec<Data>> = vec![Vec::new(); ACTIVE];
    let mut clients: Vec<Client> = (0..CLIENTS)
        .map(|process| Client {
            process,
            ..Client::default()
        })
        .collect();
    let (mut started, mut ended, mut fresh) = (0, 0, CLIENTS);
    while ended < count {
        let client = &mut clients[rng.below(u64::from(CLIENTS)) as usize];
        if let Some(answered) = client.answered.take() {
            let asked = Data::from(client.asked.take().expect("asked before it was run"));
            let (kind, output) = match client.fails {
                true => (Kind::Fail("refused".to_owned()), None),
                false => (Kind::Ok, Some(answered.into())),
            };
            recorder.event(client.process, kind, &asked, output);
            ended += 1;
        } else if let Some(asked) = &client.asked {
            let luck = rng.below(200);
            client.fails = luck < 2;
            let is_unknown = luck == 2 || luck == 3;
            let is_lost = is_unknown && rng.below(2) == 0;
            let is_run = !client.fails && !is_lost;
            let run = |step: &Data| {
                let [f, key, value] = step.list().expect("a step") else {
                    panic!("a triple")
                };
                let list = &mut lists[key.int().expect("a number") as usize];
                if *f == Data::from("append") {
                    if is_run {
                        list.push(value.clone());
                    }
                    return step.clone();
                }
                read(key.int().expect("a number"), Data::from(list.clone()))
            };
            let answered: Vec<Data> = asked.iter().map(run).collect();
            if is_unknown {
                let asked = Data::from(client.asked.take().expect("it is there"));
                recorder.event(client.process, Kind::Info("lost".to_owned()), &asked, None);
                (client.process, fresh) = (fresh, fresh + 1);
                ended += 1;
            } else {
                client.answered = Some(answered);
            }
        } else if started < count {
            started += 1;
            let steps = (0..1 + rng.below(4)).map(|_| {
                // The last key is asked half of the time, the one before a quarter of it.
                let mut slot = ACTIVE - 1;
                while slot > 0 && rng.below(2) == 0 {
                    slot -= 1;
                }
                if rng.below(2) == 0 {
                    return read(active[slot] as i64, Data::Nil);
                }
                if appended[slot] >= limits[slot] {
                    (active[slot], appended[slot]) = (lists.len(), 0);
                    limits[slot] = 1 + rng.below(APPENDS_MAX);
                    lists.push(Vec::new());
                }
                appended[slot] += 1;
                append(active[slot] as i64, appended[slot] as i64)
            });
            let steps: Vec<Data> = steps.collect();
            let asked = Data::from(steps.clone());
            recorder.event(client.process, Kind::Invoke, &asked, None);
            client.asked = Some(steps);
        }
    }
    recorder.finish()
}

/// One list that grows to `length`, and is then read again and again.
fn long_list(length: i64, reads: usize) -> Vec<u8> {
    let mut recorder = Recorder::new();
    for value in 0..length {
        recorder.ok(0, vec![append(0, value)], vec![append(0, value)]);
    }
    let list = Data::from((0..length).map(Data::Int).collect::<Vec<_>>());
    for _ in 0..reads {
        recorder.ok(0, vec![read(0, Data::Nil)], vec![read(0, list.clone())]);
    }
    recorder.finish()
}

/// A key that everybody reads while it is empty, and that is then appended to and never read again.
fn unread(count: i64) -> Vec<u8> {
    let mut recorder = Recorder::new();
    for _ in 0..count {
        recorder.ok(0, vec![read(0, Data::Nil)], vec![read(0, Data::Nil)]);
    }
    for value in 0..count {
        recorder.ok(0, vec![append(0, value)], vec![append(0, value)]);
    }
    recorder.finish()
}
