//! Inputs that are taken, and what is refused.

mod outputs;
mod requests;

use lattice_chain_client::{is_signed_by, receipt_message, RequestId};

use super::super::testing::{
    alice, assigned, blinding, bob, delivery, mailbox, name, Fixed, GENESIS, INPUT,
};
use super::super::{collect_message, Assigned, Unseen, FILE_NAME};
use super::*;
use std::path::{Path, PathBuf};

/// A mailbox with all that it takes to ask it.
struct Station {
    folder: tempfile::TempDir,
    bob: PeerId,
    alice: PeerId,
    mailbox: Mailbox,
}

impl Station {
    fn new(ledger: Fixed, limits: Limits) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (bob, alice) = (PeerId::random(), PeerId::random());
        let mailbox = mailbox(folder.path(), bob, ledger, limits);
        Self {
            folder,
            bob,
            alice,
            mailbox,
        }
    }

    /// With requests 7 and 8 of Alice.
    fn open() -> Self {
        Self::new(Fixed::of([7, 8]), Limits::default())
    }

    async fn ask(&self, account: AccountId, request: PrivateRequest) -> PrivateResponse {
        self.mailbox.serve(self.alice, account, request).await
    }

    async fn deliver(&self, request: RequestId) -> PrivateResponse {
        self.ask(alice().account(), delivery(request)).await
    }

    /// Asks for an output as Alice does.
    async fn collect(&self, request: RequestId) -> PrivateResponse {
        let message = collect_message(&GENESIS, request, &self.bob, &self.alice);
        let signature = alice().sign_bytes(&message);
        let asked = PrivateRequest::Collect { request, signature };
        self.ask(alice().account(), asked).await
    }
}

fn answer() -> Answer {
    Answer {
        output: vec![4, -9],
        blinding: blinding(),
        proof: vec![3; 128],
    }
}

fn output() -> PrivateResponse {
    PrivateResponse::Output {
        output: answer().output.clone(),
        blinding: blinding(),
    }
}

fn refused(code: RefusalCode) -> PrivateResponse {
    PrivateResponse::Refused(code)
}

#[tokio::test]
async fn an_input_that_matches_is_on_disk_before_its_receipt_is_given() {
    let station = Station::open();
    let PrivateResponse::Receipt { signature } = station.deliver(7).await else {
        panic!("it matches");
    };
    let message = receipt_message(&GENESIS, 7, &assigned(7).context);
    assert!(is_signed_by(&bob().account(), &message[..], &signature));
    // What a process leaves when it is killed now: the file as it is, not closed.
    let copy = tempfile::tempdir().expect("a temporary folder");
    let file = |folder: &Path| -> PathBuf { folder.join(FILE_NAME) };
    std::fs::copy(file(station.folder.path()), file(copy.path())).expect("copies");
    let reopened = mailbox(copy.path(), station.bob, Fixed::of([7]), Limits::default());
    let kept = reopened.kept(&name(7)).expect("reads").expect("is there");
    assert_eq!(kept.receipt, Some(signature));
    let payload = kept.payload.as_ref().expect("is there");
    assert_eq!(payload.input, INPUT);
    assert_eq!(payload.blinding, blinding());
}

#[tokio::test]
async fn the_same_delivery_has_the_same_receipt() {
    let station = Station::open();
    let (first, second) = (station.deliver(7).await, station.deliver(7).await);
    assert!(matches!(first, PrivateResponse::Receipt { .. }));
    assert_eq!(first, second);
    // Also of a worker that was started again.
    let Station {
        folder,
        bob,
        alice: own,
        mailbox: before,
    } = station;
    drop(before);
    let again = mailbox(folder.path(), bob, Fixed::of([7]), Limits::default());
    let third = again.serve(own, alice().account(), delivery(7)).await;
    assert_eq!(third, first);
}

