//! What the providers have, and whether it is to the planck what they should have.
//!
//! A failed attempt has a fine. One for a false proof is taken at once; one for lateness waits for an
//! hour, on hold with the rest of the stake and still the provider's, and is taken then. So nothing is
//! missing in a short run, and in a long one exactly what was taken.

use super::{wait_for_finality, Network, PATIENCE};
use anyhow::{Context, Result};
use lattice_chain_client::{
    AccountId, Balance, Block, BlockNumber, Client, Ending, Event, Record, View,
};
use std::collections::BTreeMap;

/// What a provider has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Assets {
    /// Free and on hold.
    total: Balance,
    /// Part of it that fines will take.
    pending: Balance,
}

/// What the providers had at a block, to be compared later.
#[derive(Clone, Debug)]
pub struct Books {
    block: Block,
    assets: BTreeMap<AccountId, Assets>,
}

/// What providers did between two blocks, and what it brought and cost them.
#[derive(Clone, Debug, Default)]
pub struct Ledger(BTreeMap<AccountId, Dealings>);

/// What one provider did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Dealings {
    /// What its settled requests paid it, by their records.
    earned: Balance,
    /// Attempts that failed, by the records of their requests.
    failed: u64,
    /// The same by the events of their failures.
    missed: u64,
    /// What their fines came to.
    fined: Balance,
    /// What was taken of its stake.
    taken: Balance,
    /// What its transactions cost. They are free while they do what they are for, but for the results of
    /// private requests: else only what comes too late, or a second try, is paid for.
    fees: Balance,
    /// How many of its transactions cost something.
    charged: u64,
    /// Its proven results with private outputs, each of which costs a fee.
    delivered: u64,
}

impl Books {
    /// Notes what the providers have.
    ///
    /// # Errors
    /// The chain cannot be read, or finalizes nothing.
    pub async fn open(network: &Network) -> Result<Self> {
        let block = final_block(network).await?;
        let view = network.client.at(block.hash);
        let mut assets = BTreeMap::new();
        for provider in &network.providers {
            let account = provider.account()?;
            assets.insert(account, assets_of(&view, &account).await?);
        }
        Ok(Self { block, assets })
    }

    /// Compares them with what the providers have at a later block; what is wrong.
    ///
    /// # Errors
    /// The chain cannot be read.
    pub async fn compare(
        &self,
        client: &Client,
        block: Block,
        ledger: &mut Ledger,
    ) -> Result<Vec<String>> {
        for number in self.block.number + 1..=block.number {
            ledger.read_events(client, number).await?;
        }
        let view = client.at(block.hash);
        let mut losses = Vec::new();
        for (provider, before) in &self.assets {
            let now = assets_of(&view, provider).await?;
            let dealings = ledger.0.get(provider).copied().unwrap_or_default();
            losses.extend(dealings.losses(provider, *before, now));
        }
        Ok(losses)
    }
}

impl Ledger {
    /// Enters what an ended request brought and cost.
    pub fn enter(&mut self, record: &Record) {
        for (provider, _) in &record.failed {
            self.of(provider).failed += 1;
        }
        if record.ending == Ending::Settled {
            self.of(&record.provider).earned += record.price.compute;
        }
    }

    /// What all fines came to, and what of them was taken.
    pub fn fines(&self) -> (Balance, Balance) {
        let fined = self.0.values().map(|dealings| dealings.fined).sum();
        let taken = self.0.values().map(|dealings| dealings.taken).sum();
        (fined, taken)
    }

