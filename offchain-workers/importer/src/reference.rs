//! The float reference: tract runs the original graph, cut at the logits.
//!
//! It is independent of the importer's own reading of the graph, so that a wrong reading (a
//! transposed weight, a bias on the wrong layer) cannot pass as a quantization error.

use crate::error::ImportError;
use crate::graph::Reading;
use std::sync::Arc;
use tract_onnx::pb::type_proto;
use tract_onnx::prelude::*;

type Plan = Arc<TypedRunnableModel>;

/// A runnable float graph.
pub struct Reference {
    plan: Plan,
    shape: Vec<usize>,
    datum_type: DatumType,
}

impl Reference {
    /// Prepares the graph for a batch of one.
    pub fn new(reading: &Reading) -> Result<Self, ImportError> {
        let prepare = || -> TractResult<(Plan, DatumType)> {
            let datum_type = input_type(reading)?;
            let plan = tract_onnx::onnx()
                .model_for_proto_model(&reading.numeric)?
                .with_input_fact(0, datum_type.fact(&reading.onnx_shape).into())?
                .into_optimized()?
                .into_runnable()?;
            Ok((plan, datum_type))
        };
        let (plan, datum_type) = prepare().map_err(refusal)?;
        Ok(Reference {
            plan,
            shape: reading.onnx_shape.clone(),
            datum_type,
        })
    }

    /// The logits of one sample.
    pub fn logits(&self, sample: &[f64]) -> Result<Vec<f64>, ImportError> {
        let run = || -> TractResult<Vec<f64>> {
            let input = Tensor::from_shape(&self.shape, sample)?;
            let input = input.cast_to_dt(self.datum_type)?.into_owned();
            let outputs = self.plan.run(tvec![input.into_tvalue()])?;
            let logits = outputs[0].cast_to::<f64>()?;
            let view = logits.to_plain_array_view::<f64>()?;
            Ok(view.iter().copied().collect())
        };
        run().map_err(refusal)
    }
}

/// The element type that the graph declares for its input.
fn input_type(reading: &Reading) -> TractResult<DatumType> {
    let declared = reading
        .numeric
        .graph
        .as_ref()
        .and_then(|g| g.input.first())
        .and_then(|i| i.r#type.as_ref())
        .and_then(|t| t.value.as_ref())
        .map(|type_proto::Value::TensorType(t)| t.elem_type);
    match declared.map(tract_onnx::pb::tensor_proto::DataType::try_from) {
        Some(Ok(data_type)) => data_type.try_into(),
        _ => Ok(f32::datum_type()),
    }
}

fn refusal(error: TractError) -> ImportError {
    ImportError::Reference(format!("{error:#}"))
}
