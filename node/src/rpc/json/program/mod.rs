//! Programs: instances, what they committed, and runs that were only tried.
//!
//! * [`request`]: what a client may try;
//! * [`run`]: dry runs and traces; [`effect`]: what a run asked for;
//! * [`fault`]: why a run gave no output.

mod effect;
mod fault;
mod request;
mod run;

pub use effect::Effect;
pub use fault::{DispatchFailure, ErrorTexts, ModuleText};
pub use request::{read as read_request, RequestError};
pub use run::{DryRun, ProgramTrace};

use crate::rpc::number::{U128, U64};
use lattice_primitives::{self as primitives, ProgramInfo};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::H256;

/// An instance of uploaded code; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    pub program: AccountId,
    pub code_hash: H256,
    pub deployer: AccountId,
    /// What it may spend.
    pub balance: U128,
    /// Entries of its storage.
    pub items: u32,
    /// Bytes of their keys and values.
    pub bytes: U64,
    /// On hold for them.
    pub deposit: U128,
    pub created_at: BlockNumber,
}

/// A result that a program, or an account by bytecode, committed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramRecord {
    pub subject: H256,
    pub digest: H256,
    /// Who called the program, or executed the bytecode.
    pub caller: AccountId,
    /// The block in which it was committed.
    pub at: BlockNumber,
}

impl From<ProgramInfo<AccountId, Balance, BlockNumber>> for Program {
    fn from(info: ProgramInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            program: info.program,
            code_hash: info.code_hash,
            deployer: info.deployer,
            balance: U128(info.balance),
            items: info.items,
            bytes: U64(info.bytes),
            deposit: U128(info.deposit),
            created_at: info.created_at,
        }
    }
}

impl From<primitives::ProgramRecord<AccountId, BlockNumber>> for ProgramRecord {
    fn from(record: primitives::ProgramRecord<AccountId, BlockNumber>) -> Self {
        Self {
            subject: record.subject,
            digest: record.digest,
            caller: record.caller,
            at: record.at,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};

    pub use super::request::tests::REQUESTS;
    pub use super::run::tests::{failed_run, refused_run, run, trace, Texts};

    /// A program with every field set.
    pub fn program() -> ProgramInfo<AccountId, Balance, BlockNumber> {
        ProgramInfo {
            program: Bob.to_account_id(),
            code_hash: H256::repeat_byte(1),
            deployer: Alice.to_account_id(),
            balance: u128::MAX,
            items: 2,
            bytes: 1 << 60,
            deposit: 7,
            created_at: 12,
        }
    }

    /// What Alice had a program commit.
    pub fn program_record() -> primitives::ProgramRecord<AccountId, BlockNumber> {
        primitives::ProgramRecord {
            subject: H256::repeat_byte(2),
            digest: H256::repeat_byte(3),
            caller: Alice.to_account_id(),
            at: 9,
        }
    }

    #[test]
    fn a_program_reads_as_documented() {
        let expected = json!({
            "program": "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
            "codeHash": format!("0x{}", "01".repeat(32)),
            "deployer": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "balance": "340282366920938463463374607431768211455",
            "items": 2,
            "bytes": "1152921504606846976",
            "deposit": "7",
            "createdAt": 12,
        });
        assert_eq!(
            to_value(Program::from(program())).expect("serialises"),
            expected
        );
    }

    #[test]
    fn a_program_record_reads_as_documented() {
        let expected = json!({
            "subject": format!("0x{}", "02".repeat(32)),
            "digest": format!("0x{}", "03".repeat(32)),
            "caller": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "at": 9,
        });
        assert_eq!(
            to_value(ProgramRecord::from(program_record())).expect("serialises"),
            expected
        );
    }
}
