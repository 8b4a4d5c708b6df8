//! How peers find each other: addresses from the chain, records and offers in Kademlia.
//!
//! Kademlia holds two things: under [`record_key`] the record of an account, and under a content's
//! key who offers it. A record is checked before it is stored and again when it is found, so who
//! stores it need not be believed. An offer is a hint: whoever is found by it still has to show who
//! it is, and every chunk that it sends is verified.

use crate::{
    config::NetworkConfig,
    identity::Identity,
    record::{RecordError, SignedRecord, Verified, LIFETIME_MS, MAX_ADDRESSES, MAX_ADDRESS_BYTES},
};
use ::codec::DecodeAll;
use lattice_chain_client::{AccountId, Provider};
use libp2p::{
    kad::{
        self,
        store::{MemoryStore, MemoryStoreConfig, RecordStore},
        ProviderRecord, RecordKey,
    },
    multiaddr::Protocol,
    Multiaddr, PeerId, StreamProtocol,
};
use std::{
    collections::{BTreeMap, HashMap},
    net::Ipv4Addr,
    time::{Duration, Instant},
};

/// What the key of a record begins with.
const RECORD_PREFIX: &[u8] = b"lattice/peer/";
/// Most bytes of a record in Kademlia.
const MAX_RECORD_BYTES: usize = 4096;
/// Most records of others that are kept.
pub(crate) const MAX_RECORDS: usize = 4096;
/// Most offers of others that are kept.
const MAX_OFFERS: usize = 8192;
/// Most contents that this peer offers; the offers of others never take their place.
pub(crate) const MAX_PROVIDED: usize = 1024;
/// Most contents that one peer may offer here.
const MAX_OFFERS_PER_PEER: usize = 512;
/// Most bytes of a content's key.
const MAX_CONTENT_KEY: usize = 64;
/// For how long an offer is kept that is not repeated.
const OFFER_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How often offers are repeated, and records handed on.
const REPEAT: Duration = Duration::from_secs(10 * 60);

/// Where to look for a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Who is expected there; none if whoever answers will do.
    pub peer: Option<PeerId>,
    /// Its addresses. With a peer and none, those that are known of it.
    pub addresses: Vec<Multiaddr>,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = self
            .addresses
            .iter()
            .map(Multiaddr::to_string)
            .collect::<Vec<_>>();
        if let (Some(peer), true) = (self.peer, words.is_empty()) {
            words.push(peer.to_base58());
        }
        f.write_str(&words.join(" or "))
    }
}

impl From<Multiaddr> for Target {
    fn from(address: Multiaddr) -> Self {
        Self {
            peer: peer_of(&address),
            addresses: vec![address],
        }
    }
}

/// The peer id at the end of an address.
fn peer_of(address: &Multiaddr) -> Option<PeerId> {
    match address.iter().last() {
        Some(Protocol::P2p(peer)) => Some(peer),
        _ => None,
    }
}

/// The endpoints of a provider at which its peers may be. URLs are those of gateways.
pub fn peer_endpoints(provider: &Provider) -> Vec<String> {
    let texts = provider
        .endpoints
        .iter()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    texts.filter(|text| !text.contains("://")).collect()
}

/// Of a stranger's endpoints those that one who is at the endpoints `own` may call unasked: none that
/// lead less far than the farthest of its own. From the outside nobody reaches the stranger there; they
/// are doors of our own machine or network, at which it must not have us knock.
///
/// Who has published none that lead anywhere calls only what leads there from everywhere.
pub fn callable(mut endpoints: Vec<String>, own: &[String]) -> Vec<String> {
    let own = own.iter().filter_map(|text| multiaddr(text).ok());
    let farthest = own
        .filter(|address| Reach::of(address) != Reach::Nowhere)
        .max_by_key(Reach::of);
    endpoints.retain(|text| {
        multiaddr(text).is_ok_and(|address| leads_from_here(&address, farthest.as_ref()))
    });
    endpoints
}

