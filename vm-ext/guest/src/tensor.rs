//! Tensors of 32-bit integers.

use crate::abi;
use alloc::vec;
use alloc::vec::Vec;

/// A tensor of the running call, last axis fastest.
///
/// The chain frees tensors when the call ends; they cannot be freed earlier, so
/// dropping one costs and frees nothing.
#[derive(Debug)]
pub struct Tensor {
    handle: abi::Handle,
}

/// More or fewer elements than a shape has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElementCount {
    /// As many as the shape has.
    pub expected: u64,
    /// As many as there are.
    pub given: u64,
}

/// How a window moves over an image of `[channels, height, width]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Vertical and horizontal step.
    pub stride: [u8; 2],
    /// Border at the top, left, bottom and right.
    pub padding: [u8; 4],
}

/// What [`Tensor::pool`] takes of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The largest element.
    Max,
    /// `sum * multiplier >> shift`, rounded down; the border counts as zeros.
    Average {
        /// Factor of the sum.
        multiplier: u16,
        /// Bits dropped after the multiplication.
        shift: u8,
    },
}

impl Tensor {
    /// A tensor of a shape (`TENSOR_NEW`).
    ///
    /// # Errors
    /// [`ElementCount`] if the elements are not as many as the shape has.
    pub fn new(dims: &[u32], elements: &[i32]) -> Result<Self, ElementCount> {
        check_count(dims, elements)?;
        Ok(Tensor {
            handle: abi::tensor_new(dims, elements),
        })
    }

    /// A tensor with one axis (`TENSOR_NEW`).
    pub fn vector(elements: &[i32]) -> Self {
        // A slice of a program is shorter than its memory of 32-bit addresses; an
        // extent of zero would be refused by the chain.
        let length = u32::try_from(elements.len()).unwrap_or(0);
        Tensor {
            handle: abi::tensor_new(&[length], elements),
        }
    }

    /// The elementwise sum of two tensors of equal shape (`TENSOR_ADD`).
    pub fn add(&self, other: &Tensor) -> Tensor {
        Tensor::from_handle(abi::tensor_add(self.handle, other.handle))
    }

    /// The matrix product of `[m, k]` and `[k, n]` (`TENSOR_MUL`).
    pub fn matmul(&self, other: &Tensor) -> Tensor {
        Tensor::from_handle(abi::tensor_mul(self.handle, other.handle))
    }

    /// The two-dimensional convolution of `[channels, height, width]` with
    /// `[out channels, channels / groups, kernel height, kernel width]` in a number
    /// of channel groups (`TENSOR_CONV`).
    pub fn conv(&self, weight: &Tensor, window: Window, groups: u16) -> Tensor {
        let parameters = convolution_operands(window, groups);
        Tensor::from_handle(abi::tensor_conv(self.handle, weight.handle, &parameters))
    }

    /// Maximum or average over windows of a height and width (`TENSOR_POOL`).
    pub fn pool(&self, pooling: Pooling, kernel: [u8; 2], window: Window) -> Tensor {
        let parameters = pooling_operands(pooling, kernel, window);
        Tensor::from_handle(abi::tensor_pool(self.handle, &parameters))
    }

    /// Number of elements; never zero, since no shape has an empty axis.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        usize::try_from(abi::tensor_len(self.handle)).unwrap_or(usize::MAX)
    }

    /// Fills `out` with the elements from `offset` on. The chain ends the call if
    /// there are fewer.
    pub fn read(&self, offset: usize, out: &mut [i32]) {
        abi::tensor_read(self.handle, offset, out);
    }

    /// All elements.
    pub fn to_vec(&self) -> Vec<i32> {
        let mut elements = vec![0; self.len()];
        self.read(0, &mut elements);
        elements
    }

    pub(crate) fn from_handle(handle: abi::Handle) -> Self {
        Tensor { handle }
    }

    pub(crate) fn handle(&self) -> abi::Handle {
        self.handle
    }
}

/// The chain reads as many elements as the shape has, so there must be as many.
fn check_count(dims: &[u32], elements: &[i32]) -> Result<(), ElementCount> {
    let expected = dims
        .iter()
        .fold(1u64, |count, dim| count.saturating_mul(u64::from(*dim)));
    let given = u64::try_from(elements.len()).unwrap_or(u64::MAX);
    if expected == given {
        Ok(())
    } else {
        Err(ElementCount { expected, given })
    }
}

/// Stride, padding and groups, as they stand in the instruction.
fn convolution_operands(window: Window, groups: u16) -> [u8; 8] {
    let [vertical, horizontal] = window.stride;
    let [top, left, bottom, right] = window.padding;
    let [low, high] = groups.to_le_bytes();
    [vertical, horizontal, top, left, bottom, right, low, high]
}

/// Pooling, kernel, stride and padding, as they stand in the instruction.
fn pooling_operands(pooling: Pooling, kernel: [u8; 2], window: Window) -> Vec<u8> {
    let mut operands = Vec::with_capacity(12);
    match pooling {
        Pooling::Max => operands.push(0),
        Pooling::Average { multiplier, shift } => {
            operands.push(1);
            operands.extend_from_slice(&multiplier.to_le_bytes());
            operands.push(shift);
        }
    }
    operands.extend_from_slice(&kernel);
    operands.extend_from_slice(&window.stride);
    operands.extend_from_slice(&window.padding);
    operands
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_isa::{Handle, Instruction};

    const WINDOW: Window = Window {
        stride: [1, 2],
        padding: [3, 4, 5, 6],
    };

    fn written(instruction: &Instruction) -> Vec<u8> {
        let mut bytes = Vec::new();
        instruction.write(&mut bytes).expect("it has an encoding");
        bytes
    }

    #[test]
    fn a_convolution_is_written_as_in_bytecode() {
        let bytes = written(&Instruction::TensorConv {
            input: Handle(0),
            weight: Handle(1),
            stride: WINDOW.stride,
            padding: WINDOW.padding,
            groups: 0x0708,
        });
        // After the opcode and two handles.
        assert_eq!(bytes[5..], convolution_operands(WINDOW, 0x0708));
    }

    #[test]
    fn a_pooling_is_written_as_in_bytecode() {
        let cases = [
            (Pooling::Max, lattice_isa::Pooling::Max),
            (
                Pooling::Average {
                    multiplier: 0x0102,
                    shift: 9,
                },
                lattice_isa::Pooling::Average {
                    multiplier: 0x0102,
                    shift: 9,
                },
            ),
        ];
        for (ours, theirs) in cases {
            let bytes = written(&Instruction::TensorPool {
                input: Handle(0),
                pooling: theirs,
                kernel: [7, 8],
                stride: WINDOW.stride,
                padding: WINDOW.padding,
            });
            // After the opcode and one handle.
            assert_eq!(bytes[3..], pooling_operands(ours, [7, 8], WINDOW));
        }
    }

    #[test]
    fn elements_that_do_not_fill_the_shape_are_refused() {
        assert_eq!(check_count(&[2, 3], &[0; 6]), Ok(()));
        let refused = |expected, given| Err(ElementCount { expected, given });
        assert_eq!(check_count(&[2, 3], &[0; 5]), refused(6, 5));
        assert_eq!(check_count(&[2, 0], &[0; 2]), refused(0, 2));
        let huge = [u32::MAX; 4];
        assert_eq!(check_count(&huge, &[0; 1]), refused(u64::MAX, 1));
    }
}
