use super::super::testing::{
    alice, assigned, blinding, bob, mailbox, name, Direct, Fixed, GENESIS, INPUT,
};
use super::super::{Answer, Limits};
use super::*;
use std::sync::Mutex;

const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who answers these, one after the other, and the last one for ever.
struct Says(Mutex<Vec<Result<PrivateResponse, Unanswered>>>);

impl Says {
    fn new(answers: &[Result<PrivateResponse, Unanswered>]) -> Self {
        Self(Mutex::new(answers.iter().rev().cloned().collect()))
    }

    fn only(response: PrivateResponse) -> Self {
        Self::new(&[Ok(response)])
    }
}

impl Ask for Says {
    fn own_peer(&self) -> PeerId {
        PeerId::random()
    }

    fn ask(
        &self,
        _peer: PeerId,
        _request: PrivateRequest,
    ) -> BoxFuture<'_, Result<PrivateResponse, Unanswered>> {
        let mut answers = self.0.lock().expect("nobody panicked");
        let next = match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop().expect("there is one"),
        };
        Box::pin(async move { next })
    }
}

fn exchange(provider: &AccountId, peer: PeerId) -> Exchange<'_> {
    Exchange {
        genesis: &GENESIS,
        request: 7,
        provider,
        peer,
        patience: PATIENCE,
    }
}

async fn deliver_to(line: &impl Ask) -> Result<[u8; 64], Undelivered> {
    let provider = bob().account();
    let with = exchange(&provider, PeerId::random());
    let context = assigned(7).context;
    deliver(line, &with, &context, &INPUT, &blinding()).await
}

#[tokio::test]
async fn an_input_goes_to_an_honest_provider_and_its_output_comes_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let peer = PeerId::random();
    let mailbox = mailbox(folder.path(), peer, Fixed::of([7]), Limits::default());
    let line = Direct {
        mailbox: mailbox.clone(),
        own: PeerId::random(),
        account: alice().account(),
    };
    let provider = bob().account();
    let with = exchange(&provider, peer);
    let context = assigned(7).context;
    let receipt = deliver(&line, &with, &context, &INPUT, &blinding()).await;
    let message = receipt_message(&GENESIS, 7, &context);
    let receipt = receipt.expect("it matches");
    assert!(is_signed_by(&provider, &message[..], &receipt));

    let output = vec![-1, 40];
    let answer = Answer {
        output: output.clone(),
        blinding: blinding(),
        proof: vec![1],
    };
    mailbox.keep_answer(&name(7), answer).expect("writes");
    mailbox.release(&name(7)).expect("writes");
    let commitment = commit_output(&output, &blinding()).expect("commits");
    let collected = collect(&line, &with, &alice(), &commitment).await;
    assert_eq!(collected.expect("it matches").output, output);
}

#[tokio::test]
async fn what_may_pass_is_asked_again() {
    let context = assigned(7).context;
    let message = receipt_message(&GENESIS, 7, &context);
    let signature = bob().sign_bytes(&message[..]);
    let line = Says::new(&[
        Err(Unanswered("not connected".into())),
        Ok(PrivateResponse::Refused(RefusalCode::UnknownRequest)),
        Ok(PrivateResponse::Refused(RefusalCode::Busy)),
        Ok(PrivateResponse::Receipt { signature }),
    ]);
    assert_eq!(deliver_to(&line).await, Ok(signature));
}

#[tokio::test]
async fn patience_ends() {
    let provider = bob().account();
    let with = Exchange {
        patience: Duration::from_millis(250),
        ..exchange(&provider, PeerId::random())
    };
    let away = Unanswered("not connected".into());
    let line = Says::new(&[Err(away.clone())]);
    let error = collect(&line, &with, &alice(), &[0; 32]).await;
    assert_eq!(error, Err(Undelivered::Unanswered(away)));
    let line = Says::only(PrivateResponse::Pending);
    let error = collect(&line, &with, &alice(), &[0; 32]).await;
    assert_eq!(error, Err(Undelivered::Pending));
}

mod refuse {
    use super::*;

    #[tokio::test]
    async fn a_receipt_of_another_account_or_for_another_request() {
        let context = assigned(7).context;
        let eve = Signer::from_dev_seed("//Eve").expect("a development account");
        let right = receipt_message(&GENESIS, 7, &context);
        let other = receipt_message(&GENESIS, 8, &context);
        for signature in [
            eve.sign_bytes(&right[..]),
            bob().sign_bytes(&other[..]),
            [0; 64],
        ] {
            let line = Says::only(PrivateResponse::Receipt { signature });
            assert_eq!(deliver_to(&line).await, Err(Undelivered::FalseReceipt));
        }
    }

    #[tokio::test]
    async fn an_output_that_is_not_the_committed_one() {
        let commitment = commit_output(&[3, 4], &blinding()).expect("commits");
        let provider = bob().account();
        let with = exchange(&provider, PeerId::random());
        for (output, blinding) in [
            (vec![3, 5], blinding()),
            (vec![3, 4], [0; 32]),
            (Vec::new(), blinding()),
            (vec![3, 4], [255; 32]),
        ] {
            let line = Says::only(PrivateResponse::Output { output, blinding });
            let collected = collect(&line, &with, &alice(), &commitment).await;
            assert_eq!(collected, Err(Undelivered::FalseOutput));
        }
    }

    #[tokio::test]
    async fn an_answer_to_something_else_and_a_refusal_that_does_not_pass() {
        let line = Says::only(PrivateResponse::Output {
            output: vec![1],
            blinding: [0; 32],
        });
        assert_eq!(deliver_to(&line).await, Err(Undelivered::OtherAnswer));
        let code = RefusalCode::WrongCommitment;
        let line = Says::only(PrivateResponse::Refused(code));
        assert_eq!(deliver_to(&line).await, Err(Undelivered::Refused(code)));
    }
}
