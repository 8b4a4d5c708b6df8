//! `--provider`: a provider's worker as a child of the node.
//!
//! The worker is a program of its own, so that a fault of an accelerator or of the prover ends it and not
//! the node. The node starts it, listens to it and starts it again:
//!
//! ```text
//! start ─▶ (loads models) ─▶ READY=1 ─▶ WATCHDOG=1 … ─▶ ends or falls silent ─▶ pause ─▶ start
//! ```
//!
//! * [`supervisor`]: one life of the worker after the other;
//! * [`backoff`]: the pauses between them;
//! * [`notify`]: what the worker says of itself, in the words of systemd's `sd_notify`;
//! * [`lines`]: its log, in the node's;
//! * [`metrics`]: how it is, beside the node's numbers.
//!
//! The node holds the worker's standard input. When it closes, the worker hands in what it has and ends:
//! the node closes it to stop, goes on until the worker has ended (or is killed, for want of an end in
//! time), and then stops itself; the system closes it if the node is killed. All of this runs in a thread and
//! a runtime of its own, whose failure does not concern the rest of the node.

mod backoff;
mod lines;
mod metrics;
mod notify;
mod supervisor;

use metrics::Metrics;
use sc_network::{multiaddr::Protocol, Multiaddr};
use sp_panic_handler::AbortGuard;
use std::{
    ffi::OsString,
    fs::DirBuilder,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::DirBuilderExt,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    thread::JoinHandle,
};
use substrate_prometheus_endpoint::{PrometheusError, Registry};
use supervisor::{supervise, Launch, Times};
use tokio::sync::watch;

/// Where its lines are in the node's log.
const TARGET: &str = "provider";
/// The worker's program, beside the node's.
const PROGRAM: &str = "lattice-worker";
/// A socket's path may have 107 bytes; some are left for the file's name.
const LONGEST_FOLDER: usize = 90;

/// Why the node has no worker.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("cannot read the provider's configuration {path}: {source}")]
    Configuration {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path} is no program: {source}; name the worker with --provider-worker PATH")]
    Program {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot tell in which folder this program lies: {0}")]
    OwnFolder(std::io::Error),
    #[error("the worker needs the node's RPC server, which listens nowhere")]
    NoRpc,
    #[error("cannot make {path} for the worker's messages: {source}")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot register the worker's metrics: {0}")]
    Metrics(#[from] PrometheusError),
    #[error("cannot supervise the worker: {0}")]
    Thread(std::io::Error),
}

/// Which worker is to run, and with which configuration.
#[derive(Clone, Debug)]
pub struct Provision {
    configuration: PathBuf,
    program: PathBuf,
}

impl Provision {
    /// A worker with this configuration; without a path its program lies beside the node's.
    ///
    /// # Errors
    /// When one of the files is not there: a slip of the pen is better found at once.
    pub fn new(configuration: PathBuf, program: Option<PathBuf>) -> Result<Self, ProviderError> {
        if let Err(source) = std::fs::File::open(&configuration) {
            return Err(ProviderError::Configuration {
                path: configuration,
                source,
            });
        }
        let program = match program {
            Some(program) => program,
            None => {
                let own = std::env::current_exe().map_err(ProviderError::OwnFolder)?;
                own.with_file_name(PROGRAM)
            }
        };
        match std::fs::metadata(&program) {
            Ok(_) => Ok(Self {
                configuration,
                program,
            }),
            Err(source) => Err(ProviderError::Program {
                path: program,
                source,
            }),
        }
    }

    /// Starts the worker for the node that serves RPC at one of these addresses. `folder` takes the
    /// socket for its messages.
    ///
    /// # Errors
    /// When there is no address, no place for the socket, or no thread.
    pub fn start(
        self,
        rpc: &[Multiaddr],
        folder: &Path,
        registry: Option<&Registry>,
    ) -> Result<Provider, ProviderError> {
        let url = url(rpc).ok_or(ProviderError::NoRpc)?;
        let metrics = Metrics::new(registry)?;
        let folder = socket_folder(folder)?;
        let arguments: Vec<OsString> = vec![
            "--config".into(),
            self.configuration.into(),
            "--chain".into(),
            url.into(),
            "--supervised".into(),
        ];
        let launch = Launch {
            program: self.program,
            arguments,
            socket: folder.join("notify"),
            times: Times::default(),
        };
        Provider::new(launch, metrics).map_err(ProviderError::Thread)
    }
}

/// A worker that runs until this is dropped; the drop waits for its end.
#[derive(Debug)]
pub struct Provider {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Provider {
    fn new(launch: Launch, metrics: Metrics) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = watch::channel(false);
        let supervision = move || {
            // The node ends itself at a panic, wherever it is; not at one in here.
            let _guard = AbortGuard::never_abort();
            let work = AssertUnwindSafe(|| runtime.block_on(supervise(launch, metrics, stopped)));
            if std::panic::catch_unwind(work).is_err() {
                log::error!(
                    target: TARGET,
                    "the supervision of the worker failed; the node goes on without a worker"
                );
            }
        };
        let thread = std::thread::Builder::new()
            .name(TARGET.into())
            .spawn(supervision)?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // Its panic was logged.
            let _ = thread.join();
        }
    }
}

