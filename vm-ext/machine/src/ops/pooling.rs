//! TENSOR_POOL.

use super::tensor::{image, overflow, windowed};
use crate::backend::TensorBackend;
use crate::environment::Environment;
use crate::machine::Machine;
use crate::memory::{length, Tensor};
use lattice_isa::{operand::element_count, Handle, Opcode, Pooling, Trap, WindowFault, Work};
use lattice_tensor::{Placement, Windows};

/// The maximum or the average of each window of each channel.
///
/// A maximum ignores the border, so a window with nothing else has none and
/// traps. In an average the border counts as zeros: the multiplier is the same
/// for each window.
pub fn pool<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    input: Handle,
    pooling: Pooling,
    kernel: [u8; 2],
    placement: Placement,
) -> Result<Handle, Trap> {
    let refused = |fault| Trap::Window {
        opcode: Opcode::TensorPool,
        fault,
    };
    let [channels, height, width] = image(machine.memory.tensor(input)?).map_err(refused)?;
    let windows = Windows::new([height, width], kernel.map(u32::from), placement)
        .map_err(|error| refused(error.into()))?;
    let (least, _) = windows.coverage();
    if pooling == Pooling::Max && least == 0 {
        return Err(refused(WindowFault::OnlyPadding));
    }
    let shape = windowed(channels, &windows, machine.limits.tensor_elements)?;
    let elements = element_count(&shape);
    machine.memory.admits_tensor(elements, 0)?;
    machine.charge(Work::TensorPool {
        elements,
        rows: elements.saturating_mul(u64::from(kernel[0])),
        reads: elements.saturating_mul(length(windows.window_len())),
    })?;
    let out = machine
        .backend
        .pool(machine.memory.tensor(input)?.elements(), pooling, &windows)
        .map_err(overflow)?;
    machine.memory.add_tensor(Tensor::new(shape, out)?)
}
