//! The functions that the chain gives to a program, as safe functions.
//!
//! This is the only module with `unsafe` code: it declares the imports and calls
//! them. The chain checks every range of memory that it is given and traps if one
//! leaves the program's memory, so what has to be held here is that it reads only
//! what the pointer's type says, and writes only into what is lent to it mutably.

#![allow(unsafe_code)]

use crate::{AccountId, KeyId, ModelHash, PublicInput};

/// Declares the imports; off WebAssembly, where there is no chain, they panic.
macro_rules! imports {
    ($(fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)?;)+) => {
        mod import {
            #[cfg(target_arch = "wasm32")]
            #[link(wasm_import_module = "lattice")]
            extern "C" {
                $(pub fn $name($($argument: $type),*) $(-> $result)?;)+
            }

            $(
                #[cfg(not(target_arch = "wasm32"))]
                pub unsafe fn $name($(_: $type),*) $(-> $result)? {
                    panic!(concat!("`", stringify!($name), "` needs a chain"))
                }
            )+
        }
    };
}

imports! {
    fn load_model(hash: *const u8) -> u32;
    fn unload_model(model: u32);
    fn exec_model(model: u32, input: u32) -> u32;
    fn train_model(model: u32, batch: u32, targets: u32, rate_shift: u32);
    fn tensor_new(rank: usize, dims: *const u32, elements: *const i32) -> u32;
    fn tensor_add(left: u32, right: u32) -> u32;
    fn tensor_mul(left: u32, right: u32) -> u32;
    fn tensor_conv(input: u32, weight: u32, parameters: *const u8) -> u32;
    fn tensor_pool(input: u32, parameters: *const u8, length: usize) -> u32;
    fn tensor_len(tensor: u32) -> u32;
    fn tensor_read(tensor: u32, offset: usize, count: usize, out: *mut i32);
    fn verify_proof(
        key: *const u8,
        inputs: *const u8,
        count: usize,
        proof: *const u8,
        length: usize,
    ) -> u32;
    fn hash_model(model: u32, out: *mut u8);
    fn commit_result(subject: *const u8, digest: *const u8);
    fn input_len() -> usize;
    fn input_read(offset: usize, length: usize, out: *mut u8);
    fn output(bytes: *const u8, length: usize);
    fn storage_get(key: *const u8, key_length: usize, out: *mut u8, capacity: usize) -> i32;
    fn storage_set(key: *const u8, key_length: usize, value: *const u8, value_length: usize);
    fn storage_clear(key: *const u8, key_length: usize);
    fn caller(out: *mut u8);
    fn address(out: *mut u8);
    fn value(out: *mut u8);
    fn balance(out: *mut u8);
    fn block_number() -> u64;
    fn transfer(to: *const u8, amount: *const u8);
    fn event(bytes: *const u8, length: usize);
    fn gas_left() -> u64;
    fn revert(bytes: *const u8, length: usize) -> !;
    fn terminate(beneficiary: *const u8) -> !;
}

/// A model or tensor of the running call.
pub type Handle = u32;

/// Imports that fill a buffer of a fixed length: `name(...) -> [u8; LENGTH]`.
macro_rules! filling {
    ($($name:ident($($argument:ident: $type:ty),*) -> $length:literal;)+) => {$(
        pub fn $name($($argument: $type),*) -> [u8; $length] {
            let mut out = [0; $length];
            // SAFETY: the chain writes exactly this many bytes.
            unsafe { import::$name($($argument,)* out.as_mut_ptr()) };
            out
        }
    )+};
}

filling! {
    hash_model(model: Handle) -> 32;
    caller() -> 32;
    address() -> 32;
    value() -> 16;
    balance() -> 16;
}

/// Imports that take and give numbers alone.
macro_rules! numeric {
    ($($name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)+) => {$(
        pub fn $name($($argument: $type),*) $(-> $result)? {
            // SAFETY: no memory is involved.
            unsafe { import::$name($($argument),*) }
        }
    )+};
}

