//! Versions of a host function, called as the executor does it for a runtime: by name, through memory.

use codec::DecodeAll;
use lattice_host::{HostError, LatticeHostFunctions};
use lattice_tensor::Range;
use lattice_verifier::FieldBytes;
use sp_runtime_interface::sp_wasm_interface::{
    FunctionContext, HostFunctions, Pointer, Result as CallResult, Value, WordSize,
};

const VALUES: [i8; 4] = [0, 3, 16, 7];
const LOGITS: [i32; 3] = [i32::MIN, 0, i32::MAX];
const BLINDING: FieldBytes = [7; 32];
const NO_BLINDING: FieldBytes = [0; 32];
/// Where in the memory the arguments are.
const VALUES_AT: u32 = 0;
const BLINDING_AT: u32 = 256;
const REPLY_AT: u32 = 512;
const REPLY_LEN: u32 = 64;

/// A runtime's memory.
struct Memory(Vec<u8>);

impl Memory {
    fn new(values: &[u8]) -> Self {
        let mut bytes = vec![0; 1_024];
        bytes[..values.len()].copy_from_slice(values);
        bytes[BLINDING_AT as usize..][..32].copy_from_slice(&BLINDING);
        Self(bytes)
    }

    fn at(&mut self, address: Pointer<u8>, len: usize) -> CallResult<&mut [u8]> {
        let start = u32::from(address) as usize;
        let slice = self.0.get_mut(start..start + len);
        slice.ok_or_else(|| String::from("out of the memory"))
    }
}

impl FunctionContext for Memory {
    fn read_memory_into(&mut self, address: Pointer<u8>, dest: &mut [u8]) -> CallResult<()> {
        dest.copy_from_slice(self.at(address, dest.len())?);
        Ok(())
    }

    fn write_memory(&mut self, address: Pointer<u8>, data: &[u8]) -> CallResult<()> {
        self.at(address, data.len())?.copy_from_slice(data);
        Ok(())
    }

    fn allocate_memory(&mut self, _: WordSize) -> CallResult<Pointer<u8>> {
        Err("nothing is allocated".into())
    }

    fn deallocate_memory(&mut self, _: Pointer<u8>) -> CallResult<()> {
        Err("nothing is allocated".into())
    }

    fn register_panic_error_message(&mut self, message: &str) {
        panic!("{message}");
    }
}

fn fat(address: u32, len: usize) -> Value {
    let len = i64::try_from(len).expect("short");
    Value::I64((len << 32) | i64::from(address))
}

/// What a function commits to for values in the memory.
fn commit(name: &str, values: &[u8], others: &[Value]) -> Option<FieldBytes> {
    let functions = LatticeHostFunctions::host_functions();
    let function = functions.iter().find(|function| function.name() == name);
    let function = function.expect("the function is there");
    let first = [fat(VALUES_AT, values.len())];
    let last = [fat(REPLY_AT, REPLY_LEN as usize)];
    let args: Vec<Value> = [&first[..], others, &last[..]].concat();
    assert_eq!(function.signature().args.len(), args.len(), "{name}");
    let mut memory = Memory::new(values);
    let length = function.execute(&mut memory, &mut args.into_iter());
    let Ok(Some(Value::I32(length))) = length else {
        panic!("{name} answers {length:?}");
    };
    let length = usize::try_from(length).expect("a length");
    let reply = &memory.0[REPLY_AT as usize..][..length];
    let reply = Result::<FieldBytes, HostError>::decode_all(&mut &reply[..]);
    reply.expect("a reply").ok()
}

#[test]
fn go_on_committing_to_inputs_as_they_did() {
    let wide = VALUES.map(i32::from);
    let expected = |blinding: &FieldBytes| {
        let range = Range { lo: 0, hi: 16 };
        lattice_verifier::commit_input(&wide, range, blinding).ok()
    };
    let values: Vec<u8> = VALUES.iter().flat_map(|x| x.to_le_bytes()).collect();
    let (lo, hi) = (Value::I32(0), Value::I32(16));
    let first = commit("ext_lattice_vm_commit_input_version_1", &values, &[lo, hi]);
    assert!(first.is_some());
    assert_eq!(first, expected(&NO_BLINDING));
    let blinding = Value::I32(BLINDING_AT as i32);
    let second = commit(
        "ext_lattice_vm_commit_input_version_2",
        &values,
        &[lo, hi, blinding],
    );
    assert_eq!(second, expected(&BLINDING));
    assert_ne!(first, second);
}

#[test]
fn go_on_committing_to_outputs_as_they_did() {
    let expected = |blinding: &FieldBytes| lattice_verifier::commit_output(&LOGITS, blinding).ok();
    let values: Vec<u8> = LOGITS.iter().flat_map(|x| x.to_le_bytes()).collect();
    let first = commit("ext_lattice_vm_commit_output_version_1", &values, &[]);
    assert!(first.is_some());
    assert_eq!(first, expected(&NO_BLINDING));
    let blinding = Value::I32(BLINDING_AT as i32);
    let second = commit(
        "ext_lattice_vm_commit_output_version_2",
        &values,
        &[blinding],
    );
    assert_eq!(second, expected(&BLINDING));
    assert_ne!(first, second);
}
