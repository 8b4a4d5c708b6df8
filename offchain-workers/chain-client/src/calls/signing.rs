//! From a call as plain data to a signed extrinsic.

use super::{
    channels::{OfChannel, OpenChannel, RedeemVoucher, TopUpChannel},
    named::{
        ChallengeContribution, Contribute, FinalizeCeremony, Nothing, OfModel, OfRequest,
        OpenCeremony, RemoveCode, RequestInferenceWith, RootCall, RootOfCeremonies, SetOffer,
        SetPaused, SetResidency, SubmitResults, UploadChunk, UploadCode,
    },
    subscriptions::{OfSubscription, RemovePlan, SetPlan, Subscribe},
    tiers::{
        AppealByDispute, AppealWithProof, ChallengeResult, ChooseChild, CommitReplica, Defend,
        OfDispute, PostOptimistic, RevealNode, RevealReplica,
    },
    Call,
};
use crate::{
    generated::{self, runtime_types::bounded_collections::bounded_vec::BoundedVec},
    submit::Transaction,
    Config, Result, Signer,
};
use subxt::{
    client::OnlineClientAtBlockImpl,
    config::TransactionExtensions,
    transactions::{Payload, TransactionsClient},
    utils::{MultiAddress, Static},
};

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
            Call::SetOffer { model, offer } => {
                let offer = Static(offer);
                signing.of_providers("set_offer_with", SetOffer { model, offer })
            }
            Call::SetResidency { model, resident } => {
                signing.of_providers("set_residency", SetResidency { model, resident })
            }
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
            Call::OpenChannel {
                model,
                provider,
                deposit,
                max_unit_price,
            } => {
                let fields = OpenChannel {
                    model,
                    provider,
                    deposit,
                    max_unit_price,
                };
                signing.of_channels("open", fields)
            }
            Call::TopUpChannel { channel, amount } => {
                signing.of_channels("top_up", TopUpChannel { channel, amount })
            }
            Call::RedeemVoucher {
                channel,
                cumulative,
                signature,
            } => {
                let fields = RedeemVoucher::new(channel, cumulative, signature);
                signing.of_channels("redeem", fields)
            }
            Call::CloseChannel { channel } => signing.of_channels("close", OfChannel { channel }),
            Call::WithdrawChannel { channel } => {
                signing.of_channels("withdraw", OfChannel { channel })
            }
            Call::PostOptimistic {
                request,
                context,
                output,
                trace_root,
                link,
            } => {
                let fields = PostOptimistic {
                    request,
                    context,
                    output,
                    trace_root,
                    link: Static(link),
                };
                signing.of_optimistic("post_result", fields)
            }
            Call::ChallengeResult {
                request,
                trace_root,
            } => {
                let fields = ChallengeResult {
                    request,
                    trace_root,
                };
                signing.of_optimistic("challenge", fields)
            }
            Call::FinalizeOptimistic { request } => {
                signing.of_optimistic("finalize", OfRequest { request })
            }
            Call::RevealNode { dispute, node } => {
                let node = Static(node);
                signing.of_disputes("reveal", RevealNode { dispute, node })
            }
            Call::ChooseChild { dispute, child } => {
                signing.of_disputes("choose", ChooseChild { dispute, child })
            }
            Call::Defend { dispute, opening } => {
                signing.of_disputes("defend", Defend { dispute, opening })
            }
            Call::ExpireDispute { dispute } => signing.of_disputes("expire", OfDispute { dispute }),
            Call::CommitReplica {
                request,
                commitment,
            } => {
                let fields = CommitReplica {
                    request,
                    commitment,
                };
                signing.of_replication("commit", fields)
            }
            Call::RevealReplica {
                request,
                output,
                trace_root,
                salt,
            } => {
                let fields = RevealReplica {
                    request,
                    output,
                    trace_root,
                    salt,
                };
                signing.of_replication("reveal", fields)
            }
            Call::AppealWithProof { request, proof } => {
                let proof = proof.as_slice().to_vec();
                let fields = AppealWithProof { request, proof };
                signing.of_replication("appeal_with_proof", fields)
            }
            Call::AppealByDispute { request, link } => {
                let link = Static(link);
                signing.of_replication("appeal_by_dispute", AppealByDispute { request, link })
            }
            Call::AdvanceReplicated { request } => {
                signing.of_replication("advance", OfRequest { request })
            }
            Call::Private(call) => signing.private(call),
            Call::SetPlan {
                model,
                period,
                quota,
                price,
            } => {
                let fields = SetPlan {
                    model,
                    period,
                    quota,
                    price,
                };
                signing.of_subscriptions("set_plan", fields)
            }
            Call::RemovePlan { plan } => {
                signing.of_subscriptions("remove_plan", RemovePlan { plan })
            }
            Call::Subscribe {
                plan,
                periods,
                max_total,
            } => {
                let fields = Subscribe {
                    plan,
                    periods,
                    max_total,
                };
                signing.of_subscriptions("subscribe", fields)
            }
            Call::SettlePeriod { subscription } => {
                signing.of_subscriptions("settle_period", OfSubscription { subscription })
            }
            Call::CancelSubscription { subscription } => {
                signing.of_subscriptions("cancel", OfSubscription { subscription })
            }
            Call::TerminateSubscription { subscription } => {
                signing.of_subscriptions("terminate", OfSubscription { subscription })
            }
            Call::ReportAbsence { subscription } => {
                signing.of_subscriptions("report_absence", OfSubscription { subscription })
            }
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

/// What a call of one kind is signed with.
pub(super) struct Signing<'a> {
    transactions: &'a Transactions,
    params: Params,
    signer: &'a Signer,
}

impl Signing<'_> {
    pub(super) fn of(self, payload: impl Payload) -> Result<Transaction> {
        let mut signable = self
            .transactions
            .create_signable_offline(&payload, self.params)?;
        Ok(signable.sign(self.signer)?)
    }
}
