//! A chain with the digits model, and a provider whose endpoint on the chain is its worker's gateway.

use anyhow::{Context, Result};
use lattice_chain_client::{AccountId, Channel, ChannelId, Client, Event, Signer, H256};
use lattice_tests::digits::{self, Digit};
use lattice_tests::node::Node;
use lattice_tests::process::free_port;
use lattice_tests::stage::{import_digits, register, OWNER, PROVIDER, REQUESTER};
use lattice_tests::tool::Commands;
use lattice_tests::worker::Worker;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

/// The account that receives protocol fees: the runtime's pallet id, padded with zeros.
fn treasury() -> AccountId {
    let mut account = [0; 32];
    account[..12].copy_from_slice(b"modllat/trsy");
    AccountId(account)
}

/// The account of a development seed.
pub fn account(seed: &str) -> Result<AccountId> {
    Ok(Signer::from_dev_seed(seed)?.account())
}

/// The requester's folder of states, which [`Scene`] makes.
pub const STATES: &str = "states";

pub struct Scene {
    /// Killed when dropped, as the worker is.
    _node: Node,
    _worker: Worker,
    pub client: Client,
    pub commands: Commands,
    pub gateway_port: u16,
    pub model: lattice_tensor::Model,
    folder: PathBuf,
    digits: Vec<Digit>,
}

impl Scene {
    /// Everything but the channel.
    pub async fn start(folder: &Path) -> Result<Self> {
        let file = import_digits(folder)?;
        let node = Node::start(folder)?;
        let url = node.url();
        register(&url, &file)?;
        let commands = Commands::on(&url);
        let gateway_port = free_port()?;
        let endpoint = format!("http://127.0.0.1:{gateway_port}");
        let provide = ["provider", "register", "--stake", "1000", "--endpoint"];
        commands.signed(PROVIDER, &[&provide[..], &[&endpoint]].concat())?;
        let offer = ["provider", "offer", "--model", "0", "--price", "1"];
        commands.signed(PROVIDER, &offer)?;
        Ok(Self {
            _worker: Worker::start_with_gateway(folder, &url, PROVIDER, gateway_port)?,
            _node: node,
            client: Client::connect(&url).await?,
            commands,
            gateway_port,
            model: lattice_tensor::file::read(&file)?,
            folder: folder.to_owned(),
            digits: digits::held_out()?,
        })
    }

    /// Opens a channel of the requester to the provider; its number.
    pub fn open(&self, deposit: &str) -> Result<ChannelId> {
        let provider = account(PROVIDER)?.to_string();
        let command = ["channel", "open", "--model", "0", "--provider", &provider];
        let command = [&command[..], &["--deposit", deposit]].concat();
        let opened = self.commands.signed(REQUESTER, &command)?;
        let channel = opened["channel"]
            .as_str()
            .with_context(|| format!("no channel in {opened}"))?;
        Ok(channel.parse()?)
    }

    /// A channel at the best block.
    pub async fn channel(&self, id: ChannelId) -> Result<Channel> {
        let channel = self.client.best().channel(id).await?;
        channel.with_context(|| format!("channel {id} is gone"))
    }

    /// Arguments of an inference of a held-out digit in a channel, with the states in a folder.
    fn infer_in(&self, id: ChannelId, digit: usize, states: &str) -> Result<Vec<String>> {
        let input = self.folder.join(format!("digit-{digit}.json"));
        std::fs::write(&input, serde_json::to_vec(&self.digits[digit].pixels)?)?;
        let (id, input) = (id.to_string(), input.display().to_string());
        let states = self.folder.join(states).display().to_string();
        let arguments = [
            "infer",
            "--channel",
            &id,
            "--input",
            &input,
            "--state",
            &states,
        ];
        Ok(arguments.map(String::from).to_vec())
    }

    /// Infers a digit in a channel, and compares with the reference executor; what was shown.
    pub fn infer(&self, id: ChannelId, digit: usize) -> Result<Value> {
        let arguments = self.infer_in(id, digit, STATES)?;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let shown = self.commands.signed(REQUESTER, &arguments)?;
        let pixels: Vec<i32> = self.digits[digit]
            .pixels
            .iter()
            .map(|&x| x.into())
            .collect();
        let expected = lattice_tensor::execute(&self.model, &pixels)?;
        assert_eq!(shown["output"], serde_json::json!(expected), "{shown}");
        let checks = shown["checks"].as_array().context("no checks")?;
        assert_eq!(checks.len(), 3, "{shown}");
        assert!(checks.iter().all(|check| check["holds"] == true), "{shown}");
        Ok(shown)
    }

    /// Tries to infer a digit in a channel, with the states in a folder and more arguments.
    pub fn try_infer(
        &self,
        id: ChannelId,
        digit: usize,
        states: &str,
        more: &[&str],
    ) -> Result<Output> {
        let arguments = self.infer_in(id, digit, states)?;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.commands
            .run(REQUESTER, &[&arguments[..], more].concat())
    }

    /// Where the state of a channel is, in one of the folders.
    pub fn state_file(&self, id: ChannelId, states: &str) -> PathBuf {
        self.folder.join(states).join(format!("channel-{id}.json"))
    }

    /// The state of a channel.
    pub fn state(&self, id: ChannelId) -> Result<Value> {
        let text = std::fs::read(self.state_file(id, STATES))?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// Waits until so much of a channel was redeemed, in planck.
    pub async fn wait_until_redeemed(&self, id: ChannelId, amount: u128) -> Result<()> {
        let started = Instant::now();
        while self.channel(id).await?.redeemed != amount {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "channel {id} is not redeemed; the worker says:\n{}",
                self._worker.log()?
            );
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Ok(())
    }

    /// What everyone had and did, as of a block.
    pub async fn money(&self, block: H256) -> Result<Money> {
        let view = self.client.at(block);
        let total = |account: AccountId| {
            let view = view.clone();
            async move { anyhow::Ok(view.balance(&account).await?.total()) }
        };
        Ok(Money {
            payer: total(account(REQUESTER)?).await?,
            provider: total(account(PROVIDER)?).await?,
            owner: total(account(OWNER)?).await?,
            treasury: total(treasury()).await?,
        })
    }

    /// The fees that payer and provider paid for extrinsics in blocks after `first` up to `last`,
    /// and all events of them.
    pub async fn between(&self, first: u32, last: u32) -> Result<(u128, u128, Vec<Event>)> {
        let mut all = Vec::new();
        for number in first + 1..=last {
            let hash = self.client.block_hash(number).await?;
            let hash = hash.with_context(|| format!("no block {number}"))?;
            all.extend(self.client.events_at(hash).await?);
        }
        let fees = |of: AccountId| {
            let fees = all.iter().filter_map(move |event| match event {
                Event::FeePaid { payer, amount } if *payer == of => Some(*amount),
                _ => None,
            });
            fees.sum::<u128>()
        };
        Ok((fees(account(REQUESTER)?), fees(account(PROVIDER)?), all))
    }
}

/// What each has in all, in planck.
#[derive(Clone, Copy, Debug)]
pub struct Money {
    pub payer: u128,
    pub provider: u128,
    pub owner: u128,
    pub treasury: u128,
}
