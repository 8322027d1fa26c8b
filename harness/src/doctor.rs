//! Tries out what a run needs, on this machine, and says how to mend what is missing.
use crate::network::{Link, Network};
use crate::result::Word;
use crate::tell;
use checkers::NodeId;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// One line of the doctor's findings.
struct Finding {
    is_fine: bool,
    what: &'static str,
    detail: String,
}

fn fine(what: &'static str, detail: impl Into<String>) -> Finding {
    Finding {
        is_fine: true,
        what,
        detail: detail.into(),
    }
}

fn lacking(what: &'static str, detail: impl Into<String>) -> Finding {
    Finding {
        is_fine: false,
        what,
        detail: detail.into(),
    }
}

/// Examines the machine, prints what it found, and answers 0 if the main job can run here.
pub(crate) fn run() -> ExitCode {
    let mut is_healthy = true;
    let mut tell = |finding: &Finding| {
        is_healthy &= finding.is_fine;
        tell::out(line(finding));
    };
    for program in ["iptables", "iptables-restore", "ip6tables-restore"] {
        tell(&program_finding(program));
    }
    tell(&disk_finding());
    let text = inside_findings();
    tell::out(text.trim_end());
    is_healthy &= !text.is_empty() && !text.lines().any(|line| line.trim_start().starts_with('✗'));
    if is_healthy {
        tell::out("\nThis machine can do all that `assay test` asks for.");
        return ExitCode::SUCCESS;
    }
    tell::out("\nSee to the lines marked ✗.");
    ExitCode::from(Word::Error.exit_code())
}

fn line(finding: &Finding) -> String {
    let glyph = if finding.is_fine { '✓' } else { '✗' };
    format!(" {glyph} {:<11} {}", finding.what, finding.detail)
}

fn program_finding(program: &str) -> Finding {
    let folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin"];
    match folders
        .iter()
        .find(|folder| Path::new(folder).join(program).exists())
    {
        Some(folder) => fine("program", format!("{folder}/{program}")),
        None => lacking(
            "program",
            format!("{program} is missing: sudo apt-get install iptables"),
        ),
    }
}

/// Nodes wait for the disk at every write, so its speed is theirs.
fn disk_finding() -> Finding {
    const WRITES: u32 = 20;
    let file = Path::new("assay-doctor.tmp");
    let measure = || -> std::io::Result<Duration> {
        use std::io::Write;
        let mut written = std::fs::File::create(file)?;
        let began = Instant::now();
        for _ in 0..WRITES {
            written.write_all(&[0; 512])?;
            written.sync_data()?;
        }
        Ok(began.elapsed() / WRITES)
    };
    let measured = measure();
    let _ = std::fs::remove_file(file);
    match measured {
        Ok(each) => fine(
            "disk",
            format!(
                "{:.1} ms for a write with fsync in this folder",
                each.as_secs_f64() * 1000.0
            ),
        ),
        Err(error) => lacking(
            "disk",
            format!("this folder cannot be written: {error}; use --results DIR"),
        ),
    }
}

/// What the sandbox itself finds, in a process of its own that may fail.
fn inside_findings() -> String {
    let child = Command::new("/proc/self/exe")
        .args(["doctor", "--inside"])
        .stdin(Stdio::null())
        .output();
    match child {
        Ok(output) if output.status.success() || !output.stdout.is_empty() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            format!("{}\n", line(&lacking("sandbox", complaint.trim())))
        }
        Err(error) => format!("{}\n", line(&lacking("sandbox", error.to_string()))),
    }
}

/// Runs inside a sandbox of its own: builds a network, cuts it, and heals it.
pub(crate) fn inside() -> Result<Word, String> {
    let as_whom = if is_root_outside() {
        "as root"
    } else {
        "as an ordinary user"
    };
    let text = format!("user, pid, mount and network namespaces, {as_whom}");
    tell::out(line(&fine("sandbox", text)));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    for finding in runtime.block_on(examine_network()) {
        tell::out(line(&finding));
    }
    Ok(Word::Pass)
}

/// Inside, everybody is root; the map of ids tells who that is outside.
fn is_root_outside() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.split_whitespace().nth(1) == Some("0")
}

async fn examine_network() -> Vec<Finding> {
    let began = Instant::now();
    let mut network = match Network::build(5).await {
        Ok(network) => network,
        Err(error) => {
            let text =
                format!("{error}: the kernel needs veth and bridge (CONFIG_VETH, CONFIG_BRIDGE)");
            return vec![lacking("network", text)];
        }
    };
    let text = format!("5 nodes on a bridge in {} ms", began.elapsed().as_millis());
    let mut findings = vec![fine("network", text)];
    findings.push(match try_cut(&mut network).await {
        Ok(text) => fine("partition", text),
        Err(error) => lacking(
            "partition",
            format!("{error}: iptables does not work in a namespace here"),
        ),
    });
    findings
}

async fn try_cut(network: &mut Network) -> std::io::Result<String> {
    const PATIENCE: Duration = Duration::from_secs(2);
    const CUT_PATIENCE: Duration = Duration::from_millis(60);
    let wrong = |text: &str| Err(std::io::Error::other(text.to_owned()));
    let all = network.links();
    if !network.unheard(&all, PATIENCE).await?.is_empty() {
        return wrong("the nodes do not hear each other");
    }
    let cut = vec![Link {
        from: NodeId(1),
        to: NodeId(2),
    }];
    network.begin_cut();
    let began = Instant::now();
    network.set_cuts(&cut).await?;
    let milliseconds = began.elapsed().as_millis();
    if network.unheard(&cut, CUT_PATIENCE).await? != cut {
        return wrong("a cut link still carries packets");
    }
    network.set_cuts(&[]).await?;
    if !network.unheard(&all, PATIENCE).await?.is_empty() {
        return wrong("a healed link does not carry packets");
    }
    Ok(format!(
        "cut in {milliseconds} ms, seen by a probe, healed, seen again"
    ))
}
