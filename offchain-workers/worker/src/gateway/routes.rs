//! The gateway's HTTP interface. u64 and u128 are decimal strings, bytes are 0x-hex.
//!
//! * `GET /v1/channels/{id}` → `{ "channel": "7", "served": "12", "cumulative": "…",
//!   "unitPrice": "…" }`;
//! * `POST /v1/channels/{id}/infer` with `{ "sequence": "12", "input": [0, 3, …],
//!   "cumulative": "…", "signature": "0x…" }` → `{ "sequence": "12", "output": [-5, …],
//!   "proof": "0x…" }`.
//!
//! An error is `{ "error": "…" }` with status 400 (the request is malformed, or its input or
//! signature is), 402 (the voucher does not cover it), 404 (no such channel here), 409 (out of
//! turn, or the channel is closing), 408 (sent too slowly), 413 (too long), 429 or 503 (repeat it later).

use super::{check::Asked, ledger::Answer, Gateway, GatewayError, Standing};
use crate::stop::stopped;
use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Path, Request, State},
    http::{header::CONTENT_TYPE, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
    Router,
};
use lattice_chain_client::ChannelId;
use serde::Deserialize;
use serde_json::{json, Value};
use std::{net::SocketAddr, str::FromStr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tracing::Instrument;

/// A number of an input as JSON, with a comma and a space: `-127, `.
const ELEMENT_BYTES: usize = 6;
/// Everything of a request but its input.
const OTHER_BYTES: usize = 4 * 1024;

/// How long the body of a request may take.
const BODY: Duration = Duration::from_secs(30);
/// How long a last answer may take on its way.
const ANSWER: Duration = Duration::from_millis(500);

/// The two routes.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/v1/channels/{id}", get(show))
        .route("/v1/channels/{id}/infer", post(infer))
        .with_state(gateway)
}

/// Serves them until `stop` turns true and what is under way is answered; gives the address, in which
/// port 0 is replaced.
pub async fn serve(
    address: SocketAddr,
    gateway: Arc<Gateway>,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let mut signal = stop.clone();
    let server = axum::serve(listener, router(gateway.clone()))
        .with_graceful_shutdown(async move { stopped(&mut signal).await });
    let task = tokio::spawn(async move {
        // Whoever sends half of a request and no more does not hold up the worker's end.
        let answered = async {
            stopped(&mut stop).await;
            gateway.idle().await;
            tokio::time::sleep(ANSWER).await;
        };
        tokio::select! {
            ended = server => if let Err(error) = ended {
                tracing::error!(%error, "the gateway stopped");
            },
            () = answered => {}
        }
    });
    Ok((address, task))
}

async fn show(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    let id = match number::<ChannelId>("the channel", &id) {
        Ok(id) => id,
        Err(error) => return respond(Err(error)),
    };
    let span = tracing::error_span!("standing", channel = id);
    let standing = gateway.standing(id).instrument(span.clone()).await;
    span.in_scope(|| respond(standing.map(standing_json)))
}

async fn infer(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    mut request: Request,
) -> Response {
    // What is served changes as models are fetched, and with it the longest input.
    let longest = gateway.longest_input().saturating_mul(ELEMENT_BYTES);
    DefaultBodyLimit::max(longest.saturating_add(OTHER_BYTES)).apply(&mut request);
    let body = match tokio::time::timeout(BODY, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) => return refuse(rejection.status(), &rejection.body_text()),
        Err(_) => {
            let text = format!("the body of the request was not there within {BODY:?}");
            return refuse(StatusCode::REQUEST_TIMEOUT, &text);
        }
    };
    let (id, asked) =
        match number::<ChannelId>("the channel", &id).and_then(|id| Ok((id, asked(&body)?))) {
            Ok(request) => request,
            Err(error) => return respond(Err(error)),
        };
    // Whatever is logged on the way carries the channel.
    let span = tracing::error_span!("inference", channel = id, sequence = asked.sequence);
    // In a task of its own: a client that goes away does not end what it will ask for again.
    let work = async move { gateway.infer(id, asked).await };
    let answer = tokio::spawn(work.instrument(span.clone()));
    let answer = answer
        .await
        .unwrap_or(Err(GatewayError::Interrupted))
        .map(answer_json);
    span.in_scope(|| respond(answer))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    sequence: String,
    input: Vec<i32>,
    cumulative: String,
    signature: String,
}

