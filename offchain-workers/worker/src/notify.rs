//! Telling a service manager how the worker is: the protocol of systemd's `sd_notify`, which
//! `lattice-node --provider` speaks as well. Beside what systemd knows it says `X_LATTICE_HEALTHY=1`, or 0,
//! as `/health` would: only the node takes that, systemd passes over names with `X_`.
//!
//! A message that nobody takes is dropped: a manager that sleeps must not hold up the worker.

use crate::http::Pulse;
use std::{
    os::unix::net::{SocketAddr, UnixDatagram},
    sync::Arc,
    time::Duration,
};

/// Shortest time between two signs of life.
const MIN_PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug)]
struct Manager {
    socket: UnixDatagram,
    address: SocketAddr,
}

/// Says to the service manager, if there is one, how the worker is.
#[derive(Clone, Debug, Default)]
pub struct Notifier {
    manager: Option<Arc<Manager>>,
    /// Within which time the manager wants a sign of life.
    watchdog: Option<Duration>,
}

impl Notifier {
    /// The manager that `NOTIFY_SOCKET` names, and the time that it gives in `WATCHDOG_USEC`.
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let Some(name) = variable("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
            return Self::default();
        };
        let meant =
            variable("WATCHDOG_PID").is_none_or(|pid| pid == std::process::id().to_string());
        let watchdog = variable("WATCHDOG_USEC").filter(|_| meant);
        match Self::new(&name, watchdog.and_then(|micros| micros.parse().ok())) {
            Ok(notifier) => notifier,
            Err(error) => {
                tracing::warn!(socket = name, %error, "cannot reach the service manager");
                Self::default()
            }
        }
    }

    /// Sends to this socket: a path, or after an `@` a name in the abstract namespace of Linux.
    ///
    /// # Errors
    /// The name is too long for a socket, or there are no more sockets.
    pub fn new(name: &str, watchdog_micros: Option<u64>) -> std::io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        let manager = Manager {
            socket,
            address: address(name)?,
        };
        Ok(Self {
            manager: Some(Arc::new(manager)),
            watchdog: watchdog_micros
                .filter(|micros| *micros > 0)
                .map(Duration::from_micros),
        })
    }

    /// The worker serves.
    pub fn ready(&self) {
        self.send("READY=1");
    }

    /// What it is at, for people.
    pub fn status(&self, text: &str) {
        self.send(&format!("STATUS={}", text.replace('\n', " ")));
    }

    /// It was told to stop, and winds up.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// Gives signs of life as long as the follower does, if the manager wants them, and with or without
    /// them says whether the worker is well.
    ///
    /// A chain without new blocks is no reason to withhold them: another start would not mend it.
    pub async fn watch_over(self, pulse: Pulse) {
        let Some(limit) = self.watchdog else { return };
        let pause = (limit / 4).max(MIN_PAUSE);
        loop {
            let health = match pulse.condition().healthy {
                true => "X_LATTICE_HEALTHY=1",
                false => "X_LATTICE_HEALTHY=0",
            };
            match pulse.turned_within(limit / 2) {
                true => self.send(&format!("WATCHDOG=1\n{health}")),
                false => self.send(health),
            }
            tokio::time::sleep(pause).await;
        }
    }

    fn send(&self, message: &str) {
        let Some(manager) = &self.manager else { return };
        let sent = manager
            .socket
            .send_to_addr(message.as_bytes(), &manager.address);
        if let Err(error) = sent {
            tracing::debug!(message, %error, "the service manager does not listen");
        }
    }
}

#[cfg(target_os = "linux")]
fn address(name: &str) -> std::io::Result<SocketAddr> {
    use std::os::linux::net::SocketAddrExt;
    match name.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(name),
    }
}

#[cfg(not(target_os = "linux"))]
fn address(name: &str) -> std::io::Result<SocketAddr> {
    SocketAddr::from_pathname(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 256];
        let length = socket.recv(&mut buffer).expect("a message");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    fn listener(folder: &std::path::Path) -> (UnixDatagram, String) {
        let path = folder.join("notify");
        let socket = UnixDatagram::bind(&path).expect("binds");
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a time limit");
        (socket, path.to_str().expect("UTF-8").to_owned())
    }

    #[test]
    fn the_manager_hears_what_the_worker_says() {
        let folder = tempfile::tempdir().expect("a folder");
        let (socket, name) = listener(folder.path());
        let notifier = Notifier::new(&name, None).expect("a socket");
        notifier.status("loading\nmodels");
        notifier.ready();
        notifier.stopping();
        let heard = [next(&socket), next(&socket), next(&socket)];
        assert_eq!(heard, ["STATUS=loading models", "READY=1", "STOPPING=1"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn its_socket_may_have_an_abstract_name() {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("lattice-worker-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).expect("a name");
        let socket = UnixDatagram::bind_addr(&address).expect("binds");
        let notifier = Notifier::new(&format!("@{name}"), None).expect("a socket");
        notifier.ready();
        assert_eq!(next(&socket), "READY=1");
    }

    #[tokio::test]
    async fn signs_of_life_come_while_the_follower_turns_and_then_no_more() {
        let folder = tempfile::tempdir().expect("a folder");
        let (socket, name) = listener(folder.path());
        let pulse = Pulse::default();
        pulse.turn();
        let notifier = Notifier::new(&name, Some(2_000_000)).expect("a socket");
        let task = tokio::spawn(notifier.watch_over(pulse.clone()));
        let listening = tokio::task::spawn_blocking(move || {
            const ALIVE: &str = "WATCHDOG=1\nX_LATTICE_HEALTHY=0";
            let heard = (0..40).any(|_| {
                pulse.turn();
                next(&socket) == ALIVE
            });
            // The follower has turned for the last time, and its time passes.
            let last = (0..6).map(|_| next(&socket)).find(|sign| sign != ALIVE);
            (heard, last)
        });
        let (heard, last) = listening.await.expect("listened");
        assert!(heard);
        assert_eq!(last.as_deref(), Some("X_LATTICE_HEALTHY=0"));
        task.abort();
    }

    #[tokio::test]
    async fn with_each_sign_of_life_it_is_said_whether_the_worker_is_well() {
        let folder = tempfile::tempdir().expect("a folder");
        let (socket, name) = listener(folder.path());
        let pulse = Pulse::default();
        pulse.turn();
        let notifier = Notifier::new(&name, Some(400_000)).expect("a socket");
        let task = tokio::spawn(notifier.watch_over(pulse.clone()));
        let listening = tokio::task::spawn_blocking(move || {
            let comes = |message: &str| {
                (0..50).any(|_| {
                    pulse.turn();
                    next(&socket) == message
                })
            };
            let unwell = comes("WATCHDOG=1\nX_LATTICE_HEALTHY=0");
            pulse.beat();
            (unwell, comes("WATCHDOG=1\nX_LATTICE_HEALTHY=1"))
        });
        assert_eq!(listening.await.expect("listened"), (true, true));
        task.abort();
    }

    #[test]
    fn without_a_manager_nothing_happens() {
        let notifier = Notifier::default();
        notifier.ready();
        let gone = Notifier::new("/nonexistent/notify", None).expect("a socket");
        gone.ready();
    }
}
