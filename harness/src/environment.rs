//! Where a run took place, for whoever wonders why it cannot be repeated elsewhere.
use crate::network::ip_of;
use checkers::NodeId;
use std::collections::BTreeMap;
use std::fs;

/// Facts about this machine and this program. Nothing from the environment's variables.
pub(crate) fn describe(nodes: u16, port: u16) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let mut put = |name: &str, value: String| facts.insert(name.to_owned(), value);
    put("assay", env!("CARGO_PKG_VERSION").to_owned());
    if let Ok(system) = nix::sys::utsname::uname() {
        let text = |part: &std::ffi::OsStr| part.to_string_lossy().into_owned();
        put(
            "kernel",
            format!("{} {}", text(system.sysname()), text(system.release())),
        );
        put("architecture", text(system.machine()));
    }
    if let Some(name) = os_name() {
        put("system", name);
    }
    if let Ok(cores) = std::thread::available_parallelism() {
        put("cores", cores.to_string());
    }
    if let Some(model) = value_of("/proc/cpuinfo", "model name") {
        put("processor", model);
    }
    if let Some(total) = value_of("/proc/meminfo", "MemTotal") {
        put("memory", total);
    }
    let first = ip_of(NodeId(1));
    let last = ip_of(NodeId(nodes));
    put(
        "node addresses",
        format!("{first}:{port} to {last}:{port}, one network namespace each"),
    );
    facts
}

fn value_of(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn os_name() -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}
