//! Proofs in words: who had to see whom, and how that closes a circle.
use super::order::{Base, Because, Before, Forced, ForcedBySecond, Graph};
use super::view::{NONE, View};
use super::{Refuted, Sessions, Witness, knots};
use crate::transactional::{
    Arc, Cycle, Evidence, Finding, Level, NO_KEY, ReadsFrom, Told, Txn, Via, label,
};
use crate::{AnomalyKind, Edge, words};

/// How it is known that a level fits.
pub(super) fn fits(level: Level) -> &'static str {
    match level {
        Level::ReadCommitted => {
            "every read found what a commit had left, and none reads in a circle"
        }
        Level::CutIsolation => "no transaction found two answers in one key",
        Level::MonotonicReads | Level::ReadYourWrites => {
            "an order of versions explains every answer"
        }
        _ => "an order of commits explains every answer",
    }
}

pub(super) fn witness(
    view: &View<'_>,
    level: Level,
    sessions: Sessions,
    refuted: Refuted,
) -> Witness {
    let teller = Teller {
        view,
        level,
        sessions,
    };
    match refuted {
        Refuted::Finding(at) => Witness {
            finding: view.registers.findings[at].clone(),
            cycle: None,
        },
        Refuted::Cycle(cycle) => teller.cycle(&cycle),
        Refuted::Initial(pair) => teller.initial(pair),
        Refuted::Knot(edges) => teller.knot(&edges),
    }
}

struct Teller<'a> {
    view: &'a View<'a>,
    level: Level,
    sessions: Sessions,
}

