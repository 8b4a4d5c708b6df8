//! What is noted of a request: when it was seen, that it is open no more, and what the chain is told.

use super::*;

#[tokio::test]
async fn a_complaint_says_what_came_and_excludes_a_receipt_ever_after() {
    let station = Station::open();
    let mailbox = &station.mailbox;
    let requester = alice().account();
    for request in [7, 8] {
        mailbox.see(&name(request), &requester, 3).expect("writes");
    }
    let wrong = PrivateRequest::Deliver {
        request: 8,
        input: INPUT.to_vec(),
        blinding: [0; 32],
    };
    station.ask(requester, wrong).await;
    assert_eq!(
        mailbox.complain(&name(7)).expect("writes"),
        Some(Complaint::NotReceived)
    );
    assert_eq!(
        mailbox.complain(&name(8)).expect("writes"),
        Some(Complaint::Invalid)
    );
    for request in [7, 8] {
        let said = mailbox.complain(&name(request)).expect("writes");
        let late = station.deliver(request).await;
        assert_eq!(late, refused(RefusalCode::Claimed));
        assert_eq!(mailbox.complain(&name(request)).expect("writes"), said);
    }
}

#[tokio::test]
async fn who_has_given_a_receipt_has_nothing_to_complain_of() {
    let station = Station::open();
    station.deliver(7).await;
    let wrong = PrivateRequest::Deliver {
        request: 7,
        input: INPUT.to_vec(),
        blinding: [0; 32],
    };
    station.ask(alice().account(), wrong).await;
    let said = station.mailbox.complain(&name(7)).expect("reads");
    assert_eq!(said, None);
}

#[test]
fn the_block_in_which_a_request_was_seen_first_is_remembered() {
    let station = Station::open();
    let requester = alice().account();
    for block in [30, 31, 40] {
        let kept = station.mailbox.see(&name(7), &requester, block);
        assert_eq!(kept.expect("writes").seen_at, Some(30));
    }
    station.mailbox.end(&name(7), 41, false).expect("writes");
    let kept = station.mailbox.see(&name(7), &requester, 42);
    let kept = kept.expect("a reorganisation has opened it again");
    assert_eq!((kept.seen_at, kept.ended_at), (Some(30), None));
}

#[test]
fn a_request_that_is_open_no_more_is_told_until_its_end_is_noted() {
    let station = Station::open();
    let requester = alice().account();
    for request in [7, 8] {
        station
            .mailbox
            .see(&name(request), &requester, 3)
            .expect("writes");
    }
    let open = BTreeSet::from([name(8)]);
    assert_eq!(station.mailbox.gone(&open), [name(7)]);
    station.mailbox.end(&name(7), 9, false).expect("writes");
    assert!(station.mailbox.gone(&open).is_empty());
}
