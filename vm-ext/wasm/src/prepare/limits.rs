//! What is too large, and what is not of a program's form.
//!
//! The walk reads each byte of the module once and holds nothing but counts and
//! the module's function types.

use super::validate::invalid;
use super::within;
use crate::import::{Word, MODULE};
use crate::{CodeError, CodeLimits, Entry, Import, Name, Part};
use core::ops::Range;
use wasmparser::{
    CompositeInnerType, ConstExpr, DataKind, ElementItems, ElementKind, Encoding, Export,
    ExternalKind, FuncType, FunctionBody, Operator, Parser, Payload, RecGroup, TypeRef, ValType,
};

/// Globals that linkers export and nobody reads; they are dropped.
pub const LINKER_EXPORTS: [&str; 2] = ["__data_end", "__heap_base"];

/// Bytes of a page of memory.
const PAGE: u64 = 64 * 1024;

/// The name under which a program may export its memory.
const MEMORY: &str = "memory";

/// Pages of 64 KiB of a module's memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pages {
    pub initial: u32,
    /// The declared maximum, or the largest one that is allowed.
    pub maximum: u32,
}

/// Checks a module against the limits.
///
/// # Errors
/// [`CodeError`], all variants but [`CodeError::Float`] and
/// [`CodeError::NotCompilable`].
pub fn check(code: &[u8], limits: &CodeLimits) -> Result<Pages, CodeError> {
    within(Part::CodeBytes, code.len(), limits.code_bytes)?;
    let mut walk = Walk::new(*limits);
    for payload in Parser::new(0).parse_all(code) {
        walk.payload(payload.map_err(|error| invalid(&error))?)?;
    }
    walk.finish()
}

/// What was seen so far.
struct Walk {
    limits: CodeLimits,
    types: Vec<FuncType>,
    /// The type of each function, imported ones first.
    functions: Vec<u32>,
    /// Parameters and results of each entry that is exported.
    entries: [Option<u32>; 2],
    locals: u32,
    branch_targets: u32,
    table_entries: u64,
    joined_values: u32,
    imported: usize,
    bodies: usize,
    pages: Pages,
}

impl Walk {
    fn new(limits: CodeLimits) -> Self {
        Walk {
            limits,
            types: Vec::new(),
            functions: Vec::new(),
            entries: [None; 2],
            locals: 0,
            branch_targets: 0,
            table_entries: 0,
            joined_values: 0,
            imported: 0,
            bodies: 0,
            pages: Pages::default(),
        }
    }

