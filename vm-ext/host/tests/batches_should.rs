//! Settlements in batches: each as if it were alone, for less gas.

mod support;

use codec::Encode;
use lattice_host::{
    run_program, settle_batch, settlement_program, BatchOutcome, BatchSchedule, GasSchedule,
    HostError, ProofBytes, ProofFault, SettlementBatch, Statement, Trap, MAX_BATCH, MAX_BATCH_KEYS,
};
use lattice_isa::{Instruction, KeyId, Program};
use sp_io::TestExternalities;
use std::sync::OnceLock;
use support::{Fixture, PLENTY};

/// A settlement that can be put into a batch.
#[derive(Clone, Copy)]
struct Settlement {
    /// Position of its key.
    key: u8,
    statement: Statement,
    proof: ProofBytes,
}

impl Settlement {
    fn program(&self) -> Vec<u8> {
        settlement_program(id(self.key), &self.statement, &self.proof)
    }
}

fn id(key: u8) -> KeyId {
    [key; 32]
}

fn location(key: u8) -> Vec<u8> {
    vec![b'k', key]
}

/// Two keys without a commitment and, the second, one with.
fn fixtures() -> &'static [Fixture; 3] {
    static FIXTURES: OnceLock<[Fixture; 3]> = OnceLock::new();
    FIXTURES.get_or_init(|| [Fixture::new(50), Fixture::committed(51), Fixture::new(52)])
}

/// Externalities with the three keys in storage.
fn chain() -> TestExternalities {
    let mut externalities = TestExternalities::default();
    externalities.execute_with(|| {
        for (key, fixture) in (0u8..).zip(fixtures()) {
            sp_io::storage::set(&location(key), &fixture.report().prepared.encode());
        }
    });
    externalities
}

/// True settlements under the keys in turn.
fn settlements(count: u64, keys: u8) -> Vec<Settlement> {
    (0..count)
        .map(|i| {
            let key = u8::try_from(i % u64::from(keys)).expect("few keys");
            let (statement, proof) = fixtures()[usize::from(key)].prove([i + 1, 5, 70 + i]);
            Settlement {
                key,
                statement,
                proof,
            }
        })
        .collect()
}

fn batch(settlements: &[Settlement]) -> SettlementBatch {
    SettlementBatch {
        programs: settlements.iter().map(Settlement::program).collect(),
        gas_limit: PLENTY,
        keys: (0..3).map(|key| (id(key), location(key))).collect(),
    }
}

fn settle(batch: &SettlementBatch) -> BatchOutcome {
    chain()
        .execute_with(|| settle_batch(batch))
        .expect("the batch is well formed")
}

fn traps(outcome: &BatchOutcome) -> Vec<Option<Trap>> {
    outcome.outcomes.iter().map(|each| each.trap).collect()
}

/// A settlement whose statement is another's.
fn falsified(mut settlement: Settlement) -> Settlement {
    settlement.statement.output_commitment[0] ^= 1;
    settlement
}

#[test]
fn settle_true_proofs_for_the_gas_of_their_share() {
    for (count, keys) in [(2, 1), (2, 2), (7, 1), (7, 3)] {
        let settlements = settlements(count, keys);
        let outcome = settle(&batch(&settlements));
        assert_eq!(outcome.retry_gas, 0);
        let schedule = GasSchedule::V1.batched(&BatchSchedule::V1, count, keys.into());
        for (each, settlement) in outcome.outcomes.iter().zip(&settlements) {
            assert!(each.settles(&settlement.statement));
            let commitment = settlement.proof.is_committed();
            assert_eq!(each.gas_used, schedule.settlement(commitment));
            assert!(each.gas_used <= GasSchedule::V1.settlement(commitment));
        }
        assert_eq!(outcome.outcomes.len(), settlements.len());
    }
}

#[test]
fn leave_what_each_program_leaves_alone_whatever_the_others_are() {
    let good = settlements(6, 3);
    for mask in [0b00_0001, 0b10_1010, 0b11_1111] {
        let mixed: Vec<Settlement> = (0..good.len())
            .map(|i| {
                if mask >> i & 1 == 1 {
                    falsified(good[i])
                } else {
                    good[i]
                }
            })
            .collect();
        let together = settle(&batch(&mixed));
        let keys = batch(&mixed).keys;
        chain().execute_with(|| {
            for (each, settlement) in together.outcomes.iter().zip(&mixed) {
                let mut call = support::call(settlement.program());
                call.keys = keys.clone();
                let alone = run_program(&call).expect("the call is well formed");
                assert_eq!((each.trap, &each.journal), (alone.trap, &alone.journal));
                assert_eq!(each.executed, alone.executed);
            }
        });
        let retry = BatchSchedule::V1;
        assert_eq!(
            together.retry_gas,
            4 * retry.retry(false) + 2 * retry.retry(true)
        );
    }
}

#[test]
fn charge_a_true_proof_the_same_beside_a_false_one() {
    let good = settlements(4, 2);
    let mut mixed = good.clone();
    mixed[1] = falsified(mixed[1]);
    let (clean, spoilt) = (settle(&batch(&good)), settle(&batch(&mixed)));
    for position in [0, 2, 3] {
        assert_eq!(clean.outcomes[position], spoilt.outcomes[position]);
    }
    assert_eq!(spoilt.outcomes[1].trap, Some(Trap::ProofRejected));
}

