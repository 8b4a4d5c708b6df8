//! The `lattice` command against a provider that lies, and a worker against a requester that does.
//!
//! Two endings are not waited for: that of an input that is not opened, and that of an output that is
//! withheld though its posting was forced. Both come a hundred blocks later, which is five minutes on
//! every chain with this runtime; the pallet's own tests show who pays what then.

use crate::fraud::{Fraud, FRAUD};
use crate::liar::{Liar, LIAR, PRETEXT};
use crate::scene::{number, unsigned, Scene};
use anyhow::{bail, ensure, Context, Result};
use futures::future::try_join_all;
use lattice_chain_client::{
    Balance, Block, Ending, Event, Failure, Included, InputClaim, Private, PrivateCall,
    PrivateOutput, PrivateStatus, ProofBytes, Provider, H256,
};
use lattice_p2p::private::{RefusalCode, Undelivered};
use lattice_tests::accounts::{account, events_between, fees, money, provider};
use lattice_tests::process::Process;
use lattice_tests::stage::{PROVIDER, REQUESTER};
use lattice_verifier::FieldBytes;
use serde_json::json;
use std::time::Duration;

/// Longest wait for what takes some blocks.
const SOON: Duration = Duration::from_secs(60);
/// Of an honest commitment, and another one.
const BLINDING: FieldBytes = [7; 32];
const OTHER_BLINDING: FieldBytes = [8; 32];
/// What is posted is committed to without one.
const NO_BLINDING: FieldBytes = [0; 32];
/// The digit that the fraud has committed to; each other part has one of its own.
const COMMITTED: usize = 0;
/// Blocks for the fraud's request: half of them pass until its provider says that nothing came.
const DEADLINE: u32 = 16;
/// How the command ends that shows that something is wrong.
const EVIDENCE: i32 = 4;
/// The part of its collateral that a false claim costs, as lateness does: a hundredth.
const FINE: Balance = 100;

/// All parts share a chain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lies_about_inputs_outputs_and_proofs_gain_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::start(folder.path()).await?;
    let fraud = Fraud::start(&scene).await?;
    let worker = provider(&scene.stage.client, PROVIDER).await?;
    let cheated = other_inputs_than_the_committed_one_are_refused(&scene, &fraud).await?;
    // The worker waits for the right one while the others have to do with the liar.
    let liar = Liar::start(&scene.stage).await?;
    a_false_claim_is_refuted_at_once(&scene, &liar).await?;
    a_false_claim_is_refuted_by_what_is_on_disk(&scene, &liar).await?;
    an_output_that_is_not_handed_out_has_to_be_posted(&scene, &liar).await?;
    a_false_proof_is_rejected(&scene, &liar).await?;
    whoever_got_no_right_input_says_so_and_is_free(&scene, &cheated, &worker).await
}

/// A request of the command that is served by the liar, which has signed for the input.
struct Deal {
    digit: usize,
    command: Process,
    open: Private,
    /// What the liar has at stake.
    collateral: Balance,
    /// The best block before, and the liar at that time.
    start: Block,
    liar: Provider,
}

impl Deal {
    async fn begin(scene: &Scene, liar: &Liar, digit: usize, more: &[&str]) -> Result<Self> {
        let client = &scene.stage.client;
        let start = client.best_block().await?;
        let before = provider(client, LIAR).await?;
        let named = account(LIAR)?.to_string();
        let arguments = [&["--provider", &named][..], more].concat();
        let mut command = scene.begin(digit, &arguments)?;
        let state = scene
            .wait_for_state(digit, &mut command, |state| state["receipt"].is_string())
            .await?;
        let open = scene.open(number(&state["request"])?).await?;
        let taken = liar.taken(open.request)?;
        assert_eq!(taken.input, scene.digits[digit].pixels);
        let collateral = provider(client, LIAR).await?.locked;
        assert!(collateral > 0, "the liar has nothing at stake");
        Ok(Self {
            digit,
            command,
            open,
            collateral,
            start,
            liar: before,
        })
    }

    /// The liar says that it has no input.
    async fn deny(&self, scene: &Scene, claim: InputClaim) -> Result<()> {
        let call = PrivateCall::Claim {
            request: self.open.request,
            context: self.open.context,
            claim,
        };
        scene.submit(LIAR, call).await?;
        Ok(())
    }

    /// The command ends, and says why there is no result.
    fn fails_with(&mut self, words: &str) -> Result<()> {
        let status = self.command.wait_for_end(SOON)?;
        let said = self.command.text()?;
        assert_eq!(status.code(), Some(EVIDENCE), "{said}");
        assert!(said.contains(words), "{said}");
        Ok(())
    }

    /// The requester has lost nothing but its fees; all events since the beginning.
    async fn is_refunded(&self, scene: &Scene) -> Result<Vec<Event>> {
        let client = &scene.stage.client;
        let end = client.best_block().await?;
        let events = events_between(client, self.start.number, end.number).await?;
        let (before, _) = money(client, REQUESTER, self.start.hash).await?;
        let now = money(client, REQUESTER, end.hash).await?;
        assert_eq!(now, (before - fees(&events, REQUESTER)?, 0));
        Ok(events)
    }

