use super::*;
use crate::{testing::encode_call as encode, Preference, Selection};
use codec::{Compact, Encode};

#[test]
fn calls_on_models_are_those_of_the_chain() {
    let bytes = encode(
        "ModelRegistry",
        "upload_chunk",
        UploadChunk {
            model: 3,
            index: 1,
            bytes: vec![7, 8],
        },
    );
    assert_eq!(bytes, (3u32, 1u32, vec![7u8, 8]).encode());
    for call in ["finalize", "clear_chunks"] {
        let bytes = encode("ModelRegistry", call, OfModel { model: 3 });
        assert_eq!(bytes, 3u32.encode());
    }
}

#[test]
fn batches_of_results_are_those_of_the_chain() {
    let result = |request: RequestId| ResultSubmission {
        request,
        context: H256::repeat_byte(1),
        output: vec![-3, 4],
        proof: [5; 128].into(),
    };
    let results = vec![result(6), result(7)];
    let expected = results
        .iter()
        .map(|r| (r.request, r.context, r.output.clone(), r.proof))
        .collect::<Vec<_>>()
        .encode();
    assert_eq!(results.encode(), expected);
    let results = results.into_iter().map(Submitted::from).collect();
    let bytes = encode("Inference", "submit_results", SubmitResults { results });
    assert_eq!(bytes, expected);
}

#[test]
fn requests_are_those_of_the_chain() {
    let account = AccountId([2; 32]);
    let options = RequestOptions {
        selection: Selection {
            preference: Preference::Prefer(account),
            excluded: vec![AccountId([3; 32])].try_into().expect("few enough"),
        },
        attempts: 2,
        accept_within: Some(4),
        subscription: Some(5),
    };
    let fields = RequestInferenceWith {
        model: 3,
        input: vec![-1, 5],
        max_price: 6,
        deadline: 7,
        verification: Static(Verification::ProvenByCeremony),
        options: Static(options.clone()),
    };
    let bytes = encode("Inference", "request_inference_with", fields);
    let verification = Verification::ProvenByCeremony;
    let expected = (3u32, vec![-1i8, 5], 6u128, 7u32, verification, options);
    assert_eq!(bytes, expected.encode());
    for call in ["accept", "cancel", "expire"] {
        let bytes = encode("Inference", call, OfRequest { request: 8 });
        assert_eq!(bytes, 8u64.encode());
    }
    let offer = Offer {
        per_million_gas: 6,
        capacity: Some(3),
        resident: true,
        ..Offer::per_inference(5, 7)
    };
    let fields = SetOffer {
        model: 2,
        offer: Static(offer),
    };
    let bytes = encode("ComputeProviders", "set_offer_with", fields);
    assert_eq!(bytes, (2u32, offer).encode());
    let fields = SetResidency {
        model: 2,
        resident: true,
    };
    let bytes = encode("ComputeProviders", "set_residency", fields);
    assert_eq!(bytes, (2u32, true).encode());
    let bytes = encode("ComputeProviders", "set_paused", SetPaused { paused: true });
    assert_eq!(bytes, true.encode());
}

