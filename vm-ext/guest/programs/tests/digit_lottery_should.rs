//! The digit lottery, run with the real digits model on pictures that it has not
//! seen in training.

mod support;

use codec::{DecodeAll, Encode};
use digit_lottery::{Error, Event, Message, Reply, Terms};
use lattice_guest::Failure;
use lattice_guest_programs::DIGIT_LOTTERY;
use lattice_isa::{Opcode, Trap};
use lattice_tensor::{testing, Model, Range};
use lattice_wasm::{Entry, ProgramTrap};
use support::digits::{self, Digit};
use support::{reason, Chain, OWNER, PLAYER, PROGRAM, WEALTH};

const STAKE: u128 = 50_000;
const PRICE: u128 = 100;

/// The digit that wins.
const WINNER: u8 = 3;

fn terms(model: &Model) -> Terms {
    Terms {
        model: model.id().0,
        digit: WINNER,
        price: PRICE,
    }
}

fn open_with(model: &Model) -> Chain {
    let mut chain = Chain::with(DIGIT_LOTTERY);
    chain.world.add_model(model);
    chain
        .instantiate(STAKE, &terms(model))
        .expect("the lottery opens");
    chain
}

fn open() -> Chain {
    open_with(digits::model())
}

/// A held-out picture that is the winning digit, or not, and is seen as such.
fn picture(wins: bool) -> Digit {
    digits::held_out()
        .into_iter()
        .find(|digit| (digit.label == WINNER) == wins && digits::seen(&digit.image) == digit.label)
        .expect("the model is good enough")
}

fn last_event(chain: &Chain) -> Event {
    let event = chain.world.events.last().expect("there is an event");
    Event::decode_all(&mut event.as_slice()).expect("it is one of the lottery's")
}

#[test]
fn pay_the_pot_to_whoever_plays_the_winning_digit() {
    let mut chain = open();
    let won = STAKE + PRICE;
    let reply = chain.call(PLAYER, PRICE, &Message::Play(picture(true).image));
    assert_eq!(reply, Ok(Reply::Played(WINNER, won)));
    assert_eq!(last_event(&chain), Event::Played(PLAYER, WINNER, won));
    assert_eq!(chain.world.balances[&PLAYER], WEALTH + STAKE);
    assert_eq!(chain.world.balances[&PROGRAM], 0);
}

#[test]
fn keep_the_ticket_of_whoever_plays_another_digit() {
    let mut chain = open();
    let digit = picture(false);
    let reply = chain.call(PLAYER, PRICE, &Message::Play(digit.image));
    assert_eq!(reply, Ok(Reply::Played(digit.label, 0)));
    assert_eq!(last_event(&chain), Event::Played(PLAYER, digit.label, 0));
    assert_eq!(chain.world.balances[&PLAYER], WEALTH - PRICE);
    assert_eq!(chain.world.balances[&PROGRAM], STAKE + PRICE);
}

/// Also what the model sees wrongly, it sees wrongly on chain.
#[test]
fn see_what_the_reference_executor_sees() {
    let mut chain = open();
    for digit in digits::held_out().into_iter().take(30) {
        let reply = chain.call(PLAYER, PRICE, &Message::Play(digit.image));
        let Ok(Reply::Played(seen, _)) = reply else {
            panic!("not played: {reply:?}");
        };
        assert_eq!(seen, digits::seen(&digit.image));
    }
}

#[test]
fn take_what_anyone_adds_and_give_it_to_the_owner_alone() {
    let mut chain = open();
    let reply = chain.call(PLAYER, 500, &Message::Fund);
    assert_eq!(reply, Ok(Reply::Funded(STAKE + 500)));
    assert_eq!(last_event(&chain), Event::Funded(PLAYER, 500));

    let reply = chain.call(OWNER, 0, &Message::Withdraw(STAKE));
    assert_eq!(reply, Ok(Reply::Withdrawn(500)));
    assert_eq!(last_event(&chain), Event::Withdrawn(STAKE));
    assert_eq!(chain.world.balances[&OWNER], WEALTH);
    assert_eq!(chain.world.balances[&PROGRAM], 500);
}

mod refuse {
    use super::*;

    fn refuses(chain: &mut Chain, value: u128, message: &Message, error: Error) {
        chain.refuses(PLAYER, value, message, Failure::Program(error));
    }

