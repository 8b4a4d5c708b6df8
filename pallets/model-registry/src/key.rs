//! Verifying keys: validated once, named by content, never replaced.

use crate::types::{PreparedKey, VerifyingKey};
use crate::*;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, Setup};

impl<T: Config> Pallet<T> {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn do_register_key(
        who: T::AccountId,
        model: ModelIndex,
        verifying_key: VerifyingKey,
        setup: Setup,
        circuit_version: u16,
        phase1_id: H256,
        proving_key_hash: H256,
    ) -> DispatchResult {
        ensure!(
            circuit_version == lattice_host::CIRCUIT_VERSION,
            Error::<T>::UnsupportedCircuitVersion
        );
        let registration = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
        ensure!(registration.owner == who, Error::<T>::NotOwner);
        ensure!(
            !Keys::<T>::contains_key(model),
            Error::<T>::KeyAlreadyRegistered
        );

        let vk_id = H256(lattice_host::vk_id(
            &lattice_host::ModelId(registration.model_hash.0),
            circuit_version,
            &phase1_id.0,
            &verifying_key,
        ));
        match setup {
            Setup::Dev => {
                ensure!(T::AllowDevSetup::get(), Error::<T>::DevSetupNotAllowed);
                ensure!(phase1_id.is_zero(), Error::<T>::DevSetupNamesPhase1);
            }
            Setup::Ceremony => ensure!(
                T::Ceremonies::attests(&who, model, &vk_id, &phase1_id, &proving_key_hash),
                Error::<T>::CeremonyNotAttested
            ),
        }

        let report = lattice_host::validate_key(&verifying_key).map_err(|error| {
            log::debug!(target: "runtime::model-registry", "verifying key refused: {error:?}");
            Error::<T>::InvalidVerifyingKey
        })?;
        let content = Self::key_content(&registration.model_hash, &verifying_key);
        for trapdoor in &report.trapdoors {
            ensure!(
                Trapdoors::<T>::get(trapdoor).is_none_or(|known| known == content),
                Error::<T>::TrapdoorAlreadyRegistered
            );
        }
        let prepared =
            PreparedKey::try_from(report.prepared).map_err(|_| Error::<T>::InvalidVerifyingKey)?;

        let bytes = verifying_key.len().saturating_add(prepared.len());
        let deposit = Self::byte_deposit(bytes)?;
        Self::mutate_own(&who, model, |registration| {
            Self::add_deposit(registration, deposit)
        })?;

        for trapdoor in report.trapdoors {
            Trapdoors::<T>::insert(trapdoor, content);
        }
        VerifyingKeys::<T>::insert(vk_id, prepared);
        Keys::<T>::insert(
            model,
            KeyDetails {
                vk_id,
                setup,
                circuit_version,
                phase1_id,
                proving_key_hash,
                verifying_key,
            },
        );
        Self::deposit_event(Event::KeyRegistered {
            model,
            vk_id,
            setup,
        });
        Ok(())
    }
    /// Weight of registering a key. The benchmark's has no commitment; one that has takes another
    /// point in the second group, which is less than a third of the rest, and another trapdoor.
    pub(crate) fn key_weight(verifying_key: &[u8]) -> Weight {
        let plain = T::WeightInfo::register_key();
        if verifying_key.len() <= lattice_host::KEY_LEN {
            return plain;
        }
        plain
            .saturating_add(plain.div(3))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }

    /// Which key of which model, whatever is said of its origin.
    pub(crate) fn key_content(model_hash: &H256, verifying_key: &[u8]) -> H256 {
        H256(blake2_256(&[&model_hash.0[..], verifying_key].concat()))
    }
}

impl<T: Config> CeremonyKeys<T::AccountId> for Pallet<T> {
    fn register_ceremony_key(
        owner: &T::AccountId,
        model: ModelIndex,
        verifying_key: &[u8],
        circuit_version: u16,
        phase1_id: H256,
        proving_key_hash: H256,
    ) -> DispatchResult {
        let verifying_key = VerifyingKey::try_from(verifying_key.to_vec())
            .map_err(|_| Error::<T>::InvalidVerifyingKey)?;
        with_storage_layer(|| {
            Self::do_register_key(
                owner.clone(),
                model,
                verifying_key,
                Setup::Ceremony,
                circuit_version,
                phase1_id,
                proving_key_hash,
            )
        })
    }
}
