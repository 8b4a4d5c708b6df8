//! Memory, within what the process's control groups allow.

use crate::mib;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Component, Path, PathBuf},
};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Where Linux shows control groups.
const GROUPS: &str = "/sys/fs/cgroup";
/// Which groups this process is in.
const OWN_GROUPS: &str = "/proc/self/cgroup";

/// Memory in MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    /// Of the machine.
    pub total_mib: u32,
    /// What this process and its group may use in all, if that is less than the machine has.
    pub limit_mib: Option<u32>,
    /// What could be taken now without swapping, within the limit.
    pub available_mib: u32,
}

impl Memory {
    /// Looks at this machine.
    pub fn detect() -> Self {
        let refresh = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(refresh);
        let groups = fs::read_to_string(OWN_GROUPS).unwrap_or_default();
        Self::within(
            system.total_memory(),
            system.available_memory(),
            Group::tightest(Path::new(GROUPS), &groups),
        )
    }

    /// What may be used in all, in MiB: the machine's memory or the limit.
    pub fn usable_mib(&self) -> u32 {
        self.limit_mib.unwrap_or(self.total_mib)
    }

    fn within(total: u64, available: u64, group: Option<Group>) -> Self {
        // Without a limit a group shows a number beyond every machine.
        let group = group.filter(|group| group.limit < total);
        let available = match &group {
            Some(group) => available.min(group.free()),
            None => available,
        };
        Self {
            total_mib: mib(total),
            limit_mib: group.map(|group| mib(group.limit)),
            available_mib: mib(available),
        }
    }
}

/// The memory of a control group, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    limit: u64,
    used: u64,
    /// Cached pages of files, which are given back when memory is short.
    reclaimable: u64,
}

/// How a version of control groups names its files.
struct Names {
    limit: &'static str,
    used: &'static str,
    reclaimable: &'static str,
}

const VERSION_1: Names = Names {
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    reclaimable: "total_inactive_file",
};
const VERSION_2: Names = Names {
    limit: "memory.max",
    used: "memory.current",
    reclaimable: "inactive_file",
};

impl Group {
    fn free(&self) -> u64 {
        let used = self.used.saturating_sub(self.reclaimable);
        self.limit.saturating_sub(used)
    }

    /// The group with the lowest limit among those that a process is in, with all of their parents;
    /// `groups` is what `/proc/PID/cgroup` says.
    fn tightest(root: &Path, groups: &str) -> Option<Self> {
        groups
            .lines()
            .filter_map(|line| {
                let mut parts = line.splitn(3, ':');
                Some((parts.next()?, parts.next()?, parts.next()?))
            })
            .filter_map(|(hierarchy, controllers, path)| match hierarchy {
                "0" => Some((root.to_path_buf(), VERSION_2, path)),
                _ if controllers.split(',').any(|name| name == "memory") => {
                    Some((root.join("memory"), VERSION_1, path))
                }
                _ => None,
            })
            .flat_map(|(root, names, path)| {
                let folders = ancestors(path).into_iter();
                folders.filter_map(move |folder| Self::read(&root.join(folder), &names))
            })
            .min_by_key(|group| group.limit)
    }

    /// `None` where there is no limit.
    fn read(folder: &Path, names: &Names) -> Option<Self> {
        let number = |name: &str| -> Option<u64> {
            fs::read_to_string(folder.join(name))
                .ok()?
                .trim()
                .parse()
                .ok()
        };
        let statistics = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        Some(Self {
            limit: number(names.limit)?,
            used: number(names.used)?,
            reclaimable: statistic(&statistics, names.reclaimable).unwrap_or(0),
        })
    }
}

/// A group's folder and its parents', from the innermost to the root. In a container the folders that
/// are outside of it are not there.
fn ancestors(path: &str) -> Vec<PathBuf> {
    let inner: PathBuf = Path::new(path)
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect();
    inner.ancestors().map(Path::to_path_buf).collect()
}

/// A number of `memory.stat`: lines of a name and a number.
fn statistic(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (found, number) = line.split_once(' ')?;
        (found == name).then(|| number.trim().parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn write(root: &Path, folder: &str, files: &[(&str, &str)]) {
        let folder = root.join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, content) in files {
            fs::write(folder.join(name), content).expect("a file");
        }
    }

    #[test]
    fn the_machine_has_memory() {
        let memory = Memory::detect();
        assert!(memory.total_mib > 0);
        assert!(memory.available_mib <= memory.usable_mib());
    }

    #[test]
    fn a_parents_limit_binds_too() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        write(
            root,
            "system.slice",
            &[
                ("memory.max", "2147483648\n"),
                ("memory.current", "1073741824\n"),
                ("memory.stat", "anon 5\ninactive_file 536870912\n"),
            ],
        );
        write(
            root,
            "system.slice/worker.service",
            &[("memory.max", "max\n"), ("memory.current", "1048576\n")],
        );
        let group = Group::tightest(root, "0::/system.slice/worker.service\n");
        let group = group.expect("there is a limit");
        assert_eq!(group.limit, 2048 * MIB);
        assert_eq!(group.free(), 1536 * MIB);
        let memory = Memory::within(8192 * MIB, 4096 * MIB, Some(group));
        assert_eq!(memory.usable_mib(), 2048);
        assert_eq!(memory.available_mib, 1536);
    }

    #[test]
    fn groups_of_the_first_version_are_read_too() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        write(
            root,
            "memory",
            &[
                ("memory.limit_in_bytes", "9223372036854771712"),
                ("memory.usage_in_bytes", "1048576"),
            ],
        );
        write(
            root,
            "memory/docker/7",
            &[
                ("memory.limit_in_bytes", "536870912"),
                ("memory.usage_in_bytes", "4194304"),
                ("memory.stat", "total_inactive_file 1048576\n"),
            ],
        );
        let groups = "9:name=systemd:/\n4:cpu,memory:/docker/7\n0::/\n";
        let group = Group::tightest(root, groups).expect("there is a limit");
        assert_eq!(group.limit, 512 * MIB);
        assert_eq!(group.free(), 509 * MIB);
        // No limit is a limit that no machine reaches.
        let group = Group::tightest(root, "4:memory:/\n");
        let memory = Memory::within(1024 * MIB, 512 * MIB, group);
        assert_eq!((memory.limit_mib, memory.available_mib), (None, 512));
    }

    #[test]
    fn a_path_never_leaves_the_root() {
        let all = ancestors("/../a/./b");
        assert_eq!(all, ["a/b", "a", ""].map(PathBuf::from));
        assert_eq!(ancestors("/"), [PathBuf::new()]);
        let root = tempfile::tempdir().expect("a folder");
        assert_eq!(Group::tightest(root.path(), "nonsense\n0::/gone\n"), None);
    }
}
