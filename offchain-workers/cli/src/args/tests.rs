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

#[test]
fn every_documented_command_is_read() {
    let hash = format!("0x{}", "ab".repeat(32));
    let account = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
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
        "lattice provider offer --model 0 --no-optimistic --any-capacity --key-file key",
        "lattice provider status",
        "lattice provider update --endpoint /dns4/gpu.example/tcp/1 --endpoint https://x --key-file k",
        "lattice provider update --no-endpoints --capacity 8 --hardware auto --dev-seed //Bob",
        "lattice verify 7 --state s --model-file m.lattice --json",
        "lattice infer --model 0 --input x.npy --wait --json --dev-seed //Alice",
        "lattice infer --model 0 --input x.json --row 3 --max-price 2 --deadline 9",
        "lattice infer --model 0 --input x.json --verification direct --dev-seed //Alice",
        "lattice infer --model 0 --input x.json --verification replicated --replicas 5 --quorum 3 \
         --dev-seed //Alice",
        "lattice quote --model 0 --verification optimistic --window 50 --bond 80",
        "lattice infer --model 0 --input x.npy --attempts 3 --accept-within 3 --dev-seed //Alice",
        "lattice infer --model 0 --input x.npy --verification optimistic --attempts 2 --dev-seed //Alice",
        &format!("lattice infer --model 0 --input x.npy --prefer {account} --exclude {account}"),
        &format!("lattice infer --model 0 --input x.npy --provider {account} --wait"),
        "lattice quote --model 0 --deadline 9 --json",
        &format!("lattice quote --model 0 --provider {account} --exclude {account}"),
        "lattice cancel 7 --dev-seed //Alice",
        "lattice provider plan --model 0 --period 28800 --quota 1000 --price 40 --dev-seed //Bob",
        "lattice provider plan-remove 4 --key-file k --json",
        "lattice subscribe --plan 4 --periods 2 --dev-seed //Dave",
        "lattice subscribe --plan 4 --periods 2 --max-total 100 --json --key-file k",
        "lattice subscription show 8 --chain ws://127.0.0.1:9944",
        &format!("lattice subscription list {account}"),
        "lattice subscription list --dev-seed //Bob --json",
        "lattice subscription cancel 8 --dev-seed //Dave",
        "lattice subscription terminate 8 --dev-seed //Bob",
        "lattice subscription report-absence 8 --dev-seed //Dave",
        "lattice infer --subscription 8 --input x.npy --wait --dev-seed //Dave",
        "lattice infer --subscription 8 --model 0 --input x.npy --max-price 2 --deadline 9",
        "lattice infer --subscription 8 --input x.npy --verification proven-by-ceremony",
        "lattice disputes",
        "lattice disputes --all --json",
        &format!("lattice disputes {account}"),
        "lattice disputes --dev-seed //Eve",
        "lattice challenge 7 --dev-seed //Eve",
        "lattice challenge 7 --model-file m.lattice --json --key-file k",
        "lattice challenge 7 --unchecked --key-file k",
        "lattice verify 7 --model-file m.lattice",
        &format!("lattice channel open --model 0 --provider {account} --deposit 20 --dev-seed //Dave"),
        &format!("lattice channel open --model {hash} --provider {account} --deposit 20 --max-unit-price 1.2 --key-file k"),
        "lattice channel top-up 7 0.5 --dev-seed //Dave",
        "lattice channel close 7 --key-file k --json",
        "lattice channel withdraw 7 --key-file k",
        "lattice channel show 7 --chain ws://127.0.0.1:9944",
        &format!("lattice channel list {account}"),
        "lattice channel list --dev-seed //Bob --json",
        "lattice infer --channel 7 --input x.npy --dev-seed //Dave",
        "lattice infer --channel 7 --input x.npy --row 3 --gateway http://127.0.0.1:8600 --state s --key-file k",
        "lattice infer --model 0 --input x.npy --private --dev-seed //Dave",
        "lattice infer --model 0 --input x.npy --private --private-output --peer /ip4/127.0.0.1/tcp/30400 \
         --peer /dns/node.example/tcp/30400 --open --state s --json --key-file k",
        "lattice infer --model 0 --input x.npy --private --verification proven-by-ceremony --deadline 9",
        &format!("lattice infer --model 0 --input x.npy --private --provider {account} --max-price 2"),
        "lattice private resume 7 --dev-seed //Dave",
        &format!("lattice private resume {hash} --open --state s --peer /ip4/127.0.0.1/tcp/1 --key-file k"),
        "lattice private list --json",
        "lattice private list --state s",
        "lattice provider pause --dev-seed //Bob",
        "lattice provider resume --key-file key",
        "lattice record 7",
        &format!("lattice history {account} --from 3 --last 10"),
        "lattice history --dev-seed //Dave --json",
        "lattice top --chain ws://127.0.0.1:9944",
        "lattice top --json --blocks 0",
        "lattice top --once --blocks 20",
        "lattice verify 7 --chain ws://127.0.0.1:9944",
        "lattice proof export 7 -o evidence --chain ws://127.0.0.1:9944",
        "lattice proof export 7 --format snarkjs -o evidence --json",
        &format!("lattice proof export --keys keys/ --proof @p.bin --public {hash},{hash},{hash} -o e"),
        "lattice proof import evidence/",
        &format!("lattice proof verify --key v.key --proof @p.bin --public {hash},{hash},{hash}"),
        "lattice hardware detect --json",
        "lattice hardware detect --folder /srv/lattice",
        "lattice hardware bench --device cuda:0 --save h.json --quick",
        "lattice hardware recommend m.lattice --cost-per-hour 1.5 --utilisation 30",
        "lattice hardware recommend m.lattice --keys keys/ --profile h.json --json",
        "lattice provider register --stake 100 --hardware auto --memory-mib 4096 --key-file k",
        "lattice load --rate 5 --duration 2m --dev-seed //Dave --sweep",
        "lattice load --outstanding 1000 --duration 30m --accounts 100 --attempts 3 --key-file k",
        "lattice load --rate 0.5 --duration 90 --model 3 --input x.npy --clip --fund 20 --drain 60s",
        "lattice load --rate 2 --duration 60 --verification optimistic --window 10 --json",
        "lattice run m.lattice --input x.npy --executor burn",
        "lattice --json run m.lattice --input x.json",
        "lattice account show --dev-seed //Alice",
        "lattice model store m.lattice --dev-seed //Alice",
        "lattice model store m.lattice --id 3 --key-file k",
        "lattice model clear 3 --key-file k",
        "lattice program upload lottery.wasm --dev-seed //Alice",
        &format!("lattice program remove {hash} --dev-seed //Alice"),
        &format!("lattice program instantiate {hash} --value 10 --input 0x00 --salt {hash} --model 0 --dev-seed //Alice"),
        &format!("lattice program call {account} --input @play.scale --value 1 --model 0 --key 0 --gas 5 --dev-seed //Bob"),
        &format!("lattice program call {account} --trace --json --dev-seed //Bob"),
        "lattice program execute train.lat --model 0 --keep-states --dry-run --dev-seed //Bob",
        &format!("lattice program show {account} --key 0x6b --chain ws://localhost:9944"),
        &format!("lattice program records {account} --json"),
        "lattice ceremony phase1 p.ptau --json",
        "lattice ceremony phase1 p.ptau --pin --key-file k",
        "lattice ceremony open m.lattice --ptau p.ptau --dir f --key-file k",
        "lattice ceremony open m.lattice --ptau p.ptau --dir f --registration 3 --dev-seed //Alice",
        "lattice ceremony open m.lattice --ptau p.ptau --dir f --records r.json",
        "lattice ceremony contribute 0 --ptau p.ptau --dir f --entropy dice --key-file k",
        "lattice ceremony verify 0 --ptau p.ptau --dir f --model m.lattice --save-records r.json",
        "lattice ceremony verify --records r.json --ptau p.ptau --dir f --json",
        "lattice ceremony challenge 0 --dir f --index 2 --dev-seed //Bob",
        "lattice ceremony finalize 0 --ptau p.ptau --dir f -o keys/ --key-file k",
        "lattice ceremony finalize 0 --ptau p.ptau --dir f -o keys/ --keys-only",
        "lattice verify-key m.lattice --keys keys/",
        "lattice verify-key m.lattice --keys keys/ --ceremony 0 --dir f --ptau p.ptau",
        "lattice asm prog.lat",
        "lattice asm prog.lat -o prog.bin --hex --json",
        "lattice disasm prog.bin",
        "lattice disasm 0xc10000",
        "lattice vm run prog.lat --model a.lattice --model b.lattice --key keys/",
        "lattice vm dry-run 0xc10000 --json",
        "lattice vm trace - --gas 5000",
        "lattice vm run p.wasm --entry instantiate --storage s.json --value 10 --block 7",
        "lattice vm dry-run p.wasm --input 0x00 --caller 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    ] {
        if let Err(error) = parse(line) {
            panic!("{line}: {error}");
        }
    }
}

