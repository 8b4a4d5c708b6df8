//! Digit lottery: who submits a picture that the digits model sees as the winning
//! digit takes the pot.
//!
//! The model runs on chain, inside of the call, so nobody has to trust the owner
//! about what it sees. It shows how a program runs a model and handles money, not
//! a game worth playing: anyone can run the model before they pay.
//!
//! In polkadot.js, with `Failure` as in [`lattice_guest::Failure`]:
//!
//! ```json
//! {
//!   "Terms": { "model": "[u8; 32]", "digit": "u8", "price": "u128" },
//!   "Message": { "_enum": { "Play": "[i8; 64]", "Fund": "Null", "Withdraw": "u128" } },
//!   "Reply": { "_enum": { "Played": "(u8, u128)", "Funded": "u128", "Withdrawn": "u128" } },
//!   "Event": { "_enum": { "Played": "(AccountId32, u8, u128)", "Funded": "(AccountId32, u128)", "Withdrawn": "u128" } },
//!   "Error": { "_enum": { "NoSuchDigit": "Null", "WrongPayment": "(u128, u128)", "NothingSent": "Null", "PlayedBefore": "Null", "NotTheOwner": "Null", "PotTooSmall": "(u128, u128)", "NotDigits": "u32", "NotOpen": "Null" } },
//!   "Failure": { "_enum": { "Input": "Null", "Storage": "Null", "Panic": "Text", "Program": "Error" } }
//! }
//! ```

#![cfg_attr(target_arch = "wasm32", no_std)]
#![deny(clippy::arithmetic_side_effects)]

use codec::{Decode, Encode};
use lattice_guest::storage::{Map, Value};
use lattice_guest::{account, context, hash, AccountId, Balance, Model, ModelHash, Tensor};

/// Pixels of a picture: eight rows of eight.
pub const PIXELS: usize = 64;

/// Classes of the digits model.
pub const CLASSES: usize = 10;

/// Set by the owner when the lottery opens.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Terms {
    /// The digits model; callers put it into the access list of their call.
    pub model: ModelHash,
    /// The digit that wins.
    pub digit: u8,
    /// What a ticket costs, in planck.
    pub price: Balance,
}

/// What a caller may ask for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// Plays a picture, pixel by pixel in rows; the value sent is the ticket's price.
    #[codec(index = 0)]
    Play([i8; PIXELS]),
    /// Adds the value sent to the pot.
    #[codec(index = 1)]
    Fund,
    /// Sends an amount of the pot to the owner, who alone may ask.
    #[codec(index = 2)]
    Withdraw(Balance),
}

/// The answer to each message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Reply {
    /// The digit that the model saw, and the prize: zero if it is not the winning one.
    #[codec(index = 0)]
    Played(u8, Balance),
    /// The pot after funding.
    #[codec(index = 1)]
    Funded(Balance),
    /// The pot after the withdrawal.
    #[codec(index = 2)]
    Withdrawn(Balance),
}

/// What the lottery tells everyone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Event {
    /// A player, the digit that the model saw, and the prize.
    #[codec(index = 0)]
    Played(AccountId, u8, Balance),
    /// Who added how much.
    #[codec(index = 1)]
    Funded(AccountId, Balance),
    /// How much the owner took.
    #[codec(index = 2)]
    Withdrawn(Balance),
}

/// Why the lottery refuses.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Error {
    /// The winning digit is none of 0 to 9.
    #[codec(index = 0)]
    NoSuchDigit,
    /// The value sent is not what the message costs.
    #[codec(index = 1)]
    WrongPayment { expected: Balance, given: Balance },
    /// Funding with nothing.
    #[codec(index = 2)]
    NothingSent,
    /// This picture was played before.
    #[codec(index = 3)]
    PlayedBefore,
    /// Only the owner may do this.
    #[codec(index = 4)]
    NotTheOwner,
    /// The pot is smaller than the amount.
    #[codec(index = 5)]
    PotTooSmall { pot: Balance, amount: Balance },
    /// The model gives another number of logits than there are digits.
    #[codec(index = 6)]
    NotDigits { logits: u32 },
    /// The lottery has no terms.
    #[codec(index = 7)]
    NotOpen,
}

