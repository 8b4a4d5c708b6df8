//! `lattice provider update`

use super::{submit, HardwareArgs, HardwareSource, Signed};
use crate::commands::hardware;
use crate::failure::Failure;
use crate::output::Output;
use clap::{ArgGroup, Args};
use lattice_chain_client::{Call, Provider};

const AFTER_HELP: &str = "\
What is not given stays as it is. Endpoints are replaced as a whole: name all of them; it is told which go.
A capacity that grows needs 25 LAT of stake for each slot (`lattice provider top-up`). Running assignments
are not touched. Requesters of private inputs and other providers look here for the worker, so say so when
it moves.

Examples:
  lattice provider update --endpoint /dns4/gpu.example/tcp/30400 --key-file key
  lattice provider update --capacity 8 --hardware auto --key-file key
  lattice provider update --no-endpoints --key-file key";

/// Change what a provider says of itself: where it is, its capacity, its hardware.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[command(group(
    ArgGroup::new("change")
        .required(true)
        .multiple(true)
        .args([
            "endpoints",
            "no_endpoints",
            "capacity",
            "cpu_cores",
            "memory_mib",
            "accelerators",
            "accelerator_memory_mib",
            "hardware",
        ])
))]
pub struct Update {
    /// Where others reach the provider, in place of all endpoints so far: the multiaddr of its worker
    /// (`--p2p-listen`), or the URL of its gateway; may be given several times.
    #[arg(long = "endpoint", value_name = "ADDRESS")]
    pub endpoints: Vec<String>,
    /// It is reached nowhere any more.
    #[arg(long, conflicts_with = "endpoints")]
    pub no_endpoints: bool,
    /// Assignments that may run at the same time.
    #[arg(long, value_name = "N")]
    pub capacity: Option<u32>,
    #[command(flatten)]
    pub hardware: HardwareArgs,
    #[command(flatten)]
    pub signed: Signed,
}

impl Update {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let signer = self.signed.signer.signer()?;
        let account = signer.account();
        let client = self.signed.chain.connect().await?;
        let provider = client.best().provider(&account).await?;
        let provider = provider.ok_or_else(|| Failure::NotFound {
            what: format!("provider {account}"),
            hint: "see `lattice provider register`",
        })?;
        for endpoint in self.dropped(&provider) {
            output.warn(&format!("{endpoint} is no endpoint any more"));
        }
        let call = self.call(&provider, output);
        submit(output, &client, &signer, &call).await
    }

    fn keeps_endpoints(&self) -> bool {
        self.endpoints.is_empty() && !self.no_endpoints
    }

    /// The endpoints that there are and will not be.
    fn dropped(&self, now: &Provider) -> Vec<String> {
        if self.keeps_endpoints() {
            return Vec::new();
        }
        let mut dropped = endpoints(now);
        dropped.retain(|endpoint| !self.endpoints.contains(endpoint));
        dropped
    }

    /// The call that changes what is given, and says the rest as it is.
    fn call(&self, now: &Provider, output: &Output) -> Call {
        let endpoints = match self.keeps_endpoints() {
            true => endpoints(now),
            false => self.endpoints.clone(),
        };
        let hardware = self.hardware.over(|gpus| match self.hardware.hardware {
            Some(HardwareSource::Auto) => hardware::announced(output, gpus),
            None => now.hardware,
        });
        Call::UpdateProfile {
            hardware,
            endpoints,
            capacity: self.capacity.unwrap_or(now.capacity),
        }
    }
}

/// The endpoints of a provider. The chain takes UTF-8 alone.
fn endpoints(provider: &Provider) -> Vec<String> {
    let all = provider.endpoints.iter();
    all.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use lattice_chain_client::{samples, AccountId, Hardware};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        update: Update,
    }

    const HARDWARE: Hardware = Hardware {
        cpu_cores: 8,
        memory_mib: 4_096,
        accelerators: 1,
        accelerator_memory_mib: 2_048,
    };

    fn provider() -> Provider {
        Provider {
            hardware: HARDWARE,
            capacity: 4,
            slots: 4,
            ..samples::provider(AccountId([2; 32]), &["/ip4/192.0.2.1/tcp/1"])
        }
    }

    fn update(arguments: &str) -> Update {
        let line = format!("update {arguments}");
        let line = Line::try_parse_from(line.split(' ')).expect("it is read");
        line.update
    }

    fn call(arguments: &str) -> Call {
        update(arguments).call(&provider(), &Output::new(false))
    }

    fn profile(endpoints: &[&str], capacity: u32, hardware: Hardware) -> Call {
        Call::UpdateProfile {
            hardware,
            endpoints: endpoints.iter().map(ToString::to_string).collect(),
            capacity,
        }
    }

    #[test]
    fn what_is_not_given_stays() {
        let before = ["/ip4/192.0.2.1/tcp/1"];
        assert_eq!(call("--capacity 9"), profile(&before, 9, HARDWARE));
        let more = Hardware {
            memory_mib: 1_024,
            ..HARDWARE
        };
        assert_eq!(call("--memory-mib 1024"), profile(&before, 4, more));
    }

    #[test]
    fn endpoints_are_replaced_as_a_whole() {
        let two = ["/ip4/192.0.2.2/tcp/1", "https://gpu.example"];
        let given = format!("--endpoint {} --endpoint {}", two[0], two[1]);
        assert_eq!(call(&given), profile(&two, 4, HARDWARE));
        assert_eq!(call("--no-endpoints"), profile(&[], 4, HARDWARE));
    }

    #[test]
    fn endpoints_that_go_are_named() {
        let before = "/ip4/192.0.2.1/tcp/1";
        let dropped = |arguments: &str| update(arguments).dropped(&provider());
        assert_eq!(dropped("--endpoint https://gpu.example"), [before]);
        assert_eq!(dropped("--no-endpoints"), [before]);
        let both = format!("--endpoint https://gpu.example --endpoint {before}");
        assert!(dropped(&both).is_empty());
        assert!(dropped("--capacity 9").is_empty());
    }

    #[test]
    fn nothing_to_change_is_refused() {
        assert!(Line::try_parse_from(["update", "--dev-seed", "//Bob"]).is_err());
    }
}
