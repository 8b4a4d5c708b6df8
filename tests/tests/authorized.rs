//! Results that carry their provider's signature, on a real chain and through its pool: handed in again,
//! by others, and after they were refused.

mod cheat;

use anyhow::{Context, Result};
use cheat::Cheat;
use lattice_chain_client::{
    Assignment, Authorized, AuthorizedCall, Call, Ending, Error, Event, Included, NotAuthorized,
    PoolRejection, ProofBytes, Refusal, ResultSubmission,
};

/// The true result of an assignment.
fn result(cheat: &Cheat, assignment: &Assignment) -> Result<ResultSubmission> {
    let (output, proof) = cheat.prove(assignment)?;
    Ok(ResultSubmission {
        request: assignment.request,
        context: assignment.context,
        output,
        proof,
    })
}

/// Results with the provider's signature.
async fn authorized(cheat: &Cheat, results: Vec<ResultSubmission>) -> Result<Authorized> {
    let call = AuthorizedCall::SubmitResults { results };
    Ok(cheat.client.authorize(&cheat.provider, &call).await?)
}

/// Hands it in and waits for it.
async fn submit(authorized: Authorized) -> Result<Included, Error> {
    authorized.submit().await?.in_block().await
}

/// What the pool says to bytes that it does not take.
async fn refusal(cheat: &Cheat, bytes: Vec<u8>) -> Result<PoolRejection> {
    match cheat.client.resubmit(bytes).await {
        Err(Error::Pool(refusal)) => Ok(refusal),
        other => anyhow::bail!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_that_is_handed_in_again_and_again_is_paid_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cheat = Cheat::start(folder.path()).await?;
    let provider = cheat.provider.account();
    let assignment = cheat.ask(0).await?;
    let view = cheat.client.best();
    let before = view.balance(&provider).await?.total();
    let first = authorized(&cheat, vec![result(&cheat, &assignment)?]).await?;
    // Another proof and another signature of the same result.
    let second = authorized(&cheat, vec![result(&cheat, &assignment)?]).await?;
    let (first_bytes, second_bytes) = (first.bytes().to_vec(), second.bytes().to_vec());
    assert_ne!(first_bytes, second_bytes);

    let mut submission = first.submit().await?;
    // One of them waits in the pool at a time; or it is in a block by now.
    let again = refusal(&cheat, first_bytes.clone()).await?;
    assert!(
        again.is_already_imported() || again.is_stale() || again.is_banned(),
        "{again}"
    );
    let other = refusal(&cheat, second_bytes.clone()).await?;
    assert!(other.is_nonce_taken() || other.is_stale(), "{other}");

    let included = submission.in_block().await?;
    assert_eq!(included.fee(), None);
    assert_eq!(cheat.record(&assignment).await?.ending, Ending::Settled);
    let earned = before + assignment.price.compute;
    assert_eq!(view.balance(&provider).await?.total(), earned);
    for bytes in [first_bytes, second_bytes] {
        let late = refusal(&cheat, bytes).await?;
        // Or the pool has not seen that it is in a block.
        assert!(
            late.is_stale()
                || late.is_banned()
                || late.is_already_imported()
                || late.is_nonce_taken(),
            "{late}"
        );
    }
    assert_eq!(view.balance(&provider).await?.total(), earned);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_that_is_refused_has_had_its_free_try() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cheat = Cheat::start(folder.path()).await?;
    let assignment = cheat.ask(0).await?;
    let good = result(&cheat, &assignment)?;

    // What is seen to be none never gets into a block.
    let mut forged = good.clone();
    forged.proof = malformed(&good.proof, |bytes| bytes.fill(0xff))?;
    let forged = authorized(&cheat, vec![forged]).await?;
    let refused = refusal(&cheat, forged.bytes().to_vec()).await?;
    let reason = refused.not_authorized();
    assert_eq!(reason, Some(NotAuthorized::MalformedProof), "{refused}");

    // A point off the curve is seen only by who computes with it: once.
    let mut broken = good.clone();
    broken.proof = malformed(&good.proof, |bytes| {
        bytes[32..96].fill(0);
        bytes[32] = 5;
    })?;
    let included = submit(authorized(&cheat, vec![broken]).await?).await?;
    assert!(included.events.contains(&Event::ResultRefused {
        request: assignment.request,
        provider: cheat.provider.account(),
        reason: Refusal::MalformedProof,
    }));
    cheat.pool_is_empty().await?;
    let second = authorized(&cheat, vec![good.clone()]).await?;
    let refused = refusal(&cheat, second.bytes().to_vec()).await?;
    let reason = refused.not_authorized();
    assert_eq!(reason, Some(NotAuthorized::FreeTryUsed), "{refused}");

    // For a fee it settles.
    let call = Call::SubmitResults {
        results: vec![good],
    };
    let included = cheat.client.submit_and_wait(&cheat.provider, &call).await?;
    assert!(included.fee().context("no fee")? > 0);
    assert_eq!(cheat.record(&assignment).await?.ending, Ending::Settled);
    Ok(())
}

/// A proof with other bytes.
fn malformed(proof: &ProofBytes, change: impl FnOnce(&mut [u8])) -> Result<ProofBytes> {
    let mut bytes = proof.as_slice().to_vec();
    change(&mut bytes);
    Ok(ProofBytes::try_from(&bytes[..])?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_submits_in_a_providers_name() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cheat = Cheat::start(folder.path()).await?;
    let assignment = cheat.ask(0).await?;
    let call = AuthorizedCall::SubmitResults {
        results: vec![result(&cheat, &assignment)?],
    };
    // Signed by another, in its own name: the request is not its.
    let eve = lattice_chain_client::Signer::from_dev_seed("//Eve")?;
    let eves = cheat.client.authorize(&eve, &call).await?;
    let refused = refusal(&cheat, eves.bytes().to_vec()).await?;
    let reason = refused.not_authorized();
    assert_eq!(
        reason,
        Some(NotAuthorized::NotAssignedProvider),
        "{refused}"
    );
    // In the provider's name, with a byte changed: the signature is of other bytes.
    let honest = cheat.client.authorize(&cheat.provider, &call).await?;
    let mut bytes = honest.bytes().to_vec();
    let last = bytes.last_mut().context("no bytes")?;
    *last ^= 1;
    let refused = refusal(&cheat, bytes).await?;
    assert_eq!(refused.code, 1010, "{refused}");
    assert_eq!(refused.not_authorized(), None, "{refused}");
    assert!(submit(honest).await.is_ok());
    assert_eq!(cheat.record(&assignment).await?.ending, Ending::Settled);
    Ok(())
}
