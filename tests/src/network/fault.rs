//! What is done to the network, and how long it takes to recover.

use super::client::Load;
use super::damage::{another_disk_failure, disk_failures, fill, Damaged};
use super::ground::Ground;
use super::recovery::{another_worker, finality, next_request, serves, POLL};
use super::{wait_for_finality, Network, PATIENCE};
use anyhow::{ensure, Context, Result};
use clap::ValueEnum;
use lattice_chain_client::{Client, Ending};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a member stays away that is killed or paused.
const AWAY: Duration = Duration::from_secs(8);
/// How long a validator is cut off: long enough for its peers to give it up.
const CUT: Duration = Duration::from_secs(24);
/// How long after the cut blocks may still become final, by votes that were given before.
const VOTES_UNDER_WAY: Duration = Duration::from_secs(10);
/// How long it may take a worker to come upon its full disk. It has results to write down every few
/// blocks, and some room left in its databases.
const FULL_PATIENCE: Duration = Duration::from_secs(60);

/// One thing that is done to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// A validator is killed, and started again.
    KillValidator,
    /// A worker is killed; its node starts it again.
    KillWorker,
    /// A provider's node is killed, and started again with its worker.
    KillProvider,
    /// The client is killed right after it has made a request, and started again.
    KillClient,
    /// A worker is stopped where it is, and goes on later.
    PauseWorker,
    /// A validator's network is cut.
    CutValidator,
    /// A byte of a model that a provider has fetched changes on its disk.
    CorruptModel,
    /// The disk of a provider's data is full for a while.
    FillDisk,
    /// Everything is killed, and started again.
    RestartAll,
}

impl Fault {
    /// Every fault, in the order in which they are injected.
    pub const ALL: [Self; 9] = [
        Self::KillWorker,
        Self::KillProvider,
        Self::KillValidator,
        Self::KillClient,
        Self::PauseWorker,
        Self::CutValidator,
        Self::CorruptModel,
        Self::FillDisk,
        Self::RestartAll,
    ];

    /// Those that a quick run injects.
    pub const SHORT: [Self; 3] = [Self::KillWorker, Self::KillValidator, Self::CorruptModel];

    /// [`Fault::ALL`] without what this ground does not allow, which is said.
    pub fn possible(ground: &Ground) -> Vec<Self> {
        let mut possible = Self::ALL.to_vec();
        if let Some(why) = ground.diskless() {
            eprintln!("{} is left out: {why}", Self::FillDisk.name());
            possible.retain(|fault| *fault != Self::FillDisk);
        }
        possible
    }

    /// Its name on the command line and in the table.
    pub fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// How long a recovery took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Until the worker was well again, where it is one worker that was away.
    pub well: Option<Duration>,
    /// Until what was awaited.
    pub whole: Duration,
}

impl Recovery {
    /// One that ends now.
    fn since(start: Instant) -> Self {
        Self {
            well: None,
            whole: start.elapsed(),
        }
    }

    /// One that ends now, of a worker that was well at this moment.
    fn of_worker(start: Instant, well: Instant) -> Self {
        Self {
            well: Some(well.duration_since(start)),
            whole: start.elapsed(),
        }
    }
}

/// How a fault went.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub name: String,
    /// What was awaited from the moment at which nothing stood in the way any more.
    pub awaited: String,
    pub recovery: Option<Recovery>,
    /// Why the network did not recover.
    pub error: Option<String>,
}

impl Outcome {
    /// Something went wrong that was no fault's doing.
    pub fn failed(name: &str, error: &anyhow::Error) -> Self {
        Self {
            name: name.into(),
            awaited: String::new(),
            recovery: None,
            error: Some(format!("{error:#}")),
        }
    }
}

