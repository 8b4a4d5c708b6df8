use super::fixture::Case;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::Walk;
use lattice_primitives::*;
use lattice_tensor::testing::random_mlp;
use lattice_tensor::{ModelBuilder, Range, Scale, Shape};

#[test]
fn opens_a_dispute_at_the_root_with_the_defenders_turn() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let posted = case.off_by_one(4, 1, false);
        let dispute = opened(&case, &posted);
        let open = stored(dispute);
        assert_eq!((open.request, open.model), (REQUEST, 0));
        assert_eq!(open.trace_root, H256(posted.root()));
        assert_eq!(open.challenger, ALICE);
        assert_eq!(open.defenders.into_inner(), [BOB]);
        assert_eq!(
            open.turn,
            Turn::Reveal {
                walk: Walk::start(posted.root())
            }
        );
        assert_eq!((open.opened_at, open.due), (1, 1 + TURN));
        assert_eq!(
            Layouts::<Test>::get(dispute).as_ref(),
            Some(posted.layout())
        );
        let input = Inputs::<Test>::get(dispute).expect("it is kept");
        assert_eq!(input.into_inner(), case.input);
        System::assert_last_event(
            Event::Opened {
                dispute,
                request: REQUEST,
                model: 0,
                challenger: ALICE,
                due: 1 + TURN,
            }
            .into(),
        );
    });
}

#[test]
fn gets_a_number_of_its_own() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        let first = opened(&case, &case.honest);
        let second = opened(&case, &case.honest);
        assert_ne!(first, second);
        assert_eq!(NextDispute::<Test>::get(), 2);
    });
}

#[test]
fn that_is_closed_leaves_nothing_and_is_no_verdict() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        let (first, second) = (opened(&case, &case.honest), opened(&case, &case.honest));
        assert_ok!(answer(&case, &case.honest, first));
        <PalletDisputes as Court<AccountId>>::close(first);
        assert!(!is_open(first) && is_open(second));
        assert!(told().is_empty());
        System::assert_last_event(
            Event::Closed {
                dispute: first,
                request: REQUEST,
            }
            .into(),
        );
        assert_ok!(PalletDisputes::check_invariants());
        // Once more does nothing.
        let events = System::events().len();
        <PalletDisputes as Court<AccountId>>::close(first);
        assert_eq!(System::events().len(), events);
        <PalletDisputes as Court<AccountId>>::close(second);
        assert_eq!(DisputesOf::<Test>::iter_keys().count(), 0);
    });
}

mod knows {
    use super::*;

    fn layout(model: ModelIndex) -> Result<Layout, CourtError> {
        <PalletDisputes as Court<AccountId>>::layout(model)
    }

    #[test]
    fn the_layout_of_a_model() {
        let case = Case::perceptron();
        on_a_chain_with(&[&case], || {
            assert_eq!(layout(0).as_ref(), Ok(case.honest.layout()));
            assert_eq!(layout(1), Err(CourtError::UnknownModel));
        });
    }

    #[test]
    fn whether_an_output_is_the_last_value() {
        let case = Case::perceptron();
        on_a_chain_with(&[&case], || {
            let root = H256(case.honest.root());
            let link = case.honest.output_link();
            let output = case.honest.trace().output().to_vec();
            let is_last = |root: H256, output: &[i32], link: &OutputLink| {
                <PalletDisputes as Court<AccountId>>::is_last_value(0, root, output, link)
            };
            assert_eq!(is_last(root, &output, &link), Ok(true));
            let mut other = output.clone();
            other[0] ^= 1;
            assert_eq!(is_last(root, &other, &link), Ok(false));
            assert_eq!(is_last(root, &output[1..], &link), Ok(false));
            assert_eq!(is_last(H256::zero(), &output, &link), Ok(false));
            assert_eq!(is_last(root, &output, &OutputLink::default()), Ok(false));
        });
    }
}

mod is_refused {
    use super::*;

    #[test]
    fn about_a_model_that_is_not_there() {
        let case = Case::smallest();
        on_a_chain_with(&[], || {
            assert_noop!(
                open(claim(&case, &case.honest)),
                Error::<Test>::UnknownModel
            );
        });
    }

    #[test]
    fn about_a_model_whose_elements_take_too_much_to_check() {
        // One element of the second layer is made of 60,000 operands.
        let shape = Shape::new([1u32]).expect("a shape");
        let model = ModelBuilder::new(shape, Range { lo: 0, hi: 16 }, Scale::ONE)
            .linear("wide", vec![0; 60_000], 60_000, None)
            .and_then(|builder| builder.linear("narrow", vec![0; 60_000], 1, None))
            .and_then(|builder| builder.build(Scale::ONE))
            .expect("a model");
        let case = Case::new(model, 1);
        on_a_chain_with(&[&case], || {
            assert_eq!(
                <PalletDisputes as Court<AccountId>>::layout(0),
                Err(CourtError::NotDisputable)
            );
            assert_noop!(
                open(claim(&case, &case.honest)),
                Error::<Test>::NotDisputable
            );
        });
    }

    #[test]
    fn without_anybody_to_answer() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let mut claim = claim(&case, &case.honest);
            claim.defenders = Default::default();
            assert_noop!(open(claim), Error::<Test>::NoDefender);
        });
    }

    #[test]
    fn of_a_defender() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let mut claim = claim(&case, &case.honest);
            claim.defenders = BoundedVec::truncate_from(vec![BOB, ALICE]);
            assert_noop!(open(claim), Error::<Test>::ChallengerDefends);
        });
    }

    #[test]
    fn with_an_input_that_is_too_long() {
        let model = random_mlp(1, &[5_000, 2], Range { lo: 0, hi: 1 });
        let case = Case::new(model, 1);
        on_a_chain_with(&[&case], || {
            assert_noop!(
                open(claim(&case, &case.honest)),
                Error::<Test>::InputTooLong
            );
        });
    }

    #[test]
    fn when_there_are_no_numbers_left() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            NextDispute::<Test>::put(DisputeId::MAX);
            assert_noop!(
                open(claim(&case, &case.honest)),
                Error::<Test>::TooManyDisputes
            );
        });
    }
}
