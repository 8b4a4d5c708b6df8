//! Every call of Lattice's own pallets.

use frame_support::weights::Weight;
use lattice_host::ceremony::{
    Challenge, Contribution, Knowledge, Opening, Phase1, Query, Roots, Start, TrapdoorPoints,
};
use lattice_primitives::{
    Hardware, Offer, Pricing, RequestOptions, Requirements, Setup, Verification,
};
use lattice_runtime::{AccountId, Runtime, RuntimeCall};
use pallet_ai_programs::{Call as Programs, WeightInfo as _};
use pallet_ceremonies::{Call as Ceremonies, WeightInfo as _};
use pallet_compute_providers::{Call as Providers, WeightInfo as _};
use pallet_inference::{Call as Inference, WeightInfo as _};
use pallet_model_registry::{Call as Registry, WeightInfo as _};
use pallet_payment_channels::{Call as Channels, WeightInfo as _};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::MultiSignature;

pub type RegistryWeights = pallet_model_registry::weights::SubstrateWeight<Runtime>;
pub type ProviderWeights = pallet_compute_providers::weights::SubstrateWeight<Runtime>;
pub type InferenceWeights = pallet_inference::weights::SubstrateWeight<Runtime>;
pub type ProgramWeights = pallet_ai_programs::weights::SubstrateWeight<Runtime>;
pub type ChannelWeights = pallet_payment_channels::weights::SubstrateWeight<Runtime>;
pub type ReplicationWeights = pallet_replication::weights::SubstrateWeight<Runtime>;
pub type OptimisticWeights = pallet_optimistic::weights::SubstrateWeight<Runtime>;
pub type PrivateWeights = pallet_private_requests::weights::SubstrateWeight<Runtime>;
pub type DisputeWeights = pallet_disputes::weights::SubstrateWeight<Runtime>;
pub type SubscriptionWeights = pallet_subscriptions::weights::SubstrateWeight<Runtime>;
pub type CeremonyWeights = pallet_ceremonies::weights::SubstrateWeight<Runtime>;

/// Every call of Lattice's own pallets, each once, with the weight that its
/// benchmark gives.
pub fn calls() -> Vec<(RuntimeCall, Weight)> {
    let mut calls = registry_calls();
    calls.extend(provider_calls());
    calls.extend(inference_calls());
    calls.extend(program_calls());
    calls.extend(ceremony_calls());
    calls.extend(channel_calls());
    calls.extend(subscription_calls());
    calls.extend(super::tiers::calls());
    calls
}

fn registry_calls() -> Vec<(RuntimeCall, Weight)> {
    let register = Registry::register {
        name: vec![b'x'; 6].try_into().expect("short enough"),
        version: 1,
        manifest: vec![0; 300].try_into().expect("short enough"),
        requirements: Requirements::default(),
        pricing: Pricing::default(),
        parent: None,
    };
    let register_key = Registry::register_key {
        model: 0,
        verifying_key: vec![0; 360].try_into().expect("short enough"),
        setup: Setup::Dev,
        circuit_version: 1,
        phase1_id: H256::zero(),
        proving_key_hash: H256::zero(),
    };
    let update_pricing = Registry::update_pricing {
        model: 0,
        pricing: Pricing::default(),
    };
    let transfer = Registry::transfer {
        model: 0,
        new_owner: alice().into(),
    };
    let upload_chunk = Registry::upload_chunk {
        model: 0,
        index: 0,
        bytes: vec![0; 100].try_into().expect("short enough"),
    };
    vec![
        (register.into(), RegistryWeights::register(6, 300)),
        (register_key.into(), RegistryWeights::register_key()),
        (update_pricing.into(), RegistryWeights::update_pricing()),
        (
            Registry::deprecate { model: 0 }.into(),
            RegistryWeights::deprecate(),
        ),
        (transfer.into(), RegistryWeights::transfer()),
        (upload_chunk.into(), RegistryWeights::upload_chunk(100)),
        // Before they run, these weigh their worst case.
        (
            Registry::finalize { model: 0 }.into(),
            RegistryWeights::finalize(16, 65_536, 1_000_000),
        ),
        (
            Registry::clear_chunks { model: 0 }.into(),
            RegistryWeights::clear_chunks(16),
        ),
    ]
}