    async fn read_events(&mut self, client: &Client, number: BlockNumber) -> Result<()> {
        let hash = client.block_hash(number).await?;
        let hash = hash.with_context(|| format!("there is no block {number}"))?;
        for event in client.events_at(hash).await? {
            self.note(&event);
        }
        Ok(())
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Expired {
                provider, slashed, ..
            }
            | Event::Rejected {
                provider, slashed, ..
            }
            | Event::ClaimRefuted {
                provider, slashed, ..
            }
            | Event::OutputWithheld {
                provider, slashed, ..
            } => {
                let dealings = self.of(provider);
                dealings.missed += 1;
                dealings.fined += slashed;
            }
            Event::NotAccepted { provider, .. } => self.of(provider).missed += 1,
            Event::Slashed {
                provider, amount, ..
            } => self.of(provider).taken += amount,
            Event::FeePaid { payer, amount } => {
                let dealings = self.of(payer);
                dealings.fees += amount;
                dealings.charged += u64::from(*amount > 0);
            }
            Event::PrivateDelivered { provider, .. } => self.of(provider).delivered += 1,
            _ => {}
        }
    }

    fn of(&mut self, provider: &AccountId) -> &mut Dealings {
        self.0.entry(*provider).or_default()
    }
}

impl Dealings {
    /// What is wrong with what a provider has after all this.
    fn losses(&self, provider: &AccountId, before: Assets, now: Assets) -> Vec<String> {
        let mut losses = Vec::new();
        if now.total + self.taken + self.fees != before.total + self.earned {
            losses.push(format!(
                "{provider} has {} planck; it had {}, earned {}, fines took {} and fees {}",
                now.total, before.total, self.earned, self.taken, self.fees
            ));
        }
        if self.charged > self.delivered && self.failed == 0 {
            losses.push(format!(
                "{provider} paid {} fees, {} planck, for {} private results, and was never late",
                self.charged, self.fees, self.delivered
            ));
        }
        if self.taken + now.pending != before.pending + self.fined {
            losses.push(format!(
                "fines of {provider} come to {} planck beside {} before; {} were taken and {} wait",
                self.fined, before.pending, self.taken, now.pending
            ));
        }
        if self.failed != self.missed {
            losses.push(format!(
                "{} attempts of {provider} failed by the records and {} by the events",
                self.failed, self.missed
            ));
        }
        losses
    }
}

/// A final block that comes after everything that has happened so far.
///
/// # Errors
/// The chain cannot be read, or finalizes nothing.
pub async fn final_block(network: &Network) -> Result<Block> {
    let next = network.client.best_block().await?.number + 1;
    wait_for_finality(&network.client, next, PATIENCE).await?;
    Ok(network.client.finalized_block().await?)
}

