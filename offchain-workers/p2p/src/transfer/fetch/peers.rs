//! The peers of a fetch, and how each has done so far.

use super::{FetchOptions, MAX_PEERS};
use crate::transfer::{Map, Misbehaviour};
use libp2p::PeerId;
use std::{collections::BTreeMap, sync::Arc, time::Instant};

/// Longest time that a peer is left alone, as a power of two of the first.
const MAX_DOUBLINGS: u32 = 5;

/// What went wrong with a peer.
#[derive(Debug)]
pub(super) enum Fault {
    /// It does not have the content.
    Lacks,
    /// It may do better next time.
    Failed(String),
    /// It lies.
    Misbehaved(Misbehaviour),
}

#[derive(Debug)]
pub(super) struct Peer {
    /// The map that it gave.
    pub map: Option<Arc<Map>>,
    /// Whether it is being asked for the map.
    pub describing: bool,
    /// Why it is not asked any more.
    pub gone: Option<String>,
    /// Questions about chunks under way.
    pub in_flight: usize,
    failures: u32,
    ready: Instant,
}

impl Peer {
    /// Whether it may be asked now.
    pub fn is_ready(&self, now: Instant) -> bool {
        self.gone.is_none() && self.ready <= now
    }

    /// Whether it has this map, and may be asked for chunks.
    pub fn has(&self, map: &Arc<Map>) -> bool {
        self.gone.is_none() && self.gave(map)
    }

    /// Whether it gave this map.
    fn gave(&self, map: &Arc<Map>) -> bool {
        self.map
            .as_ref()
            .is_some_and(|given| Arc::ptr_eq(given, map))
    }
}

/// All peers of a fetch.
pub(super) struct Peers {
    peers: BTreeMap<PeerId, Peer>,
    /// Each map that was given, once.
    maps: Vec<Arc<Map>>,
    pub misbehaved: Vec<(PeerId, Misbehaviour)>,
}

impl Peers {
    pub fn new(peers: Vec<PeerId>) -> Self {
        let ready = Instant::now();
        let fresh = |peer| {
            let state = Peer {
                map: None,
                describing: false,
                gone: None,
                in_flight: 0,
                failures: 0,
                ready,
            };
            (peer, state)
        };
        Self {
            peers: peers.into_iter().take(MAX_PEERS).map(fresh).collect(),
            maps: Vec::new(),
            misbehaved: Vec::new(),
        }
    }

    pub fn get_mut(&mut self, peer: &PeerId) -> Option<&mut Peer> {
        self.peers.get_mut(peer)
    }

    /// Those that might still give something.
    pub fn alive(&self) -> impl Iterator<Item = (&PeerId, &Peer)> {
        self.peers.iter().filter(|(_, peer)| peer.gone.is_none())
    }

    /// Those with this map that may be asked for more now, the least busy first.
    pub fn idle(&self, map: &Arc<Map>, per_peer: usize, now: Instant) -> Vec<PeerId> {
        let mut idle: Vec<_> = self
            .alive()
            .filter(|(_, peer)| peer.has(map) && peer.is_ready(now) && peer.in_flight < per_peer)
            .map(|(id, peer)| (peer.in_flight, *id))
            .collect();
        idle.sort_unstable();
        idle.into_iter().map(|(_, id)| id).collect()
    }

    /// Why each peer that is not asked any more is not.
    pub fn reasons(&self) -> Vec<(PeerId, String)> {
        self.peers
            .iter()
            .filter_map(|(id, peer)| Some((*id, peer.gone.clone()?)))
            .collect()
    }

    /// A peer has given its map.
    pub fn described(&mut self, peer: &PeerId, map: Map) {
        let map = match self.maps.iter().find(|known| ***known == map) {
            Some(known) => known.clone(),
            None => {
                let map = Arc::new(map);
                self.maps.push(map.clone());
                map
            }
        };
        if let Some(peer) = self.peers.get_mut(peer) {
            peer.map = Some(map);
            peer.failures = 0;
        }
    }

    /// A map that proves itself is everybody's.
    pub fn all_have(&mut self, map: &Arc<Map>) {
        if !self.maps.iter().any(|known| Arc::ptr_eq(known, map)) {
            self.maps.push(map.clone());
        }
        for peer in self.peers.values_mut() {
            peer.map = Some(map.clone());
        }
    }

    /// The map that most peers gave, among those that might still give something.
    pub fn most_given(&self) -> Option<Arc<Map>> {
        let count = |map: &Arc<Map>| self.alive().filter(|(_, peer)| peer.gave(map)).count();
        // Of equal ones the first; `max_by_key` takes the last.
        let counted = self.maps.iter().rev().map(|map| (count(map), map));
        counted
            .filter(|(count, _)| *count > 0)
            .max_by_key(|(count, _)| *count)
            .map(|(_, map)| map.clone())
    }