fn provider_calls() -> Vec<(RuntimeCall, Weight)> {
    let register = Providers::register {
        stake: 1,
        hardware: Hardware::default(),
        endpoints: Default::default(),
        capacity: 1,
    };
    let set_offer = Providers::set_offer {
        model: 0,
        price: 1,
        min_deadline: 1,
    };
    let heartbeat = Providers::heartbeat_authorized {
        provider: alice(),
        epoch: 0,
        signature: MultiSignature::Sr25519([0; 64].into()),
    };
    let update_profile = Providers::update_profile {
        hardware: Hardware::default(),
        endpoints: Default::default(),
        capacity: 1,
    };
    vec![
        (register.into(), ProviderWeights::register(0)),
        (
            Providers::top_up { amount: 1 }.into(),
            ProviderWeights::top_up(),
        ),
        (
            Providers::unbond { amount: 1 }.into(),
            ProviderWeights::unbond(),
        ),
        (
            Providers::withdraw_unbonded {}.into(),
            ProviderWeights::withdraw_unbonded(),
        ),
        (
            set_offer.into(),
            ProviderWeights::set_offer_in_full_ranking(),
        ),
        (
            Providers::set_offer_with {
                model: 0,
                offer: Offer::per_inference(1, 1),
            }
            .into(),
            ProviderWeights::set_offer_in_full_ranking(),
        ),
        (
            Providers::set_residency {
                model: 0,
                resident: true,
            }
            .into(),
            ProviderWeights::set_residency(),
        ),
        (
            Providers::remove_offer { model: 0 }.into(),
            ProviderWeights::remove_offer(),
        ),
        (Providers::heartbeat {}.into(), ProviderWeights::heartbeat()),
        // Its signature is weighed apart, as its authorization.
        (heartbeat.into(), ProviderWeights::heartbeat()),
        // Before it runs, a call weighs its worst case.
        (
            Providers::deregister {}.into(),
            ProviderWeights::deregister(32),
        ),
        (update_profile.into(), ProviderWeights::update_profile(0)),
        (
            Providers::set_paused { paused: true }.into(),
            ProviderWeights::set_paused(),
        ),
        (
            Providers::veto_slash { slash: 0 }.into(),
            ProviderWeights::veto_slash(),
        ),
    ]
}

fn inference_calls() -> Vec<(RuntimeCall, Weight)> {
    let request = Inference::request_inference {
        model: 0,
        input: vec![0; 64].try_into().expect("short enough"),
        max_price: 1,
        deadline: 20,
        verification: Verification::Proven,
    };
    let request_with = Inference::request_inference_with {
        model: 0,
        input: vec![0; 64].try_into().expect("short enough"),
        max_price: 1,
        deadline: 20,
        verification: Verification::Proven,
        options: RequestOptions::default(),
    };
    let submit = Inference::submit_result {
        request: 0,
        context: H256::zero(),
        output: vec![0; 10].try_into().expect("short enough"),
        proof: [0; 128].into(),
    };
    let result = pallet_inference::ResultSubmission {
        request: 0,
        context: H256::zero(),
        output: vec![0; 10].try_into().expect("short enough"),
        proof: [0; 128].into(),
    };
    let most = usize::try_from(lattice_host::MAX_BATCH).expect("fits");
    let results = vec![result; most];
    let batch = Inference::submit_results {
        results: results.clone().try_into().expect("few enough"),
    };
    let authorized = Inference::submit_authorized {
        provider: alice(),
        results: results.try_into().expect("few enough"),
        signature: MultiSignature::Sr25519([0; 64].into()),
    };
    vec![
        (request.into(), InferenceWeights::request_inference(64, 64)),
        (
            request_with.into(),
            InferenceWeights::request_inference(64, 64),
        ),
        (submit.into(), InferenceWeights::submit_result(10)),
        // Before it runs, each result of a batch has a key of its own.
        (
            batch.into(),
            InferenceWeights::submit_results(lattice_host::MAX_BATCH, 16),
        ),
        // Its signature and its requests are weighed apart, as its authorization.
        (
            authorized.into(),
            InferenceWeights::submit_results(lattice_host::MAX_BATCH, 16),
        ),
        (
            Inference::expire { request: 0 }.into(),
            InferenceWeights::pass_on(64),
        ),
        (
            Inference::accept { request: 0 }.into(),
            InferenceWeights::accept(),
        ),
        (
            Inference::cancel { request: 0 }.into(),
            InferenceWeights::cancel(),
        ),
    ]
}

fn program_calls() -> Vec<(RuntimeCall, Weight)> {
    let upload_code = Programs::upload_code {
        code: vec![0; 100].try_into().expect("short enough"),
    };
    let instantiate = Programs::instantiate {
        code_hash: H256::zero(),
        value: 1,
        input: vec![0; 10].try_into().expect("short enough"),
        gas_limit: GAS,
        salt: H256::zero(),
        models: Default::default(),
        verifying_keys: Default::default(),
    };
    let call = Programs::call {
        program: alice(),
        value: 1,
        input: vec![0; 10].try_into().expect("short enough"),
        gas_limit: GAS,
        models: Default::default(),
        verifying_keys: Default::default(),
    };
    let execute = Programs::execute {
        bytecode: vec![0; 10].try_into().expect("short enough"),
        gas_limit: GAS,
        models: Default::default(),
        verifying_keys: Default::default(),
        keep_states: true,
    };
    let gas = Weight::from_parts(GAS, 0);
    let remove_code = Programs::remove_code {
        code_hash: H256::zero(),
    };
    vec![
        (upload_code.into(), ProgramWeights::upload_code(100)),
        (remove_code.into(), ProgramWeights::remove_code()),
        (instantiate.into(), ProgramWeights::instantiate(10) + gas),
        (call.into(), ProgramWeights::call(10) + gas),
        (execute.into(), ProgramWeights::execute(10) + gas),
        (
            Programs::clear_records {}.into(),
            ProgramWeights::clear_records(),
        ),
    ]
}

