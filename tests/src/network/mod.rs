//! A network of several nodes on this machine, and what it survives.
//!
//! Three validators, three providers whose nodes supervise their workers, and a client that keeps
//! requests outstanding, while one member after the other is killed, paused, cut off or robbed of
//! its disk.
//!
//! * [`ground`]: namespaces or ports; * [`member`]: nodes and workers; * [`client`]: `lattice load`;
//! * [`private`]: private requests to every provider;
//! * [`fault`]: what is done to them, and how long the network takes to recover; * [`damage`]: what is
//!   done to their disks; * [`recovery`]: what shows that it has;
//! * [`memory`], [`overhead`]: what nodes and workers need;
//! * [`audit`], [`books`]: whether anything was lost; * [`report`]: the table;
//! * [`stop`]: an end from outside; * [`proc`]: what the system tells of processes.

pub mod audit;
pub mod books;
pub mod client;
pub mod damage;
pub mod fault;
pub mod ground;
pub mod member;
pub mod memory;
pub mod overhead;
pub mod private;
pub mod proc;
pub mod recovery;
pub mod report;
pub mod stop;

use crate::stage;
use crate::tool::Commands;
use anyhow::{bail, Context, Result};
use ground::{Ground, Host};
use lattice_chain_client::{Balance, Client, ModelIndex, Selection, Verification};
use member::{Member, Role};
use serde_json::{json, Value};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Session keys of the validators.
const VALIDATORS: [&str; 3] = ["alice", "bob", "charlie"];
/// Accounts of the providers.
const PROVIDERS: [&str; 3] = ["//Bob", "//Charlie", "//Eve"];
/// Assignments that each provider takes at the same time, in time: a third of what is to be outstanding,
/// and room for what another one drops.
const CAPACITY: u32 = 500;
/// Price of an inference, in LAT: so that its fee earns the provider, by each requester, the most slots
/// that a requester's fees are worth.
const PRICE: u32 = 30;
/// Stake of each provider, in LAT: the collateral of as many assignments.
const STAKE: u32 = 200_000;
/// Room for the last provider's data, in MiB.
const SMALL_DISK: u32 = 64;
/// How long the network may take for what it does in seconds.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The running network.
pub struct Network {
    /// The members' processes first: they end before their namespaces go.
    pub validators: Vec<Member>,
    pub providers: Vec<Member>,
    pub client: Client,
    /// Where private requests are made: a machine of the client's own.
    pub requester: Host,
    pub model: ModelIndex,
    /// The model as it was imported.
    pub model_file: PathBuf,
    /// The most that a request may cost.
    pub max_price: Balance,
    pub folder: PathBuf,
    pub ground: Ground,
    /// Whether a worker has come upon a full disk, in this run.
    pub has_met_full_disk: bool,
}

impl Network {
    /// Starts everything: the model is imported, registered, and given to the first provider alone; the
    /// others fetch it from their peers.
    ///
    /// # Errors
    /// With the message of the first step that failed.
    pub async fn start(folder: &Path, tell: &dyn Fn(&str)) -> Result<Self> {
        let mut ground = Ground::new();
        tell(&format!("ground: {}", ground.describe()));
        let mut validators: Vec<Member> = Vec::new();
        for (number, key) in (1u8..).zip(VALIDATORS) {
            let host = ground.host(&format!("validator-{number}"))?;
            let boot = bootnodes(&validators)?;
            validators.push(Member::start(host, Role::Validator(key), folder, number, boot).await?);
        }
        let first = validators.first().context("there are validators")?;
        let url = first.host.rpc_url();
        let client = Client::connect(&url).await?;
        wait_for_finality(&client, 1, PATIENCE).await?;
        tell("three validators finalize blocks");

        let file = stage::import_digits(folder)?;
        let model = stage::register(&url, &file)?;
        // On another branch there would be no such model to offer.
        let registered = client.best_block().await?.number;
        wait_for_finality(&client, registered, PATIENCE).await?;
        let mut providers: Vec<Member> = Vec::new();
        for (number, seed) in (1u8..).zip(PROVIDERS) {
            let host = ground.host(&format!("provider-{number}"))?;
            offer(&url, seed, &host, model)?;
            let own = folder.join(&host.name);
            if number == 1 {
                give(&file, &own.join("models"))?;
            }
            if number == 3 {
                // The one that will be filled.
                ground.small_disk(&own.join("worker"), SMALL_DISK)?;
            }
            let boot = bootnodes(&validators)?;
            let provider =
                Member::start(host, Role::Provider(seed), folder, number + 10, boot).await?;
            provider.wait_until_healthy(PATIENCE).await?;
            tell(&format!("{} serves", provider.name()));
            providers.push(provider);
        }
        let quote = client
            .best()
            .quote(model, 300, Verification::Proven, &Selection::default())
            .await?;
        let requester = ground.host("client")?;
        Ok(Self {
            validators,
            providers,
            client,
            requester,
            model,
            model_file: file,
            max_price: quote.upper_bound,
            folder: folder.to_path_buf(),
            ground,
            has_met_full_disk: false,
        })
    }

