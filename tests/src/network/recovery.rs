//! What shows that the network has recovered.

use super::member::Member;
use super::{wait_for_finality, Network, PATIENCE};
use crate::digits;
use anyhow::{bail, ensure, Context, Result};
use lattice_chain_client::{
    AccountId, Call, Client, Ending, Event, Preference, RequestId, RequestOptions, Selection,
    Signer, Verification,
};
use std::time::{Duration, Instant};

/// How often something is looked at again that is waited for.
pub const POLL: Duration = Duration::from_millis(100);
/// Deadline of the requests that show that a provider serves, in blocks.
const DEADLINE: u32 = 60;
/// Who asks for them; none of the accounts that keep requests outstanding.
const PROBER: &str = "//Alice";

/// Waits until a block that is made from now on is final, for the client and for this validator.
pub async fn finality(network: &Network, validator: usize) -> Result<()> {
    let next = network.client.best_block().await?.number + 1;
    wait_for_finality(&network.client, next, PATIENCE).await?;
    let validator = network.validators.get(validator).context("a validator")?;
    let own = Client::connect(&validator.host.rpc_url()).await?;
    wait_for_finality(&own, next, PATIENCE).await?;
    Ok(())
}

/// Waits until a provider's node has another worker.
pub async fn another_worker(provider: &Member, before: u32) -> Result<()> {
    let limit = Instant::now() + PATIENCE;
    loop {
        if provider.worker().is_some_and(|worker| worker != before) {
            return Ok(());
        }
        ensure!(
            Instant::now() < limit,
            "{} did not start its worker again",
            provider.name()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until a provider's worker is well and a request that only it may serve has settled; when it was
/// well.
pub async fn serves(network: &Network, provider: usize) -> Result<Instant> {
    let provider = network.providers.get(provider).context("a provider")?;
    provider.wait_until_healthy(PATIENCE).await?;
    let well = Instant::now();
    let call = probe(network, provider)?;
    let requester = Signer::from_dev_seed(PROBER)?;
    let limit = Instant::now() + PATIENCE;
    // All of its slots may be taken by what it was given before.
    let request = loop {
        match network.client.submit_and_wait(&requester, &call).await {
            Ok(included) => break included.request().context("no request in the events")?,
            Err(error) if Instant::now() > limit => {
                return Err(error).context(format!("asking {}", provider.name()));
            }
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    };
    while Instant::now() < limit {
        if let Ok(Some(record)) = network.client.best().record(request).await {
            match record.ending {
                Ending::Settled => return Ok(well),
                ending => bail!(
                    "request {request} of {} ended as {ending:?}",
                    provider.name()
                ),
            }
        }
        tokio::time::sleep(POLL).await;
    }
    bail!("{} did not serve request {request}", provider.name())
}

/// The next request that one of these accounts makes.
pub async fn next_request(network: &Network, accounts: &[AccountId]) -> Result<RequestId> {
    let made = async {
        let mut blocks = network.client.best_blocks();
        while let Some(block) = blocks.next().await {
            let events = network.client.events_at(block?.hash).await?;
            let made = events.iter().find_map(|event| match event {
                Event::Requested {
                    request, requester, ..
                } if accounts.contains(requester) => Some(*request),
                _ => None,
            });
            if let Some(request) = made {
                return Ok(request);
            }
        }
        bail!("the chain ended")
    };
    let made = tokio::time::timeout(PATIENCE, made).await;
    made.context("the client makes no requests")?
}

/// A request that only this provider may serve.
fn probe(network: &Network, provider: &Member) -> Result<Call> {
    Ok(Call::RequestInference {
        model: network.model,
        input: digits::held_out()?.swap_remove(3).pixels,
        max_price: network.max_price,
        deadline: DEADLINE,
        verification: Verification::Proven,
        options: Box::new(RequestOptions {
            selection: Selection {
                preference: Preference::Only(provider.account()?),
                ..Selection::default()
            },
            ..RequestOptions::default()
        }),
    })
}
