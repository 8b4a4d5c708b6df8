//! `lattice provider …`

mod offer;
mod plan;
mod shortage;
mod status;
mod update;

use super::hardware;
use crate::args::{ChainArgs, SignerArgs};
use crate::output::{fields, Output};
use crate::progress;
use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use lattice_chain_client::{
    format_balance, parse_balance, stake, Balance, Call, Client, Hardware, Signer,
};
use serde::Serialize;

/// Stake, offer models and look at providers.
#[derive(Debug, Subcommand)]
pub enum ProviderCommand {
    /// Register this account as a provider, with a stake.
    Register(Register),
    /// Change what a provider says of itself: where it is, its capacity, its hardware.
    Update(update::Update),
    /// Offer a model at a price, or change the offer.
    Offer(offer::Offer),
    /// Take no more requests for a model.
    RemoveOffer(offer::RemoveOffer),
    /// Add stake.
    TopUp(Amount),
    /// Take back stake; it is paid out after the unbonding delay.
    Unbond(Amount),
    /// Collect stake whose unbonding delay is over.
    Withdraw(Signed),
    /// Take no new assignments for now; running ones go on.
    Pause(Signed),
    /// Take new assignments again.
    Resume(Signed),
    /// Stop being a provider.
    Deregister(Signed),
    /// Publish a plan for requests that are paid in advance.
    Plan(plan::Set),
    /// Take a plan back; subscriptions to it go on.
    PlanRemove(plan::Remove),
    /// Show a provider, with its offers and plans.
    Status(status::Status),
}

const REGISTER_HELP: &str = "\
The stake is held as collateral: part of it is locked while an assignment runs, and a rejected
proof or a missed deadline costs some of it. Each slot of the capacity demands 25 LAT of stake, all
together at least 100 LAT, and with less there is no work: so with just that there is none after the first
fine. Stake as much more as the assignments lock, for each slot 10 LAT and ten times the price:
  max(100, 25 x slots) + slots x (10 + 10 x price)
An optimistic request locks at least its bond instead, and what an offer adds for gas counts as price.
A new account is given at most 16 assignments at a time. Run `lattice-worker` with the same key afterwards.

Example:
  lattice provider register --stake 150 --capacity 4 --dev-seed //Bob
  lattice provider register --stake 600 --capacity 16 --accelerators 0 --key-file key
  lattice provider register --stake 150 --endpoint /dns4/gpu.example/tcp/30400 --key-file key
  lattice provider offer --model 0 --price 0.05 --dev-seed //Bob";

/// Register this account as a provider.
#[derive(Debug, Args)]
#[command(after_help = REGISTER_HELP)]
pub struct Register {
    /// Stake, in LAT.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub stake: Balance,
    /// Assignments that may run at the same time.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub capacity: u32,
    /// Where others reach the provider: the multiaddr of its worker (`--p2p-listen`), or the URL of its
    /// gateway; may be given several times.
    #[arg(long = "endpoint", value_name = "ADDRESS")]
    pub endpoints: Vec<String>,
    #[command(flatten)]
    pub hardware: HardwareArgs,
    #[command(flatten)]
    pub signed: Signed,
}

/// What hardware is announced: figures that are given, and for the others those of this machine at a
/// registration, and those that were announced before at an update.
#[derive(Clone, Debug, Args)]
pub struct HardwareArgs {
    /// CPU cores to announce [default: see --hardware].
    #[arg(long, value_name = "N")]
    pub cpu_cores: Option<u16>,
    /// Memory to announce, in MiB [default: see --hardware].
    #[arg(long, value_name = "MIB")]
    pub memory_mib: Option<u32>,
    /// Number of accelerators to announce [default: see --hardware].
    #[arg(long, value_name = "N")]
    pub accelerators: Option<u16>,
    /// Memory of the smallest accelerator, in MiB [default: see --hardware].
    #[arg(long, value_name = "MIB")]
    pub accelerator_memory_mib: Option<u32>,
    /// Announce what this machine has and this build can use, as `lattice hardware detect` shows it. A
    /// registration does so anyway; an update keeps what was announced before. Figures that are given
    /// beside it go before.
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub hardware: Option<HardwareSource>,
}

/// Where the figures of the hardware come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HardwareSource {
    /// From this machine.
    Auto,
}

/// An amount of stake.
#[derive(Debug, Args)]
pub struct Amount {
    /// Amount, in LAT.
    #[arg(value_name = "AMOUNT", value_parser = parse_balance)]
    pub amount: Balance,
    #[command(flatten)]
    pub signed: Signed,
}

/// Chain and key.
#[derive(Debug, Args)]
pub struct Signed {
    #[command(flatten)]
    pub chain: ChainArgs,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Submitted {
    account: String,
    extrinsic: String,
    block: u32,
    /// In planck.
    fee: Option<String>,
}

impl ProviderCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            ProviderCommand::Register(command) => command.run(output).await,
            ProviderCommand::Update(command) => command.run(output).await,
            ProviderCommand::Offer(command) => command.run(output).await,
            ProviderCommand::RemoveOffer(command) => command.run(output).await,
            ProviderCommand::TopUp(Amount { amount, signed }) => {
                signed.submit(output, &Call::TopUp { amount }).await
            }
            ProviderCommand::Unbond(Amount { amount, signed }) => {
                signed.submit(output, &Call::Unbond { amount }).await
            }
            ProviderCommand::Withdraw(signed) => {
                signed.submit(output, &Call::WithdrawUnbonded).await
            }
            ProviderCommand::Pause(signed) => {
                signed
                    .submit(output, &Call::SetPaused { paused: true })
                    .await
            }
            ProviderCommand::Resume(signed) => {
                signed
                    .submit(output, &Call::SetPaused { paused: false })
                    .await
            }
            ProviderCommand::Deregister(signed) => {
                signed.submit(output, &Call::DeregisterProvider).await
            }
            ProviderCommand::Plan(command) => command.run(output).await,
            ProviderCommand::PlanRemove(command) => command.run(output).await,
            ProviderCommand::Status(command) => command.run(output).await,
        }
    }
}

