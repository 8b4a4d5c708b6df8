//! What the worker is told: on its command line, by environment variables, in a file.
//!
//! [`Config`] is the only list of options. A key of the file is the long name of an option, its
//! environment variable that name in capitals after `LATTICE_WORKER_`; so an option that is added here
//! is known in all three places.
//!
//! * [`sources`]: which of the three holds;
//! * `file`: the TOML file; `peers`: options about peers;
//! * `template`: a file with every key, for `--print-config`.

mod file;
mod peers;
pub mod sources;
mod template;

pub use peers::PeerOptions;
pub use sources::ConfigError;

use clap::{ArgGroup, Parser};
use lattice_chain_client::{parse_balance, Balance, Signer, SignerError};
use lattice_executor::DeviceChoice;
use lattice_verifier::MAX_BATCH;
use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf};

/// The provider's daemon: executes, proves and submits assigned inferences.
///
/// It loads every NAME.lattice in the models folder (and in its subfolders)
/// with the keys in NAME.keys/ beside it, tests them, and then serves the
/// provider's assignments until SIGTERM or SIGINT. Proofs wait in an outbox
/// until the chain has them, so it may be killed at any time.
///
/// Every option may also be a key of the TOML file that --config names, or an environment variable. The
/// command line goes before the environment, the environment before the file.
///
/// Logs go to standard error. RUST_LOG filters them (default: info).
#[derive(Parser, Clone, Debug)]
#[command(name = "lattice-worker", version, about, long_about)]
#[command(group(ArgGroup::new("signer").required(true).args(["key_file", "dev_seed"])))]
pub struct Config {
    /// Read options from this TOML file; --print-config shows its keys
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Print a configuration file with every key and the values that hold now, and exit
    #[arg(long)]
    pub print_config: bool,

    /// URL of a node, ws:// or wss://
    #[arg(long, value_name = "URL", default_value = "ws://127.0.0.1:9944")]
    pub chain: String,

    /// File with the provider's secret: phrase or 0x seed, as text or JSON
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// A development account instead of a key file, e.g. //Bob
    #[arg(long, value_name = "//NAME")]
    pub dev_seed: Option<String>,

    /// Folder with NAME.lattice files and NAME.keys/ folders
    #[arg(long, value_name = "DIR")]
    pub models: PathBuf,

    /// Folder for the outbox and the ledger of channels; one worker at a time may use it
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,

    /// Address for /metrics, /health and /live, e.g. 127.0.0.1:9615; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub metrics: Option<SocketAddr>,

    /// Serve payment channels over HTTP at this address; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub gateway: Option<SocketAddr>,

    /// Redeem a channel's voucher when more than so many LAT are outstanding
    #[arg(long, value_name = "LAT", default_value = "10", value_parser = parse_balance)]
    pub redeem_above: Balance,

    /// Where models run: auto, cpu, cuda:N, wgpu or wgpu:N, as far as built in
    ///
    /// auto takes the first of CUDA, a GPU of wgpu and the processor that is there and computes every
    /// golden vector exactly. A device by name that does not, or that fails at work, is replaced by the
    /// processor; the log says why. One that is not built in is refused.
    #[arg(long, value_name = "DEVICE", default_value = "auto", value_parser = built_in)]
    pub device: DeviceChoice,

    /// Proofs made at the same time; each uses all cores by itself
    #[arg(long, value_name = "N", default_value = "1")]
    pub max_parallel: NonZeroUsize,

    /// Results that are submitted in one extrinsic at most; 1 submits each alone
    #[arg(long, value_name = "N", default_value = "32", value_parser = batch_size)]
    pub max_batch: NonZeroUsize,

    /// Longest wait, in milliseconds, of a finished result for others that are being proven
    #[arg(long, value_name = "MS", default_value = "500")]
    pub batch_wait_ms: u64,

    /// Say on chain every so many blocks, for nothing, that the provider is alive; 0 never does
    #[arg(long, value_name = "N", default_value = "200")]
    pub heartbeat_blocks: u32,

    /// Run optimistic results of other providers again, and challenge false ones with a bond of this
    /// account, which need not be a provider's
    #[arg(long)]
    pub watch: bool,

    /// Seconds for which work under way may go on after the signal to stop. What has a result stays in
    /// the outbox for the next start; what was only offered is left to its accept deadline. A node with
    /// --provider kills its worker after 15 seconds, whatever is said here
    #[arg(long, value_name = "SECS", default_value = "10")]
    pub stop_patience: u64,

    #[command(flatten)]
    pub peers: PeerOptions,

    /// Write logs as one JSON object per line
    #[arg(long)]
    pub log_json: bool,

    /// Stop when standard input closes: whoever started the worker is gone
    #[arg(long)]
    pub supervised: bool,
}

/// A device whose backend is built in, or `auto`.
fn built_in(text: &str) -> Result<DeviceChoice, String> {
    let parsed = text.parse::<DeviceChoice>();
    let choice = parsed.map_err(|error| error.to_string())?;
    let checked = choice.check_built_in();
    checked.map_err(|error| error.to_string())?;
    Ok(choice)
}

