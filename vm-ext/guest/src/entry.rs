//! From messages to functions and back.

use crate::abi;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use codec::{Decode, DecodeAll, Encode};

/// With what a call reverts, SCALE-encoded.
///
/// `E` is the program's own error. A call that ends with a trap of the chain, such
/// as out of gas, has no such data.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Failure<E> {
    /// The input is not a message of the program.
    #[codec(index = 0)]
    Input,
    /// The storage does not hold what the program looks for.
    #[codec(index = 1)]
    Storage,
    /// The program panicked, with this message.
    #[codec(index = 2)]
    Panic(String),
    /// The program refuses.
    #[codec(index = 3)]
    Program(E),
}

/// Exports `instantiate` and `call`.
///
/// Both functions take one message, `impl Decode`, and give
/// `Result<impl Encode, impl Encode>`: the reply becomes the call's output, an
/// error reverts the call with [`Failure::Program`].
#[macro_export]
macro_rules! entry {
    (instantiate: $instantiate:path, call: $call:path $(,)?) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            // An export is `unsafe` because its name must not be taken; these two
            // are taken by this macro alone.
            #[allow(unsafe_code)]
            #[export_name = "instantiate"]
            extern "C" fn exported_instantiate() {
                $crate::entry::run($instantiate)
            }

            #[allow(unsafe_code)]
            #[export_name = "call"]
            extern "C" fn exported_call() {
                $crate::entry::run($call)
            }
        };

        #[cfg(not(target_arch = "wasm32"))]
        const _: () = {
            // Checks the types.
            let _ = || $crate::entry::run($instantiate);
            let _ = || $crate::entry::run($call);
        };
    };
}

/// Decodes the input, runs `handler`, and ends the call with its reply or error.
/// [`entry!`] calls this.
pub fn run<M: Decode, R: Encode, E: Encode>(handler: impl FnOnce(M) -> Result<R, E>) {
    let Ok(message) = M::decode_all(&mut input().as_slice()) else {
        revert(&Failure::<()>::Input)
    };
    match handler(message) {
        Ok(reply) => reply.using_encoded(abi::output),
        Err(error) => revert(&Failure::Program(error)),
    }
}

/// The bytes that came with the call.
pub fn input() -> Vec<u8> {
    let mut input = vec![0; abi::input_len()];
    abi::input_read(0, &mut input);
    input
}

/// Ends the call. Nothing that it did remains, except that its gas is paid.
pub fn revert<E: Encode>(failure: &Failure<E>) -> ! {
    failure.using_encoded(|bytes| abi::revert(bytes))
}
