//! Verifying keys, proofs and public inputs in the JSON of [snarkjs] (`groth16` on `bn128`), to
//! and from a folder with the names that its commands use:
//!
//! | file | content |
//! |---|---|
//! | `verification_key.json` | [`VerificationKey`] |
//! | `proof.json` | [`Proof`] |
//! | `public.json` | [`PublicSignals`] |
//!
//! so that `snarkjs groth16 verify verification_key.json public.json proof.json` checks a proof of
//! ours, and a proof of a circuit with three public inputs that was made elsewhere is checked here.
//! snarkjs and arkworks prove the same equation, so nothing but the writing differs: decimal
//! numbers in place of little-endian bytes, both coordinates of a point in place of one and a sign.
//!
//! # Strict where snarkjs is not
//! snarkjs reads hexadecimal numbers, numbers at or above the field's order and any projective form of
//! a point. Here a number has one text and a point one form, an unknown field is refused, and keys and
//! proofs meet every check of [`lattice_verifier`]: what is imported has one form only, and is what
//! the chain would accept.
//!
//! [snarkjs]: https://github.com/iden3/snarkjs

mod error;
mod point;

pub use error::SnarkjsError;

use ark_bn254::{g1, g2, Bn254, Fr};
use ark_groth16::VerifyingKey;
use ark_serialize::CanonicalSerialize;
use lattice_verifier::{field, key, proof, FieldBytes, PreparedKey, VerifyError};
use lattice_verifier::{ProofVersion, Statement, PROOF_LEN, PUBLIC_INPUTS};
use serde::{de::DeserializeOwned, de::IgnoredAny, Deserialize, Serialize};
use std::path::Path;

use crate::files::{create_folder, read_limited, write_atomically};
use crate::SetupError;
use point::{G1Text, G2Text};

/// Name of the verifying key's file.
pub const VERIFICATION_KEY_FILE: &str = "verification_key.json";
/// Name of the proof's file.
pub const PROOF_FILE: &str = "proof.json";
/// Name of the public inputs' file.
pub const PUBLIC_FILE: &str = "public.json";

/// Longest file that is read, in bytes. snarkjs' own are below 8 KiB.
const MAX_FILE: u64 = 64 << 10;
const PROTOCOL: &str = "groth16";
const CURVE: &str = "bn128";

/// `verification_key.json`, as `snarkjs zkey export verificationkey` writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationKey {
    protocol: String,
    curve: String,
    #[serde(rename = "nPublic")]
    n_public: usize,
    vk_alpha_1: G1Text,
    vk_beta_2: G2Text,
    vk_gamma_2: G2Text,
    vk_delta_2: G2Text,
    /// e(α, β), which follows from the two points above: no verifier reads it, so it is not
    /// written, and passed over where snarkjs wrote it.
    #[serde(default, skip_serializing)]
    #[allow(dead_code)] // Named so that it is no unknown field.
    vk_alphabeta_12: IgnoredAny,
    #[serde(rename = "IC")]
    ic: Vec<G1Text>,
}

impl VerificationKey {
    /// From a key as it is registered, [`lattice_verifier::KEY_LEN`] bytes.
    ///
    /// # Errors
    /// [`SnarkjsError::Key`] if the chain would refuse the key, [`SnarkjsError::Committed`] if it is
    /// for committed proofs.
    pub fn export(key: &[u8]) -> Result<Self, SnarkjsError> {
        let key = key::parse(key)?;
        if key.version().has_commitment() {
            return Err(SnarkjsError::Committed);
        }
        let key = key.groth16;
        Ok(Self {
            protocol: PROTOCOL.into(),
            curve: CURVE.into(),
            n_public: PUBLIC_INPUTS,
            vk_alpha_1: point::write(&key.alpha_g1),
            vk_beta_2: point::write(&key.beta_g2),
            vk_gamma_2: point::write(&key.gamma_g2),
            vk_delta_2: point::write(&key.delta_g2),
            vk_alphabeta_12: IgnoredAny,
            ic: key.gamma_abc_g1.iter().map(point::write).collect(),
        })
    }

