//! `lattice model list` and `lattice model show`

use crate::args::{ChainArgs, ModelRef};
use crate::output::{fields, hex, table, Output};
use clap::Args;
use lattice_chain_client::{format_balance, Model, StoredInfo};
use serde_json::json;

/// List the models on the chain.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    pub chain: ChainArgs,
    /// First index to list.
    #[arg(long, value_name = "INDEX", default_value_t = 0)]
    pub start: u32,
    /// How many to list at most; the node answers with at most 100.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u32,
}

/// Show one model on the chain.
#[derive(Debug, Args)]
pub struct Show {
    /// Index of the registration, or 0x model hash.
    #[arg(value_name = "ID")]
    pub model: ModelRef,
    #[command(flatten)]
    pub chain: ChainArgs,
}

impl List {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        if output.is_json() {
            let parameters = vec![json!(self.start), json!(self.limit)];
            let models = client.rpc("lattice_models", parameters).await?;
            return output.show(&json!({ "models": models }), String::new);
        }
        let models = client.best().models(self.start, self.limit).await?;
        output.show(&(), || list(&models))
    }
}

impl Show {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        let model = self.model.find(&client).await?;
        if output.is_json() {
            let shown = client
                .rpc("lattice_model", vec![json!(model.index)])
                .await?;
            return output.show(&shown, String::new);
        }
        output.show(&(), || show(&model))
    }
}

/// How far the upload of the weights is.
fn on_chain(stored: &StoredInfo) -> String {
    if stored.finalized {
        return format!("{} bytes, final", stored.byte_size);
    }
    format!(
        "{} of {} bytes; see `lattice model store`",
        stored.uploaded, stored.byte_size
    )
}

fn name(model: &Model) -> String {
    String::from_utf8_lossy(&model.name).into_owned()
}

fn list(models: &[Model]) -> String {
    if models.is_empty() {
        return "no models".into();
    }
    let rows: Vec<Vec<String>> = models
        .iter()
        .map(|model| {
            vec![
                model.index.to_string(),
                name(model),
                model.version.to_string(),
                format!("{:?}", model.state),
                model
                    .key
                    .as_ref()
                    .map_or("none".into(), |k| format!("{:?}", k.setup)),
                model.providers.to_string(),
                model.total_executions.to_string(),
                format_balance(model.pricing.royalty),
                format!("{:?}", model.model_hash),
            ]
        })
        .collect();
    let header = [
        "id",
        "name",
        "version",
        "state",
        "key",
        "providers",
        "executions",
        "royalty",
        "model hash",
    ];
    table(&header, &rows)
}

fn show(model: &Model) -> String {
    let interface = &model.interface;
    let mut rows = vec![
        ("id", model.index.to_string()),
        ("name", format!("{} version {}", name(model), model.version)),
        ("owner", model.owner.to_string()),
        ("state", format!("{:?}", model.state)),
        ("model hash", format!("{:?}", model.model_hash)),
        (
            "input",
            format!(
                "{} integers in {}..={}",
                interface.input_len, interface.input_lo, interface.input_hi
            ),
        ),
        ("output", format!("{} integers", interface.output_len)),
        ("weights", format!("{} bytes", model.byte_size)),
        (
            "needs",
            format!(
                "{} MiB memory, {} MiB accelerator memory",
                model.requirements.memory_mib, model.requirements.accelerator_memory_mib
            ),
        ),
        (
            "royalty",
            format!("{} per inference", format_balance(model.pricing.royalty)),
        ),
        ("gas", format!("{} per execution", model.execution_gas)),
        ("providers", model.providers.to_string()),
        ("executions", model.total_executions.to_string()),
        ("created", format!("block {}", model.created_at)),
    ];
    if let Some(stored) = &model.stored {
        rows.push(("on chain", on_chain(stored)));
    }
    if let Some(state_hash) = &model.state_hash {
        rows.push(("trained state", format!("{state_hash:?}")));
    }
    if let Some(parent) = model.parent {
        rows.push(("follows", format!("model {parent}")));
    }
    match &model.key {
        Some(key) => {
            rows.push(("key", format!("{:?}", key.vk_id)));
            rows.push((
                "setup",
                format!("{:?}, circuit version {}", key.setup, key.circuit_version),
            ));
            rows.push(("proving key", format!("{:?}", key.proving_key_hash)));
            rows.push((
                "proofs",
                format!("{} bytes", key.proof_version.proof_len()),
            ));
            rows.push(("verifying key", hex(&key.verifying_key)));
        }
        None => rows.push((
            "key",
            format!(
                "none: no request is possible yet; see `lattice setup dev` and `lattice model add-key {}`",
                model.index
            ),
        )),
    }
    fields(&rows)
}
