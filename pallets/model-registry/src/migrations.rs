//! From one layout of the storage to the next.

/// Registrations say how much gas an execution of their model takes.
pub mod v1 {
    use crate::registration::execution_gas;
    use crate::types::BalanceOf;
    use crate::{Config, Manifests, Models, Pallet, Registration, WeightInfo};
    use codec::Decode;
    use core::marker::PhantomData;
    use frame::deps::frame_support::migrations::VersionedMigration;
    use frame::deps::frame_support::traits::UncheckedOnRuntimeUpgrade;
    use frame::prelude::*;
    use lattice_primitives::{Interface, ModelIndex, ModelState, Pricing, Requirements};

    /// Does it once, if the storage is of version 0.
    pub type MigrateToV1<T> =
        VersionedMigration<0, 1, Unchecked<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

    /// A registration of version 0.
    #[derive(Decode)]
    struct Before<AccountId, Name, Balance, BlockNumber> {
        owner: AccountId,
        name: Name,
        version: u32,
        model_hash: H256,
        byte_size: u64,
        requirements: Requirements,
        pricing: Pricing<Balance>,
        interface: Interface,
        parent: Option<ModelIndex>,
        state: ModelState,
        deposit: Balance,
        created_at: BlockNumber,
    }

    type BeforeOf<T> = Before<
        <T as frame_system::Config>::AccountId,
        BoundedVec<u8, <T as Config>::MaxNameLen>,
        BalanceOf<T>,
        BlockNumberFor<T>,
    >;

    /// The migration without a look at the version.
    pub struct Unchecked<T>(PhantomData<T>);

    impl<T: Config> UncheckedOnRuntimeUpgrade for Unchecked<T> {
        fn on_runtime_upgrade() -> Weight {
            let mut count = 0u64;
            Models::<T>::translate::<BeforeOf<T>, _>(|index, before| {
                count = count.saturating_add(1);
                // A manifest that was registered has a summary.
                let summary = Manifests::<T>::get(index)
                    .and_then(|manifest| lattice_host::inspect_manifest(&manifest).ok());
                Some(Registration {
                    owner: before.owner,
                    name: before.name,
                    version: before.version,
                    model_hash: before.model_hash,
                    byte_size: before.byte_size,
                    requirements: before.requirements,
                    pricing: before.pricing,
                    interface: before.interface,
                    execution_gas: summary.map_or(0, |summary| execution_gas(&summary)),
                    parent: before.parent,
                    state: before.state,
                    deposit: before.deposit,
                    created_at: before.created_at,
                })
            });
            // A registration inspects a manifest, too, and does more.
            T::WeightInfo::register(0, T::MaxManifestLen::get()).saturating_mul(count)
        }
    }
}