#[test]
fn nonsense_is_refused() {
    let account = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    for line in [
        "lattice",
        "lattice model",
        "lattice model import m.onnx -o m.lattice",
        "lattice model import m.onnx --calibration x.npy -o m.lattice --input-range 5",
        "lattice model show 0x12",
        "lattice model show digits",
        "lattice provider register",
        "lattice provider register --stake much",
        "lattice provider offer --model 0 --dev-seed //Bob",
        "lattice provider update --dev-seed //Bob",
        "lattice provider update --endpoint /ip4/127.0.0.1/tcp/1 --no-endpoints --dev-seed //Bob",
        "lattice provider update --stake 5 --dev-seed //Bob",
        "lattice hardware",
        "lattice hardware bench --device tpu",
        "lattice hardware recommend",
        "lattice hardware recommend m.lattice --utilisation 0",
        "lattice hardware recommend m.lattice --cost-per-hour much",
        "lattice provider register --stake 100 --hardware manual --dev-seed //Bob",
        "lattice load --duration 2m --dev-seed //Dave",
        "lattice load --rate 5 --dev-seed //Dave",
        "lattice load --rate 5 --outstanding 7 --duration 2m --dev-seed //Dave",
        "lattice load --rate 5 --duration soon --dev-seed //Dave",
        "lattice load --rate 5 --duration 2m --accounts 0 --dev-seed //Dave",
        "lattice load --rate 5 --duration 2m --clip --dev-seed //Dave",
        "lattice run m.lattice --input x.npy --executor tpu",
        "lattice run m.lattice --input x.npy --quantized --clip",
        "lattice record -1",
        "lattice top 7",
        "lattice top --blocks many",
        "lattice quote",
        "lattice cancel --dev-seed //Alice",
        "lattice infer --model 0 --input x.npy --attempts many --dev-seed //Alice",
        "lattice infer --model 0 --input x.npy --provider Bob --dev-seed //Alice",
        "lattice ceremony phase1 --pin --dev-seed //Alice",
        "lattice ceremony contribute --dir f --ptau p.ptau",
        "lattice ceremony verify 0 --records r.json --dir f --ptau p.ptau",
        "lattice ceremony open m.lattice --dir f",
        "lattice verify-key m.lattice",
        "lattice verify-key m.lattice --keys k --dir f",
        "lattice proof export -o evidence",
        "lattice proof export 7",
        "lattice proof verify --key v.key --proof @p.bin",
        "lattice proof export 7 --proof 0x00 -o evidence",
        "lattice proof export --keys keys/ --proof @p.bin -o evidence",
        "lattice proof export --keys keys/ --proof @p.bin --public 0x00,0x01 -o evidence",
        "lattice proof export 7 --format gnark -o evidence",
        "lattice proof import",
        "lattice asm",
        "lattice disasm a b",
        "lattice vm run",
        "lattice vm prog.lat",
        "lattice vm run prog.lat --gas -5",
        "lattice vm run p.wasm --entry main",
        "lattice vm run p.wasm --value much",
        "lattice vm dry-run prog.lat --gas much",
        "lattice infer --model 0 --input x.npy --key-file k --dev-seed //Alice",
        "lattice infer --input x.npy --dev-seed //Alice",
        "lattice infer --channel 7 --model 0 --input x.npy --dev-seed //Alice",
        "lattice infer --channel 7 --max-price 2 --input x.npy --dev-seed //Alice",
        "lattice infer --channel 7 --attempts 1 --input x.npy --dev-seed //Alice",
        "lattice infer --channel 7 --verification direct --input x.npy --dev-seed //Alice",
        "lattice infer --model 0 --gateway http://x --input x.npy --dev-seed //Alice",
        "lattice infer --model 0 --state s --input x.npy --dev-seed //Alice",
        "lattice infer --model 0 --private-output --input x.npy --dev-seed //Alice",
        "lattice infer --model 0 --open --input x.npy --dev-seed //Alice",
        "lattice infer --model 0 --peer /ip4/127.0.0.1/tcp/1 --input x.npy --dev-seed //Alice",
        "lattice infer --model 0 --private --peer 127.0.0.1:1 --input x.npy --dev-seed //Alice",
        "lattice infer --model 0 --private --attempts 2 --input x.npy --dev-seed //Alice",
        "lattice infer --model 0 --private --accept-within 3 --input x.npy --dev-seed //Alice",
        "lattice infer --channel 7 --private --input x.npy --dev-seed //Alice",
        "lattice infer --channel 7 --open --input x.npy --dev-seed //Alice",
        "lattice infer --subscription 8 --private --input x.npy --dev-seed //Alice",
        "lattice infer --subscription 8 --private-output --input x.npy --dev-seed //Alice",
        "lattice private",
        "lattice private resume --dev-seed //Alice",
        "lattice private resume seven --dev-seed //Alice",
        "lattice private resume 0x00 --dev-seed //Alice",
        "lattice private list 7",
        "lattice infer --channel seven --input x.npy --dev-seed //Alice",
        "lattice infer --subscription 8 --channel 7 --input x.npy --dev-seed //Dave",
        "lattice infer --subscription 8 --attempts 2 --input x.npy --dev-seed //Dave",
        "lattice infer --subscription eight --input x.npy --dev-seed //Dave",
        &format!("lattice infer --subscription 8 --provider {account} --input x.npy"),
        &format!("lattice infer --subscription 8 --exclude {account} --input x.npy"),
        "lattice provider plan --model 0 --quota 1000 --price 40 --dev-seed //Bob",
        "lattice provider plan --model 0 --period 28800 --quota many --price 40 --dev-seed //Bob",
        "lattice provider plan-remove --dev-seed //Bob",
        "lattice subscribe --plan 4 --dev-seed //Dave",
        "lattice subscribe 4 --periods 2 --dev-seed //Dave",
        "lattice subscription",
        "lattice subscription show",
        "lattice subscription cancel -1 --dev-seed //Dave",
        "lattice disputes 7",
        &format!("lattice disputes {account} --all"),
        "lattice challenge --dev-seed //Eve",
        "lattice challenge 7 --unchecked --model-file m.lattice --dev-seed //Eve",
        "lattice channel",
        "lattice channel open --model 0 --deposit 20 --dev-seed //Dave",
        "lattice channel open --model 0 --provider Bob --deposit 20 --dev-seed //Dave",
        "lattice channel top-up 7 --dev-seed //Dave",
        "lattice channel top-up 7 much --dev-seed //Dave",
        "lattice channel close --dev-seed //Dave",
        "lattice channel show -1",
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
