//! A requester without the `lattice` command, which delivers other inputs than it has committed to.

use crate::scene::Scene;
use anyhow::{bail, Context, Result};
use lattice_chain_client::{
    BlockNumber, Preference, Private, PrivateCall, Selection, Signer, Verification, H256,
};
use lattice_p2p::private::{deliver, Exchange, Undelivered};
use lattice_p2p::{Identity, Network, NetworkConfig, NetworkHandle, Servers};
use lattice_tests::accounts::{account, provider};
use lattice_tests::stage::PROVIDER;
use lattice_verifier::FieldBytes;
use std::time::Duration;

/// The fraud's account.
pub const FRAUD: &str = "//Charlie";

/// How long the provider is asked again: it may see the request's block later.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Fraud<'a> {
    scene: &'a Scene,
    line: NetworkHandle,
}

impl<'a> Fraud<'a> {
    /// Joins the network of providers.
    pub async fn start(scene: &'a Scene) -> Result<Self> {
        let signer = Signer::from_dev_seed(FRAUD)?;
        let identity = Identity::ephemeral(signer, scene.stage.client.genesis());
        let line = Network::start(NetworkConfig::default(), identity, Servers::default()).await?;
        Ok(Self { scene, line })
    }

    /// Asks the provider with the worker about the input that this is the commitment of.
    pub async fn ask(&self, commitment: FieldBytes, deadline: BlockNumber) -> Result<Private> {
        let stage = &self.scene.stage;
        let selection = Selection {
            preference: Preference::Only(account(PROVIDER)?),
            ..Selection::default()
        };
        let verification = Verification::Proven;
        let view = stage.client.best();
        let quote = view
            .quote(stage.model, deadline, verification, &selection)
            .await?;
        let call = PrivateCall::Request {
            model: stage.model,
            input_commitment: H256(commitment),
            max_price: quote.total,
            deadline,
            verification,
            output_private: false,
            selection,
        };
        let included = self.scene.submit(FRAUD, call).await?;
        let request = included.request().context("no request in the events")?;
        self.scene.open(request).await
    }

    /// Why the provider does not take an input.
    ///
    /// # Errors
    /// It does.
    pub async fn refusal(
        &self,
        open: &Private,
        input: &[i8],
        blinding: &FieldBytes,
    ) -> Result<Undelivered> {
        let client = &self.scene.stage.client;
        let endpoints = provider(client, PROVIDER).await?.endpoints;
        let addresses: Vec<String> = endpoints
            .into_iter()
            .map(String::from_utf8)
            .collect::<Result<_, _>>()?;
        let genesis = client.genesis();
        let with = Exchange {
            genesis: &genesis,
            request: open.request,
            provider: &open.provider,
            peer: self.line.find(&open.provider, &addresses).await?,
            patience: PATIENCE,
        };
        match deliver(&self.line, &with, &open.context.0, input, blinding).await {
            Ok(_) => bail!("an input was taken that is not the one of the commitment"),
            Err(reason) => Ok(reason),
        }
    }
}
