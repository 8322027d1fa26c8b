//! Fresh user, pid, mount and network namespaces around the whole controller, before it does anything else.
//!
//! The process that the user started stays outside as a guard: it starts the same command line
//! again inside the namespaces, passes signals on and returns its exit code. The copy inside is
//! pid 1 there, so the kernel ends every process of the run with it, and takes the namespaces,
//! links, firewall rules and mounts back, whatever ended it: the guard's death kills it too.
use crate::tell;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::mount::{MsFlags, mount};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, kill, signal, sigprocmask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, getegid, geteuid, getpid, pipe, pipe2, setpgid};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitCode, ExitStatus};
use std::{fmt, fs, io};

/// Where [`enter`] returned.
pub(crate) enum Side {
    /// In the guard, after the run inside has ended.
    Outside(ExitCode),
    /// In the sandbox, as its pid 1.
    Inside,
}

/// Why there is no sandbox to be had, and what to do about it.
#[derive(Debug)]
pub(crate) struct SandboxError {
    what: String,
    errno: Option<Errno>,
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no sandbox: {}", self.what)?;
        let remedy = match self.errno {
            Some(Errno::ENOSPC) => {
                "the limit on namespaces is reached or zero: sudo sysctl user.max_user_namespaces=15000 user.max_net_namespaces=15000"
            }
            Some(Errno::EPERM | Errno::EACCES) => {
                "user namespaces are forbidden here: on Ubuntu 24.04 sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0; on Debian sudo sysctl kernel.unprivileged_userns_clone=1; in Docker run with --security-opt seccomp=unconfined or --privileged"
            }
            Some(_) | None => "run `assay doctor` to see what this machine lacks",
        };
        write!(f, "\n  {remedy}")
    }
}

impl std::error::Error for SandboxError {}

fn failed(what: &str) -> impl FnOnce(Errno) -> SandboxError {
    let what = what.to_owned();
    move |errno| SandboxError {
        what: format!("{what}: {}", errno.desc()),
        errno: Some(errno),
    }
}

/// Holds the number of the descriptor by which the inside knows that its guard lives.
const LIFELINE: &str = "ASSAY_SANDBOX_LIFELINE";

/// Puts this program into a sandbox. Has to be called before any thread is started.
///
/// # Errors
/// If this machine does not allow the namespaces; the text says what to do.
pub(crate) fn enter() -> Result<Side, SandboxError> {
    match std::env::var(LIFELINE) {
        Ok(lifeline) => {
            settle_in(&lifeline)?;
            Ok(Side::Inside)
        }
        Err(_) => {
            make_namespaces()?;
            guard().map(Side::Outside)
        }
    }
}

/// Namespaces for this process (and, for the pid, its next child).
fn make_namespaces() -> Result<(), SandboxError> {
    let around = CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC;
    let mapper = IdMapper::prepare()?;
    match unshare(CloneFlags::CLONE_NEWUSER | around) {
        Ok(()) => mapper.map(),
        // Without user namespaces, real root can still have the others.
        Err(errno) if geteuid().is_root() => {
            mapper.cancel();
            unshare(around).map_err(|_| failed("cannot unshare namespaces")(errno))
        }
        Err(errno) => Err(failed("cannot unshare a user namespace")(errno)),
    }
}

/// Says who we are inside: root, and, if we are root outside as well, everybody else as themselves.
///
/// Only a process outside the new user namespace may map more than one's own id, so a child is
/// forked beforehand that writes the maps as soon as it is told that the namespace exists.
struct IdMapper {
    child: Option<(Pid, OwnedFd)>,
    own: (u32, u32),
}

impl IdMapper {
    fn prepare() -> Result<IdMapper, SandboxError> {
        let own = (geteuid().as_raw(), getegid().as_raw());
        if own.0 != 0 {
            return Ok(IdMapper { child: None, own });
        }
        let (go_reader, go_writer) = pipe().map_err(failed("pipe"))?;
        let parent = getpid();
        // SAFETY: this process has a single thread, so the child may do as it likes.
        match unsafe { fork() }.map_err(failed("fork"))? {
            ForkResult::Parent { child } => Ok(IdMapper {
                child: Some((child, go_writer)),
                own,
            }),
            ForkResult::Child => {
                drop(go_writer);
                let told = nix::unistd::read(&go_reader, &mut [0]) == Ok(1);
                let is_mapped = told && write_identity_maps(parent).is_ok();
                std::process::exit(i32::from(!is_mapped))
            }
        }
    }

    /// Tells the child, if there is one; maps only ourselves otherwise.
    fn map(self) -> Result<(), SandboxError> {
        let (uid, gid) = self.own;
        if self.finish(true) {
            return Ok(());
        }
        let write = |file: &str, text: String| {
            fs::write(format!("/proc/self/{file}"), text).map_err(|error| SandboxError {
                what: format!("cannot write {file}: {error}"),
                errno: error.raw_os_error().map(Errno::from_raw),
            })
        };
        write("setgroups", "deny".to_owned())?;
        write("uid_map", format!("0 {uid} 1"))?;
        write("gid_map", format!("0 {gid} 1"))
    }

    fn cancel(self) {
        self.finish(false);
    }

    /// Whether the child has written the maps.
    fn finish(self, is_wanted: bool) -> bool {
        let Some((child, go_writer)) = self.child else {
            return false;
        };
        if is_wanted && nix::unistd::write(&go_writer, &[1]).is_err() {
            return false;
        }
        drop(go_writer);
        matches!(waitpid(child, None), Ok(WaitStatus::Exited(_, 0)))
    }
}

