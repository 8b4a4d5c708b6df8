//! The instruction table.
//!
//! An instruction is added here and nowhere else: the macro derives the opcode,
//! its mnemonic and documentation, the operand forms, the encoding and the
//! listing from one entry. What it costs is said in [`crate::gas`], where the
//! compiler asks for a rule for each opcode.

use crate::operand::{Field, Handle, Operand, Pooling, Reader};
use crate::{DecodeFault, KeyId, ModelHash, ProofBytes, PublicInput};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use lattice_tensor::Shape;
use scale_info::TypeInfo;

/// What a handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleKind {
    Model,
    Tensor,
}

macro_rules! given_kind {
    () => {
        None
    };
    ($kind:ident) => {
        Some(HandleKind::$kind)
    };
}

macro_rules! instruction_set {
    ($(
        $(#[doc = $doc:literal])+
        opcode $code:tt $mnemonic:literal $name:ident $(-> $gives:ident)? {
            $( $(#[doc = $field_doc:literal])+ $field:ident : $ty:ty, )*
        }
    )+) => {
        /// The code of an instruction: the first byte of its encoding.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode,
            DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
        )]
        pub enum Opcode {
            $( $(#[doc = $doc])+ #[codec(index = $code)] $name, )+
        }

        impl Opcode {
            /// Every opcode, in ascending order of code.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$name),+];

            /// The byte that stands for this opcode.
            pub const fn code(self) -> u8 {
                match self { $(Opcode::$name => $code,)+ }
            }

            /// The opcode of a byte, if it has one.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Opcode::$name),)+ _ => None }
            }

            /// The name in listings, as in `LOAD_MODEL`.
            pub const fn mnemonic(self) -> &'static str {
                match self { $(Opcode::$name => $mnemonic,)+ }
            }

            /// What the instruction does, in words.
            pub const fn doc(self) -> &'static str {
                match self { $(Opcode::$name => concat!($($doc, "\n"),+),)+ }
            }

            /// What the instruction gives the next handle, if it gives one.
            pub const fn gives(self) -> Option<HandleKind> {
                match self { $(Opcode::$name => given_kind!($($gives)?),)+ }
            }

            /// The operands that follow the code, in order.
            pub const fn operands(self) -> &'static [Field] {
                match self {
                    $(Opcode::$name => &[$(
                        Field { name: stringify!($field), form: <$ty as Operand>::FORM }
                    ),*],)+
                }
            }
        }

        /// An opcode with its operands.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Instruction {
            $( $(#[doc = $doc])+ $name { $( $(#[doc = $field_doc])+ $field: $ty, )* }, )+
        }

        impl Instruction {
            /// The code of this instruction.
            pub const fn opcode(&self) -> Opcode {
                match self { $(Instruction::$name { .. } => Opcode::$name,)+ }
            }

            /// Appends the encoding: the code, then each operand.
            ///
            /// # Errors
            /// [`DecodeFault::TooLong`] when an operand has more elements than
            /// its count can say.
            pub fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
                out.push(self.opcode().code());
                match self {
                    $(Instruction::$name { $($field),* } => { $($field.write(out)?;)* })+
                }
                Ok(())
            }

            pub(crate) fn read_operands(
                opcode: Opcode,
                reader: &mut Reader<'_>,
            ) -> Result<Self, DecodeFault> {
                Ok(match opcode {
                    $(Opcode::$name => Instruction::$name {
                        $($field: reader.operand()?,)*
                    },)+
                })
            }
        }

        impl fmt::Display for Instruction {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.opcode().mnemonic())?;
                match self {
                    $(Instruction::$name { $($field),* } => {
                        $( f.write_str(" ")?; $field.show(f)?; )*
                    })+
                }
                Ok(())
            }
        }
    };
}

