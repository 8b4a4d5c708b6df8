//! The events of programs, of models on chain, of direct answers, of batches, of channels, of other
//! tiers, of subscriptions and of private requests, decoded straight into the types of `lattice-primitives`.

use super::{Event, ProgramEvent};
use crate::{Error, Result};
use codec::{Decode, DecodeAll};

/// Each event by the names of its pallet and its own, with its fields in the chain's
/// order.
macro_rules! events {
    ($($pallet:literal $name:literal => $kind:ident :: $event:ident { $($field:ident),+ })+) => {
        /// Reads an event; `None` if it is another one.
        pub(super) fn read(pallet: &str, name: &str, bytes: &[u8]) -> Result<Option<Event>> {
            let what = (pallet, name);
            Ok(Some(match what {
                $(($pallet, $name) => {
                    let ($($field,)+) = fields(what, bytes)?;
                    Event::from($kind::$event { $($field),+ })
                })+
                _ => return Ok(None),
            }))
        }

        #[cfg(test)]
        const KNOWN: &[(&str, &str, &[&str])] =
            &[$(($pallet, $name, &[$(stringify!($field)),+])),+];
    };
}

events! {
    "ModelRegistry" "ChunkUploaded" => Event::ChunkUploaded { model, index, missing }
    "ModelRegistry" "Finalized" => Event::ModelFinalized { model, model_hash, byte_size }
    "ModelRegistry" "ChunksCleared" => Event::ChunksCleared { model, refund }
    "ModelRegistry" "StateStored" => Event::StateStored { model, parent, state_hash }
    "Inference" "Answered" =>
        Event::Answered { request, requester, model, output, gas_used, royalty }
    "Inference" "ResultRefused" => Event::ResultRefused { request, provider, reason }
    "Inference" "Ordered" => Event::Ordered { request, requester, model, verification }
    "Optimistic" "Settled" => Event::OptimisticSettled { request, requester, provider, price }
    "Optimistic" "Expired" => Event::OptimisticExpired { request, requester, provider, slashed }
    "Optimistic" "Refuted" => Event::OptimisticRefuted {
        request, dispute, requester, provider, challenger, slashed, reward
    }
    "Optimistic" "Waiting" => Event::Waiting { request, attempts_left }
    "Optimistic" "PassedOn" => Event::PassedOn { request, requester, provider, price }
    "Optimistic" "Unserved" => Event::Unserved { request, requester }
    "Replication" "Concluded" => Event::ReplicationConcluded { request, ending, agreed, price }
    "Optimistic" "Challenged" => Event::ResultChallenged { request, challenger, dispute, bond }
    "Subscriptions" "PlanSet" =>
        Event::PlanSet { plan, provider, model, period, quota, price, replaced }
    "Subscriptions" "Subscribed" => Event::Subscribed {
        subscription, plan, subscriber, provider, model, price, period, quota, periods, prepaid
    }
    "Subscriptions" "Ended" => Event::SubscriptionEnded {
        subscription, subscriber, provider, reason, drawn, paid, refunded
    }
    "PrivateRequests" "Assigned" => Event::PrivateAssigned {
        request, requester, provider, model, input_commitment, output_private, price, deadline
    }
    "PrivateRequests" "Claimed" =>
        Event::InputClaimed { request, requester, provider, claim, open_by }
    "PrivateRequests" "InputOpened" => Event::InputOpened { request, requester, provider, deadline }
    "PrivateRequests" "InputNotOpened" =>
        Event::InputNotOpened { request, requester, provider, claim, fee }
    "PrivateRequests" "ClaimRefuted" =>
        Event::ClaimRefuted { request, requester, provider, claim, slashed }
    "PrivateRequests" "Delivered" =>
        Event::PrivateDelivered { request, requester, provider, output_commitment, final_at }
    "PrivateRequests" "PostingForced" =>
        Event::PostingForced { request, requester, provider, post_by }
    "PrivateRequests" "OutputPosted" => Event::OutputPosted { request, provider, output, blinding }
    "PrivateRequests" "Settled" => Event::Settled { request, requester, provider, gas_used, price }
    "PrivateRequests" "Rejected" => Event::Rejected { request, requester, provider, slashed }
    "PrivateRequests" "Expired" => Event::Expired { request, requester, provider, slashed }
    "PrivateRequests" "OutputWithheld" =>
        Event::OutputWithheld { request, requester, provider, slashed }
    "PrivateRequests" "PaymentDiverted" => Event::PaymentDiverted { request, payee, amount }
    "AiPrograms" "CodeUploaded" => ProgramEvent::CodeUploaded { code_hash, owner, deposit }
    "AiPrograms" "CodeRemoved" => ProgramEvent::CodeRemoved { code_hash, owner, deposit }
    "AiPrograms" "Instantiated" =>
        ProgramEvent::Instantiated { program, code_hash, deployer, output, gas_used }
    "AiPrograms" "Called" => ProgramEvent::Called { program, caller, output, gas_used }
    "AiPrograms" "ProgramTrapped" => ProgramEvent::Trapped { program, caller, trap, gas_used }
    "AiPrograms" "BytecodeExecuted" => ProgramEvent::BytecodeExecuted { caller, gas_used }
    "AiPrograms" "BytecodeTrapped" => ProgramEvent::BytecodeTrapped { caller, trap, gas_used }
    "AiPrograms" "Emitted" => ProgramEvent::Emitted { program, data }
    "AiPrograms" "Terminated" =>
        ProgramEvent::Terminated { program, code_hash, beneficiary, amount, deposit }
    "AiPrograms" "Committed" => ProgramEvent::Committed { author, subject, digest }
    "AiPrograms" "StateHashed" => ProgramEvent::StateHashed { author, model_hash, state_hash }
    "PaymentChannels" "Opened" =>
        Event::ChannelOpened { channel, payer, provider, model, price, deposit }
    "PaymentChannels" "ToppedUp" => Event::ChannelToppedUp { channel, amount, deposit }
    "PaymentChannels" "Redeemed" => Event::VoucherRedeemed { channel, amount, cumulative }
    "PaymentChannels" "Closing" => Event::ChannelClosing { channel, withdrawable_at }
    "PaymentChannels" "Closed" => Event::ChannelClosed { channel, refunded }
    "PaymentChannels" "PaymentDiverted" => Event::ChannelPaymentDiverted { channel, payee, amount }
}