    /// A peer did what it should.
    pub fn did_well(&mut self, peer: &PeerId) {
        if let Some(peer) = self.peers.get_mut(peer) {
            peer.failures = 0;
        }
    }

    /// A peer did not.
    pub fn failed(&mut self, id: &PeerId, fault: Fault, options: &FetchOptions) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        match fault {
            Fault::Lacks => peer.gone = Some("it does not have the content".to_owned()),
            Fault::Failed(reason) => {
                peer.failures += 1;
                if peer.failures >= options.attempts {
                    tracing::debug!(peer = %id, reason, "given up");
                    peer.gone = Some(reason);
                } else {
                    let doublings = (peer.failures - 1).min(MAX_DOUBLINGS);
                    peer.ready = Instant::now() + options.backoff * 2u32.pow(doublings);
                }
            }
            Fault::Misbehaved(misbehaviour) => self.convict(id, misbehaviour),
        }
    }

    /// All who gave this map lied.
    pub fn map_is_false(&mut self, map: &Arc<Map>) {
        let liars: Vec<_> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.gave(map))
            .map(|(id, _)| *id)
            .collect();
        for peer in liars {
            self.convict(&peer, Misbehaviour::FalseList);
        }
        self.maps.retain(|known| !Arc::ptr_eq(known, map));
    }

    /// There is no room for what this map promises, which need not be a lie.
    pub fn map_is_too_long(&mut self, map: &Arc<Map>, reason: &str) {
        for peer in self.peers.values_mut().filter(|peer| peer.gave(map)) {
            peer.gone = Some(reason.to_owned());
        }
        self.maps.retain(|known| !Arc::ptr_eq(known, map));
    }

    fn convict(&mut self, id: &PeerId, misbehaviour: Misbehaviour) {
        tracing::warn!(peer = %id, %misbehaviour, "not asked any more");
        if let Some(peer) = self.peers.get_mut(id) {
            peer.gone = Some(misbehaviour.to_string());
        }
        // Once for each peer: its other answers may be on their way.
        if !self.misbehaved.iter().any(|(known, _)| known == id) {
            self.misbehaved.push((*id, misbehaviour));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::{wire::ContentResponse, ContentId};
    use std::time::Duration;

    fn map(hash: u8) -> Map {
        let answer = ContentResponse::BlobMap {
            len: 1,
            hashes: vec![[hash; 32]],
        };
        Map::of(ContentId::Blob([0; 32]), answer).expect("a map")
    }

    #[test]
    fn the_map_of_most_is_taken_and_of_equal_ones_the_first() {
        let ids: Vec<_> = (0..4).map(|_| PeerId::random()).collect();
        let mut peers = Peers::new(ids.clone());
        assert!(peers.most_given().is_none());
        peers.described(&ids[0], map(1));
        peers.described(&ids[1], map(2));
        assert_eq!(peers.most_given().as_deref(), Some(&map(1)));
        peers.described(&ids[2], map(2));
        let most = peers.most_given().expect("a map");
        assert_eq!(*most, map(2));
        peers.map_is_false(&most);
        assert_eq!(peers.most_given().as_deref(), Some(&map(1)));
        let mut liars: Vec<_> = peers.misbehaved.iter().map(|(id, _)| *id).collect();
        let mut expected = vec![ids[1], ids[2]];
        liars.sort_unstable();
        expected.sort_unstable();
        assert_eq!(liars, expected);
    }

    #[test]
    fn a_peer_is_left_alone_for_a_while_and_then_given_up() {
        let id = PeerId::random();
        let options = FetchOptions {
            attempts: 3,
            ..FetchOptions::default()
        };
        let mut peers = Peers::new(vec![id]);
        for wait in [options.backoff, options.backoff * 2] {
            assert_eq!(peers.alive().count(), 1);
            let before = Instant::now();
            peers.failed(&id, Fault::Failed("busy".to_owned()), &options);
            let after = Instant::now();
            let peer = peers.get_mut(&id).expect("there");
            assert!(!peer.is_ready(before + wait - Duration::from_nanos(1)));
            assert!(peer.is_ready(after + wait));
        }
        // One success, and it starts anew.
        peers.did_well(&id);
        peers.failed(&id, Fault::Failed("busy".to_owned()), &options);
        assert_eq!(peers.alive().count(), 1);
        for _ in 0..2 {
            peers.failed(&id, Fault::Failed("busy".to_owned()), &options);
        }
        assert_eq!(peers.reasons(), [(id, "busy".to_owned())]);
    }
}
