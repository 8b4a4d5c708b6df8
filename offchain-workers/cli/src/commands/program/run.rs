//! `lattice program instantiate`, `call` and `execute`

use super::args::{EntryArgs, Hash, RunArgs};
use super::report::{self, Cost, Done, Outlook};
use crate::failure::Failure;
use crate::output::Output;
use crate::program::{Program, Source};
use crate::progress;
use anyhow::{bail, Context};
use clap::Args;
use lattice_chain_client::{
    request_json, AccountId, Balance, Call, Client, DryRun, DryRunError, Event, ProgramEvent,
    Request, Signer,
};
use serde_json::json;

const RUN_HELP: &str = "\
The run is tried first, which costs nothing: if it would fail, the reason is shown and nothing is
submitted (status 6 if the program would trap), else the gas limit is what the dry run needs, and
what it will cost is printed. A program that traps nevertheless changes nothing, and costs the gas
that it used.";

const INSTANTIATE_HELP: &str = "\
Example:
  lattice program instantiate 0x5f… --value 10 --input @terms.scale --dev-seed //Alice";

const CALL_HELP: &str = "\
Examples:
  lattice program call 5F… --input @picture.scale --value 1 --model 0 --dev-seed //Bob
  lattice program call 5F… --input 0x01 --dry-run --dev-seed //Bob
  lattice program call 5F… --input 0x01 --trace --json --dev-seed //Bob";

const EXECUTE_HELP: &str = "\
Examples:
  lattice program execute train.lat --model 0 --keep-states --dev-seed //Alice
  lattice program execute 0xc10000 --trace --dev-seed //Bob";

/// Make a program of uploaded code.
#[derive(Debug, Args)]
#[command(before_help = RUN_HELP, after_help = INSTANTIATE_HELP)]
pub struct Instantiate {
    /// Hash of the code, as `lattice program upload` shows it.
    #[arg(value_name = "CODE_HASH")]
    pub code_hash: Hash,
    /// 32 bytes that tell this program from others that you make of the code [default: zero].
    #[arg(long, value_name = "0xHEX")]
    pub salt: Option<Hash>,
    #[command(flatten)]
    pub entry: EntryArgs,
    #[command(flatten)]
    pub run: RunArgs,
}

/// Call a program.
#[derive(Debug, Args)]
#[command(before_help = RUN_HELP, after_help = CALL_HELP)]
pub struct CallProgram {
    /// Account of the program.
    #[arg(value_name = "PROGRAM")]
    pub program: AccountId,
    #[command(flatten)]
    pub entry: EntryArgs,
    #[command(flatten)]
    pub run: RunArgs,
}

/// Execute a straight-line program once.
#[derive(Debug, Args)]
#[command(before_help = RUN_HELP, after_help = EXECUTE_HELP)]
pub struct Execute {
    /// The program: a file of text or bytecode, 0x and digits, or `-` for standard input.
    #[arg(value_name = "PROGRAM")]
    pub program: String,
    /// Store every model of yours that the program trained as a new version.
    #[arg(long)]
    pub keep_states: bool,
    #[command(flatten)]
    pub run: RunArgs,
}

impl Instantiate {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let input = self.entry.input()?;
        let run = Run::begin(self.run).await?;
        let (models, verifying_keys) = run.access().await?;
        let request = Request::Instantiate {
            code_hash: self.code_hash.0,
            value: self.entry.value,
            input,
            salt: self.salt.unwrap_or_default().0,
            models,
            verifying_keys,
        };
        run.finish(request, self.entry.value, output).await
    }
}

impl CallProgram {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let input = self.entry.input()?;
        let run = Run::begin(self.run).await?;
        let (models, verifying_keys) = run.access().await?;
        let request = Request::Call {
            program: self.program,
            value: self.entry.value,
            input,
            models,
            verifying_keys,
        };
        run.finish(request, self.entry.value, output).await
    }
}

impl Execute {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let Program::StraightLine(program) = Source::from(self.program.as_str()).program()? else {
            bail!(
                "{} is a WebAssembly module; see `lattice program upload`",
                self.program
            );
        };
        let run = Run::begin(self.run).await?;
        let (models, verifying_keys) = run.access().await?;
        let request = Request::Execute {
            bytecode: program.bytes,
            models,
            verifying_keys,
            keep_states: self.keep_states,
        };
        run.finish(request, 0, output).await
    }
}

