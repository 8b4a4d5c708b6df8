//! Whether a stake is too small to be given work, in words.

use lattice_chain_client::{format_balance, stake, Balance, Provider};

/// Why a provider is given no work for its stake, or will soon be given none; `None` if it has enough.
pub fn of(provider: &Provider) -> Option<String> {
    let prices = provider.offers.iter().map(|(_, offer)| offer.price);
    words(
        provider.stake,
        provider.pending,
        provider.capacity,
        prices.max().unwrap_or(0),
    )
}

/// The same of a provider that is not there yet.
pub fn of_registration(stake: Balance, capacity: u32) -> Option<String> {
    words(stake, 0, capacity, 0)
}

/// Continues a sentence about a provider, of whose stake slashes will take `pending`, and which asks at
/// most this price.
fn words(stake: Balance, pending: Balance, capacity: u32, price: Balance) -> Option<String> {
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
    Some(format!(
        "{said}; lattice provider top-up, best to {} or more",
        format_balance(stake::advised(capacity, price).saturating_add(pending))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{samples, AccountId, Offer, UNIT};

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
        // A collateral of 10 and twenty for each slot.
        assert!(said.ends_with("top-up, best to 275 LAT or more"), "{said}");
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
        assert_eq!(of_registration(101 * UNIT, 4), None);
        assert!(of_registration(100 * UNIT, 4).is_some());
    }
}
