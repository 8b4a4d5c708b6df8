//! Workers that misbehave, in the form of small shell scripts.

use super::*;
use std::os::unix::net::UnixDatagram as StdDatagram;
use tokio::task::JoinHandle;

/// Longest wait for something that must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a worker may take to stop; those that sleep are killed then.
const STOP: Duration = Duration::from_secs(3);
/// Times that do not come up in a test.
const NEVER: Duration = Duration::from_secs(3_600);

fn times() -> Times {
    Times {
        start: NEVER,
        watchdog: NEVER,
        stop: STOP,
        backoff: Backoff {
            first: Duration::from_millis(10),
            longest: Duration::from_millis(40),
            recovered: NEVER,
        },
    }
}

/// The longest pause never ends, and others are short.
fn slow_if_misconfigured() -> Times {
    Times {
        backoff: Backoff {
            longest: NEVER,
            ..times().backoff
        },
        ..times()
    }
}

/// A script under supervision.
struct Scene {
    folder: tempfile::TempDir,
    metrics: Metrics,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Scene {
    /// A script that runs in a folder of its own.
    fn play(script: &str, times: Times) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let script = format!("cd '{}' && {script}", folder.path().display());
        Self::run(
            "/bin/sh".into(),
            vec!["-c".into(), script.into()],
            folder,
            times,
        )
    }

    fn run(
        program: PathBuf,
        arguments: Vec<OsString>,
        folder: tempfile::TempDir,
        times: Times,
    ) -> Self {
        let launch = Launch {
            program,
            arguments,
            socket: folder.path().join("notify"),
            times,
        };
        let metrics = Metrics::new(None).expect("metrics");
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(supervise(launch, metrics.clone(), stopped));
        Self {
            folder,
            metrics,
            stop,
            task,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Says something in the worker's name: a shell has no datagrams.
    fn say(&self, message: &str) {
        let socket = StdDatagram::unbound().expect("a socket");
        socket
            .send_to(message.as_bytes(), self.path("notify"))
            .expect("the supervisor listens");
    }

    async fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < PATIENCE, "{what} does not come");
            sleep(Duration::from_millis(2)).await;
        }
    }

    /// A first worker that serves.
    async fn serving(&self) {
        self.until("its start", |scene| scene.metrics.up.get() == 1)
            .await;
        self.say("READY=1");
        self.until("that it serves", |scene| scene.metrics.ready.get() == 1)
            .await;
    }

    async fn until_healthy_is(&self, expected: u64) {
        self.until("word of its health", |scene| {
            scene.metrics.healthy.get() == expected
        })
        .await;
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        let ended = timeout(PATIENCE, self.task).await;
        ended.expect("stops in time").expect("no panic");
        assert_eq!(self.metrics.up.get(), 0);
        assert!(!self.folder.path().join("notify").exists());
    }
}

#[tokio::test]
async fn a_worker_that_ends_at_once_is_started_again_and_again() {
    let scene = Scene::play("echo x >> lives; exit 3", times());
    scene
        .until("a third start", |scene| scene.metrics.restarts.get() >= 3)
        .await;
    let lives = std::fs::read_to_string(scene.path("lives")).expect("written");
    assert!(lives.lines().count() >= 3, "{lives}");
    assert_eq!(scene.metrics.last_exit_code(), 3);
    scene.stop().await;
}

#[tokio::test]
async fn a_worker_that_never_serves_is_killed() {
    let late = Times {
        start: Duration::from_millis(100),
        ..times()
    };
    let scene = Scene::play("exec sleep 3600", late);
    scene
        .until("another start", |scene| scene.metrics.restarts.get() >= 1)
        .await;
    assert_eq!(scene.metrics.last_exit_code(), 137);
    scene.stop().await;
}

#[tokio::test]
async fn a_worker_that_serves_and_falls_silent_is_killed() {
    let strict = Times {
        watchdog: Duration::from_millis(300),
        ..times()
    };
    let scene = Scene::play("exec sleep 3600", strict);
    scene.serving().await;
    scene
        .until("another start", |scene| scene.metrics.restarts.get() >= 1)
        .await;
    assert_eq!(scene.metrics.last_exit_code(), 137);
    // The next one has not said that it serves.
    assert_eq!(scene.metrics.ready.get(), 0);
    scene.stop().await;
}

