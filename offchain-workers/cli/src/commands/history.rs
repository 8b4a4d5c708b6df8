//! `lattice history`

use super::provider::Signed;
use crate::output::{table, Output};
use clap::Args;
use lattice_chain_client::{format_balance, AccountId, Balance, Ending, Record, RequestId, View};
use serde::Serialize;

/// Records that the chain gives at a time.
const PAGE: u32 = 100;

/// List the requests of an account that have ended, and what they cost or earned.
#[derive(Debug, Args)]
pub struct History {
    /// The account [default: that of --key-file or --dev-seed].
    #[arg(value_name = "ACCOUNT")]
    pub account: Option<AccountId>,
    /// Number of the first request to look at.
    #[arg(long, value_name = "REQUEST", default_value_t = 0)]
    pub from: RequestId,
    /// Most entries to show, the latest ones.
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    pub last: usize,
    #[command(flatten)]
    pub signed: Signed,
}

/// What an account was in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Requester,
    Provider,
    Both,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Role::Requester => "requester",
            Role::Provider => "provider",
            Role::Both => "both",
        }
    }
}

/// An ended request from the side of an account; amounts in planck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    request: String,
    role: Role,
    model: u32,
    ending: String,
    paid: String,
    /// `null` for one of several replicas that were paid: the record has only the sum.
    earned: Option<String>,
    requested_at: u32,
    ended_at: u32,
    #[serde(skip)]
    amounts: Amounts,
}

/// What an account paid and earned, in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Amounts {
    paid: Balance,
    earned: Balance,
    /// It was one of several that were paid, and how much is not on the record.
    shared: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    account: String,
    entries: Vec<Entry>,
    /// Of the entries shown.
    paid: String,
    earned: String,
    /// Ended requests from the first one on, shown or not.
    count: usize,
}

impl History {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let account = match self.account {
            Some(account) => account,
            None => self.signed.signer.signer()?.account(),
        };
        let client = self.signed.chain.connect().await?;
        let records = all_records(&client.best(), &account, self.from).await?;
        let shown = shown(&account, &records, self.last);
        output.show(&shown, || text(&shown))
    }
}

/// All records of an account from a request on.
async fn all_records(
    view: &View,
    account: &AccountId,
    from: RequestId,
) -> anyhow::Result<Vec<Record>> {
    let mut all = Vec::new();
    let mut start = Some(from);
    while let Some(first) = start {
        let page = view.records_of(account, first, PAGE).await?;
        let full = page.len() >= PAGE as usize;
        let next = page.last().and_then(|last| last.request.checked_add(1));
        start = next.filter(|_| full);
        all.extend(page);
    }
    Ok(all)
}

fn shown(account: &AccountId, records: &[Record], last: usize) -> Shown {
    let latest = &records[records.len().saturating_sub(last)..];
    let entries: Vec<Entry> = latest.iter().map(|record| entry(account, record)).collect();
    let sum = |of: fn(&Amounts) -> Balance| -> String {
        let amounts = entries.iter().map(|entry| of(&entry.amounts));
        amounts.sum::<Balance>().to_string()
    };
    Shown {
        account: account.to_string(),
        paid: sum(|amounts| amounts.paid),
        earned: sum(|amounts| amounts.earned),
        count: records.len(),
        entries,
    }
}

fn entry(account: &AccountId, record: &Record) -> Entry {
    let is_requester = record.requester == *account;
    let is_provider = record.provider == *account
        || record.agreed.contains(account)
        || record.failed.iter().any(|(failed, _)| failed == account);
    let role = match (is_requester, is_provider) {
        (true, true) => Role::Both,
        (false, true) => Role::Provider,
        _ => Role::Requester,
    };
    let amounts = amounts(account, record);
    Entry {
        request: record.request.to_string(),
        role,
        model: record.model,
        ending: format!("{:?}", record.ending),
        paid: amounts.paid.to_string(),
        earned: (!amounts.shared).then(|| amounts.earned.to_string()),
        requested_at: record.requested_at,
        ended_at: record.ended_at,
        amounts,
    }
}

/// A settled request costs its requester the whole price and earns its provider the part for
/// computing, or its replicas together; every other one is refunded.
fn amounts(account: &AccountId, record: &Record) -> Amounts {
    if record.ending != Ending::Settled {
        return Amounts::default();
    }
    let price = &record.price;
    let total = price.compute + price.royalty + price.fee;
    let (alone, was_paid) = match record.agreed.as_slice() {
        [] => (true, record.provider == *account),
        agreed => (agreed.len() == 1, agreed.contains(account)),
    };
    Amounts {
        paid: if record.requester == *account {
            total
        } else {
            0
        },
        earned: if was_paid && alone { price.compute } else { 0 },
        shared: was_paid && !alone,
    }
}

fn text(shown: &Shown) -> String {
    if shown.entries.is_empty() {
        return format!("{} has no requests that have ended.", shown.account);
    }
    let header = [
        "request", "blocks", "model", "role", "paid", "earned", "ended as",
    ];
    let amount = |amount: Balance| match amount {
        0 => "–".to_string(),
        amount => format_balance(amount),
    };
    let rows: Vec<Vec<String>> = shown
        .entries
        .iter()
        .map(|entry| {
            vec![
                entry.request.clone(),
                format!("{}–{}", entry.requested_at, entry.ended_at),
                entry.model.to_string(),
                entry.role.name().into(),
                amount(entry.amounts.paid),
                match entry.amounts.shared {
                    true => "a share".into(),
                    false => amount(entry.amounts.earned),
                },
                entry.ending.clone(),
            ]
        })
        .collect();
    let sum = |of: fn(&Amounts) -> Balance| {
        format_balance(shown.entries.iter().map(|entry| of(&entry.amounts)).sum())
    };
    format!(
        "{}{} of {} ended requests; paid {}, earned {}\n",
        table(&header, &rows),
        shown.entries.len(),
        shown.count,
        sum(|amounts| amounts.paid),
        sum(|amounts| amounts.earned),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{samples, Failure, Price};

    const REQUESTER: AccountId = AccountId([1; 32]);
    const PROVIDER: AccountId = AccountId([2; 32]);
    const OTHER: AccountId = AccountId([3; 32]);
    const LATE: AccountId = AccountId([4; 32]);

    fn record(agreed: Vec<AccountId>) -> Record {
        Record {
            requester: REQUESTER,
            provider: PROVIDER,
            price: Price {
                compute: 100,
                royalty: 20,
                fee: 3,
            },
            agreed,
            failed: vec![(LATE, Failure::Late)],
            ..samples::record()
        }
    }

    #[test]
    fn a_sole_provider_earned_all_that_computing_cost() {
        let record = record(Vec::new());
        assert_eq!(entry(&REQUESTER, &record).paid, "123");
        let provider = entry(&PROVIDER, &record);
        assert_eq!(provider.role, Role::Provider);
        assert_eq!(provider.earned.as_deref(), Some("100"));
    }

    #[test]
    fn what_one_of_several_replicas_earned_is_not_known() {
        let record = record(vec![PROVIDER, OTHER]);
        let replica = entry(&OTHER, &record);
        assert_eq!(replica.role, Role::Provider);
        assert_eq!((replica.paid.as_str(), replica.earned), ("0", None));
        let late = entry(&LATE, &record);
        assert_eq!(late.role, Role::Provider);
        assert_eq!(late.earned.as_deref(), Some("0"));
    }
}
