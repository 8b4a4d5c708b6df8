//! Batches agree with single checks, whatever is in them.
#![cfg(feature = "testing")]

mod support;

use lattice_verifier::testing::{g1_bytes, Trapdoors};
use lattice_verifier::{
    challenge, field, verify, verify_batch, BatchError, FieldBytes, Member, PreparedKey, Statement,
    Verdicts, VerifyError, MAX_BATCH, MAX_BATCH_KEYS, PUBLIC_INPUTS,
};
use proptest::prelude::*;
use std::sync::OnceLock;

/// A proof with its inputs, and the position of its key.
#[derive(Clone, Debug)]
struct Entry {
    key: usize,
    inputs: [FieldBytes; PUBLIC_INPUTS],
    proof: Vec<u8>,
}

struct Fixture {
    keys: Vec<PreparedKey>,
    entries: Vec<Entry>,
}

/// Keys without and with a commitment: positions in [`Fixture::keys`].
const PLAIN: std::ops::Range<usize> = 0..4;
const COMMITTED: std::ops::Range<usize> = 4..6;

/// Position of the i-th proof of a key in [`Fixture::entries`].
fn at(i: usize, key: usize) -> usize {
    i * COMMITTED.end + key
}

fn trapdoors(key: usize) -> Trapdoors {
    let mut trapdoors = Trapdoors::new(key as u64);
    if key == COMMITTED.start {
        trapdoors.gamma = ark_bn254::Fr::from(1);
    }
    trapdoors
}

/// Four keys without a commitment and two with one, and three true proofs of each, in turn. Two of
/// the former and one of the latter share their γ.
fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let plain = [
            support::keys(1),
            support::keys(2),
            support::keys_with_standard_gamma(3),
            support::keys_with_standard_gamma(4),
        ];
        let committed: Vec<Trapdoors> = COMMITTED.map(trapdoors).collect();
        let mut entries = Vec::new();
        for i in 0..3u64 {
            for (key, own) in plain.iter().enumerate() {
                let (statement, proof) = own.prove(i, 100 + i, i);
                entries.push(Entry {
                    key,
                    inputs: statement.inputs(),
                    proof: proof.to_vec(),
                });
            }
            for (key, own) in COMMITTED.zip(&committed) {
                let [context, input_commitment, output_commitment] =
                    [i, 5, 6].map(|input| field::encode(&ark_bn254::Fr::from(input)));
                let statement = Statement {
                    context,
                    input_commitment,
                    output_commitment,
                };
                entries.push(Entry {
                    key,
                    inputs: statement.inputs(),
                    proof: own.simulate(&statement, i).to_vec(),
                });
            }
        }
        let plain = plain.iter().map(support::Keys::prepared);
        let keys = plain
            .chain(committed.iter().map(Trapdoors::prepared))
            .collect();
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
    OtherVersion,
    /// D of the next proof under the same key, if it has one.
    OtherCommitment,
    AliasedInput,
    MalformedProof,
    CutProof,
}

impl Flaw {
    fn of(self, entry: &Entry) -> Entry {
        let mut entry = entry.clone();
        let committed = COMMITTED.contains(&entry.key);
        match self {
            Flaw::None => {}
            Flaw::Input(input) => entry.inputs[input][0] ^= 0x40,
            Flaw::OtherKey => {
                let own = if committed { COMMITTED } else { PLAIN };
                entry.key = own.start + (entry.key + 1 - own.start) % own.len();
            }
            Flaw::OtherVersion => entry.key = if committed { 0 } else { COMMITTED.start },
            Flaw::OtherCommitment => {
                let mut others = fixture().entries.iter();
                let other = others
                    .find(|other| other.key == entry.key && other.inputs != entry.inputs)
                    .expect("three of each key");
                entry.proof.truncate(128);
                entry.proof.extend(&other.proof[128..]);
            }
            Flaw::AliasedInput => entry.inputs[1] = [0xff; 32],
            Flaw::MalformedProof => entry.proof[..32].fill(0xff),
            Flaw::CutProof => entry.proof.truncate(96),
        }
        entry
    }
}