/// A number of results that the chain takes in one extrinsic.
fn batch_size(text: &str) -> Result<NonZeroUsize, String> {
    let most = usize::try_from(MAX_BATCH).unwrap_or(usize::MAX);
    match text.parse::<NonZeroUsize>() {
        Ok(size) if size.get() <= most => Ok(size),
        Ok(size) => Err(format!("a batch has at most {most} results, not {size}")),
        Err(error) => Err(error.to_string()),
    }
}

impl Config {
    /// The key pair that the command line names.
    pub fn signer(&self) -> Result<Signer, SignerError> {
        match (&self.key_file, &self.dev_seed) {
            (Some(path), _) => Signer::from_key_file(path),
            (None, Some(seed)) => Signer::from_dev_seed(seed),
            // The argument group asks for one of them.
            (None, None) => Err(SignerError::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

    const PLACES: [&str; 4] = ["--models", "m", "--data", "d"];

    fn parse(arguments: &[&str]) -> Result<Config, clap::Error> {
        Config::try_parse_from([&["lattice-worker"], arguments, &PLACES].concat())
    }

    #[test]
    fn a_development_account_and_two_folders_are_enough() {
        let config = parse(&["--dev-seed", "//Bob"]).expect("complete");
        assert_eq!(config.chain, "ws://127.0.0.1:9944");
        assert_eq!(config.stop_patience, 10);
        assert_eq!(config.max_parallel.get(), 1);
        assert_eq!(config.max_batch.get(), 32);
        assert_eq!((config.metrics, config.gateway), (None, None));
        assert!(!config.watch);
        assert_eq!(config.redeem_above, 10_000_000_000_000);
        assert_eq!(config.device, DeviceChoice::Auto);
        let bob = Signer::from_dev_seed("//Bob").expect("a development account");
        assert_eq!(config.signer().expect("//Bob").account(), bob.account());
    }

    #[test]
    fn everything_can_be_said() {
        let config = parse(&[
            "--chain",
            "wss://node.example:443",
            "--key-file",
            "provider.key",
            "--metrics",
            "127.0.0.1:0",
            "--gateway",
            "0.0.0.0:8600",
            "--redeem-above",
            "0.5",
            "--max-parallel",
            "3",
            "--watch",
            "--log-json",
            "--device",
            "cpu",
        ])
        .expect("complete");
        assert_eq!(config.device.to_string(), "cpu");
        assert_eq!(config.gateway.map(|a| a.port()), Some(8_600));
        assert_eq!(config.redeem_above, 500_000_000_000);
        assert_eq!(config.key_file, Some(PathBuf::from("provider.key")));
        assert_eq!(config.metrics.map(|a| a.port()), Some(0));
        assert_eq!(config.max_parallel.get(), 3);
        assert!(config.watch && config.log_json);
    }

    mod refuse {
        use super::*;

        #[test]
        fn no_signer_or_two() {
            let none = parse(&[]).expect_err("no signer");
            assert_eq!(none.kind(), ErrorKind::MissingRequiredArgument);
            let both = parse(&["--dev-seed", "//Bob", "--key-file", "f"]).expect_err("two");
            assert_eq!(both.kind(), ErrorKind::ArgumentConflict);
        }

        #[test]
        fn a_device_that_is_none() {
            let refused = parse(&["--dev-seed", "//Bob", "--device", "gpu"]).expect_err("unknown");
            assert_eq!(refused.kind(), ErrorKind::ValueValidation);
            assert!(refused.to_string().contains("it is auto, cpu"));
        }

        #[test]
        fn a_device_that_is_not_built_in_with_the_feature_that_brings_it() {
            for name in ["cuda:1", "wgpu"] {
                let parsed = parse(&["--dev-seed", "//Bob", "--device", name]);
                let choice: DeviceChoice = name.parse().expect("a device");
                if choice.check_built_in().is_ok() {
                    assert_eq!(parsed.expect("complete").device, choice);
                    continue;
                }
                let refused = parsed.expect_err("not built in");
                assert_eq!(refused.kind(), ErrorKind::ValueValidation);
                let feature = name.split(':').next().unwrap_or_default();
                let advice = format!("build with `--features {feature}`");
                assert!(refused.to_string().contains(&advice), "{refused}");
            }
        }

        #[test]
        fn no_proofs_at_all() {
            let zero = parse(&["--dev-seed", "//Bob", "--max-parallel", "0"]).expect_err("zero");
            assert_eq!(zero.kind(), ErrorKind::ValueValidation);
        }

        #[test]
        fn batches_of_nothing_or_of_more_than_the_chain_takes() {
            for size in ["0", "65", "many"] {
                let refused =
                    parse(&["--dev-seed", "//Bob", "--max-batch", size]).expect_err("refused");
                assert_eq!(refused.kind(), ErrorKind::ValueValidation, "{size}");
            }
        }

        #[test]
        fn an_account_that_only_looks_like_a_development_one() {
            let config = parse(&["--dev-seed", "//Mallory"]).expect("parses");
            assert!(matches!(config.signer(), Err(SignerError::NotADevSeed(_))));
        }
    }
}
