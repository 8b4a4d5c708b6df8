//! Events in the types that subxt generates from the metadata.

use super::{decoded, Event};
use crate::{generated, Config, Result};

/// Turns a raw event into the variant whose pattern it matches, and returns it.
macro_rules! read {
    ($raw:expr, $($pallet:ident :: $name:ident { $($fields:tt)* } => $event:expr),+ $(,)?) => {$(
        if let Some(fields) = $raw.decode_fields_as::<generated::$pallet::events::$name>() {
            let generated::$pallet::events::$name { $($fields)* } = fields?;
            return Ok($event);
        }
    )+};
}

impl Event {
    pub(crate) fn read(raw: &subxt::events::Event<'_, Config>) -> Result<Self> {
        read!(raw,
            model_registry::Registered { model, owner, model_hash, deposit } =>
                Event::ModelRegistered { model, owner, model_hash, deposit },
            model_registry::KeyRegistered { model, vk_id, setup } =>
                Event::KeyRegistered { model, vk_id, setup: setup.0 },
            model_registry::PricingUpdated { model, pricing } =>
                Event::PricingUpdated { model, pricing: pricing.into() },
            model_registry::Deprecated { model } => Event::ModelDeprecated { model },
            model_registry::Transferred { model, from, to } =>
                Event::ModelTransferred { model, from, to },
            compute_providers::Registered { provider, stake } =>
                Event::ProviderRegistered { provider, stake },
            compute_providers::ToppedUp { provider, amount } =>
                Event::ToppedUp { provider, amount },
            compute_providers::Unbonding { provider, amount, available_at } =>
                Event::Unbonding { provider, amount, available_at },
            compute_providers::Withdrawn { provider, amount } =>
                Event::Withdrawn { provider, amount },
            compute_providers::OfferSet { provider, model, offer } => Event::OfferSet {
                provider,
                model,
                price: offer.price,
                min_deadline: offer.min_deadline,
            },
            compute_providers::OfferRemoved { provider, model } =>
                Event::OfferRemoved { provider, model },
            compute_providers::Heartbeat { provider } => Event::Heartbeat { provider },
            compute_providers::ProfileUpdated { provider } =>
                Event::ProfileUpdated { provider },
            compute_providers::Paused { provider } => Event::ProviderPaused { provider },
            compute_providers::Resumed { provider } => Event::ProviderResumed { provider },
            compute_providers::Deregistered { provider } =>
                Event::ProviderDeregistered { provider },
            compute_providers::Slashed { provider, amount, cause } =>
                Event::Slashed { provider, amount, cause: cause.0 },
            compute_providers::SlashDeferred { slash, provider, amount, cause, apply_at } =>
                Event::SlashDeferred { slash, provider, amount, cause: cause.0, apply_at },
            compute_providers::SlashVetoed { slash, provider, amount } =>
                Event::SlashVetoed { slash, provider, amount },
            inference::Requested { request, requester, provider, model, price } =>
                Event::Requested { request, requester, provider, model, price: price.into() },
            inference::Settled { request, requester, provider, gas_used, price } =>
                Event::Settled { request, requester, provider, gas_used, price: price.into() },
            inference::Rejected { request, requester, provider, slashed } =>
                Event::Rejected { request, requester, provider, slashed },
            inference::Expired { request, requester, provider, slashed } =>
                Event::Expired { request, requester, provider, slashed },
            inference::NotAccepted { request, requester, provider } =>
                Event::NotAccepted { request, requester, provider },
            inference::Accepted { request, provider } => Event::Accepted { request, provider },
            inference::Waiting { request, attempts_left } =>
                Event::Waiting { request, attempts_left },
            inference::PassedOn { request, requester, provider, price } =>
                Event::PassedOn { request, requester, provider, price: price.into() },
            inference::Cancelled { request, requester } =>
                Event::Cancelled { request, requester },
            inference::Unserved { request, requester } => Event::Unserved { request, requester },
            inference::PaymentDiverted { request, payee, amount } =>
                Event::PaymentDiverted { request, payee, amount },
            transaction_payment::TransactionFeePaid { who, actual_fee, tip: _ } =>
                Event::FeePaid { payer: who, amount: actual_fee },
        );
        let (pallet, name) = (raw.pallet_name(), raw.event_name());
        if let Some(event) = decoded::read(pallet, name, raw.field_bytes())? {
            return Ok(event);
        }
        Ok(Event::Other {
            pallet: pallet.to_owned(),
            name: name.to_owned(),
        })
    }
}
