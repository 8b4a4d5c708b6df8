//! The committed digits: the model that the importer makes of them, and pictures
//! that it has not seen.

use digit_lottery::PIXELS;
use lattice_importer::{Array, Options, Source};
use lattice_tensor::Model;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A picture and what its writer meant.
#[derive(Clone, Copy, Debug)]
pub struct Digit {
    pub image: [i8; PIXELS],
    pub label: u8,
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../tests/data/digits")
        .join(name)
}

/// The digits model.
pub fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let calibration = Array::read_npy(&data("calibration.npy"))
            .and_then(|array| array.into_samples(PIXELS))
            .expect("the samples are committed");
        Source::open(&data("digits.onnx"))
            .and_then(|source| source.quantize(&calibration, &Options::default()))
            .expect("the model is committed")
            .model
    })
}

/// The held-out pictures that the model sees as their writers meant them, or not.
pub fn held_out() -> Vec<Digit> {
    let images: ndarray::Array2<u8> =
        ndarray_npy::read_npy(data("test_images.npy")).expect("the images are committed");
    let labels: ndarray::Array1<u8> =
        ndarray_npy::read_npy(data("test_labels.npy")).expect("the labels are committed");
    images
        .rows()
        .into_iter()
        .zip(labels)
        .map(|(row, label)| {
            let mut image = [0; PIXELS];
            for (pixel, ink) in image.iter_mut().zip(row) {
                *pixel = i8::try_from(*ink).expect("ink is at most 16");
            }
            Digit { image, label }
        })
        .collect()
}

/// What the reference executor says that the model sees.
pub fn seen(image: &[i8; PIXELS]) -> u8 {
    let logits = lattice_tensor::execute(model(), &image.map(i32::from))
        .expect("the picture is in the model's range");
    let best = (0..logits.len())
        .max_by_key(|&digit| (logits[digit], usize::MAX - digit))
        .expect("there are logits");
    u8::try_from(best).expect("there are ten")
}