impl Teller<'_> {
    fn kind(&self) -> AnomalyKind {
        match self.level {
            Level::MonotonicReads => AnomalyKind::MonotonicReads,
            Level::MonotonicWrites => AnomalyKind::MonotonicWrites,
            Level::ReadYourWrites => AnomalyKind::ReadYourWrites,
            Level::WritesFollowReads => AnomalyKind::WritesFollowReads,
            Level::Causal | Level::Pram => AnomalyKind::CausalityViolation,
            _ => AnomalyKind::FracturedRead,
        }
    }

    fn key(&self, key: u32) -> String {
        self.view.txns.keys[key as usize].to_string()
    }

    /// What `writer` left in `key`.
    fn value(&self, writer: Txn, key: u32) -> String {
        let registers = self.view.registers;
        let version = registers.write_to(writer, key);
        version.map_or("nil".to_owned(), |version| {
            let value = registers.value[version as usize];
            self.view.txns.value_of(value).to_string()
        })
    }

    fn cycle(&self, cycle: &[Before]) -> Witness {
        let forced = cycle.iter().filter_map(|step| match step.because {
            Because::Forced(pair) => Some(pair),
            Because::Session | Because::Read(_) => None,
        });
        let forced: Vec<Forced> = forced.collect();
        let kind = match forced.is_empty() {
            false => self.kind(),
            true if cycle.iter().any(|step| step.because == Because::Session) => {
                AnomalyKind::G1cProcess
            }
            true => AnomalyKind::G1c,
        };
        let mut steps = Vec::new();
        for step in cycle {
            self.step(*step, &mut steps);
        }
        let names: Vec<String> = cycle.iter().map(|step| label(step.from)).collect();
        let sentence = match forced.first() {
            None => format!(
                "{} each had to commit before the next, and the last before the first.",
                words::list(&names)
            ),
            Some(pair) => format!(
                "{} read {} from key {}, which contradicts what {} had to see before.",
                label(pair.reader),
                self.value(pair.second, pair.key),
                self.key(pair.key),
                label(pair.reader)
            ),
        };
        close(
            &mut steps,
            "So each of them commits before itself, which cannot be.",
        );
        let arcs = cycle.iter().map(|step| arc_of(*step)).collect();
        let key = forced.first().map_or(NO_KEY, |pair| pair.key);
        self.finish(kind, key, sentence, steps, Some(arcs))
    }

    fn step(&self, step: Before, steps: &mut Vec<Told>) {
        if let Because::Forced(pair) = step.because {
            self.seen(pair, steps);
            let (first, second, reader) =
                (label(pair.first), label(pair.second), label(pair.reader));
            steps.push(Told {
                between: Some((pair.first, pair.second)),
                edge: Edge::WriteWrite,
                text: format!(
                    "{reader} read {} of {second} from key {}, not {} of {first}, which it had to see: {first} commits before {second}.",
                    self.value(pair.second, pair.key),
                    self.key(pair.key),
                    self.value(pair.first, pair.key),
                ),
            });
            return;
        }
        self.plain(step, steps);
    }

    fn plain(&self, step: Before, steps: &mut Vec<Told>) {
        let evidence = ReadsFrom {
            txns: self.view.txns,
            registers: self.view.registers,
        };
        let arc = arc_of(step);
        steps.push(Told {
            between: Some((step.from, step.to)),
            edge: match arc.via {
                Via::Process => Edge::Process,
                _ => Edge::WriteRead,
            },
            text: evidence.why(arc) + ".",
        });
    }

    /// How the reader had to see the first of the pair.
    fn seen(&self, pair: Forced, steps: &mut Vec<Told>) -> Vec<Before> {
        let mut path = self.way(pair);
        path.retain(|step| step.from != step.to);
        for step in &path {
            self.plain(*step, steps);
        }
        path
    }

    fn way(&self, pair: Forced) -> Vec<Before> {
        let session = |from, to| Before {
            from,
            to,
            because: Because::Session,
        };
        let read = |from, to| {
            let reads = self.view.registers.reads_of(to).iter();
            let mut reads = reads.filter(|read| self.view.writer(read) == Some(from));
            reads.next().map(|read| Before {
                from,
                to,
                because: Because::Read(read.key),
            })
        };
        let reader = pair.reader;
        if pair.through == NONE {
            if let Some(step) = read(pair.first, reader) {
                return vec![step];
            }
            if self.view.is_earlier(pair.first, reader) && self.sessions == Sessions::Kept {
                return vec![session(pair.first, reader)];
            }
            let graph = Graph {
                view: self.view,
                base: Base {
                    has_sessions: true,
                    has_reads: true,
                },
                forced: &ForcedBySecond::default(),
            };
            return graph.path(pair.first, reader).unwrap_or_default();
        }
        if self.level == Level::MonotonicReads {
            let mut way = Vec::from_iter(read(pair.first, pair.through));
            way.push(session(pair.through, reader));
            return way;
        }
        // Somebody in the reader's session, up to the reader, read from whom it was seen through.
        let members = self.view.members(self.view.session[reader as usize]);
        let end = self.view.index[reader as usize] as usize;
        let sight = members[..=end].iter().rev();
        let mut sight = sight.filter_map(|&member| Some((member, read(pair.through, member)?)));
        let through = pair.through;
        let mut way = Vec::new();
        if self.level == Level::WritesFollowReads {
            let graph = Graph {
                view: self.view,
                base: Base {
                    has_sessions: true,
                    has_reads: true,
                },
                forced: &ForcedBySecond::default(),
            };
            way.extend(graph.path(pair.first, through).unwrap_or_default());
        } else if pair.first != through {
            way.push(session(pair.first, through));
        }
        if self.view.is_earlier(through, reader) {
            way.push(session(through, reader));
        } else if let Some((member, step)) = sight.next() {
            way.push(step);
            way.push(session(member, reader));
        }
        way
    }

    fn initial(&self, pair: Forced) -> Witness {
        let mut steps = Vec::new();
        let path = self.seen(pair, &mut steps);
        let (first, reader) = (label(pair.first), label(pair.reader));
        let key = self.key(pair.key);
        let value = self.value(pair.first, pair.key);
        steps.push(Told {
            between: Some((pair.reader, pair.first)),
            edge: Edge::ReadWrite,
            text: format!(
                "{reader} read nil from key {key}, as if {first} had not yet written {value}: it missed what it had to see."
            ),
        });
        let sentence = format!(
            "{reader} read nil from key {key}, although it had to see {value}, which {first} wrote."
        );
        let mut arcs: Vec<Arc> = path.iter().map(|step| arc_of(*step)).collect();
        if pair.reader != pair.first {
            arcs.push(Arc {
                from: pair.reader,
                to: pair.first,
                via: Via::Rw,
                key: pair.key,
            });
        }
        self.finish(self.kind(), pair.key, sentence, steps, Some(arcs))
    }

    fn finish(
        &self,
        kind: AnomalyKind,
        key: u32,
        sentence: String,
        steps: Vec<Told>,
        arcs: Option<Vec<Arc>>,
    ) -> Witness {
        let ends = steps.iter().filter_map(|step| step.between);
        let mut txns: Vec<Txn> = ends.flat_map(|(from, to)| [from, to]).collect();
        txns.sort_unstable();
        txns.dedup();
        let also = Vec::new();
        let cycle = arcs.map(|arcs| Cycle {
            kind,
            also: also.clone(),
            arcs,
        });
        Witness {
            finding: Finding {
                kind,
                also,
                key,
                txns,
                sentence,
                steps,
            },
            cycle,
        }
    }

    /// Who wrote what a node of a knot stands for, if it stands for a version.
    fn written(&self, node: u32) -> Option<(Txn, u32)> {
        let registers = self.view.registers;
        match self.level {
            Level::WritesFollowReads => {
                ((node as usize) < self.view.txns.len()).then_some((node, NO_KEY))
            }
            _ => {
                let writer = registers.writer.get(node as usize)?;
                Some((*writer, registers.key_of(node)))
            }
        }
    }

    fn knot(&self, edges: &[knots::Edge]) -> Witness {
        let start = edges
            .iter()
            .position(|edge| self.written(edge.from).is_some());
        let start = start.expect("a knot goes through a version");
        let mut steps = Vec::new();
        let mut arcs = Vec::new();
        let (mut from, mut about) = self.written(edges[start].from).expect("just seen");
        for edge in edges[start..].iter().chain(&edges[..start]) {
            let Some((to, key)) = self.written(edge.to) else {
                continue;
            };
            if key != NO_KEY {
                about = key;
            }
            if from != to {
                steps.push(self.knotted(from, to, about, edge));
                arcs.push(Arc {
                    from,
                    to,
                    via: Via::Ww,
                    key: about,
                });
            }
            from = to;
        }
        close(
            &mut steps,
            "So each of them comes before itself, which cannot be.",
        );
        let reader = edges[start].reader;
        let sentence = match about {
            NO_KEY => format!(
                "What {} saw contradicts what others read before they wrote.",
                label(reader)
            ),
            key => format!(
                "The reads of key {} by process {} fit no order of its versions.",
                self.key(key),
                self.view.txns.process[reader as usize].0
            ),
        };
        self.finish(self.kind(), about, sentence, steps, Some(arcs))
    }

    fn knotted(&self, from: Txn, to: Txn, key: u32, edge: &knots::Edge) -> Told {
        let (a, b, reader) = (label(from), label(to), label(edge.reader));
        let process = self.view.txns.process[edge.reader as usize].0;
        let text = match self.level {
            Level::MonotonicReads => format!(
                "Process {process} read {} of {a} from key {}, and after that, in {reader}, {} of {b}: {a} comes before {b}.",
                self.value(from, key),
                self.key(key),
                self.value(to, key),
            ),
            Level::ReadYourWrites => format!(
                "Process {process} wrote {} to key {} in {a}, and read {} of {b} in {reader}: {a} comes before {b}.",
                self.value(from, key),
                self.key(key),
                self.value(to, key),
            ),
            _ if edge.reader == to => format!(
                "Process {process} had read what {a} wrote when it committed {b}: {a} comes before {b}."
            ),
            _ => format!(
                "{reader} saw a write that was made after {a} had been read, and then read {b} in the same key: {a} comes before {b}."
            ),
        };
        Told {
            between: Some((from, to)),
            edge: Edge::WriteWrite,
            text,
        }
    }
}

fn close(steps: &mut [Told], end: &str) {
    if let Some(last) = steps.last_mut() {
        last.text.push(' ');
        last.text.push_str(end);
    }
}

fn arc_of(step: Before) -> Arc {
    Arc {
        from: step.from,
        to: step.to,
        via: step.because.via(),
        key: match step.because {
            Because::Session => NO_KEY,
            Because::Read(key) | Because::Forced(Forced { key, .. }) => key,
        },
    }
}
