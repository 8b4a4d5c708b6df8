//! Decoding a manifest: exactly one encoding, and only valid graphs.

use codec::Encode;
use lattice_tensor::{
    limits, testing, Clamp, DType, InputDecl, Manifest, ModelBuilder, ModelError, Op, Range, Scale,
    Shape, TensorData, TensorDecl,
};
use proptest::prelude::*;

/// A graph without tensors over a vector of four.
fn manifest(ops: Vec<Op>) -> Manifest {
    Manifest {
        spec_version: 1,
        input: InputDecl {
            shape: Shape::new([4]).unwrap(),
            range: Range { lo: 0, hi: 16 },
            scale: Scale::ONE,
        },
        tensors: Vec::new(),
        ops,
        output_scale: Scale::ONE,
        weight_root: [0; 32],
    }
}

fn relus(count: u16) -> Manifest {
    manifest((0..count).map(|input| Op::Relu { input }).collect())
}

fn mlp() -> Manifest {
    testing::random_mlp(7, &[6, 5, 4], Range { lo: -3, hi: 3 })
        .manifest()
        .clone()
}

#[test]
fn give_the_shapes_that_the_model_has() {
    for seed in 0..6 {
        let model = testing::random_graph(seed);
        let shapes = model.manifest().shapes().unwrap();
        assert_eq!(shapes.len(), model.ops().len() + 1);
        for (shape, value) in shapes.iter().zip(0..) {
            assert_eq!(shape, model.shape(value));
        }
    }
    let error = Err(ModelError::NoOps);
    assert_eq!(manifest(Vec::new()).shapes(), error);
}

#[test]
fn give_back_what_was_encoded_and_hash_it() {
    let manifest = mlp();
    let decoded = Manifest::decode_strict(&manifest.encode()).unwrap();
    assert_eq!(decoded, manifest);
    assert_eq!(decoded.id(), manifest.id());
    assert!(manifest.id().to_string().starts_with("0x"));
    assert_eq!(manifest.id().to_string().len(), 66);
}

#[test]
fn summarise_without_weights() {
    let summary = mlp().summary().unwrap();
    assert_eq!((summary.input_len, summary.output_len), (6, 4));
    assert_eq!(summary.input_range, Range { lo: -3, hi: 3 });
    assert_eq!(summary.multiply_accumulates, 6 * 5 + 5 * 4);
    assert_eq!(summary.activations, 6 + 5 + 5 + 4);
    let model = testing::random_mlp(7, &[6, 5, 4], Range { lo: -3, hi: 3 });
    let bytes: u64 = model.tensors().iter().map(TensorData::byte_len).sum();
    assert_eq!((summary.weight_bytes, summary), (bytes, *model.summary()));
}

mod reject {
    use super::*;

    #[test]
    fn every_truncation_and_every_trailing_byte() {
        let bytes = mlp().encode();
        for end in 0..bytes.len() {
            assert!(
                matches!(
                    Manifest::decode_strict(&bytes[..end]),
                    Err(ModelError::Malformed(_))
                ),
                "{end} of {} bytes",
                bytes.len()
            );
        }
        let mut longer = bytes;
        longer.extend([0, 0, 0]);
        assert_eq!(
            Manifest::decode_strict(&longer),
            Err(ModelError::TrailingBytes(3))
        );
    }

    #[test]
    fn a_length_that_is_not_in_its_shortest_form() {
        let bytes = relus(1).encode();
        // version 2, shape 1 + 4, range 2, scale 6: the empty list of tensors is byte 15.
        assert_eq!(bytes[15], 0);
        let mut longer = bytes[..15].to_vec();
        longer.extend([0b01, 0]);
        longer.extend(&bytes[16..]);
        assert!(matches!(
            Manifest::decode_strict(&longer),
            Err(ModelError::Malformed(_) | ModelError::NonCanonical)
        ));
    }

    #[test]
    fn other_versions_by_number_before_anything_else() {
        let mut bytes = mlp().encode();
        bytes[0] = 2;
        assert_eq!(
            Manifest::decode_strict(&bytes),
            Err(ModelError::UnsupportedVersion(2))
        );
        let mut manifest = mlp();
        manifest.spec_version = 0;
        assert_eq!(manifest.summary(), Err(ModelError::UnsupportedVersion(0)));
    }

    #[test]
    fn manifests_over_the_limit_before_decoding() {
        let bytes = vec![1; limits::MAX_MANIFEST_BYTES + 1];
        let error = ModelError::ManifestTooLong {
            found: bytes.len(),
            limit: limits::MAX_MANIFEST_BYTES,
        };
        assert_eq!(Manifest::decode_strict(&bytes), Err(error));
        let mut manifest = relus(1);
        manifest.ops.push(Op::Requantize {
            input: 1,
            shifts: vec![1; 70_000],
            clamp: Clamp::FULL,
        });
        assert!(matches!(
            manifest.summary(),
            Err(ModelError::ManifestTooLong { .. })
        ));
    }

    #[test]
    fn lists_that_promise_more_than_the_bytes_hold() {
        // A list of 2^30 tensors in a manifest of 20 bytes.
        let mut bytes = relus(1).encode()[..15].to_vec();
        bytes.extend([0x03, 0x00, 0x00, 0x00, 0x40]);
        assert!(matches!(
            Manifest::decode_strict(&bytes),
            Err(ModelError::Malformed(_))
        ));
    }

