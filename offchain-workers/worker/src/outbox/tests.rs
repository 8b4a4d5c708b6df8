//! An outbox on a disk of its own.

use super::*;
use crate::disk::Disk;
use lattice_chain_client::BlockNumber;
use std::path::Path;

const GENESIS: [u8; 32] = [7; 32];
const BOB: AccountId = AccountId([2; 32]);

fn entry(state: State) -> Entry {
    Entry {
        model: 3,
        context: [1; 32],
        output: vec![-5, 0, 12],
        proof: [9; 128].into(),
        state,
    }
}

fn submitted() -> State {
    State::Submitted(SignedExtrinsic {
        bytes: vec![1, 2, 3],
        hash: [4; 32],
        nonce: 11,
        signed_at: 40,
    })
}

fn authorized() -> State {
    State::Authorized(AuthorizedExtrinsic {
        bytes: vec![5, 6],
        hash: [7; 32],
        made_at: 41,
    })
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn database(folder: &Path) -> Database {
    Disk::default().open(folder, FILE_NAME).expect("opens")
}

fn open(folder: &Path) -> Outbox {
    Outbox::open(database(folder), &GENESIS, &BOB).expect("opens")
}

#[test]
fn every_state_survives_a_restart() {
    let folder = folder();
    let closed = State::Closed {
        outcome: Outcome::Settled,
        block: 44,
    };
    for state in [State::Proven, submitted(), closed, authorized()] {
        {
            let outbox = open(folder.path());
            outbox.put(8, &entry(State::Proven)).expect("writes");
            outbox.advance(8, state.clone()).expect("writes");
        }
        let outbox = open(folder.path());
        assert_eq!(outbox.get(8).expect("reads"), Some(entry(state)));
    }
}

#[test]
fn what_an_earlier_worker_wrote_is_read() {
    // The first byte is the state's, and stays what it was.
    let closed = State::Closed {
        outcome: Outcome::Settled,
        block: 44,
    };
    for (index, state, rest) in [
        (0u8, State::Proven, Vec::new()),
        (
            1,
            submitted(),
            (vec![1u8, 2, 3], [4u8; 32], 11u64, 40u32).encode(),
        ),
        (2, closed, (0u8, 44u32).encode()),
        (3, authorized(), (vec![5u8, 6], [7u8; 32], 41u32).encode()),
    ] {
        assert_eq!(state.encode(), [&[index][..], &rest].concat());
    }
}

#[test]
fn what_was_sent_can_be_sent_again_until_the_request_is_closed() {
    let closed = State::Closed {
        outcome: Outcome::Settled,
        block: 44,
    };
    assert_eq!((State::Proven.sent(), closed.sent()), (None, None));
    let sent = |state: State| state.sent().map(|sent| (sent.bytes, sent.hash));
    assert_eq!(sent(submitted()), Some((vec![1, 2, 3], [4; 32])));
    assert_eq!(sent(authorized()), Some((vec![5, 6], [7; 32])));
}

#[test]
fn a_process_killed_between_two_writes_leaves_the_first() {
    let folder = folder();
    let copy = self::folder();
    let outbox = open(folder.path());
    outbox.put(8, &entry(State::Proven)).expect("writes");
    // What a process leaves when it is killed now: the file as it is, not closed.
    std::fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("copies");
    outbox.advance(8, submitted()).expect("writes");

    let found = open(copy.path()).open_entries().expect("reads");
    assert_eq!(found, [(8, entry(State::Proven))]);
}

#[test]
fn a_write_that_was_not_finished_is_as_if_it_never_began() {
    let folder = folder();
    let copy = self::folder();
    let outbox = open(folder.path());
    outbox.put(1, &entry(State::Proven)).expect("writes");
    let unfinished = outbox.store.database.begin_write().expect("begins");
    unfinished
        .open_table(outbox.store.definition())
        .expect("opens")
        .insert(2, entry(State::Proven).encode().as_slice())
        .expect("inserts");
    std::fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("copies");

    let found = open(copy.path()).open_entries().expect("reads");
    assert_eq!(found, [(1, entry(State::Proven))]);
}

#[test]
fn closed_requests_are_not_taken_up_again() {
    let folder = folder();
    let outbox = open(folder.path());
    for request in [5, 3, 4] {
        outbox.put(request, &entry(submitted())).expect("writes");
    }
    let closed = State::Closed {
        outcome: Outcome::Expired,
        block: 50,
    };
    outbox.advance(4, closed).expect("writes");
    let open: Vec<_> = outbox
        .open_entries()
        .expect("reads")
        .into_iter()
        .map(|(request, _)| request)
        .collect();
    assert_eq!(open, [3, 5]);
}

#[test]
fn another_chain_and_another_provider_see_none_of_it() {
    let folder = folder();
    open(folder.path())
        .put(8, &entry(State::Proven))
        .expect("writes");
    for (genesis, provider) in [([8; 32], BOB), (GENESIS, AccountId([3; 32]))] {
        let outbox = Outbox::open(database(folder.path()), &genesis, &provider).expect("opens");
        assert_eq!(outbox.get(8).expect("reads"), None);
    }
}

/// Writes entries that were closed in these blocks.
fn put_closed(outbox: &Outbox, closed: impl IntoIterator<Item = (RequestId, BlockNumber)>) {
    let transaction = outbox.store.database.begin_write().expect("begins");
    {
        let mut table = transaction
            .open_table(outbox.store.definition())
            .expect("opens");
        for (request, block) in closed {
            let entry = entry(State::Closed {
                outcome: Outcome::Settled,
                block,
            });
            table
                .insert(request, entry.encode().as_slice())
                .expect("inserts");
        }
    }
    transaction.commit().expect("commits");
}

#[test]
fn old_closed_entries_are_forgotten_and_open_ones_never() {
    let folder = folder();
    let outbox = open(folder.path());
    outbox.put(0, &entry(State::Proven)).expect("writes");
    put_closed(&outbox, (1..=KEEP_CLOSED as u64 + 2).map(|n| (n, 1)));

    assert_eq!(outbox.prune().expect("prunes"), 2);
    assert!(outbox.get(0).expect("reads").is_some());
    assert_eq!(outbox.get(2).expect("reads"), None);
    assert!(outbox.get(3).expect("reads").is_some());
    assert_eq!(outbox.prune().expect("prunes"), 0);
}

#[test]
fn what_was_closed_last_is_kept_whatever_its_number() {
    let folder = folder();
    let outbox = open(folder.path());
    let late = [(0, 9)];
    let early = (1..=KEEP_CLOSED as u64).map(|n| (n, 8));
    put_closed(&outbox, late.into_iter().chain(early));

    assert_eq!(outbox.prune().expect("prunes"), 1);
    assert!(outbox.get(0).expect("reads").is_some());
    assert_eq!(outbox.get(1).expect("reads"), None);
}

#[test]
fn results_that_travel_together_are_advanced_together_or_not_at_all() {
    let folder = folder();
    let outbox = open(folder.path());
    for request in [1, 2] {
        outbox.put(request, &entry(State::Proven)).expect("writes");
    }
    let missing = outbox.advance_all(&[1, 9, 2], submitted());
    assert!(matches!(missing, Err(OutboxError::Missing(9))));
    let state = |request| outbox.get(request).expect("reads").map(|entry| entry.state);
    assert_eq!(state(1), Some(State::Proven));
    outbox.advance_all(&[1, 2], submitted()).expect("writes");
    assert_eq!((state(1), state(2)), (Some(submitted()), Some(submitted())));
}

mod refuse {
    use super::*;

    #[test]
    fn a_damaged_entry() {
        let folder = folder();
        let outbox = open(folder.path());
        let transaction = outbox.store.database.begin_write().expect("begins");
        transaction
            .open_table(outbox.store.definition())
            .expect("opens")
            .insert(6, [0u8; 3].as_slice())
            .expect("inserts");
        transaction.commit().expect("commits");
        assert!(matches!(
            outbox.get(6),
            Err(OutboxError::Damaged { request: 6, .. })
        ));
    }

    #[test]
    fn to_advance_what_was_never_proven() {
        let folder = folder();
        assert!(matches!(
            open(folder.path()).advance(1, submitted()),
            Err(OutboxError::Missing(1))
        ));
    }
}
