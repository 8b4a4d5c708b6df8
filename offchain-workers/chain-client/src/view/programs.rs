//! Programs, and runs that are only tried.

use super::View;
use crate::{
    error::DispatchFailure, AccountId, DryRun, Gas, Program, ProgramFault, ProgramRecord,
    ProgramTrace, ProgramTrap, Request, Result,
};
use codec::Encode;
use serde_json::{json, Value};

impl View {
    /// What a run would do now, and a gas limit that suffices for it. Without a
    /// limit it may use what an extrinsic may use at most.
    pub async fn dry_run(
        &self,
        origin: &AccountId,
        request: &Request,
        gas_limit: Option<Gas>,
    ) -> Result<DryRun> {
        self.call("LatticeApi_dry_run", &(origin, request, gas_limit))
            .await
    }

    /// A dry run with the gas of each instruction or import.
    pub async fn trace(
        &self,
        origin: &AccountId,
        request: &Request,
        gas_limit: Option<Gas>,
    ) -> Result<ProgramTrace> {
        self.call("LatticeApi_trace", &(origin, request, gas_limit))
            .await
    }

    /// One program.
    pub async fn program(&self, account: &AccountId) -> Result<Option<Program>> {
        self.call("LatticeApi_program", account).await
    }

    /// The value that a program stores under a key.
    pub async fn program_storage(
        &self,
        account: &AccountId,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        self.call("LatticeApi_program_storage", &(account, key))
            .await
    }

    /// The latest results that a program, or an account by bytecode, committed,
    /// oldest first.
    pub async fn program_records(&self, author: &AccountId) -> Result<Vec<ProgramRecord>> {
        self.call("LatticeApi_program_records", author).await
    }

    /// The name and text that the chain gives a dispatch error of a runtime API's
    /// answer.
    pub async fn dispatch_failure(&self, error: &impl Encode) -> Result<DispatchFailure> {
        let state = self.state().await?;
        DispatchFailure::decode(&error.encode(), state.metadata())
    }

    /// Why a run failed, for people.
    pub async fn explain(&self, fault: &ProgramFault) -> Result<String> {
        let refused = |what: String, failure: DispatchFailure| format!("{what}: {failure}");
        Ok(match fault {
            ProgramFault::Trap(trap) => explain_trap(trap),
            ProgramFault::Instruction { instruction, trap } => {
                format!("instruction {instruction}: {trap}")
            }
            ProgramFault::InvalidBytecode(error) => format!("the bytes are no program: {error}"),
            ProgramFault::EffectRefused { effect, error } => refused(
                format!("effect {effect} cannot be applied"),
                self.dispatch_failure(error).await?,
            ),
            ProgramFault::DepositRefused(error) => refused(
                "you cannot pay the deposit for what was stored".to_owned(),
                self.dispatch_failure(error).await?,
            ),
            ProgramFault::StateRefused { model_hash, error } => refused(
                format!("the trained state of model {model_hash:?} cannot be stored"),
                self.dispatch_failure(error).await?,
            ),
            ProgramFault::StatesTooLarge { bytes } => format!(
                "{bytes} bytes of trained states weigh more than one state of the largest size"
            ),
        })
    }
}

fn explain_trap(trap: &ProgramTrap) -> String {
    match trap {
        ProgramTrap::Reverted { data } => format!("{trap}: {}", hex(data)),
        other => other.to_string(),
    }
}

/// A request as the node's JSON-RPC reads it.
pub fn request_json(request: &Request) -> Value {
    match request {
        Request::Instantiate {
            code_hash,
            value,
            input,
            salt,
            models,
            verifying_keys,
        } => json!({ "instantiate": {
            "codeHash": code_hash,
            "value": value.to_string(),
            "input": hex(input),
            "salt": salt,
            "models": models,
            "verifyingKeys": verifying_keys,
        } }),
        Request::Call {
            program,
            value,
            input,
            models,
            verifying_keys,
        } => json!({ "call": {
            "program": program.to_string(),
            "value": value.to_string(),
            "input": hex(input),
            "models": models,
            "verifyingKeys": verifying_keys,
        } }),
        Request::Execute {
            bytecode,
            models,
            verifying_keys,
            keep_states,
        } => json!({ "execute": {
            "bytecode": hex(bytecode),
            "models": models,
            "verifyingKeys": verifying_keys,
            "keepStates": keep_states,
        } }),
    }
}

fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::H256;

    #[test]
    fn a_request_is_written_with_the_names_of_the_rpc() {
        let request = Request::Instantiate {
            code_hash: H256::repeat_byte(1),
            value: u128::MAX,
            input: vec![0xab],
            salt: H256::zero(),
            models: vec![3],
            verifying_keys: vec![],
        };
        let hash = |byte: &str| format!("0x{}", byte.repeat(32));
        assert_eq!(
            request_json(&request),
            json!({ "instantiate": {
                "codeHash": hash("01"),
                "value": "340282366920938463463374607431768211455",
                "input": "0xab",
                "salt": hash("00"),
                "models": [3],
                "verifyingKeys": [],
            } })
        );
    }

    #[test]
    fn a_reason_to_revert_is_shown() {
        let trap = ProgramTrap::Reverted { data: vec![3, 5] };
        assert_eq!(explain_trap(&trap), "reverted by the program: 0x0305");
    }
}
