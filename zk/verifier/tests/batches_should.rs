//! Batches agree with single checks, whatever is in them.
#![cfg(feature = "arkworks")]

mod support;

use lattice_verifier::{
    verify, verify_batch, BatchError, FieldBytes, Member, PreparedKey, Verdicts, VerifyError,
    MAX_BATCH, MAX_BATCH_KEYS, PROOF_LEN, PUBLIC_INPUTS,
};
use proptest::prelude::*;
use std::sync::OnceLock;

/// A proof with its inputs, and the position of its key.
#[derive(Clone, Copy, Debug)]
struct Entry {
    key: usize,
    inputs: [FieldBytes; PUBLIC_INPUTS],
    proof: [u8; PROOF_LEN],
}

struct Fixture {
    keys: Vec<PreparedKey>,
    entries: Vec<Entry>,
}

/// Four keys, of which the last two share their γ, and three true proofs of each, in turn.
fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let keys = [
            support::keys(1),
            support::keys(2),
            support::keys_with_standard_gamma(3),
            support::keys_with_standard_gamma(4),
        ];
        let entries = (0..3u64)
            .flat_map(|i| keys.iter().enumerate().map(move |(key, own)| (i, key, own)))
            .map(|(i, key, own)| {
                let (statement, proof) = own.prove(i, 100 + i, i);
                let inputs = statement.inputs();
                Entry { key, inputs, proof }
            })
            .collect();
        let keys = keys.iter().map(support::Keys::prepared).collect();
        Fixture { keys, entries }
    })
}

fn members<'a>(keys: &'a [PreparedKey], entries: &'a [Entry]) -> Vec<Member<'a>> {
    let member = |entry: &'a Entry| Member {
        key: &keys[entry.key],
        inputs: &entry.inputs,
        proof: &entry.proof,
    };
    entries.iter().map(member).collect()
}

fn check(entries: &[Entry]) -> Verdicts {
    verify_batch(&members(&fixture().keys, entries)).expect("within the bounds")
}

/// What each is alone.
fn alone(entries: &[Entry]) -> Vec<Result<bool, VerifyError>> {
    members(&fixture().keys, entries)
        .iter()
        .map(|member| verify(member.key, member.inputs, member.proof))
        .collect()
}

/// Ways in which an entry is not a true proof.
#[derive(Clone, Copy, Debug)]
enum Flaw {
    None,
    Input(usize),
    OtherKey,
    AliasedInput,
    MalformedProof,
}

impl Flaw {
    fn of(self, mut entry: Entry) -> Entry {
        match self {
            Flaw::None => {}
            Flaw::Input(input) => entry.inputs[input][0] ^= 0x40,
            Flaw::OtherKey => entry.key = (entry.key + 1) % fixture().keys.len(),
            Flaw::AliasedInput => entry.inputs[1] = [0xff; 32],
            Flaw::MalformedProof => entry.proof[..32].fill(0xff),
        }
        entry
    }
}