    /// The command shows that the liar signed for what it denies, and nothing else.
    async fn is_refuted(&mut self, scene: &Scene, claim: InputClaim) -> Result<()> {
        self.fails_with(
            "false claim: the provider denied an input that it had signed for, and was fined; \
             requester refunded",
        )?;
        let (request, liar) = (self.open.request, account(LIAR)?);
        let record = scene.ended(request).await?;
        assert_eq!(record.ending, Ending::FalseClaim);
        assert_eq!(record.failed, [(liar, Failure::FalseClaim)]);

        let slashed = self.collateral / FINE;
        let events = self.is_refunded(scene).await?;
        let refuted = Event::ClaimRefuted {
            request,
            requester: account(REQUESTER)?,
            provider: liar,
            claim,
            slashed,
        };
        assert!(events.contains(&refuted), "{events:?}");
        // What is no false proof is slashed unless there is a veto.
        let now = provider(&scene.stage.client, LIAR).await?;
        let pending = self.liar.pending + slashed;
        assert_eq!((now.stake, now.pending), (self.liar.stake, pending));
        assert_eq!(now.disputed, self.liar.disputed + 1);

        let blocks = scene.blocks_after(self.start.number).await?;
        assert!(!blocks.hold(&unsigned(&scene.digits[self.digit].pixels)));
        Ok(())
    }
}

/// The name of the error by which the chain refuses a call.
fn refusal(outcome: lattice_chain_client::Result<Included>) -> Result<String> {
    let error = match outcome {
        Ok(included) => bail!("it came off: {:?}", included.events),
        Err(error) => error,
    };
    let failure = error.dispatch().with_context(|| error.to_string())?;
    ensure!(failure.pallet == "PrivateRequests", "{failure}");
    Ok(failure.error.clone())
}

