//! One life of the worker after the other, until the node stops.

use super::{
    backoff::Backoff,
    lines::forward,
    metrics::{exit_code, Metrics},
    notify::{messages, Message, MAX_DATAGRAM},
    TARGET,
};
use std::{
    ffi::OsString,
    fmt,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    net::UnixDatagram,
    process::{Child, Command},
    sync::watch,
    task::JoinSet,
    time::{sleep, sleep_until, timeout, Instant},
};

/// What the worker ends with if its configuration is wrong.
const MISCONFIGURED: i32 = 2;
/// What the worker ends with if its disk fails.
const DISK_FAILS: i32 = 74;
/// How long the last lines of a worker that has ended are awaited.
const LAST_LINES: Duration = Duration::from_millis(500);

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// From the start until the worker serves; it loads models, and waits for the chain by itself.
    pub start: Duration,
    /// Between two signs of life of a worker that serves.
    pub watchdog: Duration,
    /// From the closing of its input to its end.
    pub stop: Duration,
    pub backoff: Backoff,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(1_800),
            watchdog: Duration::from_secs(60),
            stop: Duration::from_secs(15),
            backoff: Backoff::default(),
        }
    }
}

/// What is started, and how.
#[derive(Clone, Debug)]
pub struct Launch {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// Where the worker's messages arrive.
    pub socket: PathBuf,
    pub times: Times,
}

/// How a life ended.
#[derive(Debug)]
enum End {
    /// As it should, since the node stops.
    Stopped,
    Exited(ExitStatus),
    /// It did not come to serve, and was killed.
    NeverReady,
    /// It fell silent, and was killed.
    Silent,
    /// It could not be started, or not be listened to.
    Failed(std::io::Error),
}

impl End {
    fn is_configuration(&self) -> bool {
        self.has_code(MISCONFIGURED)
    }

    /// There may be room again, or another disk; so it is tried again as after any other end.
    fn is_disk(&self) -> bool {
        self.has_code(DISK_FAILS)
    }

    fn has_code(&self, code: i32) -> bool {
        matches!(self, End::Exited(status) if status.code() == Some(code))
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Stopped => f.write_str("the worker stopped"),
            End::Exited(status) if self.is_configuration() => {
                write!(f, "the worker refuses its configuration ({status})")
            }
            End::Exited(status) if self.is_disk() => {
                write!(f, "the worker ended since its disk fails ({status})")
            }
            End::Exited(status) => write!(f, "the worker ended ({status})"),
            End::NeverReady => f.write_str("the worker did not come to serve, and was killed"),
            End::Silent => f.write_str("the worker gave no sign of life, and was killed"),
            End::Failed(error) => write!(f, "the worker cannot be run: {error}"),
        }
    }
}

