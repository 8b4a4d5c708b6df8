//! Random functions of a chosen shape: what compilation and the native stack are
//! tried with.
//!
//! A [`Shape`] says how much of what a function has; its seed says in which order.
//! So a shape that is found to be costly can be written down, run again, and
//! changed by one property at a time.

#![allow(dead_code)] // Each test and bench uses a part of it.

use lattice_wasm::CodeLimits;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

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

/// A place that a branch may go to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Forwards,
    Backwards,
    /// Forwards, with a value.
    WithValue,
}

/// A function's instructions while they are made.
struct Body<'a> {
    shape: &'a Shape,
    rng: StdRng,
    text: String,
    bytes: u32,
    labels: Vec<Label>,
}

impl<'a> Body<'a> {
    fn of(shape: &'a Shape) -> Self {
        Body {
            shape,
            rng: StdRng::seed_from_u64(shape.seed),
            text: String::new(),
            bytes: 0,
            labels: Vec::new(),
        }
    }

    /// The whole body: the statements, then a call of itself while as many operands
    /// as may be are held, then a use of each local.
    fn finish(mut self, first: &str) -> String {
        while !self.is_full() {
            self.statement();
        }
        let held = self.shape.operands;
        for _ in 0..held {
            self.value();
        }
        self.call();
        self.add("i64.xor\n".repeat(held as usize).as_str(), held);
        for local in 0..self.values() {
            self.add(&format!("local.get {local}\ni64.add\n"), 3);
        }
        format!("{first}\n{}", self.text)
    }

    fn add(&mut self, instructions: &str, bytes: u32) {
        self.text += instructions;
        if !instructions.ends_with('\n') {
            self.text.push('\n');
        }
        self.bytes += bytes;
    }

    fn is_full(&self) -> bool {
        self.bytes >= self.shape.bytes
    }

    /// Locals and parameters; there is always one.
    fn values(&self) -> u32 {
        self.shape.locals + self.shape.parameters
    }

    fn local(&mut self) -> u32 {
        let values = self.values();
        self.rng.gen_range(0..values)
    }

    fn statement(&mut self) {
        let total: u32 = self
            .shape
            .weights
            .iter()
            .map(|&weight| u32::from(weight))
            .sum();
        let mut left = self.rng.gen_range(0..total.max(1));
        let mut chosen = Statement::Set;
        for (statement, weight) in STATEMENTS.iter().zip(self.shape.weights) {
            if left < u32::from(weight) {
                chosen = *statement;
                break;
            }
            left -= u32::from(weight);
        }
        let before = self.bytes;
        self.make(chosen);
        // There may be no block to branch out of, or no room for one more.
        if self.bytes == before {
            self.make(Statement::Set);
        }
    }

    fn make(&mut self, statement: Statement) {
        match statement {
            Statement::Set => {
                self.value();
                let local = self.local();
                self.add(&format!("local.set {local}"), 2);
            }
            Statement::Drop => {
                self.value();
                self.add("i64.popcnt\ndrop", 2);
            }
            Statement::Block => self.nested("block", Label::Forwards),
            Statement::Loop => self.nested("loop", Label::Backwards),
            Statement::If => {
                self.condition();
                self.nested("if", Label::Forwards);
            }
            Statement::BlockWithValue => self.nested("block (result i64)", Label::WithValue),
            Statement::BranchIf => self.branch_if(),
            Statement::BranchTable => self.branch_table(),
            Statement::Call => {
                self.call();
                self.add("drop", 1);
            }
            Statement::CallIndirect => {
                self.arguments();
                self.add("i32.const 0\ncall_indirect (type $t)\ndrop", 6);
            }
            Statement::Store => {
                self.add("i32.const 64", 3);
                self.value();
                self.add("i64.store", 3);
            }
            Statement::Load => {
                let local = self.local();
                self.add(
                    &format!("i32.const 8\ni64.load offset=40\nlocal.set {local}"),
                    7,
                );
            }
            Statement::Global => {
                self.add("global.get 0", 2);
                self.value();
                self.add("i64.add\nglobal.set 1", 3);
            }
            Statement::Select => {
                self.value();
                self.value();
                self.condition();
                let local = self.local();
                self.add(&format!("select\nlocal.set {local}"), 3);
            }
            Statement::Divide => {
                self.value();
                self.value();
                let local = self.local();
                self.add(
                    &format!("i64.const 1\ni64.or\ni64.div_u\nlocal.set {local}"),
                    6,
                );
            }
            Statement::Hold => {
                let held = self.shape.operands;
                for _ in 0..held {
                    self.value();
                }
                self.add("i64.add\n".repeat(held as usize - 1).as_str(), held - 1);
                let local = self.local();
                self.add(&format!("local.set {local}"), 2);
            }
            Statement::Grow => self.add("i32.const 0\nmemory.grow\ndrop", 5),
        }
    }

