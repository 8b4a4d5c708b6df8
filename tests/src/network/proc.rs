//! What /proc tells of the processes of this machine.

use std::path::Path;

/// Program that a provider's node supervises.
pub const WORKER: &str = "lattice-worker";

/// The child of a process that runs a program; `None` while there is none.
pub fn child_of(parent: u32, program: &str) -> Option<u32> {
    all().find(|process| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
        stat.is_ok_and(|stat| is_child(&stat, parent, program))
    })
}

/// Every worker that was started with a path below this folder, whoever is its parent by now.
pub fn workers_of(folder: &Path) -> Vec<u32> {
    all()
        .filter(|process| {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
            let arguments = std::fs::read(format!("/proc/{process}/cmdline"));
            stat.is_ok_and(|stat| living(&stat).is_some_and(|(name, _)| name == WORKER))
                && arguments.is_ok_and(|arguments| names_below(&arguments, folder))
        })
        .collect()
}

/// Bytes of a process that are in memory; `None` when it has ended.
pub fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    resident_in(&status.ok()?)
}

fn all() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Program and parent in a line of /proc/N/stat, `N (NAME) STATE PARENT …`; `None` for a process that has
/// ended and was not waited for.
fn living(stat: &str) -> Option<(&str, u32)> {
    let (head, tail) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    let mut tail = tail.split_whitespace();
    if tail.next()? == "Z" {
        return None;
    }
    Some((name, tail.next()?.parse().ok()?))
}

/// Whether a line of /proc/N/stat is about a child of a process that runs a program.
fn is_child(stat: &str, parent: u32, program: &str) -> bool {
    living(stat) == Some((program, parent))
}

/// Whether one of the arguments in /proc/N/cmdline is a path below a folder.
fn names_below(arguments: &[u8], folder: &Path) -> bool {
    let below = |argument: &[u8]| {
        let argument = String::from_utf8_lossy(argument);
        Path::new(argument.as_ref()).starts_with(folder)
    };
    arguments.split(|byte| *byte == 0).any(below)
}

/// Resident memory in /proc/N/status, in bytes: `VmRSS:     1234 kB`, whose kB are 1,024 bytes.
fn resident_in(status: &str) -> Option<u64> {
    let mut lines = status.lines();
    let value = lines.find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = value.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_known_by_its_parent_and_its_name() {
        let stat = "812 (lattice-worker) S 77 812 77 0 -1";
        assert!(is_child(stat, 77, WORKER));
        assert!(!is_child(stat, 812, WORKER));
        assert!(!is_child(stat, 77, "lattice-node"));
        assert!(!is_child(&stat.replace(" S ", " Z "), 77, WORKER));
        assert!(!is_child("garbage", 77, WORKER));
    }

    #[test]
    fn a_worker_is_known_by_a_path_in_its_arguments() {
        let arguments = b"/bin/lattice-worker\0--config\0/tmp/net/provider-1/provider.toml\0";
        assert!(names_below(arguments, Path::new("/tmp/net/provider-1")));
        assert!(!names_below(arguments, Path::new("/tmp/net/provider")));
        assert!(!names_below(arguments, Path::new("/tmp/net/provider-2")));
        // A process that has ended has no arguments.
        assert!(!names_below(b"", Path::new("/tmp/net/provider-1")));
    }

    #[test]
    fn resident_memory_is_read_in_bytes() {
        let status = "Name:\tlattice-node\nVmHWM:\t  420000 kB\nVmRSS:\t  312500 kB\nThreads:\t9\n";
        assert_eq!(resident_in(status), Some(320_000_000));
        // A zombie has none.
        assert_eq!(
            resident_in("Name:\tlattice-node\nState:\tZ (zombie)\n"),
            None
        );
        assert_eq!(resident_in("VmRSS:\t12 MB\n"), None);
    }

    #[test]
    fn this_process_is_in_memory() {
        assert!(resident(std::process::id()).is_some_and(|bytes| bytes > 0));
        assert_eq!(resident(u32::MAX), None);
    }
}
