//! Command line over environment over file over default.

use super::{file, template, Config};
use clap::{error::ErrorKind, Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    path::PathBuf,
    sync::OnceLock,
};

/// What every environment variable of the worker begins with.
pub const PREFIX: &str = "LATTICE_WORKER_";
/// Options about this one start, which only the command line can give.
const TYPED_ONLY: [&str; 2] = ["print-config", "supervised"];
/// The option that names the file, which cannot stand in it.
const FILE: &str = "config";

/// Why the worker does not know what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// What clap says of the command line; also help and version.
    #[error(transparent)]
    CommandLine(#[from] clap::Error),
    #[error("cannot read the configuration {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path} is larger than {limit} bytes, so it is no configuration")]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("{path} is no TOML file: {reason}")]
    Toml { path: PathBuf, reason: String },
    #[error("{path}: unknown key `{key}`{hint}", hint = did_you_mean(.nearest))]
    UnknownKey {
        path: PathBuf,
        key: String,
        nearest: Option<String>,
    },
    #[error("{path}: `{key}` is said twice, once as a key of its own and once in a table")]
    Twice { path: PathBuf, key: String },
    #[error("{place}: {reason}")]
    Value { place: String, reason: String },
    // The value is left out: it may be a secret.
    #[error("{path}: `dev-seed` takes a development account such as //Bob; a secret belongs in a file of its own, which `key-file` names")]
    Secret { path: PathBuf },
}

impl ConfigError {
    /// Says it on standard error (help and version on standard output), and ends the process: with 2
    /// if it is an error.
    pub fn exit(self) -> ! {
        match self {
            ConfigError::CommandLine(error) => error.exit(),
            other => {
                eprintln!("error: {other}");
                std::process::exit(2)
            }
        }
    }
}

fn did_you_mean(nearest: &Option<String>) -> String {
    let nearest = nearest
        .as_ref()
        .map(|name| format!("; did you mean `{name}`?"));
    nearest.unwrap_or_default()
}

/// One option as a source gives it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// Long name of the option.
    pub long: String,
    /// Where it was said, for messages.
    pub place: String,
    /// What says the same on the command line; nothing for a flag that is off.
    pub arguments: Vec<OsString>,
}

/// What a start of the worker is for.
#[derive(Debug)]
pub enum Start {
    Run(Box<Config>),
    /// `--print-config`, and what it prints.
    Print(String),
}

impl Config {
    /// What command line, environment and file say together. Ends the process after `--help`,
    /// `--version`, `--print-config`, and with 2 after an error.
    pub fn from_command_line() -> Self {
        match load(std::env::args_os(), &in_process) {
            Ok(Start::Run(config)) => *config,
            Ok(Start::Print(text)) => {
                print!("{text}");
                std::process::exit(0)
            }
            Err(error) => error.exit(),
        }
    }
}

fn in_process(variable: &str) -> Option<OsString> {
    std::env::var_os(variable)
}

/// Reads the arguments, of which the first is the program's name, with this environment.
///
/// # Errors
/// Whatever cannot be understood, by the name of its source.
pub fn load<I, T>(
    arguments: I,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Start, ConfigError>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString>,
{
    let typed: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    // What is missing here may be in the file, and what is wrong comes up below; this is for `--help`,
    // and to know which options were typed.
    let matches = for_help()
        .ignore_errors(true)
        .try_get_matches_from(typed.clone())?;
    let command = Config::command();

    let path = match is_typed(&matches, FILE) {
        true => matches.get_one::<PathBuf>(FILE).cloned(),
        false => set(environment, FILE).map(PathBuf::from),
    };
    let in_file = match path {
        Some(path) => file::read(&path, &command)?,
        None => Vec::new(),
    };
    let mut taken: BTreeSet<String> = command
        .get_arguments()
        .filter(|argument| is_typed(&matches, argument.get_id().as_str()))
        .filter_map(Arg::get_long)
        .map(str::to_owned)
        .collect();
    let mut more = Vec::new();
    for source in [in_environment(&command, environment)?, in_file] {
        let displaced = with_rivals(&command, &taken);
        for given in source {
            if displaced.contains(&given.long) {
                continue;
            }
            check(&given)?;
            taken.insert(given.long);
            more.extend(given.arguments);
        }
    }

    let mut typed = typed.into_iter();
    let program = typed.next().unwrap_or_else(|| "lattice-worker".into());
    // Before the typed ones, which may end in an option without its value.
    let all: Vec<OsString> = [program].into_iter().chain(more).chain(typed).collect();
    let mut command = Config::command();
    let matches_all = command.try_get_matches_from_mut(all.clone());
    if is_on(&matches, "print_config") {
        return match matches_all {
            Err(error) if error.kind() != ErrorKind::MissingRequiredArgument => Err(error.into()),
            _ => Ok(Start::Print(template::render(&all)?)),
        };
    }
    let config = Config::from_arg_matches(&matches_all?).map_err(|e| e.format(&mut command))?;
    Ok(Start::Run(Box::new(config)))
}

/// The environment variable of an option.
pub(super) fn variable(long: &str) -> String {
    format!("{PREFIX}{}", long.to_uppercase().replace('-', "_"))
}

/// Options that the file may hold, by long name.
pub(super) fn keys(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    command
        .get_arguments()
        .filter_map(|argument| Some((argument.get_long()?, argument)))
        .filter(|(long, _)| *long != FILE && !TYPED_ONLY.contains(long))
}

/// The options with their environment variables, as help shows them.
fn for_help() -> Command {
    static NAMES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let command = Config::command();
        let longs = command.get_arguments().filter_map(Arg::get_long);
        longs
            .filter(|long| !TYPED_ONLY.contains(long))
            .map(|long| (long.to_owned(), variable(long)))
            .collect()
    });
    Config::command().mut_args(|argument| {
        let name = argument.get_long().and_then(|long| names.get(long));
        match name {
            Some(name) => argument.env(name.as_str()),
            None => argument,
        }
    })
}