fn flaw() -> impl Strategy<Value = Flaw> {
    prop_oneof![
        10 => Just(Flaw::None),
        1 => (0..PUBLIC_INPUTS).prop_map(Flaw::Input),
        1 => Just(Flaw::OtherKey),
        1 => Just(Flaw::OtherVersion),
        1 => Just(Flaw::OtherCommitment),
        1 => Just(Flaw::AliasedInput),
        1 => Just(Flaw::MalformedProof),
        1 => Just(Flaw::CutProof),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn give_each_member_the_verdict_that_it_has_alone(
        picks in prop::collection::vec((0usize..18, flaw()), 0..10),
    ) {
        let entries: Vec<Entry> = picks
            .iter()
            .map(|(pick, flaw)| flaw.of(&fixture().entries[*pick]))
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
    for key in [PLAIN.start, COMMITTED.start] {
        let entry = &fixture().entries[at(0, key)];
        let twice = [entry.clone(), entry.clone()];
        assert_eq!(check(&twice).each, [Ok(true), Ok(true)]);
    }
}

#[test]
fn find_the_one_false_proof_wherever_it_is() {
    let entries = &fixture().entries;
    for position in 0..entries.len() {
        let mut batch = entries.clone();
        batch[position] = Flaw::Input(0).of(&batch[position]);
        let mut expected = vec![Ok(true); entries.len()];
        expected[position] = Ok(false);
        assert_eq!(check(&batch).each, expected, "{position}");
    }
}

#[test]
fn find_half_of_them_false_and_all_of_them() {
    let mut batch = fixture().entries.clone();
    for entry in batch.iter_mut().step_by(2) {
        *entry = Flaw::Input(2).of(entry);
    }
    let half: Vec<_> = (0..batch.len()).map(|i| Ok(i % 2 == 1)).collect();
    assert_eq!(check(&batch).each, half);
    for entry in batch.iter_mut().skip(1).step_by(2) {
        *entry = Flaw::OtherKey.of(entry);
    }
    assert_eq!(check(&batch).each, vec![Ok(false); batch.len()]);
}

/// With equal coefficients these two would cancel: each has the other's statement, and the
/// equation is linear in the statements.
#[test]
fn find_two_proofs_of_one_key_whose_statements_are_exchanged() {
    for key in [PLAIN.start, COMMITTED.start] {
        let [mut first, mut second] = [0, 1].map(|i| fixture().entries[at(i, key)].clone());
        assert_eq!(first.key, second.key);
        std::mem::swap(&mut first.inputs, &mut second.inputs);
        assert_eq!(check(&[first, second]).each, [Ok(false), Ok(false)]);
    }
}

/// The same across keys that share their γ, whose statements are summed into one pairing.
#[test]
fn find_two_proofs_of_two_keys_whose_points_are_exchanged() {
    let [mut first, mut second] = [2, 3].map(|key| fixture().entries[at(0, key)].clone());
    let (low, high) = (first.proof.clone(), second.proof.clone());
    first.proof[96..].copy_from_slice(&high[96..]);
    second.proof[96..].copy_from_slice(&low[96..]);
    assert_eq!(check(&[first, second]).each, [Ok(false), Ok(false)]);
}

/// What is too much in one D is missing in the other, and all else fits, each challenge too: under
/// equal coefficients the two would cancel.
#[test]
fn find_two_committed_proofs_whose_commitments_are_off_by_opposite_points() {
    let f = fixture();
    for (first, second) in [(4, 4), (4, 5)] {
        let entries = [(first, 1u64), (second, 2)].map(|(key, sign)| {
            let own = trapdoors(key);
            let inputs = f.entries[at(0, key)].inputs;
            let used = ark_bn254::Fr::from(77 + sign);
            // The pairing multiplies by ε, which differs from key to key.
            let off = ark_ff::Field::inverse(&own.epsilon).expect("not zero");
            let sent = if sign == 1 { used + off } else { used - off };
            let challenge = challenge(&f.keys[key], &inputs, &g1_bytes(sent));
            let proof = own.simulate_for(&inputs, sent, &challenge, used, sign);
            Entry {
                key,
                inputs,
                proof: proof.to_vec(),
            }
        });
        assert_eq!(check(&entries).each, [Ok(false), Ok(false)]);
    }
}

#[test]
fn find_a_false_proof_of_either_version_among_true_ones_of_the_other() {
    let f = fixture();
    for (of, others) in [(PLAIN, COMMITTED), (COMMITTED, PLAIN)] {
        let mut batch: Vec<Entry> = others.map(|key| f.entries[at(0, key)].clone()).collect();
        let mut expected = vec![Ok(true); batch.len()];
        batch.push(Flaw::Input(1).of(&f.entries[at(1, of.start)]));
        expected.push(Ok(false));
        assert_eq!(check(&batch).each, expected);
        batch.pop();
        batch.push(Flaw::OtherVersion.of(&f.entries[at(1, of.start)]));
        let verdicts = check(&batch);
        assert_eq!(verdicts.retried, 0);
        assert!(matches!(
            verdicts.each.last(),
            Some(Err(VerifyError::Length { .. }))
        ));
    }
}

#[test]
fn find_a_commitment_of_another_proof() {
    let f = fixture();
    let mut batch = f.entries.clone();
    let position = at(1, COMMITTED.start);
    batch[position] = Flaw::OtherCommitment.of(&batch[position]);
    let mut expected = vec![Ok(true); batch.len()];
    expected[position] = Ok(false);
    assert_eq!(check(&batch).each, expected);
}

#[test]
fn not_let_a_malformed_member_cost_the_others_anything() {
    let mut batch = fixture().entries.clone();
    batch[4] = Flaw::MalformedProof.of(&batch[4]);
    batch[7] = Flaw::AliasedInput.of(&batch[7]);
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
    let longer = [good.proof, &[0]].concat();
    long.proof = &longer;
    let verdicts = verify_batch(&[few, good, long]).expect("within the bounds");
    assert_eq!(
        verdicts.each,
        [
            Err(VerifyError::Inputs { found: 2 }),
            Ok(true),
            Err(VerifyError::Length {
                expected: 128,
                found: 129
            })
        ]
    );
}

mod reject {
    use super::*;

    #[test]
    fn more_members_than_a_batch_has() {
        let many = vec![fixture().entries[0].clone(); MAX_BATCH as usize + 1];
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
                ..fixture().entries[0].clone()
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
