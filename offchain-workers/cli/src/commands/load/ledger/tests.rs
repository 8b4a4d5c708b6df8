use super::*;
use lattice_chain_client::{Price, H256};

const ALICE: AccountId = AccountId([1; 32]);
const BOB: AccountId = AccountId([2; 32]);
const PROVIDER: AccountId = AccountId([9; 32]);
const PRICE: Price<u128> = Price {
    compute: 1,
    royalty: 0,
    fee: 0,
};

/// A block of the first chain, or of another one.
fn block(number: BlockNumber, fork: u8) -> Block {
    Block {
        number,
        hash: H256([fork; 32]),
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn fee(payer: AccountId) -> Event {
    Event::FeePaid { payer, amount: 1 }
}

fn requested(request: RequestId, requester: AccountId) -> Event {
    Event::Requested {
        request,
        requester,
        provider: PROVIDER,
        model: 0,
        price: PRICE,
    }
}

fn settled(request: RequestId) -> Event {
    Event::Settled {
        request,
        requester: ALICE,
        provider: PROVIDER,
        gas_used: 1,
        price: PRICE,
    }
}

fn expired(request: RequestId) -> Event {
    Event::Expired {
        request,
        requester: ALICE,
        provider: PROVIDER,
        slashed: 1,
    }
}

fn ledger() -> Ledger {
    Ledger::new(&[ALICE, BOB], block(10, 0))
}

/// A request that is due, with its extrinsic on the way.
fn send(ledger: &mut Ledger, account: usize, signed_at: BlockNumber) -> usize {
    let sample = ledger.add(seconds(1));
    let pending = Pending {
        sample,
        bytes: Arc::from([7u8, 8]),
        signed_at,
        offered_at: signed_at,
    };
    ledger.offer(account, pending);
    sample
}

fn fates(ledger: &Ledger) -> Vec<Fate> {
    ledger.samples().iter().map(|sample| sample.fate).collect()
}

#[test]
fn a_request_is_followed_from_its_block_to_its_end() {
    let mut ledger = ledger();
    let sample = send(&mut ledger, 0, 10);
    assert_eq!(ledger.outstanding(), 1);
    ledger.apply(block(11, 0), &[requested(5, ALICE), fee(ALICE)], seconds(3));
    assert_eq!(fates(&ledger), [Fate::Open(5)]);
    ledger.apply(block(12, 0), &[settled(5), fee(PROVIDER)], seconds(6));
    let sample = ledger.samples()[sample];
    assert_eq!(sample.fate, Fate::Ended(Outcome::Settled));
    assert!(sample.fate.is_settled());
    assert_eq!(
        (sample.in_block, sample.over),
        (Some(seconds(3)), Some(seconds(6)))
    );
    assert_eq!(ledger.outstanding(), 0);
}

#[test]
fn a_request_that_is_answered_in_its_own_block_ends_there() {
    let mut ledger = ledger();
    send(&mut ledger, 1, 10);
    let answered = Event::Answered {
        request: 5,
        requester: BOB,
        model: 0,
        output: vec![1],
        gas_used: 1,
        royalty: 0,
    };
    ledger.apply(block(11, 0), &[answered, fee(BOB)], seconds(3));
    assert_eq!(fates(&ledger), [Fate::Ended(Outcome::Answered)]);
    ledger.rewind(11);
    assert_eq!(fates(&ledger), [Fate::Waiting]);
    assert_eq!(ledger.outstanding(), 1);
}

#[test]
fn of_several_extrinsics_in_a_block_the_one_without_a_request_was_refused() {
    let mut ledger = ledger();
    for account in [0, 0, 1, 0] {
        send(&mut ledger, account, 10);
    }
    let events = [
        requested(5, ALICE),
        fee(ALICE),
        fee(ALICE),
        requested(6, BOB),
        fee(BOB),
        requested(7, ALICE),
        fee(ALICE),
        // Not of this run.
        requested(8, PROVIDER),
        fee(PROVIDER),
    ];
    ledger.apply(block(11, 0), &events, seconds(3));
    let expected = [Fate::Open(5), Fate::Refused, Fate::Open(6), Fate::Open(7)];
    assert_eq!(fates(&ledger), expected);
    assert_eq!(ledger.outstanding(), 3);
}

#[test]
fn an_attempt_that_another_follows_is_no_end() {
    let mut ledger = ledger();
    send(&mut ledger, 0, 10);
    ledger.apply(block(11, 0), &[requested(5, ALICE), fee(ALICE)], seconds(3));
    let waiting = Event::Waiting {
        request: 5,
        attempts_left: 1,
    };
    ledger.apply(block(12, 0), &[expired(5), waiting], seconds(6));
    assert_eq!(fates(&ledger), [Fate::Open(5)]);
    ledger.apply(block(13, 0), &[expired(5)], seconds(9));
    assert_eq!(fates(&ledger), [Fate::Ended(Outcome::Expired)]);
}

#[test]
fn what_a_block_changed_is_undone_when_it_leaves_the_chain() {
    let mut ledger = ledger();
    send(&mut ledger, 0, 10);
    send(&mut ledger, 0, 10);
    let first = [
        requested(5, ALICE),
        fee(ALICE),
        requested(6, ALICE),
        fee(ALICE),
    ];
    ledger.apply(block(11, 0), &first, seconds(3));
    ledger.apply(block(12, 0), &[settled(5)], seconds(6));
    assert!(ledger.knows(block(12, 0)) && !ledger.knows(block(12, 1)));

    ledger.rewind(11);
    assert_eq!(fates(&ledger), [Fate::Waiting, Fate::Waiting]);
    assert!(ledger
        .samples()
        .iter()
        .all(|s| s.in_block.is_none() && s.over.is_none()));
    // On the other chain they have other numbers, and the second is refused.
    let other = [requested(9, ALICE), fee(ALICE), fee(ALICE)];
    ledger.apply(block(11, 1), &other, seconds(7));
    assert_eq!(fates(&ledger), [Fate::Open(9), Fate::Refused]);
    // A request of the chain that is no more ends nothing.
    ledger.apply(block(12, 1), &[settled(5)], seconds(8));
    ledger.apply(block(13, 1), &[settled(9)], seconds(9));
    assert_eq!(
        fates(&ledger),
        [Fate::Ended(Outcome::Settled), Fate::Refused]
    );
    assert_eq!(ledger.samples()[0].in_block, Some(seconds(7)));
    assert_eq!(ledger.outstanding(), 0);
}

#[test]
fn the_first_block_is_never_undone() {
    let mut ledger = ledger();
    ledger.apply(block(11, 0), &[], seconds(3));
    ledger.rewind(0);
    assert!(ledger.knows(block(10, 0)) && !ledger.knows(block(11, 0)));
    assert_eq!(ledger.oldest(), 10);
}

#[test]
fn blocks_are_kept_for_a_while_and_no_longer() {
    let mut ledger = ledger();
    for number in 11..600 {
        ledger.apply(block(number, 0), &[], seconds(3));
    }
    assert_eq!(ledger.oldest(), 600 - BLOCKS_KEPT as u32);
    assert!(ledger.knows(block(599, 0)) && !ledger.knows(block(11, 0)));
}

#[test]
fn an_extrinsic_that_the_node_refuses_leaves_the_others() {
    let mut ledger = ledger();
    send(&mut ledger, 0, 10);
    let refused = send(&mut ledger, 0, 10);
    ledger.not_taken(0, refused, "no funds", seconds(2));
    assert_eq!(fates(&ledger), [Fate::Waiting, Fate::NotTaken]);
    assert_eq!(ledger.reasons().get("no funds"), Some(&1));
    // Its nonce is free, and the next extrinsic takes it.
    send(&mut ledger, 0, 10);
    let events = [
        requested(5, ALICE),
        fee(ALICE),
        requested(6, ALICE),
        fee(ALICE),
    ];
    ledger.apply(block(11, 0), &events, seconds(3));
    assert_eq!(
        fates(&ledger),
        [Fate::Open(5), Fate::NotTaken, Fate::Open(6)]
    );
}

#[test]
fn reasons_are_counted_one_by_one_up_to_a_number() {
    let mut ledger = ledger();
    for number in 0..100 {
        let sample = ledger.add(seconds(1));
        ledger.not_taken(0, sample, &format!("reason {number}"), seconds(2));
    }
    assert_eq!(ledger.reasons().len(), REASONS + 1);
    assert_eq!(
        ledger.reasons().get("other reasons"),
        Some(&(100 - REASONS))
    );
    assert_eq!(ledger.outstanding(), 0);
}

#[test]
fn an_extrinsic_that_is_in_no_block_is_offered_again() {
    let mut ledger = ledger();
    send(&mut ledger, 0, 10);
    assert!(ledger.overdue(13, seconds(9)).is_empty());
    assert_eq!(ledger.overdue(14, seconds(12)).len(), 1);
    // And then not at once.
    assert!(ledger.overdue(15, seconds(15)).is_empty());
    assert_eq!(ledger.overdue(18, seconds(24)).len(), 1);
}

#[test]
fn an_extrinsic_that_is_void_is_lost_with_those_that_follow_it() {
    let mut ledger = ledger();
    send(&mut ledger, 0, 10);
    send(&mut ledger, 0, 60);
    send(&mut ledger, 1, 60);
    ledger.overdue(10 + MORTALITY, seconds(100));
    assert_eq!(ledger.outstanding(), 3);
    ledger.overdue(11 + MORTALITY, seconds(103));
    assert_eq!(fates(&ledger), [Fate::Lost, Fate::Lost, Fate::Waiting]);
    assert!(ledger.is_retired(0) && !ledger.is_retired(1));
    assert_eq!(ledger.outstanding(), 1);
}

#[test]
fn what_was_refused_is_remembered_for_a_while() {
    let mut ledger = ledger();
    send(&mut ledger, 0, 10);
    let other = send(&mut ledger, 1, 10);
    // A fee without a request: the call failed.
    ledger.apply(block(11, 0), &[fee(ALICE)], seconds(4));
    ledger.not_taken(1, other, "too poor", seconds(7));
    assert_eq!(fates(&ledger), [Fate::Refused, Fate::NotTaken]);
    assert_eq!(ledger.outstanding(), 0);
    assert_eq!(ledger.refused_since(seconds(4)), 2);
    assert_eq!(ledger.refused_since(seconds(5)), 1);
    assert_eq!(ledger.refused_since(seconds(8)), 0);
}
