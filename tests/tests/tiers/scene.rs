//! A chain with three registrations of the digits model, two honest providers and a watcher with
//! workers, two that lie, and one that sleeps.

use anyhow::{Context, Result};
use lattice_chain_client::{
    BlockNumber, Call, Client, ModelIndex, Preference, Record, RequestId, RequestOptions,
    Selection, Signer, Verification,
};
use lattice_tensor::Model;
use lattice_tests::accounts::account;
use lattice_tests::digits::{self, Digit};
use lattice_tests::node::Node;
use lattice_tests::stage::{import_digits, register, CAPACITY, OWNER, REQUESTER};
use lattice_tests::tool::Commands;
use lattice_tests::worker::Worker;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Honest, with workers.
pub const BOB: &str = "//Bob";
pub const CHARLIE: &str = "//Charlie";
/// They lie, and tell the same lies.
pub const EVE: &str = "//Eve";
pub const FERDIE: &str = "//Ferdie";
/// Has offers, and nobody who serves them.
pub const SLEEPER: &str = "//Alice//stash";
/// Watches, and is no provider.
pub const WATCHER: &str = "//Bob//stash";
/// Challenges what is right.
pub const SLANDERER: &str = "//Charlie//stash";

/// Longest time in which a request has to end.
const PATIENCE: Duration = Duration::from_secs(180);

/// A request to be made.
pub struct Ask {
    pub model: ModelIndex,
    /// Which of the held-out digits.
    pub digit: usize,
    pub deadline: BlockNumber,
    pub verification: Verification,
    /// None: the chain draws them.
    pub provider: Option<&'static str>,
    /// If it fails another one has a try, but not this one; `None`: there is no other try.
    pub next_but: Option<&'static str>,
}

pub struct Scene {
    /// Killed when dropped, as the workers are.
    _node: Node,
    pub bob: Worker,
    _charlie: Worker,
    pub watcher: Worker,
    pub client: Client,
    /// The same three times: with a key, without, and once more without.
    pub models: [ModelIndex; 3],
    pub model: Arc<Model>,
    digits: Vec<Digit>,
}

impl Scene {
    /// Three offers for each registration, all at the same price: of `offers[i]` for the `i`-th.
    pub async fn start(folder: &Path, offers: [[&'static str; 3]; 3]) -> Result<Self> {
        let file = import_digits(folder)?;
        let node = Node::start(folder)?;
        let url = node.url();
        let commands = Commands::on(&url);
        let first = register(&url, &file)?;
        let models = [
            first,
            register_without_key(&commands, &file, "second")?,
            register_without_key(&commands, &file, "third")?,
        ];
        let providers = [BOB, CHARLIE, EVE, FERDIE, SLEEPER];
        std::thread::scope(|scope| {
            let provided: Vec<_> = providers
                .iter()
                .map(|who| {
                    let offered = offers.iter().zip(models);
                    let own: Vec<ModelIndex> = offered
                        .filter(|(offers, _)| offers.contains(who))
                        .map(|(_, model)| model)
                        .collect();
                    let commands = &commands;
                    scope.spawn(move || provide(commands, who, &own))
                })
                .collect();
            for provided in provided {
                provided.join().expect("does not panic")?;
            }
            anyhow::Ok(())
        })?;
        Ok(Self {
            bob: Worker::start(&room(folder, "bob")?, &url, BOB)?,
            _charlie: Worker::start(&room(folder, "charlie")?, &url, CHARLIE)?,
            watcher: Worker::start_watching(&room(folder, "watcher")?, &url, WATCHER)?,
            client: Client::connect(&url).await?,
            models,
            model: Arc::new(lattice_tensor::file::read(&file)?),
            digits: digits::held_out()?,
            _node: node,
        })
    }

    /// Makes a request, at what the chain quotes for it.
    pub async fn ask(&self, ask: &Ask) -> Result<RequestId> {
        let mut selection = Selection {
            preference: match ask.provider {
                Some(seed) => Preference::Only(account(seed)?),
                None => Preference::Best,
            },
            ..Default::default()
        };
        if let (Some(first), Some(never)) = (ask.provider, ask.next_but) {
            selection.preference = Preference::Prefer(account(first)?);
            selection.excluded = vec![account(never)?].try_into().expect("it is one");
        }
        let view = self.client.best();
        let quote = view
            .quote(ask.model, ask.deadline, ask.verification, &selection)
            .await?;
        let call = Call::RequestInference {
            model: ask.model,
            input: self.digits[ask.digit].pixels.clone(),
            max_price: match ask.next_but {
                Some(_) => quote.upper_bound,
                None => quote.total,
            },
            deadline: ask.deadline,
            verification: ask.verification,
            options: Box::new(RequestOptions {
                selection,
                attempts: 1 + u32::from(ask.next_but.is_some()),
                ..Default::default()
            }),
        };
        let requester = Signer::from_dev_seed(REQUESTER)?;
        let included = self.client.submit_and_wait(&requester, &call).await?;
        included.request().context("no request in the events")
    }

    /// What the model computes on a digit.
    pub fn honest(&self, digit: usize) -> Result<Vec<i32>> {
        let pixels = self.digits[digit].pixels.iter();
        let input: Vec<i32> = pixels.map(|&x| x.into()).collect();
        Ok(lattice_tensor::execute(&self.model, &input)?)
    }

    /// What a request leaves when it ends.
    pub async fn ended(&self, request: RequestId) -> Result<Record> {
        let started = Instant::now();
        loop {
            if let Some(record) = self.client.best().record(request).await? {
                return Ok(record);
            }
            anyhow::ensure!(
                started.elapsed() < PATIENCE,
                "request {request} has not ended; Bob says:\n{}\nthe watcher says:\n{}",
                self.bob.log()?,
                self.watcher.log()?
            );
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

/// The same model once more under another name: its offers are apart.
fn register_without_key(commands: &Commands, file: &Path, name: &str) -> Result<ModelIndex> {
    let file = file.display().to_string();
    let register = ["model", "register", &file, "--name", name];
    let answer = commands.signed(OWNER, &register)?;
    let index = answer["index"]
        .as_u64()
        .with_context(|| format!("no model index in {answer}"))?;
    Ok(ModelIndex::try_from(index)?)
}

/// Registers a provider with offers.
fn provide(commands: &Commands, who: &str, models: &[ModelIndex]) -> Result<()> {
    let capacity = CAPACITY.to_string();
    let register = ["provider", "register", "--stake", "1000", "--capacity"];
    commands.signed(who, &[&register[..], &[&capacity]].concat())?;
    for model in models {
        let model = model.to_string();
        let offer = ["provider", "offer", "--model", &model, "--price", "1"];
        let tiers = ["--replicated", "1", "--optimistic", "1"];
        commands.signed(who, &[&offer[..], &tiers].concat())?;
    }
    Ok(())
}

/// A folder for a worker of its own, with the same models.
fn room(folder: &Path, name: &str) -> Result<PathBuf> {
    let room = folder.join(name);
    std::fs::create_dir_all(&room)?;
    std::os::unix::fs::symlink(folder.join("models"), room.join("models"))?;
    Ok(room)
}
