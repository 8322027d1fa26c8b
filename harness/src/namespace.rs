//! A network namespace: made, entered by a thread or by a child process, and gone with the last descriptor.
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::process::Command;
use std::{fs::File, io, sync::Arc, thread};

/// A handle on a network namespace. Nobody else can name it: it is not in `/run/netns`.
#[derive(Clone, Debug)]
pub(crate) struct Namespace(Arc<OwnedFd>);

impl Namespace {
    /// A fresh one, with nothing but a loopback device that is down.
    pub(crate) fn new() -> io::Result<Namespace> {
        let make = || -> io::Result<OwnedFd> {
            unshare(CloneFlags::CLONE_NEWNET)?;
            Ok(File::open("/proc/thread-self/ns/net")?.into())
        };
        // A thread of its own, because `unshare` moves the caller into what it makes.
        let fd = thread::spawn(make)
            .join()
            .expect("the thread does not panic")?;
        Ok(Namespace(Arc::new(fd)))
    }

    /// Runs `work` on a thread inside.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let fd = self.0.clone();
        let inside = move || {
            setns(fd.as_fd(), CloneFlags::CLONE_NEWNET)?;
            work()
        };
        thread::spawn(inside)
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the thread in the namespace panicked")))
    }

    /// Makes `command` start inside, and die with the thread that starts it.
    pub(crate) fn confine(&self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        let fd: RawFd = self.0.as_raw_fd();
        let held = self.0.clone();
        let enter = move || {
            let _ = &held;
            // SAFETY: `held` keeps the descriptor open.
            let namespace = unsafe { BorrowedFd::borrow_raw(fd) };
            setns(namespace, CloneFlags::CLONE_NEWNET)?;
            prctl::set_pdeathsig(Signal::SIGKILL)?;
            Ok(())
        };
        // SAFETY: only system calls between fork and exec.
        unsafe { command.pre_exec(enter) };
    }

    pub(crate) fn raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
