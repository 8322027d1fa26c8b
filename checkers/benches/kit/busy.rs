//! How long this thread has been on a core, from the kernel; a shared machine makes it wait beside.

/// In nanoseconds.
pub(crate) fn busy_ns() -> u64 {
    // The figure is brought up to date when the thread gives way.
    std::thread::yield_now();
    let status = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let busy = status.split_whitespace().next();
    busy.and_then(|busy| busy.parse().ok()).unwrap_or(0)
}
