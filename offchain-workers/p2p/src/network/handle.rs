//! What others call: everything goes to the task, and waits no longer than configured.

use super::{commands::Command, Ban, Peer, Shared};
use crate::{
    config::NetworkConfig,
    discovery::{self, Target},
    error::NetworkError,
    private::wire::{PrivateRequest, PrivateResponse},
    record::Verified,
    transfer::{
        wire::{ContentRequest, ContentResponse},
        Ask, AskError, ContentId,
    },
};
use futures::{
    future::{join_all, BoxFuture},
    stream::FuturesUnordered,
    FutureExt, StreamExt,
};
use lattice_chain_client::AccountId;
use libp2p::{Multiaddr, PeerId};
use std::{sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot, watch};

/// What the answer to a command may take besides what the command itself does.
const SLACK: Duration = Duration::from_secs(2);

/// Longest wait for each kind of command.
#[derive(Clone, Copy, Debug)]
struct Patience {
    meeting: Duration,
    request: Duration,
    query: Duration,
}

/// Asks the network. Clones ask the same one; when the last is dropped, it ends.
#[derive(Clone, Debug)]
pub struct NetworkHandle {
    commands: mpsc::Sender<Command>,
    shared: Arc<Shared>,
    twin: watch::Receiver<Option<PeerId>>,
    patience: Patience,
}

impl NetworkHandle {
    pub(super) fn new(
        commands: mpsc::Sender<Command>,
        shared: Arc<Shared>,
        twin: watch::Receiver<Option<PeerId>>,
        config: &NetworkConfig,
    ) -> Self {
        Self {
            commands,
            shared,
            twin,
            patience: Patience {
                meeting: config.meeting_timeout() + SLACK,
                request: config.request_timeout + SLACK,
                query: config.query_timeout + SLACK,
            },
        }
    }

    /// The id of this peer.
    pub fn local_peer(&self) -> PeerId {
        self.shared.local_peer
    }

    /// Where this peer listens, with its id at the end.
    pub fn addresses(&self) -> Vec<Multiaddr> {
        self.shared.addresses()
    }

    /// The connected peers that have shown who they are.
    pub fn peers(&self) -> Vec<Peer> {
        self.shared.peers()
    }

    /// Calls an address, and waits until whoever answers has shown who it is.
    ///
    /// # Errors
    /// [`NetworkError::Dial`] if nobody answers; [`NetworkError::WrongGenesis`],
    /// [`NetworkError::Record`] or [`NetworkError::NotAdmitted`] if who answers is refused;
    /// [`NetworkError::NoHello`] if it refuses us, or shows nothing.
    pub async fn connect(&self, address: Multiaddr) -> Result<PeerId, NetworkError> {
        self.dial(Target::from(address)).await.map(|peer| peer.id)
    }

    /// A peer of an account: one that is connected, else at the endpoints that are on chain, else
    /// where a record in Kademlia says. It has shown itself a record of the account.
    ///
    /// An endpoint that is no multiaddr is skipped.
    ///
    /// # Errors
    /// [`NetworkError::NotFound`], with what was tried; [`NetworkError::Timeout`].
    pub async fn find(
        &self,
        account: &AccountId,
        on_chain: &[String],
    ) -> Result<PeerId, NetworkError> {
        if let Some(peer) = self.shared.peer_of(account) {
            return Ok(peer);
        }
        let mut reasons = Vec::new();
        let targets = discovery::targets(account, on_chain);
        if targets.is_empty() {
            reasons.push("no endpoint is on chain".to_owned());
        }
        if let Some(peer) = self.first_of(account, targets, &mut reasons).await {
            return Ok(peer);
        }
        let mut records = self.look_up(account).await?;
        records.retain(|record| record.peer != self.local_peer());
        if records.is_empty() {
            reasons.push("no record is in Kademlia".to_owned());
        }
        let targets = records.into_iter().map(|record| Target {
            peer: Some(record.peer),
            addresses: record.addresses,
        });
        match self
            .first_of(account, targets.collect(), &mut reasons)
            .await
        {
            Some(peer) => Ok(peer),
            None => Err(NetworkError::NotFound {
                account: *account,
                reason: reasons.join("; "),
            }),
        }
    }

    /// Calls whoever is at the endpoints that an account has on chain, although a peer of it may be
    /// connected already, and returns those that have shown a record of it.
    ///
    /// With our own account and endpoints: another process that speaks for the account shows itself,
    /// see [`Self::twin`].
    pub async fn call_all(&self, account: &AccountId, on_chain: &[String]) -> Vec<PeerId> {
        let mut targets = discovery::targets(account, on_chain);
        targets.retain(|target| target.peer != Some(self.local_peer()));
        let calls = targets
            .into_iter()
            .map(|target| self.dial_as(*account, target));
        let mut met = Vec::new();
        for outcome in join_all(calls).await {
            match outcome {
                Ok(peer) => met.push(peer),
                // Among them our own endpoints, which lead to ourselves.
                Err(error) => tracing::debug!(%account, %error, "nobody was met at an endpoint"),
            }
        }
        met
    }

