//! Random histories: whatever happens in whatever order, deposits, counts and issuance
//! add up.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeSet;

/// A code that does nothing and differs by its number.
fn small(number: u32) -> Vec<u8> {
    compile(&format!(
        r#"(module (func (export "instantiate")) (func (export "call"))
            (func (drop (i32.const {number}))))"#
    ))
}

fn random_input(rng: &mut ChaCha20Rng, accounts: &[AccountId]) -> Vec<u8> {
    // More ends than of the rest: most of them come to a program that has none.
    let what = match u8::try_from(rng.next_u32() % 24).unwrap() {
        what @ 16.. => 14 + what % 2,
        what => what,
    };
    let mut input = vec![what];
    match what {
        14 | 15 => {
            // Now and then in favour of the program itself, or of another one.
            let to = &accounts[rng.next_u32() as usize % accounts.len()];
            input.extend(<[u8; 32]>::from(to.clone()));
            input.extend(*b"key0");
            input.extend(vec![8; rng.next_u32() as usize % 20]);
        }
        4 | 13 => {
            let to = &accounts[rng.next_u32() as usize % accounts.len()];
            input.extend(<[u8; 32]>::from(to.clone()));
            input.extend(Balance::from(rng.next_u32() % 5_000).to_le_bytes());
            input.extend([
                b'k',
                b'e',
                b'y',
                b'0' + u8::try_from(rng.next_u32() % 4).unwrap(),
            ]);
        }
        6 => input.extend([u8::try_from(rng.next_u32() % 8).unwrap(); 64]),
        9 => input.extend((rng.next_u32() % 100_000).to_le_bytes()),
        _ => {
            input.extend([
                b'k',
                b'e',
                b'y',
                b'0' + u8::try_from(rng.next_u32() % 4).unwrap(),
            ]);
            input.extend(vec![7; rng.next_u32() as usize % 200]);
        }
    }
    input
}

/// One random call; whether it did something.
fn step(rng: &mut ChaCha20Rng) -> bool {
    let who = [ALICE, BOB, CAROL][rng.next_u32() as usize % 3].clone();
    let mut accounts: Vec<AccountId> = Programs::<Test>::iter_keys().collect();
    accounts.sort();
    let programs = accounts.len();
    accounts.extend([ALICE, BOB, NOBODY]);
    let mut codes = vec![everything().to_vec(); 3];
    codes.extend((0..3).map(small));
    let code = codes[rng.next_u32() as usize % codes.len()].clone();
    let code_hash = H256(blake2_256(&code));
    let input = random_input(rng, &accounts);
    let before = System::event_count();
    match rng.next_u32() % 12 {
        0 => return upload_as(&who, &code).is_ok(),
        1 => return AiPrograms::remove_code(origin(&who), code_hash).is_ok(),
        2 | 3 => {
            let salt = u8::try_from(rng.next_u32() % 4).unwrap();
            let value = Balance::from(rng.next_u32() % 10_000);
            let call = by(&who).value(value).input(input);
            if call.instantiate(code_hash, salt).is_err() {
                return false;
            }
        }
        4 => {
            let program = [lattice_isa::Instruction::CommitResult {
                subject: [4; 32],
                digest: [5; 32],
            }];
            let gas = u64::from(rng.next_u32() % 2) * GAS;
            assert_ok!(by(&who).gas(gas).execute(&program, true));
        }
        5 => return AiPrograms::clear_records(origin(&who)).is_ok(),
        6 => next_block(),
        _ if programs == 0 => return false,
        _ => {
            let program = &accounts[rng.next_u32() as usize % programs];
            let value = Balance::from(rng.next_u32() % 2_000);
            let gas = if rng.next_u32().is_multiple_of(4) {
                u64::from(rng.next_u32())
            } else {
                GAS
            };
            let call = by(&who).value(value).input(input).gas(gas);
            if call.call(program).is_err() {
                return false;
            }
        }
    }
    System::event_count() > before && ending().0.is_ok()
}

#[test]
fn deposits_counts_and_issuance_add_up_after_every_step() {
    let mut ended = 0;
    for seed in 0..4 {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut chain = new_test_ext();
        let mut accepted = 0;
        for _block in 0..15 {
            chain.execute_with(|| {
                for _ in 0..10 {
                    let before = accounts();
                    accepted += u32::from(step(&mut rng));
                    ended += before.difference(&accounts()).count();
                    check_everything();
                    check_what_is_gone(&before);
                }
                next_block();
            });
            // From here on the state is what a database has, and not what a block changed.
            chain
                .commit_all()
                .expect("the block's changes fit the state");
        }
        assert!(accepted > 20, "the history is of refusals only");
    }
    assert!(ended > 10, "only {ended} programs ended");
}

fn accounts() -> BTreeSet<AccountId> {
    Programs::<Test>::iter_keys().collect()
}

/// Whoever has no code, program or records any more has nothing on hold either, and a
/// program that has just ended has nothing at all.
fn check_what_is_gone(programs_before: &BTreeSet<AccountId>) {
    for who in [ALICE, BOB, CAROL] {
        let owns = Codes::<Test>::iter_values().any(|code| code.owner == who);
        assert!(owns || held(HoldReason::CodeDeposit, &who) == 0);
        let records = Records::<Test>::contains_key(&who);
        assert!(records || held(HoldReason::StorageDeposit, &who) == 0);
    }
    for gone in programs_before.difference(&accounts()) {
        assert_eq!(held(HoldReason::StorageDeposit, gone), 0);
        assert!(!Records::<Test>::contains_key(gone));
        assert_eq!(free(gone), 0);
    }
}