/// Maps every id that exists here to itself.
fn write_identity_maps(parent: Pid) -> io::Result<()> {
    // Groups first: if they are refused, nothing is written yet, and ourselves can still be mapped alone.
    for file in ["gid_map", "uid_map"] {
        let extents = fs::read_to_string(format!("/proc/self/{file}"))?;
        let mut map = String::new();
        for extent in extents.lines() {
            let mut columns = extent.split_whitespace();
            if let (Some(first), Some(_), Some(count)) =
                (columns.next(), columns.next(), columns.next())
            {
                map += &format!("{first} {first} {count}\n");
            }
        }
        fs::write(format!("/proc/{parent}/{file}"), map)?;
    }
    Ok(())
}

/// What a user ends a run with.
fn interrupts() -> SigSet {
    let signals = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];
    signals.into_iter().collect()
}

/// Lets interrupts in, those that have waited among them. To be called once there are handlers.
pub(crate) fn hear_signals() {
    sigprocmask(SigmaskHow::SIG_UNBLOCK, Some(&interrupts()), None).expect("the set is valid");
}

/// Starts the inside, passes signals on to it, and returns its exit code.
fn guard() -> Result<ExitCode, SandboxError> {
    let mut awaited = interrupts();
    awaited.add(Signal::SIGCHLD);
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&awaited), None).map_err(failed("sigprocmask"))?;
    let (lifeline, held) = pipe2(OFlag::empty()).map_err(failed("pipe"))?;
    let held_number = held.as_raw_fd();
    let mut command = Command::new("/proc/self/exe");
    command
        .args(std::env::args_os().skip(1))
        .env(LIFELINE, lifeline.as_raw_fd().to_string());
    let prepare = move || {
        // Its own group: Ctrl-C reaches the guard alone, which passes it on once.
        setpgid(Pid::from_raw(0), Pid::from_raw(0))?;
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        nix::unistd::close(held_number)?;
        // The interrupts stay blocked until the inside has a handler for them: pid 1 without one
        // would not even notice.
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&interrupts()), None)?;
        Ok(())
    };
    // SAFETY: only system calls between fork and exec.
    unsafe { command.pre_exec(prepare) };
    let child = command.spawn().map_err(|error| SandboxError {
        what: format!("cannot start this program again: {error}"),
        errno: error.raw_os_error().map(Errno::from_raw),
    })?;
    drop(lifeline);
    let inside = Pid::from_raw(child.id().cast_signed());
    let status = wait_and_pass_signals(inside, &awaited)?;
    drop(held);
    Ok(exit_code(status))
}

/// After this many interrupts the inside is not asked any more.
const PATIENCE_INTERRUPTS: u32 = 3;

fn wait_and_pass_signals(inside: Pid, awaited: &SigSet) -> Result<ExitStatus, SandboxError> {
    let mut interrupts = 0;
    loop {
        let signal = awaited.wait().map_err(failed("sigwait"))?;
        if signal == Signal::SIGCHLD {
            match waitpid(inside, Some(WaitPidFlag::WNOHANG)).map_err(failed("waitpid"))? {
                WaitStatus::Exited(_, code) => return Ok(ExitStatus::from_raw(code << 8)),
                WaitStatus::Signaled(_, signal, _) => {
                    return Ok(ExitStatus::from_raw(signal as i32));
                }
                _ => continue,
            }
        }
        interrupts += 1;
        let signal = if interrupts < PATIENCE_INTERRUPTS {
            signal
        } else {
            Signal::SIGKILL
        };
        // It may have just ended; then SIGCHLD is on its way.
        let _ = kill(inside, signal);
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    match (status.code(), status.signal()) {
        (Some(code), _) => ExitCode::from(u8::try_from(code).unwrap_or(70)),
        (None, signal) => {
            let signal = signal.unwrap_or(0);
            tell::err(format_args!(
                "error: the run was ended by signal {signal}\n  what it recorded until then is in its folder: judge it with `assay check FOLDER/history.*`"
            ));
            ExitCode::from(3)
        }
    }
}

/// The first steps inside.
fn settle_in(lifeline: &str) -> Result<(), SandboxError> {
    let broken = || SandboxError {
        what: format!("{LIFELINE} is set but this is not the inside of a sandbox; unset it"),
        errno: None,
    };
    if getpid().as_raw() != 1 {
        return Err(broken());
    }
    let lifeline: RawFd = lifeline.parse().map_err(|_| broken())?;
    // SAFETY: no thread has been started yet that could read the environment.
    unsafe { std::env::remove_var(LIFELINE) };
    // SAFETY: the guard left this descriptor open for us, and nobody else knows of it.
    let lifeline = unsafe { OwnedFd::from_raw_fd(lifeline) };
    if has_hung_up(lifeline.as_fd()) {
        // The guard died before the kernel knew that we die with it.
        std::process::exit(1);
    }
    // We are no foreground process of the terminal, and may write to it all the same.
    // SAFETY: ignoring a signal runs no code of ours.
    unsafe { signal(Signal::SIGTTOU, SigHandler::SigIgn) }.map_err(failed("sigaction"))?;
    let nothing = None::<&str>;
    mount(
        nothing,
        "/",
        nothing,
        MsFlags::MS_REC | MsFlags::MS_PRIVATE,
        nothing,
    )
    .map_err(failed("cannot make mounts private"))?;
    // Some containers mask parts of /proc, and then forbid a fresh one; the old one serves as well.
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    let _ = mount(Some("proc"), "/proc", Some("proc"), quiet, nothing);
    Ok(())
}

fn has_hung_up(lifeline: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(lifeline, PollFlags::POLLIN)];
    matches!(poll(&mut fds, PollTimeout::ZERO), Ok(1..))
}
