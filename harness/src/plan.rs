//! Everything that decides a run.
use std::time::Duration;

/// A run, as it was asked for. The same plan gives the same operations and the same faults.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The system under test, by its name in the catalog.
    pub target: String,
    /// What is asked of it.
    pub workload: String,
    /// The isolation level by which its transactions are judged; none for the strongest, and for
    /// a workload that has no levels.
    pub level: Option<String>,
    /// What is done to it.
    pub nemesis: String,
    /// Planted bugs that are switched on.
    pub bugs: Vec<String>,
    /// Decides operations and faults.
    pub seed: u64,
    /// How many nodes the cluster has.
    pub nodes: u16,
    /// How many processes ask at the same time.
    pub concurrency: u32,
    /// Operations a second of all processes together; none for as many as they can.
    pub rate: Option<f64>,
    /// How long traffic and faults go on.
    pub time_limit: Duration,
    /// How long a process waits for an answer.
    pub op_deadline: Duration,
}

/// The streams of randomness of a run, so that what one part draws does not shift another's.
pub(crate) mod stream {
    pub(crate) const OPERATIONS: u64 = 1;
    pub(crate) const FAULTS: u64 = 2;
    pub(crate) const PACE: u64 = 3;
}

impl Plan {
    /// The command that repeats this run.
    pub fn command(&self) -> String {
        let mut words = vec![
            format!(
                "assay test {} -w {} --nemesis {}",
                self.target, self.workload, self.nemesis
            ),
            format!(
                "--seed {} --nodes {} --concurrency {}",
                self.seed, self.nodes, self.concurrency
            ),
            format!(
                "--time-limit {}",
                humantime::format_duration(self.time_limit)
                    .to_string()
                    .replace(' ', "")
            ),
        ];
        if let Some(level) = &self.level {
            words.push(format!("--model {level}"));
        }
        if let Some(rate) = self.rate {
            words.push(format!("--rate {rate}"));
        }
        for bug in &self.bugs {
            words.push(format!("--bug {bug}"));
        }
        words.join(" ")
    }
}
