//! The example program: it classifies a picture on chain and pays who plays its digit.

use crate::mock::*;
use crate::*;
use codec::{DecodeAll, Encode};
use digit_lottery::{Error as Refusal, Message, Reply, Terms, PIXELS};
use frame::testing_prelude::*;
use lattice_guest::Failure;
use lattice_guest_programs::DIGIT_LOTTERY;
use lattice_host::ProgramTrap;
use lattice_importer::{Array, Options, Source};
use lattice_primitives::{ModelIndex, ProgramFault};
use lattice_tensor::Model;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const STAKE: Balance = 50_000;
const PRICE: Balance = 100;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data/digits")
        .join(name)
}

/// The digits model, as `lattice model import` makes it.
fn digits() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let calibration = Array::read_npy(&data("calibration.npy"))
            .and_then(|array| array.into_samples(PIXELS))
            .expect("the samples are committed");
        Source::open(&data("digits.onnx"))
            .and_then(|source| source.quantize(&calibration, &Options::default()))
            .expect("the model is committed")
            .model
    })
}

/// A picture of each digit that the model has not seen, and sees as that digit.
fn picture(digit: u8) -> [i8; PIXELS] {
    Array::read_npy(&data("test_images.npy"))
        .and_then(|array| array.into_samples(PIXELS))
        .expect("the pictures are committed")
        .rows()
        .map(|pixels| {
            let mut image = [0; PIXELS];
            for (pixel, ink) in image.iter_mut().zip(pixels) {
                *pixel = *ink as i8;
            }
            image
        })
        .find(|image| seen(image) == digit)
        .expect("every digit is among the pictures")
}

fn seen(image: &[i8; PIXELS]) -> u8 {
    let logits = lattice_tensor::execute(digits(), &image.map(i32::from))
        .expect("the picture is in the model's range");
    digit_lottery::arg_max(&logits).expect("there are logits")
}

/// CAROL stores the model, ALICE opens a lottery on threes.
fn open() -> (AccountId, ModelIndex) {
    let model = store(&CAROL, digits());
    let code_hash = upload(DIGIT_LOTTERY);
    let terms = Terms {
        model: digits().id().0,
        digit: 3,
        price: PRICE,
    };
    assert_ok!(by(&ALICE)
        .value(STAKE)
        .input(terms.encode())
        .instantiate(code_hash, 1));
    assert_eq!(ending().0, Ok(vec![]));
    let lottery = AiPrograms::program_account(&ALICE, &code_hash, &H256::repeat_byte(1));
    (lottery, model)
}

fn play(lottery: &AccountId, model: ModelIndex, digit: u8, price: Balance) {
    let call = by(&BOB)
        .value(price)
        .input(Message::Play(picture(digit)).encode())
        .models(&[model]);
    assert_ok!(call.call(lottery));
}

fn reply() -> Reply {
    let output = ending().0.expect("the lottery answers");
    Reply::decode_all(&mut output.as_slice()).expect("it is one of the lottery's")
}

#[test]
fn pays_the_pot_to_who_plays_its_digit() {
    on_a_fresh_chain(|| {
        let (lottery, model) = open();
        play(&lottery, model, 7, PRICE);
        assert_eq!(reply(), Reply::Played(7, 0));
        let before = free(&BOB);
        let deposit = held(HoldReason::StorageDeposit, &lottery);
        play(&lottery, model, 3, PRICE);
        let won = STAKE + 2 * PRICE;
        assert_eq!(reply(), Reply::Played(3, won));
        let paid = held(HoldReason::StorageDeposit, &lottery) - deposit;
        assert_eq!(free(&BOB), before - PRICE + won - paid);
        assert_eq!(AiPrograms::program_info(&lottery).unwrap().balance, 0);
    });
}

#[test]
fn takes_its_price_and_a_picture_once() {
    on_a_fresh_chain(|| {
        let (lottery, model) = open();
        let refusal = || match fault() {
            ProgramFault::Trap(ProgramTrap::Reverted { data }) => {
                Failure::<Refusal>::decode_all(&mut data.as_slice()).expect("it gives a reason")
            }
            other => panic!("{other:?}"),
        };
        play(&lottery, model, 7, PRICE - 1);
        assert_eq!(
            refusal(),
            Failure::Program(Refusal::WrongPayment {
                expected: PRICE,
                given: PRICE - 1
            })
        );
        play(&lottery, model, 7, PRICE);
        play(&lottery, model, 7, PRICE);
        assert_eq!(refusal(), Failure::Program(Refusal::PlayedBefore));
        assert_eq!(
            AiPrograms::program_info(&lottery).unwrap().balance,
            STAKE + PRICE
        );
    });
}

#[test]
fn costs_what_its_dry_run_says() {
    on_a_fresh_chain(|| {
        let (lottery, model) = open();
        let call = by(&BOB)
            .value(PRICE)
            .input(Message::Play(picture(3)).encode())
            .models(&[model]);
        let run = AiPrograms::dry_run(&BOB, &call.request(&lottery), None);
        assert_eq!(run.gas_required, run.gas_used);
        assert_ok!(call.gas(run.gas_required).call(&lottery));
        assert_eq!(ending().1, run.gas_used);
        assert!(ending().0.is_ok());
    });
}