/// The URL for a process on this machine, by the first address that has an IP and a port.
fn url(addresses: &[Multiaddr]) -> Option<String> {
    addresses.iter().find_map(|address| {
        let mut host = None;
        let mut port = None;
        for part in address.iter() {
            match part {
                Protocol::Ip4(ip) => host = Some(IpAddr::V4(ip)),
                Protocol::Ip6(ip) => host = Some(IpAddr::V6(ip)),
                Protocol::Tcp(number) => port = Some(number),
                _ => {}
            }
        }
        let host = match host? {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        Some(format!("ws://{}", SocketAddr::new(host, port?)))
    })
}

/// A folder for the socket: this one, or one for temporary files if its path is too long for a socket.
fn socket_folder(folder: &Path) -> Result<PathBuf, ProviderError> {
    let failed = |path: &Path, source| ProviderError::Folder {
        path: path.to_owned(),
        source,
    };
    let wanted = std::path::absolute(folder).map_err(|source| failed(folder, source))?;
    let chosen = match wanted.as_os_str().len() > LONGEST_FOLDER {
        true => std::env::temp_dir().join(format!("lattice-node-{}", std::process::id())),
        false => wanted,
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&chosen)
        .map_err(|source| failed(&chosen, source))?;
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<Multiaddr> {
        let parse = |text: &&str| text.parse::<Multiaddr>().expect("an address");
        texts.iter().map(parse).collect()
    }

    #[test]
    fn the_worker_reaches_the_node_where_it_listens() {
        let url = |texts: &[&str]| url(&addresses(texts));
        let loopback = Some("ws://127.0.0.1:9944".to_owned());
        assert_eq!(url(&["/ip4/127.0.0.1/tcp/9944"]), loopback);
        assert_eq!(
            url(&["/ip4/0.0.0.0/tcp/9944", "/ip6/::1/tcp/9944"]),
            loopback
        );
        assert_eq!(url(&["/ip6/::/tcp/1"]), Some("ws://[::1]:1".to_owned()));
        assert_eq!(
            url(&["/ip4/10.1.2.3/tcp/7"]),
            Some("ws://10.1.2.3:7".to_owned())
        );
        assert_eq!(url(&[]), None);
    }

    #[test]
    fn a_folder_that_is_too_deep_for_a_socket_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let near = folder.path().join("provider");
        assert_eq!(socket_folder(&near).expect("made"), near);
        let deep = folder.path().join("x".repeat(120));
        let other = socket_folder(&deep).expect("made");
        assert!(other.as_os_str().len() <= LONGEST_FOLDER && other.is_dir());
        std::fs::remove_dir(other).expect("empty");
    }

    #[test]
    fn files_that_are_not_there_are_named_before_anything_starts() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = folder.path().join("provider.toml");
        std::fs::write(&there, "").expect("written");
        let missing = folder.path().join("missing");
        let refused = Provision::new(missing.clone(), None).expect_err("no configuration");
        assert!(refused.to_string().contains("missing"), "{refused}");
        let refused = Provision::new(there.clone(), Some(missing)).expect_err("no program");
        assert!(
            refused.to_string().contains("--provider-worker"),
            "{refused}"
        );
        Provision::new(there.clone(), Some(there)).expect("both are there");
    }
}
