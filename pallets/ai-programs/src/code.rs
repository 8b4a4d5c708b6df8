//! Codes: validated and instrumented once, counted, removed when nothing runs them.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::Precision;
use lattice_host::{CodeError, HostError};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_upload(owner: T::AccountId, code: &[u8]) -> DispatchResult {
        let code_hash = H256(blake2_256(code));
        ensure!(!Codes::<T>::contains_key(code_hash), Error::<T>::CodeExists);
        let prepared =
            lattice_host::prepare_code(code).map_err(|error| Self::code_refused(&error))?;
        let bytes = BoundedVec::<u8, T::MaxPreparedLen>::try_from(prepared.code)
            .map_err(|_| Error::<T>::CodeTooLarge)?;
        let prepared_len: u32 = bytes.len().saturated_into();
        let deposit = Self::deposit_for(1, prepared_len.into())?;
        T::Currency::hold(&HoldReason::CodeDeposit.into(), &owner, deposit)?;

        PreparedCodes::<T>::insert(code_hash, bytes);
        Codes::<T>::insert(
            code_hash,
            Code {
                owner: owner.clone(),
                deposit,
                code_len: code.len().saturated_into(),
                prepared_len,
                version: prepared.version,
                references: 0,
                compiled_at: None,
            },
        );
        Self::deposit_event(Event::CodeUploaded {
            code_hash,
            owner,
            deposit,
        });
        Ok(())
    }

    pub(crate) fn do_remove(who: T::AccountId, code_hash: H256) -> DispatchResult {
        let code = Codes::<T>::get(code_hash).ok_or(Error::<T>::UnknownCode)?;
        ensure!(code.owner == who, Error::<T>::NotCodeOwner);
        ensure!(code.references == 0, Error::<T>::CodeInUse);
        T::Currency::release(
            &HoldReason::CodeDeposit.into(),
            &who,
            code.deposit,
            Precision::Exact,
        )?;
        PreparedCodes::<T>::remove(code_hash);
        Codes::<T>::remove(code_hash);
        Self::deposit_event(Event::CodeRemoved {
            code_hash,
            owner: who,
            deposit: code.deposit,
        });
        Ok(())
    }

    fn code_refused(error: &HostError) -> Error<T> {
        let HostError::Code(error) = error else {
            return Self::host_failed("prepare_code", error);
        };
        log::debug!(target: "runtime::ai-programs", "code refused: {error:?}");
        match error {
            CodeError::Invalid { .. } | CodeError::Segment { .. } => Error::InvalidCode,
            CodeError::Float { .. } => Error::FloatingPoint,
            CodeError::TooMany { .. } => Error::CodeTooLarge,
            CodeError::UnknownImport { .. } | CodeError::ImportSignature { .. } => {
                Error::UnknownImport
            }
            CodeError::UnknownExport { .. }
            | CodeError::MissingEntry { .. }
            | CodeError::EntrySignature { .. }
            | CodeError::StartFunction { .. } => Error::InvalidInterface,
            CodeError::NotCompilable => Error::NotCompilable,
        }
    }

    /// The node did not do what it was asked; never a fault of the caller.
    pub(crate) fn host_failed(what: &str, error: &HostError) -> Error<T> {
        log::error!(target: "runtime::ai-programs", "{what} failed: {error:?}");
        Error::HostFailed
    }
}
