//! What happens to a provider's disk: a model on it changes, or there is no room left.

use super::member::Member;
use super::recovery::POLL;
use anyhow::{bail, ensure, Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a worker says when a database of its own could not be written.
const DISK_FAILED: &str = "the disk failed";

/// The file of a model that a worker has fetched from its peers, with a weight that was changed.
pub struct Damaged {
    path: PathBuf,
    original: Vec<u8>,
}

impl Damaged {
    /// Changes a weight of a model in this folder of a worker's data: the last byte of the file.
    ///
    /// # Errors
    /// The worker has fetched none, or the file cannot be written.
    pub fn model_in(data: &Path) -> Result<Self> {
        let path = fetched_model(data)?;
        let original = fs::read(&path)?;
        let mut bytes = original.clone();
        let last = bytes.last_mut().context("the model file is empty")?;
        *last ^= 1;
        fs::write(&path, bytes)?;
        Ok(Self { path, original })
    }

    /// Waits until the file is again what it was.
    ///
    /// # Errors
    /// It is not within the limit.
    pub async fn mended(&self, limit: Duration) -> Result<()> {
        let start = Instant::now();
        // It is away while it is fetched.
        while fs::read(&self.path).ok().as_ref() != Some(&self.original) {
            ensure!(
                start.elapsed() < limit,
                "{} was not fetched again within {limit:?}",
                self.path.display()
            );
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }
}

fn fetched_model(data: &Path) -> Result<PathBuf> {
    let store = data.join("store/content");
    let files = fs::read_dir(&store).with_context(|| store.display().to_string())?;
    files
        .filter_map(|file| Some(file.ok()?.path()))
        .find(|path| path.extension().is_some_and(|ending| ending == "lattice"))
        .with_context(|| format!("no fetched model in {}", store.display()))
}

/// Fills the disk on which a file is to lie.
///
/// # Errors
/// It cannot be filled, or it is no small disk.
pub fn fill(plug: &Path) -> Result<()> {
    use std::io::{ErrorKind, Write};
    let mut file = fs::File::create(plug)?;
    let block = vec![0x55; 1 << 16];
    // A disk of its own, a small one; anything larger is the machine's.
    for _ in 0..(256 << 20 >> 16) {
        match file.write_all(&block).and_then(|()| file.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
            Err(error) => return Err(error).context(plug.display().to_string()),
        }
    }
    fs::remove_file(plug)?;
    bail!("{} is not on a small disk of its own", plug.display())
}

/// How often the worker of a node has said that its disk failed.
///
/// # Errors
/// The node does not run, or its log cannot be read.
pub fn disk_failures(provider: &Member) -> Result<usize> {
    Ok(provider.process()?.text()?.matches(DISK_FAILED).count())
}

/// Waits until a worker has said once more than so often that its disk failed.
///
/// # Errors
/// It has not within the limit.
pub async fn another_disk_failure(provider: &Member, before: usize, limit: Duration) -> Result<()> {
    let start = Instant::now();
    while disk_failures(provider)? <= before {
        ensure!(
            start.elapsed() < limit,
            "the worker of {} did not come upon the full disk within {limit:?}",
            provider.name()
        );
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;
    const MODEL: &[u8] = b"a model";

    /// A worker's data with a fetched model, and where that is.
    fn fetched() -> (tempfile::TempDir, PathBuf) {
        let data = tempfile::tempdir().expect("a folder");
        let store = data.path().join("store/content");
        fs::create_dir_all(&store).expect("a folder");
        fs::write(store.join("1.blob"), b"keys").expect("a file");
        let model = store.join("1.lattice");
        fs::write(&model, MODEL).expect("a file");
        (data, model)
    }

    #[tokio::test]
    async fn a_model_is_damaged_until_its_file_is_what_it_was() {
        let (data, model) = fetched();
        let damaged = Damaged::model_in(data.path()).expect("there is a model");
        assert_ne!(fs::read(&model).expect("a file"), MODEL);
        // It is there, and not mended.
        assert!(damaged.mended(AT_ONCE).await.is_err());
        fs::remove_file(&model).expect("a file");
        let missing = damaged.mended(AT_ONCE).await.expect_err("it is away");
        assert!(missing.to_string().contains("1.lattice"), "{missing}");
        fs::write(&model, MODEL).expect("a file");
        damaged.mended(AT_ONCE).await.expect("it is back");
    }

    #[test]
    fn a_worker_that_has_fetched_nothing_has_nothing_to_damage() {
        let (data, model) = fetched();
        fs::remove_file(model).expect("a file");
        assert!(Damaged::model_in(data.path()).is_err());
    }
}
