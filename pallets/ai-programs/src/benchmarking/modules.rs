//! WebAssembly modules, written byte by byte: there is no assembler without std.

use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;

/// A number as WebAssembly writes it: seven bits a byte, the lowest first.
fn leb(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7F).saturated_into::<u8>();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// Bytes behind their length.
fn sized(bytes: &[u8]) -> Vec<u8> {
    [leb(bytes.len().saturated_into()), bytes.to_vec()].concat()
}

/// Items behind their number.
fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [leb(items.len().saturated_into()), items.concat()].concat()
}

fn section(id: u8, items: &[Vec<u8>]) -> Vec<u8> {
    [vec![id], sized(&list(items))].concat()
}

/// A module of about `length` bytes, whose entries do nothing.
///
/// Its other functions are loops of a few instructions: as many places to charge gas as
/// code of this length may have when instrumentation must not double it.
pub fn module(length: u32) -> Vec<u8> {
    // loop, sixteen times (i32.const 1, drop), end
    let block = [&[0x03, 0x40][..], &[0x41, 0x01, 0x1A].repeat(16), &[0x0B]].concat();
    let blocks_of = |bytes: usize| bytes.checked_div(block.len()).unwrap_or(0);
    let body = |blocks: usize| sized(&[vec![0x00], block.repeat(blocks), vec![0x0B]].concat());
    let mut bodies = vec![body(0), body(0)];
    let mut left: usize = length.saturating_sub(64).saturated_into();
    while blocks_of(left) > 0 {
        let bytes = left.min(16 * 1024);
        bodies.push(body(blocks_of(bytes)));
        left = left.saturating_sub(bytes);
    }
    assemble(&bodies)
}

/// A module of these functions, none of which takes or returns anything; the first is
/// `instantiate`, the second `call`.
fn assemble(bodies: &[Vec<u8>]) -> Vec<u8> {
    let export = |name: &[u8], index| [sized(name), vec![0x00, index]].concat();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[vec![0x60, 0x00, 0x00]]),
        section(3, &vec![vec![0x00]; bodies.len()]),
        section(7, &[export(b"instantiate", 0), export(b"call", 1)]),
        section(10, bodies),
    ]
    .concat()
}

/// Multiplications in the body of [`looping`]'s loop. Each is four instructions, and
/// waits for the one before.
pub const MULTIPLICATIONS: u32 = 1_000;

/// A module whose `call` runs a loop of [`MULTIPLICATIONS`] this many times.
pub fn looping(rounds: u32) -> Vec<u8> {
    // Locals: an i64 that is squared, an i32 that counts.
    let locals = vec![0x02, 0x01, 0x7E, 0x01, 0x7F];
    // i64.const 3, local.set 0
    let start = vec![0x42, 0x03, 0x21, 0x00];
    // local.get 0, local.get 0, i64.mul, local.set 0
    let square = [0x20, 0x00, 0x20, 0x00, 0x7E, 0x21, 0x00];
    let body = [
        locals,
        start,
        vec![0x03, 0x40],
        square.repeat(MULTIPLICATIONS.saturated_into()),
        // local.get 1, i32.const 1, i32.add, local.tee 1, i32.const rounds, i32.lt_u, br_if 0
        vec![0x20, 0x01, 0x41, 0x01, 0x6A, 0x22, 0x01, 0x41],
        signed_leb(rounds),
        vec![0x49, 0x0D, 0x00, 0x0B, 0x0B],
    ]
    .concat();
    assemble(&[sized(&[0x00, 0x0B]), sized(&body)])
}

/// A number as a constant of WebAssembly, which has a sign.
fn signed_leb(number: u32) -> Vec<u8> {
    let mut bytes = leb(number);
    if let Some(last) = bytes.last_mut().filter(|last| **last & 0x40 != 0) {
        *last |= 0x80;
        bytes.push(0x00);
    }
    bytes
}
