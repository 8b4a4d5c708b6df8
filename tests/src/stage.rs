//! Everything that an inference needs: a chain, a registered model with its
//! key, a provider with stake and an offer, and its worker.
//!
//! Each step is the `lattice` command that a person would give.

use crate::node::Node;
use crate::process::free_port;
use crate::worker::{peer_address, Worker};
use crate::{digits, tool};
use anyhow::{Context, Result};
use lattice_chain_client::{Client, ModelIndex, Signer};
use std::path::{Path, PathBuf};

/// Registers the model and earns the royalty.
pub const OWNER: &str = "//Alice";
/// Stakes, executes and proves.
pub const PROVIDER: &str = "//Bob";
/// Pays for inferences.
pub const REQUESTER: &str = "//Dave";
/// Assignments that the provider takes at the same time.
pub const CAPACITY: usize = 16;

/// A running network with the digits model on it.
pub struct Stage {
    /// The chain.
    pub node: Node,
    /// The provider's worker.
    pub worker: Worker,
    /// A client of the chain.
    pub client: Client,
    /// The registration of the digits model.
    pub model: ModelIndex,
    /// Where the model, the keys, the logs and the data are.
    pub folder: PathBuf,
}

impl Stage {
    /// Imports the digits model, makes its keys, starts the chain, registers
    /// model and provider, and starts the worker.
    ///
    /// # Errors
    /// With the message of the first step that failed.
    pub async fn digits(folder: &Path) -> Result<Self> {
        Self::start(folder, None).await
    }

    /// As [`Stage::digits`], with a worker that meets peers where the provider says on the chain.
    pub async fn digits_with_peers(folder: &Path) -> Result<Self> {
        Self::start(folder, Some(free_port()?)).await
    }

    async fn start(folder: &Path, peers: Option<u16>) -> Result<Self> {
        let model_file = import_digits(folder)?;
        let node = Node::start(folder)?;
        let url = node.url();
        let model = register(&url, &model_file)?;
        let worker = match peers {
            None => {
                offer(&url, model)?;
                Worker::start(folder, &url, PROVIDER)?
            }
            Some(port) => {
                offer_at(&url, model, PROVIDER, &peer_address(port))?;
                Worker::start_with_peers(folder, &url, PROVIDER, port)?
            }
        };
        let client = Client::connect(&url).await?;
        Ok(Self {
            node,
            worker,
            client,
            model,
            folder: folder.to_path_buf(),
        })
    }

    /// The requester's signer.
    pub fn requester(&self) -> Result<Signer> {
        Ok(Signer::from_dev_seed(REQUESTER)?)
    }
}

/// Imports the committed ONNX into `folder/models` and makes development keys beside it.
pub fn import_digits(folder: &Path) -> Result<PathBuf> {
    let file = import_digits_without_keys(folder)?;
    tool::json([
        "setup".as_ref(),
        "dev".as_ref(),
        file.as_os_str(),
        "-o".as_ref(),
        file.with_extension("keys").as_os_str(),
    ])?;
    Ok(file)
}

/// Imports the committed ONNX into `folder/models`.
pub fn import_digits_without_keys(folder: &Path) -> Result<PathBuf> {
    let models = folder.join("models");
    std::fs::create_dir_all(&models)?;
    let data = digits::folder();
    let file = models.join("digits.lattice");
    tool::json([
        "model".as_ref(),
        "import".as_ref(),
        data.join("digits.onnx").as_os_str(),
        "--calibration".as_ref(),
        data.join("calibration.npy").as_os_str(),
        "-o".as_ref(),
        file.as_os_str(),
    ])?;
    Ok(file)
}

/// Registers a model with its verifying key; answers the registration's index.
pub fn register(url: &str, file: &Path) -> Result<ModelIndex> {
    let answer = tool::json([
        "model".as_ref(),
        "register".as_ref(),
        file.as_os_str(),
        "--keys".as_ref(),
        file.with_extension("keys").as_os_str(),
        "--name".as_ref(),
        "digits".as_ref(),
        "--royalty".as_ref(),
        "0.05".as_ref(),
        "--dev-seed".as_ref(),
        OWNER.as_ref(),
        "--chain".as_ref(),
        url.as_ref(),
    ])?;
    let index = answer["index"]
        .as_u64()
        .with_context(|| format!("no model index in {answer}"))?;
    Ok(ModelIndex::try_from(index)?)
}

/// Registers the provider with stake, and its offer for the model.
pub fn offer(url: &str, model: ModelIndex) -> Result<()> {
    provide(url, model, PROVIDER, &[])
}

/// As [`offer`], of a provider whose worker is met at this address.
pub fn offer_at(url: &str, model: ModelIndex, provider: &str, address: &str) -> Result<()> {
    provide(url, model, provider, &["--endpoint", address])
}

fn provide(url: &str, model: ModelIndex, provider: &str, more: &[&str]) -> Result<()> {
    let signed = ["--dev-seed", provider, "--chain", url];
    let capacity = CAPACITY.to_string();
    let register = [
        "provider",
        "register",
        "--stake",
        "1000",
        "--capacity",
        &capacity,
    ];
    tool::json(register.iter().chain(more).chain(&signed))?;
    let model = model.to_string();
    // Resident from the beginning, so that the worker has nothing to say of it later.
    let offer = [
        "provider",
        "offer",
        "--model",
        &model,
        "--price",
        "1",
        "--resident",
    ];
    tool::json(offer.iter().chain(&signed))?;
    Ok(())
}