/// Runs the worker, again and again, until `stop` turns true or its sender is gone.
pub async fn supervise(launch: Launch, metrics: Metrics, mut stop: watch::Receiver<bool>) {
    let backoff = launch.times.backoff;
    let mut failures = 0;
    loop {
        let started = Instant::now();
        let (end, status) = live(&launch, &metrics, &mut stop).await;
        metrics.ended(status);
        if matches!(end, End::Stopped) {
            break;
        }
        failures = backoff.count(failures, started.elapsed());
        let pause = match end.is_configuration() {
            true => backoff.longest,
            false => backoff.pause(failures, rand::random()),
        };
        let seconds = pause.as_secs_f64();
        match end {
            End::Exited(status) if !end.is_configuration() && !end.is_disk() => log::warn!(
                target: TARGET,
                "{end}, code {}; it starts again in {seconds:.1} s",
                exit_code(status)
            ),
            _ => log::error!(target: TARGET, "{end}; it starts again in {seconds:.1} s"),
        }
        tokio::select! {
            () = sleep(pause) => metrics.restarts.inc(),
            () = stopped(&mut stop) => break,
        }
    }
    // It may never have been bound.
    let _ = std::fs::remove_file(&launch.socket);
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone cannot say it any more.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// One life of the worker, and how its process ended.
async fn live(
    launch: &Launch,
    metrics: &Metrics,
    stop: &mut watch::Receiver<bool>,
) -> (End, Option<ExitStatus>) {
    let started = bind(&launch.socket).and_then(|socket| Ok((socket, spawn(launch)?)));
    let (socket, mut child) = match started {
        Ok(started) => started,
        Err(error) => return (End::Failed(error), None),
    };
    metrics.started();
    log::info!(
        target: TARGET,
        "the worker is started: {} (process {})",
        launch.program.display(),
        child.id().unwrap_or_default()
    );
    let mut lines = JoinSet::new();
    if let Some(output) = child.stdout.take() {
        lines.spawn(forward(output));
    }
    if let Some(output) = child.stderr.take() {
        lines.spawn(forward(output));
    }
    // Held until the worker is to stop.
    let input = child.stdin.take();
    let (end, status) = match listen(&mut child, &socket, launch.times, metrics, stop).await {
        End::Exited(status) => (End::Exited(status), Some(status)),
        End::Stopped => {
            drop(input);
            let ended = timeout(launch.times.stop, child.wait()).await;
            match ended {
                Ok(status) => (End::Stopped, status.ok()),
                Err(_) => {
                    log::warn!(target: TARGET, "the worker does not stop, and is killed");
                    (End::Stopped, kill(&mut child).await)
                }
            }
        }
        end => (end, kill(&mut child).await),
    };
    // A process that the worker has left behind may hold its outputs for ever.
    let _ = timeout(LAST_LINES, async {
        while lines.join_next().await.is_some() {}
    })
    .await;
    (end, status)
}

/// A fresh socket: what an earlier worker has said is not this one's.
fn bind(path: &Path) -> std::io::Result<UnixDatagram> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    UnixDatagram::bind(path)
}

fn spawn(launch: &Launch) -> std::io::Result<Child> {
    Command::new(&launch.program)
        .args(&launch.arguments)
        .env("NOTIFY_SOCKET", &launch.socket)
        .env(
            "WATCHDOG_USEC",
            launch.times.watchdog.as_micros().to_string(),
        )
        .env_remove("WATCHDOG_PID")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // An interrupt typed at a terminal is the node's to pass on.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Ends it at once.
async fn kill(child: &mut Child) -> Option<ExitStatus> {
    if let Err(error) = child.start_kill() {
        log::warn!(target: TARGET, "cannot kill the worker: {error}");
    }
    child.wait().await.ok()
}

/// Listens to a worker until it ends, is late or is to stop.
async fn listen(
    child: &mut Child,
    socket: &UnixDatagram,
    times: Times,
    metrics: &Metrics,
    stop: &mut watch::Receiver<bool>,
) -> End {
    let mut buffer = [0; MAX_DATAGRAM];
    let mut serves = false;
    let mut deadline = later(times.start);
    loop {
        let received = tokio::select! {
            status = child.wait() => return status.map_or_else(End::Failed, End::Exited),
            () = stopped(stop) => return End::Stopped,
            () = sleep_until(deadline) => {
                return match serves {
                    true => End::Silent,
                    false => End::NeverReady,
                };
            }
            received = socket.recv(&mut buffer) => received,
        };
        let length = match received {
            Ok(length) => length,
            Err(error) => return End::Failed(error),
        };
        for message in messages(&buffer[..length]) {
            match message {
                Message::Ready => {
                    log::info!(target: TARGET, "the worker serves");
                    serves = true;
                    metrics.ready.set(1);
                    deadline = later(times.watchdog);
                }
                Message::Watchdog if serves => deadline = later(times.watchdog),
                Message::Watchdog => {}
                Message::Healthy(healthy) => metrics.healthy.set((serves && healthy).into()),
                // Somebody else has told it; it has the time that it takes.
                Message::Stopping => {
                    serves = false;
                    metrics.ready.set(0);
                    metrics.healthy.set(0);
                    deadline = later(times.start);
                }
                Message::Status(status) => log::debug!(target: TARGET, "the worker: {status}"),
            }
        }
    }
}

fn later(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now)
}

#[cfg(test)]
mod tests;