    /// To a key as it is registered.
    ///
    /// # Errors
    /// [`SnarkjsError`] with the first thing that is wrong.
    pub fn import(&self) -> Result<Vec<u8>, SnarkjsError> {
        check_system(&self.protocol, &self.curve)?;
        check_inputs("nPublic", self.n_public)?;
        check_inputs("IC", self.ic.len().saturating_sub(1))?;
        let key = VerifyingKey::<Bn254> {
            alpha_g1: point::read::<g1::Config, _>("vk_alpha_1", &self.vk_alpha_1)?,
            beta_g2: point::read::<g2::Config, _>("vk_beta_2", &self.vk_beta_2)?,
            gamma_g2: point::read::<g2::Config, _>("vk_gamma_2", &self.vk_gamma_2)?,
            delta_g2: point::read::<g2::Config, _>("vk_delta_2", &self.vk_delta_2)?,
            gamma_abc_g1: (0u8..)
                .zip(&self.ic)
                .map(|(index, text)| {
                    point::read::<g1::Config, _>(format_args!("IC[{index}]"), text)
                })
                .collect::<Result<_, _>>()?,
        };
        let mut bytes = Vec::with_capacity(lattice_verifier::KEY_LEN);
        append(&mut bytes, &key);
        // Also what is about the key as a whole.
        key::parse(&bytes)?;
        Ok(bytes)
    }
}

/// `proof.json`, as `snarkjs groth16 prove` writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    pi_a: G1Text,
    pi_b: G2Text,
    pi_c: G1Text,
    protocol: String,
    curve: String,
}

impl Proof {
    /// From the [`PROOF_LEN`] bytes of a proof.
    ///
    /// # Errors
    /// [`SnarkjsError::Proof`] if they are malformed, [`SnarkjsError::Committed`] if it is a
    /// committed proof.
    pub fn export(proof: &[u8]) -> Result<Self, SnarkjsError> {
        if ProofVersion::of_proof_len(proof.len()).is_some_and(ProofVersion::has_commitment) {
            return Err(SnarkjsError::Committed);
        }
        let proof = proof::decode_proof(ProofVersion::Groth16, proof)?.groth16;
        Ok(Self {
            pi_a: point::write(&proof.a),
            pi_b: point::write(&proof.b),
            pi_c: point::write(&proof.c),
            protocol: PROTOCOL.into(),
            curve: CURVE.into(),
        })
    }

    /// To the bytes of a proof.
    ///
    /// # Errors
    /// [`SnarkjsError`] with the first thing that is wrong.
    pub fn import(&self) -> Result<[u8; PROOF_LEN], SnarkjsError> {
        check_system(&self.protocol, &self.curve)?;
        let mut bytes = Vec::with_capacity(PROOF_LEN);
        append(
            &mut bytes,
            &point::read::<g1::Config, _>("pi_a", &self.pi_a)?,
        );
        append(
            &mut bytes,
            &point::read::<g2::Config, _>("pi_b", &self.pi_b)?,
        );
        append(
            &mut bytes,
            &point::read::<g1::Config, _>("pi_c", &self.pi_c)?,
        );
        bytes.try_into().map_err(|bytes: Vec<u8>| {
            SnarkjsError::Proof(VerifyError::Length {
                expected: u32::try_from(PROOF_LEN).unwrap_or(u32::MAX),
                found: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            })
        })
    }
}

/// `public.json`: the public inputs in the circuit's order, as decimal numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicSignals(Vec<String>);

impl PublicSignals {
    /// From a statement.
    ///
    /// # Errors
    /// [`SnarkjsError::Proof`] if a public input is not canonical.
    pub fn export(statement: &Statement) -> Result<Self, SnarkjsError> {
        let decimals = (0u8..).zip(statement.inputs()).map(|(index, input)| {
            let number: Fr = field::decode(&input).ok_or(VerifyError::Input { index })?;
            Ok::<_, SnarkjsError>(point::decimal(&number))
        });
        decimals.collect::<Result<_, SnarkjsError>>().map(Self)
    }

