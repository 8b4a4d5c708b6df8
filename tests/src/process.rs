//! Child processes whose logs can be awaited.

use anyhow::{anyhow, bail, ensure, Context, Result};
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Longest time that a process takes to start, also on a machine with much to do: a node compiles its
/// runtime.
pub const START_PATIENCE: Duration = Duration::from_secs(240);

/// How often a log is read again while a line is awaited.
const POLL: Duration = Duration::from_millis(5);

/// The folder of the binaries under test: `LATTICE_BIN`, or where this program itself lies.
pub fn binary(name: &str) -> Result<PathBuf> {
    let folder = match std::env::var_os("LATTICE_BIN") {
        Some(folder) => PathBuf::from(folder),
        None => {
            let own = std::env::current_exe().context("path of this program")?;
            let folder = own.parent().context("this program lies in no folder")?;
            // A test binary lies one folder below the others.
            match folder.ends_with("deps") {
                true => folder.parent().context("target folder")?.to_path_buf(),
                false => folder.to_path_buf(),
            }
        }
    };
    let path = folder.join(name);
    if !path.exists() {
        bail!(
            "{} is not built; run: cargo build --release --workspace",
            path.display()
        );
    }
    Ok(path)
}

/// Below the ports that Linux gives to whoever names none (from 32,768 on), so that one is not taken
/// between the look and its use.
const PORTS: std::ops::Range<u32> = 20_000..32_000;

/// A port of the loopback interface that nobody listens on now; another one at each call.
pub fn free_port() -> Result<u16> {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let count = PORTS.end - PORTS.start;
    // Tests are processes; those that run at the same time have numbers close to each other.
    let first = std::process::id().wrapping_mul(101);
    for _ in 0..count {
        let next = first.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(PORTS.start + next % count)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port of {PORTS:?} is free on the loopback interface")
}

/// A running child process; killed when dropped.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with both outputs appended to `log`.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let file = File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("opening the log {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_path_buf(),
        })
    }

    /// Process number, for a person who wants to look.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The log file.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Everything logged so far.
    pub fn text(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned())
    }

    /// Waits until the log satisfies `wanted`, and returns what that found.
    ///
    /// # Errors
    /// When the process ends first, or after `limit`; both with the log's tail.
    pub fn wait_for<T>(
        &mut self,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            // Asked before the log is read: what it wrote at its end is in there.
            let ended = self.child.try_wait()?;
            let text = self.text()?;
            if let Some(found) = wanted(&text) {
                return Ok(found);
            }
            if let Some(status) = ended {
                return Err(anyhow!(
                    "{} ended with {status} before {what}; its log ends:\n{}",
                    self.name,
                    tail(&text)
                ));
            }
            if start.elapsed() > limit {
                return Err(anyhow!(
                    "{}: no {what} within {limit:?}; its log ends:\n{}",
                    self.name,
                    tail(&text)
                ));
            }
            std::thread::sleep(POLL);
        }
    }

    /// Ends the process at once, as a power cut would (SIGKILL).
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Stops the process where it is (SIGSTOP) until [`Process::thaw`].
    pub fn freeze(&self) -> Result<()> {
        self.signal("STOP")
    }

    /// Lets a frozen process go on.
    pub fn thaw(&self) -> Result<()> {
        self.signal("CONT")
    }

    /// Asks the process to end (SIGINT).
    pub fn interrupt(&self) -> Result<()> {
        self.signal("INT")
    }

    /// Asks the process to end, as a service manager does (SIGTERM).
    pub fn terminate(&self) -> Result<()> {
        self.signal("TERM")
    }

    /// Waits until the process has ended by itself; how it has.
    ///
    /// # Errors
    /// It has not after `limit`; with its log's tail.
    pub fn wait_for_end(&mut self, limit: Duration) -> Result<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(
                start.elapsed() < limit,
                "{} has not ended within {limit:?}; its log ends:\n{}",
                self.name,
                tail(&self.text()?)
            );
            std::thread::sleep(POLL);
        }
    }

    fn signal(&self, name: &str) -> Result<()> {
        signal(self.child.id(), name).with_context(|| self.name.clone())
    }

    /// Fails when the process has ended, with its log's tail.
    pub fn ensure_running(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(anyhow!(
                "{} ended with {status}; its log ends:\n{}",
                self.name,
                tail(&self.text()?)
            )),
        }
    }

    /// Lets the process run on after this program ends.
    pub fn leave_running(self) {
        std::mem::forget(self);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a process a signal by name, e.g. `KILL`.
///
/// # Errors
/// There is no such process.
pub fn signal(process: u32, name: &str) -> Result<()> {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(process.to_string())
        .status()?;
    ensure!(
        status.success(),
        "cannot send SIG{name} to process {process}"
    );
    Ok(())
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(25)..].join("\n")
}
