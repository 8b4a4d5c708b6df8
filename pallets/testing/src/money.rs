//! Accounts that a payment cannot be credited to.

use crate::{AccountId, Balance, CAROL, EXISTENTIAL_DEPOSIT};
use frame::testing_prelude::*;
use frame::traits::fungible::{Inspect, Mutate};
use frame::traits::tokens::Preservation;
use lattice_primitives::Pricing;

/// Less than an account needs to live.
pub const CRUMB: Balance = EXISTENTIAL_DEPOSIT - 1;

/// Makes a balance as large as one can be: nothing can be credited to it.
pub fn fill<T>(who: &AccountId)
where
    T: frame_system::Config<
        AccountId = AccountId,
        AccountData = pallet_balances::AccountData<Balance>,
    >,
{
    frame_system::Account::<T>::mutate(who, |account| {
        account.data.free = Balance::MAX;
    });
}

/// An account that gets CAROL's model 0, with a royalty of a [`CRUMB`]. It is to die ([`dies`]) before
/// the royalty arrives, which then would not bring it back.
pub fn doomed_owner<T>() -> AccountId
where
    T: frame_system::Config<AccountId = AccountId>
        + pallet_balances::Config<Balance = Balance>
        + pallet_model_registry::Config,
{
    let owner = AccountId::new([66; 32]);
    <pallet_balances::Pallet<T> as Mutate<AccountId>>::set_balance(&owner, EXISTENTIAL_DEPOSIT);
    assert_ok!(pallet_model_registry::Pallet::<T>::update_pricing(
        frame_system::RawOrigin::Signed(CAROL).into(),
        0,
        Pricing {
            royalty: CRUMB.saturated_into(),
        },
    ));
    hand_over::<T>(&CAROL, &owner);
    owner
}

/// A [`doomed_owner`] gives the model and all that it has back to CAROL, and is gone.
pub fn dies<T>(owner: &AccountId)
where
    T: frame_system::Config<AccountId = AccountId>
        + pallet_balances::Config<Balance = Balance>
        + pallet_model_registry::Config,
{
    hand_over::<T>(owner, &CAROL);
    assert_ok!(<pallet_balances::Pallet<T> as Mutate<AccountId>>::transfer(
        owner,
        &CAROL,
        EXISTENTIAL_DEPOSIT,
        Preservation::Expendable,
    ));
    let left = <pallet_balances::Pallet<T> as Inspect<AccountId>>::total_balance(owner);
    assert_eq!(left, 0);
}

/// Model 0 goes from one account to another.
fn hand_over<T>(from: &AccountId, to: &AccountId)
where
    T: frame_system::Config<AccountId = AccountId> + pallet_model_registry::Config,
{
    assert_ok!(pallet_model_registry::Pallet::<T>::transfer(
        frame_system::RawOrigin::Signed(from.clone()).into(),
        0,
        T::Lookup::unlookup(to.clone()),
    ));
}
