//! Transactions that nobody signs, through the whole of the runtime: as the pool validates them, and as
//! the author of a block applies them.

use crate::fixture::{endow, provide, Fixture};
use codec::{Compact, Decode, Encode};
use frame_support::{
    pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidity},
    BoundedVec,
};
use lattice_primitives::{heartbeat_message, results_message, Ending, NotAuthorized, RequestId};
use lattice_runtime::configs::lattice::{TreasuryAccount, HEARTBEAT_TIMEOUT};
use lattice_runtime::{
    AccountId, Balances, ComputeProviders, Executive, Hash, Header, Inference, Runtime,
    RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, System, TxExtension, UncheckedExtrinsic, UNIT,
};
use pallet_inference::{Call, ResultSubmission};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    generic::Era, traits::Header as _, ApplyExtrinsicResult, BuildStorage, DispatchError,
    MultiSignature,
};

const REQUESTER: Sr25519Keyring = Sr25519Keyring::Alice;
const OWNER: Sr25519Keyring = Sr25519Keyring::Bob;
const PROVIDER: Sr25519Keyring = Sr25519Keyring::Dave;
/// Hash of the genesis block, as the state knows it.
const GENESIS: [u8; 32] = [69; 32];

/// Run a test in the state after block 1, in which Dave serves the first model.
fn on_a_serving_chain(test: impl FnOnce(&Fixture)) {
    let mut genesis = RuntimeGenesisConfig::default();
    genesis.ceremonies.allow_dev_setup = true;
    let storage = genesis.build_storage().expect("the genesis builds");
    TestExternalities::new(storage).execute_with(|| {
        System::set_block_number(1);
        assert_eq!(System::block_hash(0), Hash::from(GENESIS));
        let fixture = Fixture::new();
        for key in [REQUESTER, OWNER, PROVIDER] {
            endow(&key.to_account_id());
        }
        endow(&TreasuryAccount::get());
        fixture.register(&OWNER.to_account_id());
        provide(&provider(), 1_000 * UNIT, 8);
        test(&fixture);
    });
}

fn provider() -> AccountId {
    PROVIDER.to_account_id()
}

/// So many requests to Dave, and their true results.
fn asked(fixture: &Fixture, count: u32) -> Vec<ResultSubmission<Runtime>> {
    (0..count)
        .map(|_| fixture.ask(&REQUESTER.to_account_id(), &provider()))
        .map(|request| fixture.result(request))
        .collect()
}

/// Results with Dave's signature.
fn submission(results: Vec<ResultSubmission<Runtime>>) -> RuntimeCall {
    let results = BoundedVec::truncate_from(results);
    let message = results_message(&GENESIS, &provider(), &results);
    RuntimeCall::Inference(Call::submit_authorized {
        provider: provider(),
        results,
        signature: MultiSignature::Sr25519(PROVIDER.sign(&message)),
    })
}

/// A general transaction: extensions, and no signature. Nonce and tip mean nothing in it.
fn general(call: RuntimeCall, nonce: u32, tip: u128) -> UncheckedExtrinsic {
    let extension: TxExtension = (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(tip),
        frame_system::WeightReclaim::new(),
    );
    UncheckedExtrinsic::new_transaction(call, extension)
}

/// What the pool would be told, on top of the present state.
fn validate(transaction: &UncheckedExtrinsic) -> TransactionValidity {
    let source = TransactionSource::External;
    frame_support::hypothetically!(Executive::validate_transaction(
        source,
        transaction.clone(),
        Hash::zero()
    ))
}

/// Begin block 2.
fn begin() {
    Executive::initialize_block(&Header::new(
        2,
        Default::default(),
        Default::default(),
        Hash::zero(),
        Default::default(),
    ));
}

/// As it comes over the network.
fn apply(transaction: &UncheckedExtrinsic) -> ApplyExtrinsicResult {
    let bytes = transaction.encode();
    let received = UncheckedExtrinsic::decode(&mut &bytes[..]).expect("it was encoded");
    Executive::apply_extrinsic(received)
}

fn ending(request: RequestId) -> Option<Ending> {
    Inference::execution_record(request).map(|record| record.ending)
}

fn fees_paid() -> usize {
    let events = System::events().into_iter();
    events
        .filter(|record| matches!(record.event, RuntimeEvent::TransactionPayment(_)))
        .count()
}

