//! The provider's node, over the network.

use super::DealArgs;
use anyhow::{anyhow, ensure, Context};
use lattice_chain_client::{AccountId, Client, Signer};
use lattice_p2p::{
    discovery::peer_endpoints, private::PeerId, Identity, Network, NetworkConfig, NetworkHandle,
    Servers,
};

/// A connection to the network that only asks.
#[derive(Debug)]
pub struct Line {
    handle: NetworkHandle,
    deal: DealArgs,
}

impl Line {
    /// Joins the network of a chain, as this account.
    pub async fn open(client: &Client, signer: &Signer, deal: &DealArgs) -> anyhow::Result<Self> {
        let config = NetworkConfig {
            bootstrap: deal.peers.clone(),
            ..NetworkConfig::default()
        };
        let identity = Identity::ephemeral(signer.clone(), client.genesis());
        let handle = Network::start(config, identity, Servers::default())
            .await
            .context("cannot join the network of providers")?;
        Ok(Self {
            handle,
            deal: deal.clone(),
        })
    }

    /// What asks.
    pub fn handle(&self) -> &NetworkHandle {
        &self.handle
    }

    /// The node that speaks for a provider: one of `--peer`, or one that is found by the provider's
    /// account. Nobody else is given anything.
    pub async fn find(&self, client: &Client, provider: &AccountId) -> anyhow::Result<PeerId> {
        let mut reasons = Vec::new();
        for address in &self.deal.peers {
            match self.handle.connect(address.clone()).await {
                Ok(peer) if self.is_of(&peer, provider) => return Ok(peer),
                // Another one may know where the provider is.
                Ok(_) => {}
                Err(error) => reasons.push(error.to_string()),
            }
        }
        let found = client.best().provider(provider).await?;
        let addresses = found.as_ref().map(peer_endpoints).unwrap_or_default();
        ensure!(
            !addresses.is_empty() || !self.deal.peers.is_empty(),
            "provider {provider} has no address of a node on the chain; name one with --peer"
        );
        let found = self.handle.find(provider, &addresses).await;
        found.map_err(|error| {
            reasons.push(error.to_string());
            anyhow!(reasons.join("; "))
        })
    }

    fn is_of(&self, peer: &PeerId, account: &AccountId) -> bool {
        let mut peers = self.handle.peers().into_iter();
        peers.any(|known| known.id == *peer && known.account == *account)
    }

    /// Leaves the network.
    pub async fn close(&self) {
        self.handle.shutdown().await;
    }
}
