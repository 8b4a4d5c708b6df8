//! The imports of a program: the instructions of the machine and an environment.
//!
//! An import is added here and nowhere else: the macro derives the name under
//! which a program imports it from module [`MODULE`], its signature and its
//! listing from one entry. What it does is in `host`, what it costs in
//! [`crate::gas`], where the compiler asks for a rule for each.
//!
//! All values are `i32` or `i64`. A pointer is an `i32` into the program's
//! memory; bytes there are in little-endian order. A handle is an `i32`. Bytes
//! that an import reads or writes must lie in the memory, else the call traps
//! [`crate::ProgramTrap::OutOfBounds`].

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// The name of the module that all imports come from.
pub const MODULE: &str = "lattice";

/// The type of an operand or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
}

macro_rules! imports {
    ($(
        $(#[doc = $doc:literal])+
        $index:literal $variant:ident $name:literal ( $($operand:ident),* ) $(-> $result:ident)? ;
    )+) => {
        /// A function that the node offers to a program.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode,
            DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
        )]
        pub enum Import {
            $( $(#[doc = $doc])+ #[codec(index = $index)] $variant, )+
        }

        impl Import {
            /// Every import.
            pub const ALL: &'static [Import] = &[$(Import::$variant),+];

            /// The name under which a program imports it.
            pub const fn name(self) -> &'static str {
                match self { $(Import::$variant => $name,)+ }
            }

            /// The types of its operands.
            pub const fn operands(self) -> &'static [Word] {
                match self { $(Import::$variant => imports!(@operands $($operand)*),)+ }
            }

            /// The type of its result, if it has one.
            pub const fn result(self) -> Option<Word> {
                match self { $(Import::$variant => imports!(@result $($result)?),)+ }
            }

            /// What it does, in words.
            pub const fn doc(self) -> &'static str {
                match self { $(Import::$variant => concat!($($doc, "\n"),+),)+ }
            }

            /// The import of this name, if there is one.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|import| import.name() == name)
            }
        }
    };
    // Every operand is an `i32`, whatever it stands for.
    (@operands $($operand:ident)*) => { &[$(imports!(@word $operand)),*] };
    (@word $operand:ident) => { Word::I32 };
    (@result) => { None };
    (@result i32) => { Some(Word::I32) };
    (@result i64) => { Some(Word::I64) };
}

imports! {
    /// LOAD_MODEL: a handle for the model whose 32-byte hash lies at the pointer.
    0 LoadModel "load_model" (hash_ptr) -> i32;
    /// UNLOAD_MODEL.
    1 UnloadModel "unload_model" (model);
    /// EXEC_MODEL: a handle for the output.
    2 ExecModel "exec_model" (model, input) -> i32;
    /// TRAIN_MODEL.
    3 TrainModel "train_model" (model, batch, targets, rate_shift);
    /// TENSOR_NEW: `rank` extents of 32 bits, and as many elements of 32 bits as
    /// the shape has.
    4 TensorNew "tensor_new" (rank, dims_ptr, elements_ptr) -> i32;
    /// TENSOR_ADD.
    5 TensorAdd "tensor_add" (left, right) -> i32;
    /// TENSOR_MUL.
    6 TensorMul "tensor_mul" (left, right) -> i32;
    /// TENSOR_CONV: the operand bytes stride (2), padding (4) and groups (2) as
    /// the instruction set writes them.
    7 TensorConv "tensor_conv" (input, weight, params_ptr) -> i32;
    /// TENSOR_POOL: the operand bytes pooling (1 or 4), kernel (2), stride (2) and
    /// padding (4) as the instruction set writes them.
    8 TensorPool "tensor_pool" (input, params_ptr, params_len) -> i32;
    /// The number of a tensor's elements.
    9 TensorLen "tensor_len" (handle) -> i32;
    /// Writes `count` elements of a tensor, from element `offset` on, 32 bits each.
    10 TensorRead "tensor_read" (handle, offset, count, out_ptr);
    /// VERIFY_PROOF as a question: 1 for a true proof and 0 for a false one. The
    /// key's id has 32 bytes, each input 32, and the proof 128 or with a commitment 160.
    11 VerifyProof "verify_proof" (key_ptr, inputs_ptr, inputs_count, proof_ptr, proof_len) -> i32;
    /// HASH_MODEL: writes the 32-byte hash of the state.
    12 HashModel "hash_model" (handle, out_ptr);
    /// COMMIT_RESULT: subject and digest have 32 bytes each.
    13 CommitResult "commit_result" (subject_ptr, digest_ptr);
    /// The length of the call's input.
    14 InputLen "input_len" () -> i32;
    /// Writes `length` bytes of the input, from byte `offset` on.
    15 InputRead "input_read" (offset, length, out_ptr);
    /// Sets the call's output, in place of one that was set before.
    16 Output "output" (ptr, length);
    /// Writes the value under a key, as much of it as `out_capacity` takes, and
    /// gives its length, or -1 if there is none.
    17 StorageGet "storage_get" (key_ptr, key_len, out_ptr, out_capacity) -> i32;
    /// Stores a value under a key.
    18 StorageSet "storage_set" (key_ptr, key_len, value_ptr, value_len);
    /// Removes the value under a key.
    19 StorageClear "storage_clear" (key_ptr, key_len);
    /// Writes the 32-byte account that called the program.
    20 Caller "caller" (out_ptr);
    /// Writes the 32-byte account of the program.
    21 Address "address" (out_ptr);
    /// Writes the value that came with the call, 16 bytes.
    22 Value "value" (out_ptr);
    /// Writes the program's free balance, 16 bytes: the call's value included,
    /// its transfers so far subtracted.
    23 Balance "balance" (out_ptr);
    /// The number of the block.
    24 BlockNumber "block_number" () -> i64;
    /// Transfers an amount (16 bytes) to an account (32 bytes).
    25 Transfer "transfer" (to_ptr, amount_ptr);
    /// Leaves an event.
    26 Event "event" (ptr, length);
    /// The gas that is left.
    27 GasLeft "gas_left" () -> i64;
    /// Ends the call and reverts all that it did; the bytes are its reason.
    28 Revert "revert" (ptr, length);
    /// Ends the call well, and the program with it: its storage and records are removed,
    /// and all that it has goes to the account (32 bytes).
    29 Terminate "terminate" (beneficiary_ptr);
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
