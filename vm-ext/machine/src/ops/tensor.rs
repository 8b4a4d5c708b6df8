//! TENSOR_NEW, TENSOR_ADD and TENSOR_MUL, and what the instructions on images
//! share with them.

use crate::backend::{Overflow, TensorBackend};
use crate::environment::Environment;
use crate::machine::Machine;
use crate::memory::{length, Tensor};
use alloc::vec;
use lattice_isa::{operand::element_count, Handle, Opcode, Trap, WindowFault, Work};
use lattice_tensor::{Shape, Windows};

/// Bytes of working space per column of a product: one 128-bit sum.
const SUM_BYTES: u64 = 16;

/// A tensor of the given elements.
pub fn new<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    shape: &Shape,
    elements: &[i32],
) -> Result<Handle, Trap> {
    let expected = element_count(shape);
    let given = length(elements.len());
    if expected != given {
        return Err(Trap::ElementCount { expected, given });
    }
    machine.memory.admits_tensor(given, 0)?;
    machine.charge(Work::TensorNew { elements: given })?;
    let tensor = Tensor::new(shape.clone(), elements.to_vec())?;
    machine.memory.add_tensor(tensor)
}

/// Elementwise sum.
pub fn add<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    left: Handle,
    right: Handle,
) -> Result<Handle, Trap> {
    let shape = machine.memory.tensor(left)?.shape().clone();
    if machine.memory.tensor(right)?.shape() != &shape {
        return Err(mismatch(Opcode::TensorAdd, left, right));
    }
    let elements = element_count(&shape);
    machine.memory.admits_tensor(elements, 0)?;
    machine.charge(Work::TensorAdd { elements })?;
    let sum = machine
        .backend
        .add(
            machine.memory.tensor(left)?.elements(),
            machine.memory.tensor(right)?.elements(),
        )
        .map_err(overflow)?;
    machine.memory.add_tensor(Tensor::new(shape, sum)?)
}

/// Matrix product.
pub fn multiply<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    left: Handle,
    right: Handle,
) -> Result<Handle, Trap> {
    let refused = mismatch(Opcode::TensorMul, left, right);
    let factors = (machine.memory.tensor(left)?, machine.memory.tensor(right)?);
    let (rows, inner) = matrix(factors.0).ok_or(refused)?;
    let (right_rows, columns) = matrix(factors.1).ok_or(refused)?;
    if inner != right_rows {
        return Err(refused);
    }
    let elements = u64::from(rows).saturating_mul(u64::from(columns));
    let working = u64::from(columns).saturating_mul(SUM_BYTES);
    machine.memory.admits_tensor(elements, working)?;
    machine.charge(Work::TensorMul {
        rows: u64::from(rows),
        inner: u64::from(inner),
        columns: u64::from(columns),
    })?;
    let product = machine
        .backend
        .multiply(
            machine.memory.tensor(left)?.elements(),
            machine.memory.tensor(right)?.elements(),
            usize::try_from(inner).map_err(|_| refused)?,
            usize::try_from(columns).map_err(|_| refused)?,
        )
        .map_err(overflow)?;
    let shape = Shape::new(vec![rows, columns]).map_err(|_| refused)?;
    machine.memory.add_tensor(Tensor::new(shape, product)?)
}

/// Rows and columns of a tensor of rank two.
fn matrix(tensor: &Tensor) -> Option<(u32, u32)> {
    match tensor.shape().dims() {
        [rows, columns] => Some((*rows, *columns)),
        _ => None,
    }
}

fn mismatch(opcode: Opcode, left: Handle, right: Handle) -> Trap {
    Trap::ShapeMismatch {
        opcode,
        left,
        right,
    }
}

/// Channels, height and width of a tensor of rank three.
pub fn image(tensor: &Tensor) -> Result<[u32; 3], WindowFault> {
    match tensor.shape().dims() {
        &[channels, height, width] => Ok([channels, height, width]),
        dims => Err(WindowFault::NotAnImage {
            rank: u8::try_from(dims.len()).unwrap_or(u8::MAX),
        }),
    }
}

/// The shape of what windows give: `[channels, windows down, windows across]`.
pub fn windowed(channels: u32, windows: &Windows, limit: u64) -> Result<Shape, Trap> {
    let extents = [windows.rows.count(), windows.columns.count()];
    let elements = u64::from(channels).saturating_mul(product(&extents));
    let extent = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let [height, width] = extents.map(extent);
    Shape::new(vec![channels, height, width]).map_err(|_| Trap::TensorLimit { elements, limit })
}

/// A product of sizes, as it is counted in gas, limits and memory.
pub fn product(sizes: &[usize]) -> u64 {
    sizes.iter().fold(1, |product: u64, size| {
        product.saturating_mul(length(*size))
    })
}

/// The trap of a result that does not fit.
pub fn overflow(overflow: Overflow) -> Trap {
    Trap::Overflow {
        element: overflow.element,
    }
}