fn flaw() -> impl Strategy<Value = Flaw> {
    prop_oneof![
        6 => Just(Flaw::None),
        1 => (0..PUBLIC_INPUTS).prop_map(Flaw::Input),
        1 => Just(Flaw::OtherKey),
        1 => Just(Flaw::AliasedInput),
        1 => Just(Flaw::MalformedProof),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn give_each_member_the_verdict_that_it_has_alone(
        picks in prop::collection::vec((0usize..12, flaw()), 0..10),
    ) {
        let entries: Vec<Entry> = picks
            .iter()
            .map(|(pick, flaw)| flaw.of(fixture().entries[*pick]))
            .collect();
        let alone = alone(&entries);
        let verdicts = check(&entries);
        let well_formed = alone.iter().filter(|verdict| verdict.is_ok()).count();
        let false_one = alone.contains(&Ok(false));
        let expected = if false_one && well_formed > 1 { well_formed } else { 0 };
        prop_assert_eq!(verdicts.retried as usize, expected);
        prop_assert_eq!(verdicts.each, alone);
    }
}

#[test]
fn accept_true_proofs_in_any_number_without_a_single_check() {
    let entries = &fixture().entries;
    for count in 0..=entries.len() {
        let verdicts = check(&entries[..count]);
        assert_eq!(verdicts.each, vec![Ok(true); count]);
        assert_eq!(verdicts.retried, 0, "{count}");
    }
}

#[test]
fn accept_a_proof_that_is_there_twice() {
    let entry = fixture().entries[0];
    assert_eq!(check(&[entry, entry]).each, [Ok(true), Ok(true)]);
}

#[test]
fn find_the_one_false_proof_wherever_it_is() {
    let entries = &fixture().entries;
    for position in 0..entries.len() {
        let mut batch = entries.clone();
        batch[position] = Flaw::Input(0).of(batch[position]);
        let mut expected = vec![Ok(true); entries.len()];
        expected[position] = Ok(false);
        assert_eq!(check(&batch).each, expected, "{position}");
    }
}

#[test]
fn find_half_of_them_false_and_all_of_them() {
    let mut batch = fixture().entries.clone();
    for entry in batch.iter_mut().step_by(2) {
        *entry = Flaw::Input(2).of(*entry);
    }
    let half: Vec<_> = (0..batch.len()).map(|i| Ok(i % 2 == 1)).collect();
    assert_eq!(check(&batch).each, half);
    for entry in batch.iter_mut().skip(1).step_by(2) {
        *entry = Flaw::OtherKey.of(*entry);
    }
    assert_eq!(check(&batch).each, vec![Ok(false); batch.len()]);
}

/// With equal coefficients these two would cancel: each has the other's statement, and the
/// equation is linear in the statements.
#[test]
fn find_two_proofs_of_one_key_whose_statements_are_exchanged() {
    let [mut first, mut second] = [fixture().entries[0], fixture().entries[4]];
    assert_eq!(first.key, second.key);
    std::mem::swap(&mut first.inputs, &mut second.inputs);
    assert_eq!(check(&[first, second]).each, [Ok(false), Ok(false)]);
}

/// The same across keys that share their γ, whose statements are summed into one pairing.
#[test]
fn find_two_proofs_of_two_keys_whose_points_are_exchanged() {
    let [mut first, mut second] = [fixture().entries[2], fixture().entries[3]];
    let (low, high) = (first.proof, second.proof);
    first.proof[96..].copy_from_slice(&high[96..]);
    second.proof[96..].copy_from_slice(&low[96..]);
    assert_eq!(check(&[first, second]).each, [Ok(false), Ok(false)]);
}

#[test]
fn not_let_a_malformed_member_cost_the_others_anything() {
    let mut batch = fixture().entries.clone();
    batch[4] = Flaw::MalformedProof.of(batch[4]);
    batch[7] = Flaw::AliasedInput.of(batch[7]);
    let verdicts = check(&batch);
    assert_eq!(verdicts.retried, 0);
    assert_eq!(verdicts.each, alone(&batch));
    assert_eq!(verdicts.each[7], Err(VerifyError::Input { index: 1 }));
    assert!(matches!(verdicts.each[4], Err(VerifyError::Point { .. })));
}

#[test]
fn take_another_number_of_inputs_and_another_length_for_what_they_are() {
    let Fixture { keys, entries } = fixture();
    let [good, mut few, mut long] = [&entries[0]; 3].map(|entry| Member {
        key: &keys[0],
        inputs: &entry.inputs,
        proof: &entry.proof,
    });
    few.inputs = &few.inputs[..2];
    let longer = [few.proof, &[0]].concat();
    long.proof = &longer;
    let verdicts = verify_batch(&[few, good, long]).expect("within the bounds");
    assert_eq!(
        verdicts.each,
        [
            Err(VerifyError::Inputs { found: 2 }),
            Ok(true),
            Err(VerifyError::Length { found: 129 })
        ]
    );
}

mod reject {
    use super::*;

    #[test]
    fn more_members_than_a_batch_has() {
        let many = vec![fixture().entries[0]; MAX_BATCH as usize + 1];
        let members = members(&fixture().keys, &many);
        assert_eq!(
            verify_batch(&members),
            Err(BatchError::Members {
                given: MAX_BATCH + 1
            })
        );
    }

    #[test]
    fn more_keys_than_a_batch_has() {
        let keys = vec![fixture().keys[0].clone(); MAX_BATCH_KEYS as usize + 1];
        let entries: Vec<Entry> = (0..keys.len())
            .map(|key| Entry {
                key,
                ..fixture().entries[0]
            })
            .collect();
        let over = verify_batch(&members(&keys, &entries));
        let given = MAX_BATCH_KEYS + 1;
        assert_eq!(over, Err(BatchError::Keys { given }));
        let most = &entries[..MAX_BATCH_KEYS as usize];
        let verdicts = verify_batch(&members(&keys, most)).expect("within the bounds");
        assert_eq!(verdicts.each, vec![Ok(true); most.len()]);
    }
}
