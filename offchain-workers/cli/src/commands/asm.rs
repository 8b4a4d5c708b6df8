//! `lattice asm`

use crate::output::{fields, hex, Output};
use crate::program::{Source, StraightLine};
use anyhow::Context;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
One instruction per line: the mnemonic and its operands. `name =` before an instruction names the
handle that it gives; `#0` is the first handle. `;` begins a comment, and so does `#` before
anything but a digit. A list may go over several lines.

  model  = LOAD_MODEL @digits.lattice        ; the file's id, or 0x and 64 digits
  image  = TENSOR_NEW [64] @images.npy:3     ; row 3 of the file, or [0,0,5,13,…]
  logits = EXEC_MODEL model image
  HASH_MODEL model

After `@` comes a file, relative to the program's folder: numbers (.npy or JSON) for the elements of
a tensor; a model file or a key folder for its id; any other file for the bytes in it, as a proof's.

The instructions:
  LOAD_MODEL id · UNLOAD_MODEL model · EXEC_MODEL model input · HASH_MODEL model
  TRAIN_MODEL model batch targets rate-shift
  TENSOR_NEW shape elements · TENSOR_ADD left right · TENSOR_MUL left right
  TENSOR_CONV input weight [stride] [padding] groups
  TENSOR_POOL input max|average(m>>s) [kernel] [stride] [padding]
  VERIFY_PROOF key [inputs] proof · COMMIT_RESULT subject digest

Examples:
  lattice asm prog.lat                       # prints 0x…, for polkadot.js
  lattice asm prog.lat -o prog.bin
  lattice vm run prog.lat --model digits.lattice";

/// Assemble a straight-line program from its text.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Asm {
    /// Text of the program; `-` is standard input.
    #[arg(value_name = "PROG.lat")]
    pub program: String,
    /// File to write; without it the program is printed as hexadecimal text.
    #[arg(long, short, value_name = "PROG.bin")]
    pub output: Option<PathBuf>,
    /// Write hexadecimal text instead of bytes.
    #[arg(long)]
    pub hex: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assembled {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    instructions: usize,
    length: usize,
    /// Names of handles, with their numbers.
    handles: BTreeMap<String, u16>,
    program: String,
}

impl Asm {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let source = Source::from(self.program.as_str());
        let program = StraightLine::assemble(&source.text()?, &source)?;
        if let Some(path) = &self.output {
            let content = match self.hex {
                true => format!("{}\n", hex(&program.bytes)).into_bytes(),
                false => program.bytes.clone(),
            };
            std::fs::write(path, content)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        let assembled = Assembled {
            file: self.output,
            instructions: program.instructions.len(),
            length: program.bytes.len(),
            handles: program
                .names
                .iter()
                .map(|(handle, name)| (name.clone(), handle.0))
                .collect(),
            program: hex(&program.bytes),
        };
        output.show(&assembled, || describe(&assembled))
    }
}

fn describe(assembled: &Assembled) -> String {
    let Some(file) = &assembled.file else {
        return assembled.program.clone();
    };
    fields(&[
        ("written", file.display().to_string()),
        ("instructions", assembled.instructions.to_string()),
        ("length", format!("{} bytes", assembled.length)),
    ])
}
