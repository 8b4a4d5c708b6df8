//! When an output is handed out, and for how long it is kept.

use super::*;

#[tokio::test]
async fn an_output_is_handed_out_once_the_chain_has_its_commitment() {
    let station = Station::open();
    assert_eq!(station.collect(7).await, PrivateResponse::Pending);
    station.deliver(7).await;
    let mailbox = &station.mailbox;
    mailbox.keep_answer(&name(7), answer()).expect("writes");
    assert_eq!(station.collect(7).await, PrivateResponse::Pending);
    mailbox.release(&name(7)).expect("writes");
    assert_eq!(station.collect(7).await, output());
    assert_eq!(station.collect(7).await, output());
}

#[tokio::test]
async fn an_output_that_was_paid_for_may_be_collected_after_the_end() {
    let station = Station::new(Fixed::of([7, 8]), Limits::default());
    let mailbox = &station.mailbox;
    for (request, paid) in [(7, true), (8, false)] {
        station.deliver(request).await;
        let name = name(request);
        mailbox.keep_answer(&name, answer()).expect("writes");
        mailbox.end(&name, 50, paid).expect("writes");
        let kept = mailbox.kept(&name).expect("reads").expect("is there");
        assert_eq!(kept.payload, None);
    }
    assert_eq!(station.collect(7).await, output());
    assert_eq!(station.collect(8).await, PrivateResponse::Pending);
    mailbox.prune(50 + RETENTION).expect("writes");
    assert_eq!(station.collect(7).await, output());
    mailbox.prune(51 + RETENTION).expect("writes");
    assert_eq!(station.collect(7).await, PrivateResponse::Pending);
    assert!(mailbox.kept(&name(7)).expect("reads").is_none());
}

#[tokio::test]
async fn an_output_of_an_ended_request_makes_room_for_an_input() {
    let limits = Limits {
        rows: 1,
        ..Limits::default()
    };
    let station = Station::new(Fixed::of([7, 8]), limits);
    station.deliver(7).await;
    let mailbox = &station.mailbox;
    mailbox.keep_answer(&name(7), answer()).expect("writes");
    assert_eq!(station.deliver(8).await, refused(RefusalCode::TooMany));
    mailbox.end(&name(7), 9, true).expect("writes");
    let response = station.deliver(8).await;
    assert!(matches!(response, PrivateResponse::Receipt { .. }));
    assert!(mailbox.kept(&name(7)).expect("reads").is_none());
}
