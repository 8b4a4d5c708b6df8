//! Tests as sentences: `a_provider::can_register_with_the_minimum_stake`.

mod a_free_heartbeat;
mod a_full_ranking;
mod a_large_stake;
mod a_provider;
mod a_reputation;
mod a_slash;
mod an_offer;
mod history;
mod the_choice;
mod the_market;
mod unbonding;