/// What the endpoints that an account has published on chain lead to, addresses of one peer together.
///
/// An account can publish anything, and is looked for again and again: at most [`MAX_ADDRESSES`] are
/// looked at, and one that is no multiaddr is skipped. The log says so only when it is asked for more.
pub fn targets(account: &AccountId, on_chain: &[String]) -> Vec<Target> {
    if on_chain.len() > MAX_ADDRESSES {
        tracing::debug!(
            %account,
            endpoints = on_chain.len(),
            "an account has published more than {MAX_ADDRESSES} endpoints; the first are used"
        );
    }
    let mut unnamed = Vec::new();
    let mut named: BTreeMap<PeerId, Vec<Multiaddr>> = BTreeMap::new();
    for text in on_chain.iter().take(MAX_ADDRESSES) {
        match multiaddr(text) {
            Ok(address) => match peer_of(&address) {
                Some(peer) => named.entry(peer).or_default().push(address),
                None => unnamed.push(Target::from(address)),
            },
            Err(reason) => {
                let endpoint: String = text.chars().take(MAX_ADDRESS_BYTES).collect();
                tracing::debug!(
                    %account,
                    ?endpoint,
                    %reason,
                    "an endpoint on chain is no multiaddr and is skipped"
                );
            }
        }
    }
    let named = named.into_iter().map(|(peer, addresses)| Target {
        peer: Some(peer),
        addresses,
    });
    named.chain(unnamed).collect()
}

fn multiaddr(text: &str) -> Result<Multiaddr, String> {
    if text.len() > MAX_ADDRESS_BYTES {
        return Err(format!(
            "it has {} bytes, more than {MAX_ADDRESS_BYTES}",
            text.len()
        ));
    }
    let address = text
        .parse::<Multiaddr>()
        .map_err(|error| error.to_string())?;
    if address.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(address)
}

/// The addresses to tell others of those that are listened on: none that lead a stranger to its own
/// machine, unless there are no others.
pub(crate) fn announced(listening: &[Multiaddr]) -> Vec<Multiaddr> {
    let is_local = |address: &Multiaddr| match address.iter().next() {
        Some(Protocol::Ip4(ip)) => ip.is_loopback(),
        Some(Protocol::Ip6(ip)) => ip.is_loopback(),
        _ => false,
    };
    let (local, wide): (Vec<_>, Vec<_>) = listening.iter().cloned().partition(is_local);
    if wide.is_empty() {
        local
    } else {
        wide
    }
}

/// From how far away an address can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    Nowhere,
    Machine,
    Site,
    World,
}

impl Reach {
    pub(crate) fn of(address: &Multiaddr) -> Self {
        match address.iter().next() {
            Some(Protocol::Ip4(ip)) => Self::of_ip4(ip),
            Some(Protocol::Ip6(ip)) => match ip.to_ipv4_mapped() {
                Some(ip) => Self::of_ip4(ip),
                None if ip.is_unspecified() || ip.is_multicast() => Self::Nowhere,
                None if ip.is_loopback() => Self::Machine,
                // fc00::/7 and fe80::/10.
                None if ip.segments()[0] & 0xfe00 == 0xfc00 => Self::Site,
                None if ip.segments()[0] & 0xffc0 == 0xfe80 => Self::Site,
                None => Self::World,
            },
            // What a name stands for shows when it is looked up.
            Some(_) => Self::World,
            None => Self::Nowhere,
        }
    }

    fn of_ip4(ip: Ipv4Addr) -> Self {
        // 100.64.0.0/10 is between a provider of connections and its customers, and in overlays.
        let is_shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
        if ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast() {
            Self::Nowhere
        } else if ip.is_loopback() {
            Self::Machine
        } else if ip.is_private() || ip.is_link_local() || is_shared {
            Self::Site
        } else {
            Self::World
        }
    }
}

/// Whether an address that a peer names may lead to it, which talks to us from `seen_at`.
///
/// One who comes from afar must not have this machine, and those that it hands the address on to,
/// knock at doors of their own networks.
pub(crate) fn leads_from_here(address: &Multiaddr, seen_at: Option<&Multiaddr>) -> bool {
    let reach = Reach::of(address);
    reach != Reach::Nowhere && reach >= seen_at.map_or(Reach::World, Reach::of)
}

/// Where the record of an account is in Kademlia.
pub fn record_key(account: &AccountId) -> RecordKey {
    RecordKey::from([RECORD_PREFIX, &account.0[..]].concat())
}

/// Why something found in Kademlia is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disbelief {
    #[error("its key of {0} bytes is none of an account")]
    Key(usize),
    #[error("it is no record: {0}")]
    Malformed(String),
    #[error("it is the record of {shown} under the key of {wanted}")]
    WrongAccount { wanted: AccountId, shown: AccountId },
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// What a value in Kademlia says, if it is a good record of the account in its key.
///
/// # Errors
/// [`Disbelief`], with what is wrong.
pub fn believe(
    key: &RecordKey,
    value: &[u8],
    genesis: &[u8; 32],
    now: u64,
) -> Result<Verified, Disbelief> {
    let key: &[u8] = key.as_ref();
    let wanted = key
        .strip_prefix(RECORD_PREFIX)
        .and_then(|account| <[u8; 32]>::try_from(account).ok())
        .map(AccountId)
        .ok_or(Disbelief::Key(key.len()))?;
    if value.len() > MAX_RECORD_BYTES {
        return Err(Disbelief::Malformed(format!(
            "it has {} bytes",
            value.len()
        )));
    }
    let mut rest = value;
    let record = SignedRecord::decode_all(&mut rest)
        .map_err(|error| Disbelief::Malformed(error.to_string()))?;
    let verified = record.check(genesis, now)?;
    if verified.account != wanted {
        return Err(Disbelief::WrongAccount {
            wanted,
            shown: verified.account,
        });
    }
    Ok(verified)
}