numeric! {
    unload_model(model: Handle);
    exec_model(model: Handle, input: Handle) -> Handle;
    train_model(model: Handle, batch: Handle, targets: Handle, rate_shift: u32);
    tensor_add(left: Handle, right: Handle) -> Handle;
    tensor_mul(left: Handle, right: Handle) -> Handle;
    tensor_len(tensor: Handle) -> u32;
    input_len() -> usize;
    block_number() -> u64;
    gas_left() -> u64;
}

/// Imports that read a byte string.
macro_rules! reading {
    ($($name:ident $(-> $result:ty)?;)+) => {$(
        pub fn $name(bytes: &[u8]) $(-> $result)? {
            // SAFETY: pointer and length are those of a slice.
            unsafe { import::$name(bytes.as_ptr(), bytes.len()) }
        }
    )+};
}

reading! {
    output;
    event;
    storage_clear;
    revert -> !;
}

pub fn load_model(hash: &ModelHash) -> Handle {
    // SAFETY: the chain reads 32 bytes.
    unsafe { import::load_model(hash.as_ptr()) }
}

/// The caller must give as many elements as the shape has.
pub fn tensor_new(dims: &[u32], elements: &[i32]) -> Handle {
    // SAFETY: the chain reads `rank` extents and their product of elements, which
    // is the length of `elements`.
    unsafe { import::tensor_new(dims.len(), dims.as_ptr(), elements.as_ptr()) }
}

pub fn tensor_conv(input: Handle, weight: Handle, parameters: &[u8; 8]) -> Handle {
    // SAFETY: the chain reads eight bytes: stride, padding and groups.
    unsafe { import::tensor_conv(input, weight, parameters.as_ptr()) }
}

pub fn tensor_pool(input: Handle, parameters: &[u8]) -> Handle {
    // SAFETY: pointer and length are those of a slice.
    unsafe { import::tensor_pool(input, parameters.as_ptr(), parameters.len()) }
}

pub fn tensor_read(tensor: Handle, offset: usize, out: &mut [i32]) {
    // SAFETY: the chain writes as many elements as the slice has.
    unsafe { import::tensor_read(tensor, offset, out.len(), out.as_mut_ptr()) }
}

pub fn verify_proof(key: &KeyId, inputs: &[PublicInput], proof: &[u8]) -> bool {
    // SAFETY: the chain reads 32 bytes of the key, 32 of each input (an array of
    // arrays has no gaps) and as many of the proof as the slice has.
    let verdict = unsafe {
        import::verify_proof(
            key.as_ptr(),
            inputs.as_ptr().cast(),
            inputs.len(),
            proof.as_ptr(),
            proof.len(),
        )
    };
    verdict == 1
}

pub fn commit_result(subject: &[u8; 32], digest: &[u8; 32]) {
    // SAFETY: the chain reads 32 bytes of each.
    unsafe { import::commit_result(subject.as_ptr(), digest.as_ptr()) }
}

pub fn input_read(offset: usize, out: &mut [u8]) {
    // SAFETY: the chain writes as many bytes as the slice has.
    unsafe { import::input_read(offset, out.len(), out.as_mut_ptr()) }
}

/// The length of the stored value, of which as much was written as fits.
pub fn storage_get(key: &[u8], out: &mut [u8]) -> Option<usize> {
    // SAFETY: the chain reads the key's bytes and writes at most the capacity.
    let length =
        unsafe { import::storage_get(key.as_ptr(), key.len(), out.as_mut_ptr(), out.len()) };
    // No value is -1.
    usize::try_from(length).ok()
}

pub fn storage_set(key: &[u8], value: &[u8]) {
    // SAFETY: pointers and lengths are those of slices.
    unsafe { import::storage_set(key.as_ptr(), key.len(), value.as_ptr(), value.len()) }
}

pub fn terminate(beneficiary: &AccountId) -> ! {
    // SAFETY: the chain reads 32 bytes.
    unsafe { import::terminate(beneficiary.as_ptr()) }
}

pub fn transfer(to: &AccountId, amount: &[u8; 16]) {
    // SAFETY: the chain reads 32 and 16 bytes.
    unsafe { import::transfer(to.as_ptr(), amount.as_ptr()) }
}
