//! Whether an inference in a channel is served: a function of what the chain says, what the worker
//! has, and what the client asks.

use super::ledger::{Answer, Tab};
use axum::http::StatusCode;
use lattice_chain_client::{
    is_signed_by, AccountId, Balance, BlockNumber, Channel, ChannelId, Voucher, H256,
};
use lattice_tensor::Range;

/// What a client asks, and pays with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which inference of the channel, from 0.
    pub sequence: u64,
    pub input: Vec<i32>,
    /// What the voucher is for, in planck.
    pub cumulative: Balance,
    /// The payer's signature of the voucher.
    pub signature: [u8; 64],
}

/// What a request is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Hash of the chain's first block.
    pub genesis: &'a [u8; 32],
    /// This provider.
    pub provider: &'a AccountId,
    /// As the chain has it at the best block.
    pub channel: &'a Channel,
    /// Its deposit in the last final block, in planck; `None` while its opening is not final. A
    /// top-up that a reorganisation takes away pays for nothing.
    pub final_deposit: Option<Balance>,
    /// Elements of the model's input.
    pub input_len: usize,
    /// Their range.
    pub input_range: Range,
}

/// What becomes of a request that is in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the next one.
    Serve,
    /// It is the last one again: here is its answer.
    Repeat(Box<Answer>),
}

/// Why a request is not served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("channel {channel} is for provider {provider}, not for this one")]
    NotMine {
        channel: ChannelId,
        provider: AccountId,
    },
    #[error("the opening of channel {0} is not final yet; ask again in some seconds")]
    NotFinal(ChannelId),
    #[error(
        "channel {channel} is closing: its payer may withdraw from block {at} on; open another"
    )]
    Closing { channel: ChannelId, at: BlockNumber },
    #[error("the input has {found} elements, the model takes {expected}")]
    InputLength { found: usize, expected: usize },
    #[error("input element {index} is {value}, outside of {lo}..={hi}")]
    InputRange {
        index: usize,
        value: i32,
        lo: i8,
        hi: i8,
    },
    #[error("the next inference of this channel has sequence {next}, not {found}")]
    Sequence { found: u64, next: u64 },
    #[error("sequence {0} was answered for another input; repeat that input to get its answer")]
    OtherInput(u64),
    #[error("sequence {sequence} is paid by a voucher for {due} planck, not for {found}")]
    Amount {
        sequence: u64,
        found: Balance,
        due: Balance,
    },
    #[error(
        "a voucher for {cumulative} planck is above the deposit, of which {deposit} are final; top up \
         the channel, or ask again in some seconds"
    )]
    Deposit {
        cumulative: Balance,
        deposit: Balance,
    },
    #[error("the voucher for {cumulative} planck is not signed by the payer {payer} (sr25519)")]
    Signature {
        cumulative: Balance,
        payer: AccountId,
    },
}

impl Refusal {
    /// The status with which it is answered.
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::NotMine { .. } => StatusCode::NOT_FOUND,
            Refusal::NotFinal(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Closing { .. } | Refusal::Sequence { .. } | Refusal::OtherInput(_) => {
                StatusCode::CONFLICT
            }
            Refusal::InputLength { .. }
            | Refusal::InputRange { .. }
            | Refusal::Signature { .. } => StatusCode::BAD_REQUEST,
            Refusal::Amount { .. } | Refusal::Deposit { .. } => StatusCode::PAYMENT_REQUIRED,
        }
    }
}

/// What the first `count` inferences of a channel cost in all, in planck. What cannot be counted
/// is more than any deposit.
pub fn price_of(channel: &Channel, count: u64) -> Balance {
    let total = channel.price.total();
    total.map_or(Balance::MAX, |unit| {
        unit.saturating_mul(Balance::from(count))
    })
}

/// Inferences of a channel that were answered. A worker that lost its ledger takes what the chain
/// has paid out for answered.
pub fn served(channel: &Channel, tab: Option<&Tab>) -> u64 {
    let paid = channel.redeemed.checked_div(price_of(channel, 1));
    let paid = u64::try_from(paid.unwrap_or(0)).unwrap_or(u64::MAX);
    tab.map_or(0, Tab::served).max(paid)
}

/// Judges a request. `tab` is what the worker has of this very channel, see [`Tab::is_of`].
///
/// # Errors
/// The first check that fails; nothing was stored or computed then.
pub fn judge(terms: &Terms<'_>, tab: Option<&Tab>, asked: &Asked) -> Result<Verdict, Refusal> {
    let channel = terms.channel;
    if channel.provider != *terms.provider {
        return Err(Refusal::NotMine {
            channel: channel.channel,
            provider: channel.provider,
        });
    }
    let Some(deposit) = terms.final_deposit else {
        return Err(Refusal::NotFinal(channel.channel));
    };
    check_input(terms, &asked.input)?;
    let next = served(channel, tab);
    let last = tab.map(|tab| &tab.last);
    // An answer whose payment the chain has gone beyond is not the last one.
    let last = last
        .filter(|last| last.sequence == asked.sequence && last.sequence.saturating_add(1) == next);
    match last {
        Some(last) if last.input != asked.input => return Err(Refusal::OtherInput(last.sequence)),
        None if asked.sequence != next => {
            return Err(Refusal::Sequence {
                found: asked.sequence,
                next,
            })
        }
        _ => {}
    }
    check_voucher(terms, deposit.min(channel.deposit), asked)?;
    match (last, channel.closing) {
        (Some(last), _) => Ok(Verdict::Repeat(Box::new(last.clone()))),
        (None, Some(at)) => Err(Refusal::Closing {
            channel: channel.channel,
            at,
        }),
        (None, None) => Ok(Verdict::Serve),
    }
}

fn check_input(terms: &Terms<'_>, input: &[i32]) -> Result<(), Refusal> {
    if input.len() != terms.input_len {
        return Err(Refusal::InputLength {
            found: input.len(),
            expected: terms.input_len,
        });
    }
    let Range { lo, hi } = terms.input_range;
    let outside = |value: &i32| *value < i32::from(lo) || *value > i32::from(hi);
    match input.iter().position(outside) {
        None => Ok(()),
        Some(index) => Err(Refusal::InputRange {
            index,
            value: input[index],
            lo,
            hi,
        }),
    }
}

fn check_voucher(terms: &Terms<'_>, deposit: Balance, asked: &Asked) -> Result<(), Refusal> {
    let channel = terms.channel;
    let due = price_of(channel, asked.sequence.saturating_add(1));
    if asked.cumulative != due {
        return Err(Refusal::Amount {
            sequence: asked.sequence,
            found: asked.cumulative,
            due,
        });
    }
    if asked.cumulative > deposit {
        return Err(Refusal::Deposit {
            cumulative: asked.cumulative,
            deposit,
        });
    }
    let voucher = Voucher::new(
        H256(*terms.genesis),
        channel.channel,
        channel.provider,
        asked.cumulative,
    );
    // The two messages that the chain accepts a signature of.
    let signed = [voucher.bytes(), voucher.wrapped_bytes()]
        .iter()
        .any(|message| is_signed_by(&channel.payer, message, &asked.signature));
    if signed {
        Ok(())
    } else {
        Err(Refusal::Signature {
            cumulative: asked.cumulative,
            payer: channel.payer,
        })
    }
}

#[cfg(test)]
mod tests;
