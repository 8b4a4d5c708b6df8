//! A registered model, from a file or from the chain.

use anyhow::{ensure, Context};
use codec::Encode;
use lattice_chain_client::{Client, Model as Registration, H256};
use lattice_tensor::{file, Model};
use std::path::Path;

/// The model in a file.
pub fn read(path: &Path) -> anyhow::Result<Model> {
    file::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The model of a registration from the weights that are on the chain; `None` when they are not.
///
/// # Errors
/// The node cannot be asked, or answers with weights of another model.
pub async fn stored(client: &Client, registration: &Registration) -> anyhow::Result<Option<Model>> {
    let Some(stored) = registration.stored.as_ref().filter(|s| s.finalized) else {
        return Ok(None);
    };
    let index = registration.index;
    let mut weights = client.best().stored_weights(index, stored).await?;
    // Behind the tensors may be the parameters of a trained state.
    weights.truncate(usize::try_from(registration.byte_size).unwrap_or(usize::MAX));
    let mut blob = registration.manifest.encode();
    blob.extend(weights);
    let model = Model::from_blob(&blob)
        .with_context(|| format!("the chain's weights of model {index} are damaged"))?;
    ensure_is(&model, &registration.model_hash)?;
    Ok(Some(model))
}

/// Checks that a model is the one with this hash.
pub fn ensure_is(model: &Model, model_hash: &H256) -> anyhow::Result<()> {
    ensure!(
        model.id().0 == model_hash.0,
        "this is model {}, and {model_hash:?} is wanted",
        model.id()
    );
    Ok(())
}