#[test]
fn settle_without_any_fee() {
    on_a_serving_chain(|fixture| {
        let results = asked(fixture, 2);
        let requests = [results[0].request, results[1].request];
        let transaction = general(submission(results), 0, 0);
        let bytes = transaction.encode();
        let rest = &mut &bytes[..];
        Compact::<u32>::decode(rest).expect("it begins with its length");
        assert_eq!(rest[0], 0x45, "general, of version 5");

        let validity = validate(&transaction).expect("it is valid");
        let tags = requests.map(|request| (&b"lattice/result"[..], request, provider()).encode());
        assert_eq!(validity.provides, tags);
        assert!(validity.requires.is_empty() && validity.propagate);
        assert_eq!(validity.longevity, 99);
        // Nothing is left of it.
        assert_eq!(requests.map(ending), [None, None]);

        begin();
        let before = Balances::free_balance(provider());
        let issuance = Balances::total_issuance();
        let nonce = System::account_nonce(provider());
        assert_eq!(apply(&transaction), Ok(Ok(())));
        assert_eq!(requests.map(ending), [Some(Ending::Settled); 2]);
        assert_eq!(Balances::free_balance(provider()), before + 2 * UNIT);
        // Fees would be burnt.
        assert_eq!(Balances::total_issuance(), issuance);
        assert_eq!(fees_paid(), 0);
        assert_eq!(System::account_nonce(provider()), nonce);

        // The very same bytes, and what carries one of them, are stale at once.
        let stale = Err(InvalidTransaction::Stale.into());
        assert_eq!(apply(&transaction), stale);
        let single = submission(vec![fixture.result(requests[1])]);
        assert_eq!(apply(&general(single, 0, 0)), stale);
        assert_eq!(Balances::free_balance(provider()), before + 2 * UNIT);
    });
}

#[test]
fn mean_the_same_whatever_stands_beside_the_call() {
    on_a_serving_chain(|fixture| {
        let call = submission(asked(fixture, 1));
        let plain = validate(&general(call.clone(), 0, 0)).expect("it is valid");
        // Anyone can change these; it gives no other tag and no other place in the queue.
        let changed = validate(&general(call, 7, u128::MAX)).expect("it is valid");
        assert_eq!(plain, changed);
    });
}

#[test]
fn be_refused_with_the_reason_and_before_anything_happens() {
    on_a_serving_chain(|fixture| {
        let results = asked(fixture, 1);
        let mut forged = submission(results.clone());
        if let RuntimeCall::Inference(Call::submit_authorized { results, .. }) = &mut forged {
            results[0].output[0] += 1;
        }
        let forged = general(forged, 0, 0);
        let mut foreign = results.clone();
        foreign[0].context = Hash::zero();
        let foreign = general(submission(foreign), 0, 0);
        let bad_proof = InvalidTransaction::BadProof;
        let mismatch = InvalidTransaction::from(NotAuthorized::ContextMismatch);
        assert_eq!(validate(&forged), Err(bad_proof.into()));
        assert_eq!(validate(&foreign), Err(mismatch.into()));
        begin();
        assert_eq!(apply(&forged), Err(bad_proof.into()));
        assert_eq!(apply(&foreign), Err(mismatch.into()));
        assert!(apply(&general(submission(results), 0, 0)).is_ok());
    });
}

#[test]
fn be_of_the_calls_that_say_so_and_of_no_others() {
    on_a_serving_chain(|fixture| {
        let results = BoundedVec::truncate_from(asked(fixture, 1));
        let signed = general(Call::submit_results { results }.into(), 0, 0);
        let unknown = Err(InvalidTransaction::UnknownOrigin.into());
        assert_eq!(validate(&signed), unknown);
        begin();
        assert_eq!(
            apply(&signed),
            Err(InvalidTransaction::UnknownOrigin.into())
        );
    });
}

#[test]
fn not_be_taken_without_extensions() {
    on_a_serving_chain(|fixture| {
        let call = submission(asked(fixture, 1));
        let bare = UncheckedExtrinsic::new_bare(call);
        assert!(validate(&bare).is_err());
        // No pool takes it. An author may include it, and it does nothing then.
        begin();
        assert_eq!(apply(&bare), Ok(Err(DispatchError::BadOrigin)));
    });
}

#[test]
fn keep_a_provider_alive_for_nothing() {
    on_a_serving_chain(|_| {
        let epoch = 3u32;
        let block = epoch * (HEARTBEAT_TIMEOUT / 4);
        System::set_block_number(block - 1);
        let heartbeat = |epoch: u32| {
            let message = heartbeat_message(&GENESIS, &provider(), &epoch);
            let call = pallet_compute_providers::Call::heartbeat_authorized {
                provider: provider(),
                epoch,
                signature: MultiSignature::Sr25519(PROVIDER.sign(&message)),
            };
            general(call.into(), 0, 0)
        };
        let last = || {
            let provider = ComputeProviders::provider_info(&provider());
            provider.expect("it is registered").last_heartbeat
        };
        assert!(validate(&heartbeat(epoch)).is_ok());
        let future = Err(InvalidTransaction::Future.into());
        assert_eq!(validate(&heartbeat(epoch + 1)), future);

        Executive::initialize_block(&Header::new(
            block,
            Default::default(),
            Default::default(),
            Hash::zero(),
            Default::default(),
        ));
        let before = Balances::free_balance(provider());
        assert_eq!(apply(&heartbeat(epoch)), Ok(Ok(())));
        assert_eq!((last(), fees_paid()), (block, 0));
        assert_eq!(Balances::free_balance(provider()), before);
        let stale = Err(InvalidTransaction::Stale.into());
        assert_eq!(apply(&heartbeat(epoch)), stale);
    });
}