    /// The first of some targets that shows a record of an account.
    async fn first_of(
        &self,
        account: &AccountId,
        targets: Vec<Target>,
        reasons: &mut Vec<String>,
    ) -> Option<PeerId> {
        let mut calls: FuturesUnordered<_> = targets
            .into_iter()
            .map(|target| self.dial_as(*account, target))
            .collect();
        while let Some(outcome) = calls.next().await {
            match outcome {
                Ok(peer) => return Some(peer),
                Err(error) => reasons.push(error.to_string()),
            }
        }
        None
    }

    async fn dial_as(&self, wanted: AccountId, target: Target) -> Result<PeerId, NetworkError> {
        let Peer { id, account } = self.dial(target).await?;
        if account == wanted {
            Ok(id)
        } else {
            let shown = account;
            Err(NetworkError::WrongAccount { wanted, shown })
        }
    }

    async fn dial(&self, target: Target) -> Result<Peer, NetworkError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Dial { target, reply };
        self.await_answer("a call", self.patience.meeting, command, answer)
            .await
    }

    async fn look_up(&self, account: &AccountId) -> Result<Vec<Verified>, NetworkError> {
        let (reply, answer) = oneshot::channel();
        let account = *account;
        let command = Command::Lookup { account, reply };
        self.await_answer("a search", self.patience.query, command, answer)
            .await
    }

    /// Asks a peer about content. One that is not connected is called first, if it is known where.
    ///
    /// # Errors
    /// [`NetworkError::NoAnswer`] if it refuses or does not answer in time, and those of
    /// [`Self::connect`].
    pub async fn ask_content(
        &self,
        peer: PeerId,
        request: ContentRequest,
    ) -> Result<ContentResponse, NetworkError> {
        self.meet(peer).await?;
        let (reply, answer) = oneshot::channel();
        let command = Command::AskContent {
            peer,
            request,
            reply,
        };
        self.await_answer("an answer", self.patience.request, command, answer)
            .await
    }

    /// Asks a peer about a private request. One that is not connected is called first, if it is
    /// known where.
    ///
    /// # Errors
    /// [`NetworkError::NoAnswer`] if it refuses or does not answer in time, and those of
    /// [`Self::connect`].
    pub async fn ask_private(
        &self,
        peer: PeerId,
        request: PrivateRequest,
    ) -> Result<PrivateResponse, NetworkError> {
        self.meet(peer).await?;
        let (reply, answer) = oneshot::channel();
        let command = Command::AskPrivate {
            peer,
            request,
            reply,
        };
        self.await_answer("an answer", self.patience.request, command, answer)
            .await
    }

    async fn meet(&self, peer: PeerId) -> Result<(), NetworkError> {
        if self.shared.account_of(&peer).is_some() {
            return Ok(());
        }
        let target = Target {
            peer: Some(peer),
            addresses: Vec::new(),
        };
        self.dial(target).await?;
        Ok(())
    }

    /// Tells others that this peer has a content, from now on and again from time to time.
    pub async fn provide(&self, content: ContentId) {
        // Without a task there is nobody to tell.
        let _ = self.commands.send(Command::Provide(content)).await;
    }

    /// Who says that it has a content, this peer excepted. Those not connected yet are being called
    /// when this returns.
    pub async fn providers(&self, content: ContentId) -> Vec<PeerId> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Providers { content, reply };
        match self
            .await_answer("a search", self.patience.query, command, answer)
            .await
        {
            Ok(peers) => peers,
            Err(error) => {
                tracing::debug!(%content, %error, "nobody was found who has a content");
                Vec::new()
            }
        }
    }

    /// Ends all connections with a peer, and has none for a while. The reason is logged.
    pub fn ban(&self, peer: PeerId, reason: &'static str, for_: Duration) {
        self.shared.ban(peer, Ban { reason, for_ });
    }

    /// Another peer that shows a record of our own account and has done so for longer: this process
    /// is the second with the account's key, and should not act for it. `None` once that peer is gone.
    pub fn twin(&self) -> watch::Receiver<Option<PeerId>> {
        self.twin.clone()
    }

    /// Finishes the answers in hand, ends all connections, and returns when that is done.
    pub async fn shutdown(&self) {
        let (done, ended) = oneshot::channel();
        if self.commands.send(Command::Shutdown(done)).await.is_ok() {
            // An error means that the task has ended already.
            let _ = ended.await;
        }
    }

    async fn await_answer<T>(
        &self,
        what: &'static str,
        after: Duration,
        command: Command,
        answer: oneshot::Receiver<Result<T, NetworkError>>,
    ) -> Result<T, NetworkError> {
        let asked = async {
            self.commands
                .send(command)
                .await
                .map_err(|_| NetworkError::Stopped)?;
            answer.await.unwrap_or(Err(NetworkError::Stopped))
        };
        tokio::time::timeout(after, asked)
            .await
            .unwrap_or(Err(NetworkError::Timeout { what, after }))
    }
}

impl Ask for NetworkHandle {
    fn ask(
        &self,
        peer: PeerId,
        request: ContentRequest,
    ) -> BoxFuture<'_, Result<ContentResponse, AskError>> {
        async move {
            self.ask_content(peer, request)
                .await
                .map_err(|error| AskError(error.to_string()))
        }
        .boxed()
    }
}
