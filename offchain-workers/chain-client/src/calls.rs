//! Every call of the chain's own pallets as plain data.

mod named;

use crate::{
    generated::{self, runtime_types::bounded_collections::bounded_vec::BoundedVec},
    submit::Transaction,
    AccountId, Balance, BlockNumber, CeremonyId, Config, Gas, Hardware, ModelIndex, Pricing,
    ProofBytes, Request, RequestId, RequestOptions, Requirements, Result, Setup, Signer,
    Verification, H256,
};
use lattice_verifier::ceremony::{Challenge, Contribution, Start};
use named::{
    ChallengeContribution, Contribute, FinalizeCeremony, Nothing, OfModel, OfRequest, OpenCeremony,
    RemoveCode, RequestInferenceWith, RootCall, RootOfCeremonies, SetPaused, SubmitResults,
    UploadChunk, UploadCode,
};

pub use named::ResultSubmission;
use subxt::{
    client::OnlineClientAtBlockImpl,
    config::TransactionExtensions,
    transactions::{Payload, TransactionsClient},
    utils::{MultiAddress, Static},
};

/// A call of the chain. Amounts are in planck, deadlines in blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Register a model by its canonical manifest.
    RegisterModel {
        name: String,
        version: u32,
        manifest: Vec<u8>,
        requirements: Requirements,
        pricing: Pricing<Balance>,
        /// The registration of the same owner that this one follows.
        parent: Option<ModelIndex>,
    },
    /// Give a registration its verifying key.
    RegisterKey {
        model: ModelIndex,
        verifying_key: Vec<u8>,
        setup: Setup,
        circuit_version: u16,
        /// Zero for a development setup.
        phase1_id: H256,
        /// Blake2-256 of the proving key file.
        proving_key_hash: H256,
    },
    /// Change what new requests pay to the owner.
    UpdatePricing {
        model: ModelIndex,
        pricing: Pricing<Balance>,
    },
    /// Close a registration for new requests, for good.
    DeprecateModel { model: ModelIndex },
    /// Give a registration, with its deposit, to another account.
    TransferModel { model: ModelIndex, to: AccountId },
    /// Put a piece of a model's weights on chain. All but the last have
    /// [`crate::CHUNK_BYTES`].
    UploadChunk {
        model: ModelIndex,
        index: u32,
        bytes: Vec<u8>,
    },
    /// Check the weights on chain and keep them for good.
    FinalizeModel { model: ModelIndex },
    /// Remove weights that are not final.
    ClearChunks { model: ModelIndex },
    /// Become a provider with a stake.
    RegisterProvider {
        stake: Balance,
        hardware: Hardware,
        endpoints: Vec<String>,
        /// Assignments taken at the same time.
        capacity: u32,
    },
    /// Replace hardware, endpoints and capacity.
    UpdateProfile {
        hardware: Hardware,
        endpoints: Vec<String>,
        capacity: u32,
    },
    /// Add stake.
    TopUp { amount: Balance },
    /// Start to take stake out.
    Unbond { amount: Balance },
    /// Free every amount whose unbonding has ended.
    WithdrawUnbonded,
    /// Offer to serve a model.
    SetOffer {
        model: ModelIndex,
        price: Balance,
        min_deadline: BlockNumber,
    },
    /// Take no more requests for a model.
    RemoveOffer { model: ModelIndex },
    /// Say that the provider is alive.
    Heartbeat,
    /// Leave: offers go and the stake unbonds.
    DeregisterProvider,
    /// Take no new assignments, or take them again.
    SetPaused { paused: bool },
    /// Ask for one inference.
    RequestInference {
        model: ModelIndex,
        input: Vec<i8>,
        max_price: Balance,
        /// In blocks from now, for every attempt.
        deadline: BlockNumber,
        verification: Verification,
        /// Boxed, as it is many times the size of other calls.
        options: Box<RequestOptions>,
    },
    /// Bind the signer to a request that was offered to it.
    Accept { request: RequestId },
    /// Take back a request that no provider is bound to.
    Cancel { request: RequestId },
    /// Post the output of an assigned request with its proof.
    SubmitResult {
        request: RequestId,
        /// The assignment's context, repeated.
        context: H256,
        output: Vec<i32>,
        proof: ProofBytes,
    },
    /// Post several outputs with their proofs, which the chain verifies together.
    SubmitResults { results: Vec<ResultSubmission> },
    /// End a request whose deadline has passed.
    Expire { request: RequestId },
    /// Begin the ceremony for a registration's key.
    OpenCeremony {
        model: ModelIndex,
        /// Boxed, as it is many times the size of other calls.
        start: Box<Start>,
    },
    /// Contribute to a ceremony.
    Contribute {
        ceremony: CeremonyId,
        /// The place that it was made for.
        index: u32,
        /// The transcript that it builds on.
        previous: H256,
        contribution: Box<Contribution>,
    },
    /// Show that a leaf of a contribution is false.
    ChallengeContribution {
        ceremony: CeremonyId,
        index: u32,
        challenge: Box<Challenge>,
    },
    /// Let the chain assemble a ceremony's key and register it.
    FinalizeCeremony {
        ceremony: CeremonyId,
        /// Blake2-256 of the proving key file.
        proving_key_hash: H256,
    },
    /// As root: let new ceremonies start from this phase 1.
    PinPhase1 { phase1_id: H256 },
    /// Put the code of a program on chain.
    UploadCode { code: Vec<u8> },
    /// Remove code that no program runs.
    RemoveCode { code_hash: H256 },
    /// Instantiate a program, call one, or execute bytecode, for at most this gas.
    RunProgram { request: Request, gas_limit: Gas },
    /// Remove the records that the signer's bytecode committed.
    ClearProgramRecords,
    /// Move funds to another account.
    TransferBalance { to: AccountId, amount: Balance },
}

