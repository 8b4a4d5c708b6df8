//! What the tests of several modules compare with: the chain's metadata.

use codec::Decode;
use subxt::ext::scale_encode::{EncodeAsFields, Field};

/// The metadata that the generated code comes from.
pub fn metadata() -> subxt::Metadata {
    subxt::Metadata::decode(&mut &include_bytes!("../metadata.scale")[..])
        .expect("the file is metadata")
}

/// The fields of a call as the chain would read them.
pub fn encode_call(pallet: &str, call: &str, fields: impl EncodeAsFields) -> Vec<u8> {
    let metadata = metadata();
    let variant = metadata
        .pallet_by_name(pallet)
        .and_then(|pallet| pallet.call_variant_by_name(call))
        .unwrap_or_else(|| panic!("no call {pallet}.{call}"));
    let mut known = variant
        .fields
        .iter()
        .map(|field| Field::new(field.ty.id, field.name.as_deref()));
    let mut bytes = Vec::new();
    fields
        .encode_as_fields_to(&mut known, metadata.types(), &mut bytes)
        .unwrap_or_else(|error| panic!("{pallet}.{call}: {error}"));
    bytes
}
