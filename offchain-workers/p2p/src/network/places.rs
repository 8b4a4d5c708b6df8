//! Who is being answered: how many at once, of all and of each peer.
//!
//! A place is taken from the moment at which a request is admitted until its answer has left, or
//! will not. So a peer that asks and does not read holds no more memory than its places do, and
//! those of the others are theirs.

use crate::metrics::Protocol;
use libp2p::PeerId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Most requests that are being answered.
const MAX_PLACES: usize = 256;
/// Most of them about content: the rest is for private requests.
const MAX_CONTENT: usize = 192;
/// Most of them of one peer.
const MAX_OF_PEER: usize = 32;

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    content: usize,
    of_peer: HashMap<PeerId, usize>,
}

/// All places.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Arc<Mutex<Taken>>);

/// A place, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    peer: PeerId,
    protocol: Protocol,
}

impl Places {
    /// A place, if there is one for this peer.
    pub(super) fn take(&self, peer: PeerId, protocol: Protocol) -> Option<Place> {
        let mut taken = self.taken();
        let is_content = protocol == Protocol::Content;
        let of_peer = taken.of_peer.get(&peer).copied().unwrap_or(0);
        if taken.all >= MAX_PLACES
            || of_peer >= MAX_OF_PEER
            || (is_content && taken.content >= MAX_CONTENT)
        {
            return None;
        }
        taken.all += 1;
        taken.content += usize::from(is_content);
        taken.of_peer.insert(peer, of_peer + 1);
        drop(taken);
        Some(Place {
            places: self.clone(),
            peer,
            protocol,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all = taken.all.saturating_sub(1);
        if self.protocol == Protocol::Content {
            taken.content = taken.content.saturating_sub(1);
        }
        let left = taken.of_peer.get(&self.peer).copied().unwrap_or(0);
        if left > 1 {
            taken.of_peer.insert(self.peer, left - 1);
        } else {
            taken.of_peer.remove(&self.peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(places: &Places, peer: PeerId, protocol: Protocol) -> Vec<Place> {
        std::iter::from_fn(|| places.take(peer, protocol)).collect()
    }

    #[test]
    fn one_peer_leaves_places_for_others() {
        let places = Places::default();
        let [greedy, modest] = [1, 2].map(|_| PeerId::random());
        let held = fill(&places, greedy, Protocol::Content);
        assert_eq!(held.len(), MAX_OF_PEER);
        assert!(places.take(greedy, Protocol::Private).is_none());
        assert!(places.take(modest, Protocol::Content).is_some());
    }

    #[test]
    fn content_leaves_places_for_private_requests() {
        let places = Places::default();
        let held: Vec<Place> = (0..20)
            .flat_map(|_| fill(&places, PeerId::random(), Protocol::Content))
            .collect();
        assert_eq!(held.len(), MAX_CONTENT);
        let held_too: Vec<Place> = (0..20)
            .flat_map(|_| fill(&places, PeerId::random(), Protocol::Private))
            .collect();
        assert_eq!(held.len() + held_too.len(), MAX_PLACES);
    }

    #[test]
    fn a_place_that_is_given_back_is_there_again_and_nothing_is_remembered() {
        let places = Places::default();
        let peer = PeerId::random();
        let held = fill(&places, peer, Protocol::Content);
        drop(held);
        assert_eq!(fill(&places, peer, Protocol::Content).len(), MAX_OF_PEER);
        let taken = places.taken();
        assert_eq!((taken.all, taken.content), (0, 0));
        assert!(taken.of_peer.is_empty());
    }
}
