//! The accounts that make requests, and their funds.

use super::BLOCK_TIME;
use anyhow::{ensure, Context};
use futures::{stream, StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use lattice_chain_client::{
    format_balance, submit::MORTALITY, Balance, Call, Client, Signer, UNIT,
};
use std::time::{Duration, Instant};

/// What an account must keep to exist, in planck, as the runtime has it.
const EXISTENTIAL_DEPOSIT: Balance = UNIT / 1_000;
/// Accounts that are read or swept at the same time.
const AT_ONCE: usize = 16;
/// How often it is looked whether extrinsics of an earlier run are still on their way.
const LOOK: Duration = Duration::from_secs(1);
/// Transfers that wait for a block at the same time.
const TRANSFERS: usize = 100;

/// The accounts `//load//1`, `//load//2`, … under a secret: whoever has it finds them, and what is left
/// in them, again.
pub fn derive(funder: &Signer, count: usize) -> Vec<Signer> {
    (1..=count)
        .map(|number| funder.derive_hard(&["load", &number.to_string()]))
        .collect()
}

/// What an account needs for so many requests of which each costs at most so much, fee included. Fees
/// may double while blocks are full.
pub fn needed(requests: usize, max_price: Balance, fee: Balance) -> Balance {
    let each = max_price.saturating_add(fee.saturating_mul(2));
    each.saturating_mul(requests as Balance)
        .saturating_add(EXISTENTIAL_DEPOSIT.saturating_mul(10))
}

/// Transfers to each account what it lacks. Returns what was transferred in all.
///
/// # Errors
/// The funder has too little, before anything is transferred; or a transfer fails.
pub async fn fund(
    client: &Client,
    funder: &Signer,
    accounts: &[Signer],
    needed: Balance,
    spinner: &ProgressBar,
) -> anyhow::Result<Balance> {
    let view = &client.best();
    let lacking: Vec<(&Signer, Balance)> = stream::iter(accounts)
        .map(|signer| async move {
            let has = view.balance(&signer.account()).await?.transferable();
            anyhow::Ok((signer, needed.saturating_sub(has)))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let lacking: Vec<_> = lacking
        .into_iter()
        .filter(|(_, amount)| *amount > 0)
        .collect();
    let total: Balance = lacking.iter().map(|(_, amount)| *amount).sum();
    if total == 0 {
        return Ok(0);
    }
    let has = view.balance(&funder.account()).await?.transferable();
    ensure!(
        has > total,
        "{} accounts lack {} in all, and {} has {}; use fewer accounts, make fewer requests, or say \
         with --fund what each account shall have",
        lacking.len(),
        format_balance(total),
        funder.account(),
        format_balance(has)
    );
    let mut done = 0;
    for some in lacking.chunks(TRANSFERS) {
        let mut submissions = Vec::new();
        for (signer, amount) in some {
            let call = Call::TransferBalance {
                to: signer.account(),
                // The least that makes an account.
                amount: (*amount).max(EXISTENTIAL_DEPOSIT),
            };
            submissions.push(client.submit(funder, &call).await?);
        }
        for mut submission in submissions {
            submission
                .in_block()
                .await
                .context("cannot fund an account")?;
            done += 1;
            spinner.set_message(format!("funding accounts: {done} of {}", lacking.len()));
        }
    }
    Ok(total)
}

/// Waits until nothing is on its way any more that an earlier run has left in the node's pool: its fee
/// would be taken for that of a request of this run.
///
/// # Errors
/// Something still is after all that such a run signed has expired; or the chain cannot be read.
pub async fn quiet(
    client: &Client,
    accounts: &[Signer],
    spinner: &ProgressBar,
) -> anyhow::Result<()> {
    let limit = Instant::now() + BLOCK_TIME.saturating_mul(MORTALITY);
    loop {
        let view = &client.best();
        let on_their_way: u64 = stream::iter(accounts)
            .map(|signer| async move {
                let next = client.next_nonce(&signer.account()).await?;
                let made = view.nonce(&signer.account()).await?;
                anyhow::Ok(next.saturating_sub(made.into()))
            })
            .buffer_unordered(AT_ONCE)
            .try_fold(
                0u64,
                |all, some| async move { Ok(all.saturating_add(some)) },
            )
            .await?;
        if on_their_way == 0 {
            return Ok(());
        }
        ensure!(
            Instant::now() < limit,
            "{on_their_way} extrinsics of an earlier run are still in the node's pool"
        );
        spinner.set_message(format!(
            "waiting for {on_their_way} extrinsics of an earlier run"
        ));
        tokio::time::sleep(LOOK).await;
    }
}

/// Transfers what is left in each account back, but for what keeps it alive. Returns what was
/// transferred in all, and why some accounts kept theirs.
pub async fn sweep(
    client: &Client,
    funder: &Signer,
    accounts: &[Signer],
) -> (Balance, Vec<String>) {
    let swept: Vec<_> = stream::iter(accounts)
        .map(|signer| async move {
            let swept = sweep_one(client, funder, signer).await;
            swept.map_err(|error| format!("{}: {error:#}", signer.account()))
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut total: Balance = 0;
    let mut failed = Vec::new();
    for result in swept {
        match result {
            Ok(amount) => total = total.saturating_add(amount),
            Err(error) => failed.push(error),
        }
    }
    (total, failed)
}

async fn sweep_one(client: &Client, funder: &Signer, signer: &Signer) -> anyhow::Result<Balance> {
    let has = client.best().balance(&signer.account()).await?;
    let to = funder.account();
    let transfer = |amount| Call::TransferBalance { to, amount };
    let most = has.transferable().saturating_sub(EXISTENTIAL_DEPOSIT);
    if most == 0 {
        return Ok(0);
    }
    let fee = client.fee(signer, &transfer(most)).await?;
    let amount = most.saturating_sub(fee.saturating_mul(2));
    if amount == 0 {
        return Ok(0);
    }
    client.submit_and_wait(signer, &transfer(amount)).await?;
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_again_with_the_secret() {
        let dave = Signer::from_dev_seed("//Dave").expect("a development account");
        let accounts = derive(&dave, 3);
        let again = Signer::from_dev_seed("//Dave//load//2").expect("a development account");
        assert_eq!(accounts.len(), 3);
        assert_eq!(accounts[1].account(), again.account());
    }

    #[test]
    fn an_account_needs_its_prices_and_twice_its_fees() {
        let needed = needed(10, UNIT, UNIT / 100);
        assert_eq!(needed, 10 * UNIT + UNIT / 5 + UNIT / 100);
        assert!(super::needed(usize::MAX, Balance::MAX, 0) == Balance::MAX);
    }
}
