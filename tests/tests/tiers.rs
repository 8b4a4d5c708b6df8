//! Tiers of trust on a real chain: replicated and optimistic requests, with providers that are honest,
//! that lie and that sleep, a watcher, and somebody who challenges what is right.
//!
//! All requests run at the same time, since most of each is waiting for blocks.

#[path = "tiers/liar.rs"]
mod liar;
#[path = "tiers/scene.rs"]
mod scene;

use anyhow::{Context, Result};
use futures::future::try_join_all;
use lattice_chain_client::{
    AccountId, Ending, Event, Failure, ModelIndex, Record, RequestId, Verification, UNIT,
};
use lattice_tests::accounts::{account, events_between, fees, money, provider};
use lattice_tests::stage::REQUESTER;
use liar::Liar;
use scene::{Ask, Scene, BOB, CHARLIE, EVE, FERDIE, SLANDERER, SLEEPER, WATCHER};
use std::collections::BTreeSet;
use std::time::Duration;

/// What provider and challenger lose if they are wrong, in planck.
const BOND: u128 = 50 * UNIT;
/// Collateral of a replica at a price of 1 LAT.
const COLLATERAL: u128 = 20 * UNIT;
/// The shortest window for challenges that the chain takes.
const WINDOW: u32 = 10;
const REPLICATED: Verification = Verification::Replicated { n: 3, k: 2 };
const SOON: Duration = Duration::from_secs(60);

/// The providers of the offers for each registration.
const OFFERS: [[&str; 3]; 3] = [[BOB, EVE, FERDIE], [BOB, CHARLIE, EVE], [BOB, EVE, SLEEPER]];

fn replicated(model: ModelIndex, digit: usize, deadline: u32) -> Ask {
    Ask {
        model,
        digit,
        deadline,
        verification: REPLICATED,
        provider: None,
        next_but: None,
    }
}

fn optimistic(model: ModelIndex, digit: usize, window: u32, provider: &'static str) -> Ask {
    let bond = BOND;
    Ask {
        model,
        digit,
        deadline: 10,
        verification: Verification::Optimistic { window, bond },
        provider: Some(provider),
        next_but: None,
    }
}

fn accounts(seeds: &[&str]) -> Result<BTreeSet<AccountId>> {
    seeds.iter().map(|seed| account(seed)).collect()
}

/// How a request ended, who was paid for agreeing, and who failed.
fn fate(record: &Record) -> (Ending, BTreeSet<AccountId>, Vec<(AccountId, Failure)>) {
    let agreed = record.agreed.iter().copied().collect();
    let mut failed = record.failed.clone();
    failed.sort_by_key(|(provider, _)| *provider);
    (record.ending, agreed, failed)
}

fn all(seeds: &[&str], failure: Failure) -> Result<Vec<(AccountId, Failure)>> {
    let failed = accounts(seeds)?.into_iter();
    Ok(failed.map(|provider| (provider, failure)).collect())
}

fn paid(record: &Record) -> u128 {
    let price = &record.price;
    price.compute + price.royalty + price.fee
}