#[tokio::test]
async fn a_delivery_is_told_to_whoever_waits_for_one() {
    let station = Station::open();
    let mut deliveries = station.mailbox.deliveries();
    assert!(!deliveries.has_changed().expect("the mailbox is there"));
    station.deliver(7).await;
    assert!(deliveries.has_changed().expect("the mailbox is there"));
    deliveries.borrow_and_update();
    assert_eq!(
        station.deliver(9).await,
        refused(RefusalCode::UnknownRequest)
    );
    assert!(!deliveries.has_changed().expect("the mailbox is there"));
}

mod refuse {
    use super::*;

    #[tokio::test]
    async fn an_input_that_does_not_give_the_commitment() {
        let station = Station::open();
        for (input, blinding, code) in [
            (vec![0, 5, 16, 4], blinding(), RefusalCode::WrongCommitment),
            (INPUT.to_vec(), [0; 32], RefusalCode::WrongCommitment),
            // Not a canonical field element.
            (INPUT.to_vec(), [255; 32], RefusalCode::WrongCommitment),
            (vec![0, 5, 17, 3], blinding(), RefusalCode::OutOfRange),
            (vec![0, 5, -1, 3], blinding(), RefusalCode::OutOfRange),
            (vec![0, 5, 16], blinding(), RefusalCode::WrongLength),
            (Vec::new(), blinding(), RefusalCode::WrongLength),
        ] {
            let asked = PrivateRequest::Deliver {
                request: 7,
                input,
                blinding,
            };
            let response = station.ask(alice().account(), asked).await;
            assert_eq!(response, refused(code));
        }
        // The right one is taken after all of them.
        let response = station.deliver(7).await;
        assert!(matches!(response, PrivateResponse::Receipt { .. }));
    }

    #[tokio::test]
    async fn an_input_for_which_too_little_time_is_left() {
        let late = |request| Assigned {
            in_time: false,
            ..assigned(request)
        };
        let rows = [(7, Ok(late(7))), (8, Ok(late(8)))];
        let station = Station::new(Fixed(rows.into()), Limits::default());
        assert_eq!(station.deliver(7).await, refused(RefusalCode::TooLate));
        let kept = station.mailbox.kept(&name(7)).expect("reads");
        assert!(kept.is_none(), "nothing was signed or kept");
        // So that nothing was received may be claimed.
        let requester = alice().account();
        station
            .mailbox
            .see(&name(7), &requester, 3)
            .expect("writes");
        let said = station.mailbox.complain(&name(7)).expect("writes");
        assert_eq!(said, Some(Complaint::NotReceived));
        // What came before is there still, and so is its receipt.
        let station = Station::open();
        let first = station.deliver(7).await;
        assert!(matches!(first, PrivateResponse::Receipt { .. }));
        let Station {
            folder,
            bob,
            alice: own,
            mailbox: before,
        } = station;
        drop(before);
        let ledger = Fixed([(7, Ok(late(7)))].into());
        let again = mailbox(folder.path(), bob, ledger, Limits::default());
        let second = again.serve(own, requester, delivery(7)).await;
        assert_eq!(second, first);
    }

    #[tokio::test]
    async fn whoever_is_not_the_requester() {
        let station = Station::open();
        let eve = Signer::from_dev_seed("//Eve").expect("a development account");
        let response = station.ask(eve.account(), delivery(7)).await;
        assert_eq!(response, refused(RefusalCode::NotRequester));
        let seen = station.mailbox.kept(&name(7)).expect("reads");
        assert!(seen.is_none(), "nothing is noted of it");

        station.deliver(7).await;
        let mailbox = &station.mailbox;
        mailbox.keep_answer(&name(7), answer()).expect("writes");
        mailbox.release(&name(7)).expect("writes");
        let message = collect_message(&GENESIS, 7, &station.bob, &station.alice);
        let by = |signer: &Signer| PrivateRequest::Collect {
            request: 7,
            signature: signer.sign_bytes(&message),
        };
        // With her own signature, and with Alice's in another connection.
        for (account, asked) in [
            (eve.account(), by(&eve)),
            (eve.account(), by(&alice())),
            (alice().account(), by(&eve)),
        ] {
            let response = station.ask(account, asked).await;
            assert_eq!(response, refused(RefusalCode::NotRequester));
        }
        let elsewhere = mailbox.serve(PeerId::random(), alice().account(), by(&alice()));
        assert_eq!(elsewhere.await, refused(RefusalCode::NotRequester));
        assert_eq!(station.collect(7).await, output());
    }