/// The owner and the terms.
const LOTTERY: Value<(AccountId, Terms)> = Value::new(b"lottery");

/// The hashes of the pictures that were played.
const PLAYED: Map<[u8; 32], ()> = Map::new(b"played/");

/// Opens the lottery; the value sent is the first stake.
fn open(terms: Terms) -> Result<(), Error> {
    if usize::from(terms.digit) >= CLASSES {
        return Err(Error::NoSuchDigit);
    }
    LOTTERY.set(&(context::caller(), terms));
    Ok(())
}

fn handle(message: Message) -> Result<Reply, Error> {
    let (owner, terms) = LOTTERY.get().ok_or(Error::NotOpen)?;
    match message {
        Message::Play(image) => play(&terms, &image),
        Message::Fund => fund(),
        Message::Withdraw(amount) => withdraw(&owner, amount),
    }
}

fn play(terms: &Terms, image: &[i8; PIXELS]) -> Result<Reply, Error> {
    expect_payment(terms.price)?;
    let played = hash::blake2_256(&image.encode());
    if PLAYED.contains(&played) {
        return Err(Error::PlayedBefore);
    }
    PLAYED.set(&played, &());

    let predicted = classify(&terms.model, image)?;
    // The pot is all that the lottery has, the ticket included.
    let prize = if predicted == terms.digit {
        context::balance()
    } else {
        0
    };
    let player = context::caller();
    if prize > 0 {
        account::transfer(&player, prize);
    }
    account::emit(&Event::Played(player, predicted, prize));
    Ok(Reply::Played(predicted, prize))
}

fn fund() -> Result<Reply, Error> {
    let value = context::value();
    if value == 0 {
        return Err(Error::NothingSent);
    }
    account::emit(&Event::Funded(context::caller(), value));
    Ok(Reply::Funded(context::balance()))
}

fn withdraw(owner: &AccountId, amount: Balance) -> Result<Reply, Error> {
    expect_payment(0)?;
    if context::caller() != *owner {
        return Err(Error::NotTheOwner);
    }
    let pot = context::balance();
    if amount > pot {
        return Err(Error::PotTooSmall { pot, amount });
    }
    account::transfer(owner, amount);
    account::emit(&Event::Withdrawn(amount));
    Ok(Reply::Withdrawn(context::balance()))
}

fn expect_payment(expected: Balance) -> Result<(), Error> {
    let given = context::value();
    if given == expected {
        Ok(())
    } else {
        Err(Error::WrongPayment { expected, given })
    }
}

/// The digit that the model sees.
fn classify(model: &ModelHash, image: &[i8; PIXELS]) -> Result<u8, Error> {
    let logits = Model::load(model)
        .execute(&Tensor::vector(&image.map(i32::from)))
        .to_vec();
    let count = logits.len();
    arg_max(&logits)
        .filter(|_| count == CLASSES)
        .ok_or(Error::NotDigits {
            logits: u32::try_from(count).unwrap_or(u32::MAX),
        })
}

/// The position of the largest logit, the first of them if there are more.
pub fn arg_max(logits: &[i32]) -> Option<u8> {
    let mut best: Option<(usize, i32)> = None;
    for (position, &logit) in logits.iter().enumerate() {
        if best.is_none_or(|(_, highest)| logit > highest) {
            best = Some((position, logit));
        }
    }
    best.and_then(|(position, _)| u8::try_from(position).ok())
}

lattice_guest::entry!(instantiate: open, call: handle);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_goes_to_the_lowest_digit() {
        assert_eq!(arg_max(&[-5, 7, 3, 7]), Some(1));
        assert_eq!(arg_max(&[i32::MIN, i32::MIN]), Some(0));
        assert_eq!(arg_max(&[]), None);
    }

    #[test]
    fn a_played_picture_is_one_byte_per_pixel() {
        let encoded = Message::Play([-1; PIXELS]).encode();
        assert_eq!((encoded.len(), encoded[0], encoded[64]), (65, 0, 0xff));
    }
}
