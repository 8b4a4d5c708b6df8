//! `lattice disasm`

use crate::output::{hex, Output};
use crate::program::{Source, StraightLine};
use anyhow::Context;
use clap::Args;
use lattice_isa::{text, Instruction};
use serde::Serialize;

const AFTER_HELP: &str = "\
The listing is what `lattice asm` reads: assembling it gives the same bytes.

Examples:
  lattice disasm prog.bin
  lattice disasm 0xb001010000000100000007000000
  lattice disasm prog.bin --json | jq '.instructions[].opcode'";

/// List a straight-line program as text.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Disasm {
    /// Bytecode: a file of bytes or hexadecimal text, 0x and digits, or `-` for standard input.
    #[arg(value_name = "PROG.bin|0xHEX")]
    pub program: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    length: usize,
    instructions: Vec<Line>,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    /// Of the first byte in the program.
    offset: usize,
    code: String,
    opcode: &'static str,
    /// Number of the handle that the instruction gives.
    gives: Option<usize>,
    text: String,
}

impl Disasm {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let source = Source::from(self.program.as_str());
        let program = StraightLine::decode(source.bytecode()?)
            .with_context(|| format!("{source} is no straight-line program"))?;
        let listing = Listing {
            length: program.bytes.len(),
            instructions: lines(&program.instructions)?,
            text: text::listing(&program.instructions),
        };
        output.show(&listing, || listing.text.clone())
    }
}

fn lines(program: &[Instruction]) -> anyhow::Result<Vec<Line>> {
    let mut encoded = Vec::new();
    let mut handles = 0..;
    program
        .iter()
        .map(|instruction| {
            let offset = encoded.len();
            let opcode = instruction.opcode();
            instruction.write(&mut encoded)?;
            Ok(Line {
                offset,
                code: hex([opcode.code()]),
                opcode: opcode.mnemonic(),
                gives: opcode.gives().and_then(|_| handles.next()),
                text: instruction.to_string(),
            })
        })
        .collect()
}
