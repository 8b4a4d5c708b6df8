use super::*;
use crate::failure::exit_code;

fn identity() -> Identity {
    Identity {
        genesis: "0x07".into(),
        channel: "7".into(),
        payer: "payer".into(),
        provider: "provider".into(),
        opened_at: 40,
    }
}

/// So many results were verified.
fn verified(count: u64) -> State {
    State {
        verified: count,
        ..State::new(identity())
    }
}

fn pending(sequence: u64) -> Pending {
    Pending {
        sequence,
        cumulative: u128::MAX,
        inputs: vec![vec![0, 16, -3]],
    }
}

/// A voucher for the next result was signed.
fn waiting(count: u64) -> State {
    State {
        pending: Some(pending(count)),
        ..verified(count)
    }
}

fn disagree(served: u64, verified: u64) -> Unsigned {
    Unsigned::Disagree {
        channel: "7".into(),
        served,
        verified,
    }
}

#[test]
fn the_next_result_is_signed_for_when_all_before_it_were_verified() {
    for count in [0, 1, 12] {
        assert_eq!(verified(count).step(count), Ok(Step::Ask(count)));
    }
}

#[test]
fn nothing_is_signed_when_the_gateway_counts_otherwise() {
    for (served, count) in [(1, 0), (5, 0), (3, 4), (0, 4)] {
        let expected = Err(disagree(served, count));
        assert_eq!(verified(count).step(served), expected);
    }
    // One voucher is outstanding, and the gateway claims two.
    assert_eq!(waiting(4).step(6), Err(disagree(6, 4)));
    assert_eq!(waiting(4).step(3), Err(disagree(3, 4)));
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again_and_one_that_was_not_made_is_asked_for_anew() {
    assert_eq!(waiting(4).step(5), Ok(Step::Repeat(pending(4))));
    assert_eq!(waiting(4).step(4), Ok(Step::Ask(4)));
    assert_eq!(waiting(0).step(0), Ok(Step::Ask(0)));
}

#[test]
fn everything_that_was_asked_with_a_voucher_is_kept_until_its_result_is_verified() {
    let mut state = verified(4);
    state.sign(4, u128::MAX, &[0, 16, -3]);
    assert_eq!(state, waiting(4));
    state.sign(4, u128::MAX, &[1]);
    state.sign(4, u128::MAX, &[0, 16, -3]);
    let inputs = |state: &State| state.pending.as_ref().map(|p| p.inputs.clone());
    assert_eq!(inputs(&state), Some(vec![vec![0, 16, -3], vec![1]]));
    state.verify();
    state.sign(5, u128::MAX, &[2]);
    assert_eq!(inputs(&state), Some(vec![vec![2]]));
}

#[test]
fn a_verified_result_makes_way_for_the_next() {
    let mut state = waiting(4);
    state.verify();
    assert_eq!(state, verified(5));
    state.verify();
    assert_eq!(state, verified(5), "nothing was pending");
}

#[test]
fn after_a_false_result_nothing_is_signed_whatever_the_gateway_says() {
    let mut state = waiting(4);
    state.refute("the proof is of something else".into());
    for served in 0..7 {
        let error = state.step(served).expect_err("is refused");
        assert!(
            matches!(&error, Unsigned::Refuted { sequence: 4, .. }),
            "{error}"
        );
    }
    let error = state.refuse_if_refuted().expect_err("is refused");
    assert!(error.to_string().contains("something else"), "{error}");
    assert_eq!(exit_code(&super::super::infer::unsigned(error)), 4);
    assert_eq!(
        exit_code(&super::super::infer::unsigned(disagree(5, 4))),
        1,
        "a lost state is no false result"
    );
}

#[test]
fn what_was_saved_is_read_by_the_next_process_with_its_large_numbers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let below = folder.path().join("not/there/yet");
    let mut refuted = waiting(3);
    refuted.refute("why".into());
    for state in [verified(2), waiting(3), refuted] {
        let store = Store::open(&below, 7).expect("opens");
        store.save(&state).expect("writes");
        drop(store);
        let store = Store::open(&below, 7).expect("opens again");
        assert_eq!(store.read().expect("reads"), Some(state.clone()));
        assert_eq!(store.state_of(identity()).expect("is of it"), state);
    }
    let text = std::fs::read_to_string(below.join("channel-7.json")).expect("reads");
    assert!(text.contains(&format!("\"{}\"", u128::MAX)), "{text}");
    let other = Store::open(&below, 8).expect("opens");
    assert_eq!(other.read().expect("reads"), None);
}

mod refuse {
    use super::*;

    #[test]
    fn the_state_of_another_chain_by_its_file_and_what_to_do() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path(), 7).expect("opens");
        store.save(&verified(2)).expect("writes");
        let changes: [fn(&mut Identity); 4] = [
            |of| of.genesis = "0x08".into(),
            |of| of.opened_at = 41,
            |of| of.payer = "another".into(),
            |of| of.provider = "another".into(),
        ];
        for change in changes {
            let mut of = identity();
            change(&mut of);
            let error = store.state_of(of).expect_err("is of another").to_string();
            assert!(error.contains("channel-7.json"), "{error}");
            assert!(error.contains("--state"), "{error}");
        }
    }

    #[test]
    fn a_damaged_file_or_one_of_another_version() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path(), 7).expect("opens");
        let path = folder.path().join("channel-7.json");
        store.save(&verified(2)).expect("writes");
        let good = std::fs::read_to_string(&path).expect("reads");
        for damaged in [
            String::new(),
            good[..good.len() / 2].to_owned(),
            good.replace("\"2\"", "\"many\""),
            good.replace("\"version\": 1", "\"version\": 2"),
        ] {
            std::fs::write(&path, &damaged).expect("writes");
            let error = store.read().expect_err("is refused").to_string();
            assert!(error.contains("channel-7.json"), "{error}");
        }
    }
}
