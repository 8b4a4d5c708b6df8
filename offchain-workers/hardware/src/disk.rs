//! Room on a disk.

use crate::mib;
use serde::{Deserialize, Serialize};
use std::path::{absolute, Path, PathBuf};

/// The disk of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Disk {
    /// The folder that was looked at: the nearest one that is there.
    pub folder: PathBuf,
    /// Size of its file system, in MiB.
    pub total_mib: u32,
    /// What this process may still write there, in MiB.
    pub available_mib: u32,
}

impl Disk {
    /// The disk that a folder is on or, if it is not there yet, will be on.
    pub fn of(folder: &Path) -> Option<Self> {
        let folder = absolute(folder).ok()?;
        let folder = folder.ancestors().find(|folder| folder.exists())?;
        let disk = rustix::fs::statvfs(folder).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        Some(Self {
            folder: folder.to_owned(),
            total_mib: mib(bytes(disk.f_blocks)),
            available_mib: mib(bytes(disk.f_bavail)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_on_its_parents_disk() {
        let here = tempfile::tempdir().expect("a folder");
        let disk = Disk::of(&here.path().join("later/models")).expect("a disk");
        assert_eq!(disk.folder, here.path());
        assert!(disk.total_mib > 0);
        assert!(disk.available_mib <= disk.total_mib);
    }
}
