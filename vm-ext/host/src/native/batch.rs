//! Settlement programs whose proofs are verified together.
//!
//! A settlement is straight-line, so what it will ask is known before it runs. The
//! proofs are checked as one batch, and then each program runs in a machine of its
//! own, where `VERIFY_PROOF` charges its share and finds its verdict.

use super::access::{decode_key, within, Access};
use super::pool;
use crate::{BatchOutcome, HostError, ProgramOutcome, SettlementBatch};
use codec::DecodeAll;
use lattice_isa::{
    BatchSchedule, Gas, GasSchedule, Instruction, KeyId, Limits, ModelHash, Opcode, Program,
    ProofBytes, PublicInput, Work,
};
use lattice_machine::{Environment, Machine, ReferenceBackend, VerifyFault};
use lattice_verifier::{verify_batch, Member, PreparedKey, MAX_BATCH, MAX_BATCH_KEYS};
use std::sync::Arc;

/// What a program's `VERIFY_PROOF` asks.
struct Question<'a> {
    key: &'a KeyId,
    inputs: &'a [PublicInput],
    proof: &'a ProofBytes,
}

/// What it is answered.
type Verdict = Result<bool, VerifyFault>;

/// Runs the programs of an encoded batch.
pub fn settle(
    batch: &[u8],
    mut read: impl FnMut(&[u8]) -> Option<Vec<u8>>,
) -> Result<BatchOutcome, HostError> {
    let batch = SettlementBatch::decode_all(&mut &batch[..]).map_err(|_| HostError::Protocol)?;
    within(batch.programs.len(), MAX_BATCH)?;
    let access = Access::new(&[], &batch.keys)?;
    let programs = batch
        .programs
        .iter()
        .map(|program| Program::decode(program).map_err(HostError::Program))
        .collect::<Result<Vec<_>, _>>()?;
    let questions = (0u32..)
        .zip(&programs)
        .map(|(index, program)| {
            question(program).ok_or(HostError::NotASettlement { program: index })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let keys = named(&questions);
    within(keys.len(), MAX_BATCH_KEYS)?;

    let stored = keys
        .iter()
        .map(|key| access.prepared_key(key, &mut read))
        .collect::<Vec<_>>();
    let schedule =
        GasSchedule::V1.batched(&BatchSchedule::V1, count(programs.len()), count(keys.len()));
    let asked = questions.iter().map(|question| {
        // A program that cannot pay for its share never comes to ask.
        (charge(&schedule, question) <= batch.gas_limit).then_some(question)
    });
    let asked: Vec<_> = asked.collect();
    let (verdicts, retry_gas) = pool::run(|| {
        let decoded = stored.iter().map(|stored| match stored {
            Ok(prepared) => decode_key(prepared),
            Err(fault) => Err(*fault),
        });
        let keys: Vec<_> = keys.iter().copied().zip(decoded).collect();
        answer(&asked, &keys)
    })?;
    Ok(BatchOutcome {
        outcomes: programs
            .iter()
            .zip(verdicts)
            .map(|(program, verdict)| run(program, &schedule, batch.gas_limit, verdict))
            .collect(),
        retry_gas,
    })
}

/// What a settlement asks; `None` if the program is none.
fn question(program: &[Instruction]) -> Option<Question<'_>> {
    match program {
        [Instruction::VerifyProof { key, inputs, proof }, Instruction::CommitResult { .. }] => {
            Some(Question { key, inputs, proof })
        }
        _ => None,
    }
}

/// The different keys, in the order in which they are first named.
fn named<'a>(questions: &[Question<'a>]) -> Vec<&'a KeyId> {
    let mut keys = Vec::new();
    for question in questions {
        if !keys.contains(&question.key) {
            keys.push(question.key);
        }
    }
    keys
}

/// What `VERIFY_PROOF` charges before it asks.
fn charge(schedule: &GasSchedule, question: &Question<'_>) -> Gas {
    let inputs = count(question.inputs.len());
    let commitment = question.proof.is_committed();
    schedule
        .base(Opcode::VerifyProof)
        .saturating_add(schedule.work(Work::VerifyProof { inputs, commitment }))
}

/// Verdicts on all questions, and the gas of checking proofs alone in the end: none, or
/// that of each well-formed one. A question that is not asked gets a verdict that nobody
/// reads.
fn answer(
    questions: &[Option<&Question<'_>>],
    keys: &[(&KeyId, Result<Arc<PreparedKey>, VerifyFault>)],
) -> Result<(Vec<Verdict>, Gas), HostError> {
    let members = questions.iter().map(|question| {
        let question = question.ok_or(VerifyFault::UnknownKey)?;
        let key = keys.iter().find(|(id, _)| *id == question.key);
        let (_, key) = key.ok_or(VerifyFault::UnknownKey)?;
        Ok(Member {
            key: key.as_ref().map_err(|fault| *fault)?,
            inputs: question.inputs,
            proof: question.proof.as_slice(),
        })
    });
    let members: Vec<Result<Member<'_>, VerifyFault>> = members.collect();
    let present: Vec<Member<'_>> = members
        .iter()
        .filter_map(|m| m.as_ref().ok().copied())
        .collect();
    // Both bounds have been checked.
    let checked =
        verify_batch(&present).map_err(|_| HostError::CallTooLarge { limit: MAX_BATCH })?;
    let mut each = checked.each.into_iter();
    let verdicts: Vec<Verdict> = members
        .into_iter()
        .map(|member| {
            member?;
            match each.next() {
                Some(verdict) => verdict.map_err(VerifyFault::from),
                None => Err(VerifyFault::UnknownKey),
            }
        })
        .collect();
    let retry_gas = questions
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| checked.retried > 0 && verdict.is_ok())
        .filter_map(|(question, _)| question.map(|question| question.proof.is_committed()))
        .map(|commitment| BatchSchedule::V1.retry(commitment))
        .fold(0, Gas::saturating_add);
    Ok((verdicts, retry_gas))
}

/// Runs one settlement, whose proof has been judged.
fn run(
    program: &[Instruction],
    schedule: &GasSchedule,
    gas_limit: Gas,
    verdict: Verdict,
) -> ProgramOutcome {
    let mut environment = Judged(verdict);
    let machine = Machine::new(
        *schedule,
        Limits::V1,
        gas_limit,
        &mut environment,
        &ReferenceBackend,
    );
    let outcome = machine.run(program);
    ProgramOutcome {
        gas_used: outcome.gas_used,
        executed: outcome.executed,
        trap: outcome.result.err(),
        journal: outcome.journal,
        output: Vec::new(),
        states: Vec::new(),
        steps: Vec::new(),
    }
}

/// The environment of a program with one question, which has been answered.
struct Judged(Verdict);

impl Environment for Judged {
    fn model_chunk(&mut self, _model: &ModelHash, _index: u32) -> Option<Vec<u8>> {
        None
    }

    fn verify(
        &mut self,
        _key: &KeyId,
        _inputs: &[PublicInput],
        _proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        self.0
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
