//! Saying on chain which models are in memory.

use crate::models::Library;
use lattice_chain_client::{AccountId, Call, Client, Error, ModelIndex, Offer, Signer};

/// Says of every model that is loaded, and that this provider offers without saying so, that it is in
/// memory. What fails is logged; the next start tries it again.
pub async fn announce(client: Client, signer: Signer, library: Library) {
    let models = match unannounced(&client, &signer.account(), &library).await {
        Ok(models) => models,
        Err(error) => {
            tracing::warn!(%error, "cannot see which offers say that their model is in memory");
            return;
        }
    };
    for model in models {
        let call = Call::SetResidency {
            model,
            resident: true,
        };
        match client.submit_and_wait(&signer, &call).await {
            Ok(included) => {
                let block = included.block.number;
                tracing::info!(model, block, "offer says that the model is in memory");
            }
            Err(error) => tracing::warn!(model, %error, "offer does not say so yet"),
        }
    }
}

async fn unannounced(
    client: &Client,
    account: &AccountId,
    library: &Library,
) -> Result<Vec<ModelIndex>, Error> {
    let view = client.best();
    let Some(provider) = view.provider(account).await? else {
        return Ok(Vec::new());
    };
    let mut models = Vec::new();
    for model in silent(&provider.offers) {
        let Some(registration) = view.model(model).await? else {
            continue;
        };
        let mut loaded = library.iter();
        if loaded.any(|served| served.model.id().0 == registration.model_hash.0) {
            models.push(model);
        }
    }
    Ok(models)
}

/// The models of offers that do not say that the model is in memory.
fn silent(offers: &[(ModelIndex, Offer)]) -> impl Iterator<Item = ModelIndex> + '_ {
    let silent = offers.iter().filter(|(_, offer)| !offer.resident);
    silent.map(|(model, _)| *model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_that_says_so_already_is_left_alone() {
        let offer = |resident| Offer {
            resident,
            ..Offer::per_inference(1, 3)
        };
        let offers: [(ModelIndex, Offer); 3] =
            [(2, offer(false)), (3, offer(true)), (5, offer(false))];
        assert_eq!(silent(&offers).collect::<Vec<_>>(), [2, 5]);
    }
}
