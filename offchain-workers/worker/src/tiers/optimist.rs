//! Optimistic requests of this provider: their results are posted, and defended in [`super::dispute`].

use super::{Done, Game, Hands, Kind, Role, TierError, Tiers};
use lattice_chain_client::{
    AccountId, BlockNumber, Call, Optimistic, OptimisticStatus, View, H256,
};

/// Whether a provider is to post a result, after a block. What is due in that block cannot be in time
/// in the next.
pub fn is_due(open: &Optimistic, account: &AccountId, now: BlockNumber) -> bool {
    open.status == OptimisticStatus::Assigned && open.provider == *account && open.deadline > now
}

impl Tiers {
    pub(super) async fn look_after_posts(&mut self, view: &View) -> Result<(), TierError> {
        let account = self.hands.account;
        let all = view.all_optimistic_of(&account).await?;
        self.forget_ended(Kind::Post, all.iter().map(|open| open.request));
        for open in all {
            let game = Game::new(Kind::Post, open.request);
            if self.is_free(game) && is_due(&open, &account, self.now) {
                let hands = self.hands.clone();
                self.play(
                    game,
                    Role::Optimist,
                    async move { post(&hands, &open).await },
                );
            }
        }
        Ok(())
    }
}

async fn post(hands: &Hands, open: &Optimistic) -> Result<Done, TierError> {
    let request = open.request;
    let served = hands.served(&open.model_hash)?;
    let own = hands.traces.of(&served, &open.input).await?;
    let trace_root = H256(own.root());
    let call = Call::PostOptimistic {
        request,
        context: open.context,
        output: own.trace().output().to_vec(),
        trace_root,
        link: own.output_link(),
    };
    let block = hands.submit(&call).await?.block.number;
    tracing::info!(request, block, ?trace_root, "result posted");
    Ok(Done::InBlock(block))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assigned, posted, waiting, ALICE, BOB, CHARLIE, NOW};
    use super::*;

    #[test]
    fn a_result_is_due_from_its_provider_until_there_is_one() {
        assert!(is_due(&assigned(), &BOB, NOW));
        assert!(!is_due(&assigned(), &ALICE, NOW));
        assert!(!is_due(&posted(Vec::new()), &BOB, NOW));
    }

    #[test]
    fn a_result_is_not_due_from_a_provider_that_has_failed_its_request() {
        assert!(!is_due(&waiting(), &BOB, NOW));
        let passed_on = Optimistic {
            provider: CHARLIE,
            ..assigned()
        };
        assert!(!is_due(&passed_on, &BOB, NOW));
        assert!(is_due(&passed_on, &CHARLIE, NOW));
    }

    #[test]
    fn a_result_that_cannot_be_in_time_is_not_shown() {
        let open = assigned();
        assert!(is_due(&open, &BOB, open.deadline - 1));
        for late in [open.deadline, open.deadline + 1] {
            assert!(!is_due(&open, &BOB, late));
        }
    }
}
