//! Batches agree with single checks.
#![cfg(feature = "arkworks")]

mod support;

use lattice_verifier::{
    validate, verify, verify_batch, BatchError, PreparedKey, Statement, VerifyError, PROOF_LEN,
};
use std::sync::OnceLock;

type Member = (Statement, [u8; PROOF_LEN]);

fn fixture() -> &'static (PreparedKey, Vec<Member>) {
    static FIXTURE: OnceLock<(PreparedKey, Vec<Member>)> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let keys = support::keys(1);
        let validated = validate(&keys.verifying).expect("an honest key");
        let key = PreparedKey::decode(&validated.prepared).expect("just validated");
        let members = (0..9).map(|i| keys.prove(i, 100 + i, i)).collect();
        (key, members)
    })
}

#[test]
fn accept_true_proofs_in_any_number() {
    let (key, members) = fixture();
    for count in 0..=members.len() {
        assert_eq!(verify_batch(key, &members[..count]), Ok(true), "{count}");
    }
}

#[test]
fn accept_a_proof_that_is_there_twice() {
    let (key, members) = fixture();
    assert_eq!(verify_batch(key, &[members[0], members[0]]), Ok(true));
}

#[test]
fn find_one_false_proof_wherever_it_is() {
    let (key, members) = fixture();
    for position in 0..members.len() {
        let mut batch = members.clone();
        batch[position].0.context[0] ^= 0x40;
        let (statement, proof) = &batch[position];
        assert_eq!(verify(key, &statement.inputs(), proof), Ok(false));
        assert_eq!(verify_batch(key, &batch), Ok(false), "{position}");
    }
}

/// With equal coefficients these two would cancel: each has the other's statement, and the
/// equation is linear in the statements.
#[test]
fn find_two_proofs_whose_statements_are_exchanged() {
    let (key, members) = fixture();
    let exchanged = [(members[0].0, members[1].1), (members[1].0, members[0].1)];
    assert_eq!(verify_batch(key, &exchanged), Ok(false));
}

mod reject {
    use super::*;

    #[test]
    fn a_batch_with_a_malformed_member_and_say_which() {
        let (key, members) = fixture();
        let mut batch = members.clone();
        batch[4].1[..32].fill(0xff);
        let reason = verify(key, &batch[4].0.inputs(), &batch[4].1).expect_err("malformed");
        assert_eq!(
            verify_batch(key, &batch),
            Err(BatchError { index: 4, reason })
        );
        batch[2].0.context = [0xff; 32];
        assert_eq!(
            verify_batch(key, &batch),
            Err(BatchError {
                index: 2,
                reason: VerifyError::Input { index: 0 }
            })
        );
    }
}