/// A run on its way.
struct Run {
    args: RunArgs,
    signer: Signer,
    client: Client,
}

impl Run {
    async fn begin(args: RunArgs) -> anyhow::Result<Self> {
        let signer = args.signed.signer.signer()?;
        let client = args.signed.chain.connect().await?;
        Ok(Run {
            args,
            signer,
            client,
        })
    }

    async fn access(&self) -> anyhow::Result<(Vec<u32>, Vec<u32>)> {
        self.args.access(&self.client).await
    }

    /// Tries the request, says what it will cost, and submits it.
    async fn finish(self, request: Request, value: Balance, output: &Output) -> anyhow::Result<()> {
        let only_try = self.args.dry_run || self.args.trace;
        if only_try && output.is_json() {
            return self.show_answer(&request, output).await;
        }
        let (dry_run, steps) = self.attempt(&request).await?;
        let reason = self.reason(&dry_run).await?;
        let gas_limit = self.args.gas.unwrap_or(dry_run.gas_required);
        let call = Call::RunProgram { request, gas_limit };
        let outlook = Outlook {
            run: &dry_run,
            steps: steps.as_deref(),
            reason: reason.as_ref().map(ToString::to_string),
            cost: Cost {
                gas_limit,
                fee: self.client.fee(&self.signer, &call).await?,
                value,
            },
        };
        if only_try {
            output.show(&(), || outlook.describe())?;
        }
        if let Some(reason) = reason {
            return Err(reason.into());
        }
        if only_try {
            return Ok(());
        }
        eprint!("{}", outlook.announce());
        self.submit(&call, output).await
    }

    /// The answer of the node's JSON-RPC, as it is.
    async fn show_answer(&self, request: &Request, output: &Output) -> anyhow::Result<()> {
        let method = match self.args.trace {
            true => "lattice_trace",
            false => "lattice_dryRun",
        };
        let parameters = vec![
            json!(self.signer.account().to_string()),
            request_json(request),
            json!(self.args.gas.map(|gas| gas.to_string())),
        ];
        let answer = self.client.rpc(method, parameters).await?;
        output.show(&answer, String::new)?;
        let (dry_run, _) = self.attempt(request).await?;
        match self.reason(&dry_run).await? {
            None => Ok(()),
            Some(reason) => Err(reason.into()),
        }
    }

    async fn attempt(
        &self,
        request: &Request,
    ) -> anyhow::Result<(DryRun, Option<Vec<lattice_chain_client::ProgramStep>>)> {
        let (view, account) = (self.client.best(), self.signer.account());
        if self.args.trace {
            let trace = view.trace(&account, request, self.args.gas).await?;
            return Ok((trace.run, Some(trace.steps)));
        }
        let run = view.dry_run(&account, request, self.args.gas).await?;
        Ok((run, None))
    }

    /// Why a run would have no output.
    async fn reason(&self, run: &DryRun) -> anyhow::Result<Option<Failure>> {
        let view = self.client.best();
        Ok(match &run.result {
            Ok(_) => None,
            Err(DryRunError::Refused(error)) => Some(Failure::Refused(
                view.dispatch_failure(error).await?.to_string(),
            )),
            Err(DryRunError::Failed(fault)) => Some(Failure::Trapped(format!(
                "the program would trap, so nothing was submitted: {}",
                view.explain(fault).await?
            ))),
        })
    }

    async fn submit(&self, call: &Call, output: &Output) -> anyhow::Result<()> {
        let spinner = progress::spinner("waiting for a block");
        let included = self.client.submit_and_wait(&self.signer, call).await?;
        spinner.finish_and_clear();
        let trapped = included.events.iter().find_map(|event| match event {
            Event::Program(
                ProgramEvent::Trapped { trap, .. } | ProgramEvent::BytecodeTrapped { trap, .. },
            ) => Some(trap),
            _ => None,
        });
        if let Some(trap) = trapped {
            let reason = self.client.at(included.block.hash).explain(trap).await?;
            return Err(Failure::Trapped(format!(
                "the program trapped in block {}: {reason}",
                included.block.number
            ))
            .into());
        }
        let done = Done::of(&included).context("the chain reports no run")?;
        output.show(&done, || report::done(&done, &included))
    }
}
