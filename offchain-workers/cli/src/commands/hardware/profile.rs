//! What was measured, as a file.

use super::matmul::Product;
use super::proving::Proofs;
use crate::failure::Failure;
use anyhow::{bail, Context};
use lattice_hardware::Machine;
use lattice_verifier::CIRCUIT_VERSION;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Version of the file's format.
const VERSION: u32 = 1;
/// A profile has some kilobytes; anything longer is some other file.
const MAX_BYTES: u64 = 1 << 20;
/// Days after which figures are called old.
const FRESH_DAYS: u64 = 30;
const DAY_SECONDS: u64 = 86_400;

/// The figures of one machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    version: u32,
    /// Version of this program.
    pub lattice: String,
    /// Version of the circuit's rules.
    pub circuit_version: u16,
    /// When the last of the figures was measured, in seconds since 1970.
    pub measured_at: u32,
    pub machine: Machine,
    /// Each device that was measured, the processor first.
    pub devices: Vec<DeviceFigures>,
    /// Proofs are made on the processor, from the smallest circuit to the largest.
    pub proving: Vec<Proofs>,
}

/// The figures of one device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceFigures {
    /// As `--device` takes it.
    pub device: String,
    pub products: Vec<Product>,
}

impl Profile {
    /// A profile without figures.
    pub fn new(machine: Machine) -> Self {
        Self {
            version: VERSION,
            lattice: env!("CARGO_PKG_VERSION").to_owned(),
            circuit_version: CIRCUIT_VERSION,
            measured_at: now(),
            machine,
            devices: Vec::new(),
            proving: Vec::new(),
        }
    }

    /// The file, unless the command line names another.
    ///
    /// # Errors
    /// Neither `XDG_DATA_HOME` nor `HOME` names a folder.
    pub fn default_path() -> anyhow::Result<PathBuf> {
        Ok(super::data_folder()?.join("hardware.json"))
    }

    /// Reads a profile; `None` if there is no such file.
    ///
    /// # Errors
    /// It cannot be read, or is no profile that this program knows.
    pub fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let shown = path.display();
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {shown}")),
        };
        let mut text = String::new();
        file.take(MAX_BYTES)
            .read_to_string(&mut text)
            .with_context(|| format!("cannot read {shown}"))?;
        let profile: Self = serde_json::from_str(&text).with_context(|| {
            format!(
                "{shown} is not a profile of `lattice hardware bench`; name another file, or remove it \
                 and measure again"
            )
        })?;
        if profile.version != VERSION {
            bail!(
                "{shown} has version {}, and this program reads {VERSION}; remove it and measure \
                 again with `lattice hardware bench`",
                profile.version
            );
        }
        Ok(Some(profile))
    }

    /// Reads a profile that must be there.
    ///
    /// # Errors
    /// As [`Profile::read`], and that there is none.
    pub fn require(path: &Path) -> anyhow::Result<Self> {
        Self::read(path)?.ok_or_else(|| {
            Failure::NotFound {
                what: format!("the profile {} of this machine", path.display()),
                hint: "run `lattice hardware bench` first",
            }
            .into()
        })
    }

    /// Replaces the file as a whole, and makes its folder.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let write = || -> anyhow::Result<()> {
            let folder = match path.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            };
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }

    /// Puts the figures of a device in, in place of older ones; the processor's come first.
    pub fn put(&mut self, figures: DeviceFigures) {
        self.devices.retain(|old| old.device != figures.device);
        match figures.device == "cpu" {
            true => self.devices.insert(0, figures),
            false => self.devices.push(figures),
        }
        self.measured_at = now();
    }

    /// Whether figures that are measured now may stand beside these.
    pub fn is_of(&self, machine: &Machine) -> bool {
        self.lattice == env!("CARGO_PKG_VERSION")
            && self.circuit_version == CIRCUIT_VERSION
            && other_machine(&self.machine, machine).is_none()
    }

    /// Why the figures may be wrong by now, if they may.
    pub fn stale(&self, machine: &Machine) -> Vec<String> {
        self.stale_at(machine, u64::from(now()))
    }

    fn stale_at(&self, machine: &Machine, now: u64) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.lattice != env!("CARGO_PKG_VERSION") || self.circuit_version != CIRCUIT_VERSION {
            reasons.push(format!(
                "the profile was measured by version {} with circuits of version {}, and this is \
                 version {} with {CIRCUIT_VERSION}",
                self.lattice,
                self.circuit_version,
                env!("CARGO_PKG_VERSION"),
            ));
        }
        reasons.extend(other_machine(&self.machine, machine));
        let days = now.saturating_sub(u64::from(self.measured_at)) / DAY_SECONDS;
        if days >= FRESH_DAYS {
            reasons.push(format!("the profile is {days} days old"));
        }
        reasons
    }
}