/// When a record ends by this process' own clock.
pub(crate) fn ends_at(expires_at: u64, now: u64) -> Instant {
    let left = expires_at.saturating_sub(now).min(2 * LIFETIME_MS);
    Instant::now() + Duration::from_millis(left)
}

/// Kademlia as one chain's peers speak it. One that can be called serves others, too.
pub(crate) fn kademlia(config: &NetworkConfig, identity: &Identity) -> kad::Behaviour<MemoryStore> {
    let chain = hex::encode(&identity.genesis()[..8]);
    let protocol = StreamProtocol::try_from_owned(format!("/lattice/kad/{chain}/1"))
        .unwrap_or(StreamProtocol::new("/lattice/kad/1"));
    let mut kademlia = kad::Config::new(protocol);
    kademlia
        .set_query_timeout(config.query_timeout)
        // Nothing of others is stored that has not been checked.
        .set_record_filtering(kad::StoreInserts::FilterBoth)
        // Nobody is handed on to others that has not shown who it is.
        .set_kbucket_inserts(kad::BucketInserts::Manual)
        .set_caching(kad::Caching::Disabled)
        .set_record_ttl(Some(Duration::from_millis(LIFETIME_MS)))
        .set_replication_interval(Some(REPEAT))
        // The record of this peer is signed anew instead.
        .set_publication_interval(None)
        .set_provider_record_ttl(Some(OFFER_LIFETIME))
        .set_provider_publication_interval(Some(REPEAT));
    let store = MemoryStore::with_config(
        identity.peer(),
        MemoryStoreConfig {
            // One place is for the record of this peer.
            max_records: MAX_RECORDS + 1,
            max_value_bytes: MAX_RECORD_BYTES + 1,
            max_provided_keys: MAX_OFFERS + MAX_PROVIDED,
            ..MemoryStoreConfig::default()
        },
    );
    let mut behaviour = kad::Behaviour::with_config(identity.peer(), store, kademlia);
    let mode = if config.is_reachable() {
        kad::Mode::Server
    } else {
        kad::Mode::Client
    };
    behaviour.set_mode(Some(mode));
    behaviour
}

/// The offers of others that are kept here, which the store itself never forgets.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    ends: HashMap<(PeerId, RecordKey), Instant>,
    of_peer: HashMap<PeerId, usize>,
}

impl Offers {
    /// Keeps an offer, unless its peer has made too many. Says whether it was kept.
    pub(crate) fn keep(
        &mut self,
        mut offer: ProviderRecord,
        store: &mut MemoryStore,
        now: Instant,
    ) -> bool {
        let entry = (offer.provider, offer.key.clone());
        if offer.key.as_ref().len() > MAX_CONTENT_KEY {
            return false;
        }
        let is_new = !self.ends.contains_key(&entry);
        let of_peer = self.of_peer.get(&offer.provider).copied().unwrap_or(0);
        let room = of_peer < MAX_OFFERS_PER_PEER && self.ends.len() < MAX_OFFERS;
        if is_new && !room {
            return false;
        }
        offer.addresses.truncate(MAX_ADDRESSES);
        offer
            .addresses
            .retain(|address| address.len() <= MAX_ADDRESS_BYTES);
        if store.add_provider(offer).is_err() {
            return false;
        }
        if is_new {
            *self.of_peer.entry(entry.0).or_default() += 1;
        }
        self.ends.insert(entry, now + OFFER_LIFETIME);
        true
    }

    /// Forgets offers that were not repeated.
    pub(crate) fn sweep(&mut self, store: &mut MemoryStore, now: Instant) {
        let of_peer = &mut self.of_peer;
        self.ends.retain(|(peer, key), end| {
            let keep = *end > now;
            if !keep {
                store.remove_provider(key, peer);
                if let Some(count) = of_peer.get_mut(peer) {
                    *count = count.saturating_sub(1);
                }
            }
            keep
        });
        of_peer.retain(|_, count| *count > 0);
    }
}

#[cfg(test)]
mod tests;
