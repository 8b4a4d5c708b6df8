//! A state as a chain would leave it, for tests of what shows it.

use super::*;

/// A block of that number and hash, and of that many seconds.
pub fn moment(number: BlockNumber, hash: u8, seconds: u64) -> Moment {
    Moment {
        number,
        hash: H256([hash; 32]),
        timestamp: Some(seconds * 1000),
    }
}

/// An ended request of the first provider; a settled one cost 2 LAT, any other 5 LAT of stake.
pub fn ended(block: BlockNumber, request: RequestId, outcome: Outcome) -> Ended {
    let settled = outcome == Outcome::Settled;
    Ended {
        block,
        request,
        outcome,
        provider: Some(AccountId([1; 32])),
        price: settled.then_some(2_000_000_000_000),
        goes_on: false,
        slashed: if settled { 0 } else { 5_000_000_000_000 },
    }
}

/// A block at second `3 × number`, with its number as hash, that ended these requests.
pub fn block(number: u8, outcomes: &[Outcome]) -> BestBlock {
    let at = moment(number.into(), number, 3 * u64::from(number));
    let numbers = u64::from(number) * 10..;
    BestBlock {
        at,
        events: 7,
        endings: numbers
            .zip(outcomes)
            .map(|(request, &outcome)| ended(number.into(), request, outcome))
            .collect(),
    }
}

/// A provider of that account, with so many settlements.
pub fn provider(account: u8, settled: u64) -> ProviderRow {
    ProviderRow {
        account: AccountId([account; 32]),
        stake: 1_000_000_000_000_000,
        locked: 10_000_000_000_000,
        capacity: 4,
        running: u32::from(account),
        settled,
        late: 0,
        rejected: 1,
        last_heartbeat: 1,
        offers: 1,
    }
}

/// A model of that index, with so many executions.
pub fn model(index: ModelIndex, name: &str, total_executions: u64) -> ModelRow {
    ModelRow {
        index,
        name: name.to_owned(),
        version: 1,
        providers: 1,
        total_executions,
    }
}

/// Two blocks, the first one final, with two settlements and a rejection in the second; two
/// models of nine, two providers with three requests at work; two seconds after the second block.
pub fn busy() -> State {
    let mut state = State::new("ws://node");
    state.apply(Update::Best(block(1, &[])));
    state.apply(Update::Best(block(
        2,
        &[Outcome::Settled, Outcome::Settled, Outcome::ProofRejected],
    )));
    state.apply(Update::Finalized(moment(1, 1, 3)));
    state.apply(Update::Tables(Tables {
        models: vec![model(7, "quiet", 0), model(8, "digits", 2)],
        model_count: 9,
        providers: vec![provider(1, 2), provider(2, 0)],
        more_providers: false,
    }));
    state.tick(8_000);
    state
}
