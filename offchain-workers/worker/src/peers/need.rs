//! Which of the fetched models are needed no longer.

use lattice_chain_client::{AccountId, Client, Error};
use lattice_p2p::transfer::ContentId;
use lattice_tensor::ModelId;
use std::collections::BTreeSet;

/// Of what was fetched, each with the id of its keys, the ids of what is needed no longer: no offer has
/// the keys, and nothing that is open has the model.
pub(super) fn needless(
    fetched: &[([u8; 32], ContentId)],
    offered: &BTreeSet<[u8; 32]>,
    open: &BTreeSet<ContentId>,
) -> Vec<[u8; 32]> {
    let needless = fetched
        .iter()
        .filter(|(vk_id, model)| !offered.contains(vk_id) && !open.contains(model));
    needless.map(|(vk_id, _)| *vk_id).collect()
}

/// The models of everything in which an account may still have to run one: requests of all tiers,
/// disputes, and payment channels.
///
/// # Errors
/// The chain cannot be read.
pub(super) async fn open(
    client: &Client,
    account: &AccountId,
) -> Result<BTreeSet<ContentId>, Error> {
    let view = client.best();
    let mut hashes = Vec::new();
    let proven = view.all_assignments(account).await?;
    hashes.extend(proven.into_iter().map(|open| open.model_hash));
    let private = view.all_private_assignments(account).await?;
    hashes.extend(private.into_iter().map(|open| open.model_hash));
    let optimistic = view.all_optimistic_of(account).await?;
    hashes.extend(optimistic.into_iter().map(|open| open.model_hash));
    let replicated = view.all_replicas_of(account).await?;
    hashes.extend(replicated.into_iter().map(|open| open.model_hash));
    let channels = view.all_channels_of(account).await?;
    hashes.extend(channels.into_iter().map(|open| open.model_hash));
    for dispute in view.all_disputes_of(account).await? {
        let model = view.model(dispute.model).await?;
        hashes.extend(model.map(|model| model.model_hash));
    }
    let models = hashes.into_iter();
    Ok(models
        .map(|hash| ContentId::Model(ModelId(hash.0)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(number: u8) -> ContentId {
        ContentId::Model(ModelId([number; 32]))
    }

    #[test]
    fn what_is_offered_or_open_is_needed_and_nothing_else() {
        let fetched = [1, 2, 3].map(|number| ([number; 32], model(number)));
        let offered = BTreeSet::from([[1; 32]]);
        let open = BTreeSet::from([model(3)]);
        assert_eq!(needless(&fetched, &offered, &open), [[2u8; 32]]);
        assert_eq!(
            needless(&fetched, &offered, &BTreeSet::new()),
            [[2u8; 32], [3; 32]]
        );
        let all = BTreeSet::from([[1; 32], [2; 32], [3; 32]]);
        assert!(needless(&fetched, &all, &BTreeSet::new()).is_empty());
    }

    #[test]
    fn other_keys_of_an_offered_model_are_needed_as_long_as_something_is_open() {
        let fetched = [([1; 32], model(9)), ([2; 32], model(9))];
        let offered = BTreeSet::from([[2; 32]]);
        let open = BTreeSet::from([model(9)]);
        assert!(needless(&fetched, &offered, &open).is_empty());
        assert_eq!(needless(&fetched, &offered, &BTreeSet::new()), [[1u8; 32]]);
    }
}
