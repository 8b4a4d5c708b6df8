//! `chain-specs/polkadot-js-rpc.json` says of the answers what they are.

use super::{
    ceremony::tests::{ceremony_info, contribution},
    channel::tests::channel,
    direct::tests::direct_record,
    dispute::tests::{dispute, turns, PLACES},
    execution::tests::{assignment, quote, record},
    model::tests::registration,
    optimistic::tests::optimistic,
    private::tests::in_every_status,
    program::tests::{
        failed_run, program, program_record, refused_run, run, trace, Texts, REQUESTS,
    },
    provider::tests::provider,
    read_request,
    replication::tests::{phases, replicated},
    subscription::tests::{plan, subscription},
    Assignment, Ceremony, Channel, Contribution, DirectRecord, Dispute, DryRun, ExecutionRecord,
    Model, Optimistic, Plan, PrivateRequest, Program, ProgramRecord, ProgramTrace, Provider, Quote,
    Replicated, Subscription,
};
use lattice_primitives::{
    Ending, Failure, Fault, Ineligible, ModelState, OptimisticInfo, OptimisticStatus, PlanInfo,
    ReplicatedInfo, Setup, Verification,
};
use serde::Serialize;
use serde_json::{json, to_value, Map, Value};

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
            agree_with_enumeration(types, name, &enumeration["_enum"], value);
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

/// A variant is its name, or an object with its name in camelCase and what it carries.
fn agree_with_enumeration(types: &Value, name: &str, variants: &Value, value: &Value) {
    match variants {
        Value::Array(names) => assert!(names.contains(value), "{name} has no variant {value}"),
        Value::Object(carriers) if value.is_string() => {
            let kind = value.as_str().and_then(|variant| carriers.get(variant));
            assert_eq!(kind, Some(&json!("Null")), "{value} of {name}");
        }
        Value::Object(carriers) => {
            let value = value.as_object().expect("a variant is an object");
            assert_eq!(value.len(), 1, "{value:?} is one variant of {name}");
            for (variant, carried) in value {
                let kind = carriers.get(&in_pascal_case(variant));
                let kind = kind.unwrap_or_else(|| panic!("{name} has no variant {variant}"));
                agree(types, kind.as_str().expect("a type"), carried);
            }
        }
        other => panic!("{name} is defined as {other}"),
    }
}

fn in_pascal_case(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
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
        "bool" => value.is_boolean(),
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
    agree(
        types,
        "LatticeDirectRecord",
        &json(DirectRecord::from(direct_record())),
    );
    agree(types, "LatticeChannel", &json(Channel::from(channel())));
    for ending in Ending::ALL {
        agree(
            types,
            "LatticeExecutionRecord",
            &json(ExecutionRecord::from(record(ending))),
        );
    }
}

#[test]
fn programs_have_the_shapes_that_polkadot_js_is_told() {
    let types = &definitions()["types"];
    agree(types, "LatticeProgram", &json(Program::from(program())));
    agree(
        types,
        "LatticeProgramRecord",
        &json(ProgramRecord::from(program_record())),
    );
    for run in [run(), failed_run(), refused_run()] {
        agree(types, "LatticeDryRun", &json(DryRun::new(run, &Texts)));
    }
    let ceremony = Ceremony::from(ceremony_info());
    agree(types, "LatticeCeremony", &json(ceremony));
    let contribution = Contribution::from(contribution());
    agree(types, "LatticeContribution", &json(contribution));
    let trace = ProgramTrace::new(trace(), &Texts);
    agree(types, "LatticeProgramTrace", &json(trace));
}

#[test]
fn tiers_and_disputes_have_the_shapes_that_polkadot_js_is_told() {
    let types = &definitions()["types"];
    let assigned = OptimisticInfo {
        status: OptimisticStatus::Assigned,
        ..optimistic()
    };
    let waiting = OptimisticInfo {
        status: OptimisticStatus::Waiting { since: 31 },
        ..optimistic()
    };
    for open in [assigned, optimistic(), waiting] {
        let open = json(Optimistic::from(open));
        agree(types, "LatticeOptimisticRequest", &open);
    }
    for open in in_every_status() {
        let open = json(PrivateRequest::from(open));
        agree(types, "LatticePrivateRequest", &open);
    }
    for phase in phases() {
        let open = ReplicatedInfo {
            phase,
            ..replicated()
        };
        let open = json(Replicated::from(open));
        agree(types, "LatticeReplicatedRequest", &open);
    }
    for turn in PLACES.into_iter().flat_map(turns) {
        let open = json(Dispute::from(dispute(turn)));
        agree(types, "LatticeDispute", &open);
    }
}

#[test]
fn subscriptions_have_the_shapes_that_polkadot_js_is_told() {
    let types = &definitions()["types"];
    let closed = PlanInfo {
        unit: None,
        ..plan()
    };
    for plan in [plan(), closed] {
        agree(types, "LatticePlan", &json(Plan::from(plan)));
    }
    let open = json(Subscription::from(subscription()));
    agree(types, "LatticeSubscription", &open);
}

/// What polkadot.js makes of a field that the user left out.
fn nothing(kind: &str) -> Value {
    match kind {
        "bool" => json!(false),
        "u128" => json!(0),
        "H256" => json!(format!("0x{}", "00".repeat(32))),
        "Bytes" => json!("0x"),
        "Vec<u32>" => json!([]),
        "AccountId" => json!("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
        unknown => panic!("{unknown} is no type of a request's field"),
    }
}

#[test]
fn requests_are_read_as_polkadot_js_writes_them() {
    let types = &definitions()["types"];
    let variants = types["LatticeProgramRequest"]["_enum"]
        .as_object()
        .expect("an enumeration");
    assert_eq!(variants.len(), REQUESTS.len());
    assert!(REQUESTS.iter().all(|name| variants.contains_key(*name)));
    for (variant, kind) in variants {
        let fields = types[kind.as_str().expect("a type")].as_object();
        let values: Map<String, Value> = fields
            .expect("a structure")
            .iter()
            .map(|(field, kind)| (field.clone(), nothing(kind.as_str().expect("a type"))))
            .collect();
        let mut request = Map::new();
        request.insert(variant.to_lowercase(), Value::Object(values));
        let read = read_request(Value::Object(request));
        assert!(read.is_ok(), "{variant}: {read:?}");
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
    for reason in Ineligible::ALL {
        agree(types, "LatticeIneligibility", &json(reason));
    }
    for failure in Failure::ALL {
        agree(types, "LatticeFailure", &json(failure));
    }
    for fault in [Fault::Requester, Fault::Provider, Fault::Network] {
        agree(types, "LatticeFault", &json(fault));
    }
    for tier in [
        Verification::Proven,
        Verification::ProvenByCeremony,
        Verification::Direct,
        Verification::Replicated { n: 3, k: 2 },
        Verification::Optimistic {
            window: 100,
            bond: u128::MAX,
        },
    ] {
        agree(types, "LatticeVerification", &json(tier));
    }
}
