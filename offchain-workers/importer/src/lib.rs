//! From ONNX and calibration data to a quantized Lattice model.
//!
//! * [`source`]: an ONNX file, opened, checked, quantized, evaluated: the way in;
//! * [`graph`]: the walk over the ONNX graph, operator by operator;
//! * [`network`]: the float network that the graph stands for;
//! * [`mod@reference`]: tract as independent float reference;
//! * [`mod@quantize`]: scales, shifts and integer weights under the specification's bounds;
//! * [`samples`]: calibration data and labels from NumPy arrays;
//! * [`report`]: float against integer accuracy, saturation per layer;
//! * [`error`]: why an import is refused.
//!
//! ```no_run
//! use lattice_importer::{Array, Options, Source};
//! use std::path::Path;
//!
//! # fn main() -> Result<(), lattice_importer::ImportError> {
//! let source = Source::open(Path::new("digits.onnx"))?;
//! let width = source.network().input_len();
//! let calibration = Array::read_npy(Path::new("calibration.npy"))?.into_samples(width)?;
//! let quantized = source.quantize(&calibration, &Options::default())?;
//! let report = source.evaluate(&quantized, &calibration, None, |_, _| {})?;
//! println!("{} agrees on {:.1} %", report.model, 100.0 * report.evaluation.agreement);
//! # Ok(())
//! # }
//! ```

pub mod error;
pub mod graph;
pub mod network;
pub mod quantize;
pub mod reference;
pub mod report;
pub mod samples;
pub mod source;
#[cfg(test)]
mod tests;

pub use error::{GraphError, ImportError, InputError, QuantizeError, SamplesError};
pub use network::Network;
pub use quantize::input::{quantize_input, saturate_input, InputQuantization, RangeOrigin};
pub use quantize::{Options, Quantized};
pub use report::{argmax, Evaluation, Report};
pub use samples::{read_labels, Array, Samples};
pub use source::Source;
