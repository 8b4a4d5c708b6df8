//! What is done from time to time: first calls, publishing, bans, sweeping, and the watch on a twin.

use super::{task::Task, Ban};
use crate::{
    discovery::Target,
    metrics::Refusal,
    record::{now_ms, Verified},
};
use libp2p::PeerId;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// How often the first peers are called while there are no others.
const BOOTSTRAP_EVERY: Duration = Duration::from_secs(10);
/// How often the record of this peer is published.
const PUBLISH_EVERY: Duration = Duration::from_secs(20 * 60);
/// How soon after a new peer: others may come at the same time.
const PUBLISH_SOON: Duration = Duration::from_millis(100);
/// But not more often than that.
const PUBLISH_AT_MOST_EVERY: Duration = Duration::from_secs(10);
/// How often what has ended is forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// Most peers that are banned at once, besides those of the configuration.
const MAX_BANNED: usize = 4096;
/// A ban without end, as good as.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// How often a twin that is not connected is called.
const CALL_TWIN_EVERY: Duration = Duration::from_secs(10);
/// After so many calls that failed a twin is gone.
const TWIN_CALLS: u32 = 3;

/// Another peer that speaks for our account, and did so first.
struct Twin {
    peer: PeerId,
    failed_calls: u32,
    call_at: Instant,
}

/// What is due when.
pub(super) struct Upkeep {
    bans: HashMap<PeerId, Instant>,
    parting: HashMap<PeerId, Instant>,
    bootstrap_at: Instant,
    sweep_at: Instant,
    publish_at: Instant,
    published_at: Option<Instant>,
    twin: Option<Twin>,
    twin_shown: watch::Sender<Option<PeerId>>,
}

impl Upkeep {
    pub(super) fn new(twin_shown: watch::Sender<Option<PeerId>>) -> Self {
        let now = Instant::now();
        Self {
            bans: HashMap::new(),
            parting: HashMap::new(),
            bootstrap_at: now,
            sweep_at: now,
            publish_at: now + PUBLISH_EVERY,
            published_at: None,
            twin: None,
            twin_shown,
        }
    }
}

impl Task {
    pub(super) fn on_tick(&mut self, now: Instant) {
        self.part_with_those_due(now);
        self.refuse_silent(now);
        self.end_graced(now);
        if self.upkeep.bootstrap_at <= now && self.hellos.is_lonely() {
            self.upkeep.bootstrap_at = now + BOOTSTRAP_EVERY;
            for address in self.config.bootstrap.clone() {
                self.call(Target::from(address));
            }
        }
        if self.upkeep.publish_at <= now {
            self.upkeep.publish_at = now + PUBLISH_EVERY;
            self.upkeep.published_at = Some(now);
            self.publish();
        }
        if self.upkeep.sweep_at <= now {
            self.upkeep.sweep_at = now + SWEEP_EVERY;
            self.waiting.sweep();
            self.asking.sweep();
            self.rates.sweep(now);
            self.sweep_offers(now);
            self.serving.sweep(now, 2 * self.config.request_timeout);
            self.end_bans(now);
        }
        self.watch_twin(now);
    }

    /// There is someone new to tell where this peer is.
    pub(super) fn publish_soon(&mut self) {
        let soon = Instant::now() + PUBLISH_SOON;
        let at = match self.upkeep.published_at {
            Some(last) => soon.max(last + PUBLISH_AT_MOST_EVERY),
            None => soon,
        };
        self.upkeep.publish_at = self.upkeep.publish_at.min(at);
    }

    /// Ends the connections with a peer that is refused, in a moment, and has none for a while.
    pub(super) fn part_after(&mut self, peer: PeerId, time: Duration) {
        if time.is_zero() {
            self.shut_out(peer, self.config.refusal_ban);
        } else {
            // Nothing that the peer shows meanwhile puts it off.
            let due = Instant::now() + time;
            self.upkeep.parting.entry(peer).or_insert(due);
        }
    }

