//! A provider's and an owner's housekeeping, by the `lattice` command on a real chain.

use anyhow::{Context, Result};
use lattice_tests::node::Node;
use lattice_tests::stage::{import_digits, OWNER, PROVIDER, REQUESTER};
use lattice_tests::tool;
use serde_json::Value;

/// One LAT in planck.
const LAT: u128 = 1_000_000_000_000;

/// Commands that one account signs.
struct Signer<'a> {
    seed: &'a str,
    url: String,
}

impl Signer<'_> {
    fn json(&self, command: &[&str]) -> Result<Value> {
        let signed = ["--dev-seed", self.seed, "--chain", &self.url];
        tool::json(command.iter().chain(&signed))
    }

    /// Exit status and message of a command that fails.
    fn refused(&self, command: &[&str]) -> Result<(i32, String)> {
        let signed = ["--dev-seed", self.seed, "--chain", &self.url];
        let output = tool::run(command.iter().chain(&signed))?;
        assert!(!output.status.success(), "{command:?} succeeded");
        let status = output.status.code().context("killed")?;
        Ok((status, String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    /// A field of `lattice account show`, in planck.
    fn has(&self, field: &str) -> Result<u128> {
        let shown = self.json(&["account", "show"])?;
        let amount = shown[field].as_str().context("no amount")?;
        Ok(amount.parse()?)
    }
}

#[test]
fn a_provider_comes_changes_its_mind_and_goes() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = import_digits(folder.path())?;
    let node = Node::start(folder.path())?;
    let url = node.url();
    let owner = Signer {
        seed: OWNER,
        url: url.clone(),
    };
    let provider = Signer {
        seed: PROVIDER,
        url: url.clone(),
    };

    // A model without a key takes no key of another model, then its own.
    let file = file.to_str().context("a path in UTF-8")?;
    let registered = owner.json(&["model", "register", file, "--name", "digits"])?;
    assert_eq!(registered["vkId"], Value::Null);
    let index = registered["index"].to_string();
    let keys = file.replace(".lattice", ".keys");
    let (_, message) = provider.refused(&["model", "add-key", &index, "--keys", &keys])?;
    assert!(message.contains("NotOwner"), "{message}");
    let added = owner.json(&["model", "add-key", &index, "--keys", &keys])?;
    let shown = tool::json(["model", "show", &index, "--chain", &url])?;
    assert_eq!(shown["key"]["vkId"], added["vkId"], "{shown}");

    // Stake up and down.
    provider.json(&["provider", "register", "--stake", "1000"])?;
    provider.json(&["provider", "offer", "--model", &index, "--price", "1"])?;
    provider.json(&["provider", "top-up", "50"])?;
    provider.json(&["provider", "unbond", "30"])?;
    let status = provider.json(&["provider", "status"])?;
    assert_eq!(status["stake"], (1020 * LAT).to_string(), "{status}");
    assert_eq!(status["offers"].as_array().map(Vec::len), Some(1));
    assert_eq!(provider.has("held")?, 1050 * LAT);
    let (_, message) = provider.refused(&["provider", "withdraw"])?;
    assert!(message.contains("NothingToWithdraw"), "{message}");

    // And away: the stake stays on hold until the delay is over.
    provider.json(&["provider", "remove-offer", "--model", &index])?;
    let status = provider.json(&["provider", "status"])?;
    assert_eq!(status["offers"].as_array().map(Vec::len), Some(0));
    provider.json(&["provider", "deregister"])?;
    let (code, message) = provider.refused(&["provider", "status"])?;
    assert_eq!(code, 3, "{message}");
    assert_eq!(provider.has("held")?, 1050 * LAT);

    // A transfer arrives whole; its fee is the sender's.
    let requester = Signer {
        seed: REQUESTER,
        url,
    };
    let account = requester.json(&["account", "show"])?["account"]
        .as_str()
        .context("no account")?
        .to_owned();
    let (before, sender) = (requester.has("total")?, owner.has("total")?);
    let sent = owner.json(&["account", "transfer", "--to", &account, "--amount", "2.5"])?;
    let fee: u128 = sent["fee"].as_str().context("no fee")?.parse()?;
    assert_eq!(requester.has("total")?, before + LAT * 5 / 2);
    assert_eq!(owner.has("total")?, sender - LAT * 5 / 2 - fee);
    Ok(())
}
