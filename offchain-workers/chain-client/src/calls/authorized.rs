//! Calls that carry a signature, in place of a signed transaction.
//!
//! They travel in a *general* transaction: extensions without a signature, of extrinsic version 5. It
//! has no use for a nonce, and costs no fee. What is signed is in `lattice-primitives`.

use super::named::{fields, ResultSubmission, Submitted};
use crate::{AccountId, BlockNumber, Config, Result, Signer};
use lattice_primitives::{heartbeat_message, results_message};
use subxt::{
    client::OfflineClientAtBlockT,
    config::DefaultExtrinsicParamsBuilder,
    transactions::{Payload, SubmittableTransaction, TransactionsClient},
    utils::MultiSignature,
};

/// A call that its account signs, and nobody the transaction. Whoever hands it in, and how often: it
/// counts once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizedCall {
    /// Post outputs with their proofs, all of assignments of the signer.
    SubmitResults { results: Vec<ResultSubmission> },
    /// Say that the provider is alive in an epoch, see [`crate::Client::heartbeat_epoch`].
    Heartbeat { epoch: BlockNumber },
}

/// The fields of the calls, named as the chain names them. They are in a module of their own, as the
/// derived code says `Result` and means the standard one.
mod of_the_chain {
    use super::{fields, AccountId, BlockNumber, MultiSignature, Submitted};
    use subxt::ext::scale_encode::EncodeAsType;

    fields! {
        SubmitAuthorized {
            provider: AccountId,
            results: Vec<Submitted>,
            signature: MultiSignature,
        }
        HeartbeatAuthorized {
            provider: AccountId,
            epoch: BlockNumber,
            signature: MultiSignature,
        }
    }
}
use of_the_chain::{HeartbeatAuthorized, SubmitAuthorized};

impl AuthorizedCall {
    /// What the account signs, on the chain with this genesis.
    pub fn message(&self, genesis: &[u8; 32], account: &AccountId) -> [u8; 32] {
        match self {
            Self::SubmitResults { results } => results_message(genesis, account, results),
            Self::Heartbeat { epoch } => heartbeat_message(genesis, account, epoch),
        }
    }

    /// The call, signed, in a transaction for the chain's present metadata.
    pub(crate) fn transaction<Client: OfflineClientAtBlockT<Config>>(
        &self,
        transactions: &TransactionsClient<Config, Client>,
        genesis: &[u8; 32],
        signer: &Signer,
    ) -> Result<SubmittableTransaction<Config, Client>> {
        let provider = signer.account();
        let message = self.message(genesis, &provider);
        let signature = MultiSignature::Sr25519(signer.sign_bytes(&message));
        match self.clone() {
            Self::SubmitResults { results } => {
                let fields = SubmitAuthorized {
                    provider,
                    results: results.into_iter().map(Into::into).collect(),
                    signature: signature.clone(),
                };
                let call = subxt::tx::dynamic("Inference", "submit_authorized", fields);
                general(transactions, &call, &provider, &signature)
            }
            Self::Heartbeat { epoch } => {
                let fields = HeartbeatAuthorized {
                    provider,
                    epoch,
                    signature: signature.clone(),
                };
                let call = subxt::tx::dynamic("ComputeProviders", "heartbeat_authorized", fields);
                general(transactions, &call, &provider, &signature)
            }
        }
    }
}