    /// To a statement.
    ///
    /// # Errors
    /// [`SnarkjsError`] with the first thing that is wrong.
    pub fn import(&self) -> Result<Statement, SnarkjsError> {
        let [context, input, output] = self.0.as_slice() else {
            return Err(SnarkjsError::Inputs {
                field: PUBLIC_FILE,
                found: self.0.len(),
            });
        };
        let read = |index: u8, text: &str| -> Result<FieldBytes, SnarkjsError> {
            let number: Fr = point::scalar(format_args!("public input {index}"), text)?;
            Ok(field::encode(&number))
        };
        Ok(Statement {
            context: read(0, context)?,
            input_commitment: read(1, input)?,
            output_commitment: read(2, output)?,
        })
    }
}

/// A proof with what it takes to check it: the content of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The key as it is registered, [`lattice_verifier::KEY_LEN`] bytes.
    pub verifying_key: Vec<u8>,
    /// The proof.
    pub proof: [u8; PROOF_LEN],
    /// The public inputs.
    pub statement: Statement,
}

impl Evidence {
    /// Writes the three files into a folder, which is created if it is not there. Nothing is
    /// written unless everything is well-formed; whether the proof is true is not asked.
    ///
    /// # Errors
    /// [`SnarkjsError`] with the first thing that is malformed, or the file that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), SnarkjsError> {
        let key = VerificationKey::export(&self.verifying_key)?;
        let proof = Proof::export(&self.proof)?;
        let public = PublicSignals::export(&self.statement)?;
        create_folder(folder)?;
        write_file(&folder.join(VERIFICATION_KEY_FILE), &key)?;
        write_file(&folder.join(PROOF_FILE), &proof)?;
        write_file(&folder.join(PUBLIC_FILE), &public)
    }

    /// Reads the three files of a folder.
    ///
    /// # Errors
    /// [`SnarkjsError`] with the first thing that is wrong.
    pub fn read(folder: &Path) -> Result<Self, SnarkjsError> {
        let key: VerificationKey = read_file(&folder.join(VERIFICATION_KEY_FILE))?;
        let proof: Proof = read_file(&folder.join(PROOF_FILE))?;
        let public: PublicSignals = read_file(&folder.join(PUBLIC_FILE))?;
        Ok(Self {
            verifying_key: key.import()?,
            proof: proof.import()?,
            statement: public.import()?,
        })
    }

    /// Whether the proof is one of the statement under the key, by the chain's own verifier.
    ///
    /// # Errors
    /// [`SnarkjsError`] if something is malformed.
    pub fn holds(&self) -> Result<bool, SnarkjsError> {
        let valid = lattice_verifier::validate(&self.verifying_key)?;
        let key = PreparedKey::decode(&valid.prepared)?;
        let inputs = self.statement.inputs();
        Ok(lattice_verifier::verify(&key, &inputs, &self.proof)?)
    }
}

fn check_system(protocol: &str, curve: &str) -> Result<(), SnarkjsError> {
    if protocol != PROTOCOL {
        return Err(SnarkjsError::Protocol(protocol.into()));
    }
    if curve != CURVE {
        return Err(SnarkjsError::Curve(curve.into()));
    }
    Ok(())
}

fn check_inputs(field: &'static str, found: usize) -> Result<(), SnarkjsError> {
    if found == PUBLIC_INPUTS {
        return Ok(());
    }
    Err(SnarkjsError::Inputs { field, found })
}

/// Appends the compressed form.
fn append(bytes: &mut Vec<u8>, value: &impl CanonicalSerialize) {
    let written = value.serialize_compressed(bytes);
    debug_assert!(written.is_ok(), "writing to a vector cannot fail");
}

fn write_file(path: &Path, value: &impl Serialize) -> Result<(), SnarkjsError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| json(path, &error))?;
    Ok(write_atomically(path, format!("{text}\n").as_bytes())?)
}

fn read_file<T: DeserializeOwned>(path: &Path) -> Result<T, SnarkjsError> {
    let bytes = read_limited(path, MAX_FILE)?;
    serde_json::from_slice(&bytes).map_err(|error| json(path, &error).into())
}

fn json(path: &Path, error: &serde_json::Error) -> SetupError {
    SetupError::Json {
        path: path.into(),
        reason: error.to_string(),
    }
}
