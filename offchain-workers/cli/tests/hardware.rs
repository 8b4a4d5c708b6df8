//! What a machine has, how fast it is, and what serving a model takes on it. No chain.

mod support;

use support::{fail, json, succeed, Digits};

/// A profile in a file beside the model.
fn measured(digits: &Digits) -> String {
    let profile = digits.path("hardware.json").to_string_lossy().into_owned();
    let figures = json(&["hardware", "bench", "--quick", "--save", &profile]);
    assert_eq!(figures["device"], "cpu");
    for product in figures["products"].as_array().unwrap() {
        assert!(product["operationsPerSecond"].as_f64().unwrap() > 0.0);
    }
    let proofs = &figures["proving"][0];
    assert!(proofs["constraints"].as_u64().unwrap() > 1_000);
    assert!(proofs["constraintsPerSecond"].as_f64().unwrap() > 0.0);
    profile
}

#[test]
fn a_machine_is_shown_with_the_devices_that_this_build_can_use() {
    let digits = Digits::import();
    let folder = digits.path("later").to_string_lossy().into_owned();
    let detected = json(&["hardware", "detect", "--folder", &folder]);
    let threads = detected["cpu"]["usableThreads"].as_u64().unwrap();
    assert!(threads >= 1);
    assert_eq!(detected["published"]["cpuCores"].as_u64(), Some(threads));
    assert!(detected["memory"]["totalMib"].as_u64().unwrap() > 0);
    assert!(detected["disk"]["availableMib"].is_u64());
    let devices = detected["devices"].as_array().unwrap();
    assert_eq!(devices[0]["device"], "cpu");
    assert_eq!(devices[0]["usable"], true);
    // The others can be used, or it is said why not.
    for device in devices {
        assert_ne!(device["usable"], device["reason"].is_string(), "{device}");
    }
    let text = succeed(&["hardware", "detect", "--folder", &folder]);
    assert!(text.contains("published") && text.contains("cpu"), "{text}");
}

#[test]
fn a_model_is_recommended_with_a_price_and_the_commands_to_run() {
    let digits = Digits::import();
    let profile = measured(&digits);
    let model = digits.model();
    let recommend = |options: &[&str]| {
        let arguments = ["hardware", "recommend", &model, "--profile", &profile];
        json(&[&arguments[..], options].concat())
    };
    let estimated = recommend(&[]);
    assert_eq!(estimated["model"], digits.report["model"]);
    assert_eq!(estimated["device"], "cpu");
    assert_eq!(estimated["devices"][0]["measured"], true);
    assert_eq!(estimated["proof"]["measured"], false);
    assert!(estimated["proof"]["seconds"].as_f64().unwrap() > 0.0);
    assert!(estimated["constraints"].as_u64().unwrap() > 1_000);
    assert!(estimated["priceFloor"].is_null());
    let text = succeed(&["hardware", "recommend", &model, "--profile", &profile]);
    assert!(text.contains("say with --cost-per-hour"), "{text}");
    assert!(text.contains("from request to result"), "{text}");
    assert_eq!(estimated["warnings"].as_array().unwrap().len(), 0);

    let keys = digits.path("keys").to_string_lossy().into_owned();
    json(&["setup", "dev", &model, "-o", &keys]);
    let proven = recommend(&["--keys", &keys, "--cost-per-hour", "3600"]);
    assert_eq!(proven["proof"]["measured"], true);
    assert_eq!(proven["constraints"], estimated["constraints"]);
    // A second costs a token, and half of the time there is no work.
    let seconds = proven["proof"]["seconds"].as_f64().unwrap()
        + proven["devices"][0]["seconds"].as_f64().unwrap();
    // Beside the work a requester waits for two blocks of three seconds.
    let latency = proven["latencySeconds"].as_f64().unwrap();
    assert!((latency - seconds - 6.0).abs() < 1e-6, "{latency}");
    let floor: f64 = proven["priceFloor"].as_str().unwrap().parse().unwrap();
    assert!((floor / 2e12 - seconds).abs() < 1e-6, "{floor} {seconds}");
    let commands = proven["commands"].as_array().unwrap();
    let register = commands[0].as_str().unwrap();
    // Above what the capacity demands there is one collateral, of 10 and ten times the price, for each slot.
    let planck = |name: &str| proven[name].as_str().unwrap().parse::<u128>().unwrap();
    let capacity = u128::from(proven["capacity"].as_u64().unwrap());
    let margin = capacity * 10 * (1_000_000_000_000 + planck("priceFloor"));
    assert_eq!(planck("stake"), planck("stakeDemanded") + margin);
    assert!(register.contains("provider register"), "{register}");
    let offer = commands[1].as_str().unwrap();
    let model_hash = digits.report["model"].as_str().unwrap();
    assert!(offer.contains(model_hash), "{offer}");
    let deadline = format!("--min-deadline {}", proven["minDeadline"]);
    assert!(offer.contains(&deadline), "{offer}");
}

#[test]
fn the_processor_is_recommended_where_only_a_gpu_was_measured_that_is_gone() {
    let digits = Digits::import();
    let profile = measured(&digits);
    let mut figures: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&profile).unwrap()).unwrap();
    figures["devices"][0]["device"] = "cuda:77".into();
    std::fs::write(&profile, figures.to_string()).unwrap();
    let model = digits.model();
    let recommended = json(&["hardware", "recommend", &model, "--profile", &profile]);
    assert_eq!(recommended["device"], "cpu");
    let devices = recommended["devices"].as_array().unwrap();
    assert_eq!(devices[0]["device"], "cpu");
    assert_eq!(devices[0]["measured"], true);
    let gone = devices.last().unwrap();
    assert_eq!(gone["device"], "cuda:77");
    assert_eq!(gone["measured"], false);
    assert!(gone["reason"].is_string() && gone["seconds"].is_number());
}

mod refuses {
    use super::*;

    #[test]
    fn to_recommend_without_figures() {
        let digits = Digits::import();
        let missing = digits.path("none.json").to_string_lossy().into_owned();
        let model = digits.model();
        let (code, error) = fail(&["hardware", "recommend", &model, "--profile", &missing]);
        assert_eq!(code, 3, "{error}");
        assert!(error.contains("lattice hardware bench"), "{error}");
    }

    #[test]
    fn to_overwrite_a_file_that_is_no_profile() {
        let digits = Digits::import();
        let other = digits.write("notes.json", "{}");
        let (code, error) = fail(&["hardware", "bench", "--quick", "--save", &other]);
        assert_eq!(code, 1, "{error}");
        assert!(error.contains("is not a profile"), "{error}");
        assert_eq!(std::fs::read_to_string(other).unwrap(), "{}");
    }

    #[test]
    fn keys_that_are_not_there_and_devices_that_are_none() {
        let digits = Digits::import();
        let (code, error) = fail(&["hardware", "bench", "--device", "tpu:0"]);
        assert_eq!(code, 2, "{error}");
        assert!(error.contains("tpu:0"), "{error}");
        let profile = measured(&digits);
        let model = digits.model();
        let keys = digits.path("no-keys").to_string_lossy().into_owned();
        let recommend = ["hardware", "recommend", &model, "--profile", &profile];
        let (code, error) = fail(&[&recommend[..], &["--keys", &keys]].concat());
        assert_eq!(code, 1, "{error}");
        assert!(error.contains("no-keys"), "{error}");
    }
}
