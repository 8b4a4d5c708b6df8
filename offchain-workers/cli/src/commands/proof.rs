//! `lattice proof …`

use super::program::args::bytes;
use super::{record, tier};
use crate::args::{parse_field, ChainArgs, ModelRef};
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use anyhow::{anyhow, ensure, Context};
use clap::{Args, Subcommand, ValueEnum};
use lattice_chain_client::{ProofBytes, RequestId};
use lattice_setup::snarkjs::{Evidence, SnarkjsError};
use lattice_setup::KeyFiles;
use lattice_verifier::{validate, verify, PreparedKey, Statement, PROOF_LEN, PUBLIC_INPUTS};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Exchange proofs, verifying keys and public inputs with other tools.
#[derive(Debug, Subcommand)]
pub enum ProofCommand {
    /// Check a proof with its verifying key and its public inputs, without a chain.
    Verify(Verify),
    /// Write a proof, its public inputs and its verifying key as another tool reads them.
    Export(Export),
    /// Read a proof, its public inputs and its verifying key as another tool wrote them, and check
    /// them.
    Import(Import),
}

/// Files of another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// verification_key.json, proof.json and public.json of snarkjs (groth16 on bn128).
    Snarkjs,
}

const VERIFY_HELP: &str = "\
The key is validated as a chain does it at registration, and then the proof is verified as a chain
does it at settlement. Whose key it is, `lattice verify-key` says.

Example:
  lattice proof verify --key keys/verifying.key --proof @proof.bin --public 0x…,0x…,0x…";

/// Check a proof with its verifying key and its public inputs, without a chain.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_HELP)]
pub struct Verify {
    /// The verifying key: a file of 360 bytes, or 456 with a commitment.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The proof of 128 bytes, or 160 with a commitment: 0x and digits, or a file of bytes.
    #[arg(long, value_name = "0xHEX|@FILE")]
    pub proof: String,
    /// The public inputs, each of 32 bytes in little-endian order: context, commitment to the
    /// input, commitment to the output.
    #[arg(long, value_name = "0xHEX,0xHEX,0xHEX")]
    pub public: PublicInputs,
}

const EXPORT_HELP: &str = "\
The proof comes from the execution record of a request, with the key that is registered for its
model; or, without a chain, from a folder of keys and bytes.

Examples:
  lattice proof export 7 -o evidence/
  lattice proof export --keys keys/ --proof @proof.bin --public 0x…,0x…,0x… -o evidence/
  npx snarkjs groth16 verify evidence/verification_key.json evidence/public.json evidence/proof.json";

/// Write a proof, its public inputs and its verifying key as another tool reads them.
#[derive(Debug, Args)]
#[command(after_help = EXPORT_HELP)]
pub struct Export {
    /// Number of the request.
    #[arg(
        value_name = "REQUEST",
        required_unless_present = "keys",
        conflicts_with = "keys"
    )]
    pub request: Option<RequestId>,
    /// Folder of keys, in place of a request.
    #[arg(long, value_name = "DIR", requires_all = ["proof", "public"])]
    pub keys: Option<PathBuf>,
    /// The proof of 128 bytes: 0x and digits, or a file of bytes. A committed one, of 160, has no
    /// form in snarkjs.
    #[arg(long, value_name = "0xHEX|@FILE", requires = "keys")]
    pub proof: Option<String>,
    /// The public inputs, each of 32 bytes in little-endian order: context, commitment to the
    /// input, commitment to the output.
    #[arg(long, value_name = "0xHEX,0xHEX,0xHEX", requires = "keys")]
    pub public: Option<PublicInputs>,
    /// Who is to read the files.
    #[arg(long, value_enum, default_value_t = Format::Snarkjs)]
    pub format: Format,
    /// Folder to write.
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
    #[command(flatten)]
    pub chain: ChainArgs,
}

const IMPORT_HELP: &str = "\
Refused are keys, proofs and numbers that a Lattice chain would refuse, also where the tool itself
is less strict. The bytes are printed as the chain takes them.

Example:
  lattice proof import evidence/ --json";

/// Read a proof, its public inputs and its verifying key as another tool wrote them, and check them.
#[derive(Debug, Args)]
#[command(after_help = IMPORT_HELP)]
pub struct Import {
    /// Folder to read.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Who wrote the files.
    #[arg(long, value_enum, default_value_t = Format::Snarkjs)]
    pub format: Format,
}

/// Three public inputs, separated by commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicInputs(pub Statement);

impl FromStr for PublicInputs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let inputs: Vec<&str> = text.split(',').collect();
        let &[context, input_commitment, output_commitment] = inputs.as_slice() else {
            let found = inputs.len();
            return Err(format!(
                "a proof has {PUBLIC_INPUTS} public inputs, these are {found}"
            ));
        };
        Ok(PublicInputs(Statement {
            context: parse_field(context)?,
            input_commitment: parse_field(input_commitment)?,
            output_commitment: parse_field(output_commitment)?,
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    folder: PathBuf,
    verifying_key: String,
    proof: String,
    /// Context, commitment to the input, commitment to the output.
    inputs: [String; PUBLIC_INPUTS],
    /// The Groth16 equation holds.
    valid: bool,
}

impl Shown {
    fn new(folder: PathBuf, evidence: &Evidence) -> anyhow::Result<Self> {
        Ok(Shown {
            folder,
            verifying_key: hex(&evidence.verifying_key),
            proof: hex(evidence.proof),
            inputs: evidence.statement.inputs().map(hex),
            valid: evidence.holds()?,
        })
    }

    fn describe(&self) -> String {
        let [context, input, output] = self.inputs.clone();
        let verdict = match self.valid {
            true => "the proof holds under this key",
            false => "the proof does NOT hold under this key",
        };
        fields(&[
            ("folder", self.folder.display().to_string()),
            ("key", self.verifying_key.clone()),
            ("proof", self.proof.clone()),
            ("context", context),
            ("input", input),
            ("output", output),
            ("verdict", verdict.into()),
        ])
    }
}

impl ProofCommand {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            ProofCommand::Verify(command) => command.run(output),
            ProofCommand::Export(command) => command.run(output),
            ProofCommand::Import(command) => command.run(output),
        }
    }
}

