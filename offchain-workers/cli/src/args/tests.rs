use super::*;
use crate::commands::model::ModelCommand;
use clap::CommandFactory;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split(' '))
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

/// Every line of issue 2, item 10.
#[test]
fn every_documented_command_is_read() {
    let hash = format!("0x{}", "ab".repeat(32));
    for line in [
        "lattice model import m.onnx --calibration x.npy --labels y.npy -o m.lattice",
        "lattice model import m.onnx --calibration x.npy -o m.lattice --input-range -127:127",
        "lattice model inspect m.lattice --json",
        "lattice model register m.lattice --name digits --keys keys/ --dev-seed //Alice",
        "lattice model list --chain ws://127.0.0.1:1",
        "lattice model show 3",
        &format!("lattice model show {hash}"),
        "lattice setup dev m.lattice -o keys/",
        "lattice provider register --stake 100 --dev-seed //Bob",
        "lattice provider offer --model 0 --price 0.5 --key-file key",
        "lattice provider status",
        "lattice infer --model 0 --input x.npy --wait --json --dev-seed //Alice",
        "lattice infer --model 0 --input x.json --row 3 --max-price 2 --deadline 9",
        "lattice record 7",
        "lattice verify 7 --chain ws://127.0.0.1:9944",
        "lattice run m.lattice --input x.npy --executor burn",
        "lattice --json run m.lattice --input x.json",
        "lattice account show --dev-seed //Alice",
    ] {
        if let Err(error) = parse(line) {
            panic!("{line}: {error}");
        }
    }
}

#[test]
fn nonsense_is_refused() {
    for line in [
        "lattice",
        "lattice model",
        "lattice model import m.onnx -o m.lattice",
        "lattice model import m.onnx --calibration x.npy -o m.lattice --input-range 5",
        "lattice model show 0x12",
        "lattice model show digits",
        "lattice provider register",
        "lattice provider register --stake much",
        "lattice run m.lattice --input x.npy --executor tpu",
        "lattice run m.lattice --input x.npy --quantized --clip",
        "lattice record -1",
        "lattice infer --model 0 --input x.npy --key-file k --dev-seed //Alice",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn amounts_are_tokens() {
    let Ok(Cli {
        command: Command::Model(ModelCommand::Register(register)),
        ..
    }) = parse("lattice model register m.lattice --royalty 1.5")
    else {
        panic!("the line must be read");
    };
    assert_eq!(register.royalty, 1_500_000_000_000);
}

#[test]
fn a_model_is_named_by_index_or_hash() {
    assert_eq!("12".parse(), Ok(ModelRef::Index(12)));
    let hash = format!("0x{}", "01".repeat(32));
    assert_eq!(hash.parse(), Ok(ModelRef::Hash(H256([1; 32]))));
    assert_eq!(ModelRef::Hash(H256([1; 32])).to_string(), hash);
}

/// `--help` of every command says something.
#[test]
fn every_command_explains_itself() {
    fn walk(command: &clap::Command, path: &str) {
        assert!(command.get_about().is_some(), "{path} has no description");
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some() || argument.is_hide_set(),
                "{path} {} has no help",
                argument.get_id()
            );
        }
        for sub in command.get_subcommands() {
            walk(sub, &format!("{path} {}", sub.get_name()));
        }
    }
    walk(&Cli::command(), "lattice");
}
