//! Where the members of a network run: each in a network namespace of its own, joined by a bridge, or
//! where that is not allowed, all on free ports of the loopback interface.

use crate::process::free_port;
use anyhow::{bail, Context, Result};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The ports that a member listens on.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// JSON-RPC of the node.
    pub rpc: u16,
    /// The node's own network.
    pub node: u16,
    /// Prometheus metrics of the node.
    pub node_metrics: u16,
    /// Metrics and health of the worker.
    pub worker_metrics: u16,
    /// The worker's peers.
    pub worker: u16,
}

/// A machine of the network, as far as its members can tell.
#[derive(Clone, Debug)]
pub struct Host {
    /// The member's name.
    pub name: String,
    /// Where others reach it.
    pub address: IpAddr,
    /// What listens where.
    pub ports: Ports,
    /// The namespace, and the bridge's end of the cable into it.
    namespace: Option<(String, String)>,
}

impl Host {
    /// A command that runs on this machine.
    pub fn command(&self, program: &Path) -> Command {
        match &self.namespace {
            Some((namespace, _)) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace]).arg(program);
                command
            }
            None => Command::new(program),
        }
    }

    /// Whether its cable can be pulled.
    pub fn can_be_cut(&self) -> bool {
        self.namespace.is_some()
    }

    /// Pulls the cable.
    ///
    /// # Errors
    /// The machine has none of its own.
    pub fn cut(&self) -> Result<()> {
        self.cable("down")
    }

    /// Plugs the cable in again.
    ///
    /// # Errors
    /// As [`Host::cut`].
    pub fn mend(&self) -> Result<()> {
        self.cable("up")
    }

    fn cable(&self, state: &str) -> Result<()> {
        let (_, cable) = self
            .namespace
            .as_ref()
            .with_context(|| format!("{} has no network of its own", self.name))?;
        ip(&["link", "set", cable, state])
    }

    /// Where other nodes find this one's network, without its identity.
    pub fn node_address(&self) -> String {
        format!("/ip4/{}/tcp/{}", self.address, self.ports.node)
    }

    /// Where peers find the worker.
    pub fn worker_address(&self) -> String {
        format!("/ip4/{}/tcp/{}", self.address, self.ports.worker)
    }

    /// WebSocket address of the node's JSON-RPC.
    pub fn rpc_url(&self) -> String {
        format!("ws://{}:{}", self.address, self.ports.rpc)
    }

    /// Health of the worker.
    pub fn health_url(&self) -> String {
        let port = self.ports.worker_metrics;
        format!("http://{}:{port}/health", self.address)
    }
}

/// The machines of one network; its namespaces and disks go when it is dropped.
#[derive(Debug)]
pub struct Ground {
    cables: Cables,
    /// Where small disks are mounted.
    disks: Vec<PathBuf>,
    /// Why one could not be.
    diskless: Option<String>,
}

/// What joins the machines.
#[derive(Debug)]
enum Cables {
    /// A bridge, and a namespace for each member.
    Namespaces {
        /// Name of the bridge, and prefix of all other names.
        bridge: String,
        /// Third byte of the addresses.
        subnet: u8,
        /// The namespaces so far.
        names: Vec<String>,
    },
    /// The loopback interface.
    Loopback {
        /// Why there are no namespaces.
        why: String,
    },
}

impl Ground {
    /// Namespaces where this process may make them, and the loopback interface otherwise.
    pub fn new() -> Self {
        let id = std::process::id();
        let bridge = format!("lat{}", id % 100_000);
        let subnet = u8::try_from(id % 250).unwrap_or(0) + 1;
        let cables = match Self::bridge(&bridge, subnet) {
            Ok(()) => Cables::Namespaces {
                bridge,
                subnet,
                names: Vec::new(),
            },
            Err(error) => Cables::Loopback {
                why: format!("{error:#}"),
            },
        };
        Self {
            cables,
            disks: Vec::new(),
            diskless: None,
        }
    }

    fn bridge(name: &str, subnet: u8) -> Result<()> {
        ip(&["link", "add", name, "type", "bridge"])?;
        let address = format!("10.231.{subnet}.1/24");
        let made = ip(&["addr", "add", &address, "dev", name])
            .and_then(|()| ip(&["link", "set", name, "up"]))
            // Bridges may be allowed where namespaces are not.
            .and_then(|()| ip(&["netns", "add", name]))
            .and_then(|()| ip(&["netns", "del", name]));
        if made.is_err() {
            let _ = ip(&["link", "del", name]);
        }
        made
    }

    /// What it is, for people.
    pub fn describe(&self) -> String {
        match &self.cables {
            Cables::Namespaces { .. } => "a network namespace for each member".into(),
            Cables::Loopback { why } => {
                format!("ports of the loopback interface (no network namespaces here: {why})")
            }
        }
    }

