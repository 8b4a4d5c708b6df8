//! Proofs and results.

use super::super::golden::{Case, Verdict, World};
use super::super::support::*;
use super::{alone, in_world};
use lattice_isa::{GasSchedule, Instruction, Opcode, ProofBytes};

fn verdicts() -> World {
    let verdict = |proof: ProofBytes, verdict: &str| Verdict {
        key: hex::encode(KEY),
        proof: hex::encode(proof.as_slice()),
        verdict: verdict.into(),
    };
    World {
        models: vec![],
        verdicts: vec![
            verdict(TRUE_PROOF, "true"),
            verdict(TRUE_COMMITTED_PROOF, "true"),
            verdict(MALFORMED_PROOF, "malformed"),
        ],
    }
}

pub fn verify_proof() -> Vec<Case> {
    let other_key = Instruction::VerifyProof {
        key: [8; 32],
        inputs: vec![],
        proof: TRUE_PROOF,
    };
    let many = Instruction::VerifyProof {
        key: KEY,
        inputs: vec![[0; 32]; 17],
        proof: TRUE_PROOF,
    };
    let of = |name: &str, program: &[Instruction]| in_world(name, &verdicts(), PLENTY, program);
    vec![
        of("a true proof", &[verify(TRUE_PROOF)]),
        of("a settlement", &[verify(TRUE_PROOF), commit(3)]),
        of(
            "a settlement on a committed proof",
            &[verify(TRUE_COMMITTED_PROOF), commit(3)],
        ),
        of(
            "a false committed proof",
            &[verify([2; 160].into()), commit(2)],
        ),
        of(
            "a false proof",
            &[commit(1), verify([2; 128].into()), commit(2)],
        ),
        of("a proof that is none", &[verify(MALFORMED_PROOF)]),
        of("another key", &[other_key]),
        of("too many public inputs", &[many]),
    ]
}

pub fn commit_result() -> Vec<Case> {
    vec![
        alone("once", &[commit(7)]),
        alone("twice", &[commit(7), commit(8)]),
        alone(
            "nothing is left of it after a trap",
            &[commit(7), add(0, 0)],
        ),
        in_world(
            "not enough gas",
            &World::default(),
            GasSchedule::V1.base(Opcode::CommitResult) - 1,
            &[commit(7)],
        ),
    ]
}
