use super::*;
use std::path::Path;

/// A file with this text, named on a command line beside these arguments, in this environment.
fn start(text: &str, typed: &[&str], environment: &[(&str, &str)]) -> Result<Start, ConfigError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("worker.toml");
    std::fs::write(&path, text).expect("written");
    let file = path.to_str().expect("UTF-8");
    let arguments = [&["lattice-worker", "--config", file], typed].concat();
    load(arguments, &|name: &str| {
        let mut variables = environment.iter();
        let found = variables.find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    })
}

fn config(text: &str, typed: &[&str], environment: &[(&str, &str)]) -> Config {
    match start(text, typed, environment).expect("complete") {
        Start::Run(config) => *config,
        Start::Print(text) => panic!("printed {text}"),
    }
}

fn printed(text: &str, typed: &[&str]) -> String {
    match start(text, &[typed, &["--print-config"]].concat(), &[]).expect("complete") {
        Start::Print(text) => text,
        Start::Run(config) => panic!("ran with {config:?}"),
    }
}

const COMPLETE: &str = r#"
chain = "ws://node:1"
dev-seed = "//Bob"
models = "m"
data = "d"
max-batch = 5
redeem-above = 0.5
watch = true
"#;

#[test]
fn a_file_is_enough() {
    let config = config(COMPLETE, &[], &[]);
    assert_eq!(config.chain, "ws://node:1");
    assert_eq!(config.dev_seed.as_deref(), Some("//Bob"));
    assert_eq!(config.models, Path::new("m"));
    assert_eq!(config.max_batch.get(), 5);
    assert_eq!(config.redeem_above, 500_000_000_000);
    assert!(config.watch && !config.log_json);
    // What nobody says has its default.
    assert_eq!(config.max_parallel.get(), 1);
}

#[test]
fn the_command_line_goes_before_the_environment_and_the_environment_before_the_file() {
    let environment = [
        ("LATTICE_WORKER_CHAIN", "ws://environment:1"),
        ("LATTICE_WORKER_MAX_BATCH", "6"),
        ("LATTICE_WORKER_WATCH", "off"),
        ("LATTICE_WORKER_LOG_JSON", "1"),
        // As an environment file may have it: not set.
        ("LATTICE_WORKER_MODELS", ""),
    ];
    let config = config(COMPLETE, &["--chain", "ws://typed:1"], &environment);
    assert_eq!(config.chain, "ws://typed:1");
    assert_eq!(config.max_batch.get(), 6);
    assert!(!config.watch && config.log_json);
    assert_eq!(config.models, Path::new("m"));
}

#[test]
fn a_signer_that_is_typed_displaces_the_one_in_the_file_or_the_environment() {
    let file = COMPLETE.replace("dev-seed = \"//Bob\"", "key-file = \"bob.key\"");
    let config = config(
        &file,
        &["--dev-seed", "//Eve"],
        &[("LATTICE_WORKER_KEY_FILE", "other.key")],
    );
    assert_eq!(config.dev_seed.as_deref(), Some("//Eve"));
    assert_eq!(config.key_file, None);
}

#[test]
fn the_environment_may_name_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("worker.toml");
    std::fs::write(&path, COMPLETE).expect("written");
    let started = load(["lattice-worker"], &|name: &str| {
        (name == "LATTICE_WORKER_CONFIG").then(|| path.clone().into_os_string())
    });
    assert!(matches!(started, Ok(Start::Run(config)) if config.max_batch.get() == 5));
}

#[test]
fn keys_may_stand_in_tables() {
    let file = COMPLETE.replace("max-batch = 5", "");
    let config = config(
        &format!("{file}\n[max]\nbatch = 7\nparallel = 2\n"),
        &[],
        &[],
    );
    assert_eq!((config.max_batch.get(), config.max_parallel.get()), (7, 2));
}

#[test]
fn the_printed_file_has_every_key_and_says_what_holds() {
    let text = printed(COMPLETE, &["--max-batch", "9"]);
    let set: toml::Table = toml::from_str(&text).expect("TOML");
    assert_eq!(set["max-batch"].as_integer(), Some(9), "{text}");
    assert_eq!(set["models"].as_str(), Some("m"));
    assert_eq!(set["watch"].as_bool(), Some(true));
    assert!(!set.contains_key("max-parallel"), "{text}");
    // It says the same when it is read.
    assert_eq!(config(&text, &[], &[]).max_batch.get(), 9);

    // With the examples as well, each option is there once.
    let all: toml::Table = toml::from_str(&uncommented(&text)).expect("TOML");
    let command = Config::command();
    let expected: BTreeSet<&str> = keys(&command).map(|(long, _)| long).collect();
    let shown: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(shown, expected);
    for (long, argument) in keys(&command) {
        assert!(text.contains(&variable(long)), "{long}");
        assert!(argument.get_help().is_some(), "{long} has no help");
    }
}

