use super::testing::{block, busy, moment, provider};
use super::*;

fn after(updates: impl IntoIterator<Item = Update>) -> State {
    let mut state = State::new("ws://node");
    for update in updates {
        state.apply(update);
    }
    state
}

#[test]
fn nothing_is_made_up_before_the_first_block() {
    let state = State::default();
    let figures = state.figures();
    assert_eq!(figures.best(), None);
    assert_eq!(figures.settlements_per_second(), None);
    assert_eq!((figures.window(), figures.in_flight()), (0, 0));
    assert_eq!(figures.blocks_since(5), 0);
}

#[test]
fn one_block_has_no_rate() {
    let state = after([Update::Best(block(1, &[Outcome::Settled]))]);
    assert_eq!(state.figures().settlements_per_second(), None);
    assert_eq!(state.figures().seen.settled, 1);
}

#[test]
fn the_rate_is_that_of_the_last_blocks() {
    // One settlement in each of many blocks, three seconds apart; the first ones have many.
    let many = [Outcome::Settled; 50];
    let state = after((1..100).map(|number| {
        let settled = if number < 50 { 50 } else { 1 };
        Update::Best(block(number, &many[..settled]))
    }));
    let rate = state.figures().settlements_per_second().unwrap();
    assert!((rate - 1.0 / 3.0).abs() < 1e-9, "{rate}");
    assert_eq!(state.figures().window(), WINDOW);
}

#[test]
fn a_genesis_block_has_no_age_and_gives_no_rate() {
    let mut genesis = block(0, &[]);
    genesis.at.timestamp = None;
    let state = after([
        Update::Best(genesis.clone()),
        Update::Best(block(1, &[Outcome::Settled])),
    ]);
    assert_eq!(state.age(&genesis.at), None);
    assert_eq!(state.figures().settlements_per_second(), None);
}

#[test]
fn a_block_that_left_the_chain_takes_its_endings_along() {
    let mut other = block(2, &[Outcome::Expired]);
    other.at.hash = H256([9; 32]);
    let state = after([
        Update::Best(block(1, &[Outcome::Settled])),
        Update::Best(block(2, &[Outcome::Settled, Outcome::ProofRejected])),
        Update::Best(other.clone()),
        Update::Best(block(3, &[])),
    ]);
    let figures = state.figures();
    let expected = Tally {
        settled: 1,
        expired: 1,
        ..Tally::default()
    };
    assert_eq!(figures.seen, expected);
    assert_eq!(figures.blocks().len(), 3);
    let outcomes: Vec<Outcome> = figures.endings().map(|ended| ended.outcome).collect();
    assert_eq!(outcomes, [Outcome::Expired, Outcome::Settled]);
}

#[test]
fn memory_is_bounded() {
    let many = [Outcome::Settled; 40];
    let blocks = (0..=u8::MAX).map(|number| Update::Best(block(number, &many)));
    let state = after(blocks);
    assert_eq!(state.figures().blocks().len(), BLOCKS_KEPT);
    assert_eq!(state.figures().endings().count(), ENDINGS_KEPT);
    assert_eq!(state.figures().seen.settled, 256 * 40);
    // The newest one is the first.
    let newest = state.figures().endings().next().unwrap();
    assert_eq!((newest.block, newest.request), (255, 2_589));
}

#[test]
fn tables_come_with_the_busiest_first() {
    let state = busy();
    let tables = &state.figures().tables;
    assert_eq!(tables.models[0].name, "digits");
    assert_eq!(tables.providers[0].settled, 2);
    assert_eq!(state.figures().in_flight(), 3);
    assert_eq!(state.figures().blocks_since(1), 1);
}

#[test]
fn ages_are_in_seconds_and_never_negative() {
    let mut state = busy();
    assert_eq!(state.age(&moment(1, 1, 3)), Some(5));
    state.tick(0);
    assert_eq!(state.age(&moment(1, 1, 3)), Some(0));
}

#[test]
fn trouble_lasts_until_the_next_news() {
    let mut state = busy();
    state.apply(Update::Trouble("away".to_owned()));
    assert_eq!(state.trouble.as_deref(), Some("away"));
    assert_eq!(state.figures().seen.settled, 2);
    state.apply(Update::Best(block(3, &[])));
    assert_eq!(state.trouble, None);
}

#[test]
fn a_pause_stops_what_is_shown_and_not_what_is_counted() {
    let mut state = busy();
    state.toggle_pause();
    state.apply(Update::Best(block(3, &[Outcome::Settled])));
    assert!(state.is_paused());
    assert_eq!(state.figures().seen.settled, 2);
    state.toggle_pause();
    assert_eq!(state.figures().seen.settled, 3);
}

#[test]
fn scrolling_ends_at_both_ends() {
    let mut state = busy();
    state.scroll_up();
    assert_eq!(state.scroll(), 0);
    for _ in 0..5 {
        state.scroll_down();
    }
    assert_eq!(state.scroll(), 1);
    state.apply(Update::Tables(Tables {
        providers: vec![provider(1, 0)],
        ..Tables::default()
    }));
    assert_eq!(state.scroll(), 0);
}
