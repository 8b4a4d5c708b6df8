//! The names of contents.

use codec::{Decode, Encode};
use lattice_tensor::ModelId;
use std::{fmt, str::FromStr};

/// What stands before a content's name in the distributed hash table.
const KEY_DOMAIN: &[u8] = b"lattice/content/";

/// A content, named so that whoever has it can be checked.
///
/// Written as `model:0x…` or `blob:0x…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum ContentId {
    /// A model, by the hash of its manifest.
    #[codec(index = 0)]
    Model(ModelId),
    /// A file, by the Blake2-256 of its bytes: a proving key has this name on chain.
    #[codec(index = 1)]
    Blob([u8; 32]),
}

/// A text that names no content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no content; write model:0x or blob:0x, and 64 hexadecimal digits")]
pub struct ParseContentIdError(pub String);

impl ContentId {
    /// The key under which providers of this content are found.
    pub fn to_key(&self) -> Vec<u8> {
        let mut key = KEY_DOMAIN.to_vec();
        self.encode_to(&mut key);
        key
    }

    /// `model` or `blob`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Model(_) => "model",
            Self::Blob(_) => "blob",
        }
    }

    /// The hash.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        match self {
            Self::Model(ModelId(hash)) | Self::Blob(hash) => hash,
        }
    }

    /// The content of this kind with this hash in hexadecimal.
    pub(crate) fn of(kind: &str, hash: &str) -> Option<Self> {
        let hash = <[u8; 32]>::try_from(hex::decode(hash).ok()?).ok()?;
        match kind {
            "model" => Some(Self::Model(ModelId(hash))),
            "blob" => Some(Self::Blob(hash)),
            _ => None,
        }
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:0x{}", self.kind(), hex::encode(self.bytes()))
    }
}

impl FromStr for ContentId {
    type Err = ParseContentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once(":0x")
            .and_then(|(kind, hash)| Self::of(kind, hash))
            .ok_or_else(|| ParseContentIdError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_from_their_text_and_their_encoding() {
        for content in [ContentId::Model(ModelId([7; 32])), ContentId::Blob([7; 32])] {
            assert_eq!(content.to_string().parse::<ContentId>(), Ok(content));
            assert_eq!(ContentId::decode(&mut &content.encode()[..]), Ok(content));
        }
    }

    #[test]
    fn a_model_and_a_file_of_one_hash_have_two_keys() {
        let (model, blob) = (ContentId::Model(ModelId([1; 32])), ContentId::Blob([1; 32]));
        assert_ne!(model.to_key(), blob.to_key());
        assert!(blob.to_key().starts_with(KEY_DOMAIN));
    }

    mod refuse {
        use super::*;

        #[test]
        fn texts_of_another_kind_length_or_alphabet() {
            let digits = "ab".repeat(32);
            for text in [
                String::new(),
                format!("0x{digits}"),
                format!("key:0x{digits}"),
                format!("blob:{digits}"),
                format!("blob:0x{digits}ab"),
                format!("model:0x{}", "zz".repeat(32)),
            ] {
                let refused = text.parse::<ContentId>();
                assert_eq!(refused, Err(ParseContentIdError(text)));
            }
        }
    }
}
