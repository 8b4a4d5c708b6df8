//! The gateway of a provider, over HTTP; `lattice-worker --gateway` is one.

use anyhow::{bail, ensure, Context};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    body::{Bytes, Incoming},
    header::CONTENT_TYPE,
    Method, Request, Response, StatusCode, Uri,
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{connect::HttpConnector, Client},
    rt::TokioExecutor,
};
use lattice_chain_client::{Balance, ChannelId, ProofBytes, Provider};
use serde::Deserialize;
use serde_json::{json, Value};
use std::time::{Duration, Instant};

/// Longest answer that is read: some thousand outputs with a proof.
const MAX_ANSWER: usize = 256 * 1024;
/// How long a gateway may take to say what it has.
const READ_PATIENCE: Duration = Duration::from_secs(30);
/// How long an inference may take with its proof, in the gateway's queue as well.
const PROOF_PATIENCE: Duration = Duration::from_secs(300);
/// How long a busy gateway is asked again.
const BUSY_PATIENCE: Duration = Duration::from_secs(60);
/// Pause before it is.
const BUSY_PAUSE: Duration = Duration::from_secs(1);

/// Where a provider's gateway is: its first HTTP endpoint on the chain.
pub fn endpoint(provider: &Provider) -> Option<String> {
    let texts = provider
        .endpoints
        .iter()
        .map(|bytes| String::from_utf8_lossy(bytes));
    let mut http = texts.filter(|text| text.starts_with("http://") || text.starts_with("https://"));
    http.next().map(|text| text.into_owned())
}

/// A result with its proof, as the gateway gives it: nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub output: Vec<i32>,
    pub proof: ProofBytes,
}

/// What is asked of a gateway, and paid with.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub channel: ChannelId,
    pub sequence: u64,
    pub input: &'a [i32],
    /// What the voucher is for, in planck.
    pub cumulative: Balance,
    /// The payer's signature of the voucher.
    pub signature: &'a [u8; 64],
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Answered(Answer),
    /// It is not what the gateway expects next, in the gateway's words.
    Conflict(String),
}

/// One gateway.
pub struct Gateway {
    url: String,
    transport: Transport,
}

/// Certificates are looked for only where they are needed.
enum Transport {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

impl Gateway {
    /// The gateway at an `http://` or `https://` URL.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let uri: Uri = url
            .parse()
            .with_context(|| format!("`{url}` is no URL of a gateway"))?;
        let builder = Client::builder(TokioExecutor::new());
        let transport = match uri.scheme_str() {
            Some("http") => Transport::Plain(builder.build_http()),
            Some("https") => {
                let connector = HttpsConnectorBuilder::new()
                    .with_native_roots()
                    .context("cannot find this machine's root certificates")?
                    .https_only()
                    .enable_http1()
                    .build();
                Transport::Tls(builder.build(connector))
            }
            _ => bail!("`{url}` is not an http:// or https:// URL of a gateway"),
        };
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            transport,
        })
    }

    /// How many inferences it has served in a channel.
    pub async fn served(&self, channel: ChannelId) -> anyhow::Result<u64> {
        #[derive(Deserialize)]
        struct Standing {
            served: String,
        }
        let path = format!("/v1/channels/{channel}");
        let value = self
            .ask(Method::GET, &path, None, READ_PATIENCE)
            .await?
            .done(&self.url)?;
        let standing: Standing = serde_json::from_value(value)
            .with_context(|| format!("{} answers {path} with something else", self.url))?;
        standing.served.parse::<u64>().with_context(|| {
            format!(
                "{} says that it served `{}`, which is no number",
                self.url, standing.served
            )
        })
    }

    /// Asks for an inference, again for a while as long as the gateway is busy.
    ///
    /// # Errors
    /// There is no answer, or the gateway refuses for another reason than a conflict.
    pub async fn infer(&self, asked: &Asked<'_>) -> anyhow::Result<Reply> {
        let path = format!("/v1/channels/{}/infer", asked.channel);
        let body = json!({
            "sequence": asked.sequence.to_string(),
            "input": asked.input,
            "cumulative": asked.cumulative.to_string(),
            "signature": format!("0x{}", hex::encode(asked.signature)),
        });
        let started = Instant::now();
        let reply = loop {
            let reply = self
                .ask(Method::POST, &path, Some(&body), PROOF_PATIENCE)
                .await?;
            if !reply.is_busy() || started.elapsed() > BUSY_PATIENCE {
                break reply;
            }
            tokio::time::sleep(BUSY_PAUSE).await;
        };
        if reply.status == StatusCode::CONFLICT {
            return Ok(Reply::Conflict(reply.words().to_owned()));
        }
        read_answer(reply.done(&self.url)?, asked.sequence)
            .map(Reply::Answered)
            .with_context(|| format!("{} gives no answer that can be read", self.url))
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        patience: Duration,
    ) -> anyhow::Result<Page> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let exchange = async {
            let response = match &self.transport {
                Transport::Plain(client) => client.request(request).await,
                Transport::Tls(client) => client.request(request).await,
            };
            let response = response.with_context(|| format!("no answer from {}", self.url))?;
            self.read(response).await
        };
        match tokio::time::timeout(patience, exchange).await {
            Ok(reply) => reply,
            Err(_) => bail!(
                "{} did not answer within {} s; run the command again, which costs nothing more",
                self.url,
                patience.as_secs()
            ),
        }
    }

    async fn read(&self, response: Response<Incoming>) -> anyhow::Result<Page> {
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER)
            .collect()
            .await
            .map_err(|error| anyhow::anyhow!("the answer of {} broke off: {error}", self.url))?;
        Ok(Page {
            status,
            value: serde_json::from_slice(&body.to_bytes()).ok(),
        })
    }
}

