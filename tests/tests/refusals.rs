//! What a real chain refuses, and that nobody loses by it but the cheat.

mod cheat;

use anyhow::{Context, Result};
use cheat::Cheat;
use lattice_chain_client::{Assignment, Ending, Event};
use lattice_tests::node::Node;
use lattice_tests::stage::{import_digits, offer, register, REQUESTER};
use lattice_tests::tool;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_answer_is_rejected_slashed_and_refunded() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cheat = Cheat::start(folder.path()).await?;

    // One output changed by one, with an otherwise honest proof.
    let assignment = cheat.ask(0).await?;
    let (total, held, stake) = cheat.money().await?;
    assert!(held > 0, "nothing in escrow");
    let (mut output, proof) = cheat.prove(&assignment)?;
    output[0] += 1;
    let events = cheat.submit(&assignment, output, proof).await?;
    let slashed = rejection(&events, &assignment)?;
    assert_eq!(cheat.money().await?, (total, 0, stake - slashed));
    assert_eq!(
        cheat.record(&assignment).await?.ending,
        Ending::ProofRejected
    );

    // The honest proof of another request.
    let (first, second) = (cheat.ask(1).await?, cheat.ask(1).await?);
    let (output, proof) = cheat.prove(&first)?;
    let events = cheat.submit(&second, output.clone(), proof).await?;
    rejection(&events, &second)?;

    // Where it belongs, the same proof settles; a second time it is refused.
    let events = cheat.submit(&first, output.clone(), proof).await?;
    assert!(events
        .iter()
        .any(|event| matches!(event, Event::Settled { .. })));
    let again = cheat.submit(&first, output, proof).await;
    let message = again.expect_err("a second settlement").to_string();
    assert!(message.contains("Inference."), "{message}");
    assert_eq!(cheat.money().await?.1, 0, "escrow is left over");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_cannot_be_served_are_refused_with_their_reason() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = import_digits(folder.path())?;
    let node = Node::start(folder.path())?;
    let model = register(&node.url(), &file)?;
    let write = |name: &str, pixels: &[i32]| -> Result<String> {
        let path = folder.path().join(name);
        std::fs::write(&path, serde_json::to_vec(pixels)?)?;
        Ok(path.display().to_string())
    };
    let good = write("good.json", &[3; 64])?;
    let out_of_range = write("out-of-range.json", &[[3; 63].as_slice(), &[17]].concat())?;
    let too_short = write("too-short.json", &[3; 63])?;

    let infer = |model: &str, input: &str, more: &[&str]| -> Result<String> {
        let url = node.url();
        let fixed = [
            "infer",
            "--model",
            model,
            "--input",
            input,
            "--dev-seed",
            REQUESTER,
            "--chain",
            &url,
        ];
        let output = tool::run(fixed.iter().chain(more))?;
        assert!(
            !output.status.success(),
            "{model} {input} {more:?} was accepted"
        );
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let index = model.to_string();
    let refused = infer(&index, &good, &[])?;
    assert!(refused.to_lowercase().contains("provider"), "{refused}");

    offer(&node.url(), model)?;
    let refused = infer("4711", &good, &[])?;
    assert!(refused.contains("4711"), "{refused}");
    let refused = infer(&index, &out_of_range, &[])?;
    assert!(
        refused.contains("17") && refused.contains("63"),
        "{refused}"
    );
    let refused = infer(&index, &too_short, &[])?;
    assert!(
        refused.contains("63") && refused.contains("64"),
        "{refused}"
    );
    let refused = infer(&index, &good, &["--max-price", "0.5"])?;
    assert!(refused.contains("0.5"), "{refused}");
    Ok(())
}

fn rejection(events: &[Event], assignment: &Assignment) -> Result<u128> {
    let slashed = events.iter().find_map(|event| match event {
        Event::Rejected {
            request, slashed, ..
        } if *request == assignment.request => Some(*slashed),
        _ => None,
    });
    let slashed = slashed.with_context(|| format!("no rejection among {events:?}"))?;
    assert!(slashed > 0, "the cheat lost nothing");
    Ok(slashed)
}