fn ceremony_calls() -> Vec<(RuntimeCall, Weight)> {
    let delta = TrapdoorPoints::START;
    let roots = Roots {
        l: [0; 32],
        h: [0; 32],
    };
    let start = Start {
        model: lattice_host::ModelId([0; 32]),
        circuit_version: 1,
        phase1: Phase1 {
            power: 4,
            alpha_g1: delta.g1,
            beta_g1: delta.g1,
            beta_g2: delta.g2,
            points: [0; 32],
        },
        gamma_abc: [delta.g1; 4],
        l_count: 1,
        h_count: 1,
        roots,
        commitment: None,
    };
    let contribution = Contribution {
        delta,
        knowledge: Knowledge {
            commitment: delta.g1,
            response: [0; 32],
        },
        roots,
        commitment: None,
    };
    let opening = Opening {
        point: delta.g1,
        path: vec![[0; 32]; 32],
    };
    let challenge = Challenge {
        query: Query::L,
        index: 0,
        before: opening.clone(),
        after: opening,
    };
    let contribute = Ceremonies::contribute {
        ceremony: 0,
        index: 0,
        previous: H256::zero(),
        contribution,
    };
    let challenge = Ceremonies::challenge {
        ceremony: 0,
        index: 0,
        challenge,
    };
    let finalize = Ceremonies::finalize {
        ceremony: 0,
        proving_key_hash: H256::zero(),
    };
    let discard = Ceremonies::discard {
        ceremony: 0,
        from: 0,
        slash: true,
    };
    let abort = Ceremonies::abort {
        ceremony: 0,
        slash: true,
    };
    let phase1_id = H256::zero();
    // Before they run, those with a number of contributions weigh their worst case.
    vec![
        (
            Ceremonies::pin_phase1 { phase1_id }.into(),
            CeremonyWeights::pin_phase1(),
        ),
        (
            Ceremonies::open { model: 0, start }.into(),
            CeremonyWeights::open(),
        ),
        (contribute.into(), CeremonyWeights::contribute()),
        (challenge.into(), CeremonyWeights::challenge(32)),
        (finalize.into(), CeremonyWeights::finalize(32)),
        (
            Ceremonies::close { ceremony: 0 }.into(),
            CeremonyWeights::close(32),
        ),
        (discard.into(), CeremonyWeights::discard(32)),
        (abort.into(), CeremonyWeights::abort(32)),
    ]
}

fn channel_calls() -> Vec<(RuntimeCall, Weight)> {
    let open = Channels::open {
        model: 0,
        provider: alice(),
        deposit: 1,
        max_unit_price: 1,
    };
    let top_up = Channels::top_up {
        channel: 0,
        amount: 1,
    };
    let redeem = Channels::redeem {
        channel: 0,
        cumulative: 1,
        signature: MultiSignature::Sr25519([0; 64].into()),
    };
    vec![
        (open.into(), ChannelWeights::open()),
        (top_up.into(), ChannelWeights::top_up()),
        (redeem.into(), ChannelWeights::redeem()),
        (
            Channels::close { channel: 0 }.into(),
            ChannelWeights::close(),
        ),
        (
            Channels::withdraw { channel: 0 }.into(),
            ChannelWeights::withdraw(),
        ),
    ]
}

fn subscription_calls() -> Vec<(RuntimeCall, Weight)> {
    use pallet_subscriptions::{Call, WeightInfo as _};
    let set_plan = Call::set_plan {
        model: 0,
        period: 1,
        quota: 1,
        price: 1,
    };
    let subscribe = Call::subscribe {
        plan: 0,
        periods: 1,
        max_total: 1,
    };
    let subscription = 0;
    [
        (set_plan, SubscriptionWeights::set_plan()),
        (
            Call::remove_plan { plan: 0 },
            SubscriptionWeights::remove_plan(),
        ),
        (subscribe, SubscriptionWeights::subscribe()),
        (
            Call::settle_period { subscription },
            SubscriptionWeights::settle_period(),
        ),
        (Call::cancel { subscription }, SubscriptionWeights::cancel()),
        (
            Call::terminate { subscription },
            SubscriptionWeights::terminate(),
        ),
        (
            Call::report_absence { subscription },
            SubscriptionWeights::report_absence(),
        ),
    ]
    .map(|(call, weight)| (RuntimeCall::from(call), weight))
    .into()
}

/// The largest gas limit of a call.
pub const GAS: u64 = lattice_runtime::configs::programs::MAX_GAS;

pub fn alice() -> AccountId {
    Sr25519Keyring::Alice.to_account_id()
}
