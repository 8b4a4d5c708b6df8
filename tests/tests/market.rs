//! Three providers on a real chain: one lies, one sleeps, one serves.

mod cheat;

use anyhow::{Context, Result};
use cheat::Cheat;
use lattice_chain_client::{AccountId, Ending, Event, Failure, RequestOptions, Signer};
use lattice_tests::stage::{CAPACITY, PROVIDER, REQUESTER};
use lattice_tests::tool::Commands;
use lattice_tests::worker::Worker;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Cheapest, and lies. It is the test itself.
const LIAR: &str = PROVIDER;
/// Second, and has no worker.
const SLEEPER: &str = "//Charlie";
/// Dearest, and serves.
const SERVER: &str = "//Eve";

fn account(seed: &str) -> Result<AccountId> {
    Ok(Signer::from_dev_seed(seed)?.account())
}

/// Registers a provider with an offer for model 0.
fn provide(commands: &Commands, who: &str, price: &str) -> Result<()> {
    let capacity = CAPACITY.to_string();
    let register = ["provider", "register", "--stake", "1000", "--capacity"];
    commands.signed(who, &[&register[..], &[&capacity]].concat())?;
    let offer = ["provider", "offer", "--model", "0", "--price", price];
    commands.signed(who, &offer)?;
    Ok(())
}

/// The accounts that a quote ranks, best first.
fn ranked(quote: &Value) -> Result<Vec<String>> {
    let ranking = quote["ranking"].as_array().context("no ranking")?;
    let providers = ranking.iter().map(|bid| bid["provider"].as_str());
    let providers = providers.map(|account| account.context("no account"));
    providers.map(|account| account.map(String::from)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_passes_from_a_liar_to_a_sleeper_to_one_that_serves() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cheat = Cheat::start(folder.path()).await?;
    let commands = Commands::on(&cheat.url());
    provide(&commands, SLEEPER, "1.1")?;
    provide(&commands, SERVER, "2")?;
    let _worker = Worker::start(folder.path(), &cheat.url(), SERVER)?;
    let [liar, sleeper, server] = [account(LIAR)?, account(SLEEPER)?, account(SERVER)?];

    let quote = commands.json(&["quote", "--model", "0"])?;
    let order = [liar, sleeper, server].map(|account| account.to_string());
    assert_eq!(ranked(&quote)?, order, "{quote}");
    assert_eq!(quote["ineligible"], Value::Array(vec![]));

    let options = RequestOptions {
        attempts: 3,
        ..Default::default()
    };
    let view = cheat.client.best();
    let requester = account(REQUESTER)?;
    let assignment = cheat.ask_with(0, 6, options).await?;
    assert_eq!(assignment.provider, liar);
    let (mut output, proof) = cheat.prove(&assignment)?;
    output[0] += 1;
    let before = view.balance(&requester).await?;
    assert!(before.held > 0, "nothing in escrow");
    let events = cheat.submit(&assignment, output, proof).await?;
    let passes_on = |event: &Event| matches!(event, Event::Waiting { request, attempts_left: 2 } if *request == assignment.request);
    assert!(events.iter().any(passes_on), "{events:?}");

    let started = Instant::now();
    let record = loop {
        if let Some(record) = view.record(assignment.request).await? {
            break record;
        }
        assert!(
            started.elapsed() < Duration::from_secs(180),
            "request {} has not ended",
            assignment.request
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    assert_eq!(record.ending, Ending::Settled);
    assert_eq!(record.provider, server);
    assert_eq!(
        record.failed,
        [(liar, Failure::FalseProof), (sleeper, Failure::Late)]
    );

    // The requester paid the one that served, and everything else came back.
    let price = &record.price;
    let paid = price.compute + price.royalty + price.fee;
    let after = view.balance(&requester).await?;
    assert_eq!((after.total(), after.held), (before.total() - paid, 0));
    let of = |who| {
        let view = &view;
        async move { view.provider(&who).await?.context("the provider is gone") }
    };
    let (liar, sleeper, server) = (of(liar).await?, of(sleeper).await?, of(server).await?);
    let counts = [&liar, &sleeper, &server].map(|p| (p.settled, p.late, p.rejected));
    assert_eq!(counts, [(0, 0, 1), (0, 1, 0), (1, 0, 0)]);
    // A false proof is slashed at once, lateness unless it is vetoed.
    assert!(liar.stake < sleeper.stake && sleeper.stake == server.stake);
    assert_eq!((liar.pending, server.pending), (0, 0));
    assert!(sleeper.pending > 0);
    assert!(liar.reputation < sleeper.reputation && sleeper.reputation < 500_000);
    assert!(server.reputation > 500_000);

    // Who does not name the liar is not given to it again, whatever its price.
    let quote = commands.json(&["quote", "--model", "0"])?;
    let order = [sleeper, server].map(|provider| provider.account.to_string());
    assert_eq!(ranked(&quote)?, order, "{quote}");
    assert_eq!(quote["ineligible"][0]["reason"], "Disreputable", "{quote}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_requester_names_its_provider_and_hears_why_it_cannot_serve() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cheat = Cheat::start(folder.path()).await?;
    let commands = Commands::on(&cheat.url());
    provide(&commands, SERVER, "2")?;
    let _worker = Worker::start(folder.path(), &cheat.url(), SERVER)?;
    let server = account(SERVER)?.to_string();
    let input = folder.path().join("digit.json");
    std::fs::write(&input, serde_json::to_vec(&vec![3; 64])?)?;
    let input = input.display().to_string();

    let infer = [
        "infer",
        "--model",
        "0",
        "--input",
        &input,
        "--provider",
        &server,
    ];
    let accepted = [&infer[..], &["--accept-within", "10", "--wait"]].concat();
    let answer = commands.signed(REQUESTER, &accepted)?;
    assert_eq!(answer["settled"], true, "{answer}");
    assert_eq!(answer["provider"], server.as_str());

    commands.signed(SERVER, &["provider", "pause"])?;
    let refused = commands.run(REQUESTER, &infer)?;
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains(&format!("{server} is paused")), "{said}");
    assert!(said.contains("is not the one that is named"), "{said}");
    // The others go on without it.
    let quote = commands.json(&["quote", "--model", "0"])?;
    assert_eq!(ranked(&quote)?, [account(LIAR)?.to_string()]);
    assert_eq!(quote["ineligible"][0]["reason"], "Paused");

    commands.signed(SERVER, &["provider", "resume"])?;
    let answer = commands.signed(REQUESTER, &accepted)?;
    assert_eq!(answer["settled"], true, "{answer}");
    Ok(())
}
