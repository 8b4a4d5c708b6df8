//! Names and texts of the runtime's errors, from its metadata.
//!
//! The runtime API gives the errors of pallets as numbers, which mean nothing to
//! people and change their meaning when pallets move.

use super::json::{ErrorTexts, ModuleText};
use codec::Decode;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use lattice_runtime::{opaque::Block, Hash};
use sp_api::{Metadata, ProvideRuntimeApi};
use sp_runtime::ModuleError;

/// The version of the metadata's format that is asked for.
const FORMAT: u32 = 14;

/// The texts of the runtime at a block. The metadata is read when an error is
/// looked up, which an answer does once at most.
pub struct MetadataTexts<'a, Client> {
    pub client: &'a Client,
    pub at: Hash,
}

impl<Client> ErrorTexts for MetadataTexts<'_, Client>
where
    Client: ProvideRuntimeApi<Block>,
    Client::Api: Metadata<Block>,
{
    fn text(&self, error: &ModuleError) -> Option<ModuleText> {
        let metadata = self
            .client
            .runtime_api()
            .metadata_at_version(self.at, FORMAT)
            .inspect_err(|cause| log::warn!("no metadata at block {:?}: {cause}", self.at))
            .ok()??;
        find(&metadata, error)
    }
}

fn find(metadata: &[u8], error: &ModuleError) -> Option<ModuleText> {
    let RuntimeMetadataPrefixed(_, RuntimeMetadata::V14(metadata)) =
        RuntimeMetadataPrefixed::decode(&mut &*metadata).ok()?
    else {
        return None;
    };
    let pallet = metadata
        .pallets
        .iter()
        .find(|pallet| pallet.index == error.index)?;
    let errors = metadata.types.resolve(pallet.error.as_ref()?.ty.id)?;
    let scale_info::TypeDef::Variant(errors) = &errors.type_def else {
        return None;
    };
    let [number, ..] = error.error;
    let variant = errors
        .variants
        .iter()
        .find(|variant| variant.index == number)?;
    Some(ModuleText {
        pallet: pallet.name.clone(),
        name: variant.name.clone(),
        documentation: variant.docs.join(" ").trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_runtime::Runtime;
    use sp_runtime::DispatchError;

    fn text(error: DispatchError) -> Option<ModuleText> {
        let DispatchError::Module(module) = error else {
            panic!("{error:?} is of no pallet");
        };
        let metadata = Runtime::metadata_at_version(FORMAT).expect("the runtime has metadata");
        find(&metadata, &module)
    }

    #[test]
    fn an_error_of_a_pallet_is_found_by_its_number() {
        let error = pallet_ai_programs::Error::<Runtime>::UnknownProgram;
        assert_eq!(
            text(error.into()),
            Some(ModuleText {
                pallet: "AiPrograms".to_owned(),
                name: "UnknownProgram".to_owned(),
                documentation: "No program has this account, or none any more.".to_owned(),
            })
        );
    }

    #[test]
    fn an_error_that_does_not_exist_has_no_text() {
        let error = ModuleError {
            index: 255,
            error: [0; 4],
            message: None,
        };
        assert_eq!(text(DispatchError::Module(error)), None);
    }
}