/// In what a machine differs so that figures of one say little of the other.
fn other_machine(then: &Machine, now: &Machine) -> Option<String> {
    if then.cpu.model != now.cpu.model {
        return Some(format!(
            "the profile is of a machine with `{}`, and this one has `{}`",
            then.cpu.model, now.cpu.model
        ));
    }
    (then.cpu.usable_threads != now.cpu.usable_threads).then(|| {
        format!(
            "the profile was measured on {} threads, and this process has {}",
            then.cpu.usable_threads, now.cpu.usable_threads
        )
    })
}

/// Seconds since 1970, which 32 bits hold until 2106.
fn now() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u32::try_from(since.as_secs()).unwrap_or(u32::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(device: &str, seconds: f64) -> DeviceFigures {
        DeviceFigures {
            device: device.into(),
            products: vec![Product {
                size: 128,
                batch: 1,
                seconds,
                operations_per_second: 32_768.0 / seconds,
            }],
        }
    }

    fn profile() -> Profile {
        let mut profile = Profile::new(Machine::detect(Path::new(".")));
        profile.put(figures("cuda:0", 0.5));
        profile.put(figures("cpu", 0.25));
        profile
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/hardware.json");
        assert_eq!(Profile::read(&path).expect("no error"), None);
        let error = Profile::require(&path).expect_err("nothing is there");
        assert!(error.to_string().contains("hardware bench"), "{error}");
        let profile = profile();
        profile.write(&path).expect("it is written");
        assert_eq!(Profile::require(&path).expect("it is there"), profile);
    }

    #[test]
    fn a_device_has_its_latest_figures_and_the_processor_is_the_first() {
        let mut profile = profile();
        profile.put(figures("cuda:0", 2.0));
        let names: Vec<_> = profile.devices.iter().map(|d| d.device.as_str()).collect();
        assert_eq!(names, ["cpu", "cuda:0"]);
        assert_eq!(profile.devices[1], figures("cuda:0", 2.0));
    }

    #[test]
    fn figures_grow_old_and_belong_to_one_machine() {
        let mut profile = profile();
        let here = profile.machine.clone();
        let measured_at = u64::from(profile.measured_at);
        assert!(profile.is_of(&here));
        assert!(profile.stale_at(&here, measured_at).is_empty());
        let later = measured_at + 31 * DAY_SECONDS;
        assert_eq!(
            profile.stale_at(&here, later),
            ["the profile is 31 days old"]
        );

        let mut other = here.clone();
        other.cpu.usable_threads += 6;
        assert!(!profile.is_of(&other));
        assert!(profile.stale_at(&other, measured_at)[0].contains("threads"));
        other.cpu.model = "another".into();
        assert!(profile.stale_at(&other, measured_at)[0].contains("`another`"));

        profile.lattice = "0.0.1".into();
        assert!(profile.stale_at(&here, measured_at)[0].contains("0.0.1"));
    }

    #[test]
    fn another_file_is_no_profile() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hardware.json");
        fs::write(&path, "{}").expect("a file");
        let error = format!("{:#}", Profile::read(&path).expect_err("it is none"));
        assert!(error.contains("is not a profile"), "{error}");
        let future = Profile {
            version: VERSION + 1,
            ..profile()
        };
        future.write(&path).expect("it is written");
        let error = Profile::read(&path).expect_err("it is another version");
        assert!(error.to_string().contains("has version 2"), "{error}");
    }
}