    fn part_with_those_due(&mut self, now: Instant) {
        let due: Vec<PeerId> = self
            .upkeep
            .parting
            .iter()
            .filter_map(|(peer, at)| (*at <= now).then_some(*peer))
            .collect();
        for peer in due {
            self.upkeep.parting.remove(&peer);
            self.shut_out(peer, self.config.refusal_ban);
        }
    }

    pub(super) fn on_bans(&mut self) {
        for (peer, Ban { reason, for_ }) in self.shared.take_bans() {
            tracing::warn!(%peer, reason, ?for_, "a peer is banned");
            self.metrics.refused(Refusal::Banned);
            self.shut_out(peer, for_);
        }
    }

    fn shut_out(&mut self, peer: PeerId, for_: Duration) {
        let now = Instant::now();
        let until = now.checked_add(for_).unwrap_or(now + FOREVER);
        let bans = &mut self.upkeep.bans;
        self.swarm.behaviour_mut().kad.remove_peer(&peer);
        if bans.len() < MAX_BANNED || bans.contains_key(&peer) {
            let end = bans.entry(peer).or_insert(until);
            *end = until.max(*end);
            // This ends its connections as well.
            self.swarm.behaviour_mut().blocked.block_peer(peer);
        } else {
            self.disconnect(peer);
        }
    }

    fn end_bans(&mut self, now: Instant) {
        let denied = &self.config.deny_peers;
        let blocked = &mut self.swarm.behaviour_mut().blocked;
        self.upkeep.bans.retain(|peer, until| {
            let goes_on = *until > now;
            if !goes_on && !denied.contains(peer) {
                blocked.unblock_peer(*peer);
            }
            goes_on
        });
    }

    /// A connected peer speaks for our account, too.
    pub(super) fn on_own_account(&mut self, other: &Verified) {
        // Who only asks has no assignments to serve: it may well be the same person's.
        if other.addresses.is_empty() {
            tracing::debug!(peer = %other.peer, "our account asks from elsewhere, too");
            return;
        }
        // As our own record says it, so that both sides see the same one as the first.
        let own = (
            self.identity.issued_at(now_ms()),
            self.shared.local_peer.to_bytes(),
        );
        let others = (other.issued_at, other.peer.to_bytes());
        if others >= own {
            tracing::warn!(
                peer = %other.peer,
                account = %other.account,
                "another process has begun to speak for our account; it should end"
            );
            // It may have been here before us, and have been started anew.
            let twin = self.upkeep.twin.as_ref();
            if twin.is_some_and(|twin| twin.peer == other.peer) {
                self.upkeep.twin = None;
                self.upkeep.twin_shown.send_replace(None);
            }
            return;
        }
        tracing::warn!(
            peer = %other.peer,
            account = %other.account,
            "another process speaks for our account already; this one should not act for it"
        );
        self.upkeep.twin = Some(Twin {
            peer: other.peer,
            failed_calls: 0,
            call_at: Instant::now() + CALL_TWIN_EVERY,
        });
        self.upkeep.twin_shown.send_replace(Some(other.peer));
    }

    fn watch_twin(&mut self, now: Instant) {
        let Some(twin) = &mut self.upkeep.twin else {
            return;
        };
        if twin.call_at > now {
            return;
        }
        twin.call_at = now + CALL_TWIN_EVERY;
        let peer = twin.peer;
        if self.swarm.is_connected(&peer) {
            twin.failed_calls = 0;
        } else if twin.failed_calls >= TWIN_CALLS {
            tracing::info!(%peer, "the other process that spoke for our account is gone");
            self.upkeep.twin = None;
            self.upkeep.twin_shown.send_replace(None);
        } else {
            // Taken back when it is connected the next time that is looked.
            twin.failed_calls += 1;
            self.call(Target {
                peer: Some(peer),
                addresses: Vec::new(),
            });
        }
    }
}
