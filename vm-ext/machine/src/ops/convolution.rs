//! TENSOR_CONV.

use super::tensor::{image, overflow, product, windowed};
use crate::backend::{Convolution, TensorBackend};
use crate::environment::Environment;
use crate::machine::Machine;
use crate::memory::{length, Tensor};
use lattice_isa::{operand::element_count, Handle, Opcode, Trap, WindowFault, Work};
use lattice_tensor::{Placement, Windows};

/// `out[o][y][x] = sum of weight[o][c][i][j] * input[g(o) + c][y * down + i - top][x * across + j - left]`
/// over `c`, `i` and `j`, where `g(o)` is the first channel of the group of `o`
/// and an element outside the image is zero.
pub fn convolve<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    input: Handle,
    weight: Handle,
    placement: Placement,
    groups: u16,
) -> Result<Handle, Trap> {
    let image = machine.memory.tensor(input)?;
    let filters = machine.memory.tensor(weight)?;
    let refused = |refusal| match refusal {
        Refusal::Shapes => Trap::ShapeMismatch {
            opcode: Opcode::TensorConv,
            left: input,
            right: weight,
        },
        Refusal::Window(fault) => Trap::Window {
            opcode: Opcode::TensorConv,
            fault,
        },
    };
    let (convolution, outputs) = geometry(image, filters, placement, groups).map_err(refused)?;
    let windows = convolution.windows;
    let weights = element_count(filters.shape());
    let shape = windowed(outputs, &windows, machine.limits.tensor_elements)?;
    let elements = element_count(&shape);
    // The patch that is gathered.
    let working = length(convolution.columns()).saturating_mul(4);
    machine.memory.admits_tensor(elements, working)?;
    let pixels = length(windows.count());
    machine.charge(Work::TensorConv {
        elements,
        windows: pixels.saturating_mul(u64::from(groups)),
        gathered: product(&[image.shape().channels(), windows.window_len()]).saturating_mul(pixels),
        multiply_accumulates: weights.saturating_mul(pixels),
    })?;
    let out = machine
        .backend
        .convolve(
            machine.memory.tensor(input)?.elements(),
            machine.memory.tensor(weight)?.elements(),
            &convolution,
        )
        .map_err(overflow)?;
    machine.memory.add_tensor(Tensor::new(shape, out)?)
}

enum Refusal {
    Shapes,
    Window(WindowFault),
}

impl From<WindowFault> for Refusal {
    fn from(fault: WindowFault) -> Self {
        Refusal::Window(fault)
    }
}

/// The convolution, and the channels of its result.
fn geometry(
    input: &Tensor,
    weight: &Tensor,
    placement: Placement,
    groups: u16,
) -> Result<(Convolution, u32), Refusal> {
    let [channels, height, width] = image(input)?;
    let &[outputs, group_inputs, kernel_height, kernel_width] = weight.shape().dims() else {
        return Err(Refusal::Shapes);
    };
    if groups == 0 {
        return Err(WindowFault::ZeroGroups.into());
    }
    let divided = |channels: u32| {
        let group = channels.checked_div(u32::from(groups));
        group
            .filter(|group| group.saturating_mul(u32::from(groups)) == channels)
            .ok_or(WindowFault::UnevenGroups { channels, groups })
    };
    let group_outputs = divided(outputs)?;
    if divided(channels)? != group_inputs {
        return Err(Refusal::Shapes);
    }
    let kernel = [kernel_height, kernel_width];
    let windows = Windows::new([height, width], kernel, placement).map_err(WindowFault::from)?;
    let size = |extent: u32| usize::try_from(extent).unwrap_or(usize::MAX);
    let convolution = Convolution {
        windows,
        group_inputs: size(group_inputs),
        group_outputs: size(group_outputs),
    };
    Ok((convolution, outputs))
}