#[test]
fn a_file_can_be_printed_before_there_is_anything_to_say() {
    let text = match load(["lattice-worker", "--print-config"], &|_: &str| None) {
        Ok(Start::Print(text)) => text,
        other => panic!("{other:?}"),
    };
    assert!(toml::from_str::<toml::Table>(&text)
        .expect("TOML")
        .is_empty());
    // Every default is one that the option takes.
    let command = Config::command();
    let defaults = uncommented(&text);
    let given = file::parse(Path::new("printed"), &without_examples(&defaults), &command);
    for given in given.expect("known keys") {
        check(&given).expect("a value that is taken");
    }
}

#[test]
fn the_configuration_that_is_shipped_is_one() {
    let text = include_str!("../../../../../scripts/config/provider.toml");
    let config = config(text, &[], &[]);
    assert!(config.key_file.is_some() && config.dev_seed.is_none());
}

/// The text with its examples and defaults set.
fn uncommented(text: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if setting.starts_with(|c: char| c.is_ascii_lowercase()) => setting,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Only the options that have a default.
fn without_examples(text: &str) -> String {
    let command = Config::command();
    let has_default = |line: &&str| {
        let key = line.split(" = ").next().unwrap_or_default();
        let mut known = keys(&command);
        known.any(|(long, argument)| long == key && !argument.get_default_values().is_empty())
    };
    text.lines()
        .filter(has_default)
        .collect::<Vec<_>>()
        .join("\n")
}

mod refuse {
    use super::*;

    fn refused(text: &str, environment: &[(&str, &str)]) -> String {
        let error = start(text, &[], environment).expect_err("refused");
        error.to_string()
    }

    #[test]
    fn an_unknown_key_by_its_name_and_the_nearest_known_one() {
        let message = refused("max-bacth = 3", &[]);
        assert!(message.contains("worker.toml"), "{message}");
        assert!(message.contains("unknown key `max-bacth`"), "{message}");
        assert!(message.contains("did you mean `max-batch`"), "{message}");
        let message = refused("key_file = \"f\"", &[]);
        assert!(message.contains("`key-file`"), "{message}");
        let message = refused("[max]\nqqqq = 3", &[]);
        assert!(message.contains("`max-qqqq`"), "{message}");
    }

    #[test]
    fn what_belongs_on_the_command_line() {
        for key in [
            "config = \"other\"",
            "print-config = true",
            "supervised = true",
        ] {
            assert!(refused(key, &[]).contains("unknown key"), "{key}");
        }
    }

    #[test]
    fn a_value_that_is_none_by_file_and_key_or_by_variable() {
        let message = refused("max-batch = 65", &[]);
        assert!(message.contains("worker.toml: `max-batch`"), "{message}");
        assert!(message.contains("at most 64"), "{message}");
        let message = refused("watch = \"yes\"", &[]);
        assert!(message.contains("`watch`"), "{message}");
        let message = refused("chain = [\"a\", \"b\"]", &[]);
        assert!(
            message.contains("`chain`") && message.contains("one value"),
            "{message}"
        );
        for variable in ["LATTICE_WORKER_MAX_BATCH", "LATTICE_WORKER_WATCH"] {
            let message = refused(COMPLETE, &[(variable, "maybe")]);
            assert!(message.contains(variable), "{message}");
        }
    }

    #[test]
    fn a_secret_without_repeating_it() {
        let seed = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";
        let message = refused(&format!("dev-seed = \"{seed}\""), &[]);
        assert!(
            message.contains("key-file") && !message.contains("e5be9a"),
            "{message}"
        );
    }

    #[test]
    fn a_key_that_is_said_twice() {
        let message = refused("max-batch = 3\n[max]\nbatch = 4", &[]);
        assert!(message.contains("twice"), "{message}");
    }

    #[test]
    fn what_is_no_toml_no_file_or_far_too_long() {
        assert!(matches!(
            start("chain =", &[], &[]),
            Err(ConfigError::Toml { .. })
        ));
        let long = "#".repeat(300_000);
        assert!(matches!(
            start(&long, &[], &[]),
            Err(ConfigError::TooLarge { .. })
        ));
        let missing = load(
            ["lattice-worker", "--config", "/nonexistent/f"],
            &|_: &str| None,
        );
        assert!(matches!(missing, Err(ConfigError::Read { .. })));
    }

    #[test]
    fn a_wrong_command_line_as_without_a_file() {
        let kind = |typed: &[&str]| match start(COMPLETE, typed, &[]) {
            Err(ConfigError::CommandLine(error)) => error.kind(),
            other => panic!("{other:?}"),
        };
        assert_eq!(kind(&["--max-bacth", "3"]), ErrorKind::UnknownArgument);
        assert_eq!(kind(&["--max-batch", "0"]), ErrorKind::ValueValidation);
        assert_eq!(kind(&["--help"]), ErrorKind::DisplayHelp);
        let nothing = start("", &[], &[]).expect_err("nothing is said");
        assert!(nothing.to_string().contains("--models"), "{nothing}");
    }
}
