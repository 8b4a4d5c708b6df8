//! A small real circuit with three public inputs, its keys and proofs, and malformed points by name.
//! Included by the tests and by the benchmark; neither uses all of it.
#![allow(dead_code)]

use ark_bn254::{g1, g2, Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, Field, One, PrimeField, UniformRand, Zero};
use ark_groth16::{Groth16, ProvingKey};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use ark_relations::lc;
use ark_serialize::CanonicalSerialize;
use ark_snark::{CircuitSpecificSetupSNARK, SNARK};
use lattice_verifier::{field, validate, PreparedKey, Statement, PROOF_LEN};
use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha20Rng;

/// "I know w with w² = input commitment and w³ = output commitment", for a context.
pub struct Toy {
    pub context: Fr,
    pub witness: Fr,
}

impl ConstraintSynthesizer<Fr> for Toy {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let [context, witness] = [self.context, self.witness];
        let square = witness.square();
        let x = cs.new_input_variable(|| Ok(context))?;
        let a = cs.new_input_variable(|| Ok(square))?;
        let b = cs.new_input_variable(|| Ok(square * witness))?;
        let w = cs.new_witness_variable(|| Ok(witness))?;
        let x2 = cs.new_witness_variable(|| Ok(context.square()))?;
        cs.enforce_r1cs_constraint(|| lc!() + w, || lc!() + w, || lc!() + a)?;
        cs.enforce_r1cs_constraint(|| lc!() + a, || lc!() + w, || lc!() + b)?;
        // Without this the context would be free for anyone to change.
        cs.enforce_r1cs_constraint(|| lc!() + x, || lc!() + x, || lc!() + x2)
    }
}

/// Keys of the toy circuit from a seed.
pub struct Keys {
    pub proving: ProvingKey<Bn254>,
    /// As it would be registered.
    pub verifying: Vec<u8>,
}

pub fn keys(seed: u64) -> Keys {
    let circuit = Toy {
        context: Fr::zero(),
        witness: Fr::zero(),
    };
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let (proving, verifying) = Groth16::<Bn254>::setup(circuit, &mut rng).expect("setup");
    Keys {
        proving,
        verifying: bytes(&verifying),
    }
}

/// Keys whose γ is the generator of G2, as those of ceremonies have it.
pub fn keys_with_standard_gamma(seed: u64) -> Keys {
    let circuit = Toy {
        context: Fr::zero(),
        witness: Fr::zero(),
    };
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let [alpha, beta, delta] = [(); 3].map(|()| Fr::rand(&mut rng));
    let proving = Groth16::<Bn254>::generate_parameters_with_qap(
        circuit,
        alpha,
        beta,
        Fr::one(),
        delta,
        G1Affine::generator().into(),
        G2Affine::generator().into(),
        &mut rng,
    )
    .expect("setup");
    let verifying = bytes(&proving.vk);
    Keys { proving, verifying }
}

impl Keys {
    /// As the chain decodes it.
    pub fn prepared(&self) -> PreparedKey {
        let validated = validate(&self.verifying).expect("an honest key");
        PreparedKey::decode(&validated.prepared).expect("just validated")
    }

    /// A statement and a proof of it; the seed is the prover's randomness.
    pub fn prove(&self, context: u64, witness: u64, seed: u64) -> (Statement, [u8; PROOF_LEN]) {
        let (context, witness) = (Fr::from(context), Fr::from(witness));
        let statement = Statement {
            context: field::encode(&context),
            input_commitment: field::encode(&witness.square()),
            output_commitment: field::encode(&(witness.square() * witness)),
        };
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let proof = Groth16::<Bn254>::prove(&self.proving, Toy { context, witness }, &mut rng)
            .expect("the toy's witness satisfies it");
        (statement, bytes(&proof).try_into().expect("128 bytes"))
    }
}

/// Compressed encoding.
pub fn bytes(value: &impl CanonicalSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.serialize_compressed(&mut bytes).expect("to memory");
    bytes
}

/// An encoding that must be refused, and why.
pub struct Malformed {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub reason: lattice_verifier::PointError,
}

/// Every way in which 32 bytes are not a point of G1.
pub fn malformed_g1() -> Vec<Malformed> {
    let mut cases = malformed::<g1::Config>(bytes(&G1Affine::generator()), &|n| Fq::from(n));
    // x = 1 is the generator's; 1 + p has 254 bits as well.
    let mut alias = Fq::MODULUS;
    alias.0[0] += 1;
    cases.push(Malformed {
        name: "an x coordinate with p added",
        bytes: alias.to_bytes_le(),
        reason: lattice_verifier::PointError::NotCanonical,
    });
    cases
}

/// Every way in which 64 bytes are not a point of G2.
pub fn malformed_g2() -> Vec<Malformed> {
    let mut cases = malformed::<g2::Config>(bytes(&G2Affine::generator()), &|n| {
        Fq2::new(Fq::from(n), Fq::from(1u64))
    });
    let small = Fq2::new(Fq::zero(), Fq::from(1u64));
    for (name, half) in [
        ("a first half with p added", 0),
        ("a second half with p added", 32),
    ] {
        let mut alias = bytes(&small);
        let mut value = Fq::MODULUS;
        value.0[0] += (half / 32) as u64;
        alias[half..half + 32].copy_from_slice(&value.to_bytes_le());
        cases.push(Malformed {
            name,
            bytes: alias,
            reason: lattice_verifier::PointError::NotCanonical,
        });
    }
    let outside = (1u64..)
        .filter_map(|n| {
            G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(n), Fq::zero()), false)
        })
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .expect("most points of the twist are outside the subgroup");
    cases.push(Malformed {
        name: "a point of the curve outside the subgroup",
        bytes: bytes(&outside),
        reason: lattice_verifier::PointError::NotInSubgroup,
    });
    cases
}

fn malformed<C: SWCurveConfig>(good: Vec<u8>, x: &dyn Fn(u64) -> C::BaseField) -> Vec<Malformed> {
    use lattice_verifier::PointError::{Identity, NotCanonical, NotOnCurve};
    let last = good.len() - 1;
    let with = |bits: u8| {
        let mut bytes = good.clone();
        bytes[last] |= bits;
        bytes
    };
    let off_curve = (1u64..)
        .map(x)
        .find(|x| Affine::<C>::get_ys_from_x_unchecked(*x).is_none())
        .expect("half of all x have no point");
    let mut identity = vec![0; good.len()];
    identity[last] = 0x40;
    let mut both = identity.clone();
    both[last] = 0xc0;
    let case = |name, bytes, reason| Malformed {
        name,
        bytes,
        reason,
    };
    vec![
        case(
            "an x coordinate without a point",
            bytes(&off_curve),
            NotOnCurve,
        ),
        case("the identity", identity, Identity),
        case("an identity with a coordinate", with(0x40), NotCanonical),
        case("an identity with a sign", both, NotCanonical),
        case("a point with both flags", with(0xc0), NotCanonical),
        case("all bits set", vec![0xff; good.len()], NotCanonical),
    ]
}

/// `x + r` as 32 bytes, where it fits.
pub fn scalar_alias(element: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0u16;
    let modulus = Fr::MODULUS.to_bytes_le();
    let mut alias = [0; 32];
    for ((sum, byte), other) in alias.iter_mut().zip(element).zip(modulus) {
        carry += u16::from(*byte) + u16::from(other);
        *sum = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    assert_eq!(carry, 0, "the alias does not fit 32 bytes");
    alias
}
