//! One fetch, from its first question to the whole content.

use super::{
    peers::{Fault, Peers},
    questions::{self, blocking, Trouble},
    work::Work,
    FetchOptions, Fetched,
};
use crate::transfer::{
    store::{Completion, Turn},
    Ask, ContentId, FetchError, Held, Map, Misbehaviour, Progress, Store, StoreError,
};
use futures::{
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt},
    FutureExt,
};
use libp2p::PeerId;
use std::{
    ops::Range,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};

/// How often those that wait are looked at.
const TICK: Duration = Duration::from_millis(50);

/// How often a disk may lose what was written to it.
const MAX_LOST: u32 = 3;

/// Why a fetch ends without its content.
enum Stop {
    NoPeers,
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Something that was waited for.
enum Event {
    Described {
        peer: PeerId,
        answer: Result<Map, Trouble>,
    },
    Brought {
        peer: PeerId,
        map: Arc<Map>,
        run: Range<u32>,
        brought: Result<(), Trouble>,
    },
    Saved(Result<(), StoreError>),
}

/// One fetch.
pub(super) struct Session {
    store: Arc<Store>,
    asker: Arc<dyn Ask>,
    turn: Turn,
    content: ContentId,
    options: FetchOptions,
    peers: Peers,
    tasks: FuturesUnordered<BoxFuture<'static, Event>>,
    /// Questions about chunks under way.
    asked: usize,
    /// When the first map came.
    first_map: Option<Instant>,
    work: Option<Work>,
    /// Why there was no room for what a list promised.
    no_room: Option<StoreError>,
    /// Bytes that were written.
    received: Arc<AtomicU64>,
    lost: u32,
}

impl Session {
    pub fn new(
        store: Arc<Store>,
        asker: Arc<dyn Ask>,
        turn: Turn,
        content: ContentId,
        peers: Vec<PeerId>,
        options: FetchOptions,
    ) -> Self {
        Self {
            store,
            asker,
            turn,
            content,
            options,
            peers: Peers::new(peers),
            tasks: FuturesUnordered::new(),
            asked: 0,
            first_map: None,
            work: None,
            no_room: None,
            received: Arc::default(),
            lost: 0,
        }
    }

    pub async fn run(mut self, progress: &dyn Progress) -> Result<Fetched, FetchError> {
        let ended = self.until_whole(progress).await;
        let misbehaved = std::mem::take(&mut self.peers.misbehaved);
        match ended {
            Ok(held) => Ok(Fetched {
                held,
                received: self.received.load(Ordering::Relaxed),
                misbehaved,
            }),
            Err(Stop::Store(source)) => Err(FetchError::Store { source, misbehaved }),
            Err(Stop::NoPeers) => {
                let work = self.work.as_ref();
                Err(FetchError::NoPeers {
                    content: self.content,
                    done: work.map_or(0, |work| work.partial.done()),
                    total: work.map_or(0, |work| work.map.len()),
                    reasons: self.peers.reasons(),
                    misbehaved,
                })
            }
        }
    }

    async fn until_whole(&mut self, progress: &dyn Progress) -> Result<Held, Stop> {
        if self.is_model() {
            // What is known of a model from an earlier fetch has proven itself.
            if let Some(map) = self.store.map(&self.content) {
                self.peers.all_have(&map);
            }
        }
        loop {
            self.choose(progress).await?;
            let complete = self
                .work
                .as_ref()
                .is_some_and(|work| work.partial.is_complete());
            if complete {
                if let Some(held) = self.finish().await? {
                    return Ok(held);
                }
                continue;
            }
            self.ask_for_maps();
            self.ask_for_chunks();
            let alive = self.peers.alive().count();
            progress.peers(alive);
            if alive == 0 {
                let no_room = self.no_room.take();
                return Err(no_room.map_or(Stop::NoPeers, Stop::Store));
            }
            let event = tokio::select! {
                Some(event) = self.tasks.next() => Some(event),
                () = tokio::time::sleep(TICK) => None,
            };
            if let Some(event) = event {
                self.handle(event, progress)?;
            }
        }
    }

    fn is_model(&self) -> bool {
        matches!(self.content, ContentId::Model(_))
    }

    /// Takes the map of most peers, if there is none or nobody is left who gave it.
    async fn choose(&mut self, progress: &dyn Progress) -> Result<(), Stop> {
        if let Some(work) = &self.work {
            let someone = self.peers.alive().any(|(_, peer)| peer.has(&work.map));
            if someone || work.partial.is_complete() {
                return Ok(());
            }
        }
        if !self.is_model() {
            let Some(first) = self.first_map else {
                return Ok(());
            };
            let waiting = self.peers.alive().any(|(_, peer)| peer.describing);
            if waiting && first.elapsed() < self.options.patience {
                return Ok(());
            }
        }
        let Some(map) = self.peers.most_given() else {
            return Ok(());
        };
        let before = self.work.take().map(|work| work.partial);
        let (store, turn, begun) = (self.store.clone(), self.turn.clone(), map.clone());
        let partial = blocking(move || {
            if let Some(before) = before {
                // Its last writers would write by another list.
                before.close();
            }
            store.begin(&begun, turn)
        })
        .await?;
        let partial = match partial {
            // The length of a file is what its list says, and a lie must not end the fetch: another
            // peer's may be shorter.
            Err(error @ (StoreError::QuotaExceeded { .. } | StoreError::DiskReserved { .. }))
                if !self.is_model() =>
            {
                self.peers.map_is_too_long(&map, &error.to_string());
                self.no_room = Some(error);
                return Ok(());
            }
            partial => partial?,
        };
        progress.total(map.len());
        progress.done(partial.done());
        self.work = Some(Work::new(map, Arc::new(partial)));
        Ok(())
    }