type Transactions = TransactionsClient<Config, OnlineClientAtBlockImpl<Config>>;
type Params = <<Config as subxt::config::Config>::TransactionExtensions as TransactionExtensions<
    Config,
>>::Params;

impl Call {
    /// Encodes and signs the call for the chain's present metadata.
    pub(crate) fn sign(
        &self,
        transactions: &Transactions,
        params: Params,
        signer: &Signer,
    ) -> Result<Transaction> {
        let signing = Signing {
            transactions,
            params,
            signer,
        };
        let models = generated::transactions().model_registry();
        let providers = generated::transactions().compute_providers();
        let inference = generated::transactions().inference();
        match self.clone() {
            Call::RegisterModel {
                name,
                version,
                manifest,
                requirements,
                pricing,
                parent,
            } => signing.of(models.register(
                BoundedVec(name.into_bytes()),
                version,
                BoundedVec(manifest),
                Static(requirements),
                pricing.into(),
                parent,
            )),
            Call::RegisterKey {
                model,
                verifying_key,
                setup,
                circuit_version,
                phase1_id,
                proving_key_hash,
            } => signing.of(models.register_key(
                model,
                BoundedVec(verifying_key),
                Static(setup),
                circuit_version,
                phase1_id,
                proving_key_hash,
            )),
            Call::UpdatePricing { model, pricing } => {
                signing.of(models.update_pricing(model, pricing.into()))
            }
            Call::DeprecateModel { model } => signing.of(models.deprecate(model)),
            Call::TransferModel { model, to } => {
                signing.of(models.transfer(model, MultiAddress::Id(to)))
            }
            Call::UploadChunk {
                model,
                index,
                bytes,
            } => {
                let fields = UploadChunk {
                    model,
                    index,
                    bytes,
                };
                signing.of_models("upload_chunk", fields)
            }
            Call::FinalizeModel { model } => signing.of_models("finalize", OfModel { model }),
            Call::ClearChunks { model } => signing.of_models("clear_chunks", OfModel { model }),
            Call::RegisterProvider {
                stake,
                hardware,
                endpoints,
                capacity,
            } => signing.of(providers.register(
                stake,
                Static(hardware),
                bounded_texts(endpoints),
                capacity,
            )),
            Call::UpdateProfile {
                hardware,
                endpoints,
                capacity,
            } => signing.of(providers.update_profile(
                Static(hardware),
                bounded_texts(endpoints),
                capacity,
            )),
            Call::TopUp { amount } => signing.of(providers.top_up(amount)),
            Call::Unbond { amount } => signing.of(providers.unbond(amount)),
            Call::WithdrawUnbonded => signing.of(providers.withdraw_unbonded()),
            Call::SetOffer {
                model,
                price,
                min_deadline,
            } => signing.of(providers.set_offer(model, price, min_deadline)),
            Call::RemoveOffer { model } => signing.of(providers.remove_offer(model)),
            Call::Heartbeat => signing.of(providers.heartbeat()),
            Call::DeregisterProvider => signing.of(providers.deregister()),
            Call::SetPaused { paused } => signing.of_providers("set_paused", SetPaused { paused }),
            Call::RequestInference {
                model,
                input,
                max_price,
                deadline,
                verification,
                options,
            } => signing.of_inference(
                "request_inference_with",
                RequestInferenceWith {
                    model,
                    input,
                    max_price,
                    deadline,
                    verification: Static(verification),
                    options: Static(*options),
                },
            ),
            Call::Accept { request } => signing.of_inference("accept", OfRequest { request }),
            Call::Cancel { request } => signing.of_inference("cancel", OfRequest { request }),
            Call::SubmitResult {
                request,
                context,
                output,
                proof,
            } => signing.of(inference.submit_result(
                request,
                context,
                BoundedVec(output),
                proof.as_slice().to_vec(),
            )),
            Call::SubmitResults { results } => {
                let results = results.into_iter().map(Into::into).collect();
                signing.of_inference("submit_results", SubmitResults { results })
            }
            Call::Expire { request } => signing.of(inference.expire(request)),
            Call::OpenCeremony { model, start } => {
                let start = Static(*start);
                signing.of_ceremonies("open", OpenCeremony { model, start })
            }
            Call::Contribute {
                ceremony,
                index,
                previous,
                contribution,
            } => {
                let fields = Contribute {
                    ceremony,
                    index,
                    previous,
                    contribution: Static(*contribution),
                };
                signing.of_ceremonies("contribute", fields)
            }
            Call::ChallengeContribution {
                ceremony,
                index,
                challenge,
            } => {
                let fields = ChallengeContribution {
                    ceremony,
                    index,
                    challenge: Static(*challenge),
                };
                signing.of_ceremonies("challenge", fields)
            }
            Call::FinalizeCeremony {
                ceremony,
                proving_key_hash,
            } => {
                let fields = FinalizeCeremony {
                    ceremony,
                    proving_key_hash,
                };
                signing.of_ceremonies("finalize", fields)
            }
            Call::PinPhase1 { phase1_id } => {
                let pin = RootOfCeremonies::pin_phase1 { phase1_id };
                signing.of_root(RootCall::Ceremonies(pin))
            }
            Call::UploadCode { code } => signing.of_programs("upload_code", UploadCode { code }),
            Call::RemoveCode { code_hash } => {
                signing.of_programs("remove_code", RemoveCode { code_hash })
            }
            Call::RunProgram { request, gas_limit } => signing.of_run(request, gas_limit),
            Call::ClearProgramRecords => signing.of_programs("clear_records", Nothing {}),
            Call::TransferBalance { to, amount } => signing.of(generated::transactions()
                .balances()
                .transfer_keep_alive(MultiAddress::Id(to), amount)),
        }
    }
}

fn bounded_texts(texts: Vec<String>) -> BoundedVec<BoundedVec<u8>> {
    BoundedVec(
        texts
            .into_iter()
            .map(|text| BoundedVec(text.into_bytes()))
            .collect(),
    )
}

struct Signing<'a> {
    transactions: &'a Transactions,
    params: Params,
    signer: &'a Signer,
}

impl Signing<'_> {
    fn of(self, payload: impl Payload) -> Result<Transaction> {
        let mut signable = self
            .transactions
            .create_signable_offline(&payload, self.params)?;
        Ok(signable.sign(self.signer)?)
    }
}
