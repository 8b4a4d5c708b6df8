//! From gas to weight and back.

use crate::types::{Input, Run};
use crate::*;
use frame::prelude::*;
use lattice_isa::Gas;
use pallet_model_registry::ModelStore;

impl<T: Config> Pallet<T> {
    /// Weight of a call before it runs: its measured base, and its gas limit.
    ///
    /// A limit above [`Config::MaxGas`] weighs as that one, so that it comes to
    /// [`Error::GasLimitTooHigh`], where the pool would only say that it exhausts the
    /// block's resources.
    pub(crate) fn metered(base: Weight, gas_limit: Gas) -> Weight {
        base.saturating_add(weight_of(gas_limit.min(T::MaxGas::get())))
    }

    pub(crate) fn ensure_gas(gas_limit: Gas) -> Result<(), Error<T>> {
        ensure!(gas_limit <= T::MaxGas::get(), Error::GasLimitTooHigh);
        Ok(())
    }

    pub(crate) fn instantiate_base(
        input: &Input<T>,
        models: &AccessList,
        verifying_keys: &AccessList,
    ) -> Weight {
        T::WeightInfo::instantiate(input.len().saturated_into())
            .saturating_add(Self::settling_weight())
            .saturating_add(Self::access_weight(models.len(), verifying_keys.len()))
    }

    pub(crate) fn call_base(
        input: &Input<T>,
        models: &AccessList,
        verifying_keys: &AccessList,
    ) -> Weight {
        T::WeightInfo::call(input.len().saturated_into())
            .saturating_add(Self::settling_weight())
            .saturating_add(Self::access_weight(models.len(), verifying_keys.len()))
    }

    pub(crate) fn execute_base(
        bytecode: &BoundedVec<u8, T::MaxBytecodeLen>,
        models: &AccessList,
        verifying_keys: &AccessList,
    ) -> Weight {
        T::WeightInfo::execute(bytecode.len().saturated_into())
            .saturating_add(T::WeightInfo::apply_commit(0))
            .saturating_add(Self::access_weight(models.len(), verifying_keys.len()))
    }

    /// Weight of what is written once for all effects of a call: counts, deposits and the
    /// book of records. The gas of an effect pays for what one more of it takes.
    fn settling_weight() -> Weight {
        T::WeightInfo::apply_storage(0).saturating_add(T::WeightInfo::apply_commit(0))
    }

    /// Weight of resolving an access list.
    fn access_weight(models: usize, verifying_keys: usize) -> Weight {
        let entries = models.saturating_add(verifying_keys).saturated_into();
        T::WeightInfo::access(entries).saturating_sub(T::WeightInfo::access(0))
    }

    /// Weight of storing the largest state, if states are to be kept.
    pub(crate) fn states_allowance(keep_states: bool) -> Weight {
        if keep_states {
            T::Registry::store_state_weight(u32::MAX)
        } else {
            Weight::zero()
        }
    }

    /// What a call weighed in the end.
    ///
    /// A refusal before the run costs the base alone. When the host fails nobody knows
    /// what it did, and the call keeps its whole weight.
    pub(crate) fn bill(
        base: Weight,
        run: Result<Run<T>, DispatchError>,
    ) -> DispatchResultWithPostInfo {
        match run {
            Ok(run) => Ok(Some(Self::paid(base, &run)).into()),
            Err(error) => {
                let known = error != Error::<T>::HostFailed.into();
                Err(DispatchErrorWithPostInfo {
                    post_info: known.then_some(base).into(),
                    error,
                })
            }
        }
    }

    fn paid(base: Weight, run: &Run<T>) -> Weight {
        base.saturating_add(weight_of(run.gas_used.saturating_sub(run.refund)))
            .saturating_add(run.states_weight)
    }

    /// The limits that the configuration and the host must agree on.
    pub(crate) fn check_limits() {
        let limits = lattice_host::CallLimits::V1;
        assert!(
            T::MaxInputLen::get() <= limits.input_bytes,
            "the host takes shorter inputs"
        );
        let schedule = lattice_host::CallSchedule::V1;
        let ending = schedule
            .removed_item
            .saturating_mul(limits.removed_items.into())
            .saturating_add(schedule.base(lattice_host::Import::Terminate))
            .saturating_add(schedule.begin(
                T::MaxPreparedLen::get().into(),
                T::MaxInputLen::get().into(),
            ));
        let compiling = lattice_host::compilation_gas(T::MaxPreparedLen::get().into());
        assert!(
            compiling.saturating_add(ending) < T::MaxGas::get(),
            "a call of the longest code must be able to end a program with the most entries"
        );
        assert!(
            T::MaxCompiledBytes::get() >= T::MaxPreparedLen::get(),
            "a block must be able to compile the longest code"
        );
        let full = lattice_primitives::MAX_ACCESS.saturated_into();
        let base = T::WeightInfo::instantiate(T::MaxInputLen::get())
            .max(T::WeightInfo::call(T::MaxInputLen::get()))
            .max(T::WeightInfo::execute(T::MaxBytecodeLen::get()))
            .saturating_add(Self::settling_weight())
            .saturating_add(Self::access_weight(full, full));
        let room = T::BlockWeights::get()
            .get(DispatchClass::Normal)
            .max_extrinsic
            .unwrap_or(Weight::MAX);
        assert!(
            Self::metered(base, T::MaxGas::get()).all_lte(room),
            "a call with the largest gas limit must fit a block"
        );
    }
}

/// One gas is one picosecond of reference time.
fn weight_of(gas: Gas) -> Weight {
    Weight::from_parts(gas, 0)
}
