//! Whether a stake is too small to be given work, in words.

use lattice_chain_client::{format_balance, stake, Provider};

/// Why a provider is given no work for its stake, or will soon be given none; `None` if it has enough.
pub fn of(provider: &Provider) -> Option<String> {
    let (stake, pending, capacity) = (provider.stake, provider.pending, provider.capacity);
    let demanded = stake::demanded(capacity);
    let left = stake.saturating_sub(pending);
    let [has, demands] = [stake, demanded].map(format_balance);
    let said = if stake < demanded {
        format!("given no work: stake {has} is below {demands} for {capacity} slots")
    } else if left < demanded {
        format!(
            "given no work once {} are slashed: stake {has} is then below {demands} for {capacity} slots",
            format_balance(pending)
        )
    } else if left == demanded {
        format!(
            "given no work after its first fine: {} are just what {capacity} slots demand",
            format_balance(left)
        )
    } else {
        return None;
    };
    let collaterals = provider
        .offers
        .iter()
        .map(|(_, offer)| stake::collateral_of(offer));
    let collateral = collaterals.max().unwrap_or(stake::collateral(0));
    Some(format!(
        "{said}; best add {} by lattice provider top-up",
        format_balance(stake::advised(capacity, collateral).saturating_sub(left))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{samples, AccountId, Balance, Offer, UNIT};

    fn provider(stake: Balance, pending: Balance) -> Provider {
        Provider {
            stake: stake * UNIT,
            pending: pending * UNIT,
            capacity: 5,
            offers: vec![(3, Offer::per_inference(2 * UNIT, 3))],
            ..samples::provider(AccountId([2; 32]), &[])
        }
    }

    #[test]
    fn a_stake_below_what_is_demanded_is_told_with_both_figures() {
        let said = of(&provider(124, 0)).expect("it is too little");
        assert!(
            said.starts_with("given no work: stake 124 LAT is below 125 LAT for 5 slots"),
            "{said}"
        );
        // Up to 275: a collateral of 10 and twenty for each slot above what is demanded.
        assert!(said.contains("best add 151 LAT by"), "{said}");
    }

    #[test]
    fn just_what_is_demanded_does_not_last_and_slashes_count() {
        let exact = of(&provider(125, 0)).expect("it is just enough");
        assert!(exact.contains("after its first fine"), "{exact}");
        let exact = of(&provider(126, 1)).expect("it is just enough");
        assert!(exact.contains("125 LAT are just"), "{exact}");
        let soon = of(&provider(126, 2)).expect("it is too little soon");
        assert!(soon.contains("once 2 LAT are slashed"), "{soon}");
    }

    #[test]
    fn more_than_is_demanded_is_enough() {
        assert_eq!(of(&provider(126, 0)), None);
    }
}