/// Slashes of a provider that wait, by cause.
fn deferred(events: &[Event], seed: &str) -> Result<Vec<(Failure, u128)>> {
    let who = account(seed)?;
    let slashes = events.iter().filter_map(|event| match event {
        Event::SlashDeferred {
            provider,
            amount,
            cause,
            ..
        } if *provider == who => Some((*cause, *amount)),
        _ => None,
    });
    Ok(slashes.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_right_wins_in_every_tier() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut scene = Scene::start(folder.path(), OFFERS).await?;
    let [keyed, plain, third] = scene.models;
    let start = scene.client.best_block().await?;
    let asks = [
        // Two honest ones outvote a liar.
        replicated(plain, 0, 10),
        // One honest, one liar, one silent: no two agree.
        replicated(third, 1, 6),
        // Two liars outvote an honest one, which appeals with a proof.
        replicated(keyed, 2, 10),
        // A liar, watched.
        optimistic(keyed, 3, WINDOW, EVE),
        // An honest one, watched.
        optimistic(keyed, 4, WINDOW, BOB),
        // One that sleeps.
        Ask {
            deadline: 4,
            ..optimistic(third, 5, WINDOW, SLEEPER)
        },
        // An honest one that is slandered.
        optimistic(plain, 6, WINDOW, CHARLIE),
        // One that sleeps, and an honest one that follows.
        Ask {
            deadline: 8,
            next_but: Some(EVE),
            ..optimistic(third, 7, WINDOW, SLEEPER)
        },
    ];
    let requests = try_join_all(asks.iter().map(|ask| scene.ask(ask))).await?;
    let requests: [RequestId; 8] = requests.try_into().ok().context("eight requests")?;
    let [_, _, _, lied, honest, _, slandered, passed_on] = requests;
    let outvoting = requests[0];
    let mut liars = Vec::new();
    for seed in [EVE, FERDIE] {
        let liar = Liar::new(&scene.client, seed, &scene.model)?;
        liars.push(tokio::spawn(liar.provide()));
    }
    let slanderer = Liar::new(&scene.client, SLANDERER, &scene.model)?;
    let slander = tokio::spawn(slanderer.slander(slandered));

    // A worker that is killed after it has committed finds its salt on disk.
    scene.bob.wait_for_message("committed", outvoting, SOON)?;
    scene.bob.kill()?;
    scene.bob.restart()?;

    let records = try_join_all(requests.map(|request| scene.ended(request))).await;
    for liar in liars {
        match liar.is_finished() {
            true => liar.await??,
            false => liar.abort(),
        }
    }
    let records = records?;
    slander.await??;

    // Each is paid, or fails, for what it has done.
    let expected = [
        (
            Ending::Settled,
            vec![BOB, CHARLIE],
            all(&[EVE], Failure::Outvoted)?,
        ),
        (Ending::NoQuorum, vec![], all(&[SLEEPER], Failure::Late)?),
        (
            Ending::Settled,
            vec![BOB],
            all(&[EVE, FERDIE], Failure::Outvoted)?,
        ),
        (Ending::Refuted, vec![], all(&[EVE], Failure::Refuted)?),
        (Ending::Settled, vec![], vec![]),
        (Ending::Expired, vec![], all(&[SLEEPER], Failure::Late)?),
        (Ending::Settled, vec![], vec![]),
        (Ending::Settled, vec![], all(&[SLEEPER], Failure::Late)?),
    ];
    for ((record, ask), (ending, agreed, failed)) in records.iter().zip(&asks).zip(expected) {
        let expected = (ending, accounts(&agreed)?, failed);
        assert_eq!(fate(record), expected, "request {}", record.request);
        if ending == Ending::Settled {
            assert_eq!(record.output, scene.honest(ask.digit)?);
            assert!(paid(record) > 0);
        }
    }
    assert_eq!(records[4].provider, account(BOB)?);
    assert_eq!(records[6].provider, account(CHARLIE)?);
    assert_eq!(records[7].provider, account(BOB)?);
    assert_eq!(records[0].price.compute, 2 * UNIT);

    // The requester paid what settled, and has everything else back.
    let end = scene.client.best_block().await?;
    let events = events_between(&scene.client, start.number, end.number).await?;
    let settled = records
        .iter()
        .filter(|record| record.ending == Ending::Settled);
    let prices: u128 = settled.map(paid).sum();
    for (who, lost) in [(REQUESTER, prices), (WATCHER, 0), (SLANDERER, BOND)] {
        let (before, _) = money(&scene.client, who, start.hash).await?;
        let (after, held) = money(&scene.client, who, end.hash).await?;
        let fees = fees(&events, who)?;
        assert_eq!((after, held), (before - fees - lost, 0), "{who}");
    }

    // What the liars lose waits for a veto, and so does the watcher's part of it.
    let of_eve = deferred(&events, EVE)?;
    assert!(of_eve.contains(&(Failure::Refuted, BOND)), "{of_eve:?}");
    // Once by two honest ones, once by a proof.
    let outvoted = (Failure::Outvoted, COLLATERAL / 10);
    let times = of_eve.iter().filter(|slash| **slash == outvoted).count();
    assert_eq!((times, of_eve.len()), (2, 3), "{of_eve:?}");
    let eve = provider(&scene.client, EVE).await?;
    let sum: u128 = of_eve.iter().map(|(_, amount)| amount).sum();
    assert_eq!((eve.pending, eve.disputed, eve.settled), (sum, 3, 0));
    let watcher = account(WATCHER)?;
    let won = events.iter().any(|event| {
        matches!(event, Event::OptimisticRefuted { request, challenger, slashed, reward, .. }
            if *request == lied && *challenger == watcher && *slashed == BOND && *reward > 0)
    });
    assert!(won, "the watcher has no part of the slash");
    let sleeper = provider(&scene.client, SLEEPER).await?;
    assert_eq!((sleeper.late, sleeper.settled), (3, 0));

    // The watcher ran what it could, and challenged what was false and nothing else.
    for (message, request, times) in [
        ("result is false", lied, 1),
        ("result challenged", lied, 1),
        ("result confirmed", honest, 1),
        ("result confirmed", slandered, 1),
        ("result confirmed", passed_on, 1),
        ("result challenged", honest, 0),
        ("result challenged", slandered, 0),
    ] {
        let count = scene.watcher.count(message, request)?;
        assert_eq!(count, times, "{message} {request}");
    }
    assert_eq!(scene.bob.count("committed", outvoting)?, 1);

    // A worker says of its own models that they are in memory.
    for (seed, resident) in [(BOB, true), (CHARLIE, true), (EVE, false)] {
        let provider = provider(&scene.client, seed).await?;
        let said = provider.offers.iter().map(|(_, offer)| offer.resident);
        assert!(said.eq(provider.offers.iter().map(|_| resident)), "{seed}");
    }
    Ok(())
}
