//! The most memory that this process held at once, as the kernel counts it.

/// Since it was last forgotten, in MB.
pub(crate) fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) >> 10
}

/// From here on it is counted anew.
pub(crate) fn forget_peak() {
    // Not every kernel lets us; then the figure is the peak of all cases so far.
    std::fs::write("/proc/self/clear_refs", "5").ok();
}