instruction_set! {
    /// Loads a model and gives it the next handle.
    ///
    /// The bytes must hash to `model`; each byte is charged for.
    opcode 0xA0 "LOAD_MODEL" LoadModel -> Model {
        /// Blake2-256 of the manifest.
        model: ModelHash,
    }
    /// Frees a model's handle and its memory.
    opcode 0xA1 "UNLOAD_MODEL" UnloadModel {
        /// A model.
        model: Handle,
    }
    /// Runs a model on an input and gives the output tensor the next handle.
    opcode 0xA2 "EXEC_MODEL" ExecModel -> Tensor {
        /// A model.
        model: Handle,
        /// A tensor of the model's input shape, each element in its declared range.
        input: Handle,
    }
    /// One integer step of stochastic gradient descent on the state of a model's handle.
    ///
    /// For chains of dense layers with ReLU and requantization; `EXEC_MODEL` then
    /// runs the trained model. A trap leaves the state as it was.
    opcode 0xA3 "TRAIN_MODEL" TrainModel {
        /// A model.
        model: Handle,
        /// Inputs, one per row: the first extent counts them.
        batch: Handle,
        /// What the model should answer, one output per row, in the unit of the output.
        targets: Handle,
        /// The learning rate is 2^-rate_shift, with a rate_shift of 1 to 32.
        rate_shift: u8,
    }
    /// Makes a tensor of 32-bit integers and gives it the next handle.
    opcode 0xB0 "TENSOR_NEW" TensorNew -> Tensor {
        /// Extent along each axis.
        shape: Shape,
        /// The elements, last axis fastest; as many as the shape has.
        elements: Vec<i32>,
    }
    /// Elementwise sum of two tensors of equal shape, as a new tensor.
    ///
    /// A sum that leaves 32 bits traps.
    opcode 0xB1 "TENSOR_ADD" TensorAdd -> Tensor {
        /// The left operand.
        left: Handle,
        /// The right operand.
        right: Handle,
    }
    /// Matrix product of `[m, k]` and `[k, n]` as a new `[m, n]` tensor.
    ///
    /// An element whose exact value leaves 32 bits traps.
    opcode 0xB2 "TENSOR_MUL" TensorMul -> Tensor {
        /// A matrix of m rows and k columns.
        left: Handle,
        /// A matrix of k rows and n columns.
        right: Handle,
    }
    /// Two-dimensional convolution as a new `[out channels, height, width]` tensor.
    ///
    /// An element whose exact value leaves 32 bits traps.
    opcode 0xB3 "TENSOR_CONV" TensorConv -> Tensor {
        /// `[channels, height, width]`.
        input: Handle,
        /// `[out channels, channels / groups, kernel height, kernel width]`.
        weight: Handle,
        /// Vertical and horizontal step.
        stride: [u8; 2],
        /// Zeros added at the top, left, bottom and right.
        padding: [u8; 4],
        /// Number of channel groups.
        groups: u16,
    }
    /// Maximum or average over windows, as a new `[channels, height, width]` tensor.
    ///
    /// In an average the border counts as zeros, and an element that leaves 32
    /// bits traps.
    opcode 0xB4 "TENSOR_POOL" TensorPool -> Tensor {
        /// `[channels, height, width]`.
        input: Handle,
        /// What is taken of each window.
        pooling: Pooling,
        /// Height and width of a window.
        kernel: [u8; 2],
        /// Vertical and horizontal step.
        stride: [u8; 2],
        /// Border at the top, left, bottom and right; a maximum ignores it.
        padding: [u8; 4],
    }
    /// Verifies a Groth16 proof; a false proof traps `ProofRejected`.
    opcode 0xC0 "VERIFY_PROOF" VerifyProof {
        /// Identity of the verifying key.
        key: KeyId,
        /// The public inputs, in order.
        inputs: Vec<PublicInput>,
        /// A, B and C, and D if it has a commitment, compressed.
        proof: ProofBytes,
    }
    /// Writes the hash of a model's present state to the journal.
    opcode 0xC1 "HASH_MODEL" HashModel {
        /// A model.
        model: Handle,
    }
    /// Commits a result: writes `subject` and `digest` to the journal.
    opcode 0xC2 "COMMIT_RESULT" CommitResult {
        /// What the result is of; in a settlement the context of its request.
        subject: [u8; 32],
        /// What is committed; in a settlement the output commitment.
        digest: [u8; 32],
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mnemonic())
    }
}

impl Instruction {
    /// Refuses operands that are each well formed and disagree with each other.
    ///
    /// # Errors
    /// [`DecodeFault::ElementCount`] for a `TENSOR_NEW` whose elements are not
    /// as many as its shape has.
    pub fn check(&self) -> Result<(), DecodeFault> {
        match self {
            Instruction::TensorNew { shape, elements } => {
                let expected = crate::operand::element_count(shape);
                let given = u64::try_from(elements.len()).unwrap_or(u64::MAX);
                if expected == given {
                    Ok(())
                } else {
                    Err(DecodeFault::ElementCount { expected, given })
                }
            }
            _ => Ok(()),
        }
    }
}
