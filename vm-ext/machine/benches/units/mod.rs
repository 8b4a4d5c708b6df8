//! How often each constant of a schedule is charged.

use lattice_isa::{Gas, GasSchedule};

/// One constant of a schedule.
type Unit = (&'static str, fn(&mut GasSchedule) -> &mut Gas);

macro_rules! units {
    ($($name:ident)*) => {
        const UNITS: &[Unit] = &[$((stringify!($name), |schedule| &mut schedule.$name),)*];
        // A constant that is not listed is an error here.
        const FREE: GasSchedule = GasSchedule { $($name: 0,)* };
    };
}

units! {
    step
    load_model_base
    load_model_chunk
    load_model_byte
    load_model_manifest_byte
    load_model_activation
    unload_model_base
    exec_model_base
    exec_model_operator
    exec_model_mac
    exec_model_window_row
    exec_model_window
    exec_model_sum
    exec_model_window_sum
    exec_model_activation
    train_model_base
    train_model_operator
    train_model_mac
    train_model_activation
    train_model_parameter
    tensor_new_base
    tensor_new_element
    tensor_add_base
    tensor_add_element
    tensor_mul_base
    tensor_mul_mac
    tensor_mul_element
    tensor_conv_base
    tensor_conv_element
    tensor_conv_window
    tensor_conv_gather
    tensor_conv_mac
    tensor_pool_base
    tensor_pool_element
    tensor_pool_row
    tensor_pool_read
    verify_proof_base
    verify_proof_input
    verify_proof_commitment
    hash_model_base
    hash_model_byte
    commit_result_base
}

/// What `charge` comes to if a constant is one and all others are nothing, for each
/// constant that is charged, as the members of a JSON object.
pub fn counts(charge: impl Fn(GasSchedule) -> Gas) -> String {
    let count = |(name, constant): &Unit| {
        let mut schedule = FREE;
        *constant(&mut schedule) = 1;
        let count = charge(schedule);
        (count > 0).then(|| format!(r#""{name}":{count}"#))
    };
    UNITS.iter().filter_map(count).collect::<Vec<_>>().join(",")
}
