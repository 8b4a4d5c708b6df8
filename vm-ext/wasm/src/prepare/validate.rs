//! Which language a program is written in.

use super::within;
use crate::{CodeError, CodeLimits, Part};
use wasmparser::{
    BinaryReaderError, FunctionBody, Parser, ValidPayload, Validator, WasmFeatures,
    WasmModuleResources,
};

/// WebAssembly 1.0 with mutable globals.
const LANGUAGE: WasmFeatures = WasmFeatures::WASM1;

/// Refuses bytes that are not a valid module of the language, floating point, and
/// functions that need too many operands at once.
///
/// # Errors
/// [`CodeError::Float`] if the module is valid but for floating point,
/// [`CodeError::TooMany`] operands, [`CodeError::Invalid`] otherwise.
pub fn check(code: &[u8], limits: &CodeLimits) -> Result<(), CodeError> {
    let language = LANGUAGE.difference(WasmFeatures::FLOATS);
    let error = match validate(code, language, limits) {
        Ok(()) => return Ok(()),
        Err(Fault::Operands(error)) => return Err(error),
        Err(Fault::Invalid(error)) => error,
    };
    Err(
        match Validator::new_with_features(LANGUAGE).validate_all(code) {
            Ok(_) => CodeError::Float {
                offset: offset(&error),
            },
            Err(error) => invalid(&error),
        },
    )
}

enum Fault {
    Invalid(BinaryReaderError),
    Operands(CodeError),
}

impl From<BinaryReaderError> for Fault {
    fn from(error: BinaryReaderError) -> Self {
        Fault::Invalid(error)
    }
}

fn validate(code: &[u8], language: WasmFeatures, limits: &CodeLimits) -> Result<(), Fault> {
    let mut validator = Validator::new_with_features(language);
    let mut allocations = Default::default();
    for payload in Parser::new(0).parse_all(code) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
            let mut function = function.into_validator(allocations);
            validate_body(&mut function, &body, limits)?;
            allocations = function.into_allocations();
        }
    }
    Ok(())
}

fn validate_body<R: WasmModuleResources>(
    function: &mut wasmparser::FuncValidator<R>,
    body: &FunctionBody<'_>,
    limits: &CodeLimits,
) -> Result<(), Fault> {
    let mut reader = body.get_binary_reader();
    function.read_locals(&mut reader)?;
    reader.set_features(*function.features());
    while !reader.eof() {
        let offset = reader.original_position();
        reader.visit_operator(&mut function.visitor(offset))??;
        let operands = function.operand_stack_height();
        within(Part::Operands, operands, limits.operands).map_err(Fault::Operands)?;
    }
    let end = reader.original_position();
    reader.finish_expression(&function.visitor(end))?;
    Ok(())
}

/// The error for bytes that could not be read.
pub fn invalid(error: &BinaryReaderError) -> CodeError {
    log::debug!(target: crate::engine::LOG_TARGET, "code is refused: {error}");
    CodeError::Invalid {
        offset: offset(error),
    }
}

fn offset(error: &BinaryReaderError) -> u32 {
    u32::try_from(error.offset()).unwrap_or(u32::MAX)
}