#[tokio::test]
async fn signs_of_life_keep_a_worker_alive() {
    let strict = Times {
        watchdog: Duration::from_secs(8),
        ..times()
    };
    let scene = Scene::play("exec sleep 3600", strict);
    scene.serving().await;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(9) {
        scene.say("WATCHDOG=1");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(scene.metrics.restarts.get(), 0);
    assert_eq!(scene.metrics.ready.get(), 1);
    scene.stop().await;
}

#[tokio::test]
async fn a_worker_says_whether_it_is_well_as_long_as_it_serves() {
    let scene = Scene::play("exec sleep 3600", times());
    scene.serving().await;
    assert_eq!(scene.metrics.healthy.get(), 0);
    scene.say("WATCHDOG=1\nX_LATTICE_HEALTHY=1");
    scene.until_healthy_is(1).await;
    scene.say("X_LATTICE_HEALTHY=0");
    scene.until_healthy_is(0).await;
    assert_eq!(scene.metrics.ready.get(), 1);
    scene.say("X_LATTICE_HEALTHY=1");
    scene.until_healthy_is(1).await;
    scene.say("STOPPING=1");
    scene.until_healthy_is(0).await;
    scene.stop().await;
}

#[tokio::test]
async fn a_worker_is_well_neither_before_it_serves_nor_once_it_is_gone() {
    let script = "while [ ! -e go ]; do sleep 0.01; done; rm go; exit 1";
    let scene = Scene::play(script, times());
    scene
        .until("its start", |scene| scene.metrics.up.get() == 1)
        .await;
    scene.say("X_LATTICE_HEALTHY=1");
    // Messages are taken in turn, so the first was passed over.
    scene.serving().await;
    assert_eq!(scene.metrics.healthy.get(), 0);
    scene.say("X_LATTICE_HEALTHY=1");
    scene.until_healthy_is(1).await;
    std::fs::write(scene.path("go"), "").expect("written");
    scene
        .until("its end", |scene| scene.metrics.restarts.get() == 1)
        .await;
    assert_eq!(scene.metrics.healthy.get(), 0);
    scene.stop().await;
}

#[tokio::test]
async fn a_worker_that_serves_and_dies_is_started_again() {
    let script = "while [ ! -e go ]; do sleep 0.01; done; rm go; exit 1";
    let scene = Scene::play(script, times());
    scene.serving().await;
    std::fs::write(scene.path("go"), "").expect("written");
    scene
        .until("another start", |scene| scene.metrics.restarts.get() == 1)
        .await;
    assert_eq!(scene.metrics.last_exit_code(), 1);
    scene.serving().await;
    scene.stop().await;
}

#[tokio::test]
async fn the_end_of_its_input_tells_a_worker_to_stop() {
    let patient = Times {
        stop: NEVER,
        ..times()
    };
    let scene = Scene::play("touch begun; cat; touch ended", patient);
    scene
        .until("its start", |scene| scene.path("begun").exists())
        .await;
    let ended = scene.path("ended");
    scene.stop.send_replace(true);
    scene.until("its end", |_| ended.exists()).await;
    assert_eq!(scene.metrics.restarts.get(), 0);
    scene.stop().await;
}

#[tokio::test]
async fn a_worker_that_does_not_stop_is_killed() {
    let impatient = Times {
        stop: Duration::from_millis(100),
        ..times()
    };
    let scene = Scene::play("touch begun; trap '' TERM; exec sleep 3600", impatient);
    scene
        .until("its start", |scene| scene.path("begun").exists())
        .await;
    let metrics = scene.metrics.clone();
    scene.stop().await;
    assert_eq!(metrics.last_exit_code(), 137);
}

#[tokio::test]
async fn a_program_that_is_not_there_does_not_end_the_supervision() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = Path::new("/nonexistent/worker").to_path_buf();
    let scene = Scene::run(missing, Vec::new(), folder, times());
    scene
        .until("another try", |scene| scene.metrics.restarts.get() >= 2)
        .await;
    scene.stop().await;
}

#[tokio::test]
async fn a_wrong_configuration_is_tried_again_after_the_longest_pause_only() {
    let scene = Scene::play("exit 2", slow_if_misconfigured());
    scene
        .until("its end", |scene| scene.metrics.last_exit_code() == 2)
        .await;
    sleep(Duration::from_millis(200)).await;
    assert_eq!(scene.metrics.restarts.get(), 0);
    // The node need not wait for the pause.
    scene.stop().await;
}

#[tokio::test]
async fn a_worker_whose_disk_fails_is_started_again_soon_and_its_end_is_known() {
    let scene = Scene::play("exit 74", slow_if_misconfigured());
    scene
        .until("another start", |scene| scene.metrics.restarts.get() >= 1)
        .await;
    assert_eq!(scene.metrics.last_exit_code(), 74);
    scene.stop().await;
}

#[test]
fn each_end_has_its_sentence() {
    use std::os::unix::process::ExitStatusExt;
    let exited = |code: i32| End::Exited(ExitStatus::from_raw(code << 8));
    assert!(exited(2).is_configuration() && !exited(1).is_configuration());
    assert!(exited(2).to_string().contains("refuses its configuration"));
    assert!(exited(74).is_disk() && !exited(74).is_configuration() && !exited(1).is_disk());
    assert!(exited(74).to_string().contains("its disk fails"));
    assert!(exited(1).to_string().contains("exit status: 1"));
    let failed = End::Failed(ErrorKind::NotFound.into());
    assert!(failed.to_string().contains("cannot be run"));
}