    #[test]
    fn a_digit_that_does_not_exist() {
        let mut chain = Chain::with(DIGIT_LOTTERY);
        let terms = Terms {
            digit: 10,
            ..terms(digits::model())
        };
        let trap = chain.instantiate(STAKE, &terms).expect_err("no such digit");
        assert_eq!(reason(trap), Failure::Program(Error::NoSuchDigit));
        assert!(chain.world.storage.is_empty());
    }

    #[test]
    fn another_payment_than_the_price() {
        let mut chain = open();
        for given in [0, PRICE - 1, PRICE + 1] {
            let expected = PRICE;
            refuses(
                &mut chain,
                given,
                &Message::Play(picture(true).image),
                Error::WrongPayment { expected, given },
            );
        }
        let (expected, given) = (0, 1);
        refuses(
            &mut chain,
            given,
            &Message::Withdraw(1),
            Error::WrongPayment { expected, given },
        );
    }

    #[test]
    fn a_picture_that_was_played() {
        let mut chain = open();
        let play = Message::Play(picture(false).image);
        chain
            .call::<Reply>(PLAYER, PRICE, &play)
            .expect("the first time");
        refuses(&mut chain, PRICE, &play, Error::PlayedBefore);
        chain.refuses(OWNER, PRICE, &play, Failure::Program(Error::PlayedBefore));
    }

    #[test]
    fn to_add_nothing() {
        refuses(&mut open(), 0, &Message::Fund, Error::NothingSent);
    }

    #[test]
    fn to_give_the_pot_to_another() {
        refuses(&mut open(), 0, &Message::Withdraw(1), Error::NotTheOwner);
    }

    #[test]
    fn to_give_more_than_the_pot() {
        let (pot, amount) = (STAKE, STAKE + 1);
        open().refuses(
            OWNER,
            0,
            &Message::Withdraw(amount),
            Failure::Program(Error::PotTooSmall { pot, amount }),
        );
    }

    #[test]
    fn a_model_of_something_else() {
        let other = testing::random_mlp(1, &[64, 4, 3], Range { lo: 0, hi: 16 });
        refuses(
            &mut open_with(&other),
            PRICE,
            &Message::Play(picture(true).image),
            Error::NotDigits { logits: 3 },
        );
    }

    #[test]
    fn to_play_before_it_is_open() {
        let mut chain = Chain::with(DIGIT_LOTTERY);
        refuses(&mut chain, 1, &Message::Fund, Error::NotOpen);
    }

    #[test]
    fn what_is_no_message() {
        let mut chain = open();
        let trailing = [Message::Fund.encode(), vec![0]].concat();
        let cut = Message::Play(picture(true).image).encode()[..64].to_vec();
        for input in [vec![], vec![3], trailing, cut] {
            let trap = chain.stops(PLAYER, PRICE, &input);
            assert_eq!(reason::<Error>(trap), Failure::Input);
        }
        let trap = Chain::with(DIGIT_LOTTERY)
            .run(Entry::Instantiate, OWNER, 0, &[1, 2, 3])
            .expect_err("these are no terms");
        assert_eq!(reason::<Error>(trap), Failure::Input);
    }

    #[test]
    fn storage_that_is_not_its_own() {
        let mut chain = open();
        for value in chain.world.storage.values_mut() {
            value.pop();
        }
        chain.refuses::<Error>(PLAYER, 1, &Message::Fund, Failure::Storage);
    }
}

/// The chain itself ends a call that its instructions cannot serve.
mod stop_at {
    use super::*;

    #[test]
    fn a_pixel_out_of_the_models_range() {
        let mut image = picture(true).image;
        image[5] = 17;
        let trap = open().stops(PLAYER, PRICE, &Message::Play(image).encode());
        let reason = Trap::InputRange {
            element: 5,
            value: 17,
        };
        let opcode = Opcode::ExecModel;
        assert_eq!(trap, ProgramTrap::Opcode { opcode, reason });
    }

    #[test]
    fn a_model_that_the_call_may_not_use() {
        let mut chain = open();
        chain.world.models.clear();
        let play = Message::Play(picture(true).image).encode();
        let reason = Trap::UnknownModel {
            model: digits::model().id().0,
        };
        let opcode = Opcode::LoadModel;
        assert_eq!(
            chain.stops(PLAYER, PRICE, &play),
            ProgramTrap::Opcode { opcode, reason }
        );
    }
}
