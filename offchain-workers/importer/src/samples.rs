//! Samples and labels from NumPy arrays.

use crate::error::SamplesError;
use ndarray::ArrayD;
use ndarray_npy::{ReadNpyError, ReadNpyExt, ReadableElement};
use std::fs;
use std::path::Path;

/// Largest file of samples.
const MAX_BYTES: u64 = 1 << 30;

/// An array of any shape whose elements became f64.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// Rows of equal width, all finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    width: usize,
    values: Vec<f64>,
}

impl Array {
    /// Reads a `.npy` file of u8, i8, u16, i16, u32, i32, i64, f32 or f64.
    pub fn read_npy(path: &Path) -> Result<Self, SamplesError> {
        let refuse = |reason: String| SamplesError::Read {
            path: path.to_path_buf(),
            reason,
        };
        let size = fs::metadata(path).map_err(|e| refuse(e.to_string()))?.len();
        if size > MAX_BYTES {
            return Err(refuse(format!(
                "{size} bytes; at most {MAX_BYTES} are accepted"
            )));
        }
        let bytes = fs::read(path).map_err(|e| refuse(e.to_string()))?;
        Self::from_npy(&bytes).map_err(refuse)
    }

    /// Decodes the bytes of a `.npy` file.
    pub fn from_npy(bytes: &[u8]) -> Result<Self, String> {
        typed::<u8>(bytes, f64::from)
            .or_else(|| typed::<f32>(bytes, f64::from))
            .or_else(|| typed::<f64>(bytes, |v| v))
            .or_else(|| typed::<i8>(bytes, f64::from))
            .or_else(|| typed::<u16>(bytes, f64::from))
            .or_else(|| typed::<i16>(bytes, f64::from))
            .or_else(|| typed::<u32>(bytes, f64::from))
            .or_else(|| typed::<i32>(bytes, f64::from))
            .or_else(|| typed::<i64>(bytes, |v| v as f64))
            .unwrap_or_else(|| Err("not a NumPy array of integers or floats".into()))
    }

    /// The array as samples of `width` elements. A single sample may have any shape; several lie
    /// along the first axis.
    pub fn into_samples(self, width: usize) -> Result<Samples, SamplesError> {
        let per_row: Option<usize> =
            (self.shape.len() > 1).then(|| self.shape[1..].iter().product());
        if width == 0 || (self.values.len() != width && per_row != Some(width)) {
            return Err(SamplesError::Shape {
                shape: self.shape,
                width,
            });
        }
        Samples::new(width, self.values)
    }
}

impl Array {
    /// The array as samples of this shape; flat rows and axes of size one are as good.
    ///
    /// # Errors
    /// Those of [`Array::into_samples`], and [`SamplesError::Layout`] for axes in another order,
    /// such as channels last where the model takes them first: their elements would be mixed up.
    pub fn into_samples_of(self, sample: &[usize]) -> Result<Samples, SamplesError> {
        let own = match self.values.len() == sample.iter().product::<usize>() {
            true => &self.shape[..],
            false => self.shape.get(1..).unwrap_or_default(),
        };
        let axes = |shape: &[usize]| -> Vec<usize> {
            shape.iter().copied().filter(|&size| size != 1).collect()
        };
        let sorted = |mut axes: Vec<usize>| {
            axes.sort_unstable();
            axes
        };
        let (own, wanted) = (axes(own), axes(sample));
        if own != wanted && sorted(own) == sorted(wanted) {
            return Err(SamplesError::Layout {
                shape: self.shape,
                sample: sample.to_vec(),
            });
        }
        self.into_samples(sample.iter().product())
    }
}