/// Does something to the network, and waits until it has recovered.
pub async fn inject(network: &mut Network, load: &mut Load, fault: Fault) -> Outcome {
    let (awaited, recovered) = match fault {
        Fault::KillValidator => (
            "a block made since its restart is final, on its own node too",
            kill_validator(network).await,
        ),
        Fault::KillWorker => (
            "the worker that its node started again is well and settles a request",
            kill_worker(network).await,
        ),
        Fault::KillProvider => (
            "node and worker are well and settle a request",
            kill_provider(network).await,
        ),
        Fault::KillClient => (
            "the last request of the dead client has settled",
            kill_client(network, load).await,
        ),
        Fault::PauseWorker => (
            "the worker is well again and settles a request",
            pause_worker(network).await,
        ),
        Fault::CutValidator => (
            "no block was final meanwhile, and one made since then is, on its own node too",
            cut_validator(network).await,
        ),
        Fault::CorruptModel => (
            "the worker has noticed, fetched the model again, and settles a request",
            corrupt_model(network).await,
        ),
        Fault::FillDisk => (
            "the worker settles a request once there is room again",
            fill_disk(network).await,
        ),
        Fault::RestartAll => (
            "blocks are final again and every provider settles a request",
            restart_all(network).await,
        ),
    };
    let (recovery, error) = match recovered {
        Ok(recovery) => (Some(recovery), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    Outcome {
        name: fault.name(),
        awaited: awaited.into(),
        recovery,
        error,
    }
}

async fn kill_validator(network: &mut Network) -> Result<Recovery> {
    let victim = network.validators.get_mut(1).context("a validator")?;
    victim.kill()?;
    tokio::time::sleep(AWAY).await;
    let start = Instant::now();
    victim.start_again().await?;
    finality(network, 1).await?;
    Ok(Recovery::since(start))
}

async fn cut_validator(network: &mut Network) -> Result<Recovery> {
    let victim = network.validators.get(2).context("a validator")?;
    let has_cable = victim.host.can_be_cut();
    match has_cable {
        true => victim.host.cut()?,
        // Without a cable of its own it falls silent only.
        false => victim.process()?.freeze()?,
    }
    let stood = finality_stands_still(&network.client).await;
    let start = Instant::now();
    match has_cable {
        true => victim.host.mend()?,
        false => victim.process()?.thaw()?,
    }
    finality(network, 2).await?;
    stood?;
    Ok(Recovery::since(start))
}

/// Waits as long as a validator is cut off, and sees that no block becomes final: that takes more than two
/// thirds of the votes, which two of three are not.
async fn finality_stands_still(client: &Client) -> Result<()> {
    tokio::time::sleep(VOTES_UNDER_WAY).await;
    let first = client.finalized_block().await?.number;
    tokio::time::sleep(CUT.saturating_sub(VOTES_UNDER_WAY)).await;
    let last = client.finalized_block().await?.number;
    ensure!(
        first == last,
        "blocks {} to {last} became final without the validator that was cut off",
        first + 1
    );
    Ok(())
}

async fn kill_worker(network: &mut Network) -> Result<Recovery> {
    let provider = network.providers.first().context("a provider")?;
    let before = provider.worker().context("its node has no worker")?;
    provider.signal_worker("KILL")?;
    let start = Instant::now();
    another_worker(provider, before).await?;
    let well = serves(network, 0).await?;
    Ok(Recovery::of_worker(start, well))
}

async fn kill_provider(network: &mut Network) -> Result<Recovery> {
    let provider = network.providers.get_mut(1).context("a provider")?;
    let worker = provider.worker().context("its node has no worker")?;
    provider.kill()?;
    tokio::time::sleep(AWAY).await;
    // It finishes what it has in hand first.
    let limit = Instant::now() + AWAY * 3;
    let process = format!("/proc/{worker}");
    let outlives = loop {
        match Path::new(&process).exists() {
            true if Instant::now() < limit => tokio::time::sleep(POLL).await,
            outlives => break outlives,
        }
    };
    let start = Instant::now();
    provider.start_again().await?;
    ensure!(!outlives, "the worker outlived its node");
    let well = serves(network, 1).await?;
    Ok(Recovery::of_worker(start, well))
}

async fn kill_client(network: &Network, load: &mut Load) -> Result<Recovery> {
    let accounts = load.accounts()?;
    let request = next_request(network, &accounts).await?;
    load.kill()?;
    let start = Instant::now();
    let limit = start + PATIENCE;
    let recovery = loop {
        ensure!(
            Instant::now() < limit,
            "request {request} of the dead client has no record"
        );
        if let Ok(Some(record)) = network.client.best().record(request).await {
            ensure!(
                record.ending == Ending::Settled && !record.output.is_empty(),
                "request {request} ended as {:?}",
                record.ending
            );
            break Recovery::since(start);
        }
        tokio::time::sleep(POLL).await;
    };
    load.start_again().await?;
    next_request(network, &accounts).await?;
    Ok(recovery)
}

async fn pause_worker(network: &mut Network) -> Result<Recovery> {
    let provider = network.providers.get(2).context("a provider")?;
    provider.signal_worker("STOP")?;
    tokio::time::sleep(AWAY).await;
    // Its node may have given it up, and started another one.
    if provider.worker().is_some() {
        provider.signal_worker("CONT")?;
    }
    let start = Instant::now();
    let well = serves(network, 2).await?;
    Ok(Recovery::of_worker(start, well))
}

async fn corrupt_model(network: &mut Network) -> Result<Recovery> {
    let provider = network.providers.get(1).context("a provider")?;
    let model = Damaged::model_in(&provider.data())?;
    let before = provider.worker().context("its node has no worker")?;
    provider.signal_worker("TERM")?;
    let start = Instant::now();
    another_worker(provider, before).await?;
    let well = serves(network, 1).await?;
    model.mended(PATIENCE).await?;
    Ok(Recovery::of_worker(start, well))
}

async fn fill_disk(network: &mut Network) -> Result<Recovery> {
    // One that serves has results to write down while there is no room.
    serves(network, 2).await?;
    let provider = network.providers.get(2).context("a provider")?;
    let before = disk_failures(provider)?;
    let plug = provider.data().join("plug");
    fill(&plug)?;
    let met = another_disk_failure(provider, before, FULL_PATIENCE).await;
    if met.is_ok() {
        // Another start finds it full as well.
        tokio::time::sleep(AWAY).await;
    }
    std::fs::remove_file(&plug)?;
    match met {
        Ok(()) => network.has_met_full_disk = true,
        // After hours a database has room of its own, which pruned entries have left in it.
        Err(error) if network.has_met_full_disk => eprintln!("{error:#}, this time"),
        Err(error) => return Err(error),
    }
    let start = Instant::now();
    let well = serves(network, 2).await?;
    Ok(Recovery::of_worker(start, well))
}

async fn restart_all(network: &mut Network) -> Result<Recovery> {
    let before = network.client.finalized_block().await?.number;
    for member in network.validators.iter_mut().chain(&mut network.providers) {
        // One that an earlier fault has left dead is started with the others.
        if member.process().is_ok() {
            member.kill()?;
        }
    }
    let start = Instant::now();
    for member in network.validators.iter_mut().chain(&mut network.providers) {
        member.start_again().await?;
    }
    wait_for_finality(&network.client, before + 1, PATIENCE).await?;
    for provider in 0..network.providers.len() {
        serves(network, provider).await?;
    }
    Ok(Recovery::since(start))
}
