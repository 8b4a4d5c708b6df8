//! One content from other peers, and what becomes of those that give something false.

use super::{
    progress::{saying, Told, SAID_EVERY},
    Peers,
};
use lattice_p2p::transfer::{fetch, Ask, ContentId, FetchError, FetchOptions, Held, Misbehaviour};
use libp2p::PeerId;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// For how long a peer is not talked to that gave false chunks.
const BAN: Duration = Duration::from_secs(3_600);
/// How long one content is fetched before others have their turn. What has come is kept.
const FETCH_PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Why a content did not come.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotFetched {
    #[error("{content}: {error}")]
    Fetch {
        content: ContentId,
        error: Box<FetchError>,
    },
    #[error("{0}: not all of it came within {FETCH_PATIENCE:?}; what has come is kept")]
    Slow(ContentId),
}

impl Peers {
    /// A content from peers; those that gave false pieces are not talked to for a while.
    ///
    /// # Errors
    /// [`NotFetched`], with what is in the way.
    pub(super) async fn content(
        &self,
        content: ContentId,
        peers: &[PeerId],
    ) -> Result<Held, NotFetched> {
        let asker: Arc<dyn Ask> = Arc::new(self.network.clone());
        let progress = Told::new(content, self.metrics.clone());
        let fetched = fetch(
            &self.store,
            asker,
            content,
            peers.to_vec(),
            FetchOptions::default(),
            &progress,
        );
        let fetched = saying(SAID_EVERY, || progress.say(), fetched);
        let Ok(fetched) = timeout(FETCH_PATIENCE, fetched).await else {
            return Err(NotFetched::Slow(content));
        };
        match fetched {
            Ok(fetched) => {
                self.ban(&fetched.misbehaved);
                tracing::info!(%content, bytes = fetched.received, "content fetched");
                Ok(fetched.held)
            }
            Err(error) => {
                self.ban(error.misbehaved());
                Err(NotFetched::Fetch {
                    content,
                    error: Box::new(error),
                })
            }
        }
    }

    fn ban(&self, misbehaved: &[(PeerId, Misbehaviour)]) {
        for (peer, what) in misbehaved {
            tracing::warn!(%peer, %what, "a peer gave something false");
            self.network
                .ban(*peer, "it gave false pieces of a content", BAN);
        }
    }
}

#[cfg(test)]
mod tests;
