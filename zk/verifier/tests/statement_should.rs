//! Contexts, key names and canonical elements.

use codec::{Decode, Encode};
use lattice_tensor::ModelId;
use lattice_verifier::{
    context, has_canonical_coordinates, is_canonical, vk_id, ProofVersion, Statement,
};
use proptest::prelude::*;

/// r - 1, r and r + 1 in little-endian order.
fn around_the_order() -> [[u8; 32]; 3] {
    let mut order = hex::decode("010000f093f5e1439170b97948e833285d588181b64550b829a031e1724e6430")
        .expect("hex");
    let mut around = [[0; 32]; 3];
    for (low, bytes) in around.iter_mut().enumerate() {
        order[0] = low as u8;
        bytes.copy_from_slice(&order);
    }
    around
}

#[test]
fn call_exactly_the_numbers_below_the_order_canonical() {
    let [below, order, above] = around_the_order();
    assert!(is_canonical(&[0; 32]));
    assert!(is_canonical(&below));
    assert!(!is_canonical(&order));
    assert!(!is_canonical(&above));
    assert!(!is_canonical(&[0xff; 32]));
}

/// p - 1 and p in little-endian order.
fn around_the_modulus() -> [[u8; 32]; 2] {
    let modulus = hex::decode("47fd7cd8168c203c8dca7168916a81975d588181b64550b829a031e1724e6430")
        .expect("hex");
    let mut around = [[0; 32]; 2];
    for bytes in &mut around {
        bytes.copy_from_slice(&modulus);
    }
    around[0][0] -= 1;
    around
}

#[test]
fn take_for_a_proof_only_what_has_every_coordinate_below_the_modulus() {
    let [below, modulus] = around_the_modulus();
    for coordinates in [4, 5] {
        let proof = below.repeat(coordinates);
        assert!(has_canonical_coordinates(&proof));
        for position in 0..coordinates {
            let with = |coordinate: &[u8; 32]| {
                let mut proof = proof.clone();
                proof[32 * position..32 * (position + 1)].copy_from_slice(coordinate);
                has_canonical_coordinates(&proof)
            };
            assert!(with(&[0; 32]));
            assert!(!with(&modulus), "{position}");
            // A sign, where a point ends; the mark of the identity nowhere.
            let flagged = |flag: u8| {
                let mut coordinate = below;
                coordinate[31] |= flag;
                with(&coordinate)
            };
            assert_eq!(flagged(0x80), position != 1, "{position}");
            assert!(!flagged(0x40), "{position}");
            assert!(!flagged(0xc0), "{position}");
        }
    }
    for length in [0, 32, 96, 127, 129, 192] {
        assert!(!has_canonical_coordinates(&vec![0; length]), "{length}");
    }
}

#[test]
fn encode_a_statement_as_its_96_bytes_in_order() {
    let statement = Statement {
        context: [1; 32],
        input_commitment: [2; 32],
        output_commitment: [3; 32],
    };
    let bytes = statement.encode();
    assert_eq!(bytes, [[1u8; 32], [2; 32], [3; 32]].concat());
    assert_eq!(statement.inputs().concat(), bytes);
    assert_eq!(Statement::decode(&mut &bytes[..]), Ok(statement));
}

#[test]
fn encode_a_version_as_its_number() {
    assert_eq!(
        ProofVersion::ALL.map(|version| version.encode()),
        [[1], [2]]
    );
    for (byte, version) in [(0, None), (1, Some(ProofVersion::ALL[0])), (3, None)] {
        assert_eq!(ProofVersion::decode(&mut &[byte][..]).ok(), version);
    }
}

#[test]
fn name_one_key_differently_for_every_model_version_and_phase() {
    let key = [5u8; 360];
    let names = [
        vk_id(&ModelId([1; 32]), 1, &[0; 32], &key),
        vk_id(&ModelId([2; 32]), 1, &[0; 32], &key),
        vk_id(&ModelId([1; 32]), 2, &[0; 32], &key),
        vk_id(&ModelId([1; 32]), 1, &[1; 32], &key),
        vk_id(&ModelId([1; 32]), 1, &[0; 32], &key[..359]),
    ];
    for (i, name) in names.iter().enumerate() {
        assert!(!names[..i].contains(name));
    }
}

#[cfg(feature = "arkworks")]
mod agree_with_arkworks {
    use super::*;
    use ark_ff::PrimeField;
    use lattice_verifier::field;

    #[test]
    fn about_the_order() {
        let [below, order, above] = around_the_order();
        assert!(field::decode(&below).is_some());
        assert!(field::decode(&order).is_none());
        assert!(field::decode(&above).is_none());
    }

    proptest! {
        #[test]
        fn about_canonical_elements(mut bytes in any::<[u8; 32]>(), top in 0u8..=0x40) {
            bytes[31] = top;
            let decoded = field::decode(&bytes);
            prop_assert_eq!(decoded.is_some(), is_canonical(&bytes));
            if let Some(element) = decoded {
                prop_assert_eq!(element, ark_bn254::Fr::from_le_bytes_mod_order(&bytes));
                prop_assert_eq!(field::encode(&element), bytes);
            }
        }
    }
}

proptest! {
    /// Also bytes moved from one field to its neighbour.
    #[test]
    fn give_another_context_to_another_request(
        genesis in any::<[u8; 32]>(), request in any::<u64>(), content in any::<[u8; 32]>(),
        provider in proptest::collection::vec(any::<u8>(), 0..40), model in any::<[u8; 32]>(),
    ) {
        let own = context(&genesis, request, &content, &provider, &ModelId(model));
        prop_assert!(is_canonical(&own));
        let mut longer = provider.clone();
        longer.push(0);
        let others = [
            context(&content, request, &genesis, &provider, &ModelId(model)),
            context(&genesis, request ^ 1, &content, &provider, &ModelId(model)),
            context(&genesis, request, &model, &provider, &ModelId(content)),
            context(&genesis, request, &content, &longer, &ModelId(model)),
            context(&genesis, request, &content, &model, &ModelId(content)),
        ];
        prop_assert!(!others.contains(&own));
    }
}