    fn ask_for_maps(&mut self) {
        let now = Instant::now();
        let describing = self.peers.alive().filter(|(_, peer)| peer.describing);
        let room = self.options.in_flight.saturating_sub(describing.count());
        let askable = self
            .peers
            .alive()
            .filter(|(_, peer)| peer.map.is_none() && !peer.describing && peer.is_ready(now));
        let ids: Vec<_> = askable.map(|(id, _)| *id).take(room).collect();
        for peer in ids {
            if let Some(state) = self.peers.get_mut(&peer) {
                state.describing = true;
            }
            let question =
                questions::describe(self.asker.clone(), peer, self.content, self.options.timeout);
            let event = question.map(move |answer| Event::Described { peer, answer });
            self.tasks.push(event.boxed());
        }
    }

    fn ask_for_chunks(&mut self) {
        let Some(work) = &mut self.work else {
            return;
        };
        let now = Instant::now();
        while self.asked < self.options.in_flight {
            let idle = self.peers.idle(&work.map, self.options.per_peer, now);
            let Some((peer, run)) = work.next(&idle, self.options.endgame, now) else {
                break;
            };
            if let Some(state) = self.peers.get_mut(&peer) {
                state.in_flight += 1;
            }
            self.asked += 1;
            let question = questions::chunks(
                self.asker.clone(),
                peer,
                work.partial.clone(),
                run.clone(),
                self.options.timeout,
                self.received.clone(),
            );
            let map = work.map.clone();
            let event = question.map(move |brought| Event::Brought {
                peer,
                map,
                run,
                brought,
            });
            self.tasks.push(event.boxed());
        }
    }

    fn handle(&mut self, event: Event, progress: &dyn Progress) -> Result<(), Stop> {
        match event {
            Event::Described { peer, answer } => self.described(peer, answer),
            Event::Brought {
                peer,
                map,
                run,
                brought,
            } => {
                self.asked = self.asked.saturating_sub(1);
                if let Some(state) = self.peers.get_mut(&peer) {
                    state.in_flight = state.in_flight.saturating_sub(1);
                }
                match brought {
                    Ok(()) => self.peers.did_well(&peer),
                    Err(trouble) => self.failed(&peer, trouble)?,
                }
                self.returned(&peer, &map, &run, progress);
                Ok(())
            }
            Event::Saved(saved) => saved.map_err(Stop::Store),
        }
    }

    fn returned(
        &mut self,
        peer: &PeerId,
        map: &Arc<Map>,
        run: &Range<u32>,
        progress: &dyn Progress,
    ) {
        let Some(work) = &mut self.work else {
            return;
        };
        // Else it was asked for by a map that is not used any more.
        if !Arc::ptr_eq(&work.map, map) {
            return;
        }
        work.returned(peer, run);
        progress.done(work.partial.done());
        if work.partial.checkpoint_due() {
            let partial = work.partial.clone();
            let saved = blocking(move || partial.checkpoint());
            let event = saved.map(|saved| Event::Saved(saved.flatten()));
            self.tasks.push(event.boxed());
        }
    }

    fn described(&mut self, peer: PeerId, answer: Result<Map, Trouble>) -> Result<(), Stop> {
        if let Some(state) = self.peers.get_mut(&peer) {
            state.describing = false;
        }
        let map = match answer {
            Ok(map) => map,
            Err(trouble) => return self.failed(&peer, trouble),
        };
        if !self.is_model() && map.len() > self.options.max_bytes {
            let reason = format!(
                "a file of {} bytes; it has at most {}",
                map.len(),
                self.options.max_bytes
            );
            let fault = Fault::Misbehaved(Misbehaviour::WrongMap(reason));
            return self.failed(&peer, Trouble::Peer(fault));
        }
        self.first_map.get_or_insert_with(Instant::now);
        self.peers.described(&peer, map);
        if self.is_model() {
            if let Some(map) = self.peers.most_given() {
                self.peers.all_have(&map);
            }
        }
        Ok(())
    }

    fn failed(&mut self, peer: &PeerId, trouble: Trouble) -> Result<(), Stop> {
        match trouble {
            Trouble::Peer(fault) => {
                self.peers.failed(peer, fault, &self.options);
                Ok(())
            }
            Trouble::Store(error) => Err(Stop::Store(error)),
        }
    }

    /// Each chunk is there: the content, unless it is not what its name says.
    async fn finish(&mut self) -> Result<Option<Held>, Stop> {
        let Some(work) = &mut self.work else {
            return Ok(None);
        };
        let (store, partial) = (self.store.clone(), work.partial.clone());
        match blocking(move || store.finish(&partial)).await?? {
            Completion::Whole => Ok(self.store.hold(&self.content)),
            Completion::FalseList => {
                let map = work.map.clone();
                self.work = None;
                self.peers.map_is_false(&map);
                Ok(None)
            }
            Completion::Lost => {
                self.lost += 1;
                if self.lost > MAX_LOST {
                    let path = work.partial.path().to_path_buf();
                    return Err(Stop::Store(StoreError::Faulty { path }));
                }
                work.refill();
                Ok(None)
            }
        }
    }
}
