//! Models as bytes and as files, whole or damaged.

use codec::{Compact, Encode};
use lattice_tensor::{
    file::{self, FileError},
    limits, testing, Manifest, Model, ModelError, Range, TensorData,
};
use proptest::prelude::*;

fn model() -> Model {
    testing::random_mlp(11, &[6, 5, 3], Range { lo: 0, hi: 16 })
}

#[test]
fn come_back_from_their_blob_and_their_file() {
    let model = model();
    assert_eq!(Model::from_blob(&model.to_blob()), Ok(model.clone()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.lattice");
    file::write(&path, &model).unwrap();
    assert_eq!(file::read(&path).unwrap(), model);
    // Written over, and nothing left beside it.
    file::write(&path, &model).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn begin_with_their_manifest_as_a_scale_vector() {
    let model = model();
    let manifest = model.manifest().encode();
    let blob = model.to_blob();
    assert!(blob.starts_with(&manifest.encode()));
    let weights = blob.len() - manifest.encoded_size();
    assert_eq!(weights as u64, model.summary().weight_bytes);
}

#[test]
fn have_each_tensor_where_their_layout_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.lattice");
    for seed in 0..60 {
        let model = testing::random_graph(seed);
        let bytes = file::to_bytes(&model).unwrap();
        let layout = file::Layout::of(model.manifest()).unwrap();
        assert_eq!(layout.len, bytes.len() as u64);
        let mut pieces = vec![0; bytes.len()];
        pieces[..layout.header.len()].copy_from_slice(&layout.header);
        for (tensor, offset) in model.tensors().iter().zip(&layout.offsets) {
            let mut data = Vec::new();
            tensor.extend_bytes(&mut data);
            let start = *offset as usize;
            pieces[start..start + data.len()].copy_from_slice(&data);
        }
        assert_eq!(pieces, bytes, "seed {seed}");
        file::write(&path, &model).unwrap();
        let (manifest, read) = file::Layout::read(&path).unwrap();
        assert_eq!((&manifest, read), (model.manifest(), layout));
    }
}

#[test]
fn are_ordinary_safetensors_files() {
    let bytes = file::to_bytes(&model()).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let weight = tensors.tensor("fc0.weight").unwrap();
    assert_eq!(weight.shape(), [5, 6]);
    assert_eq!(weight.dtype(), safetensors::Dtype::I8);
}

/// The file of `model`, with other metadata and tensors.
fn forged(
    metadata: &[(&str, String)],
    tensors: &[(&str, safetensors::Dtype, Vec<usize>, Vec<u8>)],
) -> Vec<u8> {
    let views = tensors.iter().map(|(name, dtype, shape, data)| {
        let view = safetensors::tensor::TensorView::new(*dtype, shape.clone(), data).unwrap();
        (*name, view)
    });
    let metadata = metadata
        .iter()
        .map(|(key, value)| (key.to_string(), value.clone()));
    safetensors::serialize(views, Some(metadata.collect())).unwrap()
}

/// One linear layer of one weight, as parts of a file.
fn small() -> (Model, String) {
    let model = lattice_tensor::ModelBuilder::new(
        lattice_tensor::Shape::new([1]).unwrap(),
        Range { lo: 0, hi: 1 },
        lattice_tensor::Scale::ONE,
    )
    .linear("fc", vec![7], 1, None)
    .unwrap()
    .build(lattice_tensor::Scale::ONE)
    .unwrap();
    let manifest = hex::encode(model.manifest().encode());
    (model, manifest)
}

mod reject {
    use super::*;
    use safetensors::Dtype::{I16, I8};

    #[test]
    fn every_truncation_of_a_blob_and_every_trailing_byte() {
        let mut blob = model().to_blob();
        for end in 0..blob.len() {
            assert!(
                matches!(
                    Model::from_blob(&blob[..end]),
                    Err(ModelError::Truncated { .. } | ModelError::Malformed(_))
                ),
                "{end} bytes"
            );
        }
        blob.push(0);
        assert_eq!(Model::from_blob(&blob), Err(ModelError::TrailingBytes(1)));
    }

    #[test]
    fn a_blob_whose_manifest_is_too_long_to_be_one() {
        let mut blob = Compact(u32::MAX).encode();
        blob.extend([0; 100]);
        assert_eq!(
            Model::from_blob(&blob),
            Err(ModelError::ManifestTooLong {
                found: 0xffff_ffff,
                limit: limits::MAX_MANIFEST_BYTES
            })
        );
    }

    #[test]
    fn every_changed_byte_of_the_weights() {
        let blob = model().to_blob();
        let weights = blob.len() - usize::try_from(model().summary().weight_bytes).unwrap();
        for index in weights..blob.len() {
            let mut changed = blob.clone();
            changed[index] ^= 1;
            assert!(
                matches!(
                    Model::from_blob(&changed),
                    Err(ModelError::WeightRootMismatch { .. } | ModelError::WeightOutOfRange { .. })
                ),
                "byte {index}"
            );
        }
    }

    #[test]
    fn weights_of_minus_128_by_name_and_place() {
        let (manifest, mut tensors) = (model().manifest().clone(), model().tensors().to_vec());
        if let Some(TensorData::I8(weights)) = tensors.first_mut() {
            weights[4] = -128;
        }
        assert_eq!(
            Model::new(manifest, tensors),
            Err(ModelError::WeightOutOfRange {
                name: "fc0.weight".into(),
                index: 4
            })
        );
    }

    #[test]
    fn tensors_of_another_number_type_or_length() {
        let manifest = || model().manifest().clone();
        assert!(matches!(
            Model::new(manifest(), Vec::new()),
            Err(ModelError::TensorCount { found: 0, .. })
        ));
        for first in [TensorData::I8(vec![1; 29]), TensorData::I32(vec![1; 30])] {
            let mut tensors = model().tensors().to_vec();
            tensors[0] = first;
            assert!(matches!(
                Model::new(manifest(), tensors),
                Err(ModelError::TensorMismatch { name, .. }) if name == "fc0.weight"
            ));
        }
    }

    #[test]
    fn every_truncation_of_a_file_and_every_trailing_byte() {
        let mut bytes = file::to_bytes(&model()).unwrap();
        for end in 0..bytes.len() {
            assert!(file::from_bytes(&bytes[..end]).is_err(), "{end} bytes");
        }
        bytes.push(0);
        assert!(matches!(
            file::from_bytes(&bytes),
            Err(FileError::Safetensors(_))
        ));
    }

    #[test]
    fn files_without_manifest_or_with_one_that_is_no_text_of_one() {
        let (_, manifest) = small();
        let weight = [("fc.weight", I8, vec![1, 1], vec![7])];
        let with = |metadata: &[(&str, String)]| file::from_bytes(&forged(metadata, &weight));
        assert!(with(&[(file::MANIFEST_KEY, manifest.clone())]).is_ok());
        assert!(matches!(with(&[]), Err(FileError::NoManifest)));
        assert!(matches!(
            with(&[(file::MANIFEST_KEY, "zz".into())]),
            Err(FileError::ManifestText(_))
        ));
        assert!(matches!(
            with(&[(file::MANIFEST_KEY, format!("{manifest}00"))]),
            Err(FileError::Model(ModelError::TrailingBytes(1)))
        ));
        assert!(matches!(
            with(&[(file::MANIFEST_KEY, manifest), ("format", "pt".into())]),
            Err(FileError::UnknownMetadata(key)) if key == "format"
        ));
    }

    #[test]
    fn files_with_missing_additional_or_changed_tensors() {
        let (_, manifest) = small();
        let metadata = [(file::MANIFEST_KEY, manifest)];
        let read = |tensors: &[_]| file::from_bytes(&forged(&metadata, tensors));
        let weight = ("fc.weight", I8, vec![1, 1], vec![7u8]);
        assert!(matches!(read(&[]), Err(FileError::MissingTensor(name)) if name == "fc.weight"));
        assert!(matches!(
            read(&[weight, ("stowaway", I8, vec![1], vec![1])]),
            Err(FileError::UndeclaredTensor(name)) if name == "stowaway"
        ));
        for other in [
            ("fc.weight", I8, vec![1], vec![7u8]),
            ("fc.weight", I8, vec![1, 2], vec![7, 7]),
            ("fc.weight", I16, vec![1, 1], vec![7, 0]),
        ] {
            assert!(matches!(
                read(&[other]),
                Err(FileError::TensorMismatch { .. })
            ));
        }
        assert!(matches!(
            read(&[("fc.weight", I8, vec![1, 1], vec![8u8])]),
            Err(FileError::Model(ModelError::WeightRootMismatch { .. }))
        ));
    }

    #[test]
    fn layouts_of_files_that_others_wrote_or_that_are_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.lattice");
        let bytes = file::to_bytes(&model()).unwrap();
        for end in [0, 7, 8, 100, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..end]).unwrap();
            assert!(file::Layout::read(&path).is_err(), "{end} bytes");
        }
        // The same model to any reader, with eight more spaces in its header.
        let size = u64::from_le_bytes(bytes[..8].try_into().unwrap());
        let end = 8 + size as usize;
        let other = [
            &(size + 8).to_le_bytes()[..],
            &bytes[8..end],
            &[b' '; 8][..],
            &bytes[end..],
        ]
        .concat();
        std::fs::write(&path, &other).unwrap();
        assert_eq!(file::read(&path).unwrap(), model());
        assert!(matches!(
            file::Layout::read(&path),
            Err(FileError::ForeignHeader { path: found }) if found == path
        ));
    }

    #[test]
    fn headers_and_files_over_the_limit_by_size() {
        let mut bytes = file::to_bytes(&model()).unwrap();
        bytes[..8].copy_from_slice(&(file::MAX_HEADER_BYTES + 1).to_le_bytes());
        assert!(matches!(
            file::from_bytes(&bytes),
            Err(FileError::TooLarge { part: "header", .. })
        ));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.lattice");
        // Sparse: no disk is used.
        let huge = std::fs::File::create(&path).unwrap();
        huge.set_len(file::MAX_FILE_BYTES + 1).unwrap();
        assert!(matches!(
            file::read(&path),
            Err(FileError::TooLarge { part: "file", found, .. }) if found == file::MAX_FILE_BYTES + 1
        ));
        assert!(matches!(
            file::read(folder.path().join("absent")),
            Err(FileError::Read { .. })
        ));
    }
}

