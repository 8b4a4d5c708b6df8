//! Calls on plans and subscriptions, whose fields are encoded by name.

use super::{named::fields, signing::Signing};
use crate::{submit::Transaction, Balance, BlockNumber, ModelIndex, PlanId, SubscriptionId};
use subxt::ext::scale_encode::{EncodeAsFields, EncodeAsType};

// The derived code says `Result` and means the standard one, so that of this crate is not imported.

fields! {
    SetPlan { model: ModelIndex, period: BlockNumber, quota: u32, price: Balance }
    RemovePlan { plan: PlanId }
    Subscribe { plan: PlanId, periods: u32, max_total: Balance }
    OfSubscription { subscription: SubscriptionId }
}

impl Signing<'_> {
    /// Signs a call of the subscriptions' pallet.
    pub(super) fn of_subscriptions(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("Subscriptions", call, fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::encode_call as encode;
    use codec::Encode;

    const PALLET: &str = "Subscriptions";

    #[test]
    fn calls_on_plans_are_those_of_the_chain() {
        let plan = SetPlan {
            model: 3,
            period: 28_800,
            quota: 1_000,
            price: 5,
        };
        let expected = (3u32, 28_800u32, 1_000u32, 5u128).encode();
        assert_eq!(encode(PALLET, "set_plan", plan), expected);
        let bytes = encode(PALLET, "remove_plan", RemovePlan { plan: 7 });
        assert_eq!(bytes, 7u64.encode());
    }

    #[test]
    fn calls_on_subscriptions_are_those_of_the_chain() {
        let subscribe = Subscribe {
            plan: 7,
            periods: 2,
            max_total: 9,
        };
        let expected = (7u64, 2u32, 9u128).encode();
        assert_eq!(encode(PALLET, "subscribe", subscribe), expected);
        for call in ["settle_period", "cancel", "terminate", "report_absence"] {
            let bytes = encode(PALLET, call, OfSubscription { subscription: 8 });
            assert_eq!(bytes, 8u64.encode(), "{call}");
        }
    }
}