    fn payload(&mut self, payload: Payload<'_>) -> Result<(), CodeError> {
        let limits = self.limits;
        match payload {
            Payload::Version {
                encoding: Encoding::Component,
                range,
                ..
            } => {
                let offset = u32::try_from(range.start).unwrap_or(u32::MAX);
                return Err(CodeError::Invalid { offset });
            }
            Payload::TypeSection(section) => {
                within(Part::Types, section.count(), limits.types)?;
                for group in section {
                    self.signature(group.map_err(|error| invalid(&error))?)?;
                }
            }
            Payload::ImportSection(section) => {
                within(Part::Imports, section.count(), limits.imports)?;
                for (index, import) in (0..).zip(section) {
                    let import = import.map_err(|error| invalid(&error))?;
                    self.import(index, import)?;
                }
            }
            Payload::FunctionSection(section) => {
                within(Part::Functions, section.count(), limits.functions)?;
                for ty in section {
                    self.functions.push(ty.map_err(|error| invalid(&error))?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table.map_err(|error| invalid(&error))?;
                    within(Part::TableEntries, table.ty.initial, limits.table_entries)?;
                    self.table_entries = table.ty.initial;
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    let memory = memory.map_err(|error| invalid(&error))?;
                    let maximum = memory.maximum.unwrap_or(limits.memory_pages.into());
                    within(Part::MemoryPages, memory.initial, limits.memory_pages)?;
                    within(Part::MemoryPages, maximum, limits.memory_pages)?;
                    self.pages = Pages {
                        initial: saturated(memory.initial),
                        maximum: saturated(maximum),
                    };
                }
            }
            Payload::GlobalSection(section) => {
                within(Part::Globals, section.count(), limits.globals)?;
            }
            Payload::ExportSection(section) => {
                within(Part::Exports, section.count(), limits.exports)?;
                for (index, export) in (0..).zip(section) {
                    self.export(index, export.map_err(|error| invalid(&error))?)?;
                }
            }
            Payload::StartSection { func, .. } => {
                return Err(CodeError::StartFunction { function: func });
            }
            Payload::ElementSection(section) => {
                within(Part::Segments, section.count(), limits.segments)?;
                let mut elements = 0u64;
                for element in section {
                    let element = element.map_err(|error| invalid(&error))?;
                    let count = match element.items {
                        ElementItems::Functions(items) => items.count(),
                        ElementItems::Expressions(_, items) => items.count(),
                    };
                    elements = elements.saturating_add(count.into());
                    within(Part::Elements, elements, limits.elements)?;
                    if let ElementKind::Active { offset_expr, .. } = element.kind {
                        fits(
                            &element.range,
                            &offset_expr,
                            count.into(),
                            self.table_entries,
                        )?;
                    }
                }
            }
            Payload::DataSection(section) => {
                within(Part::Segments, section.count(), limits.segments)?;
                let memory = u64::from(self.pages.initial).saturating_mul(PAGE);
                for data in section {
                    let data = data.map_err(|error| invalid(&error))?;
                    if let DataKind::Active { offset_expr, .. } = data.kind {
                        let length = u64::try_from(data.data.len()).unwrap_or(u64::MAX);
                        fits(&data.range, &offset_expr, length, memory)?;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.body(&body)?,
            // Custom sections are dropped; what else there may be is no part of
            // the language and does not get through validation.
            _ => {}
        }
        Ok(())
    }

    fn signature(&mut self, group: RecGroup) -> Result<(), CodeError> {
        for ty in group.into_types() {
            if let CompositeInnerType::Func(ty) = ty.composite_type.inner {
                within(Part::Parameters, ty.params().len(), self.limits.parameters)?;
                self.types.push(ty);
            }
        }
        Ok(())
    }

    fn import(&mut self, index: u32, import: wasmparser::Import<'_>) -> Result<(), CodeError> {
        let name = Name::from(import.name);
        let known = Import::from_name(import.name).filter(|_| import.module == MODULE);
        let (Some(known), TypeRef::Func(ty)) = (known, import.ty) else {
            return Err(CodeError::UnknownImport { index, name });
        };
        if !self.function_type(ty).is_some_and(|ty| is_of(ty, known)) {
            return Err(CodeError::ImportSignature { index, name });
        }
        self.functions.push(ty);
        self.imported = self.functions.len();
        Ok(())
    }

    fn export(&mut self, index: u32, export: Export<'_>) -> Result<(), CodeError> {
        let found = Entry::ALL
            .into_iter()
            .zip(&mut self.entries)
            .find(|(entry, _)| entry.name() == export.name);
        if let Some((entry, place)) = found {
            if export.kind != ExternalKind::Func {
                return Err(CodeError::MissingEntry { entry });
            }
            *place = Some(export.index);
            return Ok(());
        }
        let allowed = match export.kind {
            ExternalKind::Memory => export.name == MEMORY,
            ExternalKind::Global => LINKER_EXPORTS.contains(&export.name),
            _ => false,
        };
        if allowed {
            return Ok(());
        }
        Err(CodeError::UnknownExport {
            index,
            name: Name::from(export.name),
        })
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), CodeError> {
        let limits = self.limits;
        within(Part::BodyBytes, body.range().len(), limits.body_bytes)?;
        let locals = self.locals(body)?;
        let values = locals.saturating_add(limits.parameters);
        let alive = locals.saturating_add(self.parameters_of_next_body());
        let mut operators = body
            .get_operators_reader()
            .map_err(|error| invalid(&error))?;
        let (mut nesting, mut branches) = (0u32, 0u32);
        while !operators.eof() {
            let operator = operators.read().map_err(|error| invalid(&error))?;
            match &operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    nesting = nesting.saturating_add(1);
                    within(Part::Nesting, nesting, limits.nesting)?;
                    let nested = alive.saturating_mul(nesting);
                    within(Part::NestedValues, nested, limits.nested_values)?;
                }
                Operator::End => nesting = nesting.saturating_sub(1),
                Operator::BrTable { targets } => {
                    let targets = targets.len().saturating_add(1);
                    within(Part::BranchTargets, targets, limits.branch_targets)?;
                    self.branch_targets = self.branch_targets.saturating_add(targets);
                    within(
                        Part::TotalBranchTargets,
                        self.branch_targets,
                        limits.total_branch_targets,
                    )?;
                }
                _ => {}
            }
            let joins = joins(&operator);
            if joins > 0 {
                branches = branches.saturating_add(1);
                within(Part::Branches, branches, limits.branches)?;
                let joined = values.saturating_mul(joins);
                self.joined_values = self.joined_values.saturating_add(joined);
                within(Part::JoinedValues, self.joined_values, limits.joined_values)?;
            }
        }
        Ok(())
    }

    /// How many parameters the function has whose body comes next.
    fn parameters_of_next_body(&mut self) -> u32 {
        let function = self.imported.saturating_add(self.bodies);
        self.bodies = self.bodies.saturating_add(1);
        let ty = self.functions.get(function).copied();
        let parameters = ty
            .and_then(|ty| self.function_type(ty))
            .map_or(0, |ty| ty.params().len());
        u32::try_from(parameters).unwrap_or(u32::MAX)
    }

    fn locals(&mut self, body: &FunctionBody<'_>) -> Result<u32, CodeError> {
        let mut locals = 0u32;
        for group in body.get_locals_reader().map_err(|error| invalid(&error))? {
            let (count, _) = group.map_err(|error| invalid(&error))?;
            locals = locals.saturating_add(count);
            within(Part::Locals, locals, self.limits.locals)?;
        }
        self.locals = self.locals.saturating_add(locals);
        within(Part::TotalLocals, self.locals, self.limits.total_locals)?;
        Ok(locals)
    }

    fn function_type(&self, ty: u32) -> Option<&FuncType> {
        self.types.get(usize::try_from(ty).ok()?)
    }

    /// Checks what can only be known at the end: the entries' signatures.
    fn finish(self) -> Result<Pages, CodeError> {
        for (entry, function) in Entry::ALL.into_iter().zip(self.entries) {
            let function = function.ok_or(CodeError::MissingEntry { entry })?;
            let ty = usize::try_from(function)
                .ok()
                .and_then(|function| self.functions.get(function))
                .and_then(|ty| self.function_type(*ty));
            if !ty.is_some_and(|ty| ty.params().is_empty() && ty.results().is_empty()) {
                return Err(CodeError::EntrySignature { entry });
            }
        }
        Ok(self.pages)
    }
}

/// Places where an operator makes values join. A branch by table has one for each of
/// its targets, the same one twice included: compiled, each hands over its values. A
/// call through the table is compiled with a branch around what fills in its entry.
fn joins(operator: &Operator<'_>) -> u32 {
    match operator {
        Operator::Block { .. }
        | Operator::Loop { .. }
        | Operator::If { .. }
        | Operator::BrIf { .. }
        | Operator::CallIndirect { .. } => 1,
        Operator::BrTable { targets } => targets.len().saturating_add(1),
        _ => 0,
    }
}

fn is_of(ty: &FuncType, import: Import) -> bool {
    ty.params()
        .iter()
        .copied()
        .eq(import.operands().iter().map(value_type))
        && ty
            .results()
            .iter()
            .copied()
            .eq(import.result().iter().map(value_type))
}

fn value_type(word: &Word) -> ValType {
    match word {
        Word::I32 => ValType::I32,
        Word::I64 => ValType::I64,
    }
}

/// Refuses a segment that reaches beyond what it is put into.
fn fits(
    at: &Range<usize>,
    start: &ConstExpr<'_>,
    length: u64,
    available: u64,
) -> Result<(), CodeError> {
    let mut operators = start.get_operators_reader();
    let start = match operators.read().map_err(|error| invalid(&error))? {
        Operator::I32Const { value } => value.cast_unsigned(),
        // Anything else is no constant of the language.
        _ => u32::MAX,
    };
    if u64::from(start).saturating_add(length) > available {
        let offset = u32::try_from(at.start).unwrap_or(u32::MAX);
        return Err(CodeError::Segment { offset });
    }
    Ok(())
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
