//! Which models are needed: which to fetch or to load, and which of the fetched ones no longer.

use crate::models::Served;
use lattice_chain_client::{AccountId, Client, Error, Model as Registration, ModelIndex};
use lattice_p2p::transfer::ContentId;
use lattice_tensor::ModelId;
use std::collections::BTreeSet;

/// The id of a registration's key, if it has one.
pub(super) fn vk_id_of(registration: &Registration) -> Option<[u8; 32]> {
    registration.key.as_ref().map(|key| key.vk_id.0)
}

/// The model of a registration.
pub(super) fn model_of(registration: &Registration) -> ContentId {
    ContentId::Model(ModelId(registration.model_hash.0))
}

/// What a registration consists of: the model and its proving key, if it has one.
pub(super) fn contents_of(registration: &Registration) -> Option<[ContentId; 2]> {
    let key = registration.key.as_ref()?;
    let proving_key = ContentId::Blob(key.proving_key_hash.0);
    Some([model_of(registration), proving_key])
}

/// The same of a model that is served.
pub(super) fn contents_served(served: &Served) -> [ContentId; 2] {
    let proving_key = ContentId::Blob(served.proving_key_hash);
    [ContentId::Model(served.model.id()), proving_key]
}

/// Of what is offered and of what something open has, each once, what has keys that are not loaded.
pub(super) fn missing(
    offered: Vec<Registration>,
    open: Vec<Registration>,
    is_loaded: impl Fn(&[u8; 32]) -> bool,
) -> Vec<Registration> {
    let mut seen = BTreeSet::new();
    let needed = offered.into_iter().chain(open);
    needed
        .filter(|registration| {
            vk_id_of(registration).is_some_and(|vk_id| !is_loaded(&vk_id) && seen.insert(vk_id))
        })
        .collect()
}

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

/// Whether a content that was found damaged is fetched again: if a model that is served consists of it,
/// or if the operator wants it kept. Of the rest nobody would say when it may leave the store.
pub(super) fn is_mended(
    content: &ContentId,
    is_pinned: bool,
    mut served: impl Iterator<Item = [ContentId; 2]>,
) -> bool {
    is_pinned || served.any(|contents| contents.contains(content))
}

/// The registrations of the models of everything in which an account may still have to run one:
/// requests of all tiers, disputes, and the payment channels that it serves. Those that are among the
/// offered ones are not read again.
///
/// # Errors
/// The chain cannot be read.
pub(super) async fn open(
    client: &Client,
    account: &AccountId,
    offered: &[Registration],
) -> Result<Vec<Registration>, Error> {
    let view = client.best();
    let mut open = Vec::new();
    for model in open_models(client, account).await? {
        let known = offered.iter().find(|offered| offered.index == model);
        match known {
            Some(known) => open.push(known.clone()),
            None => open.extend(view.model(model).await?),
        }
    }
    Ok(open)
}

async fn open_models(client: &Client, account: &AccountId) -> Result<BTreeSet<ModelIndex>, Error> {
    let view = client.best();
    let mut models = BTreeSet::new();
    let proven = view.all_assignments(account).await?;
    models.extend(proven.iter().map(|open| open.model));
    let private = view.all_private_assignments(account).await?;
    models.extend(private.iter().map(|open| open.model));
    let optimistic = view.all_optimistic_of(account).await?;
    models.extend(optimistic.iter().map(|open| open.model));
    let replicated = view.all_replicas_of(account).await?;
    models.extend(replicated.iter().map(|open| open.model));
    let channels = view.all_channels_of(account).await?;
    // Whoever only pays in a channel runs nothing.
    let served = channels.iter().filter(|open| open.provider == *account);
    models.extend(served.map(|open| open.model));
    let disputes = view.all_disputes_of(account).await?;
    models.extend(disputes.iter().map(|open| open.model));
    Ok(models)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{samples, H256};

    /// A registration of the model of this number, with keys of the other.
    fn registration(number: u8, vk_id: u8) -> Registration {
        let key = H256([vk_id; 32]);
        Registration {
            index: ModelIndex::from(number),
            ..samples::registration(H256([number; 32]), key, key)
        }
    }

    fn indices(registrations: &[Registration]) -> Vec<ModelIndex> {
        registrations.iter().map(|one| one.index).collect()
    }

    #[test]
    fn what_is_open_is_missing_too_after_its_offer_was_withdrawn() {
        let withdrawn = registration(1, 11);
        let found = missing(Vec::new(), vec![withdrawn.clone()], |_| false);
        assert_eq!(found, [withdrawn]);
    }

    #[test]
    fn what_is_offered_and_open_is_missing_once_and_before_what_is_only_open() {
        let [a, b, c] = [1, 2, 3].map(|number| registration(number, number));
        let found = missing(vec![c.clone(), a], vec![b, c], |_| false);
        assert_eq!(indices(&found), [3, 1, 2]);
    }

    #[test]
    fn what_is_loaded_or_has_no_key_is_not_missing() {
        let keyless = Registration {
            key: None,
            ..registration(3, 3)
        };
        let offered = vec![registration(1, 11), keyless.clone()];
        let open = vec![registration(2, 12), keyless];
        let found = missing(offered, open, |vk_id| *vk_id == [11; 32]);
        assert_eq!(indices(&found), [2]);
    }

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

    #[test]
    fn what_is_damaged_is_mended_only_for_a_model_that_is_served_or_kept() {
        let key = |number| ContentId::Blob([number; 32]);
        let served = || {
            [1, 2]
                .map(|number| [model(number), key(number)])
                .into_iter()
        };
        for content in [model(1), key(2)] {
            assert!(is_mended(&content, false, served()), "{content}");
        }
        assert!(!is_mended(&model(3), false, served()));
        assert!(!is_mended(&key(3), false, served()));
        assert!(is_mended(&model(3), true, served()));
    }
}
