//! `chain-specs/polkadot-js-rpc.json` says of the answers what they are.

use super::{
    execution::tests::{assignment, quote, record},
    model::tests::registration,
    provider::tests::provider,
    Assignment, ExecutionRecord, Model, Provider, Quote,
};
use lattice_primitives::{Ending, Fault, ModelState, Setup};
use serde::Serialize;
use serde_json::{to_value, Value};

fn definitions() -> Value {
    serde_json::from_str(include_str!("../../../../chain-specs/polkadot-js-rpc.json"))
        .expect("the definitions are JSON")
}

/// Checks that `value` has the fields of the structure `name`, no more and no
/// less, and so on for the structures and enumerations inside.
fn agree(types: &Value, name: &str, value: &Value) {
    if let Some(inner) = name.strip_prefix("Option<").or(name.strip_prefix("Vec<")) {
        let inner = inner.strip_suffix('>').expect("brackets match");
        match value {
            Value::Null => {}
            Value::Array(rows) => rows.iter().for_each(|row| agree(types, inner, row)),
            some => agree(types, inner, some),
        }
        return;
    }
    match &types[name] {
        Value::Null => agree_with_primitive(name, value),
        Value::Object(enumeration) if enumeration.contains_key("_enum") => {
            let variants = enumeration["_enum"].as_array().expect("a list of variants");
            assert!(variants.contains(value), "{name} has no variant {value}");
        }
        Value::Object(fields) => {
            let value = value.as_object().expect("a structure is an object");
            let (expected, found): (Vec<_>, Vec<_>) =
                (fields.keys().collect(), value.keys().collect());
            assert_eq!(expected, found, "fields of {name}");
            for (field, kind) in fields {
                agree(types, kind.as_str().expect("a type"), &value[field]);
            }
        }
        other => panic!("{name} is defined as {other}"),
    }
}

fn agree_with_primitive(name: &str, value: &Value) {
    let fits = match name {
        "u8" | "u16" | "u32" => value.is_u64(),
        "i8" | "i32" => value.is_i64(),
        "u64" | "u128" => value
            .as_str()
            .is_some_and(|text| text.parse::<u128>().is_ok()),
        "H256" | "Bytes" => value.as_str().is_some_and(|text| text.starts_with("0x")),
        "Text" | "AccountId" => value.is_string(),
        unknown => panic!("{unknown} is not defined"),
    };
    assert!(fits, "{value} is no {name}");
}

fn json(value: impl Serialize) -> Value {
    to_value(value).expect("serialises")
}

#[test]
fn answers_have_the_shapes_that_polkadot_js_is_told() {
    let types = &definitions()["types"];
    agree(types, "LatticeModel", &json(Model::from(registration())));
    agree(types, "LatticeProvider", &json(Provider::from(provider())));
    agree(types, "LatticeQuote", &json(Quote::from(quote())));
    agree(
        types,
        "LatticeAssignment",
        &json(Assignment::from(assignment())),
    );
    for ending in [Ending::Settled, Ending::ProofRejected, Ending::Expired] {
        agree(
            types,
            "LatticeExecutionRecord",
            &json(ExecutionRecord::from(record(ending))),
        );
    }
}

#[test]
fn polkadot_js_knows_every_variant() {
    let types = &definitions()["types"];
    for setup in [Setup::Dev, Setup::Ceremony] {
        agree(types, "LatticeSetup", &json(setup));
    }
    for state in [ModelState::Active, ModelState::Deprecated] {
        agree(types, "LatticeModelState", &json(state));
    }
    for fault in [Fault::Requester, Fault::Provider, Fault::Network] {
        agree(types, "LatticeFault", &json(fault));
    }
}
