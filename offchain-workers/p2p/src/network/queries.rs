//! Kademlia: records and offers, found and stored.

use super::{commands::Reply, task::Task};
use crate::{
    discovery::{
        believe, ends_at, record_key, Disbelief, Offers, Target, MAX_PROVIDED, MAX_RECORDS,
    },
    error::NetworkError,
    metrics::Refusal,
    record::{now_ms, Verified, LIFETIME_MS, MAX_SKEW_MS},
    transfer::ContentId,
};
use ::codec::Encode;
use libp2p::{
    kad::{
        store::RecordStore, Event, GetProvidersOk, GetRecordOk, InboundRequest, ProviderRecord,
        QueryId, QueryResult, Quorum, Record, RecordKey,
    },
    PeerId,
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::{Duration, Instant},
};

/// Most searches at once.
const MAX_QUERIES: usize = 256;
/// Most records that one search keeps.
const MAX_FOUND: usize = 32;
/// Most peers that one search for a content keeps, and calls.
const MAX_PROVIDERS: usize = 32;
/// Most offers that are repeated for those who have just come.
const MAX_REPEATED: usize = 64;
/// How long a search goes on for a newer record after it has found one.
const GRACE: Duration = Duration::from_millis(500);

/// A search, and what it has found so far.
enum Query {
    Record {
        key: RecordKey,
        found: Vec<Verified>,
        reply: Reply<Vec<Verified>>,
        /// Set when something has been found.
        until: Option<Instant>,
    },
    /// Whether another speaks for our own account.
    Twin,
    Providers {
        found: HashSet<PeerId>,
        reply: Reply<Vec<PeerId>>,
    },
}

/// What is being searched, and what is stored for others.
#[derive(Default)]
pub(super) struct Queries {
    running: HashMap<QueryId, Query>,
    offers: Offers,
    /// Keys of what this peer offers.
    provided: BTreeSet<Vec<u8>>,
}

impl Task {
    pub(super) fn look_up(&mut self, key: RecordKey, reply: Reply<Vec<Verified>>) {
        if self.queries.running.len() >= MAX_QUERIES {
            let _ = reply.send(Err(NetworkError::Busy("searches")));
            return;
        }
        let id = self.swarm.behaviour_mut().kad.get_record(key.clone());
        let query = Query::Record {
            key,
            found: Vec::new(),
            reply,
            until: None,
        };
        self.queries.running.insert(id, query);
    }

    pub(super) fn find_providers(&mut self, content: ContentId, reply: Reply<Vec<PeerId>>) {
        if self.queries.running.len() >= MAX_QUERIES {
            let _ = reply.send(Err(NetworkError::Busy("searches")));
            return;
        }
        let key = RecordKey::from(content.to_key());
        let id = self.swarm.behaviour_mut().kad.get_providers(key);
        let found = HashSet::new();
        self.queries
            .running
            .insert(id, Query::Providers { found, reply });
    }

    pub(super) fn provide(&mut self, content: ContentId) {
        let key = content.to_key();
        let provided = &mut self.queries.provided;
        if provided.len() >= MAX_PROVIDED && !provided.contains(&key) {
            tracing::warn!(%content, "more than {MAX_PROVIDED} contents: this one is not offered");
            return;
        }
        provided.insert(key.clone());
        self.start_providing(key);
    }

    fn start_providing(&mut self, key: Vec<u8>) {
        let kad = &mut self.swarm.behaviour_mut().kad;
        if let Err(error) = kad.start_providing(RecordKey::from(key)) {
            tracing::warn!(%error, "a content cannot be offered");
        }
    }