/// What came back; `value` if it is JSON.
struct Page {
    status: StatusCode,
    value: Option<Value>,
}

impl Page {
    /// Whether the same request may succeed in a moment.
    fn is_busy(&self) -> bool {
        matches!(
            self.status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        )
    }

    /// Why the gateway refuses, as it says.
    fn words(&self) -> &str {
        let said = self
            .value
            .as_ref()
            .and_then(|value| value["error"].as_str());
        said.unwrap_or("it does not say why; is it a gateway?")
    }

    /// The JSON of a success.
    fn done(self, url: &str) -> anyhow::Result<Value> {
        if !self.status.is_success() {
            bail!("{url} refuses ({}): {}", self.status, self.words());
        }
        self.value
            .with_context(|| format!("{url} answers with something else than JSON"))
    }
}

fn read_answer(value: Value, sequence: u64) -> anyhow::Result<Answer> {
    #[derive(Deserialize)]
    struct Body {
        sequence: String,
        output: Vec<i32>,
        proof: String,
    }
    let body: Body = serde_json::from_value(value)?;
    ensure!(
        body.sequence == sequence.to_string(),
        "it is for sequence {}, and asked was {sequence}",
        body.sequence
    );
    let digits = body.proof.strip_prefix("0x").unwrap_or_default();
    let bytes = hex::decode(digits).context("its proof is not 0x-hex")?;
    Ok(Answer {
        output: body.output,
        proof: ProofBytes::try_from(bytes.as_slice())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(status: u16, body: &str) -> Page {
        Page {
            status: StatusCode::from_u16(status).expect("a status"),
            value: serde_json::from_str(body).ok(),
        }
    }

    #[test]
    fn an_answer_is_read_with_its_proof() {
        let proof = format!("0x{}", "09".repeat(128));
        let value = json!({ "sequence": "3", "output": [-5, 12], "proof": proof });
        let answer = read_answer(value.clone(), 3).expect("is one");
        assert_eq!(answer.output, [-5, 12]);
        assert_eq!(answer.proof, [9; 128].into());
        let error = read_answer(value, 4).expect_err("for another");
        assert!(error.to_string().contains("sequence 3"), "{error}");
    }

    #[test]
    fn a_refusal_is_in_the_words_of_the_gateway() {
        let refused = page(402, r#"{"error":"top up the channel"}"#).done("http://x");
        let error = refused.expect_err("a refusal").to_string();
        assert!(error.contains("402"), "{error}");
        assert!(error.ends_with("top up the channel"), "{error}");
        let error = page(404, "nothing here").done("http://x").expect_err("no");
        assert!(error.to_string().contains("is it a gateway?"), "{error}");
        let error = page(200, "nothing here").done("http://x").expect_err("no");
        assert!(error.to_string().contains("JSON"), "{error}");
    }

    #[test]
    fn only_a_busy_gateway_is_asked_again() {
        for (status, busy) in [
            (200, false),
            (402, false),
            (409, false),
            (429, true),
            (503, true),
        ] {
            assert_eq!(page(status, "{}").is_busy(), busy, "{status}");
        }
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_url_of_another_kind() {
            for url in ["", "127.0.0.1:8600", "ws://127.0.0.1:8600", "http:// x"] {
                assert!(Gateway::new(url).is_err(), "{url}");
            }
            assert!(Gateway::new("http://127.0.0.1:8600/").is_ok());
        }

        #[test]
        fn a_proof_of_another_length() {
            for proof in ["", "0x", "0x09", "09", "0xzz"] {
                let value = json!({ "sequence": "3", "output": [1], "proof": proof });
                assert!(read_answer(value, 3).is_err(), "{proof}");
            }
        }
    }
}