    fn value(&mut self) {
        let (one, other) = (self.local(), self.local());
        match self.rng.gen_range(0..8) {
            0 => self.add("i64.const 7", 2),
            1 => self.add(&format!("local.get {one}\nlocal.get {other}\ni64.mul"), 5),
            2 => self.add(&format!("local.get {one}\ni64.const 77\ni64.add"), 6),
            3 => self.add("i32.const 16\ni64.load", 5),
            _ => self.add(&format!("local.get {one}"), 2),
        }
    }

    fn condition(&mut self) {
        let local = self.local();
        self.add(&format!("local.get {local}\ni64.eqz"), 3);
    }

    fn arguments(&mut self) {
        for _ in 0..self.shape.parameters {
            self.value();
        }
    }

    fn call(&mut self) {
        self.arguments();
        self.add("call $f", 2);
    }

    fn nested(&mut self, head: &str, label: Label) {
        if self.labels.len() >= self.shape.nesting as usize || self.is_full() {
            if head == "if" {
                self.add("drop", 1);
            }
            return;
        }
        self.add(head, 3);
        self.labels.push(label);
        // One statement, which may be a block again, or some.
        for _ in 0..self.rng.gen_range(1..5) {
            if !self.is_full() {
                self.statement();
            }
        }
        self.labels.pop();
        if label == Label::WithValue {
            self.value();
        }
        self.add("end", 1);
        if label == Label::WithValue {
            let local = self.local();
            self.add(&format!("local.set {local}"), 2);
        }
    }

    /// Labels that a branch without a value may go to, as an instruction names them.
    fn targets(&self) -> Vec<usize> {
        let labels = self.labels.iter().rev().enumerate();
        labels
            .filter(|(_, label)| match label {
                Label::Forwards => true,
                Label::Backwards => self.shape.endless,
                Label::WithValue => false,
            })
            .map(|(depth, _)| depth)
            .collect()
    }

    fn branch_if(&mut self) {
        if self.labels.is_empty() {
            return;
        }
        let depth = self.rng.gen_range(0..self.labels.len());
        match self.labels[self.labels.len() - 1 - depth] {
            Label::WithValue => {
                self.value();
                self.condition();
                self.add(&format!("br_if {depth}\ndrop"), 3);
            }
            Label::Backwards if !self.shape.endless => {}
            _ => {
                self.condition();
                self.add(&format!("br_if {depth}"), 2);
            }
        }
    }

    fn branch_table(&mut self) {
        let targets = self.targets();
        if targets.is_empty() {
            return;
        }
        let different = targets.len().min(self.shape.different_targets as usize);
        let start = self.rng.gen_range(0..targets.len());
        // What comes after it is not reached, so it stands in an `if` of its own, out
        // of which each target is one block further.
        let list: String = (0..=self.shape.targets as usize)
            .map(|k| targets[(start + k % different) % targets.len()] + 1)
            .map(|depth| format!("{depth} "))
            .collect();
        self.condition();
        let local = self.local();
        self.add(
            &format!("if\nlocal.get {local}\ni32.wrap_i64\nbr_table {list}\nend"),
            self.shape.targets + 9,
        );
    }
}