#[test]
fn let_malformed_proofs_and_unknown_keys_trap_alone_and_retry_nothing() {
    let mut settlements = settlements(5, 3);
    settlements[1].proof = [0xff; 160].into();
    settlements[2].statement.context = [0xff; 32];
    settlements[3].key = 9;
    let outcome = settle(&batch(&settlements));
    let malformed = Trap::InvalidProof(ProofFault::MalformedProof);
    let input = Trap::InvalidProof(ProofFault::NonCanonicalInput);
    let unknown = Trap::UnknownKey { key: id(9) };
    assert_eq!(
        traps(&outcome),
        [None, Some(malformed), Some(input), Some(unknown), None]
    );
    assert_eq!(outcome.retry_gas, 0);
}

/// Under either key the other's proof has another length.
#[test]
fn let_a_proof_of_the_other_version_trap_alone() {
    let mut settlements = settlements(4, 2);
    let [plain, committed] = [settlements[0].proof, settlements[1].proof];
    settlements[0].proof = committed;
    settlements[1].proof = plain;
    let outcome = settle(&batch(&settlements));
    let malformed = Some(Trap::InvalidProof(ProofFault::MalformedProof));
    assert_eq!(traps(&outcome), [malformed, malformed, None, None]);
    assert_eq!(outcome.retry_gas, 0);
}

#[test]
fn say_of_a_corrupt_key_that_it_is() {
    let outcome = chain().execute_with(|| {
        sp_io::storage::set(&location(1), &vec![0u8; 10].encode());
        settle_batch(&batch(&settlements(4, 2)))
    });
    let corrupt = Some(Trap::InvalidProof(ProofFault::CorruptKey));
    let outcome = outcome.expect("the batch is well formed");
    assert_eq!(traps(&outcome), [None, corrupt, None, corrupt]);
}

#[test]
fn use_the_same_gas_with_cold_and_warm_caches() {
    let batch = batch(&settlements(3, 1));
    assert_eq!(settle(&batch), settle(&batch));
}

#[test]
fn not_look_at_proofs_that_cannot_be_paid_for() {
    let mut poor = batch(&[falsified(settlements(1, 1)[0]); 3]);
    poor.gas_limit = GasSchedule::V1
        .batched(&BatchSchedule::V1, 3, 1)
        .settlement(false)
        - 1_000_000;
    let outcome = settle(&poor);
    assert_eq!(outcome.retry_gas, 0);
    for each in &outcome.outcomes {
        assert!(matches!(each.trap, Some(Trap::OutOfGas { .. })));
        assert!(each.gas_used <= poor.gas_limit);
    }
}

#[test]
fn settle_one_as_alone_and_none_at_all() {
    let one = settlements(1, 1);
    let outcome = settle(&batch(&one));
    assert!(outcome.outcomes[0].settles(&one[0].statement));
    assert_eq!(
        outcome.outcomes[0].gas_used,
        GasSchedule::V1.settlement(false)
    );
    let rejected = settle(&batch(&[falsified(one[0])]));
    assert_eq!(traps(&rejected), [Some(Trap::ProofRejected)]);
    assert_eq!(rejected.retry_gas, 0);
    assert!(settle(&batch(&[])).outcomes.is_empty());
}

#[test]
fn settle_the_largest_batch() {
    let one = settlements(1, 1)[0];
    let most = usize::try_from(MAX_BATCH).expect("few");
    let outcome = settle(&batch(&vec![one; most]));
    assert_eq!(outcome.outcomes.len(), most);
    assert!(outcome
        .outcomes
        .iter()
        .all(|each| each.settles(&one.statement)));
}

mod reject {
    use super::*;

    fn refused(batch: &SettlementBatch) -> Option<HostError> {
        chain().execute_with(|| settle_batch(batch)).err()
    }

    #[test]
    fn more_programs_than_a_batch_has() {
        let many = vec![settlements(1, 1)[0]; MAX_BATCH as usize + 1];
        let error = HostError::CallTooLarge { limit: MAX_BATCH };
        assert_eq!(refused(&batch(&many)), Some(error));
    }

    #[test]
    fn more_keys_than_a_batch_has() {
        let error = Some(HostError::CallTooLarge {
            limit: MAX_BATCH_KEYS,
        });
        let one = settlements(1, 1)[0];
        let many: Vec<Settlement> = (0..=MAX_BATCH_KEYS as u8)
            .map(|key| Settlement { key, ..one })
            .collect();
        assert_eq!(refused(&batch(&many)), error);
        let mut named = batch(&[one]);
        named.keys = vec![named.keys[0].clone(); MAX_BATCH_KEYS as usize + 1];
        assert_eq!(refused(&named), error);
    }

    #[test]
    fn programs_that_are_no_settlement_and_say_which() {
        let good = settlements(1, 1)[0];
        let Ok([verify, commit]) = <[Instruction; 2]>::try_from(
            Program::decode(&good.program()).expect("the template is a program"),
        ) else {
            panic!("the template has two instructions")
        };
        for wrong in [
            vec![],
            vec![verify.clone()],
            vec![commit.clone(), verify.clone()],
            vec![verify.clone(), verify.clone()],
            vec![verify, commit.clone(), commit],
        ] {
            let mut batch = batch(&[good, good]);
            batch.programs[1] = Program::encode(&wrong).expect("has an encoding");
            let error = HostError::NotASettlement { program: 1 };
            assert_eq!(refused(&batch), Some(error));
        }
    }

    #[test]
    fn bytes_that_are_no_program() {
        let mut batch = batch(&settlements(2, 1));
        batch.programs[1] = vec![0];
        assert!(matches!(refused(&batch), Some(HostError::Program(_))));
    }
}