impl Signed {
    /// Submits one call and reports the block that holds it.
    pub async fn submit(self, output: &Output, call: &Call) -> anyhow::Result<()> {
        let signer = self.signer.signer()?;
        let client = self.chain.connect().await?;
        submit(output, &client, &signer, call).await
    }
}

/// Submits one call of this account and reports the block that holds it.
async fn submit(
    output: &Output,
    client: &Client,
    signer: &Signer,
    call: &Call,
) -> anyhow::Result<()> {
    let spinner = progress::spinner("waiting for a block");
    let included = client.submit_and_wait(signer, call).await?;
    spinner.finish_and_clear();
    let submitted = Submitted {
        account: signer.account().to_string(),
        extrinsic: format!("{:?}", included.extrinsic),
        block: included.block.number,
        fee: included.fee().map(|fee| fee.to_string()),
    };
    output.show(&submitted, || {
        let mut rows = vec![
            ("account", submitted.account.clone()),
            ("extrinsic", submitted.extrinsic.clone()),
            ("block", submitted.block.to_string()),
        ];
        if let Some(fee) = included.fee() {
            rows.push(("fee", format_balance(fee)));
        }
        fields(&rows)
    })
}

impl Register {
    async fn run(self, output: &Output) -> anyhow::Result<()> {
        let demanded = stake::demanded(self.capacity);
        if self.stake < demanded {
            bail!(
                "a capacity of {} demands a stake of {}, and the chain refuses {}",
                self.capacity,
                format_balance(demanded),
                format_balance(self.stake)
            );
        }
        if self.stake == demanded {
            output.warn(&format!(
                "this is just what the capacity demands, so the first fine ends all work until a top-up; \
                 {} would last",
                format_balance(stake::advised(self.capacity, stake::collateral(0)))
            ));
        }
        let call = Call::RegisterProvider {
            stake: self.stake,
            hardware: self.hardware.over(|gpus| hardware::announced(output, gpus)),
            endpoints: self.endpoints,
            capacity: self.capacity,
        };
        self.signed.submit(output, &call).await
    }
}

impl HardwareArgs {
    /// What is given; the rest is that of `others`, which are asked for only if there is a rest, and told
    /// whether GPUs are in it.
    fn over(&self, others: impl FnOnce(bool) -> Hardware) -> Hardware {
        let given = (
            self.cpu_cores,
            self.memory_mib,
            self.accelerators,
            self.accelerator_memory_mib,
        );
        if let (
            Some(cpu_cores),
            Some(memory_mib),
            Some(accelerators),
            Some(accelerator_memory_mib),
        ) = given
        {
            return Hardware {
                cpu_cores,
                memory_mib,
                accelerators,
                accelerator_memory_mib,
            };
        }
        // None have no memory to announce either.
        let knows_gpus = self.accelerators == Some(0)
            || (self.accelerators.is_some() && self.accelerator_memory_mib.is_some());
        let others = others(!knows_gpus);
        Hardware {
            cpu_cores: self.cpu_cores.unwrap_or(others.cpu_cores),
            memory_mib: self.memory_mib.unwrap_or(others.memory_mib),
            accelerators: self.accelerators.unwrap_or(others.accelerators),
            accelerator_memory_mib: match self.accelerators {
                Some(0) => 0,
                _ => self
                    .accelerator_memory_mib
                    .unwrap_or(others.accelerator_memory_mib),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        hardware: HardwareArgs,
    }

    const HERE: Hardware = Hardware {
        cpu_cores: 8,
        memory_mib: 4_096,
        accelerators: 1,
        accelerator_memory_mib: 2_048,
    };

    fn given(arguments: &[&str]) -> HardwareArgs {
        let line = [&["register"][..], arguments].concat();
        Line::try_parse_from(line).expect("it is read").hardware
    }

    #[test]
    fn figures_that_are_given_go_before_those_of_the_machine() {
        assert_eq!(given(&[]).over(|_| HERE), HERE);
        let fewer = given(&["--hardware", "auto", "--cpu-cores", "2"]).over(|_| HERE);
        let expected = Hardware {
            cpu_cores: 2,
            ..HERE
        };
        assert_eq!(fewer, expected);
    }

    #[test]
    fn gpus_are_looked_for_only_where_their_figures_are_not_given() {
        let looked_for = |arguments: &[&str]| {
            let mut looked_for = None;
            given(arguments).over(|gpus| {
                looked_for = Some(gpus);
                HERE
            });
            looked_for
        };
        assert_eq!(looked_for(&["--cpu-cores", "2"]), Some(true));
        assert_eq!(looked_for(&["--accelerators", "2"]), Some(true));
        assert_eq!(looked_for(&["--accelerators", "0"]), Some(false));
        let both = ["--accelerators", "2", "--accelerator-memory-mib", "9"];
        assert_eq!(looked_for(&both), Some(false));
    }

    #[test]
    fn a_machine_whose_figures_are_all_given_is_not_looked_at() {
        let all = "--cpu-cores 2 --memory-mib 3 --accelerators 4 --accelerator-memory-mib 5";
        let all: Vec<&str> = all.split(' ').collect();
        let hardware = given(&all).over(|_| panic!("it is looked at"));
        assert_eq!((hardware.cpu_cores, hardware.memory_mib), (2, 3));
        assert_eq!(hardware.accelerators, 4);
        assert_eq!(hardware.accelerator_memory_mib, 5);
    }
}