/// What a check of files came to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    proof_bytes: usize,
    /// The equation of the proof's version holds.
    valid: bool,
}

impl Verify {
    fn run(self, output: &Output) -> anyhow::Result<()> {
        let path = self.key.display();
        let key = std::fs::read(&self.key).with_context(|| format!("cannot read {path}"))?;
        let key = validate(&key).with_context(|| format!("{path} is no verifying key"))?;
        let key = PreparedKey::decode(&key.prepared)?;
        let proof = bytes(&self.proof)?;
        let valid = verify(&key, &self.public.0.inputs(), &proof)
            .context("the proof cannot be one under this key")?;
        let verified = Verified {
            proof_bytes: proof.len(),
            valid,
        };
        output.show(&verified, || {
            let verdict = match valid {
                true => "the proof holds",
                false => "the proof does NOT hold",
            };
            format!("{verdict} under this key and with these public inputs")
        })?;
        held(valid)
    }
}

/// The exit status of a proof that does not hold.
fn held(valid: bool) -> anyhow::Result<()> {
    if valid {
        return Ok(());
    }
    let why = "the proof does not hold under this key and with these public inputs";
    Err(Failure::Evidence(why.into()).into())
}

impl Export {
    fn run(self, output: &Output) -> anyhow::Result<()> {
        let evidence = match (self.request, &self.keys, &self.proof, self.public) {
            (None, Some(keys), Some(proof), Some(public)) => local(keys, proof, public)?,
            (Some(request), ..) => crate::block_on(recorded(&self.chain, request))?,
            _ => {
                return Err(anyhow!(
                    "name a request, or --keys with --proof and --public"
                ))
            }
        };
        let written = match self.format {
            Format::Snarkjs => evidence.write(&self.output),
        };
        written.with_context(|| format!("cannot export to {}", self.output.display()))?;
        let shown = Shown::new(self.output, &evidence)?;
        output.show(&shown, || shown.describe())
    }
}

impl Import {
    fn run(self, output: &Output) -> anyhow::Result<()> {
        let read = match self.format {
            Format::Snarkjs => Evidence::read(&self.folder),
        };
        let evidence = read.with_context(|| format!("cannot import {}", self.folder.display()))?;
        let shown = Shown::new(self.folder, &evidence)?;
        output.show(&shown, || shown.describe())?;
        held(shown.valid)
    }
}

/// A proof that other tools have a form for.
fn exportable(proof: &ProofBytes) -> anyhow::Result<[u8; PROOF_LEN]> {
    match proof {
        ProofBytes::Groth16(bytes) => Ok(*bytes),
        ProofBytes::Committed(_) => Err(SnarkjsError::Committed.into()),
    }
}

/// What the user has in files.
fn local(keys: &Path, proof: &str, public: PublicInputs) -> anyhow::Result<Evidence> {
    let files =
        KeyFiles::read(keys).with_context(|| format!("cannot use keys {}", keys.display()))?;
    let proof = ProofBytes::try_from(bytes(proof)?.as_slice())?;
    Ok(Evidence {
        verifying_key: files.verifying_key,
        proof: exportable(&proof)?,
        statement: public.0,
    })
}

/// What the chain keeps of a request.
async fn recorded(chain: &ChainArgs, request: RequestId) -> anyhow::Result<Evidence> {
    let client = chain.connect().await?;
    let record = record::find(&client, request).await?;
    ensure!(
        tier::is_proven(&record.verification),
        Failure::NotFound {
            what: format!(
                "the proof of request {request}, which is {},",
                tier::name(&record.verification)
            ),
            hint: "this tier has none; see `lattice verify`",
        }
    );
    let model = ModelRef::Index(record.model).find(&client).await?;
    let none = |what: &str| Failure::NotFound {
        what: format!("the {what} of request {request}"),
        hint: "see `lattice record`",
    };
    let key = model
        .key
        .filter(|key| key.vk_id == record.vk_id)
        .ok_or_else(|| none("verifying key"))?;
    Ok(Evidence {
        verifying_key: key.verifying_key,
        proof: exportable(&record.proof.ok_or_else(|| none("proof"))?)?,
        statement: Statement {
            context: record.context.0,
            input_commitment: record.input_commitment.0,
            output_commitment: record.output_commitment.ok_or_else(|| none("output"))?.0,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_inputs_are_three_of_32_bytes() {
        let input = |byte: u8| hex([byte; 32]);
        let text = [1, 2, 3].map(input).join(",");
        let PublicInputs(statement) = text.parse().unwrap();
        assert_eq!(statement.inputs(), [[1; 32], [2; 32], [3; 32]]);
        let two = [1, 2].map(input).join(",");
        for (text, reason) in [
            (two.clone(), "these are 2"),
            (format!("{text},"), "these are 4"),
            (format!("{two},0x03"), "64"),
            (format!("{two},{}", "03".repeat(32)), "0x"),
        ] {
            let error = text.parse::<PublicInputs>().unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
