//! The folder of a run: what is written into it, in which order, and under which name.
use crate::plan::Plan;
use crate::result::RunResult;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{io, time::SystemTime};

/// A run's own folder, `results/runs/<time>-<target>-<workload>-<number>`.
pub(crate) struct Store {
    folder: PathBuf,
    name: String,
}

/// As many names are tried, in case several runs begin in the same second.
const NAMES_MAX: u32 = 1000;

impl Store {
    /// Makes the folder of a run that begins now.
    pub(crate) fn create(results: &Path, plan: &Plan, now: SystemTime) -> io::Result<Store> {
        let time = humantime::format_rfc3339_seconds(now)
            .to_string()
            .replace(['-', ':'], "");
        let stem = format!("{time}-{}-{}", plan.target, plan.workload);
        fs::create_dir_all(results)?;
        for number in 0..NAMES_MAX {
            let name = format!(
                "{stem}-{:04x}",
                (plan.seed as u32).wrapping_add(number) & 0xffff
            );
            let folder = results.join(&name);
            match fs::create_dir(&folder) {
                Ok(()) => return Ok(Store { folder, name }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("too many runs in one second"))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    pub(crate) fn nodes(&self) -> PathBuf {
        self.folder.join("nodes")
    }

    /// Writes a file whole, or not at all.
    pub(crate) fn write(&self, file: &str, text: &[u8]) -> io::Result<()> {
        let unfinished = self.path(&format!("{file}.part"));
        let mut part = File::create(&unfinished)?;
        part.write_all(text)?;
        part.sync_all()?;
        fs::rename(&unfinished, self.path(file))
    }

    pub(crate) fn write_result(&self, result: &RunResult) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(result)?;
        text.push(b'\n');
        self.write("result.json", &text)
    }

    /// Takes the nodes' data away, which is of use only where something has to be looked into.
    pub(crate) fn drop_node_data(&self, nodes: u16) {
        for id in 1..=nodes {
            // What cannot be removed is left; the verdict does not depend on it.
            let _ = fs::remove_dir_all(self.nodes().join(format!("n{id}")).join("data"));
        }
    }
}
