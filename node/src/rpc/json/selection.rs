//! Who is to serve a request, and how the offers for it compare.

use super::execution::Price;
use crate::rpc::number::U128;
use lattice_primitives::{self as primitives, Preference, MAX_EXCLUDED};
use lattice_runtime::{AccountId, Balance};
use serde::{Deserialize, Serialize};
use sp_core::bounded::BoundedVec;

/// What a requester says about who is to serve it; nothing of it is needed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Selection {
    /// This one or none.
    #[serde(default)]
    pub only: Option<AccountId>,
    /// This one if it is eligible.
    #[serde(default)]
    pub prefer: Option<AccountId>,
    /// Never these.
    #[serde(default)]
    pub exclude: Vec<AccountId>,
}

/// Why a selection cannot be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    #[error("`selection` has both `only` and `prefer`; give one of them")]
    OnlyAndPrefer,
    #[error("`selection.exclude` names {0} accounts; at most {MAX_EXCLUDED} can be excluded")]
    TooManyExcluded(usize),
}

impl TryFrom<Selection> for primitives::Selection<AccountId> {
    type Error = SelectionError;

    fn try_from(selection: Selection) -> Result<Self, Self::Error> {
        let preference = match (selection.only, selection.prefer) {
            (None, None) => Preference::Best,
            (Some(only), None) => Preference::Only(only),
            (None, Some(preferred)) => Preference::Prefer(preferred),
            (Some(_), Some(_)) => return Err(SelectionError::OnlyAndPrefer),
        };
        let excluded = BoundedVec::try_from(selection.exclude)
            .map_err(|excluded| SelectionError::TooManyExcluded(excluded.len()))?;
        Ok(Self {
            preference,
            excluded,
        })
    }
}

/// How an offer compares with the other eligible ones, in parts per million.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    pub price: u32,
    pub capacity: u32,
    pub reputation: u32,
    pub stake: u32,
    pub residency: u32,
    /// The weighted mean; the highest is chosen.
    pub total: u32,
}

/// What an eligible provider would serve a request for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bid {
    pub provider: AccountId,
    pub price: Price,
    pub total: U128,
    pub score: Score,
}

/// A provider with an offer that cannot be given a request, and why.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ineligible {
    pub provider: AccountId,
    pub reason: primitives::Ineligible,
}

impl From<primitives::Bid<AccountId, Balance>> for Bid {
    fn from(bid: primitives::Bid<AccountId, Balance>) -> Self {
        Self {
            provider: bid.provider,
            price: bid.price.into(),
            total: U128(bid.total),
            score: Score {
                price: bid.score.price,
                capacity: bid.score.capacity,
                reputation: bid.score.reputation,
                stake: bid.score.stake,
                residency: bid.score.residency,
                total: bid.score.total,
            },
        }
    }
}

impl From<(AccountId, primitives::Ineligible)> for Ineligible {
    fn from((provider, reason): (AccountId, primitives::Ineligible)) -> Self {
        Self { provider, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    fn read(value: serde_json::Value) -> Result<primitives::Selection<AccountId>, SelectionError> {
        from_value::<Selection>(value)
            .expect("it is read")
            .try_into()
    }

    #[test]
    fn nothing_said_means_the_best() {
        assert_eq!(read(json!({})), Ok(primitives::Selection::default()));
        // As polkadot.js writes what was left out.
        let nothing = json!({ "only": null, "prefer": null, "exclude": [] });
        assert_eq!(read(nothing), Ok(primitives::Selection::default()));
    }

    #[test]
    fn a_provider_can_be_named_preferred_and_excluded() {
        let only = read(json!({ "only": ALICE, "exclude": [BOB] })).expect("it can be meant");
        assert_eq!(only.preference, Preference::Only(Alice.to_account_id()));
        assert_eq!(only.excluded.to_vec(), [Bob.to_account_id()]);
        let preferred = read(json!({ "prefer": BOB })).expect("it can be meant");
        assert_eq!(
            preferred.preference,
            Preference::Prefer(Bob.to_account_id())
        );
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        let both = read(json!({ "only": ALICE, "prefer": BOB }));
        assert_eq!(both, Err(SelectionError::OnlyAndPrefer));
        let many = read(json!({ "exclude": vec![ALICE; 17] }));
        assert_eq!(many, Err(SelectionError::TooManyExcluded(17)));
        assert!(from_value::<Selection>(json!({ "cheapest": true })).is_err());
    }
}