/// Reads the body of a request.
fn asked(body: &[u8]) -> Result<Asked, GatewayError> {
    let body: Body = serde_json::from_slice(body).map_err(|error| {
        GatewayError::Malformed(format!(
            "the request is not the JSON that it should be: {error}"
        ))
    })?;
    let mut signature = [0; 64];
    let digits = body.signature.strip_prefix("0x").unwrap_or_default();
    hex::decode_to_slice(digits, &mut signature).map_err(|_| {
        let text = "`signature` is not 0x and 128 hexadecimal digits".to_owned();
        GatewayError::Malformed(text)
    })?;
    Ok(Asked {
        sequence: number("`sequence`", &body.sequence)?,
        input: body.input,
        cumulative: number("`cumulative`", &body.cumulative)?,
        signature,
    })
}

fn number<N: FromStr>(what: &str, text: &str) -> Result<N, GatewayError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse::<N>().ok()).flatten();
    number.ok_or_else(|| {
        // A stranger's text may be long.
        let shown: String = text.chars().take(40).collect();
        GatewayError::Malformed(format!(
            "{what} is `{shown}`, not a decimal number in range"
        ))
    })
}

fn standing_json(standing: Standing) -> Value {
    json!({
        "channel": standing.channel.to_string(),
        "served": standing.served.to_string(),
        "cumulative": standing.cumulative.to_string(),
        "unitPrice": standing.unit_price.to_string(),
    })
}

fn answer_json(answer: Answer) -> Value {
    json!({
        "sequence": answer.sequence.to_string(),
        "output": answer.output,
        "proof": answer.proof.to_string(),
    })
}

fn respond(answer: Result<Value, GatewayError>) -> Response {
    match answer {
        Ok(value) => as_json(StatusCode::OK, &value),
        Err(error) => {
            if error.status().is_server_error() {
                tracing::warn!(%error, "no answer");
            }
            refuse(error.status(), &error.to_string())
        }
    }
}

fn refuse(status: StatusCode, error: &str) -> Response {
    as_json(status, &json!({ "error": error }))
}

fn as_json(status: StatusCode, value: &Value) -> Response {
    let kind = [(CONTENT_TYPE, "application/json")];
    (status, kind, value.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(signature: &str) -> String {
        format!(
            r#"{{"sequence":"12","input":[0,-3],"cumulative":"340282366920938463463374607431768211455","signature":"{signature}"}}"#
        )
    }

    #[test]
    fn a_request_is_read_with_its_large_numbers() {
        let signature = format!("0x{}", "ab".repeat(64));
        let asked = asked(body(&signature).as_bytes()).expect("is in order");
        let expected = Asked {
            sequence: 12,
            input: vec![0, -3],
            cumulative: u128::MAX,
            signature: [0xab; 64],
        };
        assert_eq!(asked, expected);
    }

    #[test]
    fn answers_have_the_documented_names() {
        let standing = Standing {
            channel: 7,
            served: 12,
            cumulative: 1_200,
            unit_price: 100,
        };
        let expected =
            json!({ "channel": "7", "served": "12", "cumulative": "1200", "unitPrice": "100" });
        assert_eq!(standing_json(standing), expected);
        let answer = answer_json(super::super::testing::tab(3).last);
        let proof = format!("0x{}", "09".repeat(128));
        let expected = json!({ "sequence": "3", "output": [-5, 12], "proof": proof });
        assert_eq!(answer, expected);
    }

    mod refuse {
        use super::*;

        fn refused(text: &str) -> String {
            let error = asked(text.as_bytes()).expect_err("is refused");
            assert_eq!(error.status(), StatusCode::BAD_REQUEST);
            error.to_string()
        }

        #[test]
        fn a_body_that_is_another_one_by_what_is_wrong() {
            let signature = format!("0x{}", "ab".repeat(64));
            let good = body(&signature);
            for (from, to, names) in [
                ("\"12\"", "\"-12\"", "`sequence` is `-12`"),
                ("\"12\"", "\"18446744073709551616\"", "`sequence`"),
                ("\"12\"", "12", "expected a string"),
                ("455\"", "456\"", "`cumulative`"),
                ("[0,-3]", "[0,0.5]", "0.5"),
                ("input", "inputs", "inputs"),
            ] {
                let text = refused(&good.replacen(from, to, 1));
                assert!(text.contains(names), "{text}");
            }
            refused("");
            refused(&good[1..]);
        }

        #[test]
        fn a_signature_of_another_length_or_without_its_prefix() {
            for signature in ["", "0x", "0xab", &"ab".repeat(64), &"0x".repeat(65)] {
                let text = refused(&body(signature));
                assert!(text.contains("`signature`"), "{text}");
            }
        }
    }
}