    /// Puts a small disk of its own under a folder; where this process may not mount one, the folder stays
    /// on the machine's disk, and [`Ground::diskless`] says why.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn small_disk(&mut self, folder: &Path, mebibytes: u32) -> Result<()> {
        self.mount(folder, &format!("size={mebibytes}m"))
    }

    fn mount(&mut self, folder: &Path, size: &str) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        match run("mount", &["-t", "tmpfs", "-o", size, "tmpfs"], Some(folder)) {
            Ok(()) => self.disks.push(folder.to_path_buf()),
            Err(error) => self.diskless = Some(format!("{error:#}")),
        }
        Ok(())
    }

    /// Why a small disk that was wanted could not be made, if so.
    pub fn diskless(&self) -> Option<&str> {
        self.diskless.as_deref()
    }

    /// One more machine.
    ///
    /// # Errors
    /// When the namespace cannot be made.
    pub fn host(&mut self, name: &str) -> Result<Host> {
        match &mut self.cables {
            Cables::Loopback { .. } => Ok(Host {
                name: name.into(),
                address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                ports: Ports {
                    rpc: free_port()?,
                    node: free_port()?,
                    node_metrics: free_port()?,
                    worker_metrics: free_port()?,
                    worker: free_port()?,
                },
                namespace: None,
            }),
            Cables::Namespaces {
                bridge,
                subnet,
                names,
            } => {
                let number = names.len();
                let namespace = format!("{bridge}-{number}");
                let cable = format!("{bridge}v{number}");
                let last = u8::try_from(number + 10).context("too many machines")?;
                let address = Ipv4Addr::new(10, 231, *subnet, last);
                ip(&["netns", "add", &namespace])?;
                names.push(namespace.clone());
                ip(&[
                    "link", "add", &cable, "type", "veth", "peer", "name", "eth0", "netns",
                    &namespace,
                ])?;
                ip(&["link", "set", &cable, "master", bridge, "up"])?;
                let inside = format!("{address}/24");
                ip(&["-n", &namespace, "addr", "add", &inside, "dev", "eth0"])?;
                ip(&["-n", &namespace, "link", "set", "eth0", "up"])?;
                ip(&["-n", &namespace, "link", "set", "lo", "up"])?;
                Ok(Host {
                    name: name.into(),
                    address: IpAddr::V4(address),
                    ports: Ports {
                        rpc: 9_944,
                        node: 30_333,
                        node_metrics: 9_615,
                        worker_metrics: 9_616,
                        worker: 30_400,
                    },
                    namespace: Some((namespace, cable)),
                })
            }
        }
    }
}

impl Default for Ground {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // Nobody is left to tell what cannot be taken down.
        for disk in &self.disks {
            let _ = Command::new("umount").arg(disk).status();
        }
        if let Cables::Namespaces { bridge, names, .. } = &self.cables {
            for name in names {
                let _ = ip(&["netns", "del", name]);
            }
            let _ = ip(&["link", "del", bridge]);
        }
    }
}

/// Runs `ip` of iproute2.
fn ip(arguments: &[&str]) -> Result<()> {
    run("ip", arguments, None)
}

/// Runs a program of the system to its end.
fn run(program: &str, arguments: &[&str], path: Option<&Path>) -> Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .args(path)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("running {program}"))?;
    if !output.status.success() {
        bail!(
            "{program} {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::fault::Fault;

    fn ground(diskless: Option<&str>) -> Ground {
        Ground {
            cables: Cables::Loopback {
                why: "running ip: No such file or directory".into(),
            },
            disks: Vec::new(),
            diskless: diskless.map(str::to_owned),
        }
    }

    #[test]
    fn why_there_are_no_namespaces_is_said() {
        let described = ground(None).describe();
        assert!(described.contains("loopback"), "{described}");
        assert!(described.contains("running ip"), "{described}");
    }

    #[test]
    fn a_disk_is_filled_only_where_a_small_one_could_be_made() {
        assert_eq!(Fault::possible(&ground(None)), Fault::ALL);
        let without = Fault::possible(&ground(Some("mount: permission denied")));
        assert_eq!(without.len() + 1, Fault::ALL.len());
        assert!(!without.contains(&Fault::FillDisk));
    }

    #[test]
    fn a_disk_that_cannot_be_made_leaves_a_folder_and_the_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ground = ground(None);
        // No file system has less than no room.
        let data = folder.path().join("data");
        ground.mount(&data, "size=none").expect("a folder");
        assert!(data.is_dir() && ground.diskless().is_some());
    }
}
