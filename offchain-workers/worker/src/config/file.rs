//! The TOML file: a key for each option.

use super::sources::{flag, keys, with_value, ConfigError, Given};
use clap::{Arg, ArgAction, Command};
use lattice_chain_client::Signer;
use std::{
    collections::BTreeSet,
    ffi::OsString,
    io::Read,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

/// A configuration is a page of text; anything longer is some other file.
const MAX_FILE: u64 = 256 * 1024;
/// How alike a known key must be to be suggested.
const ALIKE: f64 = 0.75;

/// Reads a file.
pub(super) fn read(path: &Path, command: &Command) -> Result<Vec<Given>, ConfigError> {
    let failed = |source| ConfigError::Read {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    std::fs::File::open(path)
        .map_err(failed)?
        .take(MAX_FILE.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(failed)?;
    if u64::try_from(text.len()).map_or(true, |length| length > MAX_FILE) {
        return Err(ConfigError::TooLarge {
            path: path.to_owned(),
            limit: MAX_FILE,
        });
    }
    parse(path, &text, command)
}

/// What a file of this name with this text says, in the order of its keys.
pub(super) fn parse(path: &Path, text: &str, command: &Command) -> Result<Vec<Given>, ConfigError> {
    let table: Table = toml::from_str(text).map_err(|error| ConfigError::Toml {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    let mut settings = Vec::new();
    flatten(None, table, &mut settings);
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for (key, value) in settings {
        let known = keys(command).find(|(long, _)| *long == key);
        let Some((long, argument)) = known else {
            let nearest = nearest(&key, command);
            return Err(ConfigError::UnknownKey {
                path: path.to_owned(),
                key,
                nearest,
            });
        };
        if !seen.insert(key.clone()) {
            return Err(ConfigError::Twice {
                path: path.to_owned(),
                key,
            });
        }
        if long == "dev-seed" {
            no_secret(path, &value)?;
        }
        let place = format!("{}: `{long}`", path.display());
        match arguments(long, argument, &value) {
            Ok(arguments) => all.push(Given {
                long: long.to_owned(),
                place,
                arguments,
            }),
            Err(reason) => return Err(ConfigError::Value { place, reason }),
        }
    }
    Ok(all)
}

/// A development account is known to everybody; any other seed is a secret.
fn no_secret(path: &Path, value: &Value) -> Result<(), ConfigError> {
    match value.as_str().map(Signer::from_dev_seed) {
        Some(Ok(_)) => Ok(()),
        _ => Err(ConfigError::Secret {
            path: PathBuf::from(path),
        }),
    }
}

/// Joins the names of tables and of their keys: `listen` in `[p2p]` is `p2p-listen`.
fn flatten(prefix: Option<&str>, table: Table, into: &mut Vec<(String, Value)>) {
    for (key, value) in table {
        let key = match prefix {
            Some(prefix) => format!("{prefix}-{key}"),
            None => key,
        };
        match value {
            Value::Table(table) => flatten(Some(key.as_str()), table, into),
            value => into.push((key, value)),
        }
    }
}

/// What says the same on the command line.
fn arguments(long: &str, argument: &Arg, value: &Value) -> Result<Vec<OsString>, String> {
    match (argument.get_action(), value) {
        (ArgAction::SetTrue, Value::Boolean(true)) => Ok(vec![flag(long)]),
        (ArgAction::SetTrue, Value::Boolean(false)) => Ok(Vec::new()),
        (ArgAction::SetTrue, other) => Err(format!("{other} is neither true nor false")),
        (ArgAction::Append, Value::Array(values)) => values
            .iter()
            .map(|value| scalar(value).map(|text| with_value(long, text.as_ref())))
            .collect(),
        (_, value) => Ok(vec![with_value(long, scalar(value)?.as_ref())]),
    }
}

/// A value as it would be typed.
fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Boolean(on) => Ok(on.to_string()),
        other => Err(format!("takes one value, not {}", other.type_str())),
    }
}

fn nearest(key: &str, command: &Command) -> Option<String> {
    keys(command)
        .map(|(long, _)| (strsim::jaro_winkler(key, long), long))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, long)| long.to_owned())
}