/// A general transaction: immortal, with no tip.
fn general<Client: OfflineClientAtBlockT<Config>>(
    transactions: &TransactionsClient<Config, Client>,
    call: &impl Payload,
    account: &AccountId,
    signature: &MultiSignature,
) -> Result<SubmittableTransaction<Config, Client>> {
    let params = DefaultExtrinsicParamsBuilder::<Config>::new()
        .nonce(0)
        .immortal()
        .build();
    let mut general = transactions.create_v5_signable_offline(call, params)?;
    // The extension that would take them into the transaction is none of this chain's.
    Ok(general.sign_with_account_and_signature(account, signature)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{encode_call as encode, metadata};
    use crate::{is_signed_by, H256};
    use codec::{Compact, Decode, Encode};
    use subxt::{
        client::{ClientAtBlock, OfflineClient, OfflineClientAtBlockImpl},
        config::substrate::SpecVersionForRange,
    };

    const GENESIS: [u8; 32] = [7; 32];

    fn results() -> Vec<ResultSubmission> {
        let result = |request| ResultSubmission {
            request,
            context: H256::repeat_byte(1),
            output: vec![-3, 4],
            proof: [5; 128].into(),
        };
        vec![result(6), result(7)]
    }

    fn bob() -> Signer {
        Signer::from_dev_seed("//Bob").expect("a development account")
    }

    /// A chain that nobody runs.
    fn offline() -> ClientAtBlock<Config, OfflineClientAtBlockImpl<Config>> {
        let config = Config::builder()
            .set_genesis_hash(H256(GENESIS))
            .set_metadata_for_spec_versions([(1, metadata().arc())])
            .set_spec_version_for_block_ranges([SpecVersionForRange {
                block_range: 0..10,
                spec_version: 1,
                transaction_version: 1,
            }])
            .build();
        OfflineClient::new_with_config(config)
            .at_block(1u64)
            .expect("a block of the range")
    }

    /// The call of a general transaction, which is checked to be one.
    fn call_of(transaction: &[u8]) -> Vec<u8> {
        let rest = &mut &*transaction;
        let length = Compact::<u32>::decode(rest).expect("a length").0;
        assert_eq!(rest.len(), length as usize);
        // Version 5 and general; version 0 of the extensions; immortal, nonce 0, no tip.
        let call = rest.strip_prefix(&[0x45, 0, 0, 0, 0]).expect("general");
        call.to_vec()
    }

    #[test]
    fn authorized_calls_are_those_of_the_chain() {
        let (provider, signature) = (AccountId([2; 32]), [5; 64]);
        let fields = SubmitAuthorized {
            provider,
            results: results().into_iter().map(Into::into).collect(),
            signature: MultiSignature::Sr25519(signature),
        };
        let bytes = encode("Inference", "submit_authorized", fields);
        // The second variant of the runtime's signature is sr25519.
        let expected = (provider, results(), 1u8, signature).encode();
        assert_eq!(bytes, expected);
        let fields = HeartbeatAuthorized {
            provider,
            epoch: 9,
            signature: MultiSignature::Sr25519(signature),
        };
        let bytes = encode("ComputeProviders", "heartbeat_authorized", fields);
        assert_eq!(bytes, (provider, 9u32, 1u8, signature).encode());
    }

    #[test]
    fn what_is_signed_is_what_the_call_carries() {
        let results = results();
        let call = AuthorizedCall::SubmitResults {
            results: results.clone(),
        };
        let bob = bob().account();
        let rows: Vec<_> = results
            .iter()
            .map(|r| (r.request, r.context, &r.output, r.proof))
            .collect();
        let expected = results_message(&GENESIS, &bob, &rows);
        assert_eq!(call.message(&GENESIS, &bob), expected);
        assert_ne!(call.message(&[8; 32], &bob), expected);
    }

    #[test]
    fn the_transaction_is_general_and_its_call_is_signed() {
        let transactions = offline().transactions();
        let metadata = metadata();
        for (call, pallet, name) in [
            (
                AuthorizedCall::SubmitResults { results: results() },
                "Inference",
                "submit_authorized",
            ),
            (
                AuthorizedCall::Heartbeat { epoch: 3 },
                "ComputeProviders",
                "heartbeat_authorized",
            ),
        ] {
            let transaction = call
                .transaction(&transactions, &GENESIS, &bob())
                .expect("it is built");
            let bytes = call_of(transaction.encoded());
            let pallet = metadata.pallet_by_name(pallet).expect("the chain has it");
            let variant = pallet.call_variant_by_name(name).expect("it has the call");
            assert_eq!(bytes[..2], [pallet.call_index(), variant.index]);
            let account = bob().account();
            assert_eq!(bytes[2..34], account.0);
            // The signature comes last.
            let (_, signature) = bytes.split_at(bytes.len() - 64);
            let signature = signature.try_into().expect("64 bytes");
            let message = call.message(&GENESIS, &account);
            assert!(is_signed_by(&account, &message, &signature));
        }
    }
}
