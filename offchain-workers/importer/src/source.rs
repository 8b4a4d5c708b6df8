//! An ONNX file, read and ready to be quantized.

use crate::error::ImportError;
use crate::graph::{self, Reading};
use crate::network::Network;
use crate::quantize::{self, Options, Quantized};
use crate::reference::Reference;
use crate::report::{self, Report};
use crate::samples::Samples;
use std::fs;
use std::path::Path;
use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::Framework;

/// Largest ONNX file: a model at the chain's limits is far smaller.
pub const MAX_FILE_BYTES: u64 = 512 << 20;

/// An ONNX model whose graph is supported.
pub struct Source {
    reading: Reading,
    reference: Reference,
}

impl Source {
    /// Reads and checks an ONNX file.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let read = |source| ImportError::Read {
            path: path.to_path_buf(),
            source,
        };
        let size = fs::metadata(path).map_err(read)?.len();
        if size > MAX_FILE_BYTES {
            return Err(ImportError::TooLarge {
                path: path.to_path_buf(),
                size,
                limit: MAX_FILE_BYTES,
            });
        }
        Self::from_bytes(&fs::read(path).map_err(read)?)
    }

    /// Reads and checks the bytes of an ONNX file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImportError> {
        let model = tract_onnx::onnx()
            .proto_model_for_read(&mut &bytes[..])
            .map_err(|e| ImportError::NotOnnx(format!("{e:#}")))?;
        Self::from_proto(&model)
    }

    pub(crate) fn from_proto(model: &ModelProto) -> Result<Self, ImportError> {
        let reading = graph::read(model)?;
        let reference = Reference::new(&reading)?;
        Ok(Source { reading, reference })
    }

    /// The float network.
    pub fn network(&self) -> &Network {
        &self.reading.network
    }

    /// Quantizes the network, after checking on some calibration samples that the importer reads
    /// the graph as tract does.
    pub fn quantize(
        &self,
        calibration: &Samples,
        options: &Options,
    ) -> Result<Quantized, ImportError> {
        self.cross_check(calibration)?;
        Ok(quantize::quantize(self.network(), calibration, options)?)
    }

    /// Compares the integer model with the float reference. `progress` is told how many of how
    /// many samples are done.
    pub fn evaluate(
        &self,
        quantized: &Quantized,
        samples: &Samples,
        labels: Option<&[usize]>,
        progress: impl FnMut(usize, usize),
    ) -> Result<Report, ImportError> {
        let (evaluation, saturation) =
            report::evaluate(quantized, &self.reference, samples, labels, progress)?;
        Ok(Report::new(
            quantized,
            &self.network().dropped,
            evaluation,
            &saturation,
        ))
    }

    /// Runs tract and the importer's network on a few samples.
    fn cross_check(&self, samples: &Samples) -> Result<(), ImportError> {
        const ROWS: usize = 8;
        // Single precision over long sums in another order.
        const TOLERANCE: f64 = 1e-3;
        for (row, sample) in samples.rows().take(ROWS).enumerate() {
            let theirs = self.reference.logits(sample)?;
            let ours = self.network().logits(sample);
            if ours.len() != theirs.len() {
                return Err(ImportError::Reference(format!(
                    "it yields {} logits, the importer {}",
                    theirs.len(),
                    ours.len()
                )));
            }
            let size = theirs.iter().fold(1.0f64, |m, v| m.max(v.abs()));
            for (index, (&ours, &theirs)) in ours.iter().zip(&theirs).enumerate() {
                if (ours - theirs).abs() > TOLERANCE * size {
                    return Err(ImportError::ReferenceDiffers {
                        row,
                        index,
                        ours,
                        theirs,
                    });
                }
            }
        }
        Ok(())
    }
}
