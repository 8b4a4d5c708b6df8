//! Random functions of a chosen shape: what compilation and the native stack are
//! tried with.
//!
//! A [`Shape`] says how much of what a function has; its seed says in which order.
//! So a shape that is found to be costly can be written down, run again, and
//! changed by one property at a time.

#![allow(dead_code)] // Each test and bench uses a part of it.

mod body;

use body::Body;
use lattice_wasm::CodeLimits;
use rand::rngs::StdRng;
use rand::Rng;

/// Statements that a function is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Statement {
    Set,
    Drop,
    Block,
    Loop,
    If,
    BlockWithValue,
    BranchIf,
    BranchTable,
    Call,
    CallIndirect,
    Store,
    Load,
    Global,
    Select,
    Divide,
    Hold,
    Grow,
}

const STATEMENTS: [Statement; 17] = [
    Statement::Set,
    Statement::Drop,
    Statement::Block,
    Statement::Loop,
    Statement::If,
    Statement::BlockWithValue,
    Statement::BranchIf,
    Statement::BranchTable,
    Statement::Call,
    Statement::CallIndirect,
    Statement::Store,
    Statement::Load,
    Statement::Global,
    Statement::Select,
    Statement::Divide,
    Statement::Hold,
    Statement::Grow,
];

/// How much of what a function has.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Of the order of its statements.
    pub seed: u64,
    pub parameters: u32,
    pub locals: u32,
    /// Blocks within each other, at most.
    pub nesting: u32,
    /// Operands that are held at once.
    pub operands: u32,
    /// Targets of each branch by table, and different ones among them.
    pub targets: u32,
    pub different_targets: u32,
    /// Bytes of the body, about.
    pub bytes: u32,
    /// Equal functions in the module.
    pub copies: u32,
    /// How often each statement is chosen, in relation to the others.
    pub weights: [u8; STATEMENTS.len()],
    /// Whether a branch may go backwards, so that a call need not end.
    pub endless: bool,
}

impl Shape {
    /// A random one, with the extremes more likely than what is between them.
    pub fn random(rng: &mut StdRng, endless: bool) -> Self {
        let limits = CodeLimits::V1;
        let mut shape = Shape {
            seed: rng.gen(),
            parameters: extreme(rng, 0, limits.parameters),
            locals: extreme(rng, 1, limits.locals),
            nesting: extreme(rng, 1, limits.nesting / 2),
            operands: extreme(rng, 1, limits.operands - limits.parameters - 4),
            targets: extreme(rng, 1, limits.branch_targets - 1),
            different_targets: extreme(rng, 1, 64),
            bytes: extreme(rng, 16, limits.body_bytes * 9 / 10),
            copies: extreme(rng, 1, 64),
            weights: [0; STATEMENTS.len()],
            endless,
        };
        for weight in &mut shape.weights {
            *weight = if rng.gen() { rng.gen_range(1..=16) } else { 0 };
        }
        shape.within_limits()
    }

    /// One with another value of one property.
    pub fn changed(&self, rng: &mut StdRng) -> Self {
        let other = Self::random(rng, self.endless);
        let mut shape = self.clone();
        match rng.gen_range(0..14) {
            0 => shape.seed = other.seed,
            1 => shape.parameters = other.parameters,
            2 => shape.locals = other.locals,
            3 => shape.nesting = other.nesting,
            4 => shape.operands = other.operands,
            5 => shape.targets = other.targets,
            6 => shape.different_targets = other.different_targets,
            7 => shape.bytes = other.bytes,
            8 => shape.copies = other.copies,
            _ => {
                let place = rng.gen_range(0..STATEMENTS.len());
                shape.weights[place] = other.weights[place];
            }
        }
        shape.within_limits()
    }

    /// Keeps the product that has a limit of its own under it, and the module short
    /// enough.
    fn within_limits(mut self) -> Self {
        let limits = CodeLimits::V1;
        let alive = self.locals + self.parameters;
        self.nesting = self.nesting.min(limits.nested_values / alive).max(1);
        let most = limits.code_bytes * 9 / 10 / (self.bytes + 8);
        self.copies = self.copies.min(most).max(1);
        self
    }

    /// Items of a module: a memory, globals, a table, and the functions, of which
    /// the first is `$f`. `first` comes before a function's own statements.
    pub fn items(&self, first: &str) -> String {
        let parameters = "i64 ".repeat(self.parameters as usize);
        let mut items = format!(
            "(type $t (func (param {parameters}) (result i64)))
             (global $g0 (mut i64) (i64.const 3)) (global $g1 (mut i64) (i64.const 4))
             (table 1 funcref) (elem (i32.const 0) $f)\n"
        );
        let body = Body::of(self).finish(first);
        let locals = "i64 ".repeat(self.locals as usize);
        for copy in 0..self.copies {
            let name = if copy == 0 { "$f" } else { "" };
            items += &format!("(func {name} (type $t) (local {locals})\n{body})\n");
        }
        items
    }

    /// Instructions that call the first function and drop what it gives.
    pub fn call(&self) -> String {
        let arguments = "i64.const 5\n".repeat(self.parameters as usize);
        format!("{arguments} call $f drop")
    }
}

/// A number of a range: an end of it, or any magnitude between.
fn extreme(rng: &mut StdRng, low: u32, high: u32) -> u32 {
    match rng.gen_range(0..4) {
        0 => low,
        1 => high,
        _ => {
            let (from, to) = (f64::from(low + 1).ln(), f64::from(high + 1).ln());
            let chosen = rng.gen_range(from..=to).exp() as u32;
            chosen.saturating_sub(1).clamp(low, high)
        }
    }
}