/// Decodes elements of type `T`; `None` when the file holds another type.
fn typed<T: ReadableElement + Copy>(
    bytes: &[u8],
    real: impl Fn(T) -> f64,
) -> Option<Result<Array, String>> {
    match ArrayD::<T>::read_npy(bytes) {
        // A Fortran-ordered file iterates in logical (row-major) order too.
        Ok(array) => Some(Ok(Array {
            shape: array.shape().to_vec(),
            values: array.iter().map(|&v| real(v)).collect(),
        })),
        Err(ReadNpyError::WrongDescriptor(_)) => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

impl Samples {
    /// Rows of `width` elements from row-major values.
    pub fn new(width: usize, values: Vec<f64>) -> Result<Self, SamplesError> {
        if values.is_empty() {
            return Err(SamplesError::Empty);
        }
        if !values.len().is_multiple_of(width) {
            return Err(SamplesError::Shape {
                shape: vec![values.len()],
                width,
            });
        }
        match values.iter().position(|v| !v.is_finite()) {
            Some(at) => Err(SamplesError::NotFinite {
                row: at / width,
                index: at % width,
                value: values[at],
            }),
            None => Ok(Samples { width, values }),
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Never true: [`Samples::new`] refuses an empty list.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Elements of one sample.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The samples in order.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks(self.width)
    }

    /// All elements, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// Reads class labels (a `.npy` of whole numbers below `classes`), one per sample.
pub fn read_labels(
    path: &Path,
    samples: usize,
    classes: usize,
) -> Result<Vec<usize>, SamplesError> {
    let array = Array::read_npy(path)?;
    if array.values.len() != samples {
        return Err(SamplesError::LabelCount {
            labels: array.values.len(),
            samples,
        });
    }
    let last = classes.saturating_sub(1);
    array
        .values
        .iter()
        .enumerate()
        .map(|(row, &label)| {
            if label.fract() == 0.0 && (0.0..=last as f64).contains(&label) {
                Ok(label as usize)
            } else {
                Err(SamplesError::Label { row, label, last })
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, Array3};
    use ndarray_npy::WriteNpyExt;

    fn npy<T: ndarray_npy::WritableElement>(array: &ArrayD<T>) -> Vec<u8> {
        let mut bytes = Vec::new();
        array.write_npy(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn every_numeric_type_is_read() {
        let want = Array {
            shape: vec![2, 2],
            values: vec![0.0, 1.0, 2.0, 3.0],
        };
        macro_rules! check {
            ($($t:ty),*) => {$(
                let array = Array2::<$t>::from_shape_fn((2, 2), |(r, c)| (2 * r + c) as $t).into_dyn();
                assert_eq!(Array::from_npy(&npy(&array)).unwrap(), want, stringify!($t));
            )*};
        }
        check!(u8, i8, u16, i16, u32, i32, i64, f32, f64);
    }

    #[test]
    fn a_fortran_ordered_file_is_read_in_logical_order() {
        let array = Array2::<f32>::from_shape_vec((2, 2), vec![0.0, 1.0, 2.0, 3.0]).unwrap();
        let mut bytes = Vec::new();
        array.t().write_npy(&mut bytes).unwrap();
        assert_eq!(
            Array::from_npy(&bytes).unwrap().values,
            [0.0, 2.0, 1.0, 3.0]
        );
    }

    #[test]
    fn images_become_rows_and_one_image_one_row() {
        let images = Array3::<u8>::zeros((5, 8, 8)).into_dyn();
        let array = Array::from_npy(&npy(&images)).unwrap();
        assert_eq!(array.clone().into_samples(64).unwrap().len(), 5);
        assert_eq!(array.clone().into_samples(320).unwrap().len(), 1);
        assert!(matches!(
            array.into_samples(63),
            Err(SamplesError::Shape { width: 63, .. })
        ));
    }

    #[test]
    fn axes_in_another_order_are_refused() {
        let array = |shape: &[usize]| Array {
            shape: shape.to_vec(),
            values: vec![0.0; shape.iter().product()],
        };
        let sample = [3, 8, 4];
        for shape in [
            &[5, 3, 8, 4][..],
            &[5, 96],
            &[3, 8, 4],
            &[5, 1, 3, 8, 4],
            &[96],
        ] {
            let samples = array(shape).into_samples_of(&sample);
            assert!(samples.is_ok(), "{shape:?}");
        }
        for shape in [&[5, 8, 4, 3][..], &[8, 4, 3], &[5, 3, 4, 8]] {
            let error = array(shape).into_samples_of(&sample).unwrap_err();
            assert!(matches!(error, SamplesError::Layout { .. }), "{shape:?}");
        }
    }

    #[test]
    fn truncated_files_and_wrong_types_are_refused() {
        let bytes = npy(&Array2::<f32>::zeros((2, 2)).into_dyn());
        assert!(Array::from_npy(&bytes[..bytes.len() - 1]).is_err());
        assert!(Array::from_npy(b"PK").is_err());
        let flags = npy(&Array2::<bool>::from_elem((1, 1), true).into_dyn());
        assert!(Array::from_npy(&flags).unwrap_err().contains("integers"));
    }

    #[test]
    fn a_missing_number_is_named() {
        let error = Samples::new(2, vec![0.0, 1.0, 2.0, f64::NAN]).unwrap_err();
        assert!(matches!(
            error,
            SamplesError::NotFinite {
                row: 1,
                index: 1,
                ..
            }
        ));
        assert!(matches!(Samples::new(2, vec![]), Err(SamplesError::Empty)));
    }
}
