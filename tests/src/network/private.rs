//! Private requests with private outputs, one to every provider: on a machine of its own the client finds
//! each worker by what is on the chain, hands it the input, collects the output, and runs the model itself.

use super::client::last_object;
use super::member::Member;
use super::recovery::POLL;
use super::{Network, PATIENCE, PROVIDERS};
use crate::accounts::account;
use crate::digits;
use crate::process::{binary, Process};
use anyhow::{ensure, Context, Result};
use futures::future::join_all;
use lattice_chain_client::AccountId;
use serde_json::{json, Value};
use std::path::Path;
use std::time::{Duration, Instant};

/// Who makes them, each at the same time as the others: accounts that nobody else uses.
const REQUESTERS: [&str; PROVIDERS.len()] = ["//Dave//stash", "//Eve//stash", "//Ferdie//stash"];
/// Blocks that a provider has, half of them for the input to come.
const DEADLINE: &str = "60";

/// What became of the private requests so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateRequests {
    /// Those that were tried.
    pub made: usize,
    /// Those that settled, with an output that the client has and that is the model's.
    pub settled: usize,
    /// Why others did not, with the names of their providers.
    pub failures: Vec<String>,
}

impl PrivateRequests {
    /// Makes one with every provider, all at the same time, and waits for their ends.
    pub async fn ask_every_provider(&mut self, network: &Network) {
        let providers = network.providers.iter().zip(REQUESTERS);
        let asked = (self.made..).zip(providers);
        let asked = asked.map(|(digit, (provider, requester))| async move {
            let settled = settle(network, provider, requester, digit).await;
            settled.with_context(|| format!("the private request to {}", provider.name()))
        });
        for settled in join_all(asked).await {
            self.made += 1;
            match settled {
                Ok(()) => self.settled += 1,
                Err(error) => self.failures.push(format!("{error:#}")),
            }
        }
    }
}

/// The accounts that make private requests.
///
/// # Errors
/// One of them is no well-known account.
pub fn accounts() -> Result<Vec<AccountId>> {
    REQUESTERS.into_iter().map(account).collect()
}

/// Asks a provider about one of the digits, until that has settled and is verified.
async fn settle(network: &Network, provider: &Member, requester: &str, digit: usize) -> Result<()> {
    provider.wait_until_healthy(PATIENCE).await?;
    let account = provider.account()?.to_string();
    let (model, row) = (network.model.to_string(), digit.to_string());
    let input = digits::folder().join("test_images.npy");
    let input = input.display().to_string();
    let own = network.folder.join(&network.requester.name);
    std::fs::create_dir_all(&own)?;
    let log = own.join(format!("{}.log", provider.name()));
    let states = own.join(provider.name()).display().to_string();
    let infer = [
        &["infer", "--private", "--private-output"][..],
        &["--model", &model, "--input", &input, "--row", &row],
        &["--provider", &account, "--deadline", DEADLINE],
        &["--state", &states, "--dev-seed", requester],
    ]
    .concat();
    let shown = run(network, &log, &infer).await?;
    ensure!(
        shown["settled"] == true && shown["outputPrivate"] == true && shown["provider"] == account,
        "it ended otherwise: {shown}"
    );
    let request = shown["request"].as_str();
    let request = request.with_context(|| format!("no request in {shown}"))?;
    let file = network.model_file.display().to_string();
    let verify = ["verify", request, "--state", &states, "--model-file", &file];
    let verified = run(network, &log, &verify).await?;
    ensure!(
        is_the_models(&verified),
        "the output of request {request} is not shown to be the model's: {verified}"
    );
    Ok(())
}

/// Whether `lattice verify` has compared everything that is not on the chain, and run the model again.
fn is_the_models(verified: &Value) -> bool {
    let holds = |name: &str| {
        let mut checks = verified["checks"].as_array().into_iter().flatten();
        checks.any(|check| check["name"] == name && check["holds"] == true)
    };
    verified["valid"] == true
        && verified["private"] == json!(["input", "output"])
        && verified["unseen"] == json!([])
        && ["proof", "input", "output", "execution"]
            .into_iter()
            .all(holds)
}

/// Runs `lattice ARGUMENTS… --json` on the client's machine to its end; what it printed.
///
/// # Errors
/// It fails, or takes longer than the network may take for what it does in seconds.
async fn run(network: &Network, log: &Path, arguments: &[&str]) -> Result<Value> {
    let mut command = network.requester.command(&binary("lattice")?);
    command
        .args(arguments)
        .args(["--chain", network.client.url(), "--json"]);
    let mut process = Process::start("the client", command, log)?;
    let limit = Instant::now() + PATIENCE;
    // No thread is blocked: it would have to be waited for when all this is stopped.
    let end = loop {
        if let Err(end) = process.ensure_running() {
            break end;
        }
        ensure!(
            Instant::now() < limit,
            "not ended after {PATIENCE:?}; it says:\n{}",
            process.text()?
        );
        tokio::time::sleep(POLL).await;
    };
    if !process.wait_for_end(Duration::ZERO)?.success() {
        return Err(end);
    }
    last_object(&process.text()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_asks_itself_and_each_asks_with_its_own_money() {
        let requesters = accounts().expect("well-known accounts");
        for (number, requester) in requesters.iter().enumerate() {
            assert!(!requesters[..number].contains(requester));
        }
        for provider in PROVIDERS {
            let provider = account(provider).expect("a well-known account");
            assert!(!requesters.contains(&provider));
        }
    }

    #[test]
    fn an_output_is_the_models_only_if_everything_was_compared() {
        let checks = ["model", "proof", "input", "output", "execution"];
        let checks = checks.map(|name| json!({"name": name, "holds": true}));
        let verified = json!({
            "valid": true,
            "private": ["input", "output"],
            "unseen": [],
            "checks": checks,
        });
        assert!(is_the_models(&verified));
        let mut unseen = verified.clone();
        unseen["unseen"] = json!(["output"]);
        let mut posted = verified.clone();
        posted["private"] = json!(["input"]);
        let mut not_run = verified.clone();
        not_run["checks"][4]["name"] = json!("key");
        let mut false_output = verified;
        false_output["checks"][3]["holds"] = json!(false);
        for wrong in [unseen, posted, not_run, false_output, Value::Null] {
            assert!(!is_the_models(&wrong), "{wrong}");
        }
    }
}
