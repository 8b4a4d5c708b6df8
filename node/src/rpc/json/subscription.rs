//! Plans, and subscriptions to them.

use super::execution::Price;
use crate::rpc::number::{U128, U64};
use lattice_primitives::{ModelIndex, PlanInfo, SubscriptionInfo};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::H256;

/// What a provider offers to those who pay in advance; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub plan: U64,
    pub provider: AccountId,
    pub model: ModelIndex,
    /// Blocks of a period.
    pub period: BlockNumber,
    /// Requests of a period.
    pub quota: u32,
    /// To the provider for a period.
    pub price: U128,
    /// What each request costs whoever subscribes now; `null`: nobody can.
    pub unit: Option<Price>,
}

/// An open subscription; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    pub subscription: U64,
    /// The plan whose terms these are; there may be no such plan any more.
    pub plan: U64,
    pub subscriber: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// Of each request.
    pub price: Price,
    /// Blocks of a period.
    pub period: BlockNumber,
    /// Requests of a period.
    pub quota: u32,
    pub periods: u32,
    /// The first block of the first period.
    pub subscribed_at: BlockNumber,
    /// The first period that is not settled, counted from zero.
    pub index: u32,
    /// Requests of that period that were made.
    pub used: u32,
    /// Failures of the provider in that period.
    pub failures: u32,
    pub prepaid: U128,
    /// What was released for requests that were made.
    pub drawn: U128,
    /// What the provider got for requests that were not made.
    pub paid: U128,
    pub refunded: U128,
    /// On hold.
    pub left: U128,
    /// The first block in which period `index` is over.
    pub settles_at: BlockNumber,
}

impl From<PlanInfo<AccountId, Balance, BlockNumber>> for Plan {
    fn from(info: PlanInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            plan: U64(info.plan),
            provider: info.provider,
            model: info.model,
            period: info.period,
            quota: info.quota,
            price: U128(info.price),
            unit: info.unit.map(Price::from),
        }
    }
}

impl From<SubscriptionInfo<AccountId, Balance, BlockNumber>> for Subscription {
    fn from(info: SubscriptionInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            subscription: U64(info.subscription),
            plan: U64(info.plan),
            subscriber: info.subscriber,
            provider: info.provider,
            model: info.model,
            model_hash: info.model_hash,
            price: info.price.into(),
            period: info.period,
            quota: info.quota,
            periods: info.periods,
            subscribed_at: info.subscribed_at,
            index: info.index,
            used: info.used,
            failures: info.failures,
            prepaid: U128(info.prepaid),
            drawn: U128(info.drawn),
            paid: U128(info.paid),
            refunded: U128(info.refunded),
            left: U128(info.left),
            settles_at: info.settles_at,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value, Value};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    fn price() -> lattice_primitives::Price<Balance> {
        lattice_primitives::Price {
            compute: 1 << 80,
            royalty: 2,
            fee: 3,
        }
    }

    fn price_json() -> Value {
        json!({ "compute": "1208925819614629174706176", "royalty": "2", "fee": "3" })
    }

    /// A plan of Bob's that can be subscribed to.
    pub fn plan() -> PlanInfo<AccountId, Balance, BlockNumber> {
        PlanInfo {
            plan: u64::MAX,
            provider: Bob.to_account_id(),
            model: 3,
            period: 28_800,
            quota: 1_000,
            price: u128::MAX,
            unit: Some(price()),
        }
    }

    /// A subscription of Alice's to it.
    pub fn subscription() -> SubscriptionInfo<AccountId, Balance, BlockNumber> {
        SubscriptionInfo {
            subscription: 1 << 60,
            plan: u64::MAX,
            subscriber: Alice.to_account_id(),
            provider: Bob.to_account_id(),
            model: 3,
            model_hash: H256::repeat_byte(1),
            price: price(),
            period: 28_800,
            quota: 1_000,
            periods: 4,
            subscribed_at: 10,
            index: 1,
            used: 5,
            failures: 6,
            prepaid: u128::MAX,
            drawn: 7,
            paid: 8,
            refunded: 9,
            left: 11,
            settles_at: 57_610,
        }
    }

    #[test]
    fn a_plan_reads_as_documented() {
        let expected = json!({
            "plan": "18446744073709551615",
            "provider": BOB,
            "model": 3,
            "period": 28_800,
            "quota": 1_000,
            "price": "340282366920938463463374607431768211455",
            "unit": price_json(),
        });
        assert_eq!(to_value(Plan::from(plan())).expect("serialises"), expected);
        let closed = PlanInfo {
            unit: None,
            ..plan()
        };
        let json = to_value(Plan::from(closed)).expect("serialises");
        assert_eq!(json["unit"], Value::Null);
    }

    #[test]
    fn a_subscription_reads_as_documented() {
        let expected = json!({
            "subscription": "1152921504606846976",
            "plan": "18446744073709551615",
            "subscriber": ALICE,
            "provider": BOB,
            "model": 3,
            "modelHash": format!("0x{}", "01".repeat(32)),
            "price": price_json(),
            "period": 28_800,
            "quota": 1_000,
            "periods": 4,
            "subscribedAt": 10,
            "index": 1,
            "used": 5,
            "failures": 6,
            "prepaid": "340282366920938463463374607431768211455",
            "drawn": "7",
            "paid": "8",
            "refunded": "9",
            "left": "11",
            "settlesAt": 57_610,
        });
        let json = to_value(Subscription::from(subscription())).expect("serialises");
        assert_eq!(json, expected);
    }
}
