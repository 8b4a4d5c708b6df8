//! Calls whose fields are encoded by name, against the metadata of the chain that
//! answers: models on chain, programs, ceremonies, and results in batches.

use super::signing::Signing;
use crate::{
    submit::Transaction, AccountId, Balance, BlockNumber, CeremonyId, Gas, ModelIndex, Offer,
    ProgramRequest, ProofBytes, Request, RequestId, RequestOptions, Verification, H256,
};
use codec::Encode;
use lattice_verifier::ceremony::{Challenge, Contribution, Start};
use subxt::{
    ext::scale_encode::{EncodeAsFields, EncodeAsType},
    utils::Static,
};

// The derived code says `Result` and means the standard one, so that of this crate is not imported.

/// Defines the fields of a call, named as the chain names them.
macro_rules! fields {
    ($($name:ident { $($field:ident: $kind:ty),* $(,)? })+) => {$(
        #[derive(EncodeAsType)]
        #[encode_as_type(crate_path = "subxt::ext::scale_encode")]
        pub(super) struct $name { $(pub $field: $kind),* }
    )+};
}
pub(super) use fields;

fields! {
    UploadChunk { model: ModelIndex, index: u32, bytes: Vec<u8> }
    OfModel { model: ModelIndex }
    UploadCode { code: Vec<u8> }
    RemoveCode { code_hash: H256 }
    Instantiate {
        code_hash: H256,
        value: Balance,
        input: Vec<u8>,
        gas_limit: Gas,
        salt: H256,
        models: Vec<ModelIndex>,
        verifying_keys: Vec<ModelIndex>,
    }
    CallProgram {
        program: AccountId,
        value: Balance,
        input: Vec<u8>,
        gas_limit: Gas,
        models: Vec<ModelIndex>,
        verifying_keys: Vec<ModelIndex>,
    }
    Execute {
        bytecode: Vec<u8>,
        gas_limit: Gas,
        models: Vec<ModelIndex>,
        verifying_keys: Vec<ModelIndex>,
        keep_states: bool,
    }
    SetPaused { paused: bool }
    SetOffer { model: ModelIndex, offer: Static<Offer> }
    SetResidency { model: ModelIndex, resident: bool }
    RequestInferenceWith {
        model: ModelIndex,
        input: Vec<i8>,
        max_price: Balance,
        deadline: BlockNumber,
        verification: Static<Verification>,
        options: Static<RequestOptions>,
    }
    OfRequest { request: RequestId }
    SubmitResults { results: Vec<Submitted> }
    OpenCeremony { model: ModelIndex, start: Static<Start> }
    Contribute {
        ceremony: CeremonyId,
        index: u32,
        previous: H256,
        contribution: Static<Contribution>,
    }
    ChallengeContribution {
        ceremony: CeremonyId,
        index: u32,
        challenge: Static<Challenge>,
    }
    FinalizeCeremony { ceremony: CeremonyId, proving_key_hash: H256 }
    Sudo { call: RootCall }
    Nothing {}
}

/// What root is asked for, named as the chain names it.
#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(super) enum RootCall {
    Ceremonies(RootOfCeremonies),
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
#[allow(non_camel_case_types)] // The chain's name of the call.
pub(super) enum RootOfCeremonies {
    pin_phase1 { phase1_id: H256 },
}

/// One result of a batch, with the fields of [`super::Call::SubmitResult`].
///
/// Its SCALE encoding is the chain's.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct ResultSubmission {
    /// The request that is answered.
    pub request: RequestId,
    /// The assignment's context, repeated.
    pub context: H256,
    /// What the model computed.
    pub output: Vec<i32>,
    /// That it did.
    pub proof: ProofBytes,
}

/// The same as the chain takes it: a proof is bytes there.
#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(super) struct Submitted {
    request: RequestId,
    context: H256,
    output: Vec<i32>,
    proof: Vec<u8>,
}

impl From<ResultSubmission> for Submitted {
    fn from(result: ResultSubmission) -> Self {
        Submitted {
            request: result.request,
            context: result.context,
            output: result.output,
            proof: result.proof.as_slice().to_vec(),
        }
    }
}

impl Signing<'_> {
    /// Signs a call of the model registry.
    pub(super) fn of_models(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("ModelRegistry", call, fields))
    }

    /// Signs a call of the providers' pallet.
    pub(super) fn of_providers(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("ComputeProviders", call, fields))
    }

    /// Signs a call of the inference pallet.
    pub(super) fn of_inference(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("Inference", call, fields))
    }

    /// Signs a call of the ceremonies' pallet.
    pub(super) fn of_ceremonies(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("Ceremonies", call, fields))
    }

    /// Signs a call that is made as root, for the holder of the sudo key.
    pub(super) fn of_root(self, call: RootCall) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("Sudo", "sudo", Sudo { call }))
    }

    /// Signs a call of the programs' pallet.
    pub(super) fn of_programs(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("AiPrograms", call, fields))
    }

    /// Signs the extrinsic that a request tries.
    pub(super) fn of_run(self, request: Request, gas_limit: Gas) -> crate::Result<Transaction> {
        match request {
            ProgramRequest::Instantiate {
                code_hash,
                value,
                input,
                salt,
                models,
                verifying_keys,
            } => self.of_programs(
                "instantiate",
                Instantiate {
                    code_hash,
                    value,
                    input,
                    gas_limit,
                    salt,
                    models,
                    verifying_keys,
                },
            ),
            ProgramRequest::Call {
                program,
                value,
                input,
                models,
                verifying_keys,
            } => self.of_programs(
                "call",
                CallProgram {
                    program,
                    value,
                    input,
                    gas_limit,
                    models,
                    verifying_keys,
                },
            ),
            ProgramRequest::Execute {
                bytecode,
                models,
                verifying_keys,
                keep_states,
            } => self.of_programs(
                "execute",
                Execute {
                    bytecode,
                    gas_limit,
                    models,
                    verifying_keys,
                    keep_states,
                },
            ),
        }
    }
}

#[cfg(test)]
mod tests;