async fn assets_of(view: &View, account: &AccountId) -> Result<Assets> {
    let provider = view.provider(account).await?;
    let provider = provider.with_context(|| format!("{account} is no provider"))?;
    Ok(Assets {
        total: view.balance(account).await?.total(),
        pending: provider.pending,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{Failure, InputClaim, H256};

    const PROVIDER: AccountId = AccountId([7; 32]);
    const BEFORE: Assets = Assets {
        total: 1_000,
        pending: 0,
    };

    fn late(slashed: Balance) -> Event {
        Event::Expired {
            request: 1,
            requester: AccountId([1; 32]),
            provider: PROVIDER,
            slashed,
        }
    }

    fn taken(amount: Balance) -> Event {
        Event::Slashed {
            provider: PROVIDER,
            amount,
            cause: Failure::Late,
        }
    }

    fn fee(amount: Balance) -> Event {
        Event::FeePaid {
            payer: PROVIDER,
            amount,
        }
    }

    /// Dealings of a provider that earned 50 and failed so often by the records.
    fn dealings(failed: u64, events: &[Event]) -> Dealings {
        let mut ledger = Ledger::default();
        *ledger.of(&PROVIDER) = Dealings {
            earned: 50,
            failed,
            ..Dealings::default()
        };
        for event in events {
            ledger.note(event);
        }
        *ledger.of(&PROVIDER)
    }

    fn losses(dealings: Dealings, total: Balance, pending: Balance) -> usize {
        let now = Assets { total, pending };
        dealings.losses(&PROVIDER, BEFORE, now).len()
    }

    #[test]
    fn whoever_never_failed_has_what_it_had_and_earned() {
        let honest = dealings(0, &[]);
        assert_eq!(losses(honest, 1_050, 0), 0);
        assert_eq!(losses(honest, 1_049, 0), 1);
        assert_eq!(losses(honest, 1_051, 0), 1);
        assert_eq!(losses(honest, 1_050, 1), 1);
    }

    #[test]
    fn a_fine_that_waits_costs_nothing_yet() {
        let fined = dealings(1, &[late(3)]);
        assert_eq!(losses(fined, 1_050, 3), 0);
        // Taken without being said.
        assert_eq!(losses(fined, 1_047, 3), 1);
        assert_eq!(losses(fined, 1_047, 0), 2);
        // A whole collateral waits.
        assert_eq!(losses(fined, 1_050, 300), 1);
    }

    #[test]
    fn a_fine_that_was_taken_is_missing_exactly() {
        let fined = dealings(2, &[late(3), late(4), taken(3)]);
        assert_eq!(losses(fined, 1_047, 4), 0);
        assert_eq!(losses(fined, 1_046, 4), 1);
        assert_eq!(losses(fined, 1_050, 4), 1);
        assert_eq!(losses(fined, 1_047, 7), 1);
    }

    #[test]
    fn only_a_late_provider_may_have_paid_fees() {
        assert_eq!(losses(dealings(1, &[late(3), fee(2)]), 1_048, 3), 0);
        assert_eq!(losses(dealings(1, &[late(3), fee(2)]), 1_050, 3), 1);
        assert_eq!(losses(dealings(0, &[fee(2)]), 1_048, 0), 1);
    }

    #[test]
    fn a_private_result_costs_one_fee() {
        let result = Event::PrivateDelivered {
            request: 1,
            requester: AccountId([1; 32]),
            provider: PROVIDER,
            output_commitment: H256::zero(),
            final_at: 100,
        };
        let paid = [fee(2), result.clone(), fee(0)];
        assert_eq!(losses(dealings(0, &paid), 1_048, 0), 0);
        assert_eq!(losses(dealings(0, &paid), 1_050, 0), 1);
        let twice = [fee(2), result, fee(2)];
        assert_eq!(losses(dealings(0, &twice), 1_046, 0), 1);
    }

    #[test]
    fn a_fine_over_a_private_request_is_as_one_for_lateness() {
        let withheld = Event::OutputWithheld {
            request: 1,
            requester: AccountId([1; 32]),
            provider: PROVIDER,
            slashed: 3,
        };
        let refuted = Event::ClaimRefuted {
            request: 2,
            requester: AccountId([1; 32]),
            provider: PROVIDER,
            claim: InputClaim::NotReceived,
            slashed: 4,
        };
        let fined = dealings(2, &[withheld, refuted]);
        assert_eq!(losses(fined, 1_050, 7), 0);
        assert_eq!(losses(fined, 1_050, 3), 1);
    }

    #[test]
    fn more_that_was_taken_than_fined_is_wrong() {
        let robbed = dealings(1, &[late(3), taken(900)]);
        assert_eq!(losses(robbed, 150, 0), 1);
    }

    #[test]
    fn a_failure_is_on_record_and_told_by_an_event() {
        let accepted_too_late = Event::NotAccepted {
            request: 1,
            requester: AccountId([1; 32]),
            provider: PROVIDER,
        };
        assert_eq!(losses(dealings(1, &[accepted_too_late]), 1_050, 0), 0);
        assert_eq!(losses(dealings(1, &[]), 1_050, 0), 1);
        assert_eq!(losses(dealings(0, &[late(0)]), 1_050, 0), 1);
    }

    #[test]
    fn another_providers_fines_are_its_own() {
        let other = Event::Expired {
            request: 1,
            requester: AccountId([1; 32]),
            provider: AccountId([8; 32]),
            slashed: 3,
        };
        let mut ledger = Ledger::default();
        for event in [late(5), taken(5), other] {
            ledger.note(&event);
        }
        assert_eq!(ledger.of(&PROVIDER).fined, 5);
        assert_eq!(ledger.fines(), (8, 5));
    }
}
