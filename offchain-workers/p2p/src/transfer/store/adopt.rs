//! Files of the operator that are served where they lie.

use super::{
    files, locked,
    room::{Entry, Kind},
    Store,
};
use crate::transfer::{ContentId, StoreError};
use std::{ffi::OsStr, path::Path, sync::Arc, time::SystemTime};

/// Ending of a model file's name.
const MODEL_EXTENSION: &str = "lattice";

impl Store {
    /// Serves a file of the operator without copying it: one that ends in `.lattice` as a model,
    /// any other under its hash. It is read and verified now, and each chunk again before it is
    /// sent; it counts for no quota and is never removed or written.
    ///
    /// A content that the store has itself stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NoModel`] for a `.lattice` that is none, [`StoreError::NoContent`] for one
    /// whose weights are not those of its manifest and for a file that is too large,
    /// [`StoreError::Io`].
    pub fn adopt(&self, path: impl AsRef<Path>) -> Result<ContentId, StoreError> {
        let path = path.as_ref();
        let map = if path.extension() == Some(OsStr::new(MODEL_EXTENSION)) {
            files::index_model(path)?
        } else {
            files::index_blob(path)?
        };
        let content = map.content();
        let mut state = locked(&self.state);
        let there = state.entries.get(&content).map(|entry| entry.kind);
        if matches!(there, Some(Kind::Whole | Kind::Partial)) {
            return Ok(content);
        }
        let tick = state.tick();
        state.entries.insert(
            content,
            Entry {
                path: path.to_path_buf(),
                kind: Kind::Adopted,
                bytes: 0,
                map: Arc::new(map),
                generation: tick,
                used: tick,
                noted: SystemTime::now(),
                token: Arc::default(),
            },
        );
        Ok(content)
    }
}
