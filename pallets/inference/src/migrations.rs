//! From one layout of the storage to the next.

/// Requests and records say which evidence was asked for, requests which subscription pays and whether
/// the free try is used, and records who agreed; a record's proof is optional.
pub mod v1 {
    use crate::types::{BalanceOf, Evidence, FailedOf, Record, Request};
    use crate::{Config, Pallet, Records, Requests};
    use codec::Decode;
    use core::marker::PhantomData;
    use frame::deps::frame_support::migrations::VersionedMigration;
    use frame::deps::frame_support::storage::unhashed;
    use frame::deps::frame_support::traits::UncheckedOnRuntimeUpgrade;
    use frame::prelude::*;
    use lattice_primitives::{
        Ending, ModelIndex, Price, ProofBytes, RequestId, RequestStatus, Selection, Verification,
    };

    /// Does it once, if the storage is of version 0.
    pub type MigrateToV1<T> =
        VersionedMigration<0, 1, Unchecked<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

    /// A request of version 0.
    #[derive(Decode)]
    struct RequestBefore<AccountId, Balance, BlockNumber, Input, Failed> {
        requester: AccountId,
        provider: AccountId,
        owner: AccountId,
        model: ModelIndex,
        model_hash: H256,
        vk_id: H256,
        input: Input,
        input_commitment: H256,
        content: H256,
        context: H256,
        output_len: u32,
        price: Price<Balance>,
        escrow: Balance,
        collateral: Balance,
        requested_at: BlockNumber,
        deadline: BlockNumber,
        status: RequestStatus<BlockNumber>,
        window: BlockNumber,
        accept_within: Option<BlockNumber>,
        attempts_left: u32,
        selection: Selection<AccountId>,
        failed: Failed,
    }

    type RequestBeforeOf<T> = RequestBefore<
        <T as frame_system::Config>::AccountId,
        BalanceOf<T>,
        BlockNumberFor<T>,
        BoundedVec<i8, <T as Config>::MaxInputLen>,
        FailedOf<T>,
    >;

    /// The model of an open request of version 0.
    pub fn model_of<T: Config>(id: RequestId) -> Option<ModelIndex> {
        let key = Requests::<T>::hashed_key_for(id);
        unhashed::get::<RequestBeforeOf<T>>(&key).map(|before| before.model)
    }

    #[derive(Decode)]
    struct EvidenceBefore<Output> {
        output: Output,
        output_commitment: H256,
        proof: ProofBytes,
        gas_used: u64,
    }

    /// A record of version 0.
    #[derive(Decode)]
    struct RecordBefore<AccountId, Balance, BlockNumber, Output, Failed> {
        requester: AccountId,
        provider: AccountId,
        model: ModelIndex,
        model_hash: H256,
        vk_id: H256,
        context: H256,
        input_commitment: H256,
        evidence: Option<EvidenceBefore<Output>>,
        price: Price<Balance>,
        ending: Ending,
        failed: Failed,
        requested_at: BlockNumber,
        ended_at: BlockNumber,
    }

    type RecordBeforeOf<T> = RecordBefore<
        <T as frame_system::Config>::AccountId,
        BalanceOf<T>,
        BlockNumberFor<T>,
        BoundedVec<i32, <T as Config>::MaxOutputLen>,
        FailedOf<T>,
    >;

    /// The migration without a look at the version.
    pub struct Unchecked<T>(PhantomData<T>);

    impl<T: Config> UncheckedOnRuntimeUpgrade for Unchecked<T> {
        fn on_runtime_upgrade() -> Weight {
            let mut count = 0u64;
            let mut one_more = || count = count.saturating_add(1);
            Requests::<T>::translate::<RequestBeforeOf<T>, _>(|_, before| {
                one_more();
                Some(Request {
                    requester: before.requester,
                    provider: before.provider,
                    owner: before.owner,
                    model: before.model,
                    model_hash: before.model_hash,
                    vk_id: before.vk_id,
                    input: before.input,
                    input_commitment: before.input_commitment,
                    content: before.content,
                    context: before.context,
                    output_len: before.output_len,
                    price: before.price,
                    escrow: before.escrow,
                    collateral: before.collateral,
                    requested_at: before.requested_at,
                    deadline: before.deadline,
                    status: before.status,
                    window: before.window,
                    accept_within: before.accept_within,
                    attempts_left: before.attempts_left,
                    free_try_used: false,
                    // Nobody reads from a request what was asked of its key, which is fixed.
                    verification: Verification::Proven,
                    subscription: None,
                    selection: before.selection,
                    failed: before.failed,
                })
            });
            Records::<T>::translate::<RecordBeforeOf<T>, _>(|_, before| {
                one_more();
                Some(Record {
                    requester: before.requester,
                    provider: before.provider,
                    model: before.model,
                    model_hash: before.model_hash,
                    vk_id: before.vk_id,
                    context: before.context,
                    input_commitment: before.input_commitment,
                    evidence: before.evidence.map(|evidence| Evidence {
                        output: evidence.output,
                        output_commitment: evidence.output_commitment,
                        proof: Some(evidence.proof),
                        gas_used: evidence.gas_used,
                    }),
                    price: before.price,
                    verification: Verification::Proven,
                    agreed: Default::default(),
                    ending: before.ending,
                    failed: BoundedVec::truncate_from(before.failed.into_inner()),
                    requested_at: before.requested_at,
                    ended_at: before.ended_at,
                })
            });
            T::DbWeight::get().reads_writes(count, count)
        }
    }
}