fn is_typed(matches: &ArgMatches, id: &str) -> bool {
    matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine)
}

/// A flag; after an error that was ignored it may have no value at all.
fn is_on(matches: &ArgMatches, id: &str) -> bool {
    matches.get_one::<bool>(id).copied().unwrap_or(false)
}

/// An option's environment variable; an empty one counts as none.
fn set(environment: &dyn Fn(&str) -> Option<OsString>, long: &str) -> Option<OsString> {
    environment(&variable(long)).filter(|value| !value.is_empty())
}

fn in_environment(
    command: &Command,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Vec<Given>, ConfigError> {
    let mut all = Vec::new();
    for (long, argument) in keys(command) {
        let Some(value) = set(environment, long) else {
            continue;
        };
        let place = variable(long);
        let arguments = match argument.get_action() {
            ArgAction::SetTrue => match switch(&value) {
                Some(true) => vec![flag(long)],
                Some(false) => Vec::new(),
                None => {
                    let reason = format!("{value:?} is neither true nor false");
                    return Err(ConfigError::Value { place, reason });
                }
            },
            // A list is separated by commas.
            ArgAction::Append => value
                .to_string_lossy()
                .split(',')
                .map(|one| with_value(long, one.trim().as_ref()))
                .collect(),
            _ => vec![with_value(long, &value)],
        };
        all.push(Given {
            long: long.to_owned(),
            place,
            arguments,
        });
    }
    Ok(all)
}

fn switch(value: &OsStr) -> Option<bool> {
    match value.to_str()?.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// `--long`.
pub(super) fn flag(long: &str) -> OsString {
    format!("--{long}").into()
}

/// `--long=value`.
pub(super) fn with_value(long: &str, value: &OsStr) -> OsString {
    let mut argument = flag(long);
    argument.push("=");
    argument.push(value);
    argument
}

/// These options, and those that exclude one of them: a key file in the file gives way to a development
/// account on the command line.
fn with_rivals(command: &Command, taken: &BTreeSet<String>) -> BTreeSet<String> {
    let long_of = |id: &clap::Id| {
        let mut arguments = command.get_arguments();
        let argument = arguments.find(|argument| argument.get_id() == id);
        argument.and_then(Arg::get_long).map(str::to_owned)
    };
    let mut all = taken.clone();
    for group in command.get_groups() {
        let mut group = group.clone();
        if group.is_multiple() {
            continue;
        }
        let members: Vec<String> = group.get_args().filter_map(long_of).collect();
        if members.iter().any(|member| taken.contains(member)) {
            all.extend(members);
        }
    }
    all
}

/// Whether clap takes these values; by itself each is complete.
fn check(given: &Given) -> Result<(), ConfigError> {
    let program = OsString::from("lattice-worker");
    let arguments = [program].into_iter().chain(given.arguments.iter().cloned());
    match Config::command().try_get_matches_from(arguments) {
        Err(error) if error.kind() != ErrorKind::MissingRequiredArgument => {
            let text = error.to_string();
            let first = text.split("\n\n").next().unwrap_or_default();
            Err(ConfigError::Value {
                place: given.place.clone(),
                reason: first.trim_start_matches("error: ").trim().to_owned(),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