    #[test]
    fn values_that_grow_without_bytes() {
        let mut manifest = relus(20);
        manifest.input.shape = Shape::new([1 << 20]).unwrap();
        let error = manifest.summary().unwrap_err();
        assert_eq!(
            error,
            ModelError::TooManyActivations {
                op: 3,
                what: "channels",
                limit: limits::MAX_CHANNELS
            }
        );
        manifest.input.shape = Shape::new([1, 1 << 20]).unwrap();
        assert!(matches!(
            manifest.summary(),
            Err(ModelError::TooManyActivations {
                op: 15,
                what: "elements",
                ..
            })
        ));
        let doubling = (0..30).map(|input| Op::Concat {
            inputs: vec![input, input],
            axis: 0,
        });
        assert!(super::manifest(doubling.collect()).summary().is_err());
    }

    #[test]
    fn graphs_without_operators_or_with_too_many() {
        assert_eq!(relus(0).summary(), Err(ModelError::NoOps));
        assert_eq!(relus(4_097).summary(), Err(ModelError::TooManyOps(4_097)));
        assert!(relus(4_096).summary().is_ok());
    }

    #[test]
    fn values_used_before_they_are_defined() {
        for value in [1, 2, u16::MAX] {
            assert_eq!(
                manifest(vec![Op::Relu { input: value }]).summary(),
                Err(ModelError::UnknownValue { op: 0, value })
            );
        }
    }

    #[test]
    fn values_that_nothing_uses() {
        let ops = vec![Op::Relu { input: 0 }, Op::Relu { input: 0 }];
        assert_eq!(manifest(ops).summary(), Err(ModelError::UnusedValue(1)));
    }

    #[test]
    fn unreferenced_reordered_shared_and_unknown_tensors() {
        let mut unreferenced = mlp();
        unreferenced.tensors.push(TensorDecl {
            name: "stowaway".into(),
            dtype: DType::I8,
            shape: Shape::new([1]).unwrap(),
        });
        assert_eq!(
            unreferenced.summary(),
            Err(ModelError::UnreferencedTensor("stowaway".into()))
        );
        let with_weight = |tensor| {
            let mut manifest = mlp();
            if let Some(Op::Linear { weight, .. }) = manifest.ops.last_mut() {
                *weight = tensor;
            }
            manifest.summary()
        };
        assert!(matches!(
            with_weight(0),
            Err(ModelError::TensorOrder {
                op: 2,
                tensor: 0,
                ..
            })
        ));
        assert_eq!(
            with_weight(99),
            Err(ModelError::UnknownTensor { op: 2, tensor: 99 })
        );
    }

    #[test]
    fn names_that_are_empty_long_doubled_unprintable_or_reserved() {
        let named = |name: &str| {
            let mut manifest = mlp();
            manifest.tensors[0].name = name.into();
            manifest.summary().map(|_| ())
        };
        assert_eq!(named(&"x".repeat(64)), Ok(()));
        let other = mlp().tensors[1].name.clone();
        assert_eq!(named(&other), Err(ModelError::DuplicateName(other.clone())));
        for name in ["", "a b", "é", "line\n", "__metadata__", &"x".repeat(65)] {
            assert_eq!(
                named(name),
                Err(ModelError::InvalidName {
                    tensor: 0,
                    name: name.into()
                })
            );
        }
    }

    #[test]
    fn weights_over_a_gibibyte_although_nobody_sent_them() {
        let mut manifest = relus(1);
        manifest.tensors = (0..65)
            .map(|index| TensorDecl {
                name: format!("t{index}"),
                dtype: DType::I8,
                shape: Shape::new([1 << 12, 1 << 12]).unwrap(),
            })
            .collect();
        assert_eq!(
            manifest.summary(),
            Err(ModelError::WeightsTooLarge(65 << 24))
        );
    }

    #[test]
    fn tensors_of_the_wrong_type() {
        let mut manifest = mlp();
        manifest.tensors[0].dtype = DType::I32;
        assert_eq!(
            manifest.summary(),
            Err(ModelError::DTypeMismatch {
                op: 0,
                tensor: 0,
                expected: "i8"
            })
        );
    }

    #[test]
    fn ranges_and_scales_that_mean_nothing() {
        let mut range = mlp();
        range.input.range = Range { lo: 1, hi: 1 };
        assert_eq!(
            range.summary(),
            Err(ModelError::InvalidRange { lo: 1, hi: 1 })
        );
        assert!(Manifest::decode_strict(&range.encode()).is_err());
        let mut scale = mlp();
        scale.output_scale.mantissa = 0;
        assert!(matches!(
            scale.summary(),
            Err(ModelError::InvalidScale { .. })
        ));
    }
}

proptest! {
    #[test]
    fn never_panic_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        if let Ok(manifest) = Manifest::decode_strict(&bytes) {
            prop_assert_eq!(manifest.encode(), bytes);
        }
    }

    #[test]
    fn accept_a_changed_byte_only_as_another_manifest(
        seed in 0u64..40, at in any::<prop::sample::Index>(), change in 1u8..,
    ) {
        let manifest = testing::random_graph(seed).manifest().clone();
        let mut bytes = manifest.encode();
        let index = at.index(bytes.len());
        bytes[index] ^= change;
        if let Ok(other) = Manifest::decode_strict(&bytes) {
            prop_assert_ne!(other.id(), manifest.id());
            prop_assert_eq!(other.encode(), bytes);
            // Any answer, and no panic.
            let _ = other.summary();
        }
    }
}

#[test]
fn builders_refuse_weights_that_are_not_whole_rows() {
    let builder =
        || ModelBuilder::new(Shape::new([2]).unwrap(), Range { lo: 0, hi: 1 }, Scale::ONE);
    for (weights, out) in [(3, 2), (2, 0), (0, 2)] {
        assert!(matches!(
            builder().linear("fc", vec![0; weights], out, None),
            Err(ModelError::InvalidShape(_))
        ));
    }
}
