//! A configuration file with every key, its help and its value.

use super::{
    sources::{keys, variable},
    Config,
};
use clap::{parser::ValueSource, Arg, ArgAction, ArgMatches, CommandFactory};
use std::ffi::{OsStr, OsString};
use toml::Value;

/// Longest line of help.
const WIDTH: usize = 98;
const HEAD: &str = "\
# Configuration of lattice-worker: `lattice-worker --config FILE`, `lattice-node --provider FILE`.
# Every key is an option of the command line, and an environment variable. The command line goes
# before the environment, the environment before this file. Keys may stand in tables: `listen` in
# the table `[p2p]` is `p2p-listen`. Paths are relative to the folder in which the worker is started.
# A key with a # before it is not set: its default, or an example, is shown.
";

/// The file that says what these arguments say.
///
/// # Errors
/// When the arguments ask for help.
pub(super) fn render(arguments: &[OsString]) -> Result<String, clap::Error> {
    let command = Config::command();
    // What is required may still be missing.
    let matches = Config::command()
        .ignore_errors(true)
        .try_get_matches_from(arguments)?;
    let mut text = String::from(HEAD);
    for (long, argument) in keys(&command) {
        text.push('\n');
        let help = argument.get_long_help().or(argument.get_help());
        let help = help.map(ToString::to_string).unwrap_or_default();
        for paragraph in help.split("\n\n") {
            comment(paragraph, &mut text);
        }
        if argument.is_required_set() {
            comment("Required.", &mut text);
        }
        comment(&format!("Environment: {}", variable(long)), &mut text);
        let (is_set, value) = value(argument, &matches);
        let mark = if is_set { "" } else { "#" };
        text.push_str(&format!("{mark}{long} = {value}\n"));
    }
    Ok(text)
}

/// Breaks a paragraph into lines of comment.
fn comment(paragraph: &str, text: &mut String) {
    let mut line = String::from("#");
    for word in paragraph.split_whitespace() {
        let length = line.chars().count().saturating_add(word.chars().count());
        if length >= WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

/// Whether an option is set, and its value or else an example.
fn value(argument: &Arg, matches: &ArgMatches) -> (bool, Value) {
    let id = argument.get_id().as_str();
    let is_set = matches.value_source(id) == Some(ValueSource::CommandLine);
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        return (is_set, Value::Boolean(is_set));
    }
    let mut values: Vec<Value> = match is_set {
        true => matches
            .get_raw(id)
            .into_iter()
            .flatten()
            .map(read)
            .collect(),
        false => argument
            .get_default_values()
            .iter()
            .map(|value| read(value.as_os_str()))
            .collect(),
    };
    if values.is_empty() {
        let name = argument.get_value_names().and_then(<[_]>::first);
        let example = name.map_or_else(|| "VALUE".to_owned(), ToString::to_string);
        values.push(Value::String(example));
    }
    let value = match (argument.get_action(), values.pop()) {
        (ArgAction::Append, last) => {
            values.extend(last);
            Value::Array(values)
        }
        (_, Some(value)) => value,
        (_, None) => Value::String(String::new()),
    };
    (is_set, value)
}

/// A number where the text is just that, a string otherwise.
fn read(text: &OsStr) -> Value {
    let text = text.to_string_lossy();
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => Value::Integer(number),
        _ => Value::String(text.into_owned()),
    }
}