    #[tokio::test]
    async fn a_request_that_the_chain_does_not_give_this_provider() {
        let unseen = [
            (1, Unseen::Unknown, RefusalCode::UnknownRequest),
            (2, Unseen::NotOurs, RefusalCode::NotAssigned),
            (3, Unseen::NotServed, RefusalCode::NotServed),
            (4, Unseen::Unreachable, RefusalCode::Busy),
        ];
        let rows = unseen.map(|(request, unseen, _)| (request, Err(unseen)));
        let station = Station::new(Fixed(rows.into()), Limits::default());
        for (request, _, code) in unseen {
            assert_eq!(station.deliver(request).await, refused(code));
            assert_eq!(station.collect(request).await, refused(code));
        }
    }

    #[tokio::test]
    async fn more_than_there_is_room_for() {
        let rows = Limits {
            rows: 2,
            ..Limits::default()
        };
        let theirs = Limits {
            per_account: 2,
            ..Limits::default()
        };
        let bytes = Limits {
            bytes: 600,
            ..Limits::default()
        };
        for limits in [rows, theirs, bytes] {
            let station = Station::new(Fixed::of(0..20), limits);
            let mut taken = 0;
            while let PrivateResponse::Receipt { .. } = station.deliver(taken).await {
                taken += 1;
                assert!(taken < 20, "{limits:?}");
            }
            assert!(taken > 0, "{limits:?}");
            let response = station.deliver(taken).await;
            assert_eq!(response, refused(RefusalCode::TooMany), "{limits:?}");
            // What is there already is there still.
            let response = station.deliver(0).await;
            assert!(matches!(response, PrivateResponse::Receipt { .. }));
        }
    }

    #[tokio::test]
    async fn strangers_that_are_too_many_and_nobody_else() {
        let station = Station::open();
        let inner = &station.mailbox.inner;
        let taken = u32::try_from(STRANGERS).expect("a small number");
        let _all = inner.strangers.try_acquire_many(taken).expect("are free");
        assert_eq!(station.deliver(7).await, refused(RefusalCode::Busy));
        // Once its request has been seen on the chain, its account is no stranger.
        let requester = alice().account();
        let mailbox = &station.mailbox;
        mailbox.see(&name(7), &requester, 3).expect("writes");
        let response = station.deliver(7).await;
        assert!(matches!(response, PrivateResponse::Receipt { .. }));
        let eve = Signer::from_dev_seed("//Eve").expect("a development account");
        let response = station.ask(eve.account(), delivery(7)).await;
        assert_eq!(response, refused(RefusalCode::Busy));
    }

    #[tokio::test]
    async fn another_answer_than_the_first() {
        let station = Station::open();
        station.deliver(7).await;
        let mailbox = &station.mailbox;
        mailbox.keep_answer(&name(7), answer()).expect("writes");
        mailbox
            .keep_answer(&name(7), answer())
            .expect("it is the same");
        let other = Answer {
            output: answer().output.clone(),
            blinding: [2; 32],
            proof: answer().proof.clone(),
        };
        assert!(matches!(
            mailbox.keep_answer(&name(7), other),
            Err(MailboxError::Answered(7))
        ));
        let missing = mailbox.keep_answer(&name(8), answer());
        assert!(matches!(missing, Err(MailboxError::Missing(8))));
    }
}