    /// Requests that are with a provider now.
    ///
    /// # Errors
    /// The chain cannot be read.
    pub async fn outstanding(&self) -> Result<usize> {
        let view = self.client.best();
        let mut outstanding = 0;
        for provider in &self.providers {
            outstanding += view.all_assignments(&provider.account()?).await?.len();
        }
        Ok(outstanding)
    }

    /// Where everything is, for other programs.
    pub fn describe(&self) -> Value {
        let member = |member: &Member| {
            json!({
                "name": member.name(),
                "rpc": member.host.rpc_url(),
                "health": member.host.health_url(),
                "pid": member.process().map(|process| process.id()).ok(),
                "folder": member.folder,
                "account": member.account().map(|account| account.to_string()).ok(),
            })
        };
        json!({
            "validators": self.validators.iter().map(member).collect::<Vec<_>>(),
            "providers": self.providers.iter().map(member).collect::<Vec<_>>(),
            "model": self.model,
            "folder": self.folder,
        })
    }

    /// Lets everything run on after this program ends.
    pub fn leave_running(self) {
        for member in self.validators.into_iter().chain(self.providers) {
            member.leave_running();
        }
        std::mem::forget(self.ground);
    }
}

fn bootnodes(members: &[Member]) -> Result<Vec<String>> {
    members.iter().map(Member::bootnode).collect()
}

/// Registers a provider with its stake and where its worker is found, and its offer.
fn offer(url: &str, seed: &str, host: &Host, model: ModelIndex) -> Result<()> {
    let commands = Commands::on(url);
    let (capacity, stake) = (CAPACITY.to_string(), STAKE.to_string());
    let endpoint = host.worker_address();
    let register = [
        "provider",
        "register",
        "--stake",
        &stake,
        "--capacity",
        &capacity,
        "--endpoint",
        &endpoint,
    ];
    commands.signed(seed, &register)?;
    let (model, price) = (model.to_string(), PRICE.to_string());
    // Resident from the beginning, so that the workers have nothing to say of it later.
    let offer = [
        "provider",
        "offer",
        "--model",
        &model,
        "--price",
        &price,
        "--resident",
    ];
    commands.signed(seed, &offer)?;
    Ok(())
}

/// Copies a model and its keys into a provider's folder.
fn give(file: &Path, models: &Path) -> Result<()> {
    std::fs::create_dir_all(models)?;
    let copy = models.join("digits.lattice");
    std::fs::copy(file, &copy)?;
    let keys = copy.with_extension("keys");
    std::fs::create_dir_all(&keys)?;
    for entry in std::fs::read_dir(file.with_extension("keys"))? {
        let entry = entry?;
        std::fs::copy(entry.path(), keys.join(entry.file_name()))?;
    }
    Ok(())
}

/// Waits until a block of this height is final; how long that took.
///
/// # Errors
/// None is within the limit.
pub async fn wait_for_finality(client: &Client, height: u32, limit: Duration) -> Result<Duration> {
    let start = Instant::now();
    loop {
        // A node that is away is asked again.
        let reached = client
            .finalized_block()
            .await
            .map_or(0, |block| block.number);
        if reached >= height {
            return Ok(start.elapsed());
        }
        if start.elapsed() > limit {
            bail!("block {height} is not final after {limit:?}, {reached} is");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