#[test]
fn calls_on_ceremonies_are_those_of_the_chain() {
    use lattice_verifier::ceremony::{
        CommitmentContribution, CommitmentStart, Knowledge, Opening, Phase1, Query, Roots,
        TrapdoorPoints,
    };
    let roots = Roots {
        l: [1; 32],
        h: [2; 32],
    };
    let start = Start {
        model: codec::Decode::decode(&mut &[3u8; 32][..]).expect("a hash"),
        circuit_version: 2,
        phase1: Phase1 {
            power: 11,
            alpha_g1: [4; 32],
            beta_g1: [5; 32],
            beta_g2: [6; 64],
            points: [7; 32],
        },
        gamma_abc: [[8; 32]; 4],
        l_count: 9,
        h_count: 10,
        roots,
        commitment: Some(CommitmentStart {
            gamma_abc: [11; 32],
            count: 12,
            root: [13; 32],
        }),
    };
    let fields = OpenCeremony {
        model: 3,
        start: Static(start),
    };
    let bytes = encode("Ceremonies", "open", fields);
    assert_eq!(bytes, (3u32, start).encode());

    let knowledge = Knowledge {
        commitment: [1; 32],
        response: [2; 32],
    };
    let contribution = Contribution {
        delta: TrapdoorPoints::START,
        knowledge,
        roots,
        commitment: Some(CommitmentContribution {
            epsilon: TrapdoorPoints::START,
            knowledge,
            root: [3; 32],
        }),
    };
    let previous = H256::repeat_byte(4);
    let fields = Contribute {
        ceremony: 5,
        index: 6,
        previous,
        contribution: Static(contribution),
    };
    let bytes = encode("Ceremonies", "contribute", fields);
    assert_eq!(bytes, (5u64, 6u32, previous, contribution).encode());

    let opening = Opening {
        point: [1; 32],
        path: vec![[2; 32]],
    };
    let challenge = Challenge {
        query: Query::H,
        index: 7,
        before: opening.clone(),
        after: opening,
    };
    let fields = ChallengeContribution {
        ceremony: 5,
        index: 6,
        challenge: Static(challenge.clone()),
    };
    let bytes = encode("Ceremonies", "challenge", fields);
    assert_eq!(bytes, (5u64, 6u32, challenge).encode());

    let fields = FinalizeCeremony {
        ceremony: 5,
        proving_key_hash: previous,
    };
    let bytes = encode("Ceremonies", "finalize", fields);
    assert_eq!(bytes, (5u64, previous).encode());

    let pin = RootOfCeremonies::pin_phase1 {
        phase1_id: previous,
    };
    let call = RootCall::Ceremonies(pin);
    let bytes = encode("Sudo", "sudo", Sudo { call });
    // The pallet's index and the call's come first.
    assert_eq!((bytes[0], &bytes[2..]), (14, &previous.0[..]));
}

#[test]
fn calls_on_programs_are_those_of_the_chain() {
    let (hash, account) = (H256::repeat_byte(1), AccountId([2; 32]));
    let (models, verifying_keys) = (vec![3u32], vec![4u32, 5]);
    let upload = encode("AiPrograms", "upload_code", UploadCode { code: vec![1] });
    assert_eq!(upload, vec![1u8].encode());
    let remove = encode("AiPrograms", "remove_code", RemoveCode { code_hash: hash });
    assert_eq!(remove, hash.encode());
    let instantiate = encode(
        "AiPrograms",
        "instantiate",
        Instantiate {
            code_hash: hash,
            value: 9,
            input: vec![6],
            gas_limit: 10,
            salt: hash,
            models: models.clone(),
            verifying_keys: verifying_keys.clone(),
        },
    );
    assert_eq!(
        instantiate,
        (
            hash,
            Compact(9u128),
            vec![6u8],
            Compact(10u64),
            hash,
            &models,
            &verifying_keys
        )
            .encode()
    );
    let call = encode(
        "AiPrograms",
        "call",
        CallProgram {
            program: account,
            value: 9,
            input: vec![6],
            gas_limit: 10,
            models: models.clone(),
            verifying_keys: verifying_keys.clone(),
        },
    );
    assert_eq!(
        call,
        (
            account,
            Compact(9u128),
            vec![6u8],
            Compact(10u64),
            &models,
            &verifying_keys
        )
            .encode()
    );
    let execute = encode(
        "AiPrograms",
        "execute",
        Execute {
            bytecode: vec![0xc1],
            gas_limit: 10,
            models: models.clone(),
            verifying_keys: verifying_keys.clone(),
            keep_states: true,
        },
    );
    assert_eq!(
        execute,
        (vec![0xc1u8], Compact(10u64), &models, &verifying_keys, true).encode()
    );
    assert!(encode("AiPrograms", "clear_records", Nothing {}).is_empty());
}
