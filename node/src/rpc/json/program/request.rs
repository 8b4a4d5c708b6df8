//! What a client may try, as a tagged object: `{"call": {"program": "5…"}}`.
//!
//! Read by hand, so that an error names the field that is wrong.

use crate::rpc::number::U128;
use lattice_primitives::{ModelIndex, ProgramRequest};
use lattice_runtime::{AccountId, Balance};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sp_core::{Bytes, H256};

/// Why a `request` cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error(
        "`request` is an object with one of the fields `instantiate`, `call` and `execute`; {0}"
    )]
    Tag(String),
    #[error("`request.{kind}.{field}` is missing")]
    Missing { kind: String, field: &'static str },
    #[error("`request.{kind}.{field}`: {reason}")]
    Field {
        kind: String,
        field: &'static str,
        reason: String,
    },
    #[error("`request.{kind}` has no field `{field}`")]
    Unknown { kind: String, field: String },
    #[error("`request.{kind}` is an object")]
    NotAnObject { kind: String },
}

/// Reads a request. A `value` not given is zero, a list or input empty, `salt`
/// zero, `keepStates` false.
///
/// # Errors
/// With the path of the first field that is wrong.
pub fn read(request: Value) -> Result<ProgramRequest<AccountId, Balance>, RequestError> {
    let Value::Object(request) = request else {
        return Err(RequestError::Tag(format!("{request} is none")));
    };
    let names: Vec<&str> = request.keys().map(String::as_str).collect();
    let [kind] = names[..] else {
        return Err(RequestError::Tag(format!("found {}", names.join(", "))));
    };
    let kind = kind.to_owned();
    match request.into_iter().next() {
        Some((_, Value::Object(fields))) => Fields { kind, fields }.request(),
        _ => Err(RequestError::NotAnObject { kind }),
    }
}

/// The fields of a request that were not read yet.
struct Fields {
    kind: String,
    fields: Map<String, Value>,
}

impl Fields {
    fn request(mut self) -> Result<ProgramRequest<AccountId, Balance>, RequestError> {
        let request = match self.kind.as_str() {
            "instantiate" => ProgramRequest::Instantiate {
                code_hash: self.required("codeHash")?,
                value: self.optional::<U128>("value")?.unwrap_or_default().0,
                input: self.bytes("input")?,
                salt: self.optional::<H256>("salt")?.unwrap_or_default(),
                models: self.indices("models")?,
                verifying_keys: self.indices("verifyingKeys")?,
            },
            "call" => ProgramRequest::Call {
                program: self.required("program")?,
                value: self.optional::<U128>("value")?.unwrap_or_default().0,
                input: self.bytes("input")?,
                models: self.indices("models")?,
                verifying_keys: self.indices("verifyingKeys")?,
            },
            "execute" => ProgramRequest::Execute {
                bytecode: self.required::<Bytes>("bytecode")?.0,
                models: self.indices("models")?,
                verifying_keys: self.indices("verifyingKeys")?,
                keep_states: self.optional("keepStates")?.unwrap_or_default(),
            },
            other => return Err(RequestError::Tag(format!("found {other}"))),
        };
        match self.fields.into_iter().next() {
            None => Ok(request),
            Some((field, _)) => Err(RequestError::Unknown {
                kind: self.kind,
                field,
            }),
        }
    }

    /// A field; one that is `null` was not given.
    fn optional<T: DeserializeOwned>(
        &mut self,
        field: &'static str,
    ) -> Result<Option<T>, RequestError> {
        match self.fields.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match serde_json::from_value(value) {
                Ok(value) => Ok(Some(value)),
                Err(error) => Err(RequestError::Field {
                    kind: self.kind.clone(),
                    field,
                    reason: error.to_string(),
                }),
            },
        }
    }

    fn required<T: DeserializeOwned>(&mut self, field: &'static str) -> Result<T, RequestError> {
        self.optional(field)?.ok_or_else(|| RequestError::Missing {
            kind: self.kind.clone(),
            field,
        })
    }

    fn bytes(&mut self, field: &'static str) -> Result<Vec<u8>, RequestError> {
        let bytes = self.optional::<Bytes>(field)?;
        Ok(bytes.map(|bytes| bytes.0).unwrap_or_default())
    }

    fn indices(&mut self, field: &'static str) -> Result<Vec<ModelIndex>, RequestError> {
        Ok(self.optional(field)?.unwrap_or_default())
    }
}

#[cfg(test)]
pub(in crate::rpc::json) mod tests {
    use super::*;
    use serde_json::json;
    use sp_keyring::Sr25519Keyring::Bob;

    const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    /// The kinds of requests, as polkadot.js names them.
    pub const REQUESTS: [&str; 3] = ["Instantiate", "Call", "Execute"];

    #[test]
    fn a_request_with_all_fields_is_read() {
        let hash = format!("0x{}", "05".repeat(32));
        let instantiate = read(json!({ "instantiate": {
            "codeHash": hash, "value": "7", "input": "0x01", "salt": hash,
            "models": [1, 2], "verifyingKeys": [3],
        } }));
        assert_eq!(
            instantiate,
            Ok(ProgramRequest::Instantiate {
                code_hash: H256::repeat_byte(5),
                value: 7,
                input: vec![1],
                salt: H256::repeat_byte(5),
                models: vec![1, 2],
                verifying_keys: vec![3],
            })
        );
        let execute = read(json!({ "execute": {
            "bytecode": "0xc1", "models": [], "verifyingKeys": [], "keepStates": true,
        } }));
        assert_eq!(
            execute,
            Ok(ProgramRequest::Execute {
                bytecode: vec![0xc1],
                models: vec![],
                verifying_keys: vec![],
                keep_states: true,
            })
        );
    }

    #[test]
    fn what_is_not_given_is_nothing() {
        let call = read(json!({ "call": { "program": BOB, "value": null } }));
        assert_eq!(
            call,
            Ok(ProgramRequest::Call {
                program: Bob.to_account_id(),
                value: 0,
                input: vec![],
                models: vec![],
                verifying_keys: vec![],
            })
        );
    }

    mod reject {
        use super::*;

        fn refusal(request: Value) -> String {
            read(request).expect_err("refused").to_string()
        }

        #[test]
        fn what_is_no_request() {
            for request in [json!(7), json!({}), json!({ "transfer": {} })] {
                assert!(refusal(request).contains("`instantiate`, `call` and `execute`"));
            }
            assert!(refusal(json!({ "call": {}, "execute": {} })).contains("call, execute"));
            assert_eq!(
                refusal(json!({ "call": BOB })),
                "`request.call` is an object"
            );
        }

        #[test]
        fn a_field_that_is_missing_or_unknown_by_its_name() {
            assert_eq!(
                refusal(json!({ "call": {} })),
                "`request.call.program` is missing"
            );
            assert_eq!(
                refusal(json!({ "call": { "program": BOB, "gas": 1 } })),
                "`request.call` has no field `gas`"
            );
        }

        #[test]
        fn a_value_that_is_none_with_the_name_of_its_field() {
            let value = refusal(json!({ "call": { "program": BOB, "value": "much" } }));
            assert!(
                value.starts_with("`request.call.value`: ") && value.contains("\"much\""),
                "{value}"
            );
            let input = refusal(json!({ "call": { "program": BOB, "input": "0xzz" } }));
            assert!(input.starts_with("`request.call.input`: "), "{input}");
        }
    }
}
