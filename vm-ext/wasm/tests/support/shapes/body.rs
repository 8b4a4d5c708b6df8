//! A function's instructions, as its shape has them.

use super::{Shape, Statement, STATEMENTS};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A place that a branch may go to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Forwards,
    Backwards,
    /// Forwards, with a value.
    WithValue,
}

/// A function's instructions while they are made.
pub(super) struct Body<'a> {
    shape: &'a Shape,
    rng: StdRng,
    text: String,
    bytes: u32,
    labels: Vec<Label>,
}

impl<'a> Body<'a> {
    pub(super) fn of(shape: &'a Shape) -> Self {
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
    pub(super) fn finish(mut self, first: &str) -> String {
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