/// Decodes an event's fields; bytes left over mean that the chain's event is another.
fn fields<Fields: Decode>((pallet, name): (&str, &str), mut bytes: &[u8]) -> Result<Fields> {
    Fields::decode_all(&mut bytes).map_err(|error| Error::Decode {
        what: format!("event {pallet}.{name}"),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountId, Price, ProgramFault, ProgramTrap, Verification, H256};
    use codec::Encode;

    #[test]
    fn the_chain_has_these_events_with_these_fields() {
        let metadata = crate::testing::metadata();
        for (pallet, name, fields) in KNOWN {
            let variants = metadata
                .pallet_by_name(pallet)
                .and_then(|pallet| pallet.event_variants())
                .unwrap_or_else(|| panic!("no events of {pallet}"));
            let variant = variants
                .iter()
                .find(|variant| variant.name == *name)
                .unwrap_or_else(|| panic!("no event {pallet}.{name}"));
            let found: Vec<_> = variant
                .fields
                .iter()
                .filter_map(|field| field.name.as_deref())
                .collect();
            assert_eq!(found, *fields, "{pallet}.{name}");
        }
    }

    #[test]
    fn a_trap_is_read_with_its_reason() {
        let (program, caller) = (AccountId([1; 32]), AccountId([2; 32]));
        let trap = ProgramFault::Trap(ProgramTrap::Reverted { data: vec![3] });
        let bytes = (program, caller, trap.clone(), 7u64).encode();
        let event = read("AiPrograms", "ProgramTrapped", &bytes).expect("decodes");
        assert_eq!(
            event,
            Some(Event::Program(ProgramEvent::Trapped {
                program,
                caller,
                trap,
                gas_used: 7
            }))
        );
    }

    #[test]
    fn an_opened_channel_is_read_with_its_price() {
        let (payer, provider) = (AccountId([1; 32]), AccountId([2; 32]));
        let price = Price {
            compute: 5u128,
            royalty: 6,
            fee: 7,
        };
        let bytes = (8u64, payer, provider, 3u32, price, 90u128).encode();
        let event = read("PaymentChannels", "Opened", &bytes).expect("decodes");
        assert_eq!(
            event,
            Some(Event::ChannelOpened {
                channel: 8,
                payer,
                provider,
                model: 3,
                price,
                deposit: 90
            })
        );
    }

    #[test]
    fn an_order_is_read_with_its_tier() {
        let requester = AccountId([1; 32]);
        let verification = Verification::Replicated { n: 3, k: 2 };
        let bytes = (4u64, requester, 3u32, verification).encode();
        let event = read("Inference", "Ordered", &bytes).expect("decodes");
        assert_eq!(
            event,
            Some(Event::Ordered {
                request: 4,
                requester,
                model: 3,
                verification
            })
        );
    }

    #[test]
    fn an_event_of_another_shape_is_named() {
        let mut bytes = (3u32, H256::zero(), 5u32).encode();
        bytes.push(0);
        let error = read("ModelRegistry", "Finalized", &bytes).expect_err("a byte too many");
        assert!(error.to_string().contains("ModelRegistry.Finalized"));
        assert_eq!(read("Balances", "Transfer", &bytes).expect("another"), None);
    }
}