    /// Tells others where this peer is and what it offers, and looks for another that says so, too.
    pub(super) fn publish(&mut self) {
        let key = record_key(&self.identity.account());
        let id = self.swarm.behaviour_mut().kad.get_record(key.clone());
        self.queries.running.insert(id, Query::Twin);
        let signed = self.own_record();
        if signed.record.addresses.is_empty() {
            return;
        }
        let mut record = Record::new(key, signed.encode());
        record.expires = Some(ends_at(signed.record.expires_at, now_ms()));
        let kad = &mut self.swarm.behaviour_mut().kad;
        if let Err(error) = kad.put_record(record, Quorum::One) {
            tracing::warn!(%error, "the record of this peer cannot be published");
        }
        // All go out again by themselves, but those who have come since would wait for that.
        let repeated = self.queries.provided.iter().take(MAX_REPEATED);
        for key in repeated.cloned().collect::<Vec<_>>() {
            self.start_providing(key);
        }
    }

    pub(super) fn on_kad_event(&mut self, event: Event) {
        match event {
            Event::OutboundQueryProgressed {
                id, result, step, ..
            } => {
                match result {
                    QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(found))) => {
                        self.on_found(id, &found.record);
                    }
                    QueryResult::GetProviders(Ok(GetProvidersOk::FoundProviders {
                        key,
                        providers,
                    })) => self.on_offers_found(id, &key, providers),
                    _ => {}
                }
                if step.last {
                    self.end_query(&id);
                }
            }
            Event::InboundRequest {
                request:
                    InboundRequest::PutRecord {
                        source,
                        record: Some(record),
                        ..
                    },
            } => self.on_record(source, record),
            Event::InboundRequest {
                request:
                    InboundRequest::AddProvider {
                        record: Some(offer),
                    },
            } => self.on_offer(offer),
            _ => {}
        }
    }

    fn on_found(&mut self, id: QueryId, record: &Record) {
        let believed = believe(
            &record.key,
            &record.value,
            &self.identity.genesis(),
            now_ms(),
        );
        let verified = match believed {
            Ok(verified) => verified,
            Err(disbelief) => return self.on_disbelief(&disbelief),
        };
        match self.queries.running.get_mut(&id) {
            Some(Query::Record {
                key, found, until, ..
            }) if *key == record.key => {
                if found.len() < MAX_FOUND {
                    found.push(verified);
                }
                until.get_or_insert(Instant::now() + GRACE);
            }
            Some(Query::Twin) => self.suspect(verified),
            _ => {}
        }
    }

    fn on_disbelief(&self, disbelief: &Disbelief) {
        let reason = match disbelief {
            Disbelief::Record(error) => Refusal::from(error),
            _ => Refusal::Malformed,
        };
        self.metrics.refused(reason);
        tracing::debug!(reason = reason.name(), %disbelief, "a record in Kademlia is not believed");
    }

    /// Someone else may speak for our account: it is called, and shows that or does not.
    fn suspect(&mut self, verified: Verified) {
        if self.is_of_a_copy(&verified) {
            tracing::error!(
                account = %verified.account,
                peer = %verified.peer,
                "another process has a copy of this one's key and speaks for our account, too: stop \
                 one of them, and remove p2p.key from its data folder"
            );
        }
        let is_twin = verified.account == self.identity.account()
            && verified.peer != self.shared.local_peer
            && !self.swarm.is_connected(&verified.peer);
        if is_twin {
            self.call(Target {
                peer: Some(verified.peer),
                addresses: verified.addresses,
            });
        }
    }

    /// Whether a record is of a process with our own key, as in a data folder that was copied: they can
    /// not call each other. What this process has signed names its own start, and what was signed
    /// before that, by a clock that may be wrong, is of an earlier run. It is told and no more: a
    /// record of a time when this machine's clock was ahead looks the same, and anyone may keep one.
    fn is_of_a_copy(&self, verified: &Verified) -> bool {
        let started_at = self.identity.started_at();
        let signed_at = verified.expires_at.saturating_sub(LIFETIME_MS);
        verified.account == self.identity.account()
            && verified.peer == self.shared.local_peer
            && verified.issued_at != started_at
            && signed_at > started_at.saturating_add(2 * MAX_SKEW_MS)
    }

    fn on_offers_found(&mut self, id: QueryId, key: &RecordKey, providers: HashSet<PeerId>) {
        let own = self.shared.local_peer;
        let Some(Query::Providers { found, .. }) = self.queries.running.get_mut(&id) else {
            return;
        };
        let mut new = Vec::new();
        for peer in providers {
            if peer != own && found.len() < MAX_PROVIDERS && found.insert(peer) {
                new.push(peer);
            }
        }
        // Called now: when the search has ended, the addresses that it has found are forgotten.
        for peer in new {
            let kad = &mut self.swarm.behaviour_mut().kad;
            let offers = kad.store_mut().providers(key);
            let offer = offers.into_iter().find(|offer| offer.provider == peer);
            self.call(Target {
                peer: Some(peer),
                addresses: offer.map(|offer| offer.addresses).unwrap_or_default(),
            });
        }
    }

    /// Hands out what a search has found.
    fn end_query(&mut self, id: &QueryId) {
        // Whoever asked may have given up.
        match self.queries.running.remove(id) {
            Some(Query::Record {
                mut found, reply, ..
            }) => {
                found
                    .sort_by_key(|record| std::cmp::Reverse((record.issued_at, record.expires_at)));
                let mut seen = HashSet::new();
                found.retain(|record| seen.insert(record.peer));
                let _ = reply.send(Ok(found));
            }
            Some(Query::Providers { found, reply }) => {
                let _ = reply.send(Ok(found.into_iter().collect()));
            }
            Some(Query::Twin) | None => {}
        }
    }

    /// Ends searches that have found something a while ago.
    pub(super) fn end_graced(&mut self, now: Instant) {
        let graced: Vec<QueryId> = self
            .queries
            .running
            .iter()
            .filter_map(|(id, query)| match query {
                Query::Record {
                    until: Some(until), ..
                } if *until <= now => Some(*id),
                _ => None,
            })
            .collect();
        for id in graced {
            if let Some(mut query) = self.swarm.behaviour_mut().kad.query_mut(&id) {
                query.finish();
            }
            self.end_query(&id);
        }
    }

    /// Stores a record that a peer hands over, if it is good and newer than what is there.
    fn on_record(&mut self, source: PeerId, mut record: Record) {
        if !self.rates.request(source, Instant::now()) {
            self.metrics.refused(Refusal::Rate);
            return;
        }
        let is_own = record.key == record_key(&self.identity.account());
        let store = self.swarm.behaviour_mut().kad.store_mut();
        let is_there = match store.get(&record.key) {
            // Handed on from time to time, and looked at once.
            Some(known) if known.value == record.value && !is_own => return,
            known => known.is_some(),
        };
        if !is_there && !is_own && store.records().count() >= MAX_RECORDS {
            self.metrics.refused(Refusal::Busy);
            return;
        }
        let (genesis, now) = (self.identity.genesis(), now_ms());
        let verified = match believe(&record.key, &record.value, &genesis, now) {
            Ok(verified) => verified,
            Err(disbelief) => return self.on_disbelief(&disbelief),
        };
        let end = ends_at(verified.expires_at, now);
        record.expires = Some(record.expires.map_or(end, |expires| expires.min(end)));
        let store = self.swarm.behaviour_mut().kad.store_mut();
        let known = store
            .get(&record.key)
            .and_then(|known| believe(&known.key, &known.value, &genesis, now).ok());
        if known.is_none_or(|known| verified.is_newer_than(&known)) {
            if let Err(error) = store.put(record) {
                tracing::debug!(%error, "the record of a peer is not stored");
            }
        }
        self.suspect(verified);
    }

    fn on_offer(&mut self, offer: ProviderRecord) {
        let now = Instant::now();
        if !self.rates.request(offer.provider, now) {
            self.metrics.refused(Refusal::Rate);
            return;
        }
        let peer = offer.provider;
        let store = self.swarm.behaviour_mut().kad.store_mut();
        if !self.queries.offers.keep(offer, store, now) {
            self.metrics.refused(Refusal::Busy);
            tracing::debug!(%peer, "an offer is not kept: there are too many");
        }
    }

    /// Forgets offers that were not repeated.
    pub(super) fn sweep_offers(&mut self, now: Instant) {
        let store = self.swarm.behaviour_mut().kad.store_mut();
        self.queries.offers.sweep(store, now);
    }
}