/// Inputs and blindings that are not those of the fraud's commitment, by what the worker says of each and
/// how the chain refuses it.
fn other_inputs(scene: &Scene) -> [(Vec<i8>, FieldBytes, RefusalCode, &'static str); 4] {
    let right = &scene.digits[COMMITTED].pixels;
    let other = scene.digits[COMMITTED + 1].pixels.clone();
    let mut too_dark = right.clone();
    too_dark[0] = 17;
    let short = right[1..].to_vec();
    let differs = RefusalCode::WrongCommitment;
    [
        (other, BLINDING, differs, "OtherInput"),
        (right.clone(), OTHER_BLINDING, differs, "OtherInput"),
        (
            too_dark,
            BLINDING,
            RefusalCode::OutOfRange,
            "InputOutOfRange",
        ),
        (
            short,
            BLINDING,
            RefusalCode::WrongLength,
            "WrongInputLength",
        ),
    ]
}

async fn other_inputs_than_the_committed_one_are_refused(
    scene: &Scene,
    fraud: &Fraud<'_>,
) -> Result<Private> {
    let commitment = scene.commitment(COMMITTED, &BLINDING)?;
    let open = fraud.ask(commitment, DEADLINE).await?;
    for (input, blinding, code, _) in other_inputs(scene) {
        let refusal = fraud.refusal(&open, &input, &blinding).await?;
        assert_eq!(refusal, Undelivered::Refused(code));
    }
    Ok(open)
}

async fn a_false_claim_is_refuted_at_once(scene: &Scene, liar: &Liar) -> Result<()> {
    let mut deal = Deal::begin(scene, liar, 2, &[]).await?;
    deal.deny(scene, InputClaim::NotReceived).await?;
    deal.is_refuted(scene, InputClaim::NotReceived).await
}

async fn a_false_claim_is_refuted_by_what_is_on_disk(scene: &Scene, liar: &Liar) -> Result<()> {
    let mut deal = Deal::begin(scene, liar, 3, &[]).await?;
    deal.command.kill()?;
    deal.deny(scene, InputClaim::Invalid).await?;
    let request = deal.open.request.to_string();
    deal.command = scene.begin_resume(deal.digit, &request, &[])?;
    deal.is_refuted(scene, InputClaim::Invalid).await
}

async fn an_output_that_is_not_handed_out_has_to_be_posted(
    scene: &Scene,
    liar: &Liar,
) -> Result<()> {
    let mut deal = Deal::begin(scene, liar, 4, &["--private-output"]).await?;
    let request = deal.open.request;
    let (output, proof) = liar.prove(&deal.open, &BLINDING)?;
    let submit = PrivateCall::Submit {
        request,
        context: deal.open.context,
        output: PrivateOutput::Committed(H256(proof.statement.output_commitment)),
        proof: ProofBytes::try_from(&proof.bytes[..])?,
    };
    scene.submit(LIAR, submit).await?;
    scene
        .wait_for_status(request, SOON, |status| {
            matches!(status, PrivateStatus::Forced { .. })
        })
        .await?;
    deal.command.ensure_running()?;
    let said = deal.command.text()?;
    let pretext = format!("the output is not collected: the provider refuses: {PRETEXT}");
    assert!(said.contains(&pretext), "{said}");

    // Nothing is left to it but to post what it has proven.
    let post = |output: &[i32]| PrivateCall::PostOutput {
        request,
        output: output.to_vec(),
        blinding: H256(BLINDING),
    };
    let mut other = output.clone();
    other[0] += 1;
    let refused = scene.submit(LIAR, post(&other)).await;
    assert_eq!(refusal(refused)?, "OtherOutput");
    scene.submit(LIAR, post(&output)).await?;
    let status = deal.command.wait_for_end(SOON)?;
    assert!(status.success(), "{}", deal.command.text()?);
    let record = scene.ended(request).await?;
    assert_eq!((record.ending, &record.output), (Ending::Settled, &output));
    let shown = scene.resume(deal.digit, &request.to_string(), &[])?;
    assert_eq!(shown["output"], json!(scene.honest(deal.digit)?), "{shown}");
    assert_eq!(shown["outputPrivate"], false, "{shown}");
    Ok(())
}

async fn a_false_proof_is_rejected(scene: &Scene, liar: &Liar) -> Result<()> {
    let mut deal = Deal::begin(scene, liar, 5, &[]).await?;
    let request = deal.open.request;
    let (mut output, proof) = liar.prove(&deal.open, &NO_BLINDING)?;
    output[0] += 1;
    let submit = |proof: ProofBytes| PrivateCall::Submit {
        request,
        context: deal.open.context,
        output: PrivateOutput::Posted(output.clone()),
        proof,
    };
    let proof = ProofBytes::try_from(&proof.bytes[..])?;
    let mut no_points = proof;
    no_points.as_mut_slice().fill(0xff);
    let refused = scene.submit(LIAR, submit(no_points)).await;
    assert_eq!(refusal(refused)?, "MalformedProof");
    assert_eq!(scene.open(request).await?.status, PrivateStatus::Assigned);

    let judged = scene.submit(LIAR, submit(proof)).await?;
    let (liar, slashed) = (account(LIAR)?, deal.collateral);
    let rejected = Event::Rejected {
        request,
        requester: account(REQUESTER)?,
        provider: liar,
        slashed,
    };
    assert!(judged.events.contains(&rejected), "{:?}", judged.events);
    deal.fails_with("proof rejected: provider slashed, requester refunded")?;
    let record = scene.ended(request).await?;
    assert_eq!(record.ending, Ending::ProofRejected);
    assert_eq!(record.failed, [(liar, Failure::FalseProof)]);
    deal.is_refunded(scene).await?;
    // All of it, and at once.
    let now = provider(&scene.stage.client, LIAR).await?;
    let (stake, pending) = (deal.liar.stake - slashed, deal.liar.pending);
    assert_eq!((now.stake, now.pending), (stake, pending));
    assert_eq!(now.rejected, deal.liar.rejected + 1);
    Ok(())
}

/// What fines and failures leave of a provider.
fn standing(provider: &Provider) -> [u128; 6] {
    let failures = [provider.late, provider.rejected, provider.disputed].map(u128::from);
    let [late, rejected, disputed] = failures;
    let (stake, pending) = (provider.stake, provider.pending);
    let reputation = provider.reputation.into();
    [stake, pending, reputation, late, rejected, disputed]
}

async fn whoever_got_no_right_input_says_so_and_is_free(
    scene: &Scene,
    open: &Private,
    before: &Provider,
) -> Result<()> {
    let (request, worker) = (open.request, &scene.stage.worker);
    scene
        .wait_for_status(request, SOON, |status| {
            let claim = InputClaim::Invalid;
            matches!(status, PrivateStatus::Claimed { claim: is, .. } if *is == claim)
        })
        .await?;
    let openings = other_inputs(scene)
        .into_iter()
        .map(|(input, blinding, _, error)| async move {
            let call = PrivateCall::OpenInput {
                request,
                input,
                blinding: H256(blinding),
            };
            let refused = scene.submit(FRAUD, call).await;
            assert_eq!(refusal(refused)?, error);
            anyhow::Ok(())
        });
    try_join_all(openings).await?;

    // The deadline passes, and it is the requester that owes something.
    scene.wait_past(open.deadline + 1).await?;
    let still = scene.open(request).await?;
    assert!(matches!(still.status, PrivateStatus::Claimed { .. }));
    assert_eq!(still.opened, None);
    let after = provider(&scene.stage.client, PROVIDER).await?;
    assert_eq!(standing(&after), standing(before));
    let log = worker.log()?;
    for (_, _, code, _) in other_inputs(scene) {
        assert!(log.contains(&code.to_string()), "{code}: {log}");
    }
    let refusals = worker.count("private input refused", request)?;
    assert_eq!(refusals, other_inputs(scene).len(), "{log}");
    assert_eq!(worker.count("private input received", request)?, 0);
    assert_eq!(worker.count("claimed that there is no input", request)?, 1);
    Ok(())
}