proptest! {
    #[test]
    fn never_panic_on_any_blob(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(Model::from_blob(&bytes).is_err());
        prop_assert!(file::from_bytes(&bytes).is_err());
    }

    #[test]
    fn refuse_a_changed_byte_or_have_another_id(
        seed in 0u64..40, at in any::<prop::sample::Index>(), change in 1u8..,
    ) {
        let model = testing::random_graph(seed);
        let mut blob = model.to_blob();
        let index = at.index(blob.len());
        blob[index] ^= change;
        if let Ok(other) = Model::from_blob(&blob) {
            prop_assert_ne!(other.id(), model.id());
            prop_assert_eq!(other.to_blob(), blob);
        }
        let mut bytes = file::to_bytes(&model).unwrap();
        let index = at.index(bytes.len());
        bytes[index] ^= change;
        if let Ok(other) = file::from_bytes(&bytes) {
            // White space in the header may change; the model may not, unless its id says so.
            prop_assert!(other == model || other.id() != model.id());
        }
    }

    #[test]
    fn come_back_whatever_they_are(seed in any::<u64>()) {
        let model = testing::random_graph(seed);
        prop_assert_eq!(&Model::from_blob(&model.to_blob()).unwrap(), &model);
        prop_assert_eq!(&file::from_bytes(&file::to_bytes(&model).unwrap()).unwrap(), &model);
        let manifest = Manifest::decode_strict(&model.manifest().encode()).unwrap();
        prop_assert_eq!(manifest.summary().unwrap(), *model.summary());
    }
}
