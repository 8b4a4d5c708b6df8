//! Tests as sentences: `a_provider::can_register_with_the_minimum_stake`.

mod a_provider;
mod an_offer;
mod history;
mod the_market;
mod unbonding;
