use super::*;

#[test]
fn from_anyone_but_the_owner() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        let chunk = chunks_of(large()).swap_remove(0);
        assert_noop!(upload(BOB, 0, 0, chunk.clone()), Error::<Test>::NotOwner);
        assert_noop!(
            upload(ALICE, 1, 0, chunk.clone()),
            Error::<Test>::UnknownModel
        );
        assert_ok!(upload(ALICE, 0, 0, chunk));
        assert_noop!(
            ModelRegistry::finalize(origin(BOB), 0),
            Error::<Test>::NotOwner
        );
        assert_noop!(
            ModelRegistry::clear_chunks(origin(BOB), 0),
            Error::<Test>::NotOwner
        );
        assert_noop!(
            ModelRegistry::clear_chunks(origin(ALICE), 1),
            Error::<Test>::UnknownModel
        );
    });
}

#[test]
fn beyond_the_last_chunk() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        for index in [3, 65_536, u32::MAX] {
            assert_noop!(
                upload(ALICE, 0, index, vec![0; 1]),
                Error::<Test>::InvalidChunkIndex
            );
        }
    });
}

#[test]
fn with_any_length_but_the_chunks_own() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        for (index, chunk) in (0..).zip(chunks_of(large())) {
            let mut lengths = vec![0, chunk.len() - 1];
            if chunk.len() < CHUNK_BYTES as usize {
                lengths.extend([chunk.len() + 1, CHUNK_BYTES as usize]);
            }
            for length in lengths {
                assert_noop!(
                    upload(ALICE, 0, index, vec![0; length]),
                    Error::<Test>::WrongChunkLength
                );
            }
        }
    });
}

#[test]
fn longer_than_a_chunk_before_the_call_is_decoded() {
    let call = |length: usize| {
        // The fields of the call, with bytes of any length.
        let mut encoded = Call::<Test>::upload_chunk {
            model: 0,
            index: 0,
            bytes: BoundedVec::new(),
        }
        .encode();
        encoded.pop();
        vec![7u8; length].encode_to(&mut encoded);
        Call::<Test>::decode(&mut encoded.as_slice())
    };
    let longest = CHUNK_BYTES as usize;
    assert!(call(longest).is_ok());
    assert!(call(longest + 1).is_err());
}

#[test]
fn without_funds_for_the_deposit() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        assert_ok!(Balances::transfer_allow_death(
            origin(ALICE),
            BOB,
            ENDOWMENT - held(ALICE) - 1_000,
        ));
        let chunk = chunks_of(large()).swap_remove(0);
        assert_noop!(upload(ALICE, 0, 0, chunk), TokenError::FundsUnavailable);
    });
}

#[test]
fn beyond_what_the_chain_stores() {
    on_a_fresh_chain(|| {
        let bytes = tensor_bytes(large()).len() as u32;
        assert_ok!(register_model(ALICE, "large", large()));
        MaxModelBytes::set(bytes - 1);
        let chunk = chunks_of(large()).swap_remove(0);
        assert_noop!(
            upload(ALICE, 0, 0, chunk.clone()),
            Error::<Test>::ModelTooLarge
        );
        assert_noop!(
            ModelRegistry::finalize(origin(ALICE), 0),
            Error::<Test>::ModelTooLarge
        );
        MaxModelBytes::set(bytes);
        assert_ok!(upload(ALICE, 0, 0, chunk));
    });
}

#[test]
fn of_a_model_with_too_many_values_to_check() {
    fn wide(relus: u64) -> Model {
        let width = 1 << 16;
        let shape = Shape::new([width]).unwrap();
        let range = Range { lo: 0, hi: 1 };
        let mut builder = ModelBuilder::new(shape, range, Scale::ONE);
        for _ in 0..relus {
            builder = builder.relu().unwrap();
        }
        builder.build(Scale::ONE).unwrap()
    }
    on_a_fresh_chain(|| {
        let most = MAX_STORED_ACTIVATIONS / (1 << 16) - 1;
        store(ALICE, "most", &wide(most));
        assert_ok!(register_model(ALICE, "more", &wide(most + 1)));
        assert_noop!(
            ModelRegistry::finalize(origin(ALICE), 1),
            Error::<Test>::ModelTooLarge
        );
    });
}
