//! Where models and keys lie.

use super::ModelError;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// Ending of a model file's name.
pub const MODEL_EXTENSION: &str = "lattice";
/// Ending of the name of a model's key folder.
const KEYS_EXTENSION: &str = "keys";

/// Model files in a folder and its direct subfolders, sorted.
pub fn model_files(folder: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if is_model(&path) {
            files.push(path);
        } else if path.is_dir() && path.extension() != Some(OsStr::new(KEYS_EXTENSION)) {
            files.extend(entries(&path)?.into_iter().filter(|path| is_model(path)));
        }
    }
    files.sort();
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let error = |source| ModelError::Folder {
        path: folder.to_owned(),
        source,
    };
    std::fs::read_dir(folder)
        .map_err(error)?
        .map(|entry| Ok(entry.map_err(error)?.path()))
        .collect()
}

fn is_model(path: &Path) -> bool {
    path.extension() == Some(OsStr::new(MODEL_EXTENSION)) && path.is_file()
}

/// NAME.keys/ beside NAME.lattice, or keys/ there when a folder has one model.
pub fn keys_folder(model: &Path) -> Result<PathBuf, ModelError> {
    let named = model.with_extension(KEYS_EXTENSION);
    let shared = model.with_file_name(KEYS_EXTENSION);
    if named.is_dir() {
        Ok(named)
    } else if shared.is_dir() {
        Ok(shared)
    } else {
        Err(ModelError::NoKeys {
            model: model.to_owned(),
            named,
            shared,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: PathBuf) {
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("creates");
        std::fs::write(path, b"").expect("writes");
    }

    #[test]
    fn models_are_found_in_the_folder_and_one_level_below() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        for name in [
            "b.lattice",
            "a/m.lattice",
            "a/keys/proving.key",
            "a/deep/n.lattice",
            "b.keys/x.lattice",
            "notes.txt",
        ] {
            touch(at(name));
        }
        let found = model_files(folder.path()).expect("reads");
        assert_eq!(found, [at("a/m.lattice"), at("b.lattice")]);
        assert_eq!(keys_folder(&at("b.lattice")).expect("named"), at("b.keys"));
        assert_eq!(
            keys_folder(&at("a/m.lattice")).expect("shared"),
            at("a/keys")
        );
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_model_without_keys() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let model = folder.path().join("m.lattice");
            touch(model.clone());
            assert!(matches!(
                keys_folder(&model),
                Err(ModelError::NoKeys { .. })
            ));
        }
    }
}
